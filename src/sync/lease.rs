//! The wire types of leases: «is being worked on by», for a short while.

use serde::{Deserialize, Serialize};

/// Body of `POST /v1/lease`: «is being worked on by».
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeaseRequest {
    pub incident: String,
    /// Seconds; the server may grant less.
    pub ttl_secs: u32,
}

/// Answer of `GET /v1/leases`: those that stand now. They run out by
/// themselves at `until`, and nothing tells of that.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LeaseList {
    pub leases: Vec<Lease>,
}

/// Answer of `POST /v1/lease`, and one lease of [`LeaseList`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lease {
    pub incident: String,
    /// Office that holds it.
    pub holder: String,
    /// True where the holder is the bearer of this token.
    pub yours: bool,
    /// RFC 3339.
    pub until: String,
}

//! A problem: many incidents that are one matter, once a person has said so.

use serde::{Deserialize, Serialize};

use super::keyed::keyed_enum;

keyed_enum! {
    /// How far a problem is.
    pub enum ProblemState {
        Confirmed = "confirmed",
        /// It is followed: what comes is still expected.
        Watched = "watched",
        Closed = "closed",
    }
}

/// What a person says when an incident is of a problem, and how the problem stands: the
/// last one said counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linking {
    /// Id of the problem: the server makes one of that id where it knows none.
    pub problem: String,
    pub name: String,
    /// Code of a node of the taxonomy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// OKTMO, eight digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<String>,
    /// RFC 3339.
    pub started_at: String,
    pub state: ProblemState,
    /// The name may be shown on the wall.
    pub wall: bool,
}

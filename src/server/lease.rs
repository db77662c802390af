//! `POST /v1/lease`: «is being worked on by», for a short while.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::{Extension, Json};
use serde::Deserialize;

use super::auth::Bearer;
use super::body::{self, JSON, whole};
use super::hub::Hub;
use super::refusal::Refused;
use super::wire::incident_index;
use crate::domain::Timestamp;
use crate::sync::protocol::{Lease, LeaseRequest};

/// Longest time that one call is granted.
const LONGEST_SECS: u32 = 300;
/// Longest time that may be asked for.
const MOST_SECS: u32 = 86_400;
/// A lease request is one short object.
const BODY_BYTES: usize = 4 << 10;

/// Who holds an incident, and until when.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    office: String,
    until: Timestamp,
}

/// A lease request whose number may be written `120.0`: JSON knows one kind.
#[derive(Deserialize)]
struct Wished {
    incident: String,
    ttl_secs: f64,
}

impl Wished {
    fn request(self) -> Option<LeaseRequest> {
        let secs = whole(self.ttl_secs, f64::from(MOST_SECS))?;
        Some(LeaseRequest { incident: self.incident, ttl_secs: secs as u32 })
    }
}

/// Grants, renews or (with a time of 0) gives back a lease. Where another
/// office holds it, the answer says so and nothing changes.
pub(crate) async fn lease(
    State(hub): State<Arc<Hub>>,
    Extension(Bearer(token)): Extension<Bearer>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Lease>, Refused> {
    token.check_acts()?;
    body::check(&headers, &body, JSON, BODY_BYTES)?;
    let wished: LeaseRequest = serde_json::from_slice::<Wished>(&body)
        .ok()
        .and_then(Wished::request)
        .ok_or_else(|| Refused::Malformed("the body is not a lease request".to_owned()))?;
    let known = |index: &u32| (*index as usize) < hub.read().incidents.len();
    let index = incident_index(&wished.incident).filter(known).ok_or(Refused::NoSuchIncident)?;
    let now = hub.now();
    let mut leases = hub.leases();
    leases.retain(|_, held| held.until > now);
    let other = leases.get(&index).filter(|held| held.office != token.office());
    let held = if let Some(held) = other {
        held.clone()
    } else {
        let secs = wished.ttl_secs.min(LONGEST_SECS);
        let until = now.plus_secs(i64::from(secs));
        let held = Held { office: token.office().to_owned(), until };
        if secs == 0 {
            leases.remove(&index);
        } else {
            leases.insert(index, held.clone());
        }
        held
    };
    Ok(Json(Lease {
        incident: wished.incident,
        yours: held.office == token.office(),
        holder: held.office,
        until: held.until.to_rfc3339(),
    }))
}

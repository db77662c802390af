//! `POST /v1/lease` and `GET /v1/leases`: «is being worked on by», for a short
//! while.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::{Extension, Json};
use serde::Deserialize;

use super::auth::{Bearer, Token};
use super::body::{self, JSON, whole};
use super::hub::Hub;
use super::refusal::Refused;
use super::wire::{incident_id, incident_index};
use crate::domain::Timestamp;
use crate::sync::protocol::{Lease, LeaseList, LeaseRequest};

/// Longest time that one call is granted.
const LONGEST_SECS: u32 = 300;
/// Longest time that may be asked for.
const MOST_SECS: u32 = 86_400;
/// A lease request is one short object.
const BODY_BYTES: usize = 4 << 10;

/// Who holds which incident, by its index.
#[derive(Debug, Default)]
pub(crate) struct Leases(BTreeMap<u32, Held>);

/// Who holds an incident, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    office: String,
    until: Timestamp,
}

impl Leases {
    /// Grants, renews or (for 0 seconds) takes back the lease of an office.
    /// Where another office holds it nothing changes. Tells who holds it now,
    /// and whether anything changed for those who look on.
    fn ask(&mut self, index: u32, office: &str, secs: u32, now: Timestamp) -> (Held, bool) {
        self.0.retain(|_, held| held.until > now);
        let before = self.0.get(&index);
        if let Some(other) = before.filter(|held| held.office != office) {
            return (other.clone(), false);
        }
        let until = now.plus_secs(i64::from(secs.min(LONGEST_SECS)));
        let held = Held { office: office.to_owned(), until };
        let moved = if secs == 0 {
            self.0.remove(&index).is_some()
        } else {
            self.0.insert(index, held.clone()).as_ref() != Some(&held)
        };
        (held, moved)
    }

    /// The office that holds an incident now.
    pub(crate) fn holder(&self, index: u32, now: Timestamp) -> Option<&str> {
        self.0.get(&index).filter(|held| held.until > now).map(|held| &*held.office)
    }
}

impl Hub {
    /// Asks for a lease in the name of a token.
    pub(crate) fn lease(&self, token: &Token, index: u32, secs: u32) -> Lease {
        let (held, moved) = self.leases().ask(index, token.office(), secs, self.now());
        if moved {
            self.leases_moved.send_modify(|times| *times += 1);
        }
        told(index, held, token)
    }
}

fn told(index: u32, held: Held, token: &Token) -> Lease {
    Lease {
        incident: incident_id(index),
        yours: held.office == token.office(),
        holder: held.office,
        until: held.until.to_rfc3339(),
    }
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
    Ok(Json(hub.lease(&token, index, wished.ttl_secs)))
}

pub(crate) async fn leases(
    State(hub): State<Arc<Hub>>,
    Extension(Bearer(token)): Extension<Bearer>,
) -> Result<Json<LeaseList>, Refused> {
    standing(&hub, &token).map(Json)
}

/// The leases that stand now, by incident.
pub(crate) fn standing(hub: &Hub, token: &Token) -> Result<LeaseList, Refused> {
    token.check_acts()?;
    let now = hub.now();
    let leases = hub.leases();
    let standing = leases.0.iter().filter(|(_, held)| held.until > now);
    let leases = standing.map(|(index, held)| told(*index, held.clone(), token)).collect();
    Ok(LeaseList { leases })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_moves_when_it_is_granted_renewed_given_back_and_not_else() {
        let mut leases = Leases::default();
        let mut ask = |office: &str, secs, now| {
            let (held, moved) = leases.ask(5, office, secs, Timestamp(now));
            (held.office, held.until.0, moved)
        };
        assert_eq!(ask("а", 60, 100), ("а".to_owned(), 160, true));
        assert_eq!(ask("а", 60, 100), ("а".to_owned(), 160, false));
        assert_eq!(ask("б", 60, 110), ("а".to_owned(), 160, false));
        assert_eq!(ask("б", 0, 110), ("а".to_owned(), 160, false));
        assert_eq!(ask("а", 9_999, 120), ("а".to_owned(), 420, true));
        assert_eq!(ask("а", 0, 130), ("а".to_owned(), 130, true));
        assert_eq!(ask("а", 0, 130), ("а".to_owned(), 130, false));
        assert_eq!(ask("б", 60, 140), ("б".to_owned(), 200, true));
        assert_eq!(leases.holder(5, Timestamp(199)), Some("б"));
        assert_eq!(leases.holder(5, Timestamp(200)), None, "it runs out by itself");
    }
}

//! The row of an incident.

use super::check::{self, Notes};
use super::reason::Reason;
use crate::domain::{Regime, Status, Timestamp};
use crate::geo::bounds::{self, LonLatRect, Placement};
use crate::store::batch::{IncidentRow, Place};
use crate::sync::protocol::IncidentData;

/// What an incident can be kept without, where it holds nonsense. A deadline
/// is not among them as a type, only as a date: absent means «not set».
const DROPPABLE: &[&str] = &["lat", "lon", "priority", "marks", "satisfaction", "author_kind"];

pub(super) fn row(
    id: String,
    rev: u64,
    json: &str,
    region: LonLatRect,
    notes: &mut Notes<'_>,
) -> Result<IncidentRow, Reason> {
    let (data, extra): (IncidentData, _) = check::typed(json, DROPPABLE, notes)?;
    let received = check::required_date(&data.received_at)?;
    let closed = notes.optional_date(data.closed_at.as_deref());
    let registered = notes.optional_date(data.registered_at.as_deref());
    let first_answer = notes.optional_date(data.first_answer_at.as_deref());
    let steps = [registered, first_answer, closed];
    // Once an incident, however many of its moments are wrong.
    notes.happened(steps.into_iter().flatten().chain([received]).max());
    if steps.into_iter().flatten().any(|step| step < received) {
        notes.add(Reason::TimesReversed);
    }
    let [resonance, conflict, communication_error] = marks(&data.marks, notes);
    Ok(IncidentRow {
        rev,
        regime: notes.known(Regime::from_key(&data.regime), Regime::Other, Reason::UnknownRegime),
        source: notes.source(&data.source),
        block: notes.block(&data.block),
        status: status(&data.status, closed, notes),
        topic: notes.optional_text(data.topic),
        summary: notes.optional_text(data.summary),
        municipality: notes.municipality(data.municipality.as_deref()),
        settlement: notes.optional_text(data.settlement),
        place: place(data.lat, data.lon, region, notes),
        address: notes.optional_text(data.address),
        priority: priority(data.priority, notes),
        resonance,
        conflict,
        communication_error,
        body: notes.optional_text(data.body),
        assignee: notes.optional_text(data.assignee),
        author_kind: notes.optional_text(data.author_kind),
        received,
        registered,
        due: notes.optional_date(data.due_at.as_deref()),
        due_source: notes.optional_text(data.due_source),
        policy_version: notes.optional_text(data.policy_version),
        first_answer,
        closed,
        satisfaction: satisfaction(data.satisfaction, notes),
        merged_into: notes.optional_text(data.merged_into),
        // An empty one says that a person took it out of a problem.
        problem: data.problem.map(|problem| notes.text(problem)),
        extra,
        id,
    })
}

/// A matter of a citizen is not lost for a word that we do not know: it is
/// shown as closed where it was closed, else as new, where somebody looks.
fn status(key: &str, closed: Option<Timestamp>, notes: &mut Notes<'_>) -> Status {
    let fallback = if closed.is_some() { Status::Closed } else { Status::INITIAL };
    notes.known(Status::from_key(key), fallback, Reason::UnknownStatus)
}

fn place(
    lat: Option<f64>,
    lon: Option<f64>,
    region: LonLatRect,
    notes: &mut Notes<'_>,
) -> Option<Place> {
    let (lat, lon) = match (lat, lon) {
        (None, None) => return None,
        (Some(lat), Some(lon)) => (lat, lon),
        _ => {
            notes.add(Reason::PlaceNotANumber);
            return None;
        }
    };
    match bounds::accept(lat, lon, region) {
        Placement::Placed(point) => Some(Place { lat, lon, x: point.x, y: point.y }),
        Placement::Swapped(point) => {
            notes.add(Reason::PlaceSwapped);
            Some(Place { lat: lon, lon: lat, x: point.x, y: point.y })
        }
        Placement::OutOfRegion => {
            notes.add(Reason::PlaceOutside);
            None
        }
        Placement::Invalid => {
            notes.add(Reason::PlaceNotANumber);
            None
        }
    }
}

fn marks(keys: &[String], notes: &mut Notes<'_>) -> [bool; 3] {
    let mut marks = [false; 3];
    for key in keys {
        match key.as_str() {
            "resonance" => marks[0] = true,
            "conflict" => marks[1] = true,
            "communication_error" => marks[2] = true,
            _ => notes.add(Reason::UnknownMark),
        }
    }
    marks
}

fn priority(given: u8, notes: &mut Notes<'_>) -> u8 {
    if given > 2 {
        notes.add(Reason::FieldDropped);
        return 0;
    }
    given
}

fn satisfaction(given: Option<u8>, notes: &mut Notes<'_>) -> Option<u8> {
    let kept = given.filter(|rating| (1..=5).contains(rating));
    if kept != given {
        notes.add(Reason::FieldDropped);
    }
    kept
}

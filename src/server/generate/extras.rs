//! The rare objects of the demonstration: offices, bodies, municipalities,
//! attachments, problems, entries of registers.

use serde::Serialize;

use super::bursts::Burst;
use super::life::Offices;
use crate::domain::{Block, ObjectKind, ProblemState, Timestamp};
use crate::server::state::State;
use crate::server::world::World;
use crate::sync::protocol::{AttachmentData, BodyData, EntryData, MunicipalityData, ProblemData};

const DUTY_OFFICERS: u16 = 4;

/// Names the offices that act.
pub(super) fn offices(state: &mut State) -> Offices {
    let world = std::sync::Arc::clone(&state.world);
    for number in 1..=DUTY_OFFICERS {
        state.office(&format!("Дежурный ЦУР, пост {number} (демо)"));
    }
    let leads = state.offices.len() as u16;
    for block in Block::ALL {
        let name = &world.catalogue.block(*block).ru_short;
        state.office(&format!("Ответственный за блок «{name}» (демо)"));
    }
    let executors = state.offices.len() as u16;
    for body in &world.bodies {
        state.office(&format!("Исполнитель: {}", body.short));
    }
    Offices { duty: DUTY_OFFICERS, leads, executors }
}

/// Bodies and municipalities.
pub(crate) fn directory(state: &mut State) {
    let world = std::sync::Arc::clone(&state.world);
    for body in &world.bodies {
        let data = BodyData {
            name: body.name.to_string(),
            short: Some(body.short.to_string()),
            municipality: body.oktmo.map(|oktmo| oktmo.to_string()),
            blocks: body.blocks.iter().map(|block| block.key().to_owned()).collect(),
        };
        add(state, ObjectKind::Body, body.id.to_string(), &data, true);
    }
    for municipality in &world.catalogue.municipalities {
        let data = MunicipalityData {
            name: municipality.name.to_string(),
            population: Some(municipality.population_2021),
            valid_from: municipality.valid_from.map(|date| date.to_string()),
            valid_to: municipality.valid_to.map(|date| date.to_string()),
            predecessor: municipality.predecessor.map(|oktmo| oktmo.to_string()),
        };
        add(state, ObjectKind::Municipality, municipality.oktmo.to_string(), &data, true);
    }
}

/// Problems that were confirmed and are over; what still goes on is left to be found.
pub(super) fn problems(state: &mut State, bursts: &[Burst], now: Timestamp) {
    let world = std::sync::Arc::clone(&state.world);
    let over = bursts.iter().map(|burst| problem(&world, burst)).filter(|problem| {
        let closed = problem.closed_at.as_deref().map(Timestamp::parse_rfc3339);
        matches!(closed, Some(Ok(closed)) if closed < now)
    });
    for (number, data) in over.enumerate() {
        let wall = data.wall;
        add(state, ObjectKind::Problem, format!("p-{}", number + 1), &data, wall);
    }
}

fn problem(world: &World, burst: &Burst) -> ProblemData {
    let truth = burst.truth(&world.catalogue, 0);
    let topic = truth.topics.first().cloned();
    let name = topic.as_deref().and_then(|code| world.catalogue.topics.by_code(code));
    let place = world.catalogue.municipality(burst.municipality());
    ProblemData {
        name: format!(
            "{}: {}",
            name.map_or("", |topic| &*topic.name.ru),
            place.map_or("", |municipality| &*municipality.name)
        ),
        topic,
        municipality: Some(truth.municipality),
        state: ProblemState::Closed.key().to_owned(),
        started_at: truth.from,
        closed_at: Some(truth.to),
        wall: true,
        remedy: None,
    }
}

/// A few records of registers and a few attachments, so that every kind is met.
pub(super) fn entries(state: &mut State, now: Timestamp) {
    for number in 1..=3u32 {
        let data = EntryData {
            register: "practices".to_owned(),
            title: format!("Пример практики {number} (демонстрация)"),
            fields: [("added_at".to_owned(), serde_json::Value::from(now.to_rfc3339()))].into(),
        };
        add(state, ObjectKind::Entry, format!("r-{number}"), &data, false);
    }
    let step = 97;
    for index in (0..state.messages.len().min(2_000)).step_by(step) {
        let message = state.messages[index];
        let data = AttachmentData {
            incident: crate::server::wire::incident_id(message.incident),
            message: Some(format!("m-{}", index + 1)),
            url: format!("https://files.example/{}.jpg", index + 1),
            media_type: Some("image/jpeg".to_owned()),
            bytes: Some(150_000 + 37 * index as u64),
        };
        add(state, ObjectKind::Attachment, format!("a-{}", index / step + 1), &data, false);
    }
}

fn add(state: &mut State, kind: ObjectKind, id: String, data: &impl Serialize, wall: bool) {
    // Maps with string keys and plain numbers always have a JSON form.
    if let Ok(data) = serde_json::to_string(data) {
        state.add_plain(kind, id, data.into_boxed_str(), wall);
    }
}

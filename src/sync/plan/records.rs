//! The rows of everything that is not an incident.

use super::check::{self, Notes};
use super::reason::Reason;
use crate::domain::{Block, EventKind};
use crate::store::Upsert;
use crate::store::batch::{
    AttachmentRow, BodyRow, EntryRow, EventRow, MessageRow, MunicipalityRow, ProblemRow, TopicRow,
    UnknownRow,
};
use crate::sync::protocol::{
    AttachmentData, BodyData, EntryData, EventData, MessageData, MunicipalityData, ProblemData,
    TopicData,
};

const MESSAGE: &[&str] = &["incident", "source", "received_at", "text", "url", "author_kind"];
const EVENT: &[&str] = &["incident", "event", "at", "by", "body", "from", "to", "reason", "text"];
const BODY: &[&str] = &["name", "short", "municipality", "blocks"];
const TOPIC: &[&str] = &["name", "block", "parent"];
const MUNICIPALITY: &[&str] = &["name", "population", "valid_from", "valid_to", "predecessor"];
const ATTACHMENT: &[&str] = &["incident", "message", "url", "media_type", "bytes"];
const PROBLEM: &[&str] =
    &["name", "topic", "municipality", "state", "started_at", "closed_at", "wall"];
const ENTRY: &[&str] = &["register", "title", "fields"];

pub(super) fn message(
    id: String,
    rev: u64,
    json: &str,
    notes: &mut Notes<'_>,
) -> Result<MessageRow, Reason> {
    let data: MessageData = check::typed(json, &["url", "author_kind"], notes)?;
    Ok(MessageRow {
        id,
        rev,
        incident: check::incident_id(&data.incident)?,
        source: notes.source(&data.source),
        received: check::required_date(&data.received_at)?,
        text: notes.optional_text(data.text),
        url: notes.optional_text(data.url),
        author_kind: notes.optional_text(data.author_kind),
        extra: check::extra(json, MESSAGE, notes),
    })
}

/// An event that this version has no name for is kept as it came.
pub(super) fn event(
    id: String,
    rev: u64,
    json: &str,
    notes: &mut Notes<'_>,
) -> Result<Upsert, Reason> {
    let data: EventData = check::typed(json, &["by"], notes)?;
    let Some(kind) = EventKind::from_key(&data.event) else {
        notes.add(Reason::UnknownEvent);
        let kind = "event".to_owned();
        return Ok(Upsert::Unknown(UnknownRow { kind, id, rev, json: json.to_owned() }));
    };
    let (role, office) = data.by.map_or((None, None), |by| (Some(by.role), by.office));
    Ok(Upsert::Event(EventRow {
        id,
        rev,
        incident: check::incident_id(&data.incident)?,
        kind,
        at: check::required_date(&data.at)?,
        role: notes.optional_text(role),
        office: notes.optional_text(office),
        body: notes.optional_text(data.body),
        from: notes.optional_status(data.from.as_deref()),
        to: notes.optional_status(data.to.as_deref()),
        reason: notes.optional_text(data.reason),
        text: notes.optional_text(data.text),
        extra: check::extra(json, EVENT, notes),
    }))
}

pub(super) fn body(
    id: String,
    rev: u64,
    json: &str,
    notes: &mut Notes<'_>,
) -> Result<BodyRow, Reason> {
    let data: BodyData = check::typed(json, &["blocks"], notes)?;
    let mut blocks = Vec::with_capacity(data.blocks.len());
    for key in &data.blocks {
        match Block::from_key(key) {
            Some(block) => blocks.push(block),
            None => notes.add(Reason::UnknownBlock),
        }
    }
    Ok(BodyRow {
        name: named(data.name, &id, notes),
        id,
        rev,
        short: notes.optional_text(data.short),
        municipality: notes.municipality(data.municipality.as_deref()),
        blocks,
        extra: check::extra(json, BODY, notes),
    })
}

pub(super) fn topic(
    id: String,
    rev: u64,
    json: &str,
    notes: &mut Notes<'_>,
) -> Result<TopicRow, Reason> {
    let data: TopicData = check::typed(json, &[], notes)?;
    Ok(TopicRow {
        name: named(data.name, &id, notes),
        id,
        rev,
        block: notes.block(&data.block),
        parent: notes.optional_text(data.parent),
        extra: check::extra(json, TOPIC, notes),
    })
}

pub(super) fn municipality(
    id: String,
    rev: u64,
    json: &str,
    notes: &mut Notes<'_>,
) -> Result<MunicipalityRow, Reason> {
    let data: MunicipalityData = check::typed(json, &["population"], notes)?;
    Ok(MunicipalityRow {
        name: named(data.name, &id, notes),
        id,
        rev,
        population: data.population,
        valid_from: notes.optional_text(data.valid_from),
        valid_to: notes.optional_text(data.valid_to),
        predecessor: notes.optional_text(data.predecessor),
        extra: check::extra(json, MUNICIPALITY, notes),
    })
}

pub(super) fn attachment(
    id: String,
    rev: u64,
    json: &str,
    notes: &mut Notes<'_>,
) -> Result<AttachmentRow, Reason> {
    let data: AttachmentData = check::typed(json, &["bytes", "media_type"], notes)?;
    Ok(AttachmentRow {
        id,
        rev,
        incident: check::incident_id(&data.incident)?,
        message: notes.optional_text(data.message),
        url: notes.text(data.url),
        media_type: notes.optional_text(data.media_type),
        bytes: data.bytes.filter(|&bytes| bytes <= super::MOST_REVISION),
        extra: check::extra(json, ATTACHMENT, notes),
    })
}

pub(super) fn problem(
    id: String,
    rev: u64,
    json: &str,
    notes: &mut Notes<'_>,
) -> Result<ProblemRow, Reason> {
    let data: ProblemData = check::typed(json, &[], notes)?;
    Ok(ProblemRow {
        name: named(data.name, &id, notes),
        id,
        rev,
        topic: notes.optional_text(data.topic),
        municipality: notes.municipality(data.municipality.as_deref()),
        state: notes.text(data.state),
        started: check::required_date(&data.started_at)?,
        closed: notes.optional_date(data.closed_at.as_deref()),
        wall: data.wall,
        extra: check::extra(json, PROBLEM, notes),
    })
}

pub(super) fn entry(
    id: String,
    rev: u64,
    json: &str,
    notes: &mut Notes<'_>,
) -> Result<EntryRow, Reason> {
    let data: EntryData = check::typed(json, &[], notes)?;
    let fields = serde_json::to_string(&data.fields).map_err(|_content| Reason::BadData)?;
    Ok(EntryRow {
        id,
        rev,
        register: notes.text(data.register),
        title: notes.text(data.title),
        fields,
        extra: check::extra(json, ENTRY, notes),
    })
}

/// What has no name is called by its id.
fn named(name: String, id: &str, notes: &mut Notes<'_>) -> String {
    let name = notes.text(name);
    if name.trim().is_empty() { id.to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    /// Every field that the type can write is in `known`.
    fn assert_lists<T: Serialize>(data: &T, known: &[&str]) {
        let json = serde_json::to_value(data).unwrap();
        let written: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        let mut known = known.to_vec();
        known.sort_unstable();
        assert_eq!(written, known);
    }

    #[test]
    fn the_lists_of_fields_are_those_of_the_protocol() {
        let some = || Some("x".to_owned());
        assert_lists(
            &MessageData { text: some(), url: some(), author_kind: some(), ..Default::default() },
            MESSAGE,
        );
        assert_lists(
            &EventData {
                by: Some(crate::sync::protocol::Actor::default()),
                body: some(),
                from: some(),
                to: some(),
                reason: some(),
                text: some(),
                ..Default::default()
            },
            EVENT,
        );
        assert_lists(
            &BodyData {
                short: some(),
                municipality: some(),
                blocks: vec!["x".to_owned()],
                ..Default::default()
            },
            BODY,
        );
        assert_lists(&TopicData { parent: some(), ..Default::default() }, TOPIC);
        assert_lists(
            &MunicipalityData {
                population: Some(1),
                valid_from: some(),
                valid_to: some(),
                predecessor: some(),
                ..Default::default()
            },
            MUNICIPALITY,
        );
        assert_lists(
            &AttachmentData {
                message: some(),
                media_type: some(),
                bytes: Some(1),
                ..Default::default()
            },
            ATTACHMENT,
        );
        assert_lists(
            &ProblemData {
                topic: some(),
                municipality: some(),
                closed_at: some(),
                ..Default::default()
            },
            PROBLEM,
        );
        assert_lists(&EntryData::default(), ENTRY);
    }
}

//! The rows of everything that is not an incident.

use super::check::{self, Notes};
use super::reason::Reason;
use crate::domain::{Block, EventKind, next_status};
use crate::store::Upsert;
use crate::store::batch::{
    AttachmentRow, BodyRow, EntryRow, EventRow, MessageRow, MunicipalityRow, ProblemRow, TopicRow,
    UnknownRow,
};
use crate::sync::protocol::{
    AttachmentData, BodyData, EntryData, EventData, MessageData, MunicipalityData, ProblemData,
    TopicData,
};

pub(super) fn message(
    id: String,
    rev: u64,
    json: &str,
    notes: &mut Notes<'_>,
) -> Result<MessageRow, Reason> {
    let (data, extra): (MessageData, _) = check::typed(json, &["url", "author_kind"], notes)?;
    let received = check::required_date(&data.received_at)?;
    notes.happened(Some(received));
    Ok(MessageRow {
        id,
        rev,
        incident: check::incident_id(&data.incident)?,
        source: notes.source(&data.source),
        received,
        text: notes.optional_text(data.text),
        url: notes.optional_text(data.url),
        author_kind: notes.optional_text(data.author_kind),
        extra,
    })
}

/// An event that this version has no name for is kept as it came.
pub(super) fn event(
    id: String,
    rev: u64,
    json: &str,
    notes: &mut Notes<'_>,
) -> Result<Upsert, Reason> {
    let (data, extra): (EventData, _) = check::typed(json, &["by"], notes)?;
    let Some(kind) = EventKind::from_key(&data.event) else {
        notes.add(Reason::UnknownEvent);
        let kind = "event".to_owned();
        return Ok(Upsert::Unknown(UnknownRow { kind, id, rev, json: json.to_owned() }));
    };
    let at = check::required_date(&data.at)?;
    notes.happened(Some(at));
    let from = notes.optional_status(data.from.as_deref());
    let to = notes.optional_status(data.to.as_deref());
    if from.zip(to).is_some_and(|(from, to)| next_status(from, kind) != Ok(to)) {
        notes.add(Reason::OutOfOrder);
    }
    let (role, office) = data.by.map_or((None, None), |by| (Some(by.role), by.office));
    Ok(Upsert::Event(EventRow {
        id,
        rev,
        incident: check::incident_id(&data.incident)?,
        kind,
        at,
        role: notes.optional_text(role),
        office: notes.optional_text(office),
        body: notes.optional_text(data.body),
        from,
        to,
        reason: notes.optional_text(data.reason),
        text: notes.optional_text(data.text),
        extra,
    }))
}

pub(super) fn body(
    id: String,
    rev: u64,
    json: &str,
    notes: &mut Notes<'_>,
) -> Result<BodyRow, Reason> {
    let (data, extra): (BodyData, _) = check::typed(json, &["blocks"], notes)?;
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
        extra,
    })
}

pub(super) fn topic(
    id: String,
    rev: u64,
    json: &str,
    notes: &mut Notes<'_>,
) -> Result<TopicRow, Reason> {
    let (data, extra): (TopicData, _) = check::typed(json, &[], notes)?;
    Ok(TopicRow {
        name: named(data.name, &id, notes),
        id,
        rev,
        block: notes.block(&data.block),
        parent: notes.optional_text(data.parent),
        extra,
    })
}

pub(super) fn municipality(
    id: String,
    rev: u64,
    json: &str,
    notes: &mut Notes<'_>,
) -> Result<MunicipalityRow, Reason> {
    let (data, extra): (MunicipalityData, _) = check::typed(json, &["population"], notes)?;
    Ok(MunicipalityRow {
        name: named(data.name, &id, notes),
        id,
        rev,
        population: data.population,
        valid_from: notes.optional_text(data.valid_from),
        valid_to: notes.optional_text(data.valid_to),
        predecessor: notes.optional_text(data.predecessor),
        extra,
    })
}

pub(super) fn attachment(
    id: String,
    rev: u64,
    json: &str,
    notes: &mut Notes<'_>,
) -> Result<AttachmentRow, Reason> {
    let (data, extra): (AttachmentData, _) = check::typed(json, &["bytes", "media_type"], notes)?;
    Ok(AttachmentRow {
        id,
        rev,
        incident: check::incident_id(&data.incident)?,
        message: notes.optional_text(data.message),
        url: notes.text(data.url),
        media_type: notes.optional_text(data.media_type),
        bytes: data.bytes.filter(|&bytes| bytes <= super::MOST_REVISION),
        extra,
    })
}

pub(super) fn problem(
    id: String,
    rev: u64,
    json: &str,
    notes: &mut Notes<'_>,
) -> Result<ProblemRow, Reason> {
    let (data, extra): (ProblemData, _) = check::typed(json, &[], notes)?;
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
        remedy: data.remedy.and_then(|remedy| serde_json::to_string(&remedy).ok()),
        extra,
    })
}

pub(super) fn entry(
    id: String,
    rev: u64,
    json: &str,
    notes: &mut Notes<'_>,
) -> Result<EntryRow, Reason> {
    let (data, extra): (EntryData, _) = check::typed(json, &[], notes)?;
    let fields = serde_json::to_string(&data.fields).map_err(|_content| Reason::BadData)?;
    Ok(EntryRow {
        id,
        rev,
        register: notes.text(data.register),
        title: notes.text(data.title),
        fields,
        extra,
    })
}

/// What has no name is called by its id.
fn named(name: String, id: &str, notes: &mut Notes<'_>) -> String {
    let name = notes.text(name);
    if name.trim().is_empty() { id.to_owned() } else { name }
}

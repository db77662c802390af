//! What a screen shows of single incidents. Texts are masked.

use std::borrow::Cow;
use std::collections::HashMap;

use rusqlite::{OptionalExtension, Row};

use super::error::Result;
use super::extra::More;
use super::incidents::{CORE_COLUMNS, read_core};
use super::reader::Reader;
use crate::board;
use crate::domain::EventKind;
use crate::domain::action::AnswerCheck;
use crate::domain::mask::mask;
use crate::geo::mercator::MercatorPoint;

/// One row of the incident list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRow {
    /// Row id in the store; the board's position is `row_id - 1`.
    pub row_id: u32,
    /// Id on the server.
    pub id: String,
    /// Masked; empty where there is none.
    pub summary: String,
    /// UTC seconds, 0 where absent.
    pub received: u32,
    pub due: u32,
    pub first_answer: u32,
    /// [`board::Row::done`].
    pub done: u32,
    pub closed: u32,
    /// Catalogue index, `board::row::NO_MUNICIPALITY` where not known.
    pub municipality: u8,
    /// Numbers of the vocabulary, `board::row::NONE` where there is none.
    pub settlement: u16,
    pub topic: u16,
    pub body: u16,
    pub block: u8,
    pub regime: u8,
    pub source: u8,
    pub status: u8,
    /// Bits of `board::row::flags`.
    pub flags: u16,
    /// 1–5, 0 where there is none.
    pub rating: u8,
    /// Number of the office in the vocabulary.
    pub assignee: u16,
}

impl ListRow {
    /// Takes over what the board knows of the incident.
    pub fn set_row(&mut self, row: &board::Row) {
        self.received = row.received;
        self.due = row.due;
        self.first_answer = row.first_answer;
        self.done = row.done();
        self.closed = row.closed;
        self.municipality = row.municipality;
        self.settlement = row.settlement;
        self.topic = row.topic;
        self.body = row.body;
        self.block = row.block;
        self.regime = row.regime;
        self.source = row.source;
        self.status = row.status;
        self.flags = row.flags;
        self.rating = row.rating;
        self.assignee = row.assignee;
    }
}

/// One incident with its history.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IncidentDetails {
    pub row: ListRow,
    /// Masked; empty where there is none.
    pub address: String,
    /// Where it is; the caller that knows the board fills it.
    pub place: Option<MercatorPoint>,
    pub rev: u64,
    /// Office, never a person.
    pub assignee: String,
    pub registered: u32,
    /// `server`, `policy`, `hand`, or empty where no deadline is set.
    pub due_source: String,
    pub policy_version: String,
    /// Id on the server of the incident that this one was merged into.
    pub merged_into: String,
    /// Name of the problem that it is of; empty where it is of none that is told here.
    pub problem: String,
    /// Oldest first.
    pub messages: Vec<MessageLine>,
    /// Its own log and that of what was merged into it, oldest first.
    pub events: Vec<EventLine>,
    pub attachments: Vec<AttachmentLine>,
}

/// Where a photo or document is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttachmentLine {
    pub url: String,
    /// Empty where the source does not say.
    pub media_type: String,
    /// 0 where the source does not say.
    pub bytes: u64,
}

/// One citizen's message, masked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageLine {
    /// Id on the server.
    pub id: String,
    pub received: u32,
    pub source: u8,
    pub text: String,
    /// Link to the original publication, or empty.
    pub url: String,
}

/// One entry of the incident's log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventLine {
    pub at: u32,
    /// `domain::EventKind as u8`, `None` for kinds that this version does not know.
    pub kind: Option<u8>,
    pub role: String,
    pub office: String,
    /// Number of the vocabulary.
    pub body: u16,
    /// Masked.
    pub reason: String,
    pub text: String,
    /// What a check of the answer's quality found.
    pub checks: Vec<AnswerCheck>,
    /// The deadline that an extension set and the one that it replaced, in UTC
    /// seconds; 0 where the server says neither.
    pub due: u32,
    pub due_before: u32,
    /// Id of the incident whose log it is from, where that was merged into this one.
    pub merged: String,
}

impl Reader {
    /// Rows of the list by row id, in the order asked; ids that are gone are left
    /// out.
    pub fn list_rows(&self, row_ids: &[u32]) -> Result<Vec<ListRow>> {
        self.heed(self.read_list_rows(row_ids))
    }

    fn attachments_of(&self, incident: i64) -> Result<Vec<AttachmentLine>> {
        let mut get = self.connection.prepare_cached(include_str!("sql/attachments_of.sql"))?;
        let rows = get.query_map([incident], |row| {
            Ok(AttachmentLine {
                url: text(row, 0)?,
                media_type: text(row, 1)?,
                bytes: row.get::<_, Option<i64>>(2)?.unwrap_or(0).max(0) as u64,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn read_list_rows(&self, row_ids: &[u32]) -> Result<Vec<ListRow>> {
        let mut get = self.connection.prepare_cached(include_str!("sql/list_row.sql"))?;
        let mut found = Vec::with_capacity(row_ids.len());
        for row_id in row_ids {
            found.extend(get.query_row([row_id], |row| self.read_list_row(row)).optional()?);
        }
        Ok(found)
    }

    /// One incident with its messages and events; `None` where it is gone.
    pub fn details(&self, row_id: u32) -> Result<Option<IncidentDetails>> {
        self.heed(self.read_details(row_id))
    }

    fn read_details(&self, row_id: u32) -> Result<Option<IncidentDetails>> {
        // One snapshot, so that log and incident fit each other.
        let _snapshot = self.connection.unchecked_transaction()?;
        let Some(row) = self.list_rows(&[row_id])?.pop() else { return Ok(None) };
        let mut get = self.connection.prepare_cached(include_str!("sql/incident_details.sql"))?;
        let (key, mut details) = get.query_row([row_id], |found| {
            let details = IncidentDetails {
                row,
                rev: found.get::<_, i64>(1)? as u64,
                address: masked(found, 2)?,
                assignee: text(found, 3)?,
                due_source: text(found, 4)?,
                policy_version: text(found, 5)?,
                merged_into: text(found, 6)?,
                registered: found.get(7)?,
                problem: masked(found, 8)?,
                ..IncidentDetails::default()
            };
            Ok((found.get::<_, i64>(0)?, details))
        })?;
        details.messages = self.messages_of(key)?;
        details.events = self.events_of(row_id)?;
        details.attachments = self.attachments_of(key)?;
        Ok(Some(details))
    }

    /// What the citizens wrote, unmasked, by ids of messages: only for a screen whose
    /// user may see personal data and asked for it.
    pub fn unmasked_messages(&self, row_id: u32) -> Result<HashMap<String, String>> {
        let mut get = self.connection.prepare_cached(include_str!("sql/messages_unmasked.sql"))?;
        let rows = get.query_map([row_id], |row| Ok((text(row, 0)?, text(row, 1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn messages_of(&self, incident: i64) -> Result<Vec<MessageLine>> {
        let mut get = self.connection.prepare_cached(include_str!("sql/messages_of.sql"))?;
        let rows = get.query_map([incident], |row| {
            Ok(MessageLine {
                id: text(row, 4)?,
                received: row.get(0)?,
                source: row.get(1)?,
                text: masked(row, 2)?,
                // «wa.me/7913…», «tel:+7913…».
                url: masked(row, 3)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn events_of(&self, row_id: u32) -> Result<Vec<EventLine>> {
        let mut get = self.connection.prepare_cached(include_str!("sql/events_of.sql"))?;
        let rows = get.query_map([row_id], |row| {
            let kind: u8 = row.get(1)?;
            let more = More::of(kind, &text(row, 7)?);
            Ok(EventLine {
                at: row.get(0)?,
                kind: EventKind::from_index(kind).map(EventKind::index),
                role: text(row, 2)?,
                office: text(row, 3)?,
                body: row.get(4)?,
                reason: masked(row, 5)?,
                text: masked(row, 6)?,
                checks: more.found().unwrap_or_default(),
                due: more.moment("due_at"),
                due_before: more.moment("due_before"),
                merged: text(row, 8)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn read_list_row(&self, row: &Row<'_>) -> rusqlite::Result<ListRow> {
        let (row_id, core) = read_core(row, &self.places)?;
        let mut shown = ListRow {
            row_id,
            id: row.get(CORE_COLUMNS)?,
            summary: masked(row, CORE_COLUMNS + 1)?,
            ..ListRow::default()
        };
        shown.set_row(&core);
        Ok(shown)
    }
}

/// A text column, empty where there is none.
fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(row.get::<_, Option<String>>(column)?.unwrap_or_default())
}

/// A citizen's or officer's text, masked.
fn masked(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    let found = text(row, column)?;
    Ok(match mask(&found) {
        Cow::Borrowed(_) => found,
        Cow::Owned(masked) => masked,
    })
}

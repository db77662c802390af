//! What events alone tell of an incident. They may come before it, so it is kept
//! by the incident's key and not by its row.

use rusqlite::{Connection, params};

use super::batch::Applied;
use super::error::Result;
use super::identity::ByIdHash;
use super::incidents::get_core;
use super::ledger::Ledger;
use crate::board::row::{Change, flags};
use crate::domain::{EventKind, Timestamp};

/// Flags of the board that an upsert of the incident does not know.
pub(super) const PAST_FLAGS: u16 = flags::RETURNED | flags::REOPENED | flags::INTERIM;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Past {
    /// Some of [`PAST_FLAGS`].
    pub(super) flags: u16,
    /// The last interim answer.
    pub(super) interim: Option<Timestamp>,
}

impl Past {
    fn with(self, kind: EventKind, at: Timestamp) -> Self {
        let flags = self.flags
            | match kind {
                EventKind::Returned => flags::RETURNED,
                EventKind::Reopened => flags::REOPENED,
                EventKind::InterimAnswered => flags::INTERIM,
                _ => return self,
            };
        let is_interim = kind == EventKind::InterimAnswered;
        let interim = if is_interim { self.interim.max(Some(at)) } else { self.interim };
        Self { flags, interim }
    }
}

/// Of all incidents that have some.
pub(super) fn load(connection: &Connection) -> Result<ByIdHash<Past>> {
    let mut all = ByIdHash::default();
    let mut get = connection.prepare("SELECT incident, flags, interim FROM incident_past")?;
    let mut rows = get.query([])?;
    while let Some(row) = rows.next()? {
        let interim: u32 = row.get(2)?;
        let interim = (interim > 0).then_some(Timestamp(interim));
        all.insert(row.get(0)?, Past { flags: row.get(1)?, interim });
    }
    Ok(all)
}

impl Ledger<'_> {
    /// An event of an incident, known or yet to come.
    pub(super) fn note_past(
        &mut self,
        incident: i64,
        kind: EventKind,
        at: Timestamp,
        applied: &mut Applied,
    ) -> Result<()> {
        let known = self.memory.past.get(&incident).copied().unwrap_or_default();
        let now = known.with(kind, at);
        if now == known { Ok(()) } else { self.set_past(incident, now, applied) }
    }

    /// It lost events: its past is told anew from those that stay.
    pub(super) fn recount_past(&mut self, incident: i64, applied: &mut Applied) -> Result<()> {
        if !self.memory.past.contains_key(&incident) {
            return Ok(());
        }
        let mut get =
            self.connection.prepare_cached("SELECT kind, at FROM event WHERE incident = ?1")?;
        let mut rows = get.query([incident])?;
        let mut now = Past::default();
        while let Some(row) = rows.next()? {
            if let Some(kind) = EventKind::from_index(row.get(0)?) {
                now = now.with(kind, Timestamp(row.get(1)?));
            }
        }
        drop(rows);
        drop(get);
        self.set_past(incident, now, applied)
    }

    /// Nothing is known of it any more.
    pub(super) fn forget_past(&mut self, incident: i64) -> Result<()> {
        self.memory.past.remove(&incident);
        self.connection
            .prepare_cached("DELETE FROM incident_past WHERE incident = ?1")?
            .execute([incident])?;
        Ok(())
    }

    fn set_past(&mut self, incident: i64, now: Past, applied: &mut Applied) -> Result<()> {
        let known = self.memory.past.get(&incident).copied().unwrap_or_default();
        if now == Past::default() {
            self.forget_past(incident)?;
        } else {
            self.memory.past.insert(incident, now);
            let interim = now.interim.map_or(0, |at| at.0);
            self.connection
                .prepare_cached("REPLACE INTO incident_past VALUES (?1, ?2, ?3)")?
                .execute(params![incident, now.flags, interim])?;
        }
        let Some(row_id) = self.incident_row(incident)? else { return Ok(()) };
        self.connection
            .prepare_cached("UPDATE incident_core SET flags = flags & ~?2 | ?3 WHERE row = ?1")?
            .execute(params![row_id, PAST_FLAGS, now.flags])?;
        if now.interim != known.interim {
            self.count_due(row_id, now)?;
        }
        let row = get_core(self.connection, row_id, &self.places)?;
        applied.changes.changes.push(Change { row_id, row });
        Ok(())
    }
}

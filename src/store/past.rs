//! What events alone tell of an incident. They may come before it, so it is kept
//! by the incident's key and not by its row.

use rusqlite::{Connection, params};

use super::batch::Applied;
use super::error::Result;
use super::identity::ByIdHash;
use super::incidents::get_core;
use super::ledger::Ledger;
use super::quality::score;
use crate::board::row::{Change, flags};
use crate::domain::{EventKind, Timestamp};

/// Flags of the board that an upsert of the incident does not know.
pub(super) const PAST_FLAGS: u16 =
    flags::RETURNED | flags::REOPENED | flags::INTERIM | flags::DELIVERED;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Past {
    /// Some of [`PAST_FLAGS`].
    pub(super) flags: u16,
    /// The last interim answer.
    pub(super) interim: Option<Timestamp>,
    /// The last check of an answer, and its score.
    pub(super) checked: Option<(Timestamp, u8)>,
}

/// An event, as far as it is remembered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed {
    pub(super) kind: EventKind,
    pub(super) at: Timestamp,
    /// Nobody acted: the source system did it.
    pub(super) by_itself: bool,
    /// Of a check that tells what it found.
    pub(super) score: Option<u8>,
}

impl Past {
    fn with(self, deed: Deed) -> Self {
        let Deed { kind, at, by_itself, score } = deed;
        let mut now = self;
        match kind {
            EventKind::Returned => now.flags |= flags::RETURNED,
            EventKind::Reopened => now.flags |= flags::REOPENED,
            EventKind::Assigned if by_itself => now.flags |= flags::DELIVERED,
            EventKind::InterimAnswered => {
                now.flags |= flags::INTERIM;
                now.interim = now.interim.max(Some(at));
            }
            EventKind::QualityChecked => {
                now.checked = now.checked.max(score.map(|score| (at, score)));
            }
            _ => {}
        }
        now
    }

    /// As the board has it: 1 + score of the last check.
    pub(super) fn quality(&self) -> u8 {
        self.checked.map_or(0, |(_, score)| score + 1)
    }
}

/// Of all incidents that have some.
pub(super) fn load(connection: &Connection) -> Result<ByIdHash<Past>> {
    let mut all = ByIdHash::default();
    let mut get = connection
        .prepare("SELECT incident, flags, interim, quality, checked FROM incident_past")?;
    let mut rows = get.query([])?;
    while let Some(row) = rows.next()? {
        let (interim, quality): (u32, u8) = (row.get(2)?, row.get(3)?);
        let interim = (interim > 0).then_some(Timestamp(interim));
        let checked_at = Timestamp(row.get(4)?);
        let checked = quality.checked_sub(1).map(|score| (checked_at, score));
        all.insert(row.get(0)?, Past { flags: row.get(1)?, interim, checked });
    }
    Ok(all)
}

impl Ledger<'_> {
    /// An event of an incident, known or yet to come.
    pub(super) fn note_past(
        &mut self,
        incident: i64,
        deed: Deed,
        applied: &mut Applied,
    ) -> Result<()> {
        let known = self.memory.past.get(&incident).copied().unwrap_or_default();
        let now = known.with(deed);
        if now == known { Ok(()) } else { self.set_past(incident, now, applied) }
    }

    /// It lost events: its past is told anew from those that stay.
    pub(super) fn recount_past(&mut self, incident: i64, applied: &mut Applied) -> Result<()> {
        let is_known = self.memory.past.contains_key(&incident);
        if is_known { self.tell_past_anew(incident, applied) } else { Ok(()) }
    }

    /// From all events that there are.
    pub(super) fn tell_past_anew(&mut self, incident: i64, applied: &mut Applied) -> Result<()> {
        let mut get = self
            .connection
            .prepare_cached("SELECT kind, at, actor = 0, extra FROM event WHERE incident = ?1")?;
        let mut rows = get.query([incident])?;
        let mut now = Past::default();
        while let Some(row) = rows.next()? {
            let Some(kind) = EventKind::from_index(row.get(0)?) else { continue };
            let extra: Option<String> = row.get(3)?;
            let score = score(self.catalogue, kind, extra.as_deref());
            let (at, by_itself) = (Timestamp(row.get(1)?), row.get(2)?);
            now = now.with(Deed { kind, at, by_itself, score });
        }
        drop(rows);
        drop(get);
        let known = self.memory.past.get(&incident).copied().unwrap_or_default();
        if now == known { Ok(()) } else { self.set_past(incident, now, applied) }
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
            let checked = now.checked.map_or(0, |(at, _)| at.0);
            self.connection
                .prepare_cached("REPLACE INTO incident_past VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![incident, now.flags, interim, now.quality(), checked])?;
        }
        let Some(row_id) = self.incident_row(incident)? else { return Ok(()) };
        self.connection
            .prepare_cached(
                "UPDATE incident_core SET flags = flags & ~?2 | ?3, quality = ?4 WHERE row = ?1",
            )?
            .execute(params![row_id, PAST_FLAGS, now.flags, now.quality()])?;
        if now.interim != known.interim {
            self.count_due(row_id, now)?;
        }
        let row = get_core(self.connection, row_id, &self.places)?;
        applied.changes.changes.push(Change { row_id, row });
        Ok(())
    }
}

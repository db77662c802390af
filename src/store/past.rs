//! What events alone tell of an incident. They may come before it, so it is kept
//! by the incident's key and not by its row.

use rusqlite::{Connection, Row, params};

use super::batch::Applied;
use super::error::Result;
use super::extra::ticks;
use super::identity::ByIdHash;
use super::incidents::get_core;
use super::ledger::{Ledger, Memory};
use super::meta;
use crate::board::aggregates::DurationHistogram;
use crate::board::row::{CHECKED, Change, Stages, flags};
use crate::domain::{EventKind, Timestamp};

/// Flags of the board that an upsert of the incident does not know.
pub(super) const PAST_FLAGS: u16 =
    flags::RETURNED | flags::REOPENED | flags::INTERIM | flags::DELIVERED;

/// Key of `meta`, and by which of this program's rules the pasts that are stored were
/// told. Another number has all of them told anew.
const TOLD_BY: (&str, &str) = ("past", "1");

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Past {
    /// Some of [`PAST_FLAGS`].
    pub(super) flags: u16,
    /// The last interim answer.
    pub(super) interim: Option<Timestamp>,
    /// The last check of an answer that tells what it found, and its ticks.
    checked: Option<(Timestamp, u8)>,
    /// The first time that a body was given it.
    assigned: Option<Timestamp>,
    /// The last time that an answer went to the approver, and was approved.
    submitted: Option<Timestamp>,
    approved: Option<Timestamp>,
    /// The last time that it was reopened.
    reopened: Option<Timestamp>,
}

/// An event, as far as it is remembered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed {
    pub(super) kind: EventKind,
    pub(super) at: Timestamp,
    /// Nobody acted: the source system did it.
    pub(super) by_itself: bool,
    /// Of a check that tells what it found.
    pub(super) ticks: Option<u8>,
}

impl Deed {
    /// From the columns kind, at, «by itself» and extra; `None` for a kind that is not known.
    fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Self>> {
        let Some(kind) = EventKind::from_index(row.get(first)?) else { return Ok(None) };
        let extra: Option<String> = row.get(first + 3)?;
        Ok(Some(Self {
            kind,
            at: Timestamp(row.get(first + 1)?),
            by_itself: row.get(first + 2)?,
            ticks: ticks(kind, extra.as_deref()),
        }))
    }
}

impl Past {
    fn with(self, deed: Deed) -> Self {
        let Deed { kind, at, by_itself, ticks } = deed;
        let mut now = self;
        match kind {
            EventKind::Returned => now.flags |= flags::RETURNED,
            EventKind::Reopened => {
                now.flags |= flags::REOPENED;
                now.reopened = now.reopened.max(Some(at));
            }
            EventKind::Assigned | EventKind::Forwarded => {
                now.assigned = Some(now.assigned.map_or(at, |first| first.min(at)));
                if by_itself && kind == EventKind::Assigned {
                    now.flags |= flags::DELIVERED;
                }
            }
            EventKind::Submitted => now.submitted = now.submitted.max(Some(at)),
            EventKind::Approved => now.approved = now.approved.max(Some(at)),
            EventKind::InterimAnswered => {
                now.flags |= flags::INTERIM;
                now.interim = now.interim.max(Some(at));
            }
            EventKind::QualityChecked => {
                now.checked = now.checked.max(ticks.map(|ticks| (at, ticks)));
            }
            _ => {}
        }
        now
    }

    /// As the board has it.
    pub(super) fn checks(&self) -> u8 {
        self.checked.map_or(0, |(_, ticks)| CHECKED | ticks)
    }

    /// True where something was done about it before it came.
    pub(super) fn is_early(&self, received: u32) -> bool {
        let done = [self.assigned, self.submitted, self.approved, self.interim, self.reopened];
        done.into_iter().flatten().any(|at| at.0 < received)
    }

    /// When the answer was given that stands, as the board has it.
    pub(super) fn answered(&self) -> u32 {
        let stands = self.approved.filter(|at| self.reopened.is_none_or(|again| again < *at));
        stands.map_or(0, |at| at.0)
    }

    /// How long the stages of the work took. What ends before it begins is not known.
    pub(super) fn stages(&self, received: u32) -> Stages {
        let lasted = |from: Option<u32>, to: Option<Timestamp>| {
            let secs = to?.0.checked_sub(from?)?;
            Some(DurationHistogram::bucket(secs) as u8)
        };
        let secs = |at: Option<Timestamp>| at.map(|at| at.0);
        Stages::new([
            lasted(Some(received), self.assigned),
            lasted(secs(self.assigned), self.submitted),
            lasted(secs(self.submitted), self.approved),
        ])
    }
}

/// Of all incidents that have some.
pub(super) fn load(connection: &Connection) -> Result<ByIdHash<Past>> {
    let mut all = ByIdHash::default();
    let mut get = connection.prepare(include_str!("sql/pasts.sql"))?;
    let mut rows = get.query([])?;
    while let Some(row) = rows.next()? {
        let moment = |column: usize| -> rusqlite::Result<Option<Timestamp>> {
            let at: u32 = row.get(column)?;
            Ok((at > 0).then_some(Timestamp(at)))
        };
        let checks: u8 = row.get(3)?;
        let past = Past {
            flags: row.get(1)?,
            interim: moment(2)?,
            checked: if checks & CHECKED == 0 {
                None
            } else {
                Some((Timestamp(row.get(4)?), checks & !CHECKED))
            },
            assigned: moment(5)?,
            submitted: moment(6)?,
            approved: moment(7)?,
            reopened: moment(8)?,
        };
        all.insert(row.get(0)?, past);
    }
    Ok(all)
}

impl Ledger<'_> {
    /// An event of an incident, known or yet to come. It is written at the end of the
    /// batch, together with what else the batch tells of the incident.
    pub(super) fn note_past(&mut self, incident: i64, deed: Deed) {
        let known = self.memory.past.get(&incident).copied().unwrap_or_default();
        self.remember_past(incident, known.with(deed));
    }

    /// It lost events: its past is told anew from those that stay.
    pub(super) fn recount_past(&mut self, incident: i64) -> Result<()> {
        if !self.memory.past.contains_key(&incident) {
            return Ok(());
        }
        let mut get = self
            .connection
            .prepare_cached("SELECT kind, at, actor = 0, extra FROM event WHERE incident = ?1")?;
        let mut rows = get.query([incident])?;
        let mut now = Past::default();
        while let Some(row) = rows.next()? {
            if let Some(deed) = Deed::read(row, 0)? {
                now = now.with(deed);
            }
        }
        drop(rows);
        drop(get);
        self.remember_past(incident, now);
        Ok(())
    }

    /// At the start: tells all pasts anew where others than these rules told them.
    pub(super) fn tell_pasts(&mut self) -> Result<()> {
        let (key, now) = TOLD_BY;
        if meta::get(self.connection, key)?.as_deref() == Some(now) {
            return Ok(());
        }
        let transaction = self.connection.unchecked_transaction()?;
        let told = self.tell_all_anew();
        let written = told.and_then(|()| self.write_pasts(&mut Applied::default()));
        if let Err(error) = written.and_then(|()| meta::set(self.connection, key, now)) {
            // What was told is taken back with the transaction.
            drop(transaction);
            self.memory.past = load(self.connection)?;
            self.memory.retold.clear();
            return Err(error);
        }
        Ok(transaction.commit()?)
    }

    /// From the whole log in one reading: the order of the events changes nothing.
    fn tell_all_anew(&mut self) -> Result<()> {
        let mut before = std::mem::take(&mut self.memory.past);
        let Memory { past, retold, .. } = &mut self.memory;
        let mut get =
            self.connection.prepare("SELECT incident, kind, at, actor = 0, extra FROM event")?;
        let mut rows = get.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(deed) = Deed::read(row, 1)? {
                let known = past.entry(row.get(0)?).or_default();
                *known = known.with(deed);
            }
        }
        past.retain(|_, now| *now != Past::default());
        for (incident, now) in past.iter() {
            let known = before.remove(incident).unwrap_or_default();
            if known != *now {
                retold.insert(*incident, known);
            }
        }
        // These have nothing of their past left.
        retold.extend(before);
        Ok(())
    }

    /// Nothing is known of it any more.
    pub(super) fn forget_past(&mut self, incident: i64) -> Result<()> {
        self.memory.past.remove(&incident);
        self.connection
            .prepare_cached("DELETE FROM incident_past WHERE incident = ?1")?
            .execute([incident])?;
        Ok(())
    }

    fn remember_past(&mut self, incident: i64, now: Past) {
        let past = &mut self.memory.past;
        let known = if now == Past::default() {
            past.remove(&incident)
        } else {
            past.insert(incident, now)
        };
        let known = known.unwrap_or_default();
        if now != known {
            self.memory.retold.entry(incident).or_insert(known);
        }
    }

    /// Writes what a batch told of the pasts of incidents.
    pub(super) fn write_pasts(&mut self, applied: &mut Applied) -> Result<()> {
        for (incident, before) in std::mem::take(&mut self.memory.retold) {
            let now = self.memory.past.get(&incident).copied().unwrap_or_default();
            if now != before {
                self.write_past(incident, before, now, applied)?;
            }
        }
        Ok(())
    }

    fn write_past(
        &mut self,
        incident: i64,
        before: Past,
        now: Past,
        applied: &mut Applied,
    ) -> Result<()> {
        if now == Past::default() {
            self.forget_past(incident)?;
        } else {
            let secs = |at: Option<Timestamp>| at.map_or(0, |at| at.0);
            self.connection.prepare_cached(include_str!("sql/past_put.sql"))?.execute(params![
                incident,
                now.flags,
                secs(now.interim),
                now.checks(),
                secs(now.checked.map(|(at, _)| at)),
                secs(now.assigned),
                secs(now.submitted),
                secs(now.approved),
                secs(now.reopened),
            ])?;
        }
        let Some(row_id) = self.incident_row(incident)? else { return Ok(()) };
        let Some(mut row) = get_core(self.connection, row_id, &self.places)? else {
            return Ok(());
        };
        self.memory.early +=
            u64::from(now.is_early(row.received) && !before.is_early(row.received));
        let stored = row;
        row.flags = row.flags & !PAST_FLAGS | now.flags;
        (row.checks, row.stages) = (now.checks(), now.stages(row.received));
        row.answered = now.answered();
        // It may have come behind its events, and then it has them already.
        if row != stored {
            self.connection.prepare_cached(include_str!("sql/past_of_core.sql"))?.execute(
                params![row_id, row.flags, row.checks, row.stages.packed(), row.answered],
            )?;
        }
        if now.interim != before.interim {
            self.count_due(row_id, now)?;
        }
        let told = get_core(self.connection, row_id, &self.places)?;
        if told != Some(stored) {
            applied.changes.changes.push(Change { row_id, row: told });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_in_which_events_come_changes_nothing() {
        let deed = |kind, at: u32, ticks| Deed { kind, at: Timestamp(at), by_itself: false, ticks };
        let deeds = [
            deed(EventKind::Assigned, 100, None),
            deed(EventKind::Forwarded, 400, None),
            deed(EventKind::Submitted, 1_000, None),
            deed(EventKind::Returned, 1_500, None),
            deed(EventKind::Submitted, 5_000, None),
            deed(EventKind::Approved, 9_000, None),
            deed(EventKind::QualityChecked, 9_500, Some(0b101)),
            deed(EventKind::QualityChecked, 9_900, Some(0)),
            deed(EventKind::QualityChecked, 9_950, None),
        ];
        let forward = deeds.into_iter().fold(Past::default(), Past::with);
        let backward = deeds.into_iter().rev().fold(Past::default(), Past::with);
        assert_eq!(forward, backward);
        let bucket = |secs| Some(DurationHistogram::bucket(secs) as u8);
        let stages = Stages::new([bucket(60), bucket(4_900), bucket(4_000)]);
        assert_eq!(forward.stages(40), stages);
        assert_eq!(forward.checks(), CHECKED);
        // A clock that went wrong: what ends before it begins took nobody knows how long.
        assert_eq!(forward.stages(200), Stages::new([None, bucket(4_900), bucket(4_000)]));
    }
}

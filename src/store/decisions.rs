//! What people have decided about incidents, for suggestions to learn from.
//! Texts are masked.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::{OptionalExtension, params};

use super::error::{Error, Result};
use super::reader::Reader;
use crate::board::row::NONE;
use crate::domain::mask::mask;
use crate::domain::{EventKind, Status};

/// One incident that somebody has distributed, as it stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub row_id: u32,
    /// What the citizen wrote first, masked. The summary stands in only where
    /// nobody wrote anything: it is worded by who knew the topic already, and
    /// learning from it would be learning the answer.
    pub text: String,
    /// `domain::Block::index()`.
    pub block: u8,
    /// Numbers of the vocabulary, [`NONE`] where there is none.
    pub topic: u16,
    pub body: u16,
}

/// Decisions, oldest first, and how far the log was read for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    pub decisions: Vec<Decision>,
    /// Row of the last entry of the log that was looked at.
    pub log_row: i64,
}

/// Events that set what is suggested.
const DECIDING: [EventKind; 3] = [EventKind::Classified, EventKind::Assigned, EventKind::Forwarded];
/// Rows between two looks at whether anybody still waits.
const ROWS_A_LOOK: usize = 1_000;

impl Reader {
    /// Incidents that a person has classified, assigned or forwarded, at most the
    /// `most` newest. Where there are fewer than `fewest`, as in a source that
    /// keeps no log, all that are not new any more.
    ///
    /// # Errors
    /// [`Error::Interrupted`] where `cancel` was set.
    pub fn decisions(&self, most: usize, fewest: usize, cancel: &AtomicBool) -> Result<Decisions> {
        // One snapshot, so that labels and log fit each other.
        let _snapshot = self.connection.unchecked_transaction()?;
        let (log_row, mut newest) = self.decided_after(0, cancel)?;
        if newest.len() < fewest {
            let mut scan =
                self.connection.prepare_cached(include_str!("sql/decided_left_new.sql"))?;
            let rows = scan.query_map(params![Status::New.index(), most as i64], |row| {
                Ok((row.get(1)?, row.get(0)?))
            })?;
            newest = rows.collect::<rusqlite::Result<_>>()?;
        }
        newest.sort_unstable();
        let old = newest.len().saturating_sub(most);
        let decisions = self.decided(&newest[old..], cancel)?;
        Ok(Decisions { decisions, log_row })
    }

    /// What was decided after the entry of the log that [`Decisions::log_row`]
    /// names.
    ///
    /// # Errors
    /// [`Error::Interrupted`] where `cancel` was set.
    pub fn decisions_after(&self, log_row: i64, cancel: &AtomicBool) -> Result<Decisions> {
        let _snapshot = self.connection.unchecked_transaction()?;
        let (log_row, mut newest) = self.decided_after(log_row, cancel)?;
        newest.sort_unstable();
        Ok(Decisions { decisions: self.decided(&newest, cancel)?, log_row })
    }

    /// Moment of the last decision and key of the incident, in no order, and the
    /// last row of the log.
    fn decided_after(&self, row: i64, cancel: &AtomicBool) -> Result<(i64, Vec<(u32, i64)>)> {
        let mut scan = self.connection.prepare_cached(include_str!("sql/decided_newest.sql"))?;
        let [one, two, three] = DECIDING.map(EventKind::index);
        let mut rows = scan.query(params![row, one, two, three])?;
        let mut last_row = row;
        let mut decided: HashMap<i64, u32> = HashMap::new();
        let mut count = 0_usize;
        while let Some(row) = rows.next()? {
            look(&mut count, cancel)?;
            last_row = last_row.max(row.get(0)?);
            let at = decided.entry(row.get(1)?).or_default();
            *at = row.get::<_, u32>(2)?.max(*at);
        }
        Ok((last_row, decided.into_iter().map(|(incident, at)| (at, incident)).collect()))
    }

    fn decided(&self, newest: &[(u32, i64)], cancel: &AtomicBool) -> Result<Vec<Decision>> {
        let mut incident =
            self.connection.prepare_cached(include_str!("sql/decided_incident.sql"))?;
        let mut letter = self.connection.prepare_cached(include_str!("sql/first_message.sql"))?;
        let mut decisions = Vec::with_capacity(newest.len());
        let mut count = 0;
        for (_, key) in newest {
            look(&mut count, cancel)?;
            // An event may come before its incident.
            let found = incident.query_row([key], |row| {
                let decision = Decision {
                    row_id: row.get(0)?,
                    text: String::new(),
                    block: row.get(1)?,
                    topic: row.get(2)?,
                    body: row.get(3)?,
                };
                Ok((decision, row.get::<_, Option<String>>(4)?))
            });
            let Some((mut decision, summary)) = found.optional()? else { continue };
            let written: Option<String> = letter.query_row([key], |row| row.get(0)).optional()?;
            let Some(text) = written.or(summary) else { continue };
            if decision.topic == NONE && decision.body == NONE {
                continue;
            }
            decision.text = mask(&text).into_owned();
            decisions.push(decision);
        }
        Ok(decisions)
    }
}

fn look(count: &mut usize, cancel: &AtomicBool) -> Result<()> {
    *count += 1;
    if count.is_multiple_of(ROWS_A_LOOK) && cancel.load(Ordering::Relaxed) {
        return Err(Error::Interrupted);
    }
    Ok(())
}

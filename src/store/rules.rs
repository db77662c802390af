//! Deadlines that the server leaves out, counted by the rules of the regime. One
//! that it gave is kept as given.

use rusqlite::params;

use super::error::Result;
use super::incidents::get_core;
use super::ledger::Ledger;
use super::meta;
use super::past::Past;
use crate::board::Row;
use crate::board::row::flags;
use crate::domain::catalogue::Catalogue;
use crate::domain::policy::Facts;
use crate::domain::{Regime, Timestamp};

/// Key of `meta`: the rules by which what could be counted has been.
const COUNTED_BY: &str = "rules";

/// Lays over a row to which the server gave no deadline the one that follows from the
/// rules, and tells the version of the policy. `None`, and no deadline, where no policy
/// limits the answer, where it cannot be counted yet, or in a year without a calendar.
/// `topic` is the code of the row's, empty where it has none; `kept` is the version that
/// the record has already: a later one does not move what stands.
pub(super) fn lay<'c>(
    catalogue: &'c Catalogue,
    row: &mut Row,
    topic: &str,
    interim: Option<Timestamp>,
    kept: Option<&str>,
) -> Option<&'c str> {
    (row.due, row.flags) = (0, row.flags & !flags::DUE_BY_RULE);
    let regime = Regime::from_index(row.regime)?;
    let facts = Facts {
        topic,
        received: Timestamp(row.received),
        registered: (row.registered > 0).then_some(Timestamp(row.registered)),
        interim,
        submitted: None,
        is_important: row.flags & flags::IMPORTANT != 0,
    };
    let kept = kept.and_then(|version| catalogue.policies.by_version(version));
    let kept = kept.filter(|policy| policy.regime == regime);
    let policy = kept.or_else(|| catalogue.policies.of(regime, facts.received))?;
    let due = policy.answer_due(facts, &catalogue.work_calendar)?.ok()?;
    (row.due, row.flags) = (due.0, row.flags | flags::DUE_BY_RULE);
    Some(&policy.version)
}

/// Changes when another deadline could be counted than before.
fn fingerprint(catalogue: &Catalogue) -> String {
    let versions = catalogue.policies.all().iter().map(|policy| policy.version.to_string());
    let years = catalogue.work_calendar.years().iter().map(|year| year.year.to_string());
    versions.chain(years).collect::<Vec<_>>().join(" ")
}

impl Ledger<'_> {
    /// At the start: counts the deadlines that are missing, where the rules are others
    /// than they were. Those that stand are not moved.
    pub(super) fn count_missing_dues(&mut self) -> Result<()> {
        let now = fingerprint(self.catalogue);
        if meta::get(self.connection, COUNTED_BY)?.as_deref() == Some(now.as_str()) {
            return Ok(());
        }
        let transaction = self.connection.unchecked_transaction()?;
        for (row_id, key) in self.undated()? {
            let past = self.memory.past.get(&key).copied().unwrap_or_default();
            self.count_due(row_id, past)?;
        }
        meta::set(self.connection, COUNTED_BY, &now)?;
        Ok(transaction.commit()?)
    }

    /// Rows without a deadline whose regime has rules, with the keys of their incidents.
    /// The wide rows of the others are not looked at.
    fn undated(&self) -> Result<Vec<(u32, i64)>> {
        let policies = self.catalogue.policies.all().iter();
        let ruled = policies.fold(0_u32, |ruled, policy| ruled | 1 << policy.regime.index());
        let mut undated = self.connection.prepare(
            "SELECT row, id_hash FROM incident_core JOIN incident USING (row)
             WHERE due = 0 AND (?1 >> regime) & 1",
        )?;
        let undated = undated.query_map([ruled], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(undated.collect::<rusqlite::Result<_>>()?)
    }

    /// Counts the deadline of a stored incident, where the server gave none.
    pub(super) fn count_due(&self, row_id: u32, past: Past) -> Result<()> {
        let Some(mut row) = get_core(self.connection, row_id, &self.places)? else {
            return Ok(());
        };
        if row.due != 0 && row.flags & flags::DUE_BY_RULE == 0 {
            return Ok(());
        }
        let (kept, topic): (Option<String>, String) = self
            .connection
            .prepare_cached(include_str!("sql/ruled.sql"))?
            .query_row([row_id], |found| Ok((found.get(0)?, found.get(1)?)))?;
        let before = row;
        let version = lay(self.catalogue, &mut row, &topic, past.interim, kept.as_deref());
        if row != before {
            self.connection
                .prepare_cached("UPDATE incident_core SET due = ?2, flags = ?3 WHERE row = ?1")?
                .execute(params![row_id, row.due, row.flags])?;
        }
        if version.is_some_and(|version| kept.as_deref() != Some(version)) {
            self.connection
                .prepare_cached("UPDATE incident SET policy_version = ?2 WHERE row = ?1")?
                .execute(params![row_id, version])?;
        }
        Ok(())
    }
}

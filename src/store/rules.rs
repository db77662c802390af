//! Deadlines that the server leaves out, counted by the rules of the regime. One
//! that it gave is kept as given.

use rusqlite::{OptionalExtension, params};

use super::error::Result;
use super::ledger::Ledger;
use super::meta;
use super::past::Past;
use crate::board::row::flags;
use crate::domain::catalogue::Catalogue;
use crate::domain::policy::Facts;
use crate::domain::{Regime, Timestamp};

/// Key of `meta`: the rules by which what could be counted has been.
const COUNTED_BY: &str = "rules";

/// A deadline and the version of the policy that it follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ruled<'c> {
    pub(super) due: Timestamp,
    pub(super) version: &'c str,
}

/// `None` where no policy limits the answer, where it cannot be counted yet, or in a
/// year without a calendar. `kept` is the version that the record has already: a later
/// one does not move what stands.
pub(super) fn due<'c>(
    catalogue: &'c Catalogue,
    regime: Regime,
    facts: Facts,
    kept: Option<&str>,
) -> Option<Ruled<'c>> {
    let kept = kept.and_then(|version| catalogue.policies.by_version(version));
    let kept = kept.filter(|policy| policy.regime == regime);
    let policy = kept.or_else(|| catalogue.policies.of(regime, facts.received))?;
    let due = policy.answer_due(facts, &catalogue.work_calendar)?.ok()?;
    Some(Ruled { due, version: &policy.version })
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
        let mut missing = self.connection.prepare(
            "SELECT row, id_hash FROM incident_core JOIN incident USING (row) WHERE due = 0",
        )?;
        let missing: Vec<(u32, i64)> = missing
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        for (row_id, key) in missing {
            let past = self.memory.past.get(&key).copied().unwrap_or_default();
            self.count_due(row_id, past)?;
        }
        meta::set(self.connection, COUNTED_BY, &now)?;
        Ok(transaction.commit()?)
    }

    /// Counts the deadline of a stored incident, where the server gave none.
    pub(super) fn count_due(&self, row_id: u32, past: Past) -> Result<()> {
        let mut get = self.connection.prepare_cached(include_str!("sql/facts.sql"))?;
        let found = get.query_row(params![row_id, flags::DUE_BY_RULE], |row| {
            let registered: u32 = row.get(1)?;
            let bits: u16 = row.get(3)?;
            let facts = Facts {
                received: Timestamp(row.get(0)?),
                registered: (registered > 0).then_some(Timestamp(registered)),
                interim: past.interim,
                is_important: bits & flags::IMPORTANT != 0,
            };
            Ok((facts, Regime::from_index(row.get(2)?), row.get::<_, Option<String>>(4)?))
        });
        let Some((facts, Some(regime), kept)) = found.optional()? else { return Ok(()) };
        let ruled = due(self.catalogue, regime, facts, kept.as_deref());
        let Some(Ruled { due, version }) = ruled else {
            // One that cannot be counted any more does not stay.
            self.connection
                .prepare_cached(
                    "UPDATE incident_core SET due = 0, flags = flags & ~?2
                     WHERE row = ?1 AND flags & ?2",
                )?
                .execute(params![row_id, flags::DUE_BY_RULE])?;
            return Ok(());
        };
        self.connection
            .prepare_cached("UPDATE incident_core SET due = ?2, flags = flags | ?3 WHERE row = ?1")?
            .execute(params![row_id, due.0, flags::DUE_BY_RULE])?;
        self.connection
            .prepare_cached(
                "UPDATE incident SET policy_version = ?2
                 WHERE row = ?1 AND policy_version IS NOT ?2",
            )?
            .execute(params![row_id, version])?;
        Ok(())
    }
}

//! Scores of the answers' quality, counted from what the log says that checks found.

use rusqlite::Connection;

use super::error::Result;
use super::extra::More;
use super::ledger::Ledger;
use super::{batch, meta, past};
use crate::domain::EventKind;
use crate::domain::catalogue::Catalogue;

/// Key of `meta`: the check-list by which the stored scores were counted.
const COUNTED_BY: &str = "check_list";

/// Score, 0–100, of what a check found; `None` where the event is no check or does
/// not tell what it found.
pub(super) fn score(catalogue: &Catalogue, kind: EventKind, extra: Option<&str>) -> Option<u8> {
    let found = More::of(kind.index(), extra?).found()?;
    Some(catalogue.quality.score(&found.into_iter().collect()))
}

/// Changes when a check could be scored otherwise than before.
fn fingerprint(catalogue: &Catalogue) -> String {
    let items = catalogue.quality.items().iter();
    items.map(|item| format!("{}{:+}", item.check, item.weight())).collect::<Vec<_>>().join(" ")
}

impl Ledger<'_> {
    /// At the start: counts all scores anew where the check-list is another one.
    pub(super) fn count_scores(&mut self) -> Result<()> {
        let now = fingerprint(self.catalogue);
        if meta::get(self.connection, COUNTED_BY)?.as_deref() == Some(now.as_str()) {
            return Ok(());
        }
        // Without its index the log would be read through for each of them: the start
        // after the first sync counts what that has not.
        if self.is_bulk() && !checked(self.connection)?.is_empty() {
            return Ok(());
        }
        let done = self.count_all_scores(&now);
        if done.is_err() {
            // What was counted is taken back with the transaction.
            self.memory.past = past::load(self.connection)?;
        }
        done
    }

    fn count_all_scores(&mut self, by: &str) -> Result<()> {
        let transaction = self.connection.unchecked_transaction()?;
        for incident in checked(self.connection)? {
            self.tell_past_anew(incident, &mut batch::Applied::default())?;
        }
        meta::set(self.connection, COUNTED_BY, by)?;
        Ok(transaction.commit()?)
    }
}

/// Incidents (by key) whose answers were checked.
fn checked(connection: &Connection) -> Result<Vec<i64>> {
    let mut get = connection.prepare("SELECT DISTINCT incident FROM event WHERE kind = ?1")?;
    let found = get.query_map([EventKind::QualityChecked.index()], |row| row.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

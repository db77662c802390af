//! A first sync: rows are appended without indexes, which are built at its end.
//!
//! The text index is built beside it, some way behind: [`Bulk`] says how far.
//!
//! It can be killed at any time: whether it is under way is read from the file
//! itself (an index is missing), and every batch is committed with its cursor.

use rusqlite::Connection;

use super::batch::Applied;
use super::error::Result;
use super::identity::ByIdHash;
use super::ledger::Ledger;
use super::meta;

/// Indexes that a first sync goes without.
const INDEXES: [&str; 5] =
    ["incident_id", "message_id", "message_incident", "event_id", "event_incident"];

/// Key of `meta`.
const SEARCHABLE_TO: &str = "searchable_to";

/// Incidents that are handed to the text index at a time: each time becomes a
/// segment of it.
const SEARCHABLE_STEP: u32 = 50_000;

/// What the writer remembers of a first sync, in which the indexes do not stand.
#[derive(Debug, Default)]
pub(super) struct Bulk {
    /// Rows of the incidents by key.
    pub(super) rows: ByIdHash<u32>,
    /// Last row that the text index may have; what changes up to it is queued.
    searchable_to: u32,
    /// Last row at the end of the transaction before.
    settled_to: u32,
    /// Messages of this transaction, and those among them for settled incidents.
    messages: u32,
    late: u32,
}

impl Bulk {
    pub(super) fn is_searchable(&self, row: u32) -> bool {
        row <= self.searchable_to
    }

    /// Counts a message for the incident of that row, if it has come.
    pub(super) fn count_message(&mut self, incident: Option<u32>) {
        self.messages += 1;
        self.late += u32::from(incident.is_some_and(|row| row <= self.settled_to));
    }

    /// At the end of a transaction: up to where the text index may go on, where
    /// that is worth a step. Most servers send messages soon after their incident;
    /// with one that sends them apart, nothing is handed over before the end.
    fn settle(&mut self, last_row: u32) -> Option<u32> {
        let [messages, late] = [&mut self.messages, &mut self.late].map(std::mem::take);
        let settled = std::mem::replace(&mut self.settled_to, last_row);
        let is_due = settled >= self.searchable_to.saturating_add(SEARCHABLE_STEP);
        if !is_due || messages == 0 || late > messages / 10 {
            return None;
        }
        self.searchable_to = settled;
        Some(settled)
    }
}

/// Inside the transaction that it ends.
pub(super) fn settle(ledger: &mut Ledger<'_>) -> Result<()> {
    let last_row = ledger.memory.next_row - 1;
    let searchable = ledger.memory.bulk.as_mut().and_then(|bulk| bulk.settle(last_row));
    searchable.map_or(Ok(()), |row| meta::set(ledger.connection, SEARCHABLE_TO, &row.to_string()))
}

/// Last row that the text index may have while rows are still coming.
pub(super) fn searchable_to(connection: &Connection) -> Result<u32> {
    let row = meta::get(connection, SEARCHABLE_TO)?.and_then(|text| text.parse().ok());
    Ok(row.unwrap_or(0))
}

/// Nothing was read yet.
pub(super) fn may_begin(connection: &Connection) -> Result<bool> {
    Ok(connection.query_row(include_str!("sql/is_empty.sql"), [], |row| row.get(0))?)
}

pub(super) fn begin(connection: &Connection) -> Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    drop_indexes(connection)?;
    meta::set(connection, "bulk", "pulling")?;
    Ok(connection.execute_batch("COMMIT")?)
}

/// The writer builds them when it starts, or at the end of a first sync.
pub(super) fn drop_indexes(connection: &Connection) -> Result<()> {
    for index in INDEXES {
        connection.execute_batch(&format!("DROP INDEX IF EXISTS {index}"))?;
    }
    Ok(())
}

/// Rows of a first sync are still coming.
pub(super) fn is_pulling(connection: &Connection) -> Result<bool> {
    Ok(meta::get(connection, "bulk")?.is_some())
}

/// The rows are all there; the indexes are still to be built.
pub(super) fn end_pulling(connection: &Connection) -> Result<()> {
    meta::unset(connection, "bulk")
}

/// No first sync is under way.
pub(super) fn is_indexed(connection: &Connection) -> Result<bool> {
    let present: i64 = connection.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name IN (?1, ?2, ?3, ?4, ?5)",
        INDEXES,
        |row| row.get(0),
    )?;
    Ok(present == INDEXES.len() as i64)
}

/// What is to be remembered, where a first sync is under way.
pub(super) fn resume(connection: &Connection) -> Result<Option<Bulk>> {
    if is_indexed(connection)? {
        return Ok(None);
    }
    let searchable_to = searchable_to(connection)?;
    let mut bulk = Bulk { searchable_to, settled_to: searchable_to, ..Bulk::default() };
    let mut statement = connection.prepare("SELECT id_hash, row FROM incident")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        bulk.rows.insert(row.get(0)?, row.get(1)?);
    }
    Ok(Some(bulk))
}

/// Builds the indexes and removes what came twice; nothing where no first sync is
/// under way. Inside a transaction of its own, so that the text index can be
/// built at the same time from what the last batch committed.
pub(super) fn finish(ledger: &mut Ledger<'_>) -> Result<()> {
    if ledger.memory.bulk.is_none() {
        return Ok(());
    }
    end_pulling(ledger.connection)?;
    ledger.connection.execute_batch(include_str!("migrations/pult/0002_indexes.sql"))?;
    let doubled: Vec<i64> = ledger
        .connection
        .prepare(include_str!("sql/incidents_of_twins.sql"))?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    ledger.connection.execute_batch(include_str!("sql/remove_older_twins.sql"))?;
    ledger.memory.bulk = None;
    // Both of an event were noted as they came.
    for incident in doubled {
        ledger.recount_past(incident)?;
    }
    let mut applied = Applied::default();
    ledger.write_pasts(&mut applied)?;
    ledger.memory.late.append(&mut applied.changes.changes);
    meta::unset(ledger.connection, SEARCHABLE_TO)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Transactions of a hundred thousand incidents each, with these messages and
    /// late ones among them.
    fn settled(messages: &[(u32, u32)]) -> Vec<Option<u32>> {
        let mut bulk = Bulk::default();
        let mut last_row = 0;
        let mut settle = |(messages, late)| {
            for number in 0..messages {
                bulk.count_message((number < late).then_some(bulk.settled_to));
            }
            last_row += 100_000;
            bulk.settle(last_row)
        };
        messages.iter().map(|counts| settle(*counts)).collect()
    }

    #[test]
    fn incidents_are_handed_over_a_transaction_later() {
        let rows = settled(&[(90, 0), (90, 0), (90, 9), (90, 0)]);
        assert_eq!(rows, [None, Some(100_000), Some(200_000), Some(300_000)]);
    }

    #[test]
    fn what_messages_may_still_come_for_is_not_handed_over() {
        let rows = settled(&[(0, 0), (0, 0), (90, 90), (90, 10), (90, 9)]);
        assert_eq!(rows, [None, None, None, None, Some(400_000)]);
    }

    #[test]
    fn a_few_incidents_are_no_step() {
        let mut bulk = Bulk { settled_to: SEARCHABLE_STEP - 1, ..Bulk::default() };
        bulk.count_message(None);
        assert_eq!(bulk.settle(SEARCHABLE_STEP), None);
        bulk.count_message(None);
        assert_eq!(bulk.settle(SEARCHABLE_STEP + 5), Some(SEARCHABLE_STEP));
        assert!(bulk.is_searchable(SEARCHABLE_STEP) && !bulk.is_searchable(SEARCHABLE_STEP + 1));
    }
}

//! A first sync: rows are appended without indexes, which are built at its end.
//!
//! It can be killed at any time: whether it is under way is read from the file
//! itself (an index is missing), and every batch is committed with its cursor.

use rusqlite::Connection;

use super::error::Result;
use super::identity::ByIdHash;
use super::ledger::Ledger;
use super::meta;

/// Indexes that a first sync goes without.
const INDEXES: [&str; 5] =
    ["incident_id", "message_id", "message_incident", "event_id", "event_incident"];

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

/// The rows of the incidents so far, where a first sync is under way.
pub(super) fn resume(connection: &Connection) -> Result<Option<ByIdHash<u32>>> {
    let present: i64 = connection.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name IN (?1, ?2, ?3, ?4, ?5)",
        INDEXES,
        |row| row.get(0),
    )?;
    if present == INDEXES.len() as i64 {
        return Ok(None);
    }
    let mut rows_by_key = ByIdHash::default();
    let mut statement = connection.prepare("SELECT id_hash, row FROM incident")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        rows_by_key.insert(row.get(0)?, row.get(1)?);
    }
    Ok(Some(rows_by_key))
}

/// Builds the indexes and removes what came twice; nothing where no first sync is
/// under way. Inside a transaction of its own, so that the text index can be
/// built at the same time from what the last batch committed.
pub(super) fn finish(ledger: &mut Ledger) -> Result<()> {
    if ledger.memory.bulk.is_none() {
        return Ok(());
    }
    end_pulling(&ledger.connection)?;
    ledger.connection.execute_batch(include_str!("migrations/pult/0002_indexes.sql"))?;
    ledger.connection.execute_batch(include_str!("sql/remove_older_twins.sql"))?;
    ledger.memory.bulk = None;
    Ok(())
}

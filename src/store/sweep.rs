//! Removing what the server no longer has, or no longer shows.

use rusqlite::{Connection, OptionalExtension, params};

use super::batch::{Applied, Delete};
use super::error::Result;
use super::identity::id_hash;
use super::ledger::Ledger;
use super::log::with_open_gate;
use crate::board::row::Change;
use crate::domain::ObjectKind;

/// Applies the deletions of a batch. A deletion older than what is stored, or of
/// something unknown, does nothing.
pub(super) fn delete(
    ledger: &mut Ledger<'_>,
    deletes: &[Delete],
    applied: &mut Applied,
) -> Result<()> {
    if deletes.is_empty() {
        return Ok(());
    }
    let of = |kind: ObjectKind| deletes.iter().filter(move |delete| delete.kind == kind);
    delete_incidents(ledger, of(ObjectKind::Incident), applied)?;
    delete_log(ledger, ObjectKind::Message, of(ObjectKind::Message), applied)?;
    delete_log(ledger, ObjectKind::Event, of(ObjectKind::Event), applied)?;
    for delete in deletes {
        match delete.kind {
            ObjectKind::Incident | ObjectKind::Message | ObjectKind::Event => {}
            kind => {
                let sql = format!("SELECT num FROM {} WHERE id = ?1 AND rev < ?2", kind.key());
                let number: Option<i64> = ledger
                    .connection
                    .prepare_cached(&sql)?
                    .query_row(params![delete.id, delete.rev as i64], |row| row.get(0))
                    .optional()?;
                if let Some(number) = number {
                    remove_object(ledger, kind, number)?;
                    applied.removed += 1;
                }
            }
        }
    }
    Ok(())
}

/// At the end of a reading anew: removes every row that it did not bring.
pub(super) fn remove_unseen(ledger: &mut Ledger<'_>, applied: &mut Applied) -> Result<()> {
    let gone = unseen(ledger, ObjectKind::Incident, "SELECT row, id_hash FROM incident")?;
    fill_gone(ledger.connection, gone.iter().map(|(_, key)| (*key, "", 0)))?;
    for (row, key) in &gone {
        remove_incident(ledger, *row as u32, *key, applied)?;
    }
    remove_log_of_gone(ledger, applied)?;

    let messages = unseen(ledger, ObjectKind::Message, "SELECT row, incident FROM message")?;
    let mut remove = ledger.connection.prepare("DELETE FROM message WHERE row = ?1")?;
    for (row, incident) in &messages {
        remove.execute([row])?;
        if let Some(row) = ledger.incident_row(*incident)? {
            ledger.queue_for_search(row)?;
        }
    }
    drop(remove);
    let events = unseen(ledger, ObjectKind::Event, "SELECT row, incident FROM event")?;
    with_open_gate(ledger.connection, |connection| {
        let mut remove = connection.prepare("DELETE FROM event WHERE row = ?1")?;
        for (row, _) in &events {
            remove.execute([row])?;
        }
        Ok(())
    })?;
    for (_, incident) in &events {
        ledger.recount_past(*incident)?;
    }
    applied.removed += (messages.len() + events.len()) as u64;

    for kind in &ObjectKind::ALL[ObjectKind::Body as usize..] {
        let sql = format!("SELECT num, rev FROM {} WHERE rev > 0", kind.key());
        for (number, _) in unseen(ledger, *kind, &sql)? {
            remove_object(ledger, *kind, number)?;
            applied.removed += 1;
        }
    }
    Ok(())
}

fn delete_incidents<'a>(
    ledger: &mut Ledger<'_>,
    deletes: impl Iterator<Item = &'a Delete>,
    applied: &mut Applied,
) -> Result<()> {
    let mut gone = Vec::new();
    for delete in deletes {
        let key = id_hash(&delete.id);
        let Some(row) = ledger.incident_row(key)? else { continue };
        let is_older: bool = ledger
            .connection
            .prepare_cached("SELECT rev < ?2 AND id = ?3 FROM incident JOIN incident_core USING (row) WHERE row = ?1")?
            .query_row(params![row, delete.rev as i64, delete.id], |found| found.get(0))?;
        if is_older {
            remove_incident(ledger, row, key, applied)?;
            gone.push(key);
        }
    }
    if gone.is_empty() {
        return Ok(());
    }
    fill_gone(ledger.connection, gone.into_iter().map(|key| (key, "", 0)))?;
    remove_log_of_gone(ledger, applied)
}

/// Messages or events; `kind` is one of the two.
fn delete_log<'a>(
    ledger: &mut Ledger<'_>,
    kind: ObjectKind,
    deletes: impl Iterator<Item = &'a Delete>,
    applied: &mut Applied,
) -> Result<()> {
    let rows = deletes.map(|delete| (id_hash(&delete.id), delete.id.as_str(), delete.rev));
    if fill_gone(ledger.connection, rows)? == 0 {
        return Ok(());
    }
    if kind == ObjectKind::Message {
        let mut remove = ledger.connection.prepare(include_str!("sql/messages_deleted.sql"))?;
        let incidents: Vec<i64> =
            remove.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for incident in &incidents {
            if let Some(row) = ledger.incident_row(*incident)? {
                ledger.queue_for_search(row)?;
            }
        }
        applied.removed += incidents.len() as u64;
    } else {
        let incidents: Vec<i64> = with_open_gate(ledger.connection, |connection| {
            let mut remove = connection.prepare(include_str!("sql/events_deleted.sql"))?;
            let rows = remove.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        for incident in &incidents {
            ledger.recount_past(*incident)?;
        }
        applied.removed += incidents.len() as u64;
    }
    Ok(())
}

fn remove_incident(
    ledger: &mut Ledger<'_>,
    row: u32,
    key: i64,
    applied: &mut Applied,
) -> Result<()> {
    for sql in ["DELETE FROM incident_core WHERE row = ?1", "DELETE FROM incident WHERE row = ?1"] {
        ledger.connection.prepare_cached(sql)?.execute([row])?;
    }
    ledger.forget_past(key)?;
    ledger
        .connection
        .prepare_cached("DELETE FROM attachment WHERE incident = ?1")?
        .execute([key])?;
    if let Some(bulk) = &mut ledger.memory.bulk {
        bulk.rows.remove(&key);
    }
    ledger.queue_for_search(row)?;
    applied.changes.changes.push(Change { row_id: row, row: None });
    applied.removed += 1;
    Ok(())
}

fn remove_log_of_gone(ledger: &Ledger<'_>, applied: &mut Applied) -> Result<()> {
    let connection = ledger.connection;
    let messages = connection.execute(include_str!("sql/messages_of_gone.sql"), [])?;
    let events = with_open_gate(connection, |connection| {
        Ok(connection.execute(include_str!("sql/events_of_gone.sql"), [])?)
    })?;
    applied.removed += (messages + events) as u64;
    Ok(())
}

/// Numbered words keep their number: incidents refer to it.
fn remove_object(ledger: &mut Ledger<'_>, kind: ObjectKind, number: i64) -> Result<()> {
    let sql = match kind {
        ObjectKind::Body | ObjectKind::Topic => {
            ledger.memory.numbering.changed = true;
            format!("UPDATE {} SET rev = 0, extra = NULL WHERE num = ?1", kind.key())
        }
        _ => format!("DELETE FROM {} WHERE num = ?1", kind.key()),
    };
    ledger.connection.prepare_cached(&sql)?.execute([number])?;
    Ok(())
}

/// Row (or number) and one more column of the rows that were not seen.
fn unseen(ledger: &Ledger<'_>, kind: ObjectKind, sql: &str) -> Result<Vec<(i64, i64)>> {
    let mut statement = ledger.connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        if !ledger.memory.seen.contains(kind, number) {
            found.push((number, row.get(1)?));
        }
    }
    Ok(found)
}

/// Fills `temp.gone`; returns how many stand in it.
fn fill_gone<'a>(
    connection: &Connection,
    rows: impl Iterator<Item = (i64, &'a str, u64)>,
) -> Result<usize> {
    connection.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS gone (key INTEGER, id TEXT, rev INTEGER);
         DELETE FROM temp.gone;",
    )?;
    let mut put = connection.prepare_cached("INSERT INTO temp.gone VALUES (?1, ?2, ?3)")?;
    let mut count = 0;
    for (key, id, rev) in rows {
        put.execute(params![key, id, rev as i64])?;
        count += 1;
    }
    Ok(count)
}

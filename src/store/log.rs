//! Messages and events: what was written, and what was done about it.

use rusqlite::{Connection, OptionalExtension, Statement, params};

use super::batch::{EventRow, MessageRow};
use super::error::Result;
use super::extra::ticks;
use super::identity::id_hash;
use super::ledger::Ledger;
use super::past::Deed;
use crate::domain::{ObjectKind, Status};

/// Column value of a status that an event does not name.
pub(super) const NO_STATUS: u8 = u8::MAX;

/// A stored message or event.
struct Stored {
    row: i64,
    rev: u64,
    incident: i64,
}

/// True where it was written.
pub(super) fn put_message(ledger: &mut Ledger<'_>, message: &MessageRow) -> Result<bool> {
    let key = id_hash(&message.id);
    let stored = if ledger.is_bulk() {
        None
    } else {
        find(&mut ledger.statements.message_find, key, &message.id)?
    };
    if let Some(stored) = &stored
        && !ledger.accepts(ObjectKind::Message, stored.row, stored.rev, message.rev)
    {
        return Ok(false);
    }
    let incident = id_hash(&message.incident);
    ledger.statements.message_put.execute(params![
        stored.as_ref().map(|stored| stored.row),
        key,
        message.rev as i64,
        incident,
        message.received.0,
        message.source.index(),
        message.id,
        message.text,
        message.url,
        message.author_kind,
        message.extra,
    ])?;
    if stored.is_none() {
        ledger.mark_seen(ObjectKind::Message, ledger.connection.last_insert_rowid());
    }
    let moved_from = stored.map(|stored| stored.incident).filter(|from| *from != incident);
    let row = ledger.incident_row(incident)?;
    if let Some(bulk) = &mut ledger.memory.bulk {
        bulk.count_message(row);
    }
    let moved_from = moved_from.map(|from| ledger.incident_row(from)).transpose()?.flatten();
    for touched in row.into_iter().chain(moved_from) {
        ledger.queue_for_search(touched)?;
    }
    Ok(true)
}

/// True where it was written.
pub(super) fn put_event(ledger: &mut Ledger<'_>, event: &EventRow) -> Result<bool> {
    let key = id_hash(&event.id);
    let mut replaced = None;
    if !ledger.is_bulk() {
        let found = find(&mut ledger.statements.event_find, key, &event.id)?;
        if let Some(stored) = found {
            if !ledger.accepts(ObjectKind::Event, stored.row, stored.rev, event.rev) {
                return Ok(false);
            }
            with_open_gate(ledger.connection, |connection| {
                connection
                    .prepare_cached("DELETE FROM event WHERE row = ?1")?
                    .execute([stored.row])?;
                Ok(())
            })?;
            replaced = Some(stored.incident);
        }
    }
    let incident = id_hash(&event.incident);
    let words = &mut ledger.memory.numbering;
    let actor = words.actor(ledger.connection, event.role.as_deref(), event.office.as_deref())?;
    let body = words.body(ledger.connection, event.body.as_deref())?;
    ledger.statements.event_append.execute(params![
        None::<i64>,
        key,
        event.rev as i64,
        incident,
        event.at.0,
        event.kind.index(),
        actor,
        body,
        event.from.map_or(NO_STATUS, Status::index),
        event.to.map_or(NO_STATUS, Status::index),
        event.id,
        event.reason,
        event.text,
        event.extra,
    ])?;
    ledger.mark_seen(ObjectKind::Event, ledger.connection.last_insert_rowid());
    if let Some(incident) = replaced {
        ledger.recount_past(incident)?;
    }
    let ticks = ticks(event.kind, event.extra.as_deref());
    let deed = Deed { kind: event.kind, at: event.at, by_itself: actor == 0, ticks };
    ledger.note_past(incident, deed);
    Ok(true)
}

/// Lets events be removed while `work` runs; see the migration.
pub(super) fn with_open_gate<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T>,
) -> Result<T> {
    connection.prepare_cached("UPDATE event_gate SET open = 1")?.execute([])?;
    let done = work(connection);
    connection.prepare_cached("UPDATE event_gate SET open = 0")?.execute([])?;
    done
}

fn find(statement: &mut Statement<'_>, key: i64, id: &str) -> Result<Option<Stored>> {
    let found = statement.query_row(params![key, id], |row| {
        let rev: i64 = row.get(1)?;
        Ok(Stored { row: row.get(0)?, rev: rev as u64, incident: row.get(2)? })
    });
    Ok(found.optional()?)
}

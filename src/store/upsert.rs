//! Writing what a batch brings, object by object.

use rusqlite::{OptionalExtension, params};

use super::batch::{Applied, IncidentRow, Upsert};
use super::error::{Error, Result};
use super::identity::id_hash;
use super::incidents::{self, Numbers, board_row, oktmo_column};
use super::ledger::Ledger;
use super::{log, meta, objects, rules};
use crate::board::row::{Change, flags};
use crate::domain::ObjectKind;

/// Writes everything whose revision is newer than what is stored.
pub(super) fn apply(
    ledger: &mut Ledger<'_>,
    upserts: &[Upsert],
    applied: &mut Applied,
) -> Result<()> {
    let next_row = ledger.memory.next_row;
    for upsert in upserts {
        let written = match upsert {
            Upsert::Incident(row) => put_incident(ledger, row, applied)?,
            Upsert::Message(row) => log::put_message(ledger, row)?,
            Upsert::Event(row) => log::put_event(ledger, row)?,
            other => objects::put(ledger, other)?,
        };
        if written {
            applied.written += 1;
        } else {
            applied.unchanged += 1;
        }
    }
    if ledger.memory.next_row != next_row {
        meta::set(ledger.connection, "next_row", &ledger.memory.next_row.to_string())?;
    }
    Ok(())
}

/// A stored incident, as far as a decision about a newer one needs it.
struct Stored {
    row: u32,
    rev: u64,
    same_words: bool,
    /// Of the policy by which its deadline was counted here.
    version: Option<String>,
}

fn put_incident(
    ledger: &mut Ledger<'_>,
    incident: &IncidentRow,
    applied: &mut Applied,
) -> Result<bool> {
    let key = id_hash(&incident.id);
    let stored = find(ledger, key, incident)?;
    if let Some(stored) = &stored {
        let row = i64::from(stored.row);
        if !ledger.accepts(ObjectKind::Incident, row, stored.rev, incident.rev) {
            return Ok(false);
        }
    }
    let row_id = stored.as_ref().map_or(ledger.memory.next_row, |stored| stored.row);
    let Ledger { connection, statements, places, memory, catalogue, .. } = ledger;
    let municipality = oktmo_column(incident.municipality);
    let words = &mut memory.numbering;
    let numbers = Numbers {
        settlement: words.settlement(connection, municipality, incident.settlement.as_deref())?,
        topic: words.topic(connection, incident.topic.as_deref(), incident.block)?,
        body: words.body(connection, incident.body.as_deref())?,
        assignee: words.office(connection, incident.assignee.as_deref())?,
    };
    let past = memory.past.get(&key).copied().unwrap_or_default();
    memory.early += u64::from(stored.is_none() && past.is_early(incident.received.0));
    let kept = stored.as_ref().and_then(|stored| stored.version.as_deref());
    let mut row = board_row(incident, numbers, past, places);
    let given = incident.policy_version.as_deref();
    let version = if incident.due.is_some() {
        given
    } else {
        let topic = incident.topic.as_deref().unwrap_or_default();
        rules::lay(catalogue, &mut row, topic, past.interim, kept.or(given)).or(given)
    };
    incidents::put(statements, row_id, key, incident, &row, version)?;
    applied.changes.changes.push(Change { row_id, row: Some(row) });
    if stored.is_none() {
        memory.next_row += 1;
        if let Some(bulk) = &mut memory.bulk {
            bulk.rows.insert(key, row_id);
        }
        ledger.mark_seen(ObjectKind::Incident, i64::from(row_id));
    }
    if !stored.is_some_and(|stored| stored.same_words) {
        ledger.queue_for_search(row_id)?;
    }
    Ok(true)
}

fn find(ledger: &mut Ledger<'_>, key: i64, incident: &IncidentRow) -> Result<Option<Stored>> {
    let Some(row) = ledger.incident_row(key)? else { return Ok(None) };
    let found = ledger
        .statements
        .incident_stored
        .query_row(params![row, incident.summary, incident.address, flags::DUE_BY_RULE], |found| {
            let rev: i64 = found.get(0)?;
            let stored =
                Stored { row, rev: rev as u64, same_words: found.get(2)?, version: found.get(3)? };
            Ok((found.get::<_, String>(1)?, stored))
        })
        .optional()?;
    let Some((id, stored)) = found else { return Ok(None) };
    // Messages and events know their incident by the key alone, so two ids of
    // one key cannot both be kept. With 64 bits and ten million ids the chance
    // is about 3 in a million.
    if id != incident.id {
        let is_its_own = id_hash(&id) == key;
        return Err(if is_its_own { Error::KeyCollision } else { Error::Damaged });
    }
    Ok(Some(stored))
}

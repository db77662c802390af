//! The small kinds: bodies, topics, municipalities, attachments, problems,
//! entries of registers, and what this version does not know.

use rusqlite::types::ToSql;
use rusqlite::{OptionalExtension, params};

use super::batch::{UnknownRow, Upsert};
use super::error::Result;
use super::identity::id_hash;
use super::incidents::oktmo_column;
use super::ledger::Ledger;
use crate::domain::ObjectKind;

/// True where it was written. Incidents, messages and events are written by
/// `upsert` and `log`.
pub(super) fn put(ledger: &mut Ledger<'_>, upsert: &Upsert) -> Result<bool> {
    match upsert {
        Upsert::Incident(_) | Upsert::Message(_) | Upsert::Event(_) => Ok(false),
        Upsert::Unknown(row) => put_unknown(ledger, row),
        Upsert::Body(row) => {
            let blocks: Vec<&str> = row.blocks.iter().map(|block| block.key()).collect();
            // The number comes first: a body is referred to by it.
            ledger.memory.numbering.body(ledger.connection, Some(&row.id))?;
            let written = put_row(
                ledger,
                ObjectKind::Body,
                (&row.id, row.rev),
                include_str!("sql/body_put.sql"),
                params![
                    row.id,
                    row.rev as i64,
                    row.name,
                    row.short,
                    oktmo_column(row.municipality),
                    blocks.join(" "),
                    row.extra,
                ],
            )?;
            ledger.memory.numbering.changed |= written;
            Ok(written)
        }
        Upsert::Topic(row) => {
            ledger.memory.numbering.topic(ledger.connection, Some(&row.id), row.block)?;
            let written = put_row(
                ledger,
                ObjectKind::Topic,
                (&row.id, row.rev),
                include_str!("sql/topic_put.sql"),
                params![row.id, row.rev as i64, row.name, row.block.index(), row.parent, row.extra,],
            )?;
            ledger.memory.numbering.changed |= written;
            Ok(written)
        }
        Upsert::Municipality(row) => put_row(
            ledger,
            ObjectKind::Municipality,
            (&row.id, row.rev),
            include_str!("sql/municipality_put.sql"),
            params![
                row.id,
                row.rev as i64,
                row.name,
                row.population,
                row.valid_from,
                row.valid_to,
                row.predecessor,
                row.extra,
            ],
        ),
        Upsert::Attachment(row) => put_row(
            ledger,
            ObjectKind::Attachment,
            (&row.id, row.rev),
            include_str!("sql/attachment_put.sql"),
            params![
                row.id,
                row.rev as i64,
                id_hash(&row.incident),
                row.message,
                row.url,
                row.media_type,
                row.bytes.map(|bytes| bytes as i64),
                row.extra,
            ],
        ),
        Upsert::Problem(row) => put_row(
            ledger,
            ObjectKind::Problem,
            (&row.id, row.rev),
            include_str!("sql/problem_put.sql"),
            params![
                row.id,
                row.rev as i64,
                row.name,
                row.topic,
                oktmo_column(row.municipality),
                row.state,
                row.started.0,
                row.closed.map_or(0, |t| t.0),
                row.wall,
                row.extra,
                row.remedy,
            ],
        ),
        Upsert::Entry(row) => put_row(
            ledger,
            ObjectKind::Entry,
            (&row.id, row.rev),
            include_str!("sql/entry_put.sql"),
            params![row.id, row.rev as i64, row.register, row.title, row.fields, row.extra],
        ),
    }
}

/// `sql` puts by `id`, its first parameter.
fn put_row(
    ledger: &mut Ledger<'_>,
    kind: ObjectKind,
    (id, rev): (&str, u64),
    sql: &'static str,
    values: &[&dyn ToSql],
) -> Result<bool> {
    if let Some((number, stored)) = find(ledger, kind, id)?
        && !ledger.accepts(kind, number, stored, rev)
    {
        return Ok(false);
    }
    ledger.connection.prepare_cached(sql)?.execute(values)?;
    if let Some((number, _)) = find(ledger, kind, id)? {
        ledger.mark_seen(kind, number);
    }
    Ok(true)
}

fn find(ledger: &Ledger<'_>, kind: ObjectKind, id: &str) -> Result<Option<(i64, u64)>> {
    let sql = format!("SELECT num, rev FROM {} WHERE id = ?1", kind.key());
    let mut statement = ledger.connection.prepare_cached(&sql)?;
    let found = statement.query_row([id], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)));
    Ok(found.optional()?)
}

fn put_unknown(ledger: &Ledger<'_>, row: &UnknownRow) -> Result<bool> {
    let mut put = ledger.connection.prepare_cached(include_str!("sql/unknown_put.sql"))?;
    Ok(put.execute(params![row.kind, row.id, row.rev as i64, row.json])? > 0)
}

//! Opening a file of the store; a damaged one is moved aside, and what can be
//! read of it goes into a new one.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use rusqlite::{Connection, params};

use super::connection::{Durability, open_reader, open_writer};
use super::error::{Error, Result};
use super::migrate::{self, Database};
use super::salvage::{self, Saved};
use super::{bulk, meta};
use crate::domain::Timestamp;

/// Files up to this size are checked at every start; of larger ones that is left
/// to those who read them, because checking a gigabyte takes longer than a start
/// may: see [`suspect`].
const CHECKED_BYTES: u64 = 64 << 20;

/// A file that was found damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// `pult.db` or `outbox.db`.
    pub file: String,
    /// Name in the data folder under which the damaged file is kept.
    pub moved_to: String,
    /// Rows that could be read and stand in the new file.
    pub rows_saved: u64,
    /// Damaged places that were jumped over.
    pub gaps: u64,
}

impl std::fmt::Display for Repair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { file, moved_to, rows_saved, gaps } = self;
        write!(f, "{file} was damaged in {gaps} places and is kept as {moved_to}; ")?;
        write!(f, "{rows_saved} rows were saved")
    }
}

/// Opens a file at the newest schema. A damaged one is repaired first, which is
/// told by the second value.
pub(super) fn open(
    folder: &Path,
    database: Database,
    durability: Durability,
) -> Result<(Connection, Option<Repair>)> {
    match try_open(folder, database, durability) {
        Err(Error::Damaged) => {}
        other => return other.map(|connection| (connection, None)),
    }
    let moved_to = move_aside(folder, database)?;
    let mut fresh = open_writer(&folder.join(database.file_name()), durability)?;
    migrate::migrate(&mut fresh, database)?;
    let saved = save(&folder.join(&moved_to), &mut fresh, database)?;
    clear_suspicion(folder, database);
    let file = database.file_name().to_owned();
    let repair = Repair { file, moved_to, rows_saved: saved.rows, gaps: saved.gaps };
    tracing::error!("{repair}");
    Ok((fresh, Some(repair)))
}

/// Notes that damage was met in the file: the next start repairs it. SQLite's own
/// check is not asked then, because it misses most of what readers stumble over.
pub(super) fn suspect(folder: &Path, database: Database) {
    if let Err(error) = fs::write(mark_of(folder, database), b"") {
        tracing::warn!(%error, "the suspicion of damage could not be noted");
    }
}

/// Repairs that were noted down, as sentences.
pub(super) fn noted(folder: &Path) -> Result<Vec<String>> {
    let outbox = open_reader(&folder.join(Database::Outbox.file_name()))?;
    let mut get =
        outbox.prepare("SELECT file, moved_to, rows_saved, gaps FROM repair ORDER BY num")?;
    let rows = get.query_map([], |row| {
        let repair = Repair {
            file: row.get(0)?,
            moved_to: row.get(1)?,
            rows_saved: row.get::<_, i64>(2)? as u64,
            gaps: row.get::<_, i64>(3)? as u64,
        };
        Ok(repair.to_string())
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Notes a repair down in the outbox's file, which outlives the others.
pub(super) fn note(outbox: &Connection, repair: &Repair) -> Result<()> {
    outbox.execute(
        "INSERT INTO repair (file, moved_to, rows_saved, gaps) VALUES (?1, ?2, ?3, ?4)",
        params![repair.file, repair.moved_to, repair.rows_saved as i64, repair.gaps as i64],
    )?;
    Ok(())
}

fn try_open(folder: &Path, database: Database, durability: Durability) -> Result<Connection> {
    let path = folder.join(database.file_name());
    let bytes = fs::metadata(&path).ok().map(|file| file.len());
    if bytes.is_none() {
        // A suspicion outlived the file that it was about.
        clear_suspicion(folder, database);
    }
    let mut connection = open_writer(&path, durability)?;
    migrate::migrate(&mut connection, database)?;
    if is_suspect(folder, database) {
        return Err(Error::Damaged);
    }
    if bytes.is_none_or(|bytes| bytes <= CHECKED_BYTES) {
        let answer: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if answer != "ok" {
            return Err(Error::Damaged);
        }
    }
    Ok(connection)
}

fn mark_of(folder: &Path, database: Database) -> PathBuf {
    folder.join(format!("{}.suspect", database.file_name()))
}

pub(super) fn is_suspect(folder: &Path, database: Database) -> bool {
    mark_of(folder, database).exists()
}

pub(super) fn clear_suspicion(folder: &Path, database: Database) {
    if let Err(error) = fs::remove_file(mark_of(folder, database))
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "the suspicion of damage could not be cleared");
    }
}

/// Renames the file and its log. The name says when it was last written.
fn move_aside(folder: &Path, database: Database) -> Result<String> {
    let name = database.file_name();
    let refused = |source| Error::Folder { path: folder.join(name), source };
    let written =
        fs::metadata(folder.join(name)).and_then(|file| file.modified()).map_err(refused)?;
    let secs = written.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let time = Timestamp(secs as u32).to_rfc3339().replace([':', '-'], "");
    let stem = name.trim_end_matches(".db");
    let aside = (1..10_000)
        .map(|n| format!("{stem}.damaged-{time}-{n}.db"))
        .find(|aside| !folder.join(aside).exists())
        .unwrap_or_else(|| format!("{stem}.damaged.db"));
    // Log first: a crash in between leaves the damaged file in its place.
    for suffix in ["-wal", "-shm", ""] {
        let from = folder.join(format!("{name}{suffix}"));
        if from.exists() {
            fs::rename(from, folder.join(format!("{aside}{suffix}"))).map_err(refused)?;
        }
    }
    Ok(aside)
}

fn save(damaged: &Path, fresh: &mut Connection, database: Database) -> Result<Saved> {
    // Opened for writing, because its log may have to be read in.
    let Ok(damaged) = open_writer(damaged, Durability::Normal) else {
        return Ok(Saved { rows: 0, gaps: 1 });
    };
    let transaction = fresh.transaction()?;
    let saved = match database {
        Database::Pult => {
            bulk::drop_indexes(&transaction)?;
            transaction.execute("DELETE FROM event_gate", [])?;
            // What was read is read anew from the server, so how far it was read
            // and which rows were seen is not kept.
            let saved = salvage::copy_tables(&damaged, &transaction, &["meta", "seen"])?;
            transaction.execute_batch(include_str!("sql/after_salvage.sql"))?;
            for key in ["instance", "epoch", "demo", "protocol", "scope", "generation"] {
                if let Ok(Some(value)) = meta::get(&damaged, key) {
                    meta::set(&transaction, key, &value)?;
                }
            }
            // A value may be wrong though SQLite says nothing: every row is to be
            // written again, whatever its revision.
            meta::set(&transaction, "anew", "epoch")?;
            saved
        }
        Database::Outbox => salvage::copy_tables(&damaged, &transaction, &[])?,
        Database::Search => Saved::default(),
    };
    transaction.commit()?;
    Ok(saved)
}

//! Opening a file of the store. Of a damaged one, what can be read goes into a new
//! file that takes its place.
//!
//! A repair may be cut short anywhere, by a kill or a full disk. The damaged file
//! stays where it is until the new one, NAME.new, is whole and on the disk. That one
//! is then called ASIDE.new, after the name that the damaged one is to have: from
//! here on the repair is decided, and the next start ends it. Before, the next start
//! throws the new file away and begins again.

mod files;

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, params};

use super::connection::{Durability, open_reader, open_writer};
use super::error::{Error, Result};
use super::migrate::{self, Database};
use super::salvage::{self, Saved};
use super::{ballast, bulk, identity, meta};
use files::{
    asides, decided, discard_unfinished, free_aside, moves, remove, rename, sync, unfinished,
};

/// Files up to this size are checked at every start; of larger ones that is left
/// to those who read them, because checking a gigabyte takes longer than a start
/// may: see [`suspect`].
const CHECKED_BYTES: u64 = 64 << 20;

/// Stands in the mark of suspicion where nothing is to be saved.
const GIVEN_UP: &[u8] = b"nothing of it is of use";

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

/// A repair that was noted down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    pub repair: Repair,
    /// The damaged file is still there: it may have made room, or gone with its data.
    pub is_kept: bool,
}

impl std::fmt::Display for Repair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { file, moved_to, rows_saved, gaps } = self;
        write!(f, "{file} was damaged in {gaps} places and is kept as {moved_to}; ")?;
        write!(f, "{rows_saved} rows were saved")
    }
}

/// Opens a file at the newest schema. A damaged one is repaired first, which is
/// told by the second value and noted in the outbox's file.
pub(super) fn open(
    folder: &Path,
    database: Database,
    durability: Durability,
) -> Result<(Connection, Option<Repair>)> {
    go_on(folder, database)?;
    match try_open(folder, database, durability) {
        Err(Error::Damaged) => {}
        other => return other.map(|connection| (connection, None)),
    }
    let repair = repair(folder, database)?;
    tracing::error!("{repair}");
    let connection = open_writer(&folder.join(database.file_name()), durability)?;
    Ok((connection, Some(repair)))
}

/// Notes that damage was met in the file: the next start repairs it. SQLite's own
/// check is not asked then, because it misses most of what readers stumble over.
pub(super) fn suspect(folder: &Path, database: Database) {
    if is_suspect(folder, database) {
        return;
    }
    if let Err(error) = fs::write(mark_of(folder, database), b"") {
        tracing::warn!(%error, "the suspicion of damage could not be noted");
    }
}

/// Notes that what was saved of a file is of no use either: the next start begins with an
/// empty one. For what the server can give back.
pub(super) fn give_up(folder: &Path, database: Database) {
    if let Err(error) = fs::write(mark_of(folder, database), GIVEN_UP) {
        tracing::warn!(%error, "that nothing is to be saved could not be noted");
    }
}

/// Repairs that were noted down.
pub(super) fn noted(folder: &Path) -> Result<Vec<Noted>> {
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
        let is_kept = folder.join(&repair.moved_to).exists();
        Ok(Noted { repair, is_kept })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Notes a repair down in the outbox's file, which outlives the others.
fn note(outbox: &Connection, repair: &Repair) -> Result<()> {
    // One that was cut short behind its note is made again under the same name.
    outbox.execute(
        "INSERT INTO repair (file, moved_to, rows_saved, gaps) SELECT ?1, ?2, ?3, ?4
         WHERE NOT EXISTS (SELECT 1 FROM repair WHERE file = ?1 AND moved_to = ?2)",
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

/// Removes damaged files that were kept, with what stands beside them.
pub(super) fn remove_asides(folder: &Path, database: Database) -> Result<()> {
    asides(folder, database)?.iter().try_for_each(|name| remove(&folder.join(name)))
}

/// Ends a repair that was cut short after it was decided, and throws away what one
/// before that has left.
fn go_on(folder: &Path, database: Database) -> Result<()> {
    discard_unfinished(folder, database)?;
    let decided = asides(folder, database)?
        .into_iter()
        .find_map(|name| name.strip_suffix(".new").map(str::to_owned));
    let Some(aside) = decided else { return Ok(()) };
    tracing::warn!("{}: a repair that was cut short is ended", database.file_name());
    finish(folder, database, &aside)
}

fn repair(folder: &Path, database: Database) -> Result<Repair> {
    let aside = free_aside(folder, database)?;
    let mut filled = fill(folder, database, &aside);
    for makes_room in [|folder: &Path, _| ballast::release(folder), remove_older] {
        if matches!(filled, Err(Error::DiskFull)) && makes_room(folder, database) {
            filled = fill(folder, database, &aside);
        }
    }
    let repair = filled?;
    rename(folder, &unfinished(database), &decided(&aside))?;
    sync(folder)?;
    finish(folder, database, &aside)?;
    Ok(repair)
}

/// What damaged files take that were kept.
pub(super) fn kept_bytes(folder: &Path, database: Database) -> u64 {
    let kept = asides(folder, database).unwrap_or_default();
    let bytes = |name: &String| fs::metadata(folder.join(name)).map_or(0, |file| file.len());
    kept.iter().map(bytes).sum()
}

/// Removes what earlier repairs have kept of what the server has, too. True where there was
/// something.
fn remove_older(folder: &Path, database: Database) -> bool {
    let there_is = database != Database::Outbox
        && asides(folder, database).is_ok_and(|kept| !kept.is_empty())
        && remove_asides(folder, database).is_ok();
    if there_is {
        tracing::warn!("{}: older damaged files made room", database.file_name());
    }
    there_is
}

/// Puts the whole new file in the place of the damaged one. Every step may have been
/// done before.
fn finish(folder: &Path, database: Database, aside: &str) -> Result<()> {
    clear_suspicion(folder, database);
    let [damaged @ .., new] = moves(database, aside);
    for (from, to) in damaged {
        rename(folder, &from, &to)?;
    }
    // SQLite would read a log that is still there into the new file.
    sync(folder)?;
    rename(folder, &new.0, &new.1)?;
    sync(folder)
}

/// Makes the new file and brings it onto the disk, or leaves nothing of it.
fn fill(folder: &Path, database: Database, aside: &str) -> Result<Repair> {
    discard_unfinished(folder, database)?;
    let filled = try_fill(folder, database, aside);
    if filled.is_err()
        && let Err(error) = discard_unfinished(folder, database)
    {
        tracing::warn!(%error, "an unfinished file could not be removed");
    }
    filled
}

fn try_fill(folder: &Path, database: Database, aside: &str) -> Result<Repair> {
    let path = folder.join(unfinished(database));
    let mut fresh = open_writer(&path, Durability::Normal)?;
    // A new file that is not whole is thrown away, so nothing is written twice, and
    // the disk is waited for once, at the end.
    fresh.pragma_update(None, "journal_mode", "MEMORY")?;
    fresh.pragma_update(None, "synchronous", "OFF")?;
    migrate::migrate(&mut fresh, database)?;
    let transaction = fresh.transaction()?;
    let damaged = folder.join(database.file_name());
    let is_given_up = fs::read(mark_of(folder, database)).is_ok_and(|mark| mark == GIVEN_UP);
    let saved = if is_given_up {
        if let Ok(damaged) = salvage::open(&damaged) {
            keep_binding(&damaged, &transaction)?;
        }
        Saved { rows: 0, gaps: 1 }
    } else {
        save(&damaged, &transaction, database)?
    };
    let repair = Repair {
        file: database.file_name().to_owned(),
        moved_to: aside.to_owned(),
        rows_saved: saved.rows,
        gaps: saved.gaps,
    };
    if database == Database::Outbox {
        note(&transaction, &repair)?;
    }
    transaction.commit()?;
    fresh.close().map_err(|(_, error)| error)?;
    sync(&path)?;
    if database != Database::Outbox {
        let outbox = folder.join(Database::Outbox.file_name());
        let noted = open_writer(&outbox, Durability::Full).and_then(|it| note(&it, &repair));
        match noted {
            // That is the outbox's own matter.
            Err(error @ Error::Damaged) => tracing::warn!(%error, "a repair is not noted down"),
            other => other?,
        }
    }
    Ok(repair)
}

fn save(damaged: &Path, fresh: &Transaction<'_>, database: Database) -> Result<Saved> {
    let damaged = match salvage::open(damaged) {
        Err(Error::Damaged) => return Ok(Saved { rows: 0, gaps: 1 }),
        other => other?,
    };
    match database {
        Database::Pult => {
            bulk::drop_indexes(fresh)?;
            fresh.execute("DELETE FROM event_gate", [])?;
            // What was read is read anew from the server, so how far it was read
            // and which rows were seen is not kept; the text index is built anew.
            let without = ["meta", "seen", "search_queue"];
            let saved = salvage::copy_tables(&damaged, fresh, &without)?;
            identity::teach(fresh)?;
            fresh.execute_batch(include_str!("sql/after_salvage.sql"))?;
            keep_binding(&damaged, fresh)?;
            Ok(saved)
        }
        Database::Outbox => salvage::copy_tables(&damaged, fresh, &[]),
        Database::Search => Ok(Saved::default()),
    }
}

/// Whose copy it is, and what is still to be wiped.
fn keep_binding(damaged: &Connection, fresh: &Transaction<'_>) -> Result<()> {
    let keys = ["instance", "epoch", "demo", "protocol", "scope", "generation"];
    for key in keys.into_iter().chain([meta::LEFT_OVER]) {
        if let Ok(Some(value)) = meta::get(damaged, key) {
            meta::set(fresh, key, &value)?;
        }
    }
    // A value may be wrong though SQLite says nothing: every row is to be written again,
    // whatever its revision.
    meta::set(fresh, "anew", "epoch")
}

#[cfg(test)]
mod tests;

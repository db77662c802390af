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
use super::{ballast, bulk, meta};
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
    let repair = match fill(folder, database, &aside) {
        Err(Error::DiskFull) if ballast::release(folder) => fill(folder, database, &aside)?,
        other => other?,
    };
    rename(folder, &unfinished(database), &decided(&aside))?;
    sync(folder)?;
    finish(folder, database, &aside)?;
    Ok(repair)
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
    let is_given_up = fs::read(mark_of(folder, database)).is_ok_and(|mark| mark == GIVEN_UP);
    let saved = if is_given_up {
        Saved { rows: 0, gaps: 1 }
    } else {
        save(&folder.join(database.file_name()), &transaction, database)?
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
        note(&open_writer(&outbox, Durability::Full)?, &repair)?;
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
            fresh.execute_batch(include_str!("sql/after_salvage.sql"))?;
            let keys = ["instance", "epoch", "demo", "protocol", "scope", "generation"];
            for key in keys.into_iter().chain([meta::LEFT_OVER]) {
                if let Ok(Some(value)) = meta::get(&damaged, key) {
                    meta::set(fresh, key, &value)?;
                }
            }
            // A value may be wrong though SQLite says nothing: every row is to be
            // written again, whatever its revision.
            meta::set(fresh, "anew", "epoch")?;
            Ok(saved)
        }
        Database::Outbox => salvage::copy_tables(&damaged, fresh, &[]),
        Database::Search => Ok(Saved::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Database; 2] = [Database::Outbox, Database::Pult];
    const ROWS: usize = 2_000;

    /// A folder with many rows in both files.
    fn filled() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let (outbox, _) = open(folder.path(), Database::Outbox, Durability::Full).unwrap();
        let (pult, _) = open(folder.path(), Database::Pult, Durability::Normal).unwrap();
        let rows = format!(
            "WITH RECURSIVE n (k) AS (VALUES (1) UNION ALL SELECT k + 1 FROM n LIMIT {ROWS})"
        );
        let command = "INSERT INTO command
            (seq, id, command, created_at, state, attempts, check_sum)
            SELECT k, 'c-' || k, hex(randomblob(300)), 0, 'queued', 0, 0 FROM n";
        outbox.execute_batch(&format!("{rows} {command}")).unwrap();
        let message =
            "INSERT INTO message (row, id_hash, rev, incident, received, source, id, text)
            SELECT k, k, 1, k, 0, 0, 'm-' || k, hex(randomblob(300)) FROM n";
        pult.execute_batch(&format!("{rows} {message}")).unwrap();
        folder
    }

    /// The same with a zeroed page in one of them, which was met.
    fn damaged(database: Database) -> tempfile::TempDir {
        let folder = filled();
        let path = folder.path().join(database.file_name());
        let mut bytes = fs::read(&path).unwrap();
        let page = bytes.len() / 8192 / 2;
        bytes[page * 8192..(page + 1) * 8192].fill(0);
        fs::write(&path, bytes).unwrap();
        suspect(folder.path(), database);
        folder
    }

    /// Opens the file as a start does and reads its rows.
    fn start(folder: &Path, database: Database) -> (Vec<(i64, String)>, Option<Repair>) {
        let (connection, repair) = open(folder, database, Durability::Full).unwrap();
        let sql = match database {
            Database::Outbox => "SELECT seq, command FROM command ORDER BY seq",
            _ => "SELECT row, text FROM message ORDER BY row",
        };
        let mut get = connection.prepare(sql).unwrap();
        let rows = get.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        (rows.map(|row| row.unwrap()).collect(), repair)
    }

    /// What a repair of that folder saves when nothing happens to it.
    fn saved_without_trouble(folder: &Path, database: Database) -> Vec<(i64, String)> {
        let copy = tempfile::tempdir().unwrap();
        suspect(copy.path(), database);
        for name in [Database::Outbox, Database::Pult].map(Database::file_name) {
            fs::copy(folder.join(name), copy.path().join(name)).unwrap();
        }
        let (rows, repair) = start(copy.path(), database);
        assert!(repair.is_some_and(|repair| repair.gaps > 0));
        assert!(rows.len() > ROWS * 9 / 10 && rows.len() < ROWS, "{}", rows.len());
        rows
    }

    /// The repair was ended: once, told once, with the damaged file kept.
    fn assert_ended(folder: &Path, database: Database, damaged: &[u8]) {
        let kept = asides(folder, database).unwrap();
        let [aside] = kept.as_slice() else { panic!("{kept:?}") };
        assert!(fs::read(folder.join(aside)).unwrap() == damaged, "not the damaged file");
        let told = noted(folder).unwrap();
        assert!(told.len() == 1 && told[0].contains(aside.as_str()), "{told:?}");
        assert_eq!(start(folder, database).1, None, "once is enough");
        let new = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(new.filter(|name| name.to_string_lossy().contains(".new")).count(), 0);
    }

    #[test]
    fn a_repair_that_is_cut_short_while_it_fills_the_new_file_is_begun_again() {
        for (database, eighths) in BOTH.into_iter().flat_map(|it| [0, 4, 8].map(|n| (it, n))) {
            let folder = damaged(database);
            let folder = folder.path();
            let expected = saved_without_trouble(folder, database);
            let bytes = fs::read(folder.join(database.file_name())).unwrap();
            fill(folder, database, &free_aside(folder, database).unwrap()).unwrap();
            let new = unfinished(database);
            let whole = fs::read(folder.join(&new)).unwrap();
            fs::write(folder.join(&new), &whole[..whole.len() / 8 * eighths]).unwrap();
            for suffix in ["-journal", "-wal", "-shm"] {
                fs::write(folder.join(format!("{new}{suffix}")), b"left over").unwrap();
            }
            let (rows, repair) = start(folder, database);
            assert!(rows == expected, "{database:?} {eighths}: {} rows", rows.len());
            assert!(repair.is_some());
            assert_ended(folder, database, &bytes);
        }
    }

    #[test]
    fn a_repair_that_is_cut_short_while_files_are_renamed_is_ended() {
        for (database, done) in BOTH.into_iter().flat_map(|it| (0..=5).map(move |n| (it, n))) {
            let folder = damaged(database);
            let folder = folder.path();
            let expected = saved_without_trouble(folder, database);
            let bytes = fs::read(folder.join(database.file_name())).unwrap();
            // Somebody who looks keeps the log and its index from being removed.
            let guest = open_reader(&folder.join(database.file_name())).unwrap();
            let aside = free_aside(folder, database).unwrap();
            fill(folder, database, &aside).unwrap();
            let decision = (unfinished(database), decided(&aside));
            for (from, to) in [decision].into_iter().chain(moves(database, &aside)).take(done) {
                assert!(folder.join(&from).exists(), "{from}");
                rename(folder, &from, &to).unwrap();
            }
            // It goes before the first file that is moved.
            if done > 1 {
                clear_suspicion(folder, database);
            }
            let (rows, repair) = start(folder, database);
            assert!(rows == expected, "{database:?} {done}: {} rows", rows.len());
            assert_eq!(repair.is_some(), done == 0, "{database:?} {done}");
            drop(guest);
            for beside in ["-wal", "-shm"].map(|suffix| folder.join(format!("{aside}{suffix}"))) {
                assert!(beside.exists(), "{done}: {beside:?}");
                fs::remove_file(beside).unwrap();
            }
            assert_ended(folder, database, &bytes);
        }
    }

    #[test]
    fn a_repair_that_ends_in_an_error_leaves_everything_as_it_was() {
        let folder = damaged(Database::Pult);
        let folder = folder.path();
        let expected = saved_without_trouble(folder, Database::Pult);
        let bytes = fs::read(folder.join("pult.db")).unwrap();
        let outbox = Connection::open(folder.join("outbox.db")).unwrap();
        // The last step before it is decided.
        outbox.execute("ALTER TABLE repair RENAME TO away", []).unwrap();
        for _ in 0..2 {
            let error = open(folder, Database::Pult, Durability::Normal).unwrap_err();
            assert!(matches!(error, Error::Sqlite(_)), "{error}");
            assert!(fs::read(folder.join("pult.db")).unwrap() == bytes);
            assert!(is_suspect(folder, Database::Pult));
            assert!(!folder.join(unfinished(Database::Pult)).exists());
        }
        outbox.execute("ALTER TABLE away RENAME TO repair", []).unwrap();
        drop(outbox);
        assert!(start(folder, Database::Pult).0 == expected);
        assert_ended(folder, Database::Pult, &bytes);
    }

    #[test]
    fn a_new_file_is_whole_without_a_log() {
        for database in BOTH {
            let folder = damaged(database);
            fill(folder.path(), database, "aside").unwrap();
            let new = unfinished(database);
            let entries = fs::read_dir(folder.path()).unwrap();
            let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let of_new: Vec<_> = names.filter(|name| name.starts_with(&new)).collect();
            assert_eq!(of_new, [new]);
        }
    }

    #[test]
    fn a_file_that_was_cut_off_gives_back_what_is_left() {
        for database in BOTH {
            for (is_half, rows_left) in [(false, ROWS * 9 / 10), (true, ROWS / 3)] {
                let folder = filled();
                let folder = folder.path();
                let path = folder.join(database.file_name());
                let bytes = fs::read(&path).unwrap();
                let pages = bytes.len() / 8192;
                let left = &bytes[..8192 * if is_half { pages / 2 } else { pages - 1 }];
                fs::write(&path, left).unwrap();
                let (rows, repair) = start(folder, database);
                assert!(rows.len() >= rows_left, "{database:?}: {} of {ROWS}", rows.len());
                assert_eq!(repair.unwrap().file, database.file_name());
                assert_ended(folder, database, left);
            }
        }
    }

    #[test]
    fn what_is_still_to_be_wiped_is_not_forgotten() {
        let folder = damaged(Database::Pult);
        let pult = Connection::open(folder.path().join("pult.db")).unwrap();
        meta::set(&pult, meta::LEFT_OVER, "1").unwrap();
        drop(pult);
        let (pult, repair) = open(folder.path(), Database::Pult, Durability::Normal).unwrap();
        assert!(repair.is_some() && meta::has_left_over(&pult).unwrap());
    }

    #[test]
    fn a_column_that_a_damaged_file_lacks_costs_no_rows() {
        let folder = filled();
        let folder = folder.path();
        let connection = Connection::open(folder.join("outbox.db")).unwrap();
        connection.execute("ALTER TABLE command DROP COLUMN replaces", []).unwrap();
        drop(connection);
        suspect(folder, Database::Outbox);
        assert_eq!(start(folder, Database::Outbox).0.len(), ROWS);
    }
}

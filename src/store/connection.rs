//! How a connection is set up: one kind that writes, one that reads.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::error::{Error, Result};

/// How long a connection waits for another one before it says «locked».
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How hard a commit is pressed onto the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Durability {
    /// A commit survives a killed program. A power cut may lose the last ones,
    /// which are then pulled again, because the cursor is lost with them.
    Normal,
    /// A commit survives a power cut: for what no server can give back.
    Full,
}

const PAGE_BYTES: u32 = 8192;

/// Of a file that a writer keeps in memory, the least, which is what SQLite itself would
/// keep, and the most.
const LEAST_CACHE_KIB: usize = 2_048;
const MOST_CACHE_KIB: usize = 32_768;

/// Pages in the log before a commit writes them back, which waits for the disk: a
/// change of 5,000 incidents touches some 4,000 pages and is not to wait.
const LOG_PAGES: u32 = 8192;
/// The same where commits are small, and where rows come without a pause: whoever
/// else waits for the disk, an officer's action above all, waits for these at most.
const SMALL_LOG_PAGES: u32 = 1024;

/// Opens or creates a file for writing, in WAL mode.
pub(super) fn open_writer(path: &Path, durability: Durability) -> Result<Connection> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // One that begins by reading could not wait for another program when it comes
    // to write: it would be refused at once.
    connection.set_transaction_behavior(TransactionBehavior::Immediate);
    // Fewer, fuller pages: texts of a few hundred bytes, and a scan of the core
    // columns, both gain. It takes effect only while the file is empty.
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(
        None,
        "synchronous",
        match durability {
            Durability::Normal => "NORMAL",
            Durability::Full => "FULL",
        },
    )?;
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    write_back_often(&connection, durability == Durability::Full)?;
    sort_in_files(&connection, false)?;
    // A file that somebody edited may not run code of its own schema's making.
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Whether pages are written back in small portions, as in a first sync.
pub(super) fn write_back_often(connection: &Connection, is_often: bool) -> Result<()> {
    let pages = if is_often { SMALL_LOG_PAGES } else { LOG_PAGES };
    Ok(connection.pragma_update(None, "wal_autocheckpoint", pages)?)
}

/// Keeps as much of the file in memory as a transaction with so many rows touches,
/// about a page a row. Where a few change every second more would be filled in time
/// with what is not read again, and the allocator would not give it back.
pub(super) fn cache_for(connection: &Connection, rows: usize) -> Result<()> {
    let touched = rows.saturating_mul(PAGE_BYTES as usize / 1024);
    set_cache(connection, touched.clamp(LEAST_CACHE_KIB, MOST_CACHE_KIB))
}

fn set_cache(connection: &Connection, kib: usize) -> Result<()> {
    // Negative: KiB instead of pages.
    Ok(connection.pragma_update(None, "cache_size", -(kib as i64))?)
}

/// Makes the log as long as it gets, so that commits write over what is there. One
/// that makes a file longer must have the file system's own journal written, and
/// waits until whatever else was changed, by a first sync for example, is on the disk.
/// Where there is no room for it the log stays short.
pub(super) fn lengthen_log(connection: &mut Connection, path: &Path) -> Result<()> {
    let bytes = u64::from(SMALL_LOG_PAGES) * u64::from(PAGE_BYTES);
    if log_bytes(path) >= bytes {
        return Ok(());
    }
    // A few pages: the rest goes into the log before the transaction is taken back.
    connection.pragma_update(None, "cache_size", 16)?;
    let spilled = spill_into_log(connection, bytes);
    sort_in_files(connection, false)?;
    match spilled {
        // What it took is given back: others need it to open their files.
        Err(Error::DiskFull) => {
            Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
        }
        // In one go now instead of with the first commit.
        Ok(()) => std::fs::File::open(log_path(path))
            .and_then(|log| log.sync_data())
            .map_err(|source| Error::Folder { path: log_path(path), source }),
        other => other,
    }
}

fn spill_into_log(connection: &mut Connection, bytes: u64) -> Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch("CREATE TABLE room (filler BLOB)")?;
    // What the cache still holds at the end, and the last commit before a write-back.
    let bytes = bytes + u64::from(64 * PAGE_BYTES);
    transaction.execute("INSERT INTO room VALUES (zeroblob(?1))", [bytes as i64])?;
    Ok(transaction.rollback()?)
}

/// Where a writer sorts: in memory, because a file might keep what citizens wrote;
/// or, for the indexes over millions of numbers, in runs of the cache's size that
/// are merged from a temporary file. A run that fits the processor's own cache is
/// sorted in less than half the time of one long list, and memory stays flat.
/// Outside of transactions.
pub(super) fn sort_in_files(connection: &Connection, is_in_files: bool) -> Result<()> {
    let (place, kib) =
        if is_in_files { ("FILE", LEAST_CACHE_KIB) } else { ("MEMORY", MOST_CACHE_KIB) };
    connection.pragma_update(None, "temp_store", place)?;
    set_cache(connection, kib)
}

/// Opens an existing file for reading only, in a folder that may not be written
/// as well.
pub(super) fn open_reader(path: &Path) -> Result<Connection> {
    match try_open_reader(path.as_os_str(), OpenFlags::empty()) {
        // Beside a file in WAL mode SQLite makes two more. Where it may not, and
        // nobody else has, the file stands still and can be read as it is.
        Err(Error::ReadOnly) if path.exists() && !has_log(path) => {
            try_open_reader(still(path).as_ref(), OpenFlags::SQLITE_OPEN_URI)
        }
        other => other,
    }
}

/// Changes that are not in the file yet.
fn has_log(path: &Path) -> bool {
    log_bytes(path) > 0
}

fn log_path(path: &Path) -> PathBuf {
    path.with_extension("db-wal")
}

fn log_bytes(path: &Path) -> u64 {
    std::fs::metadata(log_path(path)).map_or(0, |log| log.len())
}

/// The address of a file that nobody changes.
fn still(path: &Path) -> String {
    let path = path.display().to_string();
    let escaped = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{escaped}?immutable=1")
}

fn try_open_reader(name: &OsStr, more: OpenFlags) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let connection = Connection::open_with_flags(Path::new(name), flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    set_cache(&connection, 4_096)?;
    // Not mapped: where the file gets shorter, a map of it ends the program.
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(64);
    // SQLite opens the file when it is first asked for something.
    connection.query_row("PRAGMA schema_version", [], |_| Ok(()))?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open_long(path: &Path) -> Connection {
        let mut connection = open_writer(path, Durability::Full).unwrap();
        lengthen_log(&mut connection, path).unwrap();
        connection
    }

    fn put(connection: &Connection, times: u32) {
        connection.execute_batch("CREATE TABLE IF NOT EXISTS t (a)").unwrap();
        for _ in 0..times {
            connection.execute("INSERT INTO t VALUES (zeroblob(500))", []).unwrap();
        }
    }

    #[test]
    fn the_cache_goes_with_the_rows_of_a_transaction() {
        let folder = tempfile::tempdir().unwrap();
        let connection = open_writer(&folder.path().join("pult.db"), Durability::Normal).unwrap();
        let kib_for = |rows| {
            cache_for(&connection, rows).unwrap();
            let kib: i64 = connection.query_row("PRAGMA cache_size", [], |row| row.get(0)).unwrap();
            -kib
        };
        assert_eq!(
            [0, 3, 600, 5_000, usize::MAX].map(kib_for),
            [2_048, 2_048, 4_800, 32_768, 32_768]
        );
    }

    #[test]
    fn a_file_that_gets_shorter_under_a_reader_is_damage_and_not_the_programs_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pult.db");
        let writer = open_writer(&path, Durability::Normal).unwrap();
        put(&writer, 4_000);
        writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        let reader = open_reader(&path).unwrap();
        let read = || {
            let bytes = "SELECT sum(length(a)) FROM t";
            reader.query_row(bytes, [], |row| row.get::<_, i64>(0)).map_err(Error::from)
        };
        let first = "SELECT length(a) FROM t LIMIT 1";
        let held = reader.unchecked_transaction().unwrap();
        held.query_row(first, [], |row| row.get::<_, i64>(0)).unwrap();
        let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(64 * 1024).unwrap();
        assert!(matches!(read(), Err(Error::Damaged)), "{:?}", read());
    }

    #[test]
    fn the_log_of_what_must_last_has_its_length_before_the_first_commit_and_keeps_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        let connection = open_long(&path);
        let whole = log_bytes(&path);
        assert!(whole >= u64::from(SMALL_LOG_PAGES * PAGE_BYTES), "{whole}");
        // Many times what the log holds: it is written over again and again.
        put(&connection, SMALL_LOG_PAGES * 3);
        assert_eq!(log_bytes(&path), whole, "no commit made it longer");
        let tables: u32 = connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .unwrap();
        assert_eq!(tables, 1, "nothing of the filling is left");
    }

    #[test]
    fn a_log_without_room_gives_back_what_it_took() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        let mut connection = Connection::open(&path).unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        put(&connection, 1);
        // The same word as that of a full disk.
        connection.pragma_update(None, "max_page_count", 100).unwrap();
        lengthen_log(&mut connection, &path).unwrap();
        assert_eq!(log_bytes(&path), 0);
        put(&connection, 1);
    }

    #[test]
    fn a_log_that_a_kill_has_left_is_read_and_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        let connection = open_long(&path);
        put(&connection, 40);
        let left = tempfile::tempdir().unwrap();
        let copy = left.path().join("outbox.db");
        std::fs::copy(&path, &copy).unwrap();
        std::fs::copy(log_path(&path), log_path(&copy)).unwrap();
        let again = open_long(&copy);
        put(&again, 1);
        let rows: u32 = again.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 41);
    }
}

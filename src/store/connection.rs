//! How a connection is set up: one kind that writes, one that reads.

use std::ffi::OsStr;
use std::path::Path;
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

/// Opens or creates a file for writing, in WAL mode.
pub(super) fn open_writer(path: &Path, durability: Durability) -> Result<Connection> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // One that begins by reading could not wait for another program when it comes
    // to write: it would be refused at once.
    connection.set_transaction_behavior(TransactionBehavior::Immediate);
    // Fewer, fuller pages: texts of a few hundred bytes, and a scan of the core
    // columns, both gain. It takes effect only while the file is empty.
    connection.pragma_update(None, "page_size", 8192)?;
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
    sort_in_files(&connection, false)?;
    // Pages in the log before a commit writes them back, which waits for the disk:
    // a change of 5,000 incidents touches some 4,000 pages and is not to wait.
    connection.pragma_update(None, "wal_autocheckpoint", 8192)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    // A file that somebody edited may not run code of its own schema's making.
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Where a writer sorts: in memory, because a file might keep what citizens wrote;
/// or, for the indexes over millions of numbers, in runs of the cache's size that
/// are merged from a temporary file. A run that fits the processor's own cache is
/// sorted in less than half the time of one long list, and memory stays flat.
/// Outside of transactions.
pub(super) fn sort_in_files(connection: &Connection, is_in_files: bool) -> Result<()> {
    // Negative: KiB.
    let (place, cache) = if is_in_files { ("FILE", -2_048) } else { ("MEMORY", -32_768) };
    connection.pragma_update(None, "temp_store", place)?;
    Ok(connection.pragma_update(None, "cache_size", cache)?)
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
    let log = path.with_extension("db-wal");
    std::fs::metadata(log).is_ok_and(|log| log.len() > 0)
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
    connection.pragma_update(None, "cache_size", -16_384)?;
    connection.pragma_update(None, "mmap_size", 1_i64 << 30)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(64);
    // SQLite opens the file when it is first asked for something.
    connection.query_row("PRAGMA schema_version", [], |_| Ok(()))?;
    Ok(connection)
}

//! The files of a repair: what they are called, and how they take each other's place.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::UNIX_EPOCH;

use crate::domain::Timestamp;
use crate::store::error::{Error, Result};
use crate::store::migrate::Database;

/// Name of the new file until it is whole.
pub(super) fn unfinished(database: Database) -> String {
    format!("{}.new", database.file_name())
}

/// Name of the new file from then on.
pub(super) fn decided(aside: &str) -> String {
    format!("{aside}.new")
}

pub(super) fn discard_unfinished(folder: &Path, database: Database) -> Result<()> {
    for suffix in ["", "-journal", "-wal", "-shm"] {
        remove(&folder.join(format!("{}{suffix}", unfinished(database))))?;
    }
    Ok(())
}

/// What is called what at the end of a repair, in this order: without the file
/// nobody reads its log.
pub(super) fn moves(database: Database, aside: &str) -> [(String, String); 4] {
    let name = database.file_name();
    let with = |suffix| (format!("{name}{suffix}"), format!("{aside}{suffix}"));
    [with(""), with("-wal"), with("-shm"), (decided(aside), name.to_owned())]
}

/// A name for the damaged file that says when it was last written.
pub(super) fn free_aside(folder: &Path, database: Database) -> Result<String> {
    let path = folder.join(database.file_name());
    let written = fs::metadata(&path)
        .and_then(|file| file.modified())
        .map_err(|source| refused(&path, source))?;
    let secs = written.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let time = Timestamp(secs as u32).to_rfc3339().replace([':', '-'], "");
    let start = aside_start(database);
    Ok((1..10_000)
        .map(|n| format!("{start}-{time}-{n}.db"))
        .find(|aside| !folder.join(aside).exists())
        .unwrap_or_else(|| format!("{start}.db")))
}

/// How the names of damaged files begin.
fn aside_start(database: Database) -> String {
    format!("{}.damaged", database.file_name().trim_end_matches(".db"))
}

/// Names of damaged files that are kept, and of what stands beside them.
pub(super) fn asides(folder: &Path, database: Database) -> Result<Vec<String>> {
    let start = aside_start(database);
    let entries = fs::read_dir(folder).map_err(|source| refused(folder, source))?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(|source| refused(folder, source))?.file_name();
        names.extend(name.to_str().filter(|name| name.starts_with(&start)).map(str::to_owned));
    }
    Ok(names)
}

/// Nothing where there is no such file.
pub(super) fn rename(folder: &Path, from: &str, to: &str) -> Result<()> {
    let from = folder.join(from);
    match fs::rename(&from, folder.join(to)) {
        Err(source) if source.kind() != ErrorKind::NotFound => Err(refused(&from, source)),
        _ => Ok(()),
    }
}

/// Nothing where there is no such file.
pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != ErrorKind::NotFound => Err(refused(path, source)),
        _ => Ok(()),
    }
}

/// Waits until a file, or what a folder says of its files, is on the disk.
pub(super) fn sync(path: &Path) -> Result<()> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|source| refused(path, source))
}

fn refused(path: &Path, source: io::Error) -> Error {
    match source.kind() {
        ErrorKind::StorageFull => Error::DiskFull,
        _ => Error::Folder { path: path.to_owned(), source },
    }
}

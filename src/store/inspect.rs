//! A look at the files from outside, for `pult doctor`: nothing is locked or changed,
//! so a running desk is not disturbed.

use std::path::Path;

use super::connection::open_reader;
use super::error::{Error, Result};
use super::migrate::Database;
use super::outbox::{CommandState, Outbox};
use super::repair;
use crate::domain::Timestamp;

/// Name of the file that no server can give back.
pub const OUTBOX: &str = Database::Outbox.file_name();

/// What was found of one file.
#[derive(Debug)]
pub struct FileReport {
    /// `pult.db`, `outbox.db` or `search.db`.
    pub name: &'static str,
    pub state: FileState,
}

#[derive(Debug)]
pub enum FileState {
    /// Made at the first start.
    Missing,
    /// SQLite's quick check found nothing. It notices torn and missing pages and
    /// broken rows, not every flipped bit.
    Sound {
        bytes: u64,
        schema: u32,
        /// The newest schema that this program knows; an older file grows to it at
        /// the next start, a newer one is refused.
        schema_known: u32,
    },
    /// SQLite's first words about the damage, in one line: page and table names, no
    /// values.
    Damaged(String),
    Unreadable(Error),
}

/// Looks at every file of a data folder; takes seconds a gigabyte.
pub fn files(folder: &Path) -> Vec<FileReport> {
    [Database::Pult, Database::Outbox, Database::Search]
        .into_iter()
        .map(|database| {
            let path = folder.join(database.file_name());
            let state = if path.exists() {
                look(&path, database).unwrap_or_else(FileState::Unreadable)
            } else {
                FileState::Missing
            };
            FileReport { name: database.file_name(), state }
        })
        .collect()
}

fn look(path: &Path, database: Database) -> Result<FileState> {
    let answers = || -> Result<(u32, String)> {
        let connection = open_reader(path)?;
        let schema = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let check = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok((schema, check))
    };
    match answers() {
        Ok((schema, check)) if check == "ok" => {
            let bytes = std::fs::metadata(path)
                .map_err(|source| Error::Folder { path: path.to_owned(), source })?
                .len();
            let schema_known = database.migrations().len() as u32;
            Ok(FileState::Sound { bytes, schema, schema_known })
        }
        // A heading stands before it.
        Ok((_, fault)) => {
            Ok(FileState::Damaged(fault.lines().last().unwrap_or_default().to_owned()))
        }
        Err(Error::Damaged) => Ok(FileState::Damaged(Error::Damaged.to_string())),
        Err(error) => Err(error),
    }
}

/// Marks what was found damaged, so that the next start repairs it: by itself a start
/// checks no large files.
pub fn mark_damaged(folder: &Path, files: &[FileReport]) {
    for database in Database::ALL {
        let is_damaged = |file: &FileReport| {
            file.name == database.file_name() && matches!(file.state, FileState::Damaged(_))
        };
        if files.iter().any(is_damaged) {
            repair::suspect(folder, database);
        }
    }
}

/// What outbox.db holds: what no server can give back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxReport {
    /// Not carried out by the server yet, what can still be undone included.
    pub waiting: u64,
    /// When the oldest of these was made.
    pub waits_since: Option<Timestamp>,
    pub conflicts: u64,
    pub rejected: u64,
    /// Rows whose check sum does not hold.
    pub damaged: u64,
    pub drafts: u64,
    /// Office that is signed in.
    pub office: Option<String>,
    /// Office of the shift that runs, and since when.
    pub shift: Option<(String, Timestamp)>,
    pub locked_since: Option<Timestamp>,
}

/// Reads the outbox of a data folder; the file must be of this program's schema.
pub fn outbox(folder: &Path) -> Result<OutboxReport> {
    let mut outbox = Outbox::look(folder)?;
    let listing = outbox.list(Timestamp(0))?;
    let of = |states: &'static [CommandState]| {
        listing.commands.iter().filter(|command| states.contains(&command.state))
    };
    let waiting = || of(&[CommandState::Undoable, CommandState::Queued, CommandState::Sent]);
    Ok(OutboxReport {
        waiting: waiting().count() as u64,
        waits_since: waiting().map(|command| command.created_at).min(),
        conflicts: of(&[CommandState::Conflict]).count() as u64,
        rejected: of(&[CommandState::Rejected]).count() as u64,
        damaged: listing.damaged,
        drafts: outbox.count_drafts()?,
        office: outbox.officer()?.map(|officer| officer.office),
        shift: outbox.shift()?.map(|shift| (shift.office, shift.began_at)),
        locked_since: outbox.locked_since()?,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rusqlite::Connection;

    use super::*;
    use crate::domain::catalogue::Catalogue;
    use crate::store::Store;

    fn state(folder: &Path, name: &str) -> FileState {
        files(folder).into_iter().find(|report| report.name == name).unwrap().state
    }

    #[test]
    fn a_fresh_store_is_sound_while_it_is_open_and_an_empty_folder_stays_empty() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(state(folder.path(), "pult.db"), FileState::Missing));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let store = Store::open(folder.path(), &Catalogue::embedded()).unwrap();
        let FileState::Sound { bytes, schema, schema_known } = state(folder.path(), "pult.db")
        else {
            panic!("not sound");
        };
        assert!(bytes > 0 && schema > 0);
        assert_eq!(schema, schema_known);
        drop(store);
    }

    #[test]
    fn a_torn_file_and_one_that_is_no_database_are_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pult.db");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE t (a); CREATE INDEX i ON t (a);
                 WITH RECURSIVE n (k) AS (VALUES (1) UNION ALL SELECT k + 1 FROM n LIMIT 20000)
                 INSERT INTO t SELECT hex(randomblob(20)) FROM n;",
            )
            .unwrap();
        drop(connection);
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 16_384].fill(0);
        fs::write(&path, &bytes).unwrap();
        let FileState::Damaged(fault) = state(folder.path(), "pult.db") else { panic!("sound") };
        assert!(fault.contains("page") && !fault.contains('\n'), "{fault}");
        fs::write(&path, "not a database, but long enough to be read as one by mistake").unwrap();
        assert!(matches!(state(folder.path(), "pult.db"), FileState::Damaged(_)));
    }

    #[test]
    fn a_newer_schema_is_told_from_ours() {
        let folder = tempfile::tempdir().unwrap();
        drop(Store::open(folder.path(), &Catalogue::embedded()).unwrap());
        let connection = Connection::open(folder.path().join("pult.db")).unwrap();
        connection.pragma_update(None, "user_version", 999).unwrap();
        drop(connection);
        let FileState::Sound { schema, schema_known, .. } = state(folder.path(), "pult.db") else {
            panic!("not sound");
        };
        assert!(schema == 999 && schema_known < 999);
    }
}

//! The one file that a server keeps: what happened after its history.
//!
//! A commit is on the disk before its request is answered. The file is no WAL
//! database: with everything in one file, copying it (of a server that stopped)
//! is a backup, and a leftover log cannot spoil a copy that is put back.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, named_params};

use super::State;
use super::change::Change;
use crate::domain::Timestamp;

const FILE: &str = "server.db";
/// Stands beside it and tells how far the file had come.
const MARK: &str = "server.mark";
const SCHEMA: u32 = 1;
/// How long a server that is just stopping is waited for.
const BUSY_TIMEOUT: Duration = Duration::from_secs(1);

/// Why a server's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("another server uses the folder {}", .0.display())]
    InUse(PathBuf),
    #[error("the folder {} cannot be used", path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error(
        "the folder {} holds another server ({kept}); start it with those options or name another folder", path.display()
    )]
    OtherServer { path: PathBuf, kept: String },
    #[error(
        "this version of the program makes another history than the one in {}; name another folder", .0.display()
    )]
    OtherHistory(PathBuf),
    #[error("server.db was written by a newer version of the program")]
    Newer,
    #[error("server.db is damaged at commit {number}; copy a backup of it back")]
    Damaged { number: i64 },
    #[error("server.db cannot be read or written")]
    Database(#[from] rusqlite::Error),
    #[error("a change has no JSON form")]
    Form(#[from] serde_json::Error),
}

/// What the file says of its server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct About {
    /// The options that the history is made with.
    pub(crate) options: String,
    pub(crate) history_end: Timestamp,
    /// Digest of the history.
    pub(crate) history: String,
    pub(crate) epoch: String,
}

/// The open file; nobody else may open it meanwhile.
pub(crate) struct Journal {
    connection: Connection,
    folder: PathBuf,
    mark: File,
    about: Option<About>,
}

impl Journal {
    /// Opens the folder's file, or begins one.
    pub(crate) fn open(folder: &Path) -> Result<Self, JournalError> {
        let refused = |source| JournalError::Folder { path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(refused)?;
        let named = |error| match error {
            rusqlite::Error::SqliteFailure(failure, _)
                if matches!(failure.code, ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) =>
            {
                JournalError::InUse(folder.to_owned())
            }
            other => JournalError::Database(other),
        };
        let mut connection = Connection::open(folder.join(FILE))?;
        prepare(&connection).map_err(named)?;
        let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        match found {
            0 => {
                let transaction = connection.transaction()?;
                transaction.execute_batch(include_str!("sql/0001_initial.sql"))?;
                transaction.pragma_update(None, "user_version", SCHEMA)?;
                transaction.commit().map_err(named)?;
            }
            SCHEMA => {}
            _ => return Err(JournalError::Newer),
        }
        let mark = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join(MARK))
            .map_err(refused)?;
        let about =
            connection.query_row(include_str!("sql/about_get.sql"), [], about_of).optional()?;
        Ok(Self { connection, folder: folder.to_owned(), mark, about })
    }

    /// What the file says; `None` of a new one.
    pub(crate) const fn about(&self) -> Option<&About> {
        self.about.as_ref()
    }

    /// Refuses a file of a server with other options.
    pub(crate) fn check_options(&self, options: &str) -> Result<(), JournalError> {
        match &self.about {
            Some(about) if about.options != options => Err(JournalError::OtherServer {
                path: self.folder.clone(),
                kept: about.options.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// Writes down what a new server is.
    pub(crate) fn begin(&mut self, about: About, state: &mut State) -> Result<(), JournalError> {
        self.put_about(&about)?;
        self.about = Some(about);
        state.mark_saved();
        self.tell_mark(state.head());
        Ok(())
    }

    /// Puts back what happened after the history, which has that digest. Tells
    /// the moment of the last commit. A file that was copied back from a backup
    /// gets `new_epoch`: revisions that were given out since will be given out
    /// anew.
    pub(crate) fn restore(
        &mut self,
        history: &str,
        new_epoch: &str,
        state: &mut State,
    ) -> Result<Option<Timestamp>, JournalError> {
        let Some(mut about) = self.about.clone().filter(|about| about.history == history) else {
            return Err(JournalError::OtherHistory(self.folder.clone()));
        };
        state.mark_saved();
        let last = self.replay(state)?;
        let known = fs::read_to_string(self.folder.join(MARK)).unwrap_or_default();
        if !is_reached(&known, &about.epoch, state.head()) {
            new_epoch.clone_into(&mut about.epoch);
            self.put_about(&about)?;
        }
        self.about = Some(about);
        self.tell_mark(state.head());
        Ok(last)
    }

    fn replay(&self, state: &mut State) -> Result<Option<Timestamp>, JournalError> {
        let mut get = self.connection.prepare(include_str!("sql/journal_all.sql"))?;
        let mut rows = get.query([])?;
        let mut last = None;
        let mut number = 0;
        let mut stopped = None;
        let changes = std::iter::from_fn(|| match next_change(&mut rows) {
            Ok(row) => {
                let (of, at, change) = row?;
                (number, last) = (of, Some(at));
                Some(change)
            }
            Err(error) => {
                stopped = Some(error);
                None
            }
        });
        let restored = state.restore(changes);
        if let Some(error) = stopped {
            return Err(error);
        }
        restored.ok_or(JournalError::Damaged { number })?;
        Ok(last)
    }

    /// Commits what changed. When this returns it is on the disk.
    pub(crate) fn save(&mut self, state: &State, now: Timestamp) -> Result<(), JournalError> {
        let Some(change) = state.unsaved() else { return Ok(()) };
        let change = serde_json::to_string(&change)?;
        let crc = crc32fast::hash(change.as_bytes());
        let mut add = self.connection.prepare_cached(include_str!("sql/journal_add.sql"))?;
        add.execute(named_params! { ":at": now.0, ":change": change, ":crc": crc })?;
        drop(add);
        self.tell_mark(state.head());
        Ok(())
    }

    fn put_about(&self, about: &About) -> Result<(), JournalError> {
        let About { options, history_end, history, epoch } = about;
        self.connection.execute(
            include_str!("sql/about_put.sql"),
            named_params! {
                ":options": options, ":history_end": history_end.0, ":history": history,
                ":epoch": epoch,
            },
        )?;
        Ok(())
    }

    /// Without its mark the next start only takes the file for a copy.
    fn tell_mark(&mut self, head: u64) {
        let epoch = self.about.as_ref().map_or("", |about| &about.epoch);
        let text = format!("{head:020} {epoch}\n");
        let written =
            self.mark.seek(SeekFrom::Start(0)).and_then(|_| self.mark.write_all(text.as_bytes()));
        if let Err(error) = written {
            tracing::warn!(%error, "{MARK} cannot be written");
        }
    }
}

/// Whether a file of that epoch has come at least as far as its mark tells.
fn is_reached(mark: &str, epoch: &str, head: u64) -> bool {
    mark.trim_end().split_once(' ').is_some_and(|(reached, of)| {
        of == epoch && reached.parse::<u64>().is_ok_and(|reached| reached <= head)
    })
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "journal_mode", "TRUNCATE")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // Takes the lock, which stays until the file is closed.
    connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")
}

fn about_of(row: &Row<'_>) -> rusqlite::Result<About> {
    Ok(About {
        options: row.get(0)?,
        history_end: Timestamp(row.get(1)?),
        history: row.get(2)?,
        epoch: row.get(3)?,
    })
}

fn next_change(
    rows: &mut rusqlite::Rows<'_>,
) -> Result<Option<(i64, Timestamp, Change)>, JournalError> {
    let Some(row) = rows.next()? else { return Ok(None) };
    let number = row.get(0)?;
    let text: String = row.get(2)?;
    if crc32fast::hash(text.as_bytes()) != row.get::<_, u32>(3)? {
        return Err(JournalError::Damaged { number });
    }
    Ok(Some((number, Timestamp(row.get(1)?), serde_json::from_str(&text)?)))
}

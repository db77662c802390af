//! What can go wrong with the files, each as one sentence.

use std::path::PathBuf;

use rusqlite::ErrorCode;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// None of these carries a citizen's text: SQLite's own messages name tables
/// and columns, never values.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "the data folder {0} is in use by another running program: end that one, or name another \
         folder with --data-dir"
    )]
    InUse(PathBuf),
    #[error("the data folder {path} cannot be used: {source}")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("{0} is not there: nothing was ever stored in this folder")]
    NotThere(PathBuf),
    #[error(
        "{file} was written by an older version (schema {found}, this one knows {known}) and must \
         first be opened by a program that may write it"
    )]
    OlderSchema { file: &'static str, found: u32, known: u32 },
    #[error(
        "{file} was written by a newer version (schema {found}, this one knows {known}): install \
         that one, or name another folder with --data-dir"
    )]
    NewerSchema { file: &'static str, found: u32, known: u32 },
    #[error(
        "this data belongs to installation `{bound}`, the server is `{offered}`: name another \
         folder for it with --data-dir"
    )]
    OtherInstance { bound: String, offered: String },
    #[error(
        "demonstration and real data cannot be kept in one place: name another folder with \
         --data-dir"
    )]
    DemoMixed,
    #[error("a batch does not go on from what is stored")]
    OutOfOrder,
    #[error("two incidents have the same key")]
    KeyCollision,
    #[error("the disk is full")]
    DiskFull,
    #[error("the database may not be written")]
    ReadOnly,
    #[error("the database is locked by another program")]
    Busy,
    #[error("the database is damaged; the next start moves it aside and saves what can be read")]
    Damaged,
    #[error("the query was interrupted")]
    Interrupted,
    #[error("the writing thread of the store has stopped")]
    Stopped,
    #[error("no command {0} in the outbox")]
    NoSuchCommand(uuid::Uuid),
    #[error("a command cannot go from `{from}` to `{to}`")]
    CommandState { from: &'static str, to: &'static str },
    #[error("the database answered: {0}")]
    Sqlite(#[source] rusqlite::Error),
}

impl Error {
    /// True where the folder or its files may be read but not written.
    pub fn is_read_only(&self) -> bool {
        use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
        match self {
            Self::ReadOnly => true,
            Self::Folder { source, .. } => {
                [PermissionDenied, ReadOnlyFilesystem].contains(&source.kind())
            }
            _ => false,
        }
    }

    /// True where opening for writing would make what reading misses.
    pub fn wants_a_writer(&self) -> bool {
        matches!(self, Self::NotThere(_) | Self::OlderSchema { .. })
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        // The tables are STRICT and only this program writes them: a value that a
        // column cannot hold is one that changed on the disk.
        if matches!(
            error,
            rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::FromSqlConversionFailure(..)
        ) {
            return Self::Damaged;
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen) => Self::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            Some(ErrorCode::OperationInterrupted) => Self::Interrupted,
            _ => Self::Sqlite(error),
        }
    }
}

//! How the database stands, for «Состояние» and `pult doctor`.

use std::path::PathBuf;

use super::connection::open_reader;
use super::error::Result;
use super::migrate::Database;
use super::reader::Reader;
use super::repair::{self, Noted};

/// One database file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileHealth {
    /// `pult.db`, `outbox.db` or `search.db`.
    pub name: &'static str,
    pub bytes: u64,
    pub schema: u32,
}

/// A picture of the store, made off the main thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreHealth {
    pub folder: PathBuf,
    pub files: Vec<FileHealth>,
    /// Rows by kind, in the order of `ObjectKind::ALL`.
    pub rows: Vec<(&'static str, u64)>,
    pub instance: Option<String>,
    pub demo: bool,
    /// Incidents that the search index covers.
    pub searchable: u64,
    /// Lines left out over the life of the store, by reason key.
    pub skipped: Vec<(String, u64)>,
    /// What was found damaged and what was saved of it, in the order of their time.
    pub repairs: Vec<Noted>,
}

impl Reader {
    /// Reads sizes, counts and what was noted down; takes as long as counting
    /// the rows.
    pub fn health(&self) -> Result<StoreHealth> {
        let meta = self.meta()?;
        let files = Database::ALL.map(|database| self.file_health(database));
        Ok(StoreHealth {
            folder: self.folder.clone(),
            files: files.into(),
            rows: self.counts_by_kind()?,
            instance: meta.installation.as_ref().map(|it| it.instance.clone()),
            demo: meta.installation.is_some_and(|it| it.demo),
            // An index that is damaged or being replaced covers nothing.
            searchable: self.searchable_count().unwrap_or_default(),
            skipped: self.skipped()?,
            repairs: repair::noted(&self.folder)?,
        })
    }

    /// Lines left out over the life of the store, by reason, most first.
    pub fn skipped(&self) -> Result<Vec<(String, u64)>> {
        let mut get = self
            .connection
            .prepare_cached("SELECT reason, count FROM fault ORDER BY count DESC, reason")?;
        let rows = get.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn file_health(&self, database: Database) -> FileHealth {
        let path = self.folder.join(database.file_name());
        let schema = open_reader(&path)
            .and_then(|file| Ok(file.query_row("PRAGMA user_version", [], |row| row.get(0))?));
        FileHealth {
            name: database.file_name(),
            // A file that cannot be looked at shows as empty.
            bytes: std::fs::metadata(&path).map_or(0, |file| file.len()),
            schema: schema.unwrap_or(0),
        }
    }
}

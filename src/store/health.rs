//! How the database stands, for «Состояние» and `pult doctor`.

use std::path::PathBuf;

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
    /// What was found damaged and what was saved of it, one sentence each.
    pub repairs: Vec<String>,
}

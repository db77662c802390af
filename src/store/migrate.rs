//! Schemas and how they grow: `user_version` is the number of the last
//! migration that a file has had. Migrations are only ever appended.

use rusqlite::{Connection, TransactionBehavior};

use super::error::{Error, Result};

/// The files of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// The server's state.
    Pult,
    /// What was done here and the server has not answered.
    Outbox,
    /// The text index: thrown away and built again when its schema changes.
    Search,
}

impl Database {
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Pult => "pult.db",
            Self::Outbox => "outbox.db",
            Self::Search => "search.db",
        }
    }

    /// The migrations in order; the first makes version 1.
    pub const fn migrations(self) -> &'static [&'static str] {
        match self {
            Self::Pult => &[
                include_str!("migrations/pult/0001_initial.sql"),
                include_str!("migrations/pult/0002_indexes.sql"),
            ],
            Self::Outbox => &[include_str!("migrations/outbox/0001_initial.sql")],
            Self::Search => &[include_str!("migrations/search/0001_initial.sql")],
        }
    }
}

/// Brings the file to the newest schema, each step in its own transaction. A
/// file of a newer program is refused untouched.
pub fn migrate(connection: &mut Connection, database: Database) -> Result<()> {
    let migrations = database.migrations();
    let known = migrations.len() as u32;
    loop {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if found > known {
            return Err(Error::NewerSchema { file: database.file_name(), found, known });
        }
        let Some(next) = migrations.get(found as usize) else { return Ok(()) };
        transaction.execute_batch(next)?;
        transaction.pragma_update(None, "user_version", found + 1)?;
        transaction.commit()?;
    }
}

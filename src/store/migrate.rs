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
    pub const ALL: [Self; 3] = [Self::Pult, Self::Outbox, Self::Search];

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
                include_str!("migrations/pult/0003_assignee.sql"),
                include_str!("migrations/pult/0004_revision.sql"),
                include_str!("migrations/pult/0005_merged.sql"),
                include_str!("migrations/pult/0006_rules.sql"),
                include_str!("migrations/pult/0007_indicators.sql"),
                include_str!("migrations/pult/0008_stages.sql"),
            ],
            Self::Outbox => &[
                include_str!("migrations/outbox/0001_initial.sql"),
                include_str!("migrations/outbox/0002_actions.sql"),
                include_str!("migrations/outbox/0003_offices.sql"),
                include_str!("migrations/outbox/0004_shifts.sql"),
                include_str!("migrations/outbox/0005_drafts.sql"),
                include_str!("migrations/outbox/0006_signed_in.sql"),
                include_str!("migrations/outbox/0007_replaced.sql"),
                include_str!("migrations/outbox/0008_addressee.sql"),
            ],
            Self::Search => &[
                include_str!("migrations/search/0001_initial.sql"),
                include_str!("migrations/search/0002_known.sql"),
            ],
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

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(connection: &Connection) -> Vec<(String, String)> {
        let mut get = connection
            .prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name")
            .unwrap();
        let rows = get.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }

    fn fresh(database: Database) -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, database).unwrap();
        connection
    }

    /// As a program that knew only the first migrations left it.
    fn of_version(database: Database, version: usize) -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        for sql in &database.migrations()[..version] {
            connection.execute_batch(sql).unwrap();
        }
        connection.pragma_update(None, "user_version", version as u32).unwrap();
        connection
    }

    #[test]
    fn every_older_version_grows_into_the_fresh_schema() {
        for database in Database::ALL {
            let newest = schema(&fresh(database));
            assert!(newest.len() > 2);
            for version in 0..=database.migrations().len() {
                let mut connection = of_version(database, version);
                migrate(&mut connection, database).unwrap();
                assert_eq!(schema(&connection), newest, "{database:?} from {version}");
            }
        }
    }

    #[test]
    fn revisions_move_with_their_incidents() {
        let mut connection = of_version(Database::Pult, 3);
        connection
            .execute_batch(
                "INSERT INTO incident_core VALUES (1,9,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
                 INSERT INTO incident (row, id_hash, rev, id, registered)
                     VALUES (1, 5, 7, 'i-1', 0);",
            )
            .unwrap();
        migrate(&mut connection, Database::Pult).unwrap();
        let rev: i64 =
            connection.query_row("SELECT rev FROM incident_core", [], |row| row.get(0)).unwrap();
        assert_eq!(rev, 7);
    }

    #[test]
    fn registrations_and_interim_answers_are_carried_over() {
        let mut connection = of_version(Database::Pult, 5);
        connection
            .execute_batch(
                "INSERT INTO incident_core VALUES
                     (1,9,0,0,0,0,0,0,0,0,64,0,0,0,0,0,0,0,1), (2,9,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1);
                 INSERT INTO incident (row, id_hash, id, registered)
                     VALUES (1, 5, 'i-1', 77), (2, 6, 'i-2', 0);
                 INSERT INTO incident_past VALUES (5, 64);
                 INSERT INTO event VALUES
                     (1, 1, 1, 5, 80, 10, 0, 0, 255, 255, 'e-1', NULL, NULL, NULL),
                     (2, 2, 1, 5, 90, 10, 0, 0, 255, 255, 'e-2', NULL, NULL, NULL),
                     (3, 3, 1, 6, 90, 11, 0, 0, 255, 255, 'e-3', NULL, NULL, NULL);",
            )
            .unwrap();
        migrate(&mut connection, Database::Pult).unwrap();
        let read = |sql: &str| {
            let mut get = connection.prepare(sql).unwrap();
            let rows = get.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            rows.map(Result::unwrap).collect::<Vec<(u32, u32)>>()
        };
        assert_eq!(read("SELECT registered, flags FROM incident_core"), [(77, 64 | 256), (0, 0)]);
        assert_eq!(read("SELECT flags, interim FROM incident_past"), [(64 | 256, 90)]);
    }

    #[test]
    fn the_bits_that_a_migration_names_are_those_of_the_board() {
        assert_eq!(crate::board::row::flags::INTERIM, 256);
        assert_eq!(crate::domain::EventKind::InterimAnswered.index(), 10);
    }

    #[test]
    fn a_first_sync_leaves_the_fresh_schema_behind() {
        let connection = fresh(Database::Pult);
        let newest = schema(&connection);
        crate::store::bulk::begin(&connection).unwrap();
        assert_ne!(schema(&connection), newest);
        let catalogue = crate::domain::catalogue::Catalogue::embedded();
        let folder = std::path::Path::new("");
        let mut ledger =
            crate::store::ledger::Ledger::new(&connection, folder, &catalogue).unwrap();
        assert!(ledger.is_bulk());
        crate::store::bulk::finish(&mut ledger).unwrap();
        assert_eq!(schema(ledger.connection), newest);
    }

    #[test]
    fn a_newer_schema_is_refused_untouched() {
        for database in Database::ALL {
            let mut connection = fresh(database);
            connection.pragma_update(None, "user_version", 99).unwrap();
            let before = schema(&connection);
            let error = migrate(&mut connection, database).unwrap_err();
            assert!(matches!(error, Error::NewerSchema { found: 99, .. }), "{error}");
            assert!(error.to_string().starts_with(database.file_name()));
            assert_eq!(schema(&connection), before);
        }
    }

    #[test]
    fn the_event_log_refuses_changes() {
        let connection = fresh(Database::Pult);
        connection
            .execute_batch(
                "INSERT INTO event VALUES (1, 1, 1, 1, 1, 0, 0, 0, 255, 255, 'e', NULL, NULL, NULL)",
            )
            .unwrap();
        for sql in ["UPDATE event SET rev = 2", "DELETE FROM event"] {
            let error = connection.execute(sql, []).unwrap_err().to_string();
            assert_eq!(error, "the event log is append-only", "{sql}");
        }
        crate::store::log::with_open_gate(&connection, |connection| {
            Ok(connection.execute("DELETE FROM event", [])?)
        })
        .unwrap();
        connection.execute("UPDATE event_gate SET open = 0", []).unwrap();
    }
}

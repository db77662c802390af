//! The statements that are run for every object of a batch, prepared once: asking
//! the connection's own cache for them costs as much as running some of them.

use rusqlite::{Connection, Statement};

use super::error::Result;

pub(super) struct Statements<'c> {
    pub(super) incident_row: Statement<'c>,
    pub(super) incident_stored: Statement<'c>,
    pub(super) incident_core_put: Statement<'c>,
    pub(super) incident_put: Statement<'c>,
    pub(super) message_find: Statement<'c>,
    pub(super) message_put: Statement<'c>,
    pub(super) event_find: Statement<'c>,
    pub(super) event_append: Statement<'c>,
    pub(super) search_queue_put: Statement<'c>,
}

impl<'c> Statements<'c> {
    pub(super) fn new(connection: &'c Connection) -> Result<Self> {
        Ok(Self {
            incident_row: connection.prepare("SELECT row FROM incident WHERE id_hash = ?1")?,
            incident_stored: connection.prepare(include_str!("sql/incident_stored.sql"))?,
            incident_core_put: connection.prepare(include_str!("sql/incident_core_put.sql"))?,
            incident_put: connection.prepare(include_str!("sql/incident_put.sql"))?,
            message_find: connection.prepare(include_str!("sql/message_find.sql"))?,
            message_put: connection.prepare(include_str!("sql/message_put.sql"))?,
            event_find: connection.prepare(include_str!("sql/event_find.sql"))?,
            event_append: connection.prepare(include_str!("sql/event_append.sql"))?,
            search_queue_put: connection
                .prepare("REPLACE INTO search_queue (row, turn) VALUES (?1, ?2)")?,
        })
    }
}

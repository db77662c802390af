//! Single incidents and the state of the files, as screens ask for them.

use rusqlite::{OptionalExtension, Row as SqlRow};

use super::batch::ObjectKind;
use super::details::{EventLine, IncidentDetails, ListRow, MessageLine};
use super::error::Result;
use super::health::{FileHealth, StoreHealth};
use super::incidents::read_core;
use super::migrate::Database;
use super::reader::Reader;
use crate::domain::mask::mask;

/// Column of `list_row.sql` after those of the board.
const FIRST_TEXT: usize = 17;

impl Reader {
    /// Rows of the list in the order of `row_ids`; ids that are gone meanwhile
    /// are left out. Texts are masked.
    pub fn list_rows(&self, row_ids: &[u32]) -> Result<Vec<ListRow>> {
        let mut select = self.connection.prepare_cached(include_str!("sql/list_row.sql"))?;
        let mut rows = Vec::with_capacity(row_ids.len());
        for row_id in row_ids {
            rows.extend(select.query_row([row_id], |row| Ok(self.list_row(row))).optional()?);
        }
        rows.into_iter().collect()
    }

    fn list_row(&self, row: &SqlRow<'_>) -> Result<ListRow> {
        let (row_id, core) = read_core(row, &self.places)?;
        Ok(ListRow {
            row_id,
            id: row.get(FIRST_TEXT)?,
            summary: masked(row.get(FIRST_TEXT + 1)?),
            received: core.received,
            due: core.due,
            first_answer: core.first_answer,
            closed: core.closed,
            municipality: core.municipality,
            settlement: core.settlement,
            topic: core.topic,
            body: core.body,
            block: core.block,
            regime: core.regime,
            source: core.source,
            status: core.status,
            flags: core.flags,
            rating: core.rating,
        })
    }

    /// One incident with its messages and its log; `None` where it is gone.
    /// Texts are masked.
    pub fn details(&self, row_id: u32) -> Result<Option<IncidentDetails>> {
        let mut select = self.connection.prepare_cached(include_str!("sql/list_row.sql"))?;
        let mut found = select.query([row_id])?;
        let Some(row) = found.next()? else { return Ok(None) };
        let text = |column| -> Result<String> {
            Ok(row.get::<_, Option<String>>(FIRST_TEXT + column)?.unwrap_or_default())
        };
        let id_hash: i64 = row.get(FIRST_TEXT + 9)?;
        Ok(Some(IncidentDetails {
            row: self.list_row(row)?,
            address: masked(Some(text(2)?)),
            rev: row.get::<_, i64>(FIRST_TEXT + 3)? as u64,
            assignee: text(4)?,
            registered: row.get(FIRST_TEXT + 5)?,
            due_source: text(6)?,
            policy_version: text(7)?,
            merged_into: text(8)?,
            messages: self.messages_of(id_hash)?,
            events: self.events_of(id_hash)?,
        }))
    }

    fn messages_of(&self, id_hash: i64) -> Result<Vec<MessageLine>> {
        let mut select = self.connection.prepare_cached(include_str!("sql/messages_of.sql"))?;
        let lines = select.query_map([id_hash], |row| {
            Ok(MessageLine {
                received: row.get(0)?,
                source: row.get(1)?,
                text: masked(row.get(2)?),
                url: row.get::<_, Option<String>>(3)?.unwrap_or_default(),
            })
        })?;
        Ok(lines.collect::<rusqlite::Result<_>>()?)
    }

    fn events_of(&self, id_hash: i64) -> Result<Vec<EventLine>> {
        let mut select = self.connection.prepare_cached(include_str!("sql/events_of.sql"))?;
        let lines = select.query_map([id_hash], |row| {
            let kind: u8 = row.get(1)?;
            Ok(EventLine {
                at: row.get(0)?,
                kind: crate::domain::EventKind::from_index(kind).map(|kind| kind.index()),
                role: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
                office: row.get::<_, Option<String>>(3)?.unwrap_or_default(),
                body: row.get(4)?,
                reason: masked(row.get(5)?),
                text: masked(row.get(6)?),
            })
        })?;
        Ok(lines.collect::<rusqlite::Result<_>>()?)
    }

    /// How the files stand. Counts rows: not for a frame.
    pub fn health(&self) -> Result<StoreHealth> {
        let meta = self.meta()?;
        let folder = self.folder.clone();
        let file = |database: Database| FileHealth {
            name: database.file_name(),
            bytes: std::fs::metadata(folder.join(database.file_name())).map_or(0, |m| m.len()),
            schema: database.migrations().len() as u32,
        };
        let files = [Database::Pult, Database::Outbox, Database::Search].map(file).to_vec();
        let rows = ObjectKind::ALL
            .into_iter()
            .map(|kind| {
                let n: i64 = self.connection.query_row(
                    &format!("SELECT count(*) FROM {}", kind.key()),
                    [],
                    |row| row.get(0),
                )?;
                Ok((kind.key(), n as u64))
            })
            .collect::<Result<_>>()?;
        let mut faults =
            self.connection.prepare_cached("SELECT reason, count FROM fault ORDER BY reason")?;
        let skipped = faults
            .query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(StoreHealth {
            files,
            rows,
            demo: meta.installation.as_ref().is_some_and(|installation| installation.demo),
            instance: meta.installation.map(|installation| installation.instance),
            searchable: 0,
            skipped,
            repairs: Vec::new(),
            folder,
        })
    }
}

fn masked(text: Option<String>) -> String {
    text.map(|text| mask(&text).into_owned()).unwrap_or_default()
}

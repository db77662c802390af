//! How an incident stands on the server, as last pulled.

use rusqlite::{OptionalExtension, Row as SqlRow};

use super::error::Result;
use super::identity::id_hash;
use super::incidents::{CORE_COLUMNS, read_core};
use super::reader::Reader;
use crate::board::Row;
use crate::board::overlay::flag_of;
use crate::board::row::flags;
use crate::domain::action::Mark;
use crate::domain::{EventKind, Standing, Status, Timestamp};

/// An incident as an action meets it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredStanding {
    /// Id on the server.
    pub id: String,
    pub rev: u64,
    /// The board's row of it, without the overlay.
    pub row: Row,
    pub standing: Standing,
}

impl StoredStanding {
    /// The deadline that stands, whoever set it: what was moved since, what the server
    /// gave, or what follows from the rules.
    pub fn due(&self) -> Option<Timestamp> {
        let by_rule = self.row.flags & flags::DUE_BY_RULE != 0;
        self.standing.due.or(by_rule.then_some(Timestamp(self.row.due)))
    }
}

impl Reader {
    /// How the incident stands; `None` where it is gone.
    pub fn standing(&self, row_id: u32) -> Result<Option<StoredStanding>> {
        let mut get = self.connection.prepare_cached(include_str!("sql/standing.sql"))?;
        Ok(get.query_row([row_id], |row| self.read_standing(row)).optional()?)
    }

    /// Office that put up the incident's newest answer for approval; `None` where
    /// there is none or the server does not say.
    pub fn answer_author(&self, row_id: u32) -> Result<Option<String>> {
        let mut get = self.connection.prepare_cached(include_str!("sql/answer_author.sql"))?;
        let submitted = EventKind::Submitted.index();
        let office: Option<String> =
            get.query_row((row_id, submitted), |row| row.get(0)).optional()?;
        Ok(office.filter(|office| !office.is_empty()))
    }

    /// The row of an incident by its id on the server.
    pub fn row_of_incident(&self, id: &str) -> Result<Option<u32>> {
        let mut find = self
            .connection
            .prepare_cached("SELECT row FROM incident WHERE id_hash = ?1 AND id = ?2")?;
        Ok(find.query_row((id_hash(id), id), |row| row.get(0)).optional()?)
    }

    fn read_standing(&self, row: &SqlRow<'_>) -> rusqlite::Result<StoredStanding> {
        let (_, core) = read_core(row, &self.places)?;
        let oktmo: u32 = row.get(11)?;
        let time = |secs: u32| (secs > 0).then_some(Timestamp(secs));
        let word = |column: usize| {
            row.get::<_, Option<String>>(column).map(|word| word.filter(|word| !word.is_empty()))
        };
        let standing = Standing {
            status: Status::from_index(core.status).unwrap_or(Status::INITIAL),
            topic: word(CORE_COLUMNS + 6)?,
            municipality: (oktmo > 0).then(|| format!("{oktmo:08}")),
            settlement: word(CORE_COLUMNS + 8)?,
            place: row
                .get::<_, Option<f64>>(CORE_COLUMNS + 4)?
                .zip(row.get::<_, Option<f64>>(CORE_COLUMNS + 5)?),
            body: word(CORE_COLUMNS + 7)?,
            assignee: word(CORE_COLUMNS + 2)?,
            priority: match core.flags & (flags::PRIORITY_HIGH | flags::PRIORITY_URGENT) {
                0 => 0,
                flags::PRIORITY_HIGH => 1,
                _ => 2,
            },
            marks: Mark::ALL.iter().copied().filter(|m| core.flags & flag_of(*m) != 0).collect(),
            // As the server has it: an action met no deadline that only stands here.
            due: time(core.due).filter(|_| core.flags & flags::DUE_BY_RULE == 0),
            first_answer: time(core.first_answer),
            closed: time(core.closed),
            rating: (core.rating > 0).then_some(core.rating),
            merged_into: word(CORE_COLUMNS + 3)?,
        };
        Ok(StoredStanding {
            id: row.get(CORE_COLUMNS)?,
            rev: row.get::<_, i64>(CORE_COLUMNS + 1)? as u64,
            row: core,
            standing,
        })
    }
}

//! Read-only connections: what the screens ask for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

use super::connection::open_reader;
use super::error::Result;
use super::incidents::{MunicipalityIndex, read_core};
use super::meta::Meta;
use super::{migrate, vocabulary};
use crate::board::{Row, Vocabulary};
use crate::domain::catalogue::Catalogue;

/// One read-only connection. It never waits for the writer and sees the last
/// commit; each thread that reads has its own.
pub struct Reader {
    pub(super) folder: PathBuf,
    pub(super) connection: Connection,
    pub(super) places: MunicipalityIndex,
}

/// How many objects are stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub incidents: u64,
    pub messages: u64,
    pub events: u64,
}

impl Reader {
    pub(super) fn open(folder: &Path, catalogue: &Arc<Catalogue>) -> Result<Self> {
        let connection = open_reader(&folder.join(migrate::Database::Pult.file_name()))?;
        Ok(Self {
            folder: folder.to_owned(),
            connection,
            places: MunicipalityIndex::new(catalogue),
        })
    }

    /// Every incident in the order of row ids, which may have gaps.
    pub fn load_rows(&self, mut each: impl FnMut(u32, Row)) -> Result<()> {
        let mut scan =
            self.connection.prepare_cached(include_str!("sql/incident_core_scan.sql"))?;
        let mut rows = scan.query([])?;
        while let Some(row) = rows.next()? {
            let (row_id, row) = read_core(row, &self.places)?;
            each(row_id, row);
        }
        Ok(())
    }

    /// Bodies, topics and settlements by their numbers.
    pub fn vocabulary(&self) -> Result<Vocabulary> {
        vocabulary::load(&self.connection)
    }

    pub fn meta(&self) -> Result<Meta> {
        Meta::load(&self.connection)
    }

    pub fn counts(&self) -> Result<Counts> {
        let count = |sql| -> Result<u64> {
            Ok(self.connection.query_row(sql, [], |row| row.get::<_, i64>(0))? as u64)
        };
        Ok(Counts {
            incidents: count("SELECT count(*) FROM incident_core")?,
            messages: count("SELECT count(*) FROM message")?,
            events: count("SELECT count(*) FROM event")?,
        })
    }
}

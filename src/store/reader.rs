//! Read-only connections: what the screens ask for.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

use super::connection::open_reader;
use super::error::{Error, Result};
use super::incidents::{MunicipalityIndex, read_core};
use super::meta::Meta;
use super::seen::Seen;
use super::{migrate, repair, vocabulary};
use crate::board::{Row, Vocabulary};
use crate::domain::catalogue::Catalogue;
use crate::domain::{ObjectKind, Timestamp};

/// One read-only connection. It never waits for the writer and sees the last
/// commit; each thread that reads has its own.
pub struct Reader {
    pub(super) connection: Connection,
    pub(super) places: MunicipalityIndex,
    pub(super) folder: PathBuf,
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
        Self::on(folder.to_owned(), MunicipalityIndex::new(catalogue))
    }

    /// A second connection to the same file, for another thread.
    pub fn another(&self) -> Result<Self> {
        Self::on(self.folder.clone(), self.places.clone())
    }

    fn on(folder: PathBuf, places: MunicipalityIndex) -> Result<Self> {
        let connection = open_reader(&folder.join(migrate::Database::Pult.file_name()))?;
        Ok(Self { connection, places, folder })
    }

    /// Asks search.db. It is opened anew each time, which takes a fraction of a
    /// millisecond: a damaged one is replaced by another file.
    pub(super) fn ask_text_index<T>(
        &self,
        ask: impl FnOnce(&Connection) -> Result<T>,
    ) -> Result<T> {
        let path = self.folder.join(migrate::Database::Search.file_name());
        let result = open_reader(&path).and_then(|index| ask(&index));
        if matches!(result, Err(Error::Damaged)) {
            repair::suspect(&self.folder, migrate::Database::Search);
        }
        result
    }

    /// Every incident in the order of row ids, which may have gaps.
    pub fn load_rows(&self, each: impl FnMut(u32, Row)) -> Result<()> {
        self.heed(self.scan_core(each))
    }

    /// Notes damage that was met, so that the next start repairs it.
    pub(super) fn heed<T>(&self, result: Result<T>) -> Result<T> {
        if matches!(result, Err(Error::Damaged)) {
            repair::suspect(&self.folder, migrate::Database::Pult);
        }
        result
    }

    fn scan_core(&self, mut each: impl FnMut(u32, Row)) -> Result<()> {
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
        self.heed(vocabulary::load(&self.connection))
    }

    /// When the last interim answer was given, by row id.
    pub fn interim_answers(&self) -> Result<HashMap<u32, Timestamp>> {
        let mut get = self.connection.prepare_cached(include_str!("sql/interim_answers.sql"))?;
        let rows = get.query_map([], |row| Ok((row.get(0)?, Timestamp(row.get(1)?))))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    pub fn meta(&self) -> Result<Meta> {
        Meta::load(&self.connection)
    }

    pub fn counts(&self) -> Result<Counts> {
        Ok(Counts {
            incidents: self.count_of(ObjectKind::Incident)?,
            messages: self.count_of(ObjectKind::Message)?,
            events: self.count_of(ObjectKind::Event)?,
        })
    }

    /// Objects that the server sent, by kind, in the order of [`ObjectKind::ALL`].
    pub fn counts_by_kind(&self) -> Result<Vec<(&'static str, u64)>> {
        ObjectKind::ALL.iter().map(|kind| Ok((kind.key(), self.count_of(*kind)?))).collect()
    }

    /// Objects that a reading anew has brought so far; 0 outside of one.
    pub fn count_seen(&self) -> Result<u64> {
        Seen::count(&self.connection)
    }

    pub fn incident_count(&self) -> Result<u64> {
        self.count_of(ObjectKind::Incident)
    }

    fn count_of(&self, kind: ObjectKind) -> Result<u64> {
        let sql = match kind {
            // The narrow table of the two.
            ObjectKind::Incident => "SELECT count(*) FROM incident_core".to_owned(),
            ObjectKind::Message | ObjectKind::Event => {
                format!("SELECT count(*) FROM {}", kind.key())
            }
            // Words that are only named have rev 0.
            _ => format!("SELECT count(*) FROM {} WHERE rev > 0", kind.key()),
        };
        Ok(self.connection.query_row(&sql, [], |row| row.get::<_, i64>(0))? as u64)
    }
}

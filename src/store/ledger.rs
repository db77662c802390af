//! The writing connection with what it remembers between batches.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};

use super::batch::{Applied, Batch};
use super::bulk::{self, Bulk};
use super::error::{Error, Result};
use super::identity::ByIdHash;
use super::incidents::MunicipalityIndex;
use super::meta::{self, Anew, Bound, Installation, Meta};
use super::migrate::Database;
use super::past::{self, Past};
use super::seen::Seen;
use super::statements::Statements;
use super::vocabulary::{self, Numbering};
use super::{ballast, repair, search_index, sweep, upsert};
use crate::board::ChangeSet;
use crate::board::row::Change;
use crate::domain::ObjectKind;
use crate::domain::catalogue::Catalogue;

/// All of it can be read again from the file, and is after a rollback.
pub(super) struct Ledger<'c> {
    pub(super) connection: &'c Connection,
    pub(super) statements: Statements<'c>,
    pub(super) places: MunicipalityIndex,
    pub(super) memory: Memory,
    pub(super) catalogue: &'c Catalogue,
    folder: PathBuf,
}

/// Key of the fault that only the store can see.
const OLDER_REVISION: &str = "older-revision";
const BEFORE_INCIDENT: &str = "before-incident";

/// What would otherwise be asked of the file for every object.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) numbering: Numbering,
    /// By key of the incident.
    pub(super) past: ByIdHash<Past>,
    /// Of the batch that is being applied: whose past it tells anew, with what it was.
    pub(super) retold: ByIdHash<Past>,
    /// Number of the next new incident; numbers are never given twice.
    pub(super) next_row: u32,
    pub(super) cursor: Option<String>,
    pub(super) anew: Option<Anew>,
    pub(super) seen: Seen,
    /// Of the batch that is being applied: revisions older than what is stored.
    pub(super) older: u64,
    /// What was changed between two batches: the board hears of it with the next.
    pub(super) late: Vec<Change>,
    /// Incidents of the batch that are younger than an event of theirs.
    pub(super) early: u64,
    /// Number of this transaction in the queue of the text index.
    pub(super) search_turn: i64,
    /// During a first sync.
    pub(super) bulk: Option<Bulk>,
}

impl<'c> Ledger<'c> {
    pub(super) fn new(
        connection: &'c Connection,
        folder: &Path,
        catalogue: &'c Catalogue,
    ) -> Result<Self> {
        vocabulary::seed_topics(connection, catalogue)?;
        vocabulary::seed_settlements(connection, catalogue)?;
        let mut memory = Memory::load(connection)?;
        if memory.bulk.is_none() && bulk::may_begin(connection)? {
            bulk::begin(connection)?;
            memory.bulk = Some(Bulk::default());
        }
        let places = MunicipalityIndex::new(catalogue);
        let statements = Statements::new(connection)?;
        let folder = folder.to_owned();
        let mut ledger = Self { connection, statements, places, memory, catalogue, folder };
        match ledger.tell_pasts().and_then(|()| ledger.count_missing_dues()) {
            Err(Error::Damaged) => return Err(Error::Damaged),
            // The next start tries again: reading and the outbox go on without.
            Err(error) => {
                ledger.heed(&error);
                tracing::warn!(%error, "pasts or missing deadlines could not be counted");
            }
            Ok(()) => {}
        }
        Ok(ledger)
    }

    /// True from the creation of an empty store to the end of its first sync.
    pub(super) fn is_bulk(&self) -> bool {
        self.memory.bulk.is_some()
    }

    /// True from the moment that everything is to be read again until it is.
    pub(super) fn is_read_anew(&self) -> bool {
        self.memory.anew.is_some()
    }

    /// True where a first sync has all rows and its indexes are to be built.
    pub(super) fn lacks_indexes(&self) -> Result<bool> {
        Ok(self.is_bulk() && !bulk::is_pulling(self.connection)?)
    }

    pub(super) fn begin(&self) -> Result<()> {
        Ok(self.connection.execute_batch("BEGIN IMMEDIATE")?)
    }

    pub(super) fn commit(&mut self) -> Result<()> {
        self.memory.seen.save(self.connection)?;
        bulk::settle(self)?;
        self.connection.execute_batch("COMMIT")?;
        self.memory.search_turn += 1;
        Ok(())
    }

    /// Back to the last commit, in the file and in memory.
    pub(super) fn roll_back(&mut self) -> Result<()> {
        if !self.connection.is_autocommit() {
            self.connection.execute_batch("ROLLBACK")?;
        }
        let late = std::mem::take(&mut self.memory.late);
        self.memory = Memory { late, ..Memory::load(self.connection)? };
        Ok(())
    }

    /// Reacts to what a failed transaction says of the disk.
    pub(super) fn heed(&self, error: &Error) {
        match error {
            Error::Damaged => repair::suspect(&self.folder, Database::Pult),
            // Room for the log to be written back, so that reading and deleting
            // go on.
            Error::DiskFull => {
                if ballast::release(&self.folder)
                    && let Err(error) =
                        self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
                {
                    tracing::warn!(%error, "the log could not be written back");
                }
            }
            _ => {}
        }
    }

    /// Applies a batch inside the transaction that the caller began.
    pub(super) fn apply(&mut self, batch: &Batch) -> Result<Applied> {
        if batch.after != self.memory.cursor {
            return Err(Error::OutOfOrder);
        }
        let mut applied = Applied::default();
        upsert::apply(self, &batch.upserts, &mut applied)?;
        sweep::delete(self, &batch.deletes, &mut applied)?;
        self.write_pasts(&mut applied)?;
        applied.changes.changes.append(&mut self.memory.late);
        applied.older = std::mem::take(&mut self.memory.older);
        applied.early = std::mem::take(&mut self.memory.early);
        self.count_faults(batch, &applied)?;
        meta::set(self.connection, "cursor", &batch.cursor)?;
        self.memory.cursor = Some(batch.cursor.clone());
        if !batch.more {
            self.reach_head(batch, &mut applied)?;
        }
        applied.changes.vocabulary_changed = std::mem::take(&mut self.memory.numbering.changed);
        Ok(applied)
    }

    /// Numbers the office of this desk, inside the caller's transaction: its own
    /// incidents are told from others' before the server has named it.
    pub(super) fn know_office(&mut self, office: &str) -> Result<ChangeSet> {
        self.memory.numbering.office(self.connection, Some(office))?;
        let vocabulary_changed = std::mem::take(&mut self.memory.numbering.changed);
        Ok(ChangeSet { vocabulary_changed, ..ChangeSet::default() })
    }

    /// Wipes what a token with less scope may not leave on the disk: deleted rows
    /// stay readable in the file until it is written anew. Outside of
    /// transactions; nothing while everything is still being read anew.
    pub(super) fn wipe_left_over(&self) -> Result<()> {
        if self.memory.anew.is_some() || !meta::has_left_over(self.connection)? {
            return Ok(());
        }
        if !meta::is_file_wiped(self.connection)? {
            search_index::empty(&self.folder);
            repair::remove_asides(&self.folder, Database::Pult)?;
            self.connection.execute_batch("VACUUM")?;
            meta::file_is_wiped(self.connection)?;
        }
        let is_log_read: bool =
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if is_log_read {
            return Err(Error::Busy);
        }
        meta::nothing_is_left_over(self.connection)
    }

    pub(super) fn bind(&self, offered: &Installation) -> Result<Bound> {
        meta::bind(self.connection, offered)
    }

    /// Begins to read everything anew; the outbox and all rows stay for now.
    pub(super) fn begin_anew(&mut self, why: Anew, installation: &Installation) -> Result<()> {
        bulk::finish(self)?;
        self.memory.seen.clear(self.connection)?;
        meta::begin_anew(self.connection, why, installation)?;
        self.memory.cursor = None;
        self.memory.anew = Some(why);
        Ok(())
    }

    /// The row of an incident by the key of its id.
    pub(super) fn incident_row(&mut self, key: i64) -> Result<Option<u32>> {
        if let Some(bulk) = &self.memory.bulk {
            return Ok(bulk.rows.get(&key).copied());
        }
        Ok(self.statements.incident_row.query_row([key], |row| row.get(0)).optional()?)
    }

    /// Notes a row as seen and says whether a revision is to be written.
    pub(super) fn accepts(
        &mut self,
        kind: ObjectKind,
        row: i64,
        stored: u64,
        offered: u64,
    ) -> bool {
        let first_sight = self.memory.anew.is_some() && self.memory.seen.mark(kind, row);
        let accepted =
            offered > stored || (first_sight && self.memory.anew == Some(Anew::NewEpoch));
        if !accepted && offered < stored {
            self.memory.older += 1;
        }
        accepted
    }

    pub(super) fn mark_seen(&mut self, kind: ObjectKind, row: i64) {
        if self.memory.anew.is_some() {
            self.memory.seen.mark(kind, row);
        }
    }

    /// Lets the text index know that an incident's words changed, where it may have
    /// them already.
    pub(super) fn queue_for_search(&mut self, row: u32) -> Result<()> {
        if self.memory.bulk.as_ref().is_none_or(|bulk| bulk.is_searchable(row)) {
            self.statements.search_queue_put.execute(params![row, self.memory.search_turn])?;
        }
        Ok(())
    }

    /// The text index has these rows as they were in that turn.
    pub(super) fn unqueue(&self, rows: &[(u32, i64)]) -> Result<()> {
        let mut remove = self
            .connection
            .prepare_cached("DELETE FROM search_queue WHERE row = ?1 AND turn <= ?2")?;
        for (row, turn) in rows {
            remove.execute(params![row, turn])?;
        }
        Ok(())
    }

    fn reach_head(&mut self, batch: &Batch, applied: &mut Applied) -> Result<()> {
        bulk::end_pulling(self.connection)?;
        if self.memory.anew.is_some() {
            sweep::remove_unseen(self, applied)?;
            self.write_pasts(applied)?;
            self.memory.seen.clear(self.connection)?;
            self.memory.anew = None;
            meta::unset(self.connection, "anew")?;
            if meta::has_left_over(self.connection)? {
                meta::rename(self.connection)?;
                self.forget_actors()?;
            }
        }
        meta::set(self.connection, "last_sync_at", &batch.received_at.0.to_string())
    }

    /// Offices that no event names any more.
    fn forget_actors(&mut self) -> Result<()> {
        self.connection
            .execute("DELETE FROM actor WHERE num NOT IN (SELECT actor FROM event)", [])?;
        let changed = self.memory.numbering.changed;
        self.memory.numbering = Numbering::load(self.connection)?;
        self.memory.numbering.changed = changed;
        Ok(())
    }

    fn count_faults(&self, batch: &Batch, applied: &Applied) -> Result<()> {
        let mut put = self.connection.prepare_cached(include_str!("sql/fault_add.sql"))?;
        let found = [(OLDER_REVISION, applied.older), (BEFORE_INCIDENT, applied.early)];
        let skipped = batch.skipped.iter().map(|(reason, count)| (reason.as_str(), *count));
        for (reason, count) in skipped.chain(found.into_iter().filter(|(_, count)| *count > 0)) {
            put.execute(params![reason, count as i64, batch.received_at.0])?;
        }
        Ok(())
    }
}

impl Memory {
    fn load(connection: &Connection) -> Result<Self> {
        let meta = Meta::load(connection)?;
        let past = past::load(connection)?;
        let last: u32 =
            connection.query_row("SELECT coalesce(max(row), 0) FROM incident_core", [], |row| {
                row.get(0)
            })?;
        let given: u32 =
            meta::get(connection, "next_row")?.and_then(|text| text.parse().ok()).unwrap_or(1);
        Ok(Self {
            numbering: Numbering::load(connection)?,
            past,
            retold: ByIdHash::default(),
            next_row: given.max(last + 1),
            cursor: meta.cursor,
            anew: meta.anew,
            seen: Seen::load(connection)?,
            older: 0,
            early: 0,
            late: Vec::new(),
            search_turn: connection.query_row(
                "SELECT coalesce(max(turn), 0) + 1 FROM search_queue",
                [],
                |row| row.get(0),
            )?,
            bulk: bulk::resume(connection)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use super::*;
    use crate::store::connection::{Durability, open_reader};

    const TEXT: &str = "Нет воды в доме 5";

    fn files_with_text(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let holds = |name: &String| {
            let bytes = fs::read(folder.join(name)).unwrap();
            bytes.windows(TEXT.len()).any(|window| window == TEXT.as_bytes())
        };
        let mut found: Vec<_> =
            names.map(|name| name.into_string().unwrap()).filter(holds).collect();
        found.sort();
        found
    }

    #[test]
    fn what_may_no_longer_be_seen_is_wiped_from_kept_files_and_from_a_log_that_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let (connection, _) = repair::open(folder, Database::Pult, Durability::Normal).unwrap();
        let catalogue = Catalogue::embedded();
        let ledger = Ledger::new(&connection, folder, &catalogue).unwrap();
        connection.execute("INSERT INTO unknown_object VALUES ('k', 'i', 1, ?1)", [TEXT]).unwrap();
        meta::set(&connection, meta::LEFT_OVER, "1").unwrap();
        for name in ["pult.damaged-20261125T000000Z-1.db", "pult.damaged-20261125T000000Z-1.db-wal"]
        {
            fs::write(folder.join(name), TEXT).unwrap();
        }
        let path = folder.join("pult.db");
        let guest = open_reader(&path).unwrap();
        guest.execute_batch("BEGIN; SELECT count(*) FROM unknown_object").unwrap();
        connection.execute("DELETE FROM unknown_object", []).unwrap();
        assert_eq!(files_with_text(folder).len(), 3);

        connection.busy_timeout(Duration::ZERO).unwrap();
        for _ in 0..2 {
            assert!(matches!(ledger.wipe_left_over(), Err(Error::Busy)));
            assert!(meta::has_left_over(&connection).unwrap());
            assert_eq!(files_with_text(folder), ["pult.db-wal"]);
        }
        drop(guest);
        ledger.wipe_left_over().unwrap();
        assert!(!meta::has_left_over(&connection).unwrap());
        assert_eq!(files_with_text(folder), [""; 0]);
    }
}

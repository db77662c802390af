//! The thread that keeps search.db in step with pult.db.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, params};

use super::bulk;
use super::connection::{Durability, open_reader, open_writer};
use super::error::{Error, Result};
use super::letters::Letters;
use super::meta;
use super::migrate::{self, Database};
use super::repair;
use super::rounds::Rounds;
use super::search_entries::{Handed, QUEUE_ENTRIES, Reading, read_queued};
use super::writer::Writer;
use crate::domain::mask::MASKING_VERSION;
use crate::domain::stem::{STEMMING_VERSION, Stemmer};
use crate::priority::{Priority, lower_to};

/// Entries in one commit of a build.
const BUILD_COMMIT_ENTRIES: usize = 50_000;
/// Changes come in bursts: how long they may gather, in steps after which a stop
/// is noticed.
const GATHER_STEP: Duration = Duration::from_millis(20);
const GATHER_STEPS: u32 = 10;

/// Wakes the thread; clones share it.
#[derive(Clone)]
pub(super) struct Bell(SyncSender<()>);

impl Bell {
    pub(super) fn ring(&self) {
        if self.0.try_send(()).is_err() {
            // It rings already, or nobody listens any more: both are well.
        }
    }
}

/// A bell and the end that listens.
pub(super) fn bell() -> (Bell, Receiver<()>) {
    let (ring, heard) = mpsc::sync_channel(1);
    (Bell(ring), heard)
}

/// The running thread.
pub(super) struct Indexer {
    bell: Bell,
    stop: Arc<AtomicBool>,
    rounds: Arc<Rounds>,
    thread: Option<JoinHandle<()>>,
}

impl Indexer {
    pub(super) fn start(
        folder: &Path,
        writer: Writer,
        bell: Bell,
        heard: Receiver<()>,
    ) -> Result<Self> {
        let index = open_index(folder)?;
        let texts = open_reader(&folder.join(Database::Pult.file_name()))?;
        let stop = Arc::new(AtomicBool::new(false));
        let rounds = Arc::<Rounds>::default();
        let mut work = Work {
            folder: folder.to_owned(),
            index,
            texts,
            writer,
            stemmer: Stemmer::with_forms_telling(),
            letters: Letters::default(),
            stop: Arc::clone(&stop),
            rounds: Arc::clone(&rounds),
        };
        let thread = std::thread::Builder::new()
            .name("store-search".to_owned())
            .spawn(move || work.run(&heard))
            .map_err(|_no_thread| Error::Stopped)?;
        bell.ring();
        Ok(Self { bell, stop, rounds, thread: Some(thread) })
    }

    /// Waits until what is committed now has been brought in, or could not be,
    /// which the log then says.
    pub(super) fn wait(&self) {
        self.rounds.wait_for_next(|| self.bell.ring());
    }
}

impl Drop for Indexer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.bell.ring();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// Opens search.db; one that is damaged or newer is thrown away, because it can
/// be built again.
fn open_index(folder: &Path) -> Result<Connection> {
    let path = folder.join(Database::Search.file_name());
    if repair::is_suspect(folder, Database::Search) {
        throw_away(&path)?;
        repair::clear_suspicion(folder, Database::Search);
    }
    match try_open(&path) {
        Err(Error::Damaged | Error::NewerSchema { .. } | Error::Sqlite(_)) => {
            throw_away(&path)?;
            try_open(&path)
        }
        other => other,
    }
}

/// Takes everything out of search.db at once, beside the thread that keeps it: it
/// builds it anew. One that cannot be emptied goes at the next start.
pub(super) fn empty(folder: &Path) {
    let path = folder.join(Database::Search.file_name());
    let emptied = try_open(&path)
        .and_then(|index| Ok(index.execute_batch(include_str!("sql/search_empty.sql"))?));
    if let Err(error) = emptied {
        tracing::warn!(%error, "the text index could not be emptied");
        repair::suspect(folder, Database::Search);
    }
}

/// True where [`empty`] came between: what was read before must not be put back.
/// The next ring, which follows it, builds the index anew.
fn is_emptied(index: &Connection) -> Result<bool> {
    Ok(meta::get(index, "maker")?.is_none())
}

fn throw_away(path: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        let file = PathBuf::from(file);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::Folder { path: file, source: error });
            }
            _ => {}
        }
    }
    Ok(())
}

fn try_open(path: &Path) -> Result<Connection> {
    let mut connection = open_writer(path, Durability::Normal)?;
    migrate::migrate(&mut connection, Database::Search)?;
    Ok(connection)
}

/// A damaged index is begun anew so many times in a row where damage is met again.
const MOST_AGAIN: u32 = 3;

struct Work {
    folder: PathBuf,
    index: Connection,
    texts: Connection,
    writer: Writer,
    /// A new one wherever what it told may not stand in the index.
    stemmer: Stemmer,
    letters: Letters,
    stop: Arc<AtomicBool>,
    rounds: Arc<Rounds>,
}

impl Drop for Work {
    fn drop(&mut self) {
        self.rounds.close();
    }
}

impl Work {
    fn run(&mut self, heard: &Receiver<()>) {
        // During a first sync the rows go first.
        lower_to(Priority::Last);
        let mut again = 0;
        // A ring during the work or the pause is kept by the channel.
        while (again > 0 || heard.recv().is_ok()) && !self.is_stopped() {
            self.rounds.begin();
            match self.catch_up() {
                Ok(()) => {}
                Err(Error::Stopped | Error::Interrupted) => return,
                Err(error) => {
                    tracing::warn!(%error, "the text index could not be brought up to date");
                    // Where pult.db is damaged, the index is as good as before.
                    let is_of_texts = repair::is_suspect(&self.folder, Database::Pult);
                    if matches!(error, Error::Damaged) && !is_of_texts {
                        self.begin_anew();
                    }
                }
            }
            self.rounds.end();
            // Who looked while a damaged index was being replaced has met neither of them
            // whole; it is on nobody else to ring for that.
            let is_met = repair::is_suspect(&self.folder, Database::Search);
            again = if is_met && again < MOST_AGAIN { again + 1 } else { 0 };
            for _ in 0..GATHER_STEPS {
                if self.is_stopped() {
                    return;
                }
                std::thread::sleep(GATHER_STEP);
            }
        }
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Throws a damaged index away and builds it again. A file may well be opened
    /// and be damaged further in, so it goes whatever it looks like.
    fn begin_anew(&mut self) {
        let path = self.folder.join(Database::Search.file_name());
        let replaced = Connection::open_in_memory()
            .map_err(Error::from)
            // The damaged file must be closed before it can be removed.
            .map(|closed| self.index = closed)
            .and_then(|()| throw_away(&path))
            .and_then(|()| open_index(&self.folder))
            .map(|index| self.index = index)
            .and_then(|()| self.catch_up());
        if let Err(error) = replaced {
            tracing::warn!(%error, "the text index could not be begun anew");
        }
    }

    fn catch_up(&mut self) -> Result<()> {
        let done = self.bring_up_to_date();
        if done.is_err() {
            self.stemmer = Stemmer::with_forms_telling();
        }
        done
    }

    /// Builds the index where it is not whole, then brings in what was queued.
    fn bring_up_to_date(&mut self) -> Result<()> {
        let is_pulling = self.heed(bulk::is_pulling(&self.texts))?;
        if repair::is_suspect(&self.folder, Database::Search) {
            return Err(Error::Damaged);
        }
        let store_id = self.heed(meta::get(&self.texts, "store_id"))?.unwrap_or_default();
        let maker = format!("{store_id} {STEMMING_VERSION} {MASKING_VERSION}");
        let to = if is_pulling { self.heed(bulk::searchable_to(&self.texts))? } else { u32::MAX };
        // A power cut may take the end of pult.db and leave what was indexed of it.
        let is_ahead = is_pulling && (self.is_whole()? || self.built_to()? > to);
        if is_ahead || meta::get(&self.index, "maker")?.as_deref() != Some(&maker) {
            self.index.execute_batch(include_str!("sql/search_empty.sql"))?;
            meta::set(&self.index, "maker", &maker)?;
            self.letters = Letters::default();
            self.stemmer = Stemmer::with_forms_telling();
        }
        if !self.is_whole()?
            && let Err(error) = self.build(to)
        {
            // Some may have been taken for what was not committed.
            self.letters = Letters::default();
            return Err(error);
        }
        // Without its indexes a letter is found by reading all of them.
        if is_pulling || !self.heed(bulk::is_indexed(&self.texts))? {
            return Ok(());
        }
        while self.bring_in_queued()? && !self.is_stopped() {}
        Ok(())
    }

    /// Notes damage that was met in pult.db, so that the next start repairs it.
    fn heed<T>(&self, read: Result<T>) -> Result<T> {
        if matches!(read, Err(Error::Damaged)) {
            repair::suspect(&self.folder, Database::Pult);
        }
        read
    }

    fn is_whole(&self) -> Result<bool> {
        Ok(meta::get(&self.index, "whole")?.is_some())
    }

    /// The last row that a build has indexed.
    fn built_to(&self) -> Result<u32> {
        Ok(meta::get(&self.index, "built_to")?.and_then(|row| row.parse().ok()).unwrap_or(0))
    }

    /// Indexes every incident after the last one indexed, up to that row, if there
    /// is an end. One thread reads and cuts stems, this one indexes.
    fn build(&mut self, to: u32) -> Result<()> {
        let built_to = self.built_to()?;
        if built_to >= to {
            return Ok(());
        }
        self.index.execute_batch(include_str!("sql/search_build_begin.sql"))?;
        let (hand_over, take) = mpsc::sync_channel::<Handed>(8);
        let Self { texts, stemmer, letters, index, stop, .. } = self;
        let stop: &AtomicBool = stop;
        let (indexed, read) = std::thread::scope(|scope| {
            let reading = scope.spawn(move || {
                let mut reading = Reading { stemmer, letters, stop };
                reading.read(texts, built_to, to, &hand_over)
            });
            let indexed = index_entries(index, &take);
            drop(take);
            (indexed, reading.join().unwrap_or(Err(Error::Stopped)))
        });
        indexed?;
        self.heed(read)?;
        if to != u32::MAX {
            return Ok(());
        }
        self.letters = Letters::default();
        self.index.execute_batch(include_str!("sql/search_build_end.sql"))?;
        meta::set(&self.index, "whole", "1")
    }

    /// Brings in some of the queue; true where more may be left.
    fn bring_in_queued(&mut self) -> Result<bool> {
        let queued = read_queued(&self.texts, &mut self.stemmer);
        let (rows, entries) = self.heed(queued)?;
        if rows.is_empty() {
            return Ok(false);
        }
        let transaction = self.index.transaction()?;
        if is_emptied(&transaction)? {
            return Ok(false);
        }
        {
            let mut put = transaction
                .prepare_cached("INSERT OR REPLACE INTO entry (rowid, stems) VALUES (?1, ?2)")?;
            let mut remove = transaction.prepare_cached("DELETE FROM entry WHERE rowid = ?1")?;
            note_known(&transaction, &self.stemmer.take_met())?;
            for (row, stems) in &entries {
                match stems {
                    Some(stems) => put.execute(params![row, stems])?,
                    None => remove.execute([row])?,
                };
            }
        }
        transaction.commit()?;
        let more = rows.len() as i64 == QUEUE_ENTRIES;
        self.writer.search_done(rows)?;
        Ok(more)
    }
}

fn note_known(index: &Connection, stems: &[Box<str>]) -> Result<()> {
    let mut note = index.prepare_cached("INSERT OR IGNORE INTO known (stem) VALUES (?1)")?;
    for stem in stems {
        note.execute([stem])?;
    }
    Ok(())
}

fn index_entries(index: &mut Connection, take: &Receiver<Handed>) -> Result<()> {
    let mut is_over = false;
    while !is_over {
        let transaction = index.transaction()?;
        if is_emptied(&transaction)? {
            // The reading side comes to its end, for nothing.
            take.iter().for_each(drop);
            break;
        }
        let mut last = None;
        {
            let mut put =
                transaction.prepare_cached("INSERT INTO entry (rowid, stems) VALUES (?1, ?2)")?;
            let mut count = 0;
            while count < BUILD_COMMIT_ENTRIES {
                let Ok(Handed { entries, known }) = take.recv() else {
                    is_over = true;
                    break;
                };
                note_known(&transaction, &known)?;
                for (row, stems) in &entries {
                    put.execute(params![row, stems])?;
                }
                count += entries.len();
                last = entries.last().map(|(row, _)| *row).or(last);
            }
        }
        if let Some(last) = last {
            meta::set(&transaction, "built_to", &last.to_string())?;
        }
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_the_index_was_emptied_is_not_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut index = open_index(folder.path()).unwrap();
        let indexed = |index: &mut Connection| -> u32 {
            let (hand_over, take) = mpsc::sync_channel(1);
            let entries = vec![(1, "snow".to_owned())];
            hand_over.send(Handed { entries, known: vec!["snow".into()] }).unwrap();
            drop(hand_over);
            index_entries(index, &take).unwrap();
            let count = "SELECT count(*) FROM entry WHERE entry MATCH 'snow'";
            index.query_row(count, [], |row| row.get(0)).unwrap()
        };
        meta::set(&index, "maker", "this one").unwrap();
        assert_eq!(indexed(&mut index), 1);
        empty(folder.path());
        assert_eq!(indexed(&mut index), 0);
    }
}

//! The one thread that writes pult.db.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread::JoinHandle;
use std::time::Duration;

use super::batch::{Applied, Batch};
use super::bulk;
use super::connection::{self, Durability};
use super::error::{Error, Result};
use super::ledger::Ledger;
use super::meta::{Anew, Bound, Installation};
use super::migrate::Database;
use super::repair::{self, Repair};
use super::search_index::Bell;
use crate::board::ChangeSet;
use crate::domain::catalogue::Catalogue;

/// Batches that may wait; more make the sender wait. A page is some 5,000 lines,
/// a few megabytes.
const WAITING_JOBS: usize = 4;

/// During a first sync several batches share a commit, up to so many objects:
/// each commit writes the tail pages of every table again.
const GROUP_OBJECTS: usize = 50_000;

/// Without a job for so long the writer gives its pages back: what it touches in an hour
/// would stay in memory for good.
const REST: Duration = Duration::from_millis(300);

type Done<T> = Box<dyn FnOnce(Result<T>) + Send>;

enum Job {
    Apply { batch: Box<Batch>, done: Done<Applied> },
    Bind { offered: Installation, done: Done<Bound> },
    BeginAnew { why: Anew, installation: Installation, done: Done<()> },
    KnowOffice { office: String, done: Done<ChangeSet> },
    SearchDone { rows: Vec<(u32, i64)>, done: Done<()> },
    Stop,
}

/// Hands work to the writing thread; clones share it.
#[derive(Clone)]
pub struct Writer {
    jobs: SyncSender<Job>,
}

impl Writer {
    /// Opens pult.db in a thread of its own and tells what was repaired. The thread
    /// ends when [`Writer::stop`] is called.
    pub(super) fn start(
        folder: &Path,
        catalogue: &Arc<Catalogue>,
        bell: Bell,
    ) -> Result<(Self, JoinHandle<()>, Option<Repair>)> {
        let (jobs, inbox) = mpsc::sync_channel(WAITING_JOBS);
        let (ready, opened) = mpsc::sync_channel(1);
        let (folder, catalogue) = (folder.to_owned(), Arc::clone(catalogue));
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || open_and_run(&folder, &catalogue, &inbox, &bell, &ready))
            .map_err(|_no_thread| Error::Stopped)?;
        let repair = opened.recv().map_err(|_gone| Error::Stopped)??;
        Ok((Self { jobs }, thread, repair))
    }

    /// Applies a batch and waits until it is committed.
    pub fn apply(&self, batch: Batch) -> Result<Applied> {
        self.wait(|done| Job::Apply { batch: Box::new(batch), done })
    }

    /// Hands a batch over; `done` is called on the writing thread once it is
    /// committed, or refused. Batches may follow each other without waiting:
    /// after a refused one the next are refused too, because they do not go on
    /// from what is stored.
    pub fn submit(&self, batch: Batch, done: impl FnOnce(Result<Applied>) + Send + 'static) {
        let job = Job::Apply { batch: Box::new(batch), done: Box::new(done) };
        if let Err(mpsc::SendError(Job::Apply { done, .. })) = self.jobs.send(job) {
            done(Err(Error::Stopped));
        }
    }

    /// Binds the store to the installation, or compares with the one it has.
    pub fn bind(&self, offered: Installation) -> Result<Bound> {
        self.wait(|done| Job::Bind { offered, done })
    }

    /// Forgets the cursor and begins to read everything anew. Rows stay until a
    /// batch with `more: false` ends the reading; then those that it did not
    /// bring are removed.
    pub fn begin_anew(&self, why: Anew, installation: Installation) -> Result<()> {
        self.wait(|done| Job::BeginAnew { why, installation, done })
    }

    /// Gives an office a number, where it has none yet.
    pub fn know_office(&self, office: &str) -> Result<ChangeSet> {
        let office = office.to_owned();
        self.wait(|done| Job::KnowOffice { office, done })
    }

    /// The text index has caught up with these rows, each as of its turn.
    pub(super) fn search_done(&self, rows: Vec<(u32, i64)>) -> Result<()> {
        self.wait(|done| Job::SearchDone { rows, done })
    }

    pub(super) fn stop(&self) {
        // A thread that is gone already needs no telling.
        drop(self.jobs.send(Job::Stop));
    }

    fn wait<T: Send + 'static>(&self, job: impl FnOnce(Done<T>) -> Job) -> Result<T> {
        let (answer, inbox) = mpsc::sync_channel(1);
        let done = move |result| drop(answer.send(result));
        self.jobs.send(job(Box::new(done))).map_err(|_gone| Error::Stopped)?;
        inbox.recv().map_err(|_gone| Error::Stopped)?
    }
}

/// Damage that shows only when the file is read is repaired at once; where what was saved
/// cannot be read either, it is begun anew.
fn open_and_run(
    folder: &Path,
    catalogue: &Catalogue,
    inbox: &Receiver<Job>,
    bell: &Bell,
    ready: &SyncSender<Result<Option<Repair>>>,
) {
    let attempt = |first_repair: &mut Option<Repair>| -> Result<()> {
        let (connection, repair) = repair::open(folder, Database::Pult, Durability::Normal)?;
        // It is the first one that kept what was there.
        *first_repair = first_repair.take().or(repair);
        let ledger = Ledger::new(&connection, folder, catalogue)?;
        drop(ready.send(Ok(first_repair.take())));
        run(ledger, inbox, bell);
        Ok(())
    };
    let mut first_repair = None;
    let mut outcome = attempt(&mut first_repair);
    for _ in 0..2 {
        if matches!(outcome, Err(Error::Damaged)) {
            let is_repaired = first_repair.is_some();
            let note = if is_repaired { repair::give_up } else { repair::suspect };
            note(folder, Database::Pult);
            outcome = attempt(&mut first_repair);
        }
    }
    if let Err(error) = outcome {
        drop(ready.send(Err(error)));
    }
}

fn run(mut ledger: Ledger<'_>, inbox: &Receiver<Job>, bell: &Bell) {
    // A first sync may have been killed while its indexes were being built.
    if let Err(error) = build_indexes(&mut ledger, bell) {
        tracing::error!(%error, "the indexes of the first sync could not be built");
    }
    wipe_left_over(&ledger);
    let mut next = wait(&ledger, inbox);
    while let Some(job) = next.take() {
        match job {
            Job::Stop => break,
            Job::Apply { batch, done } => {
                next = apply_group(&mut ledger, inbox, bell, &batch, done);
            }
            Job::Bind { offered, done } => {
                done(in_transaction(&mut ledger, |ledger| ledger.bind(&offered)));
            }
            Job::BeginAnew { why, installation, done } => {
                done(in_transaction(&mut ledger, |ledger| ledger.begin_anew(why, &installation)));
            }
            Job::KnowOffice { office, done } => {
                done(in_transaction(&mut ledger, |ledger| ledger.know_office(&office)));
            }
            Job::SearchDone { rows, done } => {
                done(in_transaction(&mut ledger, |ledger| ledger.unqueue(&rows)));
            }
        }
        if next.is_none() {
            next = wait(&ledger, inbox);
        }
    }
}

fn wait(ledger: &Ledger<'_>, inbox: &Receiver<Job>) -> Option<Job> {
    match inbox.recv_timeout(REST) {
        Err(RecvTimeoutError::Timeout) => {
            if let Err(error) = ledger.connection.release_memory() {
                tracing::warn!(%error, "the writer keeps its pages");
            }
            inbox.recv().ok()
        }
        job => job.ok(),
    }
}

/// Applies a batch and, during a first sync, those that wait behind it, in one
/// transaction. Returns a job that it took from the inbox and did not do.
fn apply_group(
    ledger: &mut Ledger<'_>,
    inbox: &Receiver<Job>,
    bell: &Bell,
    first: &Batch,
    done: Done<Applied>,
) -> Option<Job> {
    let mut objects = first.upserts.len();
    // What is read anew ends with what was not seen again.
    let is_much = ledger.is_bulk() || ledger.is_read_anew();
    let rows = if is_much { GROUP_OBJECTS } else { objects + first.deletes.len() };
    let mut waiting: Vec<(Applied, Done<Applied>)> = Vec::new();
    let mut left = None;
    let mut failed = None;
    let begun = connection::write_back_often(ledger.connection, ledger.is_bulk())
        .and_then(|()| connection::cache_for(ledger.connection, rows))
        .and_then(|()| ledger.begin())
        .and_then(|()| ledger.apply(first));
    match begun {
        Ok(applied) => waiting.push((applied, done)),
        Err(error) => failed = Some((error, done)),
    }
    while failed.is_none() && ledger.is_bulk() && objects < GROUP_OBJECTS {
        match inbox.try_recv() {
            Ok(Job::Apply { batch, done }) => {
                objects += batch.upserts.len();
                match ledger.apply(&batch) {
                    Ok(applied) => waiting.push((applied, done)),
                    Err(error) => failed = Some((error, done)),
                }
            }
            Ok(other) => {
                left = Some(other);
                break;
            }
            Err(_) => break,
        }
    }
    if failed.is_none() {
        match ledger.commit() {
            Ok(()) => {
                // The rows are safe; a build that failed is tried again with the
                // next batch.
                if let Err(error) = build_indexes(ledger, bell) {
                    tracing::error!(%error, "the indexes of the first sync could not be built");
                }
                wipe_left_over(ledger);
                bell.ring();
                for (applied, done) in waiting {
                    done(Ok(applied));
                }
                return left;
            }
            Err(error) => {
                if let Some((_, done)) = waiting.pop() {
                    failed = Some((error, done));
                }
            }
        }
    }
    let rolled_back = ledger.roll_back();
    if let Some((error, _)) = &failed {
        ledger.heed(error);
    }
    for (_, done) in waiting {
        done(Err(Error::OutOfOrder));
    }
    if let Some((error, done)) = failed {
        done(Err(rolled_back.err().unwrap_or(error)));
    }
    left
}

/// At the end of a first sync. The text index is built at the same time.
fn build_indexes(ledger: &mut Ledger<'_>, bell: &Bell) -> Result<()> {
    if !ledger.lacks_indexes()? {
        return Ok(());
    }
    bell.ring();
    connection::sort_in_files(ledger.connection, true)?;
    let built = in_transaction(ledger, bulk::finish);
    connection::sort_in_files(ledger.connection, false)?;
    built
}

/// What fails is tried again with the next batch, or at the next start.
fn wipe_left_over(ledger: &Ledger<'_>) {
    if let Err(error) = ledger.wipe_left_over() {
        tracing::error!(%error, "what may no longer be seen could not be wiped from the file");
    }
}

fn in_transaction<T>(
    ledger: &mut Ledger<'_>,
    work: impl FnOnce(&mut Ledger<'_>) -> Result<T>,
) -> Result<T> {
    ledger.begin()?;
    let result = work(ledger).and_then(|value| ledger.commit().map(|()| value));
    if let Err(error) = &result {
        ledger.roll_back()?;
        ledger.heed(error);
    }
    result
}

//! SQLite: the durable truth behind the board.
//!
//! Three files in one folder: `pult.db` holds the server's state and can be read
//! again, `outbox.db` what was done here and no server can give back, `search.db`
//! the text index, built again at any time. One thread writes `pult.db`; readers
//! have their own read-only connections.

mod addressee;
mod ballast;
mod bulk;
mod check_sum;
mod connection;
mod extra;
mod identity;
mod incidents;
mod ledger;
mod letters;
mod log;
mod objects;
mod past;
mod rounds;
mod rules;
mod salvage;
mod search_entries;
mod search_index;
mod seen;
mod standing;
mod statements;
mod sweep;
mod upsert;
mod vocabulary;

pub mod audit;
pub mod batch;
pub mod decisions;
pub mod details;
pub mod drafts;
pub mod error;
pub mod health;
pub mod inspect;
pub mod last_figures;
pub mod looked;
pub mod meta;
pub mod migrate;
pub mod offices;
pub mod outbox;
pub mod problems;
pub mod reader;
pub mod repair;
mod search;
pub mod shifts;
pub mod writer;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, MutexGuard};
use std::thread::JoinHandle;

use crate::domain::catalogue::Catalogue;
use migrate::Database;
use search_index::Indexer;

pub use audit::AuditChain;
pub use batch::{Applied, Batch, Upsert};
pub use drafts::{DraftKey, StoredDraft};
pub use error::{Error, Error as StoreError, Result};
pub use meta::{Anew, Bound, Installation, Meta};
pub use offices::DeskOffice;
pub use outbox::{CommandState, NewCommand, Officer, Outbox, SharedOutbox, StoredCommand};
pub use reader::{Counts, Reader};
pub use repair::{Noted, Repair};
pub use shifts::{HandedOver, Shift};
pub use standing::StoredStanding;
pub use writer::Writer;

/// The data folder, open for one program at a time.
pub struct Store {
    folder: PathBuf,
    catalogue: Arc<Catalogue>,
    writer: Writer,
    outbox: SharedOutbox,
    repairs: Vec<Repair>,
    indexer: Option<Indexer>,
    writing_thread: Option<JoinHandle<()>>,
    /// Held until the store is dropped.
    _lock: File,
}

impl Store {
    /// Opens the folder, creating it and its files where they are missing.
    /// Damaged files are replaced by what can be read of them, see
    /// [`Self::repairs`].
    pub fn open(folder: &Path, catalogue: &Arc<Catalogue>) -> Result<Self> {
        let lock = lock_folder(folder)?;
        ballast::lay(folder);
        let (mut outbox, of_outbox) = Outbox::open(folder)?;
        outbox.release_left_over()?;
        let (bell, heard) = search_index::bell();
        let (writer, thread, of_pult) = Writer::start(folder, catalogue, bell.clone())?;
        let repairs: Vec<Repair> = of_outbox.into_iter().chain(of_pult).collect();
        // From here on a failure stops the thread again, by `drop`.
        let mut store = Self {
            folder: folder.to_owned(),
            catalogue: Arc::clone(catalogue),
            writer: writer.clone(),
            outbox: SharedOutbox::new(outbox),
            repairs,
            indexer: None,
            writing_thread: Some(thread),
            _lock: lock,
        };
        store.outbox().take_over(store.reader()?.meta()?.installation.as_ref())?;
        store.indexer = Some(Indexer::start(folder, writer, bell, heard)?);
        Ok(store)
    }

    pub fn writer(&self) -> Writer {
        self.writer.clone()
    }

    /// A new read-only connection.
    pub fn reader(&self) -> Result<Reader> {
        Reader::open(&self.folder, &self.catalogue)
    }

    /// Waits until everything that is committed can be found by search, or the
    /// log says why it cannot.
    pub fn wait_for_search(&self) {
        if let Some(indexer) = &self.indexer {
            indexer.wait();
        }
    }

    /// What was done here and the server has not answered, and the audit log.
    pub fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock()
    }

    /// The same for a thread of its own.
    pub fn shared_outbox(&self) -> SharedOutbox {
        self.outbox.clone()
    }

    /// What was found damaged when this store was opened.
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }
}

impl Drop for Store {
    /// What was handed to the writer before is still done.
    fn drop(&mut self) {
        // It hands work to the writer, so it goes first.
        self.indexer = None;
        self.writer.stop();
        if let Some(thread) = self.writing_thread.take() {
            drop(thread.join());
        }
    }
}

/// The file whose lock says who writes in a folder.
const LOCK: &str = "lock";

/// True where a store in `folder` could be opened for writing, as far as can be told
/// without opening it: nobody else does, and the folder and all files of the store that
/// are there may be.
pub fn can_be_written(folder: &Path) -> bool {
    let databases = Database::ALL.map(Database::file_name);
    let logs =
        databases.iter().flat_map(|name| ["", "-wal", "-shm"].map(|log| format!("{name}{log}")));
    let files = logs.chain([LOCK.to_owned()]).map(|name| folder.join(name));
    let is_held = File::open(folder.join(LOCK))
        .is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)));
    !is_held
        && tempfile::tempfile_in(folder).is_ok()
        && files.filter(|file| file.exists()).all(|file| may_write(&file))
}

/// True where damage was met in the database of `folder` since it was opened: the next start
/// repairs it, and until then little can be read or written.
pub fn is_damaged(folder: &Path) -> bool {
    repair::is_suspect(folder, Database::Pult)
}

/// True where a repair has the room that it needs, as far as can be told: the damaged file is
/// kept beside what is saved of it, and those that were kept before make room.
pub fn has_room_for_repair(folder: &Path) -> bool {
    let path = folder.join(Database::Pult.file_name());
    let room = || free_bytes(folder).saturating_add(repair::kept_bytes(folder, Database::Pult));
    fs::metadata(path).is_ok_and(|file| room() > file.len() / 4 * 5)
}

#[cfg(unix)]
fn free_bytes(folder: &Path) -> u64 {
    rustix::fs::statvfs(folder).map_or(0, |disk| disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// That is found out by trying.
#[cfg(not(unix))]
fn free_bytes(_folder: &Path) -> u64 {
    u64::MAX
}

/// It is not opened: closing a database's file would let go of its locks.
#[cfg(unix)]
fn may_write(file: &Path) -> bool {
    rustix::fs::access(file, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(not(unix))]
fn may_write(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|about| !about.permissions().readonly())
}

fn lock_folder(folder: &Path) -> Result<File> {
    let refused = |source| Error::Folder { path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(refused)?;
    let lock = File::create(folder.join(LOCK)).map_err(refused)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Error::InUse(folder.to_owned())),
        Err(TryLockError::Error(source)) => Err(refused(source)),
    }
}

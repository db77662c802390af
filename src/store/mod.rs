//! SQLite: the durable truth behind the board.
//!
//! Three files in one folder: `pult.db` holds the server's state and can be read
//! again, `outbox.db` what was done here and no server can give back, `search.db`
//! the text index, built again at any time. One thread writes `pult.db`; readers
//! have their own read-only connections.

mod bulk;
mod connection;
mod identity;
mod incidents;
mod ledger;
mod log;
mod lookup;
mod objects;
mod seen;
mod sweep;
mod upsert;
mod vocabulary;

mod shim;
pub mod batch;
pub mod details;
pub mod error;
pub mod health;
pub mod inspect;
pub mod meta;
pub mod migrate;
pub mod reader;
pub mod writer;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::domain::catalogue::Catalogue;
use connection::{Durability, open_writer};
use ledger::Ledger;
use migrate::Database;

pub use batch::{Applied, Batch, Upsert};
pub use error::{Error, Result};
pub use meta::{Anew, Bound, Installation, Meta};
pub use reader::{Counts, Reader};
pub use writer::Writer;

/// The data folder, open for one program at a time.
pub struct Store {
    folder: PathBuf,
    catalogue: Arc<Catalogue>,
    writer: Writer,
    writing_thread: Option<JoinHandle<()>>,
    /// Held until the store is dropped.
    _lock: File,
}

impl Store {
    /// Opens the folder, creating it and its files where they are missing.
    pub fn open(folder: &Path, catalogue: &Arc<Catalogue>) -> Result<Self> {
        let lock = lock_folder(folder)?;
        let path = folder.join(Database::Pult.file_name());
        let mut connection = open_writer(&path, Durability::Normal)?;
        migrate::migrate(&mut connection, Database::Pult)?;
        let (writer, thread) = Writer::start(Ledger::new(connection, catalogue)?)?;
        Ok(Self {
            folder: folder.to_owned(),
            catalogue: Arc::clone(catalogue),
            writer,
            writing_thread: Some(thread),
            _lock: lock,
        })
    }

    pub fn writer(&self) -> Writer {
        self.writer.clone()
    }

    /// A new read-only connection.
    pub fn reader(&self) -> Result<Reader> {
        Reader::open(&self.folder, &self.catalogue)
    }
}

impl Drop for Store {
    /// What was handed to the writer before is still done.
    fn drop(&mut self) {
        self.writer.stop();
        if let Some(thread) = self.writing_thread.take() {
            drop(thread.join());
        }
    }
}

fn lock_folder(folder: &Path) -> Result<File> {
    let refused = |source| Error::Folder { path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(refused)?;
    let lock = File::create(folder.join("lock")).map_err(refused)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Error::InUse(folder.to_owned())),
        Err(TryLockError::Error(source)) => Err(refused(source)),
    }
}

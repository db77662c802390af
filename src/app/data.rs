//! The desk's hold on the data folder: as the one who writes it, or as a guest.

use std::path::Path;
use std::sync::Arc;

use crate::domain::catalogue::Catalogue;
use crate::store::looked::LookedStore;
use crate::store::{Reader, Result, SharedOutbox, Store, Writer};

/// A store to read from, and to write to where it is ours.
pub enum Data {
    Ours(Box<Store>),
    Looked(LookedStore),
}

impl Data {
    /// For who only draws: beside a running desk, too. A folder that holds
    /// nothing yet, or an older schema, is opened as [`Data::to_work`] does; one
    /// that is not there is more likely a slip of the pen.
    pub fn to_look(folder: &Path, catalogue: &Arc<Catalogue>) -> Result<Self> {
        match LookedStore::open(folder, catalogue) {
            Ok(looked) => Ok(Self::Looked(looked)),
            Err(error) if error.wants_a_writer() && folder.is_dir() => {
                Store::open(folder, catalogue).map(|store| Self::Ours(Box::new(store)))
            }
            Err(error) => Err(error),
        }
    }

    /// For who works: the only one in the folder. Where the folder may not be
    /// written but holds a store, that is shown.
    pub fn to_work(folder: &Path, catalogue: &Arc<Catalogue>) -> Result<Self> {
        match Store::open(folder, catalogue) {
            Ok(store) => Ok(Self::Ours(Box::new(store))),
            Err(error) if error.is_read_only() => {
                // What could not be opened for writing is the better sentence.
                LookedStore::open(folder, catalogue).map(Self::Looked).map_err(|_second| error)
            }
            Err(error) => Err(error),
        }
    }

    pub fn reader(&self) -> Result<Reader> {
        match self {
            Self::Ours(store) => store.reader(),
            Self::Looked(store) => store.reader(),
        }
    }

    /// What was done here; a guest reads it and is refused the rest.
    pub fn shared_outbox(&self) -> SharedOutbox {
        match self {
            Self::Ours(store) => store.shared_outbox(),
            Self::Looked(store) => store.shared_outbox(),
        }
    }

    /// `None` for a guest.
    pub fn writer(&self) -> Option<Writer> {
        match self {
            Self::Ours(store) => Some(store.writer()),
            Self::Looked(_) => None,
        }
    }
}

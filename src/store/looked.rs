//! A store that is only looked at: nothing is locked, changed or created, so a
//! running desk is not disturbed, and a folder that may not be written will do.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::connection::open_reader;
use super::error::{Error, Result};
use super::migrate::Database;
use super::outbox::{Outbox, SharedOutbox};
use super::reader::Reader;
use crate::domain::catalogue::Catalogue;

/// The data folder, open for reading beside whoever writes it.
pub struct LookedStore {
    folder: PathBuf,
    catalogue: Arc<Catalogue>,
    outbox: SharedOutbox,
}

impl LookedStore {
    /// # Errors
    /// [`Error::NotThere`] where nothing was ever stored, [`Error::OlderSchema`]
    /// where a program that may write must come first.
    pub fn open(folder: &Path, catalogue: &Arc<Catalogue>) -> Result<Self> {
        for database in Database::ALL {
            let path = folder.join(database.file_name());
            if !path.exists() {
                return Err(Error::NotThere(path));
            }
            let found: u32 =
                open_reader(&path)?.query_row("PRAGMA user_version", [], |row| row.get(0))?;
            let (file, known) = (database.file_name(), database.migrations().len() as u32);
            if found > known {
                return Err(Error::NewerSchema { file, found, known });
            }
            // The text index may be one that is about to be built again.
            if found < known && database != Database::Search {
                return Err(Error::OlderSchema { file, found, known });
            }
        }
        let outbox = SharedOutbox::new(Outbox::look(folder)?);
        Ok(Self { folder: folder.to_owned(), catalogue: Arc::clone(catalogue), outbox })
    }

    /// What was done here and the server has not answered. Whatever would change
    /// it is refused with [`Error::ReadOnly`].
    pub fn shared_outbox(&self) -> SharedOutbox {
        self.outbox.clone()
    }

    /// A new read-only connection.
    pub fn reader(&self) -> Result<Reader> {
        Reader::open(&self.folder, &self.catalogue)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::domain::Timestamp;
    use crate::store::Store;
    use crate::store::outbox::{Listing, Officer};

    #[test]
    fn a_store_is_looked_at_while_somebody_writes_it() {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::embedded();
        assert!(matches!(LookedStore::open(folder.path(), &catalogue), Err(Error::NotThere(_))));
        let store = Store::open(folder.path(), &catalogue).unwrap();
        let looked = LookedStore::open(folder.path(), &catalogue).unwrap();
        assert_eq!(looked.reader().unwrap().counts().unwrap().incidents, 0);
        let outbox = looked.shared_outbox();
        assert_eq!(outbox.lock().list(Timestamp(0)).unwrap(), Listing::default());
        let officer = Officer { role: "duty".to_owned(), office: "a".to_owned() };
        assert!(matches!(outbox.lock().sign_in(&officer, Timestamp(0)), Err(Error::ReadOnly)));
        assert!(matches!(Store::open(folder.path(), &catalogue), Err(Error::InUse(_))));
        drop(store);
        assert!(Store::open(folder.path(), &catalogue).is_ok(), "looking holds no lock");
    }

    #[test]
    fn another_schema_is_not_read_by_mistake() {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::embedded();
        drop(Store::open(folder.path(), &catalogue).unwrap());
        let set = |version: u32| {
            let connection = Connection::open(folder.path().join("pult.db")).unwrap();
            connection.pragma_update(None, "user_version", version).unwrap();
        };
        set(1);
        let older = LookedStore::open(folder.path(), &catalogue).err().unwrap();
        assert!(matches!(older, Error::OlderSchema { file: "pult.db", found: 1, .. }), "{older}");
        set(99);
        let newer = LookedStore::open(folder.path(), &catalogue).err().unwrap();
        assert!(matches!(newer, Error::NewerSchema { file: "pult.db", found: 99, .. }), "{newer}");
    }
}

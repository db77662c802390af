//! Which installation this is, and how often its revisions began anew.
//!
//! The demonstration server makes its history from a seed at every start and
//! keeps nothing else: what lived on after the start, and what officers did, is
//! gone when it stops. So a server that goes on living gets a new epoch at each
//! start; one that stands still keeps its epoch for as long as the same history
//! comes out and nobody changed it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const FILE: &str = "server.json";

/// Names of the installation, and the file that remembers its runs.
pub(crate) struct Identity {
    pub(crate) instance: String,
    pub(crate) epoch: String,
    file: Option<PathBuf>,
    runs: u64,
    spent: AtomicBool,
}

#[derive(Default, Serialize, Deserialize)]
struct Ledger {
    /// How many epochs have been used up.
    runs: u64,
}

impl Identity {
    /// `history` names everything that the history is made of. `living` tells
    /// that it will change by itself.
    pub(crate) fn open(
        instance: String,
        history: &str,
        data_dir: Option<&Path>,
        living: bool,
    ) -> io::Result<Self> {
        let file = match data_dir {
            Some(dir) => {
                std::fs::create_dir_all(dir)?;
                Some(dir.join(FILE))
            }
            None => None,
        };
        let runs = match file.as_deref().map(std::fs::read) {
            Some(Ok(bytes)) => serde_json::from_slice::<Ledger>(&bytes)?.runs,
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => 0,
        };
        let mut hash = Sha256::new();
        for part in [&instance, history, &runs.to_string(), env!("CARGO_PKG_VERSION")] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let epoch = hex(&hash.finalize()[..5]);
        let identity = Self { instance, epoch, file, runs, spent: AtomicBool::new(false) };
        if living {
            identity.spend()?;
        }
        Ok(identity)
    }

    /// Remembers that this epoch's revisions will not come again.
    pub(crate) fn spend(&self) -> io::Result<()> {
        if self.spent.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let Some(file) = &self.file else { return Ok(()) };
        let ledger = serde_json::to_vec(&Ledger { runs: self.runs + 1 })?;
        std::fs::write(file, ledger)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(half.into(), 16));
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_that_stands_still_keeps_its_epoch_until_it_is_changed() {
        let folder = tempfile::tempdir().unwrap();
        let open = |living| {
            Identity::open("demo".to_owned(), "seed 1", Some(folder.path()), living).unwrap()
        };
        let first = open(false);
        assert_eq!(open(false).epoch, first.epoch);
        first.spend().unwrap();
        first.spend().unwrap();
        let second = open(false);
        assert_ne!(second.epoch, first.epoch);
        assert_eq!(second.runs, 1);
    }

    #[test]
    fn a_history_that_goes_on_has_a_new_epoch_at_each_start() {
        let folder = tempfile::tempdir().unwrap();
        let open = || {
            Identity::open("demo".to_owned(), "seed 1", Some(folder.path()), true).unwrap().epoch
        };
        assert_ne!(open(), open());
        let other = Identity::open("demo".to_owned(), "seed 2", None, true).unwrap();
        assert_ne!(other.epoch, open());
    }
}

//! Where the rotation stood, so that a wall that is started anew goes on with the same
//! scene.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::task::Waker;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::lane::Lane;

/// After a longer pause the rotation begins anew.
const FORGOTTEN_SECS: u32 = 600;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Turn {
    /// How far the rotation had come.
    rotated_secs: u64,
    /// UTC seconds.
    at: u32,
}

fn file_of(data_dir: &Path) -> PathBuf {
    data_dir.join("wall-turn.json")
}

/// Keeps the turn beside the data.
pub struct KeptTurn {
    lane: Lane<Turn, ()>,
    last: Option<u64>,
}

impl KeptTurn {
    pub fn start(data_dir: &Path) -> io::Result<Self> {
        let path = file_of(data_dir);
        let keep = move |turn: Turn, _: &_| {
            if let Err(error) = write(&path, turn) {
                tracing::debug!(%error, "the turn of the wall is not kept");
            }
            None
        };
        Ok(Self { lane: Lane::start("wall-turn", Waker::noop().clone(), keep)?, last: None })
    }

    /// A scene begins at `rotated`, which is `now` (UTC seconds).
    pub fn keep(&mut self, rotated: Duration, now: u32) {
        let rotated_secs = rotated.as_secs();
        if self.last.replace(rotated_secs) != Some(rotated_secs) {
            self.lane.ask(Turn { rotated_secs, at: now });
        }
    }

    /// How far the rotation had come a short while before `now` (UTC seconds); zero where
    /// nothing is known of it.
    pub fn read(data_dir: &Path, now: u32) -> Duration {
        let read =
            || -> Option<Turn> { serde_json::from_slice(&fs::read(file_of(data_dir)).ok()?).ok() };
        let turn = read().filter(|turn| turn.at.abs_diff(now) <= FORGOTTEN_SECS);
        Duration::from_secs(turn.map_or(0, |turn| turn.rotated_secs))
    }
}

fn write(path: &Path, turn: Turn) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::NotFound)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec(&turn)?)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_found_again_for_some_minutes_and_nonsense_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let read = |now| KeptTurn::read(folder.path(), now).as_secs();
        assert_eq!(read(1_000), 0);
        let mut kept = KeptTurn::start(folder.path()).unwrap();
        kept.keep(Duration::from_secs(45), 1_000);
        // It is written by a thread of its own.
        for _ in 0..1_000 {
            if file_of(folder.path()).exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        drop(kept);
        assert_eq!([1_000, 1_600, 900, 1_601, 300].map(read), [45, 45, 45, 0, 0]);
        fs::write(file_of(folder.path()), b"{\"rotated_secs\":-1").unwrap();
        assert_eq!(read(1_000), 0);
    }
}

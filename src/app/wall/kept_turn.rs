//! Where a wall stood, so that one that is started anew goes on with the same scene.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::task::Waker;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::lane::Lane;

/// After a longer pause the wall begins anew.
const FORGOTTEN_SECS: u32 = 600;

/// A start that has shown something for so long was none in vain.
const LIVES: Duration = Duration::from_mins(2);
/// After so many in vain it is the scene that has to change.
pub const MOST_STARTS: u32 = 3;

/// Where a wall stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stood {
    /// How far the rotation has come.
    pub rotated_secs: u64,
    /// A person told it to stay.
    #[serde(default)]
    pub stays: bool,
    /// Key of the scene that stays, where that is not the one in its turn.
    #[serde(default)]
    pub held: Option<Box<str>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    /// UTC seconds.
    at: u32,
    /// Starts in a row, this one too, that have not lived long.
    #[serde(default)]
    starts: u32,
    #[serde(flatten)]
    stood: Stood,
}

fn file_of(data_dir: &Path) -> PathBuf {
    data_dir.join("wall-turn.json")
}

/// Keeps it beside the data.
pub struct KeptTurn {
    lane: Lane<Kept, ()>,
    /// What was shown, what stayed, the minute of it, and the starts until then.
    last: Option<(Vec<usize>, Stood, u32, u32)>,
    starts: u32,
}

impl KeptTurn {
    /// The `starts` before this one, as [`Self::read`] tells them.
    pub fn start(data_dir: &Path, starts: u32) -> io::Result<Self> {
        let path = file_of(data_dir);
        let keep = move |kept: Kept, _: &_| {
            if let Err(error) = write(&path, &kept) {
                tracing::debug!(%error, "the turn of the wall is not kept");
            }
            None
        };
        let lane = Lane::start("wall-turn", Waker::noop().clone(), keep)?;
        Ok(Self { lane, last: None, starts: starts.saturating_add(1) })
    }

    /// The scenes `shown` are on the wall at `now` (UTC seconds), after `tick` of running.
    /// It is kept with each new one, and each minute, so that what stays for long is not
    /// forgotten.
    pub fn keep(&mut self, shown: Vec<usize>, stood: Stood, now: u32, tick: Duration) {
        if tick >= LIVES {
            self.starts = 0;
        }
        let what = (shown, Stood { rotated_secs: 0, ..stood.clone() }, now / 60, self.starts);
        if self.last.as_ref() != Some(&what) {
            self.last = Some(what);
            // Nothing is ever answered, but that has to be taken.
            self.lane.take();
            self.lane.ask(Kept { at: now, starts: self.starts, stood });
        }
    }

    /// Where the wall stood a short while before `now` (UTC seconds), and how many starts
    /// in a row have not lived long; at the beginning where nothing is known of it.
    pub fn read(data_dir: &Path, now: u32) -> (Stood, u32) {
        let read =
            || -> Option<Kept> { serde_json::from_slice(&fs::read(file_of(data_dir)).ok()?).ok() };
        let kept = read().filter(|kept| kept.at.abs_diff(now) <= FORGOTTEN_SECS);
        kept.map(|kept| (kept.stood, kept.starts)).unwrap_or_default()
    }
}

fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::NotFound)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec(kept)?)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_found_again_for_some_minutes_and_nonsense_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let read = |now| KeptTurn::read(folder.path(), now);
        let nothing = (Stood::default(), 0);
        assert_eq!(read(1_000), nothing);
        let stood = Stood { rotated_secs: 45, stays: true, held: Some("map".into()) };
        let mut kept = KeptTurn::start(folder.path(), 1).unwrap();
        kept.keep(vec![0], stood.clone(), 1_000, Duration::ZERO);
        // It is written by a thread of its own.
        for _ in 0..1_000 {
            if file_of(folder.path()).exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        drop(kept);
        let kept = (stood.clone(), 2);
        assert_eq!([1_000, 1_600, 900].map(read), [&kept; 3].map(Clone::clone));
        assert_eq!([1_601, 300].map(read), [&nothing; 2].map(Clone::clone));
        let mut lives = KeptTurn::start(folder.path(), 2).unwrap();
        lives.keep(vec![0], stood, 1_000, LIVES);
        let is_kept = (0..1_000).any(|_| {
            std::thread::sleep(Duration::from_millis(10));
            read(1_000).1 == 0
        });
        assert!(is_kept);
        drop(lives);
        fs::write(file_of(folder.path()), b"{\"rotated_secs\":-1").unwrap();
        assert_eq!(read(1_000), nothing);
    }
}

//! Where a wall stood, so that one that is started anew goes on with the same scene.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::task::Waker;

use serde::{Deserialize, Serialize};

use super::super::lane::Lane;

/// After a longer pause the wall begins anew.
const FORGOTTEN_SECS: u32 = 600;

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
    #[serde(flatten)]
    stood: Stood,
}

fn file_of(data_dir: &Path) -> PathBuf {
    data_dir.join("wall-turn.json")
}

/// Keeps it beside the data.
pub struct KeptTurn {
    lane: Lane<Kept, ()>,
    /// What was shown, what stayed, and the minute of it.
    last: Option<(Vec<usize>, Stood, u32)>,
}

impl KeptTurn {
    pub fn start(data_dir: &Path) -> io::Result<Self> {
        let path = file_of(data_dir);
        let keep = move |kept: Kept, _: &_| {
            if let Err(error) = write(&path, &kept) {
                tracing::debug!(%error, "the turn of the wall is not kept");
            }
            None
        };
        Ok(Self { lane: Lane::start("wall-turn", Waker::noop().clone(), keep)?, last: None })
    }

    /// The scenes `shown` are on the wall at `now` (UTC seconds). It is kept with each new
    /// one, and each minute, so that what stays for long is not forgotten.
    pub fn keep(&mut self, shown: Vec<usize>, stood: Stood, now: u32) {
        let what = (shown, Stood { rotated_secs: 0, ..stood.clone() }, now / 60);
        if self.last.as_ref() != Some(&what) {
            self.last = Some(what);
            self.lane.ask(Kept { at: now, stood });
        }
    }

    /// Where the wall stood a short while before `now` (UTC seconds); at the beginning
    /// where nothing is known of it.
    pub fn read(data_dir: &Path, now: u32) -> Stood {
        let read =
            || -> Option<Kept> { serde_json::from_slice(&fs::read(file_of(data_dir)).ok()?).ok() };
        let kept = read().filter(|kept| kept.at.abs_diff(now) <= FORGOTTEN_SECS);
        kept.map(|kept| kept.stood).unwrap_or_default()
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
        let nothing = Stood::default();
        assert_eq!(read(1_000), nothing);
        let stood = Stood { rotated_secs: 45, stays: true, held: Some("map".into()) };
        let mut kept = KeptTurn::start(folder.path()).unwrap();
        kept.keep(vec![0], stood.clone(), 1_000);
        // It is written by a thread of its own.
        for _ in 0..1_000 {
            if file_of(folder.path()).exists() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        drop(kept);
        assert_eq!([1_000, 1_600, 900].map(read), [&stood; 3].map(Clone::clone));
        assert_eq!([1_601, 300].map(read), [&nothing; 2].map(Clone::clone));
        fs::write(file_of(folder.path()), b"{\"rotated_secs\":-1").unwrap();
        assert_eq!(read(1_000), nothing);
    }
}

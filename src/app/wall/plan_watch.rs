//! Looks whether the office's own plan of the wall has changed, so that nobody has to
//! start a wall anew.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::task::Waker;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::config::own_data::{WALL_PLAN, wall_plan};
use crate::domain::wall_plan::WallPlan;

/// How often it is looked.
const PACE: Duration = Duration::from_secs(2);

/// A thread that looks, until it is dropped.
#[derive(Debug)]
pub struct PlanWatch {
    plans: Receiver<WallPlan>,
    /// Its end is the thread's.
    _goes_on: Sender<()>,
}

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    File(SystemTime, u64),
    Nothing,
    /// It cannot be said: a share that has gone is no file that was removed.
    Unknown,
}

fn mark(folder: &Path) -> Mark {
    match fs::metadata(folder.join(WALL_PLAN)) {
        Ok(about) => about.modified().map_or(Mark::Unknown, |at| Mark::File(at, about.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Mark::Nothing,
        Err(_unreachable) => Mark::Unknown,
    }
}

impl PlanWatch {
    /// `plan` is the one that stands.
    pub fn start(folder: PathBuf, plan: WallPlan, waker: Waker) -> io::Result<Self> {
        Self::at_pace(folder, plan, waker, PACE)
    }

    fn at_pace(
        folder: PathBuf,
        mut plan: WallPlan,
        waker: Waker,
        pace: Duration,
    ) -> io::Result<Self> {
        let (tell, plans) = channel();
        let (goes_on, ends) = channel::<()>();
        let look = move || {
            let (mut before, mut known) = (Mark::Unknown, Mark::Unknown);
            while ends.recv_timeout(pace) == Err(RecvTimeoutError::Timeout) {
                let now = mark(&folder);
                // What is being saved is gone for a moment: it has to stay as it is.
                let is_still = std::mem::replace(&mut before, now) == now;
                if !is_still || now == known || now == Mark::Unknown {
                    continue;
                }
                known = now;
                match wall_plan(&folder) {
                    Ok(read) if read == plan => {}
                    Ok(read) => {
                        plan = read.clone();
                        if tell.send(read).is_err() {
                            return;
                        }
                        waker.wake_by_ref();
                    }
                    // The plan that stands goes on.
                    Err(fault) => tracing::warn!(fault, "a plan of the wall is not used"),
                }
            }
        };
        thread::Builder::new().name("wall-plan".to_owned()).spawn(look)?;
        Ok(Self { plans, _goes_on: goes_on })
    }

    /// The newest plan since it was asked last.
    pub fn take(&self) -> Option<WallPlan> {
        self.plans.try_iter().last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Catalogue;
    use crate::domain::wall_plan::samples;

    fn next(watch: &PlanWatch) -> Option<WallPlan> {
        watch.plans.recv_timeout(Duration::from_secs(20)).ok()
    }

    #[test]
    fn a_plan_that_was_changed_is_taken_a_wrong_one_is_not_and_without_one_the_programs_stands() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wall.toml");
        let pace = Duration::from_millis(5);
        let own = Catalogue::embedded().wall.clone();
        let (at, waker) = (folder.path().to_owned(), Waker::noop().clone());
        let watch = PlanWatch::at_pace(at, own, waker, pace).unwrap();
        assert_eq!(watch.take(), None);
        fs::write(&path, samples::scene("own", 9, "")).unwrap();
        let plan = next(&watch).unwrap();
        assert_eq!(plan.position("own"), Some(0));
        fs::write(&path, samples::scene("own", 1_000_000, "")).unwrap();
        assert_eq!(
            watch.plans.recv_timeout(Duration::from_millis(300)),
            Err(RecvTimeoutError::Timeout)
        );
        fs::remove_file(&path).unwrap();
        assert_eq!(next(&watch).as_ref(), Some(&Catalogue::embedded().wall));
    }
}

//! Looks whether the office's own plan of the wall has changed, so that nobody has to
//! start a wall anew.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::task::Waker;
use std::time::{Duration, SystemTime};

use super::looking::Looking;
use crate::config::own_data::{WALL_PLAN, wall_plan};
use crate::domain::wall_plan::WallPlan;

/// How often it is looked.
const PACE: Duration = Duration::from_secs(2);

/// A thread that looks, until it is dropped.
#[derive(Debug)]
pub struct PlanWatch {
    looks: Receiver<Result<WallPlan, String>>,
    _looking: Looking,
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
        let (tell, looks) = channel();
        let (mut before, mut known) = (Mark::Unknown, Mark::Unknown);
        let mut refused: Option<String> = None;
        let look = move || {
            let now = mark(&folder);
            // What is being saved is gone for a moment: it has to stay as it is.
            let is_still = std::mem::replace(&mut before, now) == now;
            if !is_still || now == Mark::Unknown || (now == known && refused.is_none()) {
                return ControlFlow::Continue(());
            }
            let look = wall_plan(&folder);
            let before = std::mem::replace(&mut refused, look.as_ref().err().cloned());
            match &look {
                Ok(read) => {
                    known = now;
                    if *read == plan && before.is_none() {
                        return ControlFlow::Continue(());
                    }
                    plan = read.clone();
                }
                // It is read again: perhaps it could only not be read.
                Err(_) if before == refused => return ControlFlow::Continue(()),
                // The plan that stands goes on.
                Err(fault) => tracing::warn!(fault, "a plan of the wall is not used"),
            }
            if tell.send(look).is_err() {
                return ControlFlow::Break(());
            }
            waker.wake_by_ref();
            ControlFlow::Continue(())
        };
        Ok(Self { looks, _looking: Looking::start("wall-plan", pace, look)? })
    }

    /// What was found since it was asked last: plans, and why a file is none.
    pub fn take(&self) -> impl Iterator<Item = Result<WallPlan, String>> {
        self.looks.try_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Catalogue;
    use crate::domain::wall_plan::samples;

    fn next(watch: &PlanWatch) -> Result<WallPlan, String> {
        watch.looks.recv_timeout(Duration::from_secs(20)).unwrap()
    }

    #[test]
    fn a_plan_that_was_changed_is_taken_a_wrong_one_is_not_and_without_one_the_programs_stands() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wall.toml");
        let pace = Duration::from_millis(5);
        let own = Catalogue::embedded().wall.clone();
        let (at, waker) = (folder.path().to_owned(), Waker::noop().clone());
        let watch = PlanWatch::at_pace(at, own, waker, pace).unwrap();
        assert_eq!(watch.take().count(), 0);
        fs::write(&path, samples::scene("own", 9, "")).unwrap();
        let plan = next(&watch).unwrap();
        assert_eq!(plan.position("own"), Some(0));
        fs::write(&path, samples::scene("own", 1_000_000, "")).unwrap();
        let refused = next(&watch).unwrap_err();
        assert!(refused.contains("wall.toml, line 1: "), "{refused}");
        // The one that stands is told again: what was wrong is mended.
        fs::write(&path, samples::scene("own", 9, "")).unwrap();
        assert_eq!(next(&watch), Ok(plan));
        fs::write(&path, "[night]\nbetween = \"23:00-06:00\"\nlight = 40\n").unwrap();
        let plan = next(&watch).unwrap();
        assert_eq!(plan.scenes(), Catalogue::embedded().wall.scenes());
        assert!(plan.light_at(0) < 1.0, "the night alone is the office's own");
        fs::remove_file(&path).unwrap();
        assert_eq!(next(&watch).as_ref(), Ok(&Catalogue::embedded().wall));
    }
}

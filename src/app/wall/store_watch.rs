//! Notices what a running wall cannot mend without a new start: another database was put in
//! the place of what is open, or into it, or it was taken away; or what could not be written
//! at the start can be.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;
use std::time::Duration;

use super::looking::Looking;
use crate::store::{can_be_written, is_damaged};

/// How often it is looked.
const PACE: Duration = Duration::from_secs(5);

/// Damage is left alone for so many looks after a start: each repair keeps the damaged file,
/// and on a disk that damages every one they would soon fill it.
const LEFT_ALONE: u32 = 24;

/// A thread that looks, until it is dropped.
#[derive(Debug)]
pub struct StoreWatch {
    has_changed: Arc<AtomicBool>,
    _looking: Looking,
}

/// What tells a file from another of the same name; `None` where that cannot be said.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    match std::fs::metadata(path) {
        Ok(about) => Some((about.dev(), about.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some((0, 0)),
        Err(_unreachable) => None,
    }
}

/// An open file keeps its name there.
#[cfg(not(unix))]
fn identity(_path: &Path) -> Option<(u64, u64)> {
    None
}

impl StoreWatch {
    /// Watches the database at `path`, which is open, and could be written when it was
    /// opened or not (see [`can_be_written`]); `waker` is woken once.
    pub fn start(path: &Path, is_written: bool, waker: Waker) -> io::Result<Self> {
        Self::at_pace(path, is_written, waker, (PACE, LEFT_ALONE))
    }

    fn at_pace(
        path: &Path,
        is_written: bool,
        waker: Waker,
        (pace, left_alone): (Duration, u32),
    ) -> io::Result<Self> {
        let has_changed = Arc::new(AtomicBool::new(false));
        let (path, told) = (path.to_owned(), Arc::clone(&has_changed));
        let opened = identity(&path);
        let mut looks = 0_u32;
        let mut could = is_written;
        let mut differs = false;
        let look = move || {
            let now = identity(&path);
            let is_other = now.is_some() && now != opened;
            // While one is put in the other's place there may be none.
            let differed = std::mem::replace(&mut differs, is_other);
            let folder = path.parent().unwrap_or(&path);
            let can_now = !could && can_be_written(folder);
            could |= can_now;
            looks = looks.saturating_add(1);
            // Who may not write cannot repair it.
            let is_damaged = is_written && looks > left_alone && is_damaged(folder);
            if !(differs && differed || can_now || is_damaged) {
                return ControlFlow::Continue(());
            }
            tracing::warn!(is_other, is_damaged, "the database is not what it was at the start");
            told.store(true, Ordering::Relaxed);
            waker.wake_by_ref();
            ControlFlow::Break(())
        };
        Ok(Self { has_changed, _looking: Looking::start("store-watch", pace, look)? })
    }

    /// True where a new start is needed.
    pub fn has_changed(&self) -> bool {
        self.has_changed.load(Ordering::Relaxed)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::sync::mpsc::RecvTimeoutError;

    use super::super::looking::told;
    use super::*;

    #[test]
    fn a_database_that_is_written_is_the_same_and_one_in_its_place_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pult.db");
        fs::write(&path, "one").unwrap();
        let (waker, told) = told::waker();
        let pace = (Duration::from_millis(5), 0);
        let watch = StoreWatch::at_pace(&path, true, waker.clone(), pace).unwrap();
        fs::write(&path, "more").unwrap();
        let still = told.recv_timeout(Duration::from_millis(200));
        assert_eq!(still, Err(RecvTimeoutError::Timeout));
        assert!(!watch.has_changed());
        fs::write(folder.path().join("copy"), "two").unwrap();
        fs::rename(folder.path().join("copy"), &path).unwrap();
        assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(()));
        assert!(watch.has_changed());

        // Damage that was met while it was open.
        let other = StoreWatch::at_pace(&path, true, waker.clone(), pace).unwrap();
        fs::write(folder.path().join("pult.db.suspect"), "").unwrap();
        assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(()));
        assert!(other.has_changed());

        // Somebody else writes there; when nobody does, a guest may.
        let lock = fs::File::create(folder.path().join("lock")).unwrap();
        lock.lock().unwrap();
        let guest = StoreWatch::at_pace(&path, false, waker, pace).unwrap();
        let still = told.recv_timeout(Duration::from_millis(200));
        assert_eq!(still, Err(RecvTimeoutError::Timeout));
        drop(lock);
        assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(()));
        assert!(guest.has_changed());
    }
}

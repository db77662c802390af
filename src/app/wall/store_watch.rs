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
use crate::store::{can_be_written, has_room_for_repair, is_damaged};

/// How often it is looked.
const PACE: Duration = Duration::from_secs(5);
/// Damage is not repaired twice within this: each repair keeps the damaged file, and one
/// after the other they would fill a disk that damages them all.
pub const ONCE: Duration = Duration::from_hours(24);

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

/// What a new start could mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mendable {
    /// Not that it cannot be written: it could be when it was opened, see [`can_be_written`].
    pub is_written: bool,
    /// Damage that is met, after this; nothing where it could not write.
    pub damage_after: Option<Duration>,
}

impl StoreWatch {
    /// Watches the database at `path`, which is open; `waker` is woken once.
    pub fn start(path: &Path, mendable: Mendable, waker: Waker) -> io::Result<Self> {
        Self::at_pace(path, mendable, waker, PACE)
    }

    fn at_pace(path: &Path, mendable: Mendable, waker: Waker, pace: Duration) -> io::Result<Self> {
        let has_changed = Arc::new(AtomicBool::new(false));
        let (path, told) = (path.to_owned(), Arc::clone(&has_changed));
        let opened = identity(&path);
        let mut could = mendable.is_written;
        let mut differs = false;
        let mut left = mendable.damage_after;
        let look = move || {
            let now = identity(&path);
            let is_other = now.is_some() && now != opened;
            // While one is put in the other's place there may be none.
            let differed = std::mem::replace(&mut differs, is_other);
            let folder = path.parent().unwrap_or(&path);
            let can_now = !could && can_be_written(folder);
            could |= can_now;
            left = left.map(|left| left.saturating_sub(pace));
            let is_due = left == Some(Duration::ZERO);
            let is_damaged = is_due && is_damaged(folder) && has_room_for_repair(folder);
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
        let pace = Duration::from_millis(5);
        let whole = Mendable { is_written: true, damage_after: Some(Duration::ZERO) };
        let watch = StoreWatch::at_pace(&path, whole, waker.clone(), pace).unwrap();
        fs::write(&path, "more").unwrap();
        let still = told.recv_timeout(Duration::from_millis(200));
        assert_eq!(still, Err(RecvTimeoutError::Timeout));
        assert!(!watch.has_changed());
        fs::write(folder.path().join("copy"), "two").unwrap();
        fs::rename(folder.path().join("copy"), &path).unwrap();
        assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(()));
        assert!(watch.has_changed());

        // Damage that was met while it was open.
        let repaired = Mendable { damage_after: Some(pace * 100), ..whole };
        let repaired = StoreWatch::at_pace(&path, repaired, waker.clone(), pace).unwrap();
        fs::write(folder.path().join("pult.db.suspect"), "").unwrap();
        let still = told.recv_timeout(Duration::from_millis(200));
        assert_eq!(still, Err(RecvTimeoutError::Timeout));
        assert!(!repaired.has_changed());
        assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(()), "a day later");
        assert!(repaired.has_changed());
        let other = StoreWatch::at_pace(&path, whole, waker.clone(), pace).unwrap();
        assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(()));
        assert!(other.has_changed());
        fs::remove_file(folder.path().join("pult.db.suspect")).unwrap();

        // Somebody else writes there; when nobody does, a guest may.
        let lock = fs::File::create(folder.path().join("lock")).unwrap();
        lock.lock().unwrap();
        let guest = Mendable { is_written: false, damage_after: None };
        let guest = StoreWatch::at_pace(&path, guest, waker, pace).unwrap();
        let still = told.recv_timeout(Duration::from_millis(200));
        assert_eq!(still, Err(RecvTimeoutError::Timeout));
        drop(lock);
        assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(()));
        assert!(guest.has_changed());
    }
}

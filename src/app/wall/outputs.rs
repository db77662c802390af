//! Notices that a monitor was plugged in or out, which changes nothing that is drawn, and
//! which not every window system tells.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;
use std::time::Duration;

use super::looking::Looking;

/// Where Linux tells of its connectors.
const CONNECTORS: &str = "/sys/class/drm";
/// How often it is looked.
const PACE: Duration = Duration::from_secs(2);
/// After a change the window system takes a while to arrange its monitors.
const LOOKS_AFTER: u32 = 5;

/// A thread that looks, until it is dropped.
#[derive(Debug)]
pub struct Outputs {
    are_others: Arc<AtomicBool>,
    _looking: Option<Looking>,
}

impl Outputs {
    /// `waker` is woken some times after each change. Where the system tells nothing,
    /// nothing is watched.
    pub fn watch(waker: Waker) -> io::Result<Self> {
        Self::watch_in(CONNECTORS.as_ref(), PACE, waker)
    }

    fn watch_in(folder: &Path, pace: Duration, waker: Waker) -> io::Result<Self> {
        let are_others = Arc::new(AtomicBool::new(false));
        if !folder.is_dir() {
            return Ok(Self { are_others, _looking: None });
        }
        let told = Arc::clone(&are_others);
        let folder = folder.to_owned();
        let at_start = states(&folder);
        let mut known = at_start.clone();
        let mut looks = 0_u32;
        let look = move || {
            let now = states(&folder);
            if now != known {
                (known, looks) = (now, LOOKS_AFTER);
            }
            if looks > 0 {
                looks -= 1;
                told.store(looks == 0 && known != at_start, Ordering::Relaxed);
                waker.wake_by_ref();
            }
            ControlFlow::Continue(())
        };
        Ok(Self { are_others, _looking: Some(Looking::start("outputs", pace, look)?) })
    }

    /// True where they have been others than at the start for some looks.
    pub fn are_others(&self) -> bool {
        self.are_others.load(Ordering::Relaxed)
    }
}

/// Connectors and whether something is plugged into them.
fn states(folder: &Path) -> BTreeMap<OsString, Vec<u8>> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let state = |entry: fs::DirEntry| {
        let state = fs::read(entry.path().join("status")).ok()?;
        Some((entry.file_name(), state))
    };
    entries.filter_map(state).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::RecvTimeoutError;

    use super::super::looking::told;
    use super::*;

    #[test]
    fn a_plug_is_told_and_a_still_desk_wakes_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let connector = folder.path().join("card0-DP-1");
        fs::create_dir(&connector).unwrap();
        fs::write(connector.join("status"), "connected").unwrap();
        let (waker, told) = told::waker();
        let outputs = Outputs::watch_in(folder.path(), Duration::from_millis(5), waker).unwrap();
        let still = told.recv_timeout(Duration::from_millis(200));
        assert_eq!(still, Err(RecvTimeoutError::Timeout));
        fs::write(connector.join("status"), "disconnected").unwrap();
        assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(()));
        while !outputs.are_others() {
            told.recv_timeout(Duration::from_secs(20)).unwrap();
        }
    }
}

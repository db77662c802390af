//! How a wall ends, and what ends it although its windows go on.

use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// A wall without one of its threads goes on for so long since its start: where each start
/// loses it, a picture without some of its figures is better than none.
const LEAST: Duration = Duration::from_mins(10);

/// How a wall ended; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Ending(Arc<Asked>);

#[derive(Debug, Default)]
struct Asked {
    for_restart: AtomicBool,
    by_lost_thread: AtomicBool,
}

impl Ending {
    /// True where it is to be started anew.
    pub fn wants_restart(&self) -> bool {
        self.0.for_restart.load(Ordering::Relaxed)
    }

    pub(in crate::ui) fn ask_for_restart(&self) {
        self.0.for_restart.store(true, Ordering::Relaxed);
    }

    /// Notices from now on that a thread beside this one has panicked: what it counted would
    /// stand still for ever, and look fresh.
    pub(in crate::ui) fn watch_threads(&self) {
        let (asked, main) = (Arc::clone(&self.0), thread::current().id());
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            before(panic);
            if thread::current().id() != main {
                asked.by_lost_thread.store(true, Ordering::Relaxed);
            }
        }));
    }

    /// True where a thread is lost and the wall has stood long enough, at `tick` of running.
    pub(super) fn has_lost_thread(&self, tick: Duration) -> bool {
        tick >= LEAST && self.0.by_lost_thread.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_panics_ends_the_wall_once_it_has_stood_for_long_enough() {
        let ending = Ending::default();
        ending.watch_threads();
        panic::catch_unwind(|| panic!("the main thread, which is caught elsewhere")).unwrap_err();
        assert!(!ending.has_lost_thread(LEAST));
        thread::spawn(|| panic!("a worker")).join().unwrap_err();
        assert!(ending.has_lost_thread(LEAST));
        assert!(!ending.has_lost_thread(LEAST / 2));
        assert!(!ending.wants_restart());
    }
}

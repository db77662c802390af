//! Lets one thread wait for work that another does in rounds.

use std::sync::{Condvar, Mutex, PoisonError};

/// Rounds of catching up that were begun and ended.
#[derive(Default)]
pub(super) struct Rounds {
    counts: Mutex<(u64, u64)>,
    ended: Condvar,
}

impl Rounds {
    pub(super) fn begin(&self) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).0 += 1;
    }

    pub(super) fn end(&self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.1 = counts.0;
        self.ended.notify_all();
    }

    /// No round follows: nobody is to wait for one.
    pub(super) fn close(&self) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).1 = u64::MAX;
        self.ended.notify_all();
    }

    /// Waits for the end of a round that begins after this call.
    pub(super) fn wait_for_next(&self, ring: impl FnOnce()) {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = counts.0 + 1;
        ring();
        let waited = self.ended.wait_while(counts, |(_, ended)| *ended < wanted);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_round_under_way_is_not_the_one_that_is_waited_for() {
        let rounds = Arc::<Rounds>::default();
        let (ring, heard) = mpsc::channel();
        rounds.begin();
        let has_waited = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                rounds.wait_for_next(|| ring.send(()).unwrap());
                has_waited.store(true, Ordering::SeqCst);
            });
            heard.recv().unwrap();
            rounds.end();
            rounds.begin();
            assert!(!has_waited.load(Ordering::SeqCst));
            rounds.end();
        });
        assert!(has_waited.into_inner());
    }

    #[test]
    fn nobody_waits_for_a_thread_that_is_gone() {
        let rounds = Rounds::default();
        rounds.begin();
        rounds.close();
        rounds.wait_for_next(|| ());
    }
}

//! Ends a wall that hangs, so that whoever keeps it up can start it anew.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::super::clock::Ticker;
use super::looking::Looking;

/// How much longer than announced a wall may be silent: a picture in software on the
/// largest screens takes seconds.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// What a start may take.
const START: Duration = Duration::from_mins(10);
/// Of a database that it may have to mend or to migrate first, in a second at least.
const BYTES_PER_SEC: u64 = 500_000;

/// So many looks in a row have to find nothing new, so that a process that was only
/// stopped for a while is not ended.
const LOOKS: u32 = 3;

/// A thread that looks for a sign of life, until it is dropped.
#[derive(Debug)]
pub struct Watchdog {
    signs: Arc<Signs>,
    _looking: Looking,
}

#[derive(Debug)]
struct Signs {
    ticker: Ticker,
    /// Milliseconds of the ticker until when nothing has to be heard.
    quiet_until: AtomicU64,
}

impl Signs {
    fn elapsed(&self) -> u64 {
        u64::try_from(self.ticker.moment().tick.as_millis()).unwrap_or(u64::MAX)
    }
}

impl Watchdog {
    /// `on_hang` is called once, on the watchdog's own thread.
    pub fn start(
        patience: Duration,
        ticker: Ticker,
        on_hang: impl FnOnce() + Send + 'static,
    ) -> io::Result<Self> {
        let signs = Arc::new(Signs { ticker, quiet_until: AtomicU64::new(u64::MAX) });
        let looked_at = Arc::clone(&signs);
        let (mut known, mut in_vain) = (0, 0);
        let mut on_hang = Some(on_hang);
        let look = move || {
            let until = looked_at.quiet_until.load(Ordering::Relaxed);
            let is_late = until == known && until < looked_at.elapsed();
            in_vain = if is_late { in_vain + 1 } else { 0 };
            known = until;
            if in_vain < LOOKS {
                return ControlFlow::Continue(());
            }
            if let Some(on_hang) = on_hang.take() {
                on_hang();
            }
            ControlFlow::Break(())
        };
        Ok(Self { signs, _looking: Looking::start("watchdog", patience / LOOKS, look)? })
    }

    /// A start has begun over a database of so many bytes.
    pub fn starts(&self, database_bytes: u64) {
        self.alive(START + Duration::from_secs(database_bytes / BYTES_PER_SEC));
    }

    /// A sign of life; the next one is due after `next`.
    pub fn alive(&self, next: Duration) {
        let next = u64::try_from(next.as_millis()).unwrap_or(u64::MAX);
        let until = self.signs.elapsed().saturating_add(next);
        self.signs.quiet_until.store(until, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{RecvTimeoutError, channel};

    use super::*;

    #[test]
    fn silence_that_was_announced_is_none_and_a_hang_is_told_once() {
        let (tell, told) = channel();
        let hung = move || tell.send(()).unwrap();
        let dog = Watchdog::start(Duration::from_millis(30), Ticker::start(), hung).unwrap();
        let nothing = Err(RecvTimeoutError::Timeout);
        assert_eq!(told.recv_timeout(Duration::from_millis(150)), nothing, "it has not begun");
        dog.alive(Duration::from_hours(1));
        assert_eq!(told.recv_timeout(Duration::from_millis(150)), nothing);
        dog.alive(Duration::ZERO);
        assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(()));
        assert_eq!(told.recv_timeout(Duration::from_secs(20)), Err(RecvTimeoutError::Disconnected));
    }
}

//! The one place that reads the clock.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::domain::Timestamp;

/// Now, in UTC seconds since 1970.
pub fn now() -> Timestamp {
    Timestamp(u32::try_from(since_1970().as_secs()).unwrap_or(u32::MAX))
}

/// Now, in UTC milliseconds since 1970.
pub fn now_ms() -> i64 {
    i64::try_from(since_1970().as_millis()).unwrap_or(i64::MAX)
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// A moment on both clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// UTC seconds; may jump when somebody sets the clock.
    pub now: u32,
    /// Since the ticker was made; only goes forward.
    pub tick: Duration,
}

/// Measures time from its making on.
#[derive(Clone, Copy, Debug)]
pub struct Ticker {
    start: Instant,
    /// Shown instead of the real time, for pictures that can be repeated.
    fixed: Option<u32>,
}

impl Ticker {
    pub fn start() -> Self {
        Self { start: Instant::now(), fixed: None }
    }

    /// A ticker whose wall clock stands still.
    pub fn fixed(now: Timestamp) -> Self {
        Self { start: Instant::now(), fixed: Some(now.0) }
    }

    pub fn moment(&self) -> Moment {
        Moment { now: self.fixed.unwrap_or_else(|| now().0), tick: self.start.elapsed() }
    }
}

//! How the synchronisation stands, for screens and logs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// What the engine is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// No server is set.
    #[default]
    NotConfigured,
    Connecting,
    /// Nothing was here before; `total` is what the server announced.
    FirstSync {
        done: u64,
        total: u64,
    },
    /// Everything is read again: the server forgot our place or was restored.
    Rereading {
        done: u64,
        total: u64,
    },
    Pulling,
    UpToDate,
    /// Tried again by itself. `since` in UTC seconds, `reason` a stable key.
    Offline {
        since: u32,
        reason: &'static str,
    },
    /// Not tried again before the settings change. `reason` is a stable key.
    Refused {
        reason: &'static str,
    },
    /// Ended on purpose.
    Stopped,
}

/// A stream quieter than this counts as gone.
pub const STREAM_QUIET_SECS: u32 = 60;

/// Differences of clocks up to this are nobody's business.
pub const CLOCK_SKEW_NOTICED_SECS: i64 = 60;

/// A picture of the engine at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncStatus {
    pub phase: Phase,
    pub server: Option<String>,
    /// UTC seconds of the last moment at which everything was known to be here.
    pub confirmed_at: Option<u32>,
    /// One English sentence about the last failure, until the next success.
    pub last_error: Option<String>,
    /// Failures in a row.
    pub failures: u32,
    /// UTC seconds of the next attempt, while offline.
    pub next_attempt_at: Option<u32>,
    /// True while the server's stream wakes us; else we poll.
    pub streaming: bool,
    pub poll_secs: u32,
    /// Lines stored since the start, and per second lately.
    pub lines_stored: u64,
    pub lines_per_sec: u32,
    /// Pages pulled since the start.
    pub pages: u64,
    /// Lines or fields left out since the start, by reason key.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Server's clock minus ours; shown from [`CLOCK_SKEW_NOTICED_SECS`] on.
    pub clock_skew_secs: i64,
    /// The server was restored from a backup while we were bound to it.
    pub epoch_changed: bool,
    /// Key of a role and of a scope, as the server told.
    pub role: Option<String>,
    pub scope: Option<&'static str>,
    /// Counts by kind, as the server told.
    pub server_counts: BTreeMap<String, u64>,
}

impl SyncStatus {
    /// How many times the picture should have been renewed and was not, at
    /// `now` (UTC seconds). Nothing is missed where nothing is set.
    pub fn missed_syncs(&self, now: u32) -> u32 {
        let (Some(confirmed_at), false) = (self.confirmed_at, self.phase == Phase::NotConfigured)
        else {
            return 0;
        };
        let interval = if self.streaming {
            self.poll_secs.max(STREAM_QUIET_SECS)
        } else {
            self.poll_secs.max(1)
        };
        now.saturating_sub(confirmed_at) / interval
    }

    /// The difference of the clocks, where it is worth telling.
    pub fn noticed_clock_skew_secs(&self) -> Option<i64> {
        (self.clock_skew_secs.abs() > CLOCK_SKEW_NOTICED_SECS).then_some(self.clock_skew_secs)
    }
}

/// The status as engine and screens share it.
#[derive(Clone)]
pub struct StatusBoard {
    status: Arc<Mutex<SyncStatus>>,
    waker: Waker,
}

impl StatusBoard {
    /// `waker` is woken after a change that a screen shows.
    pub fn new(waker: Waker) -> Self {
        Self { status: Arc::default(), waker }
    }

    pub fn get(&self) -> SyncStatus {
        self.lock().clone()
    }

    /// Changes the status and wakes whoever shows it.
    pub fn update(&self, change: impl FnOnce(&mut SyncStatus)) {
        change(&mut self.lock());
        self.waker.wake_by_ref();
    }

    /// Changes what no screen has to be drawn for.
    pub fn update_quietly(&self, change: impl FnOnce(&mut SyncStatus)) {
        change(&mut self.lock());
    }

    fn lock(&self) -> MutexGuard<'_, SyncStatus> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missed_syncs_count_intervals_without_confirmation() {
        let mut status = SyncStatus {
            phase: Phase::UpToDate,
            confirmed_at: Some(1_000),
            poll_secs: 30,
            ..SyncStatus::default()
        };
        assert_eq!(status.missed_syncs(1_029), 0);
        assert_eq!(status.missed_syncs(1_065), 2);
        assert_eq!(status.missed_syncs(900), 0);
        status.streaming = true;
        assert_eq!(status.missed_syncs(1_065), 1);
        status.phase = Phase::NotConfigured;
        assert_eq!(status.missed_syncs(9_999), 0);
    }

    #[test]
    fn a_minute_between_the_clocks_is_not_worth_a_word() {
        let status = |clock_skew_secs| SyncStatus { clock_skew_secs, ..SyncStatus::default() };
        assert_eq!(status(60).noticed_clock_skew_secs(), None);
        assert_eq!(status(-60).noticed_clock_skew_secs(), None);
        assert_eq!(status(61).noticed_clock_skew_secs(), Some(61));
        assert_eq!(status(-3_700).noticed_clock_skew_secs(), Some(-3_700));
    }
}

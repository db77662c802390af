//! How the synchronisation stands, for screens and logs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use super::failure::Failure;

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
    UpToDate,
    /// Tried again by itself. `since` in UTC seconds, `reason` a stable key.
    Offline {
        since: u32,
        reason: &'static str,
    },
    /// Not tried again before somebody asks for it, or a wall does. `reason` is a stable key.
    Refused {
        reason: &'static str,
    },
    /// Ended on purpose.
    Stopped,
}

/// A stream quieter than this counts as gone.
pub const STREAM_QUIET_SECS: u32 = 60;

/// Updates that were missed in a row where what is shown is to look old.
pub const STALE_SYNCS: u32 = 10;

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
    pub objects_removed: u64,
    /// Batches committed since the start.
    pub batches: u64,
    /// Lines or fields left out since the start, by reason key.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Server's clock minus ours; shown from [`CLOCK_SKEW_NOTICED_SECS`] on.
    pub clock_skew_secs: i64,
    /// The server was restored from a backup while we were bound to it.
    pub epoch_changed: bool,
    /// Key of a role and of a scope, as the server told.
    pub role: Option<String>,
    /// Office (post) of the token that is in use, as the server told.
    pub office: Option<String>,
    pub scope: Option<&'static str>,
    /// Counts by kind, as the server told.
    pub server_counts: BTreeMap<String, u64>,
}

/// Stands for a missed sync where there is no server to miss.
const AGE_WITHOUT_SERVER_SECS: u32 = 3_600;

impl SyncStatus {
    /// How many times the picture should have been renewed and was not, at
    /// `now` (UTC seconds). Who looks without a server has been told that the picture
    /// is not renewed: there it ages by hours.
    pub fn missed_syncs(&self, now: u32) -> u32 {
        let Some(confirmed_at) = self.confirmed_at else { return 0 };
        let interval = if self.phase == Phase::NotConfigured {
            AGE_WITHOUT_SERVER_SECS
        } else if self.streaming {
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

/// How long lines are counted before their rate is told anew.
const RATE_WINDOW_MS: i64 = 1_000;

/// Shortest time between two wake-ups for progress alone.
const PROGRESS_GAP_MS: i64 = 100;

/// The status as engine and screens share it.
#[derive(Clone)]
pub struct StatusBoard {
    shared: Arc<Mutex<Shared>>,
    waker: Waker,
}

#[derive(Default)]
struct Shared {
    status: SyncStatus,
    /// Clock at the last wake-up for progress.
    told_ms: i64,
    rate: Rate,
}

#[derive(Default)]
struct Rate {
    since_ms: i64,
    lines: u64,
}

impl StatusBoard {
    /// `waker` is woken after a change that a screen shows.
    pub fn new(waker: Waker) -> Self {
        Self { shared: Arc::default(), waker }
    }

    /// A board of its own that goes on from here, for another token: what the
    /// server said of this one's office is not taken along.
    #[must_use]
    pub fn for_another_token(&self) -> Self {
        let status = SyncStatus { office: None, streaming: false, ..self.get() };
        let shared = Shared { status, ..Shared::default() };
        Self { shared: Arc::new(Mutex::new(shared)), waker: self.waker.clone() }
    }

    pub fn get(&self) -> SyncStatus {
        self.lock().status.clone()
    }

    /// Changes the status and wakes whoever shows it.
    pub fn update(&self, change: impl FnOnce(&mut SyncStatus)) {
        change(&mut self.lock().status);
        self.waker.wake_by_ref();
    }

    /// Changes what no screen has to be drawn for.
    pub fn update_quietly(&self, change: impl FnOnce(&mut SyncStatus)) {
        change(&mut self.lock().status);
    }

    /// A batch was stored: `lines` of it, and `removed` objects. Wakes now and
    /// then, and always at the head of the changes.
    pub(super) fn stored(&self, lines: u64, removed: u64, is_head: bool, now_ms: i64) {
        let mut shared = self.lock();
        let Shared { status, told_ms, rate } = &mut *shared;
        status.lines_stored += lines;
        status.objects_removed += removed;
        status.batches += 1;
        if let Phase::FirstSync { done, total } | Phase::Rereading { done, total } =
            &mut status.phase
        {
            *done += lines;
            *total = (*total).max(*done);
        }
        status.lines_per_sec = rate.add(lines, now_ms).unwrap_or(status.lines_per_sec);
        let is_due = is_head || (now_ms - *told_ms).abs() >= PROGRESS_GAP_MS;
        if is_due {
            *told_ms = now_ms;
        }
        drop(shared);
        if is_due {
            self.waker.wake_by_ref();
        }
    }

    /// Everything is here. Nobody is woken where that was so before.
    pub(super) fn up_to_date(&self, now: u32) {
        let mut shared = self.lock();
        let status = &mut shared.status;
        let was = std::mem::replace(&mut status.phase, Phase::UpToDate);
        status.confirmed_at = Some(now);
        status.last_error = None;
        status.failures = 0;
        status.next_attempt_at = None;
        drop(shared);
        if was != Phase::UpToDate {
            self.waker.wake_by_ref();
        }
    }

    /// Another attempt follows at `next` by itself.
    pub(super) fn offline(&self, failure: &Failure, now: u32, next: u32, failures: u32) {
        self.update(|status| {
            let since = match status.phase {
                Phase::Offline { since, .. } => since,
                _ => now,
            };
            status.phase = Phase::Offline { since, reason: failure.key() };
            status.last_error = Some(failure.to_string());
            status.failures = failures;
            status.next_attempt_at = Some(next);
        });
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rate {
    /// Lines a second, whenever a window of them is full.
    fn add(&mut self, lines: u64, now_ms: i64) -> Option<u32> {
        let elapsed_ms = now_ms - self.since_ms;
        if !(0..10 * RATE_WINDOW_MS).contains(&elapsed_ms) {
            *self = Self { since_ms: now_ms, lines };
            return None;
        }
        self.lines += lines;
        if elapsed_ms < RATE_WINDOW_MS {
            return None;
        }
        let per_sec = self.lines * 1_000 / elapsed_ms.unsigned_abs();
        *self = Self { since_ms: now_ms, lines: 0 };
        Some(u32::try_from(per_sec).unwrap_or(u32::MAX))
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
        assert_eq!(status.missed_syncs(4_599), 0);
        assert_eq!(status.missed_syncs(1_000 + 10 * 3_600), 10);
    }

    #[test]
    fn progress_is_counted_and_wakes_no_more_than_ten_times_a_second() {
        struct Counter(std::sync::atomic::AtomicU32);
        impl std::task::Wake for Counter {
            fn wake(self: Arc<Self>) {
                self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        }
        let woken = Arc::new(Counter(0.into()));
        let board = StatusBoard::new(Waker::from(Arc::clone(&woken)));
        board.update_quietly(|status| status.phase = Phase::FirstSync { done: 5, total: 500 });
        // A batch of ten lines each 10 ms, for two seconds.
        for step in 0..=200 {
            board.stored(10, 0, false, 1_000_000 + step * 10);
        }
        let status = board.get();
        assert_eq!(status.phase, Phase::FirstSync { done: 2_015, total: 2_015 });
        assert_eq!((status.lines_stored, status.batches), (2_010, 201));
        assert!((990..=1_010).contains(&status.lines_per_sec), "{}", status.lines_per_sec);
        assert_eq!(woken.0.load(std::sync::atomic::Ordering::Relaxed), 21);
        board.stored(1, 0, true, 1_002_001);
        board.up_to_date(1_002);
        board.up_to_date(1_003);
        assert_eq!(woken.0.load(std::sync::atomic::Ordering::Relaxed), 23);
    }

    #[test]
    fn what_is_said_of_one_token_is_not_said_of_the_next() {
        let first = StatusBoard::new(Waker::noop().clone());
        first.update(|status| {
            status.office = Some("first".to_owned());
            status.streaming = true;
            status.confirmed_at = Some(1_000);
        });
        let second = first.for_another_token();
        first.update(|status| status.office = Some("late".to_owned()));
        let status = second.get();
        assert_eq!((status.office, status.streaming), (None, false));
        assert_eq!(status.confirmed_at, Some(1_000));
    }

    #[test]
    fn offline_remembers_since_when() {
        let board = StatusBoard::new(Waker::noop().clone());
        let failure = Failure::Api(crate::sync::api::ApiError::Unreachable);
        board.offline(&failure, 100, 101, 1);
        board.offline(&failure, 130, 140, 2);
        let status = board.get();
        assert_eq!(status.phase, Phase::Offline { since: 100, reason: "unreachable" });
        assert_eq!((status.failures, status.next_attempt_at), (2, Some(140)));
        assert_eq!(status.last_error.as_deref(), Some("the server cannot be reached"));
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

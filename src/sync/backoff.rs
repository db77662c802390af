//! How long to wait before the next attempt.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// First wait after a failure.
const FIRST: Duration = Duration::from_secs(1);
/// Longest wait that we choose ourselves: a server that is back is noticed while
/// somebody waits for it.
const LONGEST: Duration = Duration::from_mins(1);
/// Longest wait that a server can ask for; a slip of a zero must not silence
/// a wall for a week.
const LONGEST_ASKED: Duration = Duration::from_hours(1);

/// Failures in a row and the waits that follow from them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// After a success the next failure begins anew.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// The wait after one more failure: 1, 2, 4 … 60 seconds, of which the
    /// second half is left to chance (`luck` in 0–1) so that many desks do not
    /// come back in one moment, and never less than the server asked for.
    pub fn after_failure(&mut self, luck: f64, retry_after_secs: Option<u32>) -> Duration {
        let full = FIRST.saturating_mul(1 << self.failures.min(16)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        let chosen = full.mul_f64(0.5 + 0.5 * luck.clamp(0.0, 1.0));
        let asked = Duration::from_secs(retry_after_secs.unwrap_or(0).into()).min(LONGEST_ASKED);
        // Everybody was told the same moment: chance comes on top of it.
        if asked > chosen { asked + FIRST.mul_f64(luck.clamp(0.0, 1.0)) } else { chosen }
    }
}

/// A number in 0–1 that differs between desks and attempts.
pub fn luck() -> f64 {
    let bits = RandomState::new().hash_one(0_u8);
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// Seconds from a `Retry-After` header: a number, or a date that is counted
/// from the answer's own `Date`, else from our clock (`now_secs` since 1970).
pub fn retry_after_secs(header: &str, date_header: Option<&str>, now_secs: u32) -> Option<u32> {
    let header = header.trim();
    if let Ok(secs) = header.parse::<u64>() {
        return Some(u32::try_from(secs).unwrap_or(u32::MAX));
    }
    let until = http_date(header)?;
    let from = date_header.and_then(http_date).unwrap_or_else(|| now_secs.into());
    Some(u32::try_from((until - from).max(0)).unwrap_or(u32::MAX))
}

fn http_date(text: &str) -> Option<i64> {
    chrono::DateTime::parse_from_rfc2822(text.trim()).ok().map(|date| date.timestamp())
}

/// How many lines to ask for in one page. A link that never carries a whole
/// page gets smaller ones until they pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSize {
    lines: u32,
    most: u32,
}

impl PageSize {
    /// From what the server announced as most.
    pub fn new(most: u32) -> Self {
        let most = most.clamp(1, 50_000);
        Self { lines: most, most }
    }

    pub fn lines(&self) -> u32 {
        self.lines
    }

    /// The server announced another most.
    pub fn set_most(&mut self, most: u32) {
        let new = Self::new(most);
        if new.most != self.most {
            *self = new;
        }
    }

    pub fn page_failed(&mut self) {
        self.lines = (self.lines / 4).max(1);
    }

    pub fn page_passed(&mut self) {
        self.lines = self.lines.saturating_mul(2).min(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_stay_bounded_and_start_anew_after_a_success() {
        let mut backoff = Backoff::default();
        let waits: Vec<u64> = (0..12).map(|_| backoff.after_failure(1.0, None).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]);
        assert_eq!(backoff.failures(), 12);
        backoff.reset();
        assert_eq!(backoff.after_failure(0.0, None), Duration::from_millis(500));
        let mut long = Backoff { failures: u32::MAX };
        assert_eq!(long.after_failure(1.0, None), LONGEST);
    }

    #[test]
    fn chance_moves_a_wait_within_its_second_half() {
        for luck in [0.0, 0.3, 1.0, -5.0, 9.0] {
            let wait = Backoff { failures: 4 }.after_failure(luck, None).as_secs_f64();
            assert!((8.0..=16.0).contains(&wait), "{luck}: {wait}");
        }
    }

    #[test]
    fn a_server_that_asks_for_time_gets_it_within_an_hour() {
        let wait = Backoff::default().after_failure(0.5, Some(120)).as_secs_f64();
        assert!((120.0..=121.0).contains(&wait), "{wait}");
        let wait = Backoff::default().after_failure(0.5, Some(u32::MAX)).as_secs();
        assert!((3600..=3601).contains(&wait), "{wait}");
        assert_eq!(Backoff { failures: 5 }.after_failure(1.0, Some(3)).as_secs(), 32);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(retry_after_secs(" 17 ", None, 0), Some(17));
        assert_eq!(retry_after_secs("99999999999", None, 0), Some(u32::MAX));
        let date = "Mon, 23 Nov 2026 07:05:30 GMT";
        let now = 1_795_417_500;
        assert_eq!(retry_after_secs(date, None, now), Some(30));
        assert_eq!(retry_after_secs(date, Some("Mon, 23 Nov 2026 07:05:10 GMT"), 5), Some(20));
        assert_eq!(retry_after_secs(date, None, now + 90), Some(0));
        assert_eq!(retry_after_secs("soon", None, now), None);
        assert_eq!(retry_after_secs("-5", None, now), None);
    }

    #[test]
    fn luck_lies_between_nothing_and_one_and_changes() {
        let drawn: Vec<f64> = (0..100).map(|_| luck()).collect();
        assert!(drawn.iter().all(|luck| (0.0..1.0).contains(luck)));
        assert!(drawn.iter().any(|luck| *luck < 0.5) && drawn.iter().any(|luck| *luck > 0.5));
    }

    #[test]
    fn pages_shrink_to_one_line_and_grow_back() {
        let mut size = PageSize::new(5_000);
        let mut seen = vec![size.lines()];
        while size.lines() > 1 {
            size.page_failed();
            seen.push(size.lines());
        }
        assert_eq!(seen, [5_000, 1_250, 312, 78, 19, 4, 1]);
        (0..20).for_each(|_| size.page_passed());
        assert_eq!(size.lines(), 5_000);
        assert_eq!(PageSize::new(0).lines(), 1);
    }
}

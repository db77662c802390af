//! What all panels show, out of one pass over the board.
//!
//! Two meanings of time stand side by side. *Received* and *closed* count what
//! happened inside the filter's span. *Open* and *overdue* are states: they are
//! counted as of the end of the span (or now, where the end lies ahead), over
//! everything received before it, whenever that was.
//!
//! A dimension's own list (municipalities, blocks, …) is counted without that
//! dimension's own choice, so that what could be chosen instead stays visible;
//! [`Aggregates::total`] obeys the whole filter.

use serde::{Deserialize, Serialize};

use super::filter::Filter;
use super::kinds;
use super::table::Region;

/// Counts of one group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Received inside the span.
    pub received: u32,
    /// Of `received`: without a place.
    pub unplaced: u32,
    /// Open at the end of the span.
    pub open: u32,
    /// Open at the end of the span, past their deadline.
    pub overdue: u32,
    /// Open at the end of the span, deadline within [`DUE_SOON_SECS`].
    pub due_soon: u32,
    /// Open without a deadline: «срок не задан».
    pub open_without_due: u32,
    /// Closed inside the span.
    pub closed: u32,
    /// Of `closed`: not later than the deadline, or without one.
    pub closed_on_time: u32,
    /// Of `closed_on_time`: without a deadline.
    pub closed_without_due: u32,
    /// Sum and number of ratings among `received`.
    pub rating_sum: u32,
    pub rated: u32,
}

/// Deadlines nearer than this are «скоро срок».
pub const DUE_SOON_SECS: u32 = 24 * 3600;

impl Totals {
    /// Share closed on time, 0–1: closed on time ÷ (closed + open overdue).
    /// `None` where nothing was to be counted or nothing of it had a deadline:
    /// what cannot be late is not «on time».
    pub fn on_time_share(&self) -> Option<f64> {
        let n = self.on_time_n();
        (n > self.closed_without_due).then(|| f64::from(self.closed_on_time) / f64::from(n))
    }

    /// True where there is something to count, all of it without a deadline.
    pub fn is_without_deadlines(&self) -> bool {
        let without = self.closed_without_due + self.open_without_due;
        without > 0 && without == self.closed + self.open
    }

    /// n of [`Self::on_time_share`].
    pub fn on_time_n(&self) -> u32 {
        self.closed + self.overdue
    }

    pub fn add(&mut self, other: &Self) {
        self.received += other.received;
        self.unplaced += other.unplaced;
        self.open += other.open;
        self.overdue += other.overdue;
        self.due_soon += other.due_soon;
        self.open_without_due += other.open_without_due;
        self.closed += other.closed;
        self.closed_on_time += other.closed_on_time;
        self.closed_without_due += other.closed_without_due;
        self.rating_sum += other.rating_sum;
        self.rated += other.rated;
    }
}

/// One local day (days since 1970 in the region's time).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTotals {
    pub day: i32,
    pub received: u32,
    pub closed: u32,
    /// At the end of the day.
    pub open: u32,
    pub overdue: u32,
    /// On-time share of the day: numerator; n is `closed` + `overdue`.
    pub closed_on_time: u32,
}

/// Durations in buckets that grow by a quarter octave: medians and quantiles
/// are exact to the bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<u32>", into = "Vec<u32>")]
pub struct DurationHistogram {
    pub buckets: [u32; Self::BUCKETS],
}

impl DurationHistogram {
    /// From one minute to four years.
    pub const BUCKETS: usize = 88;
}

impl Default for DurationHistogram {
    fn default() -> Self {
        Self { buckets: [0; Self::BUCKETS] }
    }
}

impl TryFrom<Vec<u32>> for DurationHistogram {
    type Error = &'static str;

    fn try_from(buckets: Vec<u32>) -> Result<Self, Self::Error> {
        let buckets = buckets.try_into().map_err(|_other| "another number of buckets")?;
        Ok(Self { buckets })
    }
}

impl From<DurationHistogram> for Vec<u32> {
    fn from(histogram: DurationHistogram) -> Self {
        histogram.buckets.into()
    }
}

/// A municipality or block over the last [`TREND_DAYS`] local days of the span.
pub const TREND_DAYS: usize = 28;

/// Answer to one filter over one state of the board.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Aggregates {
    /// What was asked: a result whose key is not the current one is dropped.
    #[serde(skip)]
    pub key: AggregatesKey,
    /// False where only the core was counted (see [`Aggregates::compute_core`]):
    /// what its doc does not name is then empty.
    pub complete: bool,
    /// Everything that matches the filter.
    pub total: Totals,
    /// The same over the span of equal length just before, where there is one;
    /// while the span is not over, over the part of it that has an equal here.
    pub previous: Option<Totals>,
    /// By catalogue index; the last entry is «municipality not known».
    pub by_municipality: Vec<Totals>,
    pub by_municipality_previous: Vec<Totals>,
    /// By `Block as u8`.
    pub by_block: Vec<Totals>,
    pub by_block_previous: Vec<Totals>,
    /// By number in the vocabulary: leaves as stored; index 0 is «none».
    pub by_topic: Vec<Totals>,
    pub by_body: Vec<Totals>,
    pub by_source: Vec<Totals>,
    pub by_regime: Vec<Totals>,
    /// Received inside the span, by number in the vocabulary; index 0 is «none».
    pub by_settlement: Vec<u32>,
    /// Received inside the span, by status; all statuses.
    pub by_status: Vec<u32>,
    /// Whole history without the span's choice, ascending, without gaps.
    pub by_day: Vec<DayTotals>,
    /// Received inside the span by local weekday (Monday first) and hour.
    pub by_weekday_hour: [[u32; 24]; 7],
    /// `block × municipality`, received / overdue, row-major by block.
    pub matrix: Vec<Totals>,
    /// Received by block over the last [`TREND_DAYS`] local days of the span.
    pub block_trend: Vec<[u32; TREND_DAYS]>,
    pub municipality_trend: Vec<[u32; TREND_DAYS]>,
    /// Receipt to first answer, of those received in the span.
    pub first_answer: DurationHistogram,
    /// Receipt to close, of those closed in the span, by municipality.
    pub close_by_municipality: Vec<DurationHistogram>,
    /// Positions of the open incidents with the nearest deadlines ahead, soonest first.
    pub due_next: Vec<u32>,
    /// Positions of the longest overdue, longest first.
    pub overdue_top: Vec<u32>,
    /// What stands out now, strongest first.
    pub surprises: Vec<Surprise>,
    /// The history under the filter is long enough to say what is usual.
    pub is_usual_known: bool,
}

impl Aggregates {
    /// True where everything was counted and every list is as long as a board of
    /// this region makes it: figures that come from elsewhere are held against it.
    pub fn fits(&self, region: Region) -> bool {
        let places = usize::from(region.municipality_count) + 1;
        let (blocks, none) = (kinds::BLOCKS, 0);
        self.complete
            && self.by_municipality.len() == places
            && [places, none].contains(&self.by_municipality_previous.len())
            && self.by_block.len() == blocks
            && [blocks, none].contains(&self.by_block_previous.len())
            && self.by_source.len() == kinds::SOURCES
            && self.by_regime.len() == kinds::REGIMES
            && self.by_status.len() == kinds::STATUSES
            && self.matrix.len() == places * blocks
            && self.block_trend.len() == blocks
            && self.municipality_trend.len() == places
            && self.close_by_municipality.len() == places
            && self.surprises.iter().all(|it| it.municipality < region.municipality_count)
    }
}

/// What there is more of than usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Matter {
    /// Number of a theme (depth 1) in the vocabulary.
    Theme(u16),
    /// `Block as u8`, where no theme of it stands out in the municipality.
    Block(u8),
    /// `Source as u8`, where neither a theme nor a block stands out there.
    Source(u8),
}

/// A cell (municipality × theme, block or source) in which more comes than is usual, as
/// [`crate::detect`] finds it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Surprise {
    pub municipality: u8,
    pub matter: Matter,
    /// Length of the window that ends now and says it most clearly.
    pub hours: u32,
    pub count: u32,
    /// 10th and 90th percentile of what is usual in such a window.
    pub usual_low: u32,
    pub usual_high: u32,
    /// Natural logarithm of the probability, corrected for all that was looked at; the
    /// more negative, the more surprising.
    pub log_p: f64,
}

/// Identity of a question to the board.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AggregatesKey {
    pub filter: Filter,
    /// Version of the board.
    pub version: u64,
    /// The clock to the minute, UTC seconds: overdue depends on it.
    pub now: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_deadline_has_no_share_on_time() {
        let without = Totals {
            open: 2,
            open_without_due: 2,
            closed: 3,
            closed_on_time: 3,
            closed_without_due: 3,
            ..Totals::default()
        };
        assert_eq!(without.on_time_share(), None);
        assert!(without.is_without_deadlines());
        let with_a_late_one = Totals { closed: 4, ..without };
        assert_eq!(with_a_late_one.on_time_share(), Some(0.75));
        assert!(!with_a_late_one.is_without_deadlines());
        assert!(!Totals::default().is_without_deadlines());
    }
}

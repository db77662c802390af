//! What happens more often than it should: counts by place and category, slot by slot,
//! held against what the weeks before make likely.
//!
//! A cell is a place and a category. What is usual in a window of time is the region's
//! own count in it, times the cell's share of the region. The region's count has the
//! rhythm: the mean of the same hours of the days before, drawn towards those of the
//! same weekday. The share is learned from up to [`MOST_DAYS`] days but not the last
//! three, newer ones weighing more, what stood out in them cut down, and begins from the
//! share that place and category have apart. The count is then negative binomial: Poisson with what is
//! not known of the share, and with the swing that the cell's own days show.
//!
//! Several windows end at each moment, so that a sudden burst is seen in the short ones
//! and a slow one in the day. The probability of the count is multiplied by how many
//! cells and windows were looked at (Bonferroni), so a finding is rare wherever it is.

mod counts;
pub mod forecast;
mod layers;
pub mod matters;
mod negative_binomial;
mod usual;

pub use counts::Counts;
pub use layers::{Arrival, Cut, Layers};
pub use negative_binomial::NegativeBinomial;

use std::ops::Range;

use usual::Usual;

/// A history is not looked at further back.
pub const MOST_DAYS: usize = 84;
/// With fewer whole days before the window nothing is said.
pub const LEAST_DAYS: usize = 7;
/// Fewer are never a surprise.
pub const LEAST_COUNT: u32 = 5;
/// How time is cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub slots_a_day: usize,
    /// In slots, none longer than a day.
    pub windows: &'static [usize],
    /// A finding is rarer than this, corrected for all that was looked at.
    pub most_p: f64,
}

/// Where moments are known. Set by trial on made-up regions (`pult detect
/// --demo-seeds`): looks of one day are much alike, so there are fewer false alarms
/// than 24 times this.
pub const HOURLY: Scale = Scale { slots_a_day: 24, windows: &[3, 6, 12, 24], most_p: 0.08 };
/// Where only days are.
pub const DAILY: Scale = Scale { slots_a_day: 1, windows: &[1], most_p: 0.01 };

/// A cell in which more happened than is usual.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finding {
    pub place: usize,
    pub category: usize,
    /// Slots of the window that says it most clearly.
    pub window: usize,
    pub count: u32,
    /// 10th and 90th percentile of what is usual in it.
    pub usual_low: u32,
    pub usual_high: u32,
    /// Natural logarithm of the corrected probability, below that of [`Scale::most_p`].
    pub log_p: f64,
}

/// The history is too short to say what is usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are {days} days of history, and {LEAST_DAYS} are needed")]
pub struct TooShort {
    pub days: usize,
}

/// What stands out in the windows that end before slot `end`, the least likely first;
/// ties by category and place.
///
/// # Errors
/// Where the history before the last day is too short.
pub fn findings(counts: &Counts, scale: Scale, end: usize) -> Result<Vec<Finding>, TooShort> {
    let usual = Usual::of(counts, scale, end)?;
    let mut found = find(counts, &usual, scale, end, usual.cells());
    found.sort_by(|one, other| {
        let cell = |it: &Finding| (it.category, it.place);
        one.log_p.total_cmp(&other.log_p).then(cell(one).cmp(&cell(other)))
    });
    Ok(found)
}

/// What stands out among `cells` that are looked at, those of other tables included.
fn find(counts: &Counts, usual: &Usual, scale: Scale, end: usize, cells: usize) -> Vec<Finding> {
    let looked_at = (cells * scale.windows.len()).max(1) as f64;
    // As it has to be before the correction.
    let most = scale.most_p.ln() - looked_at.ln();
    let in_cell = |cell: usize| {
        let windows = scale.windows.iter().filter_map(|window| {
            let span = end.checked_sub(*window)?..end;
            judge(counts, cell, span, usual.law(cell, *window), most)
        });
        let clearest = windows.min_by(|one, other| one.log_p.total_cmp(&other.log_p))?;
        Some(Finding { log_p: clearest.log_p + looked_at.ln(), ..clearest })
    };
    (0..counts.cells()).filter_map(in_cell).collect()
}

/// What stands out in one window; its probability is not corrected.
fn judge(
    counts: &Counts,
    cell: usize,
    span: Range<usize>,
    law: NegativeBinomial,
    most: f64,
) -> Option<Finding> {
    let window = span.len();
    let count = counts.of(cell, span);
    if count < LEAST_COUNT {
        return None;
    }
    let log_p = law.log_tail(count);
    (log_p < most).then(|| {
        let (category, place) = counts.place_of(cell);
        let (usual_low, usual_high) = (law.quantile(0.1), law.quantile(0.9));
        Finding { place, category, window, count, usual_low, usual_high, log_p }
    })
}

#[cfg(test)]
mod tests;

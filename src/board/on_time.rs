//! Work on time, over a moving week.

use super::aggregates::{DayTotals, Totals};
use super::indicators::Figure;

/// Days that a share is taken over, so that a weekend does not tear a line.
const WINDOW_DAYS: usize = 7;

impl Totals {
    /// The share on time with what it is a share of; nothing where that is 0.
    pub fn on_time(&self) -> Figure {
        Figure::share(self.closed_on_time, self.on_time_n())
    }
}

/// Share closed on time over the week that ends with `days[end]`, 0–1: closed on
/// time ÷ (closed + overdue at the end), as [`super::Totals::on_time_share`] has
/// it for a span. `None` where nothing was to be counted.
pub fn on_time_of_week(days: &[DayTotals], end: usize) -> Option<f64> {
    let last = days.get(end)?;
    let week = &days[(end + 1).saturating_sub(WINDOW_DAYS)..=end];
    let closed: u32 = week.iter().map(|day| day.closed).sum();
    let on_time: u32 = week.iter().map(|day| day.closed_on_time).sum();
    let n = closed + last.overdue;
    (n > 0).then(|| f64::from(on_time) / f64::from(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_a_week_counts_what_is_overdue_once() {
        let day = |day, closed, closed_on_time, overdue| DayTotals {
            day,
            closed,
            overdue,
            closed_on_time,
            ..DayTotals::default()
        };
        let mut days: Vec<_> = (0..9).map(|at| day(at, 1, 1, 50)).collect();
        days.push(day(9, 4, 2, 10));
        // Six days of one, and the last: 8 on time of 10 closed, 10 overdue.
        assert_eq!(on_time_of_week(&days, 9), Some(0.4));
        assert_eq!(on_time_of_week(&days, 0), Some(1.0 / 51.0));
        assert_eq!(on_time_of_week(&[DayTotals::default()], 0), None);
        assert_eq!(on_time_of_week(&days, 99), None);
    }
}

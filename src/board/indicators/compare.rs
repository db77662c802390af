//! The spans that a span is compared with.

use std::ops::Range;

use chrono::Datelike;

use super::super::aggregates::AggregatesKey;
use super::super::compiled::Window;
use super::super::filter::Span;
use super::super::table::Board;

const DAY_SECS: u32 = 86_400;

/// A span and those beside it; `None` where the history does not reach one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Windows {
    pub(super) now: Window,
    pub(super) previous: Option<Window>,
    pub(super) year_ago: Option<Window>,
    pub(super) week: Option<Window>,
    pub(super) month: Option<Window>,
}

impl Windows {
    pub(super) fn of(board: &Board, key: &AggregatesKey) -> Self {
        let offset = i64::from(board.region().local_offset_secs);
        let day_start = |secs: u32| {
            let local = i64::from(secs) + offset;
            (local - local.rem_euclid(i64::from(DAY_SECS)) - offset).max(0) as u32
        };
        let first_day = board.first_received().map(day_start);
        // A comparison with a time that the history does not reach would be false.
        let reached = |window: &Window| first_day.is_some_and(|first_day| first_day <= window.from);
        let now = Window::new(key.filter.span, key.now);
        if !key.filter.is_at_receipt() {
            // Most of the old ones are done: under today's states every past looks empty.
            return Self { now, previous: None, year_ago: None, week: None, month: None };
        }
        let span = key.filter.span;
        let gone = span.map_or(key.now, |span| span.to.min(key.now));
        let whole = |days: u32| {
            let to = day_start(gone);
            let from = to.checked_sub(days * DAY_SECS)?;
            Some(Window::new(Some(Span { from, to }), key.now)).filter(reached)
        };
        let year_ago = span.and_then(|span| {
            let back = days_of_a_year(span.from, offset)? * DAY_SECS;
            let span = Span { from: span.from.checked_sub(back)?, to: gone.checked_sub(back)? };
            (span.from < span.to).then(|| Window::new(Some(span), key.now))
        });
        Self {
            now,
            previous: Window::before(span, key.now).filter(reached),
            year_ago: year_ago.filter(reached),
            week: whole(7),
            month: whole(28),
        }
    }

    /// Those that there are, in the order of the fields.
    pub(super) fn all(&self) -> impl Iterator<Item = Window> {
        let Self { now, previous, year_ago, week, month } = *self;
        [Some(now), previous, year_ago, week, month].into_iter().flatten()
    }

    /// From the first moment of all to the last.
    pub(super) fn received(&self) -> Range<u32> {
        let from = self.all().map(|window| window.from).min().unwrap_or(0);
        let to = self.all().map(|window| window.to).max().unwrap_or(0);
        from..to
    }
}

/// Days between a moment's local date and the same date of the year before; the 29th
/// of February falls on the 28th.
fn days_of_a_year(secs: u32, offset: i64) -> Option<u32> {
    let date = chrono::DateTime::from_timestamp(i64::from(secs) + offset, 0)?.date_naive();
    let before =
        date.with_year(date.year() - 1).or_else(|| date.pred_opt()?.with_year(date.year() - 1))?;
    u32::try_from((date - before).num_days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn a_year_before_is_the_same_date() {
        let offset = 7 * 3600;
        for (moment, days) in [
            ("2026-11-29T00:00:00+07:00", 365),
            ("2024-03-01T00:00:00+07:00", 366),
            ("2024-02-29T00:00:00+07:00", 366),
            ("2025-02-28T23:59:59+07:00", 366),
            ("2025-03-01T00:00:00+07:00", 365),
        ] {
            let secs = Timestamp::parse_rfc3339(moment).unwrap().0;
            assert_eq!(days_of_a_year(secs, offset), Some(days), "{moment}");
        }
    }
}

//! What the next days will bring: what comes, and what becomes overdue at the pace at
//! which deadlines are met now.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::CHUNK_ROWS;
use super::aggregates::AggregatesKey;
use super::chunk::local_day;
use super::compiled::CompiledFilter;
use super::filter::Filter;
use super::table::Board;
use crate::detect::forecast::{AHEAD, Expected, Forecast, forecast};

const DAY_SECS: u32 = 86_400;

/// Deadlines of so many days say how many are met.
const PACE_DAYS: u32 = 28;

/// With fewer passed deadlines, at all distances together, nothing is said.
const LEAST_RISK: u32 = 30;

/// Weeks that are told again to see how that went.
const WEEKS_TRIED: u32 = 3;

/// Of a normal law eight of ten lie so many deviations around the mean.
const EIGHT_OF_TEN: f64 = 1.281_551_565_544_600_4;

/// The next days under a filter. What is chosen of today's states narrows nothing: most
/// of the old ones are done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forecasts {
    /// Received by local day, whole days only, yesterday last.
    pub received: Vec<u32>,
    /// `None` where the history is too short or says no more than its weekdays do.
    pub incoming: Option<Forecast>,
    /// Open with a deadline today from now on, tomorrow, …, by local days.
    pub due: [u32; AHEAD],
    /// Of those: how many will be overdue by then. What has yet to come is not in it.
    /// `None` where too few deadlines have passed lately to say so.
    pub overdue: Option<[Expected; AHEAD]>,
    /// What the same said of the weeks before was off by so many a week, on average;
    /// `None` where there is no such past.
    pub overdue_error: Option<f64>,
}

/// When an incident was received, due and ended.
#[derive(Clone, Copy)]
struct Life {
    received: u32,
    due: u32,
    ended: u32,
}

impl Board {
    /// `None` where `cancel` was raised.
    pub fn forecasts(&self, key: &AggregatesKey, cancel: &AtomicBool) -> Option<Forecasts> {
        let filter = Filter { span: None, ..key.filter.at_receipt() };
        let filter = CompiledFilter::new(&filter, self.vocabulary(), key.now);
        let day = |secs| local_day(secs, self.region().local_offset_secs);
        let (today, first) = (day(key.now), self.first_received().map_or(0, day));
        let length = usize::try_from(today - first).unwrap_or(0);
        // Deadlines from as far back as the weeks that are tried looked.
        let from = key.now.saturating_sub((PACE_DAYS + WEEKS_TRIED * 7) * DAY_SECS);
        let until = key.now.saturating_add(AHEAD as u32 * DAY_SECS);
        let parts = self.chunks().par_iter().enumerate().map(|(index, chunk)| {
            if cancel.load(Ordering::Relaxed) {
                return None;
            }
            let (mut days, mut lives) = (vec![0_u32; length], Vec::new());
            if chunk.zones.live == 0 {
                return Some((days, lives));
            }
            let mut fails = vec![0; chunk.len()];
            filter.fails(chunk, 0..chunk.len(), (index * CHUNK_ROWS) as u32, &mut fails);
            for (at, _) in fails.iter().enumerate().filter(|(_, fails)| **fails == 0) {
                let received = i32::from(chunk.received_day[at]) - first;
                if let Some(count) = usize::try_from(received).ok().and_then(|at| days.get_mut(at))
                {
                    *count += 1;
                }
                let due = chunk.due[at];
                if (from..until).contains(&due) {
                    let (received, ended) = (chunk.received[at], chunk.ended[at]);
                    lives.push(Life { received, due, ended });
                }
            }
            Some((days, lives))
        });
        let parts = parts.collect::<Option<Vec<_>>>()?;
        let mut received = vec![0; length];
        let mut lives = Vec::new();
        for (days, some) in parts {
            for (sum, count) in received.iter_mut().zip(days) {
                *sum += count;
            }
            lives.extend(some);
        }
        let offset = self.region().local_offset_secs;
        let Ahead { due, overdue } = Ahead::of(&lives, key.now, offset);
        Some(Forecasts {
            incoming: forecast(&received),
            received,
            due,
            overdue,
            overdue_error: overdue_error(&lives, key.now, offset),
        })
    }
}

/// Received before and not ended at that moment.
fn is_open(life: &Life, at: u32) -> bool {
    life.received < at && life.ended >= at
}

/// A local day from today on, today from now.
fn day_of(ahead: usize, now: u32, local_offset_secs: i32) -> Range<u32> {
    let local = i64::from(now) + i64::from(local_offset_secs);
    let midnight = now.saturating_sub(local.rem_euclid(i64::from(DAY_SECS)) as u32);
    let from = midnight.saturating_add(ahead as u32 * DAY_SECS);
    from.max(now)..from.saturating_add(DAY_SECS)
}

/// What is due on the days ahead.
struct Ahead {
    due: [u32; AHEAD],
    overdue: Option<[Expected; AHEAD]>,
}

impl Ahead {
    /// How many of those open at `now` are due on each of the days, and how many of them
    /// will be late, if as many are as were lately at that distance from their deadline.
    fn of(lives: &[Life], now: u32, local_offset_secs: i32) -> Self {
        let lately = now.saturating_sub(PACE_DAYS * DAY_SECS)..now;
        let mut due = [0; AHEAD];
        let mut expected = [Expected::default(); AHEAD];
        let mut known = 0;
        for ahead in 0..AHEAD {
            let day = day_of(ahead, now, local_offset_secs);
            let open = lives.iter().filter(|life| day.contains(&life.due) && is_open(life, now));
            due[ahead] = open.count() as u32;
            // The middle of the day: so far from their deadline they are on average.
            let distance = (day.start - now) + (day.end - day.start) / 2;
            let at_risk = lives.iter().filter(|life| {
                lately.contains(&life.due) && is_open(life, life.due.saturating_sub(distance))
            });
            let (mut risk, mut late) = (0_u32, 0_u32);
            for life in at_risk {
                risk += 1;
                late += u32::from(life.ended > life.due);
            }
            known += risk;
            // Laplace's rule: nothing is sure.
            let share = f64::from(late + 1) / f64::from(risk + 2);
            let n = f64::from(due[ahead]);
            let mean = n * share;
            // Chance of these, and that the share is known from so many only.
            let swing = (mean * (1.0 - share) * (1.0 + n / f64::from(risk + 2))).sqrt();
            expected[ahead] = Expected {
                mean,
                low: (mean - EIGHT_OF_TEN * swing).max(0.0),
                high: (mean + EIGHT_OF_TEN * swing).min(n),
            };
        }
        Self { due, overdue: (known >= LEAST_RISK).then_some(expected) }
    }
}

/// Tells the weeks before `now` again, from what was known then.
fn overdue_error(lives: &[Life], now: u32, local_offset_secs: i32) -> Option<f64> {
    let mut off = Vec::new();
    for weeks in 1..=WEEKS_TRIED {
        let then = now.checked_sub(weeks * AHEAD as u32 * DAY_SECS)?;
        // What ended later was open then.
        let Ahead { due, overdue } = Ahead::of(lives, then, local_offset_secs);
        let Some(overdue) = overdue.filter(|_| due.iter().sum::<u32>() > 0) else { continue };
        let said: f64 = overdue.iter().map(|day| day.mean).sum();
        let until = day_of(AHEAD - 1, then, local_offset_secs).end;
        let came = lives.iter().filter(|life| {
            (then..until).contains(&life.due) && is_open(life, then) && life.ended > life.due
        });
        off.push((said - came.count() as f64).abs());
    }
    (!off.is_empty()).then(|| off.iter().sum::<f64>() / off.len() as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::{self, NOW, REGION};
    use super::super::{BoardBuilder, Row};
    use super::*;
    use crate::domain::Status;

    fn of(board: &Board, filter: Filter) -> Forecasts {
        let key = AggregatesKey { filter, version: board.version(), now: NOW };
        board.forecasts(&key, &AtomicBool::new(false)).unwrap()
    }

    #[test]
    fn as_many_become_overdue_as_lately_at_that_distance() {
        let mut builder = BoardBuilder::new(REGION);
        let mut row_id = 0;
        let mut add = |received: u32, due: u32, closed: u32| {
            row_id += 1;
            let status = if closed == 0 { Status::InWork } else { Status::Closed };
            let status = status.index();
            builder.push(row_id, &Row { received, due, closed, status, ..Row::default() });
        };
        // Lately: due after ten days, one in four late by a day, the others two hours early.
        for n in 0..400_u32 {
            let due = NOW - (n % 28) * DAY_SECS - 3600;
            add(due - 10 * DAY_SECS, due, if n % 4 == 0 { due + DAY_SECS } else { due - 7200 });
        }
        // Forty are due the day after tomorrow.
        for _ in 0..40 {
            add(NOW - 3 * DAY_SECS, NOW + DAY_SECS + 7_200, 0);
        }
        let found = of(&builder.finish(samples::vocabulary()), Filter::default());
        // By local days: NOW is a forenoon.
        assert_eq!(found.due, [0, 40, 0, 0, 0, 0, 0]);
        let day = found.overdue.unwrap()[1];
        assert!((day.mean - 10.0).abs() < 0.5, "{day:?}");
        assert!(day.low > 5.0 && day.high < 15.0, "{day:?}");
        let error = found.overdue_error.unwrap();
        assert!(error < 15.0, "{error}");
    }

    proptest! {
        #[test]
        fn days_are_what_a_loop_counts_and_no_more_are_late_than_are_due(
            (board, rows) in samples::board(),
            filter in samples::span_only(),
        ) {
            let found = of(&board, filter);
            let day = |secs: u32| (secs + 7 * 3600) / DAY_SECS;
            let rows = || rows.values().filter(|row| !super::super::kinds::is_excluded(row.status));
            let whole = rows().filter(|row| day(row.received) < day(NOW)).count() as u32;
            prop_assert_eq!(found.received.iter().sum::<u32>(), whole);
            let expected = found.overdue.unwrap_or_default();
            for (ahead, (due, expected)) in found.due.iter().zip(&expected).enumerate() {
                let from = NOW - (NOW + 7 * 3600) % DAY_SECS + ahead as u32 * DAY_SECS;
                let is_due = |row: &&Row| {
                    let open = super::super::kinds::is_open(row.status) && row.received < NOW;
                    let ended = row.closed.max(row.first_answer).max(row.received);
                    (from..from + DAY_SECS).contains(&row.due) && (open || ended >= NOW)
                };
                prop_assert!(*due <= rows().filter(is_due).count() as u32);
                let Expected { mean, low, high } = *expected;
                prop_assert!(low <= mean && mean <= high && high <= f64::from(*due) + 1e-9);
            }
        }
    }
}

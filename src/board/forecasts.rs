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
use crate::detect::forecast::{AHEAD, Expected, Forecast, Past, Said, said};

const DAY_SECS: u32 = 86_400;

/// Deadlines of so many weeks say how many are met; the plain mean is of as many.
const PACE_WEEKS: u32 = 4;

/// With fewer passed deadlines, at all distances together, nothing is said.
const LEAST_RISK: u32 = 30;

/// Weeks that are told again to see how that went.
const WEEKS_TRIED: u32 = 4;

const WEEK_SECS: u32 = AHEAD as u32 * DAY_SECS;

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
    /// The means of its weekdays; `None` where the history is too short for them, too.
    pub plain: Option<Forecast>,
    /// Open with a deadline today from now on, tomorrow, …, by local days.
    pub due: [u32; AHEAD],
    /// Of those: how many will be overdue by then. What has yet to come is not in it.
    /// `None` where too few deadlines have passed lately to say so, and where it was no
    /// better than the mean of the same weekday.
    pub overdue: Option<Forecast>,
}

/// When an incident was received, due and answered or otherwise done, in UTC seconds.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    pub received: u32,
    pub due: u32,
    /// `u32::MAX` where it has not.
    pub done: u32,
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
        let from = key.now.saturating_sub((WEEKS_TRIED + PACE_WEEKS) * WEEK_SECS);
        let until = key.now.saturating_add(WEEK_SECS);
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
                    let (received, done) = (chunk.received[at], chunk.done[at]);
                    lives.push(Life { received, due, done });
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
        let past = overdue_past(&lives, self.first_received().unwrap_or(key.now), key.now, offset);
        let overdue = overdue.filter(|_| past.is_better());
        let (incoming, plain) = match said(&received) {
            Some(Said { forecast, plain }) => (forecast, Some(plain)),
            None => (None, None),
        };
        Some(Forecasts {
            incoming,
            plain,
            received,
            due,
            overdue: overdue.map(|days| Forecast { days, past }),
        })
    }
}

/// Received before and not done at that moment.
fn is_open(life: &Life, at: u32) -> bool {
    life.received < at && life.done >= at
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
        let paces = Pace::of(lives, now, local_offset_secs);
        let mut due = [0; AHEAD];
        let mut expected = [Expected::default(); AHEAD];
        let mut known = 0;
        for ahead in 0..AHEAD {
            let day = day_of(ahead, now, local_offset_secs);
            let open = lives.iter().filter(|life| day.contains(&life.due) && is_open(life, now));
            due[ahead] = open.count() as u32;
            let Pace { risk, late } = paces[ahead];
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

/// How many of those that were open so many days before their deadline, at this time of
/// the day, were late.
#[derive(Clone, Copy, Default)]
struct Pace {
    risk: u32,
    late: u32,
}

impl Pace {
    /// By days ahead, from the deadlines of the last weeks.
    fn of(lives: &[Life], now: u32, local_offset_secs: i32) -> [Self; AHEAD] {
        let lately = now.saturating_sub(PACE_WEEKS * WEEK_SECS)..now;
        let into_day = |secs: u32| {
            let local = i64::from(secs) + i64::from(local_offset_secs);
            local.rem_euclid(i64::from(DAY_SECS)) as u32
        };
        let time = into_day(now);
        let mut paces = [Self::default(); AHEAD];
        for life in lives.iter().filter(|life| lately.contains(&life.due)) {
            let this_time = (life.due - into_day(life.due)).saturating_add(time);
            for (ahead, pace) in (0_u32..).zip(&mut paces) {
                let Some(origin) = this_time.checked_sub(ahead * DAY_SECS) else { break };
                if origin <= life.due && is_open(life, origin) {
                    pace.risk += 1;
                    pace.late += u32::from(life.done > life.due);
                }
            }
        }
        paces
    }
}

/// Of those open at `origin`: how many of a day ahead became overdue.
fn came_late(lives: &[Life], origin: u32, ahead: usize, local_offset_secs: i32) -> f64 {
    let day = day_of(ahead, origin, local_offset_secs);
    let is_late =
        |life: &&Life| day.contains(&life.due) && is_open(life, origin) && life.done > life.due;
    lives.iter().filter(is_late).count() as f64
}

/// Tells the weeks before `now` again, from what was known then, against the mean of the
/// same days of the weeks before each. The weeks in which the history begins at `first`
/// tell nothing: what was due in them came before it.
pub fn overdue_past(lives: &[Life], first: u32, now: u32, local_offset_secs: i32) -> Past {
    let mut past = Past::default();
    let settled = first.saturating_add(PACE_WEEKS * WEEK_SECS);
    let origins: Vec<u32> = (1..=WEEKS_TRIED + PACE_WEEKS)
        .map_while(|weeks| now.checked_sub(weeks * WEEK_SECS).filter(|origin| *origin >= settled))
        .collect();
    let came: Vec<[f64; AHEAD]> = origins
        .iter()
        .map(|origin| {
            std::array::from_fn(|ahead| came_late(lives, *origin, ahead, local_offset_secs))
        })
        .collect();
    for (at, origin) in origins.iter().enumerate().take(WEEKS_TRIED as usize) {
        let Some(before) = came.get(at + 1..=at + PACE_WEEKS as usize) else { break };
        let Ahead { overdue: Some(said), .. } = Ahead::of(lives, *origin, local_offset_secs) else {
            continue;
        };
        for ahead in 0..AHEAD {
            let plain: f64 = before.iter().map(|week| week[ahead]).sum();
            past.compare(came[at][ahead], said[ahead].mean, plain / f64::from(PACE_WEEKS));
        }
    }
    past
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::samples::{self, NOW};
    use super::super::{BoardBuilder, Row, kinds};
    use super::*;
    use crate::domain::Status;

    fn of(board: &Board, filter: Filter) -> Forecasts {
        let key = AggregatesKey { filter, version: board.version(), now: NOW };
        board.forecasts(&key, &AtomicBool::new(false)).unwrap()
    }

    const OFFSET: i32 = 7 * 3600;

    /// Due at that moment after ten days; late by a day or two hours early.
    fn life(due: u32, is_late: bool) -> Life {
        let done = if is_late { due + DAY_SECS } else { due - 7200 };
        Life { received: due - 10 * DAY_SECS, due, done }
    }

    /// Due in so many seconds, and open.
    fn open(ahead: u32) -> Life {
        Life { received: NOW - 3 * DAY_SECS, due: NOW + ahead, done: u32::MAX }
    }

    #[test]
    fn as_many_become_overdue_as_lately_at_that_distance() {
        // One in four was late.
        let lately = (0..400_u32).map(|n| life(NOW - (n % 28) * DAY_SECS - 3600, n % 4 == 0));
        let lives: Vec<Life> = lately.chain((0..40).map(|_| open(DAY_SECS + 7200))).collect();
        let found = Ahead::of(&lives, NOW, OFFSET);
        // By local days: NOW is a forenoon.
        assert_eq!(found.due, [0, 40, 0, 0, 0, 0, 0]);
        let day = found.overdue.unwrap()[1];
        assert!((day.mean - 10.0).abs() < 0.5, "{day:?}");
        assert!(day.low > 5.0 && day.high < 15.0, "{day:?}");
        // There are no weeks before to try it on, so that it is not told.
        assert!(!overdue_past(&lives, 0, NOW, OFFSET).is_better());
    }

    #[test]
    fn weeks_that_were_unlike_are_told_better_than_by_their_mean_and_like_ones_are_not() {
        // A share of one in four each week, of more and more or always as many.
        let weeks = |growth: u32, began: u32| -> Past {
            let of_week = |week: u32| {
                let n = 40 + growth * (12 - week);
                (0..n).map(move |at| {
                    let due = NOW - week * WEEK_SECS + (at % 7) * DAY_SECS + 3 * 3600;
                    life(due, at / 7 % 4 == 0)
                })
            };
            let lives: Vec<Life> = (1..=12).flat_map(of_week).collect();
            overdue_past(&lives, NOW - began * WEEK_SECS, NOW, OFFSET)
        };
        let steady = weeks(0, 12);
        assert!(!steady.is_better(), "{steady:?}");
        let growing = weeks(80, 12);
        assert!(growing.is_better() && growing.n == 28, "{growing:?}");
        // Where it began within these weeks, they say nothing.
        let young = weeks(80, 11);
        assert!(!young.is_better() && young.n == 21, "{young:?}");
    }

    /// More and more of twelve weeks, one in so many late, and what is due ahead; some of
    /// it rejected, which is nobody's work.
    fn growing() -> impl Strategy<Value = Vec<Row>> {
        let ahead = vec((0..AHEAD as u32 * DAY_SECS, 0..20_u32), 0..60);
        let jitter = vec((0..DAY_SECS, 3..20_u32, 0..5_u32), 97);
        (40..90_u32, 2..5_u32, ahead, jitter).prop_map(|(growth, one_in, ahead, jitter)| {
            let mut rows = Vec::new();
            for week in 1..=12_u32 {
                for at in 0..growth * (13 - week) {
                    let (time, open_days, early) = jitter[(at + week) as usize % jitter.len()];
                    let due = NOW - week * WEEK_SECS + (at % 7) * DAY_SECS + time;
                    let is_late = at / 7 % one_in == 0;
                    let done = if is_late { due + DAY_SECS } else { due - early * DAY_SECS / 2 };
                    rows.push(lived(due, open_days, done));
                }
            }
            rows.extend(ahead.into_iter().map(|(secs, days)| lived(NOW + secs, days, u32::MAX)));
            for row in rows.iter_mut().step_by(11) {
                row.status = Status::Rejected.index();
            }
            rows
        })
    }

    /// Received so many days before it was due; open where it is done only later.
    fn lived(due: u32, open_days: u32, done: u32) -> Row {
        let is_done = done < NOW;
        let status = if is_done { Status::Closed } else { Status::InWork };
        let received = (due - open_days * DAY_SECS).min(NOW - 1);
        let closed = if is_done { done.max(received) } else { 0 };
        Row { received, due, closed, status: status.index(), ..Row::default() }
    }

    /// Due on that day from `NOW` on, and not done.
    fn due_on(rows: &[Row], ahead: usize) -> u32 {
        let midnight = NOW - (NOW + OFFSET as u32) % DAY_SECS;
        let from = midnight + ahead as u32 * DAY_SECS;
        let is_due = |row: &&Row| {
            let is_open = kinds::is_open(row.status) || row.done() >= NOW;
            (from.max(NOW)..from + DAY_SECS).contains(&row.due) && row.received < NOW && is_open
        };
        rows.iter().filter(is_due).count() as u32
    }

    /// What was open so many days before a deadline of the last four weeks, at this time of
    /// the day, and how much of it was late.
    fn pace_of(rows: &[Row], ahead: u32) -> (u32, u32) {
        let (mut risk, mut late) = (0, 0);
        for row in rows.iter().filter(|row| (NOW - 4 * WEEK_SECS..NOW).contains(&row.due)) {
            let days_before_now =
                (NOW + OFFSET as u32) / DAY_SECS - (row.due + OFFSET as u32) / DAY_SECS;
            let looked = NOW - (days_before_now + ahead) * DAY_SECS;
            let is_open = kinds::is_open(row.status);
            if looked <= row.due && row.received < looked && (is_open || row.done() >= looked) {
                risk += 1;
                late += u32::from(is_open || row.done() > row.due);
            }
        }
        (risk, late)
    }

    proptest! {
        #[test]
        fn days_are_what_a_loop_counts(
            (board, rows) in samples::board(),
            filter in samples::span_only(),
        ) {
            let found = of(&board, filter);
            let counted = |row: &&Row| !kinds::is_excluded(row.status);
            let rows: Vec<Row> = rows.values().filter(counted).copied().collect();
            let day = |secs: u32| (secs + OFFSET as u32) / DAY_SECS;
            let whole = rows.iter().filter(|row| day(row.received) < day(NOW)).count() as u32;
            prop_assert_eq!(found.received.iter().sum::<u32>(), whole);
            for (ahead, due) in found.due.iter().enumerate() {
                prop_assert_eq!(*due, due_on(&rows, ahead));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn what_becomes_overdue_is_due_times_the_pace_that_a_loop_counts(rows in growing()) {
            let mut builder = BoardBuilder::new(samples::REGION);
            (1..).zip(&rows).for_each(|(row_id, row)| builder.push(row_id, row));
            let found = of(&builder.finish(samples::vocabulary()), Filter::default());
            let Some(Forecast { days, past }) = found.overdue else {
                return Err(TestCaseError::fail("such a board has a forecast"));
            };
            prop_assert!(past.is_better() && past.n == 28, "{:?}", past);
            let rows: Vec<Row> =
                rows.into_iter().filter(|row| !kinds::is_excluded(row.status)).collect();
            for (ahead, Expected { mean, low, high }) in days.into_iter().enumerate() {
                let due = due_on(&rows, ahead);
                prop_assert_eq!(found.due[ahead], due);
                let (risk, late) = pace_of(&rows, ahead as u32);
                prop_assert!(late > 0 && risk > late);
                let expected = f64::from(due) * f64::from(late + 1) / f64::from(risk + 2);
                prop_assert!((mean - expected).abs() < 1e-9, "{} {}", mean, expected);
                prop_assert!(low <= mean && mean <= high && high <= f64::from(due) + 1e-9);
                prop_assert!(low >= 0.0 && (due == 0 || low < high), "{} {}", low, high);
            }
        }
    }
}

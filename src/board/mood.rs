//! Whether a span was calmer or tenser than usual, and why.

use super::aggregates::DayTotals;

/// Spans of the same length before, on the same weekdays.
const SPANS: usize = 4;
/// With fewer nothing is said to be usual.
const LEAST_SPANS: usize = 2;
/// Further from the middle than so many deviations is unusual.
const CLEAR: f64 = 2.0;
/// Counts swing by at least this share of themselves beside chance.
const LEAST_SWING: f64 = 0.06;

/// Of a normal law, the standard deviation ÷ the median absolute one.
const MAD_TO_DEVIATION: f64 = 1.482_602_218_505_602;

const WEEK: usize = 7;

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let (low, high) = (values.len().saturating_sub(1) / 2, values.len() / 2);
    values.get(low).zip(values.get(high)).map_or(0.0, |(low, high)| f64::midpoint(*low, *high))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Calmer,
    Usual,
    Tenser,
}

/// A count beside what it was in the spans before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beside {
    pub count: u32,
    /// The median: one span that stood out does not make it usual.
    pub middle: f64,
    /// Within these it is as usual.
    pub low: f64,
    pub high: f64,
}

impl Beside {
    fn of(count: u32, before: &[f64]) -> Self {
        Self::within(count, before, CLEAR)
    }

    /// Usual is what lies so many deviations from the middle.
    pub(super) fn within(count: u32, before: &[f64], clear: f64) -> Self {
        let middle = median(before.to_vec());
        let apart = before.iter().map(|one| (one - middle).abs()).collect();
        let deviation = median(apart) * MAD_TO_DEVIATION;
        // Of nothing, too, some are chance.
        let swing = deviation.max((middle + 1.0).sqrt()).max(middle * LEAST_SWING) * clear;
        let (low, high) = ((middle - swing).max(0.0).round(), (middle + swing).round());
        Self { count, middle, low, high }
    }

    pub fn mood(&self) -> Mood {
        let count = f64::from(self.count);
        if count > self.high {
            Mood::Tenser
        } else if count < self.low {
            Mood::Calmer
        } else {
            Mood::Usual
        }
    }
}

/// What a span is judged by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// Spans before that it is held against.
    pub spans: usize,
    /// What came, and what stood open and overdue at the end.
    pub received: Beside,
    pub overdue: Beside,
}

impl Verdict {
    /// Of the days `from..to` (local days since 1970), whole ones, held against spans of
    /// the same length before them that begin on the same weekday. `None` where the
    /// history is too short.
    pub fn of(days: &[DayTotals], from: i32, to: i32) -> Option<Self> {
        let first = days.first()?.day;
        let length = usize::try_from(to - from).ok().filter(|length| *length > 0)?;
        let start = usize::try_from(from - first).ok()?;
        let span = |start: usize| days.get(start..start + length);
        let own = span(start)?;
        let step = length.div_ceil(WEEK) * WEEK;
        let before: Vec<&[DayTotals]> =
            (1..=SPANS).map_while(|back| span(start.checked_sub(back * step)?)).collect();
        if before.len() < LEAST_SPANS {
            return None;
        }
        let received = |days: &[DayTotals]| days.iter().map(|day| day.received).sum::<u32>();
        let overdue = |days: &[DayTotals]| days.last().map_or(0, |day| day.overdue);
        let beside = |of: &dyn Fn(&[DayTotals]) -> u32| {
            let before: Vec<f64> = before.iter().map(|days| f64::from(of(days))).collect();
            Beside::of(of(own), &before)
        };
        Some(Self { spans: before.len(), received: beside(&received), overdue: beside(&overdue) })
    }

    /// Tense by any of its signs or where something stands out, calm only by what came
    /// and nothing else.
    pub fn mood(&self, has_surprises: bool) -> Mood {
        let moods = [self.received.mood(), self.overdue.mood()];
        if has_surprises || moods.contains(&Mood::Tenser) {
            Mood::Tenser
        } else {
            self.received.mood()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Six weeks of a hundred a day, forty on the seventh.
    fn weeks(last: u32, overdue: u32) -> Vec<DayTotals> {
        let mut days: Vec<_> = (0..42)
            .map(|day| DayTotals {
                day: 20_000 + day,
                received: if day % 7 == 6 { 40 } else { 100 },
                overdue: 50,
                ..DayTotals::default()
            })
            .collect();
        if let Some(day) = days.last_mut() {
            (day.received, day.overdue) = (last, overdue);
        }
        days
    }

    fn last_day(days: &[DayTotals]) -> Verdict {
        Verdict::of(days, 20_041, 20_042).unwrap()
    }

    #[test]
    fn a_day_is_held_against_the_same_weekday() {
        let usual = last_day(&weeks(42, 50));
        assert_eq!((usual.spans, usual.received.middle), (4, 40.0));
        assert_eq!(usual.mood(false), Mood::Usual);
        assert_eq!(usual.mood(true), Mood::Tenser);
        assert_eq!(last_day(&weeks(90, 50)).mood(false), Mood::Tenser);
        assert_eq!(last_day(&weeks(12, 50)).mood(false), Mood::Calmer);
        // Little comes, but what is overdue piles up.
        assert_eq!(last_day(&weeks(12, 90)).mood(false), Mood::Tenser);
    }

    #[test]
    fn one_incident_where_there_are_none_is_chance() {
        let mut days = weeks(1, 1);
        for day in &mut days[..41] {
            (day.received, day.overdue) = (0, 0);
        }
        assert_eq!(last_day(&days).mood(false), Mood::Usual);
    }

    #[test]
    fn one_burst_before_does_not_make_everything_usual() {
        let mut days = weeks(120, 50);
        days[34].received = 900;
        let verdict = last_day(&days);
        assert_eq!((verdict.received.middle, verdict.mood(false)), (40.0, Mood::Tenser));
        assert!(verdict.received.high < 60.0, "{verdict:?}");
    }

    #[test]
    fn a_week_is_held_against_weeks_and_a_short_history_against_nothing() {
        let days = weeks(40, 50);
        let week = Verdict::of(&days, 20_035, 20_042).unwrap();
        assert_eq!((week.received.count, week.received.middle, week.spans), (640, 640.0, 4));
        // Ten days begin on one weekday every fourteen.
        assert_eq!(Verdict::of(&days, 20_032, 20_042).unwrap().spans, 2);
        assert_eq!(Verdict::of(&days, 20_012, 20_042), None);
        assert_eq!(Verdict::of(&days, 20_042, 20_042), None);
        assert_eq!(Verdict::of(&days, 19_000, 19_007), None);
        assert_eq!(Verdict::of(&[], 0, 1), None);
    }
}

//! Round ticks for axes of numbers, of orders of magnitude and of days.

use chrono::{Datelike, Days, NaiveDate};

/// The round step (1, 2 or 5 times a power of ten) that cuts a range into at
/// most `wanted` parts. 1 where the range is empty or no number.
pub fn round_step(range: f64, wanted: usize) -> f64 {
    let least = range / wanted.max(1) as f64;
    if !(least.is_finite() && least > 0.0) {
        return 1.0;
    }
    let power = 10_f64.powf(least.log10().floor());
    // A hair of tolerance: 0.1 + 0.2 is not to become a step of 0.5.
    let step = [1.0, 2.0, 5.0].into_iter().find(|step| step * power >= least * (1.0 - 1e-9));
    step.unwrap_or(10.0) * power
}

/// Multiples of a round step from `min` to `max`, at most `wanted` + 1.
pub fn linear_ticks(min: f64, max: f64, wanted: usize) -> Vec<f64> {
    if !(min.is_finite() && max.is_finite() && min < max) {
        return Vec::new();
    }
    let step = round_step(max - min, wanted);
    let first = (min / step - 1e-9).ceil() as i64;
    let last = (max / step + 1e-9).floor() as i64;
    (first..=last).map(|multiple| multiple as f64 * step).collect()
}

/// The end of an axis from zero that holds `max`: the next multiple of the step.
/// Never 0, so that an empty chart has an axis too.
pub fn round_up(max: f64, wanted: usize) -> f64 {
    let max = if max.is_finite() && max > 0.0 { max } else { 1.0 };
    let step = round_step(max, wanted);
    (max / step - 1e-9).ceil() * step
}

/// Powers of ten from `min` to `max`, with twos and fives between them while
/// there are at most `wanted`. Both ends must be above zero.
pub fn log_ticks(min: f64, max: f64, wanted: usize) -> Vec<f64> {
    if !(min > 0.0 && min <= max && max.is_finite()) {
        return Vec::new();
    }
    let powers = min.log10().floor() as i32..=max.log10().ceil() as i32;
    let inside = |tick: &f64| *tick >= min * (1.0 - 1e-9) && *tick <= max * (1.0 + 1e-9);
    let ticks = |steps: &[f64]| -> Vec<f64> {
        powers
            .clone()
            .flat_map(|power| steps.iter().map(move |step| step * 10_f64.powi(power)))
            .filter(inside)
            .collect()
    };
    let fine = ticks(&[1.0, 2.0, 5.0]);
    if fine.len() <= wanted { fine } else { ticks(&[1.0]) }
}

/// What stands between two ticks of a time axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// Ticks of a time axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayTicks {
    pub unit: TimeUnit,
    /// Local days since 1970-01-01: every day, Mondays, or first days of months.
    pub days: Vec<i32>,
}

/// Ticks over local days `from..=to` in the finest unit that gives at most
/// `wanted` of them; years where even those are more.
pub fn day_ticks(from: i32, to: i32, wanted: usize) -> DayTicks {
    let units = [TimeUnit::Day, TimeUnit::Week, TimeUnit::Month, TimeUnit::Quarter];
    let mut ticks = units.into_iter().filter(|unit| {
        // Before counting out: a century of days is not to be listed.
        i64::from(to) - i64::from(from) <= (wanted as i64 + 1) * unit.longest_days()
    });
    ticks
        .find_map(|unit| {
            let days = unit.starts(from, to);
            (days.len() <= wanted).then_some(DayTicks { unit, days })
        })
        .unwrap_or_else(|| DayTicks { unit: TimeUnit::Year, days: TimeUnit::Year.starts(from, to) })
}

impl TimeUnit {
    const fn longest_days(self) -> i64 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 31,
            Self::Quarter => 92,
            Self::Year => 366,
        }
    }

    /// Days on which the unit begins.
    fn starts(self, from: i32, to: i32) -> Vec<i32> {
        match self {
            Self::Day => (from..=to).collect(),
            // 1970-01-01 was a Thursday.
            Self::Week => (from..=to).filter(|day| (day + 3).rem_euclid(7) == 0).collect(),
            Self::Month => first_days(from, to, 1),
            Self::Quarter => first_days(from, to, 3),
            Self::Year => first_days(from, to, 12),
        }
    }
}

/// First days of every `months`-th month, counted from January.
fn first_days(from: i32, to: i32, months: i32) -> Vec<i32> {
    let (Some(start), Some(_)) = (date(from), date(to)) else { return Vec::new() };
    let first = (start.year() * 12 + start.month0() as i32).div_euclid(months) * months;
    (first..)
        .step_by(months as usize)
        .map_while(|month| {
            let year = month.div_euclid(12);
            NaiveDate::from_ymd_opt(year, month.rem_euclid(12) as u32 + 1, 1)
        })
        .map(day)
        .skip_while(|&day| day < from)
        .take_while(|&day| day <= to)
        .collect()
}

fn date(day: i32) -> Option<NaiveDate> {
    let epoch = NaiveDate::default();
    let distance = Days::new(u64::from(day.unsigned_abs()));
    if day < 0 { epoch.checked_sub_days(distance) } else { epoch.checked_add_days(distance) }
}

fn day(date: NaiveDate) -> i32 {
    date.signed_duration_since(NaiveDate::default()).num_days() as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn on(year: i32, month: u32, day_of_month: u32) -> i32 {
        day(NaiveDate::from_ymd_opt(year, month, day_of_month).unwrap())
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(linear_ticks(0.0, 100.0, 5), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(linear_ticks(-7.0, 7.0, 4), [-5.0, 0.0, 5.0]);
        assert!(linear_ticks(5.0, 5.0, 4).is_empty());
        assert!(linear_ticks(f64::NAN, 5.0, 4).is_empty());
        assert!((round_up(417.0, 4) - 600.0).abs() < 1e-9);
        assert!((round_up(400.0, 4) - 400.0).abs() < 1e-9);
        assert!(round_up(0.0, 4) > 0.0 && round_up(f64::NAN, 4) > 0.0);
    }

    #[test]
    fn orders_of_magnitude() {
        assert_eq!(log_ticks(1.0, 20.0, 6), [1.0, 2.0, 5.0, 10.0, 20.0]);
        assert_eq!(log_ticks(1.0, 9_000.0, 5), [1.0, 10.0, 100.0, 1000.0]);
        assert!(log_ticks(0.0, 10.0, 5).is_empty());
    }

    #[test]
    fn a_month_has_weeks_and_a_year_has_months() {
        let month = day_ticks(on(2026, 10, 26), on(2026, 11, 23), 8);
        assert_eq!(month.unit, TimeUnit::Week);
        assert_eq!(month.days[0], on(2026, 10, 26), "a Monday");
        assert_eq!(month.days.len(), 5);
        let year = day_ticks(on(2025, 11, 24), on(2026, 11, 23), 12);
        assert_eq!(year.unit, TimeUnit::Month);
        assert_eq!(year.days[0], on(2025, 12, 1));
        assert_eq!(year.days.len(), 12);
        let decade = day_ticks(on(2016, 3, 1), on(2026, 3, 1), 6);
        assert_eq!((decade.unit, decade.days[0]), (TimeUnit::Year, on(2017, 1, 1)));
        assert_eq!(day_ticks(0, 4, 5).days, [0, 1, 2, 3, 4]);
        assert!(day_ticks(9, 3, 5).days.is_empty());
    }

    #[test]
    fn absurd_spans_end() {
        let all = day_ticks(i32::MIN, i32::MAX, 8);
        assert_eq!(all.unit, TimeUnit::Year);
    }

    proptest! {
        #[test]
        fn linear_ticks_rise_within_the_range(min in -1e6..1e6_f64, range in 1e-6..1e7_f64, wanted in 1_usize..12) {
            let max = min + range;
            let ticks = linear_ticks(min, max, wanted);
            prop_assert!(ticks.len() <= wanted + 1);
            prop_assert!(ticks.windows(2).all(|pair| pair[0] < pair[1]));
            let slack = range * 1e-6;
            prop_assert!(ticks.iter().all(|&tick| tick >= min - slack && tick <= max + slack));
        }

        #[test]
        fn day_ticks_rise_within_the_span(from in -30_000..30_000, length in 0..9_000, wanted in 1_usize..20) {
            let ticks = day_ticks(from, from + length, wanted);
            prop_assert!(ticks.days.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(ticks.days.iter().all(|day| (from..=from + length).contains(day)));
            prop_assert!(ticks.unit == TimeUnit::Year || ticks.days.len() <= wanted);
        }
    }
}

//! What the next days will bring, from whole days of counts: a level that follows
//! slowly and is not carried away by one burst, times what each weekday has of it.
//!
//! It is held against the plainest thing that could be said instead, the mean of the
//! same weekday of four weeks, on its own past; where it was no better it says nothing.

/// Days ahead.
pub const AHEAD: usize = 7;
/// Fewer whole days say too little.
pub const LEAST_DAYS: usize = 28;
/// Days that are looked back upon, so that seasons do not mix.
const MOST_DAYS: usize = 84;
/// Origins of past forecasts that are held against what came, one a day.
const TRIED: usize = 56;
/// Fewer pairs of a forecast and a day say nothing of how well that went.
const LEAST_PAIRS: usize = 28;
/// Weight of the newest day in the level. Set by trial on made-up regions
/// (`pult detect --demo-seeds`), as the two below.
const NEWEST: f64 = 0.17;
/// A day counts for at most so many times the usual, and at least its inverse.
const MOST_TIMES: f64 = 1.4;
/// Weeks of weekday ratios that «no difference» weighs as much as.
const DOUBT_WEEKS: f64 = 0.25;

const WEEK: usize = 7;

/// The days ahead, and how well that went before.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    pub days: [Expected; AHEAD],
    pub past: Past,
}

/// What is expected of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Expected {
    pub mean: f64,
    /// Eight of ten past days lay between these.
    pub low: f64,
    pub high: f64,
}

/// Past forecasts of 1 to 7 days ahead against what came.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Past {
    /// Pairs of a forecast and a day.
    pub n: usize,
    /// Mean absolute errors, in counts a day: of the forecast, and of the mean of the same
    /// weekday of the four weeks before.
    pub error: f64,
    pub plain_error: f64,
}

impl Past {
    /// One more pair: what came, and what was said of it.
    pub fn compare(&mut self, came: f64, said: f64, plain: f64) {
        let mean = |mean: f64, off: f64| mean + (off - mean) / (self.n + 1) as f64;
        self.error = mean(self.error, (came - said).abs());
        self.plain_error = mean(self.plain_error, (came - plain).abs());
        self.n += 1;
    }

    /// It was worth saying: it is better by what is shown of both, one decimal.
    pub fn is_better(&self) -> bool {
        let shown = |error: f64| format!("{error:.1}").parse::<f64>().unwrap_or(error);
        self.n >= LEAST_PAIRS && shown(self.error) < shown(self.plain_error)
    }
}

/// Past forecasts, and how far from them it was.
struct Tried {
    past: Past,
    ours: Bounds,
    /// Of the weekday's mean.
    plain: Bounds,
}

/// 10th and 90th percentile of what came ÷ what was expected.
struct Bounds {
    low: f64,
    high: f64,
}

impl Bounds {
    fn of(mut ratios: Vec<f64>) -> Self {
        ratios.sort_unstable_by(f64::total_cmp);
        let quantile = |q: f64| ratios[((ratios.len() - 1) as f64 * q).round() as usize];
        // What is expected lies within what it may be.
        Self { low: quantile(0.1).min(1.0), high: quantile(0.9).max(1.0) }
    }

    fn around(&self, means: [f64; AHEAD]) -> [Expected; AHEAD] {
        means.map(|mean| Expected { mean, low: mean * self.low, high: mean * self.high })
    }
}

/// What can be said of the days ahead.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// `None` where it was no better than the weekday's mean.
    pub forecast: Option<Forecast>,
    /// The weekday's mean, as it would be said in its place.
    pub plain: Forecast,
}

/// What is expected of the days behind `days` (whole ones, oldest first). `None` with
/// less than [`LEAST_DAYS`] and a past to try it on.
pub fn said(days: &[u32]) -> Option<Said> {
    let Tried { past, ours, plain } = tried(days)?;
    let forecast = past.is_better().then(|| Forecast { days: ours.around(expected(days)), past });
    Some(Said { forecast, plain: Forecast { days: plain.around(weekday_mean(days)), past } })
}

/// How past forecasts did; `None` where there is too little past for that.
pub fn past(days: &[u32]) -> Option<Past> {
    tried(days).map(|tried| tried.past)
}

fn tried(days: &[u32]) -> Option<Tried> {
    // Each tells a whole week ahead.
    let last = days.len().checked_sub(AHEAD)?;
    let first = LEAST_DAYS.max((last + 1).saturating_sub(TRIED));
    let mut past = Past::default();
    let (mut of_ours, mut of_plain) = (Vec::new(), Vec::new());
    for origin in first..=last {
        let (before, after) = days.split_at(origin);
        let (ours, plain) = (expected(before), weekday_mean(before));
        for (at, came) in after.iter().take(AHEAD).enumerate() {
            let came = f64::from(*came);
            past.compare(came, ours[at], plain[at]);
            of_ours.push(came / ours[at].max(0.5));
            of_plain.push(came / plain[at].max(0.5));
        }
    }
    if past.n < LEAST_PAIRS {
        return None;
    }
    Some(Tried { past, ours: Bounds::of(of_ours), plain: Bounds::of(of_plain) })
}

/// The mean of the same weekday of the last four weeks.
fn weekday_mean(days: &[u32]) -> [f64; AHEAD] {
    std::array::from_fn(|ahead| {
        let same =
            (1..=4).filter_map(|week| days.len().checked_sub(week * WEEK)?.checked_add(ahead));
        let same: Vec<f64> = same.filter_map(|at| days.get(at)).map(|n| f64::from(*n)).collect();
        same.iter().sum::<f64>() / same.len().max(1) as f64
    })
}

fn expected(days: &[u32]) -> [f64; AHEAD] {
    let days = &days[days.len().saturating_sub(MOST_DAYS)..];
    let weekdays = weekdays(days);
    let of = |at: usize| weekdays[at % WEEK];
    let plain: Vec<f64> =
        days.iter().enumerate().map(|(at, count)| f64::from(*count) / of(at)).collect();
    let usual = median(plain[plain.len().saturating_sub(LEAST_DAYS)..].to_vec());
    let mut level = usual;
    for day in &plain {
        let day = day.clamp(usual / MOST_TIMES, usual * MOST_TIMES);
        level += NEWEST * (day - level);
    }
    std::array::from_fn(|ahead| level * of(days.len() + ahead))
}

/// What the days of a week have of their mean, by index modulo seven.
fn weekdays(days: &[u32]) -> [f64; WEEK] {
    let mut ratios: [Vec<f64>; WEEK] = Default::default();
    for week in days.windows(WEEK).enumerate() {
        let (first, week) = week;
        let mean = week.iter().map(|count| f64::from(*count)).sum::<f64>() / WEEK as f64;
        let middle = WEEK / 2;
        if mean > 0.0 {
            ratios[(first + middle) % WEEK].push(f64::from(week[middle]) / mean);
        }
    }
    let mut found = ratios.map(|ratios| {
        let weeks = ratios.len() as f64;
        let middle = median(ratios);
        (middle * weeks + DOUBT_WEEKS) / (weeks + DOUBT_WEEKS)
    });
    let mean = found.iter().sum::<f64>() / WEEK as f64;
    for day in &mut found {
        *day = (*day / mean).max(0.05);
    }
    found
}

/// 1 of nothing.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    match values.len() {
        0 => 1.0,
        n if n % 2 == 1 => values[n / 2],
        n => f64::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eight weeks with a quiet Saturday and Sunday, and what else comes on a day.
    fn weeks(more: impl Fn(usize) -> u32) -> Vec<u32> {
        (0..56).map(|day| if day % 7 >= 5 { 40 } else { 100 } + more(day)).collect()
    }

    /// The same every time, between 0 and 20.
    fn noise(day: usize) -> u32 {
        (day as u32).wrapping_mul(2_654_435_761) >> 24 & 0x0f
    }

    #[test]
    fn weekdays_have_their_share_and_a_burst_does_not_carry_the_level_away() {
        let calm = expected(&weeks(noise));
        for (ahead, mean) in calm.iter().enumerate() {
            let usual = if ahead % 7 >= 5 { 47.0 } else { 107.0 };
            assert!((mean - usual).abs() < usual * 0.15, "{ahead}: {mean}");
        }
        let burst = weeks(|day| noise(day) + if (51..54).contains(&day) { 400 } else { 0 });
        let after: f64 = expected(&burst).iter().sum();
        let without: f64 = calm.iter().sum();
        assert!(after < without * 1.25, "{after} {without}");
        let plain: f64 = weekday_mean(&burst).iter().sum();
        assert!(plain > without * 1.25, "the mean of four weeks is carried away: {plain}");
    }

    fn forecast(days: &[u32]) -> Option<Forecast> {
        said(days)?.forecast
    }

    fn plain(days: &[u32]) -> Option<Forecast> {
        said(days).map(|said| said.plain)
    }

    #[test]
    fn it_tells_its_own_past_and_is_silent_where_that_was_no_better() {
        let found =
            forecast(&weeks(|day| noise(day) + if day % 19 == 0 { 90 } else { 0 })).unwrap();
        let Forecast { days, past } = found;
        assert!(past.n > 100 && past.error > 0.0 && past.error < past.plain_error);
        assert!(days.iter().all(|day| day.low <= day.mean && day.mean <= day.high), "{days:?}");
        // Weeks that are all the same are told by the weekday's mean without any error.
        assert_eq!(forecast(&weeks(|_| 0)), None);
        let Forecast { days, past } = plain(&weeks(|_| 0)).unwrap();
        assert!(past.n > 100 && past.plain_error < 1e-9);
        let day = |mean| Expected { mean, low: mean, high: mean };
        assert_eq!(days, [100.0, 100.0, 100.0, 100.0, 100.0, 40.0, 40.0].map(day));
        assert_eq!((forecast(&[5; LEAST_DAYS]), plain(&[5; LEAST_DAYS])), (None, None));
        assert_eq!(past_of_nothing(), None);
    }

    #[test]
    fn what_is_better_by_less_than_is_shown_is_not_better() {
        let is_better = |error, plain_error| Past { n: 200, error, plain_error }.is_better();
        assert!(is_better(7.74, 7.76), "7.7 and 7.8");
        assert!(!is_better(7.76, 7.84), "7.8 and 7.8");
        assert!(is_better(9.94, 10.04), "9.9 and 10.0: as numbers, not as words");
        assert!(!is_better(0.11, 0.14) && !is_better(0.2, 0.1) && !is_better(0.0, 0.0));
        assert!(!Past { n: LEAST_PAIRS - 1, error: 1.0, plain_error: 2.0 }.is_better());
    }

    fn past_of_nothing() -> Option<Past> {
        past(&[])
    }
}

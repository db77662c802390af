//! What is added up of a group, and the figures that are read off it.

use super::super::aggregates::DurationHistogram;
use super::super::chunk::TICKS;
use super::facts::{Reading, among, counted, fact};
use crate::domain::indicator::{Kind, Measure};
use crate::domain::quality::Scores;

/// Which durations are kept.
mod duration {
    pub(super) const REGISTRATION: usize = 0;
    pub(super) const FIRST_ANSWER: usize = 1;
    pub(super) const AFTER_ANSWER: usize = 2;
    pub(super) const CLOSE: usize = 3;
    pub(super) const AGE: usize = 4;
    pub(super) const ASSIGN: usize = 5;
    pub(super) const PREPARE: usize = 6;
    pub(super) const APPROVAL: usize = 7;
    pub(super) const COUNT: usize = 8;
}

/// Buckets of a row's durations; one that it has not is in none.
pub(super) struct Times([u8; duration::COUNT]);

impl Times {
    const NONE: u8 = u8::MAX;

    /// Of facts of a row, for a window whose states are those of `clock`.
    pub(super) fn of(reading: &Reading<'_>, facts: u32, clock: u32) -> Self {
        let Reading { chunk, at, .. } = *reading;
        let received = chunk.received[at];
        let since = |from: u32, to: u32| DurationHistogram::bucket(to.saturating_sub(from)) as u8;
        let where_it_is =
            |known: u32, bucket: u8| if facts & known == 0 { Self::NONE } else { bucket };
        let stage = |known, column: &[u8]| where_it_is(known, column[at].wrapping_sub(1));
        let mut times = Self([Self::NONE; duration::COUNT]);
        let buckets = &mut times.0;
        if facts & fact::REGISTERED != 0 {
            buckets[duration::REGISTRATION] = since(received, chunk.registered[at]);
        }
        if facts & fact::FOLLOWED != 0 {
            let answered = chunk.first_answer[at].max(received);
            buckets[duration::AFTER_ANSWER] = since(answered, chunk.ended[at]);
        }
        if facts & fact::OPEN != 0 {
            buckets[duration::AGE] = since(received, clock);
        }
        buckets[duration::FIRST_ANSWER] = where_it_is(fact::ANSWERED, chunk.answer_bucket[at]);
        buckets[duration::CLOSE] = where_it_is(fact::CLOSED, chunk.close_bucket[at]);
        buckets[duration::ASSIGN] = stage(fact::GIVEN, &chunk.to_body);
        buckets[duration::PREPARE] = stage(fact::PREPARED, &chunk.to_submission);
        buckets[duration::APPROVAL] = stage(fact::APPROVED, &chunk.to_approval);
        times
    }
}

/// A group's counts of facts, its durations and means. Sums of disjoint groups add up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sums {
    counts: [u32; fact::COUNT],
    durations: [DurationHistogram; duration::COUNT],
    rating_sum: u32,
    quality_sum: u32,
    /// Bodies that were asked in social networks, and those that replied.
    asked: Bodies,
    replied: Bodies,
}

/// A set of bodies by their number.
#[derive(Clone, Debug, Default, PartialEq)]
struct Bodies(Vec<u64>);

impl Bodies {
    fn insert(&mut self, body: u16) {
        let word = usize::from(body) / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (body % 64);
    }

    fn add(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }

    fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }
}

/// A figure with what it was counted from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    pub value: Value,
    /// Among how many.
    pub n: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// There is nothing to tell it from.
    Nothing,
    Count(u32),
    Share {
        counted: u32,
        /// Of n; 0–1.
        share: f64,
    },
    /// Bounds of the buckets that hold median and ninth decile, in seconds.
    Duration {
        median: (u32, u32),
        ninth: (u32, u32),
    },
    Mean(f64),
}

impl Value {
    /// One number to compare by: seconds (the middle of the median's bucket), a share
    /// 0–1, a count or a mean.
    pub fn number(&self) -> Option<f64> {
        match *self {
            Self::Nothing => None,
            Self::Count(count) => Some(f64::from(count)),
            Self::Share { share, .. } => Some(share),
            Self::Duration { median: (low, high), .. } => {
                Some((f64::from(low.max(1)) * f64::from(high)).sqrt())
            }
            Self::Mean(mean) => Some(mean),
        }
    }
}

impl Figure {
    /// A share of `n`; nothing where that is 0.
    pub fn share(counted: u32, n: u32) -> Self {
        let value = if n == 0 {
            Value::Nothing
        } else {
            Value::Share { counted, share: f64::from(counted) / f64::from(n) }
        };
        Self { value, n }
    }

    /// True where a difference is more than chance between figures of these sizes: shares
    /// whose intervals lie apart, counts more than two standard deviations apart.
    pub fn is_clearly_apart(&self, then: &Self) -> bool {
        if let Some(((low, high), (low_then, high_then))) = self.interval().zip(then.interval()) {
            return low > high_then || low_then > high;
        }
        match (self.value, then.value) {
            (Value::Count(now), Value::Count(then)) => {
                let (now, then) = (f64::from(now), f64::from(then));
                (now - then).abs() > 2.0 * (now + then).sqrt()
            }
            _ => false,
        }
    }

    /// The 95 % interval of a share by Wilson's score, 0–1: where the share of many
    /// more of the same kind may lie. `None` for what is no share.
    pub fn interval(&self) -> Option<(f64, f64)> {
        match self.value {
            Value::Share { counted, .. } => wilson(counted, self.n),
            _ => None,
        }
    }
}

/// 97.5th percentile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Wilson's score interval of `counted` out of `n`. `None` where n is 0.
fn wilson(counted: u32, n: u32) -> Option<(f64, f64)> {
    if n == 0 {
        return None;
    }
    let (count, size) = (f64::from(counted), f64::from(n));
    let share = count / size;
    let spread = 1.0 + Z * Z / size;
    let middle = (share + Z * Z / (2.0 * size)) / spread;
    let half = Z * (share * (1.0 - share) / size + Z * Z / (4.0 * size * size)).sqrt() / spread;
    // At the ends it reaches them exactly; rounding must not cut them off.
    let low = if counted == 0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if counted == n { 1.0 } else { (middle + half).min(1.0) };
    Some((low, high))
}

impl Sums {
    pub(super) fn count(
        &mut self,
        reading: &Reading<'_>,
        facts: u32,
        times: &Times,
        scores: &Scores,
    ) {
        let Reading { chunk, at, .. } = *reading;
        // Without branches: it is one addition to all of them.
        for (bit, count) in self.counts.iter_mut().enumerate() {
            *count += u32::from(facts & 1 << bit != 0);
        }
        for (histogram, bucket) in self.durations.iter_mut().zip(times.0) {
            if let Some(count) = histogram.buckets.get_mut(usize::from(bucket)) {
                *count += 1;
            }
        }
        if facts & fact::RATED != 0 {
            self.rating_sum += u32::from(chunk.rating(at));
        }
        if facts & fact::CHECKED != 0 {
            self.quality_sum += u32::from(scores[usize::from(chunk.checks[at] & TICKS)]);
        }
        if facts & fact::ASKED != 0 {
            self.asked.insert(chunk.body[at]);
        }
        if facts & fact::REPLIED != 0 {
            self.replied.insert(chunk.body[at]);
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
        for (mine, theirs) in self.durations.iter_mut().zip(&other.durations) {
            mine.add(theirs);
        }
        self.rating_sum += other.rating_sum;
        self.quality_sum += other.quality_sum;
        self.asked.add(&other.asked);
        self.replied.add(&other.replied);
    }

    fn of(&self, facts: u32) -> u32 {
        let counts = (0..).zip(&self.counts);
        counts.filter(|(bit, _)| facts >> bit & 1 == 1).map(|(_, count)| count).sum()
    }

    /// What a measure says of the group.
    pub fn figure(&self, measure: Measure) -> Figure {
        if measure == Measure::Answering {
            return Figure::share(self.replied.len(), self.asked.len());
        }
        let n = self.of(among(measure));
        let value = match measure.kind() {
            Kind::Count => Value::Count(n),
            Kind::Share => {
                // What cannot be late is not «on time».
                let cannot = measure == Measure::OnTime && n == self.of(fact::WITHOUT_DUE);
                if cannot {
                    return Figure { value: Value::Nothing, n };
                }
                return Figure::share(self.of(counted(measure)), n);
            }
            Kind::Duration => {
                let times = self.duration(measure);
                times
                    .quantile(0.5)
                    .zip(times.quantile(0.9))
                    .map_or(Value::Nothing, |(median, ninth)| Value::Duration { median, ninth })
            }
            Kind::Mean if n == 0 => Value::Nothing,
            Kind::Mean => {
                let is_quality = measure == Measure::Quality;
                let sum = if is_quality { self.quality_sum } else { self.rating_sum };
                Value::Mean(f64::from(sum) / f64::from(n))
            }
        };
        Figure { value, n }
    }

    fn duration(&self, measure: Measure) -> &DurationHistogram {
        &self.durations[match measure {
            Measure::RegistrationTime => duration::REGISTRATION,
            Measure::AssignTime => duration::ASSIGN,
            Measure::FirstAnswerTime => duration::FIRST_ANSWER,
            Measure::PrepareTime => duration::PREPARE,
            Measure::ApprovalTime => duration::APPROVAL,
            Measure::AfterAnswerTime => duration::AFTER_ANSWER,
            Measure::BacklogAge => duration::AGE,
            _ => duration::CLOSE,
        }]
    }
}

impl<'a> std::iter::Sum<&'a Self> for Sums {
    fn sum<I: Iterator<Item = &'a Self>>(groups: I) -> Self {
        let mut sum = Self::default();
        groups.for_each(|group| sum.add(group));
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_share_is_wilsons() {
        // Newcombe 1998, table I, method 3: 81/263, 15/148, 0/20, 1/29.
        for (counted, n, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let (found_low, found_high) = wilson(counted, n).unwrap();
            assert!((found_low - low).abs() < 5e-5, "{counted}/{n}: {found_low}");
            assert!((found_high - high).abs() < 5e-5, "{counted}/{n}: {found_high}");
        }
        assert_eq!(wilson(7, 7).unwrap().1, 1.0);
        assert_eq!(wilson(0, 0), None);
    }
}

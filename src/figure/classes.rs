//! Classes of a choropleth: where one colour ends and the next begins.

use super::scale::round_step;

/// Rising breaks between classes. A class begins at its lower break and ends
/// before the upper one; the first and the last are open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Classes {
    breaks: Vec<f64>,
}

impl Classes {
    /// Up to `count` classes that hold about equally many values each. Breaks
    /// are round numbers that part the values about alike; equal values are never
    /// parted, nor are those that nearly are, so there may be fewer classes.
    pub fn quantile(values: &[f64], count: usize) -> Self {
        let mut sorted: Vec<f64> =
            values.iter().copied().filter(|value| value.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let Some(&highest) = sorted.last() else { return Self::default() };
        let mut breaks: Vec<f64> = Vec::new();
        for class in 1..count {
            let at = class * sorted.len() / count;
            // A tie moves the break up to where values part.
            let parted = (at.max(1)..sorted.len()).find(|&at| sorted[at - 1] < sorted[at]);
            let Some(at) = parted else { break };
            let middle = f64::midpoint(sorted[at - 1], sorted[at]);
            let slack = middle.abs() * ROUNDING;
            let (low, high) = (sorted[at - 1].min(middle - slack), sorted[at].max(middle + slack));
            let edge = roundest_between(low, high);
            let parts = sorted[0] < edge && edge <= highest;
            if parts && breaks.last().is_none_or(|&last| tells_apart(last, edge)) {
                breaks.push(edge);
            }
        }
        Self { breaks }
    }

    /// At most `count` classes of one round width over the values' range.
    pub fn equal(values: &[f64], count: usize) -> Self {
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let (min, max) =
            (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
        if min >= max || count < 2 {
            return Self::default();
        }
        let step = (0..4)
            .map(|more| round_step(max - min, count.saturating_sub(more).max(1)))
            .find(|step| (max / step).floor() - (min / step).floor() < count as f64)
            .unwrap_or(max - min);
        let first = (min / step).floor() as i64 + 1;
        let last = (max / step).floor() as i64;
        Self { breaks: (first..=last).map(|multiple| multiple as f64 * step).collect() }
    }

    /// Classes for a change: `per_side` worse, `per_side` better and one around
    /// zero that means «about the same», of round and equal reach on both sides.
    pub fn diverging(values: &[f64], per_side: usize) -> Self {
        let reach = values
            .iter()
            .map(|value| value.abs())
            .filter(|value| value.is_finite())
            .fold(0.0, f64::max);
        if reach <= 0.0 || per_side == 0 {
            return Self::default();
        }
        // The middle class reaches half a step to either side.
        let step = round_step(reach, per_side + 1);
        let side = |index: usize| (index as f64 + 0.5) * step;
        let below = (0..per_side).rev().map(|index| -side(index));
        Self { breaks: below.chain((0..per_side).map(side)).collect() }
    }

    pub fn breaks(&self) -> &[f64] {
        &self.breaks
    }

    /// How many classes there are: one more than breaks.
    pub fn count(&self) -> usize {
        self.breaks.len() + 1
    }

    /// The class of a value, from 0; `None` where it is no number.
    pub fn class_of(&self, value: f64) -> Option<usize> {
        (!value.is_nan()).then(|| self.breaks.partition_point(|&edge| edge <= value))
    }

    /// Lower and upper break of each class; `None` where it is open.
    pub fn ranges(&self) -> impl Iterator<Item = (Option<f64>, Option<f64>)> + '_ {
        (0..self.count()).map(|class| {
            let lower = class.checked_sub(1).and_then(|below| self.breaks.get(below));
            (lower.copied(), self.breaks.get(class).copied())
        })
    }
}

/// How far a break may move, as a share of itself, to be rounder.
const ROUNDING: f64 = 0.03;

/// Two breaks nearer than this share of the larger would give a colour to a
/// difference that means nothing.
const LEAST_STEP: f64 = 0.1;

fn tells_apart(last: f64, edge: f64) -> bool {
    edge > last && edge - last >= LEAST_STEP * last.abs().max(edge.abs())
}

/// The number with the fewest digits above `low` and not above `high`; of
/// several the one nearest to the middle.
fn roundest_between(low: f64, high: f64) -> f64 {
    let middle = f64::midpoint(low, high);
    let power = high.abs().max(low.abs()).log10().ceil() as i32;
    (power - 17..=power)
        .rev()
        .flat_map(|power| [10.0, 5.0, 2.0].map(|step| step * 10_f64.powi(power - 1)))
        .find_map(|step| {
            let nearest = (middle / step).round();
            [nearest, nearest + 1.0, nearest - 1.0]
                .into_iter()
                .map(|multiple| multiple * step)
                .find(|&edge| low < edge && edge <= high)
        })
        .unwrap_or(high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_have_round_breaks_and_equal_shares() {
        let values = [3.0, 7.0, 12.0, 18.0, 41.0, 57.0, 96.0, 214.0, 388.0, 401.0, 690.0, 1083.0];
        let classes = Classes::quantile(&values, 4);
        assert_eq!(classes.breaks(), [15.0, 80.0, 400.0]);
        let mut shares = [0; 4];
        for value in values {
            shares[classes.class_of(value).unwrap()] += 1;
        }
        assert_eq!(shares, [3; 4]);
    }

    #[test]
    fn values_that_are_nearly_equal_share_a_class() {
        let per_thousand =
            [27.1, 27.9, 28.1, 28.2, 28.3, 28.9, 29.1, 29.5, 30.1, 30.7, 32.8, 33.2, 34.0];
        assert_eq!(Classes::quantile(&per_thousand, 6).breaks(), [28.0, 32.0]);
        assert_eq!(Classes::quantile(&[100.0, 101.0], 2).count(), 1);
    }

    #[test]
    fn equal_values_are_one_class() {
        assert_eq!(Classes::quantile(&[5.0; 13], 5).count(), 1);
        assert_eq!(Classes::quantile(&[], 5).count(), 1);
        assert_eq!(Classes::equal(&[5.0; 13], 5).count(), 1);
        assert_eq!(Classes::diverging(&[0.0; 13], 2).count(), 1);
        assert_eq!(Classes::quantile(&[0.0, 0.0, 0.0, 0.0, 9.0], 5).breaks(), [5.0]);
    }

    #[test]
    fn a_change_is_judged_around_zero() {
        let classes = Classes::diverging(&[-0.38, 0.11, 0.02], 2);
        assert_eq!(classes.count(), 5);
        assert_eq!(classes.class_of(0.0), Some(2));
        assert_eq!(classes.class_of(f64::NEG_INFINITY), Some(0));
        assert_eq!(classes.class_of(f64::NAN), None);
        let mirrored: Vec<f64> = classes.breaks().iter().rev().map(|edge| -edge).collect();
        assert_eq!(classes.breaks(), mirrored);
    }

    #[test]
    fn ranges_name_their_ends() {
        let classes = Classes::equal(&[0.0, 10.0, 29.0], 3);
        let ranges: Vec<_> = classes.ranges().collect();
        assert_eq!(ranges, [(None, Some(10.0)), (Some(10.0), Some(20.0)), (Some(20.0), None)]);
    }

    proptest! {
        #[test]
        fn breaks_rise_and_classes_do_too(
            values in prop::collection::vec(-1e5..1e5_f64, 0..60),
            count in 1_usize..9,
            a in -2e5..2e5_f64,
            b in -2e5..2e5_f64,
        ) {
            let all = [
                (Classes::quantile(&values, count), count),
                (Classes::equal(&values, count), count),
                (Classes::diverging(&values, count), 2 * count + 1),
            ];
            for (classes, most) in all {
                prop_assert!(classes.breaks().windows(2).all(|pair| pair[0] < pair[1]));
                prop_assert!(classes.count() <= most);
                let (low, high) = (a.min(b), a.max(b));
                prop_assert!(classes.class_of(low) <= classes.class_of(high));
                for (class, (from, to)) in classes.ranges().enumerate() {
                    let inside = from.is_none_or(|from| from <= a) && to.is_none_or(|to| a < to);
                    prop_assert_eq!(inside, classes.class_of(a) == Some(class));
                }
            }
        }

        #[test]
        fn the_roundest_lies_between(low in -1e6..1e6_f64, gap in 1e-3..1e5_f64) {
            let edge = roundest_between(low, low + gap);
            prop_assert!(low < edge && edge <= low + gap);
        }
    }
}

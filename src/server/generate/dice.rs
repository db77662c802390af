//! Chance that repeats: the same seed and stream give the same throws.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One reproducible stream of throws.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// Streams of one seed are independent of each other.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// From 0 up to but not 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// From 0 up to but not `count`; 0 for an empty range.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        ((self.unit() * count as f64) as usize).min(count.saturating_sub(1))
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Standard normal, by Box and Muller.
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Log-normal with that median; `sigma` is the deviation of the logarithm.
    pub(crate) fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * (sigma * self.normal()).exp()
    }

    pub(crate) fn pick(&mut self, weights: &Weights) -> usize {
        let aim = self.unit() * weights.total();
        weights.0.partition_point(|sum| *sum <= aim).min(weights.0.len().saturating_sub(1))
    }
}

/// Weights to pick an index by, as running sums.
#[derive(Clone, Debug, Default)]
pub(crate) struct Weights(Vec<f64>);

impl Weights {
    pub(crate) fn total(&self) -> f64 {
        self.0.last().copied().unwrap_or(0.0)
    }
}

impl FromIterator<f64> for Weights {
    fn from_iter<I: IntoIterator<Item = f64>>(weights: I) -> Self {
        let mut sum = 0.0;
        Self(
            weights
                .into_iter()
                .map(|weight| {
                    sum += weight.max(0.0);
                    sum
                })
                .collect(),
        )
    }
}

/// Spreads a number over all 64 bits (the finaliser of `SplitMix64`): what is
/// made up on the fly, such as texts, is chosen by the bits of it.
pub(crate) const fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_stream_repeats_and_another_differs() {
        let throws = |seed, stream| {
            let mut dice = Dice::new(seed, stream);
            [dice.unit(), dice.normal(), dice.log_normal(3.0, 0.5)].map(f64::to_bits)
        };
        assert_eq!(throws(1, 2), throws(1, 2));
        assert_ne!(throws(1, 2), throws(1, 3));
        assert_ne!(throws(1, 2), throws(2, 2));
    }

    #[test]
    fn picks_follow_the_weights() {
        let weights: Weights = [1.0, 0.0, 3.0].into_iter().collect();
        let mut dice = Dice::new(7, 0);
        let mut counts = [0u32; 3];
        for _ in 0..4000 {
            counts[dice.pick(&weights)] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((900..1100).contains(&counts[0]), "{counts:?}");
        assert_eq!(dice.pick(&Weights::default()), 0);
    }

    #[test]
    fn the_median_is_the_median() {
        let mut dice = Dice::new(7, 0);
        let below = (0..4000).filter(|_| dice.log_normal(10.0, 0.8) < 10.0).count();
        assert!((1850..2150).contains(&below), "{below}");
    }
}

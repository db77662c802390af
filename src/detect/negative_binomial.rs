//! The law of counts that swing more than by chance alone.

/// Negative binomial by its mean and how much more it swings than Poisson: the variance
/// is `mean + swing · mean²`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NegativeBinomial {
    /// Above 0.
    pub mean: f64,
    /// Above 0.
    pub swing: f64,
}

impl NegativeBinomial {
    /// Natural logarithm of P(X ≥ n); 0 for n not above the mean.
    pub fn log_tail(self, n: u32) -> f64 {
        if f64::from(n) <= self.mean {
            return 0.0;
        }
        // The first term and the series of ratios to it.
        let (mut sum, mut term, mut k) = (1.0, 1.0, f64::from(n));
        while term > sum * f64::EPSILON {
            term *= self.ratio(k);
            k += 1.0;
            sum += term;
        }
        (self.log_of(f64::from(n)) + sum.ln()).min(0.0)
    }

    /// The least n with P(X ≤ n) ≥ q, for q from 0 to 1.
    pub fn quantile(self, q: f64) -> u32 {
        let mut n = 0;
        let mut term = self.log_of(0.0).exp();
        let mut sum = term;
        // Far behind anything that a share of 0.9 can ask for.
        let most = self.mean + 20.0 * (self.mean + self.swing * self.mean * self.mean).sqrt();
        while sum < q && f64::from(n) <= most {
            term *= self.ratio(f64::from(n));
            n += 1;
            sum += term;
        }
        n
    }

    /// P(X = k + 1) ÷ P(X = k).
    fn ratio(self, k: f64) -> f64 {
        let odds = self.swing * self.mean;
        (k + 1.0 / self.swing) / (k + 1.0) * (odds / (1.0 + odds))
    }

    /// ln P(X = k).
    fn log_of(self, k: f64) -> f64 {
        let size = 1.0 / self.swing;
        let odds = self.swing * self.mean;
        libm::lgamma(k + size) - libm::lgamma(size) - libm::lgamma(k + 1.0)
            + k * (odds / (1.0 + odds)).ln()
            - size * odds.ln_1p()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_agrees_with_summing_up_from_below() {
        for (mean, swing) in [(0.1, 0.5), (2.0, 0.01), (4.5, 1.0), (12.0, 0.2), (100.0, 0.05)] {
            let law = NegativeBinomial { mean, swing };
            let (mut below, mut expected, mut square) = (0.0, 0.0, 0.0);
            for n in 0..4_000_u32 {
                let tail = law.log_tail(n).exp();
                if f64::from(n) > mean && 1.0 - below > 1e-9 {
                    assert!((tail - (1.0 - below)).abs() < 1e-8, "{law:?} {n}");
                }
                let p = law.log_of(f64::from(n)).exp();
                below += p;
                expected += p * f64::from(n);
                square += p * f64::from(n) * f64::from(n);
            }
            assert!((below - 1.0).abs() < 1e-6 && (expected - mean).abs() < 1e-4 * mean);
            let variance = square - expected * expected;
            assert!((variance / (mean + swing * mean * mean) - 1.0).abs() < 1e-3, "{law:?}");
        }
    }

    #[test]
    fn without_swing_it_is_nearly_poisson_and_far_tails_stay_finite() {
        let law = NegativeBinomial { mean: 9.0, swing: 1e-9 };
        assert_eq!((law.quantile(0.1), law.quantile(0.9)), (5, 13));
        let far = NegativeBinomial { mean: 0.02, swing: 0.5 }.log_tail(5_000);
        assert!(far.is_finite() && far < -1_000.0, "{far}");
    }
}

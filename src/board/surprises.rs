//! What stands out in the last 24 hours, by municipality and theme.

use super::aggregates::Surprise;

/// Earlier spans that say what is usual, and how many there must be at least.
pub(super) const USUAL_SPANS: usize = 28;
const LEAST_USUAL_SPANS: usize = 7;

pub(super) const SPAN_SECS: u32 = 24 * 3600;

/// Fewer than these are never a surprise.
const LEAST_COUNT: u32 = 5;

/// A cell must be rarer than this: with some 150 cells, one false alarm in a
/// week at most, were the incidents independent.
const MOST_P: f64 = 0.001;

const MOST_SURPRISES: usize = 50;

/// Counts of one cell: `counts[0]` the last span, `counts[k]` the one that
/// began `k` spans earlier.
pub(super) type SpanCounts = [u32; 1 + USUAL_SPANS];

/// Number of whole spans between the first receipt and the last span.
pub(super) fn usual_spans(first_received: u32, now: u32) -> usize {
    ((now.saturating_sub(first_received) / SPAN_SECS) as usize).saturating_sub(1).min(USUAL_SPANS)
}

/// Judges one cell over `spans` earlier spans.
pub(super) fn judge(
    municipality: u8,
    topic: u16,
    counts: &SpanCounts,
    spans: usize,
) -> Option<Surprise> {
    let count = counts[0];
    if count < LEAST_COUNT || spans < LEAST_USUAL_SPANS {
        return None;
    }
    let mut usual = counts[1..=spans].to_vec();
    usual.sort_unstable();
    let percentile = |q: f64| usual[((q * spans as f64).ceil() as usize).clamp(1, spans) - 1];
    let (usual_low, usual_high) = (percentile(0.1), percentile(0.9));
    let sum: u32 = usual.iter().sum();
    // Nothing in all spans is no proof of impossibility: half an incident.
    let mean = f64::from(sum).max(0.5) / spans as f64;
    let log_p = log_poisson_tail(count, mean);
    (count > usual_high && log_p < MOST_P.ln()).then_some(Surprise {
        municipality,
        topic,
        count,
        usual_low,
        usual_high,
        log_p,
    })
}

/// Strongest first, ties by place and topic, at most [`MOST_SURPRISES`].
pub(super) fn rank(mut surprises: Vec<Surprise>) -> Vec<Surprise> {
    surprises.sort_by(|a, b| {
        let place = |s: &Surprise| (s.municipality, s.topic);
        a.log_p.total_cmp(&b.log_p).then(place(a).cmp(&place(b)))
    });
    surprises.truncate(MOST_SURPRISES);
    surprises
}

/// Natural logarithm of P(X ≥ n) for X by Poisson with `mean` > 0, for n not
/// below the mean: the first term and the series of ratios to it.
pub(super) fn log_poisson_tail(n: u32, mean: f64) -> f64 {
    let n = f64::from(n);
    if n <= mean {
        return 0.0;
    }
    let log_first = n * mean.ln() - mean - log_factorial(n as u32);
    let (mut sum, mut term, mut k) = (1.0, 1.0, n);
    while term > sum * f64::EPSILON {
        k += 1.0;
        term *= mean / k;
        sum += term;
    }
    (log_first + sum.ln()).min(0.0)
}

fn log_factorial(n: u32) -> f64 {
    (2..=n).map(|k| f64::from(k).ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_agrees_with_summing_up_from_below() {
        for (n, mean) in [(5_u32, 0.1), (5, 2.0), (9, 4.5), (30, 12.0), (130, 100.0)] {
            let mut below = 0.0;
            let mut term = f64::exp(-mean);
            for k in 0..n {
                below += term;
                term *= mean / f64::from(k + 1);
            }
            let tail = log_poisson_tail(n, mean).exp();
            assert!((tail - (1.0 - below)).abs() < 1e-12, "{n} {mean}: {tail} {}", 1.0 - below);
        }
        assert!(log_poisson_tail(500, 0.02) < -4000.0);
    }

    #[test]
    fn a_burst_stands_out_and_an_ordinary_day_does_not() {
        let mut counts = [3; 1 + USUAL_SPANS];
        counts[5] = 6;
        counts[0] = 6;
        assert_eq!(judge(1, 2, &counts, USUAL_SPANS), None);
        counts[0] = 14;
        let surprise = judge(1, 2, &counts, USUAL_SPANS).unwrap();
        assert_eq!((surprise.usual_low, surprise.usual_high), (3, 3));
        assert_eq!(judge(1, 2, &counts, LEAST_USUAL_SPANS - 1), None);
        assert!(judge(1, 2, &counts, LEAST_USUAL_SPANS).is_some());
    }
}

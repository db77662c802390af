//! Reading and filling histograms of durations.

use super::aggregates::DurationHistogram;

/// Lower bound of the first bucket but one; what is shorter falls into the first.
const SHORTEST_SECS: f64 = 60.0;

/// Growth over 0, 1, 2 and 3 quarters of an octave.
const QUARTERS: [f64; 4] =
    [1.0, 1.189_207_115_002_721, std::f64::consts::SQRT_2, 1.681_792_830_507_429];

/// Bucket `i` holds durations in `BOUNDS[i]..BOUNDS[i + 1]` seconds; the first
/// also what is shorter, the last also what is longer.
const BOUNDS: [u32; DurationHistogram::BUCKETS + 1] = {
    let mut bounds = [0; DurationHistogram::BUCKETS + 1];
    let mut i = 1;
    while i < bounds.len() {
        let octave = (1_u64 << (i / 4)) as f64;
        let bound = SHORTEST_SECS * octave * QUARTERS[i % 4];
        bounds[i] = bound as u32;
        // The bound is the first whole second not below the real one.
        if (bounds[i] as f64) < bound {
            bounds[i] += 1;
        }
        i += 1;
    }
    bounds
};

/// Bounds between a power of two and the next at most.
const AN_OCTAVE: usize = 5;

/// Bucket of 2^i seconds, or the last from which an octave of bounds can be read.
const OF_POWER: [usize; u32::BITS as usize] = {
    let mut buckets = [0; u32::BITS as usize];
    let mut i = 0;
    while i < buckets.len() {
        let mut bucket = 0;
        while bucket < DurationHistogram::BUCKETS - AN_OCTAVE && BOUNDS[bucket + 1] <= 1 << i {
            bucket += 1;
        }
        buckets[i] = bucket;
        i += 1;
    }
    buckets
};

impl DurationHistogram {
    /// Bucket of a duration in seconds.
    pub fn bucket(secs: u32) -> usize {
        let first = OF_POWER[secs.max(1).ilog2() as usize];
        let above = &BOUNDS[first + 1..=first + AN_OCTAVE];
        let passed: usize = above.iter().map(|bound| usize::from(*bound <= secs)).sum();
        (first + passed).min(Self::BUCKETS - 1)
    }

    /// Bounds of a bucket in seconds, half-open.
    pub fn bounds(bucket: usize) -> (u32, u32) {
        (BOUNDS[bucket], BOUNDS[bucket + 1])
    }

    /// Number of durations.
    pub fn n(&self) -> u32 {
        self.buckets.iter().sum()
    }

    /// Bounds in seconds of the bucket that holds the `q`-quantile (0–1, by
    /// nearest rank); `None` where there are no durations.
    pub fn quantile(&self, q: f64) -> Option<(u32, u32)> {
        let n = self.n();
        let rank = ((q * f64::from(n)).ceil() as u32).clamp(1, n.max(1));
        let mut below = 0;
        for (bucket, &count) in self.buckets.iter().enumerate() {
            below += count;
            if below >= rank {
                return Some(Self::bounds(bucket));
            }
        }
        None
    }

    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine += theirs;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_grow_by_a_quarter_octave_from_one_minute() {
        assert_eq!(DurationHistogram::bucket(0), 0);
        assert_eq!(DurationHistogram::bounds(0), (0, 72));
        assert_eq!(DurationHistogram::bounds(4).0, 120);
        assert_eq!(DurationHistogram::bounds(8).0, 240);
        for bucket in 1..DurationHistogram::BUCKETS {
            let (low, high) = DurationHistogram::bounds(bucket);
            let growth = f64::from(high) / f64::from(low);
            assert!((1.17..1.21).contains(&growth), "{bucket}: {low}..{high}");
            assert_eq!(DurationHistogram::bucket(low), bucket);
            assert_eq!(DurationHistogram::bucket(high - 1), bucket);
        }
        assert_eq!(DurationHistogram::bucket(u32::MAX), DurationHistogram::BUCKETS - 1);
        assert!(DurationHistogram::bounds(DurationHistogram::BUCKETS - 1).1 > 4 * 365 * 86_400);
    }

    #[test]
    fn a_quantile_is_exact_to_the_bucket() {
        let mut histogram = DurationHistogram::default();
        assert_eq!(histogram.quantile(0.5), None);
        let mut durations: Vec<u32> = (0..1001_u32).map(|i| i * i * 7 % 1_000_003).collect();
        for &secs in &durations {
            histogram.buckets[DurationHistogram::bucket(secs)] += 1;
        }
        durations.sort_unstable();
        assert_eq!(histogram.n(), 1001);
        for (q, index) in [(0.0, 0), (0.1, 100), (0.5, 500), (0.9, 900), (1.0, 1000)] {
            let (low, high) = histogram.quantile(q).unwrap();
            assert!((low..high).contains(&durations[index]), "{q}");
        }
    }
}

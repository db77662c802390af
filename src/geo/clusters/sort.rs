//! Sorting points along a Morton curve.

use rayon::prelude::*;

use crate::geo::mercator::MercatorPoint;

/// Bits of a digit: 2,048 counters fit the first-level cache.
const DIGIT_BITS: u32 = 11;

/// Fewer points are sorted by one thread.
const PARALLEL_FROM: usize = 1 << 17;

/// Morton code of a point: the bits of both coordinates in turn, 16 of each, y
/// in the odd places.
#[inline]
pub(super) fn code(x: u32, y: u32, origin: MercatorPoint, shift: u32) -> u32 {
    interleave(x.wrapping_sub(origin.x) >> shift, y.wrapping_sub(origin.y) >> shift)
}

#[inline]
pub(super) fn interleave(x: u32, y: u32) -> u32 {
    spread(y) << 1 | spread(x)
}

/// The low 16 bits, each followed by a zero.
#[inline]
fn spread(value: u32) -> u32 {
    let value = value & 0xFFFF;
    let value = (value | value << 8) & 0x00FF_00FF;
    let value = (value | value << 4) & 0x0F0F_0F0F;
    let value = (value | value << 2) & 0x3333_3333;
    (value | value << 1) & 0x5555_5555
}

/// The even bits, side by side: undoes [`spread`].
pub(super) fn gather(value: u32) -> u32 {
    let value = value & 0x5555_5555;
    let value = (value | value >> 1) & 0x3333_3333;
    let value = (value | value >> 2) & 0x0F0F_0F0F;
    let value = (value | value >> 4) & 0x00FF_00FF;
    (value | value >> 8) & 0xFFFF
}

/// Indices of the points in the order of their codes; equal codes keep the
/// order in which they were given.
pub(super) fn order(x: &[u32], y: &[u32], origin: MercatorPoint, shift: u32) -> Vec<u32> {
    // The code above, the index below: one word to move a point.
    let tag = |(at, (&x, &y)): (usize, (&u32, &u32))| {
        u64::from(code(x, y, origin, shift)) << 32 | at as u64
    };
    let parts = if x.len() < PARALLEL_FROM { 1 } else { rayon::current_num_threads().max(1) };
    let part = x.len().div_ceil(parts).max(1);
    let mut tagged: Vec<u64> = x.par_iter().zip(y).enumerate().map(tag).collect();
    let mut spare = vec![0_u64; tagged.len()];
    tagged
        .par_chunks_mut(part)
        .zip(spare.par_chunks_mut(part))
        .for_each(|(tagged, spare)| sort_by_digits(tagged, spare));
    let mut sorted = part;
    while sorted < tagged.len() {
        spare.par_chunks_mut(2 * sorted).zip(tagged.par_chunks(2 * sorted)).for_each(
            |(out, pair)| {
                let (low, high) = pair.split_at(sorted.min(pair.len()));
                merge(low, high, out);
            },
        );
        std::mem::swap(&mut tagged, &mut spare);
        sorted *= 2;
    }
    tagged.par_iter().map(|&tagged| tagged as u32).collect()
}

/// Least significant digit first, by the upper 32 bits. The result stands in
/// `tagged`.
fn sort_by_digits(tagged: &mut [u64], spare: &mut [u64]) {
    const DIGITS: usize = u32::BITS.div_ceil(DIGIT_BITS) as usize;
    const VALUES: usize = 1 << DIGIT_BITS;
    let digit = |tagged: u64, pass: usize| {
        (tagged >> (32 + pass as u32 * DIGIT_BITS)) as usize & (VALUES - 1)
    };
    let mut counts = vec![[0_u32; VALUES]; DIGITS];
    for &tagged in &*tagged {
        for (pass, counts) in counts.iter_mut().enumerate() {
            counts[digit(tagged, pass)] += 1;
        }
    }
    let (mut from, mut to) = (&mut *tagged, &mut *spare);
    let mut passes = 0;
    for (pass, counts) in counts.iter_mut().enumerate() {
        if counts.iter().any(|&count| count as usize == from.len()) {
            continue;
        }
        let mut start = 0;
        for count in counts.iter_mut() {
            start += std::mem::replace(count, start);
        }
        for &tagged in &*from {
            let place = &mut counts[digit(tagged, pass)];
            to[*place as usize] = tagged;
            *place += 1;
        }
        std::mem::swap(&mut from, &mut to);
        passes += 1;
    }
    if passes % 2 == 1 {
        tagged.copy_from_slice(spare);
    }
}

/// Merges two sorted parts on both sides of a middle at once, while it pays.
fn merge(low: &[u64], high: &[u64], out: &mut [u64]) {
    if low.len() + high.len() < PARALLEL_FROM {
        merge_here(low, high, out);
        return;
    }
    let (longer, shorter) = if low.len() >= high.len() { (low, high) } else { (high, low) };
    let middle = longer.len() / 2;
    let split = shorter.partition_point(|tagged| *tagged < longer[middle]);
    let (first, second) = out.split_at_mut(middle + split);
    rayon::join(
        || merge(&longer[..middle], &shorter[..split], first),
        || merge(&longer[middle..], &shorter[split..], second),
    );
}

fn merge_here(low: &[u64], high: &[u64], out: &mut [u64]) {
    let (mut low_at, mut high_at) = (0, 0);
    for out in out {
        // No two are equal: the index is a part of them.
        let from_low = match (low.get(low_at), high.get(high_at)) {
            (Some(low), Some(high)) => low < high,
            (low, _) => low.is_some(),
        };
        if from_low {
            *out = low[low_at];
            low_at += 1;
        } else {
            *out = high[high_at];
            high_at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn large_inputs_are_sorted_by_all_threads_alike() {
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state
        };
        let x: Vec<u32> = (0..300_001).map(|_| next() >> 4).collect();
        let y: Vec<u32> = (0..300_001).map(|_| next() >> 4).collect();
        let origin = MercatorPoint::default();
        let order = order(&x, &y, origin, 12);
        let key = |at: u32| (code(x[at as usize], y[at as usize], origin, 12), at);
        assert!(order.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        assert_eq!(order.len(), x.len());
    }

    proptest! {
        #[test]
        fn codes_hold_both_coordinates(x in 0_u32..=0xFFFF, y in 0_u32..=0xFFFF) {
            let code = code(x, y, MercatorPoint::default(), 0);
            prop_assert_eq!((gather(code), gather(code >> 1)), (x, y));
        }

        #[test]
        fn digits_sort_as_a_comparison_does(codes in prop::collection::vec(any::<u32>(), 0..300)) {
            let mut tagged: Vec<u64> =
                codes.iter().zip(0_u64..).map(|(&code, at)| u64::from(code) << 32 | at).collect();
            let mut expected = tagged.clone();
            expected.sort_unstable();
            let mut spare = vec![0; tagged.len()];
            sort_by_digits(&mut tagged, &mut spare);
            prop_assert_eq!(tagged, expected);
        }

        #[test]
        fn merging_sorts(
            mut low in prop::collection::vec(any::<u64>(), 0..99),
            mut high in prop::collection::vec(any::<u64>(), 0..99),
        ) {
            low.sort_unstable();
            high.sort_unstable();
            let mut out = vec![0; low.len() + high.len()];
            merge(&low, &high, &mut out);
            let mut expected = [low, high].concat();
            expected.sort_unstable();
            prop_assert_eq!(out, expected);
        }
    }
}

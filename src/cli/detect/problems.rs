//! How alike the matters that are found are to those that were planted.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;

use crate::detect::matters::{Point, REACH, matters};
use crate::domain::Timestamp;
use crate::geo::mercator::MercatorPoint;
use crate::server::Receipt;

/// Days at the end of a region that are looked through, and days before them that only
/// say what is usual.
const LOOKED_AT_DAYS: i64 = 28;
const BEFORE_DAYS: i64 = 28;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Compared {
    pub(super) matters: u32,
    /// Adjusted Rand index over what came in the last days; what is of no matter is one
    /// group, found and planted alike.
    pub(super) rand: f64,
}

pub(super) fn compare(received: &[Receipt], now: Timestamp) -> Compared {
    let from = now.plus_secs(-86_400 * LOOKED_AT_DAYS);
    let before = from.plus_secs(-86_400 * BEFORE_DAYS);
    let looked: Vec<&Receipt> =
        received.iter().filter(|it| !it.is_excluded && it.at >= before).collect();
    let points: Vec<Point> = looked.iter().map(|receipt| point(receipt)).collect();
    let never = AtomicBool::new(false);
    let found = matters(&points, from.0, REACH, &never).unwrap_or_default();
    let pairs = looked.iter().zip(&found).filter(|(receipt, _)| receipt.at >= from);
    let labels: Vec<_> =
        pairs.map(|(receipt, found)| (receipt.burst.map(u32::from), *found)).collect();
    let matters = found.iter().flatten().max().map_or(0, |last| last + 1);
    Compared { matters, rand: adjusted_rand(&labels) }
}

fn point(receipt: &Receipt) -> Point {
    Point {
        at: receipt.place.and_then(MercatorPoint::from_lon_lat).map(MercatorPoint::plane_m),
        received: receipt.at.0,
        municipality: receipt.municipality,
        theme: receipt.theme,
    }
}

/// Hubert and Arabie 1985: 1 for the same groups, about 0 for groups by chance.
fn adjusted_rand(labels: &[(Option<u32>, Option<u32>)]) -> f64 {
    let mut both: HashMap<_, u64> = HashMap::new();
    let (mut ones, mut others) = (HashMap::new(), HashMap::new());
    for pair in labels {
        *both.entry(*pair).or_default() += 1;
        *ones.entry(pair.0).or_insert(0_u64) += 1;
        *others.entry(pair.1).or_insert(0_u64) += 1;
    }
    let pairs = |n: u64| (n * n.saturating_sub(1)) as f64 / 2.0;
    let together: f64 = both.values().map(|n| pairs(*n)).sum();
    let of_ones: f64 = ones.values().map(|n| pairs(*n)).sum();
    let of_others: f64 = others.values().map(|n| pairs(*n)).sum();
    let by_chance = of_ones * of_others / pairs(labels.len() as u64).max(1.0);
    let most = f64::midpoint(of_ones, of_others);
    if (most - by_chance).abs() < f64::EPSILON {
        1.0
    } else {
        (together - by_chance) / (most - by_chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_one_for_the_same_groups_and_small_by_chance() {
        let label = |n: u32| (n > 0).then_some(n);
        let same: Vec<_> = (0..60).map(|at| (label(at % 3), label((at % 3) * 7))).collect();
        assert_eq!(adjusted_rand(&same), 1.0);
        // The table of scikit-learn's documentation: [0,0,1,2] against [0,0,1,1].
        let known = [(0, 0), (0, 0), (1, 1), (2, 1)].map(|(one, other)| (Some(one), Some(other)));
        assert!((adjusted_rand(&known) - 0.571_428_571).abs() < 1e-9);
        let crossed: Vec<_> = (0..400).map(|at| (Some(at % 2), Some(at / 2 % 2))).collect();
        assert!(adjusted_rand(&crossed).abs() < 0.01);
    }
}

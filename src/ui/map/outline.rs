//! Borders as lines that are drawn once: two municipalities share an edge, and
//! stroking both rings would draw it twice as heavy.

use std::collections::HashMap;

use crate::geo::mercator::World;

/// Borders of a set of areas, cut where three of them meet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Borders {
    /// Edges of exactly one area: the outline of the whole.
    pub outer: Vec<Vec<World>>,
    /// Edges between areas.
    pub inner: Vec<Vec<World>>,
    /// Closed gaps between areas that nobody fills: generalising leaves them.
    pub gaps: Vec<Vec<World>>,
}

/// A closed piece smaller than this share of the largest area is no outline of
/// a region.
const GAP_SHARE: f64 = 0.002;

type Key = [u64; 2];

/// Finds the shared edges of `rings` (closed, with or without the first point
/// repeated). Points must agree exactly where areas touch; where they do not,
/// both edges count as outer.
pub(super) fn borders<'a>(rings: impl Iterator<Item = &'a [World]> + Clone) -> Borders {
    let mut uses: HashMap<(Key, Key), u8> = HashMap::new();
    for (a, b) in rings.clone().flat_map(edges) {
        let count = uses.entry(undirected(a, b)).or_default();
        *count = count.saturating_add(1);
    }
    let mut borders = Borders::default();
    let largest = rings.clone().map(area).fold(0.0, f64::max);
    for ring in rings {
        for (chain, shared) in chains(ring, &uses) {
            if shared { &mut borders.inner } else { &mut borders.outer }.push(chain);
        }
        // The neighbour that comes later has nothing left to draw.
        for (a, b) in edges(ring) {
            if let Some(count) = uses.get_mut(&undirected(a, b))
                && *count > 1
            {
                *count = 0;
            }
        }
    }
    join(&mut borders.outer);
    let is_gap = |chain: &mut Vec<_>| is_closed(chain) && area(chain) < largest * GAP_SHARE;
    borders.gaps = borders.outer.extract_if(.., is_gap).collect();
    borders
}

fn key(point: World) -> Key {
    point.map(f64::to_bits)
}

fn undirected(a: World, b: World) -> (Key, Key) {
    let (a, b) = (key(a), key(b));
    if a <= b { (a, b) } else { (b, a) }
}

fn edges(ring: &[World]) -> impl Iterator<Item = (World, World)> {
    let next = ring.iter().skip(1).chain(ring.first());
    ring.iter().zip(next).map(|(a, b)| (*a, *b)).filter(|(a, b)| key(*a) != key(*b))
}

fn is_closed(chain: &[World]) -> bool {
    chain.len() > 2 && chain.first() == chain.last()
}

/// Area of a ring, never negative.
fn area(ring: &[World]) -> f64 {
    // Measured from the ring's own first point: coordinates are near each other.
    let [x0, y0] = ring.first().copied().unwrap_or_default();
    let doubled: f64 =
        edges(ring).map(|(a, b)| (a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0)).sum();
    doubled.abs() / 2.0
}

/// Runs of edges of one kind, and whether the kind is «shared»; edges that were
/// drawn already (count 0) are left out.
fn chains(ring: &[World], uses: &HashMap<(Key, Key), u8>) -> Vec<(Vec<World>, bool)> {
    let kinds: Vec<_> = edges(ring)
        .map(|(a, b)| (a, b, uses.get(&undirected(a, b)).copied().unwrap_or(1).min(2)))
        .collect();
    // Starting where the kind changes keeps every run in one piece.
    let start = (1..kinds.len()).find(|&i| kinds[i].2 != kinds[i - 1].2).unwrap_or(0);
    let mut found: Vec<(Vec<World>, u8)> = Vec::new();
    for (a, b, kind) in kinds[start..].iter().chain(&kinds[..start]).copied() {
        match found.last_mut() {
            Some((chain, last)) if *last == kind => chain.push(b),
            _ => found.push((vec![a, b], kind)),
        }
    }
    found.into_iter().filter(|(_, kind)| *kind > 0).map(|(chain, kind)| (chain, kind > 1)).collect()
}

/// Joins chains that end where another one starts, so that the outline has no
/// gaps in its corners.
fn join(chains: &mut Vec<Vec<World>>) {
    let mut at = 0;
    while at < chains.len() {
        let end = chains[at].last().copied();
        let follower = if is_closed(&chains[at]) {
            None
        } else {
            (0..chains.len()).find(|&other| {
                other != at && !is_closed(&chains[other]) && chains[other].first().copied() == end
            })
        };
        match follower {
            Some(other) => {
                let tail = chains.swap_remove(other);
                // `swap_remove` may have moved the chain that is being grown.
                if at == chains.len() {
                    at = other;
                }
                chains[at].extend_from_slice(&tail[1..]);
            }
            None => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two squares side by side.
    const LEFT: [World; 5] = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]];
    const RIGHT: [World; 4] = [[1.0, 0.0], [2.0, 0.0], [2.0, 1.0], [1.0, 1.0]];

    #[test]
    fn a_shared_edge_is_drawn_once_and_the_outline_is_one_ring() {
        let rings: [&[World]; 2] = [&LEFT, &RIGHT];
        let borders = borders(rings.into_iter());
        assert_eq!(borders.inner, [vec![[1.0, 0.0], [1.0, 1.0]]]);
        assert_eq!(borders.outer.len(), 1);
        assert!(is_closed(&borders.outer[0]), "{:?}", borders.outer[0]);
        assert_eq!(borders.outer[0].len(), 7);
    }

    #[test]
    fn areas_that_do_not_touch_have_outlines_of_their_own() {
        let far = RIGHT.map(|[x, y]| [x + 5.0, y]);
        let rings: [&[World]; 2] = [&LEFT, &far];
        let borders = borders(rings.into_iter());
        assert!(borders.inner.is_empty());
        assert!(borders.outer.len() == 2 && borders.outer.iter().all(|chain| is_closed(chain)));
    }

    #[test]
    fn a_gap_between_neighbours_is_no_outline() {
        // A hole in the left square that nobody fills.
        let hole = [[0.5, 0.5], [0.51, 0.5], [0.51, 0.51], [0.5, 0.5]];
        let rings: [&[World]; 3] = [&LEFT, &hole, &RIGHT];
        let borders = borders(rings.into_iter());
        assert_eq!(borders.outer.len(), 1);
        assert_eq!(borders.inner.len(), 1);
        assert_eq!(borders.gaps.len(), 1);
    }
}

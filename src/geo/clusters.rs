//! Clusters of points with true counts, for any zoom.
//!
//! Points are sorted once along a Morton (Z-order) curve, so the points of every
//! square cell of every zoom stand side by side. For the zooms at which much of
//! the region is in view, cells are added up and near ones merged beforehand; a
//! query then only picks what is in view.

mod merge;
mod sort;

use merge::{Cell, Level, LevelCluster};
use rayon::prelude::*;

use super::mercator::{FixedRect, MercatorPoint};

/// Side of a cell in pixels of a 256-pixel tile world.
pub const CELL_PX: u32 = 64;

/// Clusters whose largest cell lies nearer than this are one, pixels.
pub const MERGE_PX: u32 = 46;

/// Clusters of at most so many points name their points.
pub const MAX_MEMBERS: u32 = 24;

/// Zooms that are prepared; deeper ones look at their few points in view.
const PREPARED_ZOOMS: std::ops::RangeInclusive<u8> = 3..=12;

/// Deeper zooms answer as this one.
pub const MAX_ZOOM: u8 = 22;

/// Some points that are near each other at a zoom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// How many points; never an estimate.
    pub count: u32,
    /// The mean of the points.
    pub at: MercatorPoint,
    /// The box of the points.
    pub bounds: FixedRect,
    /// Indices of the points as they were given, rising; empty above
    /// [`MAX_MEMBERS`].
    pub members: Vec<u32>,
}

/// The sorted points and the prepared zooms. Takes 12 bytes a point.
#[derive(Clone, Debug, Default)]
pub struct Clusters {
    origin: MercatorPoint,
    /// Units by which coordinates are shortened for the Morton code.
    shift: u32,
    x: Vec<u32>,
    y: Vec<u32>,
    /// Index of each sorted point as it was given.
    index: Vec<u32>,
    levels: Vec<Level>,
}

impl Clusters {
    /// Sorts points and prepares the zooms. `x` and `y` are of equal length, at
    /// most 2³² − 1 points.
    pub fn new(x: &[u32], y: &[u32]) -> Self {
        let least = |values: &[u32]| values.par_iter().copied().min().unwrap_or_default();
        let greatest = |values: &[u32]| values.par_iter().copied().max().unwrap_or_default();
        // The grid stands still while incidents come and go: it begins at a
        // multiple of a cell of zoom 6.
        let align = |value: u32| value & !((1 << 24) - 1);
        let origin = MercatorPoint { x: align(least(x)), y: align(least(y)) };
        let extent =
            (greatest(x).saturating_sub(origin.x)).max(greatest(y).saturating_sub(origin.y));
        let shift = (u32::BITS - extent.leading_zeros()).saturating_sub(16);
        let index = sort::order(x, y, origin, shift);
        let gather = |values: &[u32]| -> Vec<u32> {
            index.par_iter().with_min_len(1 << 14).map(|&at| values[at as usize]).collect()
        };
        let mut clusters =
            Self { origin, shift, x: gather(x), y: gather(y), index, levels: Vec::new() };
        clusters.levels = clusters.prepare();
        clusters
    }

    pub fn len(&self) -> usize {
        self.index.len()
    }

    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// Clusters of a zoom whose mean lies in the box, the largest first. To see
    /// those that reach into a picture, give its box grown by their radius.
    pub fn query(&self, bounds: FixedRect, zoom: u8) -> Vec<Cluster> {
        let zoom = zoom.clamp(*PREPARED_ZOOMS.start(), MAX_ZOOM);
        let mut found: Vec<Cluster> =
            match self.levels.get(usize::from(zoom - PREPARED_ZOOMS.start())) {
                Some(level) => self.pick(level, bounds),
                None => self.pick(&self.deep_level(bounds, zoom), bounds),
            };
        found.sort_unstable_by_key(|cluster| (std::cmp::Reverse(cluster.count), cluster.at));
        found
    }

    fn pick(&self, level: &Level, bounds: FixedRect) -> Vec<Cluster> {
        level
            .clusters
            .iter()
            .filter(|cluster| bounds.contains(cluster.at))
            .map(|cluster| self.cluster(level, cluster))
            .collect()
    }

    fn cluster(&self, level: &Level, cluster: &LevelCluster) -> Cluster {
        let mut members = Vec::new();
        if cluster.count <= MAX_MEMBERS {
            members.reserve(cluster.count as usize);
            for cell in level.cells_of(cluster) {
                members.extend_from_slice(&self.index[cell.points()]);
            }
            members.sort_unstable();
        }
        Cluster { count: cluster.count, at: cluster.at, bounds: cluster.bounds, members }
    }

    /// Morton code of a sorted point.
    fn code(&self, at: usize) -> u32 {
        sort::code(self.x[at], self.y[at], self.origin, self.shift)
    }

    /// Side of a zoom's cells as a power of two of the code's units.
    fn cell_bits(&self, zoom: u8) -> u32 {
        // A tile is 256 pixels, the world 2^zoom tiles.
        let units = u32::BITS - u32::from(zoom) - (256 / CELL_PX).ilog2();
        units.saturating_sub(self.shift).min(16)
    }

    /// How near two cells of a zoom must be to become one, fixed-point units.
    fn merge_units(zoom: u8) -> f64 {
        f64::from(MERGE_PX) / 256.0 * 2_f64.powi(32 - i32::from(zoom))
    }

    fn prepare(&self) -> Vec<Level> {
        let deepest = *PREPARED_ZOOMS.end();
        let finest = self.cells(self.cell_bits(deepest));
        PREPARED_ZOOMS
            .into_par_iter()
            .map(|zoom| {
                let wider = self.cell_bits(zoom) - self.cell_bits(deepest);
                Level::merge(merge::widen(&finest, wider), Self::merge_units(zoom))
            })
            .collect()
    }

    /// Cells of all points, in the order of their keys.
    fn cells(&self, bits: u32) -> Vec<Cell> {
        let part = self.len().div_ceil(rayon::current_num_threads().max(1)).max(1 << 14);
        let mut ends = vec![0];
        while let Some(&end) = ends.last()
            && end < self.len()
        {
            // A part ends where a cell ends, so that no cell is counted twice.
            let last = (end + part).min(self.len()) - 1;
            let key = merge::key(self.code(last), bits);
            let more = self.index[last..].len();
            let inside = partition_point(more, |at| merge::key(self.code(last + at), bits) <= key);
            ends.push(last + inside);
        }
        let parts: Vec<Vec<Cell>> =
            ends.par_windows(2).map(|ends| self.cells_of_part(ends[0]..ends[1], bits)).collect();
        parts.concat()
    }

    fn cells_of_part(&self, range: std::ops::Range<usize>, bits: u32) -> Vec<Cell> {
        let mut cells: Vec<Cell> = Vec::new();
        for at in range {
            let key = merge::key(self.code(at), bits);
            let point = MercatorPoint { x: self.x[at], y: self.y[at] };
            match cells.last_mut() {
                Some(cell) if cell.key == key => cell.add(point),
                _ => cells.push(Cell::new(key, at as u32, point)),
            }
        }
        cells
    }

    /// Cells in view of a zoom that is not prepared, merged.
    fn deep_level(&self, bounds: FixedRect, zoom: u8) -> Level {
        let bits = self.cell_bits(zoom);
        let deepest = *PREPARED_ZOOMS.end();
        // Two cells around the view, so that what is seen merges as it would
        // with all of the world in view.
        let margin = 2_u32 << (u32::BITS - u32::from(zoom) - (256 / CELL_PX).ilog2()).min(30);
        let bounds = FixedRect {
            x_min: bounds.x_min.saturating_sub(margin),
            y_min: bounds.y_min.saturating_sub(margin),
            x_max: bounds.x_max.saturating_add(margin),
            y_max: bounds.y_max.saturating_add(margin),
        };
        let coarse = self
            .levels
            .get(usize::from(deepest - PREPARED_ZOOMS.start()))
            .map(|level| &level.cells[..])
            .unwrap_or_default();
        let cells: Vec<Cell> = coarse
            .par_iter()
            .filter(|cell| cell.bounds.intersects(bounds))
            .flat_map_iter(|cell| self.cells_of_part(cell.points(), bits))
            .filter(|cell| cell.bounds.intersects(bounds))
            .collect();
        Level::merge(cells, Self::merge_units(zoom))
    }
}

/// How many of the indices below `count` are inside, where all that are stand
/// first.
fn partition_point(count: usize, inside: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = usize::midpoint(low, high);
        if inside(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WORLD: FixedRect = FixedRect { x_min: 0, y_min: 0, x_max: u32::MAX, y_max: u32::MAX };

    /// Points in a few towns of the region, and some anywhere.
    fn points() -> impl Strategy<Value = Vec<(u32, u32)>> {
        let near = (0_u32..4, -500_000_i32..500_000, -500_000_i32..500_000).prop_map(
            |(town, right, down)| {
                let x = 3_240_000_000_u32 - town * 9_000_000;
                let y = 1_390_000_000_u32 + town * 5_000_000;
                (x.saturating_add_signed(right), y.saturating_add_signed(down))
            },
        );
        prop::collection::vec(prop_oneof![9 => near, 1 => any::<(u32, u32)>()], 0..400)
    }

    fn clusters_of(points: &[(u32, u32)]) -> Clusters {
        let (x, y): (Vec<u32>, Vec<u32>) = points.iter().copied().unzip();
        Clusters::new(&x, &y)
    }

    #[test]
    fn no_points_no_clusters() {
        let clusters = clusters_of(&[]);
        assert!(clusters.is_empty());
        assert!((0..=30).all(|zoom| clusters.query(WORLD, zoom).is_empty()));
    }

    #[test]
    fn one_place_is_one_cluster_at_every_zoom() {
        let clusters = clusters_of(&[(3_240_000_000, 1_390_000_000); 40]);
        for zoom in 0..=30 {
            let found = clusters.query(WORLD, zoom);
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].count, 40);
            assert_eq!(found[0].at, MercatorPoint { x: 3_240_000_000, y: 1_390_000_000 });
            assert!(found[0].members.is_empty());
        }
    }

    #[test]
    fn towns_part_as_the_zoom_grows() {
        let points: Vec<(u32, u32)> =
            (0..100).map(|at| (3_200_000_000 + at * 400_000, 1_390_000_000)).collect();
        let clusters = clusters_of(&points);
        let counts: Vec<usize> = (3..=20).map(|zoom| clusters.query(WORLD, zoom).len()).collect();
        assert!(counts.is_sorted(), "{counts:?}");
        assert!(counts[0] <= 2 && counts[17] == 100, "{counts:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn every_point_is_in_one_cluster(points in points(), zoom in 0_u8..22) {
            let found = clusters_of(&points).query(WORLD, zoom);
            prop_assert_eq!(found.iter().map(|c| c.count as usize).sum::<usize>(), points.len());
            prop_assert!(found.is_sorted_by(|a, b| a.count >= b.count));
            let mut named: Vec<u32> = found.iter().flat_map(|c| c.members.clone()).collect();
            let named_count = named.len();
            named.sort_unstable();
            named.dedup();
            prop_assert_eq!(named.len(), named_count);
            for cluster in &found {
                prop_assert!(cluster.bounds.contains(cluster.at));
                if cluster.count <= MAX_MEMBERS {
                    prop_assert_eq!(cluster.members.len(), cluster.count as usize);
                    let mean = |of: fn(&(u32, u32)) -> u32| {
                        let sum: u64 = cluster
                            .members
                            .iter()
                            .map(|&at| u64::from(of(&points[at as usize])))
                            .sum();
                        (sum / u64::from(cluster.count)) as u32
                    };
                    prop_assert_eq!(cluster.at.x, mean(|point| point.0));
                    prop_assert_eq!(cluster.at.y, mean(|point| point.1));
                }
            }
        }

        /// What is seen through a window is what is there without it.
        #[test]
        fn a_window_shows_a_part_of_the_whole(points in points(), zoom in 3_u8..12) {
            let clusters = clusters_of(&points);
            let window = FixedRect {
                x_min: 3_220_000_000,
                y_min: 1_380_000_000,
                x_max: 3_236_000_000,
                y_max: 1_398_000_000,
            };
            let mut expected = clusters.query(WORLD, zoom);
            expected.retain(|cluster| window.contains(cluster.at));
            prop_assert_eq!(clusters.query(window, zoom), expected);
        }
    }
}

//! A line of the map in several degrees of detail.

use crate::geo::layers::RoadClass;
use crate::geo::mercator::{World, WorldRect};

/// What a line is; says how it is drawn, and in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LineKind {
    NeighbourBorder,
    /// 1 is the largest.
    River(u8),
    Shore,
    Railway,
    Road(RoadClass),
    Border,
    RegionOutline,
}

/// Zooms up to which the levels serve; beyond the last one the line is drawn as
/// it came. A level leaves out what would move it by less than half a point.
const LEVEL_ZOOMS: [f64; 4] = [7.0, 8.5, 10.0, 12.0];
const TOLERANCE_POINTS: f64 = 0.4;

#[derive(Clone, Debug)]
pub(super) struct Line {
    pub kind: LineKind,
    /// A straight link between places, not a surveyed course.
    pub schematic: bool,
    pub bounds: WorldRect,
    /// By [`LEVEL_ZOOMS`], the whole line last.
    levels: Vec<Vec<World>>,
}

impl Line {
    pub(super) fn new(kind: LineKind, schematic: bool, points: Vec<World>) -> Self {
        let mut levels: Vec<_> = LEVEL_ZOOMS
            .iter()
            .map(|zoom| simplify(&points, TOLERANCE_POINTS / (256.0 * zoom.exp2())))
            .collect();
        let bounds = WorldRect::of(points.iter().copied());
        levels.push(points);
        Self { kind, schematic, bounds, levels }
    }

    pub(super) fn points(&self, zoom: f64) -> &[World] {
        let level = LEVEL_ZOOMS.iter().position(|&most| zoom <= most).unwrap_or(LEVEL_ZOOMS.len());
        &self.levels[level]
    }
}

/// Rounds the corners of a generalised course (Chaikin): each side gives way to
/// the points a quarter along it. Ends stay where they are.
pub(super) fn smoothed(points: &[World]) -> Vec<World> {
    let (Some(&first), Some(&last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let mix = |a: World, b: World, t: f64| [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
    let mut rounded = Vec::with_capacity(points.len() * 2);
    rounded.push(first);
    for (&a, &b) in points.iter().zip(points.iter().skip(1)) {
        rounded.extend([mix(a, b, 0.25), mix(a, b, 0.75)]);
    }
    rounded.push(last);
    rounded
}

/// Ramer–Douglas–Peucker: leaves out points nearer than `tolerance` to the line
/// that remains.
pub(super) fn simplify(points: &[World], tolerance: f64) -> Vec<World> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let mut keep = vec![false; points.len()];
    keep[0] = true;
    keep[points.len() - 1] = true;
    let mut spans = vec![(0, points.len() - 1)];
    while let Some((from, to)) = spans.pop() {
        let farthest = (from + 1..to)
            .map(|at| (at, distance(points[at], points[from], points[to])))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((at, off)) = farthest
            && off > tolerance
        {
            keep[at] = true;
            spans.extend([(from, at), (at, to)]);
        }
    }
    points.iter().zip(keep).filter(|(_, keep)| *keep).map(|(point, _)| *point).collect()
}

/// From a point to the segment between `a` and `b`.
pub(super) fn distance(point: World, a: World, b: World) -> f64 {
    let along = [b[0] - a[0], b[1] - a[1]];
    let from = [point[0] - a[0], point[1] - a[1]];
    let length = along[0] * along[0] + along[1] * along[1];
    let t = if length > 0.0 {
        ((from[0] * along[0] + from[1] * along[1]) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (from[0] - t * along[0]).hypot(from[1] - t * along[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_away_only_the_large_bends_are_drawn() {
        // A kilometre is about 4e-5 of the world here; the wiggle is ten metres.
        let wiggle = |i: u32| if i.is_multiple_of(2) { 0.0 } else { 4e-7 };
        let points: Vec<World> = (0..=100)
            .map(|i| [0.75 + f64::from(i) * 4e-5, 0.32 + wiggle(i)])
            .chain([[0.754, 0.33]])
            .collect();
        let line = Line::new(LineKind::River(1), false, points.clone());
        assert_eq!(line.points(6.5).len(), 3, "two ends and the corner");
        assert_eq!(line.points(15.0), points);
    }

    #[test]
    fn a_closed_line_keeps_its_shape() {
        let ring = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]];
        assert_eq!(simplify(&ring, 0.01), ring);
    }

    #[test]
    fn smoothing_keeps_the_ends() {
        let smooth = smoothed(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]);
        assert_eq!(smooth.first(), Some(&[0.0, 0.0]));
        assert_eq!(smooth.last(), Some(&[1.0, 1.0]));
        assert!(!smooth.contains(&[1.0, 0.0]), "{smooth:?}");
    }
}

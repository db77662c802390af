//! The pole of inaccessibility: the inner point farthest from the border, where
//! a name stands best.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::mercator::{World, WorldRect};
use super::polygon::Polygon;

/// A square that may hold the best point.
struct Square {
    centre: World,
    half: f64,
    /// Distance of the centre to the border, negative outside.
    distance: f64,
}

impl Square {
    fn new(polygon: &Polygon, centre: World, half: f64) -> Self {
        Self { centre, half, distance: signed_distance(polygon, centre) }
    }

    /// No point of the square is farther from the border than this.
    fn best_possible(&self) -> f64 {
        self.distance + self.half * std::f64::consts::SQRT_2
    }
}

impl PartialEq for Square {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Square {}

impl PartialOrd for Square {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Square {
    fn cmp(&self, other: &Self) -> Ordering {
        self.best_possible().total_cmp(&other.best_possible())
    }
}

/// Searches squares from the most promising on, to a hundredth of the shorter
/// side of the polygon's box.
pub(super) fn farthest_from_border(polygon: &Polygon) -> Option<World> {
    let bounds = WorldRect::of(polygon.rings().first()?.points().iter().copied());
    let side = bounds.width().min(bounds.height());
    if side <= 0.0 {
        return Some(bounds.centre());
    }
    let precision = side / 100.0;
    let half = side / 2.0;
    let mut best = Square::new(polygon, bounds.centre(), 0.0);
    let mut queue = BinaryHeap::new();
    let steps = |length: f64| (length / side).ceil() as usize;
    for row in 0..steps(bounds.height()) {
        for column in 0..steps(bounds.width()) {
            let centre = [
                bounds.x_min + side * column as f64 + half,
                bounds.y_min + side * row as f64 + half,
            ];
            queue.push(Square::new(polygon, centre, half));
        }
    }
    while let Some(square) = queue.pop() {
        // A thin sliver is searched more finely, so that the point lies in it.
        let precision = if best.distance > 0.0 { precision } else { precision / 100.0 };
        if square.best_possible() - best.distance <= precision {
            break;
        }
        let quarter = square.half / 2.0;
        for [x, y] in [[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]] {
            let centre = [square.centre[0] + x * quarter, square.centre[1] + y * quarter];
            queue.push(Square::new(polygon, centre, quarter));
        }
        if square.distance > best.distance {
            best = square;
        }
    }
    Some(best.centre)
}

fn signed_distance(polygon: &Polygon, point: World) -> f64 {
    let nearest = polygon
        .rings()
        .iter()
        .flat_map(super::polygon::Ring::edges)
        .map(|(a, b)| distance_squared(point, a, b))
        .fold(f64::INFINITY, f64::min)
        .sqrt();
    if polygon.contains(point) { nearest } else { -nearest }
}

fn distance_squared(point: World, a: World, b: World) -> f64 {
    let side = [b[0] - a[0], b[1] - a[1]];
    let length_squared = side[0] * side[0] + side[1] * side[1];
    let along = ((point[0] - a[0]) * side[0] + (point[1] - a[1]) * side[1]) / length_squared;
    let along = if length_squared > 0.0 { along.clamp(0.0, 1.0) } else { 0.0 };
    let offset = [a[0] + side[0] * along - point[0], a[1] + side[1] * along - point[1]];
    offset[0] * offset[0] + offset[1] * offset[1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::polygon::Ring;

    #[test]
    fn the_middle_of_a_square_and_the_thick_end_of_a_spoon() {
        let square = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        let square = Polygon::new(Ring::new(square), []).unwrap();
        let [x, y] = farthest_from_border(&square).unwrap();
        assert!((x - 0.5).abs() < 0.02 && (y - 0.5).abs() < 0.02);

        let spoon = [
            [0.0, 0.0],
            [1.0, 0.0],
            [1.0, 0.4],
            [5.0, 0.4],
            [5.0, 0.6],
            [1.0, 0.6],
            [1.0, 1.0],
            [0.0, 1.0],
        ];
        let spoon = Polygon::new(Ring::new(spoon), []).unwrap();
        let [x, y] = farthest_from_border(&spoon).unwrap();
        assert!((0.4..0.65).contains(&x) && (y - 0.5).abs() < 0.05, "{x} {y}");
    }
}

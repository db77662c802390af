//! Lets everything outside the region fade away, so that the map has no edge.
//!
//! The data ends at a box; a reader should not see one. The veil is a coarse
//! grid over that box whose nodes know how much of the map is left there.

use egui::{Color32, Mesh};

use super::frame::MapView;
use super::line::distance;
use crate::geo::mercator::{World, WorldRect};

/// Kilometres around the region that stay clear, and where nothing is left.
const CLEAR_KM: f64 = 12.0;
const GONE_KM: f64 = 150.0;
/// The layers end up to so many kilometres before the edge of the data.
const EDGE_KM: f64 = 11.0;
/// How much sooner than halfway to that edge the map is whole.
const EDGE_STEEPNESS: f64 = 1.5;
/// The grid reaches beyond the data, to cover the width of lines along its edge.
const MARGIN_SHARE: f64 = 0.02;
/// Cells along each side of the grid.
const CELLS: usize = 64;

#[derive(Clone, Debug)]
pub(super) struct Veil {
    bounds: WorldRect,
    /// How much of the map is left, 0–1, row by row.
    left: Vec<f32>,
}

impl Veil {
    /// `data` is what the data covers, `outline` the region's chains, `inside`
    /// tells whether a point lies in the region.
    pub(super) fn new(
        data: WorldRect,
        km_per_world: f64,
        outline: &[Vec<World>],
        inside: impl Fn(World) -> bool,
    ) -> Self {
        let segments: Vec<_> = outline
            .iter()
            .flat_map(|chain| chain.iter().zip(chain.iter().skip(1)).map(|(a, b)| (*a, *b)))
            .collect();
        let mut left = Vec::with_capacity((CELLS + 1) * (CELLS + 1));
        let bounds = data.grown(data.width() * MARGIN_SHARE);
        for point in nodes(bounds) {
            let edge = (point[0] - data.x_min)
                .min(data.x_max - point[0])
                .min(point[1] - data.y_min)
                .min(data.y_max - point[1]);
            let outside = if inside(point) {
                0.0
            } else {
                segments.iter().map(|(a, b)| distance(point, *a, *b)).fold(f64::INFINITY, f64::min)
            };
            let by_distance =
                1.0 - smooth((outside * km_per_world - CLEAR_KM) / (GONE_KM - CLEAR_KM));
            // Evenly from the region to the edge of the data, whichever way is short.
            let to_edge = (edge * km_per_world - EDGE_KM).max(0.0);
            let off_clear = (outside * km_per_world - CLEAR_KM).max(0.0);
            let by_edge = if off_clear > 0.0 {
                smooth(EDGE_STEEPNESS * to_edge / (to_edge + off_clear))
            } else {
                1.0
            };
            left.push(by_distance.min(by_edge) as f32);
        }
        Self { bounds, left }
    }

    /// How much of the map is left at a point of the world, 0–1.
    pub(super) fn left_at(&self, world: World) -> f32 {
        if !self.bounds.contains(world) {
            return 0.0;
        }
        let at = |from_edge: f64, extent: f64| (from_edge / extent * CELLS as f64).round() as usize;
        let column = at(world[0] - self.bounds.x_min, self.bounds.width());
        let row = at(world[1] - self.bounds.y_min, self.bounds.height());
        self.left.get(row * (CELLS + 1) + column).copied().unwrap_or(0.0)
    }

    /// The middle of what `within` accepts some way off the region, where a name
    /// is still read and does not reach into the region.
    pub(super) fn middle_of(&self, within: impl Fn(World) -> bool) -> Option<World> {
        let accepted: Vec<World> = nodes(self.bounds)
            .zip(&self.left)
            .filter(|(point, left)| (0.3..0.8).contains(*left) && within(*point))
            .map(|(point, _)| point)
            .collect();
        let middle = WorldRect::of(accepted.iter().copied()).centre();
        let off = |point: &World| (point[0] - middle[0]).hypot(point[1] - middle[1]);
        accepted.into_iter().min_by(|a, b| off(a).total_cmp(&off(b)))
    }

    /// Beyond these nothing is left.
    pub(super) fn bounds(&self) -> WorldRect {
        self.bounds
    }

    /// Covers what is to be gone with `ground`, as opaque as `most` (0–1).
    pub(super) fn add_to(&self, mesh: &mut Mesh, view: &MapView, ground: Color32, most: f32) {
        let first = mesh.vertices.len() as u32;
        for (point, left) in nodes(self.bounds).zip(&self.left) {
            mesh.colored_vertex(view.to_screen(point), ground.gamma_multiply(most * (1.0 - left)));
        }
        let row = CELLS as u32 + 1;
        for y in 0..CELLS as u32 {
            for x in 0..CELLS as u32 {
                let corners =
                    [y * row + x, y * row + x + 1, (y + 1) * row + x, (y + 1) * row + x + 1];
                if corners.iter().all(|&corner| self.left[corner as usize] >= 1.0) {
                    continue;
                }
                let [a, b, c, d] = corners.map(|corner| first + corner);
                mesh.add_triangle(a, b, c);
                mesh.add_triangle(b, d, c);
            }
        }
    }
}

fn nodes(bounds: WorldRect) -> impl Iterator<Item = World> + use<> {
    let (width, height) = (bounds.width() / CELLS as f64, bounds.height() / CELLS as f64);
    (0..=CELLS).flat_map(move |row| {
        (0..=CELLS).map(move |column| {
            [bounds.x_min + width * column as f64, bounds.y_min + height * row as f64]
        })
    })
}

fn smooth(t: f64) -> f64 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_is_clear_and_the_edge_of_the_data_is_gone() {
        let data = WorldRect { x_min: 0.0, y_min: 0.0, x_max: 400.0, y_max: 400.0 };
        let square =
            [[150.0, 150.0], [250.0, 150.0], [250.0, 250.0], [150.0, 250.0], [150.0, 150.0]];
        let region = WorldRect { x_min: 150.0, y_min: 150.0, x_max: 250.0, y_max: 250.0 };
        let veil = Veil::new(data, 1.0, &[square.to_vec()], |point| region.contains(point));
        assert!(veil.left_at([200.0, 200.0]) >= 1.0);
        assert!(veil.left_at([250.0, 250.0]) >= 1.0);
        assert!(veil.left_at([0.0, 200.0]) <= 0.0);
        assert!(veil.left_at([900.0, 200.0]) <= 0.0);
        let halfway = veil.left_at([80.0, 200.0]);
        assert!((0.2..0.8).contains(&halfway), "{halfway}");
    }
}

//! Which area holds a point, answered for millions of points: the sides of all
//! areas are sorted into horizontal bands, so that a point looks at a few dozen
//! sides and not at thousands.

use super::mercator::{World, WorldRect};
use super::polygon::{MultiPolygon, Ring, crosses_ray};

/// Bands over the height of the areas.
const BANDS: usize = 512;

/// Index over areas that may lie within one another.
#[derive(Clone, Debug, Default)]
pub(super) struct Locator {
    bounds: Option<WorldRect>,
    /// Sides by band; within a band in the order of their areas.
    bands: Vec<Vec<Side>>,
    /// km², to prefer the smaller where two hold a point.
    sizes: Vec<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Side {
    a: World,
    b: World,
    area: u32,
}

impl Locator {
    pub(super) fn new<'a>(
        areas: impl Iterator<Item = (&'a MultiPolygon, f64)>,
        bounds: WorldRect,
    ) -> Self {
        if bounds.is_empty() {
            return Self::default();
        }
        let mut locator =
            Self { bounds: Some(bounds), bands: vec![Vec::new(); BANDS], sizes: Vec::new() };
        for (index, (area, size)) in areas.enumerate() {
            locator.sizes.push(size);
            for (a, b) in area.rings().flat_map(Ring::edges) {
                let from = band(bounds, a[1].min(b[1]));
                let to = band(bounds, a[1].max(b[1]));
                for sides in &mut locator.bands[from..=to] {
                    sides.push(Side { a, b, area: index as u32 });
                }
            }
        }
        locator
    }

    /// Index of the smallest area that holds the point.
    pub(super) fn locate(&self, point: World) -> Option<usize> {
        let bounds = self.bounds.filter(|bounds| bounds.contains(point))?;
        let sides = &self.bands[band(bounds, point[1])];
        sides
            .chunk_by(|one, next| one.area == next.area)
            .filter(|sides| {
                sides.iter().filter(|side| crosses_ray(point, side.a, side.b)).count() % 2 == 1
            })
            .filter_map(|sides| sides.first().map(|side| side.area as usize))
            .min_by(|&one, &other| self.sizes[one].total_cmp(&self.sizes[other]))
    }
}

fn band(bounds: WorldRect, y: f64) -> usize {
    let height = bounds.height().max(f64::MIN_POSITIVE);
    (((y - bounds.y_min) / height * BANDS as f64) as usize).min(BANDS - 1)
}

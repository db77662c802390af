//! Areas with holes and several parts, in world coordinates.

use std::ops::Range;

use earcut::Earcut;

use super::label_point;
use super::mercator::{LonLat, World, WorldRect};

/// A closed line; the first point is not repeated at the end. At least three
/// points, all finite.
#[derive(Clone, Debug, PartialEq)]
pub struct Ring(Vec<World>);

/// One part of an area: its outer ring first, then its holes.
#[derive(Clone, Debug, PartialEq)]
pub struct Polygon {
    rings: Vec<Ring>,
}

/// An area of one or more parts.
#[derive(Clone, Debug, PartialEq)]
pub struct MultiPolygon {
    polygons: Vec<Polygon>,
    bounds: WorldRect,
}

/// Triangles that fill an area, made once and drawn many times.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Triangulation {
    /// World coordinates of all rings, one after the other.
    pub vertices: Vec<World>,
    /// Three a triangle.
    pub indices: Vec<u32>,
    /// The vertices of each ring, to draw outlines.
    pub rings: Vec<Range<usize>>,
}

impl Ring {
    /// `None` where fewer than three distinct points in a row remain or a
    /// number is not finite.
    pub fn new(points: impl IntoIterator<Item = World>) -> Option<Self> {
        let mut ring: Vec<World> = Vec::new();
        for point in points {
            if !(point[0].is_finite() && point[1].is_finite()) {
                return None;
            }
            if ring.last() != Some(&point) {
                ring.push(point);
            }
        }
        while ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        (ring.len() >= 3).then_some(Self(ring))
    }

    pub fn points(&self) -> &[World] {
        &self.0
    }

    /// The sides, the closing one last.
    pub fn edges(&self) -> impl Iterator<Item = (World, World)> + '_ {
        let next = self.0.iter().skip(1).chain(self.0.first());
        self.0.iter().copied().zip(next.copied())
    }

    /// Signed area on the WGS 84 ellipsoid, km²; the sign tells the winding.
    fn signed_area_km2(&self) -> f64 {
        let corner = |point: World| {
            let place = LonLat::from_world(point);
            (place.lon.to_radians(), authalic_ordinate_km2(place.lat))
        };
        let doubled: f64 = self
            .edges()
            .map(|(a, b)| {
                let ((lon_a, ordinate_a), (lon_b, ordinate_b)) = (corner(a), corner(b));
                (lon_b - lon_a) * (ordinate_a + ordinate_b)
            })
            .sum();
        doubled / 2.0
    }
}

/// Area between the equator and a latitude (degrees) over one radian of
/// longitude on the WGS 84 ellipsoid, km². Snyder, «Map Projections: A Working
/// Manual», USGS 1395, equation 3-12 with a²/2.
fn authalic_ordinate_km2(lat: f64) -> f64 {
    const SEMI_MAJOR_KM: f64 = 6378.137;
    const ECCENTRICITY_SQUARED: f64 = 0.006_694_379_990_141_316;
    let e = ECCENTRICITY_SQUARED.sqrt();
    let sine = lat.to_radians().sin();
    let q = (1.0 - ECCENTRICITY_SQUARED)
        * (sine / (1.0 - ECCENTRICITY_SQUARED * sine * sine) + (e * sine).atanh() / e);
    SEMI_MAJOR_KM * SEMI_MAJOR_KM * q / 2.0
}

impl Polygon {
    /// `None` where the outer ring is none; holes that are no rings are left out.
    pub fn new(outer: Option<Ring>, holes: impl IntoIterator<Item = Ring>) -> Option<Self> {
        let mut rings = vec![outer?];
        rings.extend(holes);
        Some(Self { rings })
    }

    pub fn rings(&self) -> &[Ring] {
        &self.rings
    }

    pub fn area_km2(&self) -> f64 {
        let mut areas = self.rings.iter().map(|ring| ring.signed_area_km2().abs());
        let outer = areas.next().unwrap_or_default();
        (outer - areas.sum::<f64>()).max(0.0)
    }

    /// Even-odd rule over all rings.
    pub fn contains(&self, point: World) -> bool {
        let crossings = self
            .rings
            .iter()
            .flat_map(Ring::edges)
            .filter(|&(a, b)| crosses_ray(point, a, b))
            .count();
        crossings % 2 == 1
    }
}

/// Whether the side from `a` to `b` crosses the ray from a point to the east.
/// Half-open in y, so that neighbours that share a side never both hold a point
/// of it.
pub(super) fn crosses_ray([x, y]: World, a: World, b: World) -> bool {
    // Each side is computed in one direction only, whichever area it bounds.
    let (low, high) = if a[1] < b[1] { (a, b) } else { (b, a) };
    low[1] <= y
        && y < high[1]
        && x < low[0] + (high[0] - low[0]) * ((y - low[1]) / (high[1] - low[1]))
}

impl MultiPolygon {
    pub fn new(polygons: Vec<Polygon>) -> Self {
        let bounds = WorldRect::of(
            polygons
                .iter()
                .filter_map(|polygon| polygon.rings.first())
                .flat_map(|ring| ring.0.iter().copied()),
        );
        Self { polygons, bounds }
    }

    pub fn polygons(&self) -> &[Polygon] {
        &self.polygons
    }

    pub fn rings(&self) -> impl Iterator<Item = &Ring> {
        self.polygons.iter().flat_map(|polygon| &polygon.rings)
    }

    pub fn bounds(&self) -> WorldRect {
        self.bounds
    }

    pub fn contains(&self, point: World) -> bool {
        self.bounds.contains(point) && self.polygons.iter().any(|polygon| polygon.contains(point))
    }

    /// Area on the WGS 84 ellipsoid, km².
    pub fn area_km2(&self) -> f64 {
        self.polygons.iter().map(Polygon::area_km2).sum()
    }

    /// A good place for a name: the point of the largest part that is farthest
    /// from its borders. `None` only for an area without parts.
    pub fn label_point(&self) -> Option<World> {
        let largest = self.polygons.iter().max_by(|a, b| a.area_km2().total_cmp(&b.area_km2()))?;
        label_point::farthest_from_border(largest)
    }

    pub fn triangulate(&self) -> Triangulation {
        let mut earcut = Earcut::new();
        let mut triangles: Vec<u32> = Vec::new();
        let mut result = Triangulation::default();
        // Near the origin, so that small differences keep all their digits.
        let [x_0, y_0] = self.bounds.centre();
        for polygon in &self.polygons {
            let base = result.vertices.len();
            let mut holes: Vec<u32> = Vec::new();
            for ring in &polygon.rings {
                let start = result.vertices.len();
                if start > base {
                    holes.push((start - base) as u32);
                }
                result.vertices.extend_from_slice(&ring.0);
                result.rings.push(start..result.vertices.len());
            }
            let corners = result.vertices[base..].iter().map(|&[x, y]| [x - x_0, y - y_0]);
            earcut.earcut(corners, &holes, &mut triangles);
            result.indices.extend(triangles.iter().map(|&index| index + base as u32));
        }
        result
    }
}

impl Triangulation {
    /// Area in world units, for checks against the polygon.
    pub fn world_area(&self) -> f64 {
        self.indices
            .as_chunks::<3>()
            .0
            .iter()
            .map(|&[a, b, c]| {
                let [a, b, c] = [a, b, c].map(|index| self.vertices[index as usize]);
                ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])).abs() / 2.0
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ring(points: &[World]) -> Ring {
        Ring::new(points.iter().copied()).unwrap()
    }

    fn square_with_hole() -> Polygon {
        let outer = ring(&[[0.0, 0.0], [0.4, 0.0], [0.4, 0.4], [0.0, 0.4]]);
        let hole = ring(&[[0.1, 0.1], [0.3, 0.1], [0.3, 0.3], [0.1, 0.3]]);
        Polygon::new(Some(outer), [hole]).unwrap()
    }

    #[test]
    fn rings_are_closed_once_and_have_three_points() {
        assert_eq!(
            ring(&[[0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]).points().len(),
            3
        );
        assert_eq!(Ring::new([[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]]), None);
        assert_eq!(Ring::new([[0.0, 0.0], [1.0, f64::NAN], [1.0, 1.0]]), None);
        assert_eq!(Ring::new([]), None);
    }

    #[test]
    fn a_hole_is_outside() {
        let area = MultiPolygon::new(vec![square_with_hole()]);
        assert!(area.contains([0.05, 0.2]));
        assert!(!area.contains([0.2, 0.2]));
        assert!(!area.contains([0.5, 0.2]));
    }

    #[test]
    fn triangles_fill_the_area_without_its_hole() {
        let triangulation = MultiPolygon::new(vec![square_with_hole()]).triangulate();
        assert!((triangulation.world_area() - 0.12).abs() < 1e-12);
        assert_eq!(triangulation.rings, [0..4, 4..8]);
    }

    #[test]
    fn the_earth_has_its_area() {
        // Half of the ellipsoid lies north of the equator: 510,065,622 km² in all.
        let northern = authalic_ordinate_km2(90.0) * std::f64::consts::TAU;
        assert!((northern * 2.0 - 510_065_622.0).abs() < 2.0, "{northern}");
    }

    proptest! {
        /// Any star-shaped ring: triangles cover exactly what the shoelace formula says.
        #[test]
        fn triangles_add_up_to_the_polygon(radii in prop::collection::vec(0.05..0.4_f64, 3..40)) {
            let count = radii.len() as f64;
            let points: Vec<World> = radii
                .iter()
                .enumerate()
                .map(|(at, radius)| {
                    let angle = at as f64 / count * std::f64::consts::TAU;
                    [0.5 + radius * angle.cos(), 0.5 + radius * angle.sin()]
                })
                .collect();
            let star = ring(&points);
            let shoelace: f64 =
                star.edges().map(|(a, b)| (a[0] * b[1] - b[0] * a[1]) / 2.0).sum();
            let area = MultiPolygon::new(vec![Polygon::new(Some(star), []).unwrap()]);
            prop_assert!((area.triangulate().world_area() - shoelace.abs()).abs() < 1e-9);
            prop_assert!(area.contains(area.label_point().unwrap()));
        }

        /// Two areas that share a side: every point belongs to one of them.
        #[test]
        fn a_shared_side_belongs_to_one(
            side in prop::collection::vec(0.3..0.7_f64, 2..12),
            x in 0.01..0.99_f64,
            step in 0_u8..100,
        ) {
            let last = side.len() as f64 - 1.0;
            let line: Vec<World> =
                side.iter().enumerate().map(|(at, x)| [*x, at as f64 / last]).collect();
            let west = line.iter().copied().chain([[0.0, 1.0], [0.0, 0.0]]);
            let east = line.iter().rev().copied().chain([[1.0, 0.0], [1.0, 1.0]]);
            let point = [x, f64::from(step) / 100.0];
            let holds = |ring| Polygon::new(Some(ring), []).unwrap().contains(point);
            let west = holds(Ring::new(west).unwrap());
            let east = holds(Ring::new(east).unwrap());
            prop_assert!(west != east);
        }
    }
}

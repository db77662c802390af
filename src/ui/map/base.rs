//! The base map's geometry, made once from the geodata and drawn many times.

use super::line::{Line, LineKind, simplify, smoothed};
use super::outline::{Borders, borders};
use super::veil::Veil;
use crate::domain::catalogue::Catalogue;
use crate::domain::municipality::Oktmo;
use crate::geo::layers::{GeoData, MunicipalityArea};
use crate::geo::mercator::{MercatorPoint, World, WorldRect, metres_per_world};
use crate::geo::polygon::{MultiPolygon, Polygon, Ring, Triangulation};

/// How far the outline that fading is measured from may be off.
const COARSE_KM: f64 = 3.0;

/// What a frame projects and paints.
pub struct BaseMap {
    /// Bounds of the region.
    pub region: WorldRect,
    pub(super) municipalities: Vec<Municipality>,
    /// Land between municipalities that the generalised borders leave out.
    pub(super) gaps: Triangulation,
    pub(super) neighbours: Vec<Triangulation>,
    pub(super) lakes: Vec<Triangulation>,
    /// In the order of drawing.
    pub(super) lines: Vec<Line>,
    pub(super) veil: Veil,
}

/// A municipality.
pub(super) struct Municipality {
    /// Its place in the catalogue, where it is known there.
    pub index: Option<u8>,
    pub triangles: Triangulation,
    pub outline: Vec<Line>,
}

impl BaseMap {
    /// The catalogue tells the index of each municipality: that is what counts
    /// and colours go by.
    pub fn new(geodata: &GeoData, catalogue: &Catalogue) -> Self {
        let rings: Vec<&[World]> =
            geodata.municipalities.iter().flat_map(|m| m.area.rings()).map(Ring::points).collect();
        let Borders { outer, inner, gaps } = borders(rings.iter().copied());
        // Everything outside fades before the box in which the layers end.
        let data = geodata
            .neighbours
            .iter()
            .map(|neighbour| neighbour.area.bounds())
            .fold(geodata.bounds, WorldRect::union);
        let km_per_world = metres_per_world(geodata.bounds.centre()[1]) / 1_000.0;
        // Fading is a matter of kilometres: a coarse outline serves.
        let coarse: Vec<Vec<World>> =
            outer.iter().map(|chain| simplify(chain, COARSE_KM / km_per_world)).collect();
        let veil = Veil::new(data, km_per_world, &coarse, |point| {
            geodata.municipality_at(MercatorPoint::from_world(point)).is_some()
        });

        let mut lines = line_work(geodata);
        lines.extend(inner.into_iter().map(|points| Line::new(LineKind::Border, false, points)));
        lines.extend(
            outer.into_iter().map(|points| Line::new(LineKind::RegionOutline, false, points)),
        );
        lines.sort_by_key(|line| line.kind);
        Self {
            region: geodata.bounds,
            municipalities: geodata
                .municipalities
                .iter()
                .map(|municipality| Municipality::new(municipality, catalogue))
                .collect(),
            gaps: filled(gaps).triangulate(),
            neighbours: geodata.neighbours.iter().map(|area| area.triangles.clone()).collect(),
            lakes: geodata.lakes.iter().map(|lake| rounded(&lake.area).triangulate()).collect(),
            lines,
            veil,
        }
    }

    /// How much of the map is left at a point of the world, 0–1.
    pub fn left_at(&self, world: World) -> f32 {
        self.veil.left_at(world)
    }

    /// Where the name of an outer area stands.
    pub(super) fn middle_of_outer(&self, area: &MultiPolygon) -> Option<World> {
        self.veil.middle_of(|point| area.contains(point))
    }
}

impl Municipality {
    fn new(area: &MunicipalityArea, catalogue: &Catalogue) -> Self {
        let outline = area
            .area
            .rings()
            .map(|ring| Line::new(LineKind::RegionOutline, false, closed(ring.points())))
            .collect();
        Self {
            index: catalogue_index(area.oktmo, catalogue),
            triangles: area.triangles.clone(),
            outline,
        }
    }
}

/// The catalogue's index of a municipality.
pub fn catalogue_index(oktmo: u32, catalogue: &Catalogue) -> Option<u8> {
    catalogue.municipality_by_oktmo(Oktmo::try_from(oktmo).ok()?)
}

fn line_work(geodata: &GeoData) -> Vec<Line> {
    let mut lines = Vec::new();
    for neighbour in &geodata.neighbours {
        for ring in neighbour.area.rings() {
            lines.push(Line::new(LineKind::NeighbourBorder, false, closed(ring.points())));
        }
    }
    for lake in &geodata.lakes {
        for ring in rounded(&lake.area).rings() {
            lines.push(Line::new(LineKind::Shore, false, closed(ring.points())));
        }
    }
    for river in &geodata.rivers {
        lines.push(course(LineKind::River(river.rank), false, &river.line.points));
    }
    for railway in &geodata.railways {
        lines.push(course(LineKind::Railway, railway.schematic, &railway.line.points));
    }
    for road in &geodata.roads {
        lines.push(course(LineKind::Road(road.class), road.schematic, &road.line.points));
    }
    lines
}

fn course(kind: LineKind, schematic: bool, points: &[World]) -> Line {
    let points = if schematic { points.to_vec() } else { smoothed(&smoothed(points)) };
    Line::new(kind, schematic, points)
}

fn filled(chains: Vec<Vec<World>>) -> MultiPolygon {
    let polygons = chains.into_iter().filter_map(|chain| Polygon::new(Ring::new(chain), []));
    MultiPolygon::new(polygons.collect())
}

fn closed(ring: &[World]) -> Vec<World> {
    ring.iter().chain(ring.first()).copied().collect()
}

/// The shape with rounded corners.
fn rounded(shape: &MultiPolygon) -> MultiPolygon {
    let round = |ring: &Ring| Ring::new(smoothed(&closed(ring.points())));
    let polygons = shape.polygons().iter().filter_map(|polygon| {
        let mut rings = polygon.rings().iter().map(round);
        Polygon::new(rings.next()?, rings.flatten())
    });
    MultiPolygon::new(polygons.collect())
}

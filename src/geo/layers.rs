//! The base map: the region's municipalities and what lies around them.
//!
//! Embedded from `data/geo/` (sources, licences and the credits to show are in
//! `data/SOURCES.md`); the borders can be replaced by those of the feedback API
//! or of a file.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::bounds::LonLatRect;
use super::geojson_read::{Layer, Properties};
use super::locator::Locator;
use super::mercator::{LonLat, MercatorPoint, World, WorldRect};
use super::polygon::{MultiPolygon, Triangulation};

pub use super::geojson_read::GeoDataError;

/// How far from the region's box a place is still taken for one of the region,
/// degrees: the borders are generalised to about a kilometre.
const BOUNDS_MARGIN_DEG: f64 = 0.05;

/// A municipality's border, ready to be drawn and asked.
#[derive(Clone, Debug)]
pub struct MunicipalityArea {
    /// Eight digits.
    pub oktmo: u32,
    pub name: Box<str>,
    /// «Аскизский».
    pub short: Box<str>,
    pub area: MultiPolygon,
    /// km² on the ellipsoid, of this border.
    pub area_km2: f64,
    /// Where its name stands.
    pub label: World,
    pub triangles: Triangulation,
}

/// A neighbouring region or a lake.
#[derive(Clone, Debug)]
pub struct Area {
    pub name: Option<Box<str>>,
    pub area: MultiPolygon,
    pub label: World,
    pub triangles: Triangulation,
}

/// A line on the map.
#[derive(Clone, Debug)]
pub struct Line {
    pub name: Option<Box<str>>,
    pub points: Vec<World>,
    pub bounds: WorldRect,
}

/// A river; rank 1 is the largest, 4 the smallest.
#[derive(Clone, Debug)]
pub struct River {
    pub line: Line,
    pub rank: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoadClass {
    Federal,
    Main,
    Secondary,
}

/// A road, or with `schematic` a straight link that only says «connected».
#[derive(Clone, Debug)]
pub struct Road {
    pub line: Line,
    pub class: RoadClass,
    /// «Р-257».
    pub number: Option<Box<str>>,
    pub schematic: bool,
}

#[derive(Clone, Debug)]
pub struct Railway {
    pub line: Line,
    pub schematic: bool,
}

/// A town outside the region, for orientation.
#[derive(Clone, Debug)]
pub struct ContextPlace {
    pub name: Box<str>,
    pub at: World,
    pub population: u32,
}

/// All layers; the municipalities in the order of their OKTMO codes.
#[derive(Clone, Debug)]
pub struct GeoData {
    pub municipalities: Vec<MunicipalityArea>,
    pub neighbours: Vec<Area>,
    pub rivers: Vec<River>,
    pub lakes: Vec<Area>,
    pub roads: Vec<Road>,
    pub railways: Vec<Railway>,
    pub context_places: Vec<ContextPlace>,
    /// Sides that belong to one municipality only: the region's border.
    pub outline: Vec<(World, World)>,
    /// The municipalities' box.
    pub bounds: WorldRect,
    locator: Locator,
}

impl GeoData {
    /// The layers that the program brings along.
    pub fn embedded() -> Arc<Self> {
        static EMBEDDED: OnceLock<Arc<GeoData>> = OnceLock::new();
        #[expect(clippy::expect_used, reason = "a start-up constant, read by every test")]
        let read = || Arc::new(Self::read_embedded().expect("embedded geodata is readable"));
        Arc::clone(EMBEDDED.get_or_init(read))
    }

    fn read_embedded() -> Result<Self, GeoDataError> {
        macro_rules! layer {
            ($name:literal) => {
                Layer::parse(
                    $name,
                    include_str!(concat!(
                        env!("CARGO_MANIFEST_DIR"),
                        "/data/geo/",
                        $name,
                        ".geojson"
                    )),
                )?
            };
        }
        let municipalities = municipalities(&layer!("municipalities"), &HashMap::new())?;
        let mut data = Self {
            neighbours: areas(&layer!("neighbours"))?,
            rivers: layer!("rivers").map(|feature| {
                Ok(River { line: line(feature)?, rank: feature.number("rank")? as u8 })
            })?,
            lakes: areas(&layer!("lakes"))?,
            roads: layer!("roads").map(road)?,
            railways: layer!("railways").map(|feature| {
                Ok(Railway { line: line(feature)?, schematic: feature.flag("schematic") })
            })?,
            context_places: layer!("context_places").map(|feature| {
                Ok(ContextPlace {
                    name: feature.text("name")?,
                    at: feature.point()?,
                    population: feature.number("population")? as u32,
                })
            })?,
            municipalities: Vec::new(),
            outline: Vec::new(),
            bounds: WorldRect::EMPTY,
            locator: Locator::default(),
        };
        data.set_municipalities(municipalities);
        Ok(data)
    }

    /// The same map with other borders: a GeoJSON feature collection whose
    /// features are (multi)polygons with the property `oktmo` (number or text)
    /// and, where a code is new, `name`.
    pub fn with_borders(&self, geojson: &str) -> Result<Self, GeoDataError> {
        let known = self.municipalities.iter().map(|m| (m.oktmo, m)).collect();
        let municipalities = municipalities(&Layer::parse("borders", geojson)?, &known)?;
        let mut data = self.clone();
        data.set_municipalities(municipalities);
        Ok(data)
    }

    fn set_municipalities(&mut self, municipalities: Vec<MunicipalityArea>) {
        self.bounds = municipalities.iter().fold(WorldRect::EMPTY, |bounds, municipality| {
            bounds.union(municipality.area.bounds())
        });
        self.outline = outline(&municipalities);
        self.locator =
            Locator::new(municipalities.iter().map(|m| (&m.area, m.area_km2)), self.bounds);
        self.municipalities = municipalities;
    }

    /// OKTMO of the municipality that holds a point; where one lies within
    /// another, the smaller.
    pub fn municipality_at(&self, point: MercatorPoint) -> Option<u32> {
        let at = self.locator.locate(point.to_world())?;
        self.municipalities.get(at).map(|municipality| municipality.oktmo)
    }

    pub fn municipality(&self, oktmo: u32) -> Option<&MunicipalityArea> {
        let at = self.municipalities.binary_search_by_key(&oktmo, |m| m.oktmo).ok()?;
        self.municipalities.get(at)
    }

    /// The box by which coordinates are judged, see [`super::bounds::accept`].
    pub fn acceptance_bounds(&self) -> LonLatRect {
        LonLatRect::of_world(self.bounds).grown(BOUNDS_MARGIN_DEG)
    }
}

fn municipalities(
    layer: &Layer,
    known: &HashMap<u32, &MunicipalityArea>,
) -> Result<Vec<MunicipalityArea>, GeoDataError> {
    let mut list = layer.map(|feature| {
        let oktmo = feature.oktmo()?;
        let area = feature.area()?;
        let label = match (feature.number("label_lon"), feature.number("label_lat")) {
            (Ok(lon), Ok(lat)) => LonLat { lon, lat }.to_world(),
            _ => area.label_point().unwrap_or_else(|| area.bounds().centre()),
        };
        let name = match (feature.text("name"), known.get(&oktmo)) {
            (Ok(name), _) => name,
            (Err(_), Some(known)) => known.name.clone(),
            (Err(error), None) => return Err(error),
        };
        let short = match (feature.text("short"), known.get(&oktmo)) {
            (Ok(short), _) => short,
            (Err(_), Some(known)) => known.short.clone(),
            (Err(_), None) => name.clone(),
        };
        Ok(MunicipalityArea {
            oktmo,
            name,
            short,
            area_km2: area.area_km2(),
            triangles: area.triangulate(),
            label,
            area,
        })
    })?;
    if list.is_empty() {
        return Err(layer.error("it holds no municipality"));
    }
    list.sort_by_key(|municipality| municipality.oktmo);
    if list.windows(2).any(|pair| pair[0].oktmo == pair[1].oktmo) {
        return Err(layer.error("an OKTMO code stands twice"));
    }
    Ok(list)
}

fn areas(layer: &Layer) -> Result<Vec<Area>, GeoDataError> {
    layer.map(|feature| {
        let area = feature.area()?;
        Ok(Area {
            name: feature.text("name").ok(),
            label: area.label_point().unwrap_or_else(|| area.bounds().centre()),
            triangles: area.triangulate(),
            area,
        })
    })
}

fn line(feature: &Properties<'_>) -> Result<Line, GeoDataError> {
    let points = feature.line()?;
    let bounds = WorldRect::of(points.iter().copied());
    Ok(Line { name: feature.text("name").ok(), points, bounds })
}

fn road(feature: &Properties<'_>) -> Result<Road, GeoDataError> {
    let class = match &*feature.text("class")? {
        "federal" => RoadClass::Federal,
        "main" => RoadClass::Main,
        _ => RoadClass::Secondary,
    };
    Ok(Road {
        line: line(feature)?,
        class,
        number: feature.text("ref").ok(),
        schematic: feature.flag("schematic"),
    })
}

/// Sides that stand once: a side between two municipalities of one source
/// stands twice, with the very same numbers.
fn outline(municipalities: &[MunicipalityArea]) -> Vec<(World, World)> {
    let key = |(a, b): (World, World)| {
        let bits = |point: World| (point[0].to_bits(), point[1].to_bits());
        let (a, b) = (bits(a), bits(b));
        if a < b { (a, b) } else { (b, a) }
    };
    let sides =
        || municipalities.iter().flat_map(|m| m.area.rings()).flat_map(super::polygon::Ring::edges);
    let mut times: HashMap<_, u32> = HashMap::new();
    for side in sides() {
        *times.entry(key(side)).or_default() += 1;
    }
    sides().filter(|&side| times.get(&key(side)) == Some(&1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::bounds::{Placement, accept};

    #[test]
    fn every_layer_is_there() {
        let data = GeoData::embedded();
        assert_eq!(data.municipalities.len(), 13);
        assert_eq!(data.neighbours.len(), 5);
        assert_eq!((data.rivers.len(), data.lakes.len()), (26, 8));
        assert_eq!((data.roads.len(), data.railways.len()), (16, 9));
        assert_eq!(data.context_places.len(), 25);
        assert!(data.roads.iter().any(|road| road.class == RoadClass::Federal));
        assert!(data.roads.iter().any(|road| road.schematic));
        assert!(data.rivers.iter().all(|river| (1..=4).contains(&river.rank)));
    }

    /// The areas of `data/municipalities.toml` were measured on the exact borders.
    #[test]
    fn areas_add_up_to_the_region() {
        let data = GeoData::embedded();
        let sum: f64 = data.municipalities.iter().map(|m| m.area_km2).sum();
        let stated: f64 = [
            1753.51, 8074.15, 4582.33, 4605.44, 6609.23, 20122.11, 7322.44, 6877.42, 112.33, 80.16,
            105.54, 1311.47, 117.69,
        ]
        .iter()
        .sum();
        assert!((sum / stated - 1.0).abs() < 0.002, "{sum} km² of {stated}");
    }

    #[test]
    fn triangles_fill_every_municipality() {
        for municipality in &GeoData::embedded().municipalities {
            let shoelace: f64 = municipality
                .area
                .polygons()
                .iter()
                .map(|polygon| {
                    let mut rings = polygon.rings().iter().map(|ring| {
                        let [x_0, y_0] = ring.points()[0];
                        ring.edges()
                            .map(|(a, b)| (a[0] - x_0) * (b[1] - y_0) - (b[0] - x_0) * (a[1] - y_0))
                            .sum::<f64>()
                            .abs()
                            / 2.0
                    });
                    rings.next().unwrap() - rings.sum::<f64>()
                })
                .sum();
            let filled = municipality.triangles.world_area();
            assert!((filled / shoelace - 1.0).abs() < 1e-6, "{}", municipality.name);
        }
    }

    #[test]
    fn every_label_lies_in_its_own_municipality() {
        let data = GeoData::embedded();
        for municipality in &data.municipalities {
            let point = MercatorPoint::from_world(municipality.label);
            assert_eq!(data.municipality_at(point), Some(municipality.oktmo));
            assert_eq!(data.municipality(municipality.oktmo).unwrap().name, municipality.name);
        }
    }

    /// Borders are generalised to about a kilometre and rough settlements are
    /// known to about a kilometre, so up to 2 km beyond the border are let pass;
    /// well-known ones (quality A) may miss by 1 km.
    #[test]
    fn settlements_lie_in_their_municipalities() {
        let data = GeoData::embedded();
        let csv = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/settlements.csv"));
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let (mut all, mut exact) = (0, 0);
        for record in reader.records().map(Result::unwrap) {
            let oktmo: u32 = record[3].parse().unwrap();
            let place = LonLat { lat: record[4].parse().unwrap(), lon: record[5].parse().unwrap() };
            let Placement::Placed(point) = accept(place.lat, place.lon, data.acceptance_bounds())
            else {
                panic!("{} is out of bounds", &record[1]);
            };
            all += 1;
            if data.municipality_at(point) == Some(oktmo) {
                exact += 1;
                continue;
            }
            let allowed_m = if &record[6] == "A" { 1_000.0 } else { 2_000.0 };
            let area = &data.municipality(oktmo).unwrap().area;
            let away_m = area
                .rings()
                .flat_map(crate::geo::polygon::Ring::edges)
                .flat_map(|(a, b)| {
                    (0..=20).map(move |step| {
                        let along = f64::from(step) / 20.0;
                        [a[0] + (b[0] - a[0]) * along, a[1] + (b[1] - a[1]) * along]
                    })
                })
                .map(|border| LonLat::from_world(border).distance_m(place))
                .fold(f64::INFINITY, f64::min);
            assert!(away_m < allowed_m, "{} is {away_m:.0} m off its municipality", &record[1]);
        }
        assert!(all >= 100 && f64::from(exact) > 0.93 * f64::from(all), "{exact} of {all}");
    }

    #[test]
    fn towns_outside_belong_to_nobody() {
        let data = GeoData::embedded();
        for place in &data.context_places {
            let point = MercatorPoint::from_world(place.at);
            assert_eq!(data.municipality_at(point), None, "{}", place.name);
        }
    }

    #[test]
    fn the_locator_agrees_with_the_polygons() {
        let data = GeoData::embedded();
        let bounds = data.bounds;
        for row in 0..60 {
            for column in 0..60 {
                let point = MercatorPoint::from_world([
                    bounds.x_min + bounds.width() * (f64::from(column) + 0.5) / 60.0,
                    bounds.y_min + bounds.height() * (f64::from(row) + 0.5) / 60.0,
                ]);
                let plain = data
                    .municipalities
                    .iter()
                    .filter(|m| m.area.contains(point.to_world()))
                    .min_by(|a, b| a.area_km2.total_cmp(&b.area_km2))
                    .map(|m| m.oktmo);
                assert_eq!(data.municipality_at(point), plain);
            }
        }
    }

    #[test]
    fn the_outline_is_a_part_of_the_borders() {
        let data = GeoData::embedded();
        let sides: usize =
            data.municipalities.iter().flat_map(|m| m.area.rings()).map(|r| r.points().len()).sum();
        assert!(!data.outline.is_empty() && data.outline.len() * 2 < sides);
    }

    #[test]
    fn borders_can_be_replaced_and_bad_ones_are_refused() {
        let data = GeoData::embedded();
        let one = |properties: &str, geometry: &str| {
            data.with_borders(&format!(
                r#"{{"type":"FeatureCollection","features":[{{"type":"Feature",
                "properties":{properties},"geometry":{geometry}}}]}}"#
            ))
        };
        let square =
            r#"{"type":"Polygon","coordinates":[[[90,53],[91,53],[91,54],[90,54],[90,53]]]}"#;
        let changed = one(r#"{"oktmo":"95701000"}"#, square).unwrap();
        assert_eq!(&*changed.municipalities[0].short, "Абакан");
        let middle = MercatorPoint::from_lon_lat(LonLat { lon: 90.5, lat: 53.5 }).unwrap();
        assert_eq!(changed.municipality_at(middle), Some(95_701_000));
        assert_eq!(changed.rivers.len(), data.rivers.len());

        assert!(one(r#"{"oktmo":95999000}"#, square).is_err(), "a new code needs a name");
        assert!(one(r#"{"oktmo":95999000,"name":"новый"}"#, square).is_ok());
        assert!(one(r#"{"name":"ничей"}"#, square).is_err());
        assert!(one(r#"{"oktmo":95701000}"#, r#"{"type":"Point","coordinates":[90,53]}"#).is_err());
        assert!(one(r#"{"oktmo":95701000}"#, r#"{"type":"Polygon","coordinates":[]}"#).is_err());
        let beyond = r#"{"type":"Polygon","coordinates":[[[90,53],[1e300,53],[91,54]]]}"#;
        assert!(one(r#"{"oktmo":95701000}"#, beyond).is_err());
        assert!(data.with_borders(r#"{"type":"FeatureCollection","features":[]}"#).is_err());
        let error = data.with_borders("<html>").unwrap_err();
        assert!(error.to_string().starts_with("borders: "), "{error}");
    }
}

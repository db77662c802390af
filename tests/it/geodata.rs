//! The files of `data/` that are drawn or generated from, against the catalogue.

use std::collections::BTreeSet;
use std::path::Path;

use geojson::{Feature, FeatureCollection, GeometryValue, Position};
use pult::domain::{Block, Catalogue, Oktmo};

/// WGS 84: equatorial radius in km and eccentricity.
const RADIUS_KM: f64 = 6378.137;
const ECCENTRICITY: f64 = 0.081_819_190_842_622;

fn data(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(path);
    std::fs::read_to_string(path).unwrap()
}

fn features(name: &str) -> Vec<Feature> {
    let collection: FeatureCollection = data(&format!("geo/{name}.geojson")).parse().unwrap();
    collection.features
}

fn positions(feature: &Feature) -> Vec<Position> {
    match &feature.geometry.as_ref().unwrap().value {
        GeometryValue::Point { coordinates } => vec![coordinates.clone()],
        GeometryValue::LineString { coordinates } => coordinates.clone(),
        _ => polygons(feature).concat().concat(),
    }
}

fn polygons(feature: &Feature) -> Vec<Vec<Vec<Position>>> {
    match &feature.geometry.as_ref().unwrap().value {
        GeometryValue::Polygon { coordinates } => vec![coordinates.clone()],
        GeometryValue::MultiPolygon { coordinates } => coordinates.clone(),
        other => panic!("neither polygon nor multipolygon: {}", other.type_name()),
    }
}

/// q of the authalic latitude (Snyder 1987, formula 3-12): the area between
/// the equator and a parallel is a²·q/2 a radian of longitude.
fn authalic_q(lat_deg: f64) -> f64 {
    let sin = lat_deg.to_radians().sin();
    let (e, es) = (ECCENTRICITY, ECCENTRICITY * sin);
    (1.0 - e * e) * (sin / (1.0 - es * es) - ((1.0 - es) / (1.0 + es)).ln() / (2.0 * e))
}

fn ring_area_km2(ring: &[Position]) -> f64 {
    let strips = ring.windows(2).map(|edge| {
        let width = (edge[1][0] - edge[0][0]).to_radians();
        width * f64::midpoint(authalic_q(edge[0][1]), authalic_q(edge[1][1]))
    });
    (strips.sum::<f64>() * RADIUS_KM * RADIUS_KM / 2.0).abs()
}

fn area_km2(feature: &Feature) -> f64 {
    let of_polygon = |rings: &Vec<Vec<Position>>| {
        let holes: f64 = rings[1..].iter().map(|ring| ring_area_km2(ring)).sum();
        ring_area_km2(&rings[0]) - holes
    };
    polygons(feature).iter().map(of_polygon).sum()
}

#[test]
fn every_layer_is_on_the_map_and_carries_its_credit() {
    let layers = [
        ("municipalities", 13),
        ("neighbours", 5),
        ("rivers", 26),
        ("lakes", 8),
        ("roads", 16),
        ("railways", 9),
        ("context_places", 25),
    ];
    for (name, count) in layers {
        let features = features(name);
        assert_eq!(features.len(), count, "{name}");
        for position in features.iter().flat_map(positions) {
            assert!((86.8..=93.2).contains(&position[0]), "{name}: lon {}", position[0]);
            assert!((50.8..=56.2).contains(&position[1]), "{name}: lat {}", position[1]);
        }
        let json: serde_json::Value =
            serde_json::from_str(&data(&format!("geo/{name}.geojson"))).unwrap();
        assert!(!json["attribution"].as_str().unwrap().is_empty(), "{name}");
        assert!(data("SOURCES.md").contains(&format!("geo/{name}.geojson")), "{name}");
    }
}

#[test]
fn rings_are_closed() {
    for name in ["municipalities", "neighbours", "lakes"] {
        for ring in features(name).iter().flat_map(polygons).flatten() {
            assert!(ring.len() >= 4, "{name}");
            assert_eq!(ring.first(), ring.last(), "{name}");
        }
    }
}

#[test]
fn the_borders_belong_to_the_catalogue_and_keep_their_areas() {
    let catalogue = Catalogue::embedded();
    let mut seen = BTreeSet::new();
    let mut total = 0.0;
    for feature in features("municipalities") {
        let code = feature.property("oktmo").unwrap().as_u64().unwrap();
        let oktmo = Oktmo::try_from(u32::try_from(code).unwrap()).unwrap();
        let index = catalogue.municipality_by_oktmo(oktmo).unwrap();
        assert!(seen.insert(oktmo));
        let municipality = catalogue.municipality(index).unwrap();
        let property = |key: &str| feature.property(key).unwrap().clone();
        assert_eq!(property("name").as_str(), Some(&*municipality.name));
        assert_eq!(
            property("population_2021").as_u64(),
            Some(u64::from(municipality.population_2021))
        );
        let area = area_km2(&feature);
        let error = area / f64::from(municipality.area_km2) - 1.0;
        let limit = if municipality.area_km2 > 1000.0 { 0.01 } else { 0.05 };
        assert!(error.abs() < limit, "{}: {area:.1} km², off by {error:.4}", municipality.name);
        total += area;
    }
    let stated: f64 = catalogue.municipalities.iter().map(|m| f64::from(m.area_km2)).sum();
    assert_eq!(seen.len(), 13);
    assert!((total / stated - 1.0).abs() < 0.002, "{total:.0} of {stated:.0} km²");
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoBodies {
    body: Vec<DemoBody>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoBody {
    id: String,
    name: String,
    short: String,
    blocks: Vec<Block>,
    oktmo: Option<Oktmo>,
}

#[test]
fn demonstration_bodies_say_so_and_cover_every_block() {
    let catalogue = Catalogue::embedded();
    let DemoBodies { body: bodies } = toml::from_str(&data("demo/bodies.toml")).unwrap();
    assert!((20..=30).contains(&bodies.len()));
    let ids: BTreeSet<&str> = bodies.iter().map(|b| &*b.id).collect();
    assert_eq!(ids.len(), bodies.len());
    for body in &bodies {
        assert!(body.id.starts_with("demo-"));
        for name in [&body.name, &body.short] {
            assert!(name.to_lowercase().contains("демо"), "{name} looks real");
        }
        assert!(!body.blocks.is_empty(), "{}", body.id);
        if let Some(oktmo) = body.oktmo {
            assert!(catalogue.municipality_by_oktmo(oktmo).is_some(), "{}", body.id);
        }
    }
    for block in Block::ALL {
        let anywhere = bodies.iter().any(|b| b.blocks.contains(block) && b.oktmo.is_none());
        assert!(anywhere, "{block} has no body for the whole region");
    }
}

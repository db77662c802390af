//! Where made-up people live: settlements by their residents, with scatter
//! around them inside the municipality's borders.

use serde::Deserialize;

use super::dice::{Dice, Weights};
use crate::domain::municipality::Oktmo;
use crate::domain::{Catalogue, DataError, DataFile, MunicipalityKind};
use crate::server::record::Point;

/// Kilometres in a degree of latitude.
const DEGREE_KM: f64 = 111.2;

/// Borders and settlements, ready to be drawn from.
pub(crate) struct Places {
    territories: Vec<Territory>,
    everywhere: Weights,
    in_towns: Weights,
    in_districts: Weights,
}

struct Territory {
    rings: Vec<Vec<[f64; 2]>>,
    hoods: Vec<Hood>,
    by_residents: Weights,
}

/// A part of a settlement where people live close together.
struct Hood {
    settlement: u16,
    lat: f64,
    lon: f64,
    spread_km: f64,
}

/// Where a fact is written about most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Leaning {
    #[default]
    Even,
    Urban,
    Rural,
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    id: u32,
    geometry: Geometry,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Vec<Vec<[f64; 2]>>),
    MultiPolygon(Vec<Vec<Vec<[f64; 2]>>>),
}

impl Places {
    pub(crate) fn read(catalogue: &Catalogue, borders: DataFile<'_>) -> Result<Self, DataError> {
        let wrong = |reason: String| borders.error_on(1, reason);
        let collection: Collection = serde_json::from_str(borders.text)
            .map_err(|e| borders.error_on(e.line(), "not GeoJSON of polygons"))?;
        let mut territories = Vec::new();
        for municipality in &catalogue.municipalities {
            let code = municipality.oktmo.get();
            let feature = collection.features.iter().find(|f| f.id == code);
            let Some(feature) = feature else {
                return Err(wrong(format!("no borders of municipality {code}")));
            };
            let rings = match &feature.geometry {
                Geometry::Polygon(rings) => rings.clone(),
                Geometry::MultiPolygon(parts) => parts.concat(),
            };
            territories.push(Territory::new(catalogue, municipality.oktmo, rings));
        }
        let weights = |town: f64, district: f64| -> Weights {
            let of = |m: &crate::domain::Municipality| {
                let leaning =
                    if m.kind == MunicipalityKind::UrbanDistrict { town } else { district };
                f64::from(m.population_2021) * leaning
            };
            catalogue.municipalities.iter().map(of).collect()
        };
        Ok(Self {
            territories,
            everywhere: weights(1.0, 1.0),
            in_towns: weights(4.0, 1.0),
            in_districts: weights(1.0, 4.0),
        })
    }

    /// A municipality by its residents.
    pub(crate) fn municipality(&self, dice: &mut Dice, leaning: Leaning) -> u8 {
        let weights = match leaning {
            Leaning::Even => &self.everywhere,
            Leaning::Urban => &self.in_towns,
            Leaning::Rural => &self.in_districts,
        };
        dice.pick(weights) as u8
    }

    /// A settlement of the municipality by its residents and a point in it.
    pub(crate) fn spot(&self, dice: &mut Dice, municipality: u8) -> Option<(u16, Point)> {
        let territory = self.territories.get(usize::from(municipality))?;
        let hood = territory.hoods.get(dice.pick(&territory.by_residents))?;
        let km_per_lon = DEGREE_KM * hood.lat.to_radians().cos();
        for _ in 0..8 {
            let lat = hood.lat + dice.normal() * hood.spread_km / DEGREE_KM;
            let lon = hood.lon + dice.normal() * hood.spread_km / km_per_lon;
            if territory.contains(lat, lon) {
                return Some((hood.settlement, Point::from_degrees(lat, lon)));
            }
        }
        Some((hood.settlement, Point::from_degrees(hood.lat, hood.lon)))
    }

    /// The municipality whose borders hold the point, in degrees.
    pub(crate) fn municipality_at(&self, lat: f64, lon: f64) -> Option<u8> {
        self.territories.iter().position(|t| t.contains(lat, lon)).map(|index| index as u8)
    }
}

impl Territory {
    fn new(catalogue: &Catalogue, oktmo: Oktmo, rings: Vec<Vec<[f64; 2]>>) -> Self {
        let mut hoods = Vec::new();
        let mut residents = Vec::new();
        for (settlement, place) in catalogue.settlements_of(oktmo) {
            // The census file names the larger places only; the others get the
            // size that their kind usually has.
            let people = f64::from(place.population_2021.unwrap_or(match &*place.kind {
                "г" => 10_000,
                "рп" => 2_500,
                "с" => 700,
                _ => 200,
            }));
            // Streets do not lie evenly: a town is some clumps of houses.
            let parts = ((people / 6_000.0).sqrt() * 3.0).clamp(1.0, 16.0) as usize;
            let reach_km = (people / 3_000.0).sqrt().clamp(0.35, 4.0);
            let mut dice = Dice::new(u64::from(oktmo.get()), u64::from(settlement));
            for part in 0..parts {
                let away = if parts == 1 { 0.0 } else { reach_km * 0.6 };
                let km_per_lon = DEGREE_KM * place.lat.to_radians().cos();
                hoods.push(Hood {
                    settlement,
                    lat: place.lat + dice.normal() * away / DEGREE_KM,
                    lon: place.lon + dice.normal() * away / km_per_lon,
                    spread_km: (reach_km / (parts as f64).sqrt()).max(0.3),
                });
                residents.push(people / (1.0 + part as f64));
            }
        }
        Self { rings, hoods, by_residents: residents.into_iter().collect() }
    }

    /// Even–odd rule over all rings, holes included.
    fn contains(&self, lat: f64, lon: f64) -> bool {
        let mut inside = false;
        for ring in &self.rings {
            for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                let crosses = (a[1] > lat) != (b[1] > lat);
                if crosses && lon < (b[0] - a[0]) * (lat - a[1]) / (b[1] - a[1]) + a[0] {
                    inside = !inside;
                }
            }
        }
        inside
    }
}

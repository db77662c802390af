//! Reading GeoJSON feature collections into world coordinates, with errors that
//! name the layer and the feature.

use geojson::{Feature, FeatureCollection, GeometryValue, PolygonType, Position};

use super::mercator::{LonLat, MAX_LATITUDE, World};
use super::polygon::{MultiPolygon, Polygon, Ring};

/// Geodata that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GeoDataError {
    #[error("{layer}: not a GeoJSON feature collection: {reason}")]
    NotGeoJson { layer: String, reason: String },
    #[error("{layer}: {reason}")]
    Layer { layer: String, reason: String },
    #[error("{layer}, feature {number}: {reason}")]
    Feature {
        layer: String,
        /// From 1.
        number: usize,
        reason: String,
    },
}

/// A feature collection with the name that errors show.
pub(super) struct Layer {
    name: &'static str,
    features: Vec<Feature>,
}

/// One feature of a layer.
pub(super) struct Properties<'a> {
    layer: &'static str,
    number: usize,
    feature: &'a Feature,
}

impl Layer {
    pub(super) fn parse(name: &'static str, text: &str) -> Result<Self, GeoDataError> {
        match text.parse::<FeatureCollection>() {
            Ok(collection) => Ok(Self { name, features: collection.features }),
            Err(error) => {
                Err(GeoDataError::NotGeoJson { layer: name.to_owned(), reason: error.to_string() })
            }
        }
    }

    /// Reads every feature; the first that fails ends it.
    pub(super) fn map<T>(
        &self,
        read: impl Fn(&Properties<'_>) -> Result<T, GeoDataError>,
    ) -> Result<Vec<T>, GeoDataError> {
        self.features
            .iter()
            .enumerate()
            .map(|(at, feature)| read(&Properties { layer: self.name, number: at + 1, feature }))
            .collect()
    }

    pub(super) fn error(&self, reason: &str) -> GeoDataError {
        GeoDataError::Layer { layer: self.name.to_owned(), reason: reason.to_owned() }
    }
}

impl Properties<'_> {
    fn error(&self, reason: impl Into<String>) -> GeoDataError {
        GeoDataError::Feature {
            layer: self.layer.to_owned(),
            number: self.number,
            reason: reason.into(),
        }
    }

    pub(super) fn text(&self, key: &str) -> Result<Box<str>, GeoDataError> {
        self.feature
            .property(key)
            .and_then(|value| value.as_str())
            .map(Into::into)
            .ok_or_else(|| self.error(format!("the property {key} is missing or no text")))
    }

    pub(super) fn number(&self, key: &str) -> Result<f64, GeoDataError> {
        self.feature
            .property(key)
            .and_then(serde_json::Value::as_f64)
            .ok_or_else(|| self.error(format!("the property {key} is missing or no number")))
    }

    /// Absent means no.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.feature.property(key).and_then(serde_json::Value::as_bool).unwrap_or_default()
    }

    /// The code, given as a number or as text of eight digits, or of eleven
    /// where the last three are zeros.
    pub(super) fn oktmo(&self) -> Result<u32, GeoDataError> {
        let value = self.feature.property("oktmo");
        let text = value.and_then(|value| match value {
            serde_json::Value::Number(number) => number.as_u64().map(|code| format!("{code:08}")),
            serde_json::Value::String(text) => Some(text.clone()),
            _ => None,
        });
        text.as_deref()
            .map(|text| match text.strip_suffix("000") {
                Some(shorter) if text.len() == 11 => shorter,
                _ => text,
            })
            .filter(|text| text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| self.error("the property oktmo is missing or not eight digits"))
    }

    pub(super) fn point(&self) -> Result<World, GeoDataError> {
        match self.geometry()? {
            GeometryValue::Point { coordinates } => self.position(coordinates),
            other => Err(self.error(format!("a Point was expected, not a {}", other.type_name()))),
        }
    }

    pub(super) fn line(&self) -> Result<Vec<World>, GeoDataError> {
        let GeometryValue::LineString { coordinates } = self.geometry()? else {
            return Err(self.error("a LineString was expected"));
        };
        let line = self.positions(coordinates)?;
        if line.len() < 2 {
            return Err(self.error("a line needs two points"));
        }
        Ok(line)
    }

    pub(super) fn area(&self) -> Result<MultiPolygon, GeoDataError> {
        let polygons = match self.geometry()? {
            GeometryValue::Polygon { coordinates } => vec![self.polygon(coordinates)?],
            GeometryValue::MultiPolygon { coordinates } => coordinates
                .iter()
                .map(|rings| self.polygon(rings))
                .collect::<Result<_, GeoDataError>>()?,
            other => {
                let found = other.type_name();
                return Err(self.error(format!("an area was expected, not a {found}")));
            }
        };
        if polygons.is_empty() {
            return Err(self.error("the area is empty"));
        }
        Ok(MultiPolygon::new(polygons))
    }

    fn polygon(&self, rings: &PolygonType) -> Result<Polygon, GeoDataError> {
        let mut read = rings.iter().map(|ring| self.positions(ring).map(Ring::new));
        let outer = read.next().transpose()?.flatten();
        let holes: Vec<Option<Ring>> = read.collect::<Result<_, GeoDataError>>()?;
        Polygon::new(outer, holes.into_iter().flatten())
            .ok_or_else(|| self.error("an outer ring has fewer than three points"))
    }

    fn geometry(&self) -> Result<&GeometryValue, GeoDataError> {
        let geometry = self.feature.geometry.as_ref();
        geometry.map(|geometry| &geometry.value).ok_or_else(|| self.error("it has no geometry"))
    }

    fn positions(&self, list: &[Position]) -> Result<Vec<World>, GeoDataError> {
        list.iter().map(|position| self.position(position)).collect()
    }

    fn position(&self, position: &Position) -> Result<World, GeoDataError> {
        match *position.as_slice() {
            [lon, lat, ..]
                if (-180.0..=180.0).contains(&lon)
                    && (-MAX_LATITUDE..=MAX_LATITUDE).contains(&lat) =>
            {
                Ok(LonLat { lon, lat }.to_world())
            }
            _ => Err(self.error("a position is not longitude and latitude in degrees")),
        }
    }
}

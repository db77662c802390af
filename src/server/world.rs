//! What the demonstration region is made of: words, rhythms, places, bodies.

use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::generate::places::Places;
use super::generate::texts::Texts;
use super::generate::volume::Volumes;
use crate::domain::municipality::Oktmo;
use crate::domain::{Block, Catalogue, DataError, DataFile};

/// `GeoJSON` of the municipalities, as `GET /v1/borders` gives it.
pub(crate) const BORDERS: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/geo/municipalities.geojson"));

const BODIES: DataFile<'static> = DataFile {
    name: "data/demo/bodies.toml",
    text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/demo/bodies.toml")),
};
const TEXTS: DataFile<'static> = DataFile {
    name: "data/demo/texts.toml",
    text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/demo/texts.toml")),
};
const VOLUMES: DataFile<'static> = DataFile {
    name: "data/demo/volumes.toml",
    text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/demo/volumes.toml")),
};

/// Everything that does not change while the server runs.
pub(crate) struct World {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) bodies: Vec<DemoBody>,
    pub(crate) texts: Texts,
    pub(crate) volumes: Volumes,
    pub(crate) places: Places,
}

/// A made-up organ or organisation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DemoBody {
    pub(crate) id: Box<str>,
    pub(crate) name: Box<str>,
    pub(crate) short: Box<str>,
    pub(crate) blocks: Vec<Block>,
    /// `None` serves the whole region.
    pub(crate) oktmo: Option<Oktmo>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bodies {
    body: Vec<DemoBody>,
}

impl World {
    /// Read once: many servers of one process share it.
    pub(crate) fn embedded() -> Result<Arc<Self>, DataError> {
        static WORLD: OnceLock<Arc<World>> = OnceLock::new();
        if let Some(world) = WORLD.get() {
            return Ok(Arc::clone(world));
        }
        let world = Arc::new(Self::read()?);
        Ok(Arc::clone(WORLD.get_or_init(|| world)))
    }

    fn read() -> Result<Self, DataError> {
        let catalogue = Catalogue::embedded();
        let borders = DataFile { name: "data/geo/municipalities.geojson", text: BORDERS };
        Ok(Self {
            bodies: BODIES.parse_toml::<Bodies>()?.body,
            texts: Texts::read(&catalogue, TEXTS)?,
            volumes: Volumes::read(&catalogue.topics, VOLUMES)?,
            places: Places::read(&catalogue, borders)?,
            catalogue,
        })
    }

    /// The body that answers for a block in a municipality: one of that place
    /// before one of the region. `chance` chooses among equals.
    pub(crate) fn body_for(&self, block: Block, municipality: Option<u8>, chance: u64) -> u16 {
        let here = municipality.and_then(|m| self.catalogue.municipality(m)).map(|m| m.oktmo);
        let fits = |local: bool| {
            let of = move |body: &DemoBody| {
                body.blocks.contains(&block)
                    && if local {
                        body.oktmo.is_some() && body.oktmo == here
                    } else {
                        body.oktmo.is_none()
                    }
            };
            (0u16..).zip(&self.bodies).filter(move |(_, body)| of(body)).map(|(index, _)| index)
        };
        let mut found: Vec<u16> = fits(false).collect();
        // Services of the region carry most of the load; administrations the rest.
        let local: Vec<u16> = fits(true).collect();
        if found.is_empty() || (!local.is_empty() && chance % 5 < 2) {
            found = local;
        }
        found.get((chance / 5) as usize % found.len().max(1)).copied().unwrap_or_default()
    }

    pub(crate) fn body_by_id(&self, id: &str) -> Option<u16> {
        self.bodies.iter().position(|body| &*body.id == id).map(|index| index as u16)
    }
}

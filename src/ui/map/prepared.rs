//! Geometry and names of a map, made once for the geodata and the language.

use std::sync::Arc;

use super::base::BaseMap;
use super::names::Names;
use crate::domain::{Catalogue, Language};
use crate::geo::layers::GeoData;

pub struct Prepared {
    pub geodata: Arc<GeoData>,
    language: Language,
    pub base: BaseMap,
    pub names: Names,
}

impl Prepared {
    /// What is prepared, made anew where that was for other data or words.
    pub fn of<'a>(
        known: &'a mut Option<Self>,
        geodata: &Arc<GeoData>,
        catalogue: &Catalogue,
        language: Language,
    ) -> &'a Self {
        let serves =
            |known: &Self| Arc::ptr_eq(&known.geodata, geodata) && known.language == language;
        if !known.as_ref().is_some_and(serves) {
            *known = None;
        }
        known.get_or_insert_with(|| {
            let base = BaseMap::new(geodata, catalogue);
            let names = Names::new(&base, geodata, catalogue, language);
            Self { geodata: Arc::clone(geodata), language, base, names }
        })
    }
}

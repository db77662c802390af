//! How vector tiles look: quietly, in our own colours, and without a word, since the names
//! are ours. Three ways of naming layers are understood: of Protomaps, of `OpenMapTiles`
//! and of Shortbread.

use egui::Color32;

use crate::ui::tokens::Colors;

/// What is drawn, in the order of drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Wood,
    Town,
    Water,
    Stream,
    Boundary,
    Rail,
    MinorRoad,
    Road,
    MainRoad,
    Highway,
}

/// Zooms of tiles from which more is shown than the land at large needs.
const ROADS_FROM: u8 = 7;
const MINOR_ROADS_FROM: u8 = 11;

impl Role {
    /// What a feature is, by its layer and its kind; `None` of what is not drawn at the
    /// zoom of the tile.
    pub(super) fn of(layer: &str, kind: &str, zoom: u8) -> Option<Self> {
        let role = match layer {
            "water" | "ocean" | "water_polygons" => Self::Water,
            "waterway" | "water_lines" => Self::Stream,
            "landcover" | "landuse" | "land" | "natural" | "park" => of_land(kind)?,
            "boundaries" | "boundary" => Self::Boundary,
            "roads" | "transportation" | "streets" => of_road(kind)?,
            _ => return None,
        };
        let from = match role {
            Self::Road | Self::Rail => ROADS_FROM,
            Self::MinorRoad => MINOR_ROADS_FROM,
            _ => 0,
        };
        (zoom >= from).then_some(role)
    }

    /// Opaque, so that what meets at the edge of a tile does not show it.
    pub(super) fn color(self, color: &Colors) -> Color32 {
        let on_land = |ink: Color32, share: f32| color.map_land.lerp_to_gamma(ink, share);
        match self {
            Self::Wood => color.map_wood,
            Self::Town => color.map_town,
            Self::Water => on_land(color.map_water, 0.85),
            Self::Stream => on_land(color.map_water, 0.7),
            Self::Boundary => on_land(color.map_region, 0.3),
            Self::Rail => on_land(color.map_rail, 0.8),
            Self::MinorRoad => on_land(color.map_road, 0.55),
            Self::Road => on_land(color.map_road, 0.7),
            Self::MainRoad => on_land(color.map_road, 0.9),
            Self::Highway => color.map_road,
        }
    }

    /// Width of a line, in points of a desk; of an area that of its edge, which makes it
    /// smooth.
    pub(super) fn width(self, zoom: u8) -> f32 {
        // Lines grow a little as one comes nearer.
        let nearer = (1.0 + (f32::from(zoom) - 6.0) * 0.16).clamp(0.85, 2.2);
        let width = match self {
            Self::Wood | Self::Town => return 0.0,
            Self::Water => return 0.6,
            Self::Stream | Self::Rail | Self::Road => 0.9,
            Self::Boundary | Self::MinorRoad => 0.7,
            Self::MainRoad => 1.2,
            Self::Highway => 1.6,
        };
        width * nearer
    }
}

fn of_land(kind: &str) -> Option<Role> {
    match kind {
        "forest" | "wood" | "nature_reserve" | "national_park" | "park" | "scrub" => {
            Some(Role::Wood)
        }
        "residential" | "commercial" | "industrial" | "retail" | "urban_area" | "railway" => {
            Some(Role::Town)
        }
        _ => None,
    }
}

fn of_road(kind: &str) -> Option<Role> {
    match kind {
        "highway" | "motorway" | "trunk" => Some(Role::Highway),
        "major_road" | "primary" => Some(Role::MainRoad),
        "medium_road" | "secondary" | "tertiary" => Some(Role::Road),
        "minor_road" | "minor" | "residential" | "unclassified" => Some(Role::MinorRoad),
        "rail" => Some(Role::Rail),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_ways_of_naming_layers_are_understood_and_no_other() {
        for (layer, kind, role) in [
            ("water", "lake", Some(Role::Water)),
            ("waterway", "river", Some(Role::Stream)),
            ("water_polygons", "", Some(Role::Water)),
            ("landuse", "forest", Some(Role::Wood)),
            ("landcover", "wood", Some(Role::Wood)),
            ("transportation", "trunk", Some(Role::Highway)),
            ("roads", "highway", Some(Role::Highway)),
            ("streets", "motorway", Some(Role::Highway)),
            ("roads", "path", None),
            ("places", "city", None),
            ("buildings", "", None),
        ] {
            assert_eq!(Role::of(layer, kind, 8), role, "{layer} {kind}");
        }
    }

    #[test]
    fn small_roads_come_in_as_one_goes_nearer() {
        assert_eq!(Role::of("roads", "medium_road", 6), None);
        assert_eq!(Role::of("roads", "medium_road", 7), Some(Role::Road));
        assert_eq!(Role::of("roads", "minor_road", 10), None);
        assert_eq!(Role::of("roads", "minor_road", 11), Some(Role::MinorRoad));
    }
}

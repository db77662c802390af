//! The names that can stand on the map, the most important first.

use crate::domain::Language;
use crate::domain::catalogue::Catalogue;
use crate::domain::municipality::{MunicipalityKind, Settlement};
use crate::geo::layers::GeoData;
use crate::geo::mercator::{LonLat, World};

use super::base::{BaseMap, catalogue_index};

/// What a name names; says how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NameKind {
    /// The centre of a town with its own municipality, by index.
    City(u8),
    District(u8),
    /// Of the municipality, where that is known.
    Town(u8),
    Village(u8),
    Water,
    Neighbour,
    ContextTown,
    /// Of settlements under one disc.
    Group,
}

impl NameKind {
    /// Marked by a dot beside which the name stands.
    pub(super) fn has_dot(self) -> bool {
        matches!(self, Self::City(_) | Self::Town(_) | Self::Village(_) | Self::ContextTown)
    }

    pub(super) fn is_settlement(self) -> bool {
        matches!(self, Self::City(_) | Self::Town(_) | Self::Village(_))
    }

    /// The municipality whose selection lets the name stand out.
    pub(super) fn municipality(self) -> Option<u8> {
        match self {
            Self::City(index)
            | Self::District(index)
            | Self::Town(index)
            | Self::Village(index) => Some(index),
            Self::Water | Self::Neighbour | Self::ContextTown | Self::Group => None,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Name {
    pub text: String,
    pub kind: NameKind,
    pub at: World,
    /// Clockwise, along a river.
    pub angle: f32,
    /// Shown from this zoom on, and up to that one.
    pub from_zoom: f64,
    pub to_zoom: f64,
    /// How much of the map is left there, 0–1.
    pub left: f32,
    /// West of the region's middle.
    pub is_west: bool,
}

/// Names in the order in which they claim their place.
pub struct Names {
    pub(super) list: Vec<Name>,
}

impl Names {
    pub fn new(
        base: &BaseMap,
        geodata: &GeoData,
        catalogue: &Catalogue,
        language: Language,
    ) -> Self {
        let mut list = Vec::new();
        list.extend(settlements(catalogue, language));
        list.extend(districts(geodata, catalogue, language));
        list.extend(context_towns(base, geodata));
        list.extend(waters(base, geodata));
        list.extend(neighbours(base, geodata));
        // Cities first, then districts, then the rest by the zoom from which
        // they are shown: what was there stays when one comes nearer.
        list.sort_by(|a: &Name, b: &Name| {
            rank(a.kind).cmp(&rank(b.kind)).then(a.from_zoom.total_cmp(&b.from_zoom))
        });
        Self { list }
    }
}

fn rank(kind: NameKind) -> u8 {
    match kind {
        NameKind::City(_) | NameKind::Group => 0,
        NameKind::District(_) => 1,
        NameKind::Neighbour => 3,
        NameKind::Town(_) | NameKind::Village(_) | NameKind::Water | NameKind::ContextTown => 2,
    }
}

fn settlements(catalogue: &Catalogue, language: Language) -> impl Iterator<Item = Name> + '_ {
    let mut largest_first: Vec<&Settlement> = catalogue.settlements.iter().collect();
    largest_first.sort_by_key(|settlement| std::cmp::Reverse(settlement.population_2021));
    largest_first.into_iter().map(move |settlement| {
        let index = catalogue.municipality_by_oktmo(settlement.municipality).unwrap_or(u8::MAX);
        let population = settlement.population_2021.unwrap_or(0);
        let (kind, from_zoom) = match population {
            _ if settlement.is_town() => (NameKind::City(index), 0.0),
            10_000.. => (NameKind::Town(index), 7.4),
            5_000.. => (NameKind::Town(index), 7.9),
            3_000.. => (NameKind::Town(index), 8.4),
            1_000.. => (NameKind::Village(index), 8.9),
            _ => (NameKind::Village(index), 9.6),
        };
        let at = LonLat { lon: settlement.lon, lat: settlement.lat }.to_world();
        Name {
            text: catalogue.settlement_name(settlement, language).to_owned(),
            kind,
            at,
            angle: 0.0,
            from_zoom,
            to_zoom: f64::INFINITY,
            left: 1.0,
            is_west: false,
        }
    })
}

/// Districts by name; a town with its own municipality is named by its centre.
fn districts<'a>(
    geodata: &'a GeoData,
    catalogue: &'a Catalogue,
    language: Language,
) -> impl Iterator<Item = Name> + 'a {
    geodata.municipalities.iter().filter_map(move |area| {
        let index = catalogue_index(area.oktmo, catalogue);
        let known = index.and_then(|index| catalogue.municipality(index));
        if known.is_some_and(|known| known.kind == MunicipalityKind::UrbanDistrict) {
            return None;
        }
        let text = match (known, language) {
            (Some(known), Language::En) => known.en.to_string(),
            (Some(known), Language::Ru) => known.short.to_string(),
            (None, _) => area.short.to_string(),
        };
        Some(Name {
            text,
            kind: NameKind::District(index.unwrap_or(u8::MAX)),
            at: area.label,
            angle: 0.0,
            from_zoom: 0.0,
            to_zoom: 10.5,
            left: 1.0,
            is_west: false,
        })
    })
}

fn context_towns<'a>(base: &'a BaseMap, geodata: &'a GeoData) -> impl Iterator<Item = Name> + 'a {
    geodata.context_places.iter().map(|place| Name {
        text: place.name.to_string(),
        kind: NameKind::ContextTown,
        at: place.at,
        angle: 0.0,
        from_zoom: match place.population {
            30_000.. => 6.0,
            10_000.. => 7.6,
            _ => 8.4,
        },
        to_zoom: f64::INFINITY,
        left: base.left_at(place.at),
        is_west: place.at[0] < base.region.centre()[0],
    })
}

fn waters<'a>(base: &'a BaseMap, geodata: &'a GeoData) -> impl Iterator<Item = Name> + 'a {
    let rivers = geodata.rivers.iter().flat_map(move |river| {
        let from_zoom = match river.rank {
            0 | 1 => 7.2,
            2 => 8.0,
            3 => 8.6,
            _ => 9.2,
        };
        let text = river.line.name.as_ref();
        let straights = text.map(|_| straights(&river.line.points, from_zoom)).unwrap_or_default();
        straights.into_iter().filter_map(move |(at, angle)| {
            (base.left_at(at) > 0.7).then_some(Name {
                text: text?.to_string(),
                kind: NameKind::Water,
                at,
                angle,
                from_zoom,
                to_zoom: f64::INFINITY,
                left: 1.0,
                is_west: false,
            })
        })
    });
    let lakes = geodata.lakes.iter().filter_map(|lake| {
        let is_large = lake.area.area_km2() > 500.0;
        Some(Name {
            text: lake.name.as_ref()?.to_string(),
            kind: NameKind::Water,
            at: lake.label,
            angle: 0.0,
            from_zoom: if is_large { 7.4 } else { 8.2 },
            to_zoom: f64::INFINITY,
            left: base.left_at(lake.label),
            is_west: false,
        })
    });
    rivers.chain(lakes)
}

fn neighbours<'a>(base: &'a BaseMap, geodata: &'a GeoData) -> impl Iterator<Item = Name> + 'a {
    geodata.neighbours.iter().filter_map(|neighbour| {
        let text = neighbour.name.as_ref()?.to_string();
        let at = base.middle_of_outer(&neighbour.area)?;
        Some(Name {
            text,
            kind: NameKind::Neighbour,
            at,
            angle: 0.0,
            from_zoom: 0.0,
            to_zoom: 8.5,
            left: base.left_at(at),
            is_west: false,
        })
    })
}

/// Points of a course with its direction, the straightest first and far enough
/// from each other at the zoom from which they are shown.
fn straights(points: &[World], from_zoom: f64) -> Vec<(World, f32)> {
    /// Points of the course on each side that a name may cover.
    const REACH: usize = 3;
    /// Between two mentions of the same river, in points of the screen.
    const APART_POINTS: f64 = 420.0;
    let mut found: Vec<(f64, World, f32)> = points
        .windows(2 * REACH + 1)
        .map(|window| {
            let (from, at, to) = (window[0], window[REACH], window[2 * REACH]);
            let chord = (to[0] - from[0]).hypot(to[1] - from[1]);
            let way: f64 =
                window.windows(2).map(|w| (w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1])).sum();
            let mut angle = (to[1] - from[1]).atan2(to[0] - from[0]);
            // Read from left to right.
            if angle.abs() > std::f64::consts::FRAC_PI_2 {
                angle -= std::f64::consts::PI.copysign(angle);
            }
            let bend = if chord > 0.0 { way / chord } else { f64::INFINITY };
            (bend, at, angle as f32)
        })
        .collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    let apart = APART_POINTS / (256.0 * from_zoom.exp2());
    let mut chosen: Vec<(World, f32)> = Vec::new();
    for (_, at, angle) in found {
        if chosen.iter().all(|(other, _)| (other[0] - at[0]).hypot(other[1] - at[1]) > apart) {
            chosen.push((at, angle));
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn towns_and_districts_have_english_names() {
        let (geodata, catalogue) = (GeoData::embedded(), Catalogue::embedded());
        let base = BaseMap::new(&geodata, &catalogue);
        let names = Names::new(&base, &geodata, &catalogue, Language::En);
        let of_municipalities =
            |name: &&Name| matches!(name.kind, NameKind::City(_) | NameKind::District(_));
        let shown: Vec<&Name> = names.list.iter().filter(of_municipalities).collect();
        assert_eq!(shown.len(), catalogue.municipalities.len());
        assert!(shown.iter().all(|name| name.text.is_ascii()), "{shown:?}");
    }

    #[test]
    fn names_along_a_river_are_read_from_left_to_right() {
        let eastward: Vec<World> = (0..20).map(|i| [f64::from(i), 0.5 * f64::from(i)]).collect();
        let westward: Vec<World> = eastward.iter().rev().copied().collect();
        for course in [eastward, westward] {
            let found = straights(&course, 0.0);
            assert!(!found.is_empty());
            for (_, angle) in found {
                assert!((angle - 0.5_f32.atan()).abs() < 1e-3, "{angle}");
            }
        }
    }
}

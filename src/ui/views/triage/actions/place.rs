//! Where it is: a settlement or a municipality from a list, or a click on a small
//! map.

use std::cmp::Reverse;

use egui::{Sense, Ui};

use super::pick::Item;
use crate::app::State;
use crate::app::form::Form;
use crate::domain::action::PlaceGiven;
use crate::geo::mercator::{LonLat, MercatorPoint, WorldRect};
use crate::ui::map::MapLocal;
use crate::ui::names;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;

/// Height of the map, in rows of a list.
const MAP_ROWS: f32 = 8.0;
/// Height of the map as a share of the room at most.
const MAP_SHARE: f32 = 0.45;

/// Settlements with their municipality, those of the incident's own one and the
/// largest first, then municipalities.
pub(super) fn items(state: &State, text: &Text, form: &Form) -> Vec<Item<PlaceGiven>> {
    let catalogue = &state.catalogue;
    let mut settlements: Vec<_> = catalogue.settlements.iter().collect();
    let own = super::target(state, form).and_then(|row| catalogue.municipality(row.municipality));
    let own = own.map(|own| own.oktmo);
    settlements.sort_by_key(|one| (Some(one.municipality) != own, Reverse(one.population_2021)));
    let settlements = settlements.into_iter().map(|one| {
        let index = catalogue.municipality_by_oktmo(one.municipality);
        let above = index.map_or("", |index| names::municipality(state, text, index));
        let given = PlaceGiven {
            municipality: Some(one.municipality.to_string()),
            settlement: Some(one.code.to_string()),
            ..PlaceGiven::default()
        };
        Item::new(&*one.name, given).with_note(format!("{} · {above}", one.kind))
    });
    let municipalities = (0..).zip(&catalogue.municipalities).map(|(index, one)| {
        let given =
            PlaceGiven { municipality: Some(one.oktmo.to_string()), ..PlaceGiven::default() };
        Item::new(names::municipality(state, text, index), given)
            .with_note(text.t("place-municipality"))
    });
    settlements.chain(municipalities).collect()
}

/// What a place is called.
pub(super) fn name(state: &State, text: &Text, given: &PlaceGiven) -> String {
    let catalogue = &state.catalogue;
    let settlement = given.settlement.as_deref().and_then(|it| catalogue.settlement_by_code(it));
    if let Some(settlement) = settlement.and_then(|index| catalogue.settlement(index)) {
        return settlement.name.to_string();
    }
    let oktmo = given.municipality.as_deref().and_then(|code| code.parse().ok());
    match oktmo.and_then(|oktmo| catalogue.municipality_by_oktmo(oktmo)) {
        Some(index) => names::municipality(state, text, index).to_owned(),
        None => text.t("place-on-map").to_owned(),
    }
}

/// The map; the place of a click on the region.
pub(super) fn map_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    form: &Form,
    fresh: bool,
    map: &mut MapLocal,
) -> Option<PlaceGiven> {
    let height = (tokens.size.row * MAP_ROWS).min(ui.available_height() * MAP_SHARE);
    let size = egui::vec2(ui.available_width(), height);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let clicked = map.choose_ui(ui, rect, state, tokens, text, home(state, form), fresh)?;
    given(state, LonLat::from_world(clicked))
}

/// The municipality of the incident, the whole region where it is not known.
fn home(state: &State, form: &Form) -> WorldRect {
    let row = super::target(state, form);
    let known = row.and_then(|row| state.catalogue.municipality(row.municipality));
    let area = known.and_then(|known| state.geodata.municipality(known.oktmo.get()));
    area.map_or(state.geodata.bounds, |area| area.area.bounds())
}

/// A point by its degrees, latitude first, as maps and telephones show it.
pub(super) fn typed(state: &State, text: &Text, typed: &str) -> Option<Item<PlaceGiven>> {
    let (lat, lon) = degrees(typed)?;
    let given = given(state, LonLat { lon, lat })?;
    let index = given.municipality.as_ref().and_then(|oktmo| {
        let all = &state.catalogue.municipalities;
        (0..).zip(all).find(|(_, one)| one.oktmo.to_string() == *oktmo).map(|(index, _)| index)
    });
    let note = index.map_or("", |index| names::municipality(state, text, index));
    Some(Item::new(text.t("place-on-map"), given).with_note(format!("{lat:.5}, {lon:.5} · {note}")))
}

/// «53.7215, 91.4425» or «53,7215 91,4425».
fn degrees(typed: &str) -> Option<(f64, f64)> {
    let has_points = typed.contains('.');
    let parts = typed.split(|c: char| c.is_whitespace() || c == ';' || (has_points && c == ','));
    let numbers = parts.map(|part| part.trim_end_matches(',').replace(',', "."));
    let numbers: Vec<f64> = numbers
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let [lat, lon] = numbers.as_slice() else { return None };
    (lat.is_finite() && lon.is_finite()).then_some((*lat, *lon))
}

/// A point of the region; `None` outside of it.
fn given(state: &State, at: LonLat) -> Option<PlaceGiven> {
    let oktmo = state.geodata.municipality_at(MercatorPoint::from_world(at.to_world()))?;
    let LonLat { lon, lat } = at;
    Some(PlaceGiven {
        municipality: Some(format!("{oktmo:08}")),
        lat: Some(lat),
        lon: Some(lon),
        ..PlaceGiven::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_read_with_points_and_with_commas() {
        let expected = Some((53.7215, 91.4425));
        for typed in [
            "53.7215, 91.4425",
            "53.7215,91.4425",
            "53.7215 91.4425",
            "53,7215; 91,4425",
            "53,7215 91,4425",
            "53,7215, 91,4425",
        ] {
            assert_eq!(degrees(typed), expected, "{typed}");
        }
        for typed in
            ["", "Абакан", "53.7215", "ул. Ленина, 53", "1 2 3", "53.7215, восток", "nan inf"]
        {
            assert_eq!(degrees(typed), None, "{typed}");
        }
    }
}

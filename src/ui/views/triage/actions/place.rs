//! Where it is: a settlement or a municipality from a list, or a click on a small
//! map.

use std::cmp::Reverse;

use egui::{Sense, Ui};

use super::pick::Item;
use crate::app::State;
use crate::app::form::Form;
use crate::domain::action::PlaceGiven;
use crate::geo::mercator::{LonLat, MercatorPoint, World, WorldRect};
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
    given(state, clicked)
}

/// The municipality of the incident, the whole region where it is not known.
fn home(state: &State, form: &Form) -> WorldRect {
    let row = super::target(state, form);
    let known = row.and_then(|row| state.catalogue.municipality(row.municipality));
    let area = known.and_then(|known| state.geodata.municipality(known.oktmo.get()));
    area.map_or(state.geodata.bounds, |area| area.area.bounds())
}

/// A point of the region; `None` outside of it.
fn given(state: &State, world: World) -> Option<PlaceGiven> {
    let oktmo = state.geodata.municipality_at(MercatorPoint::from_world(world))?;
    let LonLat { lon, lat } = LonLat::from_world(world);
    Some(PlaceGiven {
        municipality: Some(format!("{oktmo:08}")),
        lat: Some(lat),
        lon: Some(lon),
        ..PlaceGiven::default()
    })
}

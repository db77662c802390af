//! What was received in each settlement, as far as a wall may tell it.

use super::super::state::State;
use super::told::{Told, told};
use crate::domain::Language;
use crate::domain::catalogue::Catalogue;
use crate::geo::mercator::LonLat;

/// A settlement of the catalogue in which something was received.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceFrame {
    pub name: String,
    /// A town.
    pub is_town: bool,
    /// Of the settlement, not of what happened in it.
    pub at: LonLat,
    pub received: Told,
}

/// The settlements of the catalogue, the most received first, and what was received in
/// none of them.
pub(super) fn places(state: &State, language: Language) -> (Vec<PlaceFrame>, u32) {
    let (catalogue, counts) = (&state.catalogue, &state.aggregates.by_settlement);
    let mut received = vec![0; catalogue.settlements.len()];
    let mut unknown = 0;
    for (name, count) in state.vocabulary.settlements.iter().zip(counts) {
        match settlement(catalogue, name) {
            Some(index) => received[usize::from(index)] += count,
            None => unknown += count,
        }
    }
    let mut all = Vec::new();
    for municipality in &catalogue.municipalities {
        let settlements: Vec<_> = catalogue.settlements_of(municipality.oktmo).collect();
        let counts: Vec<u32> =
            settlements.iter().map(|(index, _)| received[usize::from(*index)]).collect();
        for ((told, (_, settlement)), count) in told(&counts).iter().zip(&settlements).zip(&counts)
        {
            if *count == 0 {
                continue;
            }
            all.push(PlaceFrame {
                name: catalogue.settlement_name(settlement, language).to_owned(),
                is_town: settlement.is_town(),
                at: LonLat { lon: settlement.lon, lat: settlement.lat },
                received: *told,
            });
        }
    }
    all.sort_by_key(|place| std::cmp::Reverse(place.received.at_least()));
    (all, unknown)
}

/// A server gives a code, or a name of its own.
fn settlement(catalogue: &Catalogue, name: &str) -> Option<u16> {
    catalogue.settlement_by_code(name).or_else(|| catalogue.settlement_by_name(None, name))
}

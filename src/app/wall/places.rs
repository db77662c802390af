//! What was received in each settlement, as far as a wall may tell it.

use super::super::state::State;
use super::told::{Told, told};
use crate::domain::Language;
use crate::domain::catalogue::Catalogue;
use crate::geo::mercator::LonLat;

/// A settlement of the catalogue in which something was received, or may have been.
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
/// none of them. `areas` is what is told of their municipalities.
pub(super) fn places(state: &State, language: Language, areas: &[Told]) -> (Vec<PlaceFrame>, u32) {
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
    for (municipality, area) in catalogue.municipalities.iter().zip(areas) {
        let (numbers, settlements): (Vec<_>, Vec<_>) =
            catalogue.settlements_of(municipality.oktmo).unzip();
        let counts: Vec<u32> = numbers.iter().map(|at| received[usize::from(*at)]).collect();
        let by_size = |at: &usize| settlements[*at].population_2021;
        let largest = (0..settlements.len()).max_by_key(by_size);
        let told = told_within(*area, &counts, largest);
        let is_shown = |(_, told): &(_, Told)| *told != Told::Exactly(0);
        for (settlement, told) in settlements.into_iter().zip(told).filter(is_shown) {
            all.push(PlaceFrame {
                name: catalogue.settlement_name(settlement, language).to_owned(),
                is_town: settlement.is_town(),
                at: LonLat { lon: settlement.lon, lat: settlement.lat },
                received: told,
            });
        }
    }
    all.sort_by_key(|place| std::cmp::Reverse(place.received.weight()));
    (all, unknown)
}

/// Of settlements out of what is told of all together. Where that is not told, not even how
/// many they are is: the largest one stands for all.
fn told_within(area: Told, counts: &[u32], largest: Option<usize>) -> Vec<Told> {
    if area.exactly().is_some() {
        return told(counts.iter().copied());
    }
    let tell = |at| if largest == Some(at) { area } else { Told::Exactly(0) };
    (0..counts.len()).map(tell).collect()
}

/// A server gives a code, or a name of its own.
fn settlement(catalogue: &Catalogue, name: &str) -> Option<u16> {
    catalogue.settlement_by_code(name).or_else(|| catalogue.settlement_by_name(None, name))
}

#[cfg(test)]
mod tests {
    use super::super::told::Told::{Exactly, Few, Several};
    use super::*;

    #[test]
    fn settlements_do_not_add_up_to_what_is_not_told_of_their_municipality() {
        assert_eq!(told_within(Several, &[0, 6], Some(1)), [Exactly(0), Several]);
        assert_eq!(
            told_within(Few, &[1, 1, 1, 1], Some(0)),
            [Few, Exactly(0), Exactly(0), Exactly(0)]
        );
        assert_eq!(told_within(Exactly(29), &[20, 9, 0], Some(0)), [20, 9, 0].map(Exactly));
        assert_eq!(told_within(Exactly(21), &[20, 1, 0], Some(0)), [Exactly(20), Few, Few]);
    }
}

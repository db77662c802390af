//! How much of a place a wall may tell: fewer than five are nobody's news, and must not be
//! had by subtracting what is told from a total either.

use super::super::state::State;
use crate::domain::catalogue::Catalogue;
use crate::geo::mercator::LonLat;

/// Fewer incidents than this are not told.
pub(super) const SMALLEST_CELL: u32 = 5;

/// A settlement of the catalogue in which something was received.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaceFrame {
    /// Of the settlement, not of what happened in it.
    pub at: LonLat,
    /// `None` where they are few, or would tell how few others are.
    pub received: Option<u32>,
}

/// What may be told of counts whose sum is known: not those from one to four, and where
/// the rest of the sum would give them away, not the next smallest ones either.
pub(super) fn told(counts: &[u32]) -> Vec<Option<u32>> {
    let is_few = |count: &u32| (1..SMALLEST_CELL).contains(count);
    let mut told: Vec<Option<u32>> =
        counts.iter().map(|count| Some(*count).filter(|count| !is_few(count))).collect();
    loop {
        let hidden = || counts.iter().zip(&told).filter(|(_, told)| told.is_none());
        let (many, sum) = (hidden().count() as u32, hidden().map(|(count, _)| count).sum::<u32>());
        let gives_away = many == 1 || sum == many || sum == many * (SMALLEST_CELL - 1);
        let next = (0..counts.len()).filter(|at| told[*at].is_some_and(|count| count > 0));
        match next.min_by_key(|at| counts[*at]) {
            Some(next) if many > 0 && gives_away => told[next] = None,
            _ => return told,
        }
    }
}

/// The settlements of the catalogue, the most received first, and what was received in
/// none of them.
pub(super) fn places(state: &State) -> (Vec<PlaceFrame>, u32) {
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
            let at = LonLat { lon: settlement.lon, lat: settlement.lat };
            all.extend((*count > 0).then_some(PlaceFrame { at, received: *told }));
        }
    }
    all.sort_by_key(|place| std::cmp::Reverse(place.received));
    (all, unknown)
}

/// A server gives a code, or a name of its own.
fn settlement(catalogue: &Catalogue, name: &str) -> Option<u16> {
    catalogue.settlement_by_code(name).or_else(|| catalogue.settlement_by_name(None, name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn few_are_not_told_and_not_to_be_had_by_subtraction() {
        assert_eq!(told(&[9, 0, 7]), [Some(9), Some(0), Some(7)]);
        assert_eq!(told(&[9, 3, 7]), [Some(9), None, None], "one alone would be the rest");
        assert_eq!(told(&[9, 1, 7, 1]), [Some(9), None, None, None], "two of two are one each");
        assert_eq!(told(&[9, 4, 4]), [None; 3]);
        assert_eq!(told(&[9, 1, 3]), [Some(9), None, None]);
        assert_eq!(told(&[3]), [None]);
    }

    proptest! {
        #[test]
        fn what_is_hidden_may_be_split_in_two_ways(counts in prop::collection::vec(0..12_u32, 2..9)) {
            let told = told(&counts);
            let hidden: Vec<u32> =
                counts.iter().zip(&told).filter(|(_, told)| told.is_none()).map(|(n, _)| *n).collect();
            for (count, told) in counts.iter().zip(&told) {
                prop_assert!(told.is_none_or(|told| told == *count && !(1..5).contains(count)));
            }
            if !hidden.is_empty() && told.iter().flatten().any(|count| *count > 0) {
                prop_assert!(hidden.len() > 1);
                let sum: u32 = hidden.iter().sum();
                prop_assert!(sum > hidden.len() as u32);
            }
        }
    }
}

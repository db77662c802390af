//! What colours a municipality: values, classes and their colours.

use egui::Color32;

use crate::app::state::Measure;
use crate::board::{Aggregates, Totals};
use crate::domain::catalogue::Catalogue;
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Colors;

/// With fewer incidents than this a share or a change is a matter of chance:
/// the municipality stays bare.
const LEAST_FOR_SHARE: u32 = 5;

/// Breaks of the change over the period before, the same at any time, so that
/// pictures can be compared.
const CHANGE_BREAKS: [f64; 4] = [-0.25, -0.05, 0.05, 0.25];

/// A municipality's value by a measure.
pub fn value(
    measure: Measure,
    now: &Totals,
    before: Option<&Totals>,
    population: u32,
) -> Option<f64> {
    let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole);
    match measure {
        Measure::Received => Some(f64::from(now.received)),
        Measure::PerThousand => (population > 0).then(|| share(now.received, population) * 1_000.0),
        Measure::OverdueShare => {
            (now.open >= LEAST_FOR_SHARE).then(|| share(now.overdue, now.open))
        }
        Measure::Change => before
            .filter(|before| before.received >= LEAST_FOR_SHARE)
            .map(|before| share(now.received, before.received) - 1.0),
    }
}

/// Words of a measure.
pub fn words_key(measure: Measure) -> &'static str {
    match measure {
        Measure::Received => "measure-received",
        Measure::PerThousand => "measure-per-thousand",
        Measure::OverdueShare => "measure-overdue-share",
        Measure::Change => "measure-change",
    }
}

/// A value as people read it.
pub fn shown(measure: Measure, text: &Text, value: f64) -> String {
    match measure {
        Measure::Received => format::count(value.round() as i64),
        Measure::PerThousand => format::decimal(text, value, if value < 10.0 { 1 } else { 0 }),
        Measure::OverdueShare => format::percent(text, Some(value)),
        Measure::Change => format::change_percent(Some(value)),
    }
}

/// Values of all municipalities and the classes they fall into.
#[derive(Clone, Debug, PartialEq)]
pub struct Choropleth {
    pub measure: Measure,
    /// By the catalogue's index; `None` where there is too little to say.
    pub values: Vec<Option<f64>>,
    /// Between the classes, rising: one less than there are classes.
    pub breaks: Vec<f64>,
}

impl Choropleth {
    pub fn new(measure: Measure, aggregates: &Aggregates, catalogue: &Catalogue) -> Self {
        let values: Vec<Option<f64>> = catalogue
            .municipalities
            .iter()
            .enumerate()
            .map(|(index, municipality)| {
                let now = aggregates.by_municipality.get(index)?;
                let before = aggregates.by_municipality_previous.get(index);
                value(measure, now, before, municipality.population_2021)
            })
            .collect();
        let breaks = match measure {
            Measure::Change => CHANGE_BREAKS.to_vec(),
            Measure::Received | Measure::PerThousand | Measure::OverdueShare => {
                quantile_breaks(values.iter().copied().flatten())
            }
        };
        Self { measure, values, breaks }
    }

    pub fn class_count(&self) -> usize {
        self.breaks.len() + 1
    }

    /// The class of a value: from a break on counts as above it.
    pub fn class_of(&self, value: f64) -> usize {
        self.breaks.partition_point(|&limit| limit <= value)
    }

    pub fn color_of_class(&self, class: usize, color: &Colors) -> Color32 {
        let ramp = match self.measure {
            Measure::Change => &color.ramp_change,
            Measure::Received | Measure::PerThousand | Measure::OverdueShare => &color.ramp_count,
        };
        let last = ramp.len().saturating_sub(1);
        // Fewer classes than colours: spread over the whole ramp.
        let at = match self.class_count() {
            0 | 1 => last / 2,
            count => (class * last + (count - 1) / 2) / (count - 1),
        };
        ramp.get(at).copied().unwrap_or(color.map_land)
    }

    /// By the catalogue's index.
    pub fn fills(&self, color: &Colors) -> Vec<Option<Color32>> {
        self.values
            .iter()
            .map(|value| value.map(|value| self.color_of_class(self.class_of(value), color)))
            .collect()
    }
}

/// Round breaks near the quantiles, so that about as many municipalities fall
/// into each class; at most five.
fn quantile_breaks(values: impl Iterator<Item = f64>) -> Vec<f64> {
    const CLASSES: usize = 6;
    let mut sorted: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let (Some(&least), Some(&most)) = (sorted.first(), sorted.last()) else {
        return Vec::new();
    };
    let mut breaks: Vec<f64> = (1..CLASSES)
        .map(|class| round(sorted[(class * sorted.len() / CLASSES).min(sorted.len() - 1)]))
        .filter(|&limit| limit > least && limit <= most)
        .collect();
    breaks.dedup();
    breaks
}

/// To two digits below twenty of a unit, to halves of it above.
fn round(value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    let unit = 10_f64.powf(value.log10().floor());
    let step = if value / unit < 2.0 { unit / 10.0 } else { unit / 2.0 };
    (value / step).round() * step
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(received: u32, open: u32, overdue: u32) -> Totals {
        Totals { received, open, overdue, ..Totals::default() }
    }

    #[test]
    fn measures_are_those_of_their_names() {
        let (now, before) = (totals(120, 40, 10), totals(100, 0, 0));
        let of = |measure| value(measure, &now, Some(&before), 60_000);
        assert_eq!(of(Measure::Received), Some(120.0));
        assert_eq!(of(Measure::PerThousand), Some(2.0));
        assert_eq!(of(Measure::OverdueShare), Some(0.25));
        assert!((of(Measure::Change).unwrap() - 0.2).abs() < 1e-9);
    }

    #[test]
    fn too_little_says_nothing() {
        let few = totals(2, 4, 1);
        assert_eq!(value(Measure::OverdueShare, &few, None, 1_000), None);
        assert_eq!(value(Measure::Change, &few, None, 1_000), None);
        assert_eq!(value(Measure::Change, &few, Some(&few), 1_000), None);
        assert_eq!(value(Measure::PerThousand, &few, None, 0), None);
    }

    #[test]
    fn breaks_are_round_and_rise() {
        let counts = [12.0, 31.0, 47.0, 58.0, 77.0, 102.0, 164.0, 230.0, 389.0, 1_210.0];
        let breaks = quantile_breaks(counts.into_iter());
        assert!(breaks.windows(2).all(|pair| pair[0] < pair[1]), "{breaks:?}");
        assert_eq!(breaks, [30.0, 60.0, 100.0, 160.0, 400.0]);
        assert!(quantile_breaks([5.0; 13].into_iter()).is_empty(), "one value is one class");
        assert!(quantile_breaks(std::iter::empty()).is_empty());
    }
}

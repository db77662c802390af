//! What colours a municipality: values, classes and their colours.

use egui::Color32;

pub use crate::app::state::Measure;
use crate::board::{Aggregates, Totals};
use crate::domain::Municipality;
use crate::domain::catalogue::Catalogue;
use crate::figure::classes::Classes;
use crate::figure::ramp::Ramp;
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Colors;

/// With fewer incidents than this a share or a change is a matter of chance:
/// the municipality stays bare.
const LEAST_FOR_SHARE: u32 = 5;

/// Classes of a measure that only grows; and on each side of «as before».
const CLASSES: usize = 6;
const CLASSES_PER_SIDE: usize = 2;

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
        Measure::PerThousand => {
            // Small ones are near each other.
            let digits = usize::from(value < 100.0) + usize::from(value < 1.0);
            format::decimal(text, value, digits)
        }
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
    pub classes: Classes,
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
        let known: Vec<f64> = values.iter().copied().flatten().collect();
        let classes = match measure {
            Measure::Change => Classes::diverging(&known, CLASSES_PER_SIDE),
            Measure::Received | Measure::PerThousand | Measure::OverdueShare => {
                Classes::quantile(&known, CLASSES)
            }
        };
        Self { measure, values, classes }
    }

    /// Of plain counts by the catalogue's index, as such or by population; `None` is not
    /// told.
    pub fn of_counts(measure: Measure, counts: &[Option<u32>], catalogue: &Catalogue) -> Self {
        let of = |(received, municipality): (&Option<u32>, &Municipality)| {
            let totals = Totals { received: (*received)?, ..Totals::default() };
            value(measure, &totals, None, municipality.population_2021)
        };
        let values: Vec<Option<f64>> =
            counts.iter().zip(&catalogue.municipalities).map(of).collect();
        let known: Vec<f64> = values.iter().copied().flatten().collect();
        let classes = Classes::quantile(&known, CLASSES);
        Self { measure, values, classes }
    }

    /// Key of the legend's unit.
    pub fn unit_key(&self) -> &'static str {
        match self.measure {
            Measure::Received => "map-unit-received",
            Measure::PerThousand => "map-unit-per-thousand",
            Measure::OverdueShare => "map-unit-overdue-share",
            Measure::Change => "map-unit-change",
        }
    }

    /// Key of what is said where no municipality has a value.
    pub fn unknown_key(&self) -> &'static str {
        match self.measure {
            Measure::Change => "nothing-to-compare",
            Measure::Received | Measure::PerThousand | Measure::OverdueShare => "map-too-little",
        }
    }

    /// Least and greatest of the known values.
    pub fn range(&self) -> Option<(f64, f64)> {
        let known = || self.values.iter().copied().flatten();
        Some((known().reduce(f64::min)?, known().reduce(f64::max)?))
    }

    pub fn ramp(&self, color: &Colors) -> Ramp {
        let stops = match self.measure {
            Measure::Change => &color.ramp_change,
            Measure::Received | Measure::PerThousand | Measure::OverdueShare => &color.ramp_count,
        };
        Ramp::new(&stops.iter().map(|stop| [stop.r(), stop.g(), stop.b()]).collect::<Vec<_>>())
    }

    /// By the catalogue's index.
    pub fn fills(&self, color: &Colors) -> Vec<Option<Color32>> {
        let ramp = self.ramp(color);
        let of_class = |class| {
            let [r, g, b] = ramp.class_color(class, self.classes.count());
            Color32::from_rgb(r, g, b)
        };
        let class_of = |value: &Option<f64>| self.classes.class_of((*value)?);
        self.values.iter().map(|value| class_of(value).map(of_class)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Theme;
    use crate::domain::Language;
    use crate::ui::map::furniture::{Explained, Furniture};
    use crate::ui::tokens::Tokens;

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
    fn limits_of_classes_near_each_other_are_told_apart() {
        let text = Text::of(crate::domain::Language::Ru);
        let limits = |limits: [f64; 2]| limits.map(|one| shown(Measure::PerThousand, &text, one));
        assert_eq!(limits([29.8, 30.3]), ["29,8", "30,3"]);
        assert_eq!(limits([0.06, 0.14]), ["0,06", "0,14"]);
        assert_eq!(limits([100.0, 300.4]), ["100", "300"]);
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
    fn a_change_without_a_past_is_said_in_words() {
        let catalogue = Catalogue::embedded();
        let areas = Choropleth::new(Measure::Change, &Aggregates::default(), &catalogue);
        assert_eq!(areas.range(), None);
        let texts = legend_of(&areas);
        assert_eq!(texts, [Text::of(Language::Ru).t("nothing-to-compare")]);
    }

    #[test]
    fn a_single_class_says_what_it_holds() {
        let texts = legend_of(&Choropleth::of_counts(
            Measure::Received,
            &[Some(7); 3],
            &Catalogue::embedded(),
        ));
        assert_eq!(texts.last().map(String::as_str), Some("7"));
    }

    /// The texts of a legend.
    fn legend_of(areas: &Choropleth) -> Vec<String> {
        let (tokens, text) = (Tokens::of(Theme::Dark), Text::of(Language::Ru));
        let ctx = egui::Context::default();
        crate::ui::theme::install(&ctx, &tokens);
        let mut output = egui::FullOutput::default();
        for _ in 0..2 {
            output = ctx.run_ui(egui::RawInput::default(), |ui| {
                let painter = ui.painter();
                let furniture =
                    Furniture { painter, tokens: &tokens, text: &text, note: 12.0, credit: None };
                furniture.legend(egui::pos2(20.0, 300.0), Explained::Areas(areas), 240.0);
            });
            output.textures_delta.clear();
        }
        let words = |clipped: egui::epaint::ClippedShape| match clipped.shape {
            egui::Shape::Text(text) => Some(text.galley.text().to_owned()),
            _ => None,
        };
        output.shapes.into_iter().filter_map(words).collect()
    }

    #[test]
    fn colours_follow_the_classes() {
        let values = (1..=13).map(|n| (n != 4).then_some(f64::from(n * n))).collect::<Vec<_>>();
        let known: Vec<f64> = values.iter().copied().flatten().collect();
        let classes = Classes::quantile(&known, CLASSES);
        let choropleth = Choropleth { measure: Measure::Received, values, classes };
        let color = &Tokens::of(Theme::Dark).color;
        let fills = choropleth.fills(color);
        assert_eq!(fills[3], None, "too little to say");
        assert_eq!(fills[0], color.ramp_count.first().copied());
        assert_eq!(fills[12], color.ramp_count.last().copied());
    }
}

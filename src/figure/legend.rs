//! What a legend says, before it is written: unit, colours and their ends.

use super::classes::Classes;
use super::ramp::{Ramp, Rgb};
use crate::geo::density::HeatScale;

/// How the numbers of a legend stand to its colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegendKind {
    /// One colour a class.
    Classes,
    /// Colours flow; numbers name places on the way, on a log scale.
    LogRamp,
}

/// One colour of a legend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LegendStop {
    pub color: Rgb,
    /// Where it begins and ends on the legend's bar, 0–1.
    pub from_share: f32,
    pub to_share: f32,
    /// The numbers there; `None` where the class is open.
    pub from: Option<f64>,
    pub to: Option<f64>,
}

/// A legend: the painter writes the numbers and looks the unit up.
#[derive(Clone, Debug, PartialEq)]
pub struct Legend {
    /// Key of the unit in the Fluent files.
    pub unit_key: &'static str,
    pub kind: LegendKind,
    /// From the lowest to the highest.
    pub stops: Vec<LegendStop>,
}

impl Legend {
    /// Colours of a choropleth, equally wide.
    pub fn of_classes(unit_key: &'static str, classes: &Classes, ramp: &Ramp) -> Self {
        let count = classes.count();
        let share = |class: usize| class as f32 / count as f32;
        let stops = classes
            .ranges()
            .enumerate()
            .map(|(class, (from, to))| LegendStop {
                color: ramp.class_color(class, count),
                from_share: share(class),
                to_share: share(class + 1),
                from,
                to,
            })
            .collect();
        Self { unit_key, kind: LegendKind::Classes, stops }
    }

    /// Colours of heat from its first break on; a stop's colour is that of the
    /// density at which it begins.
    pub fn of_heat(unit_key: &'static str, scale: &HeatScale, ramp: &Ramp) -> Self {
        let breaks = scale.breaks();
        let ends = breaks.iter().skip(1).copied().map(Some).chain([None]);
        // The bar begins at the first break, which heat's own ramp fades up to.
        let faded = scale.fade_share();
        let on_bar = |share: f32| (share - faded) / (1.0 - faded);
        let stops = breaks
            .iter()
            .zip(ends)
            .map(|(&from, to)| LegendStop {
                color: ramp.color(scale.share(from)),
                from_share: on_bar(scale.share(from)),
                to_share: on_bar(to.map_or(1.0, |to| scale.share(to))),
                from: Some(f64::from(from)),
                to: to.map(f64::from),
            })
            .collect();
        Self { unit_key, kind: LegendKind::LogRamp, stops }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAMP: [Rgb; 3] = [[20, 20, 80], [160, 60, 120], [250, 230, 160]];

    fn is_whole(legend: &Legend) {
        let stops = &legend.stops;
        assert!(stops[0].from_share.abs() < 1e-5);
        assert!((stops[stops.len() - 1].to_share - 1.0).abs() < 1e-5);
        for pair in stops.windows(2) {
            assert!((pair[0].to_share - pair[1].from_share).abs() < 1e-5);
            assert!(pair[0].from_share < pair[0].to_share);
            assert_eq!(pair[0].to, pair[1].from);
        }
    }

    #[test]
    fn classes_share_the_bar_equally() {
        let classes = Classes::equal(&[0.0, 10.0, 29.0], 3);
        let legend = Legend::of_classes("unit-count", &classes, &Ramp::new(&RAMP));
        is_whole(&legend);
        assert_eq!(legend.stops.iter().map(|stop| stop.color).collect::<Vec<_>>(), RAMP);
        assert_eq!(legend.stops[0].from, None);
    }

    #[test]
    fn heat_names_its_breaks() {
        let scale = HeatScale::up_to(74.0);
        let legend = Legend::of_heat("unit-per-km2", &scale, &Ramp::new(&RAMP));
        is_whole(&legend);
        assert_eq!(legend.stops.len(), 5);
        assert_eq!(legend.stops[3].from, Some(10.0));
        assert_eq!(legend.stops[4].to, None);
    }
}

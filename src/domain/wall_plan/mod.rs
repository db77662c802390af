//! What a video wall shows: scenes of tiles, from `data/wall.toml`.

mod read;
mod screens;

use std::ops::Range;

use super::block::Block;
use super::keyed::keyed_enum;
use super::name::Name;

pub use screens::{MonitorId, Screen};

keyed_enum! {
    /// What a tile shows. Each is an aggregate: nothing else can be named here.
    pub enum Tile {
        /// Heat.
        Map = "map",
        /// Municipalities coloured by what was received for each resident.
        Areas = "areas",
        /// Settlements as circles.
        Places = "places",
        Received = "received",
        Closed = "closed",
        OnTime = "on_time",
        Overdue = "overdue",
        Rating = "rating",
        /// What stands out, and confirmed problems above it.
        Changes = "changes",
        Municipalities = "municipalities",
        Hours = "hours",
        /// Received and closed by day.
        Days = "days",
        /// All sectors.
        Blocks = "blocks",
        /// One of them.
        Block = "block",
        /// Sectors by municipality.
        Matrix = "matrix",
        /// Overdue by body.
        Bodies = "bodies",
        Mood = "mood",
        Indicators = "indicators",
        Forecast = "forecast",
        Critical = "critical",
        /// The heat of the last thirty days in a minute.
        Replay = "replay",
        /// What stands out, goes on and is overdue, in one line.
        Ticker = "ticker",
        /// Time, weekday and date.
        Clock = "clock",
    }
}

keyed_enum! {
    /// What interrupts the rotation.
    pub enum Occasion {
        /// A person has confirmed a problem and allowed its name.
        Problem = "problem",
        /// Something stands out that did not before.
        Surprise = "surprise",
        /// Many became overdue within an hour.
        Overdue = "overdue",
    }
}

keyed_enum! {
    /// The screens that a layout is for.
    pub enum Shape {
        /// 16:9 and what is near it.
        Landscape = "landscape",
        /// From 2.6 times as wide as high on.
        Wide = "wide",
        /// Higher than wide.
        Portrait = "portrait",
    }
}

/// From this width ÷ height on a screen is wide.
const WIDE: f32 = 2.6;

impl Shape {
    pub fn of(width: f32, height: f32) -> Self {
        if width < height {
            Self::Portrait
        } else if width > height * WIDE {
            Self::Wide
        } else {
            Self::Landscape
        }
    }
}

/// A tile and the cells that it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    pub tile: Tile,
    /// Of [`Tile::Block`].
    pub block: Option<Block>,
    pub column: u8,
    pub row: u8,
    pub columns: u8,
    pub rows: u8,
}

/// A grid of tiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    pub shape: Shape,
    pub columns: u8,
    pub rows: u8,
    pub tiles: Vec<Placed>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    pub key: Box<str>,
    pub name: Name,
    /// How long it stands.
    pub seconds: u32,
    /// Local minutes of the day between which only such scenes take turns.
    pub pinned: Option<Range<u32>>,
    /// It is shown out of turn when these come about.
    pub occasions: Vec<Occasion>,
    layouts: Vec<Layout>,
}

/// Darker hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Night {
    /// Local minutes of the day; over midnight where the first is the later one.
    pub minutes: Range<u32>,
    /// What is left of the light, in per cent.
    pub light: u8,
}

/// All scenes in the order of their rotation; there is one at least.
#[derive(Clone, Debug, PartialEq)]
pub struct WallPlan {
    scenes: Vec<Scene>,
    screens: Vec<Screen>,
    night: Option<Night>,
}

/// True from the start of a time of the day to its end, over midnight too.
fn is_in(times: &Range<u32>, minute: u32) -> bool {
    if times.start <= times.end {
        times.contains(&minute)
    } else {
        minute >= times.start || minute < times.end
    }
}

impl Scene {
    /// The layout for a screen: its own, else that of 16:9.
    pub fn layout(&self, shape: Shape) -> &Layout {
        let own = self.layouts.iter().find(|layout| layout.shape == shape);
        own.unwrap_or(&self.layouts[0])
    }

    fn is_pinned_at(&self, minute: u32) -> bool {
        self.pinned.as_ref().is_some_and(|pinned| is_in(pinned, minute))
    }
}

impl WallPlan {
    pub fn scenes(&self) -> &[Scene] {
        &self.scenes
    }

    /// In the order of the file; none where all scenes take turns on one monitor.
    pub fn screens(&self) -> &[Screen] {
        &self.screens
    }

    /// What is left of the light at a local minute of the day, 0–1.
    pub fn light_at(&self, minute: u32) -> f32 {
        let night = self.night.as_ref().filter(|night| is_in(&night.minutes, minute));
        night.map_or(1.0, |night| f32::from(night.light) / 100.0)
    }

    /// Position of the scene that is shown on an occasion, if one is.
    pub fn on(&self, occasion: Occasion) -> Option<usize> {
        self.scenes.iter().position(|scene| scene.occasions.contains(&occasion))
    }

    pub fn position(&self, key: &str) -> Option<usize> {
        self.scenes.iter().position(|scene| &*scene.key == key)
    }

    /// Those of some positions that take turns at a local minute of the day: what is
    /// pinned to it, else all that is pinned to no time, else all.
    pub fn turns_at(&self, minute: u32, among: &[usize]) -> Vec<usize> {
        let which = |is_it: &dyn Fn(&Scene) -> bool| -> Vec<usize> {
            among.iter().copied().filter(|at| is_it(&self.scenes[*at])).collect()
        };
        let pinned = which(&|scene| scene.is_pinned_at(minute));
        let free = which(&|scene| scene.pinned.is_none());
        [pinned, free].into_iter().find(|list| !list.is_empty()).unwrap_or_else(|| which(&|_| true))
    }
}

#[cfg(test)]
pub(crate) mod samples {
    /// A scene of one tile; `more` are further lines of it.
    pub(crate) fn scene(key: &str, seconds: u32, more: &str) -> String {
        format!(
            "[[scene]]\nkey = \"{key}\"\nru = \"а\"\nen = \"a\"\nseconds = {seconds}\n{more}\
             [[scene.layout]]\nshape = \"landscape\"\ncolumns = 1\nrows = 1\n\
             tiles = [{{ tile = \"clock\", at = [0, 0, 1, 1] }}]\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::{Catalogue, Parts};
    use super::super::data_file::DataFile;
    use super::*;

    #[test]
    fn the_plan_of_the_program_has_six_scenes_that_show_every_tile() {
        let catalogue = Catalogue::embedded();
        let scenes = catalogue.wall.scenes();
        assert!(scenes.len() >= 6, "{}", scenes.len());
        let placed = |scene: &Scene, shape| scene.layout(shape).tiles.clone();
        for shape in Shape::ALL {
            let tiles = scenes.iter().flat_map(|scene| placed(scene, *shape));
            assert!(tiles.clone().any(|placed| placed.tile == Tile::Map), "{shape}");
        }
        let shown: Vec<Tile> = scenes
            .iter()
            .flat_map(|scene| placed(scene, Shape::Landscape))
            .map(|placed| placed.tile)
            .collect();
        let missing: Vec<_> = Tile::ALL.iter().filter(|tile| !shown.contains(tile)).collect();
        assert_eq!(missing, [&Tile::Block], "one block alone is for plans of one's own");
    }

    #[test]
    fn pinned_scenes_have_their_time_to_themselves() {
        let text = Parts::EMBEDDED.wall.text.replacen(
            "seconds = ",
            "pinned = \"23:30-00:15\"\nseconds = ",
            1,
        );
        let plan = WallPlan::read(DataFile { name: "wall.toml", text: &text }).unwrap();
        let all: Vec<usize> = (0..plan.scenes().len()).collect();
        for minute in [23 * 60 + 30, 23 * 60 + 59, 0, 14] {
            assert_eq!(plan.turns_at(minute, &all), [0], "{minute}");
        }
        assert_eq!(plan.turns_at(15, &all), all[1..]);
        assert_eq!(plan.turns_at(12 * 60, &all), all[1..]);
        assert_eq!(plan.turns_at(12 * 60, &[0]), [0], "better than nothing");
    }

    #[test]
    fn a_night_is_darker_over_midnight_and_an_occasion_has_one_scene() {
        let night = "[night]\nbetween = \"23:00-06:00\"\nlight = 40\n";
        let text = format!("{night}{}", Parts::EMBEDDED.wall.text);
        let file = DataFile { name: "wall.toml", text: &text };
        let plan = WallPlan::read(file).unwrap();
        let light = |hour: u32| plan.light_at(hour * 60);
        assert_eq!([23, 0, 5, 6, 12].map(light), [0.4, 0.4, 0.4, 1.0, 1.0]);
        for occasion in Occasion::ALL {
            assert!(plan.on(*occasion).is_some(), "{occasion}");
        }
        let dark = file.refusal("light = 40", "light = 9", WallPlan::read);
        assert_eq!(dark, "wall.toml, line 1: `light` is from 10 to 100 per cent");
        let twice = file.refusal(
            "key = \"blocks\"",
            "key = \"blocks\"\noccasions = [\"problem\"]",
            WallPlan::read,
        );
        assert!(twice.ends_with("two scenes are shown on one occasion"), "{twice}");
    }

    #[test]
    fn screens_have_their_shapes_and_what_has_no_layout_takes_that_of_16_to_9() {
        assert_eq!(Shape::of(1_920.0, 1_080.0), Shape::Landscape);
        assert_eq!(Shape::of(7_680.0, 2_160.0), Shape::Wide);
        assert_eq!(Shape::of(1_080.0, 1_920.0), Shape::Portrait);
        let text = samples::scene("a", 9, "");
        let plan = WallPlan::read(DataFile { name: "wall.toml", text: &text }).unwrap();
        let scene = &plan.scenes()[plan.position("a").unwrap()];
        assert_eq!(scene.layout(Shape::Portrait), scene.layout(Shape::Landscape));
        assert_eq!(plan.position("b"), None);
    }
}

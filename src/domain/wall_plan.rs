//! What a video wall shows: scenes of tiles, from `data/wall.toml`.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::block::Block;
use super::calendar::{Window, minutes_of_day};
use super::data_file::{DataError, DataFile};
use super::keyed::keyed_enum;
use super::name::Name;

/// Lines and columns of a grid at most.
const MOST_CELLS: u8 = 24;
/// How long a scene stands, in seconds.
const SECONDS: std::ops::RangeInclusive<u32> = 5..=3_600;

keyed_enum! {
    /// What a tile shows. Each is an aggregate: nothing else can be named here.
    pub enum Tile {
        Map = "map",
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WallPlan {
    scenes: Vec<Scene>,
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

    /// Positions of the scenes that take turns at a local minute of the day: those that
    /// are pinned to it, else all that are pinned to no time, else all.
    pub fn turns_at(&self, minute: u32) -> Vec<usize> {
        let which = |is_it: &dyn Fn(&Scene) -> bool| -> Vec<usize> {
            let all = self.scenes.iter().enumerate();
            all.filter(|(_, scene)| is_it(scene)).map(|(at, _)| at).collect()
        };
        let pinned = which(&|scene| scene.is_pinned_at(minute));
        let free = which(&|scene| scene.pinned.is_none());
        [pinned, free].into_iter().find(|list| !list.is_empty()).unwrap_or_else(|| which(&|_| true))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenPlan {
    night: Option<Spanned<GivenNight>>,
    #[serde(default)]
    scene: Vec<Spanned<GivenScene>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenNight {
    between: Spanned<Box<str>>,
    light: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenScene {
    key: Box<str>,
    ru: Box<str>,
    ru_short: Option<Box<str>>,
    en: Box<str>,
    en_short: Option<Box<str>>,
    seconds: u32,
    pinned: Option<Spanned<Box<str>>>,
    #[serde(default)]
    occasions: Vec<Occasion>,
    #[serde(default)]
    layout: Vec<Spanned<GivenLayout>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenLayout {
    shape: Shape,
    columns: u8,
    rows: u8,
    tiles: Vec<Spanned<GivenTile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenTile {
    tile: Tile,
    block: Option<Block>,
    /// Column and row of its first cell, and how many it takes.
    at: [u8; 4],
}

impl WallPlan {
    /// Refuses, with the line, a plan without a scene, a key that stands twice or is no
    /// plain word, a blank name, seconds that are not 5–3600, a scene without a layout
    /// for 16:9 or with two for one shape, grids that are not 1–24 cells, tiles that leave
    /// theirs or lie over each other, a block where there is none to name, an occasion that
    /// two scenes are shown on, a light that is not 10–100, and times that are none.
    pub fn read(file: DataFile<'_>) -> Result<Self, DataError> {
        let given: GivenPlan = file.parse_toml()?;
        let mut scenes: Vec<Scene> = Vec::with_capacity(given.scene.len());
        for scene in given.scene {
            let span = scene.span();
            let refuse = |reason: &str| Err(file.error_at(span.clone(), reason));
            let given = scene.into_inner();
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
            if given.key.is_empty() || !given.key.chars().all(is_plain) {
                return refuse("`key` is of letters, digits, `-` and `_`");
            }
            if scenes.iter().any(|known| known.key == given.key) {
                return refuse("this scene stands twice");
            }
            let name = Name::new(given.ru, given.ru_short, given.en, given.en_short);
            if !name.is_complete() {
                return refuse("a name is blank");
            }
            if !SECONDS.contains(&given.seconds) {
                return refuse("`seconds` are from 5 to 3600");
            }
            let pinned = given.pinned.map(|text| read_times(file, &text)).transpose()?;
            let is_taken = |occasion| scenes.iter().any(|known| known.occasions.contains(occasion));
            if given.occasions.iter().any(is_taken) {
                return refuse("two scenes are shown on one occasion");
            }
            let mut layouts: Vec<Layout> = Vec::with_capacity(given.layout.len());
            for layout in &given.layout {
                let read = read_layout(file, layout)?;
                if layouts.iter().any(|known| known.shape == read.shape) {
                    return Err(file.error_at(layout.span(), "this shape has two layouts"));
                }
                layouts.push(read);
            }
            // The first is the one that stands in for others.
            layouts.sort_by_key(|layout| layout.shape.index());
            if layouts.first().is_none_or(|layout| layout.shape != Shape::Landscape) {
                return refuse("a scene needs a layout for `landscape`");
            }
            let GivenScene { key, seconds, occasions, .. } = given;
            scenes.push(Scene { key, name, seconds, pinned, occasions, layouts });
        }
        if scenes.is_empty() {
            return Err(file.error_on(1, "there is no scene"));
        }
        let night = given.night.map(|night| read_night(file, &night)).transpose()?;
        Ok(Self { scenes, night })
    }
}

fn read_night(file: DataFile<'_>, given: &Spanned<GivenNight>) -> Result<Night, DataError> {
    let GivenNight { between, light } = given.get_ref();
    if !(10..=100).contains(light) {
        return Err(file.error_at(given.span(), "`light` is from 10 to 100 per cent"));
    }
    Ok(Night { minutes: read_times(file, between)?, light: *light })
}

fn read_times(file: DataFile<'_>, text: &Spanned<Box<str>>) -> Result<Range<u32>, DataError> {
    let times = text.get_ref().split_once('-');
    let range = times.and_then(|(from, to)| Some(minutes_of_day(from)?..minutes_of_day(to)?));
    let is_day =
        |range: &Range<u32>| range.start < Window::DAY_MINUTES && range.end <= Window::DAY_MINUTES;
    let range = range.filter(|range| range.start != range.end && is_day(range));
    range.ok_or_else(|| {
        file.error_at(text.span(), "a time of the day is two times, as in 08:30-09:00")
    })
}

fn read_layout(file: DataFile<'_>, given: &Spanned<GivenLayout>) -> Result<Layout, DataError> {
    let GivenLayout { shape, columns, rows, tiles } = given.get_ref();
    let (columns, rows) = (*columns, *rows);
    if ![columns, rows].iter().all(|cells| (1..=MOST_CELLS).contains(cells)) {
        return Err(file.error_at(given.span(), "a grid has from 1 to 24 columns and rows"));
    }
    let mut taken = vec![false; usize::from(columns) * usize::from(rows)];
    let mut placed = Vec::with_capacity(tiles.len());
    for tile in tiles {
        let refuse = |reason: &str| Err(file.error_at(tile.span(), reason));
        let GivenTile { tile, block, at: [column, row, wide, high] } = *tile.get_ref();
        let fits = |first: u8, count: u8, all: u8| count > 0 && first < all && count <= all - first;
        if !fits(column, wide, columns) || !fits(row, high, rows) {
            return refuse("a tile leaves the grid: `at` is column, row, columns, rows");
        }
        if (tile == Tile::Block) != block.is_some() {
            return refuse("`block` is named by the tile of a block and by no other");
        }
        for row in row..row + high {
            for column in column..column + wide {
                let cell = usize::from(row) * usize::from(columns) + usize::from(column);
                if std::mem::replace(&mut taken[cell], true) {
                    return refuse("two tiles lie over each other");
                }
            }
        }
        placed.push(Placed { tile, block, column, row, columns: wide, rows: high });
    }
    if placed.is_empty() {
        return Err(file.error_at(given.span(), "a layout has no tile"));
    }
    Ok(Layout { shape: *shape, columns, rows, tiles: placed })
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
        for minute in [23 * 60 + 30, 23 * 60 + 59, 0, 14] {
            assert_eq!(plan.turns_at(minute), [0], "{minute}");
        }
        let others: Vec<usize> = (1..plan.scenes().len()).collect();
        assert_eq!(plan.turns_at(15), others);
        assert_eq!(plan.turns_at(12 * 60), others);
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

    #[test]
    fn mistakes_are_named_with_their_line() {
        let text = "[[scene]]\nkey = \"a\"\nru = \"а\"\nen = \"a\"\nseconds = 9\n\
            pinned = \"08:30-09:00\"\n\
            [[scene.layout]]\nshape = \"landscape\"\ncolumns = 3\nrows = 2\ntiles = [\n\
            { tile = \"map\", at = [0, 0, 2, 2] },\n\
            { tile = \"block\", block = \"roads\", at = [2, 0, 1, 1] },\n]\n";
        let file = DataFile { name: "wall.toml", text };
        WallPlan::read(file).unwrap();
        for (from, to, line, reason) in [
            ("key = \"a\"", "key = \"а\"", 1, "`key` is of letters, digits, `-` and `_`"),
            ("en = \"a\"", "en = \" \"", 1, "a name is blank"),
            ("seconds = 9", "seconds = 4", 1, "`seconds` are from 5 to 3600"),
            ("08:30-09:00", "8", 6, "a time of the day is two times, as in 08:30-09:00"),
            ("08:30-09:00", "08:30-24:30", 6, "a time of the day is two times, as in 08:30-09:00"),
            ("08:30-09:00", "09:00-09:00", 6, "a time of the day is two times, as in 08:30-09:00"),
            ("landscape", "portrait", 1, "a scene needs a layout for `landscape`"),
            ("columns = 3", "columns = 25", 7, "a grid has from 1 to 24 columns and rows"),
            (
                "[0, 0, 2, 2]",
                "[0, 0, 2, 3]",
                12,
                "a tile leaves the grid: `at` is column, row, columns, rows",
            ),
            ("[2, 0, 1, 1]", "[1, 0, 1, 1]", 13, "two tiles lie over each other"),
            (
                "block = \"roads\", ",
                "",
                13,
                "`block` is named by the tile of a block and by no other",
            ),
        ] {
            let said = file.refusal(from, to, WallPlan::read);
            assert_eq!(said, format!("wall.toml, line {line}: {reason}"));
        }
        let twice = format!("{text}{text}");
        let said = WallPlan::read(DataFile { name: "w", text: &twice }).unwrap_err().to_string();
        assert!(said.ends_with("this scene stands twice"), "{said}");
        let none = WallPlan::read(DataFile { name: "w", text: "" }).unwrap_err().to_string();
        assert_eq!(none, "w, line 1: there is no scene");
        let unknown = file.refusal("\"map\"", "\"names\"", WallPlan::read);
        assert!(unknown.starts_with("wall.toml, line 12: "), "{unknown}");
    }
}

//! Reads a plan and refuses what cannot be shown.

use std::ops::{Range, RangeInclusive};

use serde::Deserialize;
use toml::Spanned;

use super::super::block::Block;
use super::super::calendar::{Window, minutes_of_day};
use super::super::catalogue::Parts;
use super::super::data_file::{DataError, DataFile};
use super::super::name::Name;
use super::screens::{self, GivenScreen};
use super::{Layout, Night, Occasion, Placed, Scene, Shape, Tile, WallPlan};

/// Lines and columns of a grid at most.
const MOST_CELLS: u8 = 24;
/// How long a scene stands, in seconds.
const SECONDS: RangeInclusive<u32> = 5..=3_600;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenPlan {
    night: Option<Spanned<GivenNight>>,
    #[serde(default)]
    screen: Vec<Spanned<GivenScreen>>,
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
    /// Column and row of its first cell, and how many it takes: an array would leave out
    /// what is too much.
    at: Vec<u8>,
}

impl WallPlan {
    /// A file that composes no scene takes those of the program, and its screens name them.
    ///
    /// Refuses, with the line, a file of nothing at all, a key that stands twice or is no plain
    /// word, a name that is blank or not all seen, seconds that are not 5–3600, a scene without
    /// a layout for 16:9 or with two for one shape, grids that are not 1–24 cells, tiles that
    /// leave theirs or lie over each other, a block where there is none to name, an occasion
    /// that two scenes are shown on, a light that is not 10–100, times that are none, and
    /// screens that cannot be.
    pub fn read(file: DataFile<'_>) -> Result<Self, DataError> {
        // Rather a file that was cut short than one that asks for nothing.
        if file.text.trim().is_empty() {
            return Err(file.error_on(1, "the file is empty"));
        }
        let given: GivenPlan = file.parse_toml()?;
        let scenes = if given.scene.is_empty() {
            let own = Parts::EMBEDDED.wall;
            read_scenes(own, own.parse_toml::<GivenPlan>()?.scene)?
        } else {
            read_scenes(file, given.scene)?
        };
        let night = given.night.map(|night| read_night(file, &night)).transpose()?;
        let screens = screens::read(file, given.screen, &scenes)?;
        Ok(Self { scenes, screens, night })
    }
}

fn read_scenes(
    file: DataFile<'_>,
    given: Vec<Spanned<GivenScene>>,
) -> Result<Vec<Scene>, DataError> {
    let mut scenes: Vec<Scene> = Vec::with_capacity(given.len());
    for scene in given {
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
        if !name.is_seen() {
            return refuse("a name has characters that are not seen");
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
    Ok(scenes)
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
        let GivenTile { tile, block, ref at } = *tile.get_ref();
        let [column, row, wide, high] = **at else {
            return refuse("`at` is column, row, columns, rows");
        };
        let fits = |first: u8, count: u8, all: u8| count > 0 && first < all && count <= all - first;
        if !fits(column, wide, columns) || !fits(row, high, rows) {
            return refuse("a tile leaves the grid: `at` is column, row, columns, rows");
        }
        if (tile == Tile::Block) != block.is_some() {
            return refuse("`block` is named by the tile of a block and by no other");
        }
        if block == Some(Block::Outside) {
            return refuse("what is in no sector has no tile");
        }
        let is_map = [Tile::Map, Tile::Areas, Tile::Places, Tile::Replay].contains(&tile);
        if is_map && placed.iter().any(|other: &Placed| other.tile == tile) {
            return refuse("a map stands once in a layout");
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
mod tests {
    use super::*;

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
            ("en = \"a\"", "en = \"a\\u202e\"", 1, "a name has characters that are not seen"),
            ("ru = \"а\"", "ru = \"а\\n\"", 1, "a name has characters that are not seen"),
            ("[0, 0, 2, 2]", "[0, 0, 2, 2, 2]", 12, "`at` is column, row, columns, rows"),
            ("\"roads\"", "\"outside\"", 13, "what is in no sector has no tile"),
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
        assert_eq!(none, "w, line 1: the file is empty");
        let unknown = file.refusal("\"map\"", "\"names\"", WallPlan::read);
        assert!(unknown.starts_with("wall.toml, line 12: "), "{unknown}");
    }

    #[test]
    fn a_file_without_scenes_takes_those_of_the_program_and_its_screens_name_them() {
        let own = WallPlan::read(Parts::EMBEDDED.wall).unwrap();
        let text = "# Darker at night.\n[night]\nbetween = \"23:00-06:00\"\nlight = 40\n\n\
            [[screen]]\nmonitor = 1\nscenes = [\"kpi\", \"map\"]\n\
            [[screen]]\nmonitor = 0\n";
        let file = DataFile { name: "wall.toml", text };
        let plan = WallPlan::read(file).unwrap();
        assert!(!own.scenes.is_empty());
        assert_eq!(plan.scenes, own.scenes);
        assert_eq!([plan.light_at(0), plan.light_at(12 * 60)], [0.4, 1.0]);
        let at = |key| own.position(key).unwrap();
        let shown: Vec<_> = plan.screens.iter().map(|screen| screen.scenes.clone()).collect();
        assert_eq!(shown, [vec![at("kpi"), at("map")], (0..own.scenes.len()).collect()]);
        for (from, to, line, reason) in [
            ("\"kpi\"", "\"kpj\"", 6, "there is no scene «kpj»"),
            ("light = 40", "light = 9", 2, "`light` is from 10 to 100 per cent"),
            ("monitor = 0", "monitor = 1", 9, "a monitor is taken twice"),
            ("monitor = 0", "monitor = \"\"", 9, "the name of a monitor's connector is empty"),
        ] {
            let said = file.refusal(from, to, WallPlan::read);
            assert_eq!(said, format!("wall.toml, line {line}: {reason}"));
        }
        let misspelt = file.refusal("[[screen]]", "[[scenes]]", WallPlan::read);
        assert!(misspelt.starts_with("wall.toml, line 6: "), "{misspelt}");
        let remarks = DataFile { name: "wall.toml", text: "# Nothing yet.\n" };
        assert_eq!(WallPlan::read(remarks), Ok(own));
    }
}

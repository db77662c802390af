//! The wall: what it may hold, how large its words are, and that they neither
//! leave the screen nor meet.

mod tiles;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use egui::{Pos2, Rect};
use pult::app::State;
use pult::app::heat_colors::heat_lut;
use pult::app::indicators::Measured;
use pult::app::state::View;
use pult::app::wall::frame::{
    ForecastFrame, HeatPicture, NoForecast, NoMood, ProblemFrame, ReplayFrame, Viewport, WallFrame,
};
use pult::app::wall::replay::{ReplayDay, ReplayPicture};
use pult::board::Vocabulary;
use pult::config::Theme;
use pult::detect::forecast::{Expected, Past};
use pult::domain::wall_plan::{Tile, WallPlan};
use pult::domain::{DataFile, Language, Timestamp};
use pult::geo::density::{Heat, HeatScale};
use pult::ui::text::Text;
use pult::ui::tokens::Tokens;
use pult::ui::wall::{Reason, Shown, Turn, WallLocal, scene_ui};

use super::painted::{Painted, meeting, painted, painted_on_all};
use super::sample;

const PLANTED: &str = "Иванова Мария, ул. Щорса, 29";

fn planted() -> State {
    let board = sample::board(6_000);
    let mut state = sample::state(&board, View::Situation);
    for row in state.list.rows.iter_mut().chain(&mut state.due_next) {
        row.summary = PLANTED.to_owned();
        row.id = PLANTED.to_owned();
    }
    state.search = PLANTED.to_owned();
    // A name that somebody wrote a telephone into.
    let mut vocabulary = Vocabulary::clone(&state.vocabulary);
    vocabulary.bodies[1].short = "Орган, +7 913 555-01-23".to_owned();
    state.vocabulary = Arc::new(vocabulary);
    let mut state = sample::with_problems(state, &board);
    let mut problems = state.problems.found.as_deref().cloned().unwrap();
    for known in problems.iter_mut().filter_map(|problem| problem.known.as_mut()) {
        known.name.push_str(", +7 913 555-01-23");
    }
    state.problems.found = Some(Arc::new(problems));
    let (key, go) = (state.aggregates.key.clone(), AtomicBool::new(false));
    let measured = Measured::of(
        board.indicators(&key, &go).unwrap(),
        board.scorecards(&key, &go).unwrap(),
        board.forecasts(&key, &go).unwrap(),
        None,
    );
    state.indicators.found = Some(Arc::new(measured));
    state.sync.confirmed_at = Some(state.now);
    state
}

/// The same with the last days.
fn framed() -> WallFrame {
    let state = planted();
    let viewport = Viewport {
        x_min: 0.74,
        y_min: 0.31,
        x_max: 0.76,
        y_max: 0.33,
        width_px: 2,
        height_px: 2,
        pixels_per_point: 1.0,
    };
    let scale = HeatScale::up_to(1.0);
    let heat = Heat { width: 2, height: 2, rgba: vec![0; 16], max_density: 1.0, scale, points: 1 };
    let today = Timestamp(state.now).local_day().0;
    let day = |day| ReplayDay { day, heat: heat.clone() };
    let days: Vec<ReplayDay> = (today - 30..today).map(day).collect();
    let mut frame = WallFrame::build(&state);
    let received = vec![12_345; days.len()];
    let picture = Arc::new(ReplayPicture { viewport, scale, days, number: 1 });
    frame.replay = Some(ReplayFrame { picture, received });
    frame
}

/// With more to come than there is room to write.
fn forecast(today: i32) -> ForecastFrame {
    let day = |mean: f64| Expected { mean, low: mean * 0.8, high: mean * 1.2 };
    ForecastFrame {
        came: vec![1_234; 56],
        today,
        days: std::array::from_fn(|ahead| day(1_000.0 + 111.0 * ahead as f64)),
        past: Past { n: 100, error: 1_234.5, plain_error: 2_345.6 },
        is_plain: false,
    }
}

#[test]
fn a_frame_holds_nothing_that_a_citizen_wrote() {
    let frame = WallFrame::build(&planted());
    let everything = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        frame.blocks,
        frame.municipalities,
        frame.changes,
        frame.days,
        frame.freshness,
        frame.figures,
        frame.mood,
        frame.critical,
        frame.bodies,
        frame.crossing,
        frame.problems,
    );
    assert!(everything.contains("Холодные батареи") && everything.contains("Орган"));
    assert!(!everything.contains("555"));
    assert!(!everything.contains("Иванова") && !everything.contains("Щорса"));
    assert!(everything.contains("Абакан"));
}

#[test]
fn the_wall_names_its_frame_and_nothing_else_of_the_desk() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui/wall");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let source = std::fs::read_to_string(&path).unwrap();
        for line in source.lines().filter(|line| line.contains("crate::app")) {
            assert!(line.contains("crate::app::wall::frame"), "{}: {line}", path.display());
        }
    }
}

fn draw(scene: &str, frame: &WallFrame, width: f32, height: f32) -> Vec<Painted> {
    draw_in((Language::Ru, Theme::Dark), false, scene, frame, (width, height))
}

fn draw_in(
    look: (Language, Theme),
    is_on_all: bool,
    scene: &str,
    frame: &WallFrame,
    size: (f32, f32),
) -> Vec<Painted> {
    draw_shown(shown(frame, scene), look, is_on_all, frame, size)
}

pub(crate) fn draw_shown(
    shown: Shown<'_>,
    (language, theme): (Language, Theme),
    is_on_all: bool,
    frame: &WallFrame,
    size: (f32, f32),
) -> Vec<Painted> {
    let tokens = Tokens::of(theme);
    let text = Text::of(language);
    let mut local = WallLocal::default();
    let painted = if is_on_all { painted_on_all } else { painted };
    painted(&tokens, size.into(), &mut |ui| {
        scene_ui(ui, ui.max_rect(), shown, frame, &tokens, &text, &mut local);
    })
}

fn shown<'a>(frame: &'a WallFrame, scene: &str) -> Shown<'a> {
    let plan = &frame.catalogue.wall;
    Shown {
        plan,
        turn: Turn::of(plan, plan.position(scene).unwrap()),
        reason: None,
        tick: Duration::ZERO,
    }
}

/// A plan of one scene on a grid of `columns` × 24.
fn own_plan(columns: u8, tiles: &str) -> WallPlan {
    let text = format!(
        "[[scene]]\nkey = \"own\"\nru = \"а\"\nen = \"a\"\nseconds = 9\n[[scene.layout]]\n\
         shape = \"landscape\"\ncolumns = {columns}\nrows = 24\ntiles = [\n{tiles}]\n"
    );
    WallPlan::read(DataFile { name: "wall.toml", text: &text }).unwrap()
}

fn draw_own(plan: &WallPlan, frame: &WallFrame, size: (f32, f32)) -> Vec<Painted> {
    let shown = Shown { plan, turn: Turn::of(plan, 0), reason: None, tick: Duration::ZERO };
    draw_shown(shown, (Language::Ru, Theme::Dark), false, frame, size)
}

/// Keys of all scenes of the plan.
fn scenes(frame: &WallFrame) -> Vec<String> {
    frame.catalogue.wall.scenes().iter().map(|scene| scene.key.to_string()).collect()
}

pub(crate) const SIZES: [(f32, f32); 7] = [
    (1_920.0, 1_080.0),
    (3_840.0, 2_160.0),
    (7_680.0, 4_320.0),
    (3_840.0, 1_080.0),
    (5_120.0, 1_440.0),
    (1_080.0, 1_920.0),
    (2_160.0, 3_840.0),
];

#[test]
fn words_are_large_enough_and_stay_on_the_screen() {
    let frame = framed();
    for (width, height) in SIZES {
        let screen = Rect::from_min_size(Pos2::ZERO, egui::vec2(width, height));
        // The safe margin less the step of the wandering picture.
        let safe = screen.shrink(height * 0.02 - 4.0);
        for scene in scenes(&frame) {
            let painted = draw(&scene, &frame, width, height);
            assert!(painted.len() > 10, "{scene:?}");
            let lacks_room = painted.iter().any(|one| one.words == "мало места");
            assert!(!lacks_room, "{scene:?} {width}×{height}");
            for one in &painted {
                let share = one.size / height;
                assert!(share >= 0.016, "{scene:?} {width}×{height}: {} {share}", one.words);
                assert!(safe.contains_rect(one.rect), "{scene:?} {width}×{height}: {}", one.words);
            }
            let largest = painted.iter().map(|one| one.size).fold(0.0, f32::max);
            assert!(largest >= height * 0.06, "{scene:?}: {largest}");
        }
    }
}

/// Letters of each size that was ever drawn are kept, by a wall for months.
#[test]
fn whatever_the_figures_are_letters_have_few_sizes() {
    let sizes_of = |boards: &[u32]| {
        let mut sizes: Vec<f32> = Vec::new();
        for incidents in boards {
            let state = sample::state(&sample::board(*incidents), View::Situation);
            let frame = WallFrame::build(&state);
            for scene in scenes(&frame) {
                sizes.extend(draw(&scene, &frame, 1_080.0, 1_920.0).iter().map(|one| one.size));
            }
        }
        sizes.sort_by(f32::total_cmp);
        sizes.dedup();
        sizes
    };
    let few = sizes_of(&[600, 6_000]);
    let boards: Vec<u32> = (1..=40).map(|step| step * 150).collect();
    let many = sizes_of(&boards);
    assert!(many.len() <= few.len() + 8, "{few:?}\n{many:?}");
}

/// Scenes with names on something else than a panel.
const MAPS: [&str; 3] = ["map", "places", "replay"];

/// Of text that is read from afar.
const LEAST_CONTRAST: f64 = 4.5;

#[test]
fn words_stand_out_from_their_ground_and_end_within_their_tiles() {
    let frame = framed();
    let mut wrong = Vec::new();
    for (width, height) in SIZES {
        for scene in scenes(&frame) {
            let is_map = MAPS.contains(&scene.as_str());
            for look in [(Language::Ru, Theme::Dark), (Language::En, Theme::Light)] {
                for one in draw_in(look, is_map, &scene, &frame, (width, height)) {
                    let at = format!("{scene} {width}×{height} {look:?}: {}", one.words);
                    let pale = one.contrast < LEAST_CONTRAST;
                    if pale {
                        wrong.push(format!("{at} {:.2}", one.contrast));
                    }
                    assert!(!one.is_clipped, "{at}");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_stand_out_from_heat_of_any_strength() {
    let size = (1_920.0, 1_080.0);
    for theme in [Theme::Dark, Theme::Light] {
        let mut frame = framed();
        frame.theme = theme;
        let (tokens, text) = (Tokens::of(theme), Text::of(Language::Ru));
        let mut wanted = None;
        painted(&tokens, size.into(), &mut |ui| {
            let (shown, rect) = (shown(&frame, "map"), ui.max_rect());
            let local = &mut WallLocal::default();
            wanted = scene_ui(ui, rect, shown, &frame, &tokens, &text, local).heat;
        });
        for strength in [64, 128, 192, 255] {
            let heat = Heat {
                width: 1,
                height: 1,
                max_density: 1.0,
                rgba: heat_lut(theme)[strength].to_vec(),
                scale: HeatScale::up_to(1.0),
                points: 1,
            };
            let viewport = wanted.unwrap();
            let number = strength as u64;
            let picture = HeatPicture { viewport, heat, number, selection: 1 };
            frame.heat = Some(Arc::new(picture));
            frame.are_areas_shown = false;
            let painted = draw_in((Language::Ru, theme), true, "map", &frame, size);
            assert!(painted.iter().any(|one| one.words == "Абакан"));
            for one in painted {
                let at = format!("{} on heat of {strength} {theme:?}", one.words);
                assert!(one.contrast >= LEAST_CONTRAST, "{at}: {:.2}", one.contrast);
            }
        }
    }
}

#[test]
fn a_plan_of_ones_own_may_have_tiles_and_screens_of_any_size() {
    let mut frame = framed();
    frame.forecast = Ok(forecast(20_780));
    let tile = |at: usize, tile: &Tile, cells: usize| {
        let block = if *tile == Tile::Block { ", block = \"roads\"" } else { "" };
        let (column, row) = (at % (24 / cells) * cells, at / (24 / cells) * cells);
        format!("{{ tile = \"{tile}\"{block}, at = [{column}, {row}, {cells}, {cells}] }},\n")
    };
    for cells in [1, 2, 3, 4] {
        let tiles = Tile::ALL.iter().enumerate().map(|(at, one)| tile(at, one, cells));
        let plan = own_plan(24, &tiles.collect::<String>());
        for (width, height) in [
            (1_920.0, 1_080.0),
            (1_080.0, 1_920.0),
            (320.0, 240.0),
            (7_680.0, 4_320.0),
            (320.0, 8_000.0),
        ] {
            let painted = draw_own(&plan, &frame, (width, height));
            assert!(!painted.is_empty(), "{cells} {width}×{height}");
        }
    }
}

#[test]
fn a_long_name_of_a_scene_gives_way_to_the_mark_and_the_period() {
    let mut frame = framed();
    frame.demo = true;
    let name = "Обращения жителей по муниципальным образованиям и отраслям";
    let plan = format!(
        "[[scene]]\nkey = \"own\"\nru = \"{name}\"\nen = \"Own\"\nseconds = 20\n\
         [[scene.layout]]\nshape = \"landscape\"\ncolumns = 1\nrows = 24\n\
         tiles = [{{ tile = \"clock\", at = [0, 0, 1, 24] }}]\n"
    );
    let plan = WallPlan::read(DataFile { name: "wall.toml", text: &plan }).unwrap();
    for size in SIZES.into_iter().filter(|(width, height)| width > height) {
        let painted = draw_own(&plan, &frame, size);
        let is_title = |words: &str| {
            words.chars().count() > 8 && name.starts_with(words.trim_end_matches('…'))
        };
        let title = painted.iter().find(|one| is_title(&one.words));
        let mark = painted.iter().find(|one| one.words == "демонстрация").unwrap();
        let period = painted.iter().find(|one| one.words.starts_with("28 дней")).unwrap();
        assert!(title.unwrap().rect.right() <= mark.rect.left(), "{size:?}");
        assert!(mark.rect.right() <= period.rect.left(), "{size:?}");
        assert!(!mark.is_cut && !period.is_cut, "{size:?}");
        assert_eq!(meeting(&painted), [] as [[&str; 2]; 0], "{size:?}");
    }
}

#[test]
fn a_reason_is_seen_from_afar_and_what_it_is_about_stands_first() {
    let mut frame = framed();
    let problem = |name: &str, count| ProblemFrame { name: name.to_owned(), count, day: 0 };
    frame.problems = vec![problem("Большая проблема", 900), problem("Смог над городом", 9)];
    let reason = Reason::Problem("Смог над городом".to_owned());
    let shown = Shown { reason: Some(&reason), ..shown(&frame, "map") };
    let look = (Language::Ru, Theme::Dark);
    let painted = draw_shown(shown, look, false, &frame, (1_920.0, 1_080.0));
    let on_band = painted.iter().find(|one| one.words == "Новая проблема: Смог над городом");
    assert!(on_band.unwrap().size > 1_080.0 * 0.02);
    assert!(painted.iter().any(|one| one.words == "Смог над городом"));
    assert!(painted.iter().all(|one| one.words != "Большая проблема"), "there is room for one");
    assert!(painted.iter().all(|one| !one.words.contains("1 из")));
}

#[test]
fn a_figure_is_never_cut() {
    let mut frame = framed();
    for block in &mut frame.blocks {
        block.totals.open = 12_345;
    }
    for (width, height) in SIZES {
        let painted = draw("blocks", &frame, width, height);
        assert_eq!(meeting(&painted), [] as [[&str; 2]; 0], "{width}×{height}");
        for one in painted {
            let is_figure = !one.words.chars().any(char::is_alphabetic);
            assert!(!(is_figure && one.is_cut), "{width}×{height}: {}", one.words);
        }
    }
}

#[test]
fn a_sector_keeps_its_words_apart_and_to_itself_in_a_low_place_too() {
    let mut frame = framed();
    for block in &mut frame.blocks {
        block.totals.open = 12_345;
    }
    for rows in [6, 10, 14, 18, 22, 24] {
        for (width, height) in SIZES {
            let tile = format!("{{ tile = \"blocks\", at = [0, 0, 1, {rows}] }}");
            let painted = draw_own(&own_plan(1, &tile), &frame, (width, height));
            let at = format!("{rows} of {width}×{height}");
            assert_eq!(meeting(&painted), [] as [[&str; 2]; 0], "{at}");
            for one in &painted {
                assert!(!one.is_clipped, "{at}: {}", one.words);
            }
        }
    }
}

#[test]
fn a_weekday_is_written_out_in_both_languages() {
    let frame = framed();
    for language in [Language::Ru, Language::En] {
        let text = Text::of(language);
        let names = (1..=7).map(|day| text.t(&format!("weekday-short-{day}")).to_owned());
        let names: Vec<_> = names.collect();
        for (width, height) in SIZES {
            let painted = draw_in((language, Theme::Dark), false, "kpi", &frame, (width, height));
            let days = painted.iter().filter(|one| names.contains(&one.words));
            let cut = days.clone().filter(|one| one.is_cut).count();
            assert_eq!((days.count(), cut), (7, 0), "{language:?} {width}×{height}");
        }
    }
}

#[test]
fn panels_of_the_indicators_say_their_period_and_how_much_they_count() {
    let frame = framed();
    let text = Text::of(Language::Ru);
    for (width, height) in SIZES {
        let painted = draw("kpi", &frame, width, height);
        for title in ["wall-municipalities", "wall-hours"] {
            let title = painted.iter().find(|one| one.words.starts_with(text.t(title))).unwrap();
            let is_told = title.words.contains(" · 28 дней · n = ");
            assert!(
                (is_told || width < height) && !title.is_cut,
                "{width}×{height}: {}",
                title.words
            );
        }
    }
}

#[test]
fn municipalities_without_a_row_are_counted() {
    let mut frame = framed();
    frame.changes.clear();
    frame.problems.clear();
    let painted = draw("map", &frame, 1_920.0, 1_080.0);
    let named =
        |name: &str| painted.iter().any(|one| one.rect.left() > 1_100.0 && one.words == name);
    let shown = frame.municipalities.iter().filter(|one| named(&one.name)).count();
    let left = frame.municipalities.len() - shown;
    assert!(shown > 0 && left > 0);
    assert!(named(&format!("ещё {left}")), "{shown} are shown");
}

#[test]
fn an_empty_store_shows_no_figure() {
    let frame = WallFrame::build(&sample::state(&sample::board(0), View::Situation));
    assert!(frame.is_empty());
    for (width, height) in SIZES {
        for scene in ["map", "digest"] {
            let painted = draw(scene, &frame, width, height);
            assert!(painted.iter().any(|one| one.words == "Пока нет данных"));
            let figure = painted.iter().find(|one| one.words == "0" || one.words.contains("км²"));
            assert!(figure.is_none(), "{width}×{height}: {}", figure.unwrap().words);
        }
    }
}

#[test]
fn a_digest_says_how_the_week_is_and_tells_critical_topics_at_zero() {
    let mut frame = framed();
    assert!(
        frame.mood.is_ok()
            && frame.figures.as_ref().is_some_and(|all| all.len() > 4)
            && frame.critical.len() > 4
    );
    frame.critical[0].count = 0;
    frame.forecast = Ok(forecast(Timestamp(frame.now).local_day().0));
    for language in [Language::Ru, Language::En] {
        let text = Text::of(language);
        let moods = ["digest-calmer", "digest-usual", "digest-tenser"].map(|key| text.t(key));
        for (width, height) in SIZES {
            let painted =
                draw_in((language, Theme::Dark), false, "digest", &frame, (width, height));
            let told = |words: &str| painted.iter().any(|one| one.words == words && !one.is_cut);
            let said: Vec<&str> = painted.iter().map(|one| one.words.as_str()).collect();
            let said = said.join(" ");
            assert!(moods.iter().any(|mood| said.contains(mood)), "{language:?} {width}×{height}");
            for topic in &frame.critical {
                assert!(told(&topic.name), "{language:?} {width}×{height}: {}", topic.name);
            }
            assert!(told("0") && told(text.t("wall-ahead")), "{language:?} {width}×{height}");
            let weekdays = (1..=7).map(|day| text.t(&format!("weekday-short-{day}")).to_owned());
            let is_written = weekdays.filter(|day| told(day)).count();
            assert!(is_written >= 2, "{language:?} {width}×{height}: {is_written}");
            let cut: Vec<_> =
                painted.iter().filter(|one| one.is_cut).map(|one| &one.words).collect();
            assert!(cut.is_empty(), "{language:?} {width}×{height}: {cut:?}");
        }
    }
}

#[test]
fn a_week_whose_end_is_not_known_is_neither_calm_nor_foretold() {
    let mut state = planted();
    state.sync.confirmed_at = Some(state.now - 86_400);
    let frame = WallFrame::build(&state);
    assert_eq!(frame.mood, Err(NoMood::EndUnknown));
    assert_eq!(frame.forecast, Err(NoForecast::EndUnknown));
    let said = |frame: &WallFrame| {
        let painted = draw("digest", frame, 1_920.0, 1_080.0);
        painted.iter().map(|one| one.words.as_str()).collect::<Vec<_>>().join(" ")
    };
    let text = Text::of(Language::Ru);
    assert!(said(&frame).contains(text.t("digest-stale")), "{}", said(&frame));
    for mood in ["digest-calmer", "digest-usual", "digest-tenser"] {
        assert!(!said(&frame).contains(text.t(mood)), "{mood}");
    }
    // What the last run left was known up to then, whatever the link says now.
    let mut state = planted();
    state.kept_at = Some(state.now - 86_400);
    assert_eq!(WallFrame::build(&state).mood, Err(NoMood::EndUnknown));
}

#[test]
fn the_ground_of_the_map_is_that_of_the_wall() {
    for theme in [Theme::Dark, Theme::Light] {
        let color = Tokens::of(theme).color;
        assert_eq!(color.map_sea, color.canvas, "{theme:?}");
    }
}

#[test]
fn no_two_texts_of_a_scene_meet() {
    let frame = framed();
    for (width, height) in SIZES {
        for scene in scenes(&frame) {
            let painted = draw(&scene, &frame, width, height);
            assert_eq!(meeting(&painted), [] as [[&str; 2]; 0], "{scene:?} {width}×{height}");
        }
    }
}

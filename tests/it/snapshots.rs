//! The interface as pictures, compared with those in `tests/snapshots/`.
//!
//! With `PULT_ACCEPT_SNAPSHOTS=1` what is drawn now becomes what is right. They are
//! drawn by whatever Vulkan or OpenGL driver there is; where there is none at all
//! they are skipped, which `PULT_NO_SKIP=1` forbids.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, RgbaImage};
use pult::app::form::Form;
use pult::app::indicators::Page;
use pult::app::lane::Cancel;
use pult::app::map_work::{MapAnswer, MapQuestion, MapWorker};
use pult::app::state::{MapMode, Viewport};
use pult::app::wall::frame::WallFrame;
use pult::app::{Command, State, state::View};
use pult::board::Board;
use pult::config::Theme;
use pult::domain::{CommandKind, Language};
use pult::sync::status::Phase;
use pult::ui::freshness::Staleness;
use pult::ui::render::{Offscreen, RenderError};
use pult::ui::shell::{Local, shell_ui};
use pult::ui::text::Text;
use pult::ui::tokens::Tokens;
use pult::ui::wall::{Shown, Turn, WallLocal, scene_ui};

use super::sample;

/// Drivers round colours and smooth edges differently: a channel may be off by so
/// much, and of all pixels such a share may be off by more.
const CHANNEL_TOLERANCE: u8 = 32;
const PIXELS_TOLERANCE: f64 = 0.002;

/// Frames until nothing changes any more: heat is asked for by the first.
const FRAMES: usize = 4;

fn check(name: &str, picture: Result<RgbaImage, RenderError>) {
    let picture = match picture {
        Ok(picture) => picture,
        Err(RenderError::NoDriver(reason)) => {
            assert!(std::env::var_os("PULT_NO_SKIP").is_none(), "no graphics driver: {reason}");
            eprintln!("{name} is skipped, there is no graphics driver: {reason}");
            return;
        }
        Err(error) => panic!("{name}: {error}"),
    };
    let right = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/snapshots/{name}.png"));
    if std::env::var_os("PULT_ACCEPT_SNAPSHOTS").is_some() {
        write(&right, picture);
        return;
    }
    let expected = image::open(&right).map(DynamicImage::into_rgba8).ok();
    let off = expected.map_or(1.0, |expected| share_off(&expected, &picture));
    if off > PIXELS_TOLERANCE {
        let drawn = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
        write(&drawn, picture);
        panic!(
            "{:.2} % of the pixels of {} are off; what was drawn is {}. If that is right, run \
             the test again with PULT_ACCEPT_SNAPSHOTS=1",
            off * 100.0,
            right.display(),
            drawn.display()
        );
    }
}

/// Share of pixels that differ by more than the tolerance.
fn share_off(expected: &RgbaImage, found: &RgbaImage) -> f64 {
    if expected.dimensions() != found.dimensions() {
        return 1.0;
    }
    let is_off = |(one, other): (&image::Rgba<u8>, &image::Rgba<u8>)| {
        one.0.iter().zip(&other.0).any(|(a, b)| a.abs_diff(*b) > CHANNEL_TOLERANCE)
    };
    let off = expected.pixels().zip(found.pixels()).filter(|pair| is_off(*pair)).count();
    off as f64 / expected.pixels().len() as f64
}

fn write(path: &Path, picture: RgbaImage) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = std::fs::File::create(path).unwrap();
    let encoder = PngEncoder::new_with_quality(file, CompressionType::Best, FilterType::Adaptive);
    DynamicImage::from(picture).into_rgb8().write_with_encoder(encoder).unwrap();
}

/// Heat for a viewport, as the desk's lane makes it.
fn answer(board: &Board, state: &mut State, viewport: Viewport) {
    let question = MapQuestion {
        board: board.clone(),
        key: state.aggregates.key.clone(),
        mode: MapMode::Heat,
        viewport,
        theme: state.settings.theme,
        keep_scale: false,
    };
    if let Some(MapAnswer::Heat(heat)) = MapWorker::default().answer(&question, &Cancel::default())
    {
        state.heat = Some(Arc::new(heat));
    }
}

/// The sample's desk in a theme and a language.
fn dressed(board: &Board, view: View, theme: Theme, language: Language) -> State {
    let mut state = sample::state(board, view);
    state.settings.theme = theme;
    state.settings.language = language;
    state
}

/// The server has not answered for so long that what is shown is stale.
fn offline(state: &mut State) {
    let since = sample::NOW - 10 * state.sync.poll_secs;
    state.sync.phase = Phase::Offline { since, reason: "unreachable" };
    state.sync.streaming = false;
    state.sync.confirmed_at = Some(sample::NOW - 11 * state.sync.poll_secs);
    assert_eq!(Staleness::of(state), Staleness::Stale);
}

/// A window of 1920 × 1080 points in half as many pixels.
fn desk(board: &Board, state: State) -> Result<RgbaImage, RenderError> {
    desk_of(board, state, 0.5)
}

/// A window in 960 × 540 pixels, so many to a point.
fn desk_of(board: &Board, mut state: State, scale: f32) -> Result<RgbaImage, RenderError> {
    let tokens = Tokens::of(state.settings.theme);
    let text = Text::of(state.settings.language);
    let mut offscreen = Offscreen::new(960, 540, scale, &tokens)?;
    let mut local = Local::default();
    let mut last = None;
    for _ in 0..FRAMES {
        let mut out = Vec::new();
        last = Some(offscreen.frame(0.25, |ui| {
            shell_ui(ui, &state, &tokens, &text, &mut local, &mut out);
        }));
        for command in out {
            if let Command::SetViewport(viewport) = command {
                answer(board, &mut state, viewport);
            }
        }
    }
    offscreen.paint(last.unwrap())
}

fn wall(
    board: &Board,
    mut state: State,
    scene: &str,
    (width, height): (u32, u32),
) -> Result<RgbaImage, RenderError> {
    let tokens = Tokens::of(state.settings.theme);
    let text = Text::of(state.settings.language);
    let mut offscreen = Offscreen::new(width, height, 1.0, &tokens)?;
    let mut local = WallLocal::default();
    let mut last = None;
    for _ in 0..FRAMES {
        let frame = WallFrame::build(&state);
        let plan = &frame.catalogue.wall;
        let turn = Turn::of(plan, plan.position(scene).unwrap());
        let shown = Shown { plan, turn, reason: None, tick: Duration::ZERO };
        let mut viewport = None;
        last = Some(offscreen.frame(0.25, |ui| {
            viewport = scene_ui(ui, ui.max_rect(), shown, &frame, &tokens, &text, &mut local).heat;
        }));
        if let Some(viewport) = viewport {
            answer(board, &mut state, viewport);
        }
    }
    offscreen.paint(last.unwrap())
}

#[test]
fn the_situation_in_the_dark() {
    let board = sample::board(6_000);
    let state = dressed(&board, View::Situation, Theme::Dark, Language::Ru);
    check("situation-dark-ru", desk(&board, state));
}

#[test]
fn the_blocks_in_the_light() {
    let board = sample::board(6_000);
    let state = dressed(&board, View::Blocks, Theme::Light, Language::En);
    check("blocks-light-en", desk(&board, state));
}

#[test]
fn the_situation_when_the_server_is_gone() {
    let board = sample::board(6_000);
    let mut state = dressed(&board, View::Situation, Theme::Light, Language::En);
    offline(&mut state);
    check("situation-stale-light-en", desk(&board, state));
}

/// At 1920 × 1080 points, and at 3840 × 2160: a screen of that many points shows
/// the most that a layout has to fill.
fn check_at_both_sizes(name: &str, board: &Board, state: &State) {
    for (size, scale) in [("1080p", 0.5), ("4k", 0.25)] {
        check(&format!("{name}-{size}"), desk_of(board, state.clone(), scale));
    }
}

/// «Разбор» with its queue, a card and what is on its way.
fn triage(board: &Board, theme: Theme, language: Language) -> State {
    sample::at_triage(dressed(board, View::Triage, theme, language), board)
}

#[test]
fn the_triage_with_nothing_to_do() {
    let board = sample::board(600);
    let state = dressed(&board, View::Triage, Theme::Light, Language::Ru);
    check_at_both_sizes("triage-empty", &board, &state);
}

#[test]
fn the_triage_at_work() {
    let board = sample::board(6_000);
    let mut state = triage(&board, Theme::Dark, Language::Ru);
    state.triage.form = Some(Form {
        kind: CommandKind::Assign,
        rows: state.triage.cursor.into_iter().collect(),
        then: None,
        number: 1,
        topic: None,
        replaces: None,
    });
    check_at_both_sizes("triage-busy", &board, &state);
}

#[test]
fn the_triage_in_conflict() {
    let board = sample::board(6_000);
    let mut state = triage(&board, Theme::Dark, Language::Ru);
    state.view = View::Outbox;
    check_at_both_sizes("triage-conflict", &board, &state);
}

#[test]
fn the_triage_when_the_server_is_gone() {
    let board = sample::board(6_000);
    let mut state = triage(&board, Theme::Light, Language::En);
    offline(&mut state);
    check_at_both_sizes("triage-offline", &board, &state);
}

#[test]
fn the_problems_with_one_that_is_followed() {
    let board = sample::board(6_000);
    let state = dressed(&board, View::Problems, Theme::Dark, Language::Ru);
    let state = sample::with_problems(state, &board);
    check("problems-dark-ru", desk(&board, state.clone()));
    let mut english = state;
    (english.settings.theme, english.settings.language) = (Theme::Light, Language::En);
    check("problems-light-en", desk(&board, english));
}

#[test]
fn the_situation_with_the_borders_of_problems() {
    let board = sample::board(6_000);
    let state = dressed(&board, View::Situation, Theme::Light, Language::Ru);
    check("situation-problems-light-ru", desk(&board, sample::with_problems(state, &board)));
}

#[test]
fn the_pages_of_the_indicators() {
    let board = sample::board(6_000);
    for (page, name) in [
        (Page::Figures, "indicators-figures"),
        (Page::Scorecards, "indicators-scorecards"),
        (Page::Forecast, "indicators-forecast"),
        (Page::Digest, "indicators-digest"),
    ] {
        let state = dressed(&board, View::Indicators, Theme::Dark, Language::Ru);
        let mut state = sample::with_problems(state, &board);
        sample::measure(&mut state, &board);
        state.indicators.page = page;
        check(name, desk(&board, state));
    }
}

#[test]
fn the_map_of_a_wall() {
    let board = sample::board(6_000);
    let state = dressed(&board, View::Situation, Theme::Dark, Language::Ru);
    check("wall-map", wall(&board, state, "map", (960, 540)));
}

#[test]
fn the_indicators_of_an_upright_wall() {
    let board = sample::board(6_000);
    let state = dressed(&board, View::Situation, Theme::Dark, Language::Ru);
    check("wall-kpi-upright", wall(&board, state, "kpi", (540, 960)));
}

//! A base map out of a file: on the desk, on the wall, and what is said of a file that is
//! none.

mod archives;
mod faults;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::task::Waker;
use std::time::{Duration, Instant};

use egui::{Color32, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use image::RgbaImage;
use pmtiles::{PmTilesWriter, TileCoord, TileType};
use pult::app::basemap::{Archive, Fault, Refused, TileLoader};
use pult::app::clock::Ticker;
use pult::app::state::{HeatPicture, MapMode, View, Viewport};
use pult::app::wall::frame::WallFrame;
use pult::app::{Command, Desk, DeskOptions, State};
use pult::config::own_data::OwnData;
use pult::config::{Settings, Theme};
use pult::domain::Language;
use pult::geo::density::{Heat, HeatScale};
use pult::geo::pmtiles::TileId;
use pult::ui::render::{Offscreen, RenderError};
use pult::ui::shell::{Local, shell_ui};
use pult::ui::text::Text;
use pult::ui::tokens::Tokens;
use pult::ui::views::settings;
use pult::ui::wall::{Shown, Turn, WallLocal, scene_ui};

use super::cli::pult;
use super::painted::{meeting, painted};
use super::sample;
use super::ui_views::dresses;
use archives::{CREDIT, METADATA};

const PATIENCE: Duration = Duration::from_secs(30);
/// Of no theme.
const LOUD: [u8; 3] = [255, 0, 255];
const THEMES: [Theme; 2] = [Theme::Dark, Theme::Light];

/// The sample's first screen with an archive under its map.
fn state_over(archive: Option<&Path>, theme: Theme) -> State {
    let mut state = sample::state(&sample::board(600), View::Situation);
    state.settings.theme = theme;
    state.map_mode = MapMode::Heat;
    // Heat of nothing: no colour lies over the land.
    let (scale, viewport) = (HeatScale::up_to(1.0), Viewport::default());
    let heat = Heat { width: 0, height: 0, rgba: Vec::new(), max_density: 1.0, scale, points: 0 };
    state.heat = Some(Arc::new(HeatPicture { viewport, heat, number: 1, selection: 1 }));
    state.basemap.shown = archive.map(|path| Archive::open(path).unwrap());
    state
}

/// Draws until all tiles are there. `None` where there is no graphics driver.
fn picture(
    state: &State,
    pixels_per_point: f32,
    mut draw: impl FnMut(&mut egui::Ui),
) -> Option<RgbaImage> {
    let tokens = Tokens::of(state.settings.theme);
    let mut offscreen = match Offscreen::new(960, 540, pixels_per_point, &tokens) {
        Err(RenderError::NoDriver(reason)) => {
            assert!(std::env::var_os("PULT_NO_SKIP").is_none(), "no graphics driver: {reason}");
            return None;
        }
        offscreen => offscreen.unwrap(),
    };
    let (begun, mut still) = (Instant::now(), 0);
    loop {
        let output = offscreen.frame(0.25, &mut draw);
        let is_loading = state.basemap.shown.as_ref().is_some_and(|archive| archive.is_loading());
        still = if is_loading { 0 } else { still + 1 };
        if still == 4 {
            return Some(offscreen.paint(output).unwrap());
        }
        assert!(begun.elapsed() < PATIENCE, "the tiles did not come");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn desk(state: &State) -> Option<RgbaImage> {
    let (tokens, text) = (Tokens::of(state.settings.theme), Text::of(Language::Ru));
    let (mut local, mut out) = (Local::default(), Vec::new());
    picture(state, 0.5, |ui| shell_ui(ui, state, &tokens, &text, &mut local, &mut out))
}

fn wall_ui(ui: &mut egui::Ui, state: &State, local: &mut WallLocal) {
    let (tokens, text) = (Tokens::of(state.settings.theme), Text::of(Language::Ru));
    let frame = WallFrame::build(state);
    let plan = &frame.catalogue.wall;
    let turn = Turn::of(plan, plan.position("map").unwrap());
    let shown = Shown { plan, turn, reason: None, tick: Duration::ZERO };
    scene_ui(ui, ui.max_rect(), shown, &frame, &tokens, &text, local);
}

fn wall(state: &State) -> Option<RgbaImage> {
    let mut local = WallLocal::default();
    picture(state, 1.0, |ui| wall_ui(ui, state, &mut local))
}

/// Share of pixels of about this colour.
fn share_of(picture: &RgbaImage, color: Color32) -> f64 {
    let is_it = |pixel: &&image::Rgba<u8>| {
        pixel.0.iter().zip(color.to_array()).take(3).all(|(a, b)| a.abs_diff(b) <= 6)
    };
    picture.pixels().filter(is_it).count() as f64 / picture.pixels().len() as f64
}

/// A loud tile under the veil of its theme.
fn dimmed(theme: Theme) -> Color32 {
    let [red, green, blue] = LOUD;
    Color32::from_rgb(red, green, blue).blend(Tokens::of(theme).color.map_dim)
}

/// The lake of a vector tile.
fn lake(theme: Theme) -> Color32 {
    let color = Tokens::of(theme).color;
    color.map_land.lerp_to_gamma(color.map_water, 0.85)
}

fn in_folder(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    (folder, path)
}

#[test]
fn pictures_of_an_archive_are_seen_on_the_desk_and_on_the_wall() {
    let (_folder, path) = in_folder("raster.pmtiles");
    let path = archives::raster(&path, LOUD);
    for theme in THEMES {
        for (draw, least) in [(desk as fn(&State) -> Option<RgbaImage>, 0.05), (wall, 0.15)] {
            let Some(over) = draw(&state_over(Some(&path), theme)) else { return };
            let share = share_of(&over, dimmed(theme));
            assert!(share > least, "{theme:?}: {share}");
            let without = draw(&state_over(None, theme)).unwrap();
            assert!(share_of(&without, dimmed(theme)) < 0.001, "{theme:?}: off it is not there");
        }
    }
}

#[test]
fn water_of_a_vector_archive_is_seen_in_the_colours_of_the_theme() {
    let (_folder, path) = in_folder("vector.pmtiles");
    let path = archives::vector(&path);
    for theme in THEMES {
        for (draw, least) in [(desk as fn(&State) -> Option<RgbaImage>, 0.02), (wall, 0.05)] {
            let Some(over) = draw(&state_over(Some(&path), theme)) else { return };
            let share = share_of(&over, lake(theme));
            assert!(share > least, "{theme:?}: {share}");
            let without = draw(&state_over(None, theme)).unwrap();
            assert!(share_of(&without, lake(theme)) < share / 4.0, "{theme:?}");
        }
    }
}

#[test]
fn whoever_made_the_tiles_is_named_on_the_map_and_nothing_runs_through_the_name() {
    let (_folder, path) = in_folder("raster.pmtiles");
    let path = archives::raster(&path, LOUD);
    let state = state_over(Some(&path), Theme::Dark);
    let (tokens, text) = (Tokens::of(Theme::Dark), Text::of(Language::Ru));
    let own = text.t("map-credits");
    for size in [vec2(1_920.0, 1_080.0), vec2(1_100.0, 640.0)] {
        let (mut local, mut out) = (Local::default(), Vec::new());
        let written = painted(&tokens, size, &mut |ui| {
            shell_ui(ui, &state, &tokens, &text, &mut local, &mut out);
        });
        let is_credit = |words: &str| words.contains(CREDIT) && words.contains(own);
        let credit = written.iter().find(|one| is_credit(&one.words)).unwrap();
        assert!(!credit.is_cut && !credit.is_clipped, "{size:?}: {:?}", credit.rect);
        let through = meeting(&written).into_iter().filter(|pair| pair.concat().contains(CREDIT));
        assert_eq!(through.count(), 0, "{size:?}");
    }
    for size in [vec2(1_920.0, 1_080.0), vec2(1_080.0, 1_920.0)] {
        let mut local = WallLocal::default();
        let written = painted(&tokens, size, &mut |ui| wall_ui(ui, &state, &mut local));
        let credit = written.iter().find(|one| one.words.contains(CREDIT)).unwrap();
        assert!(!credit.is_cut && !credit.is_clipped, "{size:?}: {:?}", credit.rect);
        let through = meeting(&written).into_iter().filter(|pair| pair.concat().contains(CREDIT));
        assert_eq!(through.count(), 0, "{size:?}");
    }
}

#[test]
fn a_still_map_asks_for_no_frame_once_its_tiles_are_there() {
    let (_folder, path) = in_folder("raster.pmtiles");
    let path = archives::raster(&path, LOUD);
    let state = state_over(Some(&path), Theme::Dark);
    let ctx = egui::Context::default();
    pult::ui::theme::install(&ctx, &Tokens::of(Theme::Dark));
    let mut local = WallLocal::default();
    let mut frame = || {
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, Vec2::new(960.0, 540.0))),
            ..egui::RawInput::default()
        };
        let mut output = ctx.run_ui(input, |ui| wall_ui(ui, &state, &mut local));
        output.textures_delta.clear();
        output.viewport_output[&egui::ViewportId::ROOT].repaint_delay
    };
    let archive = state.basemap.shown.as_ref().unwrap();
    frame();
    assert!(archive.is_loading(), "tiles are asked for by the first frame");
    let begun = Instant::now();
    while archive.is_loading() {
        assert!(begun.elapsed() < PATIENCE, "the tiles did not come");
        std::thread::sleep(Duration::from_millis(5));
        frame();
    }
    // What has woken the window is drawn once.
    frame();
    assert_eq!([(); 5].map(|()| frame()), [Duration::MAX; 5]);
    assert!(!archive.is_loading());
}

/// All tiles of some zooms, each with words of its own: more than one directory holds.
#[test]
fn each_tile_of_a_large_archive_is_found_and_no_other() {
    for internal in [pmtiles::Compression::Gzip, pmtiles::Compression::None] {
        let (_folder, path) = in_folder("large.pmtiles");
        let zooms = 0..=7_u8;
        let words = |id: TileId| format!("{} / {} / {}", id.zoom, id.x, id.y).into_bytes();
        let all = zooms.flat_map(|zoom| {
            let side = 1_u32 << zoom;
            (0..side).flat_map(move |x| (0..side).map(move |y| TileId { zoom, x, y }))
        });
        let mut all: Vec<TileId> = all.collect();
        all.sort_by_key(|id| id.number());
        let writer = PmTilesWriter::new(TileType::Mvt).max_zoom(7).internal_compression(internal);
        let mut writer = writer.create(fs::File::create(&path).unwrap()).unwrap();
        // One in five is left out.
        for id in all.iter().filter(|id| id.number() % 5 != 0) {
            let coordinates = TileCoord::new(id.zoom, id.x, id.y).unwrap();
            writer.add_tile(coordinates, &words(*id)).unwrap();
        }
        writer.finalize().unwrap();

        let archive = Archive::open(&path).unwrap();
        assert!(archive.header.leaves.length > 0, "there are directories of directories");
        let decode = |_id: TileId, bytes: &[u8]| Some(bytes.to_vec());
        let waker = Waker::noop().clone();
        let loader = TileLoader::start(Arc::clone(&archive), waker, decode).unwrap();
        loader.want(all.clone());
        let (begun, mut came) = (Instant::now(), 0);
        while came < all.len() {
            for (id, tile) in loader.take() {
                let expected = (id.number() % 5 != 0).then(|| words(id));
                assert_eq!(tile, Ok(expected), "{id:?}");
                came += 1;
            }
            assert!(begun.elapsed() < PATIENCE, "{came} tiles came");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

#[test]
fn an_archive_that_is_damaged_anywhere_ends_nothing() {
    let (folder, path) = in_folder("vector.pmtiles");
    let whole = fs::read(archives::vector(&path)).unwrap();
    let broken = folder.path().join("broken.pmtiles");
    let decode = |_id: TileId, bytes: &[u8]| Some(bytes.len());
    let middle = TileId { zoom: 7, x: 95, y: 41 };
    for at in (0..whole.len()).step_by(37) {
        for flip in [0x01, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] ^= flip;
            fs::write(&broken, &bytes).unwrap();
            let Ok(archive) = Archive::open(&broken) else { continue };
            let loader = TileLoader::start(archive, Waker::noop().clone(), decode).unwrap();
            loader.want(vec![middle]);
            let begun = Instant::now();
            while loader.take().next().is_none() {
                assert!(begun.elapsed() < PATIENCE, "byte {at}");
                std::thread::yield_now();
            }
        }
        fs::write(&broken, &whole[..at]).unwrap();
        drop(Archive::open(&broken));
    }
}

/// A desk without a server whose settings name a base map.
struct Office {
    folder: tempfile::TempDir,
    desk: Desk,
}

impl Office {
    fn open(basemap: Option<PathBuf>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::default();
        settings.map.basemap = basemap;
        let options = DeskOptions {
            data_dir: folder.path().join("store"),
            settings,
            settings_path: Some(folder.path().join("pult.toml")),
            online: false,
            token: None,
            waker: Waker::noop().clone(),
            data: OwnData::read(&folder.path().join("data")),
        };
        let mut office =
            Self { desk: Desk::open(options, Ticker::start().moment()).unwrap(), folder };
        office.wait();
        office
    }

    fn wait(&mut self) {
        let (ticker, begun) = (Ticker::start(), Instant::now());
        while self.desk.state().basemap.is_opening {
            self.desk.poll(ticker.moment());
            assert!(begun.elapsed() < PATIENCE, "the file is not looked at");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn choose(&mut self, path: Option<&Path>) {
        self.desk.apply(Command::SetBasemap(path.map(Path::to_owned)));
        self.wait();
    }

    fn shown(&self) -> Option<&Path> {
        self.desk.state().basemap.shown.as_ref().map(|archive| archive.path.as_path())
    }

    /// What the next start would take.
    fn kept(self) -> Option<PathBuf> {
        drop(self.desk);
        Settings::load(&self.folder.path().join("pult.toml")).unwrap().map.basemap
    }
}

#[test]
fn there_is_no_base_map_until_a_person_chooses_one_and_none_when_it_is_taken_off() {
    let (_folder, path) = in_folder("raster.pmtiles");
    let path = archives::raster(&path, LOUD);
    let mut office = Office::open(None);
    assert_eq!(office.shown(), None);
    office.choose(Some(&path));
    assert_eq!(office.shown(), Some(path.as_path()));
    assert_eq!(office.desk.state().basemap.credit(), Some(CREDIT));
    assert_eq!(office.kept(), Some(path.clone()));

    let mut again = Office::open(Some(path.clone()));
    assert_eq!(again.shown(), Some(path.as_path()));
    again.choose(None);
    assert_eq!(again.shown(), None);
    assert_eq!(again.kept(), None);
}

#[test]
fn a_file_that_is_no_base_map_is_told_and_changes_nothing() {
    let (folder, good) = in_folder("good.pmtiles");
    let good = archives::raster(&good, LOUD);
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let mut whole = fs::read(&good).unwrap();
    let cut = file("cut.pmtiles", &whole[..150]);
    whole[99] = 5;
    let avif = file("avif.pmtiles", &whole);
    (whole[99], whole[98]) = (2, 3);
    let brotli = file("brotli.pmtiles", &whole);
    for (path, key) in [
        (folder.path().join("nowhere.pmtiles"), "basemap-unreadable"),
        (folder.path().to_owned(), "basemap-unreadable"),
        (file("empty.pmtiles", b""), "basemap-no-pmtiles"),
        (file("words.pmtiles", &b"words ".repeat(99)), "basemap-no-pmtiles"),
        (cut, "basemap-damaged"),
        (avif, "basemap-tile-kind"),
        (brotli, "basemap-compression"),
    ] {
        // Named by the settings: our own map, and a sentence.
        let office = Office::open(Some(path.clone()));
        let refused = office.desk.state().basemap.refused.as_ref().unwrap();
        assert_eq!((refused.fault.key(), &refused.path), (key, &path));
        assert_eq!(office.shown(), None);
        let is_told = office.desk.state().notices.iter().any(|notice| notice.text == key);
        assert!(is_told, "{key}");
        // Chosen: what was there stays.
        let mut office = Office::open(Some(good.clone()));
        office.choose(Some(&path));
        assert_eq!(office.desk.state().basemap.refused.as_ref().unwrap().fault.key(), key);
        assert_eq!(office.shown(), Some(good.as_path()));
        for language in [Language::Ru, Language::En] {
            assert!(Text::of(language).has(key), "{key}");
        }
    }
}

#[test]
fn the_settings_offer_a_file_and_tell_whose_it_is_or_what_is_wrong() {
    let (_folder, path) = in_folder("raster.pmtiles");
    let path = archives::raster(&path, LOUD);
    let (tokens, text) = (Tokens::of(Theme::Dark), Text::of(Language::Ru));
    let mut state = state_over(None, Theme::Dark);
    state.view = View::Settings;
    let fault = Fault::Unreadable("gone".to_owned());
    let wrong = Some(Refused { path: "/nowhere.pmtiles".into(), fault });
    for (shown, refused) in [(None, None), (Some(&path), None), (None, wrong)] {
        state.settings.map.basemap = shown.cloned();
        state.basemap.shown = shown.map(|path| Archive::open(path).unwrap());
        state.basemap.refused = refused;
        let draw = |ui: &mut egui::Ui, (out, local): &mut (Vec<Command>, settings::Local)| {
            if !dresses(ui, &tokens) {
                settings::settings_ui(ui, &state, &tokens, &text, local, out);
            }
        };
        let mut harness = Harness::builder()
            .with_size(vec2(1_748.0, 1_622.0))
            .build_ui_state(draw, (Vec::new(), settings::Local::default()));
        harness.run_steps(3);
        harness.state_mut().0.clear();
        harness.get_by_label(text.t("basemap-choose")).click();
        harness.run_steps(2);
        assert!(harness.state().0.contains(&Command::ChooseBasemap));
        assert_eq!(harness.query_by_label_contains(CREDIT).is_some(), shown.is_some());
        let told = harness.query_by_label(text.t("basemap-unreadable"));
        assert_eq!(told.is_some(), state.basemap.refused.is_some());
        if shown.is_some() {
            harness.get_by_label(text.t("basemap-remove")).click();
            harness.run_steps(2);
            assert!(harness.state().0.contains(&Command::SetBasemap(None)));
        } else {
            assert!(harness.query_by_label(text.t("basemap-remove")).is_none());
        }
    }
}

#[test]
fn an_archive_that_names_nobody_has_no_credit() {
    let (_folder, path) = in_folder("nameless.pmtiles");
    let path = archives::archive(&path, TileType::Png, "{}", |_, _, _| vec![1, 2, 3]);
    assert_eq!(Archive::open(&path).unwrap().credit, None);
    assert!(METADATA.contains("href"));
    // Tiles that are no pictures: our own land stays, and nothing ends.
    let state = state_over(Some(&path), Theme::Dark);
    let Some(picture) = wall(&state) else { return };
    assert!(share_of(&picture, Tokens::of(Theme::Dark).color.map_sea) > 0.01);
}

#[test]
fn the_doctor_looks_at_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("words.pmtiles");
    let named = format!("[map]\nbasemap = \"{}\"\n", path.display());
    fs::write(folder.path().join("pult.toml"), named).unwrap();
    for (mark, bytes) in [("warn", &b"words"[..]), ("ok", b"")] {
        if bytes.is_empty() {
            archives::raster(&path, LOUD);
        } else {
            fs::write(&path, bytes).unwrap();
        }
        let output = pult(folder.path(), "doctor");
        let said = String::from_utf8_lossy(&output.stdout);
        let is_told = |line: &str| line.starts_with(mark) && line.contains("words.pmtiles");
        assert!(said.lines().any(is_told), "{mark}: {said}");
    }
}

//! Files that are replaced, away, hostile, or not to be named.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;
use std::task::Waker;
use std::time::{Duration, Instant};

use egui::{Pos2, Rect, Shape, vec2};
use mvt::{GeomEncoder, GeomType, Tile};
use pmtiles::TileType;
use pult::app::Command;
use pult::app::basemap::{Archive, Fault, TileLoader, Unread};
use pult::app::clock::{Moment, Ticker};
use pult::config::Theme;
use pult::geo::pmtiles::TileId;
use pult::ui::tokens::Tokens;
use pult::ui::wall::WallLocal;

use super::{CREDIT, LOUD, Office, PATIENCE, archives, in_folder, state_over, wall_ui};

const MIDDLE: TileId = TileId { zoom: 7, x: 95, y: 41 };

fn loader(archive: &Arc<Archive>) -> TileLoader<usize> {
    let decode = |_id: TileId, bytes: &[u8]| Some(bytes.len());
    TileLoader::start(Arc::clone(archive), Waker::noop().clone(), decode).unwrap()
}

fn load(loader: &TileLoader<usize>) -> Result<Option<usize>, Unread> {
    loader.want(vec![MIDDLE]);
    let begun = Instant::now();
    loop {
        let came = loader.take().next();
        if let Some((_, tile)) = came {
            return tile;
        }
        assert!(begun.elapsed() < PATIENCE, "the tile did not come");
        std::thread::sleep(Duration::from_millis(1));
    }
}

impl Office {
    /// Lets so many seconds pass.
    fn pass(&mut self, secs: u64) {
        let moment = Ticker::start().moment();
        self.desk.poll(Moment { tick: Duration::from_secs(secs), ..moment });
        self.wait();
    }

    fn told(&self, key: &str) -> usize {
        self.desk.state().notices.iter().filter(|notice| notice.text == key).count()
    }
}

#[test]
fn a_file_that_was_replaced_is_not_shown_under_the_name_of_the_one_before() {
    let (folder, path) = in_folder("raster.pmtiles");
    let path = archives::raster(&path, LOUD);
    let mut office = Office::open(Some(path.clone()));
    let before = Arc::clone(office.desk.state().basemap.shown.as_ref().unwrap());
    assert!(matches!(load(&loader(&before)), Ok(Some(_))));

    // By another file under its name, as programs that save with care do.
    let other = folder.path().join("other.pmtiles");
    let theirs = r#"{"attribution": "Theirs"}"#;
    archives::archive(&other, TileType::Png, theirs, |_, _, _| vec![7; 70]);
    fs::rename(&other, &path).unwrap();
    assert_eq!(load(&loader(&before)), Err(Unread));
    assert_eq!(office.desk.state().basemap.credit(), Some(CREDIT));
    office.pass(60);
    let after = Arc::clone(office.desk.state().basemap.shown.as_ref().unwrap());
    assert_eq!(after.credit.as_deref(), Some("Theirs"));
    assert_eq!(load(&loader(&after)), Ok(Some(70)));

    // Written over while it is open.
    let open = loader(&after);
    assert_eq!(load(&open), Ok(Some(70)));
    archives::archive(&path, TileType::Png, r#"{"attribution": "Ours"}"#, |_, _, _| vec![8; 80]);
    assert_eq!(load(&open), Err(Unread));
    office.pass(120);
    assert_eq!(office.desk.state().basemap.credit(), Some("Ours"));

    // What is no archive any more is told once.
    fs::write(&path, b"words").unwrap();
    let shown = Arc::clone(office.desk.state().basemap.shown.as_ref().unwrap());
    for minute in 3..6 {
        assert_eq!(load(&loader(&shown)), Err(Unread));
        office.pass(60 * minute);
    }
    assert_eq!(office.told("basemap-no-pmtiles"), 1);
}

#[test]
fn a_file_whose_disk_is_mounted_late_is_shown_within_minutes() {
    let (folder, path) = in_folder("late.pmtiles");
    let mut office = Office::open(Some(path.clone()));
    for minute in 1..4 {
        office.pass(60 * minute);
        assert_eq!(office.shown(), None);
    }
    assert_eq!(office.told("basemap-unreadable"), 1);
    archives::raster(&path, LOUD);
    office.pass(181);
    assert_eq!(office.shown(), None, "it does not look all the time");
    office.pass(240);
    assert_eq!(office.shown(), Some(path.as_path()));
    assert_eq!(office.desk.state().basemap.refused, None);
    drop(folder);
}

#[test]
fn a_tile_that_could_not_be_read_can_be_once_the_file_is_back() {
    let (folder, path) = in_folder("raster.pmtiles");
    let archive = Archive::open(&archives::raster(&path, LOUD)).unwrap();
    let away = folder.path().join("away.pmtiles");
    fs::rename(&path, &away).unwrap();
    let loader = loader(&archive);
    assert_eq!(load(&loader), Err(Unread));
    fs::rename(&away, &path).unwrap();
    assert!(matches!(load(&loader), Ok(Some(_))));
}

#[test]
fn a_path_that_the_settings_cannot_hold_is_refused_and_they_are_kept() {
    let (folder, path) = in_folder("raster.pmtiles");
    let path = archives::raster(&path, LOUD);
    let nameless = folder.path().join(OsStr::from_bytes(b"\xff.pmtiles"));
    fs::copy(&path, &nameless).unwrap();
    let mut office = Office::open(None);
    office.choose(Some(&path));
    office.choose(Some(&nameless));
    assert_eq!(office.desk.state().basemap.refused.as_ref().unwrap().fault, Fault::Path);
    assert_eq!(office.told("basemap-path"), 1);
    assert_eq!(office.shown(), Some(path.as_path()));
    office.desk.apply(Command::SetTheme(Theme::Light));
    assert_eq!(office.kept(), Some(path));
}

#[test]
fn a_pipe_is_no_base_map_and_nobody_waits_for_it() {
    let (_folder, path) = in_folder("pipe.pmtiles");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    assert!(matches!(Archive::open(&path), Err(Fault::Unreadable(_))));
}

#[test]
fn a_vector_tile_of_more_bytes_than_any_needs_is_not_decoded() {
    let (_folder, path) = in_folder("large.pmtiles");
    for (bytes, expected) in [(8 << 20, Ok(Some(8 << 20))), ((8 << 20) + 1, Err(Unread))] {
        let tile = vec![0; bytes];
        let at_middle = |zoom, x, y| (zoom, x, y) == (MIDDLE.zoom, MIDDLE.x, MIDDLE.y);
        archives::archive(&path, TileType::Mvt, "{}", |zoom, x, y| {
            if at_middle(zoom, x, y) { tile.clone() } else { vec![0] }
        });
        assert_eq!(load(&loader(&Archive::open(&path).unwrap())), expected);
    }
}

/// Tiles that are each within bounds and together would be more than a graphics driver takes.
#[test]
fn vertices_of_all_tiles_together_have_a_bound() {
    let (_folder, path) = in_folder("heavy.pmtiles");
    heavy(&path);
    let state = state_over(Some(&path), Theme::Dark);
    let ctx = egui::Context::default();
    pult::ui::theme::install(&ctx, &Tokens::of(Theme::Dark));
    let mut local = WallLocal::default();
    let mut frame = || {
        let screen = Rect::from_min_size(Pos2::ZERO, vec2(3_840.0, 2_160.0));
        let input = egui::RawInput { screen_rect: Some(screen), ..egui::RawInput::default() };
        let mut output = ctx.run_ui(input, |ui| wall_ui(ui, &state, &mut local));
        output.textures_delta.clear();
        let meshes = output.shapes.iter().filter_map(|shape| match &shape.shape {
            Shape::Mesh(mesh) => Some(mesh.vertices.len()),
            _ => None,
        });
        meshes.filter(|vertices| *vertices > 100_000).sum::<usize>()
    };
    let archive = state.basemap.shown.as_ref().unwrap();
    let mut vertices = frame();
    let begun = Instant::now();
    while archive.is_loading() {
        assert!(begun.elapsed() < 2 * PATIENCE, "the tiles did not come");
        std::thread::sleep(Duration::from_millis(100));
        vertices = frame();
        assert!(vertices <= 3_000_000, "{vertices}");
    }
    assert!(vertices > 2_700_000, "{vertices}");
}

fn heavy(path: &Path) {
    let mut encoder = GeomEncoder::new(GeomType::Linestring);
    for at in 0..48_000 {
        encoder.add_point(f64::from(at % 4_001), f64::from(at / 4_001)).unwrap();
    }
    let mut tile = Tile::new(4096);
    let mut road = tile.create_layer("roads").into_feature(encoder.encode().unwrap());
    road.add_tag_string("kind", "highway");
    tile.add_layer(road.into_layer()).unwrap();
    let bytes = tile.to_bytes().unwrap();
    archives::archive(path, TileType::Mvt, "{}", |_, _, _| bytes.clone());
}

use std::path::Path;
use std::time::Instant;

use image::{ImageFormat, RgbaImage};
use pmtiles::{PmTilesWriter, TileCoord, TileType};

use super::*;

const PATIENCE: Duration = Duration::from_secs(30);
/// The middle of the region at the deepest zoom of the archives here.
const MIDDLE: TileId = TileId { zoom: 8, x: 192, y: 82 };

/// An archive of one tile at each zoom, each a picture with a side of so many pixels.
fn archive(path: &Path, side: u32) -> Arc<Archive> {
    let mut png = Vec::new();
    let picture = RgbaImage::new(side, side);
    picture.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
    let writer = PmTilesWriter::new(TileType::Png).min_zoom(4).max_zoom(MIDDLE.zoom);
    let mut writer = writer.create(std::fs::File::create(path).unwrap()).unwrap();
    for zoom in 4..=MIDDLE.zoom {
        let [x, y] = [MIDDLE.x, MIDDLE.y].map(|at| at >> (MIDDLE.zoom - zoom));
        writer.add_tile(TileCoord::new(zoom, x, y).unwrap(), &png).unwrap();
    }
    writer.finalize().unwrap();
    Archive::open(path).unwrap()
}

/// A view whose pictures of 256 pixels a side are of zoom 8.
fn look(laid: &Laid, size: f32) -> Look {
    let rect = Rect::from_min_size(Pos2::ZERO, egui::Vec2::splat(size));
    let center = [MIDDLE.x, MIDDLE.y].map(|at| (f64::from(at) + 0.5) / 256.0);
    let view = MapView::new(rect, center, 8.0);
    Look { view, pixels_per_point: 1.0, line_scale: 1.0, generation: laid.generation }
}

fn laid(archive: &Arc<Archive>, ctx: &Context) -> Laid {
    let dress = Dress { theme: Theme::Dark, viewport: ViewportId::ROOT };
    Laid::new(archive, dress, ctx, &Tokens::of(Theme::Dark)).unwrap()
}

/// Lays again whenever tiles have come, until none is awaited.
fn settle(laid: &mut Laid, ctx: &Context, size: f32) {
    let begun = Instant::now();
    loop {
        let generation = laid.generation;
        laid.take(ctx);
        if generation != laid.generation || laid.layouts == 0 {
            let look = look(laid, size);
            laid.lay(&look);
        }
        if laid.wanted.is_empty() {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "it goes on asking");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_large_view_of_a_small_archive_settles_though_nothing_unseen_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let archive = archive(&folder.path().join("small.pmtiles"), 256);
    let ctx = Context::default();
    let mut laid = laid(&archive, &ctx);
    laid.most_kept = 0;
    settle(&mut laid, &ctx, 4_500.0);
    let absent = laid.tiles.values().filter(|kept| kept.tile.is_none()).count();
    assert!(absent > 300, "{absent}");
    assert!(!laid.pieces.is_empty());
    assert!(!archive.is_loading());
}

#[test]
fn larger_pictures_are_of_a_farther_zoom() {
    let folder = tempfile::tempdir().unwrap();
    for (side, zoom) in [(1, 8), (256, 8), (512, 7), (1_024, 6)] {
        let archive = archive(&folder.path().join("sides.pmtiles"), side);
        let ctx = Context::default();
        let mut laid = laid(&archive, &ctx);
        settle(&mut laid, &ctx, 400.0);
        assert_eq!(laid.in_sight(&look(&laid, 400.0))[0].zoom, zoom, "{side}");
    }
}

#[test]
fn what_is_unseen_is_kept_up_to_so_many_bytes_the_latest_first() {
    let folder = tempfile::tempdir().unwrap();
    let archive = archive(&folder.path().join("kept.pmtiles"), 256);
    let ctx = Context::default();
    let mut laid = laid(&archive, &ctx);
    let picture = || ColorImage::filled([256, 256], Color32::BLACK);
    for used in 0..6 {
        let texture = ctx.load_texture("tile", picture(), TextureOptions::LINEAR);
        let kept = Kept { tile: Some(Tile::Picture(texture)), used, again: None };
        laid.tiles.insert(TileId { zoom: 8, x: used as u32, y: 0 }, kept);
    }
    laid.layouts = 5;
    laid.most_kept = 2 * 256 * 256 * 4;
    laid.forget();
    let mut used: Vec<u64> = laid.tiles.values().map(|kept| kept.used).collect();
    used.sort_unstable();
    assert_eq!(used, [3, 4, 5], "one is seen, two are kept");
}

#[test]
fn a_tile_that_could_not_be_read_is_asked_for_again_after_a_minute_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("away.pmtiles");
    let archive = archive(&path, 256);
    let away = folder.path().join("elsewhere.pmtiles");
    std::fs::rename(&path, &away).unwrap();
    let ctx = Context::default();
    let mut laid = laid(&archive, &ctx);
    settle(&mut laid, &ctx, 200.0);
    assert!(laid.pieces.is_empty());
    assert_eq!(laid.again, Some(AGAIN));
    std::fs::rename(&away, &path).unwrap();
    let look = look(&laid, 200.0);
    laid.now = AGAIN - 1.0;
    laid.lay(&look);
    assert!(laid.wanted.is_empty());
    laid.now = AGAIN;
    laid.lay(&look);
    assert_eq!(laid.again, None, "it wakes nobody while it waits");
    assert!(!laid.wanted.is_empty());
    settle(&mut laid, &ctx, 200.0);
    assert!(!laid.pieces.is_empty());
    assert_eq!(laid.again, None);
}

#[test]
fn a_part_of_a_farther_tile_is_the_right_one() {
    let around = TileId { zoom: 5, x: 23, y: 10 };
    let [_, right, _, low] = around.children();
    assert_eq!(part(around, around), Rect::from_min_max(Pos2::ZERO, Pos2::new(1.0, 1.0)));
    assert_eq!(part(right, around).center(), Pos2::new(0.75, 0.25));
    assert_eq!(part(low.children()[0], around).min, Pos2::new(0.5, 0.5));
}

#[test]
fn what_is_no_picture_is_left_out() {
    assert!(picture(b"").is_none());
    assert!(picture(b"\x89PNG\r\n\x1a\nbroken").is_none());
}

//! Small archives of tiles over Khakassia, written by other programs' code than reads them.

use std::fs::File;
use std::path::{Path, PathBuf};

use image::{ImageFormat, Rgba, RgbaImage};
use mvt::{GeomEncoder, GeomType, Tile};
use pmtiles::{PmTilesWriter, TileCoord, TileType};

/// As a program that makes tiles writes it.
pub(crate) const METADATA: &str = r#"{
    "name": "test",
    "attribution": "<a href=\"https://example.org\">Картооснова</a> &copy; Тест &amp; Co"
}"#;
pub(crate) const CREDIT: &str = "Картооснова © Тест & Co";

pub(crate) const MOST_ZOOM: u8 = 7;

/// Degrees: west, south, east, north.
const AROUND: [f64; 4] = [86.0, 50.5, 93.5, 56.5];

/// Numbers of the tiles of a zoom that lie around the region.
fn around(zoom: u8) -> Vec<(u32, u32)> {
    let side = f64::from(zoom).exp2();
    let column = |lon: f64| ((lon + 180.0) / 360.0 * side) as u32;
    let row = |lat: f64| {
        let y = (std::f64::consts::PI / 4.0 + lat.to_radians() / 2.0).tan().ln();
        ((1.0 - y / std::f64::consts::PI) / 2.0 * side) as u32
    };
    let [west, south, east, north] = AROUND;
    (column(west)..=column(east))
        .flat_map(|x| (row(north)..=row(south)).map(move |y| (x, y)))
        .collect()
}

/// Writes an archive whose tiles `draw` makes, given their zoom, column and row.
pub(crate) fn archive(
    path: &Path,
    kind: TileType,
    metadata: &str,
    mut draw: impl FnMut(u8, u32, u32) -> Vec<u8>,
) -> PathBuf {
    let writer = PmTilesWriter::new(kind).max_zoom(MOST_ZOOM).metadata(metadata);
    let mut writer = writer.create(File::create(path).unwrap()).unwrap();
    for zoom in 0..=MOST_ZOOM {
        for (x, y) in around(zoom) {
            let coordinates = TileCoord::new(zoom, x, y).unwrap();
            writer.add_tile(coordinates, &draw(zoom, x, y)).unwrap();
        }
    }
    writer.finalize().unwrap();
    path.to_owned()
}

/// Pictures of one colour.
pub(crate) fn raster(path: &Path, color: [u8; 3]) -> PathBuf {
    let [red, green, blue] = color;
    let picture = RgbaImage::from_pixel(256, 256, Rgba([red, green, blue, 255]));
    let mut png = Vec::new();
    picture.write_to(&mut std::io::Cursor::new(&mut png), ImageFormat::Png).unwrap();
    archive(path, TileType::Png, METADATA, |_, _, _| png.clone())
}

/// Vector tiles whose upper half is a lake, with a road through the lower one.
pub(crate) fn vector(path: &Path) -> PathBuf {
    let mut tile = Tile::new(4096);
    let lake = [[-64.0, -64.0], [4160.0, -64.0], [4160.0, 2048.0], [-64.0, 2048.0]];
    let mut encoder = GeomEncoder::new(GeomType::Polygon);
    for [x, y] in lake {
        encoder.add_point(x, y).unwrap();
    }
    let mut water = tile.create_layer("water").into_feature(encoder.encode().unwrap());
    water.add_tag_string("kind", "lake");
    tile.add_layer(water.into_layer()).unwrap();
    let road = GeomEncoder::new(GeomType::Linestring);
    let road = road.point(-64.0, 3072.0).unwrap().point(4160.0, 3072.0).unwrap();
    let mut road = tile.create_layer("roads").into_feature(road.encode().unwrap());
    road.add_tag_string("kind", "highway");
    tile.add_layer(road.into_layer()).unwrap();
    let bytes = tile.to_bytes().unwrap();
    archive(path, TileType::Mvt, METADATA, |_, _, _| bytes.clone())
}

//! Pictures of places: heat, for datashader to draw too, and clusters, for
//! supercluster to find too.

use std::path::Path;

use anyhow::{Result, ensure};
use pult::board::Points;
use pult::board::row::flags;
use pult::geo::clusters::Clusters;
use pult::geo::density::{Columns, Heat, HeatFrame, HeatStyle};
use pult::geo::mercator::{FixedRect, MercatorPoint, WorldRect};
use serde_json::{Value, json};

use crate::incidents::{self, REGION_SIDE, REGION_X, REGION_Y};
use crate::{Args, median_secs};

/// A screen of 4K; of 8K with `--eight-k`.
const WIDTH_PX: u32 = 3840;
const HEIGHT_PX: u32 = 2160;

fn points(rows: u32) -> Points {
    let mut points = Points::default();
    for (position, row) in (0..).zip(incidents::rows(rows)) {
        if row.flags & flags::PLACED != 0 {
            points.xs.push(row.x);
            points.ys.push(row.y);
            points.positions.push(position);
        }
    }
    points
}

fn write_column<const N: usize>(path: &Path, values: impl Iterator<Item = [u8; N]>) -> Result<()> {
    Ok(std::fs::write(path, values.flatten().collect::<Vec<u8>>())?)
}

/// All points in one picture of a screen, coloured; the radius is the same share of it.
pub(crate) fn heat(args: &Args) -> Result<Value> {
    let points = points(args.rows);
    let times = if args.eight_k { 2 } else { 1 };
    let (width_px, height_px) = (WIDTH_PX * times, HEIGHT_PX * times);
    let corner = MercatorPoint { x: REGION_X, y: REGION_Y }.to_world();
    let end = MercatorPoint { x: REGION_X + REGION_SIDE, y: REGION_Y + REGION_SIDE }.to_world();
    let height = end[1] - corner[1];
    let width = height * f64::from(WIDTH_PX) / f64::from(HEIGHT_PX);
    let x_min = f64::midpoint(corner[0], end[0]) - width / 2.0;
    let view = WorldRect { x_min, y_min: corner[1], x_max: x_min + width, y_max: end[1] };
    let radius_px = 24.0 * times as f32;
    let frame = HeatFrame { view, width_px, height_px, radius_px };
    let lut = std::array::from_fn(|i| [i as u8; 4]);
    let style = HeatStyle { lut: &lut, scale: None, mask: None };
    let columns = [Columns { x: &points.xs, y: &points.ys }];
    let draw = || Heat::of_columns(&columns, frame, &style);
    let secs = median_secs(|| {
        std::hint::black_box(draw());
    });
    write_column(&args.out.join("x.u32"), points.xs.iter().map(|x| x.to_le_bytes()))?;
    write_column(&args.out.join("y.u32"), points.ys.iter().map(|y| y.to_le_bytes()))?;
    let units = |world: f64| world * f64::from(u32::MAX);
    Ok(json!({
        "rows": args.rows,
        "threads": args.threads,
        "width": width_px,
        "height": height_px,
        "x_range": [units(view.x_min), units(view.x_max)],
        "y_range": [units(view.y_min), units(view.y_max)],
        "points": draw().points,
        "secs": secs,
    }))
}

/// All points made ready, and everything in view at each zoom up to 10.
pub(crate) fn clusters(args: &Args) -> Result<Value> {
    let points = points(args.rows);
    let load = median_secs(|| {
        std::hint::black_box(Clusters::new(&points.xs, &points.ys));
    });
    let clusters = Clusters::new(&points.xs, &points.ys);
    let bounds = FixedRect {
        x_min: REGION_X,
        y_min: REGION_Y,
        x_max: REGION_X + REGION_SIDE,
        y_max: REGION_Y + REGION_SIDE,
    };
    let mut queries = Vec::new();
    for zoom in 3..=10 {
        let found = clusters.query(bounds, zoom);
        let counted: u64 = found.iter().map(|cluster| u64::from(cluster.count)).sum();
        ensure!(counted == points.xs.len() as u64, "zoom {zoom} lost points");
        queries.push(median_secs(|| {
            std::hint::black_box(clusters.query(bounds, zoom));
        }));
    }
    let places = points.xs.iter().zip(&points.ys).flat_map(|(&x, &y)| {
        let place = MercatorPoint { x, y }.to_lon_lat();
        [place.lon.to_le_bytes(), place.lat.to_le_bytes()]
    });
    write_column(&args.out.join("lonlat.f64"), places)?;
    let corner = |x, y| MercatorPoint { x, y }.to_lon_lat();
    let (north_west, south_east) =
        (corner(bounds.x_min, bounds.y_min), corner(bounds.x_max, bounds.y_max));
    Ok(json!({
        "rows": args.rows,
        "points": points.xs.len(),
        "bounds": [north_west.lon, south_east.lat, south_east.lon, north_west.lat],
        "first_zoom": 3,
        "load_secs": load,
        "query_secs": queries,
    }))
}

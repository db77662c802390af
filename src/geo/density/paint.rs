//! From densities by cell to coloured pixels.

use rayon::prelude::*;

use super::bins::{CellGrid, HeatFrame};
use super::blur::Density;
use super::scale::HeatScale;

/// A level far below the first colour, for cells without heat.
const NOTHING: f32 = -1000.0;

/// Turns densities into levels: places in the colour table, logarithmic, below 0
/// where nothing shows.
fn to_levels(values: &mut [f32], scale: &HeatScale) {
    let factor = 255.0 / (scale.high() / scale.low()).ln();
    values.par_chunks_mut(1 << 14).for_each(|values| {
        for value in values {
            let density = *value;
            let level = (density / scale.low()).ln() * factor;
            *value = if density > 0.0 { level.max(NOTHING) } else { NOTHING };
        }
    });
}

/// The first level that has a colour after rounding.
const FIRST_LEVEL: f32 = 0.5;

#[inline]
fn color(level: f32, lut: &[[u8; 4]; 256]) -> [u8; 4] {
    // A cast of a float saturates: below 0 is 0.
    lut[((level + 0.5) as usize).min(255)]
}

/// Where pixels stand between the middles of cells: the cell before, and how
/// far the pixel is on the way to the next.
fn between(pixels: u32, cells: &CellGrid, offset: f64) -> Vec<(usize, f32)> {
    (0..pixels)
        .map(|pixel| {
            let cell = (f64::from(pixel) + 0.5) / f64::from(cells.size_px) - 0.5;
            let cell = cell + cells.margin as f64 + offset;
            (cell as usize, cell.fract() as f32)
        })
        .collect()
}

pub(super) fn paint(
    frame: HeatFrame,
    mut density: Density,
    mask: Option<&[f32]>,
    scale: &HeatScale,
    lut: &[[u8; 4]; 256],
) -> Vec<u8> {
    let mut rgba = vec![0_u8; frame.width_px as usize * frame.height_px as usize * 4];
    if rgba.is_empty() || density.max < scale.low() {
        return rgba;
    }
    let cells = density.cells;
    to_levels(&mut density.values, scale);
    let across = between(frame.width_px, &cells, cells.offset[0]);
    let down = between(frame.height_px, &cells, cells.offset[1]);
    let row_bytes = frame.width_px as usize * 4;
    rgba.par_chunks_exact_mut(row_bytes).zip(&down).with_min_len(16).for_each_init(
        || (vec![0.0_f32; cells.columns], vec![1.0_f32; cells.columns]),
        |(line, visible), (pixels, &(row, share))| {
            blend(line, &density.values, cells.columns, row, share);
            if line.iter().all(|&level| level < FIRST_LEVEL) {
                return;
            }
            if let Some(mask) = mask {
                blend(visible, mask, cells.columns, row, share);
            }
            let runs = pixels
                .chunks_mut(cells.size_px as usize * 4)
                .zip(across.chunks(cells.size_px as usize));
            for (pixels, across) in runs {
                paint_run(pixels, across, line, visible, lut);
            }
        },
    );
    rgba
}

/// The cells at a height between two rows.
fn blend(line: &mut [f32], values: &[f32], columns: usize, row: usize, share: f32) {
    let upper = &values[row * columns..][..columns];
    let lower = &values[(row + 1) * columns..][..columns];
    for ((out, upper), lower) in line.iter_mut().zip(upper).zip(lower) {
        *out = upper + (lower - upper) * share;
    }
}

/// The pixels of one cell's width.
#[inline]
fn paint_run(
    pixels: &mut [u8],
    across: &[(usize, f32)],
    line: &[f32],
    visible: &[f32],
    lut: &[[u8; 4]; 256],
) {
    let (Some(&(first, _)), Some(&(last, _))) = (across.first(), across.last()) else { return };
    let near = first..last + 2;
    if line[near.clone()].iter().all(|&level| level < FIRST_LEVEL) {
        return;
    }
    let seen = visible[near].iter().copied().fold(1.0, f32::min);
    for (pixel, &(cell, share)) in pixels.as_chunks_mut::<4>().0.iter_mut().zip(across) {
        let level = line[cell] + (line[cell + 1] - line[cell]) * share;
        *pixel = color(level, lut);
        if seen < 1.0 {
            let visible = visible[cell] + (visible[cell + 1] - visible[cell]) * share;
            *pixel = pixel.map(|channel| (f32::from(channel) * visible) as u8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_follow_the_scale() {
        let lut: [[u8; 4]; 256] = std::array::from_fn(|index| [index as u8; 4]);
        let scale = HeatScale::up_to(80.0);
        let level = |density: f32| {
            let mut values = [density];
            to_levels(&mut values, &scale);
            color(values[0], &lut)[0]
        };
        assert_eq!(level(0.0), 0);
        assert_eq!(level(scale.low() * 0.99), 0);
        assert_eq!(level(1e9), 255);
        for step in 0..1000 {
            let density = scale.low() * (scale.high() / scale.low()).powf(step as f32 / 1000.0);
            assert!((f32::from(level(density)) - scale.share(density) * 255.0).abs() < 0.51);
        }
    }

    #[test]
    fn pixels_stand_between_the_right_cells() {
        let world = crate::geo::mercator::WorldRect::WORLD;
        let cells = |size_px, margin| CellGrid {
            columns: 9,
            rows: 9,
            size_px,
            margin,
            offset: [0.0; 2],
            world,
        };
        let around = between(8, &cells(4, 3), 0.0);
        assert_eq!(around[0], (2, 0.625));
        assert_eq!(around[2], (3, 0.125));
        assert_eq!(around[7], (4, 0.375));
        assert_eq!(between(8, &cells(4, 3), 0.5)[0], (3, 0.125));
        let plain = between(5, &cells(1, 2), 0.0);
        assert!(plain.iter().enumerate().all(|(at, &found)| found == (at + 2, 0.0)));
    }
}

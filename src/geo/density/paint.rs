//! From densities by cell to coloured pixels.

use rayon::prelude::*;

use super::bins::HeatFrame;
use super::blur::Density;
use super::scale::HeatScale;

/// Bits of a float below which [`Tones`] does not look: 7 bits of the fraction
/// remain, 128 steps a doubling.
const DROPPED_BITS: u32 = 16;

/// Colour by the leading bits of a density. The exponent of a float is its
/// logarithm, so a log scale is a look-up.
struct Tones {
    /// Leading bits of the scale's low end.
    first: u32,
    colors: Vec<[u8; 4]>,
}

impl Tones {
    fn new(scale: &HeatScale, lut: &[[u8; 4]; 256]) -> Self {
        let first = scale.low().to_bits() >> DROPPED_BITS;
        let last = scale.high().to_bits() >> DROPPED_BITS;
        let colors = (first..=last)
            .map(|leading| {
                let middle = f32::from_bits(leading << DROPPED_BITS | 1 << (DROPPED_BITS - 1));
                lut[(scale.share(middle) * 255.0).round() as usize]
            })
            .collect();
        Self { first, colors }
    }

    /// `density` is not negative.
    #[inline]
    fn color(&self, density: f32) -> [u8; 4] {
        let leading = density.to_bits() >> DROPPED_BITS;
        let Some(index) = leading.checked_sub(self.first) else { return [0; 4] };
        self.colors[(index as usize).min(self.colors.len() - 1)]
    }
}

/// Where pixels stand between the middles of cells: the cell before, and how
/// far the pixel is on the way to the next.
fn between(pixels: u32, size_px: u32, margin: usize) -> Vec<(usize, f32)> {
    (0..pixels)
        .map(|pixel| {
            let cell = (pixel as f32 + 0.5) / size_px as f32 - 0.5 + margin as f32;
            (cell as usize, cell.fract())
        })
        .collect()
}

pub(super) fn paint(
    frame: HeatFrame,
    density: &Density,
    mask: Option<&[f32]>,
    scale: &HeatScale,
    lut: &[[u8; 4]; 256],
) -> Vec<u8> {
    let mut rgba = vec![0_u8; frame.width_px as usize * frame.height_px as usize * 4];
    if rgba.is_empty() || density.max < scale.low() {
        return rgba;
    }
    let cells = density.cells;
    let tones = Tones::new(scale, lut);
    let across = between(frame.width_px, cells.size_px, cells.margin);
    let down = between(frame.height_px, cells.size_px, cells.margin);
    let row_bytes = frame.width_px as usize * 4;
    rgba.par_chunks_exact_mut(row_bytes).zip(&down).with_min_len(16).for_each_init(
        || (vec![0.0_f32; cells.columns], vec![1.0_f32; cells.columns]),
        |(line, visible), (pixels, &(row, share))| {
            blend(line, &density.values, cells.columns, row, share);
            if line.iter().all(|&value| value < scale.low()) {
                return;
            }
            if let Some(mask) = mask {
                blend(visible, mask, cells.columns, row, share);
            }
            let runs = pixels
                .chunks_mut(cells.size_px as usize * 4)
                .zip(across.chunks(cells.size_px as usize));
            for (pixels, across) in runs {
                paint_run(pixels, across, line, visible, &tones, scale.low());
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
    tones: &Tones,
    low: f32,
) {
    // A run of pixels lies between three cells.
    let (Some(&(first, _)), Some(&(last, _))) = (across.first(), across.last()) else { return };
    let near = first..last + 2;
    if line[near.clone()].iter().all(|&value| value < low) {
        return;
    }
    let seen = visible[near].iter().copied().fold(1.0, f32::min);
    for (pixel, &(cell, share)) in pixels.as_chunks_mut::<4>().0.iter_mut().zip(across) {
        let value = line[cell] + (line[cell + 1] - line[cell]) * share;
        *pixel = tones.color(value);
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
    fn tones_follow_the_scale() {
        let lut = std::array::from_fn(|index| [index as u8, 0, 0, u8::from(index > 0) * 255]);
        let scale = HeatScale::up_to(80.0);
        let tones = Tones::new(&scale, &lut);
        assert_eq!(tones.color(0.0), [0; 4]);
        assert_eq!(tones.color(scale.low() * 0.99), [0; 4]);
        assert_eq!(tones.color(1e9)[0], 255);
        for step in 0..1000 {
            let density = scale.low() * (scale.high() / scale.low()).powf(step as f32 / 1000.0);
            let expected = scale.share(density) * 255.0;
            assert!((f32::from(tones.color(density)[0]) - expected).abs() < 1.0, "{density}");
        }
    }

    #[test]
    fn pixels_stand_between_the_right_cells() {
        let around = between(8, 4, 3);
        assert_eq!(around[0], (2, 0.625));
        assert_eq!(around[2], (3, 0.125));
        assert_eq!(around[7], (4, 0.375));
        assert!(between(5, 1, 2).iter().enumerate().all(|(at, &found)| found == (at + 2, 0.0)));
    }
}

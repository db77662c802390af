//! Smoothing cells with Gaussians, rows first and then columns.

use rayon::prelude::*;

use super::bins::{Bins, CUT_SIGMAS, CellGrid, HALO_SHARE, HALO_WIDTH};
use crate::geo::mercator::metres_per_world;

/// Smoothed density by cell. The margin is kept: its inner ring is what pixels
/// at the edge of the frame are drawn towards.
pub(super) struct Density {
    pub(super) cells: CellGrid,
    /// Points per km², rows from the top; the margin's own values are cut off
    /// kernels and not meant to be seen.
    pub(super) values: Vec<f32>,
    /// The greatest within the frame.
    pub(super) max: f32,
}

/// Half of a symmetric kernel of sum 1: the middle first.
struct Kernel(Vec<f32>);

impl Kernel {
    fn new(sigma: f32) -> Self {
        let reach = (CUT_SIGMAS * sigma).ceil() as usize;
        let weight = |at: usize| (-0.5 * (at as f32 / sigma).powi(2)).exp();
        let half: Vec<f32> = (0..=reach).map(weight).collect();
        let sum = half[0] + 2.0 * half[1..].iter().sum::<f32>();
        Self(half.iter().map(|weight| weight / sum).collect())
    }

    fn reach(&self) -> usize {
        self.0.len() - 1
    }

    /// `out[i] = Σ weight · padded[i + reach ± j]`.
    fn along(&self, padded: &[f32], out: &mut [f32]) {
        let reach = self.reach();
        let shifted = |shift: usize| &padded[shift..shift + out.len()];
        let middle = self.0[0];
        let centre: Vec<f32> = shifted(reach).iter().map(|value| value * middle).collect();
        let mut sum = centre;
        for (at, &weight) in self.0.iter().enumerate().skip(1) {
            let (left, right) = (shifted(reach - at), shifted(reach + at));
            for ((sum, left), right) in sum.iter_mut().zip(left).zip(right) {
                *sum += weight * (left + right);
            }
        }
        out.copy_from_slice(&sum);
    }
}

/// Points per km² of the counted cells.
pub(super) fn density(bins: Bins) -> Density {
    let cells = bins.cells();
    let sigma = bins.frame().sigma_px() / cells.size_px as f32;
    let counts = bins.into_counts();
    let smoothed = |sigma: f32, share: f32| {
        smooth(&counts, cells.columns, &Kernel::new(sigma), |&count| count as f32 * share)
    };
    let mut values = smoothed(sigma, 1.0 - HALO_SHARE);
    for (value, halo) in values.iter_mut().zip(smoothed(sigma * HALO_WIDTH, HALO_SHARE)) {
        *value += halo;
    }

    let cell_height = cells.world.height() / cells.rows as f64;
    let cell_width = cells.world.width() / cells.columns as f64;
    let inner_columns = cells.margin..cells.columns - cells.margin;
    let inner_rows = cells.margin..cells.rows - cells.margin;
    let max = values
        .par_chunks_mut(cells.columns)
        .enumerate()
        .map(|(row, line)| {
            let y = cells.world.y_min + cell_height * (row as f64 + 0.5);
            let kilometres = metres_per_world(y) / 1000.0;
            let per_km2 = 1.0 / (cell_width * cell_height * kilometres * kilometres);
            let per_km2 = per_km2 as f32;
            for value in &mut *line {
                *value *= per_km2;
            }
            if inner_rows.contains(&row) {
                line[inner_columns.clone()].iter().copied().fold(0.0, f32::max)
            } else {
                0.0
            }
        })
        .reduce(|| 0.0, f32::max);
    Density { cells, values, max }
}

/// From «inside» by cell to how visible heat is there: 1 inside, falling to 0
/// over `fade` cells outside.
pub(super) fn fade(inside: &[bool], cells: CellGrid, fade: f32) -> Vec<f32> {
    // The smoothed border is at one half, whatever its shape is nearly.
    let kernel = Kernel::new((fade / 2.0).clamp(0.5, cells.margin as f32));
    let mut values =
        smooth(inside, cells.columns, &kernel, |&inside| if inside { 1.0 } else { 0.0 });
    values.par_chunks_mut(cells.columns).for_each(|line| {
        for value in line {
            let share = (*value * 2.0 - 0.02).clamp(0.0, 1.0);
            *value = share * share * (3.0 - 2.0 * share);
        }
    });
    values
}

/// Both passes. Beyond the edge there is nothing.
fn smooth<T: Sync>(
    source: &[T],
    columns: usize,
    kernel: &Kernel,
    value: impl Fn(&T) -> f32 + Sync,
) -> Vec<f32> {
    let rows = source.len() / columns;
    let reach = kernel.reach();
    let mut across = vec![0.0_f32; source.len()];
    across.par_chunks_mut(columns).zip(source.par_chunks(columns)).for_each_init(
        || vec![0.0_f32; columns + 2 * reach],
        |padded, (out, line)| {
            let mut any = false;
            for (padded, source) in padded[reach..].iter_mut().zip(line) {
                *padded = value(source);
                any |= *padded > 0.0;
            }
            if any {
                kernel.along(padded, out);
            }
        },
    );
    let filled: Vec<bool> =
        across.par_chunks(columns).map(|line| line.iter().any(|&value| value > 0.0)).collect();
    let mut smoothed = vec![0.0_f32; source.len()];
    smoothed.par_chunks_mut(columns).enumerate().for_each(|(row, out)| {
        let from = row.saturating_sub(reach);
        let to = (row + reach).min(rows - 1);
        for other in from..=to {
            if filled[other] {
                let weight = kernel.0[row.abs_diff(other)];
                let line = &across[other * columns..][..columns];
                for (out, value) in out.iter_mut().zip(line) {
                    *out += weight * value;
                }
            }
        }
    });
    smoothed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_kernel_is_one_in_all_and_falls_away() {
        for sigma in [0.5, 1.0, 2.5, 9.0] {
            let Kernel(half) = Kernel::new(sigma);
            let sum = half[0] + 2.0 * half[1..].iter().sum::<f32>();
            assert!((sum - 1.0).abs() < 1e-5);
            assert!(half.windows(2).all(|pair| pair[0] > pair[1]));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        /// Points farther from the edge than the kernel reaches keep their mass.
        #[test]
        fn smoothing_conserves_mass(
            points in prop::collection::vec((12_usize..52, 12_usize..52, 1_u32..1000), 1..40),
            sigma in 0.5..2.6_f32,
        ) {
            let mut counts = vec![0_u32; 64 * 64];
            for &(x, y, count) in &points {
                counts[y * 64 + x] += count;
            }
            let mass = counts.iter().sum::<u32>() as f32;
            let smoothed = smooth(&counts, 64, &Kernel::new(sigma), |&count| count as f32);
            prop_assert!(smoothed.iter().all(|&value| value >= 0.0));
            prop_assert!((smoothed.iter().sum::<f32>() / mass - 1.0).abs() < 1e-4);
        }
    }
}

//! Places of the shown incidents, for heat and clusters.

use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::CHUNK_ROWS;
use super::compiled::CompiledFilter;
use super::row::flags;
use super::selection::Selection;
use super::table::Board;

/// Columns of equal length, in the order of the positions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Points {
    /// Mercator fixed point, as [`super::Row::x`] and [`super::Row::y`].
    pub xs: Vec<u32>,
    pub ys: Vec<u32>,
    /// Board positions.
    pub positions: Vec<u32>,
}

impl Board {
    /// The incidents received inside the filter's span that match it and have
    /// a place: `received − unplaced` of the filter's total. `None` where
    /// `cancel` was raised meanwhile.
    pub fn selected_points(&self, filter: &CompiledFilter, cancel: &AtomicBool) -> Option<Points> {
        let selection =
            Selection::new(self, filter, cancel, |chunk, at| chunk.flags[at] & flags::PLACED != 0)?;
        let n = selection.len();
        let mut points = Points { xs: vec![0; n], ys: vec![0; n], positions: vec![0; n] };
        let parts = selection
            .parts(&mut points.xs)
            .into_par_iter()
            .zip(selection.parts(&mut points.ys))
            .zip(selection.parts(&mut points.positions));
        let chunks = self.chunks().par_iter().zip(&selection.chunks).enumerate();
        chunks.zip(parts).for_each(|((index, (chunk, rows)), ((xs, ys), positions))| {
            let first = (index * CHUNK_ROWS) as u32;
            for (i, &at) in rows.iter().enumerate() {
                xs[i] = chunk.x[usize::from(at)];
                ys[i] = chunk.y[usize::from(at)];
                positions[i] = first + u32::from(at);
            }
        });
        Some(points)
    }
}

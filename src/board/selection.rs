//! Which rows of each chunk a filter shows.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::CHUNK_ROWS;
use super::chunk::Chunk;
use super::compiled::CompiledFilter;
use super::table::Board;

/// Places of the shown rows, chunk by chunk, ascending.
pub(super) struct Selection {
    pub(super) chunks: Vec<Vec<u16>>,
}

impl Selection {
    /// Rows received inside the span that fail no choice and for which `also`
    /// holds: those that [`super::Totals::received`] counts. `None` where
    /// `cancel` was raised.
    pub(super) fn new(
        board: &Board,
        filter: &CompiledFilter,
        cancel: &AtomicBool,
        also: impl Fn(&Chunk, usize) -> bool + Sync,
    ) -> Option<Self> {
        let select = |(index, chunk): (usize, &std::sync::Arc<Chunk>)| {
            if cancel.load(Ordering::Relaxed) {
                return None;
            }
            Some(select(chunk, (index * CHUNK_ROWS) as u32, filter, &also))
        };
        let chunks = board.chunks().par_iter().enumerate().map(select).collect::<Option<_>>()?;
        Some(Self { chunks })
    }

    pub(super) fn len(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum()
    }

    /// Parts of `column`, one a chunk, to fill side by side.
    pub(super) fn parts<'a, T>(&self, mut column: &'a mut [T]) -> Vec<&'a mut [T]> {
        let mut parts = Vec::with_capacity(self.chunks.len());
        for rows in &self.chunks {
            let (part, rest) = column.split_at_mut(rows.len());
            parts.push(part);
            column = rest;
        }
        parts
    }
}

fn select(
    chunk: &Chunk,
    first: u32,
    filter: &CompiledFilter,
    also: impl Fn(&Chunk, usize) -> bool,
) -> Vec<u16> {
    let window = filter.window;
    let inside = chunk.zones.first_received < window.to && chunk.zones.last_received >= window.from;
    if chunk.zones.live == 0 || !inside {
        return Vec::new();
    }
    let mut fails = vec![0; chunk.len()];
    filter.fails(chunk, 0..chunk.len(), first, &mut fails);
    let mut rows = vec![0; chunk.len()];
    let mut n = 0;
    let length = window.to - window.from;
    for (at, (fails, received)) in fails.iter().zip(&chunk.received).enumerate() {
        rows[n] = at as u16;
        let shown = received.wrapping_sub(window.from) < length;
        n += usize::from(shown && *fails == 0 && also(chunk, at));
    }
    rows.truncate(n);
    rows
}

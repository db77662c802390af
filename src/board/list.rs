//! The shown incidents in an order, for a list of any length.

use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::CHUNK_ROWS;
use super::chunk::{Chunk, NEVER};
use super::compiled::CompiledFilter;
use super::selection::Selection;
use super::table::Board;

/// Column that a list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortBy {
    #[default]
    Received,
    Due,
    FirstAnswer,
    Closed,
    Municipality,
    Block,
    Topic,
    Body,
    Regime,
    Source,
    Status,
    Rating,
}

/// Order of a list. Incidents without the value stand last either way; among
/// equals the one that came last to the store stands first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ListOrder {
    pub by: SortBy,
    pub descending: bool,
}

impl ListOrder {
    pub const NEWEST: Self = Self { by: SortBy::Received, descending: true };
    pub const DUE_SOONEST: Self = Self { by: SortBy::Due, descending: false };

    /// Sort key: what stands first is least.
    fn key(self, value: Option<u32>, position: u32) -> u64 {
        let value = match value {
            None => NEVER,
            Some(value) if self.descending => NEVER - 1 - value.min(NEVER - 1),
            Some(value) => value.min(NEVER - 1),
        };
        u64::from(value) << 32 | u64::from(!position)
    }
}

/// Board positions in a [`ListOrder`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    pub positions: Vec<u32>,
}

impl List {
    /// Index of a position in the list.
    pub fn locate(&self, position: u32) -> Option<usize> {
        self.positions.iter().position(|&at| at == position)
    }
}

impl Board {
    /// The incidents received inside the filter's span that match it, as many
    /// as `received` of the filter's total. `None` where `cancel` was raised.
    pub fn list(
        &self,
        filter: &CompiledFilter,
        order: ListOrder,
        cancel: &AtomicBool,
    ) -> Option<List> {
        let selection = Selection::new(self, filter, cancel, |_, _| true)?;
        Some(self.in_order(&selection, order))
    }

    /// The selected rows in an order.
    pub(super) fn in_order(&self, selection: &Selection, order: ListOrder) -> List {
        let mut keys = vec![0; selection.len()];
        let chunks = self.chunks().par_iter().zip(&selection.chunks).enumerate();
        chunks.zip(selection.parts(&mut keys)).for_each(|((index, (chunk, rows)), keys)| {
            let first = (index * CHUNK_ROWS) as u32;
            for (key, &at) in keys.iter_mut().zip(rows) {
                let value = value(chunk, usize::from(at), order.by);
                *key = order.key(value, first + u32::from(at));
            }
        });
        keys.par_sort_unstable();
        List { positions: keys.par_iter().map(|&key| !(key as u32)).collect() }
    }
}

fn value(chunk: &Chunk, at: usize, by: SortBy) -> Option<u32> {
    let moment = |secs: u32| (secs != NEVER && secs != 0).then_some(secs);
    let wide = |column: &[u16]| (column[at] != 0).then(|| u32::from(column[at]));
    match by {
        SortBy::Received => Some(chunk.received[at]),
        SortBy::Due => moment(chunk.due[at]),
        SortBy::FirstAnswer => moment(chunk.first_answer[at]),
        SortBy::Closed => chunk.closed(at),
        SortBy::Municipality => Some(u32::from(chunk.municipality[at])),
        SortBy::Block => Some(u32::from(chunk.block[at])),
        SortBy::Topic => wide(&chunk.topic),
        SortBy::Body => wide(&chunk.body),
        SortBy::Regime => Some(u32::from(chunk.regime[at])),
        SortBy::Source => Some(u32::from(chunk.source[at])),
        SortBy::Status => Some(u32::from(chunk.status[at])),
        SortBy::Rating => Some(u32::from(chunk.rating(at))).filter(|&rating| rating > 0),
    }
}

//! The newest of some incidents, handed over one by one, without seeing all of them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

use super::CHUNK_ROWS;
use super::compiled::CompiledFilter;
use super::table::Board;

/// Keeps those of the offered incidents that a filter shows and that came last: the
/// first ones of [`super::ListOrder::NEWEST`]. Incidents are stored nearly in the
/// order in which they come, so it has them long before everything was offered.
pub struct Newest<'b> {
    board: &'b Board,
    filter: &'b CompiledFilter,
    most: usize,
    /// For each chunk the last receipt in it and in those before it.
    last_received: Vec<u32>,
    /// Receipt and position, the one to go first on top.
    found: BinaryHeap<Reverse<(u32, u32)>>,
}

impl<'b> Newest<'b> {
    pub fn new(board: &'b Board, filter: &'b CompiledFilter, most: usize) -> Self {
        let mut last = 0;
        let last_received = board.chunks().iter().map(|chunk| {
            last = chunk.zones.last_received.max(last);
            last
        });
        let last_received = last_received.collect();
        Self { board, filter, most, last_received, found: BinaryHeap::new() }
    }

    /// Takes the incident at a board position. Positions come falling; breaks off
    /// where none of the lower ones can be among the newest.
    pub fn offer(&mut self, position: u32) -> ControlFlow<()> {
        let (index, at) = (position as usize / CHUNK_ROWS, position as usize % CHUNK_ROWS);
        let Some(chunk) = self.board.chunks().get(index).filter(|chunk| at < chunk.len()) else {
            return ControlFlow::Continue(());
        };
        let last_received = self.last_received[index];
        let oldest = self.found.peek().filter(|_| self.found.len() >= self.most);
        let is_full = oldest.is_some_and(|Reverse((received, _))| *received >= last_received);
        if is_full || last_received < self.filter.window.from {
            return ControlFlow::Break(());
        }
        if self.filter.shows(chunk, (index * CHUNK_ROWS) as u32, at) {
            self.found.push(Reverse((chunk.received[at], position)));
            if self.found.len() > self.most {
                self.found.pop();
            }
        }
        ControlFlow::Continue(())
    }

    /// Board positions, the newest first.
    pub fn into_positions(self) -> Vec<u32> {
        self.found.into_sorted_vec().into_iter().map(|Reverse((_, position))| position).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::atomic::AtomicBool;

    use proptest::prelude::*;

    use super::super::ListOrder;
    use super::super::samples::{self, NOW};
    use super::*;

    proptest! {
        #[test]
        fn they_are_the_first_of_the_list((board, rows) in samples::board(), filter in samples::filter(),
            most in 1..40_usize, every in 1..4_u32,
        ) {
            let offered = |position: u32| position.is_multiple_of(every);
            let filter = CompiledFilter::new(&filter, board.vocabulary(), NOW);
            let mut newest = Newest::new(&board, &filter, most);
            // Some hold no incident.
            let positions: BTreeSet<u32> = rows.into_keys().chain(0..200).collect();
            let mut positions = positions.into_iter().rev().filter(|at| offered(*at));
            let _early = positions.try_for_each(|position| newest.offer(position));
            let list = board.list(&filter, ListOrder::NEWEST, &AtomicBool::new(false)).unwrap();
            let expected: Vec<u32> =
                list.positions.into_iter().filter(|at| offered(*at)).take(most).collect();
            prop_assert_eq!(newest.into_positions(), expected);
        }
    }

    #[test]
    fn what_is_stored_as_it_comes_is_not_looked_through() {
        let row = |at: u32| super::super::Row { received: 1000 + at, ..Default::default() };
        let mut builder = super::super::BoardBuilder::new(samples::REGION);
        let count = 3 * CHUNK_ROWS as u32;
        (0..count).for_each(|at| builder.push(at + 1, &row(at)));
        let board = builder.finish(samples::vocabulary());
        let filter = CompiledFilter::new(&super::super::Filter::default(), board.vocabulary(), NOW);
        let mut newest = Newest::new(&board, &filter, 50);
        let offered = (0..count).rev().take_while(|at| newest.offer(*at).is_continue()).count();
        assert_eq!(offered, CHUNK_ROWS);
        assert!(newest.into_positions().into_iter().eq((count - 50..count).rev()));
    }
}

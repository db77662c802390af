//! What cannot wait: urgent incidents that nobody has taken, and deadlines that
//! are near.

use std::sync::atomic::AtomicBool;

use super::CHUNK_ROWS;
use super::chunk::{Chunk, NEVER};
use super::compiled::CompiledFilter;
use super::filter::Filter;
use super::kinds::{REGIMES, of_regime};
use super::row::flags;
use super::selection::Selection;
use super::table::Board;
use crate::domain::Status;

/// Row ids, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Urgent {
    /// New and of the highest priority.
    pub new: Vec<u32>,
    /// Open and due before long; overdue ones are past calling for.
    pub due_soon: Vec<u32>,
}

impl Board {
    /// What is so at `now` (UTC seconds), for deadlines within `due_secs`, which are by
    /// `Regime as u8`. `None` where `cancel` was raised.
    pub fn urgent(
        &self,
        now: u32,
        due_secs: &[u32; REGIMES],
        cancel: &AtomicBool,
    ) -> Option<Urgent> {
        let everything = CompiledFilter::new(&Filter::default(), self.vocabulary(), now);
        let is_due_soon = |chunk: &Chunk, at: usize| {
            let soon = now.saturating_add(of_regime(due_secs, chunk.regime[at]));
            (now..soon).contains(&chunk.due[at])
        };
        let is_new = |status: u8, bits: u16| {
            status == Status::New.index() && bits & flags::PRIORITY_URGENT != 0
        };
        let found = Selection::new(self, &everything, cancel, |chunk, at| {
            chunk.ended[at] == NEVER
                && (is_due_soon(chunk, at) || is_new(chunk.status[at], chunk.flags[at]))
        })?;
        let mut urgent = Urgent::default();
        for (index, (chunk, rows)) in self.chunks().iter().zip(&found.chunks).enumerate() {
            for at in rows.iter().copied().map(usize::from) {
                let row_id = (index * CHUNK_ROWS + at) as u32 + 1;
                if is_new(chunk.status[at], chunk.flags[at]) {
                    urgent.new.push(row_id);
                }
                if is_due_soon(chunk, at) {
                    urgent.due_soon.push(row_id);
                }
            }
        }
        Some(urgent)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::{self, NOW};
    use super::*;

    proptest! {
        #[test]
        fn what_cannot_wait_is_what_the_rules_say((board, _) in samples::board()) {
            let soon = [7_200, 86_400, 3 * 86_400, 0];
            let found = board.urgent(NOW, &soon, &AtomicBool::new(false)).unwrap();
            let mut expected = Urgent::default();
            for at in 0..board.positions() {
                let Some(row) = board.row(at) else { continue };
                let status = Status::from_index(row.status).unwrap();
                if status == Status::New && row.flags & flags::PRIORITY_URGENT != 0 {
                    expected.new.push(at + 1);
                }
                if status.is_open() && (NOW..NOW + soon[usize::from(row.regime)]).contains(&row.due) {
                    expected.due_soon.push(at + 1);
                }
            }
            prop_assert_eq!(found, expected);
        }
    }
}

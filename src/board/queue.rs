//! The duty officer's queue: what is open or only answered, the most pressing first.

use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::CHUNK_ROWS;
use super::chunk::{Chunk, NEVER};
use super::compiled::CompiledFilter;
use super::kinds::{REGIMES, of_regime};
use super::row::{NONE, flags};
use super::selection::Selection;
use super::table::Board;
use crate::domain::Status;

/// A part of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Section {
    #[default]
    New,
    /// Of this desk's office.
    Mine,
    /// Due before long, and not overdue.
    DueSoon,
    Overdue,
    /// Answers that wait for approval.
    Approval,
    /// Answers or bodies' «не наше» that came back.
    Returned,
    /// Answers that were given: their quality is checked, then they are closed.
    Answered,
    /// Everything that is open.
    All,
}

impl Section {
    pub const ALL: [Self; 8] = [
        Self::New,
        Self::Mine,
        Self::DueSoon,
        Self::Overdue,
        Self::Approval,
        Self::Returned,
        Self::Answered,
        Self::All,
    ];
}

/// What the queue is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueQuestion {
    pub section: Section,
    /// Number of this desk's office, [`NONE`] where it is not known.
    pub office: u16,
    /// UTC seconds.
    pub now: u32,
    /// By `Regime as u8`: due within so many seconds is due soon.
    pub soon_secs: [u32; REGIMES],
}

/// A section in its order, and how many stand in each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// Board positions: the least time left first, among equals the more
    /// important, then the newer.
    pub positions: Vec<u32>,
    /// By [`Section::ALL`].
    pub counts: [u32; Section::ALL.len()],
}

impl QueueQuestion {
    /// Bits of [`Section::ALL`] that an incident stands in; 0 where nothing is left
    /// to be done.
    fn sections(&self, chunk: &Chunk, at: usize) -> u8 {
        let is = |is: bool, section: Section| u8::from(is) << section as u8;
        let status = chunk.status[at];
        if chunk.ended[at] != NEVER {
            return is(status == Status::Answered.index(), Section::Answered);
        }
        let due = chunk.due[at];
        let is_late = due < self.now;
        let soon = self.now.saturating_add(of_regime(&self.soon_secs, chunk.regime[at]));
        let returned = status == Status::Rework.index()
            || (status == Status::Triage.index() && chunk.flags[at] & flags::RETURNED != 0);
        is(status == Status::New.index(), Section::New)
            | is(self.office != NONE && chunk.assignee[at] == self.office, Section::Mine)
            | is(!is_late && due < soon, Section::DueSoon)
            | is(is_late, Section::Overdue)
            | is(status == Status::Approval.index(), Section::Approval)
            | is(returned, Section::Returned)
            | is(true, Section::All)
    }
}

impl Board {
    /// The queue of what the filter lets through, whenever received. `None`
    /// where `cancel` was raised.
    pub fn queue(
        &self,
        filter: &CompiledFilter,
        question: &QueueQuestion,
        cancel: &AtomicBool,
    ) -> Option<Queue> {
        let is_left = |chunk: &Chunk, at: usize| {
            chunk.ended[at] == NEVER || chunk.status[at] == Status::Answered.index()
        };
        let left = Selection::new(self, filter, cancel, is_left)?;
        let wanted = 1_u8 << question.section as u8;
        let parts: Vec<(Vec<u128>, [u32; Section::ALL.len()])> = self
            .chunks()
            .par_iter()
            .zip(&left.chunks)
            .enumerate()
            .map(|(index, (chunk, rows))| {
                let first = (index * CHUNK_ROWS) as u32;
                let mut counts = [0; Section::ALL.len()];
                let mut keys = Vec::new();
                for at in rows {
                    let sections = question.sections(chunk, usize::from(*at));
                    for (bit, count) in counts.iter_mut().enumerate() {
                        *count += u32::from(sections >> bit & 1);
                    }
                    if sections & wanted != 0 {
                        keys.push(key(chunk, usize::from(*at), first + u32::from(*at)));
                    }
                }
                (keys, counts)
            })
            .collect();
        let mut queue = Queue::default();
        let mut keys = Vec::with_capacity(parts.iter().map(|(keys, _)| keys.len()).sum());
        for (part, counts) in parts {
            keys.extend(part);
            for (sum, count) in queue.counts.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        keys.par_sort_unstable();
        queue.positions = keys.par_iter().map(|key| *key as u32).collect();
        Some(queue)
    }
}

/// What stands first is least; the low 32 bits are the position.
pub(super) fn key(chunk: &Chunk, at: usize, position: u32) -> u128 {
    let importance: u32 = match chunk.flags[at] {
        bits if bits & flags::PRIORITY_URGENT != 0 => 0,
        bits if bits & flags::PRIORITY_HIGH != 0 => 1,
        bits if bits & (flags::RESONANCE | flags::CONFLICT) != 0 => 2,
        _ => 3,
    };
    u128::from(chunk.due[at]) << 96
        | u128::from(importance) << 64
        | u128::from(!chunk.received[at]) << 32
        | u128::from(position)
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;

    use proptest::prelude::*;

    use super::super::samples::{self, NOW};
    use super::super::{Filter, Row};
    use super::*;

    const SOON: [u32; REGIMES] = [86_400, 7_200, 3 * 86_400, 1];

    const QUESTION: QueueQuestion =
        QueueQuestion { section: Section::All, office: 1, now: NOW, soon_secs: SOON };

    /// The same, read row by row from the rules.
    fn stands_in(section: Section, row: &Row) -> bool {
        let status = Status::from_index(row.status).unwrap();
        let due = (row.due > 0).then_some(row.due);
        status == Status::Answered && section == Section::Answered
            || status.is_open()
                && match section {
                    Section::New => status == Status::New,
                    Section::Mine => row.assignee == 1,
                    Section::DueSoon => due.is_some_and(|due| {
                        (NOW..NOW + SOON[usize::from(row.regime)]).contains(&due)
                    }),
                    Section::Overdue => due.is_some_and(|due| due < NOW),
                    Section::Approval => status == Status::Approval,
                    Section::Returned => {
                        status == Status::Rework
                            || (status == Status::Triage && row.flags & flags::RETURNED != 0)
                    }
                    Section::Answered => false,
                    Section::All => true,
                }
    }

    /// 3 for what is urgent.
    fn gravity(row: &Row) -> u8 {
        let has = |bits: u16| row.flags & bits != 0;
        match () {
            () if has(flags::PRIORITY_URGENT) => 3,
            () if has(flags::PRIORITY_HIGH) => 2,
            () => u8::from(has(flags::RESONANCE) || has(flags::CONFLICT)),
        }
    }

    proptest! {
        #[test]
        fn every_section_has_what_the_rules_say_in_order_of_urgency(
            (board, _) in samples::board(), which in 0..Section::ALL.len()
        ) {
            let filter = CompiledFilter::new(&Filter::default(), board.vocabulary(), NOW);
            let section = Section::ALL[which];
            let question = QueueQuestion { section, ..QUESTION };
            let queue = board.queue(&filter, &question, &AtomicBool::new(false)).unwrap();
            let rows: Vec<(u32, Row)> =
                (0..board.positions()).filter_map(|at| Some((at, board.row(at)?))).collect();
            for (index, section) in Section::ALL.iter().enumerate() {
                let expected = rows.iter().filter(|(_, row)| stands_in(*section, row)).count();
                prop_assert_eq!(queue.counts[index] as usize, expected, "{:?}", section);
            }
            let mut expected: Vec<_> =
                rows.iter().filter(|(_, row)| stands_in(section, row)).collect();
            expected.sort_by_key(|(at, row)| {
                // Without a deadline comes last, however grave.
                let is_dated = row.due > 0;
                (!is_dated, row.due, Reverse(gravity(row)), Reverse(row.received), *at)
            });
            let expected: Vec<u32> = expected.into_iter().map(|(at, _)| *at).collect();
            prop_assert_eq!(queue.positions, expected);
        }
    }
}

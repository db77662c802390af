//! What one shift hands to the next: what came in it, and what burns at its end.

use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::CHUNK_ROWS;
use super::chunk::{Chunk, NEVER};
use super::compiled::CompiledFilter;
use super::filter::Filter;
use super::kinds::{BLOCKS, SOURCES};
use super::queue;
use super::row::flags;
use super::selection::Selection;
use super::table::Board;
use crate::domain::{Pressing, Status};

/// So many incidents of a group are named.
pub const TOP: usize = 8;

/// What is asked for. Times are UTC seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandoverQuestion {
    /// When the shift began.
    pub from: u32,
    /// Its end so far.
    pub now: u32,
    /// Due within so many seconds is due soon.
    pub soon_secs: u32,
}

/// Counts of a shift, out of one pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandoverFigures {
    /// Received in the shift, as [`super::Totals::received`] counts.
    pub received: u32,
    /// The same by `Block as u8`.
    pub by_block: [u32; BLOCKS],
    /// By `Source as u8`.
    pub by_source: [u32; SOURCES],
    /// Open at its end.
    pub open: u32,
    /// By [`Pressing::ALL`]: an incident counts in each group that it belongs to.
    pub pressing: [u32; Pressing::COUNT],
    /// Board positions of the first [`TOP`] of each group in the order of the
    /// queue. An incident is named in the first of its groups.
    pub top: [Vec<u32>; Pressing::COUNT],
}

/// The share of one chunk; positions stand in the low bits of the queue's keys.
#[derive(Default)]
struct Part {
    figures: HandoverFigures,
    keys: [Vec<u128>; Pressing::COUNT],
}

impl HandoverQuestion {
    fn has_received(&self, chunk: &Chunk, at: usize) -> bool {
        (self.from..self.now).contains(&chunk.received[at])
    }

    /// Groups of an open incident.
    fn groups(&self, chunk: &Chunk, at: usize) -> [bool; Pressing::COUNT] {
        let due = chunk.due[at];
        [
            due < self.now,
            (self.now..self.now.saturating_add(self.soon_secs)).contains(&due),
            chunk.flags[at] & flags::PRIORITY_URGENT != 0,
            chunk.status[at] == Status::New.index(),
        ]
    }
}

impl Part {
    fn count(question: &HandoverQuestion, chunk: &Chunk, rows: &[u16], first: u32) -> Self {
        let mut part = Self::default();
        let figures = &mut part.figures;
        for at in rows.iter().map(|at| usize::from(*at)) {
            if question.has_received(chunk, at) {
                figures.received += 1;
                figures.by_block[usize::from(chunk.block[at])] += 1;
                figures.by_source[usize::from(chunk.source[at])] += 1;
            }
            if chunk.ended[at] != NEVER {
                continue;
            }
            figures.open += 1;
            let groups = question.groups(chunk, at);
            for (sum, belongs) in figures.pressing.iter_mut().zip(groups) {
                *sum += u32::from(belongs);
            }
            if let Some(group) = groups.iter().position(|belongs| *belongs) {
                part.keys[group].push(queue::key(chunk, at, first + at as u32));
            }
        }
        part.keep_top();
        part
    }

    fn keep_top(&mut self) {
        for keys in &mut self.keys {
            keys.sort_unstable();
            keys.truncate(TOP);
        }
    }

    fn join(mut self, other: Self) -> Self {
        let sum = |sums: &mut [u32], more: &[u32]| {
            sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        };
        let (figures, more) = (&mut self.figures, other.figures);
        figures.received += more.received;
        figures.open += more.open;
        sum(&mut figures.by_block, &more.by_block);
        sum(&mut figures.by_source, &more.by_source);
        sum(&mut figures.pressing, &more.pressing);
        for (keys, more) in self.keys.iter_mut().zip(other.keys) {
            keys.extend(more);
        }
        self.keep_top();
        self
    }
}

impl Board {
    /// The shift's figures over the whole board, whatever the screen's filter.
    /// `None` where `cancel` was raised.
    pub fn handover(
        &self,
        question: &HandoverQuestion,
        cancel: &AtomicBool,
    ) -> Option<HandoverFigures> {
        let filter = CompiledFilter::new(&Filter::default(), self.vocabulary(), question.now);
        let chosen = Selection::new(self, &filter, cancel, |chunk, at| {
            chunk.ended[at] == NEVER || question.has_received(chunk, at)
        })?;
        let Part { mut figures, keys } = self
            .chunks()
            .par_iter()
            .zip(&chosen.chunks)
            .enumerate()
            .map(|(index, (chunk, rows))| {
                Part::count(question, chunk, rows, (index * CHUNK_ROWS) as u32)
            })
            .reduce(Part::default, Part::join);
        figures.top = keys.map(|keys| keys.iter().map(|key| *key as u32).collect());
        Some(figures)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::aggregates::{Aggregates, AggregatesKey};
    use super::super::filter::Span;
    use super::super::queue::{QueueQuestion, Section};
    use super::super::row::NONE;
    use super::super::samples::{self, NOW};
    use super::*;

    const TWELVE_HOURS: u32 = 12 * 3600;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_sheet_says_what_the_other_screens_say((board, _) in samples::board()) {
            let never = AtomicBool::new(false);
            let question =
                HandoverQuestion { from: NOW - TWELVE_HOURS, now: NOW, soon_secs: 7_200 };
            let sheet = board.handover(&question, &never).unwrap();
            let span = Some(Span { from: question.from, to: question.now });
            let key = AggregatesKey {
                filter: Filter { span, ..Filter::default() },
                version: 0,
                now: NOW,
            };
            let panels = Aggregates::compute(&board, &key, &never).unwrap();
            prop_assert_eq!(sheet.received, panels.total.received);
            let received = |list: &[super::super::Totals]| -> Vec<u32> {
                list.iter().map(|one| one.received).collect()
            };
            prop_assert_eq!(sheet.by_block.to_vec(), received(&panels.by_block));
            prop_assert_eq!(sheet.by_source.to_vec(), received(&panels.by_source));

            let filter = CompiledFilter::new(&Filter::default(), board.vocabulary(), NOW);
            let question =
                QueueQuestion { section: Section::All, office: NONE, now: NOW, soon_secs: [7_200; 4] };
            let queue = board.queue(&filter, &question, &never).unwrap();
            let counts = |section: Section| queue.counts[section as usize];
            prop_assert_eq!(sheet.open, counts(Section::All));
            let [overdue, soon, urgent, untouched] = sheet.pressing;
            prop_assert_eq!(overdue, counts(Section::Overdue));
            prop_assert_eq!(soon, counts(Section::DueSoon));
            prop_assert_eq!(untouched, counts(Section::New));
            let is_urgent = |at: &u32| board.row(*at)
                .is_some_and(|row| row.flags & flags::PRIORITY_URGENT != 0);
            prop_assert_eq!(urgent as usize, queue.positions.iter().filter(|at| is_urgent(at)).count());

            // Those named are the first of the queue that belong to the group and
            // to none before it.
            let due = |at: &u32| board.row(*at).map(|row| row.due).filter(|due| *due > 0);
            let is_new =
                |at: &u32| board.row(*at).is_some_and(|row| row.status == Status::New.index());
            let mut left = queue.positions.clone();
            let mut named = |belongs: &dyn Fn(&u32) -> bool| -> Vec<u32> {
                let (of_group, rest) = left.iter().partition(|at| belongs(at));
                left = rest;
                let of_group: Vec<u32> = of_group;
                of_group.into_iter().take(TOP).collect()
            };
            let expected = [
                named(&|at| due(at).is_some_and(|due| due < NOW)),
                named(&|at| due(at).is_some_and(|due| due < NOW + 7_200)),
                named(&is_urgent),
                named(&is_new),
            ];
            prop_assert_eq!(sheet.top, expected);
        }
    }
}

//! Which body and which topic an incident like the one under the cursor usually
//! gets: counted, not learned.

use std::cmp::Reverse;
use std::sync::Arc;

use super::desk::Desk;
use super::lane::Cancel;
use super::state::View;
use crate::board::Board;
use crate::board::row::{NO_MUNICIPALITY, NONE};

/// Incidents that are counted, the last stored ones.
const COUNTED: u32 = 200_000;
/// Between two looks whether anybody still waits for the answer.
const LOOK_EVERY: u32 = 16_384;

/// What of an incident the counting goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LikelyKey {
    /// Numbers of the vocabulary and of the catalogue.
    pub topic: u16,
    pub block: u8,
    pub municipality: u8,
}

/// Numbers of the vocabulary, the likeliest first, with the count that speaks
/// for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Likely {
    pub key: Option<LikelyKey>,
    /// With how many incidents of this topic in this municipality each body was
    /// entrusted.
    pub bodies: Vec<(u16, u32)>,
    /// How many incidents of this block in this municipality each topic had.
    pub topics: Vec<(u16, u32)>,
}

pub(super) struct LikelyQuestion {
    pub(super) board: Board,
    pub(super) key: LikelyKey,
}

/// Counts of one body or topic, the weightiest first: the topic in the
/// municipality, the block there, the topic anywhere, the block anywhere.
type Counts = [u32; 4];

pub(super) fn likely(question: LikelyQuestion, cancel: &Cancel) -> Option<Likely> {
    let LikelyQuestion { board, key } = question;
    let mut bodies = vec![Counts::default(); board.vocabulary().bodies.len()];
    let mut topics = vec![Counts::default(); board.vocabulary().topics.len()];
    let end = board.positions();
    for position in end.saturating_sub(COUNTED)..end {
        if position % LOOK_EVERY == 0 && cancel.is_set() {
            return None;
        }
        let Some(row) = board.row(position) else { continue };
        if row.block != key.block && row.topic != key.topic {
            continue;
        }
        let here = row.municipality == key.municipality && row.municipality != NO_MUNICIPALITY;
        let same = row.topic == key.topic && row.topic != NONE;
        let seen = [same && here, here, same, true].map(u32::from);
        for (list, number) in [(&mut bodies, row.body), (&mut topics, row.topic)] {
            if number != NONE
                && let Some(counts) = list.get_mut(usize::from(number))
            {
                counts.iter_mut().zip(seen).for_each(|(count, one)| *count += one);
            }
        }
    }
    // Of a topic itself only the municipality tells anything.
    let by_place = |counts: &Counts| (counts[1], counts[3]);
    Some(Likely {
        key: Some(key),
        bodies: ranked(&bodies, |counts| *counts, |counts| counts[0]),
        topics: ranked(&topics, by_place, |counts| counts[1]),
    })
}

fn ranked<K: Ord>(
    all: &[Counts],
    weight: impl Fn(&Counts) -> K,
    shown: impl Fn(&Counts) -> u32,
) -> Vec<(u16, u32)> {
    let mut some: Vec<(u16, &Counts)> =
        (0..).zip(all).filter(|(_, counts)| counts[3] > 0).collect();
    some.sort_by_key(|(number, counts)| (Reverse(weight(counts)), *number));
    some.into_iter().map(|(number, counts)| (number, shown(counts))).collect()
}

impl Desk {
    /// Asks before a list is opened, so that its first line is right when it is.
    pub(super) fn ask_likely(&mut self) {
        if self.state.view != View::Triage {
            return;
        }
        let position = self.state.triage.cursor.and_then(|row_id| row_id.checked_sub(1));
        let Some(row) = position.and_then(|position| self.board.row(position)) else { return };
        let form = self.state.triage.form.as_ref();
        let given = form.and_then(|form| form.topic);
        let block = |topic: u16| {
            let known = self.state.vocabulary.topics.get(usize::from(topic));
            known.map_or(row.block, |entry| entry.block)
        };
        let topic = given.unwrap_or(row.topic);
        let key = LikelyKey {
            topic,
            block: given.map_or(row.block, block),
            municipality: row.municipality,
        };
        if self.likely_asked != Some(key) {
            self.likely_asked = Some(key);
            self.likely.ask(LikelyQuestion { board: self.board.clone(), key });
        }
    }

    pub(super) fn take_likely(&mut self) -> bool {
        let Some(likely) = self.likely.take() else { return false };
        self.state.triage.likely = Arc::new(likely);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_topic_in_the_municipality_weighs_more_than_any_number_elsewhere() {
        let all = [[0; 4], [0, 50, 90, 900], [2, 3, 3, 4], [2, 9, 3, 9], [0; 4]];
        let bodies = ranked(&all, |counts| *counts, |counts| counts[0]);
        assert_eq!(bodies, [(3, 2), (2, 2), (1, 0)]);
    }
}

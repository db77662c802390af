//! Which incidents repeat another one: the same topic in the same place, not long ago.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::super::chunk::{Chunk, DEAD};
use super::super::filter::RowSet;
use super::super::row::{NONE, flags};
use super::super::table::Board;
use super::super::{CHUNK_ROWS, kinds};

/// Side of a cell as a power of two of fixed-point units: about 180 m in Khakassia.
const CELL_SHIFT: u32 = 15;

/// How long ago the other one may have come.
const DAYS: u32 = 30;
const SPAN_SECS: u32 = DAYS * 86_400;

/// Parts that are looked at by themselves: each fits a near cache.
const PARTS: usize = 256;

/// Positions of the repeats.
pub(super) struct Repeats(RowSet);

/// One incident with a place and a topic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    /// Topic and cell.
    key: u64,
    received: u32,
    position: u32,
}

impl Seen {
    fn of(chunk: &Chunk, at: usize, position: u32) -> Option<Self> {
        let (status, topic) = (chunk.status[at], chunk.topic[at]);
        let counts = status != DEAD
            && topic != NONE
            && chunk.flags[at] & flags::PLACED != 0
            && !kinds::is_excluded(status);
        let cell = |column: u32| u64::from(column >> CELL_SHIFT);
        counts.then(|| Self {
            key: u64::from(topic) << 34 | cell(chunk.x[at]) << 17 | cell(chunk.y[at]),
            received: chunk.received[at],
            position,
        })
    }

    /// The part that it belongs to; near cells are spread.
    fn part(&self) -> usize {
        (self.key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize
    }
}

impl Repeats {
    pub(super) fn none() -> Self {
        Self(RowSet::default())
    }

    /// Those among what was received in `received`, whatever any filter says.
    /// `None` where `cancel` was raised.
    pub(super) fn find(board: &Board, received: Range<u32>, cancel: &AtomicBool) -> Option<Self> {
        let from = received.start.saturating_sub(SPAN_SECS);
        let chunks = board.chunks().par_iter().enumerate().map(|(index, chunk)| {
            if cancel.load(Ordering::Relaxed) {
                return None;
            }
            let mut parts: Vec<Vec<Seen>> = vec![Vec::new(); PARTS];
            let zones = &chunk.zones;
            if zones.live > 0 && zones.first_received < received.end && zones.last_received >= from
            {
                for at in 0..chunk.len() {
                    if !(from..received.end).contains(&chunk.received[at]) {
                        continue;
                    }
                    if let Some(seen) = Seen::of(chunk, at, (index * CHUNK_ROWS + at) as u32) {
                        parts[seen.part()].push(seen);
                    }
                }
            }
            Some(parts)
        });
        let chunks = chunks.collect::<Option<Vec<_>>>()?;
        let found = (0..PARTS).into_par_iter().flat_map_iter(|part| {
            let mut all: Vec<Seen> =
                chunks.iter().flat_map(|parts| parts[part].iter().copied()).collect();
            all.sort_unstable();
            let repeats: Vec<u32> = all
                .windows(2)
                .filter(|pair| {
                    pair[0].key == pair[1].key && pair[1].received - pair[0].received <= SPAN_SECS
                })
                .map(|pair| pair[1].position)
                .collect();
            repeats
        });
        Some(Self(found.collect::<Vec<_>>().into_iter().collect()))
    }

    pub(super) fn contains(&self, position: u32) -> bool {
        self.0.contains(position)
    }
}

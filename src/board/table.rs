//! The board itself: chunks, their version, and how changes come in.

use std::sync::Arc;

use rayon::prelude::*;

use super::chunk::{Chunk, Zones};
use super::{CHUNK_ROWS, ChangeSet, Row, Vocabulary};
use crate::domain::LOCAL_OFFSET_SECS;
use crate::domain::catalogue::Catalogue;
use crate::domain::quality::Scores;

/// What the board must know of the region before it takes rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Municipalities of the catalogue, at most 254.
    pub municipality_count: u8,
    /// What the region's time is ahead of UTC.
    pub local_offset_secs: i32,
    /// What checks of answers are worth.
    pub scores: Scores,
}

impl Region {
    pub fn of(catalogue: &Catalogue) -> Self {
        Self {
            municipality_count: catalogue.municipalities.len() as u8,
            local_offset_secs: LOCAL_OFFSET_SECS,
            scores: catalogue.quality.scores(),
        }
    }
}

/// A state of the table. Cloning shares the chunks: the clone is a snapshot
/// that later changes do not touch.
#[derive(Clone, Debug)]
pub struct Board {
    chunks: Vec<Arc<Chunk>>,
    version: u64,
    vocabulary: Arc<Vocabulary>,
    region: Region,
    zones: Zones,
}

/// Fills a board from the store, row by row.
#[derive(Debug)]
pub struct BoardBuilder {
    chunks: Vec<Chunk>,
    region: Region,
}

impl BoardBuilder {
    pub fn new(region: Region) -> Self {
        Self { chunks: Vec::new(), region }
    }

    /// Takes a row with its id in the store, from 1 (0 is ignored); ids may
    /// come in any order and leave holes.
    pub fn push(&mut self, row_id: u32, row: &Row) {
        let Some(position) = row_id.checked_sub(1) else { return };
        let (chunk, at) = split(position);
        while self.chunks.len() <= chunk {
            if let Some(last) = self.chunks.last_mut() {
                last.pad(CHUNK_ROWS);
            }
            self.chunks.push(Chunk::default());
        }
        let chunk = &mut self.chunks[chunk];
        chunk.pad(at + 1);
        chunk.set(at, row, self.region);
    }

    pub fn finish(mut self, vocabulary: Arc<Vocabulary>) -> Board {
        self.chunks.par_iter_mut().for_each(Chunk::survey);
        let chunks: Vec<_> = self.chunks.into_iter().map(Arc::new).collect();
        let mut board =
            Board { chunks, version: 1, vocabulary, region: self.region, zones: Zones::default() };
        board.join_zones();
        board
    }
}

impl Board {
    /// A board without rows.
    pub fn empty(region: Region) -> Self {
        BoardBuilder::new(region).finish(Arc::default())
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }

    pub fn region(&self) -> Region {
        self.region
    }

    /// Number of incidents.
    pub fn len(&self) -> usize {
        self.zones.live as usize
    }

    pub fn is_empty(&self) -> bool {
        self.zones.live == 0
    }

    /// Number of positions, holes included.
    pub fn positions(&self) -> u32 {
        match self.chunks.split_last() {
            Some((last, full)) => (full.len() * CHUNK_ROWS + last.len()) as u32,
            None => 0,
        }
    }

    /// Bytes of all columns.
    pub fn bytes(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.bytes()).sum()
    }

    /// The first receipt of all, `None` on an empty board.
    pub fn first_received(&self) -> Option<u32> {
        (!self.is_empty()).then_some(self.zones.first_received)
    }

    /// The row at a position as the board counts it: `closed` is 0 while the
    /// status is open, and never before `received`.
    pub fn row(&self, position: u32) -> Option<Row> {
        let (chunk, at) = split(position);
        let chunk = self.chunks.get(chunk)?;
        if at < chunk.len() { chunk.row(at) } else { None }
    }

    /// Takes what one transaction of the store changed. Chunks that a snapshot
    /// still holds are copied, once, in parallel; the others change in place.
    pub fn apply(&mut self, set: &ChangeSet) {
        self.version += 1;
        let mut changes: Vec<_> = set.changes.iter().filter(|change| change.row_id > 0).collect();
        // Stable: of two changes of one row the later one stands.
        changes.sort_by_key(|change| change.row_id);
        let Some(last) = changes.last() else { return };
        let (last_chunk, last_at) = split(last.row_id - 1);
        while self.chunks.len() <= last_chunk {
            if let Some(last) = self.chunks.last_mut() {
                Arc::make_mut(last).pad(CHUNK_ROWS);
            }
            self.chunks.push(Arc::default());
        }
        if self.chunks[last_chunk].len() <= last_at {
            Arc::make_mut(&mut self.chunks[last_chunk]).pad(last_at + 1);
        }
        let region = self.region;
        self.chunks.par_iter_mut().enumerate().for_each(|(index, chunk)| {
            let first = (index * CHUNK_ROWS) as u32;
            let from = changes.partition_point(|change| change.row_id - 1 < first);
            let count = changes[from..]
                .partition_point(|change| change.row_id - 1 < first + CHUNK_ROWS as u32);
            if count == 0 {
                return;
            }
            let chunk = Arc::make_mut(chunk);
            for change in &changes[from..from + count] {
                let (_, at) = split(change.row_id - 1);
                match &change.row {
                    Some(row) => chunk.set(at, row, region),
                    None => chunk.clear(at),
                }
            }
            chunk.survey();
        });
        self.join_zones();
    }

    /// Puts new names behind the 16-bit columns.
    pub fn set_vocabulary(&mut self, vocabulary: Arc<Vocabulary>) {
        self.version += 1;
        self.vocabulary = vocabulary;
    }

    pub(super) fn chunks(&self) -> &[Arc<Chunk>] {
        &self.chunks
    }

    pub(super) fn zones(&self) -> &Zones {
        &self.zones
    }

    fn join_zones(&mut self) {
        self.zones =
            self.chunks.iter().fold(Zones::default(), |zones, chunk| zones.join(chunk.zones));
    }
}

/// Chunk of a position and place in it.
pub(super) fn split(position: u32) -> (usize, usize) {
    (position as usize / CHUNK_ROWS, position as usize % CHUNK_ROWS)
}

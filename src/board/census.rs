//! How large a board is and when each source was last heard of.

use super::chunk::DEAD;
use super::kinds;
use super::table::Board;

/// A board looked at from outside, for «Состояние».
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Incidents.
    pub rows: u32,
    /// Bytes of all columns.
    pub bytes: u64,
    /// By source: the newest receipt, UTC seconds; `None` where nothing ever came.
    pub last_received: Vec<Option<u32>>,
}

impl Census {
    /// Bytes an incident; `None` on an empty board.
    pub fn bytes_per_row(&self) -> Option<f64> {
        (self.rows > 0).then(|| self.bytes as f64 / f64::from(self.rows))
    }
}

impl Board {
    /// Looks at every row, whatever its status: an incident that was rejected
    /// came all the same.
    pub fn census(&self) -> Census {
        let mut last_received = vec![None; kinds::SOURCES];
        for chunk in self.chunks() {
            let rows = chunk.received.iter().zip(&chunk.source).zip(&chunk.status);
            for ((&received, &source), _) in rows.filter(|(_, status)| **status != DEAD) {
                if let Some(last) = last_received.get_mut(usize::from(source)) {
                    *last = (*last).max(Some(received));
                }
            }
        }
        Census { rows: self.len() as u32, bytes: self.bytes() as u64, last_received }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::board::{BoardBuilder, Change, ChangeSet, Region, Row};

    #[test]
    fn the_newest_of_each_source_is_known_until_it_is_removed() {
        let region =
            Region { municipality_count: 13, local_offset_secs: 7 * 3_600, scores: [0; 32] };
        assert_eq!(Board::empty(region).census().bytes_per_row(), None);
        let mut builder = BoardBuilder::new(region);
        let row = |source: u8, received: u32| Row { received, source, ..Row::default() };
        builder.push(1, &row(0, 500));
        builder.push(2, &row(3, 900));
        // A hole in between, and an older one behind it.
        builder.push(5, &row(0, 400));
        let mut board = builder.finish(Arc::default());
        let census = board.census();
        assert_eq!((census.rows, census.bytes), (3, board.bytes() as u64));
        assert!(census.bytes_per_row().is_some_and(|bytes| bytes > 0.0));
        let heard: Vec<_> = census.last_received.iter().take(4).copied().collect();
        assert_eq!(heard, [Some(500), None, None, Some(900)]);
        let gone = Change { row_id: 1, row: None };
        board.apply(&ChangeSet { changes: vec![gone], ..ChangeSet::default() });
        assert_eq!(board.census().last_received[0], Some(400));
    }
}

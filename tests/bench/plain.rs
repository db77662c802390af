//! The seven aggregates by hand: one loop over plain columns, nothing general.
//! What a program could reach at most, to measure the board against.

use pult::board::Row;
use pult::board::aggregates::DurationHistogram;
use pult::board::row::NO_MUNICIPALITY;
use pult::domain::{Block, Status};

use crate::incidents::{DAY_SECS, NOW, REGION};

const PLACES: usize = REGION.municipality_count as usize + 1;

/// The columns that the seven read.
#[derive(Default)]
pub(crate) struct Columns {
    received: Vec<u32>,
    due: Vec<u32>,
    closed: Vec<u32>,
    topic: Vec<u16>,
    received_day: Vec<u16>,
    close_bucket: Vec<u8>,
    place: Vec<u8>,
    block: Vec<u8>,
    status: Vec<u8>,
}

#[derive(Default, PartialEq, Eq, Debug)]
pub(crate) struct Seven {
    pub(crate) by_status: Vec<u32>,
    pub(crate) by_municipality: Vec<u32>,
    pub(crate) overdue: Vec<u32>,
    pub(crate) by_topic: Vec<u32>,
    pub(crate) by_day: Vec<u32>,
    pub(crate) matrix: Vec<u32>,
    pub(crate) durations: Vec<u32>,
    pub(crate) top: Vec<(u32, u32)>,
}

impl Columns {
    pub(crate) fn new(rows: impl Iterator<Item = Row>) -> Self {
        let mut columns = Self::default();
        for row in rows {
            let place = if row.municipality == NO_MUNICIPALITY {
                PLACES - 1
            } else {
                row.municipality.into()
            };
            columns.received.push(row.received);
            columns.due.push(if row.due == 0 { u32::MAX } else { row.due });
            columns.closed.push(if row.closed == 0 { u32::MAX } else { row.closed });
            columns.topic.push(row.topic);
            let local = row.received + REGION.local_offset_secs as u32;
            columns.received_day.push((local / DAY_SECS) as u16);
            let bucket = match row.closed {
                0 => DurationHistogram::BUCKETS,
                closed => DurationHistogram::bucket(closed - row.received),
            };
            columns.close_bucket.push(bucket as u8);
            columns.place.push(place as u8);
            columns.block.push(row.block);
            columns.status.push(row.status);
        }
        columns
    }

    /// Of what was received in `from..to`; overdue as of now.
    pub(crate) fn scan(&self, from: u32, to: u32) -> Seven {
        const BUCKETS: usize = DurationHistogram::BUCKETS + 1;
        let first_day = self.received_day.iter().copied().min().unwrap_or(0);
        let mut seven = Seven {
            by_status: vec![0; Status::COUNT],
            by_municipality: vec![0; PLACES],
            overdue: vec![0; PLACES],
            by_topic: vec![0; 128],
            by_day: vec![0; 1200],
            matrix: vec![0; Block::COUNT * PLACES],
            durations: vec![0; PLACES * BUCKETS],
            top: Vec::new(),
        };
        for at in 0..self.received.len() {
            let (received, status) = (self.received[at], self.status[at]);
            if received < from || received >= to {
                continue;
            }
            seven.by_status[usize::from(status)] += 1;
            if status == Status::Rejected as u8 || status == Status::Merged as u8 {
                continue;
            }
            let place = usize::from(self.place[at]);
            seven.by_municipality[place] += 1;
            seven.by_topic[usize::from(self.topic[at])] += 1;
            seven.by_day[usize::from(self.received_day[at] - first_day)] += 1;
            seven.matrix[usize::from(self.block[at]) * PLACES + place] += 1;
            seven.durations[place * BUCKETS + usize::from(self.close_bucket[at])] += 1;
            if self.closed[at] == u32::MAX && self.due[at] < NOW {
                seven.overdue[place] += 1;
                seven.top.push((self.due[at], at as u32));
            }
        }
        seven.top.sort_unstable();
        seven.top.truncate(pult::board::NEAREST_ROWS);
        seven
    }
}

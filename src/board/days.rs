//! The daily course of a board: who came, who went, who stood late.

use std::ops::Range;

use super::aggregates::DayTotals;
use super::chunk::{Chunk, DEAD, ENDED_UNSEEN, NEVER, NO_DAY};
use super::kinds;

/// Neighbouring rows mostly fall on one day; counting them in turn keeps one
/// increment from waiting for the other.
const LANES: usize = 4;

/// Kinds of ends: bit 0 late, bit 1 no more open, as against seen to close.
const ENDS: usize = 4;
const DONE: usize = 1 << 1;

/// The days of one chunk under a filter that restricts nothing but the span.
/// It depends on neither span nor clock, so a chunk works it out once.
#[derive(Clone, Debug, Default)]
pub(super) struct ChunkDays {
    days: Vec<ChunkDay>,
    /// Deadline of each open incident that has one, ascending, and the day at
    /// whose end it stands overdue.
    open: Vec<(u32, u16)>,
    /// Places of all open incidents in the chunk.
    pub(super) open_rows: Vec<u16>,
}

/// A day on which something happened to rows of the chunk.
#[derive(Clone, Debug)]
struct ChunkDay {
    day: u16,
    received: u32,
    ended: [u32; ENDS],
    fell_due: u32,
}

impl ChunkDays {
    pub(super) fn of(chunk: &Chunk) -> Self {
        let excluded = |&status: &u8| status == DEAD || kinds::is_excluded(status);
        let fails: Vec<u8> = chunk.status.iter().map(|status| u8::from(excluded(status))).collect();
        let counted = || (0..chunk.len()).filter(|&at| fails[at] == 0);
        let first_day = counted().map(|at| chunk.received_day[at]).min().unwrap_or(0);
        // At the beginning of time nothing open is late.
        let mut tally = DayTally::new(first_day, chunk.zones.last_day, 0);
        tally.count(chunk, 0..chunk.len(), &fails);
        let days = (0..tally.days)
            .map(|slot| ChunkDay {
                day: first_day + slot as u16,
                received: tally.received[slot].iter().sum(),
                ended: tally.ended[slot],
                fell_due: tally.fell_due[slot].iter().sum(),
            })
            .filter(|day| day.received + day.fell_due + day.ended.iter().sum::<u32>() > 0)
            .collect();
        let open_rows: Vec<u16> =
            counted().filter(|&at| chunk.ended[at] == NEVER).map(|at| at as u16).collect();
        let mut open: Vec<_> = open_rows
            .iter()
            .map(|&at| (chunk.due[usize::from(at)], chunk.late_day[usize::from(at)]))
            .filter(|&(due, _)| due != NEVER)
            .collect();
        open.sort_unstable();
        Self { days, open, open_rows }
    }
}

/// Events by day; the states come out of them by summing up.
#[derive(Clone, Debug)]
pub(super) struct DayTally {
    first_day: u16,
    days: usize,
    now: u32,
    received: Vec<[u32; LANES]>,
    ended: Vec<[u32; ENDS]>,
    /// Of what ended late or stands late now, the day when it came to be.
    fell_due: Vec<[u32; LANES]>,
}

impl DayTally {
    /// Days `first_day..=last_day`.
    pub(super) fn new(first_day: u16, last_day: u16, now: u32) -> Self {
        let days = usize::from(last_day.saturating_sub(first_day)) + 1;
        // One more for what does not count.
        let slots = days + 1;
        Self {
            first_day,
            days,
            now,
            received: vec![[0; LANES]; slots],
            ended: vec![[0; ENDS]; slots],
            fell_due: vec![[0; LANES]; slots],
        }
    }

    /// Counts the rows that fail nothing.
    pub(super) fn count(&mut self, chunk: &Chunk, rows: Range<usize>, fails: &[u8]) {
        let spare = self.days;
        let first_day = self.first_day;
        let slot = |day: u16, counts: bool| {
            let slot = usize::from(day.wrapping_sub(first_day));
            if counts { slot.min(spare) } else { spare }
        };
        let received_day = &chunk.received_day[rows.clone()];
        let ended_day = &chunk.ended_day[rows.clone()];
        let late_day = &chunk.late_day[rows.clone()];
        let done_day = &chunk.done_day[rows.clone()];
        let done = &chunk.done[rows.clone()];
        let due = &chunk.due[rows.clone()];
        let arrival = &chunk.arrival[rows];
        let moments = done.iter().zip(due).zip(arrival);
        let days = received_day.iter().zip(ended_day).zip(done_day).zip(late_day);
        let columns = fails.iter().zip(moments).zip(days).enumerate();
        for (i, ((&fails, ((&done, &due), &arrival)), (((&came, &closed), &went), &fell))) in
            columns
        {
            let counts = fails == 0;
            let lane = i % LANES;
            self.received[slot(came, counts)][lane] += 1;
            let until = if done == NEVER { self.now } else { done };
            let late = until > due;
            let is_seen = counts && arrival < ENDED_UNSEEN && closed != NO_DAY;
            self.ended[slot(closed, is_seen)][usize::from(late)] += 1;
            self.ended[slot(went, counts && went != NO_DAY)][DONE | usize::from(late)] += 1;
            self.fell_due[slot(fell, counts & late)][lane] += 1;
        }
    }

    /// Counts a whole chunk for a filter that restricts nothing but the span.
    pub(super) fn count_all(&mut self, chunk: &ChunkDays) {
        for day in &chunk.days {
            let slot = usize::from(day.day - self.first_day);
            self.received[slot][0] += day.received;
            for (mine, theirs) in self.ended[slot].iter_mut().zip(day.ended) {
                *mine += theirs;
            }
            self.fell_due[slot][0] += day.fell_due;
        }
        let overdue = chunk.open.partition_point(|&(due, _)| due < self.now);
        for &(_, late_day) in &chunk.open[..overdue] {
            self.fell_due[usize::from(late_day - self.first_day)][0] += 1;
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        fn add<const N: usize>(mine: &mut [[u32; N]], theirs: &[[u32; N]]) {
            for (mine, theirs) in mine.iter_mut().flatten().zip(theirs.iter().flatten()) {
                *mine += theirs;
            }
        }
        add(&mut self.received, &other.received);
        add(&mut self.ended, &other.ended);
        add(&mut self.fell_due, &other.fell_due);
    }

    pub(super) fn totals(&self) -> Vec<DayTotals> {
        let (mut open, mut overdue) = (0_u32, 0_u32);
        (0..self.days)
            .map(|slot| {
                let received = self.received[slot].iter().sum::<u32>();
                let [on_time, late, done_in_time, done_late] = self.ended[slot];
                open = open + received - done_in_time - done_late;
                let fell_due = self.fell_due[slot].iter().sum::<u32>();
                overdue = overdue + fell_due - done_late;
                DayTotals {
                    day: i32::from(self.first_day) + slot as i32,
                    received,
                    closed: on_time + late,
                    open,
                    overdue,
                    closed_on_time: on_time,
                }
            })
            .collect()
    }
}

//! The unit of sharing: the columns of at most [`CHUNK_ROWS`] neighbouring rows.

use std::sync::OnceLock;

use super::aggregates::DurationHistogram;
use super::column::Column;
use super::days::ChunkDays;
use super::row::{CHECKED, NO_MUNICIPALITY, Row, Stages, flags};
use super::table::Region;
use super::{CHUNK_ROWS, kinds};
use crate::domain::action::AnswerCheck;

/// `status` of a position that holds no incident.
pub(super) const DEAD: u8 = u8::MAX;

/// A moment that has not come: `ended` of an open incident, `due` of one
/// without a deadline.
pub(super) const NEVER: u32 = u32::MAX;

/// A day that has not come.
pub(super) const NO_DAY: u16 = u16::MAX;

/// A duration that is not known.
pub(super) const NO_BUCKET: u8 = u8::MAX;

/// `arrival` is 1 + rating, plus this where the incident has no place.
pub(super) const UNPLACED: u8 = 6;

/// Bits of `checks` that tell what a check found.
pub(super) const TICKS: u8 = (1 << AnswerCheck::COUNT) - 1;

/// Added to `arrival` where the incident is over but its close is not known.
pub(super) const ENDED_UNSEEN: u8 = 1 << 7;

/// Columns in the form that is counted fastest. What is absent sorts last, so
/// that one comparison answers «is it over?» and «is it late?»; local days and
/// duration buckets are worked out once, on the way in.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunk {
    pub(super) received: Column<u32>,
    pub(super) registered: Column<u32>,
    pub(super) due: Column<u32>,
    pub(super) first_answer: Column<u32>,
    /// When it was closed, or ended in another way. Not before `received`.
    pub(super) ended: Column<u32>,
    /// When it stopped being open, [`Row::done`]: not after `ended`.
    pub(super) done: Column<u32>,
    pub(super) x: Column<u32>,
    pub(super) y: Column<u32>,
    pub(super) settlement: Column<u16>,
    pub(super) topic: Column<u16>,
    pub(super) body: Column<u16>,
    pub(super) assignee: Column<u16>,
    pub(super) flags: Column<u16>,
    pub(super) received_day: Column<u16>,
    pub(super) ended_day: Column<u16>,
    pub(super) done_day: Column<u16>,
    /// The day at whose end it stands overdue if nothing happens.
    pub(super) late_day: Column<u16>,
    pub(super) municipality: Column<u8>,
    pub(super) block: Column<u8>,
    pub(super) regime: Column<u8>,
    pub(super) source: Column<u8>,
    pub(super) status: Column<u8>,
    pub(super) arrival: Column<u8>,
    pub(super) answer_bucket: Column<u8>,
    pub(super) close_bucket: Column<u8>,
    /// As [`Row::checks`].
    pub(super) checks: Column<u8>,
    /// 1 + buckets of [`Row::stages`], 0 where it is not known.
    pub(super) to_body: Column<u8>,
    pub(super) to_submission: Column<u8>,
    pub(super) to_approval: Column<u8>,
    /// Local hour of the week of receipt, Monday 00:00 is 0.
    pub(super) week_hour: Column<u8>,
    pub(super) zones: Zones,
    /// Worked out when first asked for.
    days: OnceLock<ChunkDays>,
}

/// What a chunk holds, to pass over chunks that cannot matter and to size
/// tables. Over live rows; of an empty chunk the least is above the most.
#[derive(Clone, Copy, Debug)]
pub(super) struct Zones {
    pub(super) live: u32,
    pub(super) first_received: u32,
    pub(super) last_received: u32,
    /// Of what has ended.
    pub(super) last_ended: u32,
    pub(super) any_open: bool,
    pub(super) last_received_day: u16,
    /// Of receipts and ends.
    pub(super) last_day: u16,
    pub(super) last_settlement: u16,
    pub(super) last_topic: u16,
    pub(super) last_body: u16,
}

impl Default for Zones {
    fn default() -> Self {
        Self {
            live: 0,
            first_received: u32::MAX,
            last_received: 0,
            last_ended: 0,
            any_open: false,
            last_received_day: 0,
            last_day: 0,
            last_settlement: 0,
            last_topic: 0,
            last_body: 0,
        }
    }
}

impl Zones {
    /// Zones of two parts taken together.
    pub(super) fn join(self, other: Self) -> Self {
        Self {
            live: self.live + other.live,
            first_received: self.first_received.min(other.first_received),
            last_received: self.last_received.max(other.last_received),
            last_ended: self.last_ended.max(other.last_ended),
            any_open: self.any_open || other.any_open,
            last_received_day: self.last_received_day.max(other.last_received_day),
            last_day: self.last_day.max(other.last_day),
            last_settlement: self.last_settlement.max(other.last_settlement),
            last_topic: self.last_topic.max(other.last_topic),
            last_body: self.last_body.max(other.last_body),
        }
    }
}

/// Local day (since 1970) of a moment.
pub(super) fn local_day(secs: u32, local_offset_secs: i32) -> i32 {
    ((i64::from(secs) + i64::from(local_offset_secs)).max(0) / 86_400) as i32
}

/// One row in the chunk's form.
struct Cells {
    due: u32,
    first_answer: u32,
    ended: u32,
    done: u32,
    received_day: u16,
    ended_day: u16,
    done_day: u16,
    late_day: u16,
    arrival: u8,
    answer_bucket: u8,
    close_bucket: u8,
    week_hour: u8,
}

impl Cells {
    fn of(row: &Row, local_offset_secs: i32) -> Self {
        let day = |secs| local_day(secs, local_offset_secs) as u16;
        let bucket = |secs: u32| DurationHistogram::bucket(secs - row.received) as u8;
        // A wrong clock may close or answer before it receives: count it at once.
        let seen = |secs: u32| (secs != 0).then(|| secs.max(row.received));
        let (closed, answered) = (seen(row.closed), seen(row.first_answer));
        let open = kinds::is_open(row.status);
        let done = if open { NEVER } else { row.done() };
        let ended = if open { NEVER } else { closed.unwrap_or(done) };
        let unseen = !open && closed.is_none();
        let due = if row.due == 0 { NEVER } else { row.due };
        let unplaced = row.flags & flags::PLACED == 0;
        let local_hours = (i64::from(row.received) + i64::from(local_offset_secs)).max(0) / 3600;
        Self {
            due,
            first_answer: row.first_answer,
            ended,
            done,
            received_day: day(row.received),
            ended_day: if open { NO_DAY } else { day(ended) },
            done_day: if open { NO_DAY } else { day(done) },
            late_day: if due == NEVER { NO_DAY } else { day(due.max(row.received)) },
            arrival: 1
                + row.rating.min(5)
                + if unplaced { UNPLACED } else { 0 }
                + if unseen { ENDED_UNSEEN } else { 0 },
            answer_bucket: answered.map_or(NO_BUCKET, bucket),
            close_bucket: if open || unseen { NO_BUCKET } else { bucket(ended) },
            // 1970 began on a Thursday.
            week_hour: ((local_hours + 3 * 24) % (7 * 24)) as u8,
        }
    }
}

/// Names every column once.
macro_rules! each_column {
    ($each:ident) => {
        $each!(
            received,
            registered,
            due,
            first_answer,
            ended,
            done,
            x,
            y,
            settlement,
            topic,
            body,
            assignee,
            flags,
            received_day,
            ended_day,
            done_day,
            late_day,
            municipality,
            block,
            regime,
            source,
            status,
            arrival,
            answer_bucket,
            close_bucket,
            checks,
            to_body,
            to_submission,
            to_approval,
            week_hour
        )
    };
}

impl Chunk {
    pub(super) fn len(&self) -> usize {
        self.received.len()
    }

    /// Bytes of all columns.
    pub(super) fn bytes(&self) -> usize {
        let mut bytes = 0;
        macro_rules! add {
            ($($column:ident),*) => { $(bytes += size_of_val(&self.$column[..]);)* };
        }
        each_column!(add);
        bytes
    }

    /// Appends dead rows up to `len`.
    pub(super) fn pad(&mut self, len: usize) {
        debug_assert!(len <= CHUNK_ROWS);
        if len <= self.len() {
            return;
        }
        macro_rules! pad {
            ($($column:ident),*) => { $(self.$column.grow(len, 0);)* };
        }
        let held = self.len();
        each_column!(pad);
        for at in held..len {
            self.clear(at);
        }
    }

    /// Writes a row; [`Self::survey`] must follow before anything is read.
    pub(super) fn set(&mut self, at: usize, row: &Row, region: Region) {
        let cells = Cells::of(row, region.local_offset_secs);
        let known = row.municipality < region.municipality_count;
        self.received.set(at, row.received);
        self.registered.set(at, row.registered);
        self.due.set(at, cells.due);
        self.first_answer.set(at, cells.first_answer);
        self.ended.set(at, cells.ended);
        self.done.set(at, cells.done);
        self.x.set(at, row.x);
        self.y.set(at, row.y);
        self.settlement.set(at, row.settlement);
        self.topic.set(at, row.topic);
        self.body.set(at, row.body);
        self.assignee.set(at, row.assignee);
        self.flags.set(at, row.flags);
        self.received_day.set(at, cells.received_day);
        self.ended_day.set(at, cells.ended_day);
        self.done_day.set(at, cells.done_day);
        self.late_day.set(at, cells.late_day);
        self.municipality.set(at, if known { row.municipality } else { NO_MUNICIPALITY });
        self.block.set(at, row.block.min(kinds::BLOCKS as u8 - 1));
        self.regime.set(at, row.regime.min(kinds::REGIMES as u8 - 1));
        self.source.set(at, row.source.min(kinds::SOURCES as u8 - 1));
        self.status.set(at, row.status.min(kinds::STATUSES as u8 - 1));
        self.arrival.set(at, cells.arrival);
        self.answer_bucket.set(at, cells.answer_bucket);
        self.close_bucket.set(at, cells.close_bucket);
        self.checks.set(at, row.checks & (CHECKED | TICKS));
        let stages = row.stages.0.map(|stage| stage.min(DurationHistogram::BUCKETS as u8));
        let columns = [&mut self.to_body, &mut self.to_submission, &mut self.to_approval];
        for (column, stage) in columns.into_iter().zip(stages) {
            column.set(at, stage);
        }
        self.week_hour.set(at, cells.week_hour);
    }

    /// Makes a position hold nothing. A dead row is counted nowhere, whatever
    /// loop forgets to ask: it was received never and is in no status.
    pub(super) fn clear(&mut self, at: usize) {
        macro_rules! zero {
            ($($column:ident),*) => { $(self.$column.set(at, 0);)* };
        }
        each_column!(zero);
        self.status.set(at, DEAD);
        self.received.set(at, NEVER);
        self.due.set(at, NEVER);
        self.ended_day.set(at, NO_DAY);
        self.done_day.set(at, NO_DAY);
        self.late_day.set(at, NO_DAY);
        self.answer_bucket.set(at, NO_BUCKET);
        self.close_bucket.set(at, NO_BUCKET);
    }

    /// The daily course of the chunk's rows that are not rejected or merged.
    pub(super) fn days(&self) -> &ChunkDays {
        self.days.get_or_init(|| ChunkDays::of(self))
    }

    /// Works out anew what is known of the rows together.
    pub(super) fn survey(&mut self) {
        self.days = OnceLock::new();
        let most16 = |column: &[u16]| column.iter().copied().fold(0, u16::max);
        let live = self.status.iter().filter(|&&status| status != DEAD).count() as u32;
        let past = |moment: u32| if moment == NEVER { 0 } else { moment };
        let past_day = |day: u16| if day == NO_DAY { 0 } else { day };
        let last_received_day = most16(&self.received_day);
        self.zones = Zones {
            live,
            first_received: self.received.iter().copied().fold(u32::MAX, u32::min),
            last_received: self.received.iter().copied().map(past).fold(0, u32::max),
            last_ended: self.ended.iter().copied().map(past).fold(0, u32::max),
            any_open: self.ended.contains(&NEVER),
            last_received_day,
            last_day: self
                .ended_day
                .iter()
                .copied()
                .map(past_day)
                .fold(last_received_day, u16::max),
            last_settlement: most16(&self.settlement),
            last_topic: most16(&self.topic),
            last_body: most16(&self.body),
        };
    }

    /// When it was closed; `None` while it is open or where that is not known.
    pub(super) fn closed(&self, at: usize) -> Option<u32> {
        let seen = self.ended[at] != NEVER && self.arrival[at] < ENDED_UNSEEN;
        seen.then(|| self.ended[at])
    }

    /// When the answer was given that made it done; 0 where it is open, where that was
    /// its close, and where nothing else is known.
    fn answered(&self, at: usize) -> u32 {
        let done = self.done[at];
        let is_plain = match self.closed(at) {
            Some(closed) => done == closed,
            None => done == NEVER || done == self.first_answer[at].max(self.received[at]),
        };
        if is_plain { 0 } else { done }
    }

    /// Rating of a live row, 0 where there is none.
    pub(super) fn rating(&self, at: usize) -> u8 {
        ((self.arrival[at] & !ENDED_UNSEEN) - 1) % UNPLACED
    }

    /// The row as the board counts it, `None` where the position is empty.
    pub(super) fn row(&self, at: usize) -> Option<Row> {
        if self.status[at] == DEAD {
            return None;
        }
        Some(Row {
            received: self.received[at],
            registered: self.registered[at],
            due: if self.due[at] == NEVER { 0 } else { self.due[at] },
            first_answer: self.first_answer[at],
            closed: self.closed(at).unwrap_or(0),
            x: self.x[at],
            y: self.y[at],
            settlement: self.settlement[at],
            topic: self.topic[at],
            body: self.body[at],
            assignee: self.assignee[at],
            flags: self.flags[at],
            municipality: self.municipality[at],
            block: self.block[at],
            regime: self.regime[at],
            source: self.source[at],
            status: self.status[at],
            rating: self.rating(at),
            checks: self.checks[at],
            stages: Stages([self.to_body[at], self.to_submission[at], self.to_approval[at]]),
            answered: self.answered(at),
        })
    }
}

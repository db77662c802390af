//! One thread's share of the one pass.

use std::ops::Range;

use super::aggregates::{DurationHistogram, TREND_DAYS};
use super::chunk::{Chunk, NO_BUCKET};
use super::compiled::{CompiledFilter, Window, dimension};
use super::days::DayTally;
use super::nearest::Nearest;
use super::tally::{Tally, classify, is_closed, is_received, state, state_of};
use super::{CHUNK_ROWS, kinds};

/// Rows that go through the stages together: what lies between the stages
/// stays in the nearest cache.
const BATCH_ROWS: usize = 2048;

/// What the pass counts, and how large its tables are.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) filter: CompiledFilter,
    pub(super) before: Option<Window>,
    pub(super) now: u32,
    pub(super) first_day: u16,
    pub(super) last_day: u16,
    /// Last local day of the trends.
    pub(super) trend_day: u16,
    /// Municipalities and «not known».
    pub(super) places: usize,
    pub(super) topics: usize,
    pub(super) bodies: usize,
    pub(super) settlements: usize,
}

impl Plan {
    pub(super) fn cells(&self) -> usize {
        kinds::BLOCKS * self.places
    }
}

/// Counts of the rows seen so far. With `FULL` false only the core is counted.
#[derive(Clone, Debug)]
pub(super) struct Pass<'plan, const FULL: bool> {
    plan: &'plan Plan,
    /// By `block × place`, whatever municipality and block are chosen.
    pub(super) cells: Tally,
    pub(super) cells_before: Tally,
    pub(super) topics: Tally,
    pub(super) bodies: Tally,
    pub(super) sources: Tally,
    pub(super) regimes: Tally,
    /// Received, by settlement.
    pub(super) settlements: Vec<u32>,
    pub(super) statuses: [u32; 256],
    pub(super) week_hours: [u32; 256],
    pub(super) answers: [u32; 256],
    /// By place; the slot [`NO_BUCKET`] is spare.
    pub(super) closes: Vec<[u32; 256]>,
    pub(super) days: DayTally,
    /// By `block × place`, the last day last.
    pub(super) trends: Vec<[u32; TREND_DAYS]>,
    pub(super) due_next: Nearest,
    pub(super) overdue_top: Nearest,
    fails: Box<[u8; BATCH_ROWS]>,
    classes: Box<[u8; BATCH_ROWS]>,
    picked: Box<[u16; BATCH_ROWS]>,
}

impl<'plan, const FULL: bool> Pass<'plan, FULL> {
    pub(super) fn new(plan: &'plan Plan) -> Self {
        let full = |size: usize| if FULL { size } else { 0 };
        Self {
            plan,
            cells: Tally::new(plan.cells()),
            cells_before: Tally::new(full(plan.cells())),
            topics: Tally::new(plan.topics),
            bodies: Tally::new(full(plan.bodies)),
            sources: Tally::new(full(kinds::SOURCES)),
            regimes: Tally::new(full(kinds::REGIMES)),
            settlements: vec![0; full(plan.settlements)],
            statuses: [0; 256],
            week_hours: [0; 256],
            answers: [0; 256],
            closes: vec![[0; 256]; plan.places],
            days: DayTally::new(plan.first_day, plan.last_day, plan.now),
            trends: vec![[0; TREND_DAYS]; full(plan.cells())],
            due_next: Nearest::new(),
            overdue_top: Nearest::new(),
            fails: Box::new([0; BATCH_ROWS]),
            classes: Box::new([0; BATCH_ROWS]),
            picked: Box::new([0; BATCH_ROWS]),
        }
    }

    /// Counts the chunk with number `index`.
    pub(super) fn count(&mut self, index: usize, chunk: &Chunk) {
        if chunk.zones.live == 0 {
            return;
        }
        let window = self.plan.filter.window;
        let begun = |window: &Window| chunk.zones.first_received < window.to;
        let reached =
            |window: &Window| chunk.zones.last_received.max(chunk.zones.last_ended) >= window.from;
        let touches = |window: &Window| begun(window) && (reached(window) || chunk.zones.any_open);
        let inside = touches(&window);
        let before = self.plan.before.filter(|before| FULL && touches(before));
        let trend = FULL
            && usize::from(chunk.zones.last_received_day) + TREND_DAYS
                > usize::from(self.plan.trend_day);
        let first = (index * CHUNK_ROWS) as u32;
        if self.plan.filter.is_open {
            self.days.count_all(chunk.days());
            // Of a chunk from before the window only what is open means anything.
            let old = !reached(&window) && before.is_none_or(|before| !reached(&before));
            if old && !trend {
                self.count_open(chunk, first, inside.then_some(window), before);
                return;
            }
        }
        for start in (0..chunk.len()).step_by(BATCH_ROWS) {
            let rows = start..chunk.len().min(start + BATCH_ROWS);
            let n = rows.len();
            self.plan.filter.fails(chunk, rows.clone(), first, &mut self.fails[..n]);
            if !self.plan.filter.is_open {
                self.days.count(chunk, rows.clone(), &self.fails[..n]);
            }
            if inside {
                classify(chunk, rows.clone(), &window, &mut self.classes[..n]);
                self.count_whole(chunk, n, first, |i| start + i);
                self.count_partly(chunk, rows.clone());
            }
            if let Some(before) = before {
                classify(chunk, rows.clone(), &before, &mut self.classes[..n]);
                self.count_before(chunk, n, |i| start + i);
            }
            if trend {
                self.count_trends(chunk, rows);
            }
        }
    }

    pub(super) fn merge(mut self, other: Self) -> Self {
        self.cells.merge(&other.cells);
        self.cells_before.merge(&other.cells_before);
        self.topics.merge(&other.topics);
        self.bodies.merge(&other.bodies);
        self.sources.merge(&other.sources);
        self.regimes.merge(&other.regimes);
        add(&mut self.settlements, &other.settlements);
        add(&mut self.statuses, &other.statuses);
        add(&mut self.week_hours, &other.week_hours);
        add(&mut self.answers, &other.answers);
        add(self.closes.as_flattened_mut(), other.closes.as_flattened());
        self.days.merge(&other.days);
        add(self.trends.as_flattened_mut(), other.trends.as_flattened());
        self.due_next.merge(other.due_next);
        self.overdue_top.merge(other.overdue_top);
        self
    }

    /// Picks the rows of the batch for which `wanted(fails, class)` holds;
    /// without branches, since which rows match is not to be foretold.
    #[inline]
    fn pick(&mut self, rows: usize, wanted: impl Fn(u8, u8) -> bool) -> usize {
        let mut n = 0;
        for (i, (&fails, &class)) in
            self.fails.iter().zip(self.classes.iter()).enumerate().take(rows)
        {
            self.picked[n] = i as u16;
            n += usize::from(wanted(fails, class));
        }
        n
    }

    /// The open rows of a chunk, when nothing but the span restricts: they fail
    /// nothing.
    fn count_open(
        &mut self,
        chunk: &Chunk,
        first: u32,
        inside: Option<Window>,
        before: Option<Window>,
    ) {
        for open in chunk.days().open_rows.chunks(BATCH_ROWS) {
            let at = |i: usize| usize::from(open[i]);
            let n = open.len();
            self.fails[..n].fill(0);
            for (window, earlier) in [(inside, false), (before, true)] {
                let Some(window) = window else { continue };
                for i in 0..n {
                    classify(chunk, at(i)..at(i) + 1, &window, &mut self.classes[i..=i]);
                }
                if earlier {
                    self.count_before(chunk, n, at);
                } else {
                    self.count_whole(chunk, n, first, at);
                }
            }
        }
    }

    /// The rows of the batch that fail nothing; `at` tells where they stand.
    fn count_whole(&mut self, chunk: &Chunk, rows: usize, first: u32, at: impl Fn(usize) -> usize) {
        let n = self.pick(rows, |fails, class| (fails == 0) && (class != 0));
        for &i in &self.picked[..n] {
            let i = usize::from(i);
            let at = at(i);
            let class = self.classes[i];
            let place = place(chunk, at, self.plan.places);
            self.cells.count(usize::from(chunk.block[at]) * self.plan.places + place, class);
            self.topics.count(usize::from(chunk.topic[at]), class);
            let received = u32::from(is_received(class));
            self.statuses[usize::from(chunk.status[at])] += received;
            let state = state_of(class);
            self.closes[place][usize::from(chunk.close_bucket[at])] += u32::from(is_closed(class));
            if state == state::OVERDUE {
                self.overdue_top.offer(chunk.due[at], first + at as u32);
            }
            if FULL {
                self.bodies.count(usize::from(chunk.body[at]), class);
                self.sources.count(usize::from(chunk.source[at]), class);
                self.regimes.count(usize::from(chunk.regime[at]), class);
                self.settlements[usize::from(chunk.settlement[at])] += received;
                self.week_hours[usize::from(chunk.week_hour[at])] += received;
                self.answers[usize::from(chunk.answer_bucket[at])] += received;
                if (state == state::OPEN) || (state == state::DUE_SOON) {
                    self.due_next.offer(chunk.due[at], first + at as u32);
                }
            }
        }
    }

    /// The rows that fail just what one list leaves out of account.
    fn count_partly(&mut self, chunk: &Chunk, rows: Range<usize>) {
        let near = |fails: u8| {
            fails.is_power_of_two() || (fails == dimension::MUNICIPALITY | dimension::BLOCK)
        };
        let n = self.pick(rows.len(), |fails, class| near(fails) && (class != 0));
        for &i in &self.picked[..n] {
            let i = usize::from(i);
            let at = rows.start + i;
            let class = self.classes[i];
            let fails = self.fails[i];
            let place = place(chunk, at, self.plan.places);
            if fails & !(dimension::MUNICIPALITY | dimension::BLOCK) == 0 {
                self.cells.count(usize::from(chunk.block[at]) * self.plan.places + place, class);
            }
            match fails {
                dimension::MUNICIPALITY => {
                    let closed = is_closed(class);
                    self.closes[place][usize::from(chunk.close_bucket[at])] += u32::from(closed);
                }
                dimension::TOPIC => self.topics.count(usize::from(chunk.topic[at]), class),
                dimension::STATUS => {
                    let received = u32::from(is_received(class));
                    self.statuses[usize::from(chunk.status[at])] += received;
                }
                dimension::BODY if FULL => self.bodies.count(usize::from(chunk.body[at]), class),
                dimension::SOURCE if FULL => {
                    self.sources.count(usize::from(chunk.source[at]), class);
                }
                dimension::REGIME if FULL => {
                    self.regimes.count(usize::from(chunk.regime[at]), class);
                }
                _ => {}
            }
        }
    }

    fn count_before(&mut self, chunk: &Chunk, rows: usize, at: impl Fn(usize) -> usize) {
        let n = self.pick(rows, |fails, class| {
            (fails & !(dimension::MUNICIPALITY | dimension::BLOCK) == 0) && (class != 0)
        });
        for &i in &self.picked[..n] {
            let i = usize::from(i);
            let cell = cell(chunk, at(i), self.plan.places);
            self.cells_before.count(cell, self.classes[i]);
        }
    }

    fn count_trends(&mut self, chunk: &Chunk, rows: Range<usize>) {
        for (at, fails) in rows.zip(self.fails.iter()) {
            let fails = fails & !(dimension::MUNICIPALITY | dimension::BLOCK) != 0;
            if fails || chunk.received[at] >= self.plan.filter.window.to {
                continue;
            }
            if let Some(slot) = self.trend_slot(chunk.received_day[at]) {
                self.trends[cell(chunk, at, self.plan.places)][slot] += 1;
            }
        }
    }

    /// Where a day stands in the trends.
    fn trend_slot(&self, day: u16) -> Option<usize> {
        let back = self.plan.trend_day.checked_sub(day)?;
        (TREND_DAYS - 1).checked_sub(usize::from(back))
    }
}

impl<const FULL: bool> Pass<'_, FULL> {
    /// Buckets of a column of spare-slotted counts.
    pub(super) fn histogram(counts: &[u32; 256]) -> DurationHistogram {
        debug_assert!(DurationHistogram::BUCKETS < usize::from(NO_BUCKET));
        let mut histogram = DurationHistogram::default();
        histogram.buckets.copy_from_slice(&counts[..DurationHistogram::BUCKETS]);
        histogram
    }
}

fn place(chunk: &Chunk, at: usize, places: usize) -> usize {
    usize::from(chunk.municipality[at]).min(places - 1)
}

fn cell(chunk: &Chunk, at: usize, places: usize) -> usize {
    usize::from(chunk.block[at]) * places + place(chunk, at, places)
}

fn add(mine: &mut [u32], theirs: &[u32]) {
    for (mine, theirs) in mine.iter_mut().zip(theirs) {
        *mine += theirs;
    }
}

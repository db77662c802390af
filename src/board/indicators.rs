//! Indicators: every measure of the registry, by block, municipality and body, over
//! the span of a filter and the spans that it is compared with.
//!
//! What a row means to a window is a set of facts; a measure names which of them
//! it counts and among which. So the figure and the list of the very records behind
//! it come from one place.

mod compare;
mod facts;
mod repeats;
mod sums;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;

use self::compare::Windows;
use self::facts::Reading;
pub use self::facts::{Behind, Side};
use self::repeats::Repeats;
use self::sums::Times;
pub use self::sums::{Figure, Sums, Value};
use super::aggregates::AggregatesKey;
use super::chunk::Chunk;
use super::compiled::{CompiledFilter, Window, dimension};
use super::filter::Span;
use super::list::{List, ListOrder};
use super::row::NO_MUNICIPALITY;
use super::selection::Selection;
use super::table::Board;
use super::tally::classify;
use super::{CHUNK_ROWS, kinds};
use crate::domain::quality::Scores;

/// Rows that go through the stages together.
const BATCH_ROWS: usize = 2048;

/// What was counted over one span. A dimension's own choice does not narrow its own
/// figures, as on every panel: what could be chosen instead stays in sight.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Half-open; where its end lies ahead, what there is so far.
    pub span: Option<Span>,
    /// `block × municipality`, row-major by block; the last municipality is «not known».
    pub cells: Vec<Sums>,
    /// By number in the vocabulary; the first is «none».
    pub bodies: Vec<Sums>,
    places: usize,
    /// What the filter lets through, by place and by block.
    allows: [Vec<bool>; 2],
}

impl Table {
    fn new(span: Option<Span>, sizes: Sizes, filter: &CompiledFilter) -> Self {
        let place = |place: usize| {
            let is_last = place + 1 == sizes.places;
            filter.allows_municipality(if is_last { NO_MUNICIPALITY } else { place as u8 })
        };
        let blocks = (0..kinds::BLOCKS).map(|block| filter.allows_block(block as u8));
        Self {
            span,
            cells: vec![Sums::default(); kinds::BLOCKS * sizes.places],
            bodies: vec![Sums::default(); sizes.bodies],
            places: sizes.places,
            allows: [(0..sizes.places).map(place).collect(), blocks.collect()],
        }
    }

    /// Everything that matches.
    pub fn total(&self) -> Sums {
        let blocks = (0..kinds::BLOCKS).filter(|block| self.allows[1][*block]);
        let cells = blocks.flat_map(|block| self.allowed_of_block(block));
        cells.sum()
    }

    /// By catalogue index, whatever municipality is chosen; the last one is «not known».
    pub fn municipality(&self, place: usize) -> Sums {
        let blocks = (0..kinds::BLOCKS).filter(|block| self.allows[1][*block]);
        blocks.filter_map(|block| self.cell(block, place)).sum()
    }

    /// By `Block as u8`, whatever block is chosen.
    pub fn block(&self, block: usize) -> Sums {
        self.allowed_of_block(block).sum()
    }

    fn allowed_of_block(&self, block: usize) -> impl Iterator<Item = &Sums> {
        let places = (0..self.places).filter(|place| self.allows[0][*place]);
        places.filter_map(move |place| self.cell(block, place))
    }

    pub fn cell(&self, block: usize, place: usize) -> Option<&Sums> {
        self.cells.get(block * self.places + place)
    }

    /// Municipalities and «not known».
    pub fn places(&self) -> usize {
        self.places
    }

    fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.cells.iter_mut().zip(&other.cells) {
            mine.add(theirs);
        }
        for (mine, theirs) in self.bodies.iter_mut().zip(&other.bodies) {
            mine.add(theirs);
        }
    }
}

/// All measures for one filter over one state of the board.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Indicators {
    /// What was asked.
    pub key: AggregatesKey,
    pub now: Table,
    /// The span of equal length just before, as far as this one has gone; likewise the
    /// others `None` where the history does not reach them.
    pub previous: Option<Table>,
    /// The same dates of the year before.
    pub year_ago: Option<Table>,
    /// The last 7 and 28 whole local days that the span has.
    pub week: Option<Table>,
    pub month: Option<Table>,
}

#[derive(Clone, Copy)]
struct Sizes {
    places: usize,
    bodies: usize,
}

impl Sizes {
    fn of(board: &Board) -> Self {
        let named = board.vocabulary().bodies.len();
        Self {
            places: usize::from(board.region().municipality_count) + 1,
            bodies: named.max(usize::from(board.zones().last_body) + 1),
        }
    }
}

impl Board {
    /// Every measure. `None` where `cancel` was raised. The same board and key give the
    /// same answer on any number of threads.
    pub fn indicators(&self, key: &AggregatesKey, cancel: &AtomicBool) -> Option<Indicators> {
        let filter = CompiledFilter::new(&key.filter, self.vocabulary(), key.now);
        let windows = Windows::of(self, key);
        let repeats = Repeats::find(self, windows.received(), cancel)?;
        let sizes = Sizes::of(self);
        let next = AtomicUsize::new(0);
        let share = || {
            let mut pass = Pass::new(&filter, &windows, &repeats, self.region().scores, sizes);
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(chunk) = self.chunks().get(index) else { return Some(pass.tables) };
                if cancel.load(Ordering::Relaxed) {
                    return None;
                }
                pass.count(index, chunk);
            }
        };
        let threads = rayon::current_num_threads().clamp(1, self.chunks().len().max(1));
        let tables = (0..threads)
            .into_par_iter()
            .with_max_len(1)
            .map(|_| share())
            .reduce_with(|one, other| Some(merge(one?, &other?)))??;
        let mut tables = tables.into_iter();
        let mut take = |window: Option<Window>| window.and_then(|_| tables.next());
        let now = take(Some(windows.now)).unwrap_or_default();
        Some(Indicators {
            key: key.clone(),
            now,
            previous: take(windows.previous),
            year_ago: take(windows.year_ago),
            week: take(windows.week),
            month: take(windows.month),
        })
    }

    /// The incidents behind a figure of the span, in an order. `None` where `cancel`
    /// was raised.
    pub fn list_behind(
        &self,
        key: &AggregatesKey,
        behind: Behind,
        order: ListOrder,
        cancel: &AtomicBool,
    ) -> Option<List> {
        let filter = CompiledFilter::new(&key.filter, self.vocabulary(), key.now);
        let window = filter.window;
        let repeats = if behind.wants_repeats() {
            Repeats::find(self, window.from..window.to, cancel)?
        } else {
            Repeats::none()
        };
        let wanted = behind.facts();
        let parts = self.chunks().par_iter().enumerate().map(|(index, chunk)| {
            if cancel.load(Ordering::Relaxed) {
                return None;
            }
            let first = (index * CHUNK_ROWS) as u32;
            let mut found = Vec::new();
            if touches(chunk, &window) {
                let (mut fails, mut classes) = (vec![0; chunk.len()], vec![0; chunk.len()]);
                filter.fails(chunk, 0..chunk.len(), first, &mut fails);
                classify(chunk, 0..chunk.len(), &window, &mut classes);
                for (at, (fails, class)) in fails.iter().zip(&classes).enumerate() {
                    if *fails != 0 || *class == 0 {
                        continue;
                    }
                    let reading =
                        Reading { chunk, at, is_repeat: repeats.contains(first + at as u32) };
                    if reading.facts(*class, window.clock) & wanted != 0 {
                        found.push(at as u16);
                    }
                }
            }
            Some(found)
        });
        let chunks = parts.collect::<Option<Vec<_>>>()?;
        Some(self.in_order(&Selection { chunks }, order))
    }
}

fn merge(mut tables: Vec<Table>, others: &[Table]) -> Vec<Table> {
    for (mine, theirs) in tables.iter_mut().zip(others) {
        mine.merge(theirs);
    }
    tables
}

/// One thread's share.
struct Pass<'a> {
    filter: &'a CompiledFilter,
    windows: Vec<Window>,
    repeats: &'a Repeats,
    scores: Scores,
    /// By window.
    tables: Vec<Table>,
    fails: Box<[u8; BATCH_ROWS]>,
    classes: Box<[u8; BATCH_ROWS]>,
}

impl<'a> Pass<'a> {
    fn new(
        filter: &'a CompiledFilter,
        windows: &Windows,
        repeats: &'a Repeats,
        scores: Scores,
        sizes: Sizes,
    ) -> Self {
        let windows: Vec<Window> = windows.all().collect();
        let span = |window: &Window| Some(Span { from: window.from, to: window.to });
        Self {
            filter,
            tables: windows.iter().map(|window| Table::new(span(window), sizes, filter)).collect(),
            windows,
            repeats,
            scores,
            fails: Box::new([0; BATCH_ROWS]),
            classes: Box::new([0; BATCH_ROWS]),
        }
    }

    fn count(&mut self, index: usize, chunk: &Chunk) {
        let touched: Vec<usize> =
            (0..self.windows.len()).filter(|at| touches(chunk, &self.windows[*at])).collect();
        if touched.is_empty() {
            return;
        }
        let first = (index * CHUNK_ROWS) as u32;
        for start in (0..chunk.len()).step_by(BATCH_ROWS) {
            let rows = start..chunk.len().min(start + BATCH_ROWS);
            let n = rows.len();
            self.filter.fails(chunk, rows.clone(), first, &mut self.fails[..n]);
            for window in &touched {
                classify(chunk, rows.clone(), &self.windows[*window], &mut self.classes[..n]);
                self.count_batch(*window, chunk, first, start, n);
            }
        }
    }

    fn count_batch(&mut self, window: usize, chunk: &Chunk, first: u32, start: usize, n: usize) {
        let clock = self.windows[window].clock;
        let table = &mut self.tables[window];
        for (i, (fails, class)) in self.fails.iter().zip(self.classes.iter()).enumerate().take(n) {
            let is_of_cell = fails & !(dimension::MUNICIPALITY | dimension::BLOCK) == 0;
            let is_of_body = fails & !dimension::BODY == 0;
            if *class == 0 || !(is_of_cell || is_of_body) {
                continue;
            }
            let at = start + i;
            let is_repeat = self.repeats.contains(first + at as u32);
            let reading = Reading { chunk, at, is_repeat };
            let facts = reading.facts(*class, clock);
            let times = Times::of(&reading, facts, clock);
            let place = usize::from(chunk.municipality[at]).min(table.places - 1);
            let cell = usize::from(chunk.block[at]) * table.places + place;
            if is_of_cell {
                table.cells[cell].count(&reading, facts, &times, &self.scores);
            }
            if is_of_body {
                let body = usize::from(chunk.body[at]);
                table.bodies[body].count(&reading, facts, &times, &self.scores);
            }
        }
    }
}

/// False where nothing of the chunk means anything to the window.
fn touches(chunk: &Chunk, window: &Window) -> bool {
    let zones = &chunk.zones;
    let is_reached = zones.last_received.max(zones.last_ended) >= window.from;
    zones.live > 0 && zones.first_received < window.to && (is_reached || zones.any_open)
}

#[cfg(test)]
mod tests;

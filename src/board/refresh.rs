//! From a board and a question to everything that the panels show.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;

use super::aggregates::{Aggregates, AggregatesKey, TREND_DAYS, Totals};
use super::chunk::local_day;
use super::compiled::{CompiledFilter, Window};
use super::kinds;
use super::pass::{Pass, Plan};
use super::row::NO_MUNICIPALITY;
use super::surprises;
use super::table::Board;

impl Aggregates {
    /// Everything, in one pass over the board on rayon's threads. `None` where
    /// `cancel` was raised meanwhile. The same board and key give the same
    /// answer on any number of threads.
    pub fn compute(board: &Board, key: &AggregatesKey, cancel: &AtomicBool) -> Option<Self> {
        run::<true>(board, key, cancel)
    }

    /// The part that stands largest on the screen, in a third of the time:
    /// `total`, `by_municipality`, `by_block`, `matrix`, `by_topic`,
    /// `by_status`, `by_day`, `close_by_municipality` and `overdue_top`.
    pub fn compute_core(board: &Board, key: &AggregatesKey, cancel: &AtomicBool) -> Option<Self> {
        run::<false>(board, key, cancel)
    }
}

fn run<const FULL: bool>(
    board: &Board,
    key: &AggregatesKey,
    cancel: &AtomicBool,
) -> Option<Aggregates> {
    let plan = plan(board, key);
    let next = AtomicUsize::new(0);
    let threads = rayon::current_num_threads().clamp(1, board.chunks().len().max(1));
    // Each thread takes the next chunk when it is through with one, so that
    // there is one set of tables a thread and none waits for another.
    let share = || {
        let mut pass = Pass::<FULL>::new(&plan);
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(chunk) = board.chunks().get(index) else { return Some(pass) };
            if cancel.load(Ordering::Relaxed) {
                return None;
            }
            pass.count(index, chunk);
        }
    };
    let pass = || {
        (0..threads)
            .into_par_iter()
            .with_max_len(1)
            .map(|_| share())
            .reduce_with(|a, b| Some(a?.merge(b?)))?
    };
    let found = || {
        if FULL { surprises::find(board, key, cancel) } else { Some(surprises::Found::default()) }
    };
    let (pass, found) = rayon::join(pass, found);
    let surprises::Found { surprises, is_usual_known } = found?;
    Some(Aggregates { surprises, is_usual_known, ..assemble(board, key, &plan, pass?) })
}

fn plan(board: &Board, key: &AggregatesKey) -> Plan {
    let (zones, vocabulary) = (board.zones(), board.vocabulary());
    let local_offset_secs = board.region().local_offset_secs;
    let day = |secs| local_day(secs, local_offset_secs) as u16;
    let today = day(key.now);
    let first_day = board.first_received().map_or(today, day);
    let filter = CompiledFilter::new(&key.filter, vocabulary, key.now);
    // A comparison with a time that the history does not reach would be false.
    let before = Window::before(key.filter.span, key.now)
        .filter(|before| !board.is_empty() && first_day <= day(before.from));
    let window = filter.window;
    let trend_day = if window.to > key.now { today } else { day(window.to.saturating_sub(1)) };
    let topics = vocabulary.topics.len().max(usize::from(zones.last_topic) + 1);
    let settlements = vocabulary.settlements.len().max(usize::from(zones.last_settlement) + 1);
    Plan {
        filter,
        before,
        now: key.now,
        first_day,
        last_day: zones.last_day.max(today).max(first_day),
        trend_day,
        places: usize::from(board.region().municipality_count) + 1,
        topics,
        bodies: vocabulary.bodies.len().max(usize::from(zones.last_body) + 1),
        settlements,
    }
}

fn assemble<const FULL: bool>(
    board: &Board,
    key: &AggregatesKey,
    plan: &Plan,
    pass: Pass<'_, FULL>,
) -> Aggregates {
    let matrix = pass.cells.totals();
    let now = Rolled::new(plan, &matrix);
    let before =
        plan.before.filter(|_| FULL).map(|_| Rolled::new(plan, &pass.cells_before.totals()));
    let (block_trend, municipality_trend) = roll_trends(plan, &pass.trends);
    let mut by_weekday_hour = [[0; 24]; 7];
    for (hours, counts) in by_weekday_hour.iter_mut().zip(pass.week_hours.chunks(24)) {
        hours.copy_from_slice(counts);
    }
    let (by_municipality_previous, by_block_previous, previous) = match before {
        Some(before) => (before.by_municipality, before.by_block, Some(before.total)),
        None => Default::default(),
    };
    Aggregates {
        key: key.clone(),
        complete: FULL,
        total: now.total,
        previous,
        by_municipality: now.by_municipality,
        by_municipality_previous,
        by_block: now.by_block,
        by_block_previous,
        by_topic: pass.topics.totals(),
        by_body: pass.bodies.totals(),
        by_source: pass.sources.totals(),
        by_regime: pass.regimes.totals(),
        by_settlement: pass.settlements,
        by_status: pass.statuses[..kinds::STATUSES].to_vec(),
        by_day: if board.is_empty() { Vec::new() } else { pass.days.totals() },
        by_weekday_hour,
        matrix,
        block_trend,
        municipality_trend,
        first_answer: Pass::<FULL>::histogram(&pass.answers),
        close_by_municipality: pass.closes.iter().map(Pass::<FULL>::histogram).collect(),
        surprises: Vec::new(),
        is_usual_known: false,
        due_next: pass.due_next.positions(),
        overdue_top: pass.overdue_top.positions(),
    }
}

/// The matrix summed up: each side over what the other side allows.
struct Rolled {
    by_municipality: Vec<Totals>,
    by_block: Vec<Totals>,
    total: Totals,
}

impl Rolled {
    fn new(plan: &Plan, matrix: &[Totals]) -> Self {
        let mut rolled = Self {
            by_municipality: vec![Totals::default(); plan.places],
            by_block: vec![Totals::default(); kinds::BLOCKS],
            total: Totals::default(),
        };
        for (cell, totals) in matrix.iter().enumerate() {
            let (block, place, allows) = plan.cell(cell);
            if allows.block {
                rolled.by_municipality[place].add(totals);
            }
            if allows.place {
                rolled.by_block[block].add(totals);
            }
            if allows.block && allows.place {
                rolled.total.add(totals);
            }
        }
        rolled
    }
}

/// Which sides of a cell the filter's choices let through.
struct Allows {
    block: bool,
    place: bool,
}

impl Plan {
    /// Block and place of a cell.
    fn cell(&self, cell: usize) -> (usize, usize, Allows) {
        let (block, place) = (cell / self.places, cell % self.places);
        let municipality = if place + 1 == self.places { NO_MUNICIPALITY } else { place as u8 };
        let allows = Allows {
            block: self.filter.allows_block(block as u8),
            place: self.filter.allows_municipality(municipality),
        };
        (block, place, allows)
    }
}

type Trend = [u32; TREND_DAYS];

fn roll_trends(plan: &Plan, trends: &[Trend]) -> (Vec<Trend>, Vec<Trend>) {
    if trends.is_empty() {
        return Default::default();
    }
    let mut by_block = vec![[0; TREND_DAYS]; kinds::BLOCKS];
    let mut by_municipality = vec![[0; TREND_DAYS]; plan.places];
    let add = |sum: &mut Trend, trend: &Trend| {
        for (sum, n) in sum.iter_mut().zip(trend) {
            *sum += n;
        }
    };
    for (cell, trend) in trends.iter().enumerate() {
        let (block, place, allows) = plan.cell(cell);
        if allows.place {
            add(&mut by_block[block], trend);
        }
        if allows.block {
            add(&mut by_municipality[place], trend);
        }
    }
    (by_block, by_municipality)
}

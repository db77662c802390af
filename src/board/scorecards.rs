//! How groups do beside others who have the same work.
//!
//! Who has quick matters looks quick. So each group is held against what the others
//! make of its own mix of themes and regimes (indirect standardisation, the group itself
//! left out): a share on time that is expected, and how much longer or shorter its
//! closings take. Blocks share no themes with others: each is held against what the same
//! mix was made of in its own past.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;

use super::CHUNK_ROWS;
use super::aggregates::AggregatesKey;
use super::chunk::{Chunk, NO_BUCKET};
use super::compiled::{CompiledFilter, Window, dimension};
use super::filter::Span;
use super::kinds::{BLOCKS, REGIMES};
use super::row::NONE;
use super::surprises::Themes;
use super::table::Board;
use super::tally::{classify, is_closed, state, state_of};

/// Others must have closed so many of a theme and regime to say what is usual.
const LEAST_OTHERS: u32 = 10;

/// Spans of equal length before, in which a block's own past lies: a past of another
/// length would have another share of what is open and overdue at its end.
const PAST_SPANS: u32 = 12;

/// In the first weeks of a history nothing but what is quick is closed.
const SETTLING_SECS: u32 = 4 * 7 * 86_400;

/// Duration buckets grow by a quarter octave.
const BUCKETS_AN_OCTAVE: f64 = 4.0;

/// A group beside the others with the same work, or a block beside its own past.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Adjusted {
    /// Closed, or open and overdue, in themes and regimes that others have too.
    pub n: u32,
    /// Of `n`: closed on time.
    pub on_time: u32,
    /// Share on time that the others have with this mix, 0–1; 0 where `n` is 0.
    pub expected: f64,
    /// Closed, in themes and regimes that others close too.
    pub closed: u32,
    /// How much longer its closings take than the others' with this mix: 2 is twice as
    /// long. Of typical (geometric mean) times; 0 where `closed` is 0.
    pub time_ratio: f64,
    /// What only this group has, or hardly any other: nothing to hold it against.
    pub alone: u32,
}

/// By catalogue index, the last one «not known»; by number in the vocabulary; by
/// `Block as u8`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scorecards {
    pub municipalities: Vec<Adjusted>,
    pub bodies: Vec<Adjusted>,
    pub blocks: Vec<Adjusted>,
    /// Spans that the blocks are held against.
    pub past_spans: usize,
}

/// What was done of one theme and regime.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Work {
    n: u32,
    on_time: u32,
    closed: u32,
    /// Sum of the buckets of their durations.
    buckets: u64,
}

impl Work {
    fn add(&mut self, other: &Self) {
        self.n += other.n;
        self.on_time += other.on_time;
        self.closed += other.closed;
        self.buckets += other.buckets;
    }

    /// What is left of all without this.
    fn others(&self, all: &Self) -> Self {
        Self {
            n: all.n - self.n,
            on_time: all.on_time - self.on_time,
            closed: all.closed - self.closed,
            buckets: all.buckets - self.buckets,
        }
    }
}

/// Work by group and kind of work, row-major by group.
#[derive(Clone)]
struct Tables {
    kinds: usize,
    places: Vec<Work>,
    bodies: Vec<Work>,
    blocks: Vec<Work>,
    /// Of the blocks, in the spans before.
    past: Vec<Work>,
}

impl Tables {
    fn new(kinds: usize, places: usize, bodies: usize) -> Self {
        let table = |groups: usize| vec![Work::default(); groups * kinds];
        let (blocks, past) = (table(BLOCKS), table(BLOCKS));
        Self { kinds, places: table(places), bodies: table(bodies), blocks, past }
    }

    fn merge(mut self, other: &Self) -> Self {
        let pairs = [
            (&mut self.places, &other.places),
            (&mut self.bodies, &other.bodies),
            (&mut self.blocks, &other.blocks),
            (&mut self.past, &other.past),
        ];
        for (mine, theirs) in pairs {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                mine.add(theirs);
            }
        }
        self
    }
}

impl Board {
    /// Of what was closed inside the filter's span, and what was open and overdue at its
    /// end. `None` where `cancel` was raised.
    pub fn scorecards(&self, key: &AggregatesKey, cancel: &AtomicBool) -> Option<Scorecards> {
        let filter = CompiledFilter::new(&key.filter, self.vocabulary(), key.now);
        let past = self.past_windows(key);
        let themes = Themes::of(self);
        // The last theme is «none».
        let kinds = (themes.themes.len() + 1) * REGIMES;
        let places = usize::from(self.region().municipality_count) + 1;
        let bodies = self.vocabulary().bodies.len().max(usize::from(self.zones().last_body) + 1);
        let next = AtomicUsize::new(0);
        let share = || {
            let mut tables = Tables::new(kinds, places, bodies);
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(chunk) = self.chunks().get(index) else { return Some(tables) };
                if cancel.load(Ordering::Relaxed) {
                    return None;
                }
                let first = (index * CHUNK_ROWS) as u32;
                Share { chunk, filter: &filter, themes: &themes }.count(&mut tables, first, &past);
            }
        };
        let threads = rayon::current_num_threads().clamp(1, self.chunks().len().max(1));
        let tables = (0..threads)
            .into_par_iter()
            .with_max_len(1)
            .map(|_| share())
            .reduce_with(|one, other| Some(one?.merge(&other?)))??;
        let blocks = tables.blocks.chunks(kinds).zip(tables.past.chunks(kinds));
        Some(Scorecards {
            past_spans: past.len(),
            municipalities: adjust(&tables.places, kinds, places - 1),
            bodies: adjust(&tables.bodies, kinds, usize::from(NONE)),
            blocks: blocks
                .map(|(now, past)| adjusted(now.iter().zip(past.iter().copied())))
                .collect(),
        })
    }

    /// Spans before the filter's, each as long as it has gone, whole weeks apart, that the
    /// history reaches. None under a choice by today's state: what is long done fails it.
    fn past_windows(&self, key: &AggregatesKey) -> Vec<Window> {
        let (Some(span), Some(first)) = (key.filter.span, self.first_received()) else {
            return Vec::new();
        };
        let length = span.to.min(key.now).saturating_sub(span.from);
        if length == 0 || !key.filter.is_at_receipt() {
            return Vec::new();
        }
        let settled = first.saturating_add(SETTLING_SECS);
        let window = |back: u32| {
            let from = span.earlier(back)?.from;
            let span = Span { from, to: from + length };
            (from >= settled).then(|| Window::new(Some(span), key.now))
        };
        (1..=PAST_SPANS).map_while(window).collect()
    }
}

/// A chunk under a filter.
struct Share<'a> {
    chunk: &'a Chunk,
    filter: &'a CompiledFilter,
    themes: &'a Themes,
}

impl Share<'_> {
    fn count(&self, tables: &mut Tables, first: u32, past: &[Window]) {
        let touched = |window: &Window| {
            let zones = &self.chunk.zones;
            let is_reached = zones.last_ended >= window.from || zones.any_open;
            zones.live > 0 && zones.first_received < window.to && is_reached
        };
        let is_now = touched(&self.filter.window);
        let past: Vec<&Window> = past.iter().filter(|window| touched(window)).collect();
        if !is_now && past.is_empty() {
            return;
        }
        let rows = self.chunk.len();
        let (mut fails, mut classes) = (vec![0; rows], vec![0; rows]);
        self.filter.fails(self.chunk, 0..rows, first, &mut fails);
        let kinds = tables.kinds;
        let last_place = tables.places.len() / kinds - 1;
        if is_now {
            self.each_work(&self.filter.window, &mut classes, |at, kind, work| {
                // A dimension's own choice does not take its others out of sight.
                if fails[at] & !dimension::MUNICIPALITY == 0 {
                    let place = usize::from(self.chunk.municipality[at]).min(last_place);
                    tables.places[place * kinds + kind].add(&work);
                }
                if fails[at] & !dimension::BODY == 0 {
                    tables.bodies[usize::from(self.chunk.body[at]) * kinds + kind].add(&work);
                }
                if fails[at] & !dimension::BLOCK == 0 {
                    tables.blocks[usize::from(self.chunk.block[at]) * kinds + kind].add(&work);
                }
            });
        }
        for window in past {
            self.each_work(window, &mut classes, |at, kind, work| {
                if fails[at] & !dimension::BLOCK == 0 {
                    tables.past[usize::from(self.chunk.block[at]) * kinds + kind].add(&work);
                }
            });
        }
    }

    /// Calls `each` with the place in the chunk, the kind of work, and what was done, of
    /// what a window has closed or overdue.
    fn each_work(
        &self,
        window: &Window,
        classes: &mut [u8],
        mut each: impl FnMut(usize, usize, Work),
    ) {
        let Self { chunk, themes, .. } = self;
        classify(chunk, 0..chunk.len(), window, classes);
        for (at, class) in classes.iter().enumerate() {
            let state = state_of(*class);
            if !(is_closed(*class) || state == state::OVERDUE) {
                continue;
            }
            let mut work = Work { n: 1, ..Work::default() };
            work.on_time = u32::from(is_closed(*class) && state != state::CLOSED_LATE);
            let bucket = chunk.close_bucket[at];
            if is_closed(*class) && bucket != NO_BUCKET {
                (work.closed, work.buckets) = (1, u64::from(bucket));
            }
            let theme = themes.number_of.get(usize::from(chunk.topic[at])).copied().flatten();
            let theme = theme.map_or(themes.themes.len(), usize::from);
            each(at, theme * REGIMES + usize::from(chunk.regime[at]), work);
        }
    }
}

/// By group. What is not known to be anybody's is beside nobody.
fn adjust(table: &[Work], kinds: usize, nobody: usize) -> Vec<Adjusted> {
    let mut all = vec![Work::default(); kinds];
    let groups = || table.chunks(kinds).enumerate();
    for (_, group) in groups().filter(|(at, _)| *at != nobody) {
        for (all, work) in all.iter_mut().zip(group) {
            all.add(work);
        }
    }
    let card = |(at, group): (usize, &[Work])| {
        if at == nobody {
            let alone = group.iter().map(|work| work.n).sum();
            return Adjusted { alone, ..Adjusted::default() };
        }
        adjusted(group.iter().zip(&all).map(|(work, all)| (work, work.others(all))))
    };
    groups().map(card).collect()
}

/// By kind of work: a group's own, and what it is held against.
fn adjusted<'a>(work: impl Iterator<Item = (&'a Work, Work)>) -> Adjusted {
    let mut found = Adjusted::default();
    // Of the others, in the amounts of this group.
    let (mut on_time, mut buckets, mut own_buckets) = (0.0, 0.0, 0);
    for (work, others) in work {
        // One that stays overdue stands in every span, so it is closings that are many.
        if others.closed < LEAST_OTHERS {
            found.alone += work.n;
        } else {
            found.n += work.n;
            found.on_time += work.on_time;
            on_time += f64::from(work.n) * f64::from(others.on_time) / f64::from(others.n);
            found.closed += work.closed;
            own_buckets += work.buckets;
            let typical = others.buckets as f64 / f64::from(others.closed);
            buckets += f64::from(work.closed) * typical;
        }
    }
    if found.n > 0 {
        found.expected = on_time / f64::from(found.n);
    }
    if found.closed > 0 {
        let longer = (own_buckets as f64 - buckets) / f64::from(found.closed);
        found.time_ratio = (longer / BUCKETS_AN_OCTAVE).exp2();
    }
    found
}

#[cfg(test)]
mod tests;

//! The board on its own: refresh after a change of filter, changes, lists.

#[path = "incidents.rs"]
mod incidents;
#[path = "plain.rs"]
mod plain;

use std::collections::HashMap;
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use divan::{Bencher, black_box};
use incidents::{DAY_SECS, Dice, NOW};
use plain::Columns;
use pult::board::aggregates::AggregatesKey;
use pult::board::filter::Span;
use pult::board::what_if::WhatIf;
use pult::board::{Aggregates, Board, Change, ChangeSet, CompiledFilter, Filter, ListOrder};
use pult::domain::Catalogue;
use pult::domain::policy::Supposed;

static MILLION: LazyLock<Board> = LazyLock::new(|| incidents::board(1_000_000));
static TEN_MILLION: LazyLock<Board> = LazyLock::new(|| incidents::board(10_000_000));
static GO: AtomicBool = AtomicBool::new(false);

const YEAR: Span = Span { from: NOW - 365 * DAY_SECS, to: NOW + DAY_SECS };

#[derive(Clone, Copy, Debug)]
enum Asked {
    All,
    Year,
    YearOfOneTown,
}

const ASKED: [Asked; 3] = [Asked::All, Asked::Year, Asked::YearOfOneTown];

impl Asked {
    fn filter(self) -> Filter {
        let mut filter = Filter::default();
        match self {
            Self::All => {}
            Self::Year => filter.span = Some(YEAR),
            Self::YearOfOneTown => {
                filter.span = Some(YEAR);
                filter.municipalities = [1].into();
            }
        }
        filter
    }

    fn key(self) -> AggregatesKey {
        AggregatesKey { filter: self.filter(), version: 1, now: NOW }
    }
}

fn board(rows: u32) -> &'static Board {
    if rows == 1_000_000 { &MILLION } else { &TEN_MILLION }
}

#[divan::bench(args = ASKED, consts = [1_000_000, 10_000_000])]
fn refresh_core<const ROWS: u32>(bencher: Bencher, asked: Asked) {
    let (board, key) = (board(ROWS), asked.key());
    bencher.bench(|| Aggregates::compute_core(board, &key, &GO));
}

#[divan::bench(args = ASKED, consts = [1_000_000, 10_000_000])]
fn refresh_everything<const ROWS: u32>(bencher: Bencher, asked: Asked) {
    let (board, key) = (board(ROWS), asked.key());
    bencher.bench(|| Aggregates::compute(board, &key, &GO));
}

/// One thread.
#[divan::bench(args = [Asked::All, Asked::Year])]
fn plain_scan(bencher: Bencher, asked: Asked) {
    let columns = Columns::new(incidents::rows(1_000_000));
    let Span { from, to } = asked.filter().span.unwrap_or(Span { from: 0, to: u32::MAX });
    bencher.bench(|| columns.scan(black_box(from), black_box(to)));
}

#[divan::bench(consts = [1_000_000])]
fn apply_5000_changes_beside_a_snapshot<const ROWS: u32>(bencher: Bencher) {
    let mut board = board(ROWS).clone();
    let mut dice = Dice::new(1);
    bencher
        .with_inputs(|| {
            let change = |_| {
                let at = dice.below(ROWS);
                Change { row_id: at + 1, row: Some(incidents::row(at, ROWS, &mut dice)) }
            };
            ChangeSet { changes: (0..5000).map(change).collect(), vocabulary_changed: false }
        })
        .bench_local_refs(|set| {
            let snapshot = board.clone();
            board.apply(set);
            snapshot
        });
}

#[divan::bench(args = [ListOrder::NEWEST, ListOrder::DUE_SOONEST])]
fn list_of_a_million(bencher: Bencher, order: ListOrder) {
    let filter = CompiledFilter::new(&Filter::default(), MILLION.vocabulary(), NOW);
    bencher.bench(|| MILLION.list(&filter, order, &GO));
}

#[divan::bench(args = ASKED)]
fn points_of_a_million(bencher: Bencher, asked: Asked) {
    let filter = CompiledFilter::new(&asked.filter(), MILLION.vocabulary(), NOW);
    bencher.bench(|| MILLION.selected_points(&filter, &GO));
}

/// Every measure for every municipality, block and body, and for the spans beside.
#[divan::bench(args = ASKED)]
fn indicators_of_a_million(bencher: Bencher, asked: Asked) {
    let key = asked.key();
    bencher.bench(|| MILLION.indicators(&key, &GO));
}

/// What groups do beside others with the same work.
#[divan::bench]
fn scorecards_of_a_million(bencher: Bencher) {
    let key = Asked::All.key();
    bencher.bench(|| MILLION.scorecards(&key, &GO));
}

/// What is one matter in the last four weeks.
#[divan::bench]
fn matters_of_a_million(bencher: Bencher) {
    bencher.bench(|| MILLION.matters(NOW, &GO));
}

#[divan::bench]
fn forecasts_of_a_million(bencher: Bencher) {
    let key = Asked::All.key();
    bencher.bench(|| MILLION.forecasts(&key, &GO));
}

/// Every deadline by the rules, by other rules, and as it stands.
#[divan::bench]
fn deadlines_of_a_million(bencher: Bencher) {
    let catalogue = Catalogue::embedded();
    let Some(policy) = catalogue.policies.by_version("social-1") else {
        unreachable!("the embedded policies have it");
    };
    let supposed = Supposed { amount: 18, ..Supposed::as_is(policy, 0) };
    let supposed = catalogue.policies.supposing(&[supposed]);
    let asked = WhatIf {
        rules: &catalogue.policies,
        supposed: &supposed,
        calendar: &catalogue.work_calendar,
        interim: &HashMap::new(),
        now: NOW,
    };
    let filter = CompiledFilter::new(&Filter::default(), MILLION.vocabulary(), NOW);
    bencher.bench(|| MILLION.what_if(&filter, &asked, &GO));
}

fn main() {
    divan::main();
}

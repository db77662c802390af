//! Properties of the board, over random boards with holes, changes and filters.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;

use super::aggregates::AggregatesKey;
use super::naive::Naive;
use super::row::flags;
use super::samples::{
    NOW, REGION, board, changes, filter, old_board, row, span_only, take, vocabulary,
};
use super::{
    Aggregates, Board, BoardBuilder, ChangeSet, CompiledFilter, Filter, ListOrder, Row, SortBy,
    Totals,
};
use crate::domain::Status;

fn compute(board: &Board, key: &AggregatesKey) -> Aggregates {
    Aggregates::compute(board, key, &AtomicBool::new(false)).unwrap()
}

fn key(board: &Board, filter: Filter) -> AggregatesKey {
    AggregatesKey { filter, version: board.version(), now: NOW }
}

fn sum(parts: &[Totals]) -> Totals {
    let mut sum = Totals::default();
    for part in parts {
        sum.add(part);
    }
    sum
}

/// Says which field differs, rather than printing all.
fn same_fields(all: &Aggregates, naive: &Aggregates) -> Result<(), TestCaseError> {
    macro_rules! same {
        ($($field:ident),*) => { $(
            prop_assert_eq!(&all.$field, &naive.$field, "{}", stringify!($field));
        )* };
    }
    same!(
        total,
        previous,
        by_municipality,
        by_municipality_previous,
        by_block,
        by_block_previous,
        by_topic,
        by_body,
        by_source,
        by_regime,
        by_settlement,
        by_status,
        by_day,
        by_weekday_hour,
        matrix,
        block_trend,
        municipality_trend,
        first_answer,
        close_by_municipality,
        due_next,
        overdue_top,
        surprises
    );
    Ok(())
}

/// Everything, and the core alone, as the naive way has it.
fn same_answers(
    board: &Board,
    rows: &BTreeMap<u32, Row>,
    filter: Filter,
) -> Result<(), TestCaseError> {
    let key = key(board, filter);
    let vocabulary = vocabulary();
    let naive = Naive { rows, vocabulary: &vocabulary, region: REGION }.compute(&key);
    let all = compute(board, &key);
    same_fields(&all, &naive)?;
    prop_assert!(all == naive);
    let core = Aggregates::compute_core(board, &key, &AtomicBool::new(false)).unwrap();
    prop_assert!(!core.complete);
    prop_assert_eq!(core.total, naive.total);
    prop_assert_eq!(core.by_municipality, naive.by_municipality);
    prop_assert_eq!(core.by_block, naive.by_block);
    prop_assert_eq!(core.matrix, naive.matrix);
    prop_assert_eq!(core.by_topic, naive.by_topic);
    prop_assert_eq!(core.by_status, naive.by_status);
    prop_assert_eq!(core.by_day, naive.by_day);
    prop_assert_eq!(core.close_by_municipality, naive.close_by_municipality);
    prop_assert_eq!(core.overdue_top, naive.overdue_top);
    Ok(())
}

const SORTS: [SortBy; 12] = [
    SortBy::Received,
    SortBy::Due,
    SortBy::FirstAnswer,
    SortBy::Closed,
    SortBy::Municipality,
    SortBy::Block,
    SortBy::Topic,
    SortBy::Body,
    SortBy::Regime,
    SortBy::Source,
    SortBy::Status,
    SortBy::Rating,
];

fn sort_value(row: &Row, by: SortBy) -> Option<u32> {
    let known = |value: u32| (value != 0).then_some(value);
    match by {
        SortBy::Received => Some(row.received),
        SortBy::Due => known(row.due),
        SortBy::FirstAnswer => known(row.first_answer),
        SortBy::Closed => known(row.closed),
        SortBy::Municipality => Some(row.municipality.into()),
        SortBy::Block => Some(row.block.into()),
        SortBy::Topic => known(row.topic.into()),
        SortBy::Body => known(row.body.into()),
        SortBy::Regime => Some(row.regime.into()),
        SortBy::Source => Some(row.source.into()),
        SortBy::Status => Some(row.status.into()),
        SortBy::Rating => known(row.rating.into()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_field_equals_the_naive_answer((board, rows) in board(), filter in filter()) {
        same_answers(&board, &rows, filter)?;
    }

    #[test]
    fn what_lies_before_the_span_is_still_open_and_overdue(
        (board, rows) in old_board(),
        filter in span_only(),
    ) {
        same_answers(&board, &rows, filter)?;
    }

    #[test]
    fn lists_without_a_choice_of_their_own_sum_up_to_the_total(
        (board, _) in board(),
        filter in filter(),
    ) {
        let aggregates = compute(&board, &key(&board, filter.clone()));
        let total = aggregates.total;
        for (free, list) in [
            (filter.municipalities.is_empty(), &aggregates.by_municipality),
            (filter.blocks.is_empty(), &aggregates.by_block),
            (filter.topics.is_empty(), &aggregates.by_topic),
            (filter.bodies.is_empty(), &aggregates.by_body),
            (filter.sources.is_empty(), &aggregates.by_source),
            (filter.regimes.is_empty(), &aggregates.by_regime),
            (filter.municipalities.is_empty() && filter.blocks.is_empty(), &aggregates.matrix),
        ] {
            if free {
                prop_assert_eq!(sum(list), total);
            }
        }
        let hours: u32 = aggregates.by_weekday_hour.iter().flatten().sum();
        prop_assert_eq!(hours, total.received);
        if filter.span.is_none() {
            let days = &aggregates.by_day;
            prop_assert_eq!(days.iter().map(|day| day.received).sum::<u32>(), total.received);
            prop_assert_eq!(days.iter().map(|day| day.closed).sum::<u32>(), total.closed);
            let last = days.last().copied().unwrap_or_default();
            prop_assert_eq!((last.open, last.overdue), (total.open, total.overdue));
        }
    }

    #[test]
    fn the_board_gives_back_what_it_took((board, rows) in board()) {
        prop_assert_eq!(board.len(), rows.len());
        for position in 0..board.positions() + 10 {
            let Some(row) = rows.get(&position) else {
                prop_assert_eq!(board.row(position), None);
                continue;
            };
            let held = board.row(position).unwrap();
            let as_done = Row { closed: held.closed, answered: held.answered, ..*row };
            prop_assert_eq!(held, as_done);
            let is_open = Status::from_index(row.status).unwrap().is_open();
            prop_assert!(is_open || held.done() == row.done());
            prop_assert!(held.closed == 0 || held.closed == row.closed.max(row.received));
        }
    }

    #[test]
    fn lists_and_points_show_what_the_total_counts(
        (board, rows) in board(),
        filter in filter(),
        by in select(SORTS.to_vec()),
        descending in any::<bool>(),
    ) {
        let total = compute(&board, &key(&board, filter.clone())).total;
        let compiled = CompiledFilter::new(&filter, &vocabulary(), NOW);
        let cancel = AtomicBool::new(false);
        let list = board.list(&compiled, ListOrder { by, descending }, &cancel).unwrap();
        let vocabulary = vocabulary();
        let naive = Naive { rows: &rows, vocabulary: &vocabulary, region: REGION };
        let mut positions = naive.shown(&filter, NOW);
        prop_assert_eq!(positions.len(), total.received as usize);
        let points = board.selected_points(&compiled, &cancel).unwrap();
        let placed: Vec<_> =
            positions.iter().copied().filter(|at| rows[at].flags & flags::PLACED != 0).collect();
        prop_assert_eq!(placed.len(), (total.received - total.unplaced) as usize);
        prop_assert_eq!(&points.positions, &placed);
        prop_assert!(points.xs.iter().zip(&placed).all(|(x, at)| *x == rows[at].x));
        prop_assert!(points.ys.iter().zip(&placed).all(|(y, at)| *y == rows[at].y));
        positions.sort_by_key(|at| {
            let value = sort_value(&board.row(*at).unwrap(), by);
            let value = value.map(|value| if descending { -i64::from(value) } else { i64::from(value) });
            (value.is_none(), value, std::cmp::Reverse(*at))
        });
        prop_assert_eq!(&list.positions, &positions);
        if let Some(at) = positions.last() {
            prop_assert_eq!(list.locate(*at), Some(positions.len() - 1));
        }
        prop_assert_eq!(list.locate(u32::MAX), None);
    }

    #[test]
    fn a_snapshot_stays_as_it_was((board, _) in board(), later in changes(), filter in filter()) {
        let mut changed = board.clone();
        let snapshot = board.clone();
        let key = key(&board, filter);
        let before = compute(&snapshot, &key);
        changed.apply(&ChangeSet { changes: later, vocabulary_changed: false });
        prop_assert!(changed.version() > snapshot.version());
        prop_assert_eq!(compute(&snapshot, &key), before);
    }

    #[test]
    fn changing_is_the_same_as_building_anew(
        (mut board, mut rows) in board(),
        later in changes(),
        filter in filter(),
    ) {
        take(&mut rows, &later);
        board.apply(&ChangeSet { changes: later, vocabulary_changed: false });
        let mut builder = BoardBuilder::new(REGION);
        for (position, row) in &rows {
            builder.push(position + 1, row);
        }
        let fresh = builder.finish(vocabulary());
        let key = key(&board, filter);
        prop_assert_eq!(compute(&board, &key), compute(&fresh, &key));
    }
}

#[test]
fn a_row_takes_at_most_64_bytes() {
    let mut builder = BoardBuilder::new(REGION);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let row = row().new_tree(&mut runner).unwrap().current();
    (1..=20_000).for_each(|row_id| builder.push(row_id, &row));
    let board = builder.finish(vocabulary());
    assert_eq!(board.len(), 20_000);
    assert!(board.bytes() <= 64 * board.len(), "{} bytes", board.bytes());
}

#[test]
fn a_raised_flag_cancels() {
    let mut builder = BoardBuilder::new(REGION);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    builder.push(1, &row().new_tree(&mut runner).unwrap().current());
    let board = builder.finish(vocabulary());
    let key = key(&board, Filter::default());
    assert!(Aggregates::compute(&board, &key, &AtomicBool::new(true)).is_none());
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let mut builder = BoardBuilder::new(REGION);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let rows = vec(row(), 500).new_tree(&mut runner).unwrap().current();
    for row_id in 1..=100_000_u32 {
        builder.push(row_id, &rows[row_id as usize * 7 % rows.len()]);
    }
    let board = builder.finish(vocabulary());
    let mut filters = vec![Filter::default()];
    filters.extend((0..5).map(|_| filter().new_tree(&mut runner).unwrap().current()));
    for filter in filters {
        let key = key(&board, filter);
        let by_threads = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| compute(&board, &key))
        };
        let one = by_threads(1);
        assert_eq!(one, by_threads(2));
        assert_eq!(one, by_threads(5));
    }
}

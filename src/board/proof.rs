//! Properties of the board, over random boards with holes, changes and filters.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::aggregates::AggregatesKey;
use super::filter::{RowSet, Span, TextMatch};
use super::naive::Naive;
use super::row::{NO_MUNICIPALITY, flags};
use super::vocabulary::{BodyEntry, TopicEntry};
use super::{
    Aggregates, Board, BoardBuilder, Change, ChangeSet, Filter, Region, Row, Totals, Vocabulary,
};

const DAY: u32 = 86_400;
/// A morning in Abakan, 1 October 2026.
const NOW: u32 = 1_790_823_600;
const FIRST: u32 = NOW - 60 * DAY;
const REGION: Region = Region { municipality_count: 5, local_offset_secs: 7 * 3600 };

/// Two themes with two sub-themes of two facts each, after «none».
fn vocabulary() -> Arc<Vocabulary> {
    let node = |parent, depth| TopicEntry { parent, depth, ..TopicEntry::default() };
    let mut topics = vec![TopicEntry::default()];
    for theme in [1, 8] {
        topics.push(node(0, 1));
        for sub in [theme + 1, theme + 4] {
            topics.extend([node(theme, 2), node(sub, 3), node(sub, 3)]);
        }
    }
    let bodies = vec![BodyEntry::default(); 4];
    Arc::new(Vocabulary { topics, bodies, settlements: vec![String::new(); 3] })
}

/// Moments gather on few seconds, so that ties and bounds are met often.
fn moment() -> impl Strategy<Value = u32> {
    prop_oneof![
        4 => (0..70_u32, 0..4_u32).prop_map(|(day, part)| FIRST + day * DAY + part * 3 * 3600),
        1 => FIRST..NOW + DAY,
        1 => Just(NOW),
        1 => Just(NOW - 20 * DAY),
    ]
}

fn maybe(moment: impl Strategy<Value = u32>) -> impl Strategy<Value = u32> {
    prop_oneof![1 => Just(0), 3 => moment]
}

fn row() -> impl Strategy<Value = Row> {
    let received = prop_oneof![3 => moment(), 2 => (0..3 * DAY).prop_map(|ago| NOW - ago)];
    let times = (received, maybe(moment()), maybe(moment()), maybe(moment()));
    let wide = (0..3_u16, 0..16_u16, 0..5_u16, 0..64_u16);
    let municipality = prop_oneof![6 => 0..5_u8, 1 => Just(NO_MUNICIPALITY)];
    let narrow = (municipality, 0..9_u8, 0..4_u8, 0..10_u8, 0..11_u8, 0..6_u8);
    (times, wide, narrow).prop_map(|(times, wide, narrow)| Row {
        received: times.0,
        due: times.1,
        first_answer: times.2,
        closed: times.3,
        x: times.0.wrapping_mul(31),
        y: times.1.wrapping_mul(17),
        settlement: wide.0,
        topic: wide.1,
        body: wide.2,
        flags: wide.3,
        municipality: narrow.0,
        block: narrow.1,
        regime: narrow.2,
        source: narrow.3,
        status: narrow.4,
        rating: narrow.5,
    })
}

/// Ids over two chunks, thick at the bounds.
fn row_id() -> impl Strategy<Value = u32> {
    prop_oneof![1..200_u32, 16_300..16_500_u32, 1..20_000_u32]
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let row = prop_oneof![4 => row().prop_map(Some), 1 => Just(None)];
    vec((row_id(), row).prop_map(|(row_id, row)| Change { row_id, row }), 0..60)
}

fn filter() -> impl Strategy<Value = Filter> {
    let span = proptest::option::of(
        (moment(), moment()).prop_map(|(a, b)| Span { from: a.min(b), to: a.max(b) }),
    );
    let few = |values: std::ops::Range<u8>| prop_oneof![3 => Just(BTreeSet::new()), 2 => btree_set(values, 1..4)];
    let few_wide = |values: std::ops::Range<u16>| prop_oneof![3 => Just(BTreeSet::new()), 2 => btree_set(values, 1..4)];
    let municipality = few(0..6).prop_map(|set| {
        let known = |value| if value == 5 { NO_MUNICIPALITY } else { value };
        set.into_iter().map(known).collect()
    });
    let narrow = (municipality, few(0..9), few(0..4), few(0..10), few(0..11));
    let settlements = prop_oneof![5 => Just(BTreeSet::new()), 1 => btree_set(0..3_u16, 1..2)];
    let wide = (settlements, few_wide(0..15), few_wide(0..5));
    let set = prop_oneof![4 => Just(0), 1 => Just(flags::RESONANCE)];
    let text = proptest::option::weighted(0.1, vec(row_id(), 0..300));
    let rest = (set, prop::bool::weighted(0.1), prop::bool::weighted(0.1), text);
    (span, narrow, wide, rest).prop_map(|(span, narrow, wide, rest)| Filter {
        span,
        municipalities: narrow.0,
        blocks: narrow.1,
        regimes: narrow.2,
        sources: narrow.3,
        statuses: narrow.4,
        settlements: wide.0,
        topics: wide.1,
        bodies: wide.2,
        flags: rest.0,
        overdue_only: rest.1,
        unplaced_only: rest.2,
        text: rest.3.map(|ids| TextMatch {
            query: "тест".to_owned(),
            rows: Arc::new(ids.into_iter().collect::<RowSet>()),
        }),
    })
}

/// A board after some changes, and the rows it must hold by position.
fn board() -> impl Strategy<Value = (Board, BTreeMap<u32, Row>)> {
    (vec((row_id(), row()), 0..300), changes()).prop_map(|(first, changes)| {
        let mut builder = BoardBuilder::new(REGION);
        let mut rows = BTreeMap::new();
        for (row_id, row) in &first {
            builder.push(*row_id, row);
            rows.insert(row_id - 1, *row);
        }
        let mut board = builder.finish(vocabulary());
        take(&mut rows, &changes);
        board.apply(&ChangeSet { changes, vocabulary_changed: false });
        (board, rows)
    })
}

fn take(rows: &mut BTreeMap<u32, Row>, changes: &[Change]) {
    for change in changes {
        match change.row {
            Some(row) => rows.insert(change.row_id - 1, row),
            None => rows.remove(&(change.row_id - 1)),
        };
    }
}

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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn every_field_equals_the_naive_answer((board, rows) in board(), filter in filter()) {
        let key = key(&board, filter);
        let vocabulary = vocabulary();
        let naive = Naive { rows: &rows, vocabulary: &vocabulary, region: REGION }.compute(&key);
        let all = compute(&board, &key);
        same_fields(&all, &naive)?;
        prop_assert!(all == naive);
        let core = Aggregates::compute_core(&board, &key, &AtomicBool::new(false)).unwrap();
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
            let as_closed = Row { closed: held.closed, ..*row };
            prop_assert_eq!(held, as_closed);
            prop_assert!(held.closed == 0 || held.closed == row.closed.max(row.received));
        }
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

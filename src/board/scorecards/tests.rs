use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::aggregates::DurationHistogram;
use super::super::naive::{Naive, Own, Times, close, end};
use super::super::samples::{self, NOW, REGION};
use super::super::{BoardBuilder, Filter, Row};
use super::*;
use crate::domain::{Regime, Status};

const DAY: u32 = 86_400;

fn key(board: &Board, filter: Filter) -> AggregatesKey {
    AggregatesKey { filter, version: board.version(), now: NOW }
}

/// `n` incidents of a body that were closed after so many days, due in five.
fn done(body: u16, topic: u16, days: u32, n: usize) -> Vec<Row> {
    let received = NOW - 40 * DAY;
    let row = Row {
        received,
        due: received + 5 * DAY,
        closed: received + days * DAY,
        status: Status::Closed.index(),
        regime: Regime::Pos.index(),
        topic,
        body,
        ..Row::default()
    };
    vec![row; n]
}

fn board(rows: impl IntoIterator<Item = Row>) -> Board {
    let mut builder = BoardBuilder::new(REGION);
    for (row_id, row) in (1..).zip(rows) {
        builder.push(row_id, &row);
    }
    builder.finish(samples::vocabulary())
}

#[test]
fn nobody_is_best_by_having_easy_work() {
    // Theme 1 is quick and theme 8 slow. The first body has the quick one nearly
    // alone and takes longer over it than others; the second has the slow one.
    let rows = [done(1, 3, 4, 100), done(1, 10, 16, 20), done(2, 3, 2, 20), done(2, 10, 8, 100)];
    let board = board(rows.into_iter().flatten());
    let key = key(&board, Filter::default());
    let found = board.scorecards(&key, &AtomicBool::new(false)).unwrap().bodies;
    let (first, second) = (found[1], found[2]);
    // As they stand the first is better.
    assert!(first.on_time * second.n > second.on_time * first.n);
    // With the same work it is the second: half the time in either theme.
    assert!((first.time_ratio - 2.0).abs() < 0.15, "{first:?}");
    assert!((second.time_ratio - 0.5).abs() < 0.05, "{second:?}");
    assert_eq!((first.n, first.on_time, first.alone), (120, 100, 0));
    assert!((first.expected - 100.0 / 120.0).abs() < 1e-12, "{first:?}");
}

#[test]
fn what_only_one_has_is_held_against_nothing() {
    let rows = [done(1, 3, 4, 100), done(1, 10, 4, 50), done(2, 10, 9, 9)];
    let board = board(rows.into_iter().flatten());
    let key = key(&board, Filter::default());
    let found = board.scorecards(&key, &AtomicBool::new(false)).unwrap().bodies;
    assert_eq!(found[1], Adjusted { alone: 150, ..Adjusted::default() });
    assert_eq!((found[2].n, found[2].alone), (9, 0));
}

#[test]
fn a_block_is_held_against_its_own_past() {
    // Closed after two days where the weeks before it took eight.
    let shifted = |weeks: u32, days: u32| -> Vec<Row> {
        let mut rows = done(1, 3, days, 30);
        for row in &mut rows {
            let closed = NOW - DAY - weeks * 7 * DAY;
            (row.received, row.closed) = (closed - days * DAY, closed);
            row.due = row.received + 5 * DAY;
            row.block = 2;
        }
        rows
    };
    let rows = [shifted(0, 2), shifted(1, 8), shifted(2, 8), shifted(6, 8)];
    let board = board(rows.into_iter().flatten());
    let week = Some(Span { from: NOW - 7 * DAY, to: NOW + DAY });
    let run = |filter| {
        let key = key(&board, filter);
        board.scorecards(&key, &AtomicBool::new(false)).unwrap().blocks[2]
    };
    let found = run(Filter { span: week, ..Filter::default() });
    assert_eq!((found.n, found.on_time, found.alone), (30, 30, 0));
    assert!(found.expected.abs() < 1e-12, "{found:?}");
    assert!((found.time_ratio - 0.25).abs() < 0.05, "{found:?}");
    // Another block's choice leaves it in sight; without a span there is no past.
    let other = Filter { span: week, blocks: [1].into(), ..Filter::default() };
    assert_eq!(run(other), found);
    let all = run(Filter::default());
    assert_eq!((all.n, all.alone), (0, 120));
}

/// One incident that is closed, or open and overdue.
struct Done {
    group: usize,
    /// Theme and regime.
    kind: (u16, u8),
    is_on_time: bool,
    /// Of the duration, where it is closed.
    bucket: Option<f64>,
}

/// What a filter leaves of the rows, without the groups' own choice.
fn done_of(
    rows: &BTreeMap<u32, Row>,
    filter: &Filter,
    own: Own,
    group: impl Fn(&Row) -> usize,
) -> Vec<Done> {
    let vocabulary = samples::vocabulary();
    let naive = Naive { rows, vocabulary: &vocabulary, region: REGION };
    let times = Times::new(filter.span, NOW);
    let passing = rows.iter().filter(|(at, row)| naive.passes(filter, NOW, **at, row, own));
    let worked = passing.filter(|(_, row)| times.closed(row) || times.overdue(row));
    let done = worked.map(|(_, row)| {
        let is_closed = times.closed(row);
        let secs = close(row).map(|closed| closed - row.received).filter(|_| is_closed);
        Done {
            group: group(row),
            kind: (vocabulary.ancestor(row.topic, 1), row.regime),
            is_on_time: is_closed && (row.due == 0 || end(row).unwrap() <= row.due),
            bucket: secs.map(|secs| DurationHistogram::bucket(secs) as f64),
        }
    });
    done.collect()
}

/// A group's card, incident by incident: each is held against the others of its kind.
fn by_loops(done: &[Done], group: usize, nobody: usize) -> Adjusted {
    let mut card = Adjusted::default();
    let (mut expected, mut longer) = (0.0, 0.0);
    for one in done.iter().filter(|one| one.group == group) {
        let others = done.iter().filter(|other| {
            other.kind == one.kind && other.group != group && other.group != nobody
        });
        let others: Vec<&Done> = others.collect();
        let buckets: Vec<f64> = others.iter().filter_map(|other| other.bucket).collect();
        if group == nobody || buckets.len() < LEAST_OTHERS as usize {
            card.alone += 1;
            continue;
        }
        card.n += 1;
        card.on_time += u32::from(one.is_on_time);
        let on_time = others.iter().filter(|other| other.is_on_time).count();
        expected += on_time as f64 / others.len() as f64;
        if let Some(bucket) = one.bucket {
            card.closed += 1;
            longer += bucket - buckets.iter().sum::<f64>() / buckets.len() as f64;
        }
    }
    if card.n > 0 {
        card.expected = expected / f64::from(card.n);
    }
    if card.closed > 0 {
        // Four buckets double a time.
        card.time_ratio = 2.0_f64.powf(longer / f64::from(card.closed) / 4.0);
    }
    card
}

/// Few kinds of work, most of it closed, so that groups have others to stand beside.
fn busy() -> impl Strategy<Value = (Board, BTreeMap<u32, Row>)> {
    vec((samples::row(), 0..4_u8), 150..300).prop_map(|rows| {
        let mut builder = BoardBuilder::new(REGION);
        let mut known = BTreeMap::new();
        for (at, (mut row, dice)) in (0..).zip(rows) {
            row.topic = [0, 3, 10][usize::from(row.topic % 3)];
            row.regime %= 2;
            if dice > 0 {
                row.status = Status::Closed.index();
            }
            builder.push(at + 1, &row);
            known.insert(at, row);
        }
        (builder.finish(samples::vocabulary()), known)
    })
}

fn is_like(found: &Adjusted, expected: &Adjusted) -> bool {
    let is_near = |one: f64, other: f64| (one - other).abs() <= 1e-9 * other.abs().max(1.0);
    is_near(found.expected, expected.expected)
        && is_near(found.time_ratio, expected.time_ratio)
        && Adjusted { expected: expected.expected, time_ratio: expected.time_ratio, ..*found }
            == *expected
}

proptest! {
    /// Whatever stands on the board, all work is held against something or alone, and
    /// the amounts are those of the indicators.
    #[test]
    fn all_work_is_counted_once(
        (board, _) in samples::board(),
        filter in samples::filter(),
    ) {
        let key = key(&board, filter);
        let cancel = AtomicBool::new(false);
        let found = board.scorecards(&key, &cancel).unwrap();
        let measured = board.indicators(&key, &cancel).unwrap().now;
        let on_time = crate::domain::indicator::Measure::OnTime;
        for (place, card) in found.municipalities.iter().enumerate() {
            let n = measured.municipality(place).figure(on_time).n;
            prop_assert_eq!(card.n + card.alone, n);
            prop_assert!((0.0..=1.0).contains(&card.expected));
            prop_assert!(card.on_time <= card.n);
        }
        for (block, card) in found.blocks.iter().enumerate() {
            prop_assert_eq!(card.n + card.alone, measured.block(block).figure(on_time).n);
        }
        for (body, card) in found.bodies.iter().enumerate() {
            prop_assert_eq!(card.n + card.alone, measured.bodies[body].figure(on_time).n);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_expected_of_a_group_is_what_loops_over_the_others_count(
        (board, rows) in busy(),
        filter in prop_oneof![Just(Filter::default()), samples::span_only(), samples::filter()],
    ) {
        let found = board.scorecards(&key(&board, filter.clone()), &AtomicBool::new(false)).unwrap();
        let last = usize::from(REGION.municipality_count);
        let places = done_of(&rows, &filter, Own::Municipality, |row| {
            usize::from(row.municipality).min(last)
        });
        let bodies = done_of(&rows, &filter, Own::Body, |row| usize::from(row.body));
        let sides = [
            (&found.municipalities, places, last),
            (&found.bodies, bodies, usize::from(NONE)),
        ];
        for (cards, done, nobody) in sides {
            for (group, card) in cards.iter().enumerate() {
                let expected = by_loops(&done, group, nobody);
                prop_assert!(is_like(card, &expected), "{} {:?} {:?}", group, card, expected);
            }
            if filter == Filter::default() {
                let has_others = |card: &Adjusted| card.expected > 0.0 && card.time_ratio > 0.0;
                prop_assert!(cards.iter().any(has_others), "nothing was held against anything");
            }
        }
    }
}

//! The measures over again, row by row from their words in the registry.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::select;

use super::super::aggregates::DurationHistogram;
use super::super::naive::{Naive, Own, Times, end};
use super::super::row::{NONE, flags};
use super::super::samples::{self, NOW, REGION};
use super::super::{Filter, Row};
use super::*;
use crate::domain::Regime;
use crate::domain::indicator::{Kind, Measure};

type Rows<'r> = [(u32, &'r Row)];

/// Positions that a measure counts, and those among which.
fn sides(
    measure: Measure,
    rows: &Rows<'_>,
    times: &Times,
    repeats: &BTreeSet<u32>,
) -> [Vec<u32>; 2] {
    let received = |row: &Row| times.received(row);
    let closed = |row: &Row| times.closed(row);
    let answered = |row: &Row| row.first_answer != 0 && row.first_answer < times.clock;
    let is_on_time = |row: &Row| closed(row) && (row.due == 0 || end(row).unwrap() <= row.due);
    let has = |row: &Row, flag: u16| row.flags & flag != 0;
    let ticked = |row: &Row, bit: u8| (row.checks >> bit & 1 == 1, closed(row) && row.checks > 0);
    let is_placed = |row: &Row| has(row, flags::PLACED);
    let social = |row: &Row| row.regime == Regime::Social.index() && row.body != NONE;
    let counts: &dyn Fn(u32, &Row) -> (bool, bool) = &|at, row| match measure {
        Measure::Received => (received(row), received(row)),
        Measure::Closed | Measure::CloseTime => (closed(row), closed(row)),
        Measure::Open | Measure::BacklogAge => (times.open(row), times.open(row)),
        Measure::Overdue => (times.overdue(row), times.overdue(row)),
        Measure::OnTime => (is_on_time(row), closed(row) || times.overdue(row)),
        Measure::RegistrationTime => (true, received(row) && row.registered != 0),
        Measure::FirstAnswerTime => (true, received(row) && answered(row)),
        Measure::AfterAnswerTime => (true, closed(row) && row.first_answer != 0),
        Measure::Returned => (has(row, flags::RETURNED), closed(row)),
        Measure::Reopened => (has(row, flags::REOPENED), closed(row)),
        Measure::Interim => (has(row, flags::INTERIM), closed(row)),
        Measure::Repeated => {
            let counts = !kinds::is_excluded(row.status) && row.topic != NONE;
            (repeats.contains(&at), received(row) && is_placed(row) && counts)
        }
        Measure::Quality => (true, closed(row) && row.checks > 0),
        Measure::ToThePoint => ticked(row, 0),
        Measure::Evasive => ticked(row, 1),
        Measure::Redirected => ticked(row, 2),
        Measure::Polite => ticked(row, 3),
        Measure::Resolved => ticked(row, 4),
        Measure::AssignTime => (true, received(row) && row.stages.0[0] > 0),
        Measure::PrepareTime => (true, closed(row) && row.stages.0[1] > 0),
        Measure::ApprovalTime => (true, closed(row) && row.stages.0[2] > 0),
        Measure::Satisfaction => (true, received(row) && row.rating > 0),
        Measure::Rated => (row.rating > 0, received(row)),
        Measure::Delivered => (has(row, flags::DELIVERED), received(row) && row.body != NONE),
        Measure::Answering => (answered(row), received(row) && social(row)),
        Measure::Unplaced => (!is_placed(row), received(row)),
    };
    let side = |wanted: fn((bool, bool)) -> bool| {
        rows.iter().filter(|(at, row)| wanted(counts(*at, row))).map(|(at, _)| *at).collect()
    };
    [side(|(is, among)| is && among), side(|(_, among)| among)]
}

/// In seconds, and of a stage the least that its bucket holds.
fn durations(measure: Measure, row: &Row, clock: u32) -> u32 {
    let answered = row.first_answer.max(row.received);
    let stage = |at: usize| DurationHistogram::bounds(usize::from(row.stages.0[at]) - 1).0;
    match measure {
        Measure::AssignTime => stage(0),
        Measure::PrepareTime => stage(1),
        Measure::ApprovalTime => stage(2),
        Measure::RegistrationTime => row.registered.saturating_sub(row.received),
        Measure::FirstAnswerTime => answered - row.received,
        Measure::AfterAnswerTime => row.closed.saturating_sub(answered),
        Measure::BacklogAge => clock.saturating_sub(row.received),
        _ => row.closed.saturating_sub(row.received),
    }
}

/// What the figure has to be.
fn figure(measure: Measure, rows: &Rows<'_>, times: &Times, repeats: &BTreeSet<u32>) -> Figure {
    let [counted, among] = sides(measure, rows, times, repeats);
    let by_position: BTreeMap<u32, &Row> = rows.iter().copied().collect();
    let bodies = |positions: &[u32]| {
        positions.iter().map(|at| by_position[at].body).collect::<BTreeSet<_>>().len()
    };
    let (counted_n, n) = match measure {
        Measure::Answering => (bodies(&counted), bodies(&among)),
        _ => (counted.len(), among.len()),
    };
    let mean = |of: &dyn Fn(&Row) -> u32| {
        let sum: u32 = among.iter().map(|at| of(by_position[at])).sum();
        Value::Mean(f64::from(sum) / n as f64)
    };
    let nothing_due = among.iter().all(|at| by_position[at].due == 0);
    let value = match measure.kind() {
        Kind::Count => Value::Count(n as u32),
        _ if n == 0 || (measure == Measure::OnTime && nothing_due) => Value::Nothing,
        Kind::Share => {
            Value::Share { counted: counted_n as u32, share: counted_n as f64 / n as f64 }
        }
        Kind::Duration => {
            let mut secs: Vec<u32> =
                among.iter().map(|at| durations(measure, by_position[at], times.clock)).collect();
            secs.sort_unstable();
            let quantile = |q: f64| {
                let rank = ((q * n as f64).ceil() as usize).clamp(1, n);
                DurationHistogram::bounds(DurationHistogram::bucket(secs[rank - 1]))
            };
            Value::Duration { median: quantile(0.5), ninth: quantile(0.9) }
        }
        Kind::Mean if measure == Measure::Quality => {
            mean(&|row| u32::from(REGION.scores[usize::from(row.checks) % 32]))
        }
        Kind::Mean => mean(&|row| u32::from(row.rating)),
    };
    Figure { value, n: n as u32 }
}

/// Repeats, pair by pair.
fn repeats(rows: &BTreeMap<u32, Row>) -> BTreeSet<u32> {
    let counts = |row: &&Row| {
        let is_excluded = kinds::is_excluded(row.status);
        row.topic != NONE && row.flags & flags::PLACED != 0 && !is_excluded
    };
    let mut groups: BTreeMap<_, Vec<(u32, u32)>> = BTreeMap::new();
    for (at, row) in rows.iter().filter(|(_, row)| counts(row)) {
        let place = (row.topic, row.x >> 15, row.y >> 15);
        groups.entry(place).or_default().push((row.received, *at));
    }
    let mut found = BTreeSet::new();
    for group in groups.values() {
        for &(received, at) in group {
            let earlier = |&(other, other_at): &(u32, u32)| {
                (other, other_at) < (received, at) && received - other <= 30 * 86_400
            };
            if group.iter().any(earlier) {
                found.insert(at);
            }
        }
    }
    found
}

/// Incidents stand close together, so that they can repeat each other.
fn crowded() -> impl Strategy<Value = (Board, BTreeMap<u32, Row>)> {
    samples::board().prop_map(|(mut board, mut rows)| {
        let changes = rows.iter_mut().map(|(at, row)| {
            (row.x, row.y, row.topic) = ((row.x % 3) << 14, (row.y % 3) << 14, row.topic % 3);
            super::super::Change { row_id: at + 1, row: Some(*row) }
        });
        let set = super::super::ChangeSet { changes: changes.collect(), vocabulary_changed: false };
        board.apply(&set);
        (board, rows)
    })
}

fn key(board: &Board, filter: Filter) -> AggregatesKey {
    AggregatesKey { filter, version: board.version(), now: NOW }
}

proptest! {
    #[test]
    fn every_figure_is_what_its_words_say(
        (board, rows) in crowded(),
        filter in samples::filter(),
        measure in select(Measure::ALL),
    ) {
        let naive = Naive { rows: &rows, vocabulary: board.vocabulary(), region: REGION };
        let passing = |own: Own| -> Vec<(u32, &Row)> {
            rows.iter()
                .filter(|(at, row)| naive.passes(&filter, NOW, **at, row, own))
                .map(|(at, row)| (*at, row))
                .collect()
        };
        let repeats = repeats(&rows);
        let key = key(&board, filter.clone());
        let found = board.indicators(&key, &AtomicBool::new(false)).unwrap();
        let mut spans = vec![(&found.now, filter.span)];
        for beside in [&found.previous, &found.year_ago, &found.week, &found.month] {
            spans.extend(beside.as_ref().map(|table| (table, table.span)));
        }
        for (table, span) in spans {
            let times = Times::new(span, NOW);
            let of = |own, group: &dyn Fn(&Row) -> bool| {
                let group: Vec<_> =
                    passing(own).into_iter().filter(|(_, row)| group(row)).collect();
                figure(measure, &group, &times, &repeats)
            };
            prop_assert_eq!(table.total().figure(measure), of(Own::Nothing, &|_| true));
            for block in [0, 3, 8] {
                let in_block = |row: &Row| usize::from(row.block) == block;
                prop_assert_eq!(table.block(block).figure(measure), of(Own::Block, &in_block));
                let in_cell = |row: &Row| in_block(row) && row.municipality == 2;
                prop_assert_eq!(table.cell(block, 2).unwrap().figure(measure), of(Own::Both, &in_cell));
            }
            let nowhere = |row: &Row| row.municipality >= REGION.municipality_count;
            let last = usize::from(REGION.municipality_count);
            prop_assert_eq!(table.municipality(last).figure(measure), of(Own::Municipality, &nowhere));
            prop_assert_eq!(table.bodies[1].figure(measure), of(Own::Body, &|row| row.body == 1));
        }
    }

    #[test]
    fn the_records_behind_a_figure_are_those_that_it_counts(
        (board, rows) in crowded(),
        filter in samples::filter(),
        measure in select(Measure::ALL),
    ) {
        let naive = Naive { rows: &rows, vocabulary: board.vocabulary(), region: REGION };
        let passing: Vec<(u32, &Row)> = rows
            .iter()
            .filter(|(at, row)| naive.passes(&filter, NOW, **at, row, Own::Nothing))
            .map(|(at, row)| (*at, row))
            .collect();
        let expected =
            sides(measure, &passing, &Times::new(filter.span, NOW), &repeats(&rows));
        let key = key(&board, filter);
        for (side, expected) in [Side::Counted, Side::Among].into_iter().zip(expected) {
            let behind = Behind { measure, side };
            let cancel = AtomicBool::new(false);
            let found = board.list_behind(&key, behind, ListOrder::NEWEST, &cancel).unwrap();
            let mut positions = found.positions;
            positions.sort_unstable();
            prop_assert_eq!(positions, expected);
        }
    }

    #[test]
    fn it_is_compared_with_spans_that_the_history_reaches(
        (board, _) in samples::board(),
        filter in samples::span_only(),
    ) {
        let found = board.indicators(&key(&board, filter), &AtomicBool::new(false)).unwrap();
        for (table, days) in [(&found.week, 7), (&found.month, 28)] {
            let Some(Table { span: Some(span), .. }) = table else { continue };
            prop_assert_eq!(span.to - span.from, days * 86_400);
            prop_assert_eq!((span.to + 7 * 3600) % 86_400, 0);
            prop_assert!(span.to <= NOW);
            prop_assert!(board.first_received().unwrap() < span.from + 86_400);
        }
    }
}

#[test]
fn what_nobody_waits_for_is_not_counted() {
    let mut builder = super::super::BoardBuilder::new(REGION);
    builder.push(1, &Row::default());
    let board = builder.finish(samples::vocabulary());
    let key = key(&board, Filter::default());
    assert!(board.indicators(&key, &AtomicBool::new(true)).is_none());
}

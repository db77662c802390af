//! Random rows, changes, filters and boards for the tests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use super::filter::{RowSet, Span, TextMatch};
use super::row::{CHECKED, NO_MUNICIPALITY, Stages, flags};
use super::vocabulary::{BodyEntry, TopicEntry};
use super::{Board, BoardBuilder, CHUNK_ROWS, Change, ChangeSet, Filter, Region, Row, Vocabulary};
use crate::domain::quality::Scores;

pub(super) const DAY: u32 = 86_400;
/// A morning in Abakan, 1 October 2026.
pub(super) const NOW: u32 = 1_790_823_600;
pub(super) const FIRST: u32 = NOW - 60 * DAY;
pub(super) const REGION: Region =
    Region { municipality_count: 5, local_offset_secs: 7 * 3600, scores: scores() };

/// Any; no two alike.
const fn scores() -> Scores {
    let mut scores = [0; 32];
    let mut ticks = 0;
    while ticks < scores.len() {
        scores[ticks] = (ticks * 37 % 101) as u8;
        ticks += 1;
    }
    scores
}

/// Two themes with two sub-themes of two facts each, after «none».
pub(super) fn vocabulary() -> Arc<Vocabulary> {
    let node = |code: &str, parent, depth| TopicEntry {
        code: code.to_owned(),
        parent,
        depth,
        ..TopicEntry::default()
    };
    let mut topics = vec![TopicEntry::default()];
    for (theme, code) in [(1, "zhkh.heat"), (8, "tko.removal")] {
        topics.push(node(code, 0, 1));
        for sub in [theme + 1, theme + 4] {
            let code = format!("{code}.s{sub}");
            topics.push(node(&code, theme, 2));
            topics.extend(["a", "b"].map(|fact| node(&format!("{code}.{fact}"), sub, 3)));
        }
    }
    let bodies = vec![BodyEntry::default(); 4];
    Arc::new(Vocabulary {
        topics,
        bodies,
        settlements: vec![String::new(); 3],
        offices: vec![String::new(); 3],
    })
}

/// Moments gather on few seconds, so that ties and bounds are met often.
pub(super) fn moment() -> impl Strategy<Value = u32> {
    prop_oneof![
        4 => (0..70_u32, 0..4_u32).prop_map(|(day, part)| FIRST + day * DAY + part * 3 * 3600),
        1 => FIRST..NOW + DAY,
        1 => Just(NOW),
        1 => Just(NOW - 20 * DAY),
    ]
}

pub(super) fn maybe(moment: impl Strategy<Value = u32>) -> impl Strategy<Value = u32> {
    prop_oneof![1 => Just(0), 3 => moment]
}

pub(super) fn row() -> impl Strategy<Value = Row> {
    let received = prop_oneof![3 => moment(), 2 => (0..3 * DAY).prop_map(|ago| NOW - ago)];
    let times = (received, maybe(moment()), maybe(moment()), maybe(moment()));
    let wide = (0..3_u16, 0..16_u16, 0..5_u16, 0..2048_u16);
    let municipality = prop_oneof![6 => 0..5_u8, 1 => Just(NO_MUNICIPALITY)];
    let narrow = (municipality, 0..9_u8, 0..4_u8, 0..10_u8, 0..11_u8, 0..6_u8);
    (times, wide, narrow).prop_map(|(times, wide, narrow)| Row {
        received: times.0,
        registered: if times.1 % 3 == 0 { 0 } else { times.0 },
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
        assignee: wide.1 % 3,
        checks: if wide.3 % 5 == 0 { CHECKED | (times.1 % 32) as u8 } else { 0 },
        stages: Stages::unpacked((times.2 % 60) | (times.3 % 61) << 8 | (times.1 % 59) << 16),
        // Before, between and after what else happens to it.
        answered: if wide.3 % 3 == 0 { 0 } else { times.2.saturating_add(u32::from(wide.3) * DAY) },
    })
}

/// Ids over two chunks, thick at the bounds.
pub(super) fn row_id() -> impl Strategy<Value = u32> {
    prop_oneof![1..200_u32, 16_300..16_500_u32, 1..20_000_u32]
}

pub(super) fn changes() -> impl Strategy<Value = Vec<Change>> {
    let row = prop_oneof![4 => row().prop_map(Some), 1 => Just(None)];
    vec((row_id(), row).prop_map(|(row_id, row)| Change { row_id, row }), 0..60)
}

pub(super) fn filter() -> impl Strategy<Value = Filter> {
    prop_oneof![3 => any_filter(), 1 => span_only()]
}

/// What restricts nothing but the span takes ways of its own.
pub(super) fn span_only() -> impl Strategy<Value = Filter> {
    any_filter().prop_map(|filter| Filter { span: filter.span, ..Filter::default() })
}

fn any_filter() -> impl Strategy<Value = Filter> {
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

fn aged(row: &Row) -> Row {
    let earlier = |secs: u32| secs.saturating_sub(80 * DAY);
    Row {
        received: earlier(row.received),
        first_answer: earlier(row.first_answer),
        closed: earlier(row.closed),
        answered: earlier(row.answered),
        ..*row
    }
}

/// A board after some changes, and the rows it must hold by position.
pub(super) fn board() -> impl Strategy<Value = (Board, BTreeMap<u32, Row>)> {
    board_of(any::<bool>())
}

/// Its first chunk lies before every span that [`filter`] asks for.
pub(super) fn old_board() -> impl Strategy<Value = (Board, BTreeMap<u32, Row>)> {
    board_of(Just(true))
}

fn board_of(
    old: impl Strategy<Value = bool>,
) -> impl Strategy<Value = (Board, BTreeMap<u32, Row>)> {
    (vec((row_id(), row()), 0..300), changes(), old).prop_map(|(mut first, mut changes, old)| {
        if old {
            let changed = changes.iter_mut().filter_map(|c| Some((c.row_id, c.row.as_mut()?)));
            for (row_id, row) in first.iter_mut().map(|(id, row)| (*id, row)).chain(changed) {
                if row_id <= CHUNK_ROWS as u32 {
                    *row = aged(row);
                }
            }
        }
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

pub(super) fn take(rows: &mut BTreeMap<u32, Row>, changes: &[Change]) {
    for change in changes {
        match change.row {
            Some(row) => rows.insert(change.row_id - 1, row),
            None => rows.remove(&(change.row_id - 1)),
        };
    }
}

//! What the panels show, against SQL over the same store.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use pult::board::aggregates::{AggregatesKey, DurationHistogram};
use pult::board::filter::Span;
use pult::board::{Aggregates, Board, NEAREST_ROWS, Totals};
use pult::domain::{LOCAL_OFFSET_SECS, LocalDay};
use rusqlite::Connection;

use super::by_sql::{Choices, Times, numbers, oktmo, totals};
use crate::sample::Dice;

const DAYS: usize = 4;

/// Holds all counts of the panels; some days of the timeline, as they are many. True where
/// there was a span before to hold, too.
pub(super) fn hold(
    connection: &Connection,
    board: &Board,
    key: &AggregatesKey,
    choices: &Choices,
    dice: &mut Dice,
) -> bool {
    let found = Aggregates::compute(board, key, &AtomicBool::new(false)).unwrap();
    let panels = Panels {
        connection,
        choices,
        own: Times { span: key.filter.span, now: key.now },
        all: choices.without(&[]),
    };
    panels.hold_lists(&found);
    panels.hold_received(&found);
    panels.hold_durations(&found);
    panels.hold_nearest(&found);
    panels.hold_total(found.total, panels.own);
    for _ in 0..DAYS {
        let day = found.by_day[dice.below(found.by_day.len() as u32) as usize];
        let [from, to] = [day.day, day.day + 1].map(|day| LocalDay(day).start().0);
        let times = Times { span: Some(Span { from, to }), ..panels.own };
        let expected = panels.total(times);
        assert_eq!(
            [day.received, day.closed, day.closed_on_time, day.open, day.overdue],
            [
                expected.received,
                expected.closed,
                expected.closed_on_time,
                expected.open,
                expected.overdue
            ],
            "{day:?} of {}",
            panels.all
        );
    }
    let before = found.previous.zip(key.filter.span);
    if let Some((previous, Span { from, to })) = before {
        let (length, gone) = (to - from, to.min(key.now));
        let span = Span { from: from - length, to: gone - length };
        panels.hold_total(previous, Times { span: Some(span), ..panels.own });
    }
    before.is_some()
}

struct Panels<'a> {
    connection: &'a Connection,
    choices: &'a Choices,
    own: Times,
    /// Under every choice.
    all: String,
}

impl Panels<'_> {
    fn total(&self, times: Times) -> Totals {
        totals(self.connection, times, &self.all, "0").remove(&0).unwrap_or_default()
    }

    fn hold_total(&self, found: Totals, times: Times) {
        assert_eq!(found, self.total(times), "{} {times:?}", self.all);
    }

    fn hold_lists(&self, found: &Aggregates) {
        let places = found.by_municipality.len();
        // Larger than any code of a municipality.
        let row = 1_000_000_000;
        let cell = |at: usize| (at / places) as i64 * row + i64::from(oktmo(at % places));
        self.hold_list(&["municipality"], "municipality", &found.by_municipality, |at| {
            oktmo(at).into()
        });
        let both = format!("block * {row} + municipality");
        self.hold_list(&["block", "municipality"], &both, &found.matrix, cell);
        for (column, list) in [
            ("block", &found.by_block),
            ("topic", &found.by_topic),
            ("body", &found.by_body),
            ("source", &found.by_source),
            ("regime", &found.by_regime),
        ] {
            self.hold_list(&[column], column, list, |at| at as i64);
        }
    }

    /// A list leaves its own choice out of account; `key` is what SQL groups by.
    fn hold_list(&self, own: &[&str], group: &str, found: &[Totals], key: impl Fn(usize) -> i64) {
        let incidents = self.choices.without(own);
        let mut expected = totals(self.connection, self.own, &incidents, group);
        for (at, found) in found.iter().enumerate() {
            let expected = expected.remove(&key(at)).unwrap_or_default();
            assert_eq!(*found, expected, "{group} {at} of {incidents} {:?}", self.own);
        }
        assert!(expected.is_empty(), "{group}: {expected:?}");
    }

    fn hold_received(&self, found: &Aggregates) {
        let received = self.own.received();
        let counts = |incidents: &str, group: &str| -> BTreeMap<i64, u32> {
            let sql = format!(
                "SELECT {group}, count(*) FROM fact WHERE {incidents} AND {received} GROUP BY 1"
            );
            let rows = numbers(self.connection, &sql);
            rows.into_iter().map(|[group, count]| (group, count as u32)).collect()
        };
        let by_status = counts(&self.choices.without(&["status"]), "status");
        for (status, found) in (0..).zip(&found.by_status) {
            assert_eq!(by_status.get(&status).unwrap_or(&0), found, "status {status}");
        }
        // SQLite's week begins on Sunday.
        let local = format!("received + {LOCAL_OFFSET_SECS}, 'unixepoch'");
        let group = format!("24 * strftime('%w', {local}) + strftime('%H', {local})");
        let by_hour = counts(&self.all, &group);
        for (day, hours) in (0..).zip(&found.by_weekday_hour) {
            for (hour, found) in (0..).zip(hours) {
                let expected = by_hour.get(&(24 * ((day + 1) % 7) + hour));
                assert_eq!(expected.unwrap_or(&0), found, "{day} {hour} of {}", self.all);
            }
        }
    }

    fn hold_durations(&self, found: &Aggregates) {
        let (received, closed) = (self.own.received(), self.own.closed());
        let histograms = |sql: &str| {
            let mut histograms: BTreeMap<i64, DurationHistogram> = BTreeMap::new();
            for [group, secs] in numbers(self.connection, sql) {
                let histogram = histograms.entry(group).or_default();
                histogram.buckets[DurationHistogram::bucket(secs as u32)] += 1;
            }
            histograms
        };
        let incidents = self.choices.without(&["municipality"]);
        let mut closes = histograms(&format!(
            "SELECT municipality, closed - received FROM fact WHERE {incidents} AND {closed}"
        ));
        for (place, found) in found.close_by_municipality.iter().enumerate() {
            let expected = closes.remove(&oktmo(place).into()).unwrap_or_default();
            assert_eq!(*found, expected, "municipality {place} of {incidents}");
        }
        let mut answers = histograms(&format!(
            "SELECT 0, max(first_answer - received, 0) FROM fact
             WHERE {} AND {received} AND first_answer > 0",
            self.all
        ));
        assert_eq!(found.first_answer, answers.remove(&0).unwrap_or_default(), "{}", self.all);
    }

    fn hold_nearest(&self, found: &Aggregates) {
        let ahead = format!("{} AND due > 0 AND due >= {}", self.own.open(), self.own.clock());
        for (found, wanted) in [(&found.overdue_top, self.own.overdue()), (&found.due_next, ahead)]
        {
            let sql = format!(
                "SELECT row - 1 FROM fact WHERE {} AND {wanted} ORDER BY due, row
                 LIMIT {NEAREST_ROWS}",
                self.all
            );
            let expected: Vec<u32> =
                numbers(self.connection, &sql).into_iter().map(|[at]| at as u32).collect();
            assert_eq!(*found, expected, "{wanted} of {}", self.all);
        }
    }
}

//! What was unusual about a span that is over: by municipality and theme, beside the same
//! span of the weeks before.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::CHUNK_ROWS;
use super::aggregates::AggregatesKey;
use super::compiled::CompiledFilter;
use super::mood::Beside;
use super::surprises::Themes;
use super::table::Board;

/// Spans before that it is held against, and the least that say what is usual.
const SPANS: u32 = 4;
const LEAST_SPANS: usize = 2;

/// Many cells are looked at, so that each has to lie so many deviations from its middle.
const CLEAR: f64 = 4.0;

/// Fewer than this are nobody's news.
const LEAST_COUNT: f64 = 8.0;

const MOST: usize = 20;

/// A cell that stood out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeriodChange {
    /// Catalogue index.
    pub municipality: u8,
    /// Topic of the vocabulary that is the theme.
    pub theme: u16,
    pub beside: Beside,
}

impl Board {
    /// Of what was received in the filter's span, the furthest from the usual first; empty
    /// where nothing stood out. `Some(None)` where the span is not over, or the history too
    /// short to say; `None` where `cancel` was raised.
    pub fn period_changes(
        &self,
        key: &AggregatesKey,
        cancel: &AtomicBool,
    ) -> Option<Option<Vec<PeriodChange>>> {
        let Some(starts) = self.starts(key) else { return Some(None) };
        let Some(length) = key.filter.span.map(|span| span.to - span.from) else {
            return Some(None);
        };
        let filter = CompiledFilter::new(&key.filter, self.vocabulary(), key.now);
        let themes = Themes::of(self);
        let places = usize::from(self.region().municipality_count);
        let cells = places * themes.themes.len();
        let parts = self.chunks().par_iter().enumerate().map(|(index, chunk)| {
            if cancel.load(Ordering::Relaxed) {
                return None;
            }
            let zones = &chunk.zones;
            let last = starts[0].saturating_add(length);
            let first = *starts.last().unwrap_or(&0);
            let mut counts = Vec::new();
            if zones.live == 0 || zones.first_received >= last || zones.last_received < first {
                return Some(counts);
            }
            let mut fails = vec![0; chunk.len()];
            filter.fails(chunk, 0..chunk.len(), (index * CHUNK_ROWS) as u32, &mut fails);
            for (at, _) in fails.iter().enumerate().filter(|(_, fails)| **fails == 0) {
                let (received, place) = (chunk.received[at], usize::from(chunk.municipality[at]));
                let span = starts.iter().position(|start| received.wrapping_sub(*start) < length);
                let theme = themes.number_of.get(usize::from(chunk.topic[at])).copied().flatten();
                if let (Some(span), Some(theme), true) = (span, theme, place < places) {
                    let cell = place * themes.themes.len() + usize::from(theme);
                    counts.push((span * cells + cell) as u32);
                }
            }
            Some(counts)
        });
        let mut counts = vec![0_u32; cells * starts.len()];
        for at in parts.collect::<Option<Vec<_>>>()?.into_iter().flatten() {
            counts[at as usize] += 1;
        }
        let mut found: Vec<(f64, PeriodChange)> = (0..cells)
            .filter_map(|cell| {
                let of = |span: usize| counts[span * cells + cell];
                let before: Vec<f64> = (1..starts.len()).map(|span| f64::from(of(span))).collect();
                let beside = Beside::within(of(0), &before, CLEAR);
                let count = f64::from(beside.count);
                let is_clear = count > beside.high || count < beside.low;
                let apart = (count - beside.middle).abs() / (beside.high - beside.middle).max(1.0);
                let change = PeriodChange {
                    municipality: (cell / themes.themes.len()) as u8,
                    theme: themes.themes[cell % themes.themes.len()],
                    beside,
                };
                (is_clear && count.max(beside.middle) >= LEAST_COUNT).then_some((apart, change))
            })
            .collect();
        found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        Some(Some(found.into_iter().take(MOST).map(|(_, change)| change).collect()))
    }

    /// Beginnings of the span and of those before it, on the same weekday and hour.
    fn starts(&self, key: &AggregatesKey) -> Option<Vec<u32>> {
        let (span, first) = (key.filter.span?, self.first_received()?);
        if span.to > key.now || span.to <= span.from || !key.filter.is_at_receipt() {
            return None;
        }
        let start = |back| span.earlier(back).map(|it| it.from).filter(|from| *from >= first);
        let starts: Vec<u32> = (0..=SPANS).map_while(start).collect();
        (starts.len() > LEAST_SPANS).then_some(starts)
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{self, NOW, REGION};
    use super::super::{BoardBuilder, Filter, Row};
    use super::*;
    use crate::board::filter::Span;

    const DAY: u32 = 86_400;
    const WEEK_SECS: u32 = 7 * DAY;

    /// `n` of a theme's topic in a place, so many weeks before the last whole one.
    fn week(weeks: u32, municipality: u8, topic: u16, n: u32) -> impl Iterator<Item = Row> {
        (0..n).map(move |at| Row {
            received: NOW - DAY - weeks * WEEK_SECS - at % 6 * DAY - 3_600,
            municipality,
            topic,
            ..Row::default()
        })
    }

    fn found(rows: impl Iterator<Item = Row>, to: u32) -> Option<Vec<PeriodChange>> {
        let mut builder = BoardBuilder::new(REGION);
        for (row_id, row) in (1..).zip(rows) {
            builder.push(row_id, &row);
        }
        let board = builder.finish(samples::vocabulary());
        let span = Some(Span { from: to - WEEK_SECS, to });
        let filter = Filter { span, ..Filter::default() };
        let key = AggregatesKey { filter, version: board.version(), now: NOW };
        board.period_changes(&key, &AtomicBool::new(false)).unwrap()
    }

    #[test]
    fn what_came_more_and_less_than_in_the_weeks_before_is_told_the_clearest_first() {
        let usual = (1..5).flat_map(|weeks| {
            week(weeks, 0, 3, 20).chain(week(weeks, 1, 3, 60)).chain(week(weeks, 2, 3, 10))
        });
        let now = week(0, 0, 3, 90).chain(week(0, 1, 3, 5)).chain(week(0, 2, 3, 12));
        let changes = found(usual.chain(now), NOW).unwrap();
        let told: Vec<_> = changes.iter().map(|it| (it.municipality, it.beside.count)).collect();
        assert_eq!(told, [(0, 90), (1, 5)]);
        let theme = changes[0].theme;
        assert_eq!(samples::vocabulary().ancestor(3, 1), theme);
        assert!(changes[0].beside.low < 20.0 && changes[0].beside.high < 90.0);
    }

    #[test]
    fn a_span_that_goes_on_or_has_no_weeks_before_it_is_not_judged() {
        let rows = || (0..5).flat_map(|weeks| week(weeks, 0, 3, 20));
        assert_eq!(found(rows(), NOW), Some(Vec::new()));
        assert_eq!(found(rows(), NOW + 1), None);
        assert_eq!(found(week(0, 0, 3, 90).chain(week(1, 0, 3, 20)), NOW), None);
    }
}

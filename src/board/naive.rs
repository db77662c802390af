//! The board's answers over again, slowly and plainly, for the tests to
//! compare: row by row from [`Row`], every predicate written out from the docs.

use std::collections::{BTreeMap, HashMap};

use super::aggregates::{
    Aggregates, AggregatesKey, DUE_SOON_SECS, DayTotals, DurationHistogram, TREND_DAYS, Totals,
};
use super::filter::{Filter, Span};
use super::row::{NO_MUNICIPALITY, Row, flags};
use super::table::Region;
use super::{NEAREST_ROWS, Vocabulary, surprises};
use crate::detect::Arrival;
use crate::domain::{Block, Regime, Source, Status};

pub(super) struct Naive<'a> {
    /// By position.
    pub(super) rows: &'a BTreeMap<u32, Row>,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) region: Region,
}

/// The choice of one list, which that list leaves out of account.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Own {
    Nothing,
    Municipality,
    Block,
    Both,
    Topic,
    Body,
    Source,
    Regime,
    Status,
}

pub(super) struct Times {
    from: u32,
    to: u32,
    ahead: bool,
    pub(super) clock: u32,
}

impl Times {
    pub(super) fn new(span: Option<Span>, now: u32) -> Self {
        let (from, to) = span.map_or((0, u32::MAX), |span| (span.from, span.to));
        Self { from, to, ahead: to > now, clock: to.min(now) }
    }

    pub(super) fn received(&self, row: &Row) -> bool {
        (self.from..self.to).contains(&row.received)
    }

    pub(super) fn open(&self, row: &Row) -> bool {
        let ended = end(row);
        row.received < self.to && ended.is_none_or(|ended| !self.ahead && ended >= self.to)
    }

    pub(super) fn overdue(&self, row: &Row) -> bool {
        self.open(row) && row.due != 0 && row.due < self.clock
    }

    pub(super) fn closed(&self, row: &Row) -> bool {
        close(row).is_some_and(|closed| (self.from..self.to).contains(&closed))
    }
}

fn status(row: &Row) -> Status {
    Status::from_index(row.status).unwrap()
}

/// When it was closed, as far as that is known.
pub(super) fn close(row: &Row) -> Option<u32> {
    (!status(row).is_open() && row.closed != 0).then(|| row.closed.max(row.received))
}

/// When it stopped being open.
pub(super) fn end(row: &Row) -> Option<u32> {
    if status(row).is_open() {
        return None;
    }
    let known = |at: u32| (at != 0).then(|| at.max(row.received));
    let answered = known(row.answered);
    // What stands answered meets its deadline, whenever it is closed.
    let first = [close(row), answered].into_iter().flatten().min();
    Some(first.or(known(row.first_answer)).unwrap_or(row.received))
}

impl Naive<'_> {
    pub(super) fn passes(&self, filter: &Filter, now: u32, at: u32, row: &Row, own: Own) -> bool {
        let any = |empty: bool, chosen: bool| empty || chosen;
        let place = own == Own::Municipality || own == Own::Both;
        let block = own == Own::Block || own == Own::Both;
        let times = Times::new(filter.span, now);
        let under = |node: &u16| *node == row.topic || self.vocabulary.is_under(row.topic, *node);
        let status_fits = if filter.statuses.is_empty() {
            !status(row).is_excluded()
        } else {
            filter.statuses.contains(&row.status)
        };
        let municipalities = &filter.municipalities;
        (place || any(municipalities.is_empty(), municipalities.contains(&row.municipality)))
            && (block || any(filter.blocks.is_empty(), filter.blocks.contains(&row.block)))
            && (own == Own::Topic || any(filter.topics.is_empty(), filter.topics.iter().any(under)))
            && (own == Own::Body
                || any(filter.bodies.is_empty(), filter.bodies.contains(&row.body)))
            && (own == Own::Source
                || any(filter.sources.is_empty(), filter.sources.contains(&row.source)))
            && (own == Own::Regime
                || any(filter.regimes.is_empty(), filter.regimes.contains(&row.regime)))
            && (own == Own::Status || status_fits)
            && any(filter.settlements.is_empty(), filter.settlements.contains(&row.settlement))
            && row.flags & filter.flags == filter.flags
            && !(filter.unplaced_only && row.flags & flags::PLACED != 0)
            && (!filter.overdue_only || times.overdue(row))
            && filter.text.as_ref().is_none_or(|text| text.rows.contains(at))
    }

    /// Positions that a list shows, ascending.
    pub(super) fn shown(&self, filter: &Filter, now: u32) -> Vec<u32> {
        let times = Times::new(filter.span, now);
        let shows = |(at, row): &(&u32, &Row)| {
            times.received(row) && self.passes(filter, now, **at, row, Own::Nothing)
        };
        self.rows.iter().filter(shows).map(|(at, _)| *at).collect()
    }

    pub(super) fn totals<'r>(
        times_of: (Option<Span>, u32),
        rows: impl Iterator<Item = &'r Row>,
    ) -> Totals {
        let times = Times::new(times_of.0, times_of.1);
        let mut totals = Totals::default();
        for row in rows {
            if times.received(row) {
                totals.received += 1;
                totals.unplaced += u32::from(row.flags & flags::PLACED == 0);
                totals.rating_sum += u32::from(row.rating);
                totals.rated += u32::from(row.rating > 0);
            }
            if times.open(row) {
                totals.open += 1;
                totals.overdue += u32::from(times.overdue(row));
                totals.open_without_due += u32::from(row.due == 0);
                let ahead = row.due != 0 && row.due >= times.clock;
                let soon = u64::from(row.due) <= u64::from(times.clock) + u64::from(DUE_SOON_SECS);
                totals.due_soon += u32::from(ahead && soon);
            }
            if times.closed(row) {
                totals.closed += 1;
                totals.closed_on_time += u32::from(row.due == 0 || end(row).unwrap() <= row.due);
                totals.closed_without_due += u32::from(row.due == 0);
            }
        }
        totals
    }

    fn day(&self, secs: u32) -> i32 {
        (i64::from(secs) + i64::from(self.region.local_offset_secs)).div_euclid(86_400) as i32
    }

    pub(super) fn compute(&self, key: &AggregatesKey) -> Aggregates {
        let (filter, now) = (&key.filter, key.now);
        let times = Times::new(filter.span, now);
        let rows = |own: Own| {
            let passing = move |(at, row): &(&u32, &Row)| self.passes(filter, now, **at, row, own);
            self.rows.iter().filter(passing).map(|(at, row)| (*at, row))
        };
        let group = |own: Own, span, groups: usize, of: &dyn Fn(&Row) -> usize| -> Vec<Totals> {
            let mut members: HashMap<usize, Vec<&Row>> = HashMap::new();
            rows(own).for_each(|(_, row)| members.entry(of(row)).or_default().push(row));
            let totals = |g| {
                let members = members.get(&g).map(Vec::as_slice).unwrap_or_default();
                Self::totals((span, now), members.iter().copied())
            };
            (0..groups).map(totals).collect()
        };
        let places = usize::from(self.region.municipality_count) + 1;
        let place = |row: &Row| match row.municipality {
            NO_MUNICIPALITY => places - 1,
            municipality => usize::from(municipality),
        };
        let block = |row: &Row| usize::from(row.block);
        let span = filter.span;
        let before = span.and_then(|span| {
            let length = span.to.checked_sub(span.from).filter(|&length| length > 0)?;
            // Of a span that is not over, the part that has gone by.
            let gone = span.to.min(now.max(span.from));
            let before =
                Span { from: span.from.checked_sub(length)?, to: gone.checked_sub(length)? };
            let first = self.rows.values().map(|row| row.received).min()?;
            (self.day(first) <= self.day(before.from)).then_some(before)
        });
        let seen_topic = self.rows.values().map(|row| usize::from(row.topic) + 1).max();
        let topics = self.vocabulary.topics.len().max(seen_topic.unwrap_or(1));
        let seen_body = self.rows.values().map(|row| usize::from(row.body) + 1).max();
        let bodies = self.vocabulary.bodies.len().max(seen_body.unwrap_or(1));
        let received = |own| rows(own).filter(|(_, row)| times.received(row));
        let seen = self.rows.values().map(|row| usize::from(row.settlement) + 1).max();
        let settlements = self.vocabulary.settlements.len().max(seen.unwrap_or(1));
        let mut by_settlement = vec![0; settlements];
        received(Own::Nothing).for_each(|(_, row)| by_settlement[usize::from(row.settlement)] += 1);
        let mut by_status = vec![0; Status::COUNT];
        received(Own::Status).for_each(|(_, row)| by_status[usize::from(row.status)] += 1);
        let mut by_weekday_hour = [[0; 24]; 7];
        let mut first_answer = DurationHistogram::default();
        for (_, row) in received(Own::Nothing) {
            let local = i64::from(row.received) + i64::from(self.region.local_offset_secs);
            let weekday = (local.div_euclid(86_400) + 3).rem_euclid(7) as usize;
            by_weekday_hour[weekday][(local.rem_euclid(86_400) / 3600) as usize] += 1;
            if row.first_answer != 0 {
                let secs = row.first_answer.saturating_sub(row.received);
                first_answer.buckets[DurationHistogram::bucket(secs)] += 1;
            }
        }
        let mut close_by_municipality = vec![DurationHistogram::default(); places];
        for (_, row) in rows(Own::Municipality).filter(|(_, row)| times.closed(row)) {
            let secs = close(row).unwrap() - row.received;
            close_by_municipality[place(row)].buckets[DurationHistogram::bucket(secs)] += 1;
        }
        let last_day = self.day(if times.ahead { now } else { times.to.saturating_sub(1) });
        let trend = |own, groups, of: &dyn Fn(&Row) -> usize| {
            let mut trends = vec![[0; TREND_DAYS]; groups];
            for (_, row) in rows(own).filter(|(_, row)| row.received < times.to) {
                let back = last_day - self.day(row.received);
                if (0..TREND_DAYS as i32).contains(&back) {
                    trends[of(row)][TREND_DAYS - 1 - back as usize] += 1;
                }
            }
            trends
        };
        let nearest = |wanted: &dyn Fn(&Row) -> bool| {
            let mut found: Vec<_> =
                rows(Own::Nothing).filter(|r| wanted(r.1)).map(|(at, row)| (row.due, at)).collect();
            found.sort_unstable();
            found.into_iter().take(NEAREST_ROWS).map(|(_, at)| at).collect()
        };
        let sources = group(Own::Source, span, Source::COUNT, &|row| usize::from(row.source));
        let regimes = group(Own::Regime, span, Regime::COUNT, &|row| usize::from(row.regime));
        let either = |own, groups, of: &dyn Fn(&Row) -> usize| {
            before.map_or_else(Vec::new, |before| group(own, Some(before), groups, of))
        };
        let passing: Vec<&Row> = rows(Own::Nothing).map(|(_, row)| row).collect();
        let at_receipt = filter.at_receipt();
        let received_ones =
            |(at, row): &(&u32, &Row)| self.passes(&at_receipt, now, **at, row, Own::Nothing);
        let received_ones: Vec<&Row> =
            self.rows.iter().filter(received_ones).map(|(_, row)| row).collect();
        let found = self.surprises(&received_ones, now);
        Aggregates {
            key: key.clone(),
            complete: true,
            total: Self::totals((span, now), passing.iter().copied()),
            previous: before.map(|b| Self::totals((Some(b), now), passing.iter().copied())),
            by_municipality: group(Own::Municipality, span, places, &place),
            by_municipality_previous: either(Own::Municipality, places, &place),
            by_block: group(Own::Block, span, Block::COUNT, &block),
            by_block_previous: either(Own::Block, Block::COUNT, &block),
            by_topic: group(Own::Topic, span, topics, &|row| usize::from(row.topic)),
            by_body: group(Own::Body, span, bodies, &|row| usize::from(row.body)),
            by_source: sources,
            by_regime: regimes,
            by_settlement,
            by_status,
            by_day: self.by_day(&passing, now),
            by_weekday_hour,
            matrix: group(Own::Both, span, Block::COUNT * places, &|row| {
                block(row) * places + place(row)
            }),
            block_trend: trend(Own::Block, Block::COUNT, &block),
            municipality_trend: trend(Own::Municipality, places, &place),
            first_answer,
            close_by_municipality,
            due_next: nearest(&|row| times.open(row) && row.due != 0 && row.due >= times.clock),
            overdue_top: nearest(&|row| times.overdue(row)),
            surprises: found.surprises,
            is_usual_known: found.is_usual_known,
        }
    }

    fn by_day(&self, passing: &[&Row], now: u32) -> Vec<DayTotals> {
        let Some(first) = self.rows.values().map(|row| self.day(row.received)).min() else {
            return Vec::new();
        };
        let moments = |row: &Row| [Some(row.received), end(row), close(row)].into_iter().flatten();
        let last = self.rows.values().flat_map(moments).map(|secs| self.day(secs)).max().unwrap();
        let totals = |day| {
            let mut totals = DayTotals { day, ..DayTotals::default() };
            for row in passing {
                totals.received += u32::from(self.day(row.received) == day);
                if close(row).is_some_and(|closed| self.day(closed) == day) {
                    totals.closed += 1;
                    totals.closed_on_time +=
                        u32::from(row.due == 0 || end(row).unwrap() <= row.due);
                }
                let begun = self.day(row.received) <= day;
                let ended = end(row).is_some_and(|end| self.day(end) <= day);
                let fell_due = row.due != 0
                    && self.day(row.due.max(row.received)) <= day
                    && end(row).unwrap_or(now) > row.due;
                totals.open += u32::from(begun && !ended);
                totals.overdue += u32::from(begun && !ended && fell_due);
            }
            totals
        };
        (first..=last.max(self.day(now))).map(totals).collect()
    }

    fn surprises(&self, passing: &[&Row], now: u32) -> surprises::Found {
        let Some(first) = self.rows.values().map(|row| row.received).min() else {
            return surprises::Found::default();
        };
        let mut themes: Vec<u16> = Vec::new();
        for topic in 0..self.vocabulary.topics.len() as u16 {
            let theme = self.vocabulary.ancestor(topic, 1);
            if theme != 0 && !themes.contains(&theme) {
                themes.push(theme);
            }
        }
        let hours = surprises::hours(first, now);
        let mut layers = surprises::layers(self.region, self.vocabulary, &themes, hours);
        for row in passing.iter().filter(|row| row.received < now) {
            let theme = self.vocabulary.ancestor(row.topic, 1);
            let hours_ago = (now - 1 - row.received) / 3600;
            if hours_ago < hours {
                layers.add(Arrival {
                    place: usize::from(row.municipality),
                    category: themes.iter().position(|known| *known == theme),
                    group: usize::from(row.block),
                    channel: usize::from(row.source),
                    slot: (hours - 1 - hours_ago) as usize,
                });
            }
        }
        layers.sum_up();
        surprises::surprises(&layers, &themes)
    }
}

//! A filter made ready for the columns: tables that say which choices a row fails.

use std::ops::Range;
use std::sync::Arc;

use super::chunk::{Chunk, DEAD, NEVER};
use super::filter::{Filter, RowSet, Span};
use super::row::flags;
use super::{Vocabulary, kinds};

/// The choices that a row may fail, one bit each. The span is not among them:
/// it is a [`Window`], because states and events read it differently.
pub(super) mod dimension {
    pub(crate) const MUNICIPALITY: u8 = 1 << 0;
    pub(crate) const BLOCK: u8 = 1 << 1;
    pub(crate) const TOPIC: u8 = 1 << 2;
    pub(crate) const BODY: u8 = 1 << 3;
    pub(crate) const REGIME: u8 = 1 << 4;
    pub(crate) const SOURCE: u8 = 1 << 5;
    pub(crate) const STATUS: u8 = 1 << 6;
    /// Everything that no list shows: settlement, flags, text, …
    pub(crate) const REST: u8 = 1 << 7;
}

/// A span as events and states read it. Half-open everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Received or closed in `from..to` counts.
    pub from: u32,
    pub to: u32,
    /// Open is what was received before `to` and done at `horizon` or later:
    /// the end of the span, or [`u32::MAX`] where that lies ahead.
    pub horizon: u32,
    /// Overdue is what is open and due before this: `to`, at most now.
    pub clock: u32,
}

impl Window {
    pub fn new(span: Option<Span>, now: u32) -> Self {
        let Span { from, to } = span.unwrap_or(Span { from: 0, to: NEVER });
        let ahead = to > now;
        Self {
            from,
            to: to.max(from),
            horizon: if ahead { NEVER } else { to },
            clock: if ahead { now } else { to },
        }
    }

    /// The window of equal length just before, as far as this one has gone:
    /// where its end lies ahead, a part is compared with an equal part. `None`
    /// without a span.
    pub fn before(span: Option<Span>, now: u32) -> Option<Self> {
        let Span { from, to } = span?;
        let length = to.checked_sub(from).filter(|&length| length > 0)?;
        let before = Span {
            from: from.checked_sub(length)?,
            to: to.min(now.max(from)).checked_sub(length)?,
        };
        Some(Self::new(Some(before), now))
    }
}

/// Bit of a dimension for each value that is not chosen, 0 for the others.
type Table = Box<[u8; 256]>;
type WideTable = Box<[u8]>;

/// A [`Filter`] over one vocabulary at one time.
#[derive(Clone, Debug)]
pub struct CompiledFilter {
    pub(super) window: Window,
    /// Nothing but the span restricts.
    pub(super) is_open: bool,
    municipality: Option<Table>,
    block: Option<Table>,
    regime: Option<Table>,
    source: Option<Table>,
    status: Table,
    topic: Option<WideTable>,
    body: Option<WideTable>,
    settlement: Option<WideTable>,
    flags: u16,
    overdue_only: bool,
    unplaced_only: bool,
    text: Option<Arc<RowSet>>,
}

fn table(mut chosen: impl FnMut(u8) -> bool, bit: u8) -> Table {
    let mut table = Box::new([0; 256]);
    for value in 0..=u8::MAX {
        table[usize::from(value)] = if chosen(value) { 0 } else { bit };
    }
    table
}

fn wide_table(chosen: impl Iterator<Item = u16>, bit: u8) -> WideTable {
    let mut table = vec![bit; 1 << u16::BITS].into_boxed_slice();
    for value in chosen {
        table[usize::from(value)] = 0;
    }
    table
}

impl CompiledFilter {
    /// `now` in UTC seconds decides what is overdue.
    pub fn new(filter: &Filter, vocabulary: &Vocabulary, now: u32) -> Self {
        use dimension as bit;
        let narrow = |set: &std::collections::BTreeSet<u8>, bit| {
            (!set.is_empty()).then(|| table(|value| set.contains(&value), bit))
        };
        let wide = |set: &std::collections::BTreeSet<u16>, bit| {
            (!set.is_empty()).then(|| wide_table(set.iter().copied(), bit))
        };
        let mut status = if filter.statuses.is_empty() {
            table(|value| !kinds::is_excluded(value), bit::STATUS)
        } else {
            table(|value| filter.statuses.contains(&value), bit::STATUS)
        };
        // What holds no incident fails everything.
        status[usize::from(DEAD)] = u8::MAX;
        let topic = (!filter.topics.is_empty()).then(|| {
            let under =
                |topic: &u16| filter.topics.iter().any(|&node| vocabulary.is_under(*topic, node));
            let known = 0..vocabulary.topics.len() as u16;
            let chosen = filter.topics.iter().copied().chain(known.filter(under));
            wide_table(chosen, bit::TOPIC)
        });
        Self {
            window: Window::new(filter.span, now),
            is_open: filter.is_open(),
            municipality: narrow(&filter.municipalities, bit::MUNICIPALITY),
            block: narrow(&filter.blocks, bit::BLOCK),
            regime: narrow(&filter.regimes, bit::REGIME),
            source: narrow(&filter.sources, bit::SOURCE),
            status,
            topic,
            body: wide(&filter.bodies, bit::BODY),
            settlement: wide(&filter.settlements, bit::REST),
            flags: filter.flags,
            overdue_only: filter.overdue_only,
            unplaced_only: filter.unplaced_only,
            text: filter.text.as_ref().map(|text| Arc::clone(&text.rows)),
        }
    }

    /// Writes for each row of `rows` the bits of the choices it fails; `first`
    /// is the board position of the chunk's first row.
    pub(super) fn fails(&self, chunk: &Chunk, rows: Range<usize>, first: u32, out: &mut [u8]) {
        for (out, status) in out.iter_mut().zip(&chunk.status[rows.clone()]) {
            *out = self.status[usize::from(*status)];
        }
        let narrow = [
            (&self.municipality, &chunk.municipality),
            (&self.block, &chunk.block),
            (&self.regime, &chunk.regime),
            (&self.source, &chunk.source),
        ];
        for (table, column) in narrow {
            let Some(table) = table else { continue };
            for (out, value) in out.iter_mut().zip(&column[rows.clone()]) {
                *out |= table[usize::from(*value)];
            }
        }
        let wide = [
            (&self.topic, &chunk.topic),
            (&self.body, &chunk.body),
            (&self.settlement, &chunk.settlement),
        ];
        for (table, column) in wide {
            let Some(table) = table else { continue };
            for (out, value) in out.iter_mut().zip(&column[rows.clone()]) {
                *out |= table[usize::from(*value)];
            }
        }
        self.fail_rest(chunk, rows, first, out);
    }

    /// True where a list under this filter has the row `at` of the chunk.
    pub(super) fn shows(&self, chunk: &Chunk, first: u32, at: usize) -> bool {
        let mut fails = [0];
        self.fails(chunk, at..at + 1, first, &mut fails);
        let Window { from, to, .. } = self.window;
        fails == [0] && (from..to).contains(&chunk.received[at])
    }

    fn fail_rest(&self, chunk: &Chunk, rows: Range<usize>, first: u32, out: &mut [u8]) {
        let rest = |fails: bool| if fails { dimension::REST } else { 0 };
        if self.flags != 0 || self.unplaced_only {
            for (out, set) in out.iter_mut().zip(&chunk.flags[rows.clone()]) {
                let lacks = set & self.flags != self.flags;
                let placed = self.unplaced_only && set & flags::PLACED != 0;
                *out |= rest(lacks || placed);
            }
        }
        if self.overdue_only {
            let Window { to, horizon, clock, .. } = self.window;
            for (out, at) in out.iter_mut().zip(rows.clone()) {
                let open = chunk.received[at] < to && chunk.done[at] >= horizon;
                *out |= rest(!open || chunk.due[at] >= clock);
            }
        }
        if let Some(text) = &self.text {
            for (out, at) in out.iter_mut().zip(rows) {
                *out |= rest(!text.contains(first + at as u32));
            }
        }
    }

    pub(super) fn allows_municipality(&self, value: u8) -> bool {
        self.municipality.as_ref().is_none_or(|table| table[usize::from(value)] == 0)
    }

    pub(super) fn allows_block(&self, value: u8) -> bool {
        self.block.as_ref().is_none_or(|table| table[usize::from(value)] == 0)
    }
}

//! One filter for everything that is on a screen.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Half-open span of receipt, UTC seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    pub from: u32,
    pub to: u32,
}

const WEEK_SECS: u32 = 7 * 86_400;
/// A span that moves by no more than this follows the clock.
const FOLLOWED_SECS: u32 = 3_600;

impl Span {
    /// The same span so many of its lengths in whole weeks earlier: the weekdays and hours
    /// are the same. `None` before 1970.
    pub fn earlier(self, back: u32) -> Option<Self> {
        let weeks = self.to.saturating_sub(self.from).div_ceil(WEEK_SECS);
        let before = weeks.checked_mul(WEEK_SECS)?.checked_mul(back)?;
        let (from, to) = (self.from.checked_sub(before)?, self.to.checked_sub(before)?);
        Some(Self { from, to })
    }
}

/// Rows that a text search found, by board position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowSet {
    bits: Vec<u64>,
}

impl RowSet {
    pub fn insert(&mut self, position: u32) {
        let word = position as usize / 64;
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        self.bits[word] |= 1 << (position % 64);
    }

    pub fn contains(&self, position: u32) -> bool {
        self.bits.get(position as usize / 64).is_some_and(|word| word >> (position % 64) & 1 == 1)
    }

    pub fn len(&self) -> usize {
        self.bits.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        (0_u32..).zip(&self.bits).flat_map(|(index, word)| {
            let bits_left =
                std::iter::successors(Some(*word), |left| Some(left & left.wrapping_sub(1)));
            bits_left
                .take_while(|left| *left != 0)
                .map(move |left| index * 64 + left.trailing_zeros())
        })
    }

    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|&word| word == 0)
    }
}

impl FromIterator<u32> for RowSet {
    fn from_iter<I: IntoIterator<Item = u32>>(positions: I) -> Self {
        let mut set = Self::default();
        for position in positions {
            set.insert(position);
        }
        set
    }
}

/// A text query and the rows that the store's search found for it.
#[derive(Clone, Debug)]
pub struct TextMatch {
    pub query: String,
    pub rows: Arc<RowSet>,
}

impl PartialEq for TextMatch {
    fn eq(&self, other: &Self) -> bool {
        self.query == other.query && Arc::ptr_eq(&self.rows, &other.rows)
    }
}

/// What is looked at. An empty set means «all»; sets join by «and».
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Span of receipt; `None` is all time.
    pub span: Option<Span>,
    /// Catalogue indices, [`super::row::NO_MUNICIPALITY`] for «not known».
    pub municipalities: BTreeSet<u8>,
    pub settlements: BTreeSet<u16>,
    pub blocks: BTreeSet<u8>,
    /// Numbers of nodes; a node stands for everything under it.
    pub topics: BTreeSet<u16>,
    pub bodies: BTreeSet<u16>,
    pub regimes: BTreeSet<u8>,
    pub sources: BTreeSet<u8>,
    /// Without a choice, rejected and merged incidents are left out of every
    /// total; choosing one of them shows it.
    pub statuses: BTreeSet<u8>,
    /// Bits of [`super::row::flags`] that must all be set.
    pub flags: u16,
    pub overdue_only: bool,
    pub unplaced_only: bool,
    pub text: Option<TextMatch>,
}

impl Filter {
    /// True where they are the same but for a span that has followed the clock.
    pub fn is_near(&self, other: &Self) -> bool {
        let is_moved = match (self.span, other.span) {
            (Some(one), Some(other)) => {
                one.from.abs_diff(other.from).max(one.to.abs_diff(other.to)) <= FOLLOWED_SECS
            }
            (one, other) => one == other,
        };
        self == other || (is_moved && Self { span: other.span, ..self.clone() } == *other)
    }

    /// Only what an incident has from its receipt on. How it stands today says nothing
    /// where times are compared: most of the old ones are done.
    #[must_use]
    pub fn at_receipt(&self) -> Self {
        Self {
            statuses: BTreeSet::new(),
            flags: 0,
            overdue_only: false,
            unplaced_only: false,
            ..self.clone()
        }
    }

    /// True where nothing of today's state restricts, so that times can be compared.
    pub fn is_at_receipt(&self) -> bool {
        self.statuses.is_empty() && self.flags == 0 && !self.overdue_only && !self.unplaced_only
    }

    /// True where nothing but the span restricts.
    pub fn is_open(&self) -> bool {
        *self == Self { span: self.span, ..Self::default() }
    }
}

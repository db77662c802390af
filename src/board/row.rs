//! One incident as the board keeps it, and what changes the board.

use crate::domain::standing;

/// Value of [`Row::municipality`] where it is not known.
pub const NO_MUNICIPALITY: u8 = u8::MAX;

/// Value of the 16-bit vocabulary columns (settlement, topic, body, assignee) where
/// nothing is known. The store numbers vocabularies from 1.
pub const NONE: u16 = 0;

/// Bits of [`Row::flags`].
pub mod flags {
    /// `x` and `y` hold a place.
    pub const PLACED: u16 = 1 << 0;
    pub const PRIORITY_HIGH: u16 = 1 << 1;
    pub const PRIORITY_URGENT: u16 = 1 << 2;
    pub const RESONANCE: u16 = 1 << 3;
    pub const CONFLICT: u16 = 1 << 4;
    pub const COMMUNICATION_ERROR: u16 = 1 << 5;
    /// Was returned for rework at least once.
    pub const RETURNED: u16 = 1 << 6;
    /// Was reopened at least once.
    pub const REOPENED: u16 = 1 << 7;
    /// Was given an interim answer.
    pub const INTERIM: u16 = 1 << 8;
    /// The server gave no deadline: `due` follows from the rules of the regime.
    pub const DUE_BY_RULE: u16 = 1 << 9;
    /// The source system itself gave it to a body at least once.
    pub const DELIVERED: u16 = 1 << 10;

    /// More than ordinary.
    pub const IMPORTANT: u16 = PRIORITY_HIGH | PRIORITY_URGENT;
}

/// The core columns of one incident. Times are UTC seconds since 1970 with 0
/// for «absent»; vocabularies are dense indices (see [`super::Vocabulary`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub received: u32,
    pub registered: u32,
    pub due: u32,
    pub first_answer: u32,
    pub closed: u32,
    /// Mercator fixed point of `geo::mercator`; meaningful with [`flags::PLACED`].
    pub x: u32,
    pub y: u32,
    pub settlement: u16,
    pub topic: u16,
    pub body: u16,
    /// Number of the office that works on it.
    pub assignee: u16,
    pub flags: u16,
    /// Index in the catalogue's municipalities, or [`NO_MUNICIPALITY`].
    pub municipality: u8,
    /// `domain::block::Block as u8`; likewise regime, source, status.
    pub block: u8,
    pub regime: u8,
    pub source: u8,
    pub status: u8,
    /// Citizen's rating 1–5, 0 where there is none.
    pub rating: u8,
    /// What the last check of its answer found: [`CHECKED`], and a bit for each
    /// `domain::action::AnswerCheck` that was ticked; 0 where there was none.
    pub checks: u8,
    pub stages: Stages,
    /// When the answer was given that stands: approved, and not reopened since. 0 where
    /// the log does not tell.
    pub answered: u32,
}

impl Row {
    /// [`standing::done`], or receipt where that is not known; the status says whether it is
    /// done.
    pub fn done(&self) -> u32 {
        let [closed, answered, first_answer] =
            [self.closed, self.answered, self.first_answer].map(|at| (at > 0).then_some(at));
        let done = standing::done(closed, answered, first_answer);
        // A wrong clock may end it before it was received.
        done.unwrap_or(0).max(self.received)
    }
}

/// Bit of [`Row::checks`].
pub const CHECKED: u8 = 1 << 7;

/// How long the stages of the work took, as buckets of
/// [`super::aggregates::DurationHistogram`]: from receipt to the first body, from there to
/// the answer that went to the approver last, and from there to its approval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stages(pub(super) [u8; STAGES]);

pub(super) const STAGES: usize = 3;

impl Stages {
    /// `None` is not known.
    pub fn new(buckets: [Option<u8>; STAGES]) -> Self {
        Self(buckets.map(|bucket| bucket.map_or(0, |bucket| bucket.saturating_add(1))))
    }

    /// As one number below 2^24, 0 where none is known.
    pub fn packed(self) -> u32 {
        let [first, second, third] = self.0;
        u32::from_le_bytes([first, second, third, 0])
    }

    pub fn unpacked(packed: u32) -> Self {
        let [first, second, third, _] = packed.to_le_bytes();
        Self([first, second, third])
    }
}

/// What happened to one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Row id in the store, from 1; the board's position is `row_id - 1`.
    pub row_id: u32,
    /// The new state, or `None` where the incident is gone.
    pub row: Option<Row>,
}

/// What one store transaction changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeSet {
    pub changes: Vec<Change>,
    /// True where bodies, topics or settlements were added or renamed.
    pub vocabulary_changed: bool,
}

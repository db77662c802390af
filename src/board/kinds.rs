//! How many blocks, regimes, sources and statuses the columns can hold, and
//! what a status means to the board.

use crate::domain::block::Block;
use crate::domain::regime::Regime;
use crate::domain::source::Source;
use crate::domain::status::Status;

pub(super) const BLOCKS: usize = Block::COUNT;
pub(super) const REGIMES: usize = Regime::COUNT;
pub(super) const SOURCES: usize = Source::COUNT;
pub(super) const STATUSES: usize = Status::COUNT;

/// What a regime has of something that each has; nothing for one that is not known.
pub(super) fn of_regime(all: &[u32; REGIMES], regime: u8) -> u32 {
    all.get(usize::from(regime)).copied().unwrap_or_default()
}

/// Somebody still owes an answer.
pub(super) fn is_open(status: u8) -> bool {
    Status::ALL.get(usize::from(status)).is_some_and(|status| status.is_open())
}

/// Left out of every total unless chosen.
pub(super) fn is_excluded(status: u8) -> bool {
    Status::ALL.get(usize::from(status)).is_some_and(|status| status.is_excluded())
}

//! Deadlines that an officer moves.

use crate::domain::{Action, Timestamp};

const DAY_SECS: u32 = 86_400;

/// What an extension of several incidents is to the one that is `due` then: moved from its
/// own deadline, by as many days as the given one is away from now. `None` where
/// nothing is extended.
pub(super) fn its_own(action: &Action, due: Option<Timestamp>, at: Timestamp) -> Option<Action> {
    let Action::Extend { due_at, reason } = action else { return None };
    // It was counted when the day was chosen; a reason took a while to write. The form
    // says the same.
    let days = due_at.0.saturating_sub(at.0).div_ceil(DAY_SECS);
    let from = due.map_or(at, |due| due.max(at)).0;
    let due_at = Timestamp(from.saturating_add(days * DAY_SECS));
    Some(Action::Extend { due_at, reason: reason.clone() })
}

/// True where it is no extension: the new deadline has passed, or is no later than the
/// one that stands. The server refuses it, so it is not written down.
pub(super) fn is_too_early(action: &Action, due: Option<Timestamp>, at: Timestamp) -> bool {
    let Action::Extend { due_at, .. } = action else { return false };
    *due_at <= at || due.is_some_and(|due| *due_at <= due)
}

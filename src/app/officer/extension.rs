//! Deadlines that an officer moves.

use crate::domain::{Action, Standing, Timestamp};

/// An extension of several incidents: each is moved from its own deadline, by as much
/// as the first.
#[derive(Default)]
pub(super) struct Extension {
    /// Seconds, once the first incident was seen.
    by: Option<u32>,
}

impl Extension {
    /// What is done to the next of them; `None` where nothing is extended.
    pub(super) fn of(&mut self, action: &Action, seen: &Standing, at: Timestamp) -> Option<Action> {
        let Action::Extend { due_at, reason } = action else { return None };
        let from = seen.due.map_or(at, |due| due.max(at)).0;
        let by = *self.by.get_or_insert(due_at.0.saturating_sub(from));
        let due_at = Timestamp(from.saturating_add(by));
        Some(Action::Extend { due_at, reason: reason.clone() })
    }
}

/// True where it is no extension: the new deadline has passed, or is no later than the
/// one that stands. The server refuses it, so it is not written down.
pub(super) fn is_too_early(action: &Action, seen: &Standing, at: Timestamp) -> bool {
    let Action::Extend { due_at, .. } = action else { return false };
    *due_at <= at || seen.due.is_some_and(|due| *due_at <= due)
}

//! Fields of an event that its table has no column for.

use crate::domain::action::AnswerCheck;
use crate::domain::{EventKind, Timestamp};

/// Bits of what a check found, by the order of [`AnswerCheck`]; `None` where the event is
/// no check or does not tell what it found.
pub(super) fn ticks(kind: EventKind, extra: Option<&str>) -> Option<u8> {
    let found = More::of(kind.index(), extra?).found()?;
    Some(found.into_iter().fold(0, |ticks, check| ticks | 1 << check.index()))
}

/// Of the kinds that have such fields.
pub(super) struct More(Option<serde_json::Value>);

impl More {
    pub(super) fn of(kind: u8, extra: &str) -> Self {
        let kinds = [EventKind::QualityChecked, EventKind::Extended];
        let is_read = kinds.iter().any(|known| known.index() == kind);
        Self(is_read.then(|| serde_json::from_str(extra).ok()).flatten())
    }

    /// What a check found; unknown checks are left out. `None` where it is not told.
    pub(super) fn found(&self) -> Option<Vec<AnswerCheck>> {
        let given = self.0.as_ref()?.get("checks")?.as_array()?;
        let known = |key: &serde_json::Value| AnswerCheck::from_key(key.as_str()?);
        Some(given.iter().filter_map(known).collect())
    }

    /// UTC seconds, 0 for what is no moment.
    pub(super) fn moment(&self, field: &str) -> u32 {
        let given = self.0.as_ref().and_then(|extra| extra[field].as_str());
        given.and_then(|at| Timestamp::parse_rfc3339(at).ok()).map_or(0, |at| at.0)
    }
}

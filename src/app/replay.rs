//! Replay of the timeline: a week's window walks through the days.

use std::time::Duration;

use super::state::State;
use crate::board::filter::Span;
use crate::domain::{LocalDay, Timestamp};

/// Time between two days of a replay.
pub const STEP: Duration = Duration::from_millis(250);

/// Days that a replay shows at once: one day is too few for a heat map.
const WINDOW_DAYS: i32 = 7;

/// Days that a replay walks through where the filter has no span.
const LONGEST_DAYS: i32 = 120;

/// Replay of the timeline: the span's end walks day by day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replay {
    /// Local day that is shown.
    pub day: i32,
    pub from: i32,
    pub to: i32,
    /// When the day was reached, on the clock that only goes forward.
    pub stepped_at: Duration,
}

impl Replay {
    /// The window that ends with the shown day, as far as it lies in the replay.
    pub fn span(&self) -> Span {
        Span {
            from: LocalDay((self.day - WINDOW_DAYS + 1).max(self.from)).start().0,
            to: LocalDay(self.day).end().0,
        }
    }
}

/// A replay over the filter's span, or over the last days of the history.
pub(super) fn start(state: &State, tick: Duration) -> Option<Replay> {
    let first = state.aggregates.by_day.first()?.day;
    let last = state.aggregates.by_day.last()?.day;
    let (from, to) = match state.filter.span {
        Some(span) => (
            Timestamp(span.from).local_day().0.max(first),
            Timestamp(span.to.saturating_sub(1)).local_day().0.min(last),
        ),
        None => (first.max(last - LONGEST_DAYS), last),
    };
    (from < to).then_some(Replay { day: from, from, to, stepped_at: tick })
}

/// Moves on by as many days as time has passed; ends after the last day. True
/// where the day has changed.
pub(super) fn step(state: &mut State, tick: Duration) -> bool {
    let Some(replay) = &mut state.replay else { return false };
    if tick.saturating_sub(replay.stepped_at) < STEP {
        return false;
    }
    replay.stepped_at = tick;
    replay.day += 1;
    if replay.day > replay.to {
        state.replay = None;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_a_week_that_ends_with_the_day() {
        let replay = Replay { day: 20_000, from: 19_990, to: 20_010, stepped_at: Duration::ZERO };
        let span = replay.span();
        assert_eq!(span.to - span.from, 7 * 86_400);
        assert_eq!(Timestamp(span.to - 1).local_day().0, 20_000);
        let first = Replay { day: 19_990, ..replay }.span();
        assert_eq!(first.to - first.from, 86_400, "nothing before the first day");
    }
}

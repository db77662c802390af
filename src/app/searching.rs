//! Keeps what a search found in step with the rows: what comes in while words
//! stand in the search field is looked at as well.

use std::sync::Arc;
use std::time::Duration;

use super::desk::Desk;
use super::workers::SearchAnswer;
use crate::board::filter::TextMatch;

/// The text index is behind the rows by a fraction of a second, so the words are
/// looked for again this long after something came in.
const SEARCH_PACE: Duration = Duration::from_secs(2);

/// How far the search has followed the board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Followed {
    /// The board's version that the last search covers.
    version: u64,
    /// A newer version, and when it was met.
    behind: Option<(u64, Duration)>,
}

impl Followed {
    /// Words were changed: what comes in from now on is to be followed.
    pub(super) fn begin(&mut self, version: u64) {
        *self = Self { version, behind: None };
    }

    /// True where it is time to search again. `version` is the board's.
    fn is_due(&mut self, version: u64, tick: Duration) -> bool {
        match self.behind {
            None => {
                if version != self.version {
                    self.behind = Some((version, tick));
                }
                false
            }
            Some((met, since)) => {
                let is_due = tick.saturating_sub(since) >= SEARCH_PACE;
                if is_due {
                    self.begin(met);
                }
                is_due
            }
        }
    }
}

impl Desk {
    /// Looks for the words again once rows have come in since.
    pub(super) fn follow_search(&mut self) {
        let Some(text) = &self.state.filter.text else { return };
        // Somebody types, or the last answer is not here yet.
        if text.query != self.state.search || self.search.is_busy() {
            return;
        }
        if self.followed.is_due(self.board.version(), self.moment.tick) {
            self.search.ask(text.query.clone());
        }
    }

    /// When the words are to be looked for again, if they are.
    pub(super) fn search_wake(&self) -> Option<Duration> {
        let (_, since) = self.followed.behind.filter(|_| self.state.filter.text.is_some())?;
        Some((since + SEARCH_PACE).saturating_sub(self.moment.tick))
    }

    /// Takes what was found; true where that changes what is shown. An answer to
    /// words that were meanwhile changed is not the newest question's, so the
    /// lane has dropped it already.
    pub(super) fn take_search(&mut self) -> bool {
        let Some(SearchAnswer { query, rows }) = self.search.take() else { return false };
        let found = rows.map(|rows| TextMatch { query, rows: Arc::new(rows) });
        let is_same = match (&found, &self.state.filter.text) {
            (Some(new), Some(old)) => new.query == old.query && *new.rows == *old.rows,
            (None, None) => true,
            _ => false,
        };
        if !is_same {
            self.state.filter.text = found;
        }
        !is_same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_follows_at_its_pace_and_rests_when_it_has_caught_up() {
        let secs = Duration::from_secs;
        let mut followed = Followed::default();
        followed.begin(7);
        assert!(!followed.is_due(7, secs(1)));
        assert!(!followed.is_due(8, secs(10)));
        assert!(!followed.is_due(9, secs(11)), "more comes while it waits");
        assert!(followed.is_due(9, secs(12)));
        // What came after the first of them may not be in the index yet.
        assert!(!followed.is_due(9, secs(12)));
        assert!(followed.is_due(9, secs(14)));
        assert!(!followed.is_due(9, secs(99)) && followed.behind.is_none());
    }
}

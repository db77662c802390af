//! What a search found, in two steps: the first rows of the list, however many there
//! are, then all of them, which every figure needs. Keeps it in step with the rows:
//! what comes in while words stand in the search field is looked at as well.

use std::sync::Arc;
use std::time::Duration;

use super::desk::Desk;
use super::lane::Cancel;
use super::state::{ListOrder, Loading, State, View};
use super::workers::SearchAnswer;
use crate::board::aggregates::AggregatesKey;
use crate::board::filter::{Filter, TextMatch};
use crate::board::{Board, CompiledFilter, Newest};
use crate::store::{self, Reader};

/// Rows that are shown before all have been found: a screen of them.
pub const FIRST_HITS: usize = 50;

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

/// Asks for the first rows that have the words. The filter of the key has none.
pub(super) struct FirstHitsQuestion {
    board: Board,
    key: AggregatesKey,
    query: String,
}

/// Board positions of the first rows of the list that has the words.
pub(super) struct FirstHits {
    query: String,
    positions: Vec<u32>,
}

pub(super) fn first_hits(
    reader: Reader,
) -> impl FnMut(FirstHitsQuestion, &Cancel) -> Option<FirstHits> + Send {
    move |question, cancel| {
        let FirstHitsQuestion { board, key, query } = question;
        match newest_hits(&reader, &board, &key, &query, cancel) {
            Ok(positions) => Some(FirstHits { query, positions }),
            Err(error) => {
                if !cancel.is_set() {
                    tracing::error!(%error, "the first hits of a search could not be found");
                }
                None
            }
        }
    }
}

/// Board positions of the newest [`FIRST_HITS`] incidents that the key's filter shows
/// and that have the words. The filter has no words of its own.
///
/// # Errors
/// Where the text index cannot be read, or `cancel` was raised.
pub fn newest_hits(
    reader: &Reader,
    board: &Board,
    key: &AggregatesKey,
    query: &str,
    cancel: &Cancel,
) -> store::Result<Vec<u32>> {
    let filter = CompiledFilter::new(&key.filter, board.vocabulary(), key.now);
    let mut newest = Newest::new(board, &filter, FIRST_HITS);
    reader.each_found(query, cancel.flag(), |position| newest.offer(position))?;
    Ok(newest.into_positions())
}

impl Desk {
    /// Looks for the words; where the list stands there, for its first rows too.
    pub(super) fn look_for(&mut self, query: String) {
        let State { view, list, loading, .. } = &self.state;
        if *view == View::Incidents
            && list.order == ListOrder::NewestFirst
            && *loading == Loading::Ready
        {
            let key = self.wanted_key();
            let filter = Filter { text: None, ..key.filter };
            self.first_hits.ask(FirstHitsQuestion {
                board: self.board.clone(),
                key: AggregatesKey { filter, ..key },
                query: query.clone(),
            });
        }
        self.search.ask(query);
    }

    /// Shows the first rows until all are found. None are no answer: an id is found
    /// by the other search, and there may be nothing to look for yet.
    pub(super) fn take_first_hits(&mut self) -> bool {
        let Some(FirstHits { query, positions }) = self.first_hits.take() else { return false };
        let is_plain = self.state.list.instead.is_none() && self.state.list.holds.is_none();
        let is_late = query != self.state.search || !self.search.is_busy();
        if positions.is_empty() || is_late || !is_plain {
            return false;
        }
        self.show_list(positions);
        self.state.list.begun = Some(query);
        true
    }

    /// Puts other rows into the list.
    pub(super) fn show_list(&mut self, positions: Vec<u32>) {
        self.state.list.positions = Arc::new(positions);
        self.state.list.begun = None;
        self.list_generation += 1;
    }

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

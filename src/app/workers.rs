//! What the desk's lanes do.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::lane::Cancel;
use super::state::{Instead, ListOrder, SimilarRow, SimilarTo};
use crate::board::aggregates::AggregatesKey;
use crate::board::filter::{Filter, RowSet};
use crate::board::row::flags;
use crate::board::similar::Similar;
use crate::board::{Aggregates, Board, Census, CompiledFilter, Row, list};
use crate::config::Settings;
use crate::domain::Language;
use crate::domain::catalogue::Catalogue;
use crate::domain::topic::Near;
use crate::geo::mercator::MercatorPoint;
use crate::logging::LogHealth;
use crate::store::details::{IncidentDetails, ListRow};
use crate::store::health::StoreHealth;
use crate::store::{Reader, last_figures};

/// Incidents that are ranked by how well they fit a search; nobody reads on so far.
const RANKED_MOST: usize = 10_000;

/// What a list is to hold.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ListAsked {
    pub key: AggregatesKey,
    pub order: ListOrder,
    pub instead: Option<Instead>,
}

/// Asks for the selection in an order.
pub(super) struct ListQuestion {
    pub board: Board,
    pub asked: ListAsked,
}

/// Asks for what may be the same matter as an incident.
pub(super) struct SimilarQuestion {
    pub board: Board,
    pub row_id: u32,
    pub near: Near,
}

/// Asks for the rows of a window of the list.
pub(super) struct RowsQuestion {
    /// Index of the first in the list.
    pub first: usize,
    pub row_ids: Vec<u32>,
}

/// Rows that contain the words; `None` where there is nothing to look for yet.
pub(super) struct SearchAnswer {
    pub query: String,
    pub rows: Option<RowSet>,
}

/// Asks for the list as a file.
pub(super) struct ExportQuestion {
    pub list: ListQuestion,
    pub path: PathBuf,
    pub language: Language,
    pub catalogue: Arc<Catalogue>,
    /// Words over the columns, in the person's language; where the data is a
    /// demonstration, one more that says so.
    pub header: Vec<String>,
}

impl ListOrder {
    fn of_board(self) -> list::ListOrder {
        match self {
            Self::NewestFirst | Self::BestFirst => list::ListOrder::NEWEST,
            Self::OldestFirst => list::ListOrder { by: list::SortBy::Received, descending: false },
            Self::DueFirst => list::ListOrder::DUE_SOONEST,
        }
    }
}

/// Puts the selection in order for the list.
pub(super) fn list(reader: Reader) -> impl FnMut(ListQuestion, &Cancel) -> Option<Vec<u32>> + Send {
    move |question, cancel| in_order(&reader, &question, cancel)
}

/// Positions of the selection, in order; `None` where that was cancelled.
pub(super) fn in_order(
    reader: &Reader,
    question: &ListQuestion,
    cancel: &Cancel,
) -> Option<Vec<u32>> {
    let ListQuestion { board, asked: ListAsked { key, order, instead } } = question;
    let list = match instead {
        Some(Instead::Behind(behind)) => {
            board.list_behind(key, *behind, order.of_board(), cancel.flag())
        }
        Some(Instead::Members(members)) => {
            let filter = Filter { text: Some(members.clone()), ..Filter::default() };
            let filter = CompiledFilter::new(&filter, board.vocabulary(), key.now);
            board.list(&filter, order.of_board(), cancel.flag())
        }
        None => {
            let filter = CompiledFilter::new(&key.filter, board.vocabulary(), key.now);
            board.list(&filter, order.of_board(), cancel.flag())
        }
    };
    let positions = list?.positions;
    let Some(text) = key.filter.text.as_ref().filter(|_| *order == ListOrder::BestFirst) else {
        return Some(positions);
    };
    match reader.search_ranked(&text.query, RANKED_MOST) {
        Ok(ranked) => Some(best_first(positions, &ranked)),
        Err(error) => {
            tracing::error!(%error, "what was found could not be ranked");
            Some(positions)
        }
    }
}

/// What is ranked (row ids, the best first) before what is not, which keeps its
/// order.
fn best_first(mut positions: Vec<u32>, ranked: &[u32]) -> Vec<u32> {
    let places: HashMap<u32, usize> =
        ranked.iter().enumerate().map(|(place, row_id)| (row_id - 1, place)).collect();
    // Stable, so that the rest stays as it was.
    positions.sort_by_key(|position| places.get(position).copied().unwrap_or(usize::MAX));
    positions
}

/// Reads the rows of a list window.
pub(super) fn rows(
    reader: Reader,
) -> impl FnMut(RowsQuestion, &Cancel) -> Option<(usize, Vec<ListRow>)> + Send {
    let mut read = list_rows(reader);
    move |question, cancel| read(question.row_ids, cancel).map(|rows| (question.first, rows))
}

/// Reads rows by their ids, in the order asked.
pub(super) fn list_rows(
    reader: Reader,
) -> impl FnMut(Vec<u32>, &Cancel) -> Option<Vec<ListRow>> + Send {
    move |row_ids, _| match reader.list_rows(&row_ids) {
        Ok(rows) => Some(rows),
        Err(error) => {
            tracing::error!(%error, "rows of the list could not be read");
            None
        }
    }
}

/// Finds what is like an incident and reads its words.
pub(super) fn similar(
    reader: Reader,
) -> impl FnMut(SimilarQuestion, &Cancel) -> Option<SimilarTo> + Send {
    move |question, cancel| {
        let SimilarQuestion { board, row_id, near } = question;
        let found = board.similar(row_id.checked_sub(1)?, near, cancel.flag())?;
        let row_ids: Vec<u32> = found.iter().map(|similar| similar.position + 1).collect();
        let rows = match reader.list_rows(&row_ids) {
            Ok(rows) => rows,
            Err(error) => {
                tracing::error!(%error, "similar incidents could not be read");
                return None;
            }
        };
        let read = |similar: Similar| {
            let mut shown = rows.iter().find(|row| row.row_id == similar.position + 1)?.clone();
            let row = board.row(similar.position)?;
            shown.set_row(&row);
            Some(SimilarRow { similar, row: shown, place: point_of(&row) })
        };
        Some(SimilarTo { row_id, near, found: found.into_iter().filter_map(read).collect() })
    }
}

/// Where the board has it.
pub(super) fn point_of(row: &Row) -> Option<MercatorPoint> {
    (row.flags & flags::PLACED != 0).then_some(MercatorPoint { x: row.x, y: row.y })
}

pub(super) fn details(
    reader: Reader,
) -> impl FnMut(u32, &Cancel) -> Option<IncidentDetails> + Send {
    move |row_id, _| match reader.details(row_id) {
        Ok(details) => details,
        Err(error) => {
            tracing::error!(%error, row_id, "an incident could not be read");
            None
        }
    }
}

pub(super) fn search(reader: Reader) -> impl FnMut(String, &Cancel) -> Option<SearchAnswer> + Send {
    move |query, cancel| match reader.search_rows(&query, cancel.flag()) {
        Ok(rows) => Some(SearchAnswer { query, rows }),
        Err(error) => {
            if !cancel.is_set() {
                tracing::error!(%error, "the search failed");
            }
            None
        }
    }
}

/// What «Состояние» shows besides the synchronisation.
pub(super) struct Health {
    pub store: StoreHealth,
    pub census: Census,
    pub log: LogHealth,
}

pub(super) fn health(reader: Reader) -> impl FnMut(Board, &Cancel) -> Option<Health> + Send {
    move |board, _| match reader.health() {
        Ok(store) => {
            Some(Health { log: LogHealth::read(&store.folder), census: board.census(), store })
        }
        Err(error) => {
            tracing::error!(%error, "the database's health could not be read");
            None
        }
    }
}

/// Counts the figures that the next start opens with, and writes them down.
pub(super) fn figures(
    reader: Reader,
    folder: PathBuf,
) -> impl FnMut((Board, AggregatesKey), &Cancel) -> Option<()> + Send {
    move |(board, key), cancel| {
        let figures = Aggregates::compute(&board, &key, cancel.flag())?;
        let done = reader.meta().and_then(|meta| last_figures::save(&folder, &meta, &figures));
        if let Err(error) = done {
            tracing::warn!(%error, "the figures for the next start could not be kept");
        }
        Some(())
    }
}

/// Writes the settings to their file; what went wrong in one sentence.
#[expect(clippy::unnecessary_wraps, reason = "a lane's work may be cancelled")]
pub(super) fn keep_settings(
    (settings, path): (Settings, PathBuf),
    _cancel: &Cancel,
) -> Option<Result<(), String>> {
    Some(settings.save(&path).map_err(|error| {
        tracing::error!(%error, "settings");
        error.to_string()
    }))
}

/// How many rows were written and where to, or why none.
pub(super) type Exported = Result<String, String>;

/// Writes the list as csv and says how it went.
pub(super) fn export(
    reader: Reader,
) -> impl FnMut(ExportQuestion, &Cancel) -> Option<Exported> + Send {
    move |question, cancel| {
        let shown = question.path.display().to_string();
        let done = super::export::write(&reader, &question, cancel);
        Some(done.map(|n| format!("{n} · {shown}")).map_err(|error| error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_best_comes_first_and_the_rest_keeps_its_order() {
        // Row ids count from 1, positions from 0; row 31 is not in the selection.
        assert_eq!(best_first(vec![9, 8, 5, 3, 2], &[4, 31, 10]), [3, 9, 8, 5, 2]);
        assert_eq!(best_first(vec![2, 1], &[]), [2, 1]);
    }
}

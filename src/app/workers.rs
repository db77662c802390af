//! What the desk's lanes do.

use std::path::PathBuf;
use std::sync::Arc;

use super::lane::Cancel;
use super::state::{ListOrder, Notice};
use crate::board::aggregates::AggregatesKey;
use crate::board::filter::RowSet;
use crate::board::{Board, CompiledFilter, list};
use crate::domain::Language;
use crate::domain::catalogue::Catalogue;
use crate::store::Reader;
use crate::store::details::{IncidentDetails, ListRow};
use crate::store::health::StoreHealth;

/// Asks for the selection in an order.
pub(super) struct ListQuestion {
    pub board: Board,
    pub key: AggregatesKey,
    pub order: ListOrder,
}

/// Asks for the rows of a window of the list.
pub(super) struct RowsQuestion {
    /// Index of the first in the list.
    pub first: usize,
    pub row_ids: Vec<u32>,
}

/// Rows that contain the words; `None` where there were no words.
pub(super) struct SearchAnswer {
    pub query: String,
    pub rows: Option<RowSet>,
}

/// Asks for the list as a file.
pub(super) struct ExportQuestion {
    pub board: Board,
    pub key: AggregatesKey,
    pub order: ListOrder,
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
            Self::NewestFirst => list::ListOrder::NEWEST,
            Self::OldestFirst => list::ListOrder { by: list::SortBy::Received, descending: false },
            Self::DueFirst => list::ListOrder::DUE_SOONEST,
        }
    }
}

/// Positions of the selection, in order.
#[expect(clippy::needless_pass_by_value, reason = "a lane hands its question over")]
pub(super) fn list(question: ListQuestion, cancel: &Cancel) -> Option<Vec<u32>> {
    let ListQuestion { board, key, order } = &question;
    let filter = CompiledFilter::new(&key.filter, board.vocabulary(), key.now);
    board.list(&filter, order.of_board(), cancel.flag()).map(|list| list.positions)
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
    move |query, cancel| {
        if query.trim().is_empty() {
            return Some(SearchAnswer { query, rows: None });
        }
        match reader.search_rows(&query, cancel.flag()) {
            Ok(rows) => Some(SearchAnswer { query, rows: Some(rows) }),
            Err(error) => {
                if !cancel.is_set() {
                    tracing::error!(%error, "the search failed");
                }
                None
            }
        }
    }
}

pub(super) fn health(reader: Reader) -> impl FnMut((), &Cancel) -> Option<StoreHealth> + Send {
    move |(), _| match reader.health() {
        Ok(health) => Some(health),
        Err(error) => {
            tracing::error!(%error, "the database's health could not be read");
            None
        }
    }
}

/// Writes the list as csv and says how it went.
pub(super) fn export(
    reader: Reader,
) -> impl FnMut(ExportQuestion, &Cancel) -> Option<Notice> + Send {
    move |question, cancel| {
        let shown = question.path.display().to_string();
        let done = super::export::write(&reader, &question, cancel);
        Some(match done {
            Ok(n) => Notice {
                id: 0,
                text: "notice-list-saved",
                detail: format!("{n} · {shown}"),
                is_error: false,
            },
            Err(error) => Notice {
                id: 0,
                text: "notice-list-failed",
                detail: error.to_string(),
                is_error: true,
            },
        })
    }
}

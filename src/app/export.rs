//! «Выгрузить список…»: the filtered list as csv that a spreadsheet opens.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use super::lane::Cancel;
use super::workers::{self, ExportQuestion};
use crate::board::Vocabulary;
use crate::board::row::NONE;
use crate::domain::{Block, Language, Regime, Source, Status, Timestamp};
use crate::store::details::ListRow;
use crate::store::{self, Reader};

/// Rows read from the store at once.
const PAGE_ROWS: usize = 2_000;

#[derive(Debug, thiserror::Error)]
pub(super) enum ExportError {
    #[error("the list could not be read: {0}")]
    Store(#[from] store::Error),
    #[error("{path} could not be written: {source}")]
    Write { path: PathBuf, source: io::Error },
    #[error("the export was stopped")]
    Cancelled,
}

/// Writes beside the file and renames at the end, so that a full disk leaves
/// no half list under the chosen name. Returns the number of rows.
pub(super) fn write(
    reader: &Reader,
    question: &ExportQuestion,
    cancel: &Cancel,
) -> Result<usize, ExportError> {
    let positions =
        workers::in_order(reader, &question.list, cancel).ok_or(ExportError::Cancelled)?;
    let failed = |source| ExportError::Write { path: question.path.clone(), source };
    let beside = Beside(question.path.with_extension("csv.part"));
    let file = std::fs::File::create(&beside.0).map_err(failed)?;
    let mut out = BufWriter::new(file);
    // The mark by which spreadsheets know UTF-8.
    out.write_all("\u{feff}".as_bytes()).map_err(failed)?;
    let mut table = csv::WriterBuilder::new().delimiter(b';').from_writer(out);
    let csv_failed = |error: csv::Error| failed(io::Error::other(error));
    table.write_record(&question.header).map_err(csv_failed)?;
    for page in positions.chunks(PAGE_ROWS) {
        if cancel.is_set() {
            return Err(ExportError::Cancelled);
        }
        let row_ids: Vec<u32> = page.iter().map(|position| position + 1).collect();
        for mut row in reader.list_rows(&row_ids)? {
            if let Some(on_board) = question.list.board.row(row.row_id.saturating_sub(1)) {
                row.set_row(&on_board);
            }
            table.write_record(record(question, &row)).map_err(csv_failed)?;
        }
    }
    let out = table.into_inner().map_err(|error| failed(io::Error::other(error.to_string())))?;
    let file = out.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)?;
    std::fs::rename(&beside.0, &question.path).map_err(failed)?;
    Ok(positions.len())
}

/// The unfinished file: it goes where the export does not come to its end.
struct Beside(PathBuf);

impl Drop for Beside {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "an unfinished export could not be removed");
        }
    }
}

fn record(question: &ExportQuestion, row: &ListRow) -> Vec<String> {
    let catalogue = &question.catalogue;
    let vocabulary = question.list.board.vocabulary();
    let language = question.language;
    let time = |secs: u32| if secs == 0 { String::new() } else { Timestamp(secs).to_rfc3339() };
    let mut cells: Vec<String> = [
        row.id.clone(),
        time(row.received),
        time(row.due),
        time(row.closed),
        Status::from_index(row.status)
            .map(|status| catalogue.status(status).full(language).to_owned())
            .unwrap_or_default(),
        Block::from_index(row.block)
            .map(|block| catalogue.block(block).full(language).to_owned())
            .unwrap_or_default(),
        topic(vocabulary, row.topic, language),
        catalogue
            .municipality(row.municipality)
            .map(|municipality| municipality.name.to_string())
            .unwrap_or_default(),
        entry(&vocabulary.settlements, row.settlement),
        body(vocabulary, row.body),
        Source::from_index(row.source)
            .map(|source| catalogue.source(source).full(language).to_owned())
            .unwrap_or_default(),
        Regime::from_index(row.regime)
            .map(|regime| catalogue.regime(regime).short(language).to_owned())
            .unwrap_or_default(),
        row.summary.clone(),
    ]
    .into_iter()
    .map(|cell| formula_safe(&cell))
    .collect();
    // The header is longer where it says that the figures are made up.
    cells.resize(question.header.len(), String::new());
    cells
}

fn topic(vocabulary: &Vocabulary, number: u16, language: Language) -> String {
    match vocabulary.topics.get(usize::from(number)) {
        Some(entry) if number != NONE => match language {
            Language::En if !entry.name_en.is_empty() => entry.name_en.clone(),
            _ => entry.name.clone(),
        },
        _ => String::new(),
    }
}

fn body(vocabulary: &Vocabulary, number: u16) -> String {
    match vocabulary.bodies.get(usize::from(number)) {
        Some(entry) if number != NONE => entry.name.clone(),
        _ => String::new(),
    }
}

fn entry(names: &[String], number: u16) -> String {
    if number == NONE {
        String::new()
    } else {
        names.get(usize::from(number)).cloned().unwrap_or_default()
    }
}

/// A cell that a spreadsheet would take for a formula begins with a quote mark.
fn formula_safe(cell: &str) -> String {
    let first = cell.trim_start_matches([' ', '\t', '\r', '\n']).chars().next();
    if matches!(first, Some('=' | '+' | '-' | '@')) || cell.starts_with(['\t', '\r', '\n']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unfinished_file_is_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv.part");
        std::fs::write(&path, "half").unwrap();
        drop(Beside(path.clone()));
        assert!(!path.exists());
        drop(Beside(path));
    }

    #[test]
    fn formulas_become_text() {
        for cell in ["=1+1", "+7 999", "-2", "@SUM(A1)", "  =cmd|' /C calc'!A0", "\t=1"] {
            assert!(formula_safe(cell).starts_with('\''), "{cell:?}");
        }
        for cell in ["", "Нет воды", "5-й этаж", "2 = 2"] {
            assert_eq!(formula_safe(cell), cell);
        }
    }
}

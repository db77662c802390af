//! Columns of any csv file by the names in its header.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

/// Between cells; the first one under which the header has all columns.
const DELIMITERS: [u8; 3] = *b",;\t";
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The cells of these columns, row by row, without the blanks around them. `options`
/// says for a complaint what named them.
pub(super) fn read<const N: usize>(
    path: &Path,
    names: [&str; N],
    options: &str,
) -> anyhow::Result<Vec<[String; N]>> {
    let Rows { rows, broken } = read_whole_rows(path, names, options)?;
    match broken.into_iter().next() {
        Some(error) => Err(error).with_context(|| format!("{} has a broken row", path.display())),
        None => Ok(rows),
    }
}

/// Rows of a table, and what is wrong with those that are none.
pub(super) struct Rows<const N: usize> {
    pub(super) rows: Vec<[String; N]>,
    pub(super) broken: Vec<csv::Error>,
}

/// As [`read`], but a row with more or fewer cells than the header ends nothing.
pub(super) fn read_whole_rows<const N: usize>(
    path: &Path,
    names: [&str; N],
    options: &str,
) -> anyhow::Result<Rows<N>> {
    let shown = path.display();
    let bytes = fs::read(path).with_context(|| format!("{shown} cannot be read"))?;
    let Ok(content) = String::from_utf8(bytes) else {
        bail!("{shown} is not UTF-8; save it as csv in UTF-8");
    };
    let content = content.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&content);
    let (delimiter, places) =
        columns(content, names).with_context(|| format!("{shown} is not what {options} say"))?;
    let mut table = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(content.as_bytes());
    let (mut rows, mut broken) = (Vec::new(), Vec::new());
    for record in table.records() {
        match record {
            Ok(record) => {
                rows.push(places.map(|at| record.get(at).unwrap_or_default().trim().to_owned()));
            }
            Err(error) => broken.push(error),
        }
    }
    Ok(Rows { rows, broken })
}

/// The delimiter, and the positions of the columns in the header.
fn columns<const N: usize>(content: &str, names: [&str; N]) -> anyhow::Result<(u8, [usize; N])> {
    let header = |delimiter: u8| -> anyhow::Result<Vec<String>> {
        let mut table =
            csv::ReaderBuilder::new().delimiter(delimiter).from_reader(content.as_bytes());
        Ok(table.headers()?.iter().map(|name| name.trim().to_owned()).collect())
    };
    for delimiter in DELIMITERS {
        let header = header(delimiter)?;
        let at = names.map(|name| header.iter().position(|found| found == name));
        if at.iter().all(Option::is_some) {
            return Ok((delimiter, at.map(Option::unwrap_or_default)));
        }
    }
    let header = header(DELIMITERS[0])?;
    let missing = names.iter().find(|name| !header.iter().any(|found| found == *name));
    bail!(
        "there is no column «{}» in its header: {}",
        missing.unwrap_or(&names[0]),
        header.join(", ")
    )
}

//! Data files that officials edit: TOML or CSV text with a name, read with
//! errors that say where to look.

use std::ops::Range;

use serde::de::DeserializeOwned;

/// A data file, embedded or read from a folder.
#[derive(Clone, Copy, Debug)]
pub struct DataFile<'a> {
    /// As shown in errors, `data/topics.toml`.
    pub name: &'a str,
    pub text: &'a str,
}

/// A mistake in a data file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {reason}")]
pub struct DataError {
    pub file: String,
    /// From 1.
    pub line: usize,
    pub reason: String,
}

impl DataFile<'_> {
    pub fn parse_toml<T: DeserializeOwned>(self) -> Result<T, DataError> {
        toml::from_str(self.text)
            .map_err(|e| self.error_at(e.span().unwrap_or_default(), one_line(e.message())))
    }

    /// The records of a CSV file with a header, each with its line.
    pub fn parse_csv<T: DeserializeOwned>(self) -> Result<Vec<(usize, T)>, DataError> {
        let mut reader = csv::Reader::from_reader(self.text.as_bytes());
        let mut rows = Vec::new();
        let mut records = reader.deserialize();
        while let Some(row) = records.next() {
            let line = records.reader().position().line().saturating_sub(1) as usize;
            match row {
                Ok(row) => rows.push((line, row)),
                Err(e) => {
                    let line = e.position().map_or(line, |p| p.line() as usize);
                    return Err(self.error_on(line, csv_reason(e)));
                }
            }
        }
        Ok(rows)
    }

    /// An error at a byte range of the text.
    pub fn error_at(self, span: Range<usize>, reason: impl Into<String>) -> DataError {
        let before = self.text.get(..span.start).unwrap_or_default();
        self.error_on(before.matches('\n').count() + 1, reason)
    }

    pub fn error_on(self, line: usize, reason: impl Into<String>) -> DataError {
        DataError { file: self.name.to_owned(), line, reason: reason.into() }
    }
}

#[cfg(test)]
impl DataFile<'_> {
    /// What `read` says of the file with `from` written as `to` at its first place.
    pub(super) fn refusal<T: std::fmt::Debug>(
        self,
        from: &str,
        to: &str,
        read: impl FnOnce(DataFile<'_>) -> Result<T, DataError>,
    ) -> String {
        let text = self.text.replacen(from, to, 1);
        assert_ne!(text, self.text, "{from}");
        read(DataFile { name: self.name, text: &text }).unwrap_err().to_string()
    }
}

fn csv_reason(error: csv::Error) -> String {
    match error.into_kind() {
        csv::ErrorKind::Deserialize { err, .. } => one_line(&err.kind().to_string()),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields where the header has {expected_len}")
        }
        _ => "not a readable CSV record".to_owned(),
    }
}

fn one_line(text: &str) -> String {
    text.trim_end().replace('\n', "; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Pair {
        a: u8,
        b: u8,
    }

    #[test]
    fn a_mistake_in_toml_has_its_line() {
        let file = DataFile { name: "x.toml", text: "a = 1\nb = \"two\"\n" };
        let error = file.parse_toml::<Pair>().unwrap_err();
        assert_eq!((error.line, error.file.as_str()), (2, "x.toml"));
        assert!(!error.to_string().contains('\n'));
        let file = DataFile { name: "x.toml", text: "\n\na = = 1\n" };
        assert_eq!(file.parse_toml::<Pair>().unwrap_err().line, 3);
    }

    #[test]
    fn a_mistake_in_csv_has_its_line() {
        let read = |text| DataFile { name: "x.csv", text }.parse_csv::<Pair>();
        let rows = read("a,b\n1,2\n3,4\n").unwrap();
        assert_eq!(
            rows.iter().map(|(line, r)| (*line, r.a, r.b)).collect::<Vec<_>>(),
            [(2, 1, 2), (3, 3, 4)]
        );
        assert_eq!(read("a,b\n1,2\n3,x\n").unwrap_err().line, 3);
        let short = read("a,b\n1,2\n3\n").unwrap_err();
        assert_eq!(short.to_string(), "x.csv, line 3: 1 fields where the header has 2");
    }
}

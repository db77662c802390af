//! Full-text search over summaries, addresses and messages.

use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::OptionalExtension;

use super::error::{Error, Result};
use super::reader::Reader;
use crate::board::filter::RowSet;
use crate::domain::stem::{Stemmer, is_stop_word, words};

/// Words of a query beyond these are left out.
const MOST_WORDS: usize = 24;
/// Ways to write a phrase in other forms of its words. Of more, those with the
/// words as they stand are kept.
const MOST_PHRASES: usize = 64;
/// Letters from which a word that is still being typed is looked for as a beginning:
/// fewer begin half of all texts, which says nothing and takes long.
const BEGINNING_CHARS: usize = 3;
/// Rows between two looks at the cancel flag.
const ROWS_A_LOOK: usize = 1024;
/// Up to so many hits are looked up one by one to be put in order; more are
/// found by a scan of all.
const LOOKED_UP: usize = 4096;

/// In which order [`Reader::search`] answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By receipt, newest first.
    #[default]
    Newest,
    /// By how well the words fit (BM25).
    Ranked,
}

impl Reader {
    /// Board positions of all incidents that fit the query: every word in any of
    /// its forms, the last one also as a beginning, «"…"» as words in that order,
    /// «-слово» not; or the one whose id it is. `None` where there is nothing to
    /// look for yet: no words, or the first letters of one. `cancel` ends it with
    /// [`Error::Interrupted`].
    pub fn search_rows(&self, query: &str, cancel: &AtomicBool) -> Result<Option<RowSet>> {
        let mut found = RowSet::default();
        let Expression { words, is_begun } = expression(query);
        if let Some(expression) = words {
            self.ask_text_index(|index| {
                let mut statement =
                    index.prepare("SELECT rowid FROM entry WHERE entry MATCH ?1")?;
                let mut rows = statement.query([expression])?;
                let mut count = 0_usize;
                while let Some(row) = rows.next()? {
                    count += 1;
                    if count.is_multiple_of(ROWS_A_LOOK) && cancel.load(Ordering::Relaxed) {
                        return Err(Error::Interrupted);
                    }
                    let row_id: u32 = row.get(0)?;
                    found.insert(row_id.saturating_sub(1));
                }
                Ok(())
            })?;
        }
        if let Some(row_id) = self.row_of_id(query)? {
            found.insert(row_id - 1);
        }
        Ok((!is_begun || !found.is_empty()).then_some(found))
    }

    /// At most `limit` row ids for the query.
    pub fn search(&self, query: &str, limit: usize, order: Order) -> Result<Vec<u32>> {
        if order == Order::Ranked
            && let Some(expression) = expression(query).words
        {
            return self.ask_text_index(|index| {
                let mut statement = index.prepare(
                    "SELECT rowid FROM entry WHERE entry MATCH ?1 ORDER BY rank LIMIT ?2",
                )?;
                let rows = statement.query_map((expression, limit as i64), |row| row.get(0))?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            });
        }
        let found = self.search_rows(query, &AtomicBool::new(false))?;
        self.newest(&found.unwrap_or_default(), limit)
    }

    /// The incident with that id on the server, «№» before it or not.
    pub fn row_of_id(&self, text: &str) -> Result<Option<u32>> {
        let id = text.trim().trim_start_matches(['№', '#']).trim_start();
        if id.is_empty() || id.contains(char::is_whitespace) {
            return Ok(None);
        }
        self.row_of_incident(id)
    }

    /// How many incidents the text index covers.
    pub fn searchable_count(&self) -> Result<u64> {
        self.ask_text_index(|index| {
            let count: i64 =
                index.query_row("SELECT count(*) FROM entry_docsize", [], |row| row.get(0))?;
            Ok(count as u64)
        })
    }

    fn newest(&self, found: &RowSet, limit: usize) -> Result<Vec<u32>> {
        let mut dated: Vec<(u32, u32)> = Vec::new();
        if found.len() <= LOOKED_UP {
            let mut get = self
                .connection
                .prepare_cached("SELECT received FROM incident_core WHERE row = ?1")?;
            for row_id in found.iter().map(|position| position + 1) {
                // An incident that was removed since it was indexed is left out.
                if let Some(received) = get.query_row([row_id], |row| row.get(0)).optional()? {
                    dated.push((received, row_id));
                }
            }
        } else {
            let mut scan =
                self.connection.prepare_cached("SELECT received, row FROM incident_core")?;
            let mut rows = scan.query([])?;
            while let Some(row) = rows.next()? {
                let row_id: u32 = row.get(1)?;
                if found.contains(row_id - 1) {
                    dated.push((row.get(0)?, row_id));
                }
            }
        }
        dated.sort_unstable_by(|a, b| b.cmp(a));
        Ok(dated.into_iter().take(limit).map(|(_, row_id)| row_id).collect())
    }
}

/// A query in the language of FTS5.
struct Expression {
    /// `None` where it has no words to look for.
    words: Option<String>,
    /// True where more is to come: no words yet, or the first letters of the only
    /// one, which may be a whole one, as «УК» is.
    is_begun: bool,
}

fn expression(query: &str) -> Expression {
    let mut stemmer = Stemmer::with_forms();
    let mut wanted: Vec<String> = Vec::new();
    let mut unwanted: Vec<String> = Vec::new();
    let is_typing = !query.ends_with(|c: char| !c.is_alphanumeric());
    let terms = terms(query);
    let only_one = terms.len() == 1;
    let mut is_short = false;
    for (index, term) in terms.iter().enumerate().take(MOST_WORDS) {
        let is_last = index + 1 == terms.len();
        let is_typed = is_last && is_typing && !term.quoted && !term.minus;
        let built = match term.words.as_slice() {
            [word] if is_typed => {
                is_short = word.chars().count() < BEGINNING_CHARS;
                let is_number = word.chars().all(|c| c.is_ascii_digit());
                if !only_one && (is_stop_word(word) || is_short && !is_number) {
                    continue;
                }
                if is_short {
                    phrase(&mut stemmer, &term.words)
                } else {
                    Some(typed(&mut stemmer, word))
                }
            }
            words => phrase(&mut stemmer, words),
        };
        let list = if term.minus { &mut unwanted } else { &mut wanted };
        list.extend(built);
    }
    let wanted = (!wanted.is_empty()).then(|| wanted.join(" AND "));
    let words = wanted.map(|wanted| match unwanted.as_slice() {
        [] => wanted,
        unwanted => format!("({wanted}) NOT ({})", unwanted.join(" OR ")),
    });
    Expression { is_begun: words.is_none() || only_one && is_short, words }
}

/// Words that must stand together; a hyphen makes such a term too.
#[derive(Debug, Default, PartialEq)]
struct Term {
    words: Vec<String>,
    quoted: bool,
    minus: bool,
}

fn terms(query: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    let is_quote = |c: char| matches!(c, '"' | '«' | '»' | '“' | '”' | '„');
    for (index, part) in query.split(is_quote).enumerate() {
        if index % 2 == 1 {
            terms.push(Term { words: words(part), quoted: true, minus: false });
            continue;
        }
        for word in part.split_whitespace() {
            let minus = word.len() > 1 && word.starts_with('-');
            terms.push(Term { words: words(word), quoted: false, minus });
        }
    }
    terms.retain(|term| !term.words.is_empty());
    terms
}

/// The words in any of their forms, in that order; `None` where nothing but stop
/// words stands in it.
fn phrase(stemmer: &mut Stemmer, words: &[String]) -> Option<String> {
    let mut phrases = vec![String::new()];
    for word in words.iter().take(MOST_WORDS) {
        let ways = MOST_PHRASES / phrases.len();
        // What the word as it stands is kept under comes first.
        let stems = if ways > 1 {
            stemmer.stems_of_forms(word)
        } else {
            Vec::from([stemmer.stem(word).to_owned()])
        };
        let stems: Vec<String> =
            stems.into_iter().filter(|stem| !stem.is_empty()).take(ways).collect();
        if !stems.is_empty() {
            let with_each = |phrase: &String| -> Vec<String> {
                stems.iter().map(|stem| format!("{phrase}{stem} ")).collect()
            };
            phrases = phrases.iter().flat_map(with_each).collect();
        }
    }
    // Nothing in a stem or a key ends the quotation.
    let quoted = phrases.iter().map(|phrase| format!("\"{}\"", phrase.trim_end()));
    (!phrases[0].is_empty()).then(|| any_of(quoted.collect()))
}

/// A word that is still being typed: whole in any form, or the beginning of one.
fn typed(stemmer: &mut Stemmer, word: &str) -> String {
    let mut stems = stemmer.stems_of_forms(word);
    stems.extend(stemmer.stems_of_completed(word));
    stems.retain(|stem| !stem.starts_with(word));
    stems.sort_unstable();
    stems.dedup();
    let mut quoted: Vec<String> = stems.iter().map(|stem| format!("\"{stem}\"")).collect();
    quoted.push(format!("\"{word}\" *"));
    any_of(quoted)
}

fn any_of(quoted: Vec<String>) -> String {
    match <[String; 1]>::try_from(quoted) {
        Ok([only]) => only,
        Err(quoted) => format!("({})", quoted.join(" OR ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_becomes_stems() {
        for (query, expected) in [
            // In words of the dictionary, and the stem for slips.
            ("трубы ", "(\"труба·\" OR \"труб\")"),
            ("трубы", "(\"труб\" OR \"труба·\" OR \"трубы\" *)"),
            ("отопл", "\"отопл\" *"),
            ("трубы в ", "(\"труба·\" OR \"труб\")"),
            ("трубы в", "(\"труба·\" OR \"труб\")"),
            ("трубы во", "(\"труба·\" OR \"труб\")"),
            // A number may be short, and so may the only word.
            ("трубы 5", "(\"труба·\" OR \"труб\") AND \"5\""),
            ("ук", "(\"ук·\" OR \"ук\")"),
            ("нет", "\"нет\" *"),
            // In stems where the dictionary has nothing.
            ("хыринжа ", "\"хыринж\""),
            ("хыринжа", "(\"хыринж\" OR \"хыринжа\" *)"),
            ("«хыринжа ағас»", "\"хыринж агас\""),
            ("хыринжа -ағас ", "(\"хыринж\") NOT (\"агас\")"),
            ("ағас-хыринжа 12 ", "\"агас хыринж\" AND \"12\""),
            ("«ағас трубы» ", "(\"агас труба·\" OR \"агас труб\")"),
        ] {
            assert_eq!(expression(query).words.as_deref(), Some(expected), "{query}");
        }
        for nothing in ["", "  ", "!?", "и в на ", "в", "нет ", "нет го", "-вода", "\"\""]
        {
            assert_eq!(expression(nothing).words, None, "{nothing}");
        }
        assert!(expression("ук").is_begun && !expression("ук ").is_begun);
    }

    #[test]
    fn a_long_phrase_keeps_the_words_as_they_stand() {
        let text = "стали печи стекла стали печи стекла стали";
        let mut stemmer = Stemmer::with_forms();
        let built = phrase(&mut stemmer, &words(text)).unwrap();
        let ways: Vec<&str> = built.trim_matches(['(', ')']).split(" OR ").collect();
        assert!((2..=MOST_PHRASES).contains(&ways.len()), "{built}");
        let mut as_they_stand = String::new();
        stemmer.stems_into(text, &mut as_they_stand);
        let as_they_stand = format!("\"{}\"", as_they_stand.trim_end());
        assert!(ways.contains(&as_they_stand.as_str()), "{built}");

        // Even a page between quotation marks stays a query.
        let page = phrase(&mut stemmer, &words(&text.repeat(1000))).unwrap();
        assert!(page.split(" OR ").count() <= MOST_PHRASES && page.len() < 100_000);
    }

    #[test]
    fn no_query_breaks_the_syntax() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE VIRTUAL TABLE entry USING fts5(stems)").unwrap();
        for query in ["\"", "«", "a\" OR b", "NEAR(a b)", "a* ^b", "-", "--", "a:b", "((", "'\0x"]
        {
            if let Some(expression) = expression(query).words {
                connection
                    .query_row(
                        "SELECT count(*) FROM entry WHERE entry MATCH ?1",
                        [expression],
                        |r| r.get::<_, i64>(0),
                    )
                    .unwrap();
            }
        }
    }
}

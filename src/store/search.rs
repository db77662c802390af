//! Full-text search over summaries, addresses and messages.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;

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
/// A beginning that so many words in the index have, or fewer, is asked for as those
/// words: of more it is faster to let the index put all that they are in together.
const MOST_COMPLETIONS: usize = 48;
/// The same where the first hits are enough: nothing is put together for them.
const MOST_COMPLETIONS_FIRST: usize = 512;

impl Reader {
    /// Board positions of all incidents that fit the query: every word in any of
    /// its forms, the last one also as a beginning, «"…"» as words in that order,
    /// «-слово» not; or the one whose id it is. `None` where there is nothing to
    /// look for yet: no words, or the first letters of one. `cancel` ends it with
    /// [`Error::Interrupted`].
    pub fn search_rows(&self, query: &str, cancel: &AtomicBool) -> Result<Option<RowSet>> {
        let mut found = RowSet::default();
        let is_begun = self.ask_text_index(|index| {
            let Expression { words, is_begun } = expression(query, index, MOST_COMPLETIONS)?;
            let Some(expression) = words else { return Ok(is_begun) };
            each_match(index, &expression, "", cancel, |position| {
                found.insert(position);
                ControlFlow::Continue(())
            })?;
            Ok(is_begun)
        })?;
        if let Some(row_id) = self.row_of_id(query)? {
            found.insert(row_id - 1);
        }
        Ok((!is_begun || !found.is_empty()).then_some(found))
    }

    /// Calls `each` with the board positions of [`Self::search_rows`], what was
    /// stored last first, until it breaks off: the first ones take no longer where
    /// there are many. An id finds nothing here.
    pub fn each_found(
        &self,
        query: &str,
        cancel: &AtomicBool,
        each: impl FnMut(u32) -> ControlFlow<()>,
    ) -> Result<()> {
        self.ask_text_index(|index| {
            let expression = expression(query, index, MOST_COMPLETIONS_FIRST)?;
            let Some(words) = expression.words else { return Ok(()) };
            each_match(index, &words, "ORDER BY rowid DESC", cancel, each)
        })
    }

    /// At most `limit` row ids for the query, what fits its words best (BM25) first.
    pub fn search_ranked(&self, query: &str, limit: usize) -> Result<Vec<u32>> {
        self.ask_text_index(|index| {
            let expression = expression(query, index, MOST_COMPLETIONS)?;
            let Some(words) = expression.words else { return Ok(Vec::new()) };
            let mut statement = index
                .prepare("SELECT rowid FROM entry WHERE entry MATCH ?1 ORDER BY rank LIMIT ?2")?;
            let rows = statement.query_map((words, limit as i64), |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
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
}

/// Calls `each` with the board positions of the entries that fit, until it breaks off.
fn each_match(
    index: &Connection,
    expression: &str,
    order: &str,
    cancel: &AtomicBool,
    mut each: impl FnMut(u32) -> ControlFlow<()>,
) -> Result<()> {
    let sql = format!("SELECT rowid FROM entry WHERE entry MATCH ?1 {order}");
    let mut statement = index.prepare(&sql)?;
    let mut rows = statement.query([expression])?;
    while let Some(row) = rows.next()? {
        let row_id: u32 = row.get(0)?;
        if each(row_id.saturating_sub(1)).is_break() {
            break;
        }
        if cancel.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
    }
    Ok(())
}

/// A query in the language of FTS5.
struct Expression {
    /// `None` where it has no words to look for.
    words: Option<String>,
    /// True where more is to come: no words yet, or the first letters of the only
    /// one, which may be a whole one, as «УК» is.
    is_begun: bool,
}

/// `most`: how many words of the index a beginning is asked for as.
fn expression(query: &str, index: &Connection, most: usize) -> Result<Expression> {
    let mut stemmer = Stemmer::with_forms();
    let mut wanted: Vec<String> = Vec::new();
    let mut unwanted: Vec<String> = Vec::new();
    let is_typing = !query.ends_with(|c: char| !c.is_alphanumeric());
    let terms = terms(query);
    let only_one = terms.len() == 1;
    let mut is_short = false;
    for (at, term) in terms.iter().enumerate().take(MOST_WORDS) {
        let is_last = at + 1 == terms.len();
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
                    Some(typed(&mut stemmer, word, completions(index, word, most)?))
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
    Ok(Expression { is_begun: words.is_none() || only_one && is_short, words })
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

/// What the index holds that begins so; `None` where that is more than `most`.
fn completions(index: &Connection, beginning: &str, most: usize) -> Result<Option<Vec<String>>> {
    let of_known =
        "SELECT stem FROM known WHERE stem >= ?1 AND stem < ?1 || char(1114111) LIMIT ?2";
    // An older program's index, which nobody builds anew while it is only looked at.
    let Ok(mut get) = index.prepare(of_known) else { return Ok(None) };
    let rows = get.query_map((beginning, most as i64 + 1), |row| row.get(0))?;
    let found: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
    Ok((found.len() <= most).then_some(found))
}

/// A word that is still being typed: whole in any form, or the beginning of one.
/// `completions` are those that the index holds, where they are few enough.
fn typed(stemmer: &mut Stemmer, word: &str, completions: Option<Vec<String>>) -> String {
    let mut stems = stemmer.stems_of_forms(word);
    stems.extend(stemmer.stems_of_completed(word));
    stems.retain(|stem| !stem.starts_with(word));
    let is_listed = completions.is_some();
    stems.extend(completions.into_iter().flatten());
    stems.sort_unstable();
    stems.dedup();
    let mut quoted: Vec<String> = stems.iter().map(|stem| format!("\"{stem}\"")).collect();
    if !is_listed {
        quoted.push(format!("\"{word}\" *"));
    } else if quoted.is_empty() {
        quoted.push(format!("\"{word}\""));
    }
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
    use super::super::migrate::{Database, migrate};
    use super::*;

    /// Empty, but for some words that it knows.
    fn index() -> Connection {
        let mut index = Connection::open_in_memory().unwrap();
        migrate(&mut index, Database::Search).unwrap();
        for stem in ["люк·", "люковой", "нетка", "нетто", "нетопырь·"]
        {
            index.execute("INSERT INTO known (stem) VALUES (?1)", [stem]).unwrap();
        }
        index
    }

    #[test]
    fn a_query_becomes_stems() {
        let index = index();
        let expression = |query: &str| expression(query, &index, 2).unwrap();
        for (query, expected) in [
            // In words of the dictionary, and the stem for slips.
            ("трубы ", "(\"труба·\" OR \"труб\")"),
            ("трубы", "(\"труб\" OR \"труба·\")"),
            ("отопл", "\"отопл\""),
            // A beginning in what the index has of it, unless that is more than two.
            ("люк", "(\"люк·\" OR \"люковой\")"),
            ("люка", "(\"люк\" OR \"люк·\")"),
            ("нет", "\"нет\" *"),
            ("трубы в ", "(\"труба·\" OR \"труб\")"),
            ("трубы в", "(\"труба·\" OR \"труб\")"),
            ("трубы во", "(\"труба·\" OR \"труб\")"),
            // A number may be short, and so may the only word.
            ("трубы 5", "(\"труба·\" OR \"труб\") AND \"5\""),
            ("ук", "(\"ук·\" OR \"ук\")"),
            // In stems where the dictionary has nothing.
            ("хыринжа ", "\"хыринж\""),
            ("хыринжа", "\"хыринж\""),
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
        let index = index();
        for query in ["\"", "«", "a\" OR b", "NEAR(a b)", "a* ^b", "-", "--", "a:b", "((", "'\0x"]
        {
            if let Some(expression) = expression(query, &index, 2).unwrap().words {
                index
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

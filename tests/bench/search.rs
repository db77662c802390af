//! Words in their other forms, against Snowball's stems alone (rust-stemmers): the
//! same folding, the same FTS5, the same lists. Prints its lines itself and leaves
//! what went wrong in the folder.

use std::collections::{BTreeSet, HashMap};
use std::io::Write as _;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use pult::domain::stem::Stemmer;
use rusqlite::Connection;

use crate::Args;
use crate::incidents::Dice;
use crate::lists::{HELD_OUT, List, Score, TUNED};

/// Words of a made-up text.
const TEXT_WORDS: u32 = 10;
/// Times that texts are cut; the fastest counts.
const TURNS: usize = 3;

type NewStemmer = fn() -> Stemmer;
const PULT: NewStemmer = Stemmer::with_forms;
const PEER: NewStemmer = Stemmer::default;

/// Recall and precision, then times over `rows` texts.
pub(crate) fn measure(args: &Args) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let lists = [("tuned", TUNED), ("held-out", HELD_OUT)]
        .map(|(name, text)| List::read(text).map(|list| (name, list)));
    let lists = lists.into_iter().collect::<Option<Vec<_>>>().context("a list is broken")?;
    for (name, list) in &lists {
        let (pult, peer) = (score(list, PULT), score(list, PEER));
        let mut line = |what, pult: f64, peer: f64| {
            let (pult, peer) = (100.0 - 100.0 * pult, 100.0 - 100.0 * peer);
            let ratio = pult / peer;
            writeln!(out, "search-{what}-{name} pult {pult:.2} % peer {peer:.2} % ratio {ratio:.2}")
        };
        line("missed", pult.recall, peer.recall)?;
        line("wrong", pult.precision, peer.precision)?;
        std::fs::write(args.out.join(format!("{name}-missed.txt")), pult.missed.join("\n"))?;
        std::fs::write(args.out.join(format!("{name}-wrong.txt")), pult.wrong.join("\n"))?;
    }

    let texts = texts(&lists, args.rows);
    // Unpacked once in a program's life, which is no part of cutting.
    PULT().stem("");
    let cut =
        |new: NewStemmer| (0..TURNS).map(|_| cutting_secs(new, &texts)).fold(f64::MAX, f64::min);
    time_line(&mut out, "search-words", 1.0, "s", cut(PULT), cut(PEER))?;

    let words: Vec<&str> = lists.iter().flat_map(|(_, list)| list.words()).collect();
    let (built, asked) = index_and_ask(PULT, &texts, &words)?;
    let (peer_built, peer_asked) = index_and_ask(PEER, &texts, &words)?;
    time_line(&mut out, "search-index", 1.0, "s", built, peer_built)?;
    time_line(&mut out, "search-newest-50", 1e3, "ms", asked, peer_asked)
}

fn time_line(
    out: &mut impl std::io::Write,
    name: &str,
    scale: f64,
    unit: &str,
    pult: f64,
    peer: f64,
) -> Result<()> {
    let (shown, shown_peer, ratio) = (pult * scale, peer * scale, pult / peer);
    Ok(writeln!(out, "{name} pult {shown:.3} {unit} peer {shown_peer:.3} {unit} ratio {ratio:.2}")?)
}

fn score(list: &List, new: NewStemmer) -> Score {
    let mut stemmer = new();
    let mut index: HashMap<String, BTreeSet<usize>> = HashMap::new();
    for (position, text) in list.texts.iter().enumerate() {
        index.entry(stemmer.stem(text).to_owned()).or_default().insert(position);
    }
    list.score(|word| {
        let stems = stemmer.stems_of_forms(word);
        stems.iter().filter_map(|stem| index.get(stem)).flatten().copied().collect()
    })
}

/// Texts of words of the lists in any form, some oftener than others.
fn texts(lists: &[(&str, List)], rows: u32) -> Vec<String> {
    let mut dice = Dice::new(1);
    let mut forms: Vec<&str> =
        lists.iter().flat_map(|(_, list)| list.texts.iter().map(String::as_str)).collect();
    for at in 1..forms.len() {
        forms.swap(at, dice.below(at as u32 + 1) as usize);
    }
    let count = forms.len() as u32;
    let mut word = |_: u32| {
        let bound = dice.below(count) + 1;
        forms[dice.below(bound) as usize]
    };
    (0..rows).map(|_| (0..TEXT_WORDS).map(&mut word).collect::<Vec<_>>().join(" ")).collect()
}

fn cutting_secs(new: NewStemmer, texts: &[String]) -> f64 {
    let start = Instant::now();
    let mut stemmer = new();
    let mut stems = String::new();
    for text in texts {
        stems.clear();
        stemmer.stems_into(text, &mut stems);
        std::hint::black_box(&stems);
    }
    start.elapsed().as_secs_f64()
}

/// Seconds to cut and index all texts, and for the newest fifty of a word: of all
/// words, 95 in 100 are faster.
fn index_and_ask(new: NewStemmer, texts: &[String], words: &[&str]) -> Result<(f64, f64)> {
    let folder = tempfile::tempdir()?;
    let mut index = Connection::open(folder.path().join("search.db"))?;
    index.execute_batch(
        "CREATE VIRTUAL TABLE entry USING fts5 (
             stems, content = '', contentless_delete = 1, tokenize = 'ascii');
         INSERT INTO entry (entry, rank) VALUES ('hashsize', 67108864);
         INSERT INTO entry (entry, rank) VALUES ('automerge', 0);",
    )?;
    let start = Instant::now();
    let mut stemmer = new();
    let transaction = index.transaction()?;
    {
        let mut put = transaction.prepare("INSERT INTO entry (rowid, stems) VALUES (?1, ?2)")?;
        let mut stems = String::new();
        for (row_id, text) in (1_i64..).zip(texts) {
            stems.clear();
            stemmer.stems_into(text, &mut stems);
            put.execute((row_id, &stems))?;
        }
    }
    transaction.commit()?;
    let built = start.elapsed().as_secs_f64();

    let mut ask = index
        .prepare("SELECT rowid FROM entry WHERE entry MATCH ?1 ORDER BY rowid DESC LIMIT 50")?;
    let mut times = Vec::with_capacity(words.len());
    let mut found = 0;
    for word in words {
        let start = Instant::now();
        let quoted: Vec<String> =
            stemmer.stems_of_forms(word).iter().map(|stem| format!("\"{stem}\"")).collect();
        if !quoted.is_empty() {
            let rows = ask.query_map([quoted.join(" OR ")], |row| row.get::<_, i64>(0))?;
            found += rows.collect::<rusqlite::Result<Vec<_>>>()?.len();
        }
        times.push(start.elapsed().as_secs_f64());
    }
    ensure!(found > words.len(), "only {found} texts were found");
    times.sort_by(f64::total_cmp);
    Ok((built, times[times.len() * 95 / 100]))
}

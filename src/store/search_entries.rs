//! What an incident puts into the text index: the stems of its texts, masked.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};

use super::error::{Error, Result};
use super::letters::Letters;
use crate::domain::mask::mask;
use crate::domain::stem::Stemmer;

/// Entries handed from the thread that cuts stems to the one that indexes.
const HANDED_ENTRIES: usize = 512;
/// Entries that are brought up to date at a time.
pub(super) const QUEUE_ENTRIES: i64 = 5_000;

/// Row ids with the stems of their texts, and which stems are among them for the
/// first time.
pub(super) struct Handed {
    pub(super) entries: Vec<(u32, String)>,
    pub(super) known: Vec<Box<str>>,
}

/// Queued rows with their turns, and what the index is to have of each.
pub(super) type Queued = (Vec<(u32, i64)>, Vec<(u32, Option<String>)>);

pub(super) fn read_queued(texts: &Connection, stemmer: &mut Stemmer) -> Result<Queued> {
    let transaction = texts.unchecked_transaction()?;
    let rows: Vec<(u32, i64)> = transaction
        .prepare_cached("SELECT row, turn FROM search_queue LIMIT ?1")?
        .query_map([QUEUE_ENTRIES], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let entries = rows
        .iter()
        .map(|(row, _)| Ok((*row, entry_of(&transaction, stemmer, *row)?)))
        .collect::<Result<_>>()?;
    Ok((rows, entries))
}

/// Stems of one incident, `None` where it is gone.
fn entry_of(texts: &Connection, stemmer: &mut Stemmer, row: u32) -> Result<Option<String>> {
    let mut get =
        texts.prepare_cached("SELECT id_hash, summary, address FROM incident WHERE row = ?1")?;
    let incident = get
        .query_row([row], |row| {
            let texts: [Option<String>; 2] = [row.get(1)?, row.get(2)?];
            Ok((row.get::<_, i64>(0)?, texts))
        })
        .optional()?;
    let Some((key, own)) = incident else { return Ok(None) };
    let mut stems = String::new();
    for text in own.iter().flatten() {
        stemmer.stems_into(&mask(text), &mut stems);
    }
    let mut letters = texts.prepare_cached("SELECT text FROM message WHERE incident = ?1")?;
    let mut rows = letters.query([key])?;
    while let Some(letter) = rows.next()? {
        if let Some(text) = text_of(letter.get_ref(0)?) {
            stemmer.stems_into(&mask(text), &mut stems);
        }
    }
    Ok(Some(stems))
}

/// The side of a build that reads and cuts stems.
pub(super) struct Reading<'w> {
    pub(super) stemmer: &'w mut Stemmer,
    pub(super) letters: &'w mut Letters,
    pub(super) stop: &'w AtomicBool,
}

impl Reading<'_> {
    /// Reads the incidents after one row up to another, in order, with their
    /// messages.
    pub(super) fn read(
        &mut self,
        texts: &mut Connection,
        after: u32,
        to: u32,
        hand_over: &SyncSender<Handed>,
    ) -> Result<()> {
        // One snapshot for the whole build: what changes after it is queued.
        let transaction = texts.transaction()?;
        self.letters.load(&transaction)?;
        let mut get_letter = transaction.prepare("SELECT text FROM message WHERE row = ?1")?;
        let mut scan = transaction.prepare(
            "SELECT row, id_hash, summary, address FROM incident
             WHERE row > ?1 AND row <= ?2 ORDER BY row",
        )?;
        let mut rows = scan.query([after, to])?;
        let mut entries = Vec::with_capacity(HANDED_ENTRIES);
        while let Some(row) = rows.next()? {
            let mut stems = String::with_capacity(512);
            for column in [2, 3] {
                if let Some(text) = text_of(row.get_ref(column)?) {
                    self.stemmer.stems_into(&mask(text), &mut stems);
                }
            }
            for letter in self.letters.take(row.get(1)?) {
                let mut found = get_letter.query([letter])?;
                if let Some(found) = found.next()?
                    && let Some(text) = text_of(found.get_ref(0)?)
                {
                    self.stemmer.stems_into(&mask(text), &mut stems);
                }
            }
            entries.push((row.get(0)?, stems));
            if entries.len() == HANDED_ENTRIES {
                let full = std::mem::replace(&mut entries, Vec::with_capacity(HANDED_ENTRIES));
                let full = Handed { entries: full, known: self.stemmer.take_met() };
                if self.stop.load(Ordering::Relaxed) || hand_over.send(full).is_err() {
                    return Err(Error::Interrupted);
                }
            }
        }
        self.letters.forget_taken();
        let rest = Handed { entries, known: self.stemmer.take_met() };
        hand_over.send(rest).map_err(|_gone| Error::Interrupted)
    }
}

/// A text, where there is one; what is none in UTF-8 is nothing to search for.
fn text_of(value: ValueRef<'_>) -> Option<&str> {
    match value {
        ValueRef::Text(bytes) => simdutf8::basic::from_utf8(bytes).ok(),
        _ => None,
    }
}

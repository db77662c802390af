//! Which rows a reading anew has seen: a bit a row, kept with each commit.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::error::Result;
use crate::domain::ObjectKind;

/// Rows that share one blob: small enough that a commit rewrites little, large
/// enough that five million rows are a few hundred blobs.
const CHUNK_ROWS: i64 = 16_384;

#[derive(Debug, Default)]
pub(super) struct Seen {
    chunks: BTreeMap<(u8, i64), Chunk>,
}

#[derive(Debug)]
struct Chunk {
    bits: Vec<u8>,
    dirty: bool,
}

impl Seen {
    pub(super) fn load(connection: &Connection) -> Result<Self> {
        let mut chunks = BTreeMap::new();
        let mut statement = connection.prepare("SELECT kind, chunk, bits FROM seen")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut bits: Vec<u8> = row.get(2)?;
            bits.resize(CHUNK_ROWS as usize / 8, 0);
            chunks.insert((row.get(0)?, row.get(1)?), Chunk { bits, dirty: false });
        }
        Ok(Self { chunks })
    }

    /// How many rows of the file are marked.
    pub(super) fn count(connection: &Connection) -> Result<u64> {
        let mut statement = connection.prepare_cached("SELECT bits FROM seen")?;
        let mut rows = statement.query([])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            let bits: Vec<u8> = row.get(0)?;
            count += bits.iter().map(|byte| u64::from(byte.count_ones())).sum::<u64>();
        }
        Ok(count)
    }

    /// Marks a row; true where it had not been seen.
    pub(super) fn mark(&mut self, kind: ObjectKind, row: i64) -> bool {
        let chunk = self
            .chunks
            .entry((kind as u8, row / CHUNK_ROWS))
            .or_insert_with(|| Chunk { bits: vec![0; CHUNK_ROWS as usize / 8], dirty: true });
        let (byte, bit) = place_of(row);
        let is_new = chunk.bits[byte] & bit == 0;
        chunk.bits[byte] |= bit;
        chunk.dirty |= is_new;
        is_new
    }

    pub(super) fn contains(&self, kind: ObjectKind, row: i64) -> bool {
        let (byte, bit) = place_of(row);
        self.chunks
            .get(&(kind as u8, row / CHUNK_ROWS))
            .is_some_and(|chunk| chunk.bits[byte] & bit != 0)
    }

    /// Writes what was marked since the last time.
    pub(super) fn save(&mut self, connection: &Connection) -> Result<()> {
        let mut put = connection
            .prepare_cached("REPLACE INTO seen (kind, chunk, bits) VALUES (?1, ?2, ?3)")?;
        for ((kind, chunk), it) in self.chunks.iter_mut().filter(|(_, it)| it.dirty) {
            put.execute(params![kind, chunk, it.bits])?;
            it.dirty = false;
        }
        Ok(())
    }

    pub(super) fn clear(&mut self, connection: &Connection) -> Result<()> {
        self.chunks.clear();
        connection.execute("DELETE FROM seen", [])?;
        Ok(())
    }
}

fn place_of(row: i64) -> (usize, u8) {
    let within = row.rem_euclid(CHUNK_ROWS) as usize;
    (within / 8, 1 << (within % 8))
}

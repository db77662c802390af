//! Which messages belong to an incident, while the text index is built.

use rusqlite::Connection;

use super::error::Result;

/// Rows of the messages by incident: sixteen bytes a message, which beats a
/// million walks down an index that may still be being built.
#[derive(Default)]
pub(super) struct Letters {
    /// Keys of incidents with rows of messages, ascending; the row is 0 once it
    /// was taken.
    rows: Vec<(i64, i64)>,
    /// Where the keys of each beginning start in `rows`. Keys are hashes, so about
    /// one stands behind each, where halving would miss the cache twenty times.
    starts: Vec<u32>,
    /// Leading bits of a key that are its beginning.
    bits: u32,
    /// The last row that was loaded.
    last: i64,
}

impl Letters {
    /// Adds the messages that have come since.
    pub(super) fn load(&mut self, texts: &Connection) -> Result<()> {
        let mut scan =
            texts.prepare("SELECT incident, row FROM message WHERE row > ?1 ORDER BY row")?;
        let mut found = scan.query([self.last])?;
        while let Some(found) = found.next()? {
            self.last = found.get(1)?;
            self.rows.push((found.get(0)?, self.last));
        }
        self.rows.sort_unstable();
        self.bits = (self.rows.len() as u32 | 1).ilog2().clamp(1, 20);
        self.starts.clear();
        self.starts.resize((1 << self.bits) + 1, 0);
        for (key, _) in &self.rows {
            self.starts[beginning(*key, self.bits) + 1] += 1;
        }
        let mut before = 0;
        for start in &mut self.starts {
            before += *start;
            *start = before;
        }
        Ok(())
    }

    /// Rows of the messages of one incident, each once.
    pub(super) fn take(&mut self, incident: i64) -> impl Iterator<Item = i64> {
        let beginning = beginning(incident, self.bits);
        let [from, to] = [self.starts[beginning], self.starts[beginning + 1]];
        let near = &mut self.rows[from as usize..to as usize];
        let its = near.iter_mut().filter(move |(key, row)| *key == incident && *row != 0);
        its.map(|(_, row)| std::mem::take(row))
    }

    pub(super) fn forget_taken(&mut self) {
        self.rows.retain(|(_, row)| *row != 0);
    }
}

/// The first bits of a key, in the order of signed numbers.
fn beginning(key: i64, bits: u32) -> usize {
    ((key as u64 ^ 1 << 63) >> (u64::BITS - bits)) as usize
}

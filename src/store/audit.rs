//! Who did what on this computer, as a chain: each entry's hash covers the one
//! before, so what is changed, removed or put in between later is noticed. Only
//! the newest entries could be cut off unnoticed, by whoever can write the file.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};

use super::error::Result;
use super::outbox::Outbox;
use crate::domain::Timestamp;

/// Outcome of [`Outbox::audit_verify`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditChain {
    /// So many entries, and all hold.
    Whole { entries: u64 },
    /// The first entry whose hash does not follow from what stands before it.
    BrokenAt { seq: i64 },
}

impl Outbox {
    /// Appends an entry. `detail` names objects by id and never holds citizens'
    /// texts: the log outlives the right to keep those.
    pub fn audit_append(
        &mut self,
        at: Timestamp,
        action: &str,
        role: &str,
        office: &str,
        detail: &str,
    ) -> Result<()> {
        let transaction = self.connection().transaction()?;
        append(&transaction, at, [action, role, office, detail])?;
        Ok(transaction.commit()?)
    }

    /// Follows the chain from its first entry.
    pub fn audit_verify(&mut self) -> Result<AuditChain> {
        verify(self.connection())
    }
}

/// The entry (action, role, office, detail) in one transaction with what it tells of.
pub(super) fn append(transaction: &Transaction<'_>, at: Timestamp, texts: [&str; 4]) -> Result<()> {
    let last: Option<(i64, Vec<u8>)> = transaction
        .query_row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let (seq, previous) = last.map_or((1, Vec::new()), |(seq, hash)| (seq + 1, hash));
    let hash = link(&previous, seq, at.0, texts);
    let [action, role, office, detail] = texts;
    transaction.execute(
        "INSERT INTO audit (seq, at, action, role, office, detail, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![seq, at.0, action, role, office, detail, hash],
    )?;
    Ok(())
}

fn verify(connection: &Connection) -> Result<AuditChain> {
    let mut scan = connection
        .prepare("SELECT seq, at, action, role, office, detail, hash FROM audit ORDER BY seq")?;
    let mut rows = scan.query([])?;
    let mut previous = Vec::new();
    let mut entries = 0;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let read = || -> rusqlite::Result<(u32, [String; 4], Vec<u8>)> {
            let texts = [row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
            Ok((row.get(1)?, texts, row.get(6)?))
        };
        entries += 1;
        let holds = read().is_ok_and(|(at, texts, hash)| {
            let expected = link(&previous, seq, at, texts.each_ref().map(String::as_str));
            previous = hash;
            seq == entries && previous == expected
        });
        if !holds {
            return Ok(AuditChain::BrokenAt { seq });
        }
    }
    Ok(AuditChain::Whole { entries: entries as u64 })
}

/// SHA-256 over the hash before and the entry, each part with its length before.
fn link(previous: &[u8], seq: i64, at: u32, texts: [&str; 4]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    add(previous);
    add(&seq.to_le_bytes());
    add(&at.to_le_bytes());
    for text in texts {
        add(text.as_bytes());
    }
    hasher.finalize().to_vec()
}

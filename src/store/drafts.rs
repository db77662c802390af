//! What an officer has begun to write: kept beside the commands until it becomes
//! one.

use rusqlite::{Connection, Row, params};

use super::ballast;
use super::check_sum::CheckSum;
use super::error::{Error, Result};
use super::outbox::Outbox;
use crate::domain::Timestamp;

/// Which draft: nobody has two of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftKey {
    /// Whose it is; empty where no server had said yet.
    pub office: String,
    /// Id of the incident on the server; empty for one that is made by hand.
    pub incident: String,
    /// Key of a `domain::CommandKind`.
    pub form: String,
}

/// A draft as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDraft {
    pub key: DraftKey,
    /// `domain::Action` as JSON.
    pub action: String,
    pub written_at: Timestamp,
}

impl StoredDraft {
    /// `None` where the check sum or the form of a column does not hold.
    fn read(row: &Row<'_>) -> Option<Self> {
        let draft = Self {
            key: DraftKey {
                office: row.get(0).ok()?,
                incident: row.get(1).ok()?,
                form: row.get(2).ok()?,
            },
            action: row.get(3).ok()?,
            written_at: Timestamp(row.get(4).ok()?),
        };
        let sum: u32 = row.get(5).ok()?;
        (draft.check_sum() == sum).then_some(draft)
    }

    fn check_sum(&self) -> u32 {
        let mut sum = CheckSum::new();
        let DraftKey { office, incident, form } = &self.key;
        for text in [office, incident, form, &self.action] {
            sum.add(text.as_bytes());
        }
        sum.add_bare(&self.written_at.0.to_le_bytes());
        sum.finish()
    }
}

impl Outbox {
    /// Writes a draft in the place of an older one. On a full disk the ballast
    /// makes room for it.
    pub fn put_draft(&mut self, draft: &StoredDraft) -> Result<()> {
        match self.try_put_draft(draft) {
            Err(Error::DiskFull) if ballast::release(self.folder()) => self.try_put_draft(draft),
            other => other,
        }
    }

    fn try_put_draft(&mut self, draft: &StoredDraft) -> Result<()> {
        let DraftKey { office, incident, form } = &draft.key;
        let mut put = self.connection().prepare_cached(include_str!("sql/draft_put.sql"))?;
        let (action, at) = (&draft.action, draft.written_at.0);
        put.execute(params![office, incident, form, action, at, draft.check_sum()])?;
        Ok(())
    }

    /// Throws a draft away.
    pub fn drop_draft(&mut self, key: &DraftKey) -> Result<()> {
        drop_in(self.connection(), key)
    }

    /// The drafts of an office and those of nobody, the oldest first. What is
    /// damaged is left out.
    pub fn drafts(&mut self, office: &str) -> Result<Vec<StoredDraft>> {
        let mut get = self.connection().prepare_cached(include_str!("sql/drafts.sql"))?;
        let rows = get.query_map([office], |row| Ok(StoredDraft::read(row)))?;
        let mut drafts = Vec::new();
        for row in rows {
            if let Some(draft) = row? {
                drafts.push(draft);
            } else {
                tracing::error!("a draft is damaged and is not shown");
            }
        }
        Ok(drafts)
    }
}

impl Outbox {
    /// Of all offices, damaged ones included.
    pub(super) fn count_drafts(&self) -> Result<u64> {
        let count: i64 =
            self.connection_ref().query_row("SELECT count(*) FROM draft", [], |row| row.get(0))?;
        Ok(count as u64)
    }
}

/// The same inside somebody's transaction: the office's own, and what it wrote
/// before a server had said whose desk this is.
pub(super) fn drop_in(connection: &Connection, key: &DraftKey) -> Result<()> {
    connection.execute(
        "DELETE FROM draft WHERE office IN (?1, '') AND incident = ?2 AND form = ?3",
        params![key.office, key.incident, key.form],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(office: &str, incident: &str, form: &str, action: &str, at: u32) -> StoredDraft {
        let [office, incident, form] = [office, incident, form].map(str::to_owned);
        StoredDraft {
            key: DraftKey { office, incident, form },
            action: action.to_owned(),
            written_at: Timestamp(at),
        }
    }

    #[test]
    fn a_draft_is_written_over_thrown_away_and_shown_to_its_office_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (mut outbox, _) = Outbox::open(folder.path()).unwrap();
        let nobodys = draft("", "i-1", "comment", "0", 5);
        let first = draft("а", "i-1", "comment", "1", 7);
        let other = draft("б", "i-1", "comment", "3", 8);
        let newer = draft("а", "i-1", "comment", "2", 9);
        let by_hand = draft("а", "", "create", "4", 10);
        for one in [&nobodys, &first, &other, &newer, &by_hand] {
            outbox.put_draft(one).unwrap();
        }
        assert_eq!(outbox.drafts("а").unwrap(), [nobodys, newer.clone(), by_hand.clone()]);
        outbox.drop_draft(&newer.key).unwrap();
        assert_eq!(outbox.drafts("а").unwrap(), [by_hand]);
        assert_eq!(outbox.drafts("б").unwrap(), [other]);
    }

    #[test]
    fn a_flipped_bit_is_noticed_and_the_draft_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let (mut outbox, _) = Outbox::open(folder.path()).unwrap();
        for damage in ["action = 'x'", "written_at = 8", "incident = 'i-2'", "form = 'submit'"] {
            let one = draft("а", "i-1", "comment", "1", 7);
            outbox.put_draft(&one).unwrap();
            assert_eq!(outbox.drafts("а").unwrap().len(), 1);
            outbox.connection().execute(&format!("UPDATE draft SET {damage}"), []).unwrap();
            assert_eq!(outbox.drafts("а").unwrap(), []);
            outbox.connection().execute("DELETE FROM draft", []).unwrap();
        }
    }
}

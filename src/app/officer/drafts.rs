//! Drafts on their way to the disk and back.

use super::{OfficerDesk, Told};
use crate::app::drafts::{Draft, Drafts, Strays};
use crate::domain::{Action, CommandKind};
use crate::store::{self, DraftKey, StoredDraft};

impl OfficerDesk {
    /// Writes a draft down, or throws it away where there is none.
    pub(super) fn keep_draft(
        &mut self,
        office: String,
        row_id: u32,
        incident: &str,
        kind: CommandKind,
        draft: Option<&Draft>,
    ) {
        match self.try_keep_draft(office, row_id, incident, kind, draft) {
            Ok(()) => self.drafts_fail = false,
            // One sentence is enough: every keystroke would bring another.
            Err(error) => {
                tracing::error!(%error, "a draft");
                if !std::mem::replace(&mut self.drafts_fail, true) {
                    let detail = error.to_string();
                    (self.say)(Told::Failed { text: "notice-draft-failed", detail });
                }
            }
        }
    }

    fn try_keep_draft(
        &mut self,
        office: String,
        row_id: u32,
        incident: &str,
        kind: CommandKind,
        draft: Option<&Draft>,
    ) -> Result<(), store::Error> {
        let key = match incident {
            "" => self.draft_key(row_id, kind)?,
            // It may be gone by now: what was written about it stays.
            id => Some(self.key_of(id.to_owned(), kind)),
        };
        // Nothing was ever seen here of such an incident.
        let Some(key) = key else { return Ok(()) };
        let key = DraftKey { office, ..key };
        let written =
            draft.and_then(|draft| Some((serde_json::to_string(&draft.action).ok()?, draft.at)));
        let mut outbox = self.outbox.lock();
        match written {
            Some((action, written_at)) => {
                outbox.put_draft(&StoredDraft { key, action, written_at })
            }
            None => outbox.drop_draft(&key),
        }
    }

    /// Of which draft an action on these incidents is made.
    pub(super) fn draft_of(
        &self,
        rows: &[u32],
        kind: CommandKind,
    ) -> Result<Option<DraftKey>, store::Error> {
        self.draft_key(rows.first().copied().unwrap_or(0), kind)
    }

    /// `None` where the incident is gone.
    fn draft_key(&self, row_id: u32, kind: CommandKind) -> Result<Option<DraftKey>, store::Error> {
        let incident = match row_id {
            0 => String::new(),
            row_id => match self.reader.standing(row_id)? {
                Some(stored) => stored.id,
                None => return Ok(None),
            },
        };
        Ok(Some(self.key_of(incident, kind)))
    }

    fn key_of(&self, incident: String, kind: CommandKind) -> DraftKey {
        DraftKey { office: self.office(), incident, form: kind.key().to_owned() }
    }

    /// Tells what this office has begun to write.
    pub(super) fn tell_drafts(&self) -> Result<(), store::Error> {
        let stored = self.outbox.lock().drafts(&self.office())?;
        let (mut drafts, mut strays) = (Drafts::new(), Strays::new());
        for draft in stored {
            let row_id = match draft.key.incident.as_str() {
                "" => Some(0),
                id => self.reader.row_of_incident(id)?,
            };
            let action: Option<Action> = serde_json::from_str(&draft.action).ok();
            let Some(action) = action else { continue };
            let (kind, incident) = (action.kind(), draft.key.incident);
            let draft = Draft { action, at: draft.written_at, incident, replaces: None };
            match row_id {
                Some(row_id) => drafts.insert((row_id, kind), draft),
                None => strays.insert((draft.incident.clone(), kind), draft),
            };
        }
        (self.say)(Told::Drafts(drafts, strays));
        Ok(())
    }

    fn office(&self) -> String {
        self.officer.as_ref().map_or_else(String::new, |officer| officer.office.clone())
    }
}

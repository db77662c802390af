//! Drafts on their way to the disk and back.

use super::{OfficerDesk, Told};
use crate::app::drafts::{Draft, Drafts};
use crate::domain::{Action, CommandKind};
use crate::store::{self, DraftKey, StoredDraft};

impl OfficerDesk {
    /// Writes a draft down, or throws it away where there is none.
    pub(super) fn keep_draft(&mut self, row_id: u32, kind: CommandKind, draft: Option<&Draft>) {
        match self.try_keep_draft(row_id, kind, draft) {
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
        row_id: u32,
        kind: CommandKind,
        draft: Option<&Draft>,
    ) -> Result<(), store::Error> {
        // An incident that is gone takes what was written about it along.
        let Some(key) = self.draft_key(row_id, kind)? else { return Ok(()) };
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
        let form = kind.key().to_owned();
        Ok(Some(DraftKey { office: self.office(), incident, form }))
    }

    /// Tells what this office has begun to write.
    pub(super) fn tell_drafts(&self) -> Result<(), store::Error> {
        let stored = self.outbox.lock().drafts(&self.office())?;
        let mut drafts = Drafts::new();
        for draft in stored {
            let row_id = match draft.key.incident.as_str() {
                "" => Some(0),
                id => self.reader.row_of_incident(id)?,
            };
            let action: Option<Action> = serde_json::from_str(&draft.action).ok();
            if let (Some(row_id), Some(action)) = (row_id, action) {
                let of = (row_id, action.kind());
                drafts.insert(of, Draft { action, at: draft.written_at });
            }
        }
        (self.say)(Told::Drafts(drafts));
        Ok(())
    }

    fn office(&self) -> String {
        self.officer.as_ref().map_or_else(String::new, |officer| officer.office.clone())
    }
}

//! What an officer decides about an action that met another state than it was
//! meant for: done all the same, or made anew.

use uuid::Uuid;

use super::extension::is_too_early;
use super::{OfficerDesk, Told, outcome};
use crate::app::drafts::Undone;
use crate::domain::{Action, Timestamp};
use crate::store::{self, DraftKey, NewCommand, StoredCommand};
use crate::sync::protocol::Outcome;
use crate::sync::push::set_base;

impl OfficerDesk {
    /// The action in `action` takes the place of a conflicting or rejected one. On
    /// what the table of moves forbids by now nothing is written, and the words
    /// are given back.
    pub(super) fn replace(
        &mut self,
        old: Uuid,
        action: &Action,
        at: Timestamp,
        takes_draft: bool,
    ) -> Result<(), store::Error> {
        let replaced = self.outbox.lock().get(old)?;
        let seen = self.seen_before(&replaced)?;
        let is_legal = match &seen {
            Some(seen) => seen.standing.after(action, at, None).is_ok(),
            None => matches!(action, Action::Create(_)),
        };
        let is_too_early = seen.as_ref().is_some_and(|seen| is_too_early(action, seen.due(), at));
        let row_id = self.entries.iter().find(|entry| entry.id == old).and_then(|e| e.row_id);
        let new =
            if is_legal && !is_too_early { self.written(seen.as_ref(), action, at) } else { None };
        let Some(new) = new else {
            let is_gone = seen.is_none() && replaced.incident.is_some();
            let (incident, action) = (replaced.incident, action.clone());
            if is_legal && is_too_early {
                (self.say)(Told::TooEarly(1));
            }
            let refused = u32::from(!is_gone && !is_legal);
            self.give_back(Undone { row_id, incident, action }, refused, u32::from(is_gone));
            return Ok(());
        };
        let draft =
            if takes_draft { self.draft_of(row_id.as_slice(), action.kind())? } else { None };
        self.put_in_place(&replaced, &new, at, draft.as_ref())?;
        self.look_again()?;
        (self.say)(Told::Replaced { row_id: row_id.unwrap_or(0), kind: action.kind() });
        (self.say)(Told::Released);
        Ok(())
    }

    /// Both are written down: the new one in the outbox, that it was done in the
    /// audit log.
    fn put_in_place(
        &self,
        replaced: &StoredCommand,
        new: &NewCommand,
        at: Timestamp,
        draft: Option<&DraftKey>,
    ) -> Result<(), store::Error> {
        let (role, office) =
            self.officer.as_ref().map_or(("", ""), |it| (it.role.as_str(), it.office.as_str()));
        let detail = format!("{} by {}", replaced.id, new.id);
        let mut outbox = self.outbox.lock();
        outbox.replace(replaced.id, new, at, draft)?;
        // It is done by now, and must not be given back as if it were not.
        if let Err(error) = outbox.audit_append(at, "replace", role, office, &detail) {
            tracing::error!(%error, "an action that was made anew is not in the audit log");
        }
        Ok(())
    }

    /// Nothing was written; what was entered goes back to who entered it.
    fn give_back(&self, undone: Undone, refused: u32, gone: u32) {
        (self.say)(Told::Acted {
            ids: Vec::new(),
            rows: undone.row_id.into_iter().collect(),
            kind: undone.action.kind(),
            refused,
            gone,
            left: Some(Box::new(undone)),
        });
    }
}

/// Decided again, on what the server has now.
pub(super) fn keep_mine(command: &mut StoredCommand) {
    if let Some(Outcome::Conflict { rev, current }) = command.answer.as_deref().and_then(outcome) {
        set_base(command, rev);
        if let Some(Ok(basis)) = current.standing().map(|now| serde_json::to_string(&now)) {
            command.basis = Some(basis);
        }
    }
}

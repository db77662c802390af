//! Incidents as the officer sees them: the server's state under what was done
//! here.

use std::sync::Arc;

use super::{OfficerDesk, outcome};
use crate::app::outbox_view::OutboxEntry;
use crate::domain::role::may_approve_answer_of;
use crate::domain::{Action, Standing};
use crate::store::{self, StoredCommand, StoredStanding};
use crate::sync::protocol::Outcome;

impl OfficerDesk {
    /// The incident as the officer sees it: the server's state under what was
    /// done here. `None` where it is gone.
    ///
    /// # Errors
    /// The store's.
    pub fn standing(&self, row_id: u32) -> Result<Option<Standing>, store::Error> {
        Ok(self.reader.standing(row_id)?.map(|stored| self.standing_now(&stored)))
    }

    /// As the officer sees it: the server's state under what was done here.
    pub(super) fn standing_now(&self, stored: &StoredStanding) -> Standing {
        Self::under(stored, self.entries.iter())
    }

    /// The same under some of the entries.
    pub(super) fn under<'a>(
        stored: &StoredStanding,
        entries: impl Iterator<Item = &'a Arc<OutboxEntry>>,
    ) -> Standing {
        let overlaid =
            entries.filter(|e| e.state.is_overlaid() && e.incident.as_ref() == Some(&stored.id));
        overlaid.fold(stored.standing.clone(), |now, entry| entry.after(now))
    }

    /// True where the answer that waits for approval is of this very office.
    pub(super) fn is_own_answer(&self, row_id: u32) -> Result<bool, store::Error> {
        let own = self.officer.as_ref().map_or("", |officer| officer.office.as_str());
        let is_submit = |e: &&Arc<OutboxEntry>| {
            e.row_id == Some(row_id)
                && e.state.is_overlaid()
                && matches!(e.action, Action::Submit { .. })
        };
        let author = match self.entries.iter().rfind(is_submit) {
            Some(entry) => Some(entry.office.clone()),
            None => self.reader.answer_author(row_id)?,
        };
        Ok(author.is_some_and(|author| !may_approve_answer_of(&author, own)))
    }

    /// The incident as it stands for this command: the newest that the server has
    /// said, under what was done here before it. `None` where the incident is
    /// gone, or is made by the command.
    pub(super) fn seen_before(
        &self,
        command: &StoredCommand,
    ) -> Result<Option<StoredStanding>, store::Error> {
        let Some(id) = &command.incident else { return Ok(None) };
        let Some(row_id) = self.reader.row_of_incident(id)? else { return Ok(None) };
        let Some(mut seen) = self.reader.standing(row_id)? else { return Ok(None) };
        if let Some(Outcome::Conflict { rev, current }) =
            command.answer.as_deref().and_then(outcome)
            && rev > seen.rev
            && let Some(current) = current.standing()
        {
            (seen.rev, seen.standing) = (rev, current);
        }
        let before = self.entries.iter().take_while(|entry| entry.id != command.id);
        seen.standing = Self::under(&seen, before);
        Ok(Some(seen))
    }
}

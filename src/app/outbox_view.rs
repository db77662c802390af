//! What the outbox shows a person.

use std::sync::Arc;

use uuid::Uuid;

use crate::domain::{Action, Standing, Timestamp};
use crate::store::{CommandState, Officer};
use crate::sync::protocol::Outcome;

/// The outbox as screens see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutboxView {
    /// In the order of making; what is settled is left out. Shared with the officer's
    /// thread: a view with a thousand entries is made and dropped at every action.
    pub entries: Vec<Arc<OutboxEntry>>,
    /// Rows that were found damaged, ever, and are kept aside.
    pub damaged: u64,
    /// Whose desk this is, once a server has said so.
    pub officer: Option<Officer>,
}

/// One action that the server has not made its own yet.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxEntry {
    pub id: Uuid,
    /// `None` where the incident is not here, or is made by this action.
    pub row_id: Option<u32>,
    /// Id on the server.
    pub incident: Option<String>,
    pub action: Action,
    /// Under which it was made; it is sent when that office is signed in.
    pub office: String,
    pub at: Timestamp,
    pub state: CommandState,
    /// How often it was sent.
    pub attempts: u32,
    /// What the server last said of it.
    pub answer: Option<Outcome>,
    /// What the officer saw.
    pub basis: Option<Standing>,
    /// What it was before its officer made it anew.
    pub replaces: Option<Action>,
}

impl OutboxEntry {
    /// True where it goes nowhere until a person decides.
    pub const fn waits_for_person(&self) -> bool {
        matches!(self.state, CommandState::Conflict | CommandState::Rejected)
    }

    /// What becomes of an incident on which it is done.
    pub fn after(&self, now: Standing) -> Standing {
        let office = Some(self.office.as_str()).filter(|office| !office.is_empty());
        // Where the server moved on, it comes back as a conflict.
        now.after(&self.action, self.at, office).unwrap_or(now)
    }
}

impl OutboxView {
    /// Actions that the server has not answered for good.
    pub fn waiting(&self) -> usize {
        self.entries.iter().filter(|entry| entry.state.is_waiting()).count()
    }

    /// Actions that wait for a person: conflicts, then what was rejected.
    pub fn conflicts(&self) -> impl Iterator<Item = &OutboxEntry> {
        let of = |state| self.all().filter(move |entry| entry.state == state);
        of(CommandState::Conflict).chain(of(CommandState::Rejected))
    }

    /// The others, in the order of making.
    pub fn others(&self) -> impl Iterator<Item = &OutboxEntry> {
        self.all().filter(|entry| !entry.waits_for_person())
    }

    /// Actions on one incident, in the order of making.
    pub fn of_row(&self, row_id: u32) -> impl Iterator<Item = &OutboxEntry> {
        self.all().filter(move |entry| entry.row_id == Some(row_id))
    }

    /// Whose desk this is; empty before a server has said so.
    pub fn office(&self) -> &str {
        self.officer.as_ref().map_or("", |officer| officer.office.as_str())
    }

    /// What of this office makes an incident that only the server can give a number,
    /// in the order of making, until it has answered.
    pub fn unnumbered(&self) -> impl DoubleEndedIterator<Item = &OutboxEntry> {
        let own = self.office();
        self.all().filter(move |entry| {
            let is_new = matches!(entry.action, Action::Create(_) | Action::Split { .. });
            let is_under_way = entry.state.is_waiting() && !entry.waits_for_person();
            is_new && is_under_way && (entry.office.is_empty() || entry.office == own)
        })
    }

    fn all(&self) -> impl DoubleEndedIterator<Item = &OutboxEntry> {
        self.entries.iter().map(AsRef::as_ref)
    }
}

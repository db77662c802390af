//! A command as it stands in the outbox: its states, its row, its check sum.

use rusqlite::{Row, params};
use uuid::Uuid;

use crate::domain::Timestamp;
use crate::store::check_sum::CheckSum;
use crate::store::error::{Error, Result};

/// How far a command has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CommandState {
    /// Just made; it can still be undone and is not sent.
    Undoable,
    /// Waits to be sent.
    Queued,
    /// Sent, not answered: it may be sent again, the server knows its id.
    Sent,
    /// Carried out by the server; what it changed has not been pulled yet.
    Accepted,
    /// Carried out and pulled. Kept for a while, because a server that is
    /// restored from a backup forgets it.
    Settled,
    /// The incident had moved on; a person decides.
    Conflict,
    /// Never going to be applied; a person reads why.
    Rejected,
    /// Was one of the two above and was made anew by another command. Kept for a
    /// while to be read.
    Replaced,
}

impl CommandState {
    const ALL: [Self; 8] = [
        Self::Undoable,
        Self::Queued,
        Self::Sent,
        Self::Accepted,
        Self::Settled,
        Self::Conflict,
        Self::Rejected,
        Self::Replaced,
    ];

    pub const fn key(self) -> &'static str {
        match self {
            Self::Undoable => "undoable",
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::Settled => "settled",
            Self::Conflict => "conflict",
            Self::Rejected => "rejected",
            Self::Replaced => "replaced",
        }
    }

    pub(super) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// True while the server's state lacks it and the overlay adds it.
    pub const fn is_overlaid(self) -> bool {
        matches!(self, Self::Undoable | Self::Queued | Self::Sent | Self::Accepted)
    }

    /// True where the server has not answered it for good.
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::Undoable | Self::Queued | Self::Sent | Self::Conflict)
    }

    /// A command goes forward, or back to the queue; never back to undoable.
    /// What was carried out goes back only when the server forgot it.
    pub(super) const fn may_become(self, next: Self) -> bool {
        match next {
            Self::Undoable => false,
            Self::Queued => !matches!(self, Self::Replaced),
            Self::Sent | Self::Accepted | Self::Conflict | Self::Rejected => {
                !matches!(self, Self::Undoable | Self::Settled | Self::Replaced)
            }
            Self::Settled => matches!(self, Self::Accepted),
            Self::Replaced => matches!(self, Self::Conflict | Self::Rejected),
        }
    }
}

/// A command to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCommand {
    /// `UUIDv7`; it makes sending again harmless.
    pub id: Uuid,
    /// Id of the incident on the server; `None` for one that is made by hand.
    pub incident: Option<String>,
    /// The line of `POST /v1/commands`, as JSON.
    pub command: String,
    /// `domain::Standing` that the officer saw, as JSON.
    pub basis: Option<String>,
    /// Under which it was made; empty where that was not known.
    pub office: String,
}

/// A command as it stands in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCommand {
    /// The order in which they were made, which is the order of sending.
    pub seq: u64,
    /// `UUIDv7`; it makes sending again harmless.
    pub id: Uuid,
    /// Id of the incident on the server; `None` for one that is made by hand.
    pub incident: Option<String>,
    /// The line of `POST /v1/commands`, as JSON.
    pub command: String,
    pub created_at: Timestamp,
    pub state: CommandState,
    /// How often it was sent.
    pub attempts: u32,
    /// The server's last answer, as JSON.
    pub answer: Option<String>,
    /// `domain::Standing` that the officer saw, as JSON.
    pub basis: Option<String>,
    /// Under which it was made; empty where that was not known.
    pub office: String,
    /// The command that its officer made anew by this one.
    pub replaces: Option<Uuid>,
}

/// Columns of `command*.sql`.
const COLUMNS: usize = 12;

impl StoredCommand {
    /// Goes on to `next`, where it may.
    pub(super) fn move_to(&mut self, next: CommandState) -> Result<()> {
        if !self.state.may_become(next) {
            return Err(Error::CommandState { from: self.state.key(), to: next.key() });
        }
        self.state = next;
        Ok(())
    }

    /// `None` where the check sum or the form of a column does not hold.
    pub(super) fn read(row: &Row<'_>) -> Option<Self> {
        let parsed = || -> Option<(Self, u32)> {
            let command = Self {
                seq: row.get::<_, i64>(0).ok()? as u64,
                id: row.get::<_, String>(1).ok()?.parse().ok()?,
                incident: row.get(2).ok()?,
                command: row.get(3).ok()?,
                created_at: Timestamp(row.get(4).ok()?),
                state: CommandState::from_key(&row.get::<_, String>(5).ok()?)?,
                attempts: row.get(6).ok()?,
                answer: row.get(7).ok()?,
                basis: row.get(9).ok()?,
                office: row.get(10).ok()?,
                replaces: match row.get::<_, Option<String>>(11).ok()? {
                    None => None,
                    Some(id) => Some(id.parse().ok()?),
                },
            };
            Some((command, row.get(8).ok()?))
        };
        parsed().filter(|(command, sum)| command.check_sum() == *sum).map(|(command, _)| command)
    }

    /// Writes it through a statement of `command_put.sql`.
    pub(super) fn put(&self, statement: &mut rusqlite::Statement<'_>) -> rusqlite::Result<()> {
        statement.execute(params![
            self.seq as i64,
            self.id.to_string(),
            self.incident,
            self.command,
            self.created_at.0,
            self.state.key(),
            self.attempts,
            self.answer,
            self.check_sum(),
            self.basis,
            self.office,
            self.replaces.map(|id| id.to_string()),
        ])?;
        Ok(())
    }

    /// Columns of later schemas are covered where they hold something, so that
    /// older sums hold.
    fn check_sum(&self) -> u32 {
        let mut sum = CheckSum::new();
        sum.add(&self.seq.to_le_bytes());
        sum.add(self.id.as_bytes());
        for text in [&self.incident, &self.answer] {
            sum.add(&[u8::from(text.is_some())]);
            sum.add(text.as_deref().unwrap_or_default().as_bytes());
        }
        sum.add(self.command.as_bytes());
        sum.add(&self.created_at.0.to_le_bytes());
        sum.add(self.state.key().as_bytes());
        sum.add(&self.attempts.to_le_bytes());
        if let Some(basis) = &self.basis {
            sum.add(basis.as_bytes());
        }
        if !self.office.is_empty() {
            sum.add(self.office.as_bytes());
        }
        if let Some(id) = &self.replaces {
            sum.add(id.as_bytes());
        }
        sum.finish()
    }
}

/// Everything of a damaged row that can be written as text.
pub(super) fn contents(row: &Row<'_>) -> String {
    let columns = (0..COLUMNS).map(|index| match row.get_ref(index) {
        Ok(value) => format!("{value:?}"),
        Err(_) => "unreadable".to_owned(),
    });
    columns.collect::<Vec<_>>().join("\n")
}

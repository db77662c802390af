//! Commands made here that the server has not answered for good.
//!
//! Each row carries a check sum of its own. A row whose check fails is set aside
//! as it was found and reported: never sent, never dropped.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use uuid::Uuid;

use super::ballast;
use super::connection::Durability;
use super::error::{Error, Result};
use super::migrate::Database;
use super::repair::{self, Repair};
use crate::domain::Timestamp;

/// How far a command has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandState {
    /// Just made; it can still be undone and is not sent.
    Undoable,
    /// Waits to be sent.
    Queued,
    /// Sent, not answered: it may be sent again, the server knows its id.
    Sent,
    /// The incident had moved on; a person decides.
    Conflict,
    /// Never going to be applied; a person reads why.
    Rejected,
}

impl CommandState {
    const ALL: [Self; 5] =
        [Self::Undoable, Self::Queued, Self::Sent, Self::Conflict, Self::Rejected];

    pub const fn key(self) -> &'static str {
        match self {
            Self::Undoable => "undoable",
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Conflict => "conflict",
            Self::Rejected => "rejected",
        }
    }

    fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// A command goes forward, or back to the queue; never back to undoable.
    fn may_become(self, next: Self) -> bool {
        match next {
            Self::Undoable => false,
            Self::Queued => true,
            Self::Sent | Self::Conflict | Self::Rejected => self != Self::Undoable,
        }
    }
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
}

/// What stands in the outbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// In the order in which they were made.
    pub commands: Vec<StoredCommand>,
    /// Rows that were found damaged, ever; they are kept aside.
    pub damaged: u64,
}

/// outbox.db, open for writing. Every call is one durable transaction.
pub struct Outbox {
    connection: Connection,
    folder: PathBuf,
}

impl Outbox {
    pub(super) fn open(folder: &Path) -> Result<(Self, Option<Repair>)> {
        let (connection, repair) = repair::open(folder, Database::Outbox, Durability::Full)?;
        Ok((Self { connection, folder: folder.to_owned() }, repair))
    }

    /// Adds a command that can be undone until it is queued. On a full disk the
    /// ballast makes room for it.
    pub fn put(
        &mut self,
        id: Uuid,
        incident: Option<&str>,
        command: &str,
        created_at: Timestamp,
    ) -> Result<()> {
        match self.try_put(id, incident, command, created_at) {
            Err(Error::DiskFull) if ballast::release(&self.folder) => {
                self.try_put(id, incident, command, created_at)
            }
            other => other,
        }
    }

    fn try_put(
        &mut self,
        id: Uuid,
        incident: Option<&str>,
        command: &str,
        created_at: Timestamp,
    ) -> Result<()> {
        let transaction = self.connection.transaction()?;
        let last: i64 = transaction.query_row(
            "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'command'",
            [],
            |row| row.get(0),
        )?;
        let stored = StoredCommand {
            seq: last as u64 + 1,
            id,
            incident: incident.map(str::to_owned),
            command: command.to_owned(),
            created_at,
            state: CommandState::Undoable,
            attempts: 0,
            answer: None,
        };
        transaction.execute(
            include_str!("sql/command_add.sql"),
            params![
                stored.seq as i64,
                stored.id.to_string(),
                stored.incident,
                stored.command,
                stored.created_at.0,
                stored.state.key(),
                stored.attempts,
                stored.answer,
                check_sum(&stored),
            ],
        )?;
        Ok(transaction.commit()?)
    }

    /// All commands; what is damaged is set aside first.
    pub fn list(&mut self, now: Timestamp) -> Result<Listing> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut commands = Vec::new();
        let mut damaged = Vec::new();
        {
            let mut get = transaction.prepare(include_str!("sql/commands.sql"))?;
            let mut rows = get.query([])?;
            while let Some(row) = rows.next()? {
                match read(row) {
                    Some(command) => commands.push(command),
                    None => damaged.push((row.get::<_, i64>(0)?, contents(row))),
                }
            }
        }
        for (seq, contents) in &damaged {
            transaction.execute(
                "INSERT INTO damaged_command (seq, found_at, contents) VALUES (?1, ?2, ?3)",
                params![seq, now.0, contents],
            )?;
            transaction.execute("DELETE FROM command WHERE seq = ?1", [seq])?;
        }
        let damaged: i64 =
            transaction.query_row("SELECT count(*) FROM damaged_command", [], |row| row.get(0))?;
        transaction.commit()?;
        Ok(Listing { commands, damaged: damaged as u64 })
    }

    /// Moves a command on. `attempt` counts one more sending.
    pub fn mark(
        &mut self,
        id: Uuid,
        state: CommandState,
        answer: Option<&str>,
        attempt: bool,
    ) -> Result<()> {
        self.change(id, |command| {
            if !command.state.may_become(state) {
                return Err(Error::CommandState { from: command.state.key(), to: state.key() });
            }
            command.state = state;
            command.attempts += u32::from(attempt);
            if answer.is_some() {
                command.answer = answer.map(str::to_owned);
            }
            Ok(())
        })
    }

    /// Takes back a command that was not queued yet.
    pub fn undo(&mut self, id: Uuid) -> Result<()> {
        let removed = self.connection.execute(
            "DELETE FROM command WHERE id = ?1 AND state = 'undoable'",
            [id.to_string()],
        )?;
        if removed == 1 {
            return Ok(());
        }
        match self.state_of(id)? {
            None => Err(Error::NoSuchCommand(id)),
            Some(state) => Err(Error::CommandState { from: state.key(), to: "undone" }),
        }
    }

    /// Removes a command that the server accepted, or that a person dismissed.
    pub fn settle(&mut self, id: Uuid) -> Result<()> {
        match self.connection.execute("DELETE FROM command WHERE id = ?1", [id.to_string()])? {
            0 => Err(Error::NoSuchCommand(id)),
            _ => Ok(()),
        }
    }

    fn state_of(&self, id: Uuid) -> Result<Option<CommandState>> {
        let key: Option<String> = self
            .connection
            .query_row("SELECT state FROM command WHERE id = ?1", [id.to_string()], |row| {
                row.get(0)
            })
            .optional()?;
        Ok(key.as_deref().and_then(CommandState::from_key))
    }

    fn change(
        &mut self,
        id: Uuid,
        edit: impl FnOnce(&mut StoredCommand) -> Result<()>,
    ) -> Result<()> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found = transaction
            .query_row(include_str!("sql/command_get.sql"), [id.to_string()], |row| Ok(read(row)))
            .optional()?;
        let mut command = match found {
            None => return Err(Error::NoSuchCommand(id)),
            Some(None) => return Err(Error::Damaged),
            Some(Some(command)) => command,
        };
        edit(&mut command)?;
        transaction.execute(
            "UPDATE command SET state = ?2, attempts = ?3, answer = ?4, check_sum = ?5
             WHERE id = ?1",
            params![
                id.to_string(),
                command.state.key(),
                command.attempts,
                command.answer,
                check_sum(&command),
            ],
        )?;
        Ok(transaction.commit()?)
    }

    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

/// `None` where the check sum or the form of a column does not hold.
fn read(row: &Row<'_>) -> Option<StoredCommand> {
    let parsed = || -> Option<(StoredCommand, u32)> {
        let command = StoredCommand {
            seq: row.get::<_, i64>(0).ok()? as u64,
            id: row.get::<_, String>(1).ok()?.parse().ok()?,
            incident: row.get(2).ok()?,
            command: row.get(3).ok()?,
            created_at: Timestamp(row.get(4).ok()?),
            state: CommandState::from_key(&row.get::<_, String>(5).ok()?)?,
            attempts: row.get(6).ok()?,
            answer: row.get(7).ok()?,
        };
        Some((command, row.get(8).ok()?))
    };
    parsed().filter(|(command, sum)| check_sum(command) == *sum).map(|(command, _)| command)
}

/// Everything of a damaged row that can be written as text.
fn contents(row: &Row<'_>) -> String {
    let columns = (0..9).map(|index| match row.get_ref(index) {
        Ok(value) => format!("{value:?}"),
        Err(_) => "unreadable".to_owned(),
    });
    columns.collect::<Vec<_>>().join("\n")
}

/// CRC-32 over the columns, each with its length before it, so that no two rows
/// are told apart only by where one column ends.
fn check_sum(command: &StoredCommand) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    add(&command.seq.to_le_bytes());
    add(command.id.as_bytes());
    for text in [&command.incident, &command.answer] {
        add(&[u8::from(text.is_some())]);
        add(text.as_deref().unwrap_or_default().as_bytes());
    }
    add(command.command.as_bytes());
    add(&command.created_at.0.to_le_bytes());
    add(command.state.key().as_bytes());
    add(&command.attempts.to_le_bytes());
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::audit::AuditChain;

    #[test]
    fn a_flipped_bit_is_noticed_set_aside_and_counted() {
        let folder = tempfile::tempdir().unwrap();
        let (mut outbox, _) = Outbox::open(folder.path()).unwrap();
        for number in 1..=6 {
            outbox.put(Uuid::from_u128(number), Some("i-1"), "{\"a\":1}", Timestamp(7)).unwrap();
        }
        for (seq, damage) in [
            (2, "command = '{\"a\":3}'"),
            (3, "incident = NULL"),
            (4, "state = 'queued'"),
            (5, "created_at = 8"),
            (6, "attempts = 1"),
        ] {
            let sql = format!("UPDATE command SET {damage} WHERE seq = {seq}");
            outbox.connection.execute(&sql, []).unwrap();
        }
        let error = outbox.mark(Uuid::from_u128(2), CommandState::Queued, None, false);
        assert!(matches!(error, Err(Error::Damaged)));
        for _ in 0..2 {
            let listing = outbox.list(Timestamp(9)).unwrap();
            assert_eq!(listing.damaged, 5);
            let [left] = listing.commands.as_slice() else { panic!("{listing:?}") };
            assert_eq!(left.seq, 1);
        }
        let kept: String = outbox
            .connection
            .query_row("SELECT contents FROM damaged_command WHERE seq = 2", [], |row| row.get(0))
            .unwrap();
        assert!(kept.contains("Text"), "{kept}");
    }

    #[test]
    fn tampering_with_the_audit_log_breaks_the_chain_where_it_was_done() {
        for (damage, broken) in [
            ("UPDATE audit SET detail = 'i-9' WHERE seq = 3", 3),
            ("UPDATE audit SET at = 1 WHERE seq = 2", 2),
            ("UPDATE audit SET role = 'du', office = 'tyx' WHERE seq = 2", 2),
            ("DELETE FROM audit WHERE seq = 3", 4),
            ("DELETE FROM audit WHERE seq = 1", 2),
            ("UPDATE audit SET seq = seq + 1 WHERE seq = 5", 6),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let (mut outbox, _) = Outbox::open(folder.path()).unwrap();
            for number in 1..=5 {
                let detail = format!("i-{number}");
                outbox.audit_append(Timestamp(7), "take", "duty", "x", &detail).unwrap();
            }
            assert_eq!(outbox.audit_verify().unwrap(), AuditChain::Whole { entries: 5 });
            assert!(outbox.connection.execute(damage, []).is_err(), "triggers guard the table");
            outbox
                .connection
                .execute_batch("DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_kept")
                .unwrap();
            outbox.connection.execute(damage, []).unwrap();
            let chain = outbox.audit_verify().unwrap();
            assert_eq!(chain, AuditChain::BrokenAt { seq: broken }, "{damage}");
        }
    }
}

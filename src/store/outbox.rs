//! Commands made here that the server has not answered for good.
//!
//! Each row carries a check sum of its own. A row whose check fails is set aside
//! as it was found and reported: never sent, never dropped.

mod command;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use uuid::Uuid;

use super::ballast;
use super::connection::{self, Durability, open_reader};
use super::drafts::{self, DraftKey};
use super::error::{Error, Result};
use super::migrate::Database;
use super::repair::{self, Repair};
use crate::domain::Timestamp;

pub use command::{CommandState, NewCommand, StoredCommand};

/// What stands in the outbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// In the order in which they were made.
    pub commands: Vec<StoredCommand>,
    /// Rows that were found damaged, ever; they are kept aside.
    pub damaged: u64,
}

/// Whose desk this is, as the server last said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Officer {
    /// Key of a role.
    pub role: String,
    /// Office (post), never a person's name.
    pub office: String,
}

/// The outbox as the officer's thread and the synchronisation share it. Each
/// holds it for one short transaction at a time.
#[derive(Clone)]
pub struct SharedOutbox(Arc<Mutex<Outbox>>);

impl SharedOutbox {
    pub(super) fn new(outbox: Outbox) -> Self {
        Self(Arc::new(Mutex::new(outbox)))
    }

    pub fn lock(&self) -> MutexGuard<'_, Outbox> {
        // A panic while it was held left no transaction open.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
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

    /// The file as a guest sees it.
    pub(super) fn look(folder: &Path) -> Result<Self> {
        let connection = open_reader(&folder.join(Database::Outbox.file_name()))?;
        Ok(Self { connection, folder: folder.to_owned() })
    }

    /// For who acts here: from now on a commit waits for no more than itself. It
    /// writes some megabytes once.
    pub fn lengthen_log(&mut self) -> Result<()> {
        // A guest commits nothing.
        if self.connection.is_readonly("main")? {
            return Ok(());
        }
        let path = self.folder.join(Database::Outbox.file_name());
        connection::lengthen_log(&mut self.connection, &path)
    }

    /// Adds commands that can be undone until they are queued, all or none. On
    /// a full disk the ballast makes room for them. Returns them as they stand.
    pub fn put(&mut self, new: &[NewCommand], created_at: Timestamp) -> Result<Vec<StoredCommand>> {
        self.put_written(new, created_at, None)
    }

    /// The same of what was a draft before: it is never there twice.
    pub fn put_written(
        &mut self,
        new: &[NewCommand],
        created_at: Timestamp,
        draft: Option<&DraftKey>,
    ) -> Result<Vec<StoredCommand>> {
        match self.try_put(new, created_at, draft) {
            Err(Error::DiskFull) if ballast::release(&self.folder) => {
                self.try_put(new, created_at, draft)
            }
            other => other,
        }
    }

    fn try_put(
        &mut self,
        new: &[NewCommand],
        created_at: Timestamp,
        draft: Option<&DraftKey>,
    ) -> Result<Vec<StoredCommand>> {
        let transaction = self.connection.transaction()?;
        let last = last_seq(&transaction)?;
        let mut stored = Vec::with_capacity(new.len());
        {
            let mut put = transaction.prepare_cached(include_str!("sql/command_put.sql"))?;
            for (command, seq) in new.iter().zip(last + 1..) {
                let command = StoredCommand {
                    seq,
                    id: command.id,
                    incident: command.incident.clone(),
                    command: command.command.clone(),
                    created_at,
                    state: CommandState::Undoable,
                    attempts: 0,
                    answer: None,
                    basis: command.basis.clone(),
                    office: command.office.clone(),
                    replaces: None,
                };
                command.put(&mut put)?;
                stored.push(command);
            }
        }
        if let Some(draft) = draft {
            drafts::drop_in(&transaction, draft)?;
        }
        transaction.commit()?;
        Ok(stored)
    }

    /// All commands; what is damaged is set aside first.
    pub fn list(&mut self, now: Timestamp) -> Result<Listing> {
        // A guest counts what is damaged and leaves it where it is.
        let is_guest = self.connection.is_readonly("main")?;
        let behavior =
            if is_guest { TransactionBehavior::Deferred } else { TransactionBehavior::Immediate };
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let mut commands = Vec::new();
        let mut damaged = Vec::new();
        {
            let mut get = transaction.prepare_cached(include_str!("sql/commands.sql"))?;
            let mut rows = get.query([])?;
            while let Some(row) = rows.next()? {
                match StoredCommand::read(row) {
                    Some(command) => commands.push(command),
                    None => damaged.push((row.get::<_, i64>(0)?, command::contents(row))),
                }
            }
        }
        let in_place = if is_guest { std::mem::take(&mut damaged).len() as u64 } else { 0 };
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
        Ok(Listing { commands, damaged: damaged as u64 + in_place })
    }

    /// What is neither settled nor replaced, in the order of sending. Damaged rows are
    /// left out; the next [`Self::list`] sets them aside.
    pub fn live(&self) -> Result<Vec<StoredCommand>> {
        let mut get = self.connection.prepare_cached(include_str!("sql/commands_live.sql"))?;
        let rows = get.query_map([], |row| Ok(StoredCommand::read(row)))?;
        rows.filter_map(|row| row.map_err(Error::from).transpose()).collect()
    }

    /// Moves a command on. `attempt` counts one more sending.
    pub fn mark(
        &mut self,
        id: Uuid,
        state: CommandState,
        answer: Option<&str>,
        attempt: bool,
    ) -> Result<()> {
        self.change(&[id], |command| {
            command.move_to(state)?;
            command.attempts += u32::from(attempt);
            if answer.is_some() {
                command.answer = answer.map(str::to_owned);
            }
            Ok(())
        })
    }

    /// Moves commands on together.
    pub fn mark_all(&mut self, ids: &[Uuid], state: CommandState) -> Result<()> {
        self.change(ids, |command| command.move_to(state))
    }

    /// A program that ended left its last commands undoable. The folder is ours
    /// alone now, so nobody can undo them any more: they are to be sent.
    pub(super) fn release_left_over(&mut self) -> Result<()> {
        let left = self.live()?;
        let ids: Vec<Uuid> = left
            .iter()
            .filter(|command| command.state == CommandState::Undoable)
            .map(|command| command.id)
            .collect();
        self.mark_all(&ids, CommandState::Queued)
    }

    /// Before sending: all are on their way, counted once more.
    pub fn sending(&mut self, ids: &[Uuid]) -> Result<()> {
        self.change(ids, |command| {
            command.move_to(CommandState::Sent)?;
            command.attempts += 1;
            Ok(())
        })
    }

    /// Makes commands again on a newer state and queues them: `edit` gives each
    /// its new line and basis.
    pub fn rebase(&mut self, ids: &[Uuid], mut edit: impl FnMut(&mut StoredCommand)) -> Result<()> {
        self.change(ids, |command| {
            edit(command);
            command.move_to(CommandState::Queued)
        })
    }

    /// Puts `new` in the place of a command that a person has to decide about, and
    /// queues it; the old one is kept as it was, out of the order. Returns the new
    /// one as it stands.
    pub fn replace(
        &mut self,
        old: Uuid,
        new: &NewCommand,
        created_at: Timestamp,
        draft: Option<&DraftKey>,
    ) -> Result<StoredCommand> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let last = last_seq(&transaction)?;
        let mut replaced = found(&transaction, old)?;
        let stored = StoredCommand {
            seq: replaced.seq,
            id: new.id,
            incident: new.incident.clone(),
            command: new.command.clone(),
            created_at,
            state: CommandState::Queued,
            attempts: 0,
            answer: None,
            basis: new.basis.clone(),
            office: new.office.clone(),
            replaces: Some(old),
        };
        replaced.move_to(CommandState::Replaced)?;
        replaced.seq = last + 1;
        transaction.execute("DELETE FROM command WHERE id = ?1", [old.to_string()])?;
        {
            let mut put = transaction.prepare_cached(include_str!("sql/command_put.sql"))?;
            replaced.put(&mut put)?;
            stored.put(&mut put)?;
        }
        if let Some(draft) = draft {
            drafts::drop_in(&transaction, draft)?;
        }
        transaction.commit()?;
        Ok(stored)
    }

    /// One command, whatever has become of it.
    ///
    /// # Errors
    /// Where there is none, or it is damaged.
    pub fn get(&self, id: Uuid) -> Result<StoredCommand> {
        found(&self.connection, id)
    }

    /// Takes back commands that were not queued yet, all or none.
    pub fn undo(&mut self, ids: &[Uuid]) -> Result<()> {
        let transaction = self.connection.transaction()?;
        for id in ids {
            let removed = transaction.execute(
                "DELETE FROM command WHERE id = ?1 AND state = 'undoable'",
                [id.to_string()],
            )?;
            if removed == 0 {
                return Err(match state_of(&transaction, *id)? {
                    None => Error::NoSuchCommand(*id),
                    Some(state) => Error::CommandState { from: state.key(), to: "undone" },
                });
            }
        }
        Ok(transaction.commit()?)
    }

    /// Removes a command that a person dismissed.
    pub fn dismiss(&mut self, id: Uuid) -> Result<()> {
        match self.connection.execute("DELETE FROM command WHERE id = ?1", [id.to_string()])? {
            0 => Err(Error::NoSuchCommand(id)),
            _ => Ok(()),
        }
    }

    /// Removes what was settled, or replaced, and made before `before`: no backup
    /// that a server is restored from is that old.
    pub fn forget_settled(&mut self, before: Timestamp) -> Result<()> {
        self.connection.execute(
            "DELETE FROM command WHERE state IN ('settled', 'replaced') AND created_at < ?1",
            [before.0],
        )?;
        Ok(())
    }

    fn change(
        &mut self,
        ids: &[Uuid],
        mut edit: impl FnMut(&mut StoredCommand) -> Result<()>,
    ) -> Result<()> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        {
            let mut put = transaction.prepare_cached(include_str!("sql/command_put.sql"))?;
            for id in ids {
                let mut command = found(&transaction, *id)?;
                edit(&mut command)?;
                command.put(&mut put)?;
            }
        }
        Ok(transaction.commit()?)
    }

    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// For reading.
    pub(super) fn connection_ref(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// The highest number that was ever given.
fn last_seq(connection: &Connection) -> Result<u64> {
    let last: i64 = connection.query_row(
        "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'command'",
        [],
        |row| row.get(0),
    )?;
    Ok(last as u64)
}

fn found(connection: &Connection, id: Uuid) -> Result<StoredCommand> {
    let mut get = connection.prepare_cached(include_str!("sql/command_get.sql"))?;
    match get.query_row([id.to_string()], |row| Ok(StoredCommand::read(row))).optional()? {
        None => Err(Error::NoSuchCommand(id)),
        Some(None) => Err(Error::Damaged),
        Some(Some(command)) => Ok(command),
    }
}

fn state_of(connection: &Connection, id: Uuid) -> Result<Option<CommandState>> {
    let key: Option<String> = connection
        .query_row("SELECT state FROM command WHERE id = ?1", [id.to_string()], |row| row.get(0))
        .optional()?;
    Ok(key.as_deref().and_then(CommandState::from_key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::audit::AuditChain;

    fn sample(number: u128) -> NewCommand {
        NewCommand {
            id: Uuid::from_u128(number),
            incident: Some("i-1".to_owned()),
            command: "{\"a\":1}".to_owned(),
            basis: Some("{\"b\":1}".to_owned()),
            office: "Дежурный".to_owned(),
        }
    }

    #[test]
    fn a_flipped_bit_is_noticed_set_aside_and_counted() {
        let folder = tempfile::tempdir().unwrap();
        let (mut outbox, _) = Outbox::open(folder.path()).unwrap();
        for number in 1..=9 {
            outbox.put(&[sample(number)], Timestamp(7)).unwrap();
        }
        for (seq, damage) in [
            (2, "command = '{\"a\":3}'"),
            (3, "incident = NULL"),
            (4, "state = 'queued'"),
            (5, "created_at = 8"),
            (6, "attempts = 1"),
            (7, "basis = NULL"),
            (8, "office = 'Другой'"),
            (9, "replaces = '00000000-0000-0000-0000-000000000001'"),
        ] {
            let sql = format!("UPDATE command SET {damage} WHERE seq = {seq}");
            outbox.connection.execute(&sql, []).unwrap();
        }
        let error = outbox.mark(Uuid::from_u128(2), CommandState::Queued, None, false);
        assert!(matches!(error, Err(Error::Damaged)));
        for _ in 0..2 {
            let listing = outbox.list(Timestamp(9)).unwrap();
            assert_eq!(listing.damaged, 8);
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

//! Sending what officers did: in the order of making on each incident, many
//! incidents side by side.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use uuid::Uuid;

use super::api::FeedbackApi;
use super::failure::Failure;
use super::protocol::{CommandAnswer, CommandLine, Outcome, TokenInfo};
use crate::domain::{Standing, Timestamp};
use crate::store::{Bound, CommandState, Installation, Officer, SharedOutbox, StoredCommand};

/// Made again on a newer state more often than this, a person decides: a
/// server that answers «conflict» for ever must not keep the line busy.
const MOST_REBASES: u32 = 16;

/// How long settled commands are kept: the contract has servers remember ids
/// for as long.
const KEPT_SECS: i64 = 30 * 86_400;

/// What the engine needs to send commands.
#[derive(Clone)]
pub struct PushParts {
    pub outbox: SharedOutbox,
    /// Called when commands have moved on.
    pub told: Arc<dyn Fn() + Send + Sync>,
}

impl PushParts {
    /// Sends all that is ready, until nothing is or nothing moves any more.
    pub(super) async fn push<A: FeedbackApi>(
        &self,
        api: &A,
        most_lines: usize,
    ) -> Result<(), Failure> {
        // Revisions that our own accepted commands led to: what was decided on
        // top of them is based on them.
        let mut own_revs = HashMap::new();
        loop {
            let (live, office) = self.live()?;
            let ready = round(&live, most_lines, &office);
            if ready.is_empty() {
                return Ok(());
            }
            let mut ids = Vec::with_capacity(ready.len());
            let mut lines = Vec::with_capacity(ready.len());
            for command in &ready {
                match line_of(command, &own_revs) {
                    Some(line) => {
                        ids.push(command.id);
                        lines.push(line);
                    }
                    None => {
                        self.outbox.lock().mark(command.id, CommandState::Rejected, None, false)?;
                    }
                }
            }
            self.outbox.lock().sending(&ids)?;
            let answers = api.commands(&lines).await?;
            let moved = self.take(&ready, &answers, &mut own_revs)?;
            (self.told)();
            if !moved {
                return Ok(());
            }
        }
    }

    /// What is not settled, and the office that is signed in.
    fn live(&self) -> Result<(Vec<StoredCommand>, String), Failure> {
        let outbox = self.outbox.lock();
        let office = outbox.officer()?.map_or_else(String::new, |officer| officer.office);
        Ok((outbox.live()?, office))
    }

    /// Commands that the server has carried out and that the next pull brings.
    pub(super) fn accepted(&self) -> Result<Vec<Uuid>, Failure> {
        let live = self.outbox.lock().live()?;
        let accepted = live.iter().filter(|command| command.state == CommandState::Accepted);
        Ok(accepted.map(|command| command.id).collect())
    }

    /// A pull that began after these were accepted has reached the head.
    pub(super) fn settle(&self, accepted: &[Uuid], now: Timestamp) -> Result<(), Failure> {
        if accepted.is_empty() {
            return Ok(());
        }
        let mut outbox = self.outbox.lock();
        outbox.mark_all(accepted, CommandState::Settled)?;
        outbox.forget_settled(now.plus_secs(-KEPT_SECS))?;
        drop(outbox);
        (self.told)();
        Ok(())
    }

    /// Makes sure, before the first is sent, that the commands are for this server.
    /// The outbox knows the server's epoch by itself: pult.db may have been told
    /// of a new one by a run that ended before anything was offered again.
    pub(super) fn meet(&self, server: &Installation, now: Timestamp) -> Result<(), Failure> {
        let bound = self.outbox.lock().address_to(server)?;
        if bound == Bound::EpochChanged {
            self.offer_again(now)?;
            self.outbox.lock().follow_epoch(server)?;
        }
        Ok(())
    }

    /// The server was restored from a backup: everything that it may have
    /// forgotten is sent again. What it remembers it answers as a duplicate; a
    /// revision of the old epoch means nothing, so the rest meets its present
    /// state as a conflict would.
    fn offer_again(&self, now: Timestamp) -> Result<(), Failure> {
        let mut outbox = self.outbox.lock();
        let again: Vec<Uuid> = outbox
            .list(now)?
            .commands
            .iter()
            .filter(|command| {
                use CommandState::{Accepted, Queued, Sent, Settled};
                matches!(command.state, Accepted | Queued | Sent | Settled)
            })
            .map(|command| command.id)
            .collect();
        outbox.rebase(&again, |command| set_base(command, 0))?;
        drop(outbox);
        (self.told)();
        Ok(())
    }

    /// Whose desk this is, for what is done without a connection.
    pub(super) fn remember_officer(
        &self,
        token: &TokenInfo,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let officer =
            Officer { role: token.role.clone(), office: token.office.clone().unwrap_or_default() };
        let mut outbox = self.outbox.lock();
        if outbox.officer()?.as_ref() == Some(&officer) {
            return Ok(());
        }
        outbox.sign_in(&officer, now)?;
        drop(outbox);
        (self.told)();
        Ok(())
    }

    /// True where a command has moved on.
    fn take(
        &self,
        sent: &[&StoredCommand],
        answers: &[CommandAnswer],
        own_revs: &mut HashMap<String, u64>,
    ) -> Result<bool, Failure> {
        let by_id: HashMap<Uuid, &CommandAnswer> =
            answers.iter().map(|answer| (answer.id, answer)).collect();
        let mut moved = false;
        for command in sent {
            // Not answered, or for ever answered under no id: it is sent again
            // with the next cycle.
            let Some(answer) = by_id.get(&command.id) else { continue };
            moved = true;
            let told = serde_json::to_string(answer).ok();
            let mut outbox = self.outbox.lock();
            match judge(command, &answer.outcome) {
                Next::Accepted { rev } => {
                    if let Some(incident) = command.incident.clone().filter(|_| decides(command)) {
                        own_revs.insert(incident, rev);
                    }
                    outbox.mark(command.id, CommandState::Accepted, told.as_deref(), false)?;
                }
                Next::Rebase { rev } => {
                    if let Some(incident) = &command.incident {
                        own_revs.remove(incident);
                    }
                    outbox.rebase(&[command.id], |command| set_base(command, rev))?;
                }
                Next::Conflict => {
                    outbox.mark(command.id, CommandState::Conflict, told.as_deref(), false)?;
                }
                Next::Rejected => {
                    outbox.mark(command.id, CommandState::Rejected, told.as_deref(), false)?;
                }
            }
        }
        Ok(moved)
    }
}

/// What becomes of a command by its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Accepted {
        rev: u64,
    },
    /// Sent again on this revision: nothing that it was decided on has changed.
    Rebase {
        rev: u64,
    },
    Conflict,
    Rejected,
}

fn judge(command: &StoredCommand, outcome: &Outcome) -> Next {
    match outcome {
        Outcome::Accepted { rev, .. } | Outcome::Duplicate { rev, .. } => {
            Next::Accepted { rev: *rev }
        }
        Outcome::Rejected { .. } => Next::Rejected,
        Outcome::Conflict { rev, current } => {
            let line = parsed(command);
            let commutes =
                line.as_ref().and_then(CommandLine::action).is_some_and(|a| a.commutes());
            let basis: Option<Standing> =
                command.basis.as_deref().and_then(|basis| serde_json::from_str(basis).ok());
            let undisturbed = basis
                .zip(current.standing())
                .is_some_and(|(basis, current)| basis.decides_like(&current));
            if (commutes || undisturbed) && command.attempts < MOST_REBASES {
                Next::Rebase { rev: *rev }
            } else {
                Next::Conflict
            }
        }
    }
}

/// What is sent next: of each incident the first command that waits, unless
/// one before it can still be undone, waits for a person, or was made under
/// another office than the one that is signed in.
fn round<'a>(live: &'a [StoredCommand], most_lines: usize, office: &str) -> Vec<&'a StoredCommand> {
    let mut busy = HashSet::new();
    let mut ready = Vec::new();
    for command in live {
        let first = match &command.incident {
            Some(incident) if command.state.is_waiting() => busy.insert(incident.as_str()),
            _ => true,
        };
        let is_ours = command.office.is_empty() || command.office == office;
        let is_due = is_ours && matches!(command.state, CommandState::Queued | CommandState::Sent);
        if first && is_due && ready.len() < most_lines {
            ready.push(command);
        }
    }
    ready
}

fn parsed(command: &StoredCommand) -> Option<CommandLine> {
    let line = serde_json::from_str(&command.command);
    if line.is_err() {
        tracing::error!(id = %command.id, "a command of the outbox is not a line of the contract");
    }
    line.ok()
}

fn line_of(command: &StoredCommand, own_revs: &HashMap<String, u64>) -> Option<CommandLine> {
    let mut line = parsed(command)?;
    if let Some(rev) = command.incident.as_ref().and_then(|incident| own_revs.get(incident)) {
        line.based_on = Some(*rev);
    }
    Some(line)
}

/// A comment is accepted whatever stands there, so its revision says nothing
/// about what later decisions were based on.
fn decides(command: &StoredCommand) -> bool {
    parsed(command).and_then(|line| line.action()).is_some_and(|action| !action.commutes())
}

/// Bases the command on another revision of its incident.
pub fn set_base(command: &mut StoredCommand, rev: u64) {
    let Some(mut line) = parsed(command) else { return };
    line.based_on = line.incident.is_some().then_some(rev);
    if let Ok(line) = serde_json::to_string(&line) {
        command.command = line;
    }
}

#[cfg(test)]
mod tests;

//! Writes down what an officer does: first durable, then shown.
//!
//! It keeps a mirror of the outbox, checks each action against the incident as
//! the officer sees it, and tells the keeper of the board what to lay over the
//! server's state.

mod conflict;
mod seen;
mod shift;
mod drafts;
mod export;
mod extension;
mod messages;
mod sign_in;
mod thread;

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::drafts::Undone;
use super::outbox_view::{OutboxEntry, OutboxView};
use crate::domain::{Action, Timestamp};
use crate::store::{
    self, CommandState, NewCommand, Officer, Reader, SharedOutbox, StoredCommand, StoredStanding,
};
use crate::sync::protocol::{CommandAnswer, CommandLine, Outcome};

use conflict::keep_mine;
use export::write_commands;
use extension::{is_too_early, its_own};
pub use messages::{Job, Told};
pub(super) use thread::OfficerThread;

/// Key of the words for an action that could not be written down.
pub const NOT_DONE: &str = "notice-action-failed";
/// Of the words for what else the outbox's file refused.
const NOT_KEPT: &str = "notice-outbox-failed";

/// By row id, everything that is to be laid over the server's state; an empty
/// list takes an overlay away.
pub type Overlays = Vec<(u32, Vec<Arc<OutboxEntry>>)>;

/// An officer's desk without its screen: the outbox, what it lays over the
/// board, and the jobs that change both.
pub struct OfficerDesk {
    outbox: SharedOutbox,
    reader: Reader,
    tell_board: Box<dyn Fn(Overlays)>,
    say: Box<dyn Fn(Told)>,
    /// The outbox without what is settled.
    entries: Vec<Arc<OutboxEntry>>,
    damaged: u64,
    officer: Option<Officer>,
    shifts: shift::Shifts,
    /// A draft could not be kept, and that was said.
    drafts_fail: bool,
    /// What the board was last told to lay over its rows.
    overlays: HashMap<u32, Vec<Arc<OutboxEntry>>>,
}

impl OfficerDesk {
    /// Looks at the whole outbox; what is damaged is set aside. `tell_board`
    /// gets what has changed of the overlays.
    pub fn open(
        outbox: SharedOutbox,
        reader: Reader,
        now: Timestamp,
        tell_board: impl Fn(Overlays) + 'static,
        say: impl Fn(Told) + 'static,
    ) -> Self {
        let mut desk = Self {
            outbox,
            reader,
            tell_board: Box::new(tell_board),
            say: Box::new(say),
            entries: Vec::new(),
            damaged: 0,
            officer: None,
            shifts: shift::Shifts::default(),
            drafts_fail: false,
            overlays: HashMap::new(),
        };
        let looked = desk.look_at_all(now);
        desk.report(looked, NOT_KEPT);
        if let Err(error) = desk.outbox.lock().lengthen_log() {
            tracing::warn!(%error, "the outbox's log stays short");
        }
        desk
    }

    /// Does a job; what became of it is said.
    pub fn work(&mut self, job: Job) {
        let enters = matches!(job, Job::Act { .. } | Job::Replace { .. });
        let done = self.try_work(job);
        self.report(done, if enters { NOT_DONE } else { NOT_KEPT });
    }

    fn report(&self, done: Result<(), store::Error>, text: &'static str) {
        if let Err(error) = done {
            tracing::error!(%error, "an officer's action");
            (self.say)(Told::Failed { text, detail: error.to_string() });
        }
    }

    fn try_work(&mut self, job: Job) -> Result<(), store::Error> {
        match job {
            // What others read as it is is masked before it is written down anywhere.
            Job::Act { rows, action, at } => {
                self.act(&rows, action.masked().as_ref().unwrap_or(&action), at)
            }
            Job::Undo(ids) => {
                self.outbox.lock().undo(&ids)?;
                self.entries.retain(|entry| !ids.contains(&entry.id));
                self.show();
                self.look_at_shifts()
            }
            Job::Draft { office, row_id, incident, kind, draft } => {
                self.keep_draft(office, row_id, &incident, kind, draft.as_deref());
                Ok(())
            }
            Job::Release(ids) => {
                self.outbox.lock().mark_all(&ids, CommandState::Queued)?;
                for entry in &mut self.entries {
                    if ids.contains(&entry.id) {
                        Arc::make_mut(entry).state = CommandState::Queued;
                    }
                }
                self.show();
                (self.say)(Told::Released);
                Ok(())
            }
            Job::KeepMine(id) => {
                self.outbox.lock().rebase(&[id], keep_mine)?;
                self.look_again()?;
                (self.say)(Told::Released);
                Ok(())
            }
            Job::Replace { old, action, at, takes_draft } => {
                let action = action.masked().unwrap_or(*action);
                self.replace(old, &action, at, takes_draft)
            }
            Job::Dismiss(id) => {
                self.outbox.lock().dismiss(id)?;
                self.look_again()?;
                // What waited behind it may go now.
                (self.say)(Told::Released);
                self.look_at_shifts()
            }
            Job::Reveal { row_id, reason, at } => self.reveal(row_id, reason, at),
            Job::Export { path, at } => {
                let commands = self.outbox.lock().list(at)?.commands;
                match write_commands(&path, &commands) {
                    Ok(n) => {
                        (self.say)(Told::Exported { n, path: path.display().to_string() });
                    }
                    Err(error) => (self.say)(Told::Failed {
                        text: "notice-outbox-not-saved",
                        detail: error.to_string(),
                    }),
                }
                Ok(())
            }
            Job::TakeShift { at } => self.take_shift(at),
            Job::NoteShift(note) => self.note_shift(note),
            Job::HandOver { picture, at, demo } => self.hand_over(*picture, at, demo),
            Job::Lock { at } => self.lock(at),
            Job::Unlock { at } => self.unlock(at),
            Job::NoteRefused { office, at } => self.note_refused(office, at),
            Job::SetPin { hash, at } => self.set_pin(hash.as_deref(), at),
            Job::ForgetOffice { office, at } => self.forget_office(office, at),
            Job::Save { path, text } => {
                self.save_text(&path, &text);
                Ok(())
            }
            Job::LookAgain => self.look_again(),
        }
    }

    /// At the start: sets aside what is damaged.
    fn look_at_all(&mut self, now: Timestamp) -> Result<(), store::Error> {
        let mut outbox = self.outbox.lock();
        self.damaged = outbox.list(now)?.damaged;
        drop(outbox);
        self.look_again()?;
        self.look_at_shifts()?;
        self.tell_drafts()
    }

    fn look_again(&mut self) -> Result<(), store::Error> {
        let outbox = self.outbox.lock();
        let live = outbox.live()?;
        let officer = outbox.officer()?;
        drop(outbox);
        let is_another = self.officer != officer;
        self.officer = officer;
        self.entries = live.iter().filter_map(|command| self.entry(command)).collect();
        self.show();
        // Behind the office whose they are.
        if is_another {
            self.look_at_offices()?;
            self.tell_drafts()?;
        }
        Ok(())
    }

    /// `None` for a line that this version does not know.
    fn entry(&self, command: &StoredCommand) -> Option<Arc<OutboxEntry>> {
        let line: CommandLine = serde_json::from_str(&command.command).ok()?;
        let row_id = match &command.incident {
            None => None,
            Some(id) => self.reader.row_of_incident(id).unwrap_or_else(|error| {
                tracing::error!(%error, "the incident of an action could not be looked up");
                None
            }),
        };
        Some(Arc::new(OutboxEntry {
            id: command.id,
            row_id,
            incident: command.incident.clone(),
            action: line.action()?,
            office: command.office.clone(),
            at: command.created_at,
            state: command.state,
            attempts: command.attempts,
            answer: command.answer.as_deref().and_then(outcome),
            basis: command.basis.as_deref().and_then(|b| serde_json::from_str(b).ok()),
            replaces: command.replaces.and_then(|old| self.replaced(old)),
        }))
    }

    /// What an action was before it was made anew.
    fn replaced(&self, old: Uuid) -> Option<Action> {
        let stored = self.outbox.lock().get(old).ok()?;
        serde_json::from_str::<CommandLine>(&stored.command).ok()?.action()
    }

    fn act(&mut self, rows: &[u32], action: &Action, at: Timestamp) -> Result<(), store::Error> {
        let mut new = Vec::with_capacity(rows.len().max(1));
        let (mut own, mut too_early) = (0, 0);
        let (mut refused, mut gone, mut left) = (0, 0, None);
        let undone =
            |row_id, action: &Action| Undone { row_id, incident: None, action: action.clone() };
        if matches!(action, Action::Create(_)) {
            new.extend(self.written(None, action, at));
        }
        for row_id in rows {
            let Some(mut seen) = self.reader.standing(*row_id)? else {
                gone += 1;
                left.get_or_insert_with(|| Box::new(undone(Some(*row_id), action)));
                continue;
            };
            // The one of several that takes the others.
            if matches!(action, Action::Merge { into } if *into == seen.id) {
                continue;
            }
            if matches!(action, Action::Approve {}) && self.is_own_answer(*row_id)? {
                own += 1;
                continue;
            }
            seen.standing = self.standing_now(&seen);
            let own_one = if rows.len() > 1 { its_own(action, seen.due(), at) } else { None };
            let action = own_one.as_ref().unwrap_or(action);
            let is_legal = seen.standing.after(action, at, None).is_ok();
            if is_legal && !is_too_early(action, seen.due(), at) {
                new.extend(self.written(Some(&seen), action, at));
                continue;
            }
            *if is_legal { &mut too_early } else { &mut refused } += 1;
            left.get_or_insert_with(|| Box::new(undone(Some(*row_id), action)));
        }
        if own > 0 {
            (self.say)(Told::OwnAnswer);
        }
        if too_early > 0 {
            (self.say)(Told::TooEarly(too_early));
        }
        if !new.is_empty() {
            let draft = self.draft_of(rows, action.kind())?;
            let stored = self.outbox.lock().put_written(&new, at, draft.as_ref())?;
            let entries: Vec<_> = stored.iter().filter_map(|c| self.entry(c)).collect();
            self.entries.extend(entries);
            self.shifts.add(self.officer.as_ref(), action.kind(), new.len());
            self.show();
            self.say_shift();
        }
        let ids = new.iter().map(|command| command.id).collect();
        let kind = action.kind();
        (self.say)(Told::Acted { ids, rows: rows.to_vec(), kind, refused, gone, left });
        Ok(())
    }

    /// The command for one incident as it stands.
    fn written(
        &self,
        seen: Option<&StoredStanding>,
        action: &Action,
        at: Timestamp,
    ) -> Option<NewCommand> {
        let id = Uuid::now_v7();
        let incident = seen.map(|seen| seen.id.clone());
        let line = CommandLine::new(id, incident.clone(), seen.map(|seen| seen.rev), at, action);
        Some(NewCommand {
            id,
            incident,
            command: serde_json::to_string(&line).ok()?,
            basis: seen.and_then(|seen| serde_json::to_string(&seen.standing).ok()),
            office: self.officer.as_ref().map_or_else(String::new, |it| it.office.clone()),
        })
    }

    fn reveal(
        &mut self,
        row_id: u32,
        reason: &'static str,
        at: Timestamp,
    ) -> Result<(), store::Error> {
        let Some(stored) = self.reader.standing(row_id)? else { return Ok(()) };
        let (role, office) = self
            .officer
            .as_ref()
            .map_or(("", ""), |officer| (officer.role.as_str(), officer.office.as_str()));
        // Written down before anything is shown.
        self.outbox.lock().audit_append(
            at,
            "reveal",
            role,
            office,
            &format!("{} {reason}", stored.id),
        )?;
        let texts = self.reader.unmasked_messages(row_id)?;
        (self.say)(Told::Revealed { row_id, texts });
        Ok(())
    }

    /// Tells the board what to lay over, and the desk what waits.
    fn show(&mut self) {
        let mut overlays: HashMap<u32, Vec<Arc<OutboxEntry>>> = HashMap::new();
        for entry in self.entries.iter().filter(|entry| entry.state.is_overlaid()) {
            if let Some(row_id) = entry.row_id {
                overlays.entry(row_id).or_default().push(Arc::clone(entry));
            }
        }
        let gone = self.overlays.keys().filter(|row_id| !overlays.contains_key(*row_id));
        let mut update: Vec<_> = gone.map(|row_id| (*row_id, Vec::new())).collect();
        // What an action does never changes, only how far it is on its way.
        let is_new = |(row_id, now): &(&u32, &Vec<Arc<OutboxEntry>>)| {
            let was = self.overlays.get(row_id).into_iter().flatten();
            !was.map(|entry| entry.id).eq(now.iter().map(|entry| entry.id))
        };
        let new = overlays.iter().filter(is_new);
        update.extend(new.map(|(row_id, now)| (*row_id, now.clone())));
        self.overlays = overlays;
        if !update.is_empty() {
            (self.tell_board)(update);
        }
        (self.say)(Told::Outbox(Arc::new(OutboxView {
            entries: self.entries.clone(),
            damaged: self.damaged,
            officer: self.officer.clone(),
        })));
    }
}

fn outcome(answer: &str) -> Option<Outcome> {
    serde_json::from_str::<CommandAnswer>(answer).ok().map(|answer| answer.outcome)
}

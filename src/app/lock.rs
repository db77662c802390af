//! The lock of a shared desk: what is locked shows nothing and obeys nothing but
//! a PIN or a token; the synchronisation goes on behind it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::command::Command;
use super::desk::Desk;
use super::lane::Lane;
use super::officer::Job;
use super::secret;
use super::sign_in::{Opening, SignAnswer, SignQuestion};
use super::state::View;
use crate::domain::Timestamp;
use crate::store::{DeskOffice, Officer, Result, SharedOutbox};

/// After so many wrong secrets the next one has to wait.
const TRIES: u32 = 5;
const WAIT: Duration = Duration::from_secs(30);

/// Minutes without input after which a desk may lock itself.
pub const LOCK_AFTER_MINS: [u16; 6] = [0, 3, 5, 10, 15, 30];

/// An office that has signed in at this desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeHere {
    pub officer: Officer,
    pub has_pin: bool,
}

/// The desk is locked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// Office that is offered first: whoever was signed in, or who is to come.
    pub offered: String,
    /// What was typed is being looked at.
    pub is_trying: bool,
    /// Key of the Fluent files: why it did not open.
    pub fault: Option<&'static str>,
    /// Counts up with every refusal: the field is emptied.
    pub refusals: u32,
}

/// What a person does about who works here.
#[derive(Clone, PartialEq, Eq)]
pub enum SignInCommand {
    /// There was input.
    Touched,
    Lock,
    /// Locks, and offers the desk to the next office of the list.
    Switch,
    /// Tries a PIN or a token.
    Open {
        office: String,
        secret: String,
    },
    /// For the office that is signed in; empty takes it away.
    SetPin(String),
    /// Minutes without input, 0 is never.
    LockAfter(u16),
    /// Takes an office off the list.
    Forget(String),
}

/// Without the secrets.
impl std::fmt::Debug for SignInCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Touched => "Touched",
            Self::Lock => "Lock",
            Self::Switch => "Switch",
            Self::Open { .. } => "Open",
            Self::SetPin(_) => "SetPin",
            Self::LockAfter(_) => "LockAfter",
            Self::Forget(_) => "Forget",
        })
    }
}

/// Work of the desk on signing in that is under way.
pub(super) struct Signing {
    lane: Lane<SignQuestion, SignAnswer>,
    /// When there was input last.
    touched: Duration,
    wait_until: Duration,
    /// Signs in with the link that is being made.
    pub(super) pending: Option<(Officer, Timestamp)>,
    /// The token that was in use before theirs.
    before: Option<String>,
    /// The environment's token: whoever gave it so did not want it kept.
    given: Option<String>,
    /// Tokens by office, as far as the server has said whose they are in this run.
    tokens: HashMap<String, String>,
}

impl Signing {
    pub(super) fn new(
        lane: Lane<SignQuestion, SignAnswer>,
        now: Duration,
        given: Option<String>,
    ) -> Self {
        Self {
            lane,
            touched: now,
            wait_until: Duration::ZERO,
            pending: None,
            before: None,
            given,
            tokens: HashMap::new(),
        }
    }
}

/// The offices of this desk, and the lock that a run before has left.
pub(super) fn at_start(outbox: &SharedOutbox) -> Result<(Vec<OfficeHere>, Option<Lock>)> {
    let outbox = outbox.lock();
    let offices = outbox.offices()?.into_iter().map(OfficeHere::from).collect();
    let offered = outbox.officer()?.map(|officer| officer.office).unwrap_or_default();
    let lock = outbox.locked_since()?.map(|_| Lock { offered, ..Lock::default() });
    Ok((offices, lock))
}

impl From<DeskOffice> for OfficeHere {
    fn from(office: DeskOffice) -> Self {
        Self { officer: office.officer, has_pin: office.pin.is_some() }
    }
}

impl Command {
    /// True for the few that a locked desk obeys.
    pub(super) const fn works_locked(&self) -> bool {
        matches!(
            self,
            Self::SignIn(SignInCommand::Open { .. })
                | Self::SetViewport(_)
                | Self::ServeWall
                | Self::WantReplay(_)
                | Self::PictureSaved { .. }
                | Self::NotifierSaid(_)
                | Self::Quit
        )
    }
}

impl Desk {
    pub(super) fn apply_sign_in(&mut self, command: SignInCommand) {
        let at = Timestamp(self.moment.now);
        match command {
            SignInCommand::Touched => {
                self.signing.touched = self.moment.tick;
                self.state.touched_at = self.moment.now;
            }
            SignInCommand::Lock => self.lock_for(None),
            SignInCommand::Switch => {
                let next = self.next_office();
                self.lock_for(next);
            }
            SignInCommand::Open { office, secret } => self.try_to_open(office, secret),
            SignInCommand::SetPin(pin) if pin.is_empty() => {
                self.officer.ask(Job::SetPin { hash: None, at });
            }
            SignInCommand::SetPin(pin) => self.signing.lane.ask(SignQuestion::Hash(pin)),
            SignInCommand::LockAfter(mins) => {
                self.signing.touched = self.moment.tick;
                self.state.settings.lock_after_mins = mins;
                self.save_settings();
            }
            SignInCommand::Forget(office) => self.forget(office, at),
        }
    }

    /// The one after who is signed in, round the list.
    fn next_office(&self) -> Option<String> {
        let offices = &self.state.offices;
        let current = self.state.outbox.officer.as_ref()?;
        let at = offices.iter().position(|it| it.officer.office == current.office)?;
        offices.get((at + 1) % offices.len()).map(|it| it.officer.office.clone())
    }

    /// Why the desk cannot be locked: nothing that is known here would open it.
    fn lock_fault(&self) -> Option<&'static str> {
        let Some(officer) = &self.state.outbox.officer else { return Some("notice-lock-nobody") };
        let has_pin = self.state.offices.iter().any(|it| it.officer == *officer && it.has_pin);
        (!has_pin && self.token.is_none()).then_some("notice-lock-nobody")
    }

    fn lock_for(&mut self, offered: Option<String>) {
        if !self.can_write() {
            let folder = self.data_dir.display().to_string();
            return self.notice("notice-read-only", folder, true);
        }
        if let Some(fault) = self.lock_fault() {
            return self.notice(fault, String::new(), true);
        }
        self.lock_now(offered);
    }

    fn lock_now(&mut self, offered: Option<String>) {
        let current = self.state.outbox.officer.as_ref().map(|officer| officer.office.clone());
        let offered = offered.or(current).unwrap_or_default();
        self.leave_work();
        self.officer.ask(Job::Lock { at: Timestamp(self.moment.now) });
        self.state.lock = Some(Lock { offered, ..Lock::default() });
        self.state.incident = None;
        self.state.revealed = None;
        self.state.suggestions = None;
        self.state.similar = None;
        self.state.palette_open = false;
        self.state.help_open = false;
    }

    /// Whoever works here next may be of another office: what was begun is kept under
    /// the one that wrote it, and nobody takes back what another did.
    pub(super) fn leave_work(&mut self) {
        self.write_note();
        self.leave_forms();
    }

    /// The same where the office has changed already: its note is another's by now.
    pub(super) fn leave_forms(&mut self) {
        self.keep_all_drafts();
        self.release_all();
        self.state.triage.form = None;
    }

    /// Locks a desk that nobody has touched for long enough. True where it did.
    pub(super) fn lock_idle(&mut self) -> bool {
        let is_due = self.until_lock().is_some_and(|left| left.is_zero());
        if is_due {
            self.lock_now(None);
        }
        is_due
    }

    /// Until the desk locks itself. A wall has nobody who would open it, and nothing to hide.
    pub(super) fn until_lock(&self) -> Option<Duration> {
        let mins = self.state.settings.lock_after_mins;
        let is_idle = self.state.lock.is_none() && self.can_write() && !self.state.is_wall;
        if mins == 0 || !is_idle || self.lock_fault().is_some() {
            return None;
        }
        let end = self.signing.touched + Duration::from_mins(u64::from(mins));
        Some(end.saturating_sub(self.moment.tick))
    }

    fn try_to_open(&mut self, office: String, secret: String) {
        let (Some(lock), Some(current)) = (&mut self.state.lock, &self.state.outbox.officer) else {
            return;
        };
        if self.moment.tick < self.signing.wait_until {
            lock.fault = Some("lock-wait");
            lock.refusals += 1;
            return;
        }
        lock.is_trying = true;
        lock.fault = None;
        lock.offered.clone_from(&office);
        self.signing.lane.ask(SignQuestion::Open(Box::new(Opening {
            settings: self.state.settings.clone(),
            data_dir: self.data_dir.clone(),
            current: current.clone(),
            token: self.token.clone(),
            tokens: self.signing.tokens.clone(),
            office,
            secret,
        })));
    }

    pub(super) fn take_signed(&mut self) -> bool {
        let Some(answer) = self.signing.lane.take() else { return false };
        let at = Timestamp(self.moment.now);
        match answer {
            SignAnswer::Same => {
                self.officer.ask(Job::Unlock { at });
                self.let_in();
            }
            SignAnswer::Other { officer, token } => {
                self.signing.pending = Some((officer, at));
                self.signing.before.clone_from(&self.token);
                let keep = self.signing.given.as_ref() != Some(&token);
                // It opens once the old link has ended.
                self.start_link(Some(token), keep);
            }
            SignAnswer::Refused(fault) => self.refuse(fault, at),
            SignAnswer::Hashed(Some(hash)) => {
                self.officer.ask(Job::SetPin { hash: Some(hash), at });
            }
            SignAnswer::Hashed(None) => self.notice("notice-pin-form", String::new(), true),
        }
        true
    }

    fn refuse(&mut self, fault: &'static str, at: Timestamp) {
        let Some(lock) = &mut self.state.lock else { return };
        lock.is_trying = false;
        lock.fault = Some(fault);
        lock.refusals += 1;
        if fault == "lock-wrong" {
            self.officer.ask(Job::NoteRefused { office: lock.offered.clone(), at });
            if lock.refusals >= TRIES {
                self.signing.wait_until = self.moment.tick + WAIT;
            }
        }
    }

    /// A link was made, or not: whoever signed in with it may work.
    pub(super) fn take_sign_in(&mut self, is_signed_in: bool) {
        if self.signing.pending.take().is_none() {
            return;
        }
        if is_signed_in {
            self.let_in();
        } else {
            // Whose desk it still is goes on under its own token.
            let before = self.signing.before.take();
            self.start_link(before, false);
            self.refuse("lock-not-written", Timestamp(self.moment.now));
        }
    }

    fn let_in(&mut self) {
        self.state.lock = None;
        self.signing.touched = self.moment.tick;
        self.state.touched_at = self.moment.now;
        if let Some(row_id) = self.state.triage.cursor.filter(|_| self.state.view == View::Triage) {
            self.put_cursor(row_id);
        }
    }

    /// Keeps the token in use beside those of the other offices, once the server
    /// has said whose it is.
    pub(super) fn keep_token_of_office(&mut self) {
        let status = &self.state.sync;
        let (Some(office), Some(server), Some(token)) =
            (&status.office, &self.state.settings.server, &self.token)
        else {
            return;
        };
        if self.signing.tokens.get(office) == Some(token) {
            return;
        }
        self.signing.tokens.insert(office.clone(), token.clone());
        if self.signing.given.as_ref() == Some(token) {
            return;
        }
        let (server, office, token) = (server.clone(), office.clone(), token.clone());
        let folder = self.data_dir.clone();
        self.aside(move || secret::save_of(&server, &office, &token, &folder).map(drop));
    }

    fn forget(&mut self, office: String, at: Timestamp) {
        if self.state.outbox.officer.as_ref().is_some_and(|it| it.office == office) {
            return;
        }
        self.signing.tokens.remove(&office);
        if let Some(server) = self.state.settings.server.clone() {
            let (office, folder) = (office.clone(), self.data_dir.clone());
            self.aside(move || secret::forget_of(&server, &office, &folder));
        }
        self.officer.ask(Job::ForgetOffice { office, at });
    }

    /// The keyring may wait for a person.
    fn aside(
        &mut self,
        work: impl FnOnce() -> std::result::Result<(), secret::SecretError> + Send + 'static,
    ) {
        let done = std::thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            if let Err(error) = work() {
                tracing::error!(%error, "the token of an office");
            }
        });
        if let Err(error) = done {
            self.notice("notice-token-not-kept", error.to_string(), true);
        }
    }

    pub(super) fn take_offices(&mut self, offices: Vec<OfficeHere>) {
        self.state.offices = Arc::new(offices);
    }
}

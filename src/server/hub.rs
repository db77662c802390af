//! What all requests share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tokio::sync::watch;

use super::auth::Token;
use super::cursor::Cursor;
use super::faults::Faults;
use super::identity::Identity;
use super::lease::Leases;
use super::refusal::Refused;
use super::state::{Journal, State};
use crate::domain::Timestamp;
use crate::sync::protocol::{Limits, Scope};

/// One running server.
pub(crate) struct Hub {
    pub(crate) identity: Identity,
    pub(crate) tokens: Vec<Arc<Token>>,
    pub(crate) limits: Limits,
    /// Cursors further behind the head than this many revisions are expired.
    pub(crate) cursor_horizon: Option<u64>,
    pub(crate) faults: Faults,
    pub(crate) clock: fn() -> Timestamp,
    /// The newest revision, for those who listen.
    pub(crate) head: watch::Sender<u64>,
    /// How often the leases have changed, for those who listen.
    pub(crate) leases_moved: watch::Sender<u64>,
    state: RwLock<State>,
    journal: Mutex<Option<Journal>>,
    /// The last change could not be written down.
    behind: AtomicBool,
    /// The server stopped; whoever still asks is refused.
    closed: AtomicBool,
    leases: Mutex<Leases>,
}

/// Seconds after which a disk that failed is tried again.
const DISK_RETRY_SECS: u32 = 5;

/// What a hub is made of beside its state.
pub(crate) struct Parts {
    pub(crate) identity: Identity,
    pub(crate) tokens: Vec<Token>,
    pub(crate) limits: Limits,
    pub(crate) cursor_horizon: Option<u64>,
    pub(crate) faults: Faults,
    pub(crate) clock: fn() -> Timestamp,
}

impl Hub {
    pub(crate) fn new(parts: Parts, state: State, journal: Option<Journal>) -> Self {
        let Parts { identity, tokens, limits, cursor_horizon, faults, clock } = parts;
        Self {
            identity,
            tokens: tokens.into_iter().map(Arc::new).collect(),
            limits,
            cursor_horizon,
            faults,
            clock,
            head: watch::Sender::new(state.head()),
            leases_moved: watch::Sender::new(0),
            state: RwLock::new(state),
            journal: Mutex::new(journal),
            behind: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            leases: Mutex::default(),
        }
    }

    /// A handler that panicked leaves whole objects behind, so a poisoned lock
    /// is as good as another.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state to give out. A change that stands in memory alone is not: it
    /// would be gone after a crash, and its revisions given to others.
    pub(crate) fn read_saved(&self) -> Result<RwLockReadGuard<'_, State>, Refused> {
        let state = self.read();
        if self.behind.load(Ordering::Relaxed) {
            return Err(Refused::Busy { status: 503, retry_after_secs: DISK_RETRY_SECS });
        }
        Ok(state)
    }

    /// Changes the state, writes the change down and tells the listeners if
    /// anything moved. Where it cannot be written down it is not answered:
    /// nobody is told of it before a later attempt succeeds.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> Result<T, Refused> {
        let mut state: RwLockWriteGuard<'_, State> =
            self.state.write().unwrap_or_else(PoisonError::into_inner);
        if self.closed.load(Ordering::Relaxed) {
            return Err(Refused::Busy { status: 503, retry_after_secs: DISK_RETRY_SECS });
        }
        let result = change(&mut state);
        self.save(&mut state)?;
        let head = state.head();
        drop(state);
        self.head.send_if_modified(|known| std::mem::replace(known, head) != head);
        Ok(result)
    }

    fn save(&self, state: &mut State) -> Result<(), Refused> {
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(journal) = journal.as_mut()
            && let Err(error) = journal.save(state, self.now())
        {
            tracing::error!(%error, "a change cannot be written down");
            self.behind.store(true, Ordering::Relaxed);
            return Err(Refused::Busy { status: 503, retry_after_secs: DISK_RETRY_SECS });
        }
        // An office whose first command was refused is not in the file yet.
        if !state.is_saved() {
            state.mark_saved();
        }
        self.behind.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Refuses while a change stands in memory alone, after trying to write it
    /// down; and when the server has stopped.
    pub(crate) fn check_saved(&self) -> Result<(), Refused> {
        let is_whole = !self.behind.load(Ordering::Relaxed) && !self.closed.load(Ordering::Relaxed);
        if is_whole { Ok(()) } else { self.change(|_| ()) }
    }

    /// Ends all changes and gives the file free, whoever still holds the hub.
    pub(crate) fn close(&self) {
        let state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        self.closed.store(true, Ordering::Relaxed);
        drop(state);
        self.journal.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    pub(crate) fn leases(&self) -> MutexGuard<'_, Leases> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn cursor(&self, scope: Scope, rev: u64) -> Cursor {
        Cursor { epoch: self.identity.epoch.clone(), scope, rev }
    }
}

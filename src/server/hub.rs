//! What all requests share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tokio::sync::watch;
use uuid::Uuid;

use super::auth::Token;
use super::cursor::Cursor;
use super::faults::Faults;
use super::identity::Identity;
use super::lease::Held;
use super::state::State;
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
    state: RwLock<State>,
    /// Commands that were accepted, with the revision and incident of then.
    accepted: Mutex<HashMap<Uuid, (u64, u32)>>,
    leases: Mutex<HashMap<u32, Held>>,
}

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
    pub(crate) fn new(parts: Parts, state: State) -> Self {
        let Parts { identity, tokens, limits, cursor_horizon, faults, clock } = parts;
        Self {
            identity,
            tokens: tokens.into_iter().map(Arc::new).collect(),
            limits,
            cursor_horizon,
            faults,
            clock,
            head: watch::Sender::new(state.head()),
            state: RwLock::new(state),
            accepted: Mutex::default(),
            leases: Mutex::default(),
        }
    }

    /// A handler that panicked leaves whole objects behind, so a poisoned lock
    /// is as good as another.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and tells the listeners if anything moved.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state: RwLockWriteGuard<'_, State> =
            self.state.write().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut state);
        let head = state.head();
        drop(state);
        self.head.send_if_modified(|known| std::mem::replace(known, head) != head);
        result
    }

    pub(crate) fn accepted(&self) -> MutexGuard<'_, HashMap<Uuid, (u64, u32)>> {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn leases(&self) -> MutexGuard<'_, HashMap<u32, Held>> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn cursor(&self, scope: Scope, rev: u64) -> Cursor {
        Cursor { epoch: self.identity.epoch.clone(), scope, rev }
    }
}

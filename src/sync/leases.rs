//! Who has which incident open: asks for the one that is open here and reads
//! those of the other offices, beside the pulls.
//!
//! Few requests: what is only passed by is never asked for, a lease is renewed at
//! half its time, and the list is read when the stream tells of it, or now and
//! then where there is no stream. Without a connection nothing is known to be open.

mod plan;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use tokio::sync::{Notify, watch};

use super::api::{ApiError, Clock, FeedbackApi};
use super::backoff::{Backoff, luck};
use super::protocol::{Lease, LeaseRequest};
use super::status::StatusBoard;
use crate::domain::Timestamp;
use plan::{Plan, Step};

/// Incidents that other offices have open, by their id on the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leases(BTreeMap<String, Held>);

/// Who has an incident open, and until when at least.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    office: String,
    /// By this machine's clock.
    until: Timestamp,
}

impl Leases {
    /// The office that has the incident open.
    pub fn office(&self, incident: &str) -> Option<&str> {
        self.0.get(incident).map(|held| held.office.as_str())
    }

    /// When the first of them runs out, UTC seconds.
    pub fn next_end(&self) -> Option<u32> {
        self.0.values().map(|held| held.until.0).min()
    }

    /// Those that stand at `now` (UTC seconds).
    #[must_use]
    pub fn standing(&self, now: u32) -> Self {
        let stands = |(_, held): &(&String, &Held)| held.until.0 > now;
        Self(self.0.iter().filter(stands).map(|(id, held)| (id.clone(), held.clone())).collect())
    }

    /// Takes the server's word about one; true where that changed anything.
    /// `skew_secs` is the server's clock minus ours. What stands here under our
    /// own office is nobody else's.
    fn note(&mut self, lease: &Lease, skew_secs: i64) -> bool {
        let until = Timestamp::parse_rfc3339(&lease.until);
        let Some(until) = until.ok().filter(|_| !lease.yours) else {
            return self.0.remove(&lease.incident).is_some();
        };
        let held = Held { office: lease.holder.clone(), until: until.plus_secs(-skew_secs) };
        self.0.insert(lease.incident.clone(), held.clone()).as_ref() != Some(&held)
    }
}

/// What a desk wishes to know and to tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Wish {
    /// Somebody looks at the queue.
    is_watching: bool,
    /// Id of the incident that is open here.
    open: Option<String>,
    /// The server answers.
    is_linked: bool,
}

/// The leases as desk and synchronisation share them.
#[derive(Clone)]
pub struct LeaseBoard(Arc<Shared>);

struct Shared {
    wish: watch::Sender<Wish>,
    moved: Notify,
    standing: Mutex<Arc<Leases>>,
    waker: Waker,
}

impl LeaseBoard {
    /// `waker` is woken when others' leases have changed.
    pub fn new(waker: Waker) -> Self {
        Self(Arc::new(Shared {
            wish: watch::Sender::default(),
            moved: Notify::new(),
            standing: Mutex::default(),
            waker,
        }))
    }

    /// Tells what is open on the screen, by its id on the server. Cheap where
    /// that is as before.
    pub fn wish(&self, is_watching: bool, open: Option<&str>) {
        self.0.wish.send_if_modified(|wish| {
            if wish.is_watching == is_watching && wish.open.as_deref() == open {
                return false;
            }
            wish.is_watching = is_watching;
            wish.open = open.map(str::to_owned);
            true
        });
    }

    /// What others have open, as last heard.
    pub fn get(&self) -> Arc<Leases> {
        Arc::clone(&self.lock())
    }

    /// The list has changed on the server.
    pub(super) fn has_moved(&self) {
        self.0.moved.notify_one();
    }

    /// Whether the server answers. Where it does not, nothing is known.
    pub(super) fn link(&self, is_linked: bool) {
        self.0.wish.send_if_modified(|wish| {
            let before = std::mem::replace(&mut wish.is_linked, is_linked);
            before != is_linked
        });
        if !is_linked {
            self.set(Leases::default());
        }
    }

    /// The server's word, unless it came when the server had already gone.
    fn hear(&self, leases: Leases) {
        if self.0.wish.borrow().is_linked {
            self.set(leases);
        }
    }

    fn set(&self, leases: Leases) {
        let mut standing = self.lock();
        if **standing == leases {
            return;
        }
        *standing = Arc::new(leases);
        drop(standing);
        self.0.waker.wake_by_ref();
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Leases>> {
        self.0.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks and reads until the server says that this token may not.
pub(super) async fn keep<A: FeedbackApi>(
    api: Arc<A>,
    board: LeaseBoard,
    status: StatusBoard,
    clock: Clock,
) {
    let mut wishes = board.0.wish.subscribe();
    let mut plan = Plan::default();
    let mut backoff = Backoff::default();
    loop {
        let wish = wishes.borrow_and_update().clone();
        let now_ms = clock.now_ms();
        if !wish.is_linked {
            backoff.reset();
        }
        plan.follow(&wish, status.get().streaming, now_ms);
        let step = plan.next(now_ms);
        let done = match &step {
            Step::Wait(wait) => {
                let pause = async {
                    match wait {
                        Some(wait) => tokio::time::sleep(*wait).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    changed = wishes.changed() => {
                        // The board outlives its receivers.
                        drop(changed);
                    }
                    () = board.0.moved.notified() => plan.list_moved(),
                    () = pause => {}
                }
                continue;
            }
            Step::GiveBack(incident) => ask(&*api, &board, &status, incident, 0).await,
            Step::Take(incident) => ask(&*api, &board, &status, incident, plan::TTL_SECS).await,
            Step::Read => read(&*api, &board, &status).await,
        };
        match done {
            Ok(()) => backoff.reset(),
            Err(ApiError::Unauthorised | ApiError::Forbidden) => {
                board.set(Leases::default());
                return;
            }
            Err(ApiError::NotOffered { .. }) => {}
            Err(ref error) => {
                tracing::debug!(reason = error.key(), "leases: {error}");
                board.set(Leases::default());
                let rest = backoff.after_failure(luck(), error.retry_after_secs());
                plan.rest(rest, clock.now_ms());
                continue;
            }
        }
        plan.done(step, done.is_ok(), clock.now_ms());
    }
}

async fn ask<A: FeedbackApi>(
    api: &A,
    board: &LeaseBoard,
    status: &StatusBoard,
    incident: &str,
    ttl_secs: u32,
) -> Result<(), ApiError> {
    let wished = LeaseRequest { incident: incident.to_owned(), ttl_secs };
    let lease = api.lease(&wished).await?;
    let mut leases = Leases::clone(&board.get());
    if leases.note(&lease, status.get().clock_skew_secs) {
        board.hear(leases);
    }
    Ok(())
}

async fn read<A: FeedbackApi>(
    api: &A,
    board: &LeaseBoard,
    status: &StatusBoard,
) -> Result<(), ApiError> {
    let skew_secs = status.get().clock_skew_secs;
    let mut leases = Leases::default();
    for lease in api.leases().await? {
        leases.note(&lease, skew_secs);
    }
    board.hear(leases);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOON: u32 = 1_795_417_500;

    fn lease(incident: &str, holder: &str, yours: bool, until: u32) -> Lease {
        let until = Timestamp(until).to_rfc3339();
        Lease { incident: incident.to_owned(), holder: holder.to_owned(), yours, until }
    }

    #[test]
    fn leases_of_others_are_kept_by_our_clock_and_run_out_by_themselves() {
        let mut leases = Leases::default();
        assert!(leases.note(&lease("i-1", "а", false, NOON + 100), 40));
        assert!(!leases.note(&lease("i-1", "а", false, NOON + 100), 40));
        assert!(!leases.note(&lease("i-2", "мы", true, NOON + 100), 40));
        assert!(leases.note(&lease("i-3", "б", false, NOON + 200), 40));
        assert_eq!((leases.office("i-1"), leases.office("i-2")), (Some("а"), None));
        assert_eq!(leases.next_end(), Some(NOON + 60));
        assert_eq!(leases.standing(NOON + 59), leases);
        let later = leases.standing(NOON + 60);
        assert_eq!((later.office("i-1"), later.office("i-3")), (None, Some("б")));
        // What was another's is ours now.
        assert!(leases.note(&lease("i-3", "мы", true, NOON + 300), 40));
        assert_eq!(leases.office("i-3"), None);
    }

    #[test]
    fn without_a_connection_nothing_is_known() {
        let board = LeaseBoard::new(Waker::noop().clone());
        let mut leases = Leases::default();
        leases.note(&lease("i-1", "а", false, NOON + 100), 0);
        board.set(leases);
        board.link(true);
        assert_eq!(board.get().office("i-1"), Some("а"));
        board.link(false);
        assert_eq!(*board.get(), Leases::default());
    }

    #[test]
    fn the_same_wish_twice_wakes_nobody() {
        let board = LeaseBoard::new(Waker::noop().clone());
        let mut wishes = board.0.wish.subscribe();
        board.wish(true, Some("i-1"));
        assert!(wishes.has_changed().unwrap());
        wishes.borrow_and_update();
        board.wish(true, Some("i-1"));
        assert!(!wishes.has_changed().unwrap());
        board.wish(true, None);
        assert!(wishes.has_changed().unwrap());
    }

    #[test]
    fn waiting_is_bounded() {
        let mut plan = Plan::default();
        let wish = Wish { is_watching: true, open: None, is_linked: true };
        plan.follow(&wish, false, 0);
        plan.done(Step::Read, true, 0);
        assert!(matches!(plan.next(0), Step::Wait(Some(wait)) if wait <= Duration::from_mins(1)));
    }
}

//! The synchronisation as a thread of its own.
//!
//! Offline is a state, not an error: what fails in passing is tried again with
//! growing waits, what only a person can mend stands still until told.

mod cycle;

use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::{Notify, watch};

use super::api::{Clock, FeedbackApi};
use super::failure::Failure;
use super::http::{HttpApi, HttpConfig};
use super::leases::LeaseBoard;
use super::push::PushParts;
use super::status::{Phase, StatusBoard};
use crate::board::ChangeSet;
use crate::geo::bounds::LonLatRect;
use crate::store::{Reader, Writer};
use cycle::Engine;

pub use cycle::clock_skew_secs;

/// Under this name the log has what only a person can mend. Whoever runs the
/// engine tells that person in their own way.
pub const REFUSED: &str = "pult::refused";

/// Takes what a transaction changed; called on a thread of the engine.
pub type OnChanges = Arc<dyn Fn(ChangeSet) + Send + Sync>;

/// What the engine works with.
pub struct EngineParts {
    pub writer: Writer,
    /// A reading connection of its own.
    pub reader: Reader,
    /// Where places are believed, see `GeoData::acceptance_bounds`.
    pub region: LonLatRect,
    pub clock: Clock,
    /// Gets what each transaction changed, in order.
    pub changes: OnChanges,
    pub status: StatusBoard,
    /// Seconds between polls where the server has no stream.
    pub poll_secs: u32,
    /// What officers did; `None` only reads.
    pub push: Option<PushParts>,
    /// Who has what open; `None` neither asks nor tells.
    pub leases: Option<LeaseBoard>,
}

/// A running synchronisation. Dropping it stops and joins its thread; what was
/// handed to the store before is still stored.
pub struct SyncEngine {
    stop: watch::Sender<bool>,
    news: Arc<Notify>,
    thread: Option<JoinHandle<()>>,
}

impl SyncEngine {
    /// Starts on a server over HTTP.
    pub fn start(config: &HttpConfig, parts: EngineParts) -> Result<Self, Failure> {
        parts.status.update(|status| status.server = Some(config.server.clone()));
        let api = HttpApi::new(config, parts.clock.clone());
        let status = parts.status.clone();
        api.map_err(|error| {
            refuse(&status, &Failure::Api(error.clone()));
            error.into()
        })
        .and_then(|api| Self::start_with(api, parts))
    }

    /// Starts on any feedback API.
    pub fn start_with<A: FeedbackApi>(api: A, parts: EngineParts) -> Result<Self, Failure> {
        let (stop, stopped) = watch::channel(false);
        let news = Arc::new(Notify::new());
        let status = parts.status.clone();
        let engine = Engine::new(api, parts, Arc::clone(&news), stopped);
        let thread = std::thread::Builder::new()
            .name("sync".to_owned())
            .spawn(move || match runtime() {
                Ok(runtime) => runtime.block_on(engine.run()),
                Err(error) => refuse(&status, &error),
            })
            .map_err(Failure::NoThread)?;
        Ok(Self { stop, news, thread: Some(thread) })
    }

    /// For who does not own the engine.
    pub fn nudge(&self) -> Nudge {
        Nudge(Arc::clone(&self.news))
    }
}

/// Wakes a running synchronisation; does nothing once it has ended.
#[derive(Clone)]
pub struct Nudge(Arc<Notify>);

impl Nudge {
    /// Sends and pulls at once, whatever wait is under way, unless the server
    /// asked us to stay away.
    pub fn sync_now(&self) {
        self.0.notify_one();
    }
}

impl Drop for SyncEngine {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the synchronisation panicked");
        }
    }
}

/// Synchronises once, on the calling thread; gives up after so many failures
/// in a row.
pub fn sync_once<A: FeedbackApi>(api: A, parts: EngineParts, attempts: u32) -> Result<(), Failure> {
    // The sender lives to the end: nobody stops a single synchronisation.
    let (_stop, stopped) = watch::channel(false);
    let engine = Engine::new(api, parts, Arc::default(), stopped);
    runtime()?.block_on(engine.run_once(attempts))
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .thread_name("sync-worker")
        .build()
        .map_err(Failure::NoThread)
}

fn refuse(status: &StatusBoard, failure: &Failure) {
    tracing::error!(target: REFUSED, reason = failure.key(), "{failure}");
    status.update(|status| {
        status.phase = Phase::Refused { reason: failure.key() };
        status.last_error = Some(failure.to_string());
        status.next_attempt_at = None;
        status.failures += 1;
    });
}

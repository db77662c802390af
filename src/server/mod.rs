//! The reference feedback API: a made-up region, or a recorded stream of
//! requests, behind `data/feedback-api.yaml`. For demonstration, training and
//! tests.

mod auth;
mod body;
mod changes;
mod commands;
mod content;
mod cursor;
mod desk;
mod direct;
mod due;
mod faults;
mod generate;
mod hub;
mod identity;
mod info;
mod json;
mod lease;
mod living;
mod officers;
mod payload;
mod query;
mod receipts;
mod record;
mod refusal;
mod replay;
mod router;
mod state;
mod stream;
mod tokens;
mod truth;
mod wire;
mod world;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

pub use auth::Token;
pub use direct::DirectApi;
pub use faults::{Fault, FaultError, FaultKind};
pub use generate::Extent;
pub use receipts::{PlantedBurst, Receipt, Receipts};
pub use replay::{ReplayEnd, ReplayError, ReplayOptions};
pub use state::JournalError;
pub use tokens::TokensError;
pub use truth::Truth;

use crate::domain::{DataError, Role, Timestamp};
use crate::sync::protocol::{Limits, Scope};
use content::Content;
use faults::Faults;
use hub::{Hub, Parts};
use living::Pulse;
use officers::Officers;
use world::World;

/// How to start a server.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Port 0 takes a free one.
    pub addr: SocketAddr,
    pub incidents: u64,
    /// Days of history; `None` chooses so that daily volumes look like a region's.
    pub days: Option<u32>,
    /// Logs of incidents older than this many days are left out.
    pub log_days: u32,
    pub seed: u64,
    /// The history ends here; `None` is the start of the server.
    pub history_end: Option<Timestamp>,
    /// Generates, then stands still.
    pub frozen: bool,
    /// How many times faster than in life incidents come and move on.
    pub rate: f64,
    /// Made-up officers at work beside those who ask.
    pub officers: u32,
    /// A recorded stream instead of a made-up region.
    pub replay: Option<ReplayOptions>,
    pub tokens: Vec<Token>,
    /// Keeps in `server.db` what happens after the history, so that a restart
    /// with the same options goes on; `None` writes nothing. A file that was
    /// copied back from a backup without its `server.mark` gets a new epoch.
    pub data_dir: Option<PathBuf>,
    pub limits: Limits,
    /// Cursors further behind the head than this many revisions are expired.
    pub cursor_horizon: Option<u64>,
    pub faults: Vec<Fault>,
    /// Reads the clock.
    pub clock: fn() -> Timestamp,
}

impl ServerOptions {
    /// 100,000 incidents on a free port of loopback, living, and nobody who
    /// may ask.
    pub fn new(clock: fn() -> Timestamp) -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 0)),
            incidents: 100_000,
            days: None,
            log_days: 300,
            seed: 1,
            history_end: None,
            frozen: false,
            rate: 20.0,
            officers: 0,
            replay: None,
            tokens: Vec::new(),
            data_dir: None,
            limits: Limits { page_lines: 10_000, ..Limits::default() },
            cursor_horizon: None,
            faults: Vec::new(),
            clock,
        }
    }

    /// With a token of a duty officer, who may do most.
    #[must_use]
    pub fn with_token(mut self, secret: &str) -> Self {
        let office = "Дежурный ЦУР (рабочее место)";
        self.tokens.push(Token::new(secret, Role::Duty, Scope::Desk, office));
        self
    }

    /// With a token of scope `wall`.
    #[must_use]
    pub fn with_wall_token(mut self, secret: &str) -> Self {
        self.tokens.push(Token::new(secret, Role::Curator, Scope::Wall, "Видеостена"));
        self
    }
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("cannot listen on {addr}")]
    Listen { addr: SocketAddr, source: io::Error },
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("no thread for the server")]
    Thread(#[source] io::Error),
    #[error("the demonstration's data is damaged")]
    Data(#[from] DataError),
    #[error("the recorded stream cannot be replayed")]
    Replay(#[from] ReplayError),
    #[error("{0} incidents are more than this server can number")]
    TooMany(u64),
}

/// The server; see [`Server::start`].
pub struct Server;

/// Most incidents of one server: with their events they share 30 bits.
const MOST_INCIDENTS: u64 = 50_000_000;

impl Server {
    /// Makes the history, listens, and serves on threads of its own until the
    /// handle is dropped.
    pub fn start(options: ServerOptions) -> Result<RunningServer, ServerError> {
        if options.incidents > MOST_INCIDENTS {
            return Err(ServerError::TooMany(options.incidents));
        }
        let listen = |source| ServerError::Listen { addr: options.addr, source };
        let listener = std::net::TcpListener::bind(options.addr).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let addr = listener.local_addr().map_err(listen)?;

        let world = World::embedded()?;
        let content = Content::of(&world, &options)?;
        let Content { state, pulse, identity, journal, truth } = content;
        let faults = Faults::default();
        faults.set(&options.faults);
        let parts = Parts {
            identity,
            tokens: options.tokens,
            limits: options.limits,
            cursor_horizon: options.cursor_horizon,
            faults,
            clock: options.clock,
        };
        let hub = Arc::new(Hub::new(parts, state, journal));
        let officers = (options.officers > 0)
            .then(|| Officers::new(options.officers, options.seed, world, (options.clock)()));
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&hub);
        let thread = std::thread::Builder::new()
            .name("feedback-api".to_owned())
            .spawn(move || serve(listener, served, Beings { pulse, officers }, stopped))
            .map_err(ServerError::Thread)?;
        Ok(RunningServer { addr, hub, truth, stop: Some(stop), thread: Some(thread) })
    }
}

/// A server that stops when this is dropped.
pub struct RunningServer {
    addr: SocketAddr,
    hub: Arc<Hub>,
    truth: Option<Truth>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl RunningServer {
    /// Where it listens, with the real port.
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What was planted in a made-up history; a recorded one has no truth.
    pub const fn truth(&self) -> Option<&Truth> {
        self.truth.as_ref()
    }

    /// The newest revision.
    pub fn head(&self) -> u64 {
        *self.hub.head.borrow()
    }

    /// The server without HTTP between, in the name of that token; `None` for
    /// one that it does not know.
    pub fn direct(&self, token: &str) -> Option<DirectApi> {
        DirectApi::new(&self.hub, token)
    }

    /// Exchanges the faults that strike from now on.
    pub fn set_faults(&self, faults: &[Fault]) {
        self.hub.faults.set(faults);
    }

    /// Stops serving and waits until the threads are gone.
    pub fn shutdown(self) {
        drop(self);
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        // Dropping the sender tells as much as sending.
        self.stop.take();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the server's thread ended in a panic");
        }
        self.hub.close();
    }
}

/// Who changes things by themselves.
struct Beings {
    pulse: Option<Pulse>,
    officers: Option<Officers>,
}

fn serve(
    listener: std::net::TcpListener,
    hub: Arc<Hub>,
    beings: Beings,
    stopped: oneshot::Receiver<()>,
) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no runtime for the server");
            return;
        }
    };
    runtime.block_on(async {
        if let Some(pulse) = beings.pulse {
            tokio::spawn(living::beat(pulse, Arc::clone(&hub)));
        }
        if let Some(officers) = beings.officers {
            tokio::spawn(officers::work(officers, Arc::clone(&hub)));
        }
        let listener = match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => listener,
            Err(error) => {
                tracing::error!(%error, "the listener cannot be used");
                return;
            }
        };
        let service = async move { axum::serve(listener, router::router(hub)).await };
        tokio::select! {
            served = service => if let Err(error) = served {
                tracing::error!(%error, "the server ended");
            },
            // Either way of ending the channel means stop.
            _ = stopped => {}
        }
    });
    runtime.shutdown_timeout(Duration::from_millis(200));
}

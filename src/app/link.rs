//! The link to a server: finds the token, starts the synchronisation, tries a
//! connection out. All of it on a lane, for each may wait.

use std::path::PathBuf;
use std::time::Duration;

use super::desk::Desk;
use super::lane::Cancel;
use super::state::ConnectionTest;
use super::{clock, secret};
use crate::config::Settings;
use crate::domain::Timestamp;
use crate::geo::layers::GeoData;
use crate::store::{Officer, Reader, Writer};
use crate::sync::PushParts;
use crate::sync::api::{ApiError, Clock, FeedbackApi as _, check_protocol};
use crate::sync::engine::{EngineParts, Nudge, OnChanges, SyncEngine};
use crate::sync::http::{HttpApi, HttpConfig};
use crate::sync::leases::LeaseBoard;
use crate::sync::protocol::Info;
use crate::sync::status::{Phase, StatusBoard};

/// Asks for a link to be made.
pub struct LinkQuestion {
    pub settings: Settings,
    pub data_dir: PathBuf,
    /// Given by the person or the environment; `None` looks where it is kept.
    pub token: Option<String>,
    /// True where the token is to be kept for the next start.
    pub keep_token: bool,
    /// Office that signs in with it, and when.
    pub sign_in: Option<(Officer, Timestamp)>,
    pub writer: Writer,
    pub changes: OnChanges,
    pub push: PushParts,
    pub leases: LeaseBoard,
    pub status: StatusBoard,
}

/// What came of it, and a notice where the person should know more.
pub struct LinkAnswer {
    /// Wakes the engine that runs now, where one does.
    pub nudge: Option<Nudge>,
    pub notice: Option<(&'static str, String)>,
    /// The one that is in use.
    pub token: Option<String>,
    /// False where an office was to be signed in, and could not be written down.
    pub is_signed_in: bool,
}

impl LinkAnswer {
    const fn without_engine(notice: Option<(&'static str, String)>, token: Option<String>) -> Self {
        Self { nudge: None, notice, token, is_signed_in: true }
    }
}

/// Makes links, one at a time. It owns the engine, so that one has ended before
/// the next begins: two would pull against each other, and send under two tokens.
/// Each reads through a connection that is opened here: that may wait for another
/// program, and the desk may not.
pub fn links(reader: Reader) -> impl FnMut(LinkQuestion, &Cancel) -> Option<LinkAnswer> + Send {
    let mut running: Option<SyncEngine> = None;
    move |question, _| {
        drop(running.take());
        let (engine, answer) = link(question, &reader);
        running = engine;
        Some(answer)
    }
}

fn link(question: LinkQuestion, reader: &Reader) -> (Option<SyncEngine>, LinkAnswer) {
    // Only now: what the office made before must not go out under another's token.
    if let Some((officer, at)) = &question.sign_in
        && !sign_in(&question.push, officer, *at)
    {
        // Nothing is sent under a token whose office does not stand here.
        let refused = LinkAnswer { is_signed_in: false, ..LinkAnswer::without_engine(None, None) };
        return (None, refused);
    }
    let Some(server) = question.settings.server.clone() else {
        question.status.update(|status| status.phase = Phase::NotConfigured);
        return (None, LinkAnswer::without_engine(None, None));
    };
    let mut notice = None;
    let token = match question.token {
        Some(token) => {
            if question.keep_token {
                notice = keep(&server, &token, &question.data_dir);
            }
            Some(token)
        }
        None => secret::load(&server, &question.data_dir),
    };
    let Some(token) = token else {
        question.status.update(|status| status.phase = Phase::Refused { reason: "no-token" });
        return (None, LinkAnswer::without_engine(notice, None));
    };
    let used = Some(token.clone());
    let reader = match reader.another() {
        Ok(reader) => reader,
        Err(error) => {
            tracing::error!(%error, "the store gave no connection for the synchronisation");
            question.status.update(|status| {
                status.phase = Phase::Refused { reason: "store" };
                status.last_error = Some(error.to_string());
            });
            return (None, LinkAnswer::without_engine(notice, used));
        }
    };
    let config = config(&question.settings, server, token);
    let status = question.status.clone();
    let parts = EngineParts {
        writer: question.writer,
        reader,
        region: GeoData::embedded().acceptance_bounds(),
        clock: Clock::new(clock::now_ms),
        changes: question.changes,
        status: question.status,
        poll_secs: question.settings.poll_secs,
        push: Some(question.push),
        leases: Some(question.leases),
    };
    let engine = match SyncEngine::start(&config, parts) {
        Ok(engine) => Some(engine),
        Err(error) => {
            tracing::error!(%error, "the synchronisation did not start");
            status.update(|status| {
                status.phase = Phase::Refused { reason: error.key() };
                status.last_error = Some(error.to_string());
            });
            None
        }
    };
    let nudge = engine.as_ref().map(SyncEngine::nudge);
    (engine, LinkAnswer { nudge, notice, token: used, is_signed_in: true })
}

/// A wall whose link was refused makes it anew after this.
const AGAIN: Duration = Duration::from_mins(10);

impl Desk {
    /// Makes the link of a wall anew that was refused: nobody stands there to ask for it, and
    /// what refused it, a token that a keyring or a server does not know, a certificate or a
    /// busy disk, may be mended by now.
    pub(super) fn link_again(&mut self) {
        let is_refused = matches!(self.state.sync.phase, Phase::Refused { .. });
        if !is_refused || !self.state.is_wall {
            self.refused_since = None;
            return;
        }
        let since = *self.refused_since.get_or_insert(self.moment.tick);
        if self.moment.tick.saturating_sub(since) >= AGAIN {
            self.refused_since = None;
            self.start_link(self.given_token.clone(), false);
        }
    }
}

/// True where it stands in the outbox's file.
fn sign_in(push: &PushParts, officer: &Officer, at: Timestamp) -> bool {
    let mut outbox = push.outbox.lock();
    let done = outbox.sign_in(officer, at).and_then(|()| outbox.unlock(officer, at));
    drop(outbox);
    if let Err(error) = &done {
        tracing::error!(%error, "an office could not be signed in");
    }
    (push.told)();
    done.is_ok()
}

fn keep(server: &str, token: &str, data_dir: &std::path::Path) -> Option<(&'static str, String)> {
    match secret::save(server, token, data_dir) {
        Ok(secret::Kept::Keyring) => None,
        Ok(secret::Kept::File(path)) => Some(("notice-token-in-file", path.display().to_string())),
        Err(error) => Some(("notice-token-not-kept", error.to_string())),
    }
}

pub(super) fn config(settings: &Settings, server: String, token: String) -> HttpConfig {
    HttpConfig {
        server,
        token,
        root_certificate: settings.root_certificate.clone(),
        proxy: settings.proxy.clone(),
    }
}

/// Asks for a connection to be tried out; nothing is stored.
pub struct Probe {
    pub server: String,
    pub token: String,
    pub settings: Settings,
}

/// Asks the server who it is.
#[expect(clippy::needless_pass_by_value, reason = "a lane hands its question over")]
pub fn probe(question: Probe, _cancel: &Cancel) -> Option<ConnectionTest> {
    let config = config(&question.settings, question.server.clone(), question.token.clone());
    let asked = match info(&config) {
        Ok(asked) => asked,
        Err(error) => {
            return Some(ConnectionTest::Failed { reason: "no-thread", detail: error.to_string() });
        }
    };
    Some(match asked {
        Ok(info) => ConnectionTest::Passed {
            region: info.region.name,
            role: info.token.role,
            incidents: info.counts.get("incident").copied().unwrap_or_default(),
            demo: info.demo,
        },
        Err(error) => ConnectionTest::Failed { reason: error.key(), detail: error.to_string() },
    })
}

/// What the server says of itself and of the token. The outer error is the
/// system's, where nothing can be asked.
pub(super) fn info(config: &HttpConfig) -> std::io::Result<Result<Info, ApiError>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(async {
        let info = HttpApi::new(config, Clock::new(clock::now_ms))?.info().await?;
        check_protocol(&info.protocol)?;
        Ok(info)
    }))
}

//! The server without HTTP between: for tests that play thousands of cases.
//! Requests go the same way as those by HTTP, and the same faults strike them.

use std::sync::Arc;

use tokio::sync::watch;

use super::auth::Token;
use super::faults::{FaultKind, Struck};
use super::hub::Hub;
use super::refusal::Refused;
use super::wire::incident_index;
use super::world::BORDERS;
use super::{changes, commands, info, lease};
use crate::sync::api::{ApiError, FeedbackApi, Heard};
use crate::sync::lines::{LineLimits, LineSplitter, Page};
use crate::sync::protocol::{CommandAnswer, CommandLine, Info, Lease, LeaseRequest};

/// One token's requests to a server of the same process.
pub struct DirectApi {
    hub: Arc<Hub>,
    token: Arc<Token>,
}

impl DirectApi {
    /// `None` for a token that the server does not know.
    pub(crate) fn new(hub: &Arc<Hub>, secret: &str) -> Option<Self> {
        let token = hub.tokens.iter().find(|token| token.is(secret.as_bytes()))?;
        Some(Self { hub: Arc::clone(hub), token: Arc::clone(token) })
    }

    /// Lets a request meet the faults of the server.
    fn ask<T>(&self, handle: impl Fn(&Struck) -> Result<T, Refused>) -> Result<T, ApiError> {
        let struck = self.hub.faults.strike();
        if struck.has(FaultKind::LoseRequest) {
            return Err(ApiError::Unreachable);
        }
        if struck.has(FaultKind::Failed) {
            return Err(ApiError::Failed { status: 500, retry_after_secs: None });
        }
        for (kind, status) in [(FaultKind::Unavailable, 503), (FaultKind::TooMany, 429)] {
            if struck.has(kind) {
                return Err(ApiError::Busy { status, retry_after_secs: Some(1) });
            }
        }
        if struck.has(FaultKind::Html) {
            return Err(ApiError::WebPage);
        }
        self.hub.check_saved().map_err(as_error)?;
        if struck.has(FaultKind::Repeat) {
            // The first answer is lost on the way, whatever it was.
            drop(handle(&struck));
        }
        let answer = handle(&struck).map_err(as_error);
        if struck.has(FaultKind::LoseAnswer) { Err(ApiError::Cut) } else { answer }
    }
}

impl FeedbackApi for DirectApi {
    async fn info(&self) -> Result<Info, ApiError> {
        self.ask(|_| Ok(info::info_for(&self.hub, &self.token)))
    }

    async fn changes(
        &self,
        after: Option<&str>,
        limit: u32,
        line_bytes: usize,
    ) -> Result<Page, ApiError> {
        let (bytes, is_cut) = self.ask(|struck| {
            let page = changes::page(&self.hub, &self.token, after, limit, struck)?;
            Ok((page, struck.has(FaultKind::Cut)))
        })?;
        let mut splitter = LineSplitter::new(LineLimits::with_line_bytes(line_bytes));
        if is_cut {
            splitter.push(&bytes[..bytes.len() / 2])?;
            return Ok(splitter.finish_cut());
        }
        splitter.push(&bytes)?;
        Ok(splitter.finish()?)
    }

    async fn listen(&self, heard: impl Fn(Heard) + Send) -> Result<(), ApiError> {
        let (mut head, mut leases) = (self.hub.head.subscribe(), self.hub.leases_moved.subscribe());
        heard(Heard::HeadMoved);
        let gone = |changed: Result<(), watch::error::RecvError>| changed.is_err();
        loop {
            tokio::select! {
                changed = head.changed() => {
                    if gone(changed) { return Ok(()); }
                    heard(Heard::HeadMoved);
                }
                changed = leases.changed() => {
                    if gone(changed) { return Ok(()); }
                    if !self.token.reads_only() { heard(Heard::LeasesMoved); }
                }
            }
        }
    }

    async fn commands(&self, lines: &[CommandLine]) -> Result<Vec<CommandAnswer>, ApiError> {
        let malformed = |_| ApiError::Malformed { request: "commands" };
        let lines: Vec<Vec<u8>> =
            lines.iter().map(serde_json::to_vec).collect::<Result<_, _>>().map_err(malformed)?;
        let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
        self.ask(|_| commands::answer_all(&self.hub, &self.token, &lines))
    }

    async fn lease(&self, wished: &LeaseRequest) -> Result<Lease, ApiError> {
        self.ask(|_| {
            let known = |index: &u32| (*index as usize) < self.hub.read().incidents.len();
            let index = incident_index(&wished.incident).filter(known);
            let index = index.ok_or(Refused::NoSuchIncident)?;
            self.token.check_acts()?;
            Ok(self.hub.lease(&self.token, index, wished.ttl_secs))
        })
    }

    async fn leases(&self) -> Result<Vec<Lease>, ApiError> {
        self.ask(|_| lease::standing(&self.hub, &self.token).map(|list| list.leases))
    }

    async fn borders(&self) -> Result<Option<Vec<u8>>, ApiError> {
        self.ask(|_| Ok(Some(BORDERS.as_bytes().to_vec())))
    }
}

/// What the client makes of a refusal.
fn as_error(refused: Refused) -> ApiError {
    let status = refused.status().as_u16();
    match refused {
        Refused::Unauthorised => ApiError::Unauthorised,
        Refused::Forbidden => ApiError::Forbidden,
        Refused::CursorExpired => ApiError::CursorExpired,
        Refused::NoSuchIncident | Refused::NoSuchPath | Refused::Method => {
            ApiError::NotOffered { status }
        }
        Refused::Busy { status, retry_after_secs } => {
            ApiError::Busy { status, retry_after_secs: Some(retry_after_secs) }
        }
        Refused::Failed => ApiError::Failed { status, retry_after_secs: None },
        other => ApiError::Refused { status, code: other.code().to_owned() },
    }
}

//! Faults put in on purpose, for tests and training.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use futures_util::{StreamExt, stream};

use super::hub::Hub;
use super::refusal::Refused;

/// How long a slow answer waits.
const SLOW: Duration = Duration::from_millis(1_500);
/// How long a late answer is held back: others overtake it.
const LATE: Duration = Duration::from_millis(300);
const RETRY_AFTER_SECS: u32 = 1;
/// How long a cut body waits before it breaks.
const BREATH: Duration = Duration::from_millis(100);
/// Bytes in a piece of a body that is going to be cut.
const PIECE: usize = 16 << 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Waits before it answers.
    Slow,
    /// Carries the request out at once and holds the answer back for a while.
    Late,
    /// Breaks the connection and carries nothing out.
    LoseRequest,
    /// Carries the request out and breaks the connection before the answer.
    LoseAnswer,
    /// Carries the request out twice, as when a proxy tries again, and gives
    /// the second answer.
    Repeat,
    /// Stops in the middle of the body.
    Cut,
    /// Answers 200 with a web page.
    Html,
    /// 500 without a word.
    Failed,
    /// 503 with Retry-After.
    Unavailable,
    /// 429 with Retry-After.
    TooMany,
    /// Puts lines into pages that no client can use.
    BadLines,
    /// Says 410 to a good cursor.
    ExpireCursors,
}

/// A fault that strikes every so many requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    /// 1 strikes always.
    pub every: u32,
}

/// A fault that is not written as `KIND` or `KIND:EVERY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a fault is one of slow, late, lose-request, lose-answer, repeat, cut, html, 500, 503, 429, bad-lines, expire-cursors, with `:N` for every Nth request"
)]
pub struct FaultError;

impl FromStr for Fault {
    type Err = FaultError;

    /// `cut` strikes every third request, `cut:1` each one.
    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (kind, every) = text.split_once(':').unwrap_or((text, "3"));
        let kind = match kind {
            "slow" => FaultKind::Slow,
            "late" => FaultKind::Late,
            "lose-request" => FaultKind::LoseRequest,
            "lose-answer" => FaultKind::LoseAnswer,
            "repeat" => FaultKind::Repeat,
            "cut" => FaultKind::Cut,
            "html" => FaultKind::Html,
            "500" => FaultKind::Failed,
            "503" => FaultKind::Unavailable,
            "429" => FaultKind::TooMany,
            "bad-lines" => FaultKind::BadLines,
            "expire-cursors" => FaultKind::ExpireCursors,
            _ => return Err(FaultError),
        };
        let every = every.parse().ok().filter(|every| *every > 0).ok_or(FaultError)?;
        Ok(Self { kind, every })
    }
}

/// The faults of a running server; they can be exchanged while it runs.
#[derive(Default)]
pub(crate) struct Faults(RwLock<Vec<Counted>>);

struct Counted {
    fault: Fault,
    requests: AtomicU32,
}

/// The faults that struck one request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Struck(Vec<FaultKind>);

impl Faults {
    pub(crate) fn set(&self, faults: &[Fault]) {
        let counted = |fault: &Fault| Counted { fault: *fault, requests: AtomicU32::new(0) };
        *self.0.write().unwrap_or_else(PoisonError::into_inner) =
            faults.iter().map(counted).collect();
    }

    /// Counts one request and tells which faults it meets.
    pub(crate) fn strike(&self) -> Struck {
        let faults = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let meets = |counted: &&Counted| {
            let number = counted.requests.fetch_add(1, Ordering::Relaxed) + 1;
            number.is_multiple_of(counted.fault.every)
        };
        Struck(faults.iter().filter(meets).map(|counted| counted.fault.kind).collect())
    }
}

impl Struck {
    pub(crate) fn has(&self, kind: FaultKind) -> bool {
        self.0.contains(&kind)
    }

    /// Adds unusable lines to a page, if that is the fault.
    pub(crate) fn spoil(&self, page: &mut Vec<u8>) {
        if !self.has(FaultKind::BadLines) {
            return;
        }
        let deep = "[".repeat(2_000);
        let lines: [&[u8]; 9] = [
            b"{\"kind\":\"incident\",\"id\":\"bad-1\",\"rev\":1,\"data\":{\"regime\":\"pos\"",
            b"{\"kind\":\"incident\",\"id\":\"bad-2\",\"rev\":1,\"data\":{\"regime\":\"pos\",\"source\":\"pos\",\"block\":\"zhkh\",\"status\":\"new\",\"priority\":0,\"received_at\":\"2026-01-01T00:00:00Z\",\"lat\":NaN,\"lon\":91.4}}",
            b"{\"kind\":\"incident\",\"id\":\"bad-3\",\"rev\":1,\"data\":{\"regime\":\"pos\",\"source\":\"pos\",\"block\":\"zhkh\",\"status\":\"new\",\"priority\":0,\"received_at\":\"0000-01-01T00:00:00Z\"}}",
            b"{\"kind\":\"incident\",\"id\":\"bad-4\",\"rev\":1,\"data\":{\"regime\":\"pos\",\"source\":\"pos\",\"block\":\"zhkh\",\"status\":\"new\",\"priority\":0,\"received_at\":\"9999-01-01T00:00:00Z\"}}",
            b"{\"kind\":\"wormhole\",\"id\":\"w-1\",\"rev\":1,\"data\":{\"unknown\":true}}",
            b"\xff\xfe not utf-8",
            b"<html>",
            b"{\"rev\":18446744073709551616}",
            deep.as_bytes(),
        ];
        for line in lines {
            page.extend_from_slice(line);
            page.push(b'\n');
        }
    }
}

/// Lets the faults strike; the stream of events is spared.
pub(crate) async fn inject(
    State(hub): State<Arc<Hub>>,
    mut request: Request,
    next: Next,
) -> Response {
    if request.uri().path().ends_with("/stream") {
        return next.run(request).await;
    }
    let struck = hub.faults.strike();
    let busy =
        |status| Refused::Busy { status, retry_after_secs: RETRY_AFTER_SECS }.into_response();
    if struck.has(FaultKind::Failed) {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    if struck.has(FaultKind::Unavailable) {
        return busy(503);
    }
    if struck.has(FaultKind::TooMany) {
        return busy(429);
    }
    if struck.has(FaultKind::Html) {
        return Html("<!doctype html><html><title>Sign in</title></html>").into_response();
    }
    if struck.has(FaultKind::LoseRequest) {
        return no_answer();
    }
    if struck.has(FaultKind::Slow) {
        tokio::time::sleep(SLOW).await;
    }
    let after = struck.clone();
    request.extensions_mut().insert(struck);
    let response = if after.has(FaultKind::Repeat) {
        twice(request, next).await
    } else {
        next.run(request).await
    };
    if after.has(FaultKind::Late) {
        tokio::time::sleep(LATE).await;
    }
    if after.has(FaultKind::LoseAnswer) {
        // The handler came to its end, so what was asked is done.
        return no_answer();
    }
    if after.has(FaultKind::Cut) { cut_off(response).await } else { response }
}

/// Carries a request out two times; the first answer is lost.
async fn twice(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(whole) = axum::body::to_bytes(body, usize::MAX).await else {
        return Refused::Failed.into_response();
    };
    let again = Request::from_parts(parts.clone(), Body::from(whole.clone()));
    drop(next.clone().run(Request::from_parts(parts, Body::from(whole))).await);
    next.run(again).await
}

/// Ends the connection before the head of an answer goes out: a body that
/// breaks at once is never begun.
fn no_answer() -> Response {
    let broken = stream::once(async { Err::<Bytes, _>(std::io::Error::other("lost on purpose")) });
    Response::new(Body::from_stream(broken))
}

/// Sends half of the body and breaks the connection.
async fn cut_off(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(whole) = axum::body::to_bytes(body, usize::MAX).await else {
        return Refused::Failed.into_response();
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    let half = whole.slice(..whole.len() / 2);
    let pieces: Vec<Bytes> = (0..half.len())
        .step_by(PIECE)
        .map(|at| half.slice(at..half.len().min(at + PIECE)))
        .collect();
    // The pieces must be on their way before the connection breaks.
    let broken = stream::iter(pieces).map(Ok).chain(stream::once(async {
        tokio::time::sleep(BREATH).await;
        Err(std::io::Error::other("cut on purpose"))
    }));
    Response::from_parts(parts, Body::from_stream(broken))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_a_word_with_how_often() {
        let read = |text: &str| text.parse::<Fault>();
        assert_eq!(read("cut"), Ok(Fault { kind: FaultKind::Cut, every: 3 }));
        assert_eq!(read("503:1"), Ok(Fault { kind: FaultKind::Unavailable, every: 1 }));
        assert_eq!(read("lose-answer:2"), Ok(Fault { kind: FaultKind::LoseAnswer, every: 2 }));
        for text in ["", "fire", "cut:0", "cut:", "cut:x"] {
            assert_eq!(read(text), Err(FaultError), "{text}");
        }
    }

    #[test]
    fn it_strikes_every_nth_request() {
        let faults = Faults::default();
        faults.set(&[Fault { kind: FaultKind::Cut, every: 3 }]);
        let struck: Vec<bool> = (0..6).map(|_| faults.strike().has(FaultKind::Cut)).collect();
        assert_eq!(struck, [false, false, true, false, false, true]);
        faults.set(&[]);
        assert!(!faults.strike().has(FaultKind::Cut));
    }
}

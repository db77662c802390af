//! What the engine needs from a feedback API, whoever speaks it.

use std::future::Future;
use std::sync::Arc;

use super::lines::{LineError, Page};
use super::protocol::{CommandAnswer, CommandLine, Info, Lease, LeaseRequest, PROTOCOL};

/// A source of changes and a taker of commands.
pub trait FeedbackApi: Send + Sync + 'static {
    /// Who answers, what the token may see and how much there is.
    fn info(&self) -> impl Future<Output = Result<Info, ApiError>> + Send;

    /// At most `limit` changes after `after` (from the beginning for `None`).
    /// A page that broke off is no error: it says so itself, and its complete
    /// lines are good.
    fn changes(
        &self,
        after: Option<&str>,
        limit: u32,
        line_bytes: usize,
    ) -> impl Future<Output = Result<Page, ApiError>> + Send;

    /// Listens until the stream ends and tells what comes in. A server without
    /// a stream is [`ApiError::NotOffered`].
    fn listen(
        &self,
        heard: impl Fn(Heard) + Send,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;

    /// Sends commands; the answers come in the order sent.
    fn commands(
        &self,
        commands: &[CommandLine],
    ) -> impl Future<Output = Result<Vec<CommandAnswer>, ApiError>> + Send;

    /// Asks for a lease on an incident, renews or (for 0 seconds) gives it back;
    /// the answer tells who holds it. A server that knows no leases, or not the
    /// incident, is [`ApiError::NotOffered`].
    fn lease(&self, request: &LeaseRequest)
    -> impl Future<Output = Result<Lease, ApiError>> + Send;

    /// The leases that stand now, of all offices. A server without such a list
    /// is [`ApiError::NotOffered`].
    fn leases(&self) -> impl Future<Output = Result<Vec<Lease>, ApiError>> + Send {
        async { Err(ApiError::NotOffered { status: 404 }) }
    }

    /// `GeoJSON` of the region's municipalities; `None` where the server keeps none.
    fn borders(&self) -> impl Future<Output = Result<Option<Vec<u8>>, ApiError>> + Send;
}

/// What came in on a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The connection stands and nothing is new.
    Alive,
    /// There is something to pull.
    HeadMoved,
    /// Somebody opened an incident or left it: the list of leases changed.
    LeasesMoved,
}

/// Reads the clock: milliseconds since 1970, UTC. It is handed down from the
/// one place that knows the time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    pub fn new(read_ms: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(read_ms))
    }

    pub fn now_ms(&self) -> i64 {
        (self.0)()
    }

    /// Whole seconds since 1970, UTC.
    pub fn now_secs(&self) -> u32 {
        u32::try_from(self.now_ms().max(0) / 1000).unwrap_or(u32::MAX)
    }
}

/// Why a server gave no answer that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    #[error("the server address is not a web address beginning with http:// or https://")]
    Address,
    #[error("the proxy address is not understood")]
    Proxy,
    #[error("the root certificate file cannot be used: {reason}")]
    RootCertificate { reason: String },
    #[error("no secure connection can be prepared on this machine: {reason}")]
    Tls { reason: String },
    #[error("the server cannot be reached")]
    Unreachable,
    #[error(
        "the server's certificate is not trusted; its root certificate can be added in the settings"
    )]
    Certificate,
    #[error("the server did not answer in time")]
    TimedOut,
    #[error("the server's answer broke off")]
    Cut,
    #[error("the server does not know this token (401)")]
    Unauthorised,
    #[error("the token may not do this (403)")]
    Forbidden,
    #[error("the server no longer knows our place in the changes (410)")]
    CursorExpired,
    #[error("the server does not offer this ({status})")]
    NotOffered { status: u16 },
    #[error("the server is busy ({status})")]
    Busy { status: u16, retry_after_secs: Option<u32> },
    #[error("the server failed ({status})")]
    Failed { status: u16, retry_after_secs: Option<u32> },
    #[error("the server refused the request ({status}, {code})")]
    Refused { status: u16, code: String },
    #[error("the server sends us to another address ({status}): set that one in the settings")]
    Redirected { status: u16 },
    #[error("a web page came instead of data: a proxy, a login page or not a feedback API")]
    WebPage,
    #[error("the answer decodes to more than {limit_mb} MB and was cut off")]
    TooLarge { limit_mb: u32 },
    #[error("the server's answer to {request} is not as pult-feedback/1 says")]
    Malformed { request: &'static str },
    #[error(
        "the server speaks {theirs}, this program speaks {PROTOCOL}; one of them needs an update"
    )]
    Protocol { theirs: String },
}

impl ApiError {
    /// Stable name, for texts and counters.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Proxy => "proxy",
            Self::RootCertificate { .. } => "root-certificate",
            Self::Tls { .. } => "tls",
            Self::Unreachable => "unreachable",
            Self::Certificate => "certificate",
            Self::TimedOut => "timed-out",
            Self::Cut => "cut",
            Self::Unauthorised => "unauthorised",
            Self::Forbidden => "forbidden",
            Self::CursorExpired => "cursor-expired",
            Self::NotOffered { .. } => "not-offered",
            Self::Busy { .. } => "busy",
            Self::Failed { .. } => "failed",
            Self::Refused { .. } => "refused",
            Self::Redirected { .. } => "redirected",
            Self::WebPage => "web-page",
            Self::TooLarge { .. } => "too-large",
            Self::Malformed { .. } => "malformed",
            Self::Protocol { .. } => "protocol",
        }
    }

    /// True where trying again cannot help before somebody changes something:
    /// the address, the token, the program or the server.
    pub const fn is_permanent(&self) -> bool {
        matches!(
            self,
            Self::Address
                | Self::Proxy
                | Self::RootCertificate { .. }
                | Self::Tls { .. }
                | Self::Unauthorised
                | Self::Forbidden
                | Self::Protocol { .. }
        )
    }

    /// How long the server asked us to stay away.
    pub const fn retry_after_secs(&self) -> Option<u32> {
        match self {
            Self::Busy { retry_after_secs, .. } | Self::Failed { retry_after_secs, .. } => {
                *retry_after_secs
            }
            _ => None,
        }
    }
}

impl From<LineError> for ApiError {
    fn from(error: LineError) -> Self {
        match error {
            LineError::WebPage => Self::WebPage,
            LineError::TooLarge { limit_mb } => Self::TooLarge { limit_mb },
        }
    }
}

/// Refuses a server that speaks another protocol or major version. Minor
/// versions (`pult-feedback/1.4`) are ours: what they add is ignored.
pub fn check_protocol(theirs: &str) -> Result<(), ApiError> {
    let same =
        theirs.strip_prefix(PROTOCOL).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    if same { Ok(()) } else { Err(ApiError::Protocol { theirs: printable(theirs) }) }
}

/// What a stranger wrote, fit for one line of a log.
fn printable(text: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || "-_./".contains(*c);
    text.chars().filter(is_plain).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_major_version_is_refused_and_a_minor_one_is_not() {
        assert_eq!(check_protocol("pult-feedback/1"), Ok(()));
        assert_eq!(check_protocol("pult-feedback/1.7"), Ok(()));
        for theirs in ["pult-feedback/2", "pult-feedback/10", "pult-feedback", "open311", ""] {
            let error = check_protocol(theirs).unwrap_err();
            assert!(error.is_permanent(), "{theirs}");
            assert!(error.to_string().contains("pult-feedback/1; one of them"), "{error}");
        }
    }

    #[test]
    fn a_strange_protocol_name_does_not_spoil_the_log() {
        let error = check_protocol(&format!("x\n\u{1b}[31m{}", "y".repeat(500))).unwrap_err();
        let text = error.to_string();
        assert!(text.len() < 200 && !text.contains('\n') && !text.contains('\u{1b}'), "{text}");
    }
}

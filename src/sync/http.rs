//! `pult-feedback/1` over HTTP: the only place of the protocol that knows a
//! web client.

use std::error::Error as _;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, RETRY_AFTER,
};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};

use super::api::{ApiError, Clock, FeedbackApi, Heard};
use super::backoff::retry_after_secs;
use super::lines::{EventScanner, Events, LINE_BYTES_CAP, Line, LineLimits, LineSplitter, Page};
use super::protocol::{CommandAnswer, CommandLine, Info, Lease, LeaseList, LeaseRequest, Refusal};

const CONNECT_SECS: u64 = 10;
/// Longest silence inside an answer.
const READ_SECS: u64 = 60;
/// Longest whole answer to a small request, and to a page.
const SMALL_ANSWER_SECS: u64 = 30;
const PAGE_SECS: u64 = 600;
const SMALL_ANSWER_BYTES: usize = 1 << 20;
const LEASES_BYTES: usize = 16 << 20;
const BORDERS_BYTES: usize = 64 << 20;
const NDJSON: &str = "application/x-ndjson";

/// Where the API is and how to get there.
#[derive(Clone)]
pub struct HttpConfig {
    /// Address without `/v1`; a path before it is kept.
    pub server: String,
    pub token: String,
    /// PEM file with one or more root certificates to trust besides the system's.
    pub root_certificate: Option<PathBuf>,
    /// Proxy address; absent means the system's setting.
    pub proxy: Option<String>,
}

/// A feedback API behind HTTP.
pub struct HttpApi {
    client: Client,
    base: Url,
    token: String,
    clock: Clock,
}

impl HttpApi {
    /// Prepares the client; nothing is sent yet.
    ///
    /// # Errors
    /// Only such as settings can mend: address, proxy, certificate file.
    pub fn new(config: &HttpConfig, clock: Clock) -> Result<Self, ApiError> {
        let base = base_url(&config.server)?;
        let mut builder = Client::builder()
            .user_agent(concat!("pult/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(CONNECT_SECS))
            .read_timeout(Duration::from_secs(READ_SECS))
            // What citizens wrote goes to the address of the settings only.
            .redirect(Policy::none());
        if is_this_machine(&base) {
            // Packing would cost both ends more than it spares the line. What comes
            // packed nevertheless is read.
            let plain =
                HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("identity"))]);
            builder = builder.default_headers(plain);
        }
        if let Some(path) = &config.root_certificate {
            let unusable = |reason: String| ApiError::RootCertificate { reason };
            let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
            let certificates = reqwest::Certificate::from_pem_bundle(&pem)
                .map_err(|error| unusable(error.to_string()))?;
            if certificates.is_empty() {
                return Err(unusable("it holds no certificate in PEM form".to_owned()));
            }
            builder = builder.tls_certs_merge(certificates);
        }
        if let Some(proxy) = config.proxy.as_deref().filter(|proxy| !proxy.trim().is_empty()) {
            builder = builder.proxy(proxy_of(proxy.trim())?);
        }
        let client =
            builder.build().map_err(|error| ApiError::Tls { reason: error.to_string() })?;
        Ok(Self { client, base, token: config.token.clone(), clock })
    }

    fn request(&self, method: Method, path: &[&str], longest_secs: u64) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("v1").extend(path);
        }
        self.client
            .request(method, url)
            .bearer_auth(&self.token)
            .timeout(Duration::from_secs(longest_secs))
    }

    /// Sends and lets only a 2xx answer through.
    async fn send(&self, request: RequestBuilder) -> Result<Response, ApiError> {
        let response = request.send().await.map_err(|error| transport(&error))?;
        if response.status().is_success() {
            return if is_web_page(&response) { Err(ApiError::WebPage) } else { Ok(response) };
        }
        Err(self.refusal(response).await)
    }

    async fn refusal(&self, response: Response) -> ApiError {
        let status = response.status();
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let retry_after_secs = header(RETRY_AFTER)
            .and_then(|text| retry_after_secs(text, header(DATE), self.clock.now_secs()));
        let number = status.as_u16();
        match status {
            StatusCode::UNAUTHORIZED => ApiError::Unauthorised,
            StatusCode::FORBIDDEN => ApiError::Forbidden,
            StatusCode::GONE => ApiError::CursorExpired,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                ApiError::Busy { status: number, retry_after_secs }
            }
            StatusCode::NOT_FOUND
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::NOT_IMPLEMENTED => ApiError::NotOffered { status: number },
            StatusCode::REQUEST_TIMEOUT => ApiError::TimedOut,
            _ if status.is_redirection() => ApiError::Redirected { status: number },
            _ if status.is_server_error() => ApiError::Failed { status: number, retry_after_secs },
            _ => ApiError::Refused { status: number, code: refusal_code(response).await },
        }
    }
}

/// A bare `host:port` is an HTTP proxy; other kinds are not spoken.
fn proxy_of(address: &str) -> Result<reqwest::Proxy, ApiError> {
    if let Some((scheme, _)) = address.split_once("://")
        && !["http", "https"].contains(&scheme)
    {
        return Err(ApiError::Proxy);
    }
    reqwest::Proxy::all(address).map_err(|_named| ApiError::Proxy)
}

impl FeedbackApi for HttpApi {
    async fn info(&self) -> Result<Info, ApiError> {
        let request = self.request(Method::GET, &["info"], SMALL_ANSWER_SECS);
        let body = read_bounded(self.send(request).await?, SMALL_ANSWER_BYTES).await?;
        serde_json::from_slice(&body).map_err(|_content| ApiError::Malformed { request: "info" })
    }

    async fn changes(
        &self,
        after: Option<&str>,
        limit: u32,
        line_bytes: usize,
    ) -> Result<Page, ApiError> {
        let mut request = self
            .request(Method::GET, &["changes"], PAGE_SECS)
            .header(ACCEPT, NDJSON)
            .query(&[("limit", limit)]);
        if let Some(cursor) = after {
            request = request.query(&[("after", cursor)]);
        }
        let mut response = self.send(request).await?;
        let mut splitter = LineSplitter::new(LineLimits::with_line_bytes(line_bytes));
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => splitter.push(&chunk)?,
                Ok(None) => return Ok(splitter.finish()?),
                Err(_broken) => return Ok(splitter.finish_cut()),
            }
        }
    }

    async fn listen(&self, heard: impl Fn(Heard) + Send) -> Result<(), ApiError> {
        // No limit on the whole: silence alone ends it, by the read timeout.
        let request = self
            .request(Method::GET, &["stream"], u64::from(u32::MAX))
            .header(ACCEPT, "text/event-stream");
        let mut response = self.send(request).await?;
        let mut scanner = EventScanner::default();
        heard(Heard::Alive);
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    let Events { head, leases } = scanner.push(&chunk);
                    if head {
                        heard(Heard::HeadMoved);
                    }
                    if leases {
                        heard(Heard::LeasesMoved);
                    }
                    if !head && !leases {
                        heard(Heard::Alive);
                    }
                }
                Ok(None) => return Ok(()),
                Err(error) => return Err(transport(&error)),
            }
        }
    }

    async fn commands(&self, commands: &[CommandLine]) -> Result<Vec<CommandAnswer>, ApiError> {
        let malformed = || ApiError::Malformed { request: "commands" };
        let mut body = Vec::new();
        for command in commands {
            serde_json::to_writer(&mut body, command).map_err(|_content| malformed())?;
            body.push(b'\n');
        }
        let request = self
            .request(Method::POST, &["commands"], SMALL_ANSWER_SECS)
            .header(CONTENT_TYPE, NDJSON)
            .body(body);
        let most = SMALL_ANSWER_BYTES.saturating_add(commands.len() * (64 << 10));
        let answer = read_bounded(self.send(request).await?, most).await?;
        let mut splitter = LineSplitter::new(LineLimits::with_line_bytes(LINE_BYTES_CAP));
        splitter.push(&answer)?;
        let page = splitter.finish()?;
        page.lines()
            .map(|(_, line)| match line {
                Line::Text(text) => serde_json::from_str(text).map_err(|_content| malformed()),
                Line::NotUtf8 | Line::TooLong => Err(malformed()),
            })
            .collect()
    }

    async fn lease(&self, wished: &LeaseRequest) -> Result<Lease, ApiError> {
        let request = self.request(Method::POST, &["lease"], SMALL_ANSWER_SECS).json(wished);
        let body = read_bounded(self.send(request).await?, SMALL_ANSWER_BYTES).await?;
        serde_json::from_slice(&body).map_err(|_content| ApiError::Malformed { request: "lease" })
    }

    async fn leases(&self) -> Result<Vec<Lease>, ApiError> {
        let request = self.request(Method::GET, &["leases"], SMALL_ANSWER_SECS);
        let body = read_bounded(self.send(request).await?, LEASES_BYTES).await?;
        serde_json::from_slice::<LeaseList>(&body)
            .map(|list| list.leases)
            .map_err(|_content| ApiError::Malformed { request: "leases" })
    }

    async fn borders(&self) -> Result<Option<Vec<u8>>, ApiError> {
        let request = self.request(Method::GET, &["borders"], PAGE_SECS);
        match self.send(request).await {
            Ok(response) if response.status() == StatusCode::NO_CONTENT => Ok(None),
            Ok(response) => read_bounded(response, BORDERS_BYTES).await.map(Some),
            Err(ApiError::NotOffered { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn base_url(server: &str) -> Result<Url, ApiError> {
    let url = Url::parse(server.trim()).map_err(|_text| ApiError::Address)?;
    let usable = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    if usable { Ok(url) } else { Err(ApiError::Address) }
}

fn is_this_machine(base: &Url) -> bool {
    let host = base.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    address.map_or(host == "localhost", |address| address.is_loopback())
}

fn is_web_page(response: &Response) -> bool {
    response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"))
}

async fn read_bounded(mut response: Response, most: usize) -> Result<Vec<u8>, ApiError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| transport(&error))? {
        if body.len() + chunk.len() > most {
            return Err(ApiError::TooLarge { limit_mb: (most >> 20) as u32 });
        }
        body.extend_from_slice(&chunk);
    }
    if body.trim_ascii_start().first() == Some(&b'<') {
        return Err(ApiError::WebPage);
    }
    Ok(body)
}

/// The server's own key for a refusal. Its sentence is left: it may name a citizen.
async fn refusal_code(response: Response) -> String {
    let body = read_bounded(response, SMALL_ANSWER_BYTES).await.unwrap_or_default();
    let code = serde_json::from_slice::<Refusal>(&body).map(|refusal| refusal.code);
    let is_plain = |code: &String| {
        code.len() <= 40 && code.bytes().all(|b| b.is_ascii_lowercase() || b"_-".contains(&b))
    };
    code.ok().filter(is_plain).unwrap_or_else(|| "no reason given".to_owned())
}

fn transport(error: &reqwest::Error) -> ApiError {
    if error.is_timeout() {
        ApiError::TimedOut
    } else if error.is_connect() && names_certificate(error) {
        ApiError::Certificate
    } else if error.is_connect() || error.is_request() {
        ApiError::Unreachable
    } else {
        ApiError::Cut
    }
}

/// The web client keeps the reason of a failed handshake in the chain of its
/// error, as text only.
fn names_certificate(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.to_string().contains("certificate") {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(server: &str) -> Result<HttpApi, ApiError> {
        let config = HttpConfig {
            server: server.to_owned(),
            token: "t".to_owned(),
            root_certificate: None,
            proxy: None,
        };
        HttpApi::new(&config, Clock::new(|| 0))
    }

    #[test]
    fn addresses_are_joined_with_the_paths_of_the_protocol() {
        for (server, url) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/info"),
            (" https://cur.example/api/ ", "https://cur.example/api/v1/info"),
            ("https://cur.example/a/b", "https://cur.example/a/b/v1/info"),
        ] {
            let request = api(server).unwrap().request(Method::GET, &["info"], 1).build().unwrap();
            assert_eq!(request.url().as_str(), url);
        }
        for server in ["", "cur.example", "ftp://cur.example", "file:///etc/passwd", "http://"] {
            assert_eq!(api(server).err(), Some(ApiError::Address), "{server}");
        }
    }

    #[test]
    fn only_a_server_on_this_machine_is_asked_for_unpacked_answers() {
        let here = ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:80/api"];
        let elsewhere = ["https://cur.example", "http://10.0.0.1", "http://localhost.example"];
        let is_here = |server: &&str| is_this_machine(&base_url(server).unwrap());
        assert!(here.iter().all(is_here));
        assert!(!elsewhere.iter().any(is_here));
    }

    #[test]
    fn wrong_settings_are_named() {
        let mut config = HttpConfig {
            server: "https://cur.example".to_owned(),
            token: String::new(),
            root_certificate: Some(PathBuf::from("/nonexistent.pem")),
            proxy: None,
        };
        let clock = Clock::new(|| 0);
        let error = HttpApi::new(&config, clock.clone()).err().unwrap();
        assert_eq!(error.key(), "root-certificate");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, "not a certificate").unwrap();
        config.root_certificate = Some(file);
        let error = HttpApi::new(&config, clock.clone()).err().unwrap();
        assert_eq!(error.key(), "root-certificate");
        config.root_certificate = None;
        config.proxy = Some("::no proxy::".to_owned());
        assert_eq!(HttpApi::new(&config, clock).err(), Some(ApiError::Proxy));
    }
}

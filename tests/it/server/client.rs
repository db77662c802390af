//! A plain client of the reference server: no more than requests and lines.

use pult::domain::Timestamp;
use pult::server::{RunningServer, Server, ServerOptions};
use pult::sync::protocol::BatchEnd;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const TOKEN: &str = "desk-token";
pub(crate) const WALL_TOKEN: &str = "wall-token";

/// Tuesday, 24 November 2026, 09:30 in the region.
pub(crate) fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-11-24T02:30:00Z").unwrap()
}

/// A frozen server with that many incidents.
pub(crate) fn frozen(incidents: u64) -> RunningServer {
    start(|options| ServerOptions { incidents, ..options })
}

/// A frozen server with other options.
pub(crate) fn start(change: impl FnOnce(ServerOptions) -> ServerOptions) -> RunningServer {
    let options = ServerOptions { incidents: 300, frozen: true, ..ServerOptions::new(now) };
    Server::start(change(options.with_token(TOKEN).with_wall_token(WALL_TOKEN))).unwrap()
}

/// One page: its lines, and where it ends.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) lines: Vec<Value>,
    pub(crate) end: BatchEnd,
}

pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    token: &'static str,
}

impl Client {
    pub(crate) fn new(server: &RunningServer, token: &'static str) -> Self {
        Self::at(&format!("http://{}", server.addr()), token)
    }

    pub(crate) fn at(url: &str, token: &'static str) -> Self {
        Self { http: reqwest::Client::new(), base: format!("{url}/v1"), token }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}/{path}", self.base)).bearer_auth(self.token)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }

    pub(crate) async fn page(&self, after: Option<&str>, limit: usize) -> Page {
        let after = after.map_or_else(String::new, |cursor| format!("&after={cursor}"));
        let answer = self.get(&format!("changes?limit={limit}{after}")).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "application/x-ndjson");
        read_page(&answer.text().await.unwrap())
    }

    /// Sends command lines; the answers in order.
    pub(crate) async fn send(&self, lines: &[String]) -> Vec<Value> {
        let request = self.request(Method::POST, "commands");
        let request = request.header("content-type", "application/x-ndjson");
        let answer = request.body(lines.join("\n")).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let text = answer.text().await.unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Sends one command.
    pub(crate) async fn command(&self, command: &Value) -> Value {
        self.send(&[command.to_string()]).await.remove(0)
    }

    /// Sends one command; `None` where no whole answer came.
    pub(crate) async fn try_command(&self, command: &Value) -> Option<Value> {
        let request = self.request(Method::POST, "commands");
        let request = request.header("content-type", "application/x-ndjson");
        let answer = request.body(command.to_string()).send().await.ok()?;
        serde_json::from_str(answer.text().await.ok()?.trim()).ok()
    }

    /// What the stream calls the head.
    pub(crate) async fn head(&self) -> String {
        let mut answer = self.get("stream").await;
        let event = answer.chunk().await.unwrap().unwrap();
        let text = String::from_utf8(event.to_vec()).unwrap();
        assert!(text.starts_with("event: head\ndata: "), "{text}");
        let data = text.lines().nth(1).unwrap().strip_prefix("data: ").unwrap();
        let data: Value = serde_json::from_str(data).unwrap();
        data["cursor"].as_str().unwrap().to_owned()
    }

    /// Everything from the beginning, page by page.
    pub(crate) async fn walk(&self, limit: usize) -> (Vec<Value>, String) {
        let mut lines = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let page = self.page(cursor.as_deref(), limit).await;
            assert!(page.lines.len() <= limit);
            lines.extend(page.lines);
            if !page.end.more {
                return (lines, page.end.cursor);
            }
            cursor = Some(page.end.cursor);
        }
    }
}

fn read_page(text: &str) -> Page {
    assert!(text.ends_with('\n'));
    let mut lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let end = serde_json::from_value(lines.pop().unwrap()).unwrap();
    Page { lines, end }
}

/// Lines of one kind.
pub(crate) fn of_kind<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["kind"] == kind).collect()
}

/// A new command on an incident.
pub(crate) fn line(command: &str, incident: &str, payload: &Value) -> Value {
    json!({
        "id": Uuid::now_v7(), "command": command, "incident": incident,
        "at": "2026-11-24T09:31:00+07:00", "payload": payload,
    })
}

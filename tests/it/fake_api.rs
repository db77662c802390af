//! A server made by hand, for answers that no proper server gives.

use std::io::{BufRead as _, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::task::Waker;

use pult::board::ChangeSet;
use pult::domain::Timestamp;
use pult::domain::catalogue::Catalogue;
use pult::geo::bounds::LonLatRect;
use pult::store::{CommandState, NewCommand, Reader, Store};
use pult::sync::PushParts;
use pult::sync::api::Clock;
use pult::sync::engine::{EngineParts, sync_once};
use pult::sync::failure::Failure;
use pult::sync::http::{HttpApi, HttpConfig};
use pult::sync::protocol::CommandLine;
use pult::sync::status::StatusBoard;
use uuid::Uuid;

/// 2026-11-23T07:05:00Z
pub(crate) const NOW_SECS: i64 = 1_795_417_500;
pub(crate) const REGION: LonLatRect =
    LonLatRect { west: 87.8, south: 51.2, east: 92.0, north: 55.5 };

/// A request as it came: path with query, and headers in lower case.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) target: String,
    pub(crate) headers: Vec<String>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn is(&self, path: &str) -> bool {
        self.target.split('?').next() == Some(path)
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let (_, query) = self.target.split_once('?')?;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }
}

type Answer = dyn Fn(&Request, &mut TcpStream) -> std::io::Result<()> + Send + Sync;

/// Listens on a free port of loopback until dropped; one connection a request.
pub(crate) struct FakeApi {
    pub(crate) addr: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    stop: Arc<AtomicBool>,
}

impl FakeApi {
    /// `answer` writes the whole answer, head included.
    pub(crate) fn start(
        answer: impl Fn(&Request, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let (requests, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let answer: Arc<Answer> = Arc::new(answer);
        let (log, stopped) = (Arc::clone(&requests), Arc::clone(&stop));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                std::thread::spawn(move || serve(stream.unwrap(), &log, &*answer));
            }
        });
        Self { addr, requests, stop }
    }

    /// Answers `/v1/info` properly and `/v1/changes` with one whole body.
    pub(crate) fn with_page(body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        Self::start(move |request, stream| {
            if request.is("/v1/info") {
                return ok(stream, "application/json", info("1", "a").as_bytes());
            }
            if request.query("after").is_some() {
                return ok(stream, NDJSON, b"{\"cursor\":\"end\",\"more\":false}\n");
            }
            ok(stream, NDJSON, &body)
        })
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }
}

impl Drop for FakeApi {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.addr));
    }
}

fn serve(mut stream: TcpStream, log: &Mutex<Vec<Request>>, answer: &Answer) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let header = header.trim().to_lowercase();
        if header.is_empty() {
            break;
        }
        headers.push(header);
    }
    let length = headers.iter().find_map(|header| header.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    std::io::Read::read_exact(&mut reader, &mut body).unwrap();
    let body = String::from_utf8_lossy(&body).into_owned();
    let request = Request { target, headers, body };
    log.lock().unwrap().push(request.clone());
    // A client that has seen enough hangs up: not this server's trouble.
    drop(answer(&request, &mut stream));
}

pub(crate) const NDJSON: &str = "application/x-ndjson";

pub(crate) fn head(
    stream: &mut dyn Write,
    status: &str,
    headers: &[(&str, &str)],
) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 {status}\r\nconnection: close\r\n")?;
    for (name, value) in headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    write!(stream, "\r\n")
}

pub(crate) fn ok(stream: &mut dyn Write, kind: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len().to_string();
    head(stream, "200 OK", &[("content-type", kind), ("content-length", &length)])?;
    stream.write_all(body)
}

/// Promises more bytes than it sends, then hangs up.
pub(crate) fn cut_off(stream: &mut dyn Write, kind: &str, body: &[u8]) -> std::io::Result<()> {
    let length = (body.len() + 1_000).to_string();
    head(stream, "200 OK", &[("content-type", kind), ("content-length", &length)])?;
    stream.write_all(body)
}

pub(crate) fn info(instance: &str, epoch: &str) -> String {
    info_with(&format!(r#""instance":"{instance}","epoch":"{epoch}","demo":false"#))
}

pub(crate) fn info_with(identity: &str) -> String {
    format!(
        r#"{{"protocol":"pult-feedback/1",{identity},"region":{{"name":"Хакасия","oktmo":"95000000"}},"server_time":"2026-11-23T07:05:00Z","token":{{"role":"curator","scope":"desk"}},"counts":{{"incident":3}},"limits":{{"page_lines":500,"command_lines":100,"line_bytes":1048576}}}}"#
    )
}

/// A good incident line.
pub(crate) fn incident(id: &str, rev: u64) -> String {
    incident_with(id, rev, "")
}

/// `more` stands after the other fields, beginning with a comma.
pub(crate) fn incident_with(id: &str, rev: u64, more: &str) -> String {
    format!(
        r#"{{"kind":"incident","id":"{id}","rev":{rev},"data":{{"regime":"pos","source":"vk","block":"roads","status":"new","received_at":"2026-11-20T01:00:00Z","lat":53.72,"lon":91.44{more}}}}}"#
    )
}

pub(crate) fn gone(id: &str, rev: u64) -> String {
    format!(r#"{{"kind":"incident","id":"{id}","rev":{rev},"deleted":true}}"#)
}

pub(crate) fn end(cursor: &str, more: bool) -> String {
    format!(r#"{{"cursor":"{cursor}","more":{more}}}"#)
}

pub(crate) fn page(lines: &[String]) -> String {
    lines.join("\n") + "\n"
}

pub(crate) fn command(number: u128) -> CommandLine {
    CommandLine {
        id: Uuid::from_u128(number),
        command: "comment".to_owned(),
        incident: Some("i1".to_owned()),
        based_on: Some(7),
        at: "2026-11-23T07:05:00Z".to_owned(),
        payload: serde_json::Map::from_iter([("text".to_owned(), "две\nстроки".into())]),
    }
}

/// A store in a folder of its own, and what synchronising it says.
pub(crate) struct Desk {
    pub(crate) store: Store,
    pub(crate) status: StatusBoard,
    pub(crate) folder: tempfile::TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::open(tempfile::tempdir().unwrap())
    }

    /// The program ends and starts again.
    pub(crate) fn restarted(self) -> Self {
        self.restarted_after(|_| ())
    }

    /// In between something happens to the folder.
    pub(crate) fn restarted_after(self, between: impl FnOnce(&Path)) -> Self {
        let Self { store, folder, .. } = self;
        drop(store);
        between(folder.path());
        Self::open(folder)
    }

    fn open(folder: tempfile::TempDir) -> Self {
        let store = Store::open(folder.path(), &Catalogue::embedded()).unwrap();
        Self { store, status: StatusBoard::new(Waker::noop().clone()), folder }
    }

    pub(crate) fn parts(&self) -> (EngineParts, Receiver<ChangeSet>) {
        let (changes, received) = mpsc::channel();
        let parts = EngineParts {
            writer: self.store.writer(),
            reader: self.reader(),
            region: REGION,
            clock: clock(),
            changes: Arc::new(move |set| drop(changes.send(set))),
            status: self.status.clone(),
            poll_secs: 1,
            push: None,
            leases: None,
        };
        (parts, received)
    }

    pub(crate) fn sync(&self, server: &str) -> Result<ChangeSet, Failure> {
        let (parts, received) = self.parts();
        let api = HttpApi::new(&config(server), clock())?;
        sync_once(api, parts, 1)?;
        let mut all = ChangeSet::default();
        for set in received {
            all.changes.extend(set.changes);
        }
        Ok(all)
    }

    /// One cycle with sending.
    pub(crate) fn work(&self, server: &str) -> Result<(), Failure> {
        let (mut parts, _) = self.parts();
        parts.push = Some(PushParts { outbox: self.store.shared_outbox(), told: Arc::new(|| ()) });
        sync_once(HttpApi::new(&config(server), clock())?, parts, 1)
    }

    /// Puts a command in the queue.
    pub(crate) fn act(&self) -> Uuid {
        let line = command(1);
        let new = NewCommand {
            id: line.id,
            incident: line.incident.clone(),
            command: serde_json::to_string(&line).unwrap(),
            basis: None,
            office: String::new(),
        };
        let mut outbox = self.store.outbox();
        outbox.put(&[new], Timestamp(NOW_SECS as u32)).unwrap();
        outbox.mark(line.id, CommandState::Queued, None, false).unwrap();
        line.id
    }

    pub(crate) fn reader(&self) -> Reader {
        self.store.reader().unwrap()
    }

    pub(crate) fn incidents(&self) -> u64 {
        self.reader().counts().unwrap().incidents
    }

    pub(crate) fn cursor(&self) -> Option<String> {
        self.reader().meta().unwrap().cursor
    }

    pub(crate) fn skipped(&self, reason: &str) -> u64 {
        self.status.get().skipped.get(reason).copied().unwrap_or(0)
    }
}

pub(crate) fn clock() -> Clock {
    Clock::new(|| NOW_SECS * 1000)
}

pub(crate) fn config(server: &str) -> HttpConfig {
    HttpConfig {
        server: server.to_owned(),
        token: "secret-token".to_owned(),
        root_certificate: None,
        proxy: None,
    }
}

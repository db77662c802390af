//! A reading anew ends with the removal of what did not come again: a server that
//! gives far less than it announces is never believed, however often it is asked.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::fake_api::{Desk, FakeApi, NDJSON, Request, end, head, incident, info, ok, page};

/// What the server has to give, while it announces 3000.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Has {
    /// All 3000 in one page.
    All,
    /// Nothing under the old place, and one incident from the beginning.
    Lost,
    /// 1500 in the first page, and then nothing but errors.
    Half,
    /// 1500 in the first page, none in the second.
    HalfLost,
    /// 1500 in each of two pages.
    Halves,
}

struct Server {
    has: Arc<AtomicU8>,
    api: FakeApi,
}

impl Server {
    fn start() -> Self {
        let has = Arc::new(AtomicU8::new(Has::All as u8));
        let now = Arc::clone(&has);
        let api = FakeApi::start(move |request, stream| {
            answer(now.load(Ordering::SeqCst), request, stream)
        });
        Self { has, api }
    }

    fn has(&self, has: Has) {
        self.has.store(has as u8, Ordering::SeqCst);
    }

    /// Questions from the beginning on.
    fn readings(&self) -> usize {
        let asked = self.api.requests();
        asked.iter().filter(|it| it.is("/v1/changes") && it.query("after").is_none()).count()
    }
}

fn answer(has: u8, request: &Request, stream: &mut TcpStream) -> std::io::Result<()> {
    if request.is("/v1/info") {
        let info = info("1", "a").replace(r#""incident":3"#, r#""incident":3000"#);
        return ok(stream, NDJSON, info.as_bytes());
    }
    let is = |one: Has| has == one as u8;
    let body = match request.query("after") {
        Some("all") => return head(stream, "410 Gone", &[]),
        Some("half") if is(Has::HalfLost) => page(&[end("all", false)]),
        Some("half") if is(Has::Halves) => page(&[incidents(1_500..3_000), end("all", false)]),
        Some(_) => return head(stream, "503 Service Unavailable", &[]),
        None if is(Has::All) => page(&[incidents(0..3_000), end("all", false)]),
        None if is(Has::Lost) => page(&[incident("i1", 2), end("all", false)]),
        None => page(&[incidents(0..1_500), end("half", true)]),
    };
    ok(stream, NDJSON, body.as_bytes())
}

fn incidents(numbers: std::ops::Range<u64>) -> String {
    let lines: Vec<String> = numbers.map(|n| incident(&format!("i{n}"), n + 1)).collect();
    lines.join("\n")
}

/// A desk that holds 3000 incidents and is to read them anew.
fn desk(server: &Server) -> Desk {
    let desk = Desk::new();
    desk.sync(&server.api.url()).unwrap();
    assert_eq!(desk.incidents(), 3_000);
    desk
}

#[test]
fn far_too_little_removes_nothing_in_later_cycles_and_after_a_restart() {
    let server = Server::start();
    let mut desk = desk(&server);
    server.has(Has::Lost);
    for cycle in 1..=4 {
        let failure = desk.sync(&server.api.url()).err().map(|failure| failure.to_string());
        let sentence = "the server announced 3000 objects and gave 1; nothing was removed here";
        assert_eq!(failure.as_deref(), Some(sentence), "{cycle}");
        assert_eq!(desk.incidents(), 3_000);
        if cycle == 3 {
            desk = desk.restarted();
        }
    }
    // The server has found what it had lost.
    server.has(Has::All);
    desk.sync(&server.api.url()).unwrap();
    assert_eq!((desk.incidents(), desk.cursor().as_deref()), (3_000, Some("all")));
    assert_eq!(desk.reader().meta().unwrap().anew, None);
}

#[test]
fn what_came_before_a_restart_counts_and_what_lacks_after_it_is_missed() {
    for (then, failure) in [(Has::Halves, None), (Has::HalfLost, Some("shrunk"))] {
        let server = Server::start();
        let desk = desk(&server);
        server.has(Has::Half);
        assert_eq!(desk.sync(&server.api.url()).unwrap_err().key(), "busy");
        let readings = server.readings();
        let desk = desk.restarted();
        server.has(then);
        let ended = desk.sync(&server.api.url());
        assert_eq!(ended.err().map(|failure| failure.key()), failure);
        assert_eq!(server.readings(), readings, "it was gone on with");
        assert_eq!(desk.incidents(), 3_000);
    }
}

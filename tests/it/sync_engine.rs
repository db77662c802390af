//! The engine against a server made by hand: waking, waiting, refusing, ending.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pult::sync::api::{ApiError, FeedbackApi as _};
use pult::sync::engine::SyncEngine;
use pult::sync::http::HttpApi;
use pult::sync::protocol::{CommandLine, Outcome};
use pult::sync::status::{Phase, SyncStatus};

use crate::fake_api::{
    Desk, FakeApi, NDJSON, NOW_SECS, Request, clock, command, config, end, head, incident, info,
    ok, page,
};

/// A proper small server whose head a test can move.
#[derive(Clone, Default)]
struct Live {
    head: Arc<AtomicU64>,
    /// Set: the stream is offered.
    streams: Arc<AtomicBool>,
    /// Status and headers that everything is answered with for now.
    refusal: Arc<Mutex<Option<(&'static str, &'static str)>>>,
}

impl Live {
    fn start(&self) -> FakeApi {
        let live = self.clone();
        FakeApi::start(move |request, stream| live.answer(request, stream))
    }

    fn answer(&self, request: &Request, stream: &mut std::net::TcpStream) -> std::io::Result<()> {
        let refusal = *self.refusal.lock().unwrap();
        if let Some((status, retry_after)) = refusal {
            return head(stream, status, &[("retry-after", retry_after)]);
        }
        if request.is("/v1/info") {
            return ok(stream, NDJSON, info("1", "a").as_bytes());
        }
        if request.is("/v1/stream") {
            return self.stream(stream);
        }
        let at = self.head.load(Ordering::SeqCst);
        let after = request.query("after").map_or(0, |cursor| cursor.parse().unwrap());
        let mut lines: Vec<_> =
            (after + 1..=at).map(|rev| incident(&format!("i{rev}"), rev)).collect();
        lines.push(end(&at.to_string(), false));
        ok(stream, NDJSON, page(&lines).as_bytes())
    }

    fn stream(&self, stream: &mut std::net::TcpStream) -> std::io::Result<()> {
        if !self.streams.load(Ordering::SeqCst) {
            return head(stream, "404 Not Found", &[]);
        }
        head(stream, "200 OK", &[("content-type", "text/event-stream")])?;
        let mut told = self.head.load(Ordering::SeqCst);
        write!(stream, ": here\n\n")?;
        while self.streams.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(10));
            let at = self.head.load(Ordering::SeqCst);
            if at != told {
                told = at;
                write!(stream, "event: head\ndata: {at}\n\n")?;
            }
        }
        Ok(())
    }
}

fn start(desk: &Desk, api: &FakeApi, poll_secs: u32) -> SyncEngine {
    let (mut parts, _) = desk.parts();
    parts.poll_secs = poll_secs;
    SyncEngine::start(&config(&api.url()), parts).unwrap()
}

fn wait_for(desk: &Desk, what: &str, is_there: impl Fn(&SyncStatus) -> bool) -> SyncStatus {
    let begin = Instant::now();
    loop {
        let status = desk.status.get();
        if is_there(&status) {
            return status;
        }
        assert!(begin.elapsed() < Duration::from_secs(20), "{what}: {status:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn the_stream_wakes_a_pull_long_before_the_next_poll() {
    let live = Live::default();
    live.head.store(3, Ordering::SeqCst);
    live.streams.store(true, Ordering::SeqCst);
    let (desk, api) = (Desk::new(), live.start());
    let _engine = start(&desk, &api, 3_600);
    wait_for(&desk, "first sync", |status| status.phase == Phase::UpToDate && status.streaming);
    assert_eq!(desk.incidents(), 3);
    live.head.store(5, Ordering::SeqCst);
    wait_for(&desk, "two more", |_| desk.incidents() == 5);
    // The stream is lost and found again, and what moved in between is pulled.
    live.streams.store(false, Ordering::SeqCst);
    wait_for(&desk, "stream lost", |status| !status.streaming);
    live.head.store(6, Ordering::SeqCst);
    wait_for(&desk, "pulled after the stream ended", |_| desk.incidents() == 6);
    let bearer = "authorization: bearer secret-token".to_owned();
    assert!(api.requests().iter().all(|request| request.headers.contains(&bearer)));
}

#[test]
fn without_a_stream_the_server_is_polled() {
    let live = Live::default();
    live.head.store(1, Ordering::SeqCst);
    let (desk, api) = (Desk::new(), live.start());
    let engine = start(&desk, &api, 1);
    wait_for(&desk, "first sync", |_| desk.incidents() == 1);
    live.head.store(2, Ordering::SeqCst);
    wait_for(&desk, "polled", |_| desk.incidents() == 2);
    assert!(!desk.status.get().streaming);
    drop(engine);
    assert_eq!(desk.status.get().phase, Phase::Stopped);
}

#[test]
fn a_pull_can_be_asked_for_at_any_time() {
    let live = Live::default();
    let (desk, api) = (Desk::new(), live.start());
    let engine = start(&desk, &api, 3_600);
    wait_for(&desk, "first sync", |status| status.phase == Phase::UpToDate);
    live.head.store(1, Ordering::SeqCst);
    engine.nudge().sync_now();
    wait_for(&desk, "asked for", |_| desk.incidents() == 1);
}

#[test]
fn offline_is_a_state_that_says_when_it_tries_again_and_ends_by_itself() {
    let live = Live::default();
    live.head.store(1, Ordering::SeqCst);
    *live.refusal.lock().unwrap() = Some(("503 Service Unavailable", "2"));
    let (desk, api) = (Desk::new(), live.start());
    let _engine = start(&desk, &api, 1);
    let status = wait_for(&desk, "offline", |status| status.failures == 1);
    let now = NOW_SECS as u32;
    assert_eq!(status.phase, Phase::Offline { since: now, reason: "busy" });
    assert_eq!(status.last_error.as_deref(), Some("the server is busy (503)"));
    let next = status.next_attempt_at.unwrap();
    assert!((now + 2..=now + 3).contains(&next), "{next}");
    // What the server asked for is kept: one question, and no other for two seconds.
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(api.requests().len(), 1);
    *live.refusal.lock().unwrap() = None;
    let status = wait_for(&desk, "back", |status| status.phase == Phase::UpToDate);
    assert_eq!((status.last_error, status.failures, status.next_attempt_at), (None, 0, None));
    assert_eq!(desk.incidents(), 1);
}

#[test]
fn a_refused_token_is_not_tried_again_before_somebody_asks() {
    let live = Live::default();
    *live.refusal.lock().unwrap() = Some(("401 Unauthorized", "1"));
    let (desk, api) = (Desk::new(), live.start());
    let engine = start(&desk, &api, 1);
    let status = wait_for(&desk, "refused", |status| status.failures == 1);
    assert_eq!(status.phase, Phase::Refused { reason: "unauthorised" });
    assert_eq!(status.next_attempt_at, None);
    std::thread::sleep(Duration::from_millis(2_500));
    assert_eq!(api.requests().len(), 1);
    *live.refusal.lock().unwrap() = None;
    engine.nudge().sync_now();
    wait_for(&desk, "let in", |status| status.phase == Phase::UpToDate);
}

#[test]
fn a_server_that_hangs_does_not_hold_up_the_end() {
    let api = FakeApi::start(|request, stream| {
        if request.is("/v1/info") {
            return ok(stream, NDJSON, info("1", "a").as_bytes());
        }
        std::thread::sleep(Duration::from_mins(1));
        Ok(())
    });
    let desk = Desk::new();
    let engine = start(&desk, &api, 1);
    wait_for(&desk, "asked", |_| api.requests().len() == 2);
    let begin = Instant::now();
    drop(engine);
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}

#[test]
fn a_server_that_takes_no_commands_is_followed_and_they_wait() {
    for status in ["403 Forbidden", "404 Not Found", "405 Method Not Allowed"] {
        let live = Live::default();
        live.head.store(3, Ordering::SeqCst);
        let api = FakeApi::start(move |request, stream| {
            if request.is("/v1/commands") {
                return head(stream, status, &[]);
            }
            live.answer(request, stream)
        });
        let desk = Desk::new();
        let id = desk.act();
        for _ in 0..2 {
            desk.work(&api.url()).unwrap();
            assert_eq!(desk.status.get().phase, Phase::UpToDate, "{status}");
        }
        assert_eq!(desk.incidents(), 3);
        assert!(desk.store.outbox().get(id).unwrap().state.is_waiting());
    }
}

#[test]
fn a_clock_that_differs_is_told() {
    let api = FakeApi::start(|request, stream| {
        let body = if request.is("/v1/info") {
            info("1", "a").replace("07:05:00Z", "08:06:40Z")
        } else {
            end("c1", false)
        };
        ok(stream, NDJSON, body.as_bytes())
    });
    let desk = Desk::new();
    desk.sync(&api.url()).unwrap();
    let status = desk.status.get();
    assert_eq!(status.noticed_clock_skew_secs(), Some(3_700));
    assert_eq!((status.role.as_deref(), status.scope), (Some("curator"), Some("desk")));
}

#[test]
fn a_wrong_address_is_refused_at_the_start() {
    let desk = Desk::new();
    let (parts, _) = desk.parts();
    let failure = SyncEngine::start(&config("cur.example"), parts).err().unwrap();
    assert_eq!(failure.key(), "address");
    assert_eq!(desk.status.get().phase, Phase::Refused { reason: "address" });
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn commands_go_out_one_a_line_and_their_answers_come_back() {
    let api = FakeApi::start(|request, stream| {
        assert!(request.is("/v1/commands"));
        let id = |number| uuid::Uuid::from_u128(number);
        let body = format!(
            "{{\"id\":\"{}\",\"outcome\":\"accepted\",\"rev\":8,\"incident\":\"i1\"}}\n\
             {{\"id\":\"{}\",\"outcome\":\"rejected\",\"reason\":\"not_allowed\",\"detail\":\"Нельзя\"}}\n",
            id(1),
            id(2)
        );
        ok(stream, NDJSON, body.as_bytes())
    });
    let client = HttpApi::new(&config(&api.url()), clock()).unwrap();
    let sent = [command(1), command(2)];
    let answers = block_on(client.commands(&sent)).unwrap();
    assert_eq!(
        answers.iter().map(|answer| answer.id).collect::<Vec<_>>(),
        [sent[0].id, sent[1].id]
    );
    assert_eq!(answers[0].outcome, Outcome::Accepted { rev: 8, incident: "i1".to_owned() });
    assert!(
        matches!(&answers[1].outcome, Outcome::Rejected { reason, .. } if reason == "not_allowed")
    );
    let [request] = &api.requests()[..] else { panic!("one request") };
    let lines: Vec<CommandLine> =
        request.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, sent);
    assert!(request.headers.contains(&format!("content-type: {NDJSON}")));
}

#[test]
fn an_answer_to_commands_that_is_cut_is_an_error_and_not_a_shorter_answer() {
    let api = FakeApi::start(|_, stream| crate::fake_api::cut_off(stream, NDJSON, b""));
    let client = HttpApi::new(&config(&api.url()), clock()).unwrap();
    assert_eq!(block_on(client.commands(&[command(1)])), Err(ApiError::Cut));
}

#[test]
fn borders_are_there_or_not() {
    let api = FakeApi::start(|request, stream| {
        assert!(request.is("/v1/borders"));
        ok(stream, "application/geo+json", b"{\"type\":\"FeatureCollection\"}")
    });
    let client = HttpApi::new(&config(&api.url()), clock()).unwrap();
    let borders = block_on(client.borders()).unwrap().unwrap();
    assert!(borders.starts_with(b"{\"type\""));
    let api = FakeApi::start(|_, stream| head(stream, "404 Not Found", &[]));
    let client = HttpApi::new(&config(&api.url()), clock()).unwrap();
    assert_eq!(block_on(client.borders()), Ok(None));
}

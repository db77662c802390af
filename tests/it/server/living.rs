//! The region goes on living.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use pult::domain::Timestamp;
use pult::server::{Server, ServerOptions};

use super::client::{Client, TOKEN, now, of_kind};

/// A clock that jumps ahead by a minute at each look.
fn fast_clock() -> Timestamp {
    static LOOKS: AtomicU32 = AtomicU32::new(0);
    now().plus_secs(i64::from(LOOKS.fetch_add(60, Ordering::Relaxed)))
}

#[tokio::test]
async fn incidents_come_and_move_on_and_the_stream_tells() {
    let options = ServerOptions { incidents: 500, rate: 400.0, ..ServerOptions::new(fast_clock) };
    let server = Server::start(options.with_token(TOKEN)).unwrap();
    let client = Client::new(&server, TOKEN);
    let (_, cursor) = client.walk(10_000).await;
    let mut stream = client.get("stream").await;
    let mut heads = std::collections::HashSet::new();
    while heads.len() < 3 {
        let chunk = tokio::time::timeout(Duration::from_secs(20), stream.chunk()).await;
        heads.insert(chunk.expect("the stream is silent").unwrap().unwrap());
    }
    let page = client.page(Some(&cursor), 10_000).await;
    let incidents = of_kind(&page.lines, "incident");
    let born = |line: &&&serde_json::Value| {
        let number = line["id"].as_str().unwrap().trim_start_matches("i-");
        number.parse::<u32>().unwrap() > 500
    };
    let newborn = incidents.iter().filter(born).count();
    assert!(newborn > 0 && newborn < incidents.len(), "{newborn} of {}", incidents.len());
    assert!(!of_kind(&page.lines, "event").is_empty());
}

/// A clock that goes from half past three at night.
fn night_clock() -> Timestamp {
    static START: OnceLock<Instant> = OnceLock::new();
    let passed = START.get_or_init(Instant::now).elapsed();
    now().plus_secs(18 * 3600 + passed.as_secs() as i64)
}

#[tokio::test]
async fn a_demonstration_shows_something_new_at_night_too() {
    let options = ServerOptions { incidents: 500, ..ServerOptions::new(night_clock) };
    let server = Server::start(options.with_token(TOKEN)).unwrap();
    let client = Client::new(&server, TOKEN);
    let count = |info: &serde_json::Value, kind: &str| info["counts"][kind].as_u64().unwrap();
    let before = client.json("info").await;
    let patience = Instant::now() + Duration::from_secs(10);
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let after = client.json("info").await;
        let more = |kind| count(&after, kind) - count(&before, kind);
        // Each incident begins with an event of its own; others moved on.
        if more("incident") > 0 && more("event") > more("incident") {
            break;
        }
        assert!(Instant::now() < patience, "nothing moves: {after}");
    }
}

#[tokio::test]
async fn dropping_the_handle_stops_the_server_with_open_streams() {
    let options = ServerOptions { incidents: 50, ..ServerOptions::new(now) };
    let server = Server::start(options.with_token(TOKEN)).unwrap();
    let client = Client::new(&server, TOKEN);
    let mut stream = client.get("stream").await;
    stream.chunk().await.unwrap();
    let stopped = std::time::Instant::now();
    tokio::task::spawn_blocking(move || server.shutdown()).await.unwrap();
    assert!(stopped.elapsed() < Duration::from_secs(2));
    while let Ok(Some(_)) = stream.chunk().await {}
    assert!(client.request(reqwest::Method::GET, "info").send().await.is_err());
}

//! The region goes on living.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

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

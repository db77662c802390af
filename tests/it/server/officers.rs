//! Made-up officers at work.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use pult::domain::Timestamp;
use pult::server::ServerOptions;
use serde_json::{Value, json};

use super::client::{Client, TOKEN, now, of_kind, start};

/// A clock that goes fast: some seconds at each look.
fn fast_clock() -> Timestamp {
    static LOOKS: AtomicU32 = AtomicU32::new(0);
    now().plus_secs(i64::from(LOOKS.fetch_add(4, Ordering::Relaxed)))
}

fn office(event: &Value) -> Option<&str> {
    event["data"]["by"]["office"].as_str()
}

#[tokio::test]
async fn they_take_assign_answer_and_approve_and_hold_what_they_have_open() {
    let server = start(|options| ServerOptions {
        incidents: 600,
        officers: 6,
        clock: fast_clock,
        ..options
    });
    let client = Client::new(&server, TOKEN);
    let (mut kinds, mut holders) = (BTreeSet::new(), BTreeSet::new());
    let mut submitters: HashMap<String, String> = HashMap::new();
    let mut cursor = client.head().await;
    let wanted = ["approved", "assigned", "submitted", "taken"];
    for _ in 0..600 {
        for lease in client.json("leases").await["leases"].as_array().unwrap() {
            holders.insert(lease["holder"].as_str().unwrap().to_owned());
        }
        let page = client.page(Some(&cursor), 10_000).await;
        for event in of_kind(&page.lines, "event") {
            let by = office(event).unwrap().to_owned();
            let incident = event["data"]["incident"].as_str().unwrap();
            let kind = event["data"]["event"].as_str().unwrap();
            if kind == "submitted" {
                submitters.insert(incident.to_owned(), by);
            } else if kind == "approved" {
                assert_ne!(submitters.get(incident), Some(&by), "an answer of their own");
            }
            kinds.insert(kind.to_owned());
        }
        cursor = page.end.cursor;
        if wanted.iter().all(|kind| kinds.contains(*kind)) && holders.len() > 2 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{kinds:?} {holders:?}");
}

#[tokio::test]
async fn what_a_desk_holds_they_leave_alone() {
    static AHEAD_SECS: AtomicU32 = AtomicU32::new(0);
    fn clock() -> Timestamp {
        now().plus_secs(i64::from(AHEAD_SECS.load(Ordering::Relaxed)))
    }
    let server = start(|options| ServerOptions { incidents: 30, officers: 6, clock, ..options });
    let client = Client::new(&server, TOKEN);
    for number in 1..=30 {
        let wished = json!({"incident": format!("i-{number}"), "ttl_secs": 300});
        let request = client.request(reqwest::Method::POST, "lease").json(&wished);
        let lease: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(lease["yours"], true);
    }
    let head = server.head();
    for secs in [60, 120, 180] {
        AHEAD_SECS.store(secs, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(1_100)).await;
    }
    assert_eq!(server.head(), head, "everything is held by the desk");
    let leases = client.json("leases").await;
    let leases = leases["leases"].as_array().unwrap();
    assert!(leases.len() == 30 && leases.iter().all(|lease| lease["yours"] == true));
    // The leases run out, and work begins.
    for minute in 0..60 {
        AHEAD_SECS.store(400 + 60 * minute, Ordering::Relaxed);
        if server.head() > head {
            return;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("nobody went to work");
}

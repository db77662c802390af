//! Faults that are put in on purpose.

use std::time::{Duration, Instant};

use pult::server::Fault;
use pult::sync::api::{ApiError, FeedbackApi};
use pult::sync::lines::Line;
use pult::sync::protocol::{CommandLine, Outcome};
use serde_json::json;

use super::client::{Client, TOKEN, frozen, line};

#[tokio::test]
async fn each_fault_does_what_it_says_and_goes_away() {
    let server = frozen(200);
    let client = Client::new(&server, TOKEN);
    let cursor = client.page(None, 5).await.end.cursor;
    let set = |text: &str| server.set_faults(&[text.parse::<Fault>().unwrap()]);

    for (fault, status) in [("500:1", 500), ("503:1", 503), ("429:1", 429)] {
        set(fault);
        let answer = client.get("info").await;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers().contains_key("retry-after"), status != 500);
    }
    set("html:1");
    let page = client.get("changes").await;
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().starts_with("<!doctype html>"));

    set("cut:1");
    assert!(client.get("changes").await.text().await.is_err());

    set("bad-lines:1");
    let bytes = client.get("changes?limit=5").await.bytes().await.unwrap();
    let lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
    assert!(lines.iter().any(|line| std::str::from_utf8(line).is_err()));
    let good = |line: &&&[u8]| serde_json::from_slice::<serde_json::Value>(line).is_ok();
    assert!(lines.iter().filter(good).count() > 5);

    set("expire-cursors:1");
    assert_eq!(client.get(&format!("changes?after={cursor}")).await.status(), 410);
    assert_eq!(client.get("changes").await.status(), 200);

    server.set_faults(&[]);
    assert_eq!(client.page(Some(&cursor), 10).await.lines.len(), 10);
}

#[tokio::test]
async fn requests_and_answers_get_lost_repeated_and_late() {
    let server = frozen(200);
    let client = Client::new(&server, TOKEN);
    let set = |text: &str| server.set_faults(&[text.parse::<Fault>().unwrap()]);
    let comment = || line("comment", "i-1", &json!({"text": "Проверено."}));

    let lost = comment();
    let head = server.head();
    set("lose-request:1");
    assert_eq!(client.try_command(&lost).await, None);
    assert_eq!(server.head(), head, "it never came to the desk");
    server.set_faults(&[]);
    assert_eq!(client.command(&lost).await["outcome"], "accepted");

    let unanswered = comment();
    let head = server.head();
    set("lose-answer:1");
    assert_eq!(client.try_command(&unanswered).await, None);
    assert!(server.head() > head, "it was carried out");
    server.set_faults(&[]);
    assert_eq!(client.command(&unanswered).await["outcome"], "duplicate");

    let head = server.head();
    set("repeat:1");
    assert_eq!(client.command(&comment()).await["outcome"], "duplicate");
    assert_eq!(server.head(), head + 2, "one event and its incident");

    set("late:1");
    let begun = Instant::now();
    assert_eq!(client.command(&comment()).await["outcome"], "accepted");
    assert!(begun.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn without_http_everything_is_the_same_and_the_same_faults_strike() {
    let server = frozen(200);
    let client = Client::new(&server, TOKEN);
    let direct = server.direct(TOKEN).unwrap();
    assert!(server.direct("nobody").is_none());
    let set = |text: &str| server.set_faults(&[text.parse::<Fault>().unwrap()]);
    let command =
        || serde_json::from_value::<CommandLine>(line("comment", "i-1", &json!({"text": "т"})));

    let info = direct.info().await.unwrap();
    assert_eq!(serde_json::to_value(&info).unwrap(), client.json("info").await);
    let page = direct.changes(None, 50, 1 << 20).await.unwrap();
    let by_http = client.get("changes?limit=50").await.text().await.unwrap();
    let lines: Vec<&str> = page
        .lines()
        .map(|(_, line)| match line {
            Line::Text(text) => text,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(lines, by_http.lines().collect::<Vec<_>>());

    let outcome = |answers: Vec<pult::sync::protocol::CommandAnswer>| answers[0].outcome.clone();
    let lost = [command().unwrap()];
    let head = server.head();
    set("lose-request:1");
    assert_eq!(direct.commands(&lost).await, Err(ApiError::Unreachable));
    assert_eq!(server.head(), head);
    set("lose-answer:1");
    assert_eq!(direct.commands(&lost).await, Err(ApiError::Cut));
    assert_eq!(server.head(), head + 2);
    set("repeat:1");
    let again = [command().unwrap()];
    let answers = direct.commands(&again).await.unwrap();
    assert!(matches!(outcome(answers), Outcome::Duplicate { .. }));
    assert_eq!(server.head(), head + 4);
    set("cut:1");
    assert!(direct.changes(None, 50, 1 << 20).await.unwrap().cut);
    set("expire-cursors:1");
    assert_eq!(direct.changes(Some("x.d.1"), 5, 1 << 20).await, Err(ApiError::CursorExpired));
    set("503:1");
    let busy = ApiError::Busy { status: 503, retry_after_secs: Some(1) };
    assert_eq!(direct.leases().await, Err(busy));
}

//! What the generator makes.

use std::collections::HashMap;

use pult::domain::{EventKind, Status, Timestamp, status::next_status};
use pult::server::ServerOptions;
use serde_json::Value;

use super::client::{Client, TOKEN, frozen, now, of_kind, start};

#[tokio::test]
async fn the_same_seed_gives_the_same_region_and_another_does_not() {
    let page = |seed| async move {
        let server = start(|o| ServerOptions { seed, incidents: 200, ..o });
        Client::new(&server, TOKEN).walk(10_000).await.0
    };
    let first = page(7).await;
    assert_eq!(first, page(7).await);
    assert_ne!(first, page(8).await);
}

#[tokio::test]
async fn each_log_leads_by_legal_moves_to_the_status_that_its_incident_has() {
    let server = frozen(1_500);
    let (lines, _) = Client::new(&server, TOKEN).walk(10_000).await;
    let mut logs: HashMap<&str, Vec<&Value>> = HashMap::new();
    for event in of_kind(&lines, "event") {
        logs.entry(event["data"]["incident"].as_str().unwrap()).or_default().push(&event["data"]);
    }
    let mut met = std::collections::HashSet::new();
    for incident in of_kind(&lines, "incident") {
        let log = &logs[incident["id"].as_str().unwrap()];
        let mut status: Option<Status> = None;
        let mut last = Timestamp(0);
        for event in log {
            let kind = EventKind::from_key(event["event"].as_str().unwrap()).unwrap();
            assert_eq!(event.get("from").and_then(Value::as_str), status.map(Status::key));
            status = Some(match status {
                None => Status::INITIAL,
                Some(from) => next_status(from, kind).unwrap(),
            });
            assert_eq!(event["to"], status.unwrap().key());
            let at = Timestamp::parse_rfc3339(event["at"].as_str().unwrap()).unwrap();
            assert!(at >= last && at <= now(), "{event}");
            last = at;
        }
        assert_eq!(incident["data"]["status"], status.unwrap().key());
        met.insert(status.unwrap());
    }
    assert!(met.len() >= 9, "{met:?}");
}

#[tokio::test]
async fn the_region_looks_alive() {
    let server = frozen(12_000);
    let (lines, _) = Client::new(&server, TOKEN).walk(10_000).await;
    let incidents: Vec<&Value> = of_kind(&lines, "incident");
    let time = |v: &Value| Timestamp::parse_rfc3339(v.as_str()?).ok();
    let (mut open, mut overdue, mut in_time, mut answered, mut placed) = (0, 0, 0, 0, 0);
    for incident in &incidents {
        let data = &incident["data"];
        let status = Status::from_key(data["status"].as_str().unwrap()).unwrap();
        let due = time(&data["due_at"]);
        placed += usize::from(data["lat"].is_number());
        if status.is_open() {
            open += usize::from(due.is_some());
            overdue += usize::from(due.is_some_and(|due| due < now()));
        } else if status.is_done()
            && let Some(due) = due
        {
            answered += 1;
            in_time += usize::from(time(&data["first_answer_at"]).unwrap() <= due);
        }
    }
    let share = |part: usize, whole: usize| part as f64 / whole as f64;
    let all = incidents.len();
    assert!((0.92..0.96).contains(&share(placed, all)), "placed {}", share(placed, all));
    assert!((0.01..0.08).contains(&share(overdue, open)), "overdue {}", share(overdue, open));
    assert!((0.80..0.96).contains(&share(in_time, answered)), "{}", share(in_time, answered));
    let messages = of_kind(&lines, "message").len();
    assert!((1.15..1.25).contains(&share(messages, all)), "messages {}", share(messages, all));
}

#[tokio::test]
async fn the_truth_counts_what_was_planted() {
    let server = frozen(6_000);
    let truth = server.truth().unwrap().clone();
    assert!(!truth.bursts.is_empty());
    let (lines, _) = Client::new(&server, TOKEN).walk(10_000).await;
    for burst in &truth.bursts {
        let inside = of_kind(&lines, "incident")
            .into_iter()
            .filter(|line| {
                let data = &line["data"];
                let at = data["received_at"].as_str().unwrap();
                data["municipality"] == burst.municipality.as_str()
                    && burst.topics.iter().any(|topic| data["topic"] == topic.as_str())
                    && (burst.from.as_str()..burst.to.as_str()).contains(&at)
            })
            .count();
        assert!(burst.count > 20 && inside >= burst.count, "{burst:?} {inside}");
    }
    let texts: HashMap<&str, &str> = of_kind(&lines, "message")
        .into_iter()
        .map(|line| (line["id"].as_str().unwrap(), line["data"]["text"].as_str().unwrap()))
        .collect();
    assert!(truth.planted.listed.len() > 400);
    for planted in &truth.planted.listed {
        assert!(texts[planted.message.as_str()].contains(&planted.text), "{planted:?}");
    }
}

#[tokio::test]
async fn logs_of_old_incidents_are_left_out() {
    let server = start(|o| ServerOptions { days: Some(100), log_days: 10, ..o });
    let (lines, _) = Client::new(&server, TOKEN).walk(10_000).await;
    let from = now().plus_secs(-10 * 86_400).to_rfc3339();
    let with_log: std::collections::HashSet<&str> = of_kind(&lines, "event")
        .into_iter()
        .map(|line| line["data"]["incident"].as_str().unwrap())
        .collect();
    for incident in of_kind(&lines, "incident") {
        let recent = incident["data"]["received_at"].as_str().unwrap() >= from.as_str();
        assert_eq!(with_log.contains(incident["id"].as_str().unwrap()), recent, "{incident}");
    }
}

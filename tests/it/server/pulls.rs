//! Pages, cursors, scopes, tokens.

use std::collections::{BTreeMap, HashSet};

use pult::domain::ObjectKind;
use pult::server::ServerOptions;
use pult::sync::protocol::{ChangeLine, EventData, IncidentData, Info, MessageData, RawLine};
use reqwest::Method;

use super::client::{Client, TOKEN, WALL_TOKEN, frozen, of_kind, start};

#[tokio::test]
async fn the_walk_meets_each_object_once_and_as_many_as_info_counts() {
    let server = frozen(400);
    for token in [TOKEN, WALL_TOKEN] {
        let client = Client::new(&server, token);
        let info: Info = serde_json::from_value(client.json("info").await).unwrap();
        assert_eq!(info.counts["incident"], 400);
        assert!(info.demo);
        let (lines, _) = client.walk(137).await;
        let mut seen = HashSet::new();
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let mut last_rev = 0;
        for line in &lines {
            let kind = line["kind"].as_str().unwrap().to_owned();
            assert!(seen.insert((kind.clone(), line["id"].as_str().unwrap().to_owned())));
            let rev = line["rev"].as_u64().unwrap();
            assert!(rev > last_rev);
            last_rev = rev;
            if line.get("deleted").is_none() {
                *counts.entry(kind).or_default() += 1;
            }
        }
        let expected: BTreeMap<_, _> = info.counts.into_iter().filter(|(_, n)| *n > 0).collect();
        assert_eq!(counts, expected, "{token}");
    }
}

#[tokio::test]
async fn a_pull_goes_on_anywhere_and_ends_empty() {
    let server = frozen(60);
    let client = Client::new(&server, TOKEN);
    let (all, head) = client.walk(10_000).await;
    let mut taken = Vec::new();
    let mut cursor: Option<String> = None;
    let sizes = [1, 7, 2, 30, 3].into_iter().cycle();
    for size in sizes {
        let page = client.page(cursor.as_deref(), size).await;
        // Asking again for the same page gives the same.
        assert_eq!(client.page(cursor.as_deref(), size).await.lines, page.lines);
        taken.extend(page.lines);
        cursor = Some(page.end.cursor);
        if !page.end.more {
            break;
        }
    }
    assert_eq!(taken, all);
    let beyond = client.page(Some(&head), 100).await;
    assert_eq!((beyond.lines.len(), beyond.end.more), (0, false));
    assert_eq!(beyond.end.cursor, head);
}

#[tokio::test]
async fn the_wall_gets_no_texts_and_coarse_places() {
    let server = frozen(300);
    let (lines, _) = Client::new(&server, WALL_TOKEN).walk(5_000).await;
    for kind in ["message", "attachment", "entry"] {
        assert!(of_kind(&lines, kind).is_empty(), "{kind}");
    }
    for line in of_kind(&lines, "incident") {
        for field in ["summary", "address", "assignee"] {
            assert!(line["data"].get(field).is_none(), "{line}");
        }
        for field in ["lat", "lon"] {
            if let Some(degrees) = line["data"].get(field) {
                let hundredths = degrees.as_f64().unwrap() * 100.0;
                assert!((hundredths - hundredths.round()).abs() < 1e-6, "{line}");
            }
        }
    }
    for line in of_kind(&lines, "event") {
        assert!(line["data"].get("text").is_none() && line["data"].get("reason").is_none());
        assert!(line["data"].pointer("/by/office").is_none());
    }
    let (desk, _) = Client::new(&server, TOKEN).walk(5_000).await;
    assert_eq!(of_kind(&lines, "incident").len(), of_kind(&desk, "incident").len());
    assert!(of_kind(&desk, "incident")[0]["data"]["summary"].is_string());
}

#[tokio::test]
async fn every_line_is_what_serde_makes_of_the_wire_types() {
    fn again<T>(line: &RawLine<'_>) -> String
    where
        T: serde::Serialize + for<'de> serde::Deserialize<'de>,
    {
        let data: T = serde_json::from_str(line.data.unwrap().get()).unwrap();
        let kind = ObjectKind::from_key(line.kind.as_deref().unwrap()).unwrap();
        let id = line.id.as_deref().unwrap();
        let rev = line.rev.unwrap();
        let line = ChangeLine { kind, id, rev, data: Some(&data), deleted: false };
        serde_json::to_string(&line).unwrap()
    }
    let server = frozen(800);
    for token in [TOKEN, WALL_TOKEN] {
        let answer = Client::new(&server, token).get("changes?limit=10000").await;
        let text = answer.text().await.unwrap();
        let mut kinds = HashSet::new();
        for line in text.lines() {
            let raw: RawLine<'_> = serde_json::from_str(line).unwrap();
            let Some(kind) = raw.kind.clone() else { continue };
            let expected = match kind.as_str() {
                "incident" => again::<IncidentData>(&raw),
                "message" => again::<MessageData>(&raw),
                // What a check found has no field of its own here: it is kept as it came.
                "event" if line.contains(r#""event":"quality_checked""#) => continue,
                "event" => again::<EventData>(&raw),
                _ => continue,
            };
            assert_eq!(line, expected);
            kinds.insert(kind);
        }
        assert_eq!(kinds.len(), if token == TOKEN { 3 } else { 2 });
    }
}

#[tokio::test]
async fn tokens_and_cursors_that_are_not_ours_are_refused_in_words() {
    let server = frozen(50);
    let client = Client::new(&server, TOKEN);
    let stranger = Client::new(&server, "nobody").get("info").await;
    assert_eq!(stranger.status(), 401);
    assert_eq!(stranger.headers()["www-authenticate"], "Bearer");
    let refused = |path: &'static str| {
        let client = &client;
        async move {
            let answer = client.get(path).await;
            let status = answer.status().as_u16();
            let body: serde_json::Value = answer.json().await.unwrap();
            (status, body["code"].as_str().unwrap().to_owned())
        }
    };
    let malformed = (400, "malformed".to_owned());
    assert_eq!(refused("changes?after=no%20sense").await, malformed);
    assert_eq!(refused("changes?limit=0").await, malformed);
    assert_eq!(refused("changes?limit=1&limit=2").await, malformed);
    let expired = (410, "cursor_expired".to_owned());
    assert_eq!(refused("changes?after=nonsense").await, expired);
    assert_eq!(refused("changes?after=0000000000.d.5").await, expired);
    assert_eq!(refused("nothing").await, (404, "not_found".to_owned()));
    let head = client.page(None, 10).await.end.cursor;
    let wall = Client::new(&server, WALL_TOKEN);
    assert_eq!(wall.get(&format!("changes?after={head}")).await.status(), 410);
    let beyond = head.replace(".d.10", ".d.99999999");
    assert_eq!(client.get(&format!("changes?after={beyond}")).await.status(), 410);
    let method = client.request(Method::DELETE, "changes").send().await.unwrap();
    assert_eq!(method.status(), 405);
    assert!(method.headers()["allow"].to_str().unwrap().contains("GET"));
}

#[tokio::test]
async fn a_cursor_behind_the_horizon_is_expired() {
    let server = start(|o| ServerOptions { cursor_horizon: Some(100), ..o });
    let client = Client::new(&server, TOKEN);
    let first = client.page(None, 10).await.end.cursor;
    assert_eq!(client.get(&format!("changes?after={first}")).await.status(), 410);
    let head = client.head().await;
    assert_eq!(client.get(&format!("changes?after={head}")).await.status(), 200);
}

#[tokio::test]
async fn pages_are_compressed_for_those_who_ask() {
    let server = frozen(50);
    let plain = reqwest::Client::builder().no_gzip().no_zstd().build().unwrap();
    let url = format!("http://{}/v1/changes", server.addr());
    for (accept, expected) in [("gzip", Some("gzip")), ("zstd", Some("zstd")), ("identity", None)] {
        let request = plain.get(&url).bearer_auth(TOKEN).header("accept-encoding", accept);
        let answer = request.send().await.unwrap();
        let encoding = answer.headers().get("content-encoding").map(|v| v.to_str().unwrap());
        assert_eq!(encoding, expected);
    }
}

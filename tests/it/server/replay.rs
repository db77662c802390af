//! Recorded requests through the same path.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use pult::domain::Timestamp;
use pult::server::{ReplayEnd, ReplayOptions, Server, ServerError, ServerOptions};
use serde_json::Value;

use super::client::{Client, TOKEN, now, of_kind};

/// Six rows as the sample mapping expects them: one still open, one without
/// coordinates, one broken.
const TABLE: &str = "\
id,opened,closed,status,agency,type,category,lat,lon
1,2022-12-26,2022-12-27T10:00:00,Closed,Dept of Public Works,Street Salting (Req_Serv),Issues related to snow,42.95,-78.85
2,2022-12-26,,Open,Dept of Public Works,Street Snow Plowing (Req_Serv),Issues related to snow,42.89,-78.84
3,2022-12-27,2022-12-27T09:00:00,Closed,Utilities,Sewer (Req_Serv),Issues related to water and sewer,,
4,someday,,Open,Utilities,Sewer (Req_Serv),Issues related to water and sewer,42.9,-78.8
5,2022-12-28,2022-12-30T12:00:00,Closed,Somebody,Something,Other issues,42.85,-78.84
6,2022-12-28,2022-12-28T23:00:00,Closed,DPIS,Housing,Issues related to housing,42.86,-78.85
";

fn mapping() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "data", "replay", "requests-311.toml"].iter().collect()
}

fn start(
    speed: f64,
    end: ReplayEnd,
    clock: fn() -> Timestamp,
) -> (tempfile::TempDir, Result<pult::server::RunningServer, ServerError>) {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("requests.csv");
    std::fs::write(&csv, TABLE).unwrap();
    let replay = Some(ReplayOptions { csv, mapping: mapping(), speed, end });
    let options = ServerOptions { replay, ..ServerOptions::new(clock) };
    (folder, Server::start(options.with_token(TOKEN)))
}

fn day(value: &Value) -> &str {
    &value.as_str().unwrap()[..10]
}

#[tokio::test]
async fn at_once_and_as_it_was() {
    let (_folder, server) = start(0.0, ReplayEnd::AsIs, now);
    let server = server.unwrap();
    let client = Client::new(&server, TOKEN);
    assert_eq!(client.json("info").await["counts"]["incident"], 5);
    let (lines, _) = client.walk(1_000).await;
    let incidents: Vec<&Value> =
        of_kind(&lines, "incident").into_iter().map(|line| &line["data"]).collect();
    let of = |summary: &str| *incidents.iter().find(|i| i["summary"] == summary).unwrap();

    let salting = of("Street Salting (Req_Serv)");
    assert_eq!(salting["topic"], "roads.winter.cleaning.ice");
    assert_eq!((&salting["status"], &salting["body"]), (&"closed".into(), &"demo-roads".into()));
    assert_eq!(salting["closed_at"], "2022-12-27T03:00:00Z");
    assert_eq!(salting["municipality"], "95715000", "the north of the city is Черногорск");
    assert_eq!(salting.get("due_at"), None);

    assert_eq!(of("Street Snow Plowing (Req_Serv)")["status"], "assigned");
    let sewer = of("Sewer (Req_Serv)");
    assert_eq!(sewer.get("lat"), None);
    assert!(sewer["received_at"].as_str().unwrap() < "2022-12-27T02:00:00Z");
    let other = of("Something");
    assert_eq!((&other["block"], &other["status"]), (&"outside".into(), &"closed".into()));
    assert_eq!(other["municipality"], "95701000", "the south is Абакан");
}

#[tokio::test]
async fn moved_to_end_today_without_what_is_still_to_come() {
    let (_folder, server) = start(0.0, ReplayEnd::Now, now);
    let server = server.unwrap();
    let (lines, _) = Client::new(&server, TOKEN).walk(1_000).await;
    let incidents: Vec<&Value> =
        of_kind(&lines, "incident").into_iter().map(|line| &line["data"]).collect();
    let last = incidents.iter().map(|i| i["received_at"].as_str().unwrap()).max().unwrap();
    assert!(last <= now().to_rfc3339().as_str());
    assert!(day(&last.into()) >= "2026-11-22");
    // Closed two days after the last opening: that has not come yet.
    let other = incidents.iter().find(|i| i["summary"] == "Something").unwrap();
    assert_eq!(other["status"], "new");
    for event in of_kind(&lines, "event") {
        assert!(event["data"]["at"].as_str().unwrap() <= now().to_rfc3339().as_str());
    }
}

#[tokio::test]
async fn at_a_speed_records_come_one_after_another() {
    /// Two hours between two looks.
    fn clock() -> Timestamp {
        static LOOKS: AtomicU32 = AtomicU32::new(0);
        now().plus_secs(i64::from(LOOKS.fetch_add(1, Ordering::Relaxed)))
    }
    let (_folder, server) = start(7_200.0, ReplayEnd::AsIs, clock);
    let server = server.unwrap();
    let client = Client::new(&server, TOKEN);
    let count = || async { client.json("info").await["counts"]["incident"].as_u64().unwrap() };
    assert!(count().await < 5);
    for _ in 0..60 {
        if count().await == 5 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    panic!("not all records came");
}

#[tokio::test]
async fn a_restart_goes_on_in_the_table_and_feeds_nothing_twice() {
    static LOOKS: AtomicU32 = AtomicU32::new(0);
    fn clock() -> Timestamp {
        now().plus_secs(i64::from(LOOKS.load(Ordering::Relaxed)))
    }
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("requests.csv");
    std::fs::write(&csv, TABLE).unwrap();
    let replay = ReplayOptions { csv, mapping: mapping(), speed: 7_200.0, end: ReplayEnd::AsIs };
    let start = || {
        let options = ServerOptions {
            replay: Some(replay.clone()),
            data_dir: Some(folder.path().join("server")),
            ..ServerOptions::new(clock)
        };
        Server::start(options.with_token(TOKEN)).unwrap()
    };
    let reach = |server: &pult::server::RunningServer, counts: std::ops::Range<usize>| {
        let client = Client::new(server, TOKEN);
        async move {
            for _ in 0..50 {
                let lines = client.walk(1_000).await.0;
                if counts.contains(&of_kind(&lines, "incident").len()) {
                    return lines;
                }
                tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            }
            panic!("not {counts:?} records");
        }
    };
    // One of the recorded days and a quarter have passed.
    let server = start();
    LOOKS.store(15, Ordering::Relaxed);
    let first = reach(&server, 2..5).await;
    server.shutdown();
    let server = start();
    assert_eq!(Client::new(&server, TOKEN).walk(1_000).await.0, first);
    LOOKS.store(80, Ordering::Relaxed);
    let lines = reach(&server, 5..6).await;
    let summaries: std::collections::BTreeSet<&str> = of_kind(&lines, "incident")
        .into_iter()
        .map(|line| line["data"]["summary"].as_str().unwrap())
        .collect();
    assert_eq!(summaries.len(), 5);
    // What was opened before the restart is closed after it.
    let closed = |lines: &[Value]| {
        let incidents = of_kind(lines, "incident").into_iter();
        incidents.filter(|line| line["data"]["status"] == "closed").count()
    };
    assert!(closed(&lines) > closed(&first), "{} {}", closed(&first), closed(&lines));
}

#[test]
fn what_cannot_be_read_is_named() {
    let (folder, _) = start(0.0, ReplayEnd::AsIs, now);
    let csv = folder.path().join("requests.csv");
    let error = |csv: &PathBuf, mapping: PathBuf| {
        let replay = ReplayOptions { csv: csv.clone(), mapping, speed: 0.0, end: ReplayEnd::AsIs };
        let options = ServerOptions { replay: Some(replay), ..ServerOptions::new(now) };
        let error = Server::start(options).err().unwrap();
        std::error::Error::source(&error).unwrap().to_string()
    };
    let absent = folder.path().join("absent");
    assert!(error(&absent, mapping()).ends_with("absent"));
    let bad = folder.path().join("bad.toml");
    let text = std::fs::read_to_string(mapping()).unwrap();
    std::fs::write(&bad, text.replace("zhkh.house\"", "zhkh.castle\"")).unwrap();
    assert!(error(&csv, bad.clone()).contains("no topic `zhkh.castle`"));
    std::fs::write(&bad, text.replace("[time]", "[times]")).unwrap();
    assert!(error(&csv, bad).contains("bad.toml, line"));
    let empty = folder.path().join("empty.csv");
    std::fs::write(&empty, "id,opened\n1,never\n").unwrap();
    assert!(error(&empty, mapping()).contains("no row has an opening"));
}

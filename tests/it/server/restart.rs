//! What a server with a folder keeps when it stops, is killed, or gets an old
//! copy of its file back.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use pult::domain::Timestamp;
use pult::server::{RunningServer, Server, ServerError, ServerOptions};
use rusqlite::Connection;
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{Client, TOKEN, WALL_TOKEN, line, now, of_kind};

fn options(folder: &Path) -> ServerOptions {
    let options = ServerOptions {
        incidents: 300,
        frozen: true,
        data_dir: Some(folder.to_owned()),
        ..ServerOptions::new(now)
    };
    options.with_token(TOKEN).with_wall_token(WALL_TOKEN)
}

fn start(folder: &Path) -> RunningServer {
    Server::start(options(folder)).unwrap()
}

/// Ids of incidents in that status.
fn in_status<'a>(lines: &'a [Value], status: &str) -> Vec<&'a str> {
    of_kind(lines, "incident")
        .into_iter()
        .filter(|line| line["data"]["status"] == status)
        .map(|line| line["id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn everything_stands_after_a_restart_and_ids_are_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path());
    let client = Client::new(&server, TOKEN);
    let (before, first_cursor) = client.walk(10_000).await;
    let open = in_status(&before, "in_work");
    let create = json!({
        "id": Uuid::now_v7(), "command": "create", "at": "2026-11-24T02:31:00Z",
        "payload": {"summary": "Упало дерево", "text": "Лежит", "url": "https://vk.example/1"},
    });
    let commands = [
        create,
        line("mark", open[0], &json!({"add": ["conflict"]})),
        line("merge", open[1], &json!({"into": open[0]})),
        line("submit", open[2], &json!({"text": "Сделано."})),
        line("assign", open[3], &json!({"body": "demo-roads", "assignee": "Мастер"})),
    ];
    let mut first = Vec::new();
    for command in &commands {
        let answer = client.command(command).await;
        assert_eq!(answer["outcome"], "accepted", "{answer}");
        first.push(answer);
    }
    let info = client.json("info").await;
    let (lines, cursor) = client.walk(10_000).await;
    server.shutdown();

    let server = start(folder.path());
    let client = Client::new(&server, TOKEN);
    assert_eq!(client.json("info").await, info);
    assert_eq!(client.walk(10_000).await, (lines, cursor.clone()));
    let page = client.page(Some(&first_cursor), 10_000).await;
    assert!(page.lines.len() > 10 && page.end.cursor == cursor);
    for (command, first) in commands.iter().zip(&first) {
        let again = client.command(command).await;
        assert_eq!(again["outcome"], "duplicate");
        assert_eq!((&again["rev"], &again["incident"]), (&first["rev"], &first["incident"]));
    }
    assert_eq!(client.head().await, cursor);
    // What stood before goes on: the merge is undone, the messages return.
    let unmerge = line("unmerge", open[1], &json!({}));
    assert_eq!(client.command(&unmerge).await["outcome"], "accepted");
    let (after, _) = client.walk(10_000).await;
    let holders = |lines: &[Value]| -> Vec<Value> {
        let messages = of_kind(lines, "message").into_iter();
        messages.filter(|m| m["data"]["incident"] == open[1]).map(|m| m["id"].clone()).collect()
    };
    assert_eq!(holders(&after), holders(&before));
}

#[tokio::test]
async fn an_office_whose_first_command_was_refused_keeps_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path());
    let client = Client::new(&server, TOKEN);
    let nobody = line("comment", "i-99999", &json!({"text": "Никуда."}));
    assert_eq!(client.command(&nobody).await["outcome"], "rejected");
    let comment = line("comment", "i-1", &json!({"text": "Сюда."}));
    assert_eq!(client.command(&comment).await["outcome"], "accepted");
    let (before, _) = client.walk(10_000).await;
    server.shutdown();
    let server = start(folder.path());
    let (after, _) = Client::new(&server, TOKEN).walk(10_000).await;
    assert_eq!(after, before);
    let events = of_kind(&after, "event");
    let mine = events.iter().find(|event| event["data"]["text"] == "Сюда.").unwrap();
    assert_eq!(mine["data"]["by"]["office"], "Дежурный ЦУР (рабочее место)");
}

#[tokio::test]
async fn who_asks_a_stopped_server_is_refused_and_does_not_hold_its_file() {
    use pult::sync::api::FeedbackApi as _;
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path());
    let direct = server.direct(TOKEN).unwrap();
    assert!(direct.info().await.is_ok());
    server.shutdown();
    assert_eq!(direct.info().await.unwrap_err().key(), "busy");
    let server = start(folder.path());
    assert!(server.direct(TOKEN).unwrap().info().await.is_ok());
}

#[tokio::test]
async fn an_old_copy_of_the_file_begins_a_new_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.db");
    let backup = folder.path().join("backup.db");
    let comment = |text: &str| line("comment", "i-1", &json!({"text": text}));
    let (kept, lost) = (comment("Первый."), comment("Второй."));

    let server = start(folder.path());
    assert_eq!(Client::new(&server, TOKEN).command(&kept).await["outcome"], "accepted");
    server.shutdown();
    std::fs::copy(&file, &backup).unwrap();
    let server = start(folder.path());
    let client = Client::new(&server, TOKEN);
    let epoch = client.json("info").await["epoch"].clone();
    assert_eq!(client.command(&lost).await["outcome"], "accepted");
    let cursor = client.head().await;
    server.shutdown();

    std::fs::copy(&backup, &file).unwrap();
    let server = start(folder.path());
    let client = Client::new(&server, TOKEN);
    let restored = client.json("info").await["epoch"].clone();
    assert_ne!(restored, epoch);
    assert_eq!(client.get(&format!("changes?after={cursor}")).await.status(), 410);
    assert_eq!(client.command(&kept).await["outcome"], "duplicate");
    assert_eq!(client.command(&lost).await["outcome"], "accepted");
    server.shutdown();

    // The new epoch stays, as the old one had.
    let server = start(folder.path());
    assert_eq!(Client::new(&server, TOKEN).json("info").await["epoch"], restored);
}

#[tokio::test]
async fn what_does_not_belong_to_the_folder_is_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path());
    let refused = |change: fn(ServerOptions) -> ServerOptions| {
        let error = Server::start(change(options(folder.path()))).err().unwrap();
        assert!(matches!(error, ServerError::Journal(_)), "{error}");
        error.to_string()
    };
    assert!(refused(|o| o).starts_with("another server uses the folder"));
    server.shutdown();
    for change in [
        (|o| ServerOptions { seed: 2, ..o }) as fn(ServerOptions) -> ServerOptions,
        |o| ServerOptions { incidents: 301, ..o },
        |o| ServerOptions { days: Some(20), ..o },
        |o| ServerOptions { history_end: Some(now()), ..o },
    ] {
        let told = refused(change);
        assert!(told.contains("--seed 1 --incidents 300 --days 14 --log-days 300"), "{told}");
    }
    let database = Connection::open(folder.path().join("server.db")).unwrap();
    database.execute("UPDATE about SET history = 'another'", []).unwrap();
    drop(database);
    assert!(refused(|o| o).starts_with("this version of the program makes another history"));
}

#[tokio::test]
async fn a_damaged_commit_is_named_and_nothing_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path());
    let comment = line("comment", "i-1", &json!({"text": "Проверено."}));
    Client::new(&server, TOKEN).command(&comment).await;
    server.shutdown();
    let database = Connection::open(folder.path().join("server.db")).unwrap();
    let bend = "UPDATE journal SET change = replace(change, 'Проверено', 'проверено')";
    assert_eq!(database.execute(bend, []).unwrap(), 1);
    drop(database);
    let error = Server::start(options(folder.path())).err().unwrap().to_string();
    assert!(error.contains("damaged at commit 1"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_accepted_and_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.db");
    start(folder.path()).shutdown();
    // Stands for a full disk: the file refuses everything that is new.
    let database = Connection::open(&file).unwrap();
    database
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT raise(FAIL, 'full'); END",
        )
        .unwrap();
    drop(database);
    let server = start(folder.path());
    let client = Client::new(&server, TOKEN);
    let cursor = client.head().await;
    let comment = line("comment", "i-1", &json!({"text": "Проверено."}));
    let post = || {
        client
            .request(reqwest::Method::POST, "commands")
            .header("content-type", "application/x-ndjson")
            .body(comment.to_string())
    };
    for _ in 0..2 {
        let answer = post().send().await.unwrap();
        assert_eq!(answer.status(), 503);
        assert!(answer.headers().contains_key("retry-after"));
    }
    assert_eq!(client.get(&format!("changes?after={cursor}")).await.status(), 503);
    server.shutdown();
    Connection::open(&file).unwrap().execute("DROP TRIGGER full", []).unwrap();
    let server = start(folder.path());
    let client = Client::new(&server, TOKEN);
    assert_eq!(client.head().await, cursor, "nothing of it was ever there");
    assert_eq!(client.command(&comment).await["outcome"], "accepted");
}

#[tokio::test]
async fn a_living_region_goes_on_where_it_was_and_makes_up_for_its_absence() {
    static OFFSET: AtomicU32 = AtomicU32::new(0);
    fn clock() -> Timestamp {
        now().plus_secs(i64::from(OFFSET.fetch_add(5, Ordering::Relaxed)))
    }
    let folder = tempfile::tempdir().unwrap();
    let living = || {
        let options = ServerOptions {
            frozen: false,
            rate: 400.0,
            clock,
            incidents: 2_000,
            ..options(folder.path())
        };
        Server::start(options).unwrap()
    };
    let server = living();
    let client = Client::new(&server, TOKEN);
    let begun = client.walk(10_000).await.1;
    let many = |n: usize| {
        let client = &client;
        let begun = &begun;
        async move {
            for _ in 0..200 {
                let page = client.page(Some(begun), 10_000).await;
                if of_kind(&page.lines, "incident").len() > n {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
            panic!("nothing happens");
        }
    };
    many(20).await;
    let (lines, cursor) = client.walk(10_000).await;
    server.shutdown();

    // Two days later.
    OFFSET.fetch_add(2 * 86_400, Ordering::Relaxed);
    let server = living();
    let client = Client::new(&server, TOKEN);
    let count = |lines: &[Value]| of_kind(lines, "incident").len();
    let mut caught_up = Vec::new();
    for _ in 0..100 {
        caught_up = client.walk(10_000).await.0;
        if count(&caught_up) > count(&lines) + 100 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    // 2,000 incidents of 14 days make more than 100 in two.
    assert!(count(&caught_up) > count(&lines) + 100, "{}", count(&caught_up));
    // Events never change, so those of before stand as they were.
    let events =
        |lines: &[Value]| -> Vec<Value> { of_kind(lines, "event").into_iter().cloned().collect() };
    let known = events(&lines);
    assert_eq!(events(&caught_up)[..known.len()], known);
    let page = client.page(Some(&cursor), 10_000).await;
    let days: std::collections::BTreeSet<String> = of_kind(&page.lines, "incident")
        .into_iter()
        .map(|line| line["data"]["received_at"].as_str().unwrap()[..10].to_owned())
        .collect();
    assert!(days.contains("2026-11-25"), "{days:?}");
}

/// `pult serve` as a process of its own, that can be killed.
struct Process {
    child: Child,
    url: String,
}

impl Process {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pult"))
            .args(["serve", "--addr", "127.0.0.1:0", "--frozen", "--incidents", "40"])
            .args(["--token", TOKEN, "--data-dir"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        let url = ready.trim().strip_prefix("listening on ").unwrap().to_owned();
        Self { child, url }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn killed_at_any_moment_it_has_what_it_accepted_and_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut accepted: Vec<(Value, Value)> = Vec::new();
    // Four kills, and more where the machine was too busy to answer much.
    for round in 0..40 {
        if round >= 4 && accepted.len() > 8 {
            break;
        }
        let mut server = Process::start(folder.path());
        let client = Client::at(&server.url, TOKEN);
        let killed_after = std::time::Duration::from_millis(20 + 45 * (round % 4));
        let sending = async {
            loop {
                let command = line("comment", "i-1", &json!({"text": "Проверено."}));
                let Some(answer) = client.try_command(&command).await else { return };
                assert_eq!(answer["outcome"], "accepted");
                accepted.push((command, answer));
            }
        };
        tokio::select! {
            () = sending => panic!("the server ended by itself"),
            () = tokio::time::sleep(killed_after) => server.child.kill().unwrap(),
        }
    }
    assert!(accepted.len() > 8, "{}", accepted.len());
    let server = Process::start(folder.path());
    let client = Client::at(&server.url, TOKEN);
    let head = client.head().await;
    for (command, first) in &accepted {
        let again = client.command(command).await;
        assert_eq!((&again["outcome"], &again["rev"]), (&json!("duplicate"), &first["rev"]));
    }
    assert_eq!(client.head().await, head);
    let (lines, _) = client.walk(10_000).await;
    let written = of_kind(&lines, "event")
        .into_iter()
        .filter(|line| line["data"]["text"] == "Проверено.")
        .count();
    // Each kill may have cut off one answer whose command was carried out.
    assert!((accepted.len()..=accepted.len() + 4).contains(&written), "{written}");
}

//! Commands and leases.

use pult::domain::Role;
use pult::server::{RunningServer, ServerOptions, Token};
use pult::sync::protocol::Scope;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{Client, TOKEN, WALL_TOKEN, frozen, line, of_kind, start};

const HEAD: &str = "head-token";
const CURATOR: &str = "curator-token";

/// With tokens of a head and of a curator beside the usual ones.
fn with_officers() -> RunningServer {
    start(|mut options| {
        options.tokens.push(Token::new(HEAD, Role::Head, Scope::Desk, "Руководитель ЦУР"));
        options.tokens.push(Token::new(CURATOR, Role::Curator, Scope::Desk, "Куратор"));
        ServerOptions { incidents: 400, ..options }
    })
}

/// The first incident in that status.
async fn in_status(client: &Client, status: &str) -> (String, u64) {
    let (lines, _) = client.walk(10_000).await;
    let incidents = of_kind(&lines, "incident");
    let found = incidents.into_iter().find(|line| line["data"]["status"] == status).unwrap();
    (found["id"].as_str().unwrap().to_owned(), found["rev"].as_u64().unwrap())
}

/// What an incident looks like now.
async fn now_of(client: &Client, id: &str) -> Value {
    let (lines, _) = client.walk(10_000).await;
    let incidents = of_kind(&lines, "incident");
    incidents.into_iter().find(|line| line["id"] == id).unwrap()["data"].clone()
}

#[tokio::test]
async fn an_incident_goes_its_whole_way_and_each_step_is_pulled() {
    let server = with_officers();
    let duty = Client::new(&server, TOKEN);
    let head = Client::new(&server, HEAD);
    let before = duty.head().await;
    let created = duty
        .command(&json!({
            "id": Uuid::now_v7(), "command": "create", "at": "2026-11-24T02:31:00Z",
            "payload": {
                "summary": "Упало дерево", "topic": "outside.streets.yards.tree",
                "lat": 53.72, "lon": 91.44, "text": "Дерево \"лежит\" на дороге",
            },
        }))
        .await;
    assert_eq!(created["outcome"], "accepted");
    let id = created["incident"].as_str().unwrap();
    let body = json!({"body": "demo-roads", "assignee": "Мастер участка"});
    for (client, command, payload) in [
        (&duty, "take", json!({})),
        (&duty, "prioritise", json!({"priority": 2})),
        (&duty, "mark", json!({"marks": ["resonance"]})),
        (&duty, "assign", body),
        (&duty, "take", json!({})),
        (&duty, "interim_answer", json!({"text": "Бригада выехала."})),
        (&duty, "submit", json!({"text": "Дерево убрано."})),
        (&head, "approve", json!({})),
        (&duty, "close", json!({})),
        (&duty, "rate", json!({"rating": 5})),
        (&duty, "quality", json!({"verdict": "full"})),
    ] {
        let answer = client.command(&line(command, id, &payload)).await;
        assert_eq!(answer["outcome"], "accepted", "{command} {answer}");
        assert_eq!(answer["incident"], id);
    }
    let data = now_of(&duty, id).await;
    let expected = json!({
        "regime": "other", "source": "hand", "block": "outside",
        "topic": "outside.streets.yards.tree", "summary": "Упало дерево",
        "municipality": "95701000", "lat": 53.72, "lon": 91.44, "priority": 2,
        "marks": ["resonance"], "status": "closed", "body": "demo-roads",
        "assignee": "Дежурный ЦУР (рабочее место)", "received_at": "2026-11-24T02:30:00Z",
        "first_answer_at": "2026-11-24T02:30:00Z", "closed_at": "2026-11-24T02:30:00Z",
        "satisfaction": 5,
    });
    assert_eq!(data, expected);
    let page = duty.page(Some(&before), 10_000).await;
    let events: Vec<&str> = of_kind(&page.lines, "event")
        .into_iter()
        .map(|line| line["data"]["event"].as_str().unwrap())
        .collect();
    assert_eq!(events.len(), 12);
    assert_eq!((events[0], events[11]), ("created", "quality_checked"));
    let message = of_kind(&page.lines, "message")[0];
    assert_eq!(message["data"]["text"], "Дерево \"лежит\" на дороге");
    // The incident stands once in the page, at its newest revision.
    assert_eq!(of_kind(&page.lines, "incident").len(), 1);
}

#[tokio::test]
async fn sending_again_is_harmless() {
    let server = frozen(400);
    let client = Client::new(&server, TOKEN);
    let (id, _) = in_status(&client, "in_work").await;
    let command = line("comment", &id, &json!({"text": "Проверено."}));
    let first = client.command(&command).await;
    let head = client.head().await;
    let twice = client.send(&[command.to_string(), command.to_string()]).await;
    for again in twice {
        assert_eq!(again["outcome"], "duplicate");
        assert_eq!((&again["rev"], &again["incident"]), (&first["rev"], &first["incident"]));
    }
    assert_eq!(client.head().await, head);
}

#[tokio::test]
async fn what_moved_on_is_a_conflict_that_shows_the_state_of_now() {
    let server = frozen(400);
    let client = Client::new(&server, TOKEN);
    let (id, rev) = in_status(&client, "in_work").await;
    let mut command = line("prioritise", &id, &json!({"priority": 1}));
    command["based_on"] = json!(rev);
    assert_eq!(client.command(&command).await["outcome"], "accepted");
    command["id"] = json!(Uuid::now_v7());
    command["payload"] = json!({"priority": 2});
    let answer = client.command(&command).await;
    assert_eq!(answer["outcome"], "conflict");
    assert!(answer["rev"].as_u64().unwrap() > rev);
    assert_eq!(answer["current"]["priority"], 1);
    assert_eq!(now_of(&client, &id).await["priority"], 1);
    // Based on what the answer said, it goes through.
    command["based_on"] = answer["rev"].clone();
    assert_eq!(client.command(&command).await["outcome"], "accepted");
}

#[tokio::test]
async fn lines_of_one_body_do_not_stand_in_each_others_way() {
    let server = with_officers();
    let duty = Client::new(&server, TOKEN);
    let (id, rev) = in_status(&duty, "in_work").await;
    let based = |command: &str, payload: Value, rev: u64| {
        let mut command = line(command, &id, &payload);
        command["based_on"] = json!(rev);
        command
    };
    let outcomes = |answers: &[Value]| -> Vec<String> {
        answers.iter().map(|answer| answer["outcome"].as_str().unwrap().to_owned()).collect()
    };
    let first = based("prioritise", json!({"priority": 1}), rev);
    let body = [
        first.to_string(),
        line("comment", &id, &json!({"text": "Без основания."})).to_string(),
        based("mark", json!({"add": ["conflict"]}), rev).to_string(),
        based("interim_answer", json!({"text": "Выехали."}), rev - 1).to_string(),
    ];
    let answers = duty.send(&body).await;
    assert_eq!(outcomes(&answers), ["accepted", "accepted", "accepted", "conflict"]);
    // The next body is held against what is there now.
    let late = based("prioritise", json!({"priority": 2}), rev);
    assert_eq!(duty.command(&late).await["outcome"], "conflict");
    // A comment by somebody else counts, and one's own on top of it does not hide it.
    let rev = answers[2]["rev"].as_u64().unwrap();
    let head = Client::new(&server, HEAD);
    head.command(&line("comment", &id, &json!({"text": "Ускорить."}))).await;
    let body = [
        based("comment", json!({"text": "Видел."}), rev).to_string(),
        based("prioritise", json!({"priority": 2}), rev).to_string(),
    ];
    assert_eq!(outcomes(&duty.send(&body).await), ["accepted", "conflict"]);
    // What an earlier request carried out goes on from there.
    let rev = in_rev(&duty, &id).await;
    let again = based("prioritise", json!({"priority": 0}), rev);
    duty.command(&again).await;
    let body = [again.to_string(), based("mark", json!({"marks": []}), rev).to_string()];
    assert_eq!(outcomes(&duty.send(&body).await), ["duplicate", "accepted"]);
}

async fn in_rev(client: &Client, id: &str) -> u64 {
    let (lines, _) = client.walk(10_000).await;
    let incidents = of_kind(&lines, "incident");
    incidents.into_iter().find(|line| line["id"] == id).unwrap()["rev"].as_u64().unwrap()
}

#[tokio::test]
async fn marks_of_two_officers_come_together() {
    let server = with_officers();
    let (duty, head) = (Client::new(&server, TOKEN), Client::new(&server, HEAD));
    let (id, rev) = in_status(&duty, "in_work").await;
    let mut first = line("mark", &id, &json!({"add": ["conflict", "resonance"]}));
    let mut second =
        line("mark", &id, &json!({"add": ["communication_error"], "remove": ["resonance"]}));
    for command in [&mut first, &mut second] {
        command["based_on"] = json!(rev);
    }
    assert_eq!(duty.command(&first).await["outcome"], "accepted");
    let conflict = head.command(&second).await;
    assert_eq!(conflict["outcome"], "conflict");
    assert_eq!(conflict["current"]["marks"], json!(["resonance", "conflict"]));
    // It commutes, so it is sent again on top of what is there.
    second["based_on"] = conflict["rev"].clone();
    assert_eq!(head.command(&second).await["outcome"], "accepted");
    let marks = now_of(&duty, &id).await["marks"].clone();
    assert_eq!(marks, json!(["conflict", "communication_error"]));
}

#[tokio::test]
async fn a_check_of_the_answer_tells_what_it_found() {
    let server = frozen(400);
    let client = Client::new(&server, TOKEN);
    let (id, _) = in_status(&client, "answered").await;
    let cursor = client.head().await;
    let payload = json!({"verdict": "partial", "checks": ["polite", "to_the_point"], "text": "т"});
    let quality = line("quality", &id, &payload);
    assert_eq!(client.command(&quality).await["outcome"], "accepted");
    let page = client.page(Some(&cursor), 10).await;
    let event = &of_kind(&page.lines, "event")[0]["data"];
    assert_eq!((&event["event"], &event["reason"]), (&json!("quality_checked"), &json!("partial")));
    assert_eq!(event["checks"], json!(["to_the_point", "polite"]));
    let rude = line("quality", &id, &json!({"verdict": "full", "checks": ["rude"]}));
    assert_eq!(client.command(&rude).await["reason"], "invalid_payload");
}

#[tokio::test]
async fn a_problem_is_made_by_its_first_incident_and_changed_only_in_what_is_said() {
    let server = with_officers();
    let client = Client::new(&server, TOKEN);
    let (first, _) = in_status(&client, "in_work").await;
    let (second, rev) = in_status(&client, "closed").await;
    let born = |name: &str| {
        json!({
            "name": name, "topic": "zhkh.heat", "municipality": "95715000",
            "started_at": "2026-11-22T06:30:00Z", "wall": false,
        })
    };
    let is_of = |incident: &str, fields: Value| {
        let mut payload = json!({"problem": "p-new"});
        payload.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        line("link", incident, &payload)
    };
    let cursor = client.head().await;
    let early = is_of(&first, json!({"says": {"state": "closed"}}));
    assert_eq!(client.command(&early).await["reason"], "invalid_payload", "nobody knows it yet");
    for (incident, fields) in [
        (&first, json!({"born": born("Холодно")})),
        (&second, json!({"says": {"name": "Холодно в городе", "state": "watched", "wall": true}})),
        // What comes late renames and reopens nothing.
        (&second, json!({"born": born("Другое")})),
        (
            &second,
            json!({"says": {"remedy": {"cause": "износ", "acted_at": "2026-11-23T06:30:00Z"}}}),
        ),
    ] {
        let mut command = is_of(incident, fields);
        // It is right whatever happened to the incident meanwhile.
        command["based_on"] = json!(rev - 1);
        let answer = client.command(&command).await;
        assert_eq!(answer["outcome"], "accepted", "{command} {answer}");
    }
    let page = client.page(Some(&cursor), 50).await;
    let problems = of_kind(&page.lines, "problem");
    assert_eq!(problems.len(), 1, "{problems:?}");
    let told = &problems[0];
    assert_eq!((&told["id"], &told["data"]["name"]), (&json!("p-new"), &json!("Холодно в городе")));
    assert_eq!((&told["data"]["state"], &told["data"]["wall"]), (&json!("watched"), &json!(true)));
    let events = of_kind(&page.lines, "event");
    assert!(events.iter().all(|event| event["data"]["event"] == "linked"), "{events:?}");
    for id in [&first, &second] {
        assert_eq!(now_of(&client, id).await["problem"], "p-new");
    }
    // A wall is not told why, and of what is not for it nothing but the id.
    let of_wall = async || {
        let (lines, _) = Client::new(&server, WALL_TOKEN).walk(10_000).await;
        let problem = of_kind(&lines, "problem").into_iter().find(|it| it["id"] == "p-new");
        let incidents = of_kind(&lines, "incident");
        let its = incidents.iter().filter(|it| it["data"]["problem"] == "p-new").count();
        (problem.and_then(|it| it.get("data").cloned()), its)
    };
    let (problem, its) = of_wall().await;
    assert_eq!((problem.unwrap().get("remedy"), its), (None, 2));
    let desk = client.walk(10_000).await.0;
    let told = of_kind(&desk, "problem").into_iter().find(|it| it["id"] == "p-new").unwrap();
    assert_eq!(told["data"]["remedy"]["cause"], "износ");
    let hide = is_of(&first, json!({"says": {"wall": false, "state": "closed"}}));
    assert_eq!(client.command(&hide).await["outcome"], "accepted");
    assert_eq!(of_wall().await, (None, 2));

    let head = client.head().await;
    let (merged, _) = in_status(&client, "merged").await;
    let with = |field: &str, value: Value| {
        let mut born = born("Холодно");
        born[field] = value;
        line("link", &first, &json!({"problem": "p-other", "born": born}))
    };
    for (command, reason) in [
        (line("link", &first, &json!({"problem": "r-1"})), "invalid_payload"),
        (line("link", &first, &json!({"problem": "x".repeat(65)})), "invalid_payload"),
        (line("link", &first, &json!({"problem": "г-1"})), "invalid_payload"),
        (line("link", &first, &json!({})), "invalid_payload"),
        (with("name", json!(" ")), "invalid_payload"),
        (with("topic", json!("no.such.topic")), "invalid_payload"),
        (with("municipality", json!("12345678")), "invalid_payload"),
        (with("started_at", json!("yesterday")), "invalid_payload"),
        (with("wall", json!("yes")), "invalid_payload"),
        (is_of(&first, json!({"says": {"state": "perhaps"}})), "invalid_payload"),
        (is_of(&first, json!({"says": {"name": ""}})), "invalid_payload"),
        (is_of(&first, json!({"says": {"remedy": "none"}})), "invalid_payload"),
        (is_of(&first, json!({"says": {"remedy": {"acted_at": "yesterday"}}})), "invalid_payload"),
        (is_of(&merged, json!({"born": born("Другое")})), "illegal_move"),
    ] {
        let answer = client.command(&command).await;
        assert_eq!(answer["reason"], reason, "{command} {answer}");
    }
    assert_eq!(client.head().await, head, "what is refused makes no problem");
    let curator = Client::new(&server, CURATOR);
    let answer = curator.command(&is_of(&first, json!({}))).await;
    assert_eq!(answer["reason"], "forbidden", "who does not see all problems makes none");

    // What is only said of it leaves the incident where it is.
    let (third, _) = in_status(&client, "triage").await;
    let says = is_of(&third, json!({"says": {"state": "watched"}}));
    assert_eq!(client.command(&says).await["outcome"], "accepted");
    assert_eq!(now_of(&client, &third).await["problem"], Value::Null);
    // Two offices that write at the same time lose nothing.
    let decided = is_of(&first, json!({"says": {"remedy": {"decision": "да", "acted_at": ""}}}));
    assert_eq!(client.command(&decided).await["outcome"], "accepted");
    let desk = client.walk(10_000).await.0;
    let told = of_kind(&desk, "problem").into_iter().find(|it| it["id"] == "p-new").unwrap();
    assert_eq!(told["data"]["remedy"], json!({"cause": "износ", "decision": "да"}));

    let unlink = |incident: &str, problem: &str| {
        let mut unlink = line("unlink", incident, &json!({"problem": problem}));
        unlink["based_on"] = json!(rev - 1);
        unlink
    };
    let other = is_of(&third, json!({"problem": "p-other", "born": born("Другое")}));
    assert_eq!(client.command(&other).await["outcome"], "accepted");
    for incident in [&first, &third] {
        let answer = client.command(&unlink(incident, "p-new")).await;
        assert_eq!(answer["outcome"], "accepted");
    }
    assert_eq!(now_of(&client, &first).await["problem"], "", "a person took it out");
    assert_eq!(now_of(&client, &second).await["problem"], "p-new");
    assert_eq!(now_of(&client, &third).await["problem"], "p-other", "it was not of that one");
    let unknown = client.command(&unlink(&first, "p-unknown")).await;
    assert_eq!(unknown["reason"], "invalid_payload");
    assert_eq!(curator.command(&unlink(&first, "p-new")).await["reason"], "forbidden");
}

#[tokio::test]
async fn what_is_merged_or_rejected_says_why_it_cannot_be_worked_on() {
    let server = with_officers();
    let client = Client::new(&server, TOKEN);
    for (status, allowed) in [("merged", "unmerge"), ("rejected", "reopen")] {
        let (id, _) = in_status(&client, status).await;
        for (command, payload) in [
            ("take", json!({})),
            ("assign", json!({"body": "demo-roads"})),
            ("submit", json!({"text": "т"})),
            ("interim_answer", json!({"text": "т"})),
            ("extend", json!({"due_at": "2027-03-01T00:00:00Z", "reason": "р"})),
            ("rate", json!({"rating": 5})),
            ("quality", json!({"verdict": "full"})),
            ("close", json!({})),
        ] {
            let answer = client.command(&line(command, &id, &payload)).await;
            assert_eq!(answer["reason"], "illegal_move", "{status} {command} {answer}");
            let told = answer["detail"].as_str().unwrap();
            assert!(told.contains(&format!("status `{status}`")), "{told}");
        }
        let back = line(allowed, &id, &json!({"reason": "Ошибка."}));
        assert_eq!(client.command(&back).await["outcome"], "accepted");
    }
}

#[tokio::test]
async fn refusals_have_keys_and_change_nothing() {
    let server = with_officers();
    let duty = Client::new(&server, TOKEN);
    let (id, _) = in_status(&duty, "in_work").await;
    let head = duty.head().await;
    let wrong_time = {
        let mut command = line("comment", &id, &json!({"text": "т"}));
        command["at"] = json!("yesterday");
        command
    };
    for (command, reason) in [
        (line("dance", &id, &json!({})), "unknown_command"),
        (line("approve", &id, &json!({})), "forbidden"),
        (line("take", "i-99999999", &json!({})), "unknown_incident"),
        (line("take", "x", &json!({})), "unknown_incident"),
        (line("close", &id, &json!({})), "illegal_move"),
        (line("assign", &id, &json!({"body": "nobody"})), "invalid_payload"),
        (line("assign", &id, &json!({})), "invalid_payload"),
        (line("prioritise", &id, &json!({"priority": 3})), "invalid_payload"),
        (line("place", &id, &json!({"lat": 53.7})), "invalid_payload"),
        (line("place", &id, &json!({"lat": 1e300, "lon": 5})), "invalid_payload"),
        (line("mark", &id, &json!({"marks": ["loud"]})), "invalid_payload"),
        (line("mark", &id, &json!({})), "invalid_payload"),
        (line("mark", &id, &json!({"marks": [], "add": ["conflict"]})), "invalid_payload"),
        (
            line("mark", &id, &json!({"add": ["conflict"], "remove": ["conflict"]})),
            "invalid_payload",
        ),
        (
            line("extend", &id, &json!({"reason": "р", "due_at": "2020-01-01T00:00:00Z"})),
            "invalid_payload",
        ),
        (line("merge", &id, &json!({"into": id})), "invalid_payload"),
        (line("split", &id, &json!({"messages": []})), "invalid_payload"),
        (line("comment", &id, &json!({"text": 5})), "invalid_payload"),
        (wrong_time, "malformed"),
    ] {
        let answer = duty.command(&command).await;
        assert_eq!(
            (&answer["outcome"], &answer["reason"]),
            (&json!("rejected"), &json!(reason)),
            "{command}"
        );
        assert_eq!(answer["id"], command["id"]);
    }
    assert_eq!(duty.head().await, head);
}

#[tokio::test]
async fn bad_lines_are_answered_among_the_good_ones() {
    let server = frozen(400);
    let client = Client::new(&server, TOKEN);
    let (id, _) = in_status(&client, "in_work").await;
    let good = line("comment", &id, &json!({"text": "Первый."}));
    let known = Uuid::now_v7();
    let answers = client
        .send(&[
            "{".to_owned(),
            good.to_string(),
            String::new(),
            json!({"id": known, "command": 5}).to_string(),
            "[".repeat(100_000),
            format!("{{\"id\":\"{}\"", "x".repeat(1 << 20)),
        ])
        .await;
    let outcomes: Vec<_> = answers.iter().map(|a| a["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["rejected", "accepted", "rejected", "rejected", "rejected"]);
    assert_eq!(answers[0]["id"], json!(Uuid::nil()));
    assert_eq!(answers[2]["id"], json!(known));
    assert_eq!(answers[3]["reason"], "malformed");
    assert_eq!(answers[4]["reason"], "too_long");
}

#[tokio::test]
async fn bodies_and_bearers_that_may_not_are_refused_whole() {
    let server = with_officers();
    let post = |token: &'static str, media: &'static str, body: String| {
        let client = Client::new(&server, token);
        async move {
            let request = client.request(Method::POST, "commands").header("content-type", media);
            request.body(body).send().await.unwrap().status().as_u16()
        }
    };
    let ndjson = "application/x-ndjson";
    assert_eq!(post(WALL_TOKEN, ndjson, String::new()).await, 403);
    assert_eq!(post("nobody", ndjson, String::new()).await, 401);
    assert_eq!(post(TOKEN, "text/plain", String::new()).await, 415);
    assert_eq!(post(TOKEN, ndjson, "{}\n".repeat(501)).await, 413);
    assert_eq!(post(TOKEN, ndjson, " ".repeat((16 << 20) + 1)).await, 413);
    assert_eq!(post(TOKEN, ndjson, String::new()).await, 200);
    // A curator sees no personal data but has commands.
    let curator = Client::new(&server, CURATOR);
    let info = curator.json("info").await;
    assert_eq!(info["token"]["scope"], "wall");
    let id = of_kind(&curator.page(None, 10_000).await.lines, "incident")[0]["id"].clone();
    let id = id.as_str().unwrap();
    let comment = line("comment", id, &json!({"text": "На контроле."}));
    assert_eq!(curator.command(&comment).await["outcome"], "accepted");
    let close = line("close", id, &json!({}));
    assert_eq!(curator.command(&close).await["reason"], "forbidden");
}

#[tokio::test]
async fn a_merge_moves_the_messages_and_its_undoing_brings_them_back() {
    let server = frozen(400);
    let client = Client::new(&server, TOKEN);
    let (lines, _) = client.walk(10_000).await;
    let open: Vec<&str> = of_kind(&lines, "incident")
        .into_iter()
        .filter(|line| line["data"]["status"] == "in_work")
        .map(|line| line["id"].as_str().unwrap())
        .collect();
    let holders = |lines: &[Value], of: &[&Value]| -> Vec<String> {
        let ids: Vec<&Value> = of.iter().map(|m| &m["id"]).collect();
        of_kind(lines, "message")
            .into_iter()
            .filter(|m| ids.contains(&&m["id"]))
            .map(|m| m["data"]["incident"].as_str().unwrap().to_owned())
            .collect()
    };
    let mine: Vec<&Value> = of_kind(&lines, "message")
        .into_iter()
        .filter(|m| m["data"]["incident"] == open[1])
        .collect();
    let merge = line("merge", open[1], &json!({"into": open[0]}));
    assert_eq!(client.command(&merge).await["outcome"], "accepted");
    let (merged, _) = client.walk(10_000).await;
    assert!(holders(&merged, &mine).iter().all(|holder| holder == open[0]));
    assert_eq!(now_of(&client, open[1]).await["merged_into"], open[0]);
    let text = |lines: &[Value]| {
        of_kind(lines, "message").into_iter().find(|m| m["id"] == mine[0]["id"]).unwrap()["data"]
            ["text"]
            .clone()
    };
    assert_eq!(text(&merged), text(&lines), "the words stay");
    // The survivor goes elsewhere; the messages are found behind it.
    let chain = line("merge", open[0], &json!({"into": open[2]}));
    assert_eq!(client.command(&chain).await["outcome"], "accepted");
    let unmerge = line("unmerge", open[1], &json!({}));
    assert_eq!(client.command(&unmerge).await["outcome"], "accepted");
    let (back, _) = client.walk(10_000).await;
    assert!(holders(&back, &mine).iter().all(|holder| holder == open[1]));
    assert_eq!(now_of(&client, open[1]).await.get("merged_into"), None);
}

#[tokio::test]
async fn undoing_a_merge_brings_back_what_came_by_merges_and_splits_of_its_own() {
    let server = frozen(1_000);
    let client = Client::new(&server, TOKEN);
    let (lines, _) = client.walk(10_000).await;
    let messages = of_kind(&lines, "message");
    let of = |id: &str| -> Vec<String> {
        let of_it = messages.iter().filter(|m| m["data"]["incident"] == id);
        of_it.map(|m| m["id"].as_str().unwrap().to_owned()).collect()
    };
    let open: Vec<&str> = of_kind(&lines, "incident")
        .into_iter()
        .filter(|line| line["data"]["status"] == "in_work")
        .map(|line| line["id"].as_str().unwrap())
        .collect();
    let double = *open.iter().find(|id| of(id).len() > 1).unwrap();
    let mut others = open.iter().copied().filter(|id| *id != double);
    let (first, second, third) =
        (others.next().unwrap(), others.next().unwrap(), others.next().unwrap());
    let run = |command: &str, id: &str, payload: Value| {
        let command = line(command, id, &payload);
        let client = &client;
        async move {
            let answer = client.command(&command).await;
            assert_eq!(answer["outcome"], "accepted", "{command} {answer}");
            answer["incident"].as_str().unwrap().to_owned()
        }
    };
    let taken = of(double)[1].clone();
    let split = run("split", double, json!({"messages": [taken]})).await;
    run("merge", &split, json!({"into": first})).await;
    run("merge", first, json!({"into": second})).await;
    run("merge", second, json!({"into": third})).await;
    let incidents = client.json("info").await["counts"]["incident"].clone();
    let holder = |lines: &[Value], id: &str| {
        let found = of_kind(lines, "message").into_iter().find(|m| m["id"] == id).unwrap();
        found["data"]["incident"].as_str().unwrap().to_owned()
    };
    let (merged, _) = client.walk(10_000).await;
    for id in [&taken, &of(first)[0], &of(second)[0]] {
        assert_eq!(holder(&merged, id), third);
    }
    // The middle of the chain comes out with what was merged into it.
    run("unmerge", second, json!({})).await;
    let (back, _) = client.walk(10_000).await;
    for id in [&taken, &of(first)[0], &of(second)[0]] {
        assert_eq!(holder(&back, id), second);
    }
    assert_eq!(holder(&back, &of(third)[0]), third);
    run("unmerge", &split, json!({})).await;
    let (back, _) = client.walk(10_000).await;
    assert_eq!(holder(&back, &taken), split);
    assert_eq!(holder(&back, &of(first)[0]), second);
    let info = client.json("info").await;
    assert_eq!(info["counts"]["incident"], incidents);
    assert_eq!(info["counts"]["message"], messages.len());
}

#[tokio::test]
async fn a_split_takes_some_messages_to_an_incident_of_their_own() {
    let server = frozen(1_000);
    let client = Client::new(&server, TOKEN);
    let (lines, _) = client.walk(10_000).await;
    let messages = of_kind(&lines, "message");
    let (id, of_it) = of_kind(&lines, "incident")
        .into_iter()
        .filter(|line| line["data"]["status"] == "in_work")
        .find_map(|line| {
            let id = line["id"].as_str().unwrap();
            let of_it: Vec<_> = messages.iter().filter(|m| m["data"]["incident"] == id).collect();
            (of_it.len() > 1).then_some((id, of_it))
        })
        .unwrap();
    let split = line("split", id, &json!({"messages": [of_it[1]["id"]], "summary": "Другое"}));
    let answer = client.command(&split).await;
    assert_eq!(answer["outcome"], "accepted");
    let new = answer["incident"].as_str().unwrap();
    assert_ne!(new, id);
    let (after, _) = client.walk(10_000).await;
    let moved = of_kind(&after, "message").into_iter().find(|m| m["id"] == of_it[1]["id"]).unwrap();
    assert_eq!(moved["data"]["incident"], new);
    assert_eq!(moved["data"]["text"], of_it[1]["data"]["text"]);
    let data = now_of(&client, new).await;
    assert_eq!((&data["status"], &data["summary"]), (&json!("new"), &json!("Другое")));
}

#[tokio::test]
async fn nobody_approves_an_answer_of_their_own() {
    // Two tokens of one office: a lead who also submits as block head.
    let server = start(|mut options| {
        options.tokens.push(Token::new("a", Role::BlockHead, Scope::Desk, "Один пост"));
        options.tokens.push(Token::new("b", Role::BlockLead, Scope::Desk, "Один пост"));
        ServerOptions { incidents: 400, ..options }
    });
    let writer = Client::new(&server, "a");
    let (id, _) = in_status(&writer, "in_work").await;
    let submit = line("submit", &id, &json!({"text": "Сделано."}));
    assert_eq!(writer.command(&submit).await["outcome"], "accepted");
    let approve = line("approve", &id, &json!({}));
    let answer = Client::new(&server, "b").command(&approve).await;
    assert_eq!(answer["reason"], "own_answer");
}

async fn lease(client: &Client, incident: &str, secs: u32) -> (u16, Value) {
    let request = client.request(Method::POST, "lease");
    let wished = json!({"incident": incident, "ttl_secs": secs});
    let answer = request.json(&wished).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_lease_is_held_by_one_office_at_a_time() {
    let server = with_officers();
    let duty = Client::new(&server, TOKEN);
    let head = Client::new(&server, HEAD);
    let (status, mine) = lease(&duty, "i-1", 3_600).await;
    assert_eq!((status, &mine["yours"]), (200, &json!(true)));
    assert_eq!(mine["until"], "2026-11-24T02:35:00Z", "at most five minutes");
    let (_, theirs) = lease(&head, "i-1", 60).await;
    assert_eq!((&theirs["yours"], &theirs["holder"]), (&json!(false), &mine["holder"]));
    lease(&duty, "i-1", 0).await;
    assert_eq!(lease(&head, "i-1", 60).await.1["yours"], true);
    assert_eq!(lease(&duty, "i-12345678", 60).await.0, 404);
}

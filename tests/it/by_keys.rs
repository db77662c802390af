//! A shift at the desk with the keyboard alone, its middle third without a
//! connection: in the end the server has what was done, once, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use egui::accesskit::Toggled;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pult::app::state::View;
use pult::board::queue::Section;
use pult::domain::{CommandKind, Role, Status};
use pult::server::{Server, ServerOptions, Token};
use pult::store::CommandState;
use pult::sync::protocol::Scope;
use pult::sync::status::Phase;
use serde_json::{Value, json};

use super::desk::{Bench, TOKEN, region};
use super::officer::Officer;
use super::server::client::{Client, line, of_kind};

const HEAD_TOKEN: &str = "head-token";
const OUR_OFFICE: &str = "Дежурный ЦУР (рабочее место)";
const REASON: &str = "Выезд назначен на утро";

/// Of the server's log: incident, kind of event, reason and text.
type Entry = (String, String, String, String);

/// An officer who keeps a diary.
struct Shift {
    officer: Officer,
    diary: Vec<Entry>,
    /// What is to stand in the server's fields, by incident.
    fields: BTreeMap<String, BTreeMap<&'static str, Value>>,
}

impl Shift {
    /// Id of the incident under the cursor.
    fn id(&self) -> String {
        let state = self.officer.state();
        let open = state.incident.as_ref().expect("a card is open");
        assert_eq!(Some(open.row.row_id), state.triage.cursor);
        open.row.id.clone()
    }

    /// Once it is written down here.
    fn note(&mut self, incident: &str, event: CommandKind, reason: &str, text: &str) {
        let n = self.diary.len();
        self.diary.push((
            incident.to_owned(),
            event.event().key().to_owned(),
            reason.to_owned(),
            text.to_owned(),
        ));
        self.officer.wait(&format!("deed {n}, {event}"), |state| {
            state.undo.last().is_some_and(|offer| offer.kind == event)
        });
        self.officer.settle();
    }

    fn is_to_be(&mut self, incident: &str, fields: &[(&'static str, Value)]) {
        self.fields.entry(incident.to_owned()).or_default().extend(fields.iter().cloned());
    }

    fn take(&mut self, becomes: &str) -> String {
        let id = self.id();
        self.officer.press(Key::T);
        self.note(&id, CommandKind::Take, "", "");
        self.is_to_be(&id, &[("status", json!(becomes)), ("assignee", json!(OUR_OFFICE))]);
        id
    }

    /// Presses the key of a form of words, types them and sends them.
    fn write(&mut self, key: Key, kind: CommandKind, text: &str) {
        let id = self.id();
        self.officer.press(key);
        self.officer.types(text);
        self.officer.press_with(Modifiers::COMMAND, Key::Enter);
        self.note(&id, kind, "", text);
    }

    /// Takes the first of the reasons that are offered.
    fn first_reason(&mut self) -> String {
        let reason = self.officer.first_choice();
        self.officer.press(Key::Enter);
        reason
    }

    /// Id of the body whose line Enter takes now.
    fn chosen_body(&self) -> String {
        let mut lines = self.officer.harness.get_all_by_role(egui::accesskit::Role::ListBoxOption);
        let chosen = lines.find(|line| line.accesskit_node().toggled() == Some(Toggled::True));
        let shown = chosen.and_then(|line| line.accesskit_node().label()).expect("a chosen line");
        let name = shown.split(" · ").next().unwrap_or_default();
        let mut bodies = self.officer.state().vocabulary.bodies.iter().skip(1);
        bodies.find(|body| body.short == name).expect("a body").id.clone()
    }

    /// Goes on with Tab until `wanted` has the focus, and presses it.
    fn tab_to(&mut self, wanted: &str) {
        for _ in 0..200 {
            self.officer.press(Key::Tab);
            let focused = self.officer.harness.root().children_recursive().find(|node| {
                node.accesskit_node().is_focused()
                    && node.accesskit_node().label().is_some_and(|l| l.starts_with(wanted))
            });
            if focused.is_some() {
                self.officer.press(Key::Space);
                self.officer.press(Key::Escape);
                return;
            }
        }
        panic!("Tab never comes to «{wanted}»");
    }

    /// Down the queue to one that stands so and that this shift has not touched.
    fn down_to(&mut self, status: Status) {
        let touched: BTreeSet<String> = self.fields.keys().cloned().collect();
        for _ in 0..500 {
            let open = self.officer.state().incident.as_ref().expect("a card is open");
            if open.row.status == status.index() && !touched.contains(&open.row.id) {
                return;
            }
            self.officer.press(Key::J);
        }
        panic!("no incident in {status}");
    }

    /// Nobody may take anything back any more.
    fn ten_seconds_pass(&mut self) {
        self.officer.harness.state_mut().let_pass(Duration::from_secs(11));
        self.officer.wait("the end of undoing", |state| state.undo.is_empty());
    }

    /// What was done is the server's own.
    fn everything_is_sent(&mut self) {
        self.ten_seconds_pass();
        self.officer.wait("the sending", |state| state.outbox.entries.is_empty());
        self.officer.settle();
    }
}

fn options(folder: &Path) -> ServerOptions {
    let mut options = region(true);
    // Few days, so that at any hour many incidents stand in every status.
    options.days = Some(3);
    options.data_dir = Some(folder.to_owned());
    options.tokens.push(Token::new(HEAD_TOKEN, Role::Head, Scope::Desk, "Руководитель"));
    options
}

/// Everything that the server has, by kind and id.
pub(crate) fn everything(url: &str) -> BTreeMap<(String, String), Value> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (lines, _) = runtime.block_on(Client::at(url, TOKEN).walk(10_000));
    let key = |line: &Value| {
        let of = |field: &str| line[field].as_str().unwrap().to_owned();
        (of("kind"), of("id"))
    };
    lines.into_iter().map(|line| (key(&line), line)).collect()
}

#[test]
fn a_shift_by_keys_with_its_middle_third_offline_stands_on_the_server_as_it_was_done() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(options(folder.path())).unwrap();
    let addr = server.addr();
    let url = format!("http://{addr}");
    let before = everything(&url);
    let mut bench = Bench::on(server);
    let server = bench.server.take().unwrap();
    let mut officer = Officer::sits_down_at(bench);
    officer.harness.state_mut().hold_clock();
    let mut shift = Shift { officer, diary: Vec::new(), fields: BTreeMap::new() };

    // Online. An ordinary one: taken, its topic confirmed, given to the likeliest.
    let first = shift.take("triage");
    shift.officer.press(Key::Enter);
    shift.officer.press(Key::Enter);
    let body = shift.chosen_body();
    shift.officer.press(Key::Enter);
    shift.note(&first, CommandKind::Assign, "", "");
    shift.is_to_be(
        &first,
        &[("status", json!("assigned")), ("body", json!(body)), ("assignee", Value::Null)],
    );
    // An urgent one that everybody speaks of.
    let urgent = shift.id();
    shift.officer.press(Key::U);
    shift.officer.press(Key::Enter);
    shift.note(&urgent, CommandKind::Prioritise, "", "");
    shift.is_to_be(&urgent, &[("priority", json!(2))]);
    shift.write(Key::N, CommandKind::Comment, "звонили с места");
    shift.take("triage");
    // One that is nobody's matter.
    shift.officer.press(Key::J);
    let rejected = shift.id();
    shift.officer.press(Key::D);
    let reason = shift.first_reason();
    shift.note(&rejected, CommandKind::Reject, &reason, "");
    shift.is_to_be(&rejected, &[("status", json!("rejected"))]);
    // One by telephone, and one that is taken back.
    shift.officer.press(Key::H);
    shift.officer.types("Нет света на Лесной");
    shift.officer.press_with(Modifiers::COMMAND, Key::Enter);
    shift.note("new", CommandKind::Create, "", "");
    let untouched = shift.id();
    shift.officer.press(Key::T);
    shift.officer.wait("the taking", |s| s.undo.last().is_some_and(|o| o.rows.len() == 1));
    shift.officer.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(shift.id(), untouched);
    shift.everything_is_sent();

    // The line is cut.
    server.shutdown();
    shift.officer.press(Key::F5);
    shift
        .officer
        .wait("the loss of the line", |state| matches!(state.sync.phase, Phase::Offline { .. }));
    let answered = shift.take("triage");
    shift.write(Key::I, CommandKind::InterimAnswer, "Принято, уточняем");
    shift.officer.press(Key::A);
    let body = shift.chosen_body();
    shift.officer.press(Key::Enter);
    shift.note(&answered, CommandKind::Assign, "", "");
    shift.is_to_be(
        &answered,
        &[("status", json!("assigned")), ("body", json!(body)), ("assignee", Value::Null)],
    );
    // This one somebody else gives to another body meanwhile.
    let disputed = shift.id();
    shift.officer.press(Key::F);
    shift.officer.press(Key::ArrowDown);
    let mine = shift.chosen_body();
    shift.officer.press(Key::Enter);
    shift.note(&disputed, CommandKind::Forward, "", "");
    shift.is_to_be(&disputed, &[("status", json!("assigned")), ("body", json!(mine))]);
    // Two in one go.
    let two = [shift.id(), {
        shift.officer.press_with(Modifiers::SHIFT, Key::J);
        shift.id()
    }];
    shift.officer.press(Key::A);
    let body = shift.chosen_body();
    shift.officer.press(Key::Enter);
    for id in &two {
        shift.note(id, CommandKind::Assign, "", "");
        shift.is_to_be(id, &[("status", json!("assigned")), ("body", json!(body))]);
    }
    // More time, in one's own words; then a place by name.
    let extended = shift.id();
    shift.officer.press(Key::E);
    shift.officer.press(Key::Enter);
    shift.officer.types(REASON);
    shift.officer.press(Key::Enter);
    shift.note(&extended, CommandKind::Extend, REASON, "");
    shift.is_to_be(&extended, &[("due_source", json!("hand"))]);
    shift.officer.press(Key::P);
    shift.officer.types("саяног");
    shift.officer.press(Key::Enter);
    shift.note(&extended, CommandKind::Place, "", "");
    let sayanogorsk = shift.officer.state().catalogue.municipality_by_alias("Саяногорск").unwrap();
    let oktmo = shift.officer.state().catalogue.municipality(sayanogorsk).unwrap().oktmo;
    shift.is_to_be(&extended, &[("municipality", json!(oktmo.to_string()))]);
    // Among all that is open: an answer, one put off, one sent back, a double.
    shift.tab_to("Все");
    assert_eq!(shift.officer.state().triage.section, Section::All);
    shift.down_to(Status::Assigned);
    let submitted = shift.take("in_work");
    shift.write(Key::S, CommandKind::Submit, "Яма заделана 20 ноября");
    shift.is_to_be(&submitted, &[("status", json!("approval"))]);
    shift.down_to(Status::Assigned);
    let postponed = shift.id();
    shift.officer.press(Key::W);
    let reason = shift.first_reason();
    shift.note(&postponed, CommandKind::Postpone, &reason, "");
    shift.is_to_be(&postponed, &[("status", json!("postponed"))]);
    shift.down_to(Status::Assigned);
    let returned = shift.id();
    shift.officer.press(Key::R);
    let reason = shift.first_reason();
    shift.note(&returned, CommandKind::Return, &reason, "");
    shift.is_to_be(&returned, &[("status", json!("triage"))]);
    shift.down_to(Status::InWork);
    let double = shift.id();
    shift.officer.press(Key::M);
    shift.officer.types(&urgent);
    shift.officer.press(Key::Enter);
    shift.note(&double, CommandKind::Merge, "", "");
    shift.is_to_be(&double, &[("status", json!("merged")), ("merged_into", json!(urgent))]);
    let waiting = shift.officer.state().outbox.waiting();
    assert_eq!(waiting, 13, "nothing can have been sent");
    shift.ten_seconds_pass();

    // Meanwhile, at another desk.
    let elsewhere = Server::start(options(folder.path())).unwrap();
    let theirs = shift.officer.state().vocabulary.bodies.iter().skip(1);
    let theirs = theirs.map(|body| body.id.clone()).find(|body| *body != mine).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let command = line("assign", &disputed, &json!({"body": theirs}));
    let answer = runtime.block_on(Client::new(&elsewhere, HEAD_TOKEN).command(&command));
    assert_eq!(answer["outcome"], "accepted", "{answer}");
    elsewhere.shutdown();

    // The line is back: all goes but what is disputed, which the officer decides.
    let server = Server::start(ServerOptions { addr, ..options(folder.path()) }).unwrap();
    shift.officer.press(Key::F5);
    shift.officer.wait("the sending", |state| {
        let entries = &state.outbox.entries;
        !entries.is_empty() && entries.iter().all(|one| one.state == CommandState::Conflict)
    });
    let conflict = &shift.officer.state().outbox.entries;
    assert_eq!(conflict.len(), 1);
    assert_eq!(conflict[0].incident.as_ref(), Some(&disputed));
    shift.officer.press_with(Modifiers::COMMAND, Key::Num7);
    assert_eq!(shift.officer.state().view, View::Outbox);
    shift.officer.press(Key::Enter);
    shift.officer.wait("the keeping", |state| state.outbox.entries.is_empty());
    shift.officer.press_with(Modifiers::COMMAND, Key::Num5);

    // Online again.
    shift.tab_to("Новые");
    let last = {
        shift.down_to(Status::New);
        shift.take("triage")
    };
    shift.write(Key::N, CommandKind::Comment, "передам смене");
    shift.officer.press(Key::G);
    let mark = shift.officer.first_choice();
    shift.officer.press(Key::Enter);
    shift.note(&last, CommandKind::Mark, "", "");
    shift.everything_is_sent();

    let after = everything(&url);
    compare(&shift, &before, &after, &mark);
    server.shutdown();
}

/// The server's state against the diary.
fn compare(
    shift: &Shift,
    before: &BTreeMap<(String, String), Value>,
    after: &BTreeMap<(String, String), Value>,
    mark: &str,
) {
    let of = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let new: Vec<&Value> =
        after.iter().filter(|(key, _)| !before.contains_key(*key)).map(|(_, line)| line).collect();
    let created: Vec<&&Value> = new.iter().filter(|line| line["kind"] == "incident").collect();
    assert_eq!(created.len(), 1, "{created:?}");
    assert_eq!(created[0]["data"]["summary"], "Нет света на Лесной");
    let created = of(&created[0]["id"]);

    let mut log: Vec<Entry> = new
        .iter()
        .filter(|line| line["kind"] == "event" && line["data"]["by"]["office"] == OUR_OFFICE)
        .map(|line| {
            let data = &line["data"];
            (of(&data["incident"]), of(&data["event"]), of(&data["reason"]), of(&data["text"]))
        })
        .collect();
    let mut diary = shift.diary.clone();
    for entry in diary.iter_mut().filter(|entry| entry.0 == "new") {
        entry.0.clone_from(&created);
    }
    log.sort();
    diary.sort();
    assert_eq!(log, diary, "the server's log is the diary, each entry once");

    for (id, fields) in &shift.fields {
        let data = &after[&("incident".to_owned(), id.clone())]["data"];
        for (name, value) in fields {
            assert_eq!(&data[*name], value, "{name} of {id}");
        }
    }
    let marked = after.values().filter(|line| {
        let old = &before.get(&("incident".to_owned(), of(&line["id"])));
        line["kind"] == "incident"
            && old.is_some_and(|old| old["data"]["marks"] != line["data"]["marks"])
    });
    assert_eq!(marked.count(), 1, "«{mark}» stands on one incident");

    // Nothing that was not touched has moved.
    let merged: BTreeSet<&String> = shift
        .fields
        .iter()
        .filter(|(_, f)| f.contains_key("merged_into"))
        .map(|(id, _)| id)
        .collect();
    for (key, line) in after.iter().filter(|(key, _)| key.0 == "incident" && key.1 != created) {
        if !shift.fields.contains_key(&key.1) {
            assert_eq!(Some(line), before.get(key), "nobody touched {}", key.1);
        }
    }
    let lines: Vec<Value> = after.values().cloned().collect();
    let left = of_kind(&lines, "message").into_iter().filter(|m| {
        m["data"]["incident"].as_str().is_some_and(|id| merged.iter().any(|m| *m == id))
    });
    assert_eq!(left.count(), 0, "messages of a double have moved");

    // And the desk counts what the server has.
    let mut counts = vec![0_u32; Status::ALL.len()];
    for line in of_kind(&lines, "incident") {
        let status = Status::from_key(line["data"]["status"].as_str().unwrap()).unwrap();
        counts[usize::from(status.index())] += 1;
    }
    assert_eq!(shift.officer.state().aggregates.by_status, counts);
}

//! What a desk is given that cannot be done: a clear sentence, and nothing of it
//! is lost.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use pult::app::Command;
use pult::domain::{Action, CommandKind, Role, Timestamp};
use pult::server::{Server, ServerOptions, Token};
use pult::store::{CommandState, NewCommand, Store};
use pult::sync::protocol::{CommandLine, Scope};
use uuid::Uuid;

use super::desk::{Bench, TOKEN, region};
use super::fake_api::{FakeApi, NDJSON, end, gone, incident, info, ok, page};
use super::officer::Officer;

fn notices(officer: &Officer) -> Vec<&'static str> {
    officer.state().notices.iter().map(|notice| notice.text).collect()
}

/// All that waits was rejected; what the outbox says of it.
fn said_in_the_outbox(officer: &mut Officer, sentence: &str) {
    officer.harness.state_mut().let_pass(Duration::from_secs(11));
    officer.wait("the rejection", |state| {
        let entries = &state.outbox.entries;
        !entries.is_empty() && entries.iter().all(|one| one.state == CommandState::Rejected)
    });
    officer.press_with(Modifiers::COMMAND, Key::Num7);
    officer.harness.get_by_label(sentence);
}

#[test]
fn an_incident_that_is_gone_is_said_and_the_words_are_given_back() {
    let mut officer = Officer::sits_down();
    let text = "Едем".to_owned();
    officer.does(Command::Act { rows: vec![99_999], action: Action::Comment { text } });
    officer.wait("a sentence", |state| !state.notices.is_empty());
    assert_eq!(notices(&officer), ["notice-incident-gone"]);
    let draft = &officer.state().triage.drafts[&(99_999, CommandKind::Comment)];
    assert_eq!(draft.action.words(), Some("Едем"));
    assert_eq!(officer.state().outbox.waiting(), 0);
}

#[test]
fn words_about_an_incident_that_was_deleted_meanwhile_are_found_also_after_a_restart() {
    let deleted = Arc::new(Mutex::new(None::<String>));
    let told = Arc::clone(&deleted);
    let api = FakeApi::start(move |request, stream| {
        let body = match (request.query("after"), &*told.lock().unwrap()) {
            _ if request.is("/v1/info") => info("1", "a"),
            (None, _) => {
                let all = [("i1", 1), ("i2", 2), ("i3", 3)].map(|(id, rev)| incident(id, rev));
                page(&[&all[..], &[end("c1", false)]].concat())
            }
            (Some("c1"), Some(id)) => page(&[gone(id, 9), end("c2", false)]),
            (Some(after), _) => page(&[end(after, false)]),
        };
        ok(stream, NDJSON, body.as_bytes())
    });
    let folder = tempfile::tempdir().unwrap();
    let mut officer = Officer::sits_down_at(Bench::again(folder, Some(api.url()), None));
    let row_id = officer.cursor();
    let id = officer.state().incident.as_ref().unwrap().row.id.clone();
    officer.press(Key::N);
    officer.types("Едем");
    *deleted.lock().unwrap() = Some(id.clone());
    officer.wait("the deletion", |state| !state.triage.queue.positions.contains(&(row_id - 1)));
    officer.types(", ждите");
    officer.press_with(Modifiers::COMMAND, Key::Enter);
    officer.wait("the sentence", |state| {
        state.notices.iter().any(|notice| notice.text == "notice-incident-gone")
    });
    officer.wait("the draft apart", |state| !state.strays.is_empty());
    officer.press(Key::N);
    assert!(!notices(&officer).contains(&"notice-action-refused"));

    let mut again = Officer::sits_down_at(Bench::offline(officer.leaves()));
    again.harness.get_by_label_contains("Черновики об инцидентах, которых здесь нет");
    again.harness.get_by_label_contains(&format!("{id} · "));
    again.harness.get_by_label("Едем, ждите");
    again.harness.get_by_label("Выбросить черновик").click();
    again.wait("the end of it", |state| state.strays.is_empty());
    let folder = again.leaves();
    let store = Store::open(folder.path(), &pult::domain::Catalogue::embedded()).unwrap();
    assert_eq!(store.outbox().drafts("").unwrap(), []);
}

#[test]
fn an_action_whose_incident_the_server_no_longer_has_is_kept_and_explained() {
    let Bench { desk, folder, server, .. } = Bench::online(true);
    let url = server.as_ref().map(|server| format!("http://{}", server.addr()));
    drop(desk);
    let id = Uuid::now_v7();
    let at = Timestamp(pult::app::clock::now().0);
    let action = Action::Comment { text: "Едем".to_owned() };
    let incident = Some("i-99999".to_owned());
    let line = CommandLine::new(id, incident.clone(), Some(1), at, &action);
    let command = serde_json::to_string(&line).unwrap();
    let office = String::new();
    let new = NewCommand { id, incident, command, basis: None, office };
    let store = Store::open(folder.path(), &pult::domain::Catalogue::embedded()).unwrap();
    store.outbox().put(&[new], at).unwrap();
    drop(store);
    let mut officer = Officer::sits_down_at(Bench::again(folder, url, server));
    officer.harness.state_mut().hold_clock();
    said_in_the_outbox(&mut officer, "Сервер не знает такого инцидента");
    officer.harness.get_by_label("Едем");
}

#[test]
fn a_role_without_the_right_is_told_so_before_and_after() {
    let token = Token::new(TOKEN, Role::Curator, Scope::Desk, "Куратор");
    let options = ServerOptions { tokens: vec![token], ..region(true) };
    let mut officer = Officer::sits_down_at(Bench::on(Server::start(options).unwrap()));
    officer.harness.state_mut().hold_clock();
    officer.press(Key::T);
    assert_eq!(officer.state().outbox.waiting(), 0, "the key is not offered");
    // By another way: the server decides.
    let row_id = officer.cursor();
    officer.does(Command::Act { rows: vec![row_id], action: Action::Take {} });
    said_in_the_outbox(&mut officer, "Роль этого рабочего места не даёт права на это действие");
    assert_eq!(officer.done_to(row_id), [Action::Take {}]);
}

#[test]
fn fifty_thousand_characters_are_counted_not_sent_and_not_lost() {
    let mut officer = Officer::sits_down();
    let row_id = officer.cursor();
    officer.press(Key::N);
    officer.types(&"ё".repeat(50_000));
    officer.harness.get_by_label("Слишком длинно: 50\u{202f}000 знаков из 8\u{202f}000");
    officer.press_with(Modifiers::COMMAND, Key::Enter);
    assert_eq!(officer.form(), Some(CommandKind::Comment), "it is not sent");
    officer.press(Key::Escape);
    let draft = &officer.state().triage.drafts[&(row_id, CommandKind::Comment)];
    assert_eq!(draft.action.words().map(|words| words.chars().count()), Some(50_000));
    assert_eq!(officer.state().outbox.waiting(), 0);
}

#[test]
fn every_field_of_a_form_says_what_is_too_long_and_sends_nothing_without_it() {
    let mut officer = Officer::sits_down();
    let row_id = officer.cursor();
    let long = "ё".repeat(8_001);
    let sentence = "Слишком длинно: 8\u{202f}001 знаков из 8\u{202f}000";
    // The note to a body stands behind its list.
    officer.press(Key::A);
    officer.press(Key::Tab);
    officer.types(&long);
    officer.harness.get_by_label(sentence);
    officer.press(Key::Enter);
    assert_eq!(officer.form(), Some(CommandKind::Assign), "it is not sent without its note");
    officer.press(Key::Escape);

    officer.press(Key::D);
    officer.types(&long);
    officer.harness.get_by_label(sentence);
    assert!(officer.harness.query_by_label("Ничего не найдено").is_none());
    officer.press(Key::Enter);
    assert_eq!(officer.form(), Some(CommandKind::Reject));
    officer.press(Key::Escape);

    officer.press(Key::H);
    officer.types(&long);
    officer.harness.get_by_label(sentence);
    officer.press_with(Modifiers::COMMAND, Key::Enter);
    assert_eq!(officer.form(), Some(CommandKind::Create));
    officer.press(Key::Escape);
    let draft = &officer.state().triage.drafts[&(0, CommandKind::Create)];
    let Action::Create(new) = &draft.action else { panic!("{draft:?}") };
    assert_eq!(new.text.as_deref(), Some(long.as_str()));
    assert_eq!(officer.done_to(row_id), []);
    assert_eq!(officer.state().outbox.entries.len(), 0);
}

#[test]
fn control_characters_are_left_out_of_reasons_notes_and_new_incidents() {
    let mut officer = Officer::sits_down();
    let row_id = officer.cursor();
    let typed = "ямы\u{0}\u{7}\u{1b}\u{9d} нет";
    officer.press(Key::H);
    officer.types(typed);
    officer.press_with(Modifiers::COMMAND, Key::Enter);
    officer.wait("the new one", |state| state.outbox.waiting() == 1);
    let Action::Create(new) = &officer.state().outbox.entries[0].action else { panic!() };
    assert_eq!((new.summary.as_str(), new.text.as_deref()), ("ямы нет", None));

    officer.press(Key::A);
    officer.press(Key::Tab);
    officer.types(typed);
    officer.press(Key::Enter);
    officer.wait("the assignment", |state| state.outbox.waiting() == 2);
    let done = officer.done_to(row_id);
    let [Action::Assign { reason, .. }] = done.as_slice() else { panic!("{done:?}") };
    assert_eq!(reason.as_deref(), Some("ямы нет"));

    let next = officer.cursor();
    officer.press(Key::D);
    officer.types(typed);
    officer.press(Key::Enter);
    officer.wait("the rejection", |state| state.outbox.waiting() == 3);
    assert_eq!(officer.done_to(next), [Action::Reject { reason: "ямы нет".to_owned() }]);
}

#[test]
fn control_characters_are_left_out_of_what_is_sent() {
    let mut officer = Officer::sits_down();
    let row_id = officer.cursor();
    officer.press(Key::N);
    officer.types("ямы\u{0}\u{7}\u{1b} нет");
    officer.press_with(Modifiers::COMMAND, Key::Enter);
    officer.wait("the comment", |state| state.outbox.waiting() == 1);
    assert_eq!(officer.done_to(row_id), [Action::Comment { text: "ямы нет".to_owned() }]);
}

#[test]
fn a_reason_is_shown_as_it_leaves_without_telephones() {
    let mut officer = Officer::sits_down();
    let row_id = officer.cursor();
    officer.press(Key::A);
    officer.press(Key::Tab);
    officer.types("звонил +7 913 555-01-23");
    officer.harness.get_by_label_contains("Здесь есть телефон, почта");
    officer.press(Key::Enter);
    officer.wait("the assignment", |state| state.outbox.waiting() == 1);
    let done = officer.done_to(row_id);
    let [Action::Assign { reason, .. }] = done.as_slice() else { panic!("{done:?}") };
    assert_eq!(reason.as_deref(), Some("звонил [телефон]"));

    let next = officer.cursor();
    officer.press(Key::D);
    officer.types("звонил +7 913 555-01-23");
    officer.harness.get_by_label("Своя причина: звонил [телефон]");
    officer.press(Key::Enter);
    officer.wait("the rejection", |state| state.outbox.waiting() == 2);
    assert_eq!(officer.done_to(next), [Action::Reject { reason: "звонил [телефон]".to_owned() }]);
}

#[test]
fn the_outbox_is_written_to_a_file_that_can_be_read_and_sent_by_hand() {
    let mut officer = Officer::sits_down();
    officer.harness.state_mut().hold_clock();
    let row_id = officer.cursor();
    let id = officer.state().incident.as_ref().unwrap().row.id.clone();
    officer.press(Key::T);
    officer.wait("the taking", |state| state.outbox.waiting() == 1);
    let text = "Выехали\nв 14:05 «Тепло», +7 913 555-01-23".to_owned();
    let comment = Action::Comment { text };
    officer.does(Command::Act { rows: vec![row_id], action: comment.clone() });
    officer.wait("the comment", |state| state.outbox.waiting() == 2);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.jsonl");
    officer.does(Command::WriteOutbox(path.clone()));
    officer.wait("the file", |state| {
        state.notices.iter().any(|notice| notice.text == "notice-outbox-saved")
    });
    let written = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<serde_json::Value> =
        written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // As the contract has them, in order: a line can be posted as it stands.
    let actions: Vec<_> = lines
        .iter()
        .map(|line| serde_json::from_value::<CommandLine>(line["command"].clone()).unwrap())
        .map(|command| (command.incident.clone(), command.action().unwrap()))
        .collect();
    let masked = "Выехали\nв 14:05 «Тепло», [телефон]".to_owned();
    let masked = Action::Comment { text: masked };
    assert_eq!(actions, [(Some(id.clone()), Action::Take {}), (Some(id), masked)]);
    assert_eq!(officer.done_to(row_id)[1], comment, "in the outbox it stays as it was written");
    assert!(lines.iter().all(|line| line["state"] == "undoable" && line["attempts"] == 0));
}

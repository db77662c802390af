//! What meets another state than it was meant for: said in a sentence, kept, and
//! decided by its officer.

use std::time::Duration;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use pult::app::Command;
use pult::app::state::View;
use pult::domain::{Action, CommandKind, Role, Timestamp};
use pult::server::{Server, Token};
use pult::store::{CommandState, Store, StoredCommand};
use pult::sync::protocol::{CommandLine, Scope};
use serde_json::{Value, json};

use super::desk::{Bench, region};
use super::officer::Officer;
use super::server::client::{Client, line};

const HEAD_TOKEN: &str = "head-token";

/// An officer whose server others act on as well, and its address.
fn among_others() -> (Officer, String) {
    let mut options = region(true);
    options.tokens.push(Token::new(HEAD_TOKEN, Role::Head, Scope::Desk, "Руководитель"));
    let bench = Bench::on(Server::start(options).unwrap());
    let url = format!("http://{}", bench.server.as_ref().unwrap().addr());
    let mut officer = Officer::sits_down_at(bench);
    officer.harness.state_mut().hold_clock();
    (officer, url)
}

/// Somebody else does it.
fn meanwhile(url: &str, command: &str, incident: &str, payload: &Value) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let done = line(command, incident, payload);
    let answer = runtime.block_on(Client::at(url, HEAD_TOKEN).command(&done));
    assert_eq!(answer["outcome"], "accepted", "{answer}");
}

fn sent_and_answered(officer: &mut Officer, state: CommandState) {
    officer.harness.state_mut().let_pass(Duration::from_secs(11));
    officer.wait("the answer", |it| it.outbox.entries.iter().all(|one| one.state == state));
    officer.settle();
}

/// What the file of the outbox holds once the desk is closed.
fn written(officer: Officer) -> Vec<(StoredCommand, Action)> {
    let folder = officer.leaves();
    let catalogue = pult::domain::Catalogue::embedded();
    let store = Store::open(folder.path(), &catalogue).unwrap();
    let commands = store.outbox().list(Timestamp(0)).unwrap().commands;
    let action = |stored: &StoredCommand| {
        serde_json::from_str::<CommandLine>(&stored.command).unwrap().action().unwrap()
    };
    commands.into_iter().map(|stored| (stored.clone(), action(&stored))).collect()
}

/// An answer behind a taking that is in conflict and was given up: it has nothing to
/// stand on. The outbox is on the screen; the id of the incident.
fn an_answer_after_a_taking_that_was_given_up(
    officer: &mut Officer,
    url: &str,
    words: &str,
) -> String {
    let id = officer.state().incident.as_ref().unwrap().row.id.clone();
    officer.press(Key::T);
    officer.wait("the taking", |state| state.outbox.waiting() == 1);
    officer.press(Key::I);
    officer.types(words);
    officer.press_with(Modifiers::COMMAND, Key::Enter);
    officer.wait("two actions", |state| state.outbox.waiting() == 2);
    meanwhile(url, "reject", &id, &json!({"reason": "спам"}));
    officer.harness.state_mut().let_pass(Duration::from_secs(11));
    officer.wait("the conflict", |state| state.outbox.conflicts().count() > 0);
    officer.press_with(Modifiers::COMMAND, Key::Num7);
    officer.press(Key::Delete);
    officer.wait("the rejection", |state| {
        state.outbox.entries.len() == 1 && state.outbox.conflicts().count() == 1
    });
    id
}

#[test]
fn in_a_conflict_mine_is_edited_on_top_of_theirs_and_takes_its_place() {
    let (mut officer, url) = among_others();
    let row_id = officer.cursor();
    let id = officer.state().incident.as_ref().unwrap().row.id.clone();
    officer.press(Key::F);
    officer.press(Key::Enter);
    officer.wait("the forwarding", |state| state.outbox.waiting() == 1);
    let done = officer.done_to(row_id);
    let Action::Forward { body: mine, reason: None } = done[0].clone() else { panic!("{done:?}") };
    let bodies = &officer.state().vocabulary.bodies;
    let theirs = bodies.iter().skip(1).map(|b| b.id.clone()).find(|b| *b != mine).unwrap();
    meanwhile(&url, "assign", &id, &json!({"body": theirs}));
    sent_and_answered(&mut officer, CommandState::Conflict);
    assert_eq!(officer.state().outbox.entries.len(), 1);

    officer.press_with(Modifiers::COMMAND, Key::Num7);
    officer.press(Key::F2);
    assert_eq!((officer.state().view, officer.form()), (View::Triage, Some(CommandKind::Forward)));
    assert_eq!(officer.cursor(), row_id);
    assert!(officer.first_choice().contains("как было у вас"), "{}", officer.first_choice());
    officer.harness.get_by_label_contains("Ваше действие поверх того, что на сервере");
    // The same body, now with a word for it.
    officer.press(Key::Tab);
    officer.types("дом сдан в 2019 году");
    officer.press(Key::Enter);
    officer.wait("the sending", |state| state.outbox.entries.is_empty());
    assert_eq!(officer.state().view, View::Outbox, "back to what else waits");

    let written = written(officer);
    let [(new, as_new), (old, as_old)] = written.as_slice() else { panic!("{written:?}") };
    let reason = Some("дом сдан в 2019 году".to_owned());
    assert_eq!(*as_new, Action::Forward { body: mine.clone(), reason });
    assert_eq!(*as_old, Action::Forward { body: mine, reason: None });
    assert_eq!((new.state, old.state), (CommandState::Settled, CommandState::Replaced));
    assert_eq!(new.replaces, Some(old.id));
    assert!(old.answer.as_ref().is_some_and(|answer| answer.contains("conflict")), "readable");
}

#[test]
fn a_body_that_is_no_more_is_said_and_another_one_chosen() {
    let (mut officer, _) = among_others();
    let row_id = officer.cursor();
    let gone = Action::Assign { body: "b-no-more".to_owned(), reason: None };
    officer.does(Command::Act { rows: vec![row_id], action: gone.clone() });
    officer.wait("the assigning", |state| state.outbox.waiting() == 1);
    sent_and_answered(&mut officer, CommandState::Rejected);
    assert_eq!(officer.done_to(row_id), [gone]);
    officer.press_with(Modifiers::COMMAND, Key::Num7);
    officer.harness.get_by_label("Органа больше нет в справочнике сервера: выберите другой");
    officer.press(Key::F2);
    assert_eq!(officer.form(), Some(CommandKind::Assign));
    officer.press(Key::Enter);
    officer.wait("the sending", |state| state.outbox.entries.is_empty());
    let written = written(officer);
    assert_eq!(written[0].0.state, CommandState::Settled);
}

#[test]
fn the_words_of_a_rejected_answer_that_is_given_up_are_a_draft_of_its_incident() {
    let (mut officer, url) = among_others();
    let id = an_answer_after_a_taking_that_was_given_up(&mut officer, &url, "Проверяем на месте");
    assert_eq!(officer.state().notices, [], "nothing was typed in a taking");
    officer.press(Key::Delete);
    officer.wait("the end of it", |state| state.outbox.entries.is_empty());
    officer.harness.get_by_label_contains(&format!("сохранено черновиком инцидента {id}"));
    let folder = officer.leaves();
    let store = Store::open(folder.path(), &pult::domain::Catalogue::embedded()).unwrap();
    let officer = store.outbox().officer().unwrap().unwrap();
    let drafts = store.outbox().drafts(&officer.office).unwrap();
    let [kept] = drafts.as_slice() else { panic!("{drafts:?}") };
    assert_eq!((kept.key.incident.as_str(), kept.key.form.as_str()), (&*id, "interim_answer"));
    assert!(kept.action.contains("Проверяем на месте"), "{}", kept.action);
}

#[test]
fn an_edit_that_the_table_of_moves_forbids_by_now_loses_nothing() {
    let (mut officer, url) = among_others();
    let row_id = officer.cursor();
    an_answer_after_a_taking_that_was_given_up(&mut officer, &url, "Проверяем");
    officer.press(Key::F2);
    assert_eq!(officer.form(), Some(CommandKind::InterimAnswer));
    officer.types(" на месте");
    officer.press_with(Modifiers::COMMAND, Key::Enter);
    officer.wait("a sentence", |state| !state.notices.is_empty());
    assert_eq!(officer.state().notices[0].text, "notice-action-refused");
    let kept = officer.state().triage.drafts[&(row_id, CommandKind::InterimAnswer)].action.words();
    assert_eq!(kept, Some("Проверяем на месте"));
    let text = "Проверяем".to_owned();
    assert_eq!(officer.done_to(row_id), [Action::InterimAnswer { text }], "still there as it was");
}

#[test]
fn what_is_written_anew_is_a_draft_until_it_is_sent() {
    let (mut officer, _) = among_others();
    let row_id = officer.cursor();
    let text = "Проверяем".to_owned();
    let gone = Action::Assign { body: "b-no-more".to_owned(), reason: Some(text) };
    officer.does(Command::Act { rows: vec![row_id], action: gone });
    officer.wait("the assigning", |state| state.outbox.waiting() == 1);
    sent_and_answered(&mut officer, CommandState::Rejected);
    officer.press_with(Modifiers::COMMAND, Key::Num7);
    officer.press(Key::F2);
    officer.press(Key::Tab);
    officer.press_with(Modifiers::NONE, Key::End);
    officer.types(" на месте");
    officer.press(Key::Escape);
    officer.press(Key::Escape);
    assert_eq!(officer.form(), None);
    let draft = &officer.state().triage.drafts[&(row_id, CommandKind::Assign)];
    assert_eq!(draft.action.words(), Some("Проверяем на месте"));

    officer.press_with(Modifiers::COMMAND, Key::Num7);
    officer.press(Key::F2);
    officer.press(Key::Enter);
    officer.wait("the sending", |state| state.outbox.entries.is_empty());
    assert!(officer.state().triage.drafts.is_empty(), "{:?}", officer.state().triage.drafts);
    let written = written(officer);
    let Action::Assign { reason, .. } = &written[0].1 else { panic!("{written:?}") };
    assert_eq!(reason.as_deref(), Some("Проверяем на месте"));
}

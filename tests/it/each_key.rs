//! What the scripted shift leaves out, from the key to the server's log.

use std::collections::BTreeMap;
use std::time::Duration;

use egui::accesskit::Toggled;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pult::app::Command;
use pult::app::suggestions::Suggestions;
use pult::app::triage::TriageCommand;
use pult::board::queue::Section;
use pult::domain::{CommandKind, Role, Status};
use pult::server::{Server, Token};
use pult::sync::protocol::Scope;
use serde_json::{Value, json};

use super::by_keys::everything;
use super::desk::{Bench, TOKEN, region};
use super::officer::Officer;

type Objects = BTreeMap<(String, String), Value>;

fn at_a_desk() -> (Officer, String) {
    at_a_desk_of(Role::Duty)
}

fn at_a_desk_of(role: Role) -> (Officer, String) {
    let mut options = region(true);
    options.tokens = vec![Token::new(TOKEN, role, Scope::Desk, "Пульт")];
    let bench = Bench::on(Server::start(options).unwrap());
    let url = format!("http://{}", bench.server.as_ref().unwrap().addr());
    let mut officer = Officer::sits_down_at(bench);
    officer.harness.state_mut().hold_clock();
    (officer, url)
}

impl Officer {
    fn is_done(&mut self, kind: CommandKind) {
        self.wait(&format!("{kind}"), |state| state.undo.last().is_some_and(|o| o.kind == kind));
        self.settle();
    }

    /// The server has taken everything, and its answer is on the board.
    fn sends(&mut self) {
        self.harness.state_mut().let_pass(Duration::from_secs(11));
        self.wait("the end of undoing", |state| state.undo.is_empty());
        self.wait("the sending", |state| state.outbox.entries.is_empty());
        self.settle();
    }

    /// Goes to the first of a section by its key.
    fn begins(&mut self, key: Key) -> String {
        self.press_with(Modifiers::SHIFT, key);
        let first = *self.state().triage.queue.positions.first().expect("an incident");
        self.goes_to(first + 1);
        self.id()
    }

    fn goes_to(&mut self, row_id: u32) {
        self.does(Command::Triage(TriageCommand::Put(row_id)));
    }

    fn id(&self) -> String {
        let open = self.state().incident.as_ref().expect("a card is open");
        assert_eq!(open.row.row_id, self.cursor());
        open.row.id.clone()
    }
}

fn incident<'o>(objects: &'o Objects, id: &str) -> &'o Value {
    &objects[&("incident".to_owned(), id.to_owned())]["data"]
}

/// Kinds of the events that an incident got between two looks, in order.
fn new_events(before: &Objects, after: &Objects, id: &str) -> Vec<String> {
    let new = after.iter().filter(|(key, line)| {
        key.0 == "event" && !before.contains_key(*key) && line["data"]["incident"] == id
    });
    let mut new: Vec<&Value> = new.map(|(_, line)| line).collect();
    new.sort_by_key(|line| line["rev"].as_u64());
    new.iter().map(|line| line["data"]["event"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_section_has_a_key_and_j_goes_through_it_without_a_gap() {
    let (mut officer, _) = at_a_desk();
    for (key, section) in [
        (Key::Num1, Section::New),
        (Key::Num4, Section::Overdue),
        (Key::Num7, Section::Answered),
        (Key::Num8, Section::All),
        (Key::Num1, Section::New),
    ] {
        officer.press_with(Modifiers::SHIFT, key);
        assert_eq!(officer.state().triage.section, section);
        let queue = officer.state().triage.queue.positions.clone();
        if !queue.contains(&(officer.cursor() - 1)) {
            officer.press(Key::J);
            assert_eq!(officer.cursor() - 1, queue[0], "the most pressing first");
        }
    }
    officer.begins(Key::Num1);
    let queue = officer.state().triage.queue.positions.clone();
    let first = officer.cursor();
    officer.press(Key::T);
    officer.is_done(CommandKind::Take);
    assert_eq!(officer.state().triage.queue.positions[0], queue[1], "the first has left");
    assert_eq!(officer.cursor(), first, "the hand is still on it");
    officer.press(Key::J);
    assert_eq!(officer.cursor() - 1, queue[1], "nobody is passed over");
    officer.press(Key::J);
    assert_eq!(officer.cursor() - 1, queue[2]);
    officer.press(Key::K);
    assert_eq!(officer.cursor() - 1, queue[1]);
    // The same from the middle, upwards.
    officer.press(Key::J);
    officer.press(Key::T);
    officer.is_done(CommandKind::Take);
    officer.press(Key::K);
    assert_eq!(officer.cursor() - 1, queue[1]);
}

#[test]
fn an_answer_is_approved_checked_closed_and_opened_again_by_keys() {
    let (mut officer, url) = at_a_desk_of(Role::Head);
    let before = everything(&url);
    let id = officer.begins(Key::Num5);
    let row_id = officer.cursor();
    officer.press(Key::V);
    officer.is_done(CommandKind::Approve);
    officer.goes_to(row_id);
    officer.press(Key::Q);
    officer.press(Key::Num1);
    officer.press(Key::Num4);
    officer.press(Key::Enter);
    officer.is_done(CommandKind::Quality);
    officer.goes_to(row_id);
    // Who heads the centre does not rate for citizens.
    officer.press(Key::B);
    assert_eq!(officer.form(), None);
    officer.press(Key::L);
    officer.is_done(CommandKind::Close);
    officer.goes_to(row_id);
    officer.press(Key::O);
    let reason = officer.first_choice();
    officer.press(Key::Enter);
    officer.is_done(CommandKind::Reopen);
    officer.sends();
    let after = everything(&url);
    assert_eq!(
        new_events(&before, &after, &id),
        ["approved", "quality_checked", "closed", "reopened"]
    );
    assert_eq!(incident(&after, &id)["closed_at"], Value::Null);
    let reasons = after.values().filter(|line| line["data"]["reason"] == json!(reason));
    assert!(reasons.count() > 0, "{reason}");
    let checks = after.values().find(|line| {
        line["data"]["event"] == "quality_checked" && line["data"]["incident"] == json!(id)
    });
    let checks = &checks.unwrap()["data"]["checks"];
    assert_eq!(checks, &json!(["to_the_point", "polite"]));
}

#[test]
fn what_is_answered_waits_to_be_rated_and_closed_until_it_is() {
    let (mut officer, url) = at_a_desk();
    let id = officer.begins(Key::Num7);
    let row_id = officer.cursor();
    let waiting = officer.state().triage.queue.positions.len();
    officer.press(Key::B);
    assert_eq!(officer.first_choice(), "5 из 5");
    officer.press(Key::Enter);
    officer.is_done(CommandKind::Rate);
    officer.goes_to(row_id);
    officer.press(Key::L);
    officer.is_done(CommandKind::Close);
    assert_eq!(officer.state().triage.queue.positions.len(), waiting - 1);
    officer.sends();
    let after = everything(&url);
    assert_eq!(incident(&after, &id)["status"], "closed");
    assert_eq!(incident(&after, &id)["satisfaction"], json!(5));
}

#[test]
fn a_merge_is_taken_apart_and_a_message_split_off_by_keys() {
    let (mut officer, url) = at_a_desk();
    let survivor = officer.begins(Key::Num1);
    let survivor_row = officer.cursor();
    officer.press(Key::J);
    let (double, double_row) = (officer.id(), officer.cursor());
    let merge = |officer: &mut Officer| {
        officer.goes_to(double_row);
        officer.press(Key::M);
        officer.types(&survivor);
        officer.press(Key::Enter);
        officer.is_done(CommandKind::Merge);
        officer.sends();
    };
    let messages = |objects: &Objects, id: &str| {
        let of = |line: &&Value| line["kind"] == "message" && line["data"]["incident"] == id;
        objects.values().filter(of).count()
    };
    let before = everything(&url);
    let (own, other) = (messages(&before, &survivor), messages(&before, &double));
    merge(&mut officer);
    let merged = everything(&url);
    assert_eq!(incident(&merged, &double)["merged_into"], json!(survivor));
    assert_eq!((messages(&merged, &survivor), messages(&merged, &double)), (own + other, 0));

    officer.goes_to(double_row);
    officer.press(Key::Z);
    officer.is_done(CommandKind::Unmerge);
    officer.sends();
    let apart = everything(&url);
    assert_eq!(incident(&apart, &double)["merged_into"], Value::Null);
    assert_eq!((messages(&apart, &survivor), messages(&apart, &double)), (own, other));

    merge(&mut officer);
    officer.goes_to(survivor_row);
    officer.press(Key::Y);
    assert_eq!(officer.form(), Some(CommandKind::Split));
    officer.press(Key::Num1);
    officer.press(Key::Enter);
    officer.is_done(CommandKind::Split);
    officer.sends();
    let split = everything(&url);
    let new = split.iter().filter(|(key, _)| key.0 == "incident" && !before.contains_key(*key));
    let new: Vec<&String> = new.map(|(key, _)| &key.1).collect();
    assert_eq!(new.len(), 1, "{new:?}");
    assert_eq!(messages(&split, new[0]), 1);
    assert_eq!(messages(&split, &survivor), own + other - 1);
}

#[test]
fn an_incident_is_made_a_problem_and_taken_out_of_it_by_keys() {
    let (mut officer, url) = at_a_desk();
    let id = officer.begins(Key::Num1);
    let row_id = officer.cursor();
    officer.press(Key::Num0);
    assert_eq!(officer.form(), Some(CommandKind::Link));
    officer.wait("the problems", |state| state.problems.is_fresh);
    officer.types("Крыши после бури");
    officer.press(Key::Enter);
    officer.is_done(CommandKind::Link);
    // What was worded is there again once it was undone.
    officer.press_with(Modifiers::COMMAND, Key::Z);
    officer.wait("the undoing", |state| state.undo.is_empty());
    officer.settle();
    officer.goes_to(row_id);
    officer.press(Key::Num0);
    officer.wait("the problems", |state| state.problems.is_fresh);
    assert!(officer.first_choice().contains("Крыши после бури"));
    officer.press(Key::Enter);
    officer.is_done(CommandKind::Link);
    officer.sends();
    let after = everything(&url);
    let problem = incident(&after, &id)["problem"].as_str().unwrap().to_owned();
    let made = &after[&("problem".to_owned(), problem.clone())];
    assert_eq!(made["data"]["name"], "Крыши после бури");

    // Another one is put beside it, by name.
    officer.press(Key::J);
    let (second, second_row) = (officer.id(), officer.cursor());
    officer.press(Key::Num0);
    officer.wait("the problems", |state| state.problems.is_fresh);
    officer.types("Крыши");
    assert!(officer.first_choice().starts_with("Крыши после бури · "));
    officer.press(Key::Enter);
    officer.is_done(CommandKind::Link);
    officer.sends();
    officer.goes_to(row_id);
    officer.press(Key::Num0);
    officer.wait("the problems", |state| state.problems.is_fresh);
    officer.types("Убрать");
    assert!(officer.first_choice().starts_with("Убрать из проблемы: Крыши после бури"));
    officer.press(Key::Enter);
    officer.is_done(CommandKind::Unlink);
    officer.sends();
    let after = everything(&url);
    assert_eq!(incident(&after, &id)["problem"], json!(""));
    assert_eq!(incident(&after, &second)["problem"], json!(problem));
    assert!(officer.state().problems.of(second_row).is_some());
}

#[test]
fn of_several_chosen_ones_the_survivor_is_not_merged_into_itself() {
    let (mut officer, url) = at_a_desk();
    let first = officer.begins(Key::Num1);
    officer.press_with(Modifiers::SHIFT, Key::J);
    officer.press_with(Modifiers::SHIFT, Key::J);
    assert_eq!(officer.state().triage.selected.len(), 3);
    officer.press(Key::M);
    officer.types(&first);
    officer.press(Key::Enter);
    officer.is_done(CommandKind::Merge);
    assert_eq!(officer.state().outbox.waiting(), 2);
    officer.sends();
    let after = everything(&url);
    let merged = after.values().filter(|line| line["data"]["merged_into"] == json!(first));
    assert_eq!(merged.count(), 2);
    assert_eq!(incident(&after, &first)["merged_into"], Value::Null);
}

#[test]
fn hidden_words_are_shown_for_a_reason_that_the_audit_log_keeps() {
    let (mut officer, _) = at_a_desk();
    // One whose words hide something.
    let hiding = |officer: &Officer| {
        let messages = &officer.state().incident.as_ref().unwrap().messages;
        messages.iter().find(|message| message.text.contains('[')).cloned()
    };
    officer.begins(Key::Num8);
    for _ in 0..2_000 {
        if hiding(&officer).is_some() {
            break;
        }
        officer.press(Key::J);
    }
    let id = officer.id();
    let masked = hiding(&officer).expect("a message that hides something");
    officer.harness.get_by_label(&masked.text);
    officer.harness.get_by_label("Показать без скрытия").click();
    officer.settle();
    assert!(officer.state().revealed.is_none(), "a reason first");
    officer.harness.get_by_label("уточнить адрес").click();
    officer.wait("the words", |state| state.revealed.is_some());
    let revealed = officer.state().revealed.clone().unwrap();
    let shown = revealed.texts[&masked.id].clone();
    assert_ne!(shown, masked.text);
    officer.harness.get_by_label(&shown);
    // The next incident is masked again.
    officer.press(Key::J);
    assert!(officer.state().revealed.is_none());
    let folder = officer.leaves();
    let outbox = rusqlite::Connection::open(folder.path().join("outbox.db")).unwrap();
    let mut get = outbox.prepare("SELECT detail FROM audit WHERE action = 'reveal'").unwrap();
    let rows = get.query_map([], |row| row.get(0)).unwrap();
    let details: Vec<String> = rows.map(Result::unwrap).collect();
    assert_eq!(details, [format!("{id} reveal-place")]);
}

#[test]
fn the_form_of_the_topic_says_which_block_the_text_speaks_for_and_why() {
    let (mut officer, _) = at_a_desk();
    officer.wait("a suggestion", |state| {
        let sure =
            |about: &Suggestions| about.block.first().is_some_and(|block| block.confidence > 0.5);
        state.suggestions.as_ref().is_some_and(|about| sure(about))
    });
    officer.press(Key::C);
    let said = officer.harness.get_by_label_contains("Блок по тексту: ");
    let said = said.accesskit_node().value().unwrap();
    assert!(said.contains("предложено, ") && said.contains('%'), "{said}");
}

#[test]
fn keys_make_the_text_larger_within_its_bounds() {
    let (mut officer, _) = at_a_desk();
    let scale = |officer: &Officer| officer.state().settings.text_scale;
    assert_eq!(scale(&officer), 100);
    officer.press_with(Modifiers::COMMAND, Key::Equals);
    assert_eq!(scale(&officer), 110);
    for _ in 0..20 {
        officer.press_with(Modifiers::COMMAND, Key::Equals);
    }
    assert_eq!(scale(&officer), 200);
    officer.press_with(Modifiers::COMMAND, Key::Num0);
    for _ in 0..20 {
        officer.press_with(Modifiers::COMMAND, Key::Minus);
    }
    assert_eq!(scale(&officer), 80);
    // Not by the toolkit behind the settings' back.
    assert!((officer.harness.ctx.zoom_factor() - 1.0).abs() < f32::EPSILON);
}

#[test]
fn the_row_under_the_cursor_and_the_chosen_ones_are_told_to_a_screen_reader() {
    let (mut officer, _) = at_a_desk();
    officer.press(Key::X);
    officer.press(Key::J);
    let rows = officer.harness.get_all_by_role(egui::accesskit::Role::Row);
    let told = rows.filter(|row| row.accesskit_node().toggled() == Some(Toggled::True)).count();
    assert_eq!(told, 2);
    assert_eq!(officer.state().triage.section, Section::New);
    assert_eq!(Status::from_index(officer.state().triage.rows[0].status), Some(Status::New));
}

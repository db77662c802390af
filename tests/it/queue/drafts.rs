//! What was begun to be written: it survives a kill, another incident and an
//! undone action.

use std::path::Path;
use std::time::Duration;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pult::app::Command;
use pult::app::State;
use pult::app::triage::TriageCommand;
use pult::domain::{Action, Catalogue, CommandKind, EventKind, Status, next_status};
use pult::store::StoredDraft;
use pult::store::details::ListRow;
use pult::store::looked::LookedStore;

use super::window::{Window, open, open_row, server};

const DRAFT: &str = "Черновик от ";
const THROW: &str = "Выбросить черновик";
/// Field of the note to a body.
const NOTE: &str = "Пояснение органу, если нужно (Tab)";
const WORDS: &str = "Едем, будем к 15:00";

impl Window {
    /// What stands in the form's field of several lines.
    fn written(&mut self) -> String {
        let field = self.harness().get_by_role(Role::MultilineTextInput);
        field.accesskit_node().value().unwrap_or_default()
    }

    /// What stands in the field over the form's list.
    fn looked_for(&mut self, hint: &str) -> String {
        let field = self.harness().get_by_role_and_label(Role::SearchInput, hint);
        field.accesskit_node().value().unwrap_or_default()
    }

    /// Waits until so many drafts are on the disk, as another program sees it.
    fn wait_for_disk(&mut self, folder: &Path, n: usize) {
        self.wait("the disk", |_| kept(folder).len() == n);
    }
}

const OFFICE: &str = "Дежурный ЦУР (рабочее место)";

/// What the disk holds.
fn kept(folder: &Path) -> Vec<StoredDraft> {
    let looked = LookedStore::open(folder, &Catalogue::embedded()).unwrap();
    let outbox = looked.shared_outbox();
    outbox.lock().drafts(OFFICE).unwrap()
}

fn cursor(state: &State) -> u32 {
    state.triage.cursor.unwrap()
}

/// What a program that is killed at this moment leaves behind.
fn leave_behind(folder: &Path) -> tempfile::TempDir {
    let left = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        if [".db", ".db-wal"].iter().any(|end| name.ends_with(end)) {
            std::fs::copy(entry.path(), left.path().join(name)).unwrap();
        }
    }
    left
}

#[test]
fn what_was_typed_survives_a_kill_and_says_when_it_was_written() {
    let (server, folder) = (server(), tempfile::tempdir().unwrap());
    let mut window = Window::online(folder.path(), &server);
    let row_id = cursor(window.state());
    window.press(Modifiers::NONE, Key::N);
    assert!(!window.says(DRAFT), "nothing was begun yet");
    window.types(WORDS);
    window.wait_for_disk(folder.path(), 1);
    let action = Box::new(Action::Comment { text: WORDS.to_owned() });
    window.apply(Command::Triage(TriageCommand::Draft { row_id, action }));
    let wake = window.harness().state().desk.next_wake();
    assert!(wake <= Duration::from_millis(400), "it is handed to the disk soon: {wake:?}");
    // By telephone, with a priority besides the words.
    window.press(Modifiers::NONE, Key::Escape);
    window.press(Modifiers::NONE, Key::H);
    window.types("Нет света");
    window.harness().get_by_label("срочно").click();
    window.steps();
    window.wait_for_disk(folder.path(), 2);

    let left = leave_behind(folder.path());
    let mut again = Window::of(open(left.path(), None));
    again.show_queue();
    again.apply(Command::Triage(TriageCommand::Put(row_id)));
    again.wait("the card", |state| open_row(state).is_some_and(|row| row.row_id == row_id));
    again.press(Modifiers::NONE, Key::N);
    assert_eq!(again.written(), WORDS);
    assert!(again.says(DRAFT));
    // Another form, another draft.
    again.press(Modifiers::NONE, Key::Escape);
    again.press(Modifiers::NONE, Key::H);
    assert_eq!(again.written(), "Нет света");
    let draft = &again.state().triage.drafts[&(0, CommandKind::Create)];
    assert!(matches!(&draft.action, Action::Create(new) if new.priority == 2), "{draft:?}");
    again.harness().get_by_label(THROW).click();
    again.steps();
    assert_eq!((again.written(), again.says(DRAFT)), (String::new(), false));
    again.wait("the disk", |_| kept(left.path()).len() == 1);
    assert_eq!(kept(left.path())[0].key.form, "comment");
}

#[test]
fn a_draft_waits_while_others_are_worked_on_and_becomes_its_action_once() {
    let (server, folder) = (server(), tempfile::tempdir().unwrap());
    let mut window = Window::online(folder.path(), &server);
    let row_id = cursor(window.state());
    window.press(Modifiers::NONE, Key::N);
    window.types(WORDS);
    window.apply(Command::Triage(TriageCommand::Move(1)));
    window.wait("another card", |state| open_row(state).is_some_and(|row| row.row_id != row_id));
    window.press(Modifiers::NONE, Key::N);
    assert_eq!((window.written(), window.says(DRAFT)), (String::new(), false));
    window.press(Modifiers::NONE, Key::Escape);
    window.apply(Command::Triage(TriageCommand::Put(row_id)));
    window.wait("the card", |state| open_row(state).is_some_and(|row| row.row_id == row_id));
    window.wait("the disk", |_| kept(folder.path()).len() == 1);
    window.press(Modifiers::NONE, Key::N);
    assert_eq!(window.written(), WORDS);
    assert!(window.says(DRAFT));
    window.press(Modifiers::COMMAND, Key::Enter);
    window.wait("the action", |state| !state.undo.is_empty());
    assert_eq!(kept(folder.path()), [], "it is a command now");
    assert!(window.state().triage.drafts.is_empty());

    // Taken back, its words are a draft again.
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait("the undoing", |state| state.outbox.entries.is_empty());
    window.wait("the disk", |_| kept(folder.path()).len() == 1);
    window.press(Modifiers::NONE, Key::N);
    assert_eq!(window.written(), WORDS);
}

#[test]
fn what_is_sent_before_it_was_kept_is_not_kept_afterwards() {
    let (server, folder) = (server(), tempfile::tempdir().unwrap());
    let mut window = Window::online(folder.path(), &server);
    let row_id = cursor(window.state());
    let comment = || Box::new(Action::Comment { text: WORDS.to_owned() });
    // The thread that writes things down is busy until somebody reads this.
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    window.apply(Command::WriteOutbox(pipe.clone()));
    for command in [
        TriageCommand::Begin(CommandKind::Comment),
        TriageCommand::Draft { row_id, action: comment() },
        TriageCommand::Send(comment()),
    ] {
        window.apply(Command::Triage(command));
    }
    // It is time to keep drafts, and the action is not written down yet.
    window.poll_later(Duration::from_secs(1));
    assert!(std::fs::read(&pipe).unwrap().is_empty());
    window.wait("the action", |state| state.outbox.waiting() == 1);
    // Jobs are done in order: what was asked behind the action is done before this.
    let action = Action::Prioritise { priority: 2 };
    window.apply(Command::Act { rows: vec![row_id], action });
    window.wait("another action", |state| state.outbox.waiting() == 2);
    assert_eq!(kept(folder.path()), []);
}

#[test]
fn what_was_sent_twice_and_refused_by_the_disk_twice_is_there_whole() {
    let (server, folder) = (server(), tempfile::tempdir().unwrap());
    let mut window = Window::online(folder.path(), &server);
    let row_id = cursor(window.state());
    let outbox = rusqlite::Connection::open(folder.path().join("outbox.db")).unwrap();
    let refuse = "CREATE TRIGGER full BEFORE INSERT ON command
                  BEGIN SELECT RAISE(ABORT, 'no room'); END";
    outbox.execute_batch(refuse).unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    window.apply(Command::WriteOutbox(pipe.clone()));
    for words in ["Едем", "Будем к 15:00"] {
        let comment = || Box::new(Action::Comment { text: words.to_owned() });
        window.apply(Command::Triage(TriageCommand::Begin(CommandKind::Comment)));
        window.apply(Command::Triage(TriageCommand::Draft { row_id, action: comment() }));
        window.apply(Command::Triage(TriageCommand::Send(comment())));
    }
    assert!(std::fs::read(&pipe).unwrap().is_empty());
    window.wait("the refusal", |state| {
        state.notices.iter().any(|notice| notice.text == "notice-action-failed")
    });
    window.wait_for_disk(folder.path(), 1);
    window.press(Modifiers::NONE, Key::N);
    assert_eq!(window.written(), "Едем\nБудем к 15:00");
}

/// Puts the cursor on the first incident that can be given to a body and rejected: which
/// one is the most pressing depends on the hour.
fn at_one_in_hand(window: &mut Window) -> u32 {
    let in_hand = |status: u8| {
        let status = Status::from_index(status).unwrap();
        let moves = [EventKind::Assigned, EventKind::Rejected];
        moves.iter().all(|event| next_status(status, *event).is_ok())
    };
    let rows = &window.state().triage.rows;
    let row_id = rows.iter().find(|row| in_hand(row.status)).unwrap().row_id;
    window.apply(Command::Triage(TriageCommand::Put(row_id)));
    window.wait("the card", |state| open_row(state).is_some_and(|row| row.row_id == row_id));
    row_id
}

#[test]
fn a_note_to_a_body_survives_another_row_and_a_kill() {
    let (server, folder) = (server(), tempfile::tempdir().unwrap());
    let mut window = Window::online(folder.path(), &server);
    let row_id = at_one_in_hand(&mut window);
    window.press(Modifiers::NONE, Key::A);
    window.press(Modifiers::NONE, Key::Tab);
    window.types(WORDS);
    window.apply(Command::Triage(TriageCommand::Move(1)));
    window.wait_for_disk(folder.path(), 1);
    let left = leave_behind(folder.path());
    let mut again = Window::of(open(left.path(), None));
    again.show_queue();
    again.apply(Command::Triage(TriageCommand::Put(row_id)));
    again.wait("the card", |state| open_row(state).is_some_and(|row| row.row_id == row_id));
    again.press(Modifiers::NONE, Key::A);
    assert!(again.says(DRAFT));
    let note = again.harness().get_by_role_and_label(Role::TextInput, NOTE);
    assert_eq!(note.accesskit_node().value().as_deref(), Some(WORDS));
    // With a body it is what was meant, once.
    again.press(Modifiers::NONE, Key::ArrowDown);
    again.press(Modifiers::NONE, Key::Enter);
    again.wait("the action", |state| state.outbox.waiting() == 1);
    let done = again.state().outbox.entries[0].action.clone();
    assert!(matches!(&done, Action::Assign { body, .. } if !body.is_empty()), "{done:?}");
    assert_eq!(done.words(), Some(WORDS));
    assert_eq!(kept(left.path()), []);
}

#[test]
fn messages_that_were_chosen_to_go_are_chosen_when_the_form_opens_again() {
    let (server, folder) = (server(), tempfile::tempdir().unwrap());
    let mut window = Window::online(folder.path(), &server);
    let several = |state: &State| state.incident.as_ref().is_some_and(|it| it.messages.len() > 1);
    while !several(window.state()) {
        let row_id = cursor(window.state());
        window.apply(Command::Triage(TriageCommand::Move(1)));
        window.wait("the next", |state| open_row(state).is_some_and(|row| row.row_id != row_id));
    }
    window.press(Modifiers::NONE, Key::Y);
    window.press(Modifiers::NONE, Key::Num1);
    window.press(Modifiers::NONE, Key::Escape);
    window.press(Modifiers::NONE, Key::Y);
    assert!(window.says(DRAFT));
    window.press(Modifiers::NONE, Key::Enter);
    window.wait("the split", |state| state.outbox.waiting() == 1);
    let done = window.state().outbox.entries[0].action.clone();
    assert!(matches!(&done, Action::Split { messages, .. } if messages.len() == 1), "{done:?}");
}

#[test]
fn own_words_that_are_taken_back_come_to_those_that_were_begun_since() {
    let (server, folder) = (server(), tempfile::tempdir().unwrap());
    let mut window = Window::online(folder.path(), &server);
    let row_id = at_one_in_hand(&mut window);
    // A reason in one's own words.
    let reason = "дубль по телефону".to_owned();
    let action = Action::Reject { reason };
    window.apply(Command::Act { rows: vec![row_id], action });
    window.wait("the rejection", |state| !state.undo.is_empty());
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait("the undoing", |state| state.outbox.entries.is_empty());
    window.wait("the disk", |_| kept(folder.path()).len() == 1);
    window.press(Modifiers::NONE, Key::D);
    assert_eq!(window.looked_for("Причина: из списка или своя"), "дубль по телефону");
    // One from the list is nobody's words.
    let reason = "Заявитель снял вопрос".to_owned();
    let action = Box::new(Action::Reject { reason });
    window.apply(Command::Triage(TriageCommand::Send(action)));
    window.wait("the rejection", |state| !state.undo.is_empty());
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait("the undoing", |state| state.outbox.entries.is_empty());
    assert!(!window.state().triage.drafts.contains_key(&(row_id, CommandKind::Reject)));

    window.press(Modifiers::NONE, Key::N);
    window.types(WORDS);
    window.press(Modifiers::COMMAND, Key::Enter);
    window.wait("the comment", |state| !state.undo.is_empty());
    window.press(Modifiers::NONE, Key::N);
    window.types("и ещё");
    window.press(Modifiers::NONE, Key::Escape);
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait("the undoing", |state| state.outbox.entries.is_empty());
    window.press(Modifiers::NONE, Key::N);
    assert_eq!(window.written(), format!("и ещё\n{WORDS}"));
}

#[test]
fn a_reason_and_the_day_it_is_for_are_drafts_as_well() {
    let (server, folder) = (server(), tempfile::tempdir().unwrap());
    let mut window = Window::online(folder.path(), &server);
    // Where both may be done.
    let in_work = |row: &&ListRow| row.status == Status::InWork.index();
    let row_id = window.state().triage.rows.iter().find(in_work).unwrap().row_id;
    window.apply(Command::Triage(TriageCommand::Put(row_id)));
    window.wait("the card", |state| open_row(state).is_some_and(|row| row.row_id == row_id));
    window.press(Modifiers::NONE, Key::W);
    window.types("ждём подрядчика");
    window.press(Modifiers::NONE, Key::Escape);
    window.press(Modifiers::NONE, Key::E);
    window.press(Modifiers::NONE, Key::Enter);
    window.types("идут торги");
    window.press(Modifiers::NONE, Key::Escape);
    window.wait_for_disk(folder.path(), 2);
    for (key, words) in [(Key::W, "ждём подрядчика"), (Key::E, "идут торги")]
    {
        window.press(Modifiers::NONE, key);
        assert!(window.says(DRAFT));
        assert_eq!(window.looked_for("Причина: из списка или своя"), words);
        window.press(Modifiers::NONE, Key::Escape);
    }
    // A list that is only searched begins empty.
    window.press(Modifiers::NONE, Key::A);
    assert_eq!(
        (window.looked_for("Орган: начните вводить"), window.says(DRAFT)),
        (String::new(), false)
    );
}

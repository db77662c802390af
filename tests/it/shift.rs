//! A shift from taking it to handing it over, at the keyboard.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use pult::app::handover::Sheet;
use pult::app::shift::{SheetChoice, ShiftCommand};
use pult::app::state::View;
use pult::app::{Command, Desk, State};
use pult::board::queue::Section;
use pult::domain::{Action, CommandKind, Language, Pressing};
use pult::ui::handover::{Style, sheet_text};
use pult::ui::text::Text;

use super::desk::Bench;
use super::officer::Officer;

const OFFICE: &str = "Дежурный ЦУР (рабочее место)";

impl Officer {
    fn takes_the_shift(&mut self) {
        self.press_with(Modifiers::ALT, Key::T);
        self.wait("the shift", |state| state.shift.view.running.is_some());
        self.settle();
    }

    fn writes_the_note(&mut self, words: &str) {
        let field = Role::MultilineTextInput;
        self.harness.get_by_role_and_label(field, "Заметка для следующей смены").click();
        self.harness.run_steps(2);
        self.types(words);
        self.wait("the note on the disk", |state| {
            state.shift.view.running.as_ref().is_some_and(|shift| shift.note == words)
        });
    }

    fn sheet(&self) -> Sheet {
        Sheet::clone(self.state().shift.shown().expect("a sheet is on the screen"))
    }
}

fn waiting(state: &State) -> usize {
    state.outbox.waiting()
}

#[test]
fn a_shift_that_ends_without_a_connection_hands_over_exactly_what_was_done() {
    let mut officer = Officer::sits_down();
    let before = officer.state().now;
    officer.takes_the_shift();
    assert_eq!(officer.state().view, View::Shift);
    officer.harness.get_by_label("Ведёт: Дежурный ЦУР (рабочее место)");
    officer.harness.get_by_label("Действий не было");
    officer.harness.state_mut().bench.server_goes();

    officer.press_with(Modifiers::COMMAND, Key::Num5);
    officer.press(Key::T);
    officer.wait("the taking", |state| waiting(state) == 1);
    officer.press(Key::Enter);
    officer.press(Key::Enter);
    officer.press(Key::Enter);
    officer.wait("the assigning", |state| waiting(state) == 2);
    officer.press(Key::T);
    officer.wait("another taking", |state| waiting(state) == 3);
    officer.press(Key::U);
    officer.press(Key::Enter);
    officer.wait("the importance", |state| waiting(state) == 4);
    officer.press_with(Modifiers::COMMAND, Key::Z);
    officer.wait("the undoing", |state| waiting(state) == 3);

    officer.press_with(Modifiers::COMMAND, Key::Num6);
    officer.settle();
    officer.harness.get_by_label("Взято: 2");
    officer.harness.get_by_label("Назначено: 1");
    officer.harness.get_by_label("Не отправлено: 3");
    let note = "Ждём акт по Лесной, перезвонить +7 913 555-01-23";
    officer.writes_the_note(note);
    officer.harness.get_by_label_contains("В заметке есть телефон");
    officer.press(Key::Escape);

    officer.press_with(Modifiers::ALT, Key::S);
    officer.wait("the handing over", |state| state.shift.view.running.is_none());
    officer.settle();
    let sheet = officer.sheet();
    assert_eq!(sheet.office, OFFICE);
    assert!(sheet.from.0 >= before && sheet.to >= sheet.from, "{sheet:?}");
    assert_eq!(sheet.done, [(CommandKind::Take, 2), (CommandKind::Assign, 1)]);
    assert_eq!((sheet.waits.unsent, sheet.waits.conflicts, sheet.waits.rejected), (3, 0, 0));
    assert_eq!(sheet.waits.by_office, [(OFFICE.to_owned(), 3)]);
    assert_eq!(sheet.note, note);
    // What burns is what the queue says.
    let queue = &officer.state().triage.queue;
    let group = |group: Pressing| sheet.picture.pressing[usize::from(group.index())].n;
    assert_eq!(sheet.picture.open, queue.counts[Section::All as usize]);
    assert_eq!(group(Pressing::Overdue), queue.counts[Section::Overdue as usize]);
    assert_eq!(group(Pressing::Untouched), queue.counts[Section::New as usize]);
    assert!(group(Pressing::Untouched) > 0 && !sheet.picture.pressing[3].rows.is_empty());

    // The same on the screen, in the clipboard and in the file.
    officer.harness.get_by_label("Взято: 2");
    let text = sheet_text(&sheet, officer.state(), &Text::of(Language::Ru), Style::Plain);
    for words in ["Взято: 2", "Назначено: 1", "Не отправлено: 3", OFFICE, "Ждём акт по Лесной"]
    {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert!(!text.contains("555-01-23"), "it leaves the desk: {text}");
    let first = &sheet.picture.pressing[3].rows[0].id;
    assert!(text.contains(first.as_str()), "{first} in {text}");

    // Whoever comes next reads it first.
    officer.takes_the_shift();
    assert_eq!(officer.state().shift.choice, SheetChoice::Last);
    assert_eq!(officer.sheet(), sheet);
    officer.harness.get_by_label("Эта смена").click();
    officer.settle();
    assert_eq!(officer.sheet().done, []);
}

#[test]
fn handing_over_shows_the_sheet_first_and_a_second_shift_is_refused() {
    let mut officer = Officer::sits_down();
    officer.press_with(Modifiers::ALT, Key::S);
    assert_eq!(officer.state().notices.last().map(|notice| notice.text), Some("notice-shift-none"));
    officer.takes_the_shift();
    officer.press_with(Modifiers::ALT, Key::T);
    officer.wait("the refusal", |state| {
        state.notices.last().is_some_and(|notice| notice.text == "notice-shift-runs")
    });
    officer.press_with(Modifiers::COMMAND, Key::Num1);
    officer.press_with(Modifiers::ALT, Key::S);
    assert_eq!(officer.state().view, View::Shift);
    assert!(officer.state().shift.view.running.is_some(), "it is read before it is signed");
    officer.press_with(Modifiers::ALT, Key::S);
    officer.wait("the handing over", |state| state.shift.view.running.is_none());
}

#[test]
fn a_shift_goes_on_after_a_kill_with_its_note_and_what_was_done() {
    let mut bench = Bench::online(true);
    bench.wait("the office", |desk| desk.state().outbox.officer.is_some());
    bench.desk.apply(Command::Shift(ShiftCommand::Take));
    bench.wait("the shift", |desk| desk.state().shift.view.running.is_some());
    let comment = Action::Comment { text: "смотрим".to_owned() };
    bench.desk.apply(Command::Act { rows: vec![1, 2], action: comment });
    bench.desk.apply(Command::Shift(ShiftCommand::Note("ждём акт".to_owned())));
    bench.wait("all of it on the disk", |desk| {
        let view = &desk.state().shift.view;
        view.running.as_ref().is_some_and(|shift| shift.note == "ждём акт")
            && view.done.get(&CommandKind::Comment) == Some(&2)
    });
    let shift = bench.desk.state().shift.view.running.clone();

    let mut after = Bench::offline(bench.left_behind());
    after.wait("the shift", |desk| desk.state().shift.view.running.is_some());
    let state = after.desk.state();
    assert_eq!(state.shift.view.running, shift);
    assert_eq!(state.shift.view.done.get(&CommandKind::Comment), Some(&2));
    assert_eq!(state.shift.note, "ждём акт");
    after.wait("the board", Desk::is_settled);
    // It is read first, then signed.
    after.desk.apply(Command::Shift(ShiftCommand::HandOver));
    after.desk.apply(Command::Shift(ShiftCommand::HandOver));
    after.wait("the handing over", |desk| desk.state().shift.view.running.is_none());

    // Into a file; what cannot be written is said.
    let folder = tempfile::tempdir().unwrap();
    for (path, said) in [
        (folder.path().join("shift.txt"), "notice-sheet-saved"),
        (folder.path().join("nowhere/shift.md"), "notice-sheet-not-saved"),
    ] {
        let text = "Лист передачи смены".to_owned();
        after.desk.apply(Command::WriteSheet { path: path.clone(), text: text.clone() });
        after.wait(said, |desk| {
            desk.state().notices.last().is_some_and(|notice| notice.text == said)
        });
        let is_saved = said == "notice-sheet-saved";
        assert_eq!(std::fs::read_to_string(&path).ok(), is_saved.then_some(text));
    }

    let mut next = Bench::offline(after.left_behind());
    next.wait("the last handover", |desk| desk.state().shift.view.last.is_some());
    let state = next.desk.state();
    assert!(state.shift.view.running.is_none());
    assert_eq!(state.shift.view.last, after.desk.state().shift.view.last);
    assert_eq!(state.shift.view.last.as_ref().map(|sheet| sheet.done_in_all()), Some(2));
}

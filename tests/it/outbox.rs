//! «Исходящие» as an officer at the keyboard and a screen reader meet it.

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use pult::app::Command;
use pult::app::state::View;
use pult::domain::Language;

use super::access::{Window, busy, window};

/// Presses the key and says what was asked for.
fn press(harness: &mut Harness<'static, Window>, key: Key) -> Vec<Command> {
    harness.state_mut().out.clear();
    harness.key_press(key);
    harness.run_steps(2);
    std::mem::take(&mut harness.state_mut().out)
}

fn decides(asked: &[Command]) -> bool {
    use Command::{EditMine, KeepMine, TakeTheirs};
    asked.iter().any(|one| matches!(one, KeepMine(_) | EditMine(_) | TakeTheirs(_)))
}

#[test]
fn a_key_decides_a_conflict_only_where_it_means_the_view() {
    let mut harness = window(busy(View::Outbox), Language::Ru);
    let conflict = harness.state().state.outbox.conflicts().next().unwrap().id;
    assert_eq!(press(&mut harness, Key::Enter), [Command::KeepMine(conflict)]);
    assert_eq!(press(&mut harness, Key::F2), [Command::EditMine(conflict)]);
    assert_eq!(press(&mut harness, Key::Delete), [Command::TakeTheirs(conflict)]);

    harness.state_mut().state.help_open = true;
    harness.run_steps(2);
    for key in [Key::Enter, Key::F2, Key::Delete] {
        let asked = press(&mut harness, key);
        assert!(!decides(&asked), "{key:?} behind the help: {asked:?}");
    }
    harness.state_mut().state.help_open = false;
    harness.run_steps(2);

    // Enter presses what has the focus, and that alone.
    harness.get_by_label("Отказаться · Delete").focus();
    harness.run_steps(2);
    assert_eq!(press(&mut harness, Key::Enter), [Command::TakeTheirs(conflict)]);
    harness.get_by_label("Выгрузить исходящие…").focus();
    harness.run_steps(2);
    assert_eq!(press(&mut harness, Key::Enter), [Command::ExportOutbox]);
    harness.get_by_label_contains("ждёт отправки").focus();
    harness.run_steps(2);
    let asked = press(&mut harness, Key::Enter);
    assert!(!decides(&asked), "a row of the list: {asked:?}");
}

//! «Исходящие» as an officer at the keyboard and a screen reader meet it.

use std::sync::Arc;

use egui::Key;
use egui::accesskit::{Role, Toggled};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pult::app::Command;
use pult::app::outbox_view::OutboxEntry;
use pult::app::state::View;
use pult::domain::{Language, Status};
use pult::sync::protocol::Outcome;
use uuid::Uuid;

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

/// Labels of the rows of the list from the top, and which is said to be chosen.
fn rows(harness: &Harness<'static, Window>) -> (Vec<String>, Vec<usize>) {
    let all = harness.root().children_recursive();
    let rows: Vec<_> = all.filter(|node| node.accesskit_node().role() == Role::Row).collect();
    let label = |node: &egui_kittest::Node<'_>| node.accesskit_node().label().unwrap_or_default();
    let is_chosen =
        |node: &egui_kittest::Node<'_>| node.accesskit_node().toggled() == Some(Toggled::True);
    let chosen = (0..rows.len()).filter(|at| is_chosen(&rows[*at])).collect();
    (rows.iter().map(label).collect(), chosen)
}

#[test]
fn what_waits_for_a_person_stands_first_and_keys_go_down_and_up() {
    let mut harness = window(busy(View::Outbox), Language::Ru);
    harness.get_by_label("Конфликты · 3");
    harness.get_by_label("В пути · 1");
    let (labels, chosen) = rows(&harness);
    let states = ["конфликт", "конфликт", "сервер отказал", "ждёт отправки"];
    assert_eq!(labels.len(), states.len(), "{labels:?}");
    for (label, state) in labels.iter().zip(states) {
        assert!(label.contains(state), "{label}: {state}");
    }
    assert_eq!(chosen, [0]);
    for (key, at) in [
        (Key::J, 1),
        (Key::ArrowDown, 2),
        (Key::J, 3),
        (Key::J, 3),
        (Key::K, 2),
        (Key::ArrowUp, 1),
        (Key::K, 0),
        (Key::K, 0),
    ] {
        press(&mut harness, key);
        assert_eq!(rows(&harness).1, [at], "{key:?}");
    }
    press(&mut harness, Key::J);
    let second = harness.state().state.outbox.conflicts().nth(1).unwrap().id;
    assert_eq!(press(&mut harness, Key::Enter), [Command::KeepMine(second)]);
}

#[test]
fn the_row_that_keys_reach_is_in_sight() {
    let mut state = busy(View::Outbox);
    let mut outbox = (*state.outbox).clone();
    let conflict = outbox.conflicts().next().unwrap().clone();
    let many =
        (10..90).map(|n| Arc::new(OutboxEntry { id: Uuid::from_u128(n), ..conflict.clone() }));
    outbox.entries.extend(many);
    state.outbox = Arc::new(outbox);
    let mut harness = window(state, Language::Ru);
    for _ in 0..70 {
        harness.key_press(Key::J);
        harness.run_steps(1);
    }
    harness.run_steps(60);
    let chosen: Vec<_> = harness
        .get_all_by_role(Role::Row)
        .filter(|row| row.accesskit_node().toggled() == Some(Toggled::True))
        .map(|row| row.rect())
        .collect();
    assert_eq!(chosen.len(), 1);
    assert!(chosen[0].top() > 60.0 && chosen[0].bottom() < 1_080.0, "{chosen:?}");
}

#[test]
fn a_conflict_shows_what_was_seen_what_is_and_what_it_would_be() {
    for (language, body, priority) in [
        (
            Language::Ru,
            "Орган: вы видели Минстрой, на сервере сейчас Абаканские тепловые сети, если \
             сделать всё равно Хакасэнерго",
            "Важность: вы видели обычная, на сервере сейчас обычная, если сделать всё равно срочно",
        ),
        (
            Language::En,
            "Body: you saw Минстрой, on the server now Абаканские тепловые сети, if done anyway \
             Хакасэнерго",
            "Priority: you saw ordinary, on the server now ordinary, if done anyway urgent",
        ),
    ] {
        let mut harness = window(busy(View::Outbox), language);
        harness.get_by_label(body);
        press(&mut harness, Key::J);
        harness.get_by_label(priority);
        // What the server refused says what it was asked for.
        press(&mut harness, Key::J);
        harness.get_by_label_contains("b-no-more");
    }
}

#[test]
fn what_the_table_of_moves_forbids_by_now_is_said() {
    let mut state = busy(View::Outbox);
    let mut outbox = (*state.outbox).clone();
    for entry in &mut outbox.entries {
        if let Some(Outcome::Conflict { current, .. }) = &mut Arc::make_mut(entry).answer {
            current.status = Status::Rejected.key().to_owned();
        }
    }
    state.outbox = Arc::new(outbox);
    let harness = window(state, Language::Ru);
    harness.get_by_label_contains("По правилам переходов это теперь невозможно");
}

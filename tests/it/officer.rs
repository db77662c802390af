//! The duty officer at the keyboard: the whole window over a reference server.

use std::time::{Duration, Instant};

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable};
use pult::app::state::View;
use pult::app::triage::TriageCommand;
use pult::app::{Command, Desk, State};
use pult::board::queue::Section;
use pult::config::Theme;
use pult::domain::{Action, CommandKind, Language, Status, Timestamp};
use pult::ui::shell::{Local, shell_keys, shell_ui};
use pult::ui::text::Text;
use pult::ui::theme;
use pult::ui::tokens::Tokens;

use super::desk::Bench;
use super::sample;

pub(crate) struct Window {
    pub(crate) bench: Bench,
    local: Local,
    out: Vec<Command>,
    /// The clock that only goes forward, where the test turns it by hand.
    held: Option<Duration>,
}

impl Window {
    /// From now on the clock goes on by a millisecond a frame: what can be
    /// undone stays so until the test lets time pass.
    pub(crate) fn hold_clock(&mut self) {
        self.held = Some(self.bench.ticker.moment().tick);
    }

    pub(crate) fn let_pass(&mut self, time: Duration) {
        self.held = self.held.map(|held| held + time);
    }
}

/// Hands on the keyboard.
pub(crate) struct Officer {
    pub(crate) harness: Harness<'static, Window>,
    presses: usize,
}

impl Officer {
    pub(crate) fn sits_down() -> Self {
        Self::sits_down_at(Bench::online(true))
    }

    /// At the queue of new incidents.
    pub(crate) fn sits_down_at(mut bench: Bench) -> Self {
        bench.desk.apply(Command::Show(View::Triage));
        let (tokens, text) = (Tokens::of(Theme::Dark), Text::of(Language::Ru));
        let dress = tokens.clone();
        let harness = Harness::builder()
            .with_size(egui::vec2(1_920.0, 1_080.0))
            .with_context_setup(move |ctx| theme::install(ctx, &dress))
            .build_ui_state(
                move |ui, window: &mut Window| {
                    let Window { bench, local, out, held } = window;
                    for command in out.drain(..) {
                        bench.desk.apply(command);
                    }
                    let mut moment = bench.ticker.moment();
                    if let Some(held) = held {
                        *held += Duration::from_millis(1);
                        moment.tick = *held;
                    }
                    shell_keys(ui.ctx(), bench.desk.state(), out);
                    for command in std::mem::take(out) {
                        bench.desk.apply(command);
                    }
                    bench.desk.poll(moment);
                    shell_ui(ui, bench.desk.state(), &tokens, &text, local, out);
                },
                Window { bench, local: Local::default(), out: Vec::new(), held: None },
            );
        let mut officer = Self { harness, presses: 0 };
        officer.wait("a card under the cursor", |state| {
            let open = state.incident.as_ref().map(|incident| incident.row.row_id);
            state.triage.cursor.is_some() && state.triage.cursor == open
        });
        officer.settle();
        officer
    }

    pub(crate) fn desk(&self) -> &Desk {
        &self.harness.state().bench.desk
    }

    /// Closes the desk; what it has written is in the folder.
    pub(crate) fn leaves(mut self) -> tempfile::TempDir {
        let bench = &mut self.harness.state_mut().bench;
        let elsewhere = Bench::offline(tempfile::tempdir().unwrap());
        let Bench { desk, folder, .. } = std::mem::replace(bench, elsewhere);
        drop(desk);
        folder
    }

    pub(crate) fn state(&self) -> &State {
        self.desk().state()
    }

    pub(crate) fn cursor(&self) -> u32 {
        self.state().triage.cursor.expect("a row is under the cursor")
    }

    pub(crate) fn wait(&mut self, what: &str, done: impl Fn(&State) -> bool) {
        let patience = Instant::now() + Duration::from_mins(2);
        while !done(self.state()) {
            assert!(Instant::now() < patience, "{what} did not come");
            self.harness.step();
            std::thread::sleep(Duration::from_millis(2));
        }
        self.harness.run_steps(2);
    }

    pub(crate) fn settle(&mut self) {
        let patience = Instant::now() + Duration::from_mins(2);
        self.harness.run_steps(3);
        while !self.desk().is_settled() {
            assert!(Instant::now() < patience, "the answers did not come");
            self.harness.step();
            std::thread::sleep(Duration::from_millis(2));
        }
        self.harness.run_steps(2);
    }

    pub(crate) fn press(&mut self, key: Key) {
        self.press_with(Modifiers::NONE, key);
    }

    pub(crate) fn press_with(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.presses += 1;
        self.settle();
    }

    /// By mouse, somewhere.
    pub(crate) fn does(&mut self, command: Command) {
        self.harness.state_mut().out.push(command);
        self.settle();
    }

    pub(crate) fn types(&mut self, words: &str) {
        self.harness.event(egui::Event::Text(words.to_owned()));
        self.settle();
    }

    pub(crate) fn clicks(&mut self, at: egui::Pos2) {
        let button = |pressed| egui::Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        for event in [egui::Event::PointerMoved(at), button(true), button(false)] {
            self.harness.event(event);
            self.harness.step();
        }
        self.settle();
    }

    pub(crate) fn form(&self) -> Option<CommandKind> {
        self.state().triage.form.as_ref().map(|form| form.kind)
    }

    /// The line that Enter takes, as a screen reader says it.
    pub(crate) fn first_choice(&self) -> String {
        let mut lines = self.harness.get_all_by_role(egui::accesskit::Role::ListBoxOption);
        let first = lines.next().expect("there is something to choose from");
        first.accesskit_node().label().expect("it has a name")
    }

    /// What waits here for one incident, in order.
    pub(crate) fn done_to(&self, row_id: u32) -> Vec<Action> {
        self.state().outbox.of_row(row_id).map(|entry| entry.action.clone()).collect()
    }
}

#[test]
fn an_ordinary_incident_is_taken_its_topic_confirmed_and_assigned_with_four_keys() {
    let mut officer = Officer::sits_down();
    assert_eq!(officer.state().triage.section, Section::New);
    let row_id = officer.cursor();
    officer.press(Key::T);
    officer.wait("the taking", |state| state.outbox.waiting() == 1);
    assert_eq!(officer.cursor(), row_id, "it left «new», the hand is still on it");
    officer.press(Key::Enter);
    assert_eq!(officer.form(), Some(CommandKind::Classify));
    officer.press(Key::Enter);
    assert_eq!(officer.form(), Some(CommandKind::Assign));
    let shown = officer.first_choice();
    let bodies = &officer.state().vocabulary.bodies;
    let body = bodies.iter().skip(1).find(|body| shown.starts_with(&body.short)).unwrap();
    let body = body.id.clone();
    officer.press(Key::Enter);
    assert_eq!(officer.presses, 4);
    officer.wait("two actions", |state| state.outbox.waiting() == 2);
    let assign = Action::Assign { body, reason: None };
    assert_eq!(officer.done_to(row_id), [Action::Take {}, assign], "the likeliest, as shown");
    assert_ne!(officer.cursor(), row_id, "on to the next one");

    // Undone, one after the other, and the hand is back on the incident.
    officer.press_with(Modifiers::COMMAND, Key::Z);
    officer.wait("the undoing", |state| state.outbox.waiting() == 1);
    assert_eq!(officer.cursor(), row_id);
    officer.press_with(Modifiers::COMMAND, Key::Z);
    officer.wait("all undone", |state| state.outbox.waiting() == 0 && state.undo.is_empty());
    officer.settle();
    let status = officer.state().incident.as_ref().map(|open| open.row.status);
    assert_eq!(status, Some(Status::New.index()));
}

#[test]
fn another_topic_changes_who_is_likely_before_the_body_is_asked() {
    let mut officer = Officer::sits_down();
    let row_id = officer.cursor();
    let before = officer.state().triage.likely.key.expect("counted");
    officer.press(Key::Enter);
    officer.press(Key::ArrowDown);
    officer.press(Key::Enter);
    let form = officer.state().triage.form.clone().expect("the second step");
    assert_eq!(form.kind, CommandKind::Assign);
    let after = officer.state().triage.likely.key.expect("counted");
    assert_ne!(after.topic, before.topic);
    assert_eq!(Some(after.topic), form.topic);
    officer.press(Key::Enter);
    assert_eq!(officer.presses, 4);
    officer.wait("two actions", |state| state.outbox.waiting() == 2);
    let done = officer.done_to(row_id);
    let code = &officer.state().vocabulary.topics[usize::from(after.topic)].code;
    assert_eq!(done[0], Action::Classify { topic: code.clone() });
    assert!(matches!(done[1], Action::Assign { .. }), "{done:?}");
}

#[test]
fn several_rows_are_chosen_dealt_with_and_undone_together() {
    let mut officer = Officer::sits_down();
    let first = officer.cursor();
    officer.press_with(Modifiers::SHIFT, Key::J);
    officer.press_with(Modifiers::SHIFT, Key::J);
    assert_eq!(officer.state().triage.selected.len(), 3);
    officer.harness.get_by_label("Действия · выбрано 3 инцидента");
    officer.press(Key::U);
    assert_eq!(officer.form(), Some(CommandKind::Prioritise));
    officer.press(Key::Enter);
    officer.wait("three actions", |state| state.outbox.waiting() == 3);
    assert_eq!(officer.done_to(first), [Action::Prioritise { priority: 2 }]);
    assert_eq!(officer.state().triage.selected.len(), 3, "there is more to do to them");

    let toast = "изменена важность · 3 инцидента · Отменить последнее действие";
    officer.harness.get_by_label(toast).click();
    officer.wait("the undoing", |state| state.outbox.waiting() == 0);
    officer.settle();
    assert!(officer.harness.query_by_label(toast).is_none());

    officer.press(Key::Escape);
    assert!(officer.state().triage.selected.is_empty());
    officer.press_with(Modifiers::COMMAND, Key::A);
    let loaded = officer.state().triage.rows.len();
    assert!(loaded > 3);
    assert_eq!(officer.state().triage.selected.len(), loaded);
}

#[test]
fn a_comment_is_kept_while_somebody_looks_elsewhere_and_is_sent_once() {
    let mut officer = Officer::sits_down();
    let row_id = officer.cursor();
    officer.press(Key::N);
    officer.types("смотрим, ");
    officer.harness.key_press(Key::J);
    officer.types("едем");
    assert_eq!(officer.cursor(), row_id, "a letter is a letter while somebody writes");
    officer.press(Key::Escape);
    assert_eq!(officer.form(), None);
    officer.harness.get_by_label("Комментарий");
    officer.press(Key::J);
    assert_ne!(officer.cursor(), row_id);
    officer.press(Key::N);
    officer.press(Key::Escape);
    officer.press(Key::K);
    officer.press(Key::N);
    officer.types("!");
    officer.press_with(Modifiers::COMMAND, Key::Enter);
    officer.wait("the comment", |state| state.outbox.waiting() == 1);
    let written = &officer.done_to(row_id)[0];
    let Action::Comment { text } = written else { panic!("{written:?}") };
    assert!(text.contains("смотрим, едем") && text.contains('!'), "{text}");
    assert!(officer.state().triage.drafts.is_empty());
}

#[test]
fn an_answer_begins_with_a_template_and_a_telephone_in_it_is_pointed_out() {
    let mut officer = Officer::sits_down();
    let row_id = officer.cursor();
    officer.press(Key::T);
    officer.wait("the taking", |state| state.outbox.waiting() == 1);
    officer.press(Key::I);
    officer.harness.get_by_label("Принято, уточняем").click();
    officer.settle();
    let warning =
        "Здесь есть телефон, почта или другие личные данные: при отправке они будут скрыты";
    assert!(officer.harness.query_by_label(warning).is_none());
    officer.types(" Звоните: +7 913 555-01-23");
    officer.harness.get_by_label(warning);
    officer.harness.get_by_label("Осталось заполнить места в [скобках]");
    officer.press_with(Modifiers::COMMAND, Key::Enter);
    officer.wait("the answer", |state| state.outbox.waiting() == 2);
    let done = officer.done_to(row_id);
    let Action::InterimAnswer { text } = &done[1] else { panic!("{done:?}") };
    assert!(text.starts_with("Здравствуйте! Ваше сообщение принято."), "{text}");
    assert!(text.contains("Звоните: ") && !text.contains("555"), "{text}");
}

#[test]
fn keys_are_letters_in_a_field_and_nothing_in_another_view() {
    let mut officer = Officer::sits_down();
    officer.press_with(Modifiers::COMMAND, Key::F);
    officer.press(Key::T);
    officer.press(Key::A);
    assert_eq!((officer.form(), officer.state().outbox.waiting()), (None, 0));
    officer.press(Key::Escape);
    officer.press_with(Modifiers::COMMAND, Key::Num2);
    assert_eq!(officer.state().view, View::Blocks);
    officer.press(Key::A);
    officer.press(Key::Enter);
    assert_eq!((officer.form(), officer.state().outbox.waiting()), (None, 0));
    officer.press_with(Modifiers::COMMAND, Key::Num5);
    officer.press(Key::T);
    officer.wait("the taking", |state| state.outbox.waiting() == 1);
    officer.press(Key::A);
    assert_eq!(officer.form(), Some(CommandKind::Assign));
    officer.types("вода");
    officer.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(officer.state().outbox.waiting(), 1, "a field undoes its own letters");
}

#[test]
fn what_the_table_of_moves_forbids_is_said_and_not_done() {
    let mut officer = Officer::sits_down();
    assert!(officer.harness.query_by_label("Закрыть инцидент").is_none(), "not of a new one");
    officer.press(Key::L);
    assert_eq!(officer.state().notices.len(), 1);
    assert_eq!(officer.state().notices[0].text, "notice-action-refused");
    assert_eq!(officer.state().outbox.waiting(), 0);
}

#[test]
fn every_form_opens_by_its_button_and_closes_by_its_own() {
    let mut officer = Officer::sits_down();
    let row_id = officer.cursor();
    for (label, kind) in [
        ("Указать тему", CommandKind::Classify),
        ("Указать место", CommandKind::Place),
        ("Отметка", CommandKind::Mark),
        ("Переслать другому органу", CommandKind::Forward),
        ("Объединить с другим", CommandKind::Merge),
        ("Разделить", CommandKind::Split),
        ("Отклонить", CommandKind::Reject),
        ("Продлить срок", CommandKind::Extend),
        ("Новый инцидент вручную", CommandKind::Create),
    ] {
        officer.harness.get_by_label(label).click();
        officer.settle();
        assert_eq!(officer.form(), Some(kind));
        officer.press(Key::Escape);
        assert_eq!(officer.form(), None, "{label}");
    }
    // By mouse, from the list of reasons.
    officer.harness.get_by_label("Отклонить").click();
    officer.settle();
    officer.harness.get_by_label("Заявитель снял вопрос").click();
    officer.wait("the rejection", |state| state.outbox.waiting() == 1);
    let reason = "Заявитель снял вопрос".to_owned();
    assert_eq!(officer.done_to(row_id), [Action::Reject { reason }]);
}

#[test]
fn an_incident_by_telephone_and_a_place_by_name() {
    let mut officer = Officer::sits_down();
    let row_id = officer.cursor();
    officer.press(Key::P);
    officer.types("саяног");
    officer.press(Key::Enter);
    officer.wait("the place", |state| state.outbox.waiting() == 1);
    let done = officer.done_to(row_id);
    let Action::Place(given) = &done[0] else { panic!("{done:?}") };
    assert!(given.municipality.is_some() && given.settlement.is_some(), "{given:?}");

    // A point by its degrees, and another by a click.
    let next = officer.cursor();
    officer.press(Key::P);
    officer.types("53,7215 91,4425");
    officer.press(Key::Enter);
    officer.wait("the point", |state| state.outbox.waiting() == 2);
    let done = officer.done_to(next);
    let Some(Action::Place(given)) = done.last() else { panic!("{done:?}") };
    assert_eq!((given.lat, given.lon), (Some(53.7215), Some(91.4425)));
    assert_eq!(given.municipality.as_deref(), Some("95701000"), "Abakan");
    officer.press(Key::P);
    let map = officer.harness.get_by_label("Карта: щелчок ставит место").rect();
    officer.clicks(map.center());
    officer.wait("the other point", |state| state.outbox.waiting() == 3);
    let done = officer.done_to(next);
    let Some(Action::Place(clicked)) = done.last() else { panic!("{done:?}") };
    assert!(clicked.lat.is_some() && clicked.lat != given.lat, "{clicked:?}");

    officer.press(Key::H);
    officer.types("Нет света на Лесной\nс утра, весь дом");
    officer.harness.get_by_label("Источник выбрать").click();
    officer.settle();
    officer.harness.get_by_label("Горячая линия").click();
    officer.settle();
    officer.harness.get_by_label("Источник Горячая линия");
    officer.press_with(Modifiers::COMMAND, Key::Enter);
    officer.wait("the new one", |state| state.outbox.waiting() == 4);
    let created = officer.state().outbox.entries.last().map(|entry| entry.action.clone());
    let Some(Action::Create(new)) = created else { panic!("{created:?}") };
    assert_eq!(new.summary, "Нет света на Лесной");
    assert_eq!(new.text.as_deref(), Some("Нет света на Лесной\nс утра, весь дом"));
    assert_eq!(new.source.as_deref(), Some("hotline"));
    // Until the server has given it a number it stands above the queue.
    officer.harness.get_by_label_contains("1 без номера");
    officer.harness.get_by_label_contains("Нет света на Лесной ").click();
    officer.settle();
    assert_eq!(officer.state().view, View::Outbox);
}

#[test]
fn a_deadline_is_moved_for_a_reason_and_the_card_keeps_the_one_before() {
    let mut officer = Officer::sits_down();
    officer.harness.state_mut().hold_clock();
    let row_id = officer.cursor();
    let before = officer.state().incident.as_ref().map(|card| card.row.due).unwrap();
    assert!(before > 0);
    officer.press(Key::E);
    officer.press(Key::Enter);
    officer.types("Ждём выезда");
    officer.press(Key::Enter);
    officer.wait("the extension", |state| state.outbox.waiting() == 1);
    let done = officer.done_to(row_id);
    let Action::Extend { reason, .. } = &done[0] else { panic!("{done:?}") };
    assert_eq!(reason, "Ждём выезда");

    officer.harness.state_mut().let_pass(Duration::from_secs(11));
    officer.wait("the sending", |state| state.outbox.entries.is_empty());
    officer.does(Command::Triage(TriageCommand::Put(row_id)));
    let card = officer.state().incident.clone().unwrap();
    assert!(card.row.due > before);
    let moves: Vec<_> = card.events.iter().filter(|event| event.due > 0).collect();
    assert_eq!(moves.len(), 1);
    assert_eq!((moves[0].due_before, moves[0].due), (before, card.row.due));
    officer.harness.get_by_label_contains("Прежний срок: ");
}

#[test]
fn a_form_hears_no_key_that_is_meant_for_the_palette_or_the_search() {
    let mut officer = Officer::sits_down();
    officer.press(Key::A);
    officer.press_with(Modifiers::COMMAND, Key::K);
    officer.types("теп");
    officer.press(Key::Enter);
    assert_eq!(officer.form(), Some(CommandKind::Assign), "the palette's Enter is its own");
    officer.press_with(Modifiers::COMMAND, Key::K);
    officer.press(Key::Escape);
    assert!(!officer.state().palette_open);
    assert_eq!(officer.form(), Some(CommandKind::Assign), "and so is its Escape");
    officer.press_with(Modifiers::COMMAND, Key::F);
    officer.types("снег");
    officer.press(Key::Enter);
    assert_eq!(officer.form(), Some(CommandKind::Assign), "nothing was assigned");
    assert_eq!(officer.state().outbox.entries.len(), 0);
    assert_eq!(officer.state().search, "снег");
    officer.press_with(Modifiers::COMMAND, Key::F);
    officer.press(Key::Escape);
    assert_eq!(officer.form(), Some(CommandKind::Assign), "it leaves the search");
    officer.press(Key::Escape);
    assert_eq!(officer.form(), None, "and then the form");
}

#[test]
fn a_field_that_deletes_a_word_leaves_the_filter_alone() {
    let mut officer = Officer::sits_down();
    officer.does(Command::ToggleOverdueOnly);
    officer.press(Key::N);
    officer.types("Едем на место");
    officer.press_with(Modifiers::COMMAND, Key::Backspace);
    officer.press_with(Modifiers::COMMAND, Key::U);
    assert!(officer.state().filter.overdue_only);
    assert!(!officer.state().filter.unplaced_only);
}

#[test]
fn several_deadlines_are_moved_each_from_its_own() {
    let mut officer = Officer::sits_down();
    officer.press_with(Modifiers::SHIFT, Key::J);
    officer.press_with(Modifiers::SHIFT, Key::J);
    let rows: Vec<u32> = officer.state().triage.selected.iter().copied().collect();
    let due = |officer: &Officer, row_id: u32| {
        let row = officer.state().triage.rows.iter().find(|row| row.row_id == row_id);
        row.unwrap().due.max(officer.state().now)
    };
    let before: Vec<u32> = rows.iter().map(|row_id| due(&officer, *row_id)).collect();
    officer.press(Key::E);
    officer.press(Key::Enter);
    officer.types("Ждём выезда");
    officer.press(Key::Enter);
    officer.wait("three extensions", |state| state.outbox.waiting() == 3);
    let moved = rows.iter().zip(before).map(|(row_id, before)| {
        let done = officer.done_to(*row_id);
        let [Action::Extend { due_at, .. }] = done.as_slice() else { panic!("{done:?}") };
        due_at.0 - before
    });
    // Those that are late already are moved from now, which goes on meanwhile.
    let moved: Vec<u32> = moved.map(|secs| secs / 60).collect();
    assert!(
        moved[0] > 0 && moved.iter().all(|minutes| minutes.abs_diff(moved[0]) <= 1),
        "{moved:?}"
    );
}

#[test]
fn an_extension_that_is_not_later_is_said_so_and_its_reason_is_kept() {
    let mut officer = Officer::sits_down();
    let row_id = officer.cursor();
    let due_at = Timestamp(officer.state().now - 60);
    let action = Action::Extend { due_at, reason: "Ждём выезда".to_owned() };
    officer.does(Command::Act { rows: vec![row_id], action });
    officer.wait("a sentence", |state| !state.notices.is_empty());
    assert_eq!(officer.state().notices[0].text, "notice-too-early");
    assert_eq!(officer.state().outbox.waiting(), 0);
    let draft = &officer.state().triage.drafts[&(row_id, CommandKind::Extend)];
    assert_eq!(draft.action.words(), Some("Ждём выезда"));
}

#[test]
fn a_role_is_not_shown_what_it_may_not_do() {
    let mut state = sample::state(&sample::board(3_000), View::Triage);
    let row = state.list.rows[0].clone();
    state.triage.cursor = Some(row.row_id);
    state.triage.rows = vec![row];
    let labels = |state: &State| {
        let (tokens, text) = (Tokens::of(Theme::Light), Text::of(Language::En));
        let dress = tokens.clone();
        let mut local = Local::default();
        let mut harness = Harness::builder()
            .with_size(egui::vec2(1_920.0, 1_080.0))
            .with_context_setup(move |ctx| theme::install(ctx, &dress))
            .build_ui(|ui| shell_ui(ui, state, &tokens, &text, &mut local, &mut Vec::new()));
        harness.run_steps(2);
        ["Priority", "New incident by hand"].map(|label| harness.query_by_label(label).is_some())
    };
    assert_eq!(labels(&state), [true, true], "as long as nobody knows whose desk it is");
    let mut outbox = (*state.outbox).clone();
    outbox.officer = Some(pult::store::Officer {
        role: "curator".to_owned(),
        office: "Куратор".to_owned(),
    });
    state.outbox = std::sync::Arc::new(outbox);
    assert_eq!(labels(&state), [true, false]);
}

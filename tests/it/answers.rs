//! Answers: who approves them, and how those that were given are judged.

use std::sync::Arc;
use std::time::Duration;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use pult::app::Command;
use pult::app::state::View;
use pult::app::triage::TriageCommand;
use pult::config::Theme;
use pult::domain::action::{AnswerCheck, Verdict};
use pult::domain::{Action, CommandKind, EventKind, Language, Status};
use pult::store::details::{EventLine, IncidentDetails};
use pult::ui::shell::{Local, shell_ui};
use pult::ui::text::Text;
use pult::ui::theme;
use pult::ui::tokens::Tokens;

use super::officer::Officer;
use super::sample;

/// At the newest incident of that status, come to from the list of all.
fn at_one_that_is(status: Status) -> Officer {
    let mut officer = Officer::sits_down();
    officer.does(Command::Show(View::Incidents));
    officer.does(Command::ToggleStatus(status.index()));
    officer.wait("the list", |state| {
        state.list.rows.first().is_some_and(|row| row.status == status.index())
    });
    let row_id = officer.state().list.rows[0].row_id;
    officer.does(Command::OpenIncident(row_id));
    officer.press(Key::E);
    assert_eq!((officer.state().view, officer.cursor()), (View::Triage, row_id));
    officer
}

#[test]
fn an_answer_is_judged_by_the_check_list_with_keys_and_the_log_says_how() {
    let mut officer = at_one_that_is(Status::Answered);
    officer.harness.state_mut().hold_clock();
    let row_id = officer.cursor();
    officer.press(Key::Q);
    assert_eq!(officer.form(), Some(CommandKind::Quality));
    officer.harness.get_by_label("Балл: 30 из 100");
    officer.press(Key::Num1);
    officer.press(Key::Num2);
    officer.press(Key::Num4);
    officer.press(Key::Num2);
    officer.harness.get_by_label("Балл: 70 из 100");
    officer.harness.get_by_label("По существу частично · по отмеченному");
    officer.press(Key::ArrowUp);
    officer.press(Key::Enter);
    officer.wait("the judgement", |state| state.outbox.waiting() == 1);
    let judged = Action::Quality {
        verdict: Verdict::Full,
        checks: vec![AnswerCheck::ToThePoint, AnswerCheck::Polite],
        text: None,
    };
    assert_eq!(officer.done_to(row_id), [judged]);

    officer.harness.state_mut().let_pass(Duration::from_secs(11));
    officer.wait("the sending", |state| state.outbox.entries.is_empty());
    officer.does(Command::Triage(TriageCommand::Put(row_id)));
    let card = officer.state().incident.clone().unwrap();
    let last = card.events.iter().rfind(|e| e.kind == Some(EventKind::QualityChecked.index()));
    let last = last.expect("it is in the log");
    assert_eq!(last.checks, [AnswerCheck::ToThePoint, AnswerCheck::Polite]);
    officer.harness.get_by_label("По существу полностью · по существу · вежливо");
}

#[test]
fn a_judgement_that_was_begun_is_there_when_its_form_opens_again() {
    let mut officer = at_one_that_is(Status::Answered);
    let row_id = officer.cursor();
    officer.press(Key::Q);
    officer.press(Key::Num1);
    officer.press(Key::Num4);
    officer.harness.get_by_role_and_label(Role::TextInput, "Пояснение, если нужно").focus();
    officer.settle();
    officer.types("без сроков");
    officer.press(Key::Escape);
    officer.press(Key::Q);
    officer.harness.get_by_label("Балл: 70 из 100");
    officer.harness.get_by_label_contains("Черновик от ");
    // The verdict was nobody's yet: it goes on following the ticks.
    officer.press(Key::Num5);
    officer.press(Key::Enter);
    officer.wait("the judgement", |state| state.outbox.waiting() == 1);
    let done = officer.done_to(row_id);
    let [Action::Quality { verdict, checks, text }] = done.as_slice() else { panic!("{done:?}") };
    assert_eq!((*verdict, checks.len()), (Verdict::Full, 3));
    assert_eq!(text.as_deref(), Some("без сроков"));
    assert!(officer.state().triage.drafts.is_empty());
}

#[test]
fn a_remark_that_is_too_long_is_said_and_the_judgement_not_sent_without_it() {
    let mut officer = at_one_that_is(Status::Answered);
    officer.press(Key::Q);
    officer.harness.get_by_role_and_label(Role::TextInput, "Пояснение, если нужно").focus();
    officer.settle();
    officer.types(&"ё".repeat(8_001));
    officer.harness.get_by_label("Слишком длинно: 8\u{202f}001 знаков из 8\u{202f}000");
    officer.press(Key::Enter);
    assert_eq!(officer.form(), Some(CommandKind::Quality));
    assert_eq!(officer.state().outbox.waiting(), 0);
}

#[test]
fn an_answer_of_ones_own_office_is_not_offered_for_approval_and_the_reason_stands_there() {
    let mut state = sample::state(&sample::board(3_000), View::Triage);
    let mut row = state.list.rows[0].clone();
    row.status = Status::Approval.index();
    state.triage.cursor = Some(row.row_id);
    state.triage.rows = vec![row.clone()];
    let submitted = |office: &str| EventLine {
        at: row.received,
        kind: Some(EventKind::Submitted.index()),
        role: "duty".to_owned(),
        office: office.to_owned(),
        body: 0,
        reason: String::new(),
        text: "Сделано".to_owned(),
        checks: Vec::new(),
        due: 0,
        due_before: 0,
        merged: String::new(),
    };
    let mut outbox = (*state.outbox).clone();
    let office = "Руководитель".to_owned();
    outbox.officer = Some(pult::store::Officer { role: "head".to_owned(), office });
    state.outbox = Arc::new(outbox);
    for (author, is_offered) in [("Дежурный", true), ("Руководитель", false)] {
        let events = vec![submitted(author)];
        let row = row.clone();
        let card = IncidentDetails { row, events, ..IncidentDetails::default() };
        state.incident = Some(Arc::new(card));
        let (tokens, text) = (Tokens::of(Theme::Light), Text::of(Language::Ru));
        let dress = tokens.clone();
        let mut local = Local::default();
        let mut harness = Harness::builder()
            .with_size(egui::vec2(1_920.0, 1_080.0))
            .with_context_setup(move |ctx| theme::install(ctx, &dress))
            .build_ui(|ui| shell_ui(ui, &state, &tokens, &text, &mut local, &mut Vec::new()));
        harness.run_steps(2);
        assert_eq!(harness.query_by_label("Согласовать ответ").is_some(), is_offered, "{author}");
        let reason = harness.query_by_label("Свой ответ утверждает другой");
        assert_eq!(reason.is_some(), !is_offered, "{author}");
    }
}

//! The desk without a mouse and without sight: every node has a name, every
//! command can be asked for by keys, Tab comes to everything that takes a key.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use egui::accesskit::{Action as NodeAction, Role};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pult::app::deeds::listed;
use pult::app::indicators::Page;
use pult::app::state::{Notice, UndoOffer, View};
use pult::app::{Command, State};
use pult::config::Theme;
use pult::domain::{CommandKind, Language};
use pult::store::details::IncidentDetails;
use pult::ui::shell::{Local, shell_keys, shell_ui};
use pult::ui::text::Text;
use pult::ui::theme;
use pult::ui::tokens::Tokens;

use super::sample;

const VIEWS: [View; 10] = [
    View::Situation,
    View::Triage,
    View::Blocks,
    View::Indicators,
    View::Problems,
    View::Incidents,
    View::Shift,
    View::Outbox,
    View::Health,
    View::Settings,
];

/// What is drawn, and what was asked for since it was looked at.
pub(super) struct Window {
    pub(super) state: State,
    pub(super) out: Vec<Command>,
}

pub(super) fn window(state: State, language: Language) -> Harness<'static, Window> {
    let (tokens, text) = (Tokens::of(Theme::Dark), Text::of(language));
    let dress = tokens.clone();
    let mut local = Local::default();
    let mut harness = Harness::builder()
        .with_size(egui::vec2(1_920.0, 1_080.0))
        .with_context_setup(move |ctx| theme::install(ctx, &dress))
        .build_ui_state(
            move |ui, window: &mut Window| {
                let Window { state, out } = window;
                shell_keys(ui.ctx(), state, out);
                shell_ui(ui, state, &tokens, &text, &mut local, out);
            },
            Window { state, out: Vec::new() },
        );
    harness.run_steps(3);
    harness
}

/// A view with an incident in its hands and something in the outbox.
pub(super) fn busy(view: View) -> State {
    let board = sample::board(3_000);
    let mut state = sample::with_problems(sample::state(&board, view), &board);
    sample::measure(&mut state, &board);
    let row = state.list.rows[0].clone();
    state.triage.cursor = Some(row.row_id);
    state.triage.rows = state.list.rows.clone();
    state.incident = Some(Arc::new(IncidentDetails { row, ..IncidentDetails::default() }));
    state.outbox = Arc::new(sample::outbox(&state));
    state
}

/// Nodes that a person can press or write in now, with their names. A bar that
/// scrolls is egui's own; the keys of the list beside it do the same.
fn nodes(harness: &Harness<'static, Window>) -> Vec<(Role, String)> {
    let all = harness.root().children_recursive();
    let takes_part = all.filter_map(|node| {
        let node = node.accesskit_node();
        let is_meant = node.data().supports_action(NodeAction::Click);
        let is_field = matches!(
            node.role(),
            Role::TextInput | Role::MultilineTextInput | Role::SearchInput | Role::Slider
        );
        if node.is_disabled() || node.role() == Role::ScrollBar {
            return None;
        }
        let name = node.label().or_else(|| node.value()).unwrap_or_default();
        (is_meant || is_field).then(|| (node.role(), name))
    });
    takes_part.collect()
}

#[test]
fn nothing_that_can_be_pressed_or_written_in_is_without_a_name() {
    for language in [Language::Ru, Language::En] {
        for view in VIEWS {
            let mut harness = window(busy(view), language);
            let found = nodes(&harness);
            assert!(found.len() > 8, "{view:?}: {}", found.len());
            if view == View::Outbox {
                let keys = ["· Enter", "· F2", "· Delete", "· E"];
                let is_there = |key: &&str| found.iter().any(|(_, name)| name.ends_with(*key));
                assert!(keys.iter().all(is_there), "buttons of a conflict: {found:?}");
            }
            for (role, name) in &found {
                assert!(!name.trim().is_empty(), "{view:?}: a {role:?} without a name");
            }
            if view == View::Indicators {
                for page in [Page::Figures, Page::Scorecards, Page::Forecast, Page::Digest] {
                    harness.state_mut().state.indicators.page = page;
                    harness.run_steps(2);
                    let found = nodes(&harness);
                    assert!(found.len() > 8, "{page:?}: {}", found.len());
                    for (role, name) in found {
                        assert!(!name.trim().is_empty(), "{page:?}: a {role:?} without a name");
                    }
                }
            }
            if view == View::Triage {
                for kind in CommandKind::ALL {
                    harness.state_mut().state.triage.form = Some(form(*kind, 1));
                    harness.run_steps(2);
                    for (role, name) in nodes(&harness) {
                        assert!(!name.trim().is_empty(), "{kind}: a {role:?} without a name");
                    }
                }
            }
        }
    }
}

#[test]
fn what_stands_out_and_what_is_one_matter_say_how_they_were_found() {
    let text = Text::of(Language::Ru);
    for (view, how) in [(View::Situation, "how-changed"), (View::Problems, "how-problems")] {
        let harness = window(busy(view), Language::Ru);
        let said = format!("{}: {}", text.t("how-counted"), text.t(how));
        harness.get_by_label(&said);
    }
}

fn form(kind: CommandKind, row_id: u32) -> pult::app::form::Form {
    let number = u64::from(kind.index()) + 1;
    pult::app::form::Form {
        kind,
        rows: vec![row_id],
        then: None,
        number,
        topic: None,
        replaces: None,
    }
}

#[test]
fn every_command_of_the_palette_is_asked_for_by_keys() {
    let mut harness = window(busy(View::Triage), Language::Ru);
    let text = Text::of(Language::Ru);
    let all: Vec<_> = listed(&harness.state().state).collect();
    assert!(all.len() > 50, "{}", all.len());
    for wanted in all {
        harness.state_mut().state.palette_open = true;
        harness.run_steps(2);
        let name = text.t(wanted.text);
        harness.event(egui::Event::Text(name.to_owned()));
        harness.run_steps(2);
        let at = {
            let lines = harness.root().children_recursive();
            let lines = lines.filter(|node| node.accesskit_node().role() == Role::MenuItem);
            let mut names = lines.filter_map(|node| node.accesskit_node().label());
            names.position(|line| line == name)
        };
        let at = at.unwrap_or_else(|| panic!("«{name}» is not found by its own name"));
        for _ in 0..at {
            harness.key_press(Key::ArrowDown);
            harness.run_steps(1);
        }
        harness.state_mut().out.clear();
        harness.key_press(Key::Enter);
        harness.run_steps(1);
        let asked = std::mem::take(&mut harness.state_mut().out);
        assert!(asked.contains(&(wanted.command)()), "«{name}»: {asked:?}");
        harness.state_mut().state.palette_open = false;
        harness.run_steps(2);
    }
}

/// Tab goes round: whatever takes a press or letters has its turn. Lines of a list
/// are left to the arrows and letters of its view.
#[test]
fn tab_comes_to_everything_that_can_be_pressed() {
    for view in [View::Triage, View::Outbox, View::Shift, View::Settings] {
        let mut harness = window(busy(view), Language::Ru);
        let is_of_list = |role: Role| matches!(role, Role::ListBoxOption | Role::MenuItem);
        let wanted: BTreeSet<String> = nodes(&harness)
            .into_iter()
            .filter(|(role, _)| !is_of_list(*role))
            .map(|(_, name)| name)
            .collect();
        let mut seen = BTreeSet::new();
        for _ in 0..wanted.len() * 2 {
            harness.key_press_modifiers(Modifiers::NONE, Key::Tab);
            harness.run_steps(1);
            let focused = harness
                .root()
                .children_recursive()
                .find(|node| node.accesskit_node().is_focused())
                .map(|node| node.accesskit_node());
            if let Some(node) = focused {
                seen.insert(node.label().or_else(|| node.value()).unwrap_or_default());
            }
            if wanted.is_subset(&seen) {
                break;
            }
        }
        let missed: Vec<_> = wanted.difference(&seen).collect();
        assert!(missed.is_empty(), "{view:?}: Tab never comes to {missed:?}");
    }
}

#[test]
fn a_notice_stands_beside_what_can_be_undone_or_above_it() {
    let mut state = busy(View::Triage);
    state.undo = vec![UndoOffer {
        ids: vec![uuid::Uuid::nil()],
        kind: CommandKind::Prioritise,
        rows: vec![1],
        secs_left: 9,
        until: Duration::from_secs(9),
    }];
    state.notices = vec![Notice {
        id: 1,
        text: "notice-picture-saved",
        detail: "an-incident-list.png ".repeat(4),
        is_error: false,
        until: None,
    }];
    let mut harness = window(state, Language::Ru);
    for (width, is_beside) in [(1_900.0, true), (1_000.0, false)] {
        harness.set_size(egui::vec2(width, 760.0));
        harness.run_steps(2);
        let undo = harness.get_by_label_contains("Отменить последнее действие").rect();
        let notice = harness.get_by_label_contains("an-incident-list").rect();
        assert!(!undo.intersects(notice), "{width}: {undo} {notice}");
        assert_eq!(notice.bottom() > undo.top(), is_beside, "{width}: {undo} {notice}");
    }
}

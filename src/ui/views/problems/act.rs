//! What a person says of a problem: its name, its causes, how it stands.

use egui::{Checkbox, TextEdit, Ui};

use super::remedy::remedy_ui;
use super::{LISTED, NAME_CHARS, Typed};
use crate::app::form::may;
use crate::app::problems::{Problem, ProblemsCommand, born};
use crate::app::{Command, State};
use crate::board::row::{NO_MUNICIPALITY, NONE};
use crate::domain::mask::mask;
use crate::domain::{Born, CommandKind, Linking, ProblemState, RemedyChange, Says};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{self, Weight, font, text_button};
use crate::ui::{format, names};

/// Name, wall and the buttons.
pub(super) fn act_ui(
    ui: &mut Ui,
    state: &State,
    problem: &Problem,
    tokens: &Tokens,
    text: &Text,
    typed: &mut Typed,
    out: &mut Vec<Command>,
) {
    ui.horizontal_wrapped(|ui| {
        if text_button(ui, tokens, text.t("problem-show-members")).clicked() {
            let (key, name) = (problem.key.clone(), names::problem(state, text, problem));
            out.push(Command::Problems(ProblemsCommand::ShowMembers(key, name)));
        }
        if text_button(ui, tokens, text.t("problem-ask-curator")).clicked() {
            let asked = question(state, text, problem);
            ui.ctx().copy_text(asked.clone());
            // What is known keeps the question, and waits for what is decided.
            let keeps = problem.known.is_some() && may(state, CommandKind::Link);
            if keeps && typed.remedy.question.trim().is_empty() {
                typed.remedy.question = asked;
            }
        }
    });
    if problem.members.is_empty() || !may(state, CommandKind::Link) {
        return;
    }
    let label = text.t("problem-name");
    let edit = TextEdit::singleline(&mut typed.name)
        .char_limit(NAME_CHARS)
        .desired_width(f32::INFINITY)
        .font(font(tokens.size.body, Weight::Regular));
    widgets::name(&ui.add(edit), egui::Role::TextInput, label);
    let wall = text.t("problem-wall");
    ui.add(Checkbox::new(&mut typed.wall, wall));
    if problem.known.is_some() {
        remedy_ui(ui, state, problem, tokens, text, &mut typed.remedy);
    }
    let is_named = !typed.name.trim().is_empty();
    ui.add_enabled_ui(is_named, |ui| {
        ui.horizontal_wrapped(|ui| buttons_ui(ui, state, problem, tokens, text, typed, out));
    });
}

fn buttons_ui(
    ui: &mut Ui,
    state: &State,
    problem: &Problem,
    tokens: &Tokens,
    text: &Text,
    typed: &Typed,
    out: &mut Vec<Command>,
) {
    let mut button = |ui: &mut Ui, words: &str, positions: &[u32], linking: Linking| {
        if text_button(ui, tokens, words).clicked() {
            let (positions, linking) = (positions.to_vec(), Box::new(linking));
            out.push(Command::Problems(ProblemsCommand::Link { positions, linking }));
        }
    };
    let n = |n: usize| [("n", format::count(n as u32).into())];
    let Some(known) = &problem.known else {
        if problem.new_id.is_empty() {
            return;
        }
        let words = text.with("problem-confirm", &n(problem.members.len()));
        button(ui, &words, &problem.members, confirmed(state, problem, typed));
        return;
    };
    let of_it = |says: Says| problem.linking(&state.catalogue, says);
    if !problem.unlinked.is_empty() && problem.is_open() {
        let words = text.with("problem-link", &n(problem.unlinked.len()));
        button(ui, &words, &problem.unlinked, of_it(Says::default()));
    }
    // What is said of the whole is said on one of its incidents.
    let Some(speaker) = problem.speaker.or_else(|| problem.members.last().copied()) else {
        return;
    };
    let Typed { name, wall, remedy } = typed;
    let name = name.trim();
    let says = Says {
        name: (known.name != name).then(|| name.to_owned()),
        wall: (known.wall != *wall).then_some(*wall),
        remedy: RemedyChange::between(&known.remedy, remedy),
        state: None,
    };
    if !says.is_empty() {
        button(ui, text.t("problem-save"), &[speaker], of_it(says));
    }
    let moves: &[(&str, ProblemState)] = match known.state {
        Some(ProblemState::Watched) => &[("problem-close", ProblemState::Closed)],
        Some(ProblemState::Closed) => &[("problem-reopen", ProblemState::Confirmed)],
        _ => &[("problem-watch", ProblemState::Watched), ("problem-close", ProblemState::Closed)],
    };
    for (key, to) in moves {
        let says = Says { state: Some(*to), ..Says::default() };
        button(ui, text.t(key), &[speaker], of_it(says));
    }
}

/// What a matter is confirmed as.
fn confirmed(state: &State, problem: &Problem, typed: &Typed) -> Linking {
    let about = problem.about.as_ref();
    let topic = about.and_then(|about| about.topics.iter().find(|(topic, _)| *topic != NONE));
    let topic = topic.map_or("", |(topic, _)| state.vocabulary.topic_code(*topic));
    let place = about.map_or(NO_MUNICIPALITY, |about| about.municipality);
    let started = about.map_or(state.now, |about| about.started);
    let born = born(&state.catalogue, typed.name.trim(), topic, place, started);
    let born = Some(Born { wall: typed.wall, ..born });
    Linking { problem: problem.new_id.clone(), born, says: Says::default() }
}

/// What is asked of the curator, without anything of a citizen.
fn question(state: &State, text: &Text, problem: &Problem) -> String {
    let name = mask(&names::problem(state, text, problem)).into_owned();
    let Some(about) = &problem.about else { return name };
    let bodies: Vec<&str> = about
        .bodies
        .iter()
        .filter(|(body, _)| *body != NONE)
        .take(LISTED)
        .map(|(body, _)| names::body(state, text, *body))
        .collect();
    let demo = if state.demo { format!("[{}] ", text.t("demo-mark")) } else { String::new() };
    let said = text.with(
        "problem-question",
        &[
            ("name", name.into()),
            ("n", format::count(problem.members.len() as u32).into()),
            ("since", format::moment(text, about.started, state.now).into()),
            ("day", format::count(about.day).into()),
            ("before", format::count(about.day_before).into()),
            ("open", format::count(about.open).into()),
            ("overdue", format::count(about.overdue).into()),
            ("bodies", bodies.join(", ").into()),
        ],
    );
    format!("{demo}{said}")
}

//! «Что если»: the rules of deadlines, and how many would be late by others.

use egui::{DragValue, Grid, Ui};

use crate::app::{Command, State};
use crate::board::what_if::{Late, Supposition};
use crate::domain::calendar::Mark;
use crate::domain::policy::{Clock, Limit, MOST, Policy, Stage, Supposed};
use crate::domain::{Regime, Timestamp};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::{quiet, section};
use crate::ui::widgets::{self, Weight, font, heading, text_button};
use crate::ui::{format, names};

pub(super) fn what_if_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    section(ui, tokens, |ui| {
        heading(ui, tokens, text.t("what-if-title"), "");
        quiet(ui, tokens, text.t("what-if-note"));
        ui.add_space(4.0);
        for regime in Regime::ALL {
            let Some(policy) = policy_of(state, *regime) else { continue };
            let limits = policy.limits.iter().enumerate();
            for (at, limit) in limits.filter(|(_, limit)| is_of_answer(limit.stage)) {
                limit_ui(ui, state, tokens, text, (policy, at, limit), out);
            }
        }
        if !state.supposed.is_empty() {
            ui.add_space(4.0);
            if text_button(ui, tokens, text.t("what-if-reset")).clicked() {
                out.push(Command::Suppose(Vec::new()));
            }
        }
        ui.add_space(tokens.size.gap * 0.6);
        found_ui(ui, state, tokens, text);
    });
}

/// What a record of today falls under.
fn policy_of(state: &State, regime: Regime) -> Option<&Policy> {
    state.catalogue.policies.of(regime, Timestamp(state.now))
}

/// The stages that the deadline on every screen follows from.
const fn is_of_answer(stage: Stage) -> bool {
    matches!(stage, Stage::Answer | Stage::FinalAnswer)
}

/// A limit with its policy and its place there.
type Ruled<'a> = (&'a Policy, usize, &'a Limit);

/// What is tried of a limit; what there is, where nothing is.
fn supposed(state: &State, (policy, at, limit): Ruled<'_>) -> Supposed {
    let is_it = |one: &&Supposed| one.version == policy.version && one.limit == at;
    state.supposed.iter().find(is_it).cloned().unwrap_or_else(|| Supposed {
        version: policy.version.clone(),
        limit: at,
        amount: limit.amount,
        important: limit.important,
    })
}

/// The list of what is tried with this limit in it.
fn tried(state: &State, limit: &Limit, one: Supposed) -> Vec<Supposed> {
    let mut all = state.supposed.clone();
    all.retain(|other| (&other.version, other.limit) != (&one.version, one.limit));
    if (one.amount, one.important) != (limit.amount, limit.important) {
        all.push(one);
    }
    all
}

fn limit_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    ruled: Ruled<'_>,
    out: &mut Vec<Command>,
) {
    let (policy, _, limit) = ruled;
    let before = supposed(state, ruled);
    let mut now = before.clone();
    let label = label(state, text, policy, limit);
    ui.horizontal_wrapped(|ui| {
        let body = font(tokens.size.body, Weight::Regular);
        ui.label(egui::RichText::new(&label).font(body).color(tokens.color.text_soft));
        amount_ui(ui, &mut now.amount, &label);
        ui.label(text.t(clock_key(limit.clock)));
        if let Some(amount) = &mut now.important {
            let important = text.t("what-if-important");
            ui.label(important);
            amount_ui(ui, amount, &format!("{label}, {important}"));
        }
    });
    let mark = if limit.mark == Mark::U { "*" } else { "" };
    quiet(ui, tokens, &format!("{} · {}{mark}", policy.version, limit.source));
    if now != before {
        out.push(Command::Suppose(tried(state, limit, now)));
    }
}

/// «ПОС · ответ · Отопление, Дороги»: whose limit it is.
fn label(state: &State, text: &Text, policy: &Policy, limit: &Limit) -> String {
    let regime = names::regime(state, text, policy.regime.index());
    let stage = text.t(match limit.stage {
        Stage::FinalAnswer => "what-if-final",
        _ => "what-if-answer",
    });
    let topics = limit.topics.iter().filter_map(|code| state.catalogue.topics.by_code(code));
    let topics: Vec<&str> = topics.map(|topic| topic.name.short(text.language)).collect();
    if topics.is_empty() {
        format!("{regime} · {stage}")
    } else {
        format!("{regime} · {stage} · {}", topics.join(", "))
    }
}

fn amount_ui(ui: &mut Ui, amount: &mut u32, label: &str) {
    let field = ui.add(DragValue::new(amount).range(1..=MOST).speed(0.2));
    widgets::name(&field, egui::Role::SpinButton, label);
}

const fn clock_key(clock: Clock) -> &'static str {
    match clock {
        Clock::CalendarDays => "clock-calendar-days",
        Clock::WorkingDays => "clock-working-days",
        Clock::WorkingHours => "clock-working-hours",
    }
}

/// How many are late by each of the three sets of deadlines.
fn found_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    let Some(found) = &state.what_if else {
        quiet(ui, tokens, text.t("what-if-counting"));
        return;
    };
    let is_current = found.supposed == state.supposed && found.filter == state.filter;
    let ink = if is_current { tokens.color.text_strong } else { tokens.color.text_dim };
    let note = font(tokens.size.note, Weight::Medium);
    let body = font(tokens.size.body, Weight::Regular);
    let shown = |regime: &Regime| found.by_regime[usize::from(regime.index())].n > 0;
    Grid::new("what-if").num_columns(5).spacing([tokens.size.gap, 6.0]).show(ui, |ui| {
        for key in
            ["what-if-regime", "what-if-n", "what-if-stands", "what-if-rules", "what-if-supposed"]
        {
            let head = egui::RichText::new(text.t(key)).font(note.clone());
            ui.label(head.color(tokens.color.text_dim));
        }
        ui.end_row();
        for regime in Regime::ALL.iter().filter(|regime| shown(regime)) {
            let Supposition { n, stands, rules, supposed } =
                found.by_regime[usize::from(regime.index())];
            let is_ruled = policy_of(state, *regime).is_some();
            let by_rule = |found: Late| if is_ruled { late(found) } else { "–".to_owned() };
            let cells = [
                names::regime(state, text, regime.index()).to_owned(),
                format::count(i64::from(n)),
                late(stands),
                by_rule(rules),
                by_rule(supposed),
            ];
            for cell in cells {
                ui.label(egui::RichText::new(cell).font(body.clone()).color(ink));
            }
            ui.end_row();
        }
    });
    quiet(ui, tokens, text.t("what-if-legend"));
}

/// «12 + 340»: open and overdue, done late.
fn late(late: Late) -> String {
    format!("{} + {}", format::count(i64::from(late.open)), format::count(i64::from(late.done)))
}

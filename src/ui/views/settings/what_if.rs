//! «Что если»: the rules of deadlines, and how many would be late by others.

use egui::{ComboBox, DragValue, Grid, Role, Ui, WidgetInfo};

use crate::app::{Command, State};
use crate::board::what_if::{Late, Supposition};
use crate::domain::calendar::{Mark, Window, minutes_of_day};
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
            for (at, limit) in policy.limits.iter().enumerate() {
                if is_of_answer(limit.stage) {
                    limit_ui(ui, state, tokens, text, (policy, at), out);
                }
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

/// The list of what is tried with this in it, where it is other than what there is.
fn tried(state: &State, as_is: &Supposed, one: Supposed) -> Vec<Supposed> {
    let mut all = state.supposed.clone();
    all.retain(|other| !is_of_one_limit(other, &one));
    if one != *as_is {
        all.push(one);
    }
    all
}

fn is_of_one_limit(one: &Supposed, other: &Supposed) -> bool {
    (&one.version, one.limit) == (&other.version, other.limit)
}

/// `at` is the place of the limit in its policy.
fn limit_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    (policy, at): (&Policy, usize),
    out: &mut Vec<Command>,
) {
    let limit = &policy.limits[at];
    let as_is = Supposed::as_is(policy, at);
    let before = state.supposed.iter().find(|one| is_of_one_limit(one, &as_is)).unwrap_or(&as_is);
    let mut now = before.clone();
    let label = label(state, text, policy, limit);
    ui.horizontal_wrapped(|ui| {
        let body = font(tokens.size.body, Weight::Regular);
        ui.label(egui::RichText::new(&label).font(body).color(tokens.color.text_soft));
        amount_ui(ui, &mut now.amount, &label);
        clock_ui(ui, text, &mut now.clock, &label);
        if let Some(amount) = &mut now.important {
            let important = text.t("what-if-important");
            ui.label(important);
            amount_ui(ui, amount, &format!("{label}, {important}"));
        }
    });
    now.window = if now.clock == Clock::WorkingHours {
        Some(window_ui(ui, text, now.window.unwrap_or(Window::USUAL), &label))
    } else {
        as_is.window
    };
    let mark = if limit.mark == Mark::U { "*" } else { "" };
    quiet(ui, tokens, &format!("{} · {}{mark}", policy.version, limit.source));
    if now != *before {
        out.push(Command::Suppose(tried(state, &as_is, now)));
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
    widgets::name(&field, Role::SpinButton, label);
}

fn clock_ui(ui: &mut Ui, text: &Text, clock: &mut Clock, label: &str) {
    let chosen = text.t(clock_key(*clock));
    let field = ComboBox::from_id_salt(label).selected_text(chosen).show_ui(ui, |ui| {
        for one in Clock::ALL {
            ui.selectable_value(clock, *one, text.t(clock_key(*one)));
        }
    });
    let label = format!("{label}, {}", text.t("what-if-clock"));
    field.response.widget_info(|| WidgetInfo {
        current_text_value: Some(chosen.to_owned()),
        ..WidgetInfo::labeled(Role::ComboBox, true, &label)
    });
}

/// When hours are worked. Neither end goes so far that no window is left.
fn window_ui(ui: &mut Ui, text: &Text, window: Window, label: &str) -> Window {
    let (mut from, mut to) = window.minutes();
    let least = Window::LEAST_MINUTES;
    let ends = [
        ("what-if-from", &mut from, 0..=to - least),
        ("what-if-to", &mut to, window.minutes().0 + least..=Window::DAY_MINUTES),
    ];
    ui.horizontal(|ui| {
        for (key, minutes, range) in ends {
            let words = text.t(key);
            ui.label(words);
            let field = DragValue::new(minutes)
                .range(range)
                .speed(5.0)
                .update_while_editing(false)
                .custom_formatter(|minutes, _| time_of_day(minutes as u32))
                .custom_parser(|typed| Some(f64::from(minutes_typed(typed)?)));
            widgets::name(&ui.add(field), Role::SpinButton, &format!("{label}, {words}"));
        }
    });
    Window::of_minutes(from, to).unwrap_or(window)
}

/// «09:30».
fn time_of_day(minutes: u32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Of «9» and «9:30».
fn minutes_typed(typed: &str) -> Option<u32> {
    let typed = typed.trim();
    minutes_of_day(typed).or_else(|| minutes_of_day(&format!("{typed}:00")))
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

//! «Блоки»: the eight blocks side by side, what moves them, and where.

mod crossing;
mod panel;

use egui::Ui;

use super::page::{columns, page, rows, split_top, vacant};
use crate::app::{Command, State};
use crate::board::aggregates::Totals;
use crate::board::row;
use crate::ui::filter_bar::period_text;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{Bar, bar_list, empty, heading, panel_rect};
use crate::ui::{format, freshness, names};

/// Width under which a block's panel cannot hold its figures.
const PANEL_MIN_WIDTH: f32 = 230.0;
const PANEL_HEIGHT: f32 = 142.0;
const LOWER_MIN_HEIGHT: f32 = 560.0;
/// Leaves shown under each theme.
const LEAVES: usize = 2;

pub fn blocks_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text, out: &mut Vec<Command>) {
    if vacant(ui, state, tokens, text) {
        return;
    }
    let gap = tokens.size.gap;
    let across = panel::across(ui.available_width(), gap, PANEL_MIN_WIDTH);
    let grid_rows = panel::COUNT.div_ceil(across) as f32;
    let grid_height = grid_rows * (PANEL_HEIGHT + gap) - gap;
    page(ui, "blocks", grid_height + gap + LOWER_MIN_HEIGHT, |ui, rect| {
        let (grid, lower) = split_top(rect, grid_height, gap);
        panel::grid_ui(ui, grid, across, state, tokens, text, out);
        let [crossing, side] = columns(lower, gap, [1.85, 1.0]);
        let [topics, bodies] = rows(side, gap, [1.25, 1.0]);
        panel_rect(ui, crossing, tokens, |ui| {
            crossing::crossing_ui(ui, state, tokens, text, out);
        });
        panel_rect(ui, topics, tokens, |ui| topics_ui(ui, state, tokens, text, out));
        panel_rect(ui, bodies, tokens, |ui| bodies_ui(ui, state, tokens, text, out));
        freshness::veil(ui, rect, state, tokens);
    });
}

/// «28 дней · ЖКХ, ТКО · n = 310».
fn note(state: &State, text: &Text) -> String {
    let blocks: Vec<_> =
        state.filter.blocks.iter().map(|&block| names::block(state, text, block)).collect();
    let mut parts = vec![period_text(state, text)];
    if !blocks.is_empty() {
        parts.push(blocks.join(", "));
    }
    parts.push(format::n_text(text, state.aggregates.total.received));
    parts.join(" · ")
}

/// A theme with what was received under it and its largest leaves.
struct Theme {
    topic: u16,
    received: u32,
    leaves: Vec<(u16, u32)>,
}

/// Themes by what was received, largest first.
fn themes(state: &State) -> Vec<Theme> {
    let mut themes: Vec<Theme> = Vec::new();
    for (topic, totals) in (0..).zip(&state.aggregates.by_topic) {
        if totals.received == 0 {
            continue;
        }
        let top = state.vocabulary.ancestor(topic, 1);
        let found = themes.iter().position(|theme| theme.topic == top);
        let index = found.unwrap_or_else(|| {
            themes.push(Theme { topic: top, received: 0, leaves: Vec::new() });
            themes.len() - 1
        });
        themes[index].received += totals.received;
        if topic != top {
            themes[index].leaves.push((topic, totals.received));
        }
    }
    for theme in &mut themes {
        theme.leaves.sort_by_key(|&(_, received)| std::cmp::Reverse(received));
    }
    themes.sort_by_key(|theme| std::cmp::Reverse(theme.received));
    themes
}

pub(super) fn topics_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    heading(ui, tokens, text.t("topics-title"), &note(state, text));
    let themes = themes(state);
    if themes.is_empty() {
        empty(ui, tokens, text.t("empty-no-match"), text.t("empty-try-clear"));
        return;
    }
    let mut room = rows_that_fit(ui, tokens);
    let mut listed = Vec::new();
    let mut bars = Vec::new();
    for theme in &themes {
        if room == 0 {
            break;
        }
        let leaves = LEAVES.min(theme.leaves.len()).min(room - 1);
        room -= 1 + leaves;
        let whole = [(theme.topic, theme.received)];
        for (depth, &(topic, received)) in whole.iter().chain(&theme.leaves[..leaves]).enumerate() {
            let indent = if depth == 0 { "" } else { "\u{a0}\u{a0}\u{a0}\u{a0}" };
            listed.push(topic);
            bars.push(Bar {
                name: format!("{indent}{}", names::topic(state, text, topic)),
                value: f64::from(received),
                shown: format::count(received),
                note: String::new(),
                color: if depth == 0 { tokens.color.accent } else { tokens.color.bar },
                chosen: state.filter.topics.contains(&topic),
            });
        }
    }
    if let Some(index) = bar_list(ui, tokens, "topics", &bars)
        && listed[index] != row::NONE
    {
        out.push(Command::ToggleTopic(listed[index]));
    }
}

fn rows_that_fit(ui: &mut Ui, tokens: &Tokens) -> usize {
    ui.spacing_mut().item_spacing.y = 1.0;
    ((ui.available_height() + 1.0) / (tokens.size.row * 0.86 + 1.0)).max(1.0) as usize
}

pub(super) fn bodies_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    heading(ui, tokens, text.t("bodies-title"), &note(state, text));
    let mut bodies: Vec<(u16, Totals)> = (0..)
        .zip(state.aggregates.by_body.iter().copied())
        .filter(|(_, totals)| totals.received > 0 || totals.open > 0)
        .collect();
    if bodies.is_empty() {
        empty(ui, tokens, text.t("empty-no-match"), text.t("empty-try-clear"));
        return;
    }
    bodies.sort_by_key(|(_, totals)| std::cmp::Reverse(totals.received));
    bodies.truncate(rows_that_fit(ui, tokens));
    let bars: Vec<Bar> = bodies
        .iter()
        .map(|&(body, totals)| Bar {
            name: names::body(state, text, body).to_owned(),
            value: f64::from(totals.received),
            shown: format::count(totals.received),
            note: text.with("overdue-n", &[("n", format::count(totals.overdue).into())]),
            color: tokens.color.accent,
            chosen: state.filter.bodies.contains(&body),
        })
        .collect();
    if let Some(index) = bar_list(ui, tokens, "bodies", &bars)
        && bodies[index].0 != row::NONE
    {
        out.push(Command::ToggleBody(bodies[index].0));
    }
}

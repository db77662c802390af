//! By channel, by regime, by status; what citizens rated.

use egui::{Sense, Ui};

use super::super::page::explained_note;
use super::explained;
use crate::app::{Command, State};
use crate::domain::{Regime, Source, Status};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{Align, Bar, Weight, bar_list, empty, font, paint_line};
use crate::ui::{format, names};

/// A value of a vocabulary, what it has received, and the command that
/// toggles it.
struct Group {
    name: String,
    received: u32,
    chosen: bool,
    command: Command,
}

pub(super) fn sources_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let groups = Source::ALL.iter().map(|source| {
        let index = source.index();
        let totals = state.aggregates.by_source.get(usize::from(index));
        Group {
            name: names::source(state, text, index).to_owned(),
            received: totals.map_or(0, |totals| totals.received),
            chosen: state.filter.sources.contains(&index),
            command: Command::ToggleSource(index),
        }
    });
    groups_ui(ui, state, tokens, text, ("sources-title", "how-sources"), groups.collect(), out);
}

pub(super) fn regimes_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let groups = Regime::ALL.iter().map(|regime| {
        let index = regime.index();
        let totals = state.aggregates.by_regime.get(usize::from(index));
        Group {
            name: names::regime(state, text, index).to_owned(),
            received: totals.map_or(0, |totals| totals.received),
            chosen: state.filter.regimes.contains(&index),
            command: Command::ToggleRegime(index),
        }
    });
    groups_ui(ui, state, tokens, text, ("regimes-title", "how-regimes"), groups.collect(), out);
}

/// In the order of the incident's life, not by size.
pub(super) fn statuses_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let groups = Status::ALL.iter().map(|status| {
        let index = status.index();
        Group {
            name: names::status(state, text, index).to_owned(),
            received: state.aggregates.by_status.get(usize::from(index)).copied().unwrap_or(0),
            chosen: state.filter.statuses.contains(&index),
            command: Command::ToggleStatus(index),
        }
    });
    let title = ("statuses-title", "how-statuses");
    groups_ui(ui, state, tokens, text, title, groups.collect(), out);
}

fn groups_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    (title, how): (&str, &str),
    mut groups: Vec<Group>,
    out: &mut Vec<Command>,
) {
    let n: u32 = groups.iter().map(|group| group.received).sum();
    explained(ui, state, tokens, text, text.t(title), Some(n), how);
    ui.spacing_mut().item_spacing.y = 0.0;
    if title != "statuses-title" {
        groups.sort_by_key(|group| std::cmp::Reverse(group.received));
    }
    let any_chosen = groups.iter().any(|group| group.chosen);
    let bars: Vec<Bar> = groups
        .iter()
        .map(|group| Bar {
            name: group.name.clone(),
            value: f64::from(group.received),
            shown: format::count(group.received),
            note: String::new(),
            color: if any_chosen && !group.chosen { tokens.color.bar } else { tokens.color.accent },
            chosen: group.chosen,
        })
        .collect();
    if let Some(index) = bar_list(ui, tokens, title, &bars) {
        out.push(groups.swap_remove(index).command);
    }
}

/// The mean of the ratings, how many there are, and that the rest is silence,
/// not discontent.
pub(super) fn ratings_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    let total = &state.aggregates.total;
    let (size, color) = (&tokens.size, &tokens.color);
    let n = format::n_text(text, total.rated);
    explained_note(ui, tokens, text, text.t("ratings-title"), &n, "how-ratings");
    if total.rated == 0 {
        empty(ui, tokens, text.t("ratings-none"), "");
        return;
    }
    let mean = f64::from(total.rating_sum) / f64::from(total.rated);
    let (rect, _) = ui
        .allocate_exact_size(egui::vec2(ui.available_width(), size.figure * 1.35), Sense::hover());
    let figure = paint_line(
        ui.painter(),
        rect.left_center(),
        Align::Left,
        &format::decimal(text, mean, 2),
        font(size.figure, Weight::Semibold),
        color.text_strong,
        rect.width(),
    );
    paint_line(
        ui.painter(),
        rect.left_center() + egui::vec2(figure + 8.0, size.figure * 0.14),
        Align::Left,
        text.t("ratings-of-five"),
        font(size.body, Weight::Regular),
        color.text_soft,
        rect.width() - figure - 8.0,
    );
    let rate = f64::from(total.rated) / f64::from(total.received.max(1));
    let sentence = text.with(
        "ratings-rate",
        &[
            ("rated", format::count(total.rated).into()),
            ("received", format::count(total.received).into()),
            ("share", format::percent(text, Some(rate)).into()),
        ],
    );
    let note = font(size.note, Weight::Regular);
    ui.label(egui::RichText::new(sentence).font(note.clone()).color(color.text_soft));
    ui.label(egui::RichText::new(text.t("ratings-silence")).font(note).color(color.text_dim));
}

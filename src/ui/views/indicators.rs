//! «Показатели»: over time, one by one with how each is counted, and beside others.

mod ahead;
mod days;
mod digest;
mod durations;
mod groups;
mod overview;
mod registry;
mod scorecards;

use egui::{Rect, Sense, Ui};

use super::page::{explained_note, split_top, vacant};
use crate::app::indicators::{IndicatorsCommand, Measured, Page};
use crate::app::{Command, State};
use crate::ui::filter_bar::period_text;
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::segment;

const PAGES: [(Page, &str); 5] = [
    (Page::Overview, "indicators-overview"),
    (Page::Figures, "indicators-figures"),
    (Page::Scorecards, "indicators-scorecards"),
    (Page::Forecast, "indicators-ahead"),
    (Page::Digest, "digest-title"),
];

pub fn indicators_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    if vacant(ui, state, tokens, text) {
        return;
    }
    let room = ui.available_rect_before_wrap();
    let (line, rest) = split_top(room, tokens.size.row, tokens.size.gap * 0.6);
    let mut pages = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(line)
            .layout(egui::Layout::left_to_right(egui::Align::Center))
            .id_salt("pages"),
    );
    pages.spacing_mut().item_spacing.x = 6.0;
    for (page, key) in PAGES {
        if segment(&mut pages, tokens, text.t(key), state.indicators.page == page) {
            out.push(Command::Indicators(IndicatorsCommand::Show(page)));
        }
    }
    let mut body = ui.new_child(egui::UiBuilder::new().max_rect(rest).id_salt("page"));
    let draw = match state.indicators.page {
        Page::Overview => overview::overview_ui,
        Page::Figures => registry::registry_ui,
        Page::Scorecards => scorecards::scorecards_ui,
        Page::Forecast => ahead::ahead_ui,
        Page::Digest => digest::digest_ui,
    };
    draw(&mut body, state, tokens, text, out);
    ui.allocate_rect(room, Sense::hover());
}

/// What was measured for another filter is faint until the new figures are there.
fn outdated(ui: &mut Ui, state: &State, found: &Measured) {
    if found.indicators.key.filter != state.filter {
        ui.set_opacity(0.35);
    }
}

/// A heading with period and n whose «?» tells how the figure is made.
fn explained(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    title: &str,
    n: Option<u32>,
    how: &str,
) -> Rect {
    let mut note = period_text(state, text);
    if let Some(n) = n {
        note = format!("{note} · {}", format::n_text(text, n));
    }
    explained_note(ui, tokens, text, title, &note, how)
}

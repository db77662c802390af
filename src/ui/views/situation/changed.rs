//! What stands out in the last 24 hours.

use egui::{Rect, Role, Sense, Ui};

use crate::app::state::View;
use crate::app::{Command, State};
use crate::board::aggregates::{Matter, Surprise};
use crate::ui::freshness::{Staleness, quiet_key};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::explained_note;
use crate::ui::widgets::{self, Align, Weight, empty, font, paint_line, paint_two_lines, width_of};
use crate::ui::{format, names};

const ROW_GAP: f32 = 8.0;

fn row_height(tokens: &Tokens) -> f32 {
    tokens.size.row * 1.62
}

/// What the list asks for inside its panel, all of it shown.
pub(super) fn height(state: &State, tokens: &Tokens) -> f32 {
    let rows = state.aggregates.surprises.len().max(1) as f32;
    let problems = if problems_of(state).is_some() { tokens.size.row } else { 0.0 };
    tokens.size.heading * 1.5 + problems + rows * (row_height(tokens) + ROW_GAP)
}

/// How many problems go on that people have confirmed, and how many were only found;
/// `None` where there are none.
fn problems_of(state: &State) -> Option<(u32, u32)> {
    let open = state.problems.found.as_ref()?.iter().filter(|problem| problem.is_open());
    let (known, found): (Vec<_>, Vec<_>) = open.partition(|problem| problem.known.is_some());
    let counts = (known.len() as u32, found.len() as u32);
    (counts != (0, 0)).then_some(counts)
}

/// «Проблемы: подтверждено 1, найдено 4 ›»: leads to all of them.
fn problems_ui(
    ui: &mut Ui,
    (known, found): (u32, u32),
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let words = text.with(
        "changed-problems",
        &[("known", format::count(known).into()), ("found", format::count(found).into())],
    );
    let room = egui::vec2(ui.available_width(), tokens.size.row - ROW_GAP);
    let (rect, response) = ui.allocate_exact_size(room, Sense::click());
    widgets::name(&response, Role::Link, &words);
    let lit = response.hovered() || response.has_focus();
    let ink = if lit { tokens.color.text_strong } else { tokens.color.warn };
    let face = font(tokens.size.body, Weight::Medium);
    let at = rect.left_center();
    paint_line(ui.painter(), at, Align::Left, &words, face, ink, rect.width());
    if response.clicked() {
        out.push(Command::Show(View::Problems));
    }
}

pub(super) fn changed(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let (title, period) = (text.t("changed-title"), text.t("changed-period"));
    explained_note(ui, tokens, text, title, period, "how-changed");
    if let Some(counts) = problems_of(state) {
        problems_ui(ui, counts, tokens, text, out);
    }
    let surprises = &state.aggregates.surprises;
    if surprises.is_empty() {
        let key = quiet_key(Staleness::of(state), state.aggregates.is_usual_known);
        empty(ui, tokens, text.t(key), "");
        return;
    }
    let (least, room) = (row_height(tokens), ui.available_height() + ROW_GAP);
    let fits = (room / (least + ROW_GAP)) as usize;
    let shown = &surprises[..fits.min(surprises.len())];
    // A little more room than the rows need is shared among them.
    let even = room / shown.len().max(1) as f32 - ROW_GAP;
    let height = if even < least * 1.5 { even } else { least };
    // Where one title is too long for its line, all places go below the matters.
    let is_long = |surprise: &Surprise| {
        let title = format!("{} · {}", place(state, text, surprise), matter(state, text, surprise));
        width_of(ui.painter(), &title, tokens.size.body, Weight::Medium)
            > ui.available_width() - FIGURE_ROOM
    };
    let place_below = shown.iter().any(is_long);
    ui.spacing_mut().item_spacing.y = ROW_GAP;
    for surprise in shown {
        surprise_row(ui, state, tokens, text, *surprise, (height, place_below), out);
    }
}

/// Beside a title: its figure and the margins.
const FIGURE_ROOM: f32 = 104.0;

fn place<'a>(state: &'a State, text: &'a Text, surprise: &Surprise) -> &'a str {
    names::municipality(state, text, surprise.municipality)
}

fn matter<'a>(state: &'a State, text: &'a Text, surprise: &Surprise) -> &'a str {
    names::matter(state, text, surprise.matter)
}

fn surprise_row(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    surprise: Surprise,
    (height, place_below): (f32, bool),
    out: &mut Vec<Command>,
) {
    let size = &tokens.size;
    let color = &tokens.color;
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), height), Sense::click());
    let above = surprise.count > surprise.usual_high;
    let ink = if above { color.warn } else { color.good };
    let (place, matter) = (place(state, text, &surprise), matter(state, text, &surprise));
    let title = format!("{place} · {matter}");
    let usual = format::usual(text, surprise.hours, (surprise.usual_low, surprise.usual_high));
    let kind = match surprise.matter {
        Matter::Theme(topic) => (state.vocabulary.topics.get(usize::from(topic)))
            .map_or("", |topic| names::block(state, text, topic.block)),
        Matter::Block(_) => text.t("changed-block"),
        Matter::Source(_) => text.t("changed-source"),
    };
    widgets::name(&response, Role::Button, &format!("{title}: {}, {usual}", surprise.count));
    let painter = ui.painter();
    let fill = if response.hovered() { color.hover } else { color.raised };
    painter.rect_filled(rect, size.radius_small, fill);
    painter.rect_filled(Rect::from_min_size(rect.min, egui::vec2(2.5, rect.height())), 1.0, ink);
    let figure = paint_line(
        painter,
        rect.right_center() - egui::vec2(14.0, 0.0),
        Align::Right,
        &format::count(surprise.count),
        font(size.figure_small, Weight::Semibold),
        ink,
        90.0,
    );
    let width = rect.width() - figure - 44.0;
    let at = rect.left_center() + egui::vec2(14.0, 0.0);
    let title = if place_below { matter } else { &title };
    let note = format!("{} · {usual}", if place_below { place } else { kind });
    paint_two_lines(painter, tokens, at, [title, &note], color.text_dim, width);
    if response.clicked() {
        if !state.filter.municipalities.contains(&surprise.municipality) {
            out.push(Command::ToggleMunicipality(surprise.municipality));
        }
        let choice = match surprise.matter {
            Matter::Theme(topic) => {
                (!state.filter.topics.contains(&topic)).then_some(Command::ToggleTopic(topic))
            }
            Matter::Block(block) => {
                (!state.filter.blocks.contains(&block)).then_some(Command::ToggleBlock(block))
            }
            Matter::Source(source) => {
                (!state.filter.sources.contains(&source)).then_some(Command::ToggleSource(source))
            }
        };
        out.extend(choice);
    }
}

//! The deadlines that come next.

use egui::{Role, Sense, Ui};

use super::as_of;
use crate::app::{Command, State};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{
    self, Align, Weight, empty, font, hairline, heading, paint_line, paint_two_lines,
};
use crate::ui::{format, names};

fn row_height(tokens: &Tokens) -> f32 {
    tokens.size.row * 1.45
}

/// How many the list could show: those that its heading counts, as far as they
/// are known by name. Later deadlines are not «soon».
fn listed(state: &State) -> usize {
    state.aggregates.due_next.len().min(state.aggregates.total.due_soon as usize)
}

/// What the list asks for inside its panel, all of it shown.
pub(super) fn height(state: &State, tokens: &Tokens) -> f32 {
    let rows = listed(state).max(1) as f32;
    tokens.size.heading * 1.5 + 6.0 + rows * row_height(tokens)
}

pub(super) fn due(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let n = state.aggregates.total.due_soon;
    let note = text.with("n-incidents", &[("n", n.into()), ("shown", format::count(n).into())]);
    let as_of = as_of(state, text);
    let note = as_of.iter().fold(note, |note, as_of| format!("{note} · {as_of}"));
    heading(ui, tokens, text.t("due-title"), &note);
    if listed(state) == 0 {
        empty(ui, tokens, text.t("due-none"), "");
        return;
    }
    let size = &tokens.size;
    let color = &tokens.color;
    // A span that is over is seen from its end, as its figures are.
    let span = state.aggregates.key.filter.span;
    let seen_at = span.map_or(state.now, |span| span.to.min(state.now));
    ui.spacing_mut().item_spacing.y = 0.0;
    let room = ui.available_height();
    let fits = ((room / row_height(tokens)) as usize).max(1);
    // A list that goes on fills its panel evenly.
    let height = if listed(state) > fits { room / fits as f32 } else { row_height(tokens) };
    // Rows of the day or filter before may still stand here.
    let ahead = state.due_next.iter().filter(|row| {
        row.due >= seen_at && state.aggregates.due_next.contains(&row.row_id.saturating_sub(1))
    });
    for row in ahead.take(listed(state).min(fits)) {
        let (rect, response) =
            ui.allocate_exact_size(egui::vec2(ui.available_width(), height), Sense::click());
        let left = i64::from(row.due) - i64::from(seen_at);
        let time = format::time_left(text, left);
        let ink = match left {
            // Long past: nobody can still hurry.
            _ if as_of.is_some() => color.text_soft,
            0..7_200 => color.alarm,
            _ => color.warn,
        };
        let title = names::title(state, text, row);
        let place = format!(
            "{} · {}",
            names::block(state, text, row.block),
            names::municipality(state, text, row.municipality)
        );
        widgets::name(&response, Role::Button, &format!("{time} {title} {place}"));
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, size.radius_small, color.raised);
        }
        hairline(ui, tokens, rect, rect.bottom() - 0.5);
        paint_line(
            ui.painter(),
            rect.left_center() + egui::vec2(2.0, 0.0),
            Align::Left,
            &time,
            font(size.body + 1.0, Weight::Semibold),
            ink,
            60.0,
        );
        let at = egui::pos2(rect.left() + 62.0, rect.center().y);
        let lines = [title, place.as_str()];
        paint_two_lines(ui.painter(), tokens, at, lines, color.text_dim, rect.right() - at.x);
        if response.clicked() {
            out.push(Command::OpenIncident(row.row_id));
        }
    }
}

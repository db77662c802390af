//! The deadlines that come next.

use egui::{Role, Sense, Ui};

use crate::app::{Command, State};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{self, Align, Weight, empty, font, hairline, heading, paint_line};
use crate::ui::{format, names};

pub(super) fn due(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let n = state.aggregates.total.due_soon;
    let note = text.with("n-incidents", &[("n", n.into()), ("shown", format::count(n).into())]);
    heading(ui, tokens, text.t("due-title"), &note);
    if state.due_next.is_empty() {
        empty(ui, tokens, text.t("due-none"), "");
        return;
    }
    let size = &tokens.size;
    let color = &tokens.color;
    let height = size.row * 1.45;
    let fits = (ui.available_height() / height) as usize;
    ui.spacing_mut().item_spacing.y = 0.0;
    for row in state.due_next.iter().take(fits) {
        let (rect, response) =
            ui.allocate_exact_size(egui::vec2(ui.available_width(), height), Sense::click());
        let left = i64::from(row.due) - i64::from(state.now);
        let time = format::time_left(text, left);
        let ink = if left < 2 * 3_600 { color.alarm } else { color.warn };
        let title = if row.summary.is_empty() {
            names::topic(state, text, row.topic)
        } else {
            row.summary.as_str()
        };
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
        let x = rect.left() + 62.0;
        let width = rect.right() - x;
        for (offset, words, size, weight, ink) in [
            (-size.body * 0.62, title, size.body, Weight::Medium, color.text_strong),
            (size.body * 0.72, place.as_str(), size.note, Weight::Regular, color.text_dim),
        ] {
            paint_line(
                ui.painter(),
                egui::pos2(x, rect.center().y + offset),
                Align::Left,
                words,
                font(size, weight),
                ink,
                width,
            );
        }
        if response.clicked() {
            out.push(Command::OpenIncident(row.row_id));
        }
    }
}

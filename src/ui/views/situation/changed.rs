//! What stands out in the last 24 hours.

use egui::{Rect, Role, Sense, Ui};

use crate::app::{Command, State};
use crate::board::aggregates::Surprise;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{self, Align, Weight, empty, font, heading, paint_line};
use crate::ui::{format, names};

pub(super) fn changed(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    heading(ui, tokens, text.t("changed-title"), text.t("changed-period"));
    let surprises = &state.aggregates.surprises;
    if surprises.is_empty() {
        let history = state.aggregates.by_day.len();
        let key = if history < 8 { "changed-short" } else { "changed-none" };
        empty(ui, tokens, text.t(key), "");
        return;
    }
    let height = tokens.size.row * 1.62;
    let fits = ((ui.available_height() + 8.0) / (height + 8.0)) as usize;
    ui.spacing_mut().item_spacing.y = 8.0;
    for surprise in surprises.iter().take(fits) {
        surprise_row(ui, state, tokens, text, *surprise, height, out);
    }
}

fn surprise_row(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    surprise: Surprise,
    height: f32,
    out: &mut Vec<Command>,
) {
    let size = &tokens.size;
    let color = &tokens.color;
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), height), Sense::click());
    let above = surprise.count > surprise.usual_high;
    let ink = if above { color.warn } else { color.good };
    let title = format!(
        "{} · {}",
        names::municipality(state, text, surprise.municipality),
        names::topic(state, text, surprise.topic)
    );
    let usual = text.with(
        "changed-usual",
        &[("low", surprise.usual_low.into()), ("high", surprise.usual_high.into())],
    );
    let block = state
        .vocabulary
        .topics
        .get(usize::from(surprise.topic))
        .map_or("", |topic| names::block(state, text, topic.block));
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
    paint_line(
        painter,
        rect.left_center() + egui::vec2(14.0, -size.body * 0.62),
        Align::Left,
        &title,
        font(size.body, Weight::Medium),
        color.text_strong,
        width,
    );
    paint_line(
        painter,
        rect.left_center() + egui::vec2(14.0, size.body * 0.72),
        Align::Left,
        &format!("{block} · {usual}"),
        font(size.note, Weight::Regular),
        color.text_dim,
        width,
    );
    if response.clicked() {
        if !state.filter.municipalities.contains(&surprise.municipality) {
            out.push(Command::ToggleMunicipality(surprise.municipality));
        }
        if !state.filter.topics.contains(&surprise.topic) {
            out.push(Command::ToggleTopic(surprise.topic));
        }
    }
}

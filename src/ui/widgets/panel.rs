//! The one kind of surface, and what stands at its head.

use egui::{CornerRadius, Frame, Margin, Rect, Stroke, Ui};

use super::{Align, Weight, font, paint_line};
use crate::ui::tokens::Tokens;

/// A panel that fills the room it is given.
pub fn panel<R>(ui: &mut Ui, tokens: &Tokens, add: impl FnOnce(&mut Ui) -> R) -> R {
    Frame::new()
        .fill(tokens.color.panel)
        .corner_radius(CornerRadius::same(tokens.size.radius as u8))
        .inner_margin(Margin::same(tokens.size.padding as i8))
        .show(ui, |ui| {
            ui.set_min_size(ui.available_size());
            add(ui)
        })
        .inner
}

/// A panel at a fixed place.
pub fn panel_rect<R>(
    ui: &mut Ui,
    rect: Rect,
    tokens: &Tokens,
    add: impl FnOnce(&mut Ui) -> R,
) -> R {
    ui.painter().rect_filled(rect, tokens.size.radius, tokens.color.panel);
    let inner = rect.shrink(tokens.size.padding);
    let mut child = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(inner)
            .id_salt(rect.min.x.to_bits() ^ rect.min.y.to_bits().rotate_left(7)),
    );
    child.set_clip_rect(rect.intersect(ui.clip_rect()));
    add(&mut child)
}

/// «**Title** · note» in one line; returns the line's rectangle.
pub fn heading(ui: &mut Ui, tokens: &Tokens, title: &str, note: &str) -> Rect {
    let height = tokens.size.heading * 1.5;
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), height), egui::Sense::hover());
    super::name(&response, egui::Role::Label, &format!("{title} · {note}"));
    let middle = rect.left_center();
    let width = paint_line(
        ui.painter(),
        middle,
        Align::Left,
        title,
        font(tokens.size.heading, Weight::Semibold),
        tokens.color.text_strong,
        rect.width(),
    );
    if !note.is_empty() {
        paint_line(
            ui.painter(),
            middle + egui::vec2(width, 0.0),
            Align::Left,
            &format!(" · {note}"),
            font(tokens.size.heading, Weight::Regular),
            tokens.color.text_soft,
            rect.width() - width,
        );
    }
    rect
}

/// A hairline across `rect` at `y`.
pub fn hairline(ui: &Ui, tokens: &Tokens, rect: Rect, y: f32) {
    ui.painter().hline(rect.x_range(), y, Stroke::new(tokens.size.hairline, tokens.color.line));
}

/// A designed emptiness: what is not there, and what to do.
pub fn empty(ui: &mut Ui, tokens: &Tokens, what: &str, advice: &str) {
    let rect = ui.available_rect_before_wrap();
    let (_, response) = ui.allocate_exact_size(rect.size(), egui::Sense::hover());
    super::name(&response, egui::Role::Label, what);
    let center = rect.center();
    paint_line(
        ui.painter(),
        center - egui::vec2(0.0, tokens.size.body * 0.8),
        Align::Center,
        what,
        font(tokens.size.body, Weight::Medium),
        tokens.color.text_soft,
        rect.width(),
    );
    paint_line(
        ui.painter(),
        center + egui::vec2(0.0, tokens.size.body * 0.8),
        Align::Center,
        advice,
        font(tokens.size.note, Weight::Regular),
        tokens.color.text_dim,
        rect.width(),
    );
}

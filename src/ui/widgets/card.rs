//! A KPI card: label, figure, comparison, the shape of the last days.

use egui::{Color32, Rect, Response, Role, Sense, Ui};

use super::{Align, Spark, Weight, font, paint_line, spark, width_of};
use crate::ui::tokens::Tokens;

/// What a card shows.
pub struct Card<'a> {
    pub label: &'a str,
    pub figure: String,
    pub figure_color: Color32,
    /// The comparison: a strong part in its colour, then a dim one.
    pub change: String,
    pub change_color: Color32,
    pub note: String,
    pub trend: &'a [f32],
    pub trend_color: Color32,
    pub from_zero: bool,
}

/// Paints the card into `rect`.
pub fn card(ui: &mut Ui, rect: Rect, tokens: &Tokens, card: &Card<'_>) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(("card", card.label)), Sense::click());
    super::name(
        &response,
        Role::Button,
        &format!("{}: {} {} {}", card.label, card.figure, card.change, card.note),
    );
    let size = &tokens.size;
    let color = &tokens.color;
    let ground = if response.hovered() { color.raised } else { color.panel };
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    painter.rect_filled(rect, size.radius, ground);
    if response.has_focus() {
        painter.rect_stroke(
            rect,
            size.radius,
            egui::Stroke::new(1.0, color.accent),
            egui::StrokeKind::Inside,
        );
    }
    let inner = rect.shrink(size.padding);
    let width = inner.width();
    let mut y = inner.top() + size.body * 0.5;
    paint_line(
        &painter,
        egui::pos2(inner.left(), y),
        Align::Left,
        card.label,
        font(size.body, Weight::Regular),
        color.text_soft,
        width,
    );
    y += size.body * 0.75 + size.figure * 0.62;
    // A figure is never cut: it gets smaller first.
    let semibold = |size: f32| font(size, Weight::Semibold);
    let natural = width_of(&painter, &card.figure, size.figure, Weight::Semibold);
    let share = (width / natural.max(1.0)).clamp(0.5, 1.0);
    paint_line(
        &painter,
        egui::pos2(inner.left(), y),
        Align::Left,
        &card.figure,
        semibold(size.figure * share),
        card.figure_color,
        width + 1.0,
    );
    y += size.figure * 0.62 + size.note * 0.6;
    let strong = paint_line(
        &painter,
        egui::pos2(inner.left(), y),
        Align::Left,
        &card.change,
        font(size.note, Weight::Medium),
        card.change_color,
        width,
    );
    let natural = width_of(&painter, &card.note, size.note, Weight::Regular);
    let gap = if card.change.is_empty() { 0.0 } else { size.note * 0.35 };
    let mut at = egui::pos2(inner.left() + strong + gap, y);
    if !card.change.is_empty() && natural > width - strong - gap {
        y += size.note * 1.25;
        at = egui::pos2(inner.left(), y);
    }
    let room = inner.right() - at.x;
    let note = font(size.note * (room / natural.max(1.0)).clamp(0.84, 1.0), Weight::Regular);
    paint_line(&painter, at, Align::Left, &card.note, note, color.text_dim, room + 1.0);
    y += size.note * 1.2;
    let box_ = Rect::from_min_max(
        egui::pos2(inner.left(), y),
        inner.right_bottom() - egui::vec2(3.0, 0.0),
    );
    if box_.height() > 8.0 {
        let look = Spark { from_zero: card.from_zero, ..Spark::new(card.trend_color) };
        spark(&painter, box_, card.trend, look);
    }
    response
}

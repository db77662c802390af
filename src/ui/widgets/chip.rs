//! Small things to press: filter chips, segments, quiet buttons.

use egui::{Response, Role, Sense, Stroke, StrokeKind, Ui};

use super::{Align, Weight, font, paint_line};
use crate::ui::tokens::Tokens;

/// «Label **value** ×»: a chip of the filter. Returns the chip's response and
/// whether its × was pressed.
pub fn chip(
    ui: &mut Ui,
    tokens: &Tokens,
    label: &str,
    value: &str,
    is_set: bool,
    remove_label: &str,
) -> (Response, bool) {
    let size = &tokens.size;
    let color = &tokens.color;
    let regular = font(size.body, Weight::Regular);
    let strong = font(size.body, Weight::Medium);
    let painter = ui.painter().clone();
    let label_galley = super::line(&painter, label, regular, color.text_soft, 200.0);
    let value_galley = super::line(&painter, value, strong, color.text_strong, 220.0);
    let pad = 10.0;
    let gap = if label.is_empty() || value.is_empty() { 0.0 } else { 5.0 };
    let cross = if is_set { 18.0 } else { 0.0 };
    let width = pad * 2.0 + label_galley.size().x + gap + value_galley.size().x + cross;
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(width, size.row - 2.0), Sense::click());
    super::name(&response, Role::Button, format!("{label} {value}").trim());
    let fill = if response.hovered() { color.hover } else { color.raised };
    let stroke = if is_set || response.has_focus() { color.accent } else { color.line };
    painter.rect(rect, size.radius_small, fill, Stroke::new(1.0, stroke), StrokeKind::Inside);
    let mut x = rect.left() + pad;
    let middle = rect.center().y;
    for galley in [&label_galley, &value_galley] {
        let at = egui::pos2(x, middle - galley.size().y / 2.0);
        painter.galley(at, std::sync::Arc::clone(galley), color.text_strong);
        x += galley.size().x + gap;
    }
    let mut removed = false;
    if is_set {
        let center = egui::pos2(rect.right() - 15.0, middle);
        let cross_rect = egui::Rect::from_center_size(center, egui::vec2(22.0, rect.height()));
        let cross_response = ui.interact(cross_rect, response.id.with("remove"), Sense::click());
        super::name(&cross_response, Role::Button, remove_label);
        let tint = if cross_response.hovered() { color.text_strong } else { color.text_dim };
        let arm = 3.5;
        for direction in [1.0, -1.0] {
            painter.line_segment(
                [
                    center + egui::vec2(-arm, -arm * direction),
                    center + egui::vec2(arm, arm * direction),
                ],
                Stroke::new(1.4, tint),
            );
        }
        removed = cross_response.clicked();
    }
    (response, removed)
}

/// Widest words of a segment, and the room around them.
const SEGMENT_WORDS: f32 = 240.0;
const SEGMENT_PADDING: egui::Vec2 = egui::vec2(20.0, 10.0);

/// One of a few exclusive choices; the chosen one is outlined.
pub fn segment(ui: &mut Ui, tokens: &Tokens, label: &str, chosen: bool) -> bool {
    let size = &tokens.size;
    let color = &tokens.color;
    let text_color = if chosen { color.text_strong } else { color.text_soft };
    let galley = super::line(
        ui.painter(),
        label,
        font(size.body, Weight::Regular),
        text_color,
        SEGMENT_WORDS,
    );
    let (rect, response) = ui.allocate_exact_size(galley.size() + SEGMENT_PADDING, Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(Role::RadioButton, true, chosen, label));
    let fill = if chosen || response.hovered() { color.hover } else { color.raised };
    let stroke = if chosen || response.has_focus() { color.accent } else { color.line };
    ui.painter().rect(rect, size.radius_small, fill, Stroke::new(1.0, stroke), StrokeKind::Inside);
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, text_color);
    response.clicked()
}

/// Points that a [`segment`] of these words takes.
pub fn segment_width(ui: &Ui, tokens: &Tokens, label: &str) -> f32 {
    let regular = font(tokens.size.body, Weight::Regular);
    let words = super::line(ui.painter(), label, regular, tokens.color.text_soft, SEGMENT_WORDS);
    words.size().x + SEGMENT_PADDING.x
}

/// A quiet button of words.
pub fn text_button(ui: &mut Ui, tokens: &Tokens, label: &str) -> Response {
    let size = &tokens.size;
    let color = &tokens.color;
    let galley = super::line(
        ui.painter(),
        label,
        font(size.body, Weight::Medium),
        color.text_strong,
        ui.available_width().max(60.0),
    );
    let (rect, response) =
        ui.allocate_exact_size(galley.size() + egui::vec2(24.0, 12.0), Sense::click());
    super::name(&response, Role::Button, label);
    let enabled = ui.is_enabled();
    let fill = if response.hovered() { color.hover } else { color.raised };
    let stroke = if response.has_focus() { color.accent } else { color.line };
    let tint = if enabled { color.text_strong } else { color.text_dim };
    ui.painter().rect(rect, size.radius_small, fill, Stroke::new(1.0, stroke), StrokeKind::Inside);
    ui.painter().galley_with_override_text_color(rect.center() - galley.size() / 2.0, galley, tint);
    response
}

/// A square button with one sign and an accessible name.
pub fn icon_button(ui: &mut Ui, tokens: &Tokens, sign: &str, label: &str) -> Response {
    let side = tokens.size.row - 2.0;
    let (rect, response) = ui.allocate_exact_size(egui::vec2(side, side), Sense::click());
    super::name(&response, Role::Button, label);
    let color = &tokens.color;
    let fill = if response.hovered() { color.hover } else { color.raised };
    let stroke = if response.has_focus() { color.accent } else { color.line };
    ui.painter().rect(
        rect,
        tokens.size.radius_small,
        fill,
        Stroke::new(1.0, stroke),
        StrokeKind::Inside,
    );
    paint_line(
        ui.painter(),
        rect.center(),
        Align::Center,
        sign,
        font(tokens.size.body, Weight::Medium),
        color.text_soft,
        side,
    );
    response.on_hover_text(label)
}

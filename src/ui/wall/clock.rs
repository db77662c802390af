//! Time, weekday and date.

use egui::Rect;

use super::parts::Canvas;
use crate::app::wall::frame::WallFrame;
use crate::ui::format;
use crate::ui::widgets::{Align, Weight};

pub(super) fn draw(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect) {
    let color = &canvas.tokens.color;
    canvas.panel(rect);
    let inner = rect.shrink(canvas.gap);
    let time = format::time(frame.now);
    let natural = canvas.width_of(&time, canvas.figure, Weight::Semibold).max(1.0);
    let below = canvas.body * 1.6;
    let high = (inner.height() - below).max(canvas.note);
    let size = canvas.figure * (inner.width() / natural).min(1.6);
    let size = size.min(high * 0.82);
    let at = egui::pos2(inner.left(), inner.top() + high / 2.0);
    canvas.words(
        at,
        Align::Left,
        &time,
        size,
        Weight::Semibold,
        color.text_strong,
        inner.width() + 1.0,
    );
    let date = canvas.date(frame);
    let natural = canvas.width_of(&date, canvas.body, Weight::Regular).max(1.0);
    let size = (canvas.body * (inner.width() / natural).min(1.0)).max(canvas.note);
    let at = egui::pos2(inner.left(), inner.bottom() - below / 2.0);
    canvas.words(at, Align::Left, &date, size, Weight::Regular, color.text_soft, inner.width());
}

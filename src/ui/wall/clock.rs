//! Time, weekday and date.

use egui::Rect;

use super::parts::Canvas;
use crate::app::wall::frame::WallFrame;
use crate::ui::format;
use crate::ui::widgets::{Align, Weight, fitting};

pub(super) fn draw(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect) {
    let color = &canvas.tokens.color;
    canvas.panel(rect);
    let inner = rect.shrink(canvas.gap);
    let time = format::time(frame.now);
    let large = canvas.figure * 1.6;
    let natural = canvas.width_of(&time, large, Weight::Semibold);
    let below = canvas.body * 1.6;
    let high = (inner.height() - below).max(canvas.note);
    let size = fitting(large, natural, inner.width()).min(high * 0.82);
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
    let natural = canvas.width_of(&date, canvas.body, Weight::Regular);
    let size = fitting(canvas.body, natural, inner.width()).max(canvas.note);
    let at = egui::pos2(inner.left(), inner.bottom() - below / 2.0);
    canvas.words(at, Align::Left, &date, size, Weight::Regular, color.text_soft, inner.width());
}

//! Overdue by body, and what of theirs is open.

use egui::Rect;

use super::list::shown_of;
use super::parts::{Canvas, told};
use crate::app::wall::frame::{Told, WallFrame};
use crate::ui::format;
use crate::ui::widgets::{Align, Weight};

/// Height of a row, in notes.
const ROW: f32 = 2.5;
/// The same of the line that says how many are not shown.
const MORE: f32 = 1.4;

/// The most overdue first: name and figures above their bar.
pub(super) fn draw(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect) {
    let (text, color, note) = (canvas.text, &canvas.tokens.color, canvas.note);
    let inner = canvas.titled(rect, text.t("wall-bodies"));
    if frame.bodies.is_empty() {
        canvas.soft(inner, inner.top() + note * 0.8, text.t("wall-bodies-none"));
        return;
    }
    let all = frame.bodies.len() + frame.bodies_beyond;
    let fits = |room: f32| (room / (note * ROW)) as usize;
    let (whole, above) = (inner.height(), inner.height() - note * MORE);
    let shown = shown_of(all, frame.bodies.len(), fits(whole), fits(above));
    let room = if shown < all { above } else { whole };
    let row = (room / shown.max(1) as f32).min(note * ROW * 1.3);
    canvas.more(all - shown, inner, row.mul_add(shown as f32, inner.top() + note * 0.7));
    let shown = &frame.bodies[..shown];
    let most = shown.iter().map(|body| body.open).max().unwrap_or(0).max(1) as f32;
    for (at, body) in shown.iter().enumerate() {
        let top = row.mul_add(at as f32, inner.top());
        let y = top + note * 0.7;
        let figures = text.with(
            "wall-overdue-of-open",
            &[("overdue", told(body.overdue).into()), ("open", format::count(body.open).into())],
        );
        let ink = if body.overdue == Told::Exactly(0) { color.text_dim } else { color.alarm };
        let right = egui::pos2(inner.right(), y);
        let taken =
            canvas.words(right, Align::Right, &figures, note, Weight::Medium, ink, inner.width());
        let room = inner.width() - taken - note;
        let left = egui::pos2(inner.left(), y);
        canvas.words(left, Align::Left, &body.name, note, Weight::Regular, color.text_strong, room);
        let bar = Rect::from_min_size(
            egui::pos2(inner.left(), top + note * 1.5),
            egui::vec2(inner.width(), note * 0.45),
        );
        let part = |count: u32| bar.with_max_x(bar.left() + bar.width() * (count as f32 / most));
        canvas.painter.rect_filled(part(body.open), note * 0.1, color.accent.gamma_multiply(0.45));
        canvas.painter.rect_filled(part(body.overdue.weight()), note * 0.1, color.alarm);
    }
}

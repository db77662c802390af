//! Received and closed by day.

use egui::{Rect, vec2};

use super::parts::Canvas;
use crate::app::wall::frame::WallFrame;
use crate::ui::format;
use crate::ui::widgets::{Align, Weight};

/// Between two dates under the days, in notes.
const DATE_ROOM: f32 = 5.0;

/// Bars of what came, and a line of what was closed over them.
pub(super) fn draw(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect) {
    let (text, color, note) = (canvas.text, &canvas.tokens.color, canvas.note);
    let inner = canvas.titled(rect, text.t("wall-days"));
    let days = &frame.days;
    let most = days.iter().map(|day| day.received.max(day.closed)).max().unwrap_or(0).max(1);
    legend(canvas, inner, most);
    let bars =
        Rect::from_min_max(inner.min + vec2(0.0, note * 1.9), inner.max - vec2(0.0, note * 1.5));
    if days.is_empty() || bars.height() < note {
        return;
    }
    let slot = bars.width() / days.len() as f32;
    let y = |count: u32| bars.bottom() - bars.height() * (count as f32 / most as f32);
    let middle = |at: usize| slot.mul_add(at as f32 + 0.5, bars.left());
    for (at, day) in days.iter().enumerate() {
        let bar = Rect::from_min_max(
            egui::pos2(middle(at) - slot * 0.36, y(day.received)),
            egui::pos2(middle(at) + slot * 0.36, bars.bottom()),
        );
        canvas.painter.rect_filled(bar, note * 0.1, color.accent.gamma_multiply(0.75));
    }
    let line = days.iter().enumerate().map(|(at, day)| egui::pos2(middle(at), y(day.closed)));
    canvas.painter.line(line.collect(), egui::Stroke::new((note * 0.14).max(1.5), color.good));
    canvas.hairline(bars.left(), bars.right(), bars.bottom());
    let step = (note * DATE_ROOM / slot).ceil().max(1.0) as usize;
    for (at, day) in days.iter().enumerate().rev().step_by(step) {
        let date = format::day_month_short(text, format::date_of_day(day.day));
        let half = canvas.width_of(&date, note, Weight::Regular) / 2.0;
        if half * 2.0 > bars.width() {
            continue;
        }
        let x = middle(at).clamp(bars.left() + half, bars.right() - half);
        let at = egui::pos2(x, bars.bottom() + note * 0.9);
        canvas.words(
            at,
            Align::Center,
            &date,
            note,
            Weight::Regular,
            color.text_dim,
            half * 2.0 + 1.0,
        );
    }
}

/// «▪ поступило ▪ закрыто · до 512 в день».
fn legend(canvas: &Canvas<'_>, rect: Rect, most: u32) {
    let (text, color, note) = (canvas.text, &canvas.tokens.color, canvas.note);
    let mut x = rect.left();
    let y = rect.top() + note * 0.6;
    for (key, ink) in [("kpi-received", color.accent), ("wall-closed", color.good)] {
        let mark =
            Rect::from_center_size(egui::pos2(x + note * 0.4, y), egui::Vec2::splat(note * 0.7));
        canvas.painter.rect_filled(mark, note * 0.1, ink);
        let at = egui::pos2(x + note * 1.1, y);
        let soft = color.text_soft;
        x += canvas.words(at, Align::Left, text.t(key), note, Weight::Regular, soft, rect.width())
            + note * 2.0;
    }
    let most = text.with("wall-days-most", &[("n", format::count(most).into())]);
    let room = rect.right() - x;
    let at = egui::pos2(rect.right(), y);
    canvas.words(at, Align::Right, &most, note, Weight::Regular, color.text_dim, room);
}

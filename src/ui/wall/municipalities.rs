//! Received by municipality, overdue beside it.

use egui::Rect;

use super::list::shown_of;
use super::parts::{Canvas, told};
use crate::app::wall::frame::{Told, WallFrame};
use crate::ui::widgets::{Align, Weight};

/// Height of a row at least, in notes.
const LEAST_ROW: f32 = 1.16;

/// Received by municipality as bars, overdue beside them.
pub(super) fn draw(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect) {
    let color = &canvas.tokens.color;
    canvas.panel(rect);
    let inner = rect.shrink(canvas.gap);
    canvas.words(
        inner.left_top() + egui::vec2(0.0, canvas.note * 0.6),
        Align::Left,
        &canvas.counted(frame, "wall-municipalities", inner.width()),
        canvas.note,
        Weight::Medium,
        color.text_soft,
        inner.width(),
    );
    let top = inner.top() + canvas.note * 1.6;
    let count = frame.municipalities.len().max(1);
    let row = ((inner.bottom() - top) / count as f32).min(canvas.note * 2.0);
    let fits = ((inner.bottom() - top) / (canvas.note * LEAST_ROW)).floor() as usize;
    let row = if fits < count { canvas.note * LEAST_ROW } else { row };
    let shown = shown_of(count, count, fits, fits.saturating_sub(1));
    canvas.more(count - shown, inner, top + row * (shown as f32 + 0.5));
    let width_of = |words: &str| canvas.width_of(words, canvas.note, Weight::Regular);
    let longest = frame.municipalities.iter().map(|one| width_of(&one.name)).fold(0.0, f32::max);
    let names = (longest + canvas.note).min(inner.width() * 0.5);
    let counts = frame.municipalities.iter().flat_map(|one| [one.received, one.overdue]);
    let widest = counts.map(|count| width_of(&told(count))).fold(0.0, f32::max);
    let figures = (inner.width() * 0.13).min(canvas.note * 5.0).max(widest);
    let most = frame.municipalities.first().map_or(1, |one| one.received.weight()).max(1);
    for (index, one) in frame.municipalities.iter().take(shown).enumerate() {
        let y = top + row * (index as f32 + 0.5);
        let put = |x: f32, align, words: &str, ink, width| {
            canvas.words(egui::pos2(x, y), align, words, canvas.note, Weight::Regular, ink, width);
        };
        put(inner.left(), Align::Left, &one.name, color.text_strong, names - canvas.note * 0.4);
        let bars = Rect::from_min_max(
            egui::pos2(inner.left() + names, y - row * 0.28),
            egui::pos2(inner.right() - figures * 2.4, y + row * 0.28),
        );
        // What is not told has a bar as short as it may be: it is there.
        let share = one.received.weight() as f32 / most as f32;
        let bar = Rect::from_min_size(bars.min, egui::vec2(bars.width() * share, bars.height()));
        canvas.painter.rect_filled(bar, canvas.note * 0.1, color.accent.gamma_multiply(0.75));
        let received = told(one.received);
        put(inner.right() - figures * 1.2, Align::Right, &received, color.text_strong, figures);
        let overdue = told(one.overdue);
        let ink = if one.overdue == Told::Exactly(0) { color.text_dim } else { color.alarm };
        put(inner.right(), Align::Right, &overdue, ink, figures);
    }
}

//! Sectors by municipality: what came, as shades.

use egui::{Color32, Rect};

use super::hours::{shade_of, shades};
use super::parts::{Canvas, told};
use crate::app::wall::frame::WallFrame;
use crate::ui::widgets::{Align, Weight};

/// Height of a row from which its figures are written, in notes.
const LEAST_ROW: f32 = 1.15;
/// Height of a line of sectors' names, in notes.
const HEAD_LINE: f32 = 1.2;

pub(super) fn draw(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect) {
    let (color, note) = (&canvas.tokens.color, canvas.note);
    canvas.panel(rect);
    let inner = rect.shrink(canvas.gap);
    let counts = frame.crossing.iter().flat_map(|row| row.received).flatten();
    let most = counts.max().unwrap_or(0).max(1);
    let ramp: Vec<_> = color.ramp_count.iter().map(|shade| canvas.under_figures(*shade)).collect();
    let left = shades(canvas, most, inner.right_top() + egui::vec2(0.0, note * 0.6), &ramp);
    let room = left - note - inner.left();
    let title = canvas.counted(frame, "wall-matrix", room);
    let at = inner.left_top() + egui::vec2(0.0, note * 0.6);
    canvas.words(at, Align::Left, &title, note, Weight::Medium, color.text_soft, room);

    let width_of = |name: &str| canvas.width_of(name, note, Weight::Regular);
    let names = frame.crossing.iter().map(|row| width_of(&row.name)).fold(0.0, f32::max) + note;
    let names = names.min(inner.width() * 0.35);
    grid_ui(canvas, frame, (most, &ramp), names, inner.with_min_y(inner.top() + note * 1.8));
}

/// Sectors side by side, municipalities below each other.
fn grid_ui(
    canvas: &Canvas<'_>,
    frame: &WallFrame,
    (most, ramp): (u32, &[Color32]),
    names: f32,
    rect: Rect,
) {
    let (color, note) = (&canvas.tokens.color, canvas.note);
    let heads = note * (HEAD_LINE * 2.0 + 0.4);
    let grid = Rect::from_min_max(rect.min + egui::vec2(names, heads), rect.max);
    let row = (grid.height() / frame.crossing.len().max(1) as f32).min(note * 2.6);
    let slot = grid.width() / frame.blocks.len().max(1) as f32;
    let middle = |at: usize| slot.mul_add(at as f32 + 0.5, grid.left());
    for (at, block) in frame.blocks.iter().enumerate() {
        // Every other name stands higher, so that each has the room of two.
        let up = if at % 2 == 0 { HEAD_LINE * 1.5 } else { HEAD_LINE * 0.5 };
        let half = (slot * 0.96).min(grid.right() - middle(at)).max(slot / 2.0);
        let place = egui::pos2(middle(at), grid.top() - note * (up + 0.2));
        let (weight, ink) = (Weight::Regular, color.text_soft);
        canvas.words(place, Align::Center, &block.name, note, weight, ink, half * 2.0);
    }
    for (at, of_place) in frame.crossing.iter().enumerate() {
        let y = row.mul_add(at as f32 + 0.5, grid.top());
        let is_written = row >= note * LEAST_ROW;
        if is_written {
            let (name, room) = (egui::pos2(rect.left(), y), names - note * 0.5);
            let strong = color.text_strong;
            canvas.words(name, Align::Left, &of_place.name, note, Weight::Regular, strong, room);
        }
        for (at, count) in of_place.received.iter().enumerate() {
            let middle = egui::pos2(middle(at), y);
            let cell = Rect::from_center_size(middle, egui::vec2(slot * 0.96, row * 0.92));
            // Few are not told from none.
            let shade = shade_of(count.unwrap_or_default(), most, ramp);
            canvas.painter.rect_filled(cell, note * 0.1, shade);
            let figure = told(*count);
            let fits = canvas.width_of(&figure, note, Weight::Medium) <= cell.width();
            if is_written && fits {
                let ink = color.text_strong;
                canvas.words(middle, Align::Center, &figure, note, Weight::Medium, ink, slot);
            }
        }
    }
}

//! A table of figures: a name, then figures under their heads, each with a note.

use egui::{Color32, Rect, Role, ScrollArea, Sense, Ui};

use super::{Align, Weight, font, hairline, name, paint_line, two_lines};
use crate::ui::tokens::Tokens;

/// A head, and the share of the width that its column has.
pub struct Column<'a> {
    pub title: &'a str,
    pub share: f32,
    pub align: Align,
}

/// A figure and what stands under it.
#[derive(Clone, Debug)]
pub struct Figure {
    pub shown: String,
    pub ink: Color32,
    pub note: String,
    pub note_ink: Color32,
}

/// One row; `said` is what a screen reader and the tooltip say of it.
pub struct Line {
    pub cells: Vec<Figure>,
    pub chosen: bool,
    pub said: String,
}

/// Room between the columns.
const GAP: f32 = 10.0;

/// Where the columns stand in a row: left and right edges.
fn places(width: f32, columns: &[Column<'_>]) -> Vec<(f32, f32)> {
    let room = width - GAP * columns.len().saturating_sub(1) as f32;
    let sum: f32 = columns.iter().map(|column| column.share).sum();
    let mut left = 0.0;
    let place = |column: &Column<'_>| {
        let right = left + room * column.share / sum;
        let place = (left, right);
        left = right + GAP;
        place
    };
    columns.iter().map(place).collect()
}

/// Draws into the room that is left, scrolled where the lines do not fit; returns the
/// index of the line that was clicked.
pub fn figure_table(
    ui: &mut Ui,
    tokens: &Tokens,
    salt: &str,
    columns: &[Column<'_>],
    lines: &[Line],
) -> Option<usize> {
    let size = &tokens.size;
    let has_notes = lines.iter().flat_map(|line| &line.cells).any(|cell| !cell.note.is_empty());
    let least = size.row * if has_notes { 1.22 } else { 0.82 };
    let width = ui.available_width();
    let places = places(width - SCROLL_BAR, columns);
    let (head, _) = ui.allocate_exact_size(egui::vec2(width, size.note * 2.0), Sense::hover());
    for (column, (left, right)) in columns.iter().zip(&places) {
        let place = Rect::from_x_y_ranges(head.left() + left..=head.left() + right, head.y_range());
        let ink = tokens.color.text_dim;
        let small = font(size.note, Weight::Regular);
        let at = anchor(place, column.align, head.center().y);
        let (title, width) = (column.title, place.width());
        if paint_line(ui.painter(), at, column.align, title, small, ink, width) + 1.0 >= width {
            let id = ui.scope_id().with((salt, "head", title));
            ui.interact(place, id, Sense::hover()).on_hover_text(title);
        }
    }
    hairline(ui, tokens, head, head.bottom());
    // Spare room is shared, so that a short table fills its panel without gaping.
    let spare = ui.available_height() / lines.len().max(1) as f32;
    let height = spare.clamp(least, least * if has_notes { 1.25 } else { 1.5 });
    let mut clicked = None;
    ScrollArea::vertical().id_salt(salt).auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (index, line) in lines.iter().enumerate() {
            if line_ui(ui, tokens, (salt, index), height, (columns, &places), line) {
                clicked = Some(index);
            }
        }
    });
    clicked
}

const SCROLL_BAR: f32 = 10.0;

fn anchor(place: Rect, align: Align, y: f32) -> egui::Pos2 {
    let x = match align {
        Align::Left => place.left(),
        Align::Center => place.center().x,
        Align::Right => place.right(),
    };
    egui::pos2(x, y)
}

fn line_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    id: (&str, usize),
    height: f32,
    (columns, places): (&[Column<'_>], &[(f32, f32)]),
    line: &Line,
) -> bool {
    let size = &tokens.size;
    let (rect, _) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), height), Sense::hover());
    let response = ui.interact(rect, ui.scope_id().with(id), Sense::click());
    name(&response, Role::Row, &line.said);
    if !ui.is_rect_visible(rect) {
        return false;
    }
    let back = rect.expand2(egui::vec2(4.0, 0.0));
    if line.chosen || response.hovered() {
        ui.painter().rect_filled(back, size.radius_small, tokens.color.raised);
    }
    if line.chosen || response.has_focus() {
        let edge = Rect::from_min_size(back.left_top(), egui::vec2(2.0, height));
        ui.painter().rect_filled(edge, 1.0, tokens.color.accent);
    }
    let middle = rect.center().y;
    for ((cell, column), (left, right)) in line.cells.iter().zip(columns).zip(places) {
        let x = rect.left() + left..=rect.left() + right;
        let place = Rect::from_x_y_ranges(x, rect.y_range());
        let weight = if column.align == Align::Left { Weight::Regular } else { Weight::Medium };
        let main = font(size.body, weight);
        let [above, below] = two_lines(tokens, middle);
        let y = if cell.note.is_empty() { middle } else { above };
        let at = anchor(place, column.align, y);
        paint_line(ui.painter(), at, column.align, &cell.shown, main, cell.ink, place.width());
        if !cell.note.is_empty() {
            let small = font(size.note * 0.92, Weight::Regular);
            let at = anchor(place, column.align, below);
            let (note, ink) = (&cell.note, cell.note_ink);
            paint_line(ui.painter(), at, column.align, note, small, ink, place.width());
        }
    }
    let clicked = response.clicked();
    response.on_hover_text(&line.said);
    clicked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_width_side_by_side() {
        let column = |share| Column { title: "", share, align: Align::Right };
        let columns = [column(2.0), column(1.0), column(1.0)];
        let places = places(420.0, &columns);
        assert_eq!(places[0], (0.0, 200.0));
        assert_eq!(places[1], (210.0, 310.0));
        assert_eq!(places[2], (320.0, 420.0));
    }
}

//! Sectors by municipality: what came, as shades.

use egui::{Color32, Rect};

use super::hours::shades;
use super::parts::{Canvas, told};
use crate::app::wall::frame::{Told, WallFrame};
use crate::ui::format;
use crate::ui::widgets::{Align, Weight};

/// Height of a row from which its figures are written, in notes.
const LEAST_ROW: f32 = 1.15;
/// Its height at the most.
const MOST_ROW: f32 = 4.0;
/// Height of a line of sectors' names, in notes.
const HEAD_LINE: f32 = 1.2;
/// Names of sectors stand in turn on so many lines at the most.
const MOST_HEAD_LINES: usize = 4;
/// Share of its slot that a cell takes.
const CELL: f32 = 0.98;

pub(super) fn draw(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect) {
    let (color, note) = (&canvas.tokens.color, canvas.note);
    canvas.panel(rect);
    let inner = rect.shrink(canvas.gap);
    let counts = frame.crossing.iter().flat_map(|row| &row.received);
    let most = counts.filter_map(|told| told.exactly()).max().unwrap_or(0);
    let ramp: Vec<_> = color.ramp_count.iter().map(|shade| canvas.under_figures(*shade)).collect();
    let right = inner.right_top() + egui::vec2(0.0, note * 0.6);
    // Where nothing is told exactly all shades are one.
    let left = if most > 0 { shades(canvas, most, right, &ramp) - note } else { right.x };
    let room = left - inner.left();
    let outside = format::count(frame.outside.received);
    let outside = canvas.text.with("wall-outside", &[("n", outside.into())]);
    let title = canvas.counted_beside(frame, "wall-matrix", Some(&outside), room);
    let at = inner.left_top() + egui::vec2(0.0, note * 0.6);
    canvas.words(at, Align::Left, &title, note, Weight::Medium, color.text_soft, room);

    let width_of = |name: &str| canvas.width_of(name, note, Weight::Regular);
    let longest = frame.crossing.iter().map(|row| width_of(&row.name)).fold(0.0, f32::max);
    // Figures come before names that are written out.
    let figures: Vec<f32> = (0..frame.blocks.len()).map(|at| widest(canvas, frame, at)).collect();
    let left_by_figures = inner.width() - figures.iter().sum::<f32>();
    let names = (longest + note * 0.4).min(inner.width() * 0.35);
    let names = names.min(left_by_figures.max(inner.width() * 0.2));
    let columns = columns(&figures, inner.width() - names);
    let look = Look { most: most.max(1), ramp, names, columns };
    grid_ui(canvas, frame, &look, inner.with_min_y(inner.top() + note * 1.8));
}

/// What the widest figure of a sector wants.
fn widest(canvas: &Canvas<'_>, frame: &WallFrame, at: usize) -> f32 {
    let counts = frame.crossing.iter().filter_map(|row| row.received.get(at));
    let width_of = |count: &Told| canvas.width_of(&told(*count), canvas.note, Weight::Medium);
    counts.map(width_of).fold(canvas.note, f32::max) / CELL
}

/// Widths of the columns, which are equal where their figures fit.
fn columns(figures: &[f32], room: f32) -> Vec<f32> {
    let count = figures.len().max(1) as f32;
    let is_tight = figures.iter().any(|figure| *figure > room / count);
    let left = (room - figures.iter().sum::<f32>()) / count;
    let width = |figure: &f32| if is_tight { figure + left } else { room / count };
    figures.iter().map(width).map(|width| width.max(0.0)).collect()
}

/// How the cells and their heads are drawn.
struct Look {
    /// The largest count.
    most: u32,
    ramp: Vec<Color32>,
    /// Width of the municipalities' names.
    names: f32,
    /// Those of the sectors' columns.
    columns: Vec<f32>,
}

/// Sectors side by side, municipalities below each other.
fn grid_ui(canvas: &Canvas<'_>, frame: &WallFrame, look: &Look, rect: Rect) {
    let (color, note, names) = (&canvas.tokens.color, canvas.note, look.names);
    let widths: Vec<f32> = (frame.blocks.iter())
        .map(|block| canvas.width_of(&block.name, note, Weight::Regular))
        .collect();
    let middles = middles(&look.columns);
    let heads = Heads::of(&widths, &look.columns, note * 0.5);
    let heads_height = note * (HEAD_LINE * heads.lines as f32 + 0.4);
    let grid = Rect::from_min_max(rect.min + egui::vec2(names, heads_height), rect.max);
    let row = (grid.height() / frame.crossing.len().max(1) as f32).min(note * MOST_ROW);
    let middle = |at: usize| grid.left() + middles[at];
    for (at, block) in frame.blocks.iter().enumerate() {
        // The first stands highest.
        let above = (heads.lines - 1 - at % heads.lines) as f32;
        let y = grid.top() - note * (HEAD_LINE * (above + 0.5) + 0.2);
        let (place, room) = (egui::pos2(grid.left() + heads.middles[at], y), heads.rooms[at]);
        let (weight, ink) = (Weight::Regular, color.text_soft);
        canvas.words(place, Align::Center, &block.name, note, weight, ink, room);
        if heads.is_seen_from(at, middle(at) - grid.left()) {
            let reach = (y + note * HEAD_LINE * 0.5)..=(grid.top() - note * 0.2);
            canvas.painter.vline(middle(at), reach, (note * 0.05, color.line));
        }
    }
    for (at, of_place) in frame.crossing.iter().enumerate() {
        let y = row.mul_add(at as f32 + 0.5, grid.top());
        let is_written = row >= note * LEAST_ROW;
        if is_written {
            let (name, room) = (egui::pos2(rect.left(), y), names - note * 0.3);
            let strong = color.text_strong;
            canvas.words(name, Align::Left, &of_place.name, note, Weight::Regular, strong, room);
        }
        for (at, received) in of_place.received.iter().enumerate() {
            let middle = egui::pos2(middle(at), y);
            let width = look.columns[at];
            let cell = Rect::from_center_size(middle, egui::vec2(width * CELL, row * 0.92));
            // Few are not told from none.
            let shade = shade_of(received.exactly().unwrap_or_default(), look);
            canvas.painter.rect_filled(cell, note * 0.1, shade);
            let figure = told(*received);
            let fits = canvas.width_of(&figure, note, Weight::Medium) <= cell.width();
            if is_written && fits {
                let ink = color.text_strong;
                canvas.words(middle, Align::Center, &figure, note, Weight::Medium, ink, width);
            }
        }
    }
}

/// The shade of a count, by its root: beside a city all others would have one.
fn shade_of(count: u32, look: &Look) -> Color32 {
    let share = (f64::from(count) / f64::from(look.most)).min(1.0).sqrt();
    look.ramp[(share * (look.ramp.len() - 1) as f64).ceil() as usize]
}

/// Of columns side by side, from the left of the first.
fn middles(columns: &[f32]) -> Vec<f32> {
    let mut right = 0.0;
    let middle = |width: &f32| {
        right += width;
        right - width / 2.0
    };
    columns.iter().map(middle).collect()
}

/// Where the names of columns stand.
struct Heads {
    /// In turn on so many lines.
    lines: usize,
    /// From the left of the first column.
    middles: Vec<f32>,
    rooms: Vec<f32>,
}

impl Heads {
    /// On as few lines, from two on, as leave each name its width, with `gap` between two;
    /// none reaches out of the columns. Where the most are too few, names are cut.
    fn of(widths: &[f32], columns: &[f32], gap: f32) -> Self {
        let all = columns.iter().sum::<f32>();
        let middles = middles(columns);
        let middle = |at: usize| middles[at];
        let whole = |lines: usize| {
            let at_edge = |(at, width): (usize, &f32)| {
                let half = width.min(all) / 2.0;
                middle(at).clamp(half, all - half)
            };
            let middles = widths.iter().enumerate().map(at_edge).collect();
            Self { lines, middles, rooms: widths.to_vec() }
        };
        let fits = |heads: &Self| {
            let right = |at: usize| heads.middles[at] + widths[at] / 2.0 + gap;
            let left = |at: usize| heads.middles[at] - widths[at] / 2.0;
            let is_apart = |at: usize| at < heads.lines || right(at - heads.lines) <= left(at);
            (0..widths.len()).all(|at| widths[at] <= all && is_apart(at))
        };
        let cut = || {
            let to_edge = |at: usize| middle(at).min(all - middle(at)) * 2.0;
            let narrowest = columns.iter().copied().fold(f32::INFINITY, f32::min);
            let room = |at: usize| (narrowest * MOST_HEAD_LINES as f32 - gap).min(to_edge(at));
            let (middles, rooms) = (0..widths.len()).map(|at| (middle(at), room(at))).unzip();
            Self { lines: MOST_HEAD_LINES, middles, rooms }
        };
        (2..=MOST_HEAD_LINES).map(whole).find(fits).unwrap_or_else(cut)
    }

    /// Between a name and its column at `x` is room for a line, and no other name.
    fn is_seen_from(&self, at: usize, x: f32) -> bool {
        let line = at % self.lines;
        let covers = |other: usize| {
            other % self.lines > line && (self.middles[other] - x).abs() < self.rooms[other] / 2.0
        };
        line + 1 < self.lines && !(0..self.middles.len()).any(covers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_take_the_lines_that_they_need_and_stay_within_the_columns() {
        let lines = |widths: &[f32], slot| {
            let heads = Heads::of(widths, &vec![slot; widths.len()], 4.0);
            for (at, (middle, room)) in heads.middles.iter().zip(&heads.rooms).enumerate() {
                assert!(middle - room / 2.0 >= 0.0, "{at}");
                assert!(middle + room / 2.0 <= slot * widths.len() as f32 + 0.01, "{at}");
                if let Some(before) = at.checked_sub(heads.lines) {
                    let end = heads.middles[before] + heads.rooms[before] / 2.0;
                    assert!(end < middle - room / 2.0, "{at}");
                }
            }
            heads.lines
        };
        assert_eq!(lines(&[40.0, 60.0, 50.0, 60.0], 50.0), 2);
        assert_eq!(lines(&[40.0, 160.0, 50.0, 60.0, 50.0, 60.0], 50.0), 3);
        // The last one is moved back into the columns, to where it would stand in another.
        assert_eq!(lines(&[40.0, 90.0, 40.0, 90.0], 50.0), 3);
        assert_eq!(lines(&[400.0; 8], 50.0), MOST_HEAD_LINES, "cut");
    }

    #[test]
    fn columns_are_equal_until_a_figure_needs_more() {
        assert_eq!(columns(&[40.0, 20.0, 20.0], 150.0), [50.0, 50.0, 50.0]);
        assert_eq!(columns(&[40.0, 20.0, 20.0], 110.0), [50.0, 30.0, 30.0]);
        assert_eq!(middles(&[50.0, 30.0, 30.0]), [25.0, 65.0, 95.0]);
        assert_eq!(columns(&[], 110.0), [] as [f32; 0]);
    }
}

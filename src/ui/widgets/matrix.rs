//! A table of counts whose cells are coloured by class, with its totals.

use egui::{Color32, FontId, Rect, Role, Sense, Ui};

use super::{Align, Weight, font, hairline, paint_line, width_of};
use crate::ui::format;
use crate::ui::tokens::Tokens;

/// A row's or column's name.
pub struct Head {
    pub name: String,
    pub chosen: bool,
    /// Outside the choice: shown, not counted in the totals.
    pub dimmed: bool,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Cell {
    pub value: u32,
    /// A red corner: something here wants attention; the hover says what.
    pub corner: bool,
}

/// Sums at the right and at the foot, over what is not dimmed.
pub struct Sums {
    pub label: String,
    pub of_rows: Vec<u32>,
    pub of_columns: Vec<u32>,
    pub all: u32,
}

/// What is drawn; `cells` row by row.
pub struct Matrix<'a> {
    pub salt: &'a str,
    pub rows: Vec<Head>,
    pub columns: Vec<Head>,
    pub cells: Vec<Cell>,
    pub sums: Option<Sums>,
    /// Width of the rows' names.
    pub name_width: f32,
    pub cell_size: f32,
    /// Rows do not grow beyond this.
    pub row_height_max: f32,
    pub clickable: bool,
    /// One sentence about the cell in that row and column.
    pub describe: &'a dyn Fn(usize, usize) -> String,
}

/// What was clicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picked {
    Row(usize),
    Column(usize),
    Cell(usize, usize),
    All,
}

/// Where the pieces stand.
struct Frame {
    rect: Rect,
    head_height: f32,
    name_width: f32,
    columns: usize,
    column_width: f32,
    /// Of the sums at the right: they have more digits than what they add up.
    sums_width: f32,
    row_height: f32,
}

impl Frame {
    /// The column behind the last is that of the sums.
    fn cell(&self, row: usize, column: usize) -> Rect {
        let width = if column < self.columns { self.column_width } else { self.sums_width };
        Rect::from_min_size(
            egui::pos2(
                self.rect.left() + self.name_width + self.column_width * column as f32,
                self.rect.top() + self.head_height + self.row_height * row as f32,
            ),
            egui::vec2(width, self.row_height),
        )
    }

    fn row_head(&self, row: usize) -> Rect {
        let cell = self.cell(row, 0);
        Rect::from_x_y_ranges(self.rect.left()..=cell.left(), cell.y_range())
    }

    fn column_head(&self, column: usize) -> Rect {
        let cell = self.cell(0, column);
        Rect::from_x_y_ranges(cell.x_range(), self.rect.top()..=cell.top())
    }
}

/// Draws into the room that is left.
pub fn matrix(ui: &mut Ui, tokens: &Tokens, matrix: &Matrix<'_>) -> Option<Picked> {
    let room = ui.available_rect_before_wrap();
    ui.allocate_rect(room, Sense::hover());
    let extra = usize::from(matrix.sums.is_some());
    let head_height = tokens.size.note * 1.9;
    let columns = matrix.columns.len();
    let for_all = room.width() - matrix.name_width;
    let sums_width = matrix.sums.as_ref().map_or(0.0, |sums| {
        sums_width(ui, tokens, matrix, sums).max(for_all / (columns + 1) as f32)
    });
    let column_width = (for_all - sums_width) / columns.max(1) as f32;
    let row_height = ((room.height() - head_height) / (matrix.rows.len() + extra) as f32)
        .min(matrix.row_height_max);
    let frame = Frame {
        rect: room,
        head_height,
        name_width: matrix.name_width,
        columns,
        column_width,
        sums_width,
        row_height,
    };
    let mut picked = None;
    cells(ui, tokens, matrix, &frame, &mut picked);
    heads(ui, tokens, matrix, &frame, &mut picked);
    if let Some(sums) = &matrix.sums {
        totals(ui, tokens, matrix, sums, &frame, &mut picked);
    }
    picked
}

/// What the head of the sums and the longest of them want.
fn sums_width(ui: &Ui, tokens: &Tokens, matrix: &Matrix<'_>, sums: &Sums) -> f32 {
    let head = width_of(ui.painter(), &sums.label, tokens.size.note, Weight::Regular);
    let all = width_of(ui.painter(), &format::count(sums.all), matrix.cell_size, Weight::Semibold);
    head.max(all) + HEAD_GAP * 2.0
}

/// The figures of a column get smaller, all alike, before the longest is cut.
fn figure_size(ui: &Ui, matrix: &Matrix<'_>, frame: &Frame, longest: u32, weight: Weight) -> f32 {
    let longest = width_of(ui.painter(), &format::count(longest), matrix.cell_size, weight);
    matrix.cell_size * ((frame.column_width - 3.0) / longest.max(1.0)).clamp(0.6, 1.0)
}

/// Class of a value: equal steps of its square root, so that small groups are
/// told apart beside a large one. Zero has no class.
fn class(value: u32, top: u32, classes: usize) -> Option<usize> {
    if value == 0 || top == 0 || classes == 0 {
        return None;
    }
    let share = (f64::from(value) / f64::from(top)).sqrt();
    Some(((share * classes as f64).ceil() as usize).clamp(1, classes) - 1)
}

fn cells(
    ui: &mut Ui,
    tokens: &Tokens,
    matrix: &Matrix<'_>,
    frame: &Frame,
    picked: &mut Option<Picked>,
) {
    let color = &tokens.color;
    let ramp = &color.ramp_count;
    let columns = matrix.columns.len();
    let top = matrix.cells.iter().map(|cell| cell.value).max().unwrap_or_default();
    let size = figure_size(ui, matrix, frame, top, Weight::Regular);
    for (index, cell) in matrix.cells.iter().enumerate() {
        let (row, column) = (index / columns, index % columns);
        let place = frame.cell(row, column);
        let rect = place.shrink(1.0);
        let sense = if matrix.clickable { Sense::click() } else { Sense::hover() };
        let response = ui.interact(place, ui.scope_id().with((matrix.salt, index)), sense);
        let kind = if matrix.clickable { Role::Button } else { Role::Cell };
        response
            .widget_info(|| egui::WidgetInfo::labeled(kind, true, (matrix.describe)(row, column)));
        let dimmed = matrix.rows[row].dimmed || matrix.columns[column].dimmed;
        let painter = ui.painter();
        let class = class(cell.value, top, ramp.len());
        let ground = class.map_or(color.panel, |class| ramp[class]);
        let (fill, ink) = if dimmed {
            (ground.gamma_multiply(0.35), color.text_dim)
        } else if class.is_none() {
            (Color32::TRANSPARENT, color.text_dim)
        } else {
            (ground, color.ink_on(ground))
        };
        painter.rect_filled(rect, 3.0, fill);
        if response.hovered() || response.has_focus() {
            painter.rect_stroke(
                rect,
                3.0,
                egui::Stroke::new(1.0, color.accent),
                egui::StrokeKind::Inside,
            );
        }
        let words = format::count(cell.value);
        let regular = font(size, Weight::Regular);
        paint_line(painter, rect.center(), Align::Center, &words, regular, ink, place.width());
        if cell.corner && !dimmed {
            let side = (rect.height() * 0.28).min(8.0);
            painter.add(egui::Shape::convex_polygon(
                vec![
                    rect.right_top() - egui::vec2(side, 0.0),
                    rect.right_top(),
                    rect.right_top() + egui::vec2(0.0, side),
                ],
                color.alarm,
                egui::Stroke::NONE,
            ));
        }
        let clicked = response.clicked();
        if response.hovered() {
            response.on_hover_text((matrix.describe)(row, column));
        }
        if clicked {
            *picked = Some(Picked::Cell(row, column));
        }
    }
}

fn heads(
    ui: &mut Ui,
    tokens: &Tokens,
    matrix: &Matrix<'_>,
    frame: &Frame,
    picked: &mut Option<Picked>,
) {
    let size = fitting(ui, &matrix.rows, tokens.size.body, frame.name_width);
    for (index, head) in matrix.rows.iter().enumerate() {
        let place = frame.row_head(index);
        if head_ui(ui, tokens, matrix, ("row", index), place, (Align::Left, size), head) {
            *picked = Some(Picked::Row(index));
        }
    }
    let size = fitting(ui, &matrix.columns, tokens.size.note, frame.column_width);
    for (index, head) in matrix.columns.iter().enumerate() {
        let place = frame.column_head(index);
        if head_ui(ui, tokens, matrix, ("column", index), place, (Align::Center, size), head) {
            *picked = Some(Picked::Column(index));
        }
    }
}

/// Room between a name and the next.
const HEAD_GAP: f32 = 4.0;

/// Names a little too long for their room get a little smaller before they are
/// cut, all of them alike.
fn fitting(ui: &Ui, heads: &[Head], size: f32, room: f32) -> f32 {
    let natural = |head: &Head| width_of(ui.painter(), &head.name, size, Weight::Regular);
    let longest = heads.iter().map(natural).fold(1.0, f32::max);
    size * ((room - HEAD_GAP) / longest).clamp(0.84, 1.0)
}

fn head_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    matrix: &Matrix<'_>,
    salt: (&str, usize),
    place: Rect,
    (align, size): (Align, f32),
    head: &Head,
) -> bool {
    let color = &tokens.color;
    let mut clicked = false;
    let mut hovered = false;
    if matrix.clickable {
        let id = ui.scope_id().with((matrix.salt, salt));
        let response = ui.interact(place, id, Sense::click());
        response.widget_info(|| {
            egui::WidgetInfo::selected(Role::Button, true, head.chosen, &head.name)
        });
        hovered = response.hovered() || response.has_focus();
        clicked = response.clicked();
    }
    let ink = match (hovered || head.chosen, head.dimmed) {
        (true, _) => color.text_strong,
        (false, true) => color.text_dim,
        (false, false) => color.text_soft,
    };
    let weight = if head.chosen { Weight::Medium } else { Weight::Regular };
    let at = if align == Align::Left { place.left_center() } else { place.center() };
    let width = place.width() - HEAD_GAP + 1.0;
    paint_line(ui.painter(), at, align, &head.name, font(size, weight), ink, width);
    clicked
}

fn totals(
    ui: &mut Ui,
    tokens: &Tokens,
    matrix: &Matrix<'_>,
    sums: &Sums,
    frame: &Frame,
    picked: &mut Option<Picked>,
) {
    let color = &tokens.color;
    let (rows, columns) = (matrix.rows.len(), matrix.columns.len());
    let foot = frame.cell(rows, 0).top();
    hairline(ui, tokens, frame.rect, foot + 0.5);
    let figure = |ui: &Ui, place: Rect, value: u32, font: FontId| {
        paint_line(
            ui.painter(),
            place.center(),
            Align::Center,
            &format::count(value),
            font,
            color.text_strong,
            place.width(),
        );
    };
    let whole = font(matrix.cell_size, Weight::Medium);
    for (row, value) in sums.of_rows.iter().enumerate() {
        figure(ui, frame.cell(row, columns), *value, whole.clone());
    }
    let longest = sums.of_columns.iter().copied().max().unwrap_or_default();
    let foot_font = font(figure_size(ui, matrix, frame, longest, Weight::Medium), Weight::Medium);
    for (column, value) in sums.of_columns.iter().enumerate() {
        figure(ui, frame.cell(rows, column), *value, foot_font.clone());
    }
    let corner = frame.cell(rows, columns);
    let response = ui.interact(corner, ui.scope_id().with((matrix.salt, "all")), Sense::click());
    super::name(&response, Role::Button, &format!("{}: {}", sums.label, sums.all));
    if response.clicked() {
        *picked = Some(Picked::All);
    }
    figure(ui, corner, sums.all, font(matrix.cell_size, Weight::Semibold));
    let head = Head { name: sums.label.clone(), chosen: false, dimmed: false };
    let still = Matrix {
        clickable: false,
        rows: Vec::new(),
        columns: Vec::new(),
        cells: Vec::new(),
        sums: None,
        ..*matrix
    };
    let (left, top) = ((Align::Left, tokens.size.body), (Align::Center, tokens.size.note));
    head_ui(ui, tokens, &still, ("sums", 0), frame.row_head(rows), left, &head);
    head_ui(ui, tokens, &still, ("sums", 1), frame.column_head(columns), top, &head);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_begin_above_zero_and_end_at_the_top() {
        assert_eq!(class(0, 100, 6), None);
        assert_eq!(class(1, 100, 6), Some(0));
        assert_eq!(class(100, 100, 6), Some(5));
        assert_eq!(class(25, 100, 6), Some(2));
        assert_eq!(class(3, 0, 6), None);
        let classes: Vec<_> = (1..=100).map(|value| class(value, 100, 6)).collect();
        assert!(classes.is_sorted());
    }
}

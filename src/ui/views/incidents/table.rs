//! Rows of the list: only what is seen is laid out, however long it is.

use std::borrow::Cow;

use egui::{Color32, Rect, Role, Sense, Ui};
use egui_extras::{Column, TableBuilder};

use super::Place;
use crate::app::state::ListState;
use crate::app::{Command, State};
use crate::domain::{Status, Timestamp};
use crate::store::details::ListRow;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{Align, Weight, font, paint_line};
use crate::ui::{format, names};

const SCROLL_BAR: f32 = 12.0;
const CELL_GAP: f32 = 14.0;

/// A column of the table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Received,
    Number,
    Topic,
    Place,
    Summary,
    Body,
    Status,
    Due,
    Source,
}

/// What is wide enough to be shown, most wanted first: the width from which a
/// field has its column, its least width, and its share of what is left.
const FIELDS: [(Field, f32, f32, f32); 9] = [
    (Field::Received, 0.0, 106.0, 0.0),
    (Field::Number, 1_180.0, 104.0, 0.0),
    (Field::Topic, 0.0, 150.0, 1.0),
    (Field::Place, 620.0, 120.0, 0.8),
    (Field::Summary, 760.0, 120.0, 2.0),
    (Field::Body, 1_080.0, 110.0, 0.7),
    (Field::Status, 700.0, 118.0, 0.0),
    (Field::Due, 0.0, 150.0, 0.0),
    (Field::Source, 1_280.0, 76.0, 0.0),
];

fn title(field: Field) -> &'static str {
    match field {
        Field::Received => "list-received",
        Field::Number => "list-number",
        Field::Topic => "list-topic",
        Field::Place => "list-place",
        Field::Summary => "list-summary",
        Field::Body => "list-body",
        Field::Status => "list-status",
        Field::Due => "list-due",
        Field::Source => "list-source",
    }
}

/// The fields that fit into `width`, with their widths.
fn fitting(width: f32) -> Vec<(Field, f32)> {
    let shown: Vec<_> = FIELDS.iter().filter(|(_, from, ..)| width >= *from).collect();
    let least: f32 = shown.iter().map(|(_, _, least, _)| least).sum();
    let shares: f32 = shown.iter().map(|(.., share)| share).sum();
    let spare = (width - least).max(0.0);
    shown.iter().map(|(field, _, least, share)| (*field, least + spare * share / shares)).collect()
}

/// The row with index `at` of the order, where it has been read.
pub(super) fn loaded(list: &ListState, at: usize) -> Option<&ListRow> {
    list.rows.get(at.checked_sub(list.first)?)
}

pub(super) fn table_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    place: &mut Place,
    out: &mut Vec<Command>,
) {
    let total = state.list.positions.len();
    let row_height = tokens.size.row;
    let head_height = tokens.size.row * 0.9;
    let room = ui.available_rect_before_wrap();
    let body = room.with_min_y(room.top() + head_height);
    let fit = f64::from(body.height() / row_height);
    scroll(ui, tokens, text, body, fit, total, place);
    let first = place.top as usize;
    let count = (fit.ceil() as usize + 1).min(total - first.min(total));
    if place.asked != (first, count) {
        place.asked = (first, count);
        out.push(Command::ShowRows { first, count });
    }

    let fields = fitting(room.width() - SCROLL_BAR);
    ui.spacing_mut().item_spacing = egui::Vec2::ZERO;
    let mut child = ui.new_child(
        egui::UiBuilder::new().max_rect(room.with_max_x(room.right() - SCROLL_BAR)).id_salt("rows"),
    );
    head(&mut child, tokens, text, &fields, head_height);
    // A row that is partly scrolled away begins above the clip.
    let shift = (place.top.fract() as f32) * row_height;
    let mut rows = child.new_child(
        egui::UiBuilder::new()
            .max_rect(body.with_max_x(body.right() - SCROLL_BAR).translate(egui::vec2(0.0, -shift)))
            .id_salt("body"),
    );
    rows.set_clip_rect(body.intersect(ui.clip_rect()));
    let mut table = TableBuilder::new(&mut rows)
        .id_salt("incidents")
        .vscroll(false)
        .sense(Sense::click())
        .cell_layout(egui::Layout::left_to_right(egui::Align::Center));
    for (_, width) in &fields {
        table = table.column(Column::exact(*width));
    }
    table.body(|body| {
        body.rows(row_height, count, |mut line| {
            let at = first + line.index();
            let row = loaded(&state.list, at);
            let open = state.incident.as_ref().map(|incident| incident.row.row_id);
            let is_open = row.is_some_and(|row| Some(row.row_id) == open);
            line.set_selected(place.chosen == Some(at) || is_open);
            for (field, _) in &fields {
                let (_, response) = line.col(|ui| cell(ui, state, tokens, text, *field, row, at));
                response.widget_info(|| {
                    let said = row.map(|row| words(state, tokens, text, *field, row).said());
                    let what = text.t(title(*field));
                    let label = said.map_or(what.to_owned(), |said| format!("{what}: {said}"));
                    egui::WidgetInfo::labeled(Role::Cell, true, label)
                });
            }
            let response = line.response();
            if let Some(row) = row {
                response.widget_info(|| {
                    let label = format!("{} {}", row.id, names::topic(state, text, row.topic));
                    egui::WidgetInfo::labeled(Role::Row, true, label)
                });
                if response.clicked() {
                    place.chosen = Some(at);
                    out.push(Command::OpenIncident(row.row_id));
                }
            }
        });
    });
}

/// Wheel and bar; keeps the list within its ends.
fn scroll(
    ui: &mut Ui,
    tokens: &Tokens,
    text: &Text,
    body: Rect,
    fit: f64,
    total: usize,
    place: &mut Place,
) {
    let last = (total as f64 - fit).max(0.0);
    if ui.rect_contains_pointer(body) {
        let wheel = ui.input(egui::InputState::smooth_scroll_delta).y;
        place.top -= f64::from(wheel / tokens.size.row);
    }
    let track = body.with_min_x(body.right() - SCROLL_BAR + 4.0);
    let id = ui.scope_id().with("scroll");
    let response = ui.interact(track, id, Sense::click_and_drag());
    response.widget_info(|| egui::WidgetInfo::slider(true, place.top, text.t("list-scroll")));
    let thumb = ((fit / total as f64) as f32 * track.height()).clamp(28.0, track.height());
    let way = track.height() - thumb;
    if let Some(pointer) = response.interact_pointer_pos()
        && way > 0.0
        && (response.dragged() || response.clicked())
    {
        let share = (pointer.y - track.top() - thumb / 2.0) / way;
        place.top = f64::from(share.clamp(0.0, 1.0)) * last;
    }
    place.top = place.top.clamp(0.0, last);
    if last > 0.0 {
        let top = track.top() + way * (place.top / last) as f32;
        let thumb = Rect::from_min_size(
            egui::pos2(track.left(), top),
            egui::vec2(track.width() - 2.0, thumb),
        );
        let hovered = response.hovered() || response.dragged();
        let ink = if hovered { tokens.color.text_dim } else { tokens.color.line };
        ui.painter().rect_filled(thumb, 3.0, ink);
    }
}

fn head(ui: &mut Ui, tokens: &Tokens, text: &Text, fields: &[(Field, f32)], height: f32) {
    let (rect, _) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), height), Sense::hover());
    let mut x = rect.left();
    for (field, width) in fields {
        paint_line(
            ui.painter(),
            egui::pos2(x, rect.center().y),
            Align::Left,
            text.t(title(*field)),
            font(tokens.size.note, Weight::Regular),
            tokens.color.text_dim,
            width - CELL_GAP,
        );
        x += width;
    }
    crate::ui::widgets::hairline(ui, tokens, rect, rect.bottom() - 0.5);
}

fn cell(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    field: Field,
    row: Option<&ListRow>,
    at: usize,
) {
    let rect = ui.max_rect();
    let Some(row) = row else {
        placeholder(ui, tokens, rect, at + field as usize);
        return;
    };
    let put = |x: f32, words: &str, weight: Weight, ink: Color32| {
        let width = rect.right() - x - CELL_GAP;
        if width < 8.0 || words.is_empty() {
            return 0.0;
        }
        let at = egui::pos2(x, rect.center().y);
        paint_line(ui.painter(), at, Align::Left, words, font(tokens.size.body, weight), ink, width)
    };
    let Words { first, second, weight, ink } = words(state, tokens, text, field, row);
    let width = put(rect.left(), &first, weight, ink);
    // Where there is room for it.
    put(rect.left() + width + 6.0, &second, Weight::Regular, tokens.color.text_dim);
}

/// What stands in a cell.
struct Words<'a> {
    first: Cow<'a, str>,
    /// Dim behind the first.
    second: Cow<'a, str>,
    weight: Weight,
    ink: Color32,
}

impl<'a> Words<'a> {
    fn one(first: impl Into<Cow<'a, str>>, ink: Color32) -> Self {
        Self { first: first.into(), second: "".into(), weight: Weight::Regular, ink }
    }

    fn before(mut self, second: impl Into<Cow<'a, str>>) -> Self {
        self.second = second.into();
        self
    }

    fn said(&self) -> String {
        format!("{} {}", self.first, self.second).trim_end().to_owned()
    }
}

fn words<'a>(
    state: &'a State,
    tokens: &Tokens,
    text: &'a Text,
    field: Field,
    row: &'a ListRow,
) -> Words<'a> {
    let color = &tokens.color;
    let strong = color.text_strong;
    match field {
        Field::Received => {
            let day = format::day_month_short(text, format::local(row.received).date());
            Words::one(day, strong).before(format::time(row.received))
        }
        Field::Number => Words::one(&row.id, color.text_soft),
        Field::Topic => Words::one(names::topic(state, text, row.topic), strong)
            .before(names::block(state, text, row.block)),
        Field::Place => {
            let municipality = names::municipality(state, text, row.municipality);
            match names::settlement(state, row.settlement) {
                "" => Words::one(municipality, strong),
                settlement if settlement == municipality => Words::one(municipality, strong),
                settlement => Words::one(settlement, strong).before(municipality),
            }
        }
        Field::Summary => Words::one(&row.summary, color.text_soft),
        Field::Body => Words::one(names::body(state, text, row.body), color.text_soft),
        Field::Status => Words::one(names::status_short(state, text, row.status), color.text_soft),
        Field::Due => {
            let (words, ink) = due(state, tokens, text, row);
            Words { weight: Weight::Medium, ..Words::one(words, ink) }
        }
        Field::Source => Words::one(names::source_short(state, text, row.source), color.text_dim),
    }
}

/// The deadline in words: how much is left, by how much it is over, or that
/// there is none.
pub(in crate::ui::views) fn due(
    state: &State,
    tokens: &Tokens,
    text: &Text,
    row: &ListRow,
) -> (String, Color32) {
    let color = &tokens.color;
    let is_open = Status::from_index(row.status).is_some_and(Status::is_open);
    if !is_open {
        if row.closed == 0 && row.first_answer == 0 {
            return ("–".to_owned(), color.text_dim);
        }
        let date = format::day_month_short(text, format::local(row.done).date());
        let late = row.due > 0 && row.done > row.due;
        let key = if late { "due-done-late" } else { "due-done" };
        let ink = if late { color.warn } else { color.text_dim };
        return (text.with(key, &[("date", date.into())]), ink);
    }
    if row.due == 0 {
        return (text.t("due-not-set").to_owned(), color.text_dim);
    }
    let left = i64::from(row.due) - i64::from(state.now);
    let time = format::time_left(text, left.abs());
    if left < 0 {
        (text.with("due-over", &[("time", time.into())]), color.alarm)
    } else if left < i64::from(pressing_secs(state, row.regime)) {
        (text.with("due-left", &[("time", time.into())]), color.warn)
    } else {
        (text.with("due-left", &[("time", time.into())]), color.text_soft)
    }
}

/// As the queue's «due soon» has it.
fn pressing_secs(state: &State, regime: u8) -> u32 {
    let by_regime = state.catalogue.policies.warn_secs(Timestamp(state.now));
    by_regime.get(usize::from(regime)).copied().unwrap_or_default()
}

/// A quiet bar where a row is still being read.
fn placeholder(ui: &Ui, tokens: &Tokens, rect: Rect, salt: usize) {
    let share = 0.45 + 0.1 * (salt % 4) as f32;
    let width = (rect.width() - CELL_GAP) * share;
    let bar = Rect::from_min_size(
        egui::pos2(rect.left(), rect.center().y - 4.0),
        egui::vec2(width.max(4.0), 8.0),
    );
    ui.painter().rect_filled(bar, 3.0, tokens.color.raised);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_width_and_the_narrow_list_keeps_what_matters() {
        for width in [400.0, 800.0, 1_200.0, 1_900.0] {
            let fields = fitting(width);
            let sum: f32 = fields.iter().map(|(_, width)| width).sum();
            assert!(sum <= width.max(410.0) + 0.5, "{width}: {sum}");
            for wanted in [Field::Received, Field::Topic, Field::Due] {
                assert!(fields.iter().any(|(field, _)| *field == wanted));
            }
        }
        assert_eq!(fitting(1_900.0).len(), FIELDS.len());
    }

    #[test]
    fn rows_outside_of_the_window_are_not_there_yet() {
        let list =
            ListState { first: 10, rows: vec![ListRow::default(); 3], ..ListState::default() };
        assert!(loaded(&list, 9).is_none());
        assert!(loaded(&list, 12).is_some());
        assert!(loaded(&list, 13).is_none());
    }
}

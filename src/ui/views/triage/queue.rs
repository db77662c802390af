//! The queue: sections with their counts, and rows by time left.

use egui::{Rect, Role, Sense, Ui, WidgetInfo};

use super::saved;
use super::unsent::unsent_ui;
use crate::app::triage::TriageCommand;
use crate::app::{Command, State};
use crate::board::queue::Section;
use crate::board::row::flags;
use crate::domain::Status;
use crate::store::details::ListRow;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::incidents::table::due;
use crate::ui::widgets::{
    Align, Mark, Weight, empty, font, hairline, heading, mark, paint_line, segment, two_lines,
};
use crate::ui::{format, names};

/// Height of a row in rows of a list: two lines.
const ROW_SHARE: f32 = 1.6;
const TIME_WIDTH: f32 = 92.0;
/// Of the line at most, for who has it open.
const OPENED_SHARE: f32 = 0.5;

/// Where the queue stands between frames.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// First visible row; a fraction is a row that is partly scrolled away.
    top: f64,
    asked: (usize, usize),
    section: Section,
    /// Cursor and its index as last drawn: when the queue moves under it, the
    /// list is scrolled along, so that the row stays where the eye is.
    cursor: Option<(u32, usize)>,
}

fn title(section: Section) -> &'static str {
    match section {
        Section::New => "section-new",
        Section::Mine => "section-mine",
        Section::DueSoon => "section-due-soon",
        Section::Overdue => "section-overdue",
        Section::Approval => "section-approval",
        Section::Returned => "section-returned",
        Section::Answered => "section-answered",
        Section::All => "section-all",
    }
}

pub(super) fn queue_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    place: &mut Place,
    saved: &mut saved::Local,
    out: &mut Vec<Command>,
) {
    let queue = &state.triage.queue;
    let total = queue.positions.len();
    heading(ui, tokens, text.t("triage-queue"), &format::n_text(text, total as u32));
    sections(ui, state, tokens, text, out);
    saved::saved_ui(ui, state, tokens, text, saved, out);
    unsent_ui(ui, state, tokens, text, out);
    if place.section != state.triage.section {
        *place = Place { section: state.triage.section, ..Place::default() };
    }
    if total == 0 {
        empty(ui, tokens, text.t("triage-empty"), text.t("triage-empty-advice"));
        return;
    }
    let room = ui.available_rect_before_wrap();
    let height = tokens.size.row * ROW_SHARE;
    let fit = f64::from(room.height() / height);
    if ui.rect_contains_pointer(room) {
        let wheel = ui.input(egui::InputState::smooth_scroll_delta).y;
        place.top -= f64::from(wheel / height);
    }
    follow_cursor(state, place, fit);
    place.top = place.top.clamp(0.0, (total as f64 - fit).max(0.0));
    let first = place.top as usize;
    let count = (fit.ceil() as usize + 1).min(total - first.min(total));
    if place.asked != (first, count) {
        place.asked = (first, count);
        out.push(Command::Triage(TriageCommand::ShowRows { first, count }));
    }
    let painter = ui.painter().with_clip_rect(room);
    let shift = place.top.fract() as f32 * height;
    for index in first..first + count {
        let top = room.top() + (index - first) as f32 * height - shift;
        let rect =
            Rect::from_min_size(egui::pos2(room.left(), top), egui::vec2(room.width(), height));
        let row = index.checked_sub(state.triage.first).and_then(|at| state.triage.rows.get(at));
        if let Some(row) = row {
            row_ui(ui, &painter, rect.intersect(room), rect, state, tokens, text, row, out);
        }
    }
}

/// Keeps the cursor in sight when it was moved, and still when the queue was.
fn follow_cursor(state: &State, place: &mut Place, fit: f64) {
    let now = state.triage.cursor.map(|row_id| (row_id, state.triage.cursor_index));
    if now == place.cursor {
        return;
    }
    if let (Some((row_id, index)), before) = (now, place.cursor) {
        match before {
            Some((same, from)) if same == row_id => place.top += index as f64 - from as f64,
            _ => {
                let index = index as f64;
                place.top = place.top.min(index).max(index + 1.0 - fit.floor());
            }
        }
    }
    place.cursor = now;
}

fn sections(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text, out: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(6.0, 6.0);
        for (section, count) in Section::ALL.into_iter().zip(state.triage.queue.counts) {
            let label = format!("{} {}", text.t(title(section)), format::count(count));
            if segment(ui, tokens, &label, state.triage.section == section) {
                out.push(Command::Triage(TriageCommand::Show(section)));
            }
        }
    });
    ui.add_space(tokens.size.gap * 0.6);
}

#[expect(clippy::too_many_arguments, reason = "a row is drawn from what a list has")]
fn row_ui(
    ui: &Ui,
    painter: &egui::Painter,
    seen: Rect,
    rect: Rect,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    row: &ListRow,
    out: &mut Vec<Command>,
) {
    let (size, color) = (&tokens.size, &tokens.color);
    let response = ui.interact(seen, ui.scope_id().with(("queue", row.row_id)), Sense::click());
    let is_cursor = state.triage.cursor == Some(row.row_id);
    let is_chosen = state.triage.selected.contains(&row.row_id);
    let summary = names::title(state, text, row);
    let (deadline, ink) = due(state, tokens, text, row);
    let left = i64::from(row.due) - i64::from(state.now);
    let is_open = Status::from_index(row.status).is_some_and(Status::is_open);
    let has_time = is_open && row.due > 0;
    let time = if has_time {
        format::time_left(text, left.abs())
    } else if !is_open && row.first_answer > 0 {
        format::day_month_short(text, format::local(row.first_answer).date())
    } else {
        "–".to_owned()
    };
    let place = [
        names::source_short(state, text, row.source),
        names::block(state, text, row.block),
        names::municipality(state, text, row.municipality),
        names::status_short(state, text, row.status),
    ]
    .join(" · ");
    let opened = opened_by(state, text, row);
    let said = opened.as_ref().map_or_else(String::new, |opened| format!(" {opened}"));
    let label = format!("{deadline} {summary} {place}{said}");
    let is_marked = is_cursor || is_chosen;
    response.widget_info(|| WidgetInfo::selected(Role::Row, true, is_marked, &label));
    if is_cursor || is_chosen || response.hovered() {
        let fill = if is_cursor { color.hover } else { color.raised };
        painter.rect_filled(rect.shrink2(egui::vec2(0.0, 1.0)), size.radius_small, fill);
    }
    if is_chosen || is_cursor {
        let edge = Rect::from_min_size(rect.min, egui::vec2(2.5, rect.height() - 2.0));
        painter.rect_filled(edge, 1.0, if is_chosen { color.accent } else { color.text_dim });
    }
    hairline(ui, tokens, rect.intersect(seen), rect.bottom() - 0.5);
    let x = rect.left() + 10.0;
    let lines = two_lines(tokens, rect.center().y);
    let note = font(size.note, Weight::Regular);
    let sign = match urgency(text, row) {
        "" if has_time && left < 0 => text.t("queue-late"),
        sign => sign,
    };
    paint_line(
        painter,
        egui::pos2(x, lines[0]),
        Align::Left,
        &time,
        font(size.body, Weight::Semibold),
        ink,
        TIME_WIDTH,
    );
    paint_line(
        painter,
        egui::pos2(x, lines[1]),
        Align::Left,
        sign,
        note.clone(),
        color.warn,
        TIME_WIDTH,
    );
    let x = x + TIME_WIDTH + 8.0;
    let width = rect.right() - x - 8.0;
    let body = font(size.body, Weight::Medium);
    paint_line(
        painter,
        egui::pos2(x, lines[0]),
        Align::Left,
        summary,
        body,
        color.text_strong,
        width,
    );
    let mut room = width;
    if let Some(opened) = opened {
        let right = egui::pos2(x + width, lines[1]);
        room -= opened_ui(painter, right, tokens, &opened, width * OPENED_SHARE) + 8.0;
    }
    paint_line(painter, egui::pos2(x, lines[1]), Align::Left, &place, note, color.text_dim, room);
    if response.clicked() {
        let chooses = ui.input(|input| input.modifiers.command);
        let command = if chooses {
            TriageCommand::ToggleSelected(row.row_id)
        } else {
            TriageCommand::Put(row.row_id)
        };
        out.push(Command::Triage(command));
    }
}

/// «открыто: Дежурный ЦУР, пост 2», where another office has it open.
pub(super) fn opened_by(state: &State, text: &Text, row: &ListRow) -> Option<String> {
    let office = state.leases.office(&row.id)?;
    Some(text.with("opened-by", &[("office", office.into())]))
}

/// A person and the words, ending at `right`. Returns the width.
fn opened_ui(
    painter: &egui::Painter,
    right: egui::Pos2,
    tokens: &Tokens,
    words: &str,
    most: f32,
) -> f32 {
    let side = tokens.size.note * 0.8;
    let ink = tokens.color.accent;
    let note = font(tokens.size.note, Weight::Medium);
    let width = paint_line(painter, right, Align::Right, words, note, ink, most - side - 5.0);
    let middle = right - egui::vec2(width + 5.0 + side / 2.0, 0.0);
    mark(painter, middle, Mark::Person, side, ink);
    width + 5.0 + side
}

/// The word for what makes an incident more than ordinary, the gravest first.
fn urgency<'a>(text: &'a Text, row: &ListRow) -> &'a str {
    let signs = [
        (flags::PRIORITY_URGENT, "mark-urgent"),
        (flags::PRIORITY_HIGH, "mark-high"),
        (flags::RESONANCE, "mark-resonance"),
        (flags::CONFLICT, "mark-conflict"),
    ];
    signs.iter().find(|(bit, _)| row.flags & bit != 0).map_or("", |(_, key)| text.t(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    #[test]
    fn the_list_keeps_the_cursor_in_sight_and_its_row_still_when_the_queue_moves() {
        let mut state = State::new(0, Settings::default());
        let mut place = Place::default();
        let mut top = |row_id, index| {
            (state.triage.cursor, state.triage.cursor_index) = (Some(row_id), index);
            follow_cursor(&state, &mut place, 10.5);
            place.top
        };
        assert_eq!(top(1, 0), 0.0);
        assert_eq!(top(2, 9), 0.0, "the tenth is the last that is seen whole");
        assert_eq!(top(3, 40), 31.0, "the lowest");
        assert_eq!(top(4, 35), 31.0, "in sight already");
        assert_eq!(top(5, 20), 20.0, "the highest");
        assert_eq!(top(5, 27), 27.0, "seven came in above it");
        assert_eq!(top(5, 27), 27.0);
    }
}

//! What the views share: a page that scrolls where it does not fit, columns,
//! and the pages for «loading» and «nothing here».

use egui::{Frame, Margin, Rect, Role, ScrollArea, Sense, Stroke, Ui};

use crate::app::State;
use crate::app::state::Loading;
use crate::board::aggregates::DayTotals;
use crate::domain::Timestamp;
use crate::sync::status::Phase;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{self, Align, Weight, font, heading, paint_line, panel_rect};
use crate::ui::{format, freshness};

/// Gives `add` the whole room, at least `min_height` high; what does not fit
/// is scrolled to.
pub fn page(ui: &mut Ui, salt: &str, min_height: f32, add: impl FnOnce(&mut Ui, Rect)) {
    let room = ui.available_size();
    if room.y >= min_height {
        let rect = ui.available_rect_before_wrap();
        return add(ui, rect);
    }
    ScrollArea::vertical().id_salt(salt).auto_shrink(false).show(ui, |ui| {
        let size = egui::vec2(ui.available_width(), min_height);
        let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
        add(ui, rect);
    });
}

/// Cuts `rect` into columns with widths in proportion to `shares`.
pub fn columns<const N: usize>(rect: Rect, gap: f32, shares: [f32; N]) -> [Rect; N] {
    let room = rect.width() - gap * (N - 1) as f32;
    let sum: f32 = shares.iter().sum();
    let mut left = rect.left();
    shares.map(|share| {
        let width = room * share / sum;
        let place = Rect::from_x_y_ranges(left..=left + width, rect.y_range());
        left += width + gap;
        place
    })
}

/// Cuts `rect` into rows with heights in proportion to `shares`.
pub fn rows<const N: usize>(rect: Rect, gap: f32, shares: [f32; N]) -> [Rect; N] {
    let room = rect.height() - gap * (N - 1) as f32;
    let sum: f32 = shares.iter().sum();
    let mut top = rect.top();
    shares.map(|share| {
        let height = room * share / sum;
        let place = Rect::from_x_y_ranges(rect.x_range(), top..=top + height);
        top += height + gap;
        place
    })
}

/// Cuts `height` off the top of `rect`.
pub fn split_top(rect: Rect, height: f32, gap: f32) -> (Rect, Rect) {
    let cut = rect.top() + height;
    (
        Rect::from_min_max(rect.min, egui::pos2(rect.right(), cut)),
        Rect::from_min_max(egui::pos2(rect.left(), cut + gap), rect.max),
    )
}

/// Days of the filter's span, first and last; `None` is all time.
pub fn chosen_days(state: &State) -> Option<(i32, i32)> {
    let span = state.aggregates.key.filter.span?;
    let first = Timestamp(span.from).local_day().0;
    let last = Timestamp(span.to.saturating_sub(1)).local_day().0;
    Some((first, last))
}

/// The days of the history that lie in the filter's span, `least` at least.
pub fn days_in_span(state: &State, least: usize) -> &[DayTotals] {
    let all = &state.aggregates.by_day;
    let Some((first, last)) = chosen_days(state) else { return all };
    let end = all.partition_point(|day| day.day <= last);
    let start = all.partition_point(|day| day.day < first).min(end.saturating_sub(least));
    &all[start..end]
}

/// `days`, oldest first and the last one that of the span's end, without a today
/// that has not ended: half a day would look like a fall.
pub fn whole_days<'a, T>(state: &State, days: &'a [T]) -> &'a [T] {
    let runs = state.aggregates.key.filter.span.is_none_or(|span| span.to > state.now);
    if runs { &days[..days.len().saturating_sub(1)] } else { days }
}

/// The page for a board that is still read, or for a store without a single
/// incident; false where there is something to show.
pub fn vacant(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) -> bool {
    if !state.aggregates.by_day.is_empty() {
        return false;
    }
    let (what, advice) = match state.loading {
        Loading::NotStarted => (text.t("vacant-opening").to_owned(), String::new()),
        Loading::Board { done, total } => (
            text.t("vacant-reading").to_owned(),
            text.with(
                "vacant-progress",
                &[("done", format::count(done).into()), ("total", format::count(total).into())],
            ),
        ),
        Loading::Ready => (text.t("empty-no-data").to_owned(), advice(state, tokens, text)),
    };
    let rect = ui.available_rect_before_wrap();
    panel_rect(ui, rect, tokens, |ui| {
        widgets::empty(ui, tokens, &what, &advice);
    });
    if let Loading::Board { done, total } = state.loading {
        progress(ui, rect, tokens, done as f32 / total.max(1) as f32);
    }
    true
}

/// What to do where there is no data.
fn advice(state: &State, tokens: &Tokens, text: &Text) -> String {
    match state.sync.phase {
        Phase::NotConfigured | Phase::Stopped => text.t("vacant-connect").to_owned(),
        Phase::UpToDate => text.t("vacant-server-empty").to_owned(),
        _ => freshness::connection(state, tokens, text).1,
    }
}

/// A thin bar under the words in the middle of `rect`.
fn progress(ui: &Ui, rect: Rect, tokens: &Tokens, share: f32) {
    let size = egui::vec2((rect.width() * 0.3).min(280.0), 4.0);
    let center = rect.center() + egui::vec2(0.0, tokens.size.body * 2.6);
    let track = Rect::from_center_size(center, size);
    ui.painter().rect_filled(track, 2.0, tokens.color.raised);
    let mut filled = track;
    filled.set_width(size.x * share.clamp(0.0, 1.0));
    ui.painter().rect_filled(filled, 2.0, tokens.color.accent);
}

/// A panel as high as what is in it.
pub fn section(ui: &mut Ui, tokens: &Tokens, add: impl FnOnce(&mut Ui)) {
    Frame::new()
        .fill(tokens.color.panel)
        .corner_radius(tokens.size.radius)
        .inner_margin(Margin::same(tokens.size.padding as i8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 6.0;
            add(ui);
        });
}

/// A dim sentence where there is nothing to list.
pub fn quiet(ui: &mut Ui, tokens: &Tokens, words: &str) {
    let small = font(tokens.size.note, Weight::Regular);
    ui.label(egui::RichText::new(words).font(small).color(tokens.color.text_dim));
}

/// In a line that is wider than this, a value at its end is too far from its label.
const NARROW_FACT: f32 = 480.0;
/// There values stand in a column of their own.
const FACT_LABEL: f32 = 236.0;

/// A soft label and its value: at the right end of a narrow line, in a column beside
/// the labels of a wide one.
pub fn fact(ui: &mut Ui, tokens: &Tokens, label: &str, value: &str, ink: egui::Color32) {
    let size = &tokens.size;
    let (rect, response) = ui.allocate_exact_size(
        egui::vec2(ui.available_width(), size.row * 0.82),
        egui::Sense::hover(),
    );
    widgets::name(&response, Role::Label, &format!("{label}: {value}"));
    let width = paint_line(
        ui.painter(),
        rect.left_center(),
        Align::Left,
        label,
        font(size.body, Weight::Regular),
        tokens.color.text_soft,
        rect.width() * 0.6,
    );
    let (at, align) = if rect.width() > NARROW_FACT {
        let x = FACT_LABEL.max(width + size.gap);
        (rect.left_center() + egui::vec2(x, 0.0), Align::Left)
    } else {
        (rect.right_center(), Align::Right)
    };
    let room = match align {
        Align::Left => rect.right() - at.x,
        _ => rect.width() - width - size.gap,
    };
    let shown =
        paint_line(ui.painter(), at, align, value, font(size.body, Weight::Medium), ink, room);
    if shown + 1.0 >= room {
        response.on_hover_text(value);
    }
}

/// Share of the line that a label before cells has.
const LABEL_SHARE: f32 = 0.19;
/// On a wide screen cells stay where the eye can compare them.
const CELLS_MOST: f32 = 1_100.0;

/// A soft label and beside it cells of equal width, whose words wrap. `said` is
/// what a screen reader says of the line.
pub fn line_of_cells<const N: usize>(
    ui: &mut Ui,
    tokens: &Tokens,
    (label, said): (&str, &str),
    cells: [(&str, egui::Color32); N],
) {
    let size = &tokens.size;
    let width = ui.available_width().min(CELLS_MOST);
    let first = width * LABEL_SHARE;
    let each = (width - first) / N as f32;
    let painter = ui.painter().clone();
    let lay = |words: &str, weight, ink, width: f32| {
        let room = (width - size.gap).max(1.0);
        painter.layout(words.to_owned(), font(size.body, weight), ink, room)
    };
    let label = lay(label, Weight::Regular, tokens.color.text_soft, first);
    let cells = cells.map(|(words, ink)| lay(words, Weight::Medium, ink, each));
    let height = cells.iter().map(|cell| cell.size().y).fold(label.size().y, f32::max);
    let room = egui::vec2(width, height + size.row * 0.25);
    let (rect, response) = ui.allocate_exact_size(room, egui::Sense::hover());
    widgets::name(&response, Role::Label, said);
    let top = rect.top() + size.row * 0.125;
    painter.galley(egui::pos2(rect.left(), top), label, tokens.color.text_soft);
    for (index, cell) in cells.into_iter().enumerate() {
        let left = rect.left() + first + each * index as f32;
        painter.galley(egui::pos2(left, top), cell, tokens.color.text_strong);
    }
}

/// A heading whose «?» tells how what stands under it is made. Returns its line.
pub fn explained_note(
    ui: &mut Ui,
    tokens: &Tokens,
    text: &Text,
    title: &str,
    note: &str,
    how: &str,
) -> Rect {
    let (size, color) = (&tokens.size, &tokens.color);
    let room = ui.available_width();
    let radius = size.note * 0.66;
    let inner = ui.scope(|ui| {
        ui.set_max_width(room - radius * 2.0 - 6.0);
        heading(ui, tokens, title, note)
    });
    let line_rect = inner.inner;
    let center = egui::pos2(line_rect.left() + room - radius, line_rect.center().y);
    let place = Rect::from_center_size(center, egui::Vec2::splat(radius * 2.6));
    let id = ui.scope_id().with(("how", title));
    let response = ui.interact(place, id, Sense::hover());
    widgets::name(&response, Role::Label, &format!("{}: {}", text.t("how-counted"), text.t(how)));
    let ink = if response.hovered() { color.text_strong } else { color.text_dim };
    ui.painter().circle_stroke(center, radius, Stroke::new(1.0, ink));
    let mark = font(size.note * 0.85, Weight::Medium);
    paint_line(ui.painter(), center, Align::Center, "?", mark, ink, radius * 2.0);
    response.on_hover_text(format!("{}\n{}", text.t("how-counted"), text.t(how)));
    line_rect
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_room_and_keep_their_gaps() {
        let rect = Rect::from_min_size(egui::pos2(10.0, 5.0), egui::vec2(320.0, 40.0));
        let [one, other] = columns(rect, 20.0, [1.0, 2.0]);
        assert_eq!((one.width(), other.width()), (100.0, 200.0));
        assert_eq!((one.left(), other.right()), (rect.left(), rect.right()));
        assert_eq!(other.left() - one.right(), 20.0);
        let [top, foot] = rows(rect, 10.0, [1.0, 1.0]);
        assert_eq!(top.height(), foot.height());
        assert_eq!(foot.bottom(), rect.bottom());
    }
}

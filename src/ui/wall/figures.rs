//! The three figures beside the wall's map, and what has changed.

use egui::{Color32, Rect};

use super::kpi::municipalities;
use super::parts::{Canvas, growth, on_time};
use crate::app::wall_frame::{ChangeFrame, ProblemFrame, WallFrame};
use crate::board::aggregates::DayTotals;
use crate::ui::format;
use crate::ui::freshness::{Staleness, quiet_key};
use crate::ui::widgets::{Align, Weight};

/// A large figure with its line of days.
struct Figure<'a> {
    label: &'a str,
    figure: String,
    ink: Color32,
    note: String,
    series: Vec<f32>,
    series_ink: Color32,
    from_zero: bool,
}

/// Draws the figures below each other, evenly where they have a column to
/// themselves; returns the room that is left. An empty store has no figures.
pub(super) fn figures(
    canvas: &Canvas<'_>,
    frame: &WallFrame,
    rect: Rect,
    is_whole_column: bool,
) -> Rect {
    let color = &canvas.tokens.color;
    let text = canvas.text;
    if frame.is_empty() {
        canvas.nothing(frame, rect);
        return rect.with_min_y(rect.bottom());
    }
    let series = |value: fn(&DayTotals) -> u32| -> Vec<f32> {
        frame.days.iter().map(|day| value(day) as f32).collect()
    };
    let on_time: Vec<f32> = on_time(frame);
    let received = format!("{} · {}", text.t("kpi-received"), canvas.period(frame));
    let on_time_label = format!("{} · {}", text.t("kpi-on-time"), canvas.period(frame));
    let change = growth(frame.total.received, frame.previous.map(|before| before.received));
    let list = [
        Figure {
            label: &received,
            figure: format::count(frame.total.received),
            ink: color.text_strong,
            note: canvas.change_words(change, frame.period),
            series: series(|day| day.received),
            series_ink: color.accent,
            from_zero: true,
        },
        Figure {
            label: text.t("wall-overdue-now"),
            figure: format::count(frame.total.overdue),
            ink: if frame.total.overdue > 0 { color.alarm } else { color.text_strong },
            note: text.with("wall-of-open", &[("n", format::count(frame.total.open).into())]),
            series: series(|day| day.overdue),
            series_ink: color.alarm,
            from_zero: true,
        },
        Figure {
            label: &on_time_label,
            figure: format::percent(text, frame.total.on_time_share()),
            ink: color.text_strong,
            note: format::on_time_note(text, &frame.total),
            series: on_time,
            series_ink: color.good,
            from_zero: false,
        },
    ];
    let apart = canvas.gap * 0.8;
    let height = if canvas.is_portrait {
        canvas.body * 1.3 + canvas.figure * 1.1 + canvas.gap * 0.4
    } else if is_whole_column {
        (rect.height() - apart * (list.len() - 1) as f32) / list.len() as f32
    } else {
        canvas.body * 1.5 + canvas.figure * 1.25 + canvas.gap * 1.5
    };
    let mut y = rect.top();
    for one in &list {
        if y + height > rect.bottom() + 1.0 {
            break;
        }
        let place =
            Rect::from_min_size(egui::pos2(rect.left(), y), egui::vec2(rect.width(), height));
        figure(canvas, one, place);
        canvas.hairline(rect.left(), rect.right(), y + height);
        y += height + apart;
    }
    rect.with_min_y(y)
}

fn figure(canvas: &Canvas<'_>, one: &Figure<'_>, rect: Rect) {
    let color = &canvas.tokens.color;
    let half = rect.width() * 0.52;
    let mut y = rect.top() + canvas.body * 0.8;
    canvas.words(
        egui::pos2(rect.left(), y),
        Align::Left,
        one.label,
        canvas.body,
        Weight::Regular,
        color.text_soft,
        rect.width(),
    );
    y += canvas.body * 0.7 + canvas.figure * 0.62;
    canvas.words(
        egui::pos2(rect.left(), y),
        Align::Left,
        &one.figure,
        canvas.figure,
        Weight::Semibold,
        one.ink,
        half,
    );
    let bottom = rect.bottom() - canvas.gap * 0.6;
    let right = Rect::from_min_max(
        egui::pos2(rect.left() + half + canvas.gap, rect.top() + canvas.body * 1.6),
        egui::pos2(rect.right() - canvas.note * 0.2, bottom - canvas.note * 1.4),
    );
    canvas.spark(right, &one.series, one.series_ink, one.from_zero);
    canvas.words(
        egui::pos2(right.left(), bottom - canvas.note * 0.5),
        Align::Left,
        &one.note,
        canvas.note,
        Weight::Regular,
        color.text_dim,
        right.width(),
    );
}

/// What stands out in the last 24 hours; where that is little, the municipalities
/// fill the room.
pub(super) fn changes(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect) {
    let color = &canvas.tokens.color;
    let text = canvas.text;
    let head = canvas.body * 1.6;
    let least = canvas.body * if canvas.is_portrait { 2.3 } else { 2.6 };
    if frame.is_empty() || rect.height() < head + least {
        return;
    }
    let title = format!("{} {}", text.t("changed-title"), text.t("changed-period"));
    canvas.words(
        egui::pos2(rect.left(), rect.top() + canvas.body * 0.6),
        Align::Left,
        &title,
        canvas.body,
        Weight::Regular,
        color.text_soft,
        rect.width(),
    );
    let mut y = rect.top() + head;
    let apart = canvas.gap * 0.6;
    let row = least * 1.1;
    // What people have confirmed stands first, as far as half of the room goes.
    let half = ((rect.bottom() - y) / 2.0 / (row + apart)) as usize;
    for problem in frame.problems.iter().take(half) {
        let place = Rect::from_min_size(egui::pos2(rect.left(), y), egui::vec2(rect.width(), row));
        problem_row(canvas, problem, place);
        y += row + apart;
    }
    if frame.changes.is_empty() {
        let staleness = Staleness::of_missed(frame.freshness.missed);
        canvas.words(
            egui::pos2(rect.left(), y + canvas.note),
            Align::Left,
            text.t(quiet_key(staleness, frame.is_usual_known)),
            canvas.note,
            Weight::Regular,
            color.text_dim,
            rect.width(),
        );
    }
    let room = rect.bottom() - y + apart;
    let fits = (room / (least + apart)) as usize;
    let shown = &frame.changes[..fits.min(frame.changes.len())];
    let even = room / shown.len().max(1) as f32 - apart;
    let row = if even < least * 1.4 { even } else { least };
    // Where one title is too long for its line, all places go below the themes.
    let title_room = rect.width() - canvas.gap * 3.0 - canvas.second * FIGURE_WIDTH;
    let place_below = shown
        .iter()
        .any(|change| canvas.width_of(&title_of(change), canvas.body, Weight::Medium) > title_room);
    for change in shown {
        let place = Rect::from_min_size(egui::pos2(rect.left(), y), egui::vec2(rect.width(), row));
        change_row(canvas, change, place_below, place);
        y += row + apart;
    }
    if frame.changes.is_empty() {
        y += canvas.note * 2.5;
    }
    let rest = rect.with_min_y(y + canvas.gap * 0.4);
    if rest.height() > canvas.note * LEAST_MUNICIPALITIES {
        municipalities(canvas, frame, rest);
    }
}

/// Widest figure of a change, in sizes of the second figure.
const FIGURE_WIDTH: f32 = 1.4;
/// Height from which a list of municipalities is worth beginning, in notes.
const LEAST_MUNICIPALITIES: f32 = 7.0;

fn problem_row(canvas: &Canvas<'_>, problem: &ProblemFrame, rect: Rect) {
    let text = canvas.text;
    let row = Row {
        title: &problem.name,
        note: &match problem.day {
            0 => text.t("wall-problem-few").to_owned(),
            day => text.with("wall-problem", &[("n", format::count(day).into())]),
        },
        figure: &format::count(problem.count),
        ink: canvas.tokens.color.accent,
    };
    row_ui(canvas, &row, rect);
}

fn title_of(change: &ChangeFrame) -> String {
    format!("{} · {}", change.municipality, change.matter)
}

fn change_row(canvas: &Canvas<'_>, change: &ChangeFrame, place_below: bool, rect: Rect) {
    let color = &canvas.tokens.color;
    let usual = format::usual(canvas.text, change.hours, (change.usual_low, change.usual_high));
    let row = Row {
        title: &if place_below { change.matter.clone() } else { title_of(change) },
        note: &if place_below { format!("{} · {usual}", change.municipality) } else { usual },
        figure: &format::count(change.count),
        ink: if change.count > change.usual_high { color.warn } else { color.good },
    };
    row_ui(canvas, &row, rect);
}

/// What has a figure, in two lines.
struct Row<'a> {
    title: &'a str,
    note: &'a str,
    figure: &'a str,
    ink: Color32,
}

fn row_ui(canvas: &Canvas<'_>, row: &Row<'_>, rect: Rect) {
    let color = &canvas.tokens.color;
    canvas.panel(rect);
    let edge = Rect::from_min_size(rect.min, egui::vec2(canvas.note * 0.16, rect.height()));
    canvas.painter.rect_filled(edge, 0.0, row.ink);
    let inner = rect.shrink2(egui::vec2(canvas.gap, 0.0));
    let figure = canvas.words(
        inner.right_center(),
        Align::Right,
        row.figure,
        canvas.second * 0.75,
        Weight::Semibold,
        row.ink,
        inner.width() * 0.3,
    );
    let width = inner.width() - figure - canvas.gap;
    canvas.words(
        inner.left_center() - egui::vec2(0.0, canvas.body * 0.55),
        Align::Left,
        row.title,
        canvas.body,
        Weight::Medium,
        color.text_strong,
        width,
    );
    canvas.words(
        inner.left_center() + egui::vec2(0.0, canvas.body * 0.7),
        Align::Left,
        row.note,
        canvas.note,
        Weight::Regular,
        color.text_dim,
        width,
    );
}

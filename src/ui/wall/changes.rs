//! What stands out, and the problems whose names may be shown.

use egui::{Color32, Rect};

use super::interrupt::Reason;
use super::municipalities;
use super::parts::Canvas;
use crate::app::wall::frame::{ChangeFrame, ProblemFrame, WallFrame};
use crate::ui::format;
use crate::ui::freshness::{Staleness, quiet_key};
use crate::ui::widgets::{Align, Weight};

/// What stands out in the last 24 hours, before all else what the scene has come for; where
/// that is little, the municipalities fill the room.
pub(super) fn draw(canvas: &Canvas<'_>, frame: &WallFrame, reason: Option<&Reason>, rect: Rect) {
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
    let (problems, why) =
        why_first(&frame.problems, |one| reason.is_some_and(|reason| reason.is_problem(one)));
    for problem in problems.into_iter().take(half.max(why)) {
        let place = Rect::from_min_size(egui::pos2(rect.left(), y), egui::vec2(rect.width(), row));
        problem_row(canvas, problem, place);
        y += row + apart;
    }
    if frame.changes.is_empty() {
        canvas.words(
            egui::pos2(rect.left(), y + canvas.note),
            Align::Left,
            nothing_of(canvas, frame),
            canvas.note,
            Weight::Regular,
            color.text_dim,
            rect.width(),
        );
    }
    let room = rect.bottom() - y + apart;
    let fits = (room / (least + apart)) as usize;
    let (mut shown, _) =
        why_first(&frame.changes, |one| reason.is_some_and(|reason| reason.is_change(one)));
    shown.truncate(fits);
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
        municipalities::draw(canvas, frame, rest);
    }
}

/// All, but first those for which the scene has come, and how many these are.
fn why_first<T>(all: &[T], is_why: impl Fn(&T) -> bool) -> (Vec<&T>, usize) {
    let (mut first, others): (Vec<&T>, Vec<&T>) = all.iter().partition(|one| is_why(one));
    let why = first.len();
    first.extend(others);
    (first, why)
}

/// Said where nothing stands out.
pub(super) fn nothing_of<'t>(canvas: &Canvas<'t>, frame: &WallFrame) -> &'t str {
    let staleness = Staleness::of_missed(frame.freshness.missed);
    canvas.text.t(quiet_key(staleness, frame.is_usual_known))
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

pub(super) fn title_of(change: &ChangeFrame) -> String {
    format!("{} · {}", change.municipality, change.matter)
}

/// «обычно 2–21».
pub(super) fn usual_of(canvas: &Canvas<'_>, change: &ChangeFrame) -> String {
    format::usual(canvas.text, change.hours, (change.usual_low, change.usual_high))
}

/// The same where no title says how long it took: «за 24 часа, обычно 2–21».
pub(super) fn when_and_usual_of(canvas: &Canvas<'_>, change: &ChangeFrame) -> String {
    let usual = usual_of(canvas, change);
    match change.hours {
        24 => format!("{}, {usual}", canvas.text.t("changed-period")),
        _ => usual,
    }
}

/// Of what is more than usual, or less.
pub(super) fn ink_of(canvas: &Canvas<'_>, change: &ChangeFrame) -> Color32 {
    let color = &canvas.tokens.color;
    if change.count > change.usual_high { color.warn } else { color.good }
}

fn change_row(canvas: &Canvas<'_>, change: &ChangeFrame, place_below: bool, rect: Rect) {
    let usual = usual_of(canvas, change);
    let row = Row {
        title: &if place_below { change.matter.clone() } else { title_of(change) },
        note: &if place_below { format!("{} · {usual}", change.municipality) } else { usual },
        figure: &format::count(change.count),
        ink: ink_of(canvas, change),
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
        inner.width() * 0.6,
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

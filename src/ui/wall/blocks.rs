//! The eight sectors side by side.

use egui::Rect;

use super::parts::{Canvas, growth};
use crate::app::wall::frame::{BlockFrame, WallFrame};
use crate::ui::format;
use crate::ui::widgets::{Align, Trend, Weight, fitting};

/// All of them, each as wide as the room allows.
pub(super) fn draw(canvas: &Canvas<'_>, frame: &WallFrame, body: Rect) {
    let body = outside(canvas, frame, body);
    let columns = if body.width() > body.height() { 4 } else { 1 };
    let rows = frame.blocks.len().div_ceil(columns).max(1);
    // A column of rows has more need of height.
    let gap = if columns > 1 { canvas.gap } else { canvas.gap * 0.6 };
    let width = (body.width() - gap * (columns - 1) as f32) / columns as f32;
    let height = (body.height() - gap * (rows - 1) as f32) / rows as f32;
    for (index, block) in frame.blocks.iter().enumerate() {
        let corner = body.min
            + egui::vec2(
                (index % columns) as f32 * (width + gap),
                (index / columns) as f32 * (height + gap),
            );
        one(canvas, frame, block, Rect::from_min_size(corner, egui::vec2(width, height)));
    }
}

/// What is in none of the sectors, below them, where there is any: the totals hold it, too.
/// Returns what is left above.
fn outside(canvas: &Canvas<'_>, frame: &WallFrame, body: Rect) -> Rect {
    let outside = &frame.outside;
    if outside.open == 0 && outside.received == 0 {
        return body;
    }
    let figures = [
        ("open", format::count(outside.open).into()),
        ("n", format::count(outside.received).into()),
        ("overdue", format::count(outside.overdue).into()),
    ];
    let words = canvas.text.with("wall-outside-blocks", &figures);
    canvas.soft(body, body.bottom() - canvas.note * 0.6, &words);
    body.with_max_y(body.bottom() - canvas.note * 1.2 - canvas.gap * 0.5)
}

/// One of them, as a row where its place is flat.
pub(super) fn one(canvas: &Canvas<'_>, frame: &WallFrame, block: &BlockFrame, rect: Rect) {
    let least = canvas.heading * 1.1 + canvas.figure * 1.4 + canvas.note * 4.0 + canvas.body * 3.5;
    if rect.width() > rect.height() * FLAT || rect.height() < least {
        block_row(canvas, block, rect);
    } else {
        block_panel(canvas, frame, block, rect);
    }
}

/// From this width ÷ height on a panel is a row; a low one is, too.
const FLAT: f32 = 2.6;
/// Of a row's height: its name at most.
const NAME: f32 = 0.32;
/// Height of a figure without the air of its line, in sizes.
const FIGURE: f32 = 0.73;
/// The same of what hangs below the middle of a line of words.
const HANGS: f32 = 0.6;

/// A panel as wide as a portrait screen: name and change above, then figure,
/// overdue over on time, the days.
fn block_row(canvas: &Canvas<'_>, block: &BlockFrame, rect: Rect) {
    let color = &canvas.tokens.color;
    let text = canvas.text;
    let change = growth(block.totals.received, block.received_before);
    let trend = Trend::of_growth(change);
    let is_worse = trend == Trend::Worse;
    canvas.panel(rect);
    let edge = Rect::from_min_size(rect.min, egui::vec2(canvas.note * 0.18, rect.height()));
    let edge_ink = if is_worse { color.warn } else { color.line };
    canvas.painter.rect_filled(edge, canvas.note * 0.09, edge_ink);
    let inner = rect.shrink2(egui::vec2(canvas.gap, canvas.gap * 0.4));
    let (semibold, regular) = (Weight::Semibold, Weight::Regular);
    let (left, size) = (inner.left(), (canvas.heading * 0.85).min(inner.height() * NAME));
    let small = canvas.note.min(size * 0.65);
    let first = inner.top() + size * 0.53;
    let change_width = canvas.change_short(egui::pos2(inner.right(), first), change);
    let room = inner.width() - change_width - canvas.gap;
    let name = egui::pos2(left, first);
    let width =
        canvas.words(name, Align::Left, &block.name, size, semibold, color.text_strong, room);
    let note = name + egui::vec2(width + small * 0.7, size * 0.12);
    let room = room - width - small * 0.7;
    let received = open_and_received(canvas, block);
    let fits = canvas.width_of(&received, small, regular) <= room;
    let words = if fits { &received } else { text.t("wall-open") };
    canvas.words(note, Align::Left, words, small, regular, color.text_soft, room);

    let below =
        inner.with_min_y(first + size * (HANGS + 0.2)).with_max_y(inner.bottom() - size * 0.13);
    let middle = below.center().y;
    let columns = [0.0, 0.46, 0.8].map(|share| left + inner.width() * share);
    let open = format::count(block.totals.open);
    let third = inner.width() * 0.33;
    let figure_room = inner.width() * 0.45;
    let natural = canvas.width_of(&open, canvas.figure, semibold);
    let figure_size = fitting(canvas.figure, natural, figure_room).min(below.height() / FIGURE);
    let at = egui::pos2(columns[0], middle);
    let strong = color.text_strong;
    canvas.words(at, Align::Left, &open, figure_size, semibold, strong, figure_room + 1.0);
    let overdue_ink = if block.totals.overdue > 0 { color.alarm } else { color.text_soft };
    // Two lines and what parts them.
    let body = canvas.body.min(below.height() / (FIGURE * 2.0 + 0.5));
    let small = canvas.note.min(body * 0.72);
    for (drop, figure, ink, word) in [
        (-0.68, format::count(block.totals.overdue), overdue_ink, text.t("wall-overdue")),
        (
            0.68,
            format::percent(text, block.totals.on_time_share()),
            color.text_strong,
            format::on_time_word(text, &block.totals),
        ),
    ] {
        let at = egui::pos2(columns[1], middle + body * drop);
        let width = canvas.words(at, Align::Left, &figure, body, semibold, ink, third);
        let at = at + egui::vec2(width + small * 0.4, body * 0.1);
        let room = third - width - small * 0.4;
        canvas.words(at, Align::Left, word, small, regular, color.text_soft, room);
    }
    let spark =
        Rect::from_x_y_ranges(columns[2]..=inner.right() - canvas.note * 0.2, below.y_range());
    let values: Vec<f32> = block.trend.iter().map(|&n| n as f32).collect();
    canvas.spark(spark, &values, if is_worse { color.warn } else { color.accent }, true);
}

/// «открыто · поступило 345», under the figure of what is open.
fn open_and_received(canvas: &Canvas<'_>, block: &BlockFrame) -> String {
    let [open, received] = ["wall-open", "wall-received"].map(|key| canvas.text.t(key));
    format!("{open} · {received} {}", format::count(block.totals.received))
}

fn block_panel(canvas: &Canvas<'_>, frame: &WallFrame, block: &BlockFrame, rect: Rect) {
    let color = &canvas.tokens.color;
    let change = growth(block.totals.received, block.received_before);
    let trend = Trend::of_growth(change);
    canvas.panel(rect);
    let edge = Rect::from_min_size(rect.min, egui::vec2(rect.width(), canvas.note * 0.18));
    let edge_ink = if trend == Trend::Worse { color.warn } else { color.line };
    canvas.painter.rect_filled(edge, canvas.note * 0.09, edge_ink);
    let inner = rect.shrink(canvas.gap);
    let width = inner.width();
    let left = |y: f32| egui::pos2(inner.left(), y);

    let mut y = inner.top() + canvas.heading * 0.6;
    canvas.words(
        left(y),
        Align::Left,
        &block.name,
        canvas.heading.min(width / 7.0),
        Weight::Semibold,
        color.text_strong,
        width,
    );
    y += canvas.heading * 0.5 + canvas.figure * 0.72;
    canvas.words(
        left(y),
        Align::Left,
        &format::count(block.totals.open),
        canvas.figure,
        Weight::Semibold,
        color.text_strong,
        width,
    );
    y += canvas.figure * 0.62 + canvas.note * 0.6;
    let (new, soft) = (open_and_received(canvas, block), color.text_soft);
    canvas.words(left(y), Align::Left, &new, canvas.note, Weight::Regular, soft, width);
    y += canvas.note + canvas.body * 0.9;
    overdue_and_share(canvas, block, left(y), width);
    y += canvas.body * 0.9;
    if canvas.is_narrow(block, width) {
        y += canvas.body * 1.5;
    }
    let foot = inner.bottom() - canvas.note * 0.7;
    let box_ = Rect::from_min_max(
        egui::pos2(inner.left(), y + canvas.gap * 0.6),
        egui::pos2(inner.right() - canvas.note * 0.2, foot - canvas.note * 1.1),
    );
    let values: Vec<f32> = block.trend.iter().map(|&n| n as f32).collect();
    let ink = if trend == Trend::Worse { color.warn } else { color.accent };
    if box_.height() > canvas.note {
        canvas.spark(box_, &values, ink, true);
    }
    canvas.change(left(foot), change, frame.period, width);
}

/// «61 просрочено      82,4 % в срок», in two lines where one is too short.
fn overdue_and_share(canvas: &Canvas<'_>, block: &BlockFrame, at: egui::Pos2, width: f32) {
    let color = &canvas.tokens.color;
    let overdue_ink = if block.totals.overdue > 0 { color.alarm } else { color.text_soft };
    let figure = canvas.words(
        at,
        Align::Left,
        &format::count(block.totals.overdue),
        canvas.body * 1.25,
        Weight::Semibold,
        overdue_ink,
        width,
    );
    let label = canvas.text.t("wall-overdue");
    canvas.words(
        at + egui::vec2(figure + canvas.note * 0.4, canvas.body * 0.1),
        Align::Left,
        label,
        canvas.note,
        Weight::Regular,
        color.text_soft,
        width - figure,
    );
    let share = format::percent(canvas.text, block.totals.on_time_share());
    let words = format::on_time_word(canvas.text, &block.totals);
    let at = if canvas.is_narrow(block, width) {
        at + egui::vec2(0.0, canvas.body * 1.5)
    } else {
        let needed = canvas.width_of(&share, canvas.body * 1.25, Weight::Semibold)
            + canvas.width_of(words, canvas.note, Weight::Regular)
            + canvas.note * 0.4;
        egui::pos2(at.x + width - needed, at.y)
    };
    let figure = canvas.words(
        at,
        Align::Left,
        &share,
        canvas.body * 1.25,
        Weight::Semibold,
        color.text_strong,
        width,
    );
    canvas.words(
        at + egui::vec2(figure + canvas.note * 0.4, canvas.body * 0.1),
        Align::Left,
        words,
        canvas.note,
        Weight::Regular,
        color.text_soft,
        width - figure,
    );
}

impl Canvas<'_> {
    /// True where overdue and share do not fit into one line.
    fn is_narrow(&self, block: &BlockFrame, width: f32) -> bool {
        let figures = [
            format::count(block.totals.overdue),
            format::percent(self.text, block.totals.on_time_share()),
        ];
        let labels = [self.text.t("wall-overdue"), format::on_time_word(self.text, &block.totals)];
        let figures: f32 = figures
            .iter()
            .map(|words| self.width_of(words, self.body * 1.25, Weight::Semibold))
            .sum();
        let labels: f32 =
            labels.iter().map(|words| self.width_of(words, self.note, Weight::Regular)).sum();
        figures + labels + self.note * 2.4 > width
    }
}

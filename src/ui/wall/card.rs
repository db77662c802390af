//! One large figure: its label, what it is compared with, its days.

use egui::{Color32, Rect};

use super::parts::{Canvas, growth, on_time};
use crate::app::wall::frame::WallFrame;
use crate::board::aggregates::DayTotals;
use crate::domain::wall_plan::Tile;
use crate::ui::format;
use crate::ui::widgets::{Align, Weight, fitting};

/// From this width ÷ height on the days stand beside the figure, not below it.
const FLAT: f32 = 2.2;
/// Share of a flat card that the figure takes.
const FIGURE_SHARE: f32 = 0.5;
/// How much smaller a label may be to keep its period.
const LEAST_LABEL: f32 = 0.8;

struct Card<'t> {
    label: &'t str,
    /// Not of now, as what is overdue.
    is_of_period: bool,
    figure: String,
    ink: Color32,
    note: String,
    series: Vec<f32>,
    series_ink: Color32,
    from_zero: bool,
    /// Where the figure stands between 1 and 5, in the place of a series.
    rating: Option<f64>,
}

/// The card of a tile; nothing for a tile that is none.
pub(super) fn draw(canvas: &Canvas<'_>, frame: &WallFrame, tile: Tile, rect: Rect) {
    let Some(card) = card_of(canvas, frame, tile) else { return };
    canvas.panel(rect);
    if frame.is_empty() {
        canvas.nothing(frame, rect);
        return;
    }
    let inner = rect.shrink2(egui::vec2(canvas.gap, canvas.gap * 0.7));
    let room = inner.width();
    let natural = |label: &str| canvas.width_of(label, canvas.body, Weight::Regular);
    let (label, period) = (card.label, canvas.period(frame));
    let whole = format!("{label} · {period}");
    // Without the period where it has no room: the head has it, too.
    let is_whole = card.is_of_period && natural(&whole) * LEAST_LABEL <= room;
    let label = if is_whole { &whole } else { label };
    let size = fitting(canvas.body, natural(label), room).max(canvas.body * LEAST_LABEL);
    let soft = canvas.tokens.color.text_soft;
    let at = inner.left_top() + egui::vec2(0.0, canvas.body * 0.6);
    canvas.words(at, Align::Left, label, size, Weight::Regular, soft, room);
    let rest = inner.with_min_y(inner.top() + canvas.body * 1.2);
    if rect.width() > rect.height() * FLAT {
        flat(canvas, &card, rest);
    } else {
        tall(canvas, &card, rest);
    }
}

/// Figure on the left, its days and the note on the right.
fn flat(canvas: &Canvas<'_>, card: &Card<'_>, rect: Rect) {
    let (left, right) = rect.split_left_right_at_x(rect.left() + rect.width() * FIGURE_SHARE);
    let right = right.with_min_x(right.left() + canvas.gap);
    figure(canvas, card, left.left_center(), left.width(), left.height() * 0.9);
    let note = egui::pos2(right.left(), rect.bottom() - canvas.note * 0.5);
    note_ui(canvas, card, note, right.width());
    below(canvas, card, right.with_max_y(rect.bottom() - canvas.note * 1.5));
}

/// Figure, note and days below each other.
fn tall(canvas: &Canvas<'_>, card: &Card<'_>, rect: Rect) {
    let high = (rect.height() - canvas.note * 1.4).min(canvas.figure * 1.2);
    let middle = rect.top() + high * 0.5;
    figure(canvas, card, egui::pos2(rect.left(), middle), rect.width(), high);
    let y = rect.top() + high + canvas.note * 0.6;
    note_ui(canvas, card, egui::pos2(rect.left(), y), rect.width());
    below(canvas, card, rect.with_min_y(y + canvas.note));
}

/// As large as its place allows: a figure is never cut.
fn figure(canvas: &Canvas<'_>, card: &Card<'_>, at: egui::Pos2, width: f32, height: f32) {
    let natural = canvas.width_of(&card.figure, canvas.figure, Weight::Semibold);
    let size = fitting(canvas.figure, natural, width).min(height * 0.82).max(canvas.note);
    let (weight, ink) = (Weight::Semibold, card.ink);
    canvas.words(at, Align::Left, &card.figure, size, weight, ink, width + 1.0);
}

fn note_ui(canvas: &Canvas<'_>, card: &Card<'_>, at: egui::Pos2, width: f32) {
    let (weight, ink) = (Weight::Regular, canvas.tokens.color.text_dim);
    canvas.words(at, Align::Left, &card.note, canvas.note, weight, ink, width);
}

/// The days, or the scale of a rating, where there is room for them.
fn below(canvas: &Canvas<'_>, card: &Card<'_>, rect: Rect) {
    let rect = rect.with_max_x(rect.right() - canvas.note * 0.2);
    match card.rating {
        Some(rating) if rect.height() > canvas.note * 2.4 => rating_scale(canvas, rating, rect),
        None if rect.height() > canvas.note => {
            canvas.spark(rect, &card.series, card.series_ink, card.from_zero);
        }
        _ => {}
    }
}

fn card_of<'t>(canvas: &Canvas<'t>, frame: &WallFrame, tile: Tile) -> Option<Card<'t>> {
    let (text, color, total) = (canvas.text, &canvas.tokens.color, &frame.total);
    let series = |value: fn(&DayTotals) -> u32| -> Vec<f32> {
        frame.days.iter().map(|day| value(day) as f32).collect()
    };
    let of_open = || text.with("wall-of-open", &[("n", format::count(total.open).into())]);
    let plain = Card {
        label: "",
        is_of_period: true,
        figure: String::new(),
        ink: color.text_strong,
        note: String::new(),
        series: Vec::new(),
        series_ink: color.accent,
        from_zero: true,
        rating: None,
    };
    Some(match tile {
        Tile::Received => {
            let change = growth(total.received, frame.previous.map(|before| before.received));
            Card {
                label: text.t("kpi-received"),
                figure: format::count(total.received),
                note: canvas.change_words(change, frame.period),
                series: series(|day| day.received),
                ..plain
            }
        }
        Tile::Closed => Card {
            label: text.t("wall-closed"),
            figure: format::count(total.closed),
            note: of_open(),
            series: series(|day| day.closed),
            series_ink: color.good,
            ..plain
        },
        Tile::Overdue => Card {
            label: text.t("wall-overdue-now"),
            is_of_period: false,
            figure: format::count(total.overdue),
            ink: if total.overdue > 0 { color.alarm } else { color.text_strong },
            note: of_open(),
            series: series(|day| day.overdue),
            series_ink: color.alarm,
            ..plain
        },
        Tile::OnTime => Card {
            label: text.t("kpi-on-time"),
            figure: format::percent(text, total.on_time_share()),
            note: format::on_time_note(text, total),
            series: on_time(frame),
            series_ink: color.good,
            from_zero: false,
            ..plain
        },
        Tile::Rating => {
            let rating =
                (total.rated > 0).then(|| f64::from(total.rating_sum) / f64::from(total.rated));
            let asked = [
                ("n", format::count(total.rated).into()),
                ("of", format::count(total.received).into()),
            ];
            Card {
                label: text.t("wall-rating"),
                figure: rating.map_or("–".to_owned(), |rating| format::decimal(text, rating, 2)),
                note: text.with("wall-rated", &asked),
                rating,
                ..plain
            }
        }
        _ => return None,
    })
}

/// A scale from 1 to 5 with the mean on it.
fn rating_scale(canvas: &Canvas<'_>, rating: f64, rect: Rect) {
    let color = &canvas.tokens.color;
    let middle = rect.center().y - canvas.note * 0.6;
    let radius = canvas.note * 0.42;
    let (left, right) = (rect.left() + radius, rect.right() - radius);
    let x = |value: f64| left + (right - left) * ((value - 1.0) / 4.0).clamp(0.0, 1.0) as f32;
    let stroke = |ink| egui::Stroke::new(canvas.note * 0.22, ink);
    canvas.painter.hline(left..=right, middle, stroke(color.raised));
    canvas.painter.hline(left..=x(rating), middle, stroke(color.accent));
    canvas.painter.circle_filled(egui::pos2(x(rating), middle), radius, color.accent);
    for value in 1..=5_u32 {
        canvas.words(
            egui::pos2(x(f64::from(value)), middle + canvas.note * 1.4),
            Align::Center,
            &value.to_string(),
            canvas.note,
            Weight::Regular,
            color.text_dim,
            canvas.note * 2.0,
        );
    }
}

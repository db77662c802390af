//! How the region copes: incoming and done, deadlines, ratings, municipalities.

use egui::{Color32, Rect};

use super::Scene;
use super::parts::{Canvas, growth, on_time};
use crate::app::wall_frame::WallFrame;
use crate::board::aggregates::DayTotals;
use crate::ui::format;
use crate::ui::widgets::{Align, Weight};

pub(super) fn draw(canvas: &Canvas<'_>, frame: &WallFrame) {
    let text = canvas.text;
    let note = canvas.numbered(canvas.period(frame), Scene::Kpi);
    let body = canvas.head(frame, text.t("wall-kpi-title"), &note);
    let is_wide = !canvas.is_portrait;
    let gap = canvas.gap;
    let share = if is_wide { 0.42 } else { 0.37 };
    let (cards, rest) = body.split_top_bottom_at_y(body.top() + body.height() * share);
    let rest = Rect::from_min_max(rest.min + egui::vec2(0.0, gap), rest.max);
    let columns = if is_wide { 4 } else { 2 };
    for (index, one) in cards_of(canvas, frame).iter().enumerate() {
        let rows = 4_usize.div_ceil(columns);
        let width = (cards.width() - gap * (columns - 1) as f32) / columns as f32;
        let height = (cards.height() - gap * (rows - 1) as f32) / rows as f32;
        let corner = cards.min
            + egui::vec2(
                (index % columns) as f32 * (width + gap),
                (index / columns) as f32 * (height + gap),
            );
        card(canvas, one, Rect::from_min_size(corner, egui::vec2(width, height)));
    }
    let (first, second) = if is_wide {
        let (left, right) = rest.split_left_right_at_x(rest.left() + rest.width() * 0.55);
        (left, right.with_min_x(right.left() + gap))
    } else {
        let (upper, lower) = rest.split_top_bottom_at_y(rest.bottom() - canvas.note * HOURS_NOTES);
        (upper.with_max_y(upper.bottom() - gap), lower)
    };
    municipalities(canvas, frame, first);
    hours(canvas, frame, second);
}

/// Height of a row of municipalities at least, in notes.
const LEAST_ROW: f32 = 1.16;

/// Height of the matrix of hours on a portrait screen, in notes.
const HOURS_NOTES: f32 = 12.0;

struct Card {
    label: String,
    figure: String,
    ink: Color32,
    note: String,
    series: Vec<f32>,
    series_ink: Color32,
    from_zero: bool,
    /// Where the figure stands between 1 and 5, in the place of a series.
    rating: Option<f64>,
}

fn cards_of(canvas: &Canvas<'_>, frame: &WallFrame) -> [Card; 4] {
    let color = &canvas.tokens.color;
    let text = canvas.text;
    let total = &frame.total;
    let series = |value: fn(&DayTotals) -> u32| -> Vec<f32> {
        frame.days.iter().map(|day| value(day) as f32).collect()
    };
    let change = growth(total.received, frame.previous.map(|before| before.received));
    let rating = (total.rated > 0).then(|| f64::from(total.rating_sum) / f64::from(total.rated));
    let asked = text.with(
        "wall-rated",
        &[("n", format::count(total.rated).into()), ("of", format::count(total.received).into())],
    );
    [
        Card {
            label: text.t("kpi-received").to_owned(),
            figure: format::count(total.received),
            ink: color.text_strong,
            note: canvas.change_words(change, frame.period),
            series: series(|day| day.received),
            series_ink: color.accent,
            from_zero: true,
            rating: None,
        },
        Card {
            label: text.t("wall-closed").to_owned(),
            figure: format::count(total.closed),
            ink: color.text_strong,
            note: text.with("wall-of-open", &[("n", format::count(total.open).into())]),
            series: series(|day| day.closed),
            series_ink: color.good,
            from_zero: true,
            rating: None,
        },
        Card {
            label: text.t("kpi-on-time").to_owned(),
            figure: format::percent(text, total.on_time_share()),
            ink: color.text_strong,
            note: format::on_time_note(text, total),
            series: on_time(frame),
            series_ink: color.good,
            from_zero: false,
            rating: None,
        },
        Card {
            label: text.t("wall-rating").to_owned(),
            figure: rating.map_or("–".to_owned(), |rating| format::decimal(text, rating, 1)),
            ink: color.text_strong,
            note: asked,
            series: Vec::new(),
            series_ink: color.accent,
            from_zero: true,
            rating,
        },
    ]
}

fn card(canvas: &Canvas<'_>, card: &Card, rect: Rect) {
    let color = &canvas.tokens.color;
    canvas.panel(rect);
    let inner = rect.shrink(canvas.gap);
    let mut y = inner.top() + canvas.body * 0.6;
    let at = |y: f32| egui::pos2(inner.left(), y);
    let natural = canvas.width_of(&card.label, canvas.body, Weight::Regular);
    canvas.words(
        at(y),
        Align::Left,
        &card.label,
        canvas.body * (inner.width() / natural).clamp(0.8, 1.0),
        Weight::Regular,
        color.text_soft,
        inner.width(),
    );
    y += canvas.body * 0.7 + canvas.figure * 0.7;
    canvas.words(
        at(y),
        Align::Left,
        &card.figure,
        canvas.figure,
        Weight::Semibold,
        card.ink,
        inner.width(),
    );
    y += canvas.figure * 0.6 + canvas.note * 0.8;
    canvas.words(
        at(y),
        Align::Left,
        &card.note,
        canvas.note,
        Weight::Regular,
        color.text_dim,
        inner.width(),
    );
    let line = Rect::from_min_max(
        egui::pos2(inner.left(), y + canvas.note * 1.2),
        inner.max - egui::vec2(canvas.note * 0.2, 0.0),
    );
    if line.height() > canvas.note {
        canvas.spark(line, &card.series, card.series_ink, card.from_zero);
    }
    if let Some(rating) = card.rating
        && line.height() > canvas.note * 2.4
    {
        rating_scale(canvas, rating, line);
    }
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

/// A title with the period and n of what is received, as far as there is room: the
/// head of the scene has the one and its first card the other.
fn counted(canvas: &Canvas<'_>, frame: &WallFrame, title: &str, room: f32) -> String {
    let text = canvas.text;
    let n = format::n_text(text, frame.total.received);
    let title = text.t(title);
    [format!("{title} · {} · {n}", canvas.period(frame)), format!("{title} · {n}")]
        .into_iter()
        .find(|words| canvas.width_of(words, canvas.note, Weight::Medium) <= room)
        .unwrap_or_else(|| title.to_owned())
}

/// Received by municipality as bars, overdue beside them.
pub(super) fn municipalities(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect) {
    let color = &canvas.tokens.color;
    canvas.panel(rect);
    let inner = rect.shrink(canvas.gap);
    canvas.words(
        inner.left_top() + egui::vec2(0.0, canvas.note * 0.6),
        Align::Left,
        &counted(canvas, frame, "wall-municipalities", inner.width()),
        canvas.note,
        Weight::Medium,
        color.text_soft,
        inner.width(),
    );
    let top = inner.top() + canvas.note * 1.6;
    let count = frame.municipalities.len().max(1);
    let row = ((inner.bottom() - top) / count as f32).min(canvas.note * 2.0);
    let fits = ((inner.bottom() - top) / (canvas.note * LEAST_ROW)).floor() as usize;
    let row = if fits < count { canvas.note * LEAST_ROW } else { row };
    // Where some do not fit, the last row says how many they are.
    let shown = if fits < count { fits.saturating_sub(1) } else { count };
    if shown < count {
        let more = canvas.text.with("wall-more", &[("n", ((count - shown) as u32).into())]);
        let at = egui::pos2(inner.left(), top + row * (shown as f32 + 0.5));
        let (size, dim) = (canvas.note, color.text_dim);
        canvas.words(at, Align::Left, &more, size, Weight::Regular, dim, inner.width());
    }
    let name_width = |name: &str| canvas.width_of(name, canvas.note, Weight::Regular);
    let longest = frame.municipalities.iter().map(|one| name_width(&one.name)).fold(0.0, f32::max);
    let names = (longest + canvas.note).min(inner.width() * 0.5);
    let figures = (inner.width() * 0.13).min(canvas.note * 5.0);
    let most = frame.municipalities.first().map_or(1, |one| one.totals.received).max(1);
    for (index, one) in frame.municipalities.iter().take(shown).enumerate() {
        let y = top + row * (index as f32 + 0.5);
        let put = |x: f32, align, words: &str, ink, width| {
            canvas.words(egui::pos2(x, y), align, words, canvas.note, Weight::Regular, ink, width);
        };
        put(inner.left(), Align::Left, &one.name, color.text_strong, names - canvas.note * 0.4);
        let bars = Rect::from_min_max(
            egui::pos2(inner.left() + names, y - row * 0.28),
            egui::pos2(inner.right() - figures * 2.4, y + row * 0.28),
        );
        let share = one.totals.received as f32 / most as f32;
        let bar = Rect::from_min_size(bars.min, egui::vec2(bars.width() * share, bars.height()));
        canvas.painter.rect_filled(bar, canvas.note * 0.1, color.accent.gamma_multiply(0.75));
        let received = format::count(one.totals.received);
        put(inner.right() - figures * 1.2, Align::Right, &received, color.text_strong, figures);
        let overdue = format::count(one.totals.overdue);
        let ink = if one.totals.overdue > 0 { color.alarm } else { color.text_dim };
        put(inner.right(), Align::Right, &overdue, ink, figures);
    }
}

/// Received by weekday and hour as a matrix of shades.
fn hours(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect) {
    let color = &canvas.tokens.color;
    let text = canvas.text;
    canvas.panel(rect);
    let inner = rect.shrink(canvas.gap);
    let most = frame.by_weekday_hour.iter().flatten().copied().max().unwrap_or(0).max(1);
    let shades_left = shades(canvas, most, inner.right_top() + egui::vec2(0.0, canvas.note * 0.6));
    let title_room = shades_left - canvas.note - inner.left();
    canvas.words(
        inner.left_top() + egui::vec2(0.0, canvas.note * 0.6),
        Align::Left,
        &counted(canvas, frame, "wall-hours", title_room),
        canvas.note,
        Weight::Medium,
        color.text_soft,
        title_room,
    );
    let names = WEEKDAYS.map(|weekday| text.t(weekday));
    let name_width = |name: &&str| canvas.width_of(name, canvas.note, Weight::Regular).ceil();
    let names_width = names.iter().map(name_width).fold(0.0, f32::max);
    let grid = Rect::from_min_max(
        inner.left_top() + egui::vec2(names_width + canvas.note * 0.6, canvas.note * 1.8),
        inner.max - egui::vec2(0.0, canvas.note * 1.5),
    );
    let (width, height) = (grid.width() / 24.0, grid.height() / 7.0);
    let ramp = &color.ramp_count;
    for (weekday, row) in frame.by_weekday_hour.iter().enumerate() {
        let y = grid.top() + height * weekday as f32;
        canvas.words(
            egui::pos2(inner.left(), y + height / 2.0),
            Align::Left,
            names[weekday],
            canvas.note,
            Weight::Regular,
            color.text_dim,
            names_width + 1.0,
        );
        for (hour, &n) in row.iter().enumerate() {
            let class = (n as usize * (ramp.len() - 1)).div_ceil(most as usize);
            let cell = Rect::from_min_size(
                egui::pos2(grid.left() + width * hour as f32, y),
                egui::vec2(width, height),
            )
            .shrink((width * 0.06).max(0.5));
            canvas.painter.rect_filled(cell, canvas.note * 0.1, ramp[class]);
        }
    }
    for hour in [0, 6, 12, 18] {
        canvas.words(
            egui::pos2(grid.left() + width * hour as f32, inner.bottom() - canvas.note * 0.6),
            Align::Left,
            &format!("{hour}:00"),
            canvas.note,
            Weight::Regular,
            color.text_dim,
            width * 6.0,
        );
    }
}

/// «0 ▪▪▪▪▪▪ 155»: what the shades mean, ending at `right`; returns where it begins.
fn shades(canvas: &Canvas<'_>, most: u32, right: egui::Pos2) -> f32 {
    let ink = canvas.tokens.color.text_dim;
    let put = |x: f32, words: &str| {
        let at = egui::pos2(x, right.y);
        canvas.words(at, Align::Right, words, canvas.note, Weight::Regular, ink, canvas.note * 6.0)
    };
    let gap = canvas.note * 0.5;
    let mut x = right.x - put(right.x, &format::count(most)) - gap;
    let side = canvas.note * 0.8;
    for shade in canvas.tokens.color.ramp_count.iter().rev() {
        let middle = egui::pos2(x - side / 2.0, right.y);
        let cell = Rect::from_center_size(middle, egui::Vec2::splat(side * 0.94));
        canvas.painter.rect_filled(cell, canvas.note * 0.1, *shade);
        x -= side;
    }
    x - gap - put(x - gap, "0")
}

pub(super) const WEEKDAYS: [&str; 7] = [
    "weekday-short-1",
    "weekday-short-2",
    "weekday-short-3",
    "weekday-short-4",
    "weekday-short-5",
    "weekday-short-6",
    "weekday-short-7",
];

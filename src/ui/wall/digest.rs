//! The week in one look: calmer or tenser than usual and why, how the region copes beside
//! the period before, what the next days bring, and the critical topics.

use chrono::Datelike as _;
use egui::{Color32, Rect, vec2};

use super::list::shown_of;
use super::parts::Canvas;
use crate::app::wall::frame::{
    FigureFrame, ForecastFrame, MoodFrame, NoForecast, NoMood, WallFrame,
};
use crate::board::mood::Mood;
use crate::ui::widgets::{Align, Weight, fitting};
use crate::ui::{digest, figures, format};

/// How much smaller a word may be to stay on its line.
const LEAST_SHRINK: f32 = 0.92;
/// Height of a line of a list, in notes.
const ROW: f32 = 1.75;
/// The same where there is little room.
const LEAST_ROW: f32 = 1.25;
/// Width from which a list of topics is worth a second column, in notes.
const COLUMN: f32 = 24.0;
/// Room of the reasons under a mood, in notes.
const REASONS: f32 = 2.7;
/// Days that came, before those ahead.
const BEFORE: usize = 14;

/// How the week was, in as many lines as the width asks for.
fn mood_lines(canvas: &Canvas<'_>, frame: &WallFrame, width: f32) -> Vec<String> {
    let Ok(MoodFrame { mood, .. }) = &frame.mood else { return Vec::new() };
    let word = canvas.text.t(digest::mood_key(*mood));
    // A little smaller is better than two lines.
    let natural = canvas.width_of(word, canvas.figure, Weight::Semibold);
    if natural * LEAST_SHRINK <= width {
        return vec![word.to_owned()];
    }
    canvas.broken(word, " ", (canvas.figure, Weight::Semibold), width)
}

/// Calmer or tenser than usual, and why.
pub(super) fn mood(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect) {
    let (text, color) = (canvas.text, &canvas.tokens.color);
    let lines = mood_lines(canvas, frame, rect.width() - canvas.gap * 2.0);
    let inner = canvas.titled(rect, text.t("wall-mood"));
    let MoodFrame { mood, verdict } = match &frame.mood {
        Ok(known) => known,
        Err(why) => {
            let why = text.t(match why {
                NoMood::EndUnknown => "digest-stale",
                NoMood::HistoryShort => "wall-mood-none",
            });
            canvas.sentence(inner, why);
            return;
        }
    };
    let ink = match mood {
        Mood::Tenser => color.warn,
        Mood::Usual => color.text_strong,
        Mood::Calmer => color.good,
    };
    // The reasons keep their room.
    let natural = canvas.figure * lines.len() as f32 * 1.1;
    let figure =
        canvas.figure * ((inner.height() - canvas.note * REASONS) / natural).clamp(0.3, 1.0);
    let mut middle = inner.top() - figure * 0.6;
    for line in &lines {
        middle += figure * 1.1;
        let at = egui::pos2(inner.left(), middle);
        let weight = Weight::Semibold;
        let natural = canvas.width_of(line, figure, weight);
        let size = fitting(figure, natural, inner.width());
        canvas.words(at, Align::Left, line, size, weight, ink, inner.width());
    }
    let mut reasons = vec![digest::beside(text, "digest-received", &verdict.received)];
    let overdue = verdict.overdue.mood();
    let is_all_usual = verdict.received.mood() != *mood && overdue != *mood;
    reasons.push(match frame.changes.first() {
        // Then it is what stands out that makes it tense.
        Some(first) if is_all_usual => {
            let what = format!("{} · {}", first.municipality, first.matter);
            let words = [("what", what.into()), ("n", format::count(first.count).into())];
            text.with("digest-stands-out", &words)
        }
        _ => digest::beside(text, "digest-overdue", &verdict.overdue),
    });
    for (at, reason) in reasons.iter().enumerate() {
        let y = middle + figure * 0.6 + canvas.note * (0.7 + 1.4 * at as f32);
        canvas.soft(inner, y, reason);
    }
}

/// Indicators of the registry beside the period before.
pub(super) fn indicators(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect) {
    let text = canvas.text;
    let title = format!("{} · {}", text.t("wall-figures"), canvas.period(frame));
    let inner = canvas.titled(rect, &title);
    let Some(figures) = frame.figures.as_ref().filter(|figures| !figures.is_empty()) else {
        let is_counting = frame.figures.is_none();
        let words = if is_counting { "indicators-counting" } else { "wall-figures-none" };
        canvas.soft(inner, inner.top() + canvas.note * 0.8, text.t(words));
        return;
    };
    let all = figures.len();
    let fits = ((inner.height() / (canvas.note * LEAST_ROW)) as usize).min(all);
    let row = inner.height() / fits.max(1) as f32;
    let shown = shown_of(all, all, fits, fits.saturating_sub(1));
    canvas.more(all - shown, inner, inner.top() + row * (shown as f32 + 0.5));
    let compares = figures.iter().any(|figure| figure.is_few || figure.before.is_some());
    let value = inner.left() + inner.width() * if compares { 0.64 } else { 1.0 };
    for (at, figure) in figures.iter().take(shown).enumerate() {
        let line = inner.with_min_y(inner.top() + row * at as f32);
        figure_row(canvas, figure, value, line.with_max_y(line.top() + row));
    }
}

/// «В срок   84,1 %   до этого 79,0 %», the figure ending at `value`.
fn figure_row(canvas: &Canvas<'_>, figure: &FigureFrame, value: f32, rect: Rect) {
    let (text, color, y) = (canvas.text, &canvas.tokens.color, rect.center().y);
    let before = figure
        .before
        .as_ref()
        .map(|before| format!("{} {}", text.t("digest-previous"), figures::value(text, before)));
    let name = rect.width() * 0.44;
    let put = |x: f32, align, words: &str, size: f32, weight, ink, width: f32| {
        canvas.words(egui::pos2(x, y), align, words, size, weight, ink, width)
    };
    let (note, dim) = (canvas.note, color.text_dim);
    put(rect.left(), Align::Left, &figure.name, note, Weight::Regular, color.text_soft, name);
    let ink = if figure.is_few { dim } else { color.text_strong };
    let shown = figures::value(text, &figure.now);
    let size = canvas.body.min(rect.height() / LEAST_ROW);
    put(value, Align::Right, &shown, size, Weight::Semibold, ink, rect.width() * 0.3);
    let beside = match before {
        _ if figure.is_few => format::n_text(text, figure.now.n),
        Some(before) => before,
        None => return,
    };
    let room = rect.right() - value - note;
    put(rect.right(), Align::Right, &beside, note, Weight::Regular, dim, room);
}

/// What the next days bring.
pub(super) fn ahead(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect) {
    let text = canvas.text;
    let inner = canvas.titled(rect, text.t("wall-ahead"));
    let forecast = match &frame.forecast {
        Ok(forecast) => forecast,
        Err(why) => {
            let why = text.t(match why {
                NoForecast::Counting => "wall-ahead-waits",
                NoForecast::EndUnknown => "wall-ahead-stale",
                NoForecast::HistoryShort => "wall-ahead-short",
            });
            canvas.sentence(inner, why);
            return;
        }
    };
    let (key, error) = if forecast.is_plain {
        ("wall-ahead-plain", forecast.past.plain_error)
    } else {
        ("wall-ahead-past", forecast.past.error)
    };
    let digits = usize::from(error < 10.0);
    let words = [("error", format::decimal(text, error, digits).into())];
    let lines = canvas.wrapped(&text.with(key, &words), inner.width());
    let top = inner.bottom() - canvas.note * (1.4 * lines.len() as f32 - 0.2);
    for (at, line) in lines.iter().enumerate() {
        canvas.soft(inner, top + canvas.note * (0.6 + 1.4 * at as f32), line);
    }
    days(canvas, forecast, inner.with_max_y(top - canvas.note * 0.6));
}

/// Bars of the days that came and of those ahead, with what eight of ten lie between.
fn days(canvas: &Canvas<'_>, forecast: &ForecastFrame, rect: Rect) {
    let (text, color, note) = (canvas.text, &canvas.tokens.color, canvas.note);
    let came = &forecast.came[forecast.came.len().saturating_sub(BEFORE)..];
    let n = came.len() + forecast.days.len();
    let slot = rect.width() / n as f32;
    // Room for the figures above and the weekdays below.
    let bars =
        Rect::from_min_max(rect.min + vec2(0.0, note * 1.3), rect.max - vec2(0.0, note * 1.5));
    let highest = forecast.days.iter().map(|day| day.high).fold(0.0, f64::max);
    let most = came.iter().map(|count| f64::from(*count)).fold(highest, f64::max).max(1.0);
    let y = |count: f64| bars.bottom() - bars.height() * (count / most) as f32;
    let bar = |at: usize, count: f64, ink: Color32| {
        let left = rect.left() + slot * at as f32;
        let shape = Rect::from_min_max(
            egui::pos2(left + slot * 0.16, y(count)),
            egui::pos2(left + slot * 0.84, bars.bottom()),
        );
        canvas.painter.rect_filled(shape, note * 0.1, ink);
        shape.center_top()
    };
    for (at, count) in came.iter().enumerate() {
        bar(at, f64::from(*count), color.accent.gamma_multiply(0.75));
    }
    let weekday = |ahead: usize| {
        let date = format::date_of_day(forecast.today + ahead as i32);
        text.t(format::WEEKDAYS_SHORT[date.weekday().num_days_from_monday() as usize])
    };
    let figure = |mean: f64| format::count(mean.round() as i64);
    // Where not all have room, every second or third is written.
    let width = |words: &str| canvas.width_of(words, note, Weight::Regular) + note * 0.3;
    let widest = |of: &dyn Fn(usize) -> f32| (0..forecast.days.len()).map(of).fold(1.0, f32::max);
    // The last one ends with its bar, where it is wider.
    let step = |widest: f32| match widest / slot {
        few if few <= 1.0 => 1,
        slots => (slots * 1.5 - 0.5).ceil() as usize,
    };
    let last = forecast.days.len().saturating_sub(1);
    let figures = step(widest(&|at| width(&figure(forecast.days[at].mean))));
    let weekdays = step(widest(&|at| width(weekday(at))));
    let stroke = egui::Stroke::new((note * 0.1).max(1.0), color.text_soft);
    for (ahead, day) in forecast.days.iter().enumerate() {
        let top = bar(came.len() + ahead, day.mean, color.accent.gamma_multiply(0.3));
        canvas.painter.hline(
            top.x - slot * 0.34..=top.x + slot * 0.34,
            top.y,
            (note * 0.12, color.accent),
        );
        canvas.painter.vline(top.x, y(day.low)..=y(day.high), stroke);
        let put = |y: f32, words: &str, step: usize, ink| {
            if !(last - ahead).is_multiple_of(step) {
                return;
            }
            let (x, align) = match step {
                2.. if ahead == last => (rect.right(), Align::Right),
                _ => (top.x, Align::Center),
            };
            let room = slot * 3.0;
            canvas.words(egui::pos2(x, y), align, words, note, Weight::Regular, ink, room);
        };
        put(y(day.high) - note * 0.7, &figure(day.mean), figures, color.text_strong);
        put(bars.bottom() + note * 0.9, weekday(ahead), weekdays, color.text_dim);
    }
    canvas.hairline(rect.left(), rect.right(), bars.bottom());
}

/// Each with its count, at zero too.
pub(super) fn critical(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect) {
    let (text, color, note) = (canvas.text, &canvas.tokens.color, canvas.note);
    let title = format!("{} · {}", text.t("digest-critical"), canvas.period(frame));
    let inner = canvas.titled(rect, &title);
    let count = frame.critical.len().max(1);
    let fits = |columns: usize| note * LEAST_ROW * count.div_ceil(columns) as f32 <= inner.height();
    let columns = if inner.width() > note * COLUMN * 2.0 || !fits(1) { 2 } else { 1 };
    let rows = count.div_ceil(columns);
    let row = (inner.height() / rows as f32).min(note * ROW);
    let apart = canvas.gap * 2.0;
    let width = (inner.width() - apart * (columns - 1) as f32) / columns as f32;
    // What has no room is left out: lines that are lower than their words meet.
    let fits =
        if row < note * 1.1 { (inner.height() / (note * 1.1)) as usize * columns } else { count };
    let (rows, row) = (rows.min(fits.div_ceil(columns).max(1)), row.max(note * 1.1));
    for (at, topic) in frame.critical.iter().take(fits).enumerate() {
        let left = inner.left() + (width + apart) * (at / rows) as f32;
        let y = inner.top() + row * ((at % rows) as f32 + 0.5);
        let ink = if topic.count > 0 { color.text_strong } else { color.text_dim };
        let right = egui::pos2(left + width, y);
        let count = format::count(topic.count);
        let taken = canvas.words(right, Align::Right, &count, note, Weight::Medium, ink, width);
        let room = width - taken - note;
        let at = egui::pos2(left, y);
        let soft = color.text_soft;
        canvas.words(at, Align::Left, &topic.name, note, Weight::Regular, soft, room);
    }
}

//! The next seven days: what comes, what becomes overdue, and how well that was told
//! before.

use egui::Ui;

use super::super::page::{columns, quiet, rows};
use super::outdated;
use super::overview::legend;
use crate::app::{Command, State};
use crate::board::forecasts::Forecasts;
use crate::detect::forecast::{AHEAD, Expected, Forecast, Past};
use crate::domain::Timestamp;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::chart::{DayLines, Series, day_lines};
use crate::ui::widgets::table::{self, Column, Figure, figure_table};
use crate::ui::widgets::{Align, empty, heading, panel_rect};
use crate::ui::{format, freshness};

/// Days that came, before those ahead.
const BEFORE: usize = 28;

pub(super) fn ahead_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    _out: &mut Vec<Command>,
) {
    let rect = ui.available_rect_before_wrap();
    let Some(found) = &state.indicators.found else {
        panel_rect(ui, rect, tokens, |ui| {
            empty(ui, tokens, text.t("indicators-counting"), "");
        });
        return;
    };
    outdated(ui, state, found);
    let today = Timestamp(found.indicators.key.now).local_day();
    if !state.knows_until(today) {
        panel_rect(ui, rect, tokens, |ui| {
            empty(ui, tokens, text.t("ahead-none"), text.t("ahead-stale"));
        });
        return;
    }
    let today = today.0;
    let [left, right] = columns(rect, tokens.size.gap, [1.35, 1.0]);
    let [upper, lower] = rows(left, tokens.size.gap, [1.0, 1.0]);
    let forecasts = &found.forecasts;
    panel_rect(ui, upper, tokens, |ui| incoming_ui(ui, forecasts, today, tokens, text));
    panel_rect(ui, lower, tokens, |ui| overdue_ui(ui, forecasts, today, tokens, text));
    panel_rect(ui, right, tokens, |ui| table_ui(ui, forecasts, today, tokens, text));
    freshness::veil(ui, rect, state, tokens);
}

fn count(value: f64) -> String {
    format::count(value.round() as i64)
}

/// What came and what is expected, with the interval.
fn incoming_ui(ui: &mut Ui, forecasts: &Forecasts, today: i32, tokens: &Tokens, text: &Text) {
    heading(ui, tokens, text.t("ahead-incoming"), text.t("ahead-days"));
    let Some(Forecast { days, past }) = &forecasts.incoming else {
        let why = if forecasts.plain.is_some() { "ahead-none-better" } else { "ahead-none-short" };
        empty(ui, tokens, text.t("ahead-none"), text.t(why));
        return;
    };
    past_ui(ui, past, tokens, text);
    let received = &forecasts.received;
    let shown = &received[received.len().saturating_sub(BEFORE)..];
    let came: Vec<Option<f64>> = shown.iter().map(|count| Some(f64::from(*count))).collect();
    lines(ui, (today, came), days, ("ahead-incoming", "kpi-received"), tokens, text);
}

fn overdue_ui(ui: &mut Ui, forecasts: &Forecasts, today: i32, tokens: &Tokens, text: &Text) {
    heading(ui, tokens, text.t("ahead-overdue"), text.t("ahead-days"));
    if forecasts.due.iter().sum::<u32>() == 0 {
        empty(ui, tokens, text.t("ahead-nothing-due"), "");
        return;
    }
    let Some(Forecast { days, past }) = &forecasts.overdue else {
        empty(ui, tokens, text.t("ahead-none"), text.t("ahead-overdue-none-why"));
        return;
    };
    past_ui(ui, past, tokens, text);
    let words = ("ahead-overdue", "kpi-overdue");
    lines(ui, (today, Vec::new()), days, words, tokens, text);
}

/// How past forecasts did.
fn past_ui(ui: &mut Ui, past: &Past, tokens: &Tokens, text: &Text) {
    let words = [
        ("error", format::decimal(text, past.error, 1).into()),
        ("plain", format::decimal(text, past.plain_error, 1).into()),
        ("n", format::count(past.n as u32).into()),
    ];
    quiet(ui, tokens, &text.with("ahead-past", &words));
}

/// `came` up to `today`, then the days ahead; of an even day ahead what there will be.
fn lines(
    ui: &mut Ui,
    (today, came): (i32, Vec<Option<f64>>),
    days: &[Expected; AHEAD],
    (label, name): (&str, &str),
    tokens: &Tokens,
    text: &Text,
) {
    let color = &tokens.color;
    let first_day = today - came.len() as i32;
    let before = came.len();
    let ahead = |of: fn(&Expected) -> f64| -> Vec<Option<f64>> {
        let gap = std::iter::repeat_n(None, before);
        gap.chain(days.iter().map(|day| Some(of(day)))).collect()
    };
    let mut series = Vec::new();
    if !came.is_empty() {
        series.push(Series { name: text.t(name), color: color.accent, values: came });
    }
    let expected = [
        ("ahead-expected", color.warn, ahead(|day| day.mean)),
        ("ahead-low", color.text_dim, ahead(|day| day.low)),
        ("ahead-high", color.text_dim, ahead(|day| day.high)),
    ];
    series.extend(expected.map(|(name, color, values)| Series {
        name: text.t(name),
        color,
        values,
    }));
    let names: Vec<_> = series.iter().map(|one| (one.name, one.color)).collect();
    legend(ui, tokens, &names, "");
    let lines = DayLines {
        label: text.t(label),
        first_day,
        series: &series,
        height: ui.available_height(),
        show: &count,
        show_mark: &count,
    };
    day_lines(ui, tokens, text, &lines);
}

fn table_ui(ui: &mut Ui, forecasts: &Forecasts, today: i32, tokens: &Tokens, text: &Text) {
    let color = &tokens.color;
    heading(ui, tokens, text.t("indicators-ahead"), text.t("ahead-filter"));
    let column = |title, share, align| Column { title: text.t(title), share, align };
    let heads = [
        column("ahead-day", 1.4, Align::Left),
        column("ahead-incoming", 1.0, Align::Right),
        column("ahead-due", 1.0, Align::Right),
        column("ahead-overdue", 1.0, Align::Right),
    ];
    let between = |expected: &Expected| format!("{}–{}", count(expected.low), count(expected.high));
    let cell =
        |shown: String, note: String, ink| Figure { shown, ink, note, note_ink: color.text_dim };
    let lines: Vec<table::Line> = (0..AHEAD)
        .map(|ahead| {
            let date = format::date_of_day(today + ahead as i32);
            let day = format::day_month(text, date);
            let weekday = format::weekday(text, date).to_owned();
            let incoming = forecasts.incoming.as_ref().map(|forecast| &forecast.days[ahead]);
            let overdue = forecasts.overdue.as_ref().map(|forecast| &forecast.days[ahead]);
            let expected = |it: Option<&Expected>| match it {
                Some(it) => cell(count(it.mean), between(it), color.text_strong),
                None => cell("–".to_owned(), String::new(), color.text_dim),
            };
            let cells = vec![
                cell(day, weekday, color.text_strong),
                expected(incoming),
                cell(format::count(forecasts.due[ahead]), String::new(), color.text_soft),
                expected(overdue),
            ];
            let words = heads.iter().zip(&cells);
            let words: Vec<String> = words
                .map(|(head, cell)| format!("{}: {} {}", head.title, cell.shown, cell.note))
                .map(|words| words.trim_end().to_owned())
                .collect();
            table::Line { cells, chosen: false, said: words.join("\n") }
        })
        .collect();
    quiet(ui, tokens, text.t("ahead-how"));
    // Nothing can be chosen here.
    let _clicked: Option<usize> = figure_table(ui, tokens, "ahead", &heads, &lines);
}

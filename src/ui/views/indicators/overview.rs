//! Figures over time, by channel and by how long things take.

use egui::{Rect, Sense, Stroke, Ui};

use super::super::page::{columns, page, rows, split_top};
use super::super::situation;
use super::{days, durations, explained, groups};
use crate::app::state::View;
use crate::app::{Command, State};
use crate::board::indicators::{Figure, Value};
use crate::domain::indicator::Measure;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::matrix::{Cell, Head, Matrix, Sums, matrix};
use crate::ui::widgets::{Align, Card, Weight, card, empty, font, line, paint_line, panel_rect};
use crate::ui::{figures, format, freshness};

const CARDS_HEIGHT: f32 = 140.0;
const CHARTS_HEIGHT: f32 = 216.0;
const WEEK_HEIGHT: f32 = 284.0;
const GROUPS_HEIGHT: f32 = 336.0;

pub(super) fn overview_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let gap = tokens.size.gap;
    let least = CARDS_HEIGHT + CHARTS_HEIGHT + WEEK_HEIGHT + GROUPS_HEIGHT + gap * 3.0;
    page(ui, "indicators", least, |ui, rect| {
        let (cards, rest) = split_top(rect, CARDS_HEIGHT, gap);
        cards_ui(ui, cards, state, tokens, text, out);
        let spare = rect.height() - least;
        let (charts, lower) = split_top(rest, CHARTS_HEIGHT + spare * 0.35, gap);
        let charts = columns(charts, gap, [1.0, 1.0, 1.0]);
        let draw = [days::flow_ui, days::stock_ui, days::on_time_ui];
        for (place, draw) in charts.into_iter().zip(draw) {
            panel_rect(ui, place, tokens, |ui| draw(ui, state, tokens, text));
        }
        let [left, right] = columns(lower, gap, [1.7, 1.0]);
        let (week, groups) = split_top(left, WEEK_HEIGHT + spare * 0.3, gap);
        panel_rect(ui, week, tokens, |ui| week_ui(ui, state, tokens, text));
        let [sources, middle, statuses] = columns(groups, gap, [1.1, 1.0, 1.1]);
        let [regimes, ratings] = rows(middle, gap, [1.0, 1.0]);
        panel_rect(ui, sources, tokens, |ui| groups::sources_ui(ui, state, tokens, text, out));
        panel_rect(ui, regimes, tokens, |ui| groups::regimes_ui(ui, state, tokens, text, out));
        panel_rect(ui, ratings, tokens, |ui| groups::ratings_ui(ui, state, tokens, text));
        panel_rect(ui, statuses, tokens, |ui| groups::statuses_ui(ui, state, tokens, text, out));
        panel_rect(ui, right, tokens, |ui| durations::durations_ui(ui, state, tokens, text, out));
        freshness::veil(ui, rect, state, tokens);
    });
}

/// The desk's four cards and the first answer.
fn cards_ui(
    ui: &mut Ui,
    rect: Rect,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let gap = tokens.size.gap;
    let width = (rect.width() - gap * 4.0) / 5.0;
    let four = rect.with_max_x(rect.right() - width - gap);
    situation::cards(ui, four, state, tokens, text, out);
    let last = rect.with_min_x(rect.right() - width);
    let answer = &state.aggregates.first_answer;
    let shown = |q: f64| format::duration_range(text, answer.quantile(q));
    let value = match (answer.quantile(0.5), answer.quantile(0.9)) {
        (Some(median), Some(ninth)) => Value::Duration { median, ninth },
        _ => Value::Nothing,
    };
    let counted = Figure { value, n: answer.n() };
    let first = Card {
        label: text.t("first-answer-median"),
        figure: shown(0.5),
        figure_color: tokens.color.text_strong,
        change: String::new(),
        change_color: tokens.color.text_soft,
        note: text.with(
            "p90-and-n",
            &[("p90", shown(0.9).into()), ("n", format::count(answer.n()).into())],
        ),
        trend: &[],
        trend_color: tokens.color.accent,
        from_zero: true,
    };
    let response = card(ui, last, tokens, &first);
    let measure = Measure::FirstAnswerTime;
    if figures::explain(response, state, text, measure, &counted).clicked() {
        out.push(Command::Show(View::Incidents));
    }
    paint_line(
        ui.painter(),
        egui::pos2(last.left() + tokens.size.padding, last.bottom() - tokens.size.padding - 6.0),
        Align::Left,
        text.t("how-first-answer-short"),
        font(tokens.size.note, Weight::Regular),
        tokens.color.text_dim,
        width - tokens.size.padding * 2.0,
    );
}

/// Coloured names of a chart's lines in a row of their own, and how much they
/// count.
pub(super) fn legend(ui: &mut Ui, tokens: &Tokens, names: &[(&str, egui::Color32)], n: &str) {
    let size = &tokens.size;
    let (rect, _) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), size.note * 1.3), Sense::hover());
    let note = font(size.note, Weight::Regular);
    let (painter, dim) = (ui.painter(), tokens.color.text_dim);
    let width = paint_line(painter, rect.right_center(), Align::Right, n, note, dim, rect.width());
    let right = rect.right() - width - 16.0;
    let mut x = rect.left();
    for (name, color) in names {
        let y = rect.center().y;
        ui.painter().hline(x..=x + 14.0, y, Stroke::new(2.0, *color));
        x += 19.0;
        x += paint_line(
            ui.painter(),
            egui::pos2(x, y),
            Align::Left,
            name,
            font(size.note, Weight::Regular),
            tokens.color.text_soft,
            right - x,
        ) + 16.0;
    }
}

fn week_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    let hours = &state.aggregates.by_weekday_hour;
    let total = state.aggregates.total.received;
    explained(ui, state, tokens, text, text.t("week-title"), Some(total), "how-week");
    if total == 0 {
        empty(ui, tokens, text.t("empty-no-match"), text.t("empty-try-clear"));
        return;
    }
    let name = |row: usize| text.t(format::WEEKDAYS_SHORT[row]);
    let head = |name: String| Head { name, chosen: false, dimmed: false };
    let describe = |row: usize, column: usize| {
        text.with(
            "week-cell",
            &[
                ("weekday", name(row).into()),
                ("from", (column as u32).into()),
                ("to", (column as u32 + 1).into()),
                ("n", format::count(hours[row][column]).into()),
            ],
        )
    };
    let width = ["00", text.t("weekday-short-1"), text.t("word-total")]
        .iter()
        .map(|words| {
            let ink = tokens.color.text_soft;
            line(ui.painter(), words, font(tokens.size.body, Weight::Medium), ink, 200.0).size().x
        })
        .fold(0.0, f32::max);
    let shown = Matrix {
        salt: "week",
        rows: (0..7).map(|row| head(name(row).to_owned())).collect(),
        columns: (0..24).map(|hour: u32| head(hour.to_string())).collect(),
        cells: hours.iter().flatten().map(|&value| Cell { value, corner: false }).collect(),
        sums: Some(Sums {
            label: text.t("word-total").to_owned(),
            of_rows: hours.iter().map(|day| day.iter().sum()).collect(),
            of_columns: (0..24).map(|hour| hours.iter().map(|day| day[hour]).sum()).collect(),
            all: total,
        }),
        name_width: width + 14.0,
        cell_size: tokens.size.note,
        row_height_max: 40.0,
        clickable: false,
        describe: &describe,
    };
    matrix(ui, tokens, &shown);
}

//! «Обстановка»: the region at a glance.

use egui::{Color32, Rect, Role, Sense, Ui};

use crate::app::state::{Measure, PeriodChoice, View};
use crate::app::{Command, State};
use crate::board::aggregates::{DayTotals, Surprise, Totals};
use crate::board::filter::Span;
use crate::domain::LocalDay;
use crate::ui::filter_bar::period_text;
use crate::ui::map::{MapLocal, map_ui};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{
    self, Align, Card, Spark, Trend, Weight, card, chart, empty, font, hairline, heading, line,
    mark, paint_line, panel_rect, segment, spark,
};
use crate::ui::{format, freshness, names};

/// Share of the width that figures take beside the map.
const FIGURES_SHARE: f32 = 0.475;
const FIGURES_MIN: f32 = 560.0;
const TIMELINE_HEIGHT: f32 = 190.0;
const CARDS_HEIGHT: f32 = 140.0;

pub fn situation_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    map: &mut MapLocal,
    out: &mut Vec<Command>,
) {
    let rect = ui.max_rect();
    let gap = tokens.size.gap;
    let figures_width = (rect.width() * FIGURES_SHARE).max(FIGURES_MIN).min(rect.width() * 0.6);
    let split = rect.right() - figures_width;
    let map_rect = Rect::from_min_max(
        rect.min,
        egui::pos2(split - gap, rect.bottom() - TIMELINE_HEIGHT - gap),
    );
    let timeline_rect = Rect::from_min_max(
        egui::pos2(rect.left(), rect.bottom() - TIMELINE_HEIGHT),
        egui::pos2(split - gap, rect.bottom()),
    );
    let cards_rect = Rect::from_min_max(
        egui::pos2(split, rect.top()),
        egui::pos2(rect.right(), rect.top() + CARDS_HEIGHT),
    );
    let row = tokens.size.row;
    let blocks_height = row * 9.3 + tokens.size.padding * 2.0 + 20.0;
    let blocks_rect = Rect::from_min_max(
        egui::pos2(split, cards_rect.bottom() + gap),
        egui::pos2(rect.right(), cards_rect.bottom() + gap + blocks_height),
    );
    let foot =
        Rect::from_min_max(egui::pos2(split, blocks_rect.bottom() + gap), rect.right_bottom());
    let (changed_rect, due_rect) = halves(foot, gap);

    let mut map_place = ui.new_child(egui::UiBuilder::new().max_rect(map_rect).id_salt("map"));
    map_ui(&mut map_place, state, tokens, text, map, out);
    panel_rect(ui, timeline_rect, tokens, |ui| timeline(ui, state, tokens, text, out));
    cards(ui, cards_rect, state, tokens, text, out);
    panel_rect(ui, blocks_rect, tokens, |ui| blocks(ui, state, tokens, text, out));
    if foot.height() > 90.0 {
        panel_rect(ui, changed_rect, tokens, |ui| changed(ui, state, tokens, text, out));
        panel_rect(ui, due_rect, tokens, |ui| due(ui, state, tokens, text, out));
    }
    freshness::veil(ui, rect, state, tokens);
}

fn halves(rect: Rect, gap: f32) -> (Rect, Rect) {
    let middle = rect.center().x;
    (
        Rect::from_min_max(rect.min, egui::pos2(middle - gap / 2.0, rect.bottom())),
        Rect::from_min_max(egui::pos2(middle + gap / 2.0, rect.top()), rect.max),
    )
}

/// Days of the filter's span, first and last, as far as there is history.
fn chosen_days(state: &State) -> Option<(i32, i32)> {
    let span = state.aggregates.key.filter.span?;
    let first = crate::domain::Timestamp(span.from).local_day().0;
    let last = crate::domain::Timestamp(span.to.saturating_sub(1)).local_day().0;
    Some((first, last))
}

/// The last `days` of the history up to the end of the span.
fn recent(state: &State, days: usize) -> &[DayTotals] {
    let all = &state.aggregates.by_day;
    let end = match chosen_days(state) {
        Some((_, last)) => all.partition_point(|day| day.day <= last),
        None => all.len(),
    };
    &all[end.saturating_sub(days)..end]
}

/// Growth of a count over the period before, where there was something.
pub fn growth(now: u32, before: Option<u32>) -> Option<f64> {
    let before = before.filter(|&before| before > 0)?;
    Some(f64::from(now) / f64::from(before) - 1.0)
}

/// «к прошлым 28 дням».
pub fn previous_key(period: PeriodChoice) -> &'static str {
    match period {
        PeriodChoice::Day => "period-previous-day",
        PeriodChoice::Week => "period-previous-week",
        PeriodChoice::FourWeeks => "period-previous-four-weeks",
        PeriodChoice::Quarter => "period-previous-quarter",
        PeriodChoice::Year => "period-previous-year",
        PeriodChoice::All | PeriodChoice::Brushed(_) => "period-previous-brushed",
    }
}

/// Four cards side by side.
pub(super) fn cards(
    ui: &mut Ui,
    rect: Rect,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let color = &tokens.color;
    let total = &state.aggregates.total;
    let previous = state.aggregates.previous.as_ref();
    let days = recent(state, 28);
    let week_before = days.len().checked_sub(8).and_then(|index| days.get(index));
    let series = |value: fn(&DayTotals) -> u32| -> Vec<f32> {
        days.iter().map(|day| value(day) as f32).collect()
    };
    let week_change = |value: fn(&DayTotals) -> u32| {
        let change = week_before
            .zip(days.last())
            .map(|(before, now)| i64::from(value(now)) - i64::from(value(before)));
        let tint = match change {
            Some(change) if change > 0 => color.warn,
            Some(change) if change < 0 => color.good,
            _ => color.text_dim,
        };
        (change.map(format::signed).unwrap_or_default(), tint)
    };
    let received_change = growth(total.received, previous.map(|before| before.received));
    let (open_change, open_color) = week_change(|day| day.open);
    let (overdue_change, overdue_color) = week_change(|day| day.overdue);
    let share = total.on_time_share();
    let share_change =
        share.zip(previous.and_then(Totals::on_time_share)).map(|(now, before)| now - before);
    let on_time: Vec<f32> = days
        .iter()
        .map(|day| {
            let n = day.closed + day.overdue;
            if n == 0 { 1.0 } else { day.closed_on_time as f32 / n as f32 }
        })
        .collect();
    let week = text.t("kpi-week-change").to_owned();
    let with_note = |change: &str| if change.is_empty() { String::new() } else { week.clone() };
    let cards = [
        Card {
            label: text.t("kpi-received"),
            figure: format::count(total.received),
            figure_color: color.text_strong,
            change: received_change
                .map(|_| format::change_percent(received_change))
                .unwrap_or_default(),
            change_color: color.text_soft,
            note: if received_change.is_some() {
                text.t(previous_key(state.period)).to_owned()
            } else {
                String::new()
            },
            trend: &series(|day| day.received),
            trend_color: color.accent,
            from_zero: true,
        },
        Card {
            label: text.t("kpi-open"),
            figure: format::count(total.open),
            figure_color: color.text_strong,
            note: with_note(&open_change),
            change: open_change,
            change_color: open_color,
            trend: &series(|day| day.open),
            trend_color: color.accent,
            from_zero: true,
        },
        Card {
            label: text.t("kpi-overdue"),
            figure: format::count(total.overdue),
            figure_color: if total.overdue > 0 { color.alarm } else { color.text_strong },
            note: with_note(&overdue_change),
            change: overdue_change,
            change_color: overdue_color,
            trend: &series(|day| day.overdue),
            trend_color: color.alarm,
            from_zero: true,
        },
        Card {
            label: text.t("kpi-on-time"),
            figure: format::percent(text, share),
            figure_color: color.text_strong,
            change: share_change.map(|change| format::points(text, change)).unwrap_or_default(),
            change_color: match share_change {
                Some(change) if change < -0.001 => color.warn,
                Some(change) if change > 0.001 => color.good,
                _ => color.text_dim,
            },
            note: text.with("note-n", &[("n", format::count(total.on_time_n()).into())]),
            trend: &on_time,
            trend_color: color.good,
            from_zero: false,
        },
    ];
    let commands = [
        Command::Show(View::Incidents),
        Command::Show(View::Incidents),
        Command::ToggleOverdueOnly,
        Command::Show(View::Indicators),
    ];
    let gap = tokens.size.gap;
    let width = (rect.width() - gap * 3.0) / 4.0;
    for (index, (one, command)) in cards.iter().zip(commands).enumerate() {
        let place = Rect::from_min_size(
            egui::pos2(rect.left() + (width + gap) * index as f32, rect.top()),
            egui::vec2(width, rect.height()),
        );
        if card(ui, place, tokens, one) {
            out.push(command);
        }
    }
}

/// Right edges of the columns, as shares of the width; the first is the left
/// edge of the name.
const BLOCK_COLUMNS: [f32; 6] = [0.33, 0.445, 0.575, 0.695, 0.86, 1.0];

fn blocks(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text, out: &mut Vec<Command>) {
    let size = &tokens.size;
    let color = &tokens.color;
    heading(ui, tokens, text.t("blocks-title"), &period_text(state, text));
    ui.spacing_mut().item_spacing.y = 0.0;
    let width = ui.available_width();
    let (head, _) = ui.allocate_exact_size(egui::vec2(width, size.row * 0.85), Sense::hover());
    let at = |rect: Rect, column: usize| {
        egui::pos2(rect.left() + width * BLOCK_COLUMNS[column], rect.center().y)
    };
    let note = |at, align, key| {
        paint_line(
            ui.painter(),
            at,
            align,
            text.t(key),
            font(size.note, Weight::Regular),
            color.text_dim,
            120.0,
        );
    };
    note(head.left_center(), Align::Left, "column-block");
    note(at(head, 0), Align::Right, "column-new");
    note(at(head, 1), Align::Right, "column-open");
    note(at(head, 2), Align::Right, "column-overdue");
    note(at(head, 3), Align::Right, "column-on-time");
    note(at(head, 3) + egui::vec2(18.0, 0.0), Align::Left, "column-trend");
    note(at(head, 5), Align::Right, "column-usual");
    for block in
        crate::domain::Block::ALL.iter().filter(|block| **block != crate::domain::Block::Outside)
    {
        block_row(ui, state, tokens, text, block.index(), out);
    }
}

fn block_row(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    block: u8,
    out: &mut Vec<Command>,
) {
    let size = &tokens.size;
    let color = &tokens.color;
    let index = usize::from(block);
    let totals = state.aggregates.by_block.get(index).copied().unwrap_or_default();
    let before = state.aggregates.by_block_previous.get(index).map(|before| before.received);
    let change = growth(totals.received, before);
    let trend = Trend::of_growth(change);
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(egui::vec2(width, size.row), Sense::click());
    let chosen = state.filter.blocks.contains(&block);
    let dimmed = !state.filter.blocks.is_empty() && !chosen;
    let label = format!(
        "{}: {} {}, {} {}, {} {}",
        names::block(state, text, block),
        text.t("column-new"),
        totals.received,
        text.t("column-open"),
        totals.open,
        text.t("column-overdue"),
        totals.overdue
    );
    response.widget_info(|| egui::WidgetInfo::selected(Role::Button, true, chosen, &label));
    hairline(ui, tokens, rect, rect.top());
    let painter = ui.painter();
    if response.hovered() || chosen || response.has_focus() {
        painter.rect_filled(rect.expand2(egui::vec2(6.0, -0.5)), size.radius_small, color.raised);
    }
    let tint = |tint: Color32| if dimmed { tint.gamma_multiply(0.5) } else { tint };
    let at =
        |column: usize| egui::pos2(rect.left() + width * BLOCK_COLUMNS[column], rect.center().y);
    let figure = |column: usize, words: &str, ink: Color32, weight: Weight| {
        paint_line(
            painter,
            at(column),
            Align::Right,
            words,
            font(size.body, weight),
            tint(ink),
            90.0,
        );
    };
    paint_line(
        painter,
        rect.left_center(),
        Align::Left,
        names::block(state, text, block),
        font(size.body, Weight::Medium),
        tint(color.text_strong),
        width * 0.24,
    );
    figure(0, &format::count(totals.received), color.text_strong, Weight::Medium);
    figure(1, &format::count(totals.open), color.text_soft, Weight::Regular);
    let overdue_color = if totals.overdue > 0 { color.alarm } else { color.text_dim };
    figure(2, &format::count(totals.overdue), overdue_color, Weight::Medium);
    figure(3, &format::percent(text, totals.on_time_share()), color.text_strong, Weight::Medium);
    let values: Vec<f32> = state
        .aggregates
        .block_trend
        .get(index)
        .map(|days| days.iter().map(|&n| n as f32).collect())
        .unwrap_or_default();
    let line_color = if trend == Trend::Worse { color.warn } else { color.text_dim };
    spark(
        painter,
        Rect::from_min_max(
            egui::pos2(at(3).x + 18.0, rect.top() + 6.0),
            egui::pos2(at(4).x, rect.bottom() - 6.0),
        ),
        &values,
        Spark { width: 1.2, ..Spark::new(tint(line_color)) },
    );
    if change.is_some() {
        let words = format::change_percent(change);
        let galley =
            line(painter, &words, font(size.body, Weight::Medium), tint(trend.color(tokens)), 90.0);
        let left = at(5).x - galley.size().x;
        mark(
            painter,
            egui::pos2(left - size.mark - 2.0, rect.center().y),
            trend.mark(),
            size.mark,
            tint(trend.color(tokens)),
        );
        painter.galley(
            egui::pos2(left, rect.center().y - galley.size().y / 2.0),
            galley,
            color.text_strong,
        );
    } else {
        figure(5, "–", color.text_dim, Weight::Regular);
    }
    if response.clicked() {
        out.push(Command::ToggleBlock(block));
    }
}

fn changed(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text, out: &mut Vec<Command>) {
    heading(ui, tokens, text.t("changed-title"), text.t("changed-period"));
    let surprises = &state.aggregates.surprises;
    if surprises.is_empty() {
        let history = state.aggregates.by_day.len();
        let key = if history < 8 { "changed-short" } else { "changed-none" };
        empty(ui, tokens, text.t(key), "");
        return;
    }
    let height = tokens.size.row * 1.62;
    let fits = ((ui.available_height() + 8.0) / (height + 8.0)) as usize;
    ui.spacing_mut().item_spacing.y = 8.0;
    for surprise in surprises.iter().take(fits) {
        surprise_row(ui, state, tokens, text, *surprise, height, out);
    }
}

fn surprise_row(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    surprise: Surprise,
    height: f32,
    out: &mut Vec<Command>,
) {
    let size = &tokens.size;
    let color = &tokens.color;
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), height), Sense::click());
    let above = surprise.count > surprise.usual_high;
    let ink = if above { color.warn } else { color.good };
    let title = format!(
        "{} · {}",
        names::municipality(state, text, surprise.municipality),
        names::topic(state, text, surprise.topic)
    );
    let usual = text.with(
        "changed-usual",
        &[("low", surprise.usual_low.into()), ("high", surprise.usual_high.into())],
    );
    let block = state
        .vocabulary
        .topics
        .get(usize::from(surprise.topic))
        .map_or("", |topic| names::block(state, text, topic.block));
    widgets::name(&response, Role::Button, &format!("{title}: {}, {usual}", surprise.count));
    let painter = ui.painter();
    let fill = if response.hovered() { color.hover } else { color.raised };
    painter.rect_filled(rect, size.radius_small, fill);
    painter.rect_filled(Rect::from_min_size(rect.min, egui::vec2(2.5, rect.height())), 1.0, ink);
    let figure = paint_line(
        painter,
        rect.right_center() - egui::vec2(14.0, 0.0),
        Align::Right,
        &format::count(surprise.count),
        font(size.figure_small, Weight::Semibold),
        ink,
        90.0,
    );
    let width = rect.width() - figure - 44.0;
    paint_line(
        painter,
        rect.left_center() + egui::vec2(14.0, -size.body * 0.62),
        Align::Left,
        &title,
        font(size.body, Weight::Medium),
        color.text_strong,
        width,
    );
    paint_line(
        painter,
        rect.left_center() + egui::vec2(14.0, size.body * 0.72),
        Align::Left,
        &format!("{block} · {usual}"),
        font(size.note, Weight::Regular),
        color.text_dim,
        width,
    );
    if response.clicked() {
        if !state.filter.municipalities.contains(&surprise.municipality) {
            out.push(Command::ToggleMunicipality(surprise.municipality));
        }
        if !state.filter.topics.contains(&surprise.topic) {
            out.push(Command::ToggleTopic(surprise.topic));
        }
    }
}

fn due(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text, out: &mut Vec<Command>) {
    let n = state.aggregates.total.due_soon;
    let note = text.with("n-incidents", &[("n", n.into()), ("shown", format::count(n).into())]);
    heading(ui, tokens, text.t("due-title"), &note);
    if state.due_next.is_empty() {
        empty(ui, tokens, text.t("due-none"), "");
        return;
    }
    let size = &tokens.size;
    let color = &tokens.color;
    let height = size.row * 1.45;
    let fits = (ui.available_height() / height) as usize;
    ui.spacing_mut().item_spacing.y = 0.0;
    for row in state.due_next.iter().take(fits) {
        let (rect, response) =
            ui.allocate_exact_size(egui::vec2(ui.available_width(), height), Sense::click());
        let left = i64::from(row.due) - i64::from(state.now);
        let time = format::time_left(text, left);
        let ink = if left < 2 * 3_600 { color.alarm } else { color.warn };
        let title = if row.summary.is_empty() {
            names::topic(state, text, row.topic)
        } else {
            row.summary.as_str()
        };
        let place = format!(
            "{} · {}",
            names::block(state, text, row.block),
            names::municipality(state, text, row.municipality)
        );
        widgets::name(&response, Role::Button, &format!("{time} {title} {place}"));
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, size.radius_small, color.raised);
        }
        hairline(ui, tokens, rect, rect.bottom() - 0.5);
        paint_line(
            ui.painter(),
            rect.left_center() + egui::vec2(2.0, 0.0),
            Align::Left,
            &time,
            font(size.body + 1.0, Weight::Semibold),
            ink,
            60.0,
        );
        let x = rect.left() + 62.0;
        let width = rect.right() - x;
        for (offset, words, size, weight, ink) in [
            (-size.body * 0.62, title, size.body, Weight::Medium, color.text_strong),
            (size.body * 0.72, place.as_str(), size.note, Weight::Regular, color.text_dim),
        ] {
            paint_line(
                ui.painter(),
                egui::pos2(x, rect.center().y + offset),
                Align::Left,
                words,
                font(size, weight),
                ink,
                width,
            );
        }
        if response.clicked() {
            out.push(Command::OpenIncident(row.row_id));
        }
    }
}

/// The days that the timeline shows: the span and as much again on its left,
/// 120 at least.
fn timeline_days(state: &State) -> (usize, usize) {
    let all = &state.aggregates.by_day;
    let wanted = match chosen_days(state) {
        Some((first, last)) => {
            let before_now = all.last().map_or(0, |day| day.day - first.min(day.day));
            (before_now.max((last - first) * 2) as usize + 1).max(120)
        }
        None => all.len(),
    };
    (all.len().saturating_sub(wanted), all.len())
}

fn timeline(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text, out: &mut Vec<Command>) {
    let (from, to) = timeline_days(state);
    let days = &state.aggregates.by_day[from..to];
    let note = text.with("n-days", &[("n", (days.len() as u32).into())]);
    let head = heading(ui, tokens, text.t("timeline-title"), &note);
    let Some(first) = days.first() else {
        empty(ui, tokens, text.t("empty-no-data"), "");
        return;
    };
    replay_button(ui, head, state, tokens, text, out);
    let values: Vec<u32> = days.iter().map(|day| day.received).collect();
    let height = ui.available_height();
    let brushed = chart::day_bars(
        ui,
        tokens,
        text,
        &chart::DayBars {
            label: text.t("timeline-title"),
            first_day: first.day,
            values: &values,
            chosen: chosen_days(state),
            cursor: state.replay.map(|replay| replay.day),
            height,
        },
    );
    if let Some((first, last)) = brushed {
        if state.replay.is_some() {
            out.push(Command::SeekReplay(first));
        } else {
            let from = LocalDay(first).start().0;
            let to = LocalDay(last).end().0;
            out.push(Command::SetSpan(Span { from, to }));
        }
    }
}

fn replay_button(
    ui: &mut Ui,
    head: Rect,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let words = match state.replay {
        Some(replay) => format!(
            "{} · {}",
            text.t("timeline-stop"),
            format::day_month(text, format::date_of_day(replay.day))
        ),
        None => text.t("timeline-replay").to_owned(),
    };
    let place = Rect::from_min_max(egui::pos2(head.right() - 190.0, head.top() - 3.0), head.max);
    let mut corner = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(place)
            .layout(egui::Layout::right_to_left(egui::Align::Center))
            .id_salt("replay"),
    );
    let sign = if state.replay.is_some() { "■" } else { "▶" };
    if segment(&mut corner, tokens, &format!("{sign} {words}"), state.replay.is_some()) {
        out.push(Command::ToggleReplay);
    }
}

/// Words of a measure of the map.
pub fn measure_key(measure: Measure) -> &'static str {
    match measure {
        Measure::Received => "measure-received",
        Measure::PerThousand => "measure-per-thousand",
        Measure::OverdueShare => "measure-overdue-share",
        Measure::Change => "measure-change",
    }
}

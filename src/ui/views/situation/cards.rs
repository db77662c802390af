//! The four figures above everything.

use egui::{Rect, Ui};

use super::{as_of, growth, previous_key, recent};
use crate::app::indicators::{IndicatorsCommand, Page};
use crate::app::state::{PeriodChoice, View};
use crate::app::{Command, State};
use crate::board::aggregates::{DayTotals, Totals};
use crate::board::indicators::{Figure, Value};
use crate::board::on_time::on_time_of_week;
use crate::domain::Status;
use crate::domain::indicator::Measure;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::whole_days;
use crate::ui::widgets::{Card, card};
use crate::ui::{figures, format};

/// Under this width a card cannot hold its figure.
const LEAST_WIDTH: f32 = 122.0;

/// How many of the four cards stand side by side.
pub(super) fn across(width: f32, gap: f32) -> usize {
    if (width - gap * 3.0) / 4.0 < LEAST_WIDTH { 2 } else { 4 }
}

/// Four cards side by side, or two over two.
pub(in crate::ui::views) fn cards(
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
    // As in the registry, what may be chance has no colour.
    let is_clear = previous.is_some_and(|it| total.on_time().is_clearly_apart(&it.on_time()));
    // The first days have no whole week before them.
    let on_time: Vec<f32> = (6..days.len())
        .filter_map(|end| on_time_of_week(days, end))
        .map(|share| share as f32)
        .collect();
    let whole = whole_days(state, days);
    let received: Vec<f32> = whole.iter().map(|day| day.received as f32).collect();
    let week = text.t("kpi-week-change").to_owned();
    let with_note = |change: &str| if change.is_empty() { String::new() } else { week.clone() };
    let as_of = as_of(state, text);
    let at_the_end = |key: &str| match &as_of {
        Some(as_of) => format!("{} {as_of}", text.t(key)),
        None => text.t(key).to_owned(),
    };
    let (open_label, overdue_label) = (at_the_end("kpi-open"), at_the_end("kpi-overdue"));
    let count = |n| Figure { value: Value::Count(n), n };
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
            trend: &received,
            trend_color: color.accent,
            from_zero: true,
        },
        Card {
            label: &open_label,
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
            label: &overdue_label,
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
                Some(change) if is_clear && change < 0.0 => color.warn,
                Some(change) if is_clear && change > 0.0 => color.good,
                _ => color.text_dim,
            },
            note: format::on_time_note(text, total),
            trend: if share.is_some() { &on_time } else { &[] },
            trend_color: color.good,
            from_zero: false,
        },
    ];
    let explained = [
        (Measure::Received, count(total.received)),
        (Measure::Open, count(total.open)),
        (Measure::Overdue, count(total.overdue)),
        (Measure::OnTime, total.on_time()),
    ];
    let commands = [
        vec![Command::Show(View::Incidents)],
        open_ones(state),
        overdue_ones(state),
        // There it is explained, and opens the very records.
        vec![
            Command::Indicators(IndicatorsCommand::Choose(Measure::OnTime)),
            Command::Indicators(IndicatorsCommand::Show(Page::Figures)),
        ],
    ];
    let gap = tokens.size.gap;
    let across = across(rect.width(), gap);
    let rows = cards.len().div_ceil(across);
    let width = (rect.width() - gap * (across - 1) as f32) / across as f32;
    let height = (rect.height() - gap * (rows - 1) as f32) / rows as f32;
    let all = cards.iter().zip(explained).zip(commands);
    for (index, ((one, (measure, figure)), command)) in all.enumerate() {
        let corner = rect.min
            + egui::vec2(
                (width + gap) * (index % across) as f32,
                (height + gap) * (index / across) as f32,
            );
        let place = Rect::from_min_size(corner, egui::vec2(width, height));
        let response = card(ui, place, tokens, one);
        if figures::explain(response, state, text, measure, &figure).clicked() {
            out.extend(command);
        }
    }
}

/// What is open now was received at any time: the very incidents of the figure
/// need the period lifted. What stood open at the end of a day that is past has no
/// list.
fn open_ones(state: &State) -> Vec<Command> {
    let mut commands = lifted_period(state);
    if state.filter.statuses.is_empty() {
        let open = Status::ALL.iter().filter(|status| status.is_open());
        commands.extend(open.map(|status| Command::ToggleStatus(status.index())));
    }
    commands.push(Command::Show(View::Incidents));
    commands
}

/// The same of what is overdue; a second click takes it back.
fn overdue_ones(state: &State) -> Vec<Command> {
    let mut commands = if state.filter.overdue_only { Vec::new() } else { lifted_period(state) };
    commands.push(Command::ToggleOverdueOnly);
    commands
}

fn lifted_period(state: &State) -> Vec<Command> {
    match state.period {
        PeriodChoice::All | PeriodChoice::Brushed(_) => Vec::new(),
        _ => vec![Command::SetPeriod(PeriodChoice::All)],
    }
}

//! Charts over local days.

use egui::Ui;

use super::super::page::explained_note;
use super::super::page::{days_in_span, whole_days};
use super::overview::legend;
use crate::app::State;
use crate::board::aggregates::DayTotals;
use crate::board::on_time::on_time_of_week;
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::chart::{DayLines, Series, day_lines};
use crate::ui::widgets::empty;

/// A shorter period still shows this many days, so that there is a shape.
const LEAST_DAYS: usize = 28;

/// Received and closed, up to the last whole day: half a day would look like a
/// fall.
pub(super) fn flow_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    let days = days_in_span(state, LEAST_DAYS);
    let days = whole_days(state, days);
    let series = [
        Series {
            name: text.t("kpi-received"),
            color: tokens.color.accent,
            values: counts(days, |day| day.received),
        },
        Series {
            name: text.t("word-closed"),
            color: tokens.color.text_soft,
            values: counts(days, |day| day.closed),
        },
    ];
    let words = Words::of_counts("flow-title", "how-flow");
    let n = days.iter().map(|day| day.received).sum();
    chart(ui, tokens, text, &words, n, days, &series);
}

/// Open and overdue at the end of each day.
pub(super) fn stock_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    let days = days_in_span(state, LEAST_DAYS);
    let series = [
        Series {
            name: text.t("kpi-open"),
            color: tokens.color.accent,
            values: counts(days, |day| day.open),
        },
        Series {
            name: text.t("kpi-overdue"),
            color: tokens.color.alarm,
            values: counts(days, |day| day.overdue),
        },
    ];
    let words = Words::of_counts("stock-title", "how-stock");
    let n = days.last().map_or(0, |day| day.open);
    chart(ui, tokens, text, &words, n, days, &series);
}

/// Share closed on time over a moving week.
pub(super) fn on_time_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    let all = &state.aggregates.by_day;
    let days = days_in_span(state, LEAST_DAYS);
    let start = days.first().map_or(0, |first| all.partition_point(|day| day.day < first.day));
    // Where nothing has a deadline all of it would be «on time».
    let is_known = !state.aggregates.total.is_without_deadlines();
    let share = |end| on_time_of_week(all, end).filter(|_| is_known);
    let values = (start..start + days.len()).map(share).collect();
    let series = [Series { name: text.t("kpi-on-time"), color: tokens.color.accent, values }];
    let words = Words {
        title: "on-time-title",
        how: "how-on-time",
        none: "due-not-set",
        show: |text, share| format::percent(text, Some(share)),
        show_mark: |text, share| format!("{}\u{202f}%", format::decimal(text, share * 100.0, 0)),
    };
    let closed: u32 = days.iter().map(|day| day.closed).sum();
    let n = closed + days.last().map_or(0, |day| day.overdue);
    chart(ui, tokens, text, &words, n, days, &series);
}

fn counts(days: &[DayTotals], of: impl Fn(&DayTotals) -> u32) -> Vec<Option<f64>> {
    days.iter().map(|day| Some(f64::from(of(day)))).collect()
}

fn count(_: &Text, value: f64) -> String {
    format::count(value.round() as i64)
}

/// A chart's words and how its values are written.
struct Words {
    title: &'static str,
    how: &'static str,
    /// Said where no day has a value.
    none: &'static str,
    show: fn(&Text, f64) -> String,
    show_mark: fn(&Text, f64) -> String,
}

impl Words {
    fn of_counts(title: &'static str, how: &'static str) -> Self {
        Self { title, how, none: "empty-no-data", show: count, show_mark: count }
    }
}

fn chart(
    ui: &mut Ui,
    tokens: &Tokens,
    text: &Text,
    words: &Words,
    n: u32,
    days: &[DayTotals],
    series: &[Series<'_>],
) {
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        empty(ui, tokens, text.t("empty-no-data"), "");
        return;
    };
    let span = format!(
        "{} – {}",
        format::day_month_short(text, format::date_of_day(first.day)),
        format::day_month_short(text, format::date_of_day(last.day))
    );
    explained_note(ui, tokens, text, text.t(words.title), &span, words.how);
    if series.iter().all(|one| one.values.iter().all(Option::is_none)) {
        empty(ui, tokens, text.t(words.none), "");
        return;
    }
    let names: Vec<_> = series.iter().map(|one| (one.name, one.color)).collect();
    legend(ui, tokens, &names, &format::n_text(text, n));
    let lines = DayLines {
        label: text.t(words.title),
        first_day: first.day,
        series,
        height: ui.available_height(),
        show: &|value| (words.show)(text, value),
        show_mark: &|value| (words.show_mark)(text, value),
    };
    day_lines(ui, tokens, text, &lines);
}

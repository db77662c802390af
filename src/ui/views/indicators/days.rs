//! Charts over local days.

use egui::Ui;

use super::super::page::{days_in_span, whole_days};
use super::{explained_note, legend};
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
            color: tokens.color.good,
            values: counts(days, |day| day.closed),
        },
    ];
    let words = Words { title: "flow-title", how: "how-flow", show: count, show_mark: count };
    chart(ui, tokens, text, &words, days, &series);
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
    let words = Words { title: "stock-title", how: "how-stock", show: count, show_mark: count };
    chart(ui, tokens, text, &words, days, &series);
}

/// Share closed on time over a moving week.
pub(super) fn on_time_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    let all = &state.aggregates.by_day;
    let days = days_in_span(state, LEAST_DAYS);
    let start = days.first().map_or(0, |first| all.partition_point(|day| day.day < first.day));
    let values = (start..start + days.len()).map(|end| on_time_of_week(all, end)).collect();
    let series = [Series { name: text.t("kpi-on-time"), color: tokens.color.good, values }];
    let words = Words {
        title: "on-time-title",
        how: "how-on-time",
        show: |text, share| format::percent(text, Some(share)),
        show_mark: |text, share| format!("{}\u{202f}%", format::decimal(text, share * 100.0, 0)),
    };
    chart(ui, tokens, text, &words, days, &series);
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
    show: fn(&Text, f64) -> String,
    show_mark: fn(&Text, f64) -> String,
}

fn chart(
    ui: &mut Ui,
    tokens: &Tokens,
    text: &Text,
    words: &Words,
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
    let names: Vec<_> = series.iter().map(|one| (one.name, one.color)).collect();
    legend(ui, tokens, &names);
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

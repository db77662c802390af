//! Charts over local days.

use egui::Ui;

use super::super::page::days_in_span;
use super::{explained_note, legend};
use crate::app::State;
use crate::board::aggregates::DayTotals;
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::chart::{Series, day_lines};
use crate::ui::widgets::empty;

/// A shorter period still shows this many days, so that there is a shape.
const LEAST_DAYS: usize = 28;
/// Days that a share is taken over, so that a weekend does not tear the line.
const WINDOW_DAYS: usize = 7;

/// Received and closed.
pub fn flow_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    let days = days_in_span(state, LEAST_DAYS);
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
    chart(ui, tokens, text, "flow-title", "how-flow", days, &series, count);
}

/// Open and overdue at the end of each day.
pub fn stock_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
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
    chart(ui, tokens, text, "stock-title", "how-stock", days, &series, count);
}

/// Share closed on time over a moving week.
pub fn on_time_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    let all = &state.aggregates.by_day;
    let days = days_in_span(state, LEAST_DAYS);
    let start = days.first().map_or(0, |first| all.partition_point(|day| day.day < first.day));
    let values = (start..start + days.len()).map(|end| on_time(all, end)).collect();
    let series =
        [Series { name: text.t("kpi-on-time"), color: tokens.color.good, values }];
    let percent = |text: &Text, share: f64| format::percent(text, Some(share));
    chart(ui, tokens, text, "on-time-title", "how-on-time", days, &series, percent);
}

/// Closed on time ÷ (closed + overdue at the end) over the week up to `end`.
fn on_time(all: &[DayTotals], end: usize) -> Option<f64> {
    let week = &all[(end + 1).saturating_sub(WINDOW_DAYS)..=end];
    let closed: u32 = week.iter().map(|day| day.closed).sum();
    let on_time: u32 = week.iter().map(|day| day.closed_on_time).sum();
    let n = closed + all[end].overdue;
    (n > 0).then(|| f64::from(on_time) / f64::from(n))
}

fn counts(days: &[DayTotals], of: impl Fn(&DayTotals) -> u32) -> Vec<Option<f64>> {
    days.iter().map(|day| Some(f64::from(of(day)))).collect()
}

fn count(_: &Text, value: f64) -> String {
    format::count(value.round() as i64)
}

fn chart(
    ui: &mut Ui,
    tokens: &Tokens,
    text: &Text,
    title: &str,
    how: &str,
    days: &[DayTotals],
    series: &[Series<'_>],
    show: impl Fn(&Text, f64) -> String,
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
    explained_note(ui, tokens, text, text.t(title), &span, how);
    let names: Vec<_> = series.iter().map(|one| (one.name, one.color)).collect();
    legend(ui, tokens, &names);
    let height = ui.available_height();
    day_lines(ui, tokens, text, text.t(title), first.day, series, height, |value| {
        show(text, value)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_a_week_counts_what_is_overdue_once() {
        let day = |day, closed, closed_on_time, overdue| DayTotals {
            day,
            closed,
            closed_on_time,
            overdue,
            ..DayTotals::default()
        };
        let mut days: Vec<_> = (0..9).map(|at| day(at, 1, 1, 50)).collect();
        days.push(day(9, 4, 2, 10));
        // Six days of one, and the last: 8 on time of 10 closed, 10 overdue.
        assert_eq!(on_time(&days, 9), Some(0.4));
        assert_eq!(on_time(&days, 0), Some(1.0 / 51.0));
        assert_eq!(on_time(&[DayTotals::default()], 0), None);
    }
}

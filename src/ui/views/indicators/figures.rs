//! How figures of indicators are written, and when a change means something.

use egui::Color32;

use crate::app::State;
use crate::board::indicators::{Figure, Value};
use crate::domain::indicator::{Direction, Indicator, Kind, Measure};
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;

/// «84,1 %», «≈2,3 сут», «1 234», «4,12»; «–» where there is nothing to tell it from.
pub(super) fn value(text: &Text, figure: &Figure) -> String {
    match figure.value {
        Value::Nothing => "–".to_owned(),
        Value::Count(count) => format::count(count),
        Value::Share { share, .. } => format::percent(text, Some(share)),
        Value::Duration { .. } => number(text, Kind::Duration, figure.value.number()),
        Value::Mean(mean) => format::decimal(text, mean, 2),
    }
}

/// One number of a kind.
fn number(text: &Text, kind: Kind, number: Option<f64>) -> String {
    match (kind, number) {
        (_, None) => "–".to_owned(),
        (Kind::Count, Some(count)) => format::decimal(text, count, 1),
        (Kind::Share, share) => format::percent(text, share),
        (Kind::Duration, Some(secs)) => format!("≈{}", format::duration(text, secs)),
        (Kind::Mean, Some(mean)) => format::decimal(text, mean, 2),
    }
}

/// What belongs to a figure: the interval of a share, the ninth decile of times.
pub(super) fn beside(text: &Text, figure: &Figure) -> String {
    if let Some((low, high)) = figure.interval() {
        let ends = [low, high].map(|end| format::decimal(text, end * 100.0, 1));
        return format!("{}–{}\u{202f}%", ends[0], ends[1]);
    }
    let Value::Duration { ninth: (low, high), .. } = figure.value else { return String::new() };
    let ninth = (f64::from(low.max(1)) * f64::from(high)).sqrt();
    text.with("indicator-ninth", &[("time", format::duration(text, ninth).into())])
}

/// A figure that another is compared with, and the change from it.
pub(super) struct Compared {
    pub(super) shown: String,
    pub(super) change: String,
    pub(super) ink: Color32,
}

/// How much one figure is more than another, as its kind says it.
pub(super) fn compared(
    text: &Text,
    tokens: &Tokens,
    indicator: &Indicator,
    now: &Figure,
    then: Option<&Figure>,
) -> Compared {
    let nothing =
        || Compared { shown: "–".to_owned(), change: String::new(), ink: tokens.color.text_dim };
    let Some(then) = then.filter(|then| then.value != Value::Nothing) else { return nothing() };
    let mut compared = Compared { shown: value(text, then), ..nothing() };
    let Some((after, before)) = now.value.number().zip(then.value.number()) else {
        return compared;
    };
    compared.change = change(text, indicator.measure.kind(), after, before);
    if is_clear(now, then) {
        compared.ink = ink(tokens, indicator.direction, after - before);
    }
    compared
}

/// A count a day beside that of other days.
pub(super) fn compared_daily(
    text: &Text,
    tokens: &Tokens,
    now: Option<f64>,
    then: Option<f64>,
) -> Compared {
    let ink = tokens.color.text_dim;
    let change = now.zip(then).map(|(now, then)| change(text, Kind::Count, now, then));
    let shown = match then {
        Some(then) => text.with("indicator-a-day", &[("n", format::decimal(text, then, 1).into())]),
        None => "–".to_owned(),
    };
    Compared { shown, change: change.unwrap_or_default(), ink }
}

fn change(text: &Text, kind: Kind, after: f64, before: f64) -> String {
    match kind {
        Kind::Share => format::points(text, after - before),
        Kind::Mean => {
            let sign = if after > before { "+" } else { "" };
            format!("{sign}{}", format::decimal(text, after - before, 2))
        }
        Kind::Count | Kind::Duration if before > 0.0 => {
            format::change_percent(Some(after / before - 1.0))
        }
        Kind::Count | Kind::Duration => String::new(),
    }
}

/// True where a difference is more than chance between figures of these sizes: shares
/// whose intervals lie apart, counts more than two standard deviations apart.
fn is_clear(now: &Figure, then: &Figure) -> bool {
    if let Some(((low, high), (low_then, high_then))) = now.interval().zip(then.interval()) {
        return low > high_then || low_then > high;
    }
    match (now.value, then.value) {
        (Value::Count(now), Value::Count(then)) => {
            let (now, then) = (f64::from(now), f64::from(then));
            (now - then).abs() > 2.0 * (now + then).sqrt()
        }
        _ => false,
    }
}

fn ink(tokens: &Tokens, direction: Direction, change: f64) -> Color32 {
    let is_better = match direction {
        Direction::More => change > 0.0,
        Direction::Less => change < 0.0,
        Direction::Neither => return tokens.color.text_soft,
    };
    if is_better { tokens.color.good } else { tokens.color.warn }
}

/// The mean of a state at the ends of the last whole days, `None` for what is counted
/// otherwise or where the history is shorter.
pub(super) fn mean_of_days(state: &State, measure: Measure, days: usize) -> Option<f64> {
    let all = &state.aggregates.by_day;
    let span = state.aggregates.key.filter.span;
    let today = crate::domain::Timestamp(state.now).local_day().0;
    let until =
        span.map_or(today, |span| crate::domain::Timestamp(span.to.min(state.now)).local_day().0);
    let end = all.partition_point(|day| day.day < until);
    let days = &all[end.checked_sub(days)?..end];
    let sum: u32 = match measure {
        Measure::Open => days.iter().map(|day| day.open).sum(),
        Measure::Overdue => days.iter().map(|day| day.overdue).sum(),
        _ => return None,
    };
    Some(f64::from(sum) / days.len() as f64)
}

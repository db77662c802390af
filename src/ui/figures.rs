//! How figures of indicators are written, and when a change means something.

use egui::{Color32, Response};

use crate::app::State;
use crate::app::indicators::{Line, Measured};
use crate::board::indicators::{Figure, Value};
use crate::domain::indicator::{Direction, Indicator, Kind, Measure};
use crate::domain::{LocalDay, Timestamp};

use super::filter_bar::period_text;
use super::format;
use super::text::Text;
use super::tokens::Tokens;

const DAY_SECS: f64 = 86_400.0;

const NOTHING: &str = "–";

/// «84,1 %», «≈2,3 сут», «1 234», «4,12»; «–» where there is nothing to tell it from.
pub(super) fn value(text: &Text, figure: &Figure) -> String {
    match figure.value {
        Value::Nothing => NOTHING.to_owned(),
        Value::Count(count) => format::count(count),
        Value::Share { share, .. } => format::percent(text, Some(share)),
        Value::Duration { .. } => number(text, Kind::Duration, figure.value.number()),
        Value::Mean(mean) => format::decimal(text, mean, 2),
    }
}

/// One number of a kind.
fn number(text: &Text, kind: Kind, number: Option<f64>) -> String {
    match (kind, number) {
        (_, None) => NOTHING.to_owned(),
        (Kind::Count, Some(count)) => format::decimal(text, count, 1),
        (Kind::Share, share) => format::percent(text, share),
        (Kind::Duration, Some(secs)) => format!("≈{}", format::duration(text, secs)),
        (Kind::Mean, Some(mean)) => format::decimal(text, mean, 2),
    }
}

/// What belongs to a figure: the interval of a share, the ninth decile of times.
pub(super) fn beside(text: &Text, figure: &Figure) -> String {
    if let Some(interval) = figure.interval() {
        return format::between(text, interval);
    }
    let Value::Duration { ninth: (low, high), .. } = figure.value else { return String::new() };
    let ninth = (f64::from(low.max(1)) * f64::from(high)).sqrt();
    text.with("indicator-ninth", &[("time", format::duration(text, ninth).into())])
}

/// [`explained`] where the pointer rests: it is worded for nobody else.
pub(super) fn explain(
    response: Response,
    state: &State,
    text: &Text,
    measure: Measure,
    figure: &Figure,
) -> Response {
    response.on_hover_ui(|ui| {
        ui.label(explained(state, text, measure, figure));
    })
}

/// What a figure is and how it is counted, for who asks: «В срок: 84,1 %, n = 2 410,
/// 81,2–84,3 %, 28 дней», its formula and whose it is.
fn explained(state: &State, text: &Text, measure: Measure, figure: &Figure) -> String {
    let Some(indicator) = state.catalogue.indicators.of(measure) else { return String::new() };
    let mut said = vec![
        format!("{}: {}", indicator.name.full(text.language), value(text, figure)),
        format::n_text(text, figure.n),
    ];
    said.extend(figure.interval().map(|ends| format::between(text, ends)));
    said.push(period_text(state, text));
    let formula = indicator.formula(text.language);
    format!("{}\n{}\n{}", said.join(", "), formula, indicator.source)
}

/// A figure that another is compared with, and the change from it.
pub(super) struct Compared {
    /// «–» where there is none.
    pub(super) shown: String,
    pub(super) change: String,
    sense: Sense,
}

/// What a change means.
#[derive(Clone, Copy)]
enum Sense {
    /// It may be chance, or nothing is there to tell it from.
    Unknown,
    /// It is no chance, and neither good nor bad.
    Neither,
    Better,
    Worse,
}

impl Compared {
    fn nothing() -> Self {
        Self { shown: NOTHING.to_owned(), change: String::new(), sense: Sense::Unknown }
    }

    /// The figure and the change, where there is one.
    pub(super) fn known(&self) -> Option<(&str, &str)> {
        (self.shown != NOTHING).then_some((&self.shown, &self.change))
    }

    pub(super) fn ink(&self, tokens: &Tokens) -> Color32 {
        match self.sense {
            Sense::Unknown => tokens.color.text_dim,
            Sense::Neither => tokens.color.text_soft,
            Sense::Better => tokens.color.good,
            Sense::Worse => tokens.color.warn,
        }
    }
}

/// Beside the period before, the year before, and the last 7 and 28 whole days: there
/// counts stand by the day, and states by their mean.
pub(super) fn compare(
    state: &State,
    found: &Measured,
    indicator: &Indicator,
    text: &Text,
) -> [Compared; 4] {
    let measure = indicator.measure;
    if measure == Measure::Rated {
        // When a rating came is not told: earlier spans have had longer to get theirs.
        return std::array::from_fn(|_| Compared::nothing());
    }
    let Line { now, previous, year_ago, week, month } = found.line(measure);
    let beside = |then: Option<&Figure>| compared(text, indicator, now, then);
    let of_days = |then: &Option<Figure>, days: u32| {
        if measure.is_state() {
            let mean = mean_of_days(state, measure, days as usize);
            let value = |mean: f64| Value::Count(mean.round() as u32);
            let then = mean.map(|mean| Figure { value: value(mean), n: 0 });
            return beside(then.as_ref());
        }
        if measure.kind() != Kind::Count {
            return beside(then.as_ref());
        }
        let a_day = |count: Option<f64>, days: f64| count.map(|count| count / days);
        let now = a_day(now.value.number(), days_gone(state, found));
        let then = a_day(then.and_then(|then| then.value.number()), f64::from(days));
        compared_daily(text, now, then)
    };
    [beside(previous.as_ref()), beside(year_ago.as_ref()), of_days(week, 7), of_days(month, 28)]
}

/// How much one figure is more than another, as its kind says it.
fn compared(text: &Text, indicator: &Indicator, now: &Figure, then: Option<&Figure>) -> Compared {
    let Some(then) = then.filter(|then| then.value != Value::Nothing) else {
        return Compared::nothing();
    };
    let mut compared = Compared { shown: value(text, then), ..Compared::nothing() };
    let Some((after, before)) = now.value.number().zip(then.value.number()) else {
        return compared;
    };
    compared.change = change(text, indicator.measure.kind(), after, before);
    if now.is_clearly_apart(then) {
        compared.sense = sense(indicator.direction, after - before);
    }
    compared
}

/// A count a day beside that of other days.
fn compared_daily(text: &Text, now: Option<f64>, then: Option<f64>) -> Compared {
    let Some(then) = then else { return Compared::nothing() };
    let a_day = format::decimal(text, then, 1);
    Compared {
        shown: text.with("indicator-a-day", &[("n", a_day.into())]),
        change: now.map(|now| change(text, Kind::Count, now, then)).unwrap_or_default(),
        sense: Sense::Unknown,
    }
}

/// Days of the period so far.
fn days_gone(state: &State, found: &Measured) -> f64 {
    let key = &found.indicators.key;
    let first = state.aggregates.by_day.first().map_or(0, |day| day.day);
    let first = LocalDay(first).start().0;
    let (from, to) = key.filter.span.map_or((first, key.now), |span| (span.from, span.to));
    let secs = to.min(key.now).saturating_sub(from.max(first));
    (f64::from(secs) / DAY_SECS).max(1.0 / 24.0)
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

fn sense(direction: Direction, change: f64) -> Sense {
    match direction {
        Direction::Neither => Sense::Neither,
        Direction::More if change > 0.0 => Sense::Better,
        Direction::Less if change < 0.0 => Sense::Better,
        Direction::More | Direction::Less => Sense::Worse,
    }
}

/// The mean of a state at the ends of the last whole days, `None` for what is counted
/// otherwise or where the history is shorter.
fn mean_of_days(state: &State, measure: Measure, days: usize) -> Option<f64> {
    if !state.aggregates.key.filter.is_at_receipt() {
        // Most of the old ones are done: under today's states every past looks empty.
        return None;
    }
    let all = &state.aggregates.by_day;
    let span = state.aggregates.key.filter.span;
    let today = Timestamp(state.now).local_day().0;
    let until = span.map_or(today, |span| Timestamp(span.to.min(state.now)).local_day().0);
    let end = all.partition_point(|day| day.day < until);
    let days = &all[end.checked_sub(days)?..end];
    let sum: u32 = match measure {
        Measure::Open => days.iter().map(|day| day.open).sum(),
        Measure::Overdue => days.iter().map(|day| day.overdue).sum(),
        _ => return None,
    };
    Some(f64::from(sum) / days.len() as f64)
}

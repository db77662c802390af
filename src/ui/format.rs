//! Numbers, shares, dates and spans as people of the language write them.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

use super::text::Text;
use crate::board::Totals;
use crate::domain::Language;
use crate::domain::period::LOCAL_OFFSET_SECS;

/// Narrow no-break space: between groups of digits and before a unit.
const THIN: char = '\u{202f}';
/// A true minus, as wide as a digit.
const MINUS: char = '\u{2212}';

/// «1 234 567».
pub fn count(n: impl Into<i64>) -> String {
    let n: i64 = n.into();
    let digits = n.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    if n < 0 {
        text.push(MINUS);
    }
    for (index, digit) in digits.chars().enumerate() {
        // Four digits are read at a glance, but columns want them grouped alike.
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(THIN);
        }
        text.push(digit);
    }
    text
}

/// «+23», «−4», «0».
pub fn signed(n: i64) -> String {
    if n > 0 { format!("+{}", count(n)) } else { count(n) }
}

/// A decimal with a comma in Russian and a true minus.
pub fn decimal(text: &Text, value: f64, digits: usize) -> String {
    let rounded = format!("{:.digits$}", value.abs());
    let negative = value < 0.0 && rounded.bytes().any(|byte| byte.is_ascii_digit() && byte != b'0');
    let (whole, fraction) = rounded.split_once('.').unwrap_or((&rounded, ""));
    let mut shown = String::new();
    if negative {
        shown.push(MINUS);
    }
    shown.push_str(&count(whole.parse::<i64>().unwrap_or_default()));
    if !fraction.is_empty() {
        shown.push(match text.language {
            Language::Ru => ',',
            Language::En => '.',
        });
        shown.push_str(fraction);
    }
    shown
}

/// «84,1 %» of a share 0–1; «–» where there is none.
pub fn percent(text: &Text, share: Option<f64>) -> String {
    match share {
        Some(share) => format!("{}{THIN}%", decimal(text, share * 100.0, 1)),
        None => "–".to_owned(),
    }
}

/// What stands beside a share on time: «n = 2 410 · 81,2–84,3 %», or «срок не задан»
/// where nothing has a deadline and there is no share.
pub fn on_time_note(text: &Text, totals: &Totals) -> String {
    if totals.is_without_deadlines() {
        return text.t("due-not-set").to_owned();
    }
    let n = n_text(text, totals.on_time_n());
    match totals.on_time().interval() {
        Some(interval) => format!("{n} · {}", between(text, interval)),
        None => n,
    }
}

/// «81,2–84,3 %»: the ends of an interval of a share 0–1.
pub fn between(text: &Text, (low, high): (f64, f64)) -> String {
    let ends = [low, high].map(|end| decimal(text, end * 100.0, 1));
    format!("{}–{}{THIN}%", ends[0], ends[1])
}

/// The word after a share on time: «в срок», or why there is none.
pub fn on_time_word<'a>(text: &'a Text, totals: &Totals) -> &'a str {
    text.t(if totals.is_without_deadlines() { "due-not-set" } else { "word-on-time" })
}

/// «+38 %» of a relative change; «–» where there is nothing to compare with.
pub fn change_percent(change: Option<f64>) -> String {
    match change {
        Some(change) => format!("{}{THIN}%", signed((change * 100.0).round() as i64)),
        None => "–".to_owned(),
    }
}

/// «−2,3 п.п.» of a difference of shares.
pub fn points(text: &Text, difference: f64) -> String {
    let sign = if difference > 0.0 { "+" } else { "" };
    format!("{sign}{}{THIN}{}", decimal(text, difference * 100.0, 1), text.t("unit-points"))
}

/// Local wall time of a UTC second.
pub fn local(utc_secs: u32) -> NaiveDateTime {
    chrono::DateTime::from_timestamp(i64::from(utc_secs) + i64::from(LOCAL_OFFSET_SECS), 0)
        .unwrap_or_default()
        .naive_utc()
}

/// The date of a local day number (days since 1970).
pub fn date_of_day(day: i32) -> NaiveDate {
    chrono::DateTime::from_timestamp(i64::from(day) * 86_400, 0).unwrap_or_default().date_naive()
}

/// «n = 2 873».
pub fn n_text(text: &Text, n: u32) -> String {
    text.with("note-n", &[("n", count(n).into())])
}

/// «14:05».
pub fn time(utc_secs: u32) -> String {
    let at = local(utc_secs);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// «23 ноября».
pub fn day_month(text: &Text, date: NaiveDate) -> String {
    let month = text.t(MONTHS_OF[date.month0() as usize]);
    match text.language {
        Language::Ru => format!("{} {month}", date.day()),
        Language::En => format!("{month} {}", date.day()),
    }
}

/// «23 ноя».
pub fn day_month_short(text: &Text, date: NaiveDate) -> String {
    let month = text.t(MONTHS_SHORT[date.month0() as usize]);
    match text.language {
        Language::Ru => format!("{} {month}", date.day()),
        Language::En => format!("{month} {}", date.day()),
    }
}

/// «ноя», or «2026» in January.
pub fn month_short(text: &Text, date: NaiveDate) -> String {
    text.t(MONTHS_SHORT[date.month0() as usize]).to_owned()
}

/// «понедельник».
pub fn weekday(text: &Text, date: NaiveDate) -> &str {
    text.t(WEEKDAYS[date.weekday().num_days_from_monday() as usize])
}

/// «23 ноября, 14:05»; the year goes with it where it is not this one.
pub fn moment(text: &Text, utc_secs: u32, now: u32) -> String {
    let at = local(utc_secs);
    let year = at.year();
    let day = day_month(text, at.date());
    if year == local(now).year() {
        format!("{day}, {:02}:{:02}", at.hour(), at.minute())
    } else {
        format!("{day} {year}, {:02}:{:02}", at.hour(), at.minute())
    }
}

/// «14:05» today, «23 ноя, 14:05» on another day.
pub fn moment_short(text: &Text, utc_secs: u32, now: u32) -> String {
    let at = local(utc_secs);
    if at.date() == local(now).date() {
        return time(utc_secs);
    }
    format!("{}, {}", day_month_short(text, at.date()), time(utc_secs))
}

/// «26 окт – 23 ноя» of a half-open span.
pub fn span(text: &Text, from: u32, to: u32) -> String {
    let first = local(from).date();
    let last = local(to.saturating_sub(1)).date();
    if first == last {
        return day_month_short(text, first);
    }
    let years = if first.year() == last.year() {
        (String::new(), String::new())
    } else {
        (format!(" {}", first.year()), format!(" {}", last.year()))
    };
    format!(
        "{}{} – {}{}",
        day_month_short(text, first),
        years.0,
        day_month_short(text, last),
        years.1
    )
}

/// Hours and minutes that are left, «3:10»; more than two days in days.
pub fn time_left(text: &Text, secs: i64) -> String {
    let sign = if secs < 0 { "\u{2212}" } else { "" };
    let minutes = secs.unsigned_abs() / 60;
    if minutes < 48 * 60 {
        return format!("{sign}{}:{:02}", minutes / 60, minutes % 60);
    }
    let days = minutes / (24 * 60);
    format!("{sign}{}", text.with("n-days-short", &[("n", (days as u32).into())]))
}

/// «40 мин», «5 ч», «3,2 сут» of a duration.
pub fn duration(text: &Text, secs: f64) -> String {
    if secs < 3_600.0 {
        format!("{}{THIN}{}", decimal(text, secs / 60.0, 0), text.t("unit-minutes"))
    } else if secs < 86_400.0 {
        format!("{}{THIN}{}", decimal(text, secs / 3_600.0, 1), text.t("unit-hours"))
    } else {
        format!("{}{THIN}{}", decimal(text, secs / 86_400.0, 1), text.t("unit-days"))
    }
}

/// «2,1–2,5 сут» of a bucket's bounds in seconds; «–» where there is none.
pub fn duration_range(text: &Text, bounds: Option<(u32, u32)>) -> String {
    let Some((low, high)) = bounds else { return "–".to_owned() };
    let (unit_secs, digits, unit) = match high {
        0..=3_600 => (60.0, 0, "unit-minutes"),
        3_601..=86_400 => (3_600.0, 1, "unit-hours"),
        _ => (86_400.0, 1, "unit-days"),
    };
    let shown = |secs: u32| decimal(text, f64::from(secs) / unit_secs, digits);
    format!("{}–{}{THIN}{}", shown(low), shown(high), text.t(unit))
}

/// «только что», «5 мин назад», «2 ч назад», «3 сут назад». Below a minute it
/// does not count, so that a still screen draws no frames.
pub fn ago(text: &Text, secs: u32) -> String {
    match secs {
        0..60 => text.t("ago-now").to_owned(),
        60..3_600 => text.with("ago-minutes", &[("n", (secs / 60).into())]),
        3_600..172_800 => text.with("ago-hours", &[("n", (secs / 3_600).into())]),
        _ => text.with("ago-days", &[("n", (secs / 86_400).into())]),
    }
}

const MONTHS_OF: [&str; 12] = [
    "month-of-1",
    "month-of-2",
    "month-of-3",
    "month-of-4",
    "month-of-5",
    "month-of-6",
    "month-of-7",
    "month-of-8",
    "month-of-9",
    "month-of-10",
    "month-of-11",
    "month-of-12",
];

const MONTHS_SHORT: [&str; 12] = [
    "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8",
    "month-9", "month-10", "month-11", "month-12",
];

/// Fluent keys of «пн»…«вс», as the aggregates count.
pub const WEEKDAYS_SHORT: [&str; 7] = [
    "weekday-short-1",
    "weekday-short-2",
    "weekday-short-3",
    "weekday-short-4",
    "weekday-short-5",
    "weekday-short-6",
    "weekday-short-7",
];

const WEEKDAYS: [&str; 7] =
    ["weekday-1", "weekday-2", "weekday-3", "weekday-4", "weekday-5", "weekday-6", "weekday-7"];

/// «обычно 6–14», and where the window is shorter than a day its length.
pub fn usual(text: &Text, hours: u32, (low, high): (u32, u32)) -> String {
    let range = [("low", low.into()), ("high", high.into())];
    if hours == 24 {
        return text.with("changed-usual", &range);
    }
    let [low, high] = range;
    text.with("changed-usual-hours", &[("hours", hours.into()), low, high])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_by_thin_spaces() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(count(-41), "\u{2212}41");
        assert_eq!(signed(23), "+23");
    }

    #[test]
    fn shares_have_a_comma_in_russian_and_a_point_in_english() {
        assert_eq!(percent(&Text::of(Language::Ru), Some(0.841)), "84,1\u{202f}%");
        assert_eq!(percent(&Text::of(Language::En), Some(0.841)), "84.1\u{202f}%");
        assert_eq!(percent(&Text::of(Language::Ru), None), "–");
        assert_eq!(decimal(&Text::of(Language::Ru), -0.04, 1), "0,0");
    }

    #[test]
    fn times_are_those_of_the_region() {
        // 2026-11-23T07:05:00Z
        let at = 1_795_417_500;
        assert_eq!(time(at), "14:05");
        assert_eq!(moment(&Text::of(Language::Ru), at, at), "23 ноября, 14:05");
        assert_eq!(weekday(&Text::of(Language::Ru), local(at).date()), "понедельник");
    }

    #[test]
    fn a_bucket_is_shown_by_both_its_bounds_in_one_unit() {
        let text = Text::of(Language::Ru);
        let shown = |low, high| duration_range(&text, Some((low, high)));
        assert_eq!(shown(181_440, 216_000), "2,1–2,5\u{202f}сут");
        assert_eq!(shown(3_000, 3_600), "50–60\u{202f}мин");
        assert_eq!(shown(3_400, 4_100), "0,9–1,1\u{202f}ч");
        assert_eq!(duration_range(&text, None), "–");
    }

    #[test]
    fn time_left_turns_from_hours_to_days() {
        let text = Text::of(Language::Ru);
        assert_eq!(time_left(&text, 42 * 60), "0:42");
        assert_eq!(time_left(&text, -3_600), "\u{2212}1:00");
        assert_eq!(time_left(&text, 5 * 86_400), "5 сут");
    }
}

//! Time as the program keeps it: seconds in UTC, days in the region's zone.

use chrono::{DateTime, Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// Asia/Krasnoyarsk, UTC+7 the whole year.
pub const LOCAL_OFFSET_SECS: i32 = 7 * 3600;

const DAY_SECS: i64 = 86_400;
/// What is dated outside of them is a mistake.
pub(super) const YEARS: std::ops::RangeInclusive<i32> = 2000..=2099;

/// A moment in seconds since 1970-01-01T00:00:00Z. It reaches to 2106; an
/// absent moment is an `Option`, and 0 in a column.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub u32);

/// Why a date was refused. It names no text: the text may be a citizen's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    #[error("a time is not written as RFC 3339")]
    Format,
    #[error("a time lies outside the years 2000–2099")]
    Range,
}

impl Timestamp {
    /// Reads RFC 3339 with any offset; fractions of a second are dropped.
    /// Years outside 2000–2099 (UTC) are refused: they are mistakes.
    pub fn parse_rfc3339(text: &str) -> Result<Self, TimeError> {
        if let Some(time) = Self::parse_plain_utc(text.as_bytes()) {
            return Ok(time);
        }
        let Ok(time) = DateTime::parse_from_rfc3339(text) else { return Err(TimeError::Format) };
        let utc = time.to_utc();
        if !YEARS.contains(&utc.year()) {
            return Err(TimeError::Range);
        }
        u32::try_from(utc.timestamp()).map(Self).map_err(|_overflow| TimeError::Range)
    }

    /// Exactly `2026-11-23T07:05:00Z`, as nearly every line of a first sync
    /// has it, a few times each; everything else is left to the full parser.
    fn parse_plain_utc(text: &[u8]) -> Option<Self> {
        let &[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', ref time @ ..] = text else {
            return None;
        };
        let &[h0, h1, b':', n0, n1, b':', s0, s1, b'Z'] = time else { return None };
        let two = |tens: u8, ones: u8| -> Option<u32> {
            (tens.is_ascii_digit() && ones.is_ascii_digit())
                .then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
        };
        let year = i32::try_from(two(y0, y1)? * 100 + two(y2, y3)?).ok()?;
        let date = NaiveDate::from_ymd_opt(year, two(m0, m1)?, two(d0, d1)?)?;
        let (hour, minute, second) = (two(h0, h1)?, two(n0, n1)?, two(s0, s1)?);
        if !YEARS.contains(&year) || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let days = u32::try_from(LocalDay::from_date(date).0).ok()?;
        Some(Self(days * DAY_SECS as u32 + hour * 3600 + minute * 60 + second))
    }

    /// `2026-11-23T07:05:00Z`.
    pub fn to_rfc3339(self) -> String {
        DateTime::from_timestamp(i64::from(self.0), 0)
            .unwrap_or_default()
            .to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }

    /// The local day that it falls in.
    pub fn local_day(self) -> LocalDay {
        LocalDay(self.local_secs().div_euclid(DAY_SECS) as i32)
    }

    /// The local hour, 0–23.
    pub fn local_hour(self) -> u8 {
        (self.local_secs().rem_euclid(DAY_SECS) / 3600) as u8
    }

    /// The local minute of the day, 0–1439.
    pub fn local_minute_of_day(self) -> u16 {
        (self.local_secs().rem_euclid(DAY_SECS) / 60) as u16
    }

    /// Seconds from `earlier` to `self`, negative if it is later.
    pub fn secs_since(self, earlier: Self) -> i64 {
        i64::from(self.0) - i64::from(earlier.0)
    }

    /// Moved by `secs`, held at both ends of the scale.
    #[must_use]
    pub fn plus_secs(self, secs: i64) -> Self {
        Self::clamped(i64::from(self.0).saturating_add(secs))
    }

    fn local_secs(self) -> i64 {
        i64::from(self.0) + i64::from(LOCAL_OFFSET_SECS)
    }

    fn clamped(secs: i64) -> Self {
        Self(u32::try_from(secs.max(0)).unwrap_or(u32::MAX))
    }
}

/// A calendar day of the region, counted from 1970-01-01.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct LocalDay(pub i32);

impl LocalDay {
    pub fn from_date(date: NaiveDate) -> Self {
        Self(date.signed_duration_since(NaiveDate::default()).num_days() as i32)
    }

    pub fn date(self) -> NaiveDate {
        NaiveDate::default()
            .checked_add_signed(chrono::TimeDelta::days(i64::from(self.0)))
            .unwrap_or_default()
    }

    /// Its first second, local midnight.
    pub fn start(self) -> Timestamp {
        Timestamp::clamped(i64::from(self.0) * DAY_SECS - i64::from(LOCAL_OFFSET_SECS))
    }

    /// The first second after it.
    pub fn end(self) -> Timestamp {
        self.plus_days(1).start()
    }

    /// 0 is Monday, 6 is Sunday.
    pub fn weekday(self) -> u8 {
        // 1970-01-01 was a Thursday.
        (self.0 + 3).rem_euclid(7) as u8
    }

    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }
}

/// A stretch of time with its start and without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Period {
    /// Everything that can be dated.
    pub const ALL: Self = Self { from: Timestamp(0), to: Timestamp(u32::MAX) };

    /// Whole days, the last one included. Empty if `last` is before `first`.
    pub fn of_days(first: LocalDay, last: LocalDay) -> Self {
        let from = first.start();
        Self { from, to: last.end().max(from) }
    }

    /// `days` whole days of which the last is the day of `now`, to its
    /// midnight: so the period is the same the whole day.
    pub fn last_days(days: u32, now: Timestamp) -> Self {
        let today = now.local_day();
        let days = i32::try_from(days).unwrap_or(i32::MAX);
        Self::of_days(today.plus_days(1i32.saturating_sub(days)), today)
    }

    /// The last calendar month that is over at `now`, or with 3 the last quarter.
    /// `months` divides the year.
    pub fn last_calendar(months: u32, now: Timestamp) -> Self {
        let today = now.local_day().date();
        let into = today.month0() % months;
        let first = today.with_day(1).unwrap_or(today);
        let ago = |months| first.checked_sub_months(chrono::Months::new(months)).unwrap_or(first);
        let (from, to) = (ago(into + months), ago(into));
        Self { from: LocalDay::from_date(from).start(), to: LocalDay::from_date(to).start() }
    }

    /// As long as this one and ending where it begins.
    #[must_use]
    pub fn previous(self) -> Self {
        let length = self.to.secs_since(self.from);
        Self { from: self.from.plus_secs(-length), to: self.from }
    }

    pub fn contains(self, time: Timestamp) -> bool {
        self.from <= time && time < self.to
    }

    /// The day of `from`.
    pub fn first_day(self) -> LocalDay {
        self.from.local_day()
    }

    /// How many local days it touches.
    pub fn day_count(self) -> u32 {
        if self.to <= self.from {
            return 0;
        }
        let last = Timestamp(self.to.0 - 1).local_day();
        (last.0 - self.first_day().0 + 1) as u32
    }

    /// The local days that it touches, in order.
    pub fn days(self) -> impl ExactSizeIterator<Item = LocalDay> + use<> {
        let first = self.first_day().0;
        (first..first + self.day_count() as i32).map(LocalDay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    fn day(year: i32, month: u32, day: u32) -> LocalDay {
        LocalDay::from_date(NaiveDate::from_ymd_opt(year, month, day).unwrap())
    }

    #[test]
    fn rfc3339_is_read_with_its_offset_and_written_in_utc() {
        assert_eq!(at("2026-11-23T14:05:00+07:00"), at("2026-11-23T07:05:00Z"));
        assert_eq!(at("2026-11-23T07:05:00.999Z").to_rfc3339(), "2026-11-23T07:05:00Z");
        assert_eq!(at("2099-12-31T23:59:59Z").to_rfc3339(), "2099-12-31T23:59:59Z");
    }

    #[test]
    fn the_plain_form_reads_as_the_full_parser_does() {
        for (text, secs) in [
            ("2000-01-01T00:00:00Z", Some(946_684_800)),
            ("2024-02-29T23:59:59Z", Some(1_709_251_199)),
            ("2099-12-31T23:59:59Z", Some(4_102_444_799)),
            ("2023-02-29T00:00:00Z", None),
            ("2026-11-23T24:00:00Z", None),
            ("2026-11-23T07:60:00Z", None),
            ("2026-11-23T07:05:60Z", None),
            ("2026-1x-23T07:05:00Z", None),
            ("1999-12-31T23:59:59Z", None),
        ] {
            assert_eq!(Timestamp::parse_plain_utc(text.as_bytes()), secs.map(Timestamp), "{text}");
            let full = DateTime::parse_from_rfc3339(text).map(|time| time.timestamp());
            assert!(secs.is_none() || full == Ok(secs.unwrap_or_default().into()), "{text}");
        }
        // A leap second is the full parser's to judge.
        assert!(Timestamp::parse_rfc3339("2016-12-31T23:59:60Z").is_ok());
    }

    #[test]
    fn mistaken_dates_are_refused() {
        for text in ["", "2026-11-23", "0000-01-01", "2026-13-01T00:00:00Z", "x"] {
            assert_eq!(Timestamp::parse_rfc3339(text), Err(TimeError::Format), "{text}");
        }
        for text in ["0000-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"] {
            assert_eq!(Timestamp::parse_rfc3339(text), Err(TimeError::Range), "{text}");
        }
        // Local 2000, but still 1999 in UTC.
        assert!(Timestamp::parse_rfc3339("2000-01-01T03:00:00+07:00").is_err());
    }

    #[test]
    fn a_day_is_the_regions_day() {
        let late = at("2026-11-22T17:00:00Z");
        assert_eq!(late.local_day(), day(2026, 11, 23));
        assert_eq!((late.local_hour(), late.local_minute_of_day()), (0, 0));
        let before = Timestamp(late.0 - 1);
        assert_eq!(before.local_day(), day(2026, 11, 22));
        assert_eq!((before.local_hour(), before.local_minute_of_day()), (23, 1439));
        assert_eq!(late.local_day().start(), late);
        assert_eq!(late.local_day().end().secs_since(late), 86_400);
        assert_eq!(late.local_day().weekday(), 0);
        assert_eq!(day(1970, 1, 1).weekday(), 3);
        assert_eq!(day(1969, 12, 28).weekday(), 6);
        assert_eq!(LocalDay::from_date(day(2024, 2, 29).date()), day(2024, 2, 29));
    }

    #[test]
    fn the_last_days_end_with_today_and_the_previous_ones_touch_them() {
        let period = Period::last_days(7, at("2026-11-23T14:05:00+07:00"));
        assert_eq!(period.from, at("2026-11-17T00:00:00+07:00"));
        assert_eq!(period.to, at("2026-11-24T00:00:00+07:00"));
        assert_eq!(period.days().map(LocalDay::weekday).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 0]);
        assert!(period.contains(period.from) && !period.contains(period.to));
        let before = period.previous();
        assert_eq!(before.to, period.from);
        assert_eq!(before.day_count(), 7);
        assert_eq!(Period::last_days(0, period.from).day_count(), 0);
    }

    #[test]
    fn months_and_quarters_that_are_over_have_their_own_lengths() {
        let last = |months, now| {
            let period = Period::last_calendar(months, at(now));
            let date = |at: Timestamp| at.local_day().date().to_string();
            (date(period.from), date(period.to), period.day_count())
        };
        let whole = |from: &str, to: &str, days| (from.to_owned(), to.to_owned(), days);
        let in_march = "2024-03-31T23:59:59+07:00";
        assert_eq!(last(1, in_march), whole("2024-02-01", "2024-03-01", 29));
        assert_eq!(last(3, in_march), whole("2023-10-01", "2024-01-01", 92));
        // The first second of a year in Khakassia is still the old one in Greenwich.
        let new_year = "2026-12-31T17:00:00Z";
        assert_eq!(last(1, new_year), whole("2026-12-01", "2027-01-01", 31));
        assert_eq!(last(3, new_year), whole("2026-10-01", "2027-01-01", 92));
        assert_eq!(last(12, new_year), whole("2026-01-01", "2027-01-01", 365));
    }

    #[test]
    fn the_ends_of_the_scale_hold() {
        assert_eq!(Timestamp(5).plus_secs(-10), Timestamp(0));
        assert_eq!(Timestamp(u32::MAX).plus_secs(i64::MAX), Timestamp(u32::MAX));
        assert!(Period::ALL.contains(at("2099-12-31T23:59:59Z")));
        assert_eq!(Period { from: Timestamp(9), to: Timestamp(3) }.days().len(), 0);
        assert_eq!(Period::of_days(LocalDay(20_000), LocalDay(19_999)).day_count(), 0);
    }
}

//! The production calendar: which days are worked, and time counted in them.

use chrono::Datelike;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::data_file::{DataError, DataFile};
use super::period::{LocalDay, Timestamp, YEARS};

/// A year that begins so soon is missed already: deadlines reach into it.
const SOON_DAYS: i32 = 45;

pub(super) const HOUR_SECS: u32 = 3600;

/// How much of a day is worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayKind {
    Off,
    /// An hour less, before a holiday.
    Short,
    Full,
}

/// How surely something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
pub enum Mark {
    /// Found in a public source.
    V,
    /// Commonly stated, not verified.
    U,
}

/// The calendar of a year is not known, so nothing in it can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no production calendar of {year}")]
pub struct NoCalendar {
    pub year: i32,
}

/// When work goes on within a working day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// Seconds from local midnight; `from` is before `to`, which is at most a day.
    from: u32,
    to: u32,
}

/// Minutes since midnight of a time of the day, «09:00»; `None` where it is none.
pub fn minutes_of_day(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u32, u32) = (hours.trim().parse().ok()?, minutes.trim().parse().ok()?);
    (hours <= 24 && minutes < 60).then(|| hours * 60 + minutes)
}

impl Window {
    /// It is longer than the hour that a short day lacks.
    pub const LEAST_MINUTES: u32 = 61;

    pub const DAY_MINUTES: u32 = 24 * 60;

    /// From nine to six, where nothing else is said.
    pub const USUAL: Self = Self { from: 9 * HOUR_SECS, to: 18 * HOUR_SECS };

    /// Whole minutes of the local day; `None` where it ends after the day or is too
    /// short.
    pub fn of_minutes(from: u32, to: u32) -> Option<Self> {
        let is_one = to <= Self::DAY_MINUTES && from.checked_add(Self::LEAST_MINUTES)? <= to;
        is_one.then_some(Self { from: from * 60, to: to * 60 })
    }

    /// Its two ends, in minutes of the local day.
    pub const fn minutes(self) -> (u32, u32) {
        (self.from / 60, self.to / 60)
    }

    /// What is worked of such a day, from local midnight; empty for a day off.
    fn of_day(self, kind: DayKind) -> std::ops::Range<u32> {
        match kind {
            DayKind::Off => self.from..self.from,
            DayKind::Short => self.from..self.to - HOUR_SECS,
            DayKind::Full => self.from..self.to,
        }
    }
}

/// Where a year of the calendar comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarYear {
    pub year: i32,
    pub source: Box<str>,
    pub mark: Mark,
}

/// Years that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkCalendar {
    years: Vec<CalendarYear>,
    first: LocalDay,
    kinds: Vec<DayKind>,
    /// How many of the days before each are worked; one more than there are days.
    worked_before: Vec<u32>,
    /// Days that are worked, from `first`.
    worked: Vec<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenCalendar {
    year: Vec<Spanned<GivenYear>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenYear {
    year: i32,
    source: Box<str>,
    mark: Mark,
    holidays: Vec<Spanned<Datetime>>,
    #[serde(default)]
    moved: Vec<Spanned<GivenMove>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenMove {
    from: Datetime,
    to: Datetime,
}

impl WorkCalendar {
    /// Refuses, with the line, a year without a source, one that stands twice or
    /// leaves a gap to the one before, a date of another year, a day off that is moved
    /// from a working day or onto a day off, and a holiday on a day off that is moved
    /// nowhere although ст. 112 moves it.
    pub fn read(file: DataFile<'_>) -> Result<Self, DataError> {
        let given: GivenCalendar = file.parse_toml()?;
        let mut calendar = Self {
            years: Vec::with_capacity(given.year.len()),
            first: LocalDay(0),
            kinds: Vec::new(),
            worked_before: Vec::new(),
            worked: Vec::new(),
        };
        let mut holidays = Vec::new();
        for year in given.year {
            let span = year.span();
            let year = year.into_inner();
            if !YEARS.contains(&year.year) {
                return Err(file.error_at(span, "a year is from 2000 to 2099"));
            }
            if year.source.trim().is_empty() {
                return Err(file.error_at(span, format!("{} has no source", year.year)));
            }
            match calendar.years.last() {
                Some(before) if year.year <= before.year => {
                    let reason = format!("{} stands twice or behind a later year", year.year);
                    return Err(file.error_at(span, reason));
                }
                Some(before) if year.year > before.year + 1 => {
                    let reason = format!("{} is missing before {}", before.year + 1, year.year);
                    return Err(file.error_at(span, reason));
                }
                Some(_) => {}
                None => calendar.first = day_of(year.year, 1, 1),
            }
            let known =
                CalendarYear { year: year.year, source: year.source.clone(), mark: year.mark };
            calendar.years.push(known);
            calendar.add_year(file, &year, &mut holidays)?;
        }
        if calendar.years.is_empty() {
            return Err(file.error_on(1, "there is no year"));
        }
        calendar.count();
        Ok(calendar)
    }

    fn add_year(
        &mut self,
        file: DataFile<'_>,
        given: &GivenYear,
        holidays: &mut Vec<LocalDay>,
    ) -> Result<(), DataError> {
        let year = given.year;
        let of_year = |date: &Datetime, span: std::ops::Range<usize>| {
            let found = plain_date(date).filter(|day| day.date().year() == year);
            found.ok_or_else(|| file.error_at(span, format!("this is no date of {year}")))
        };
        let start = self.kinds.len();
        let (first, next) = (day_of(year, 1, 1), day_of(year + 1, 1, 1));
        self.kinds.extend((first.0..next.0).map(|day| match LocalDay(day).weekday() {
            0..5 => DayKind::Full,
            _ => DayKind::Off,
        }));
        let index = |day: LocalDay| start + (day.0 - first.0) as usize;
        let own_from = holidays.len();
        for date in &given.holidays {
            let day = of_year(date.get_ref(), date.span())?;
            if holidays[own_from..].contains(&day) {
                return Err(file.error_at(date.span(), "a holiday stands twice"));
            }
            holidays.push(day);
            self.kinds[index(day)] = DayKind::Off;
        }
        let own = &holidays[own_from..];
        let mut moved_from = Vec::new();
        let mut exchanged = Vec::new();
        for moved in &given.moved {
            let (from, to) = (&moved.get_ref().from, &moved.get_ref().to);
            let (from, to) = (of_year(from, moved.span())?, of_year(to, moved.span())?);
            if from.weekday() < 5 || moved_from.contains(&from) {
                return Err(file.error_at(moved.span(), "`from` is a day off, and moved once"));
            }
            if self.kinds[index(to)] == DayKind::Off {
                return Err(file.error_at(moved.span(), "`to` is a working day"));
            }
            self.kinds[index(to)] = DayKind::Off;
            if !own.contains(&from) {
                self.kinds[index(from)] = DayKind::Full;
                exchanged.push((from, to));
            }
            moved_from.push(from);
        }
        // ст. 112 ч. 2: 1–8 January are moved by the government alone.
        let is_lost = |day: &&LocalDay| {
            let date = day.date();
            let is_new_year = date.month() == 1 && date.day() <= 8;
            day.weekday() >= 5 && !is_new_year && !moved_from.contains(day)
        };
        if let Some(lost) = own.iter().find(is_lost) {
            let reason = format!("the holiday {} is on a day off and moved nowhere", lost.date());
            let line = given.holidays.iter().find(|date| plain_date(date.get_ref()) == Some(*lost));
            return Err(file.error_at(line.map(Spanned::span).unwrap_or_default(), reason));
        }
        // ст. 95, and for a day that was exchanged the length of the other.
        let is_eve = |day: LocalDay| own.contains(&day.plus_days(1));
        for day in (first.0..next.0).map(LocalDay) {
            if self.kinds[index(day)] != DayKind::Full {
                continue;
            }
            let other = exchanged.iter().find(|(from, _)| *from == day).map(|(_, to)| *to);
            if is_eve(other.unwrap_or(day)) {
                self.kinds[index(day)] = DayKind::Short;
            }
        }
        Ok(())
    }

    fn count(&mut self) {
        let mut worked = 0;
        self.worked_before.push(0);
        for (index, kind) in (0..).zip(&self.kinds) {
            if *kind != DayKind::Off {
                worked += 1;
                self.worked.push(index);
            }
            self.worked_before.push(worked);
        }
    }

    /// In order, without gaps.
    pub fn years(&self) -> &[CalendarYear] {
        &self.years
    }

    /// The year that deadlines of today fall into, or soon will, and that has no calendar:
    /// then those in working days and hours cannot be counted.
    pub fn missing_year(&self, today: LocalDay) -> Option<i32> {
        let near = [today, today.plus_days(SOON_DAYS)].map(|day| day.date().year());
        near.into_iter().find(|year| self.years.iter().all(|known| known.year != *year))
    }

    /// # Errors
    /// Where the year is not known.
    pub fn kind(&self, day: LocalDay) -> Result<DayKind, NoCalendar> {
        self.index(day).map(|index| self.kinds[index])
    }

    /// The working day that is the `count`th after `day`; `day` itself for 0.
    ///
    /// # Errors
    /// Where a year between is not known.
    pub fn plus_working_days(&self, day: LocalDay, count: u32) -> Result<LocalDay, NoCalendar> {
        let index = self.index(day)?;
        let Some(count) = count.checked_sub(1) else { return Ok(day) };
        let worked = self.worked_before[index + 1] as usize + count as usize;
        match self.worked.get(worked) {
            Some(index) => Ok(self.first.plus_days(*index as i32)),
            None => Err(self.beyond()),
        }
    }

    /// How many working days there are after `from`, up to `to` and including it.
    ///
    /// # Errors
    /// Where a year between is not known.
    pub fn working_days(&self, from: LocalDay, to: LocalDay) -> Result<u32, NoCalendar> {
        let (from, to) = (self.index(from)?, self.index(to)?);
        Ok(self.worked_before[to + 1].saturating_sub(self.worked_before[from + 1]))
    }

    /// The moment when `secs` of work have passed since `from`. What comes outside of
    /// the window is worked on from its next opening.
    ///
    /// # Errors
    /// Where a year between is not known.
    pub fn plus_working_secs(
        &self,
        from: Timestamp,
        secs: u32,
        window: Window,
    ) -> Result<Timestamp, NoCalendar> {
        let mut left = secs;
        let mut day = from.local_day();
        let mut since = from.0.saturating_sub(day.start().0);
        loop {
            let open = window.of_day(self.kind(day)?);
            let begin = open.start.max(since).min(open.end);
            let room = open.end - begin;
            if room > 0 && left <= room {
                return Ok(day.start().plus_secs(i64::from(begin + left)));
            }
            left -= room;
            (day, since) = (day.plus_days(1), 0);
        }
    }

    /// Seconds of work between two moments; 0 where `to` is not after `from`.
    ///
    /// # Errors
    /// Where a year between is not known.
    pub fn working_secs(
        &self,
        from: Timestamp,
        to: Timestamp,
        window: Window,
    ) -> Result<u64, NoCalendar> {
        let mut sum = 0;
        for day in (from.local_day().0..=to.local_day().0).map(LocalDay) {
            let open = window.of_day(self.kind(day)?);
            let start = day.start().0;
            let begin = open.start.max(from.0.saturating_sub(start));
            let end = open.end.min(to.0.saturating_sub(start));
            sum += u64::from(end.saturating_sub(begin));
        }
        Ok(sum)
    }

    fn index(&self, day: LocalDay) -> Result<usize, NoCalendar> {
        let index = usize::try_from(day.0 - self.first.0).ok();
        let known = index.filter(|index| *index < self.kinds.len());
        known.ok_or_else(|| NoCalendar { year: day.date().year() })
    }

    fn beyond(&self) -> NoCalendar {
        NoCalendar { year: self.years.last().map_or(0, |last| last.year + 1) }
    }
}

fn day_of(year: i32, month: u32, day: u32) -> LocalDay {
    chrono::NaiveDate::from_ymd_opt(year, month, day).map_or(LocalDay(0), LocalDay::from_date)
}

/// A date alone, without a time of day.
pub(super) fn plain_date(given: &Datetime) -> Option<LocalDay> {
    let date = given.date.filter(|_| given.time.is_none() && given.offset.is_none())?;
    let (month, day) = (date.month.into(), date.day.into());
    chrono::NaiveDate::from_ymd_opt(date.year.into(), month, day).map(LocalDay::from_date)
}

#[cfg(test)]
mod tests;

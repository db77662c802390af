use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::domain::catalogue::Parts;

fn calendar() -> WorkCalendar {
    WorkCalendar::read(Parts::EMBEDDED.work_calendar).unwrap()
}

fn day(text: &str) -> LocalDay {
    LocalDay::from_date(text.parse().unwrap())
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

/// As holidays 0.109, a package of Python, has them: weekdays off, weekends worked, and
/// how many days are worked in the year. The moves in the file came from it, so this shows
/// that they were written down and read rightly; `tests/work_days.sh` asks another, too.
const LISTED: [(i32, &str, &str, usize); 5] = [
    (
        2023,
        "01-02 01-03 01-04 01-05 01-06 02-23 02-24 03-08 05-01 05-08 05-09 06-12 11-06",
        "",
        247,
    ),
    (
        2024,
        "01-01 01-02 01-03 01-04 01-05 01-08 02-23 03-08 04-29 04-30 05-01 05-09 05-10 06-12 11-04 12-30 12-31",
        "04-27 11-02 12-28",
        248,
    ),
    (
        2025,
        "01-01 01-02 01-03 01-06 01-07 01-08 05-01 05-02 05-08 05-09 06-12 06-13 11-03 11-04 12-31",
        "11-01",
        247,
    ),
    (
        2026,
        "01-01 01-02 01-05 01-06 01-07 01-08 01-09 02-23 03-09 05-01 05-11 06-12 11-04 12-31",
        "",
        247,
    ),
    (
        2027,
        "01-01 01-04 01-05 01-06 01-07 01-08 02-22 02-23 03-08 05-03 05-10 06-14 11-04 11-05 12-31",
        "02-20",
        247,
    ),
];

#[test]
fn the_years_agree_with_the_list_that_they_came_from() {
    let calendar = calendar();
    for (year, off, worked, count) in LISTED {
        let days = |kinds: &[DayKind], is_weekend: bool| {
            let all = (day_of(year, 1, 1).0..day_of(year + 1, 1, 1).0).map(LocalDay);
            let wanted = all.filter(|day| {
                (day.weekday() >= 5) == is_weekend && kinds.contains(&calendar.kind(*day).unwrap())
            });
            wanted.map(|day| day.date().format("%m-%d").to_string()).collect::<Vec<_>>().join(" ")
        };
        let worked_kinds = [DayKind::Short, DayKind::Full];
        assert_eq!(days(&[DayKind::Off], false), off, "{year}");
        assert_eq!(days(&worked_kinds, true), worked, "{year}");
        let last = day_of(year, 12, 31);
        let before = day_of(year, 1, 1);
        let found = calendar.working_days(before, last).unwrap();
        assert_eq!(found as usize, count, "{year}: 1 January is off");
    }
}

#[test]
fn the_day_before_a_holiday_is_short_and_so_is_one_exchanged_for_it() {
    let calendar = calendar();
    let short: Vec<String> = (calendar.first.0..calendar.first.0 + calendar.kinds.len() as i32)
        .map(LocalDay)
        .filter(|day| calendar.kind(*day) == Ok(DayKind::Short))
        .map(|day| day.date().to_string())
        .collect();
    let expected = [
        "2023-02-22",
        "2023-03-07",
        "2023-11-03",
        "2024-02-22",
        "2024-03-07",
        "2024-05-08",
        "2024-06-11",
        "2024-11-02",
        "2025-03-07",
        "2025-04-30",
        "2025-06-11",
        "2025-11-01",
        "2026-04-30",
        "2026-05-08",
        "2026-06-11",
        "2026-11-03",
        "2027-02-20",
        "2027-04-30",
        "2027-06-11",
        "2027-11-03",
    ];
    assert_eq!(short, expected);
}

#[test]
fn hours_of_work_stop_at_night_and_on_days_off() {
    let calendar = calendar();
    let window = Window::of_minutes(9 * 60, 18 * 60).unwrap();
    for (from, hours, to) in [
        // Within a day, over a night, over a weekend, from before the opening.
        ("2026-11-23T10:00:00+07:00", 4, "2026-11-23T14:00:00+07:00"),
        ("2026-11-23T15:00:00+07:00", 9, "2026-11-24T15:00:00+07:00"),
        ("2026-11-27T17:00:00+07:00", 2, "2026-11-30T10:00:00+07:00"),
        ("2026-11-23T02:00:00+07:00", 1, "2026-11-23T10:00:00+07:00"),
        ("2026-11-22T12:00:00+07:00", 9, "2026-11-23T18:00:00+07:00"),
        // 3 November is short, the 4th a holiday.
        ("2026-11-03T16:00:00+07:00", 2, "2026-11-05T10:00:00+07:00"),
        // Over the turn of the year: 31 December to 11 January.
        ("2026-12-30T17:30:00+07:00", 1, "2027-01-11T09:30:00+07:00"),
    ] {
        let found = calendar.plus_working_secs(at(from), hours * HOUR_SECS, window).unwrap();
        assert_eq!(found.to_rfc3339(), at(to).to_rfc3339(), "{from}");
    }
}

#[test]
fn a_year_without_a_calendar_is_said_and_not_guessed() {
    let calendar = calendar();
    let last = calendar.years().last().unwrap().year;
    let end = day_of(last, 12, 30);
    assert_eq!(calendar.plus_working_days(end, 10), Err(NoCalendar { year: last + 1 }));
    assert_eq!(calendar.kind(day("2022-12-31")), Err(NoCalendar { year: 2022 }));
    let window = Window::of_minutes(9 * 60, 18 * 60).unwrap();
    let found = calendar.plus_working_secs(end.start(), 40 * HOUR_SECS, window);
    assert_eq!(found, Err(NoCalendar { year: last + 1 }));
    assert_eq!(
        found.unwrap_err().to_string(),
        format!("there is no production calendar of {}", last + 1)
    );
}

#[test]
fn mistakes_are_named_with_their_line() {
    let file = DataFile { name: "c.toml", ..Parts::EMBEDDED.work_calendar };
    let refused = |from: &str, to: &str| file.refusal(from, to, WorkCalendar::read);
    for (from, to, reason) in [
        ("year = 2024", "year = 2025", "2024 is missing before 2025"),
        ("year = 2024", "year = 2023", "2023 stands twice or behind a later year"),
        ("year = 2023", "year = 1923", "a year is from 2000 to 2099"),
        ("2023-02-23, ", "2022-02-23, ", "this is no date of 2023"),
        ("2023-02-23, ", "2023-02-23T10:00:00, ", "this is no date of 2023"),
        ("2023-02-23, ", "2023-03-08, ", "a holiday stands twice"),
        ("from = 2023-01-01", "from = 2023-01-03", "`from` is a day off, and moved once"),
        ("from = 2023-01-08", "from = 2023-01-01", "`from` is a day off, and moved once"),
        ("to = 2023-02-24", "to = 2023-02-25", "`to` is a working day"),
        (
            "  { from = 2023-11-04, to = 2023-11-06 },\n",
            "",
            "the holiday 2023-11-04 is on a day off and moved nowhere",
        ),
    ] {
        let said = refused(from, to);
        assert!(said.ends_with(reason) && said.starts_with("c.toml, line "), "{said}");
    }
    let said = refused("source = \"ТК", "source = \"\" #");
    assert!(said.ends_with("2023 has no source"), "{said}");
    let empty = DataFile { name: "c.toml", text: "year = []" };
    assert_eq!(WorkCalendar::read(empty).unwrap_err().reason, "there is no year");
}

/// Working days before a holiday, by ТК РФ ст. 95 an hour shorter, written out from the
/// list above: a worked day whose next one is a holiday of ст. 112.
const HOLIDAYS: [&str; 14] = [
    "01-01", "01-02", "01-03", "01-04", "01-05", "01-06", "01-07", "01-08", "02-23", "03-08",
    "05-01", "05-09", "06-12", "11-04",
];

/// Weekends that are worked, and the weekday whose place each takes.
const STANDS_FOR: [(&str, &str); 5] = [
    ("2024-04-27", "2024-04-29"),
    ("2024-11-02", "2024-04-30"),
    ("2024-12-28", "2024-12-30"),
    ("2025-11-01", "2025-11-03"),
    ("2027-02-20", "2027-02-22"),
];

/// Days counted one by one, from the list above alone.
struct Slow(HashSet<String>);

impl Slow {
    fn new() -> Self {
        let mut worked = HashSet::new();
        for (year, off, extra, _) in LISTED {
            let off: HashSet<&str> = off.split(' ').collect();
            for day in (day_of(year, 1, 1).0..day_of(year + 1, 1, 1).0).map(LocalDay) {
                let name = day.date().format("%m-%d").to_string();
                let is_weekday = day.weekday() < 5 && !off.contains(name.as_str());
                if is_weekday || extra.split(' ').any(|it| it == name) {
                    worked.insert(day.date().to_string());
                }
            }
        }
        Self(worked)
    }

    fn plus(&self, from: LocalDay, count: u32) -> LocalDay {
        let (mut day, mut left) = (from, count);
        while left > 0 {
            day = day.plus_days(1);
            left -= u32::from(self.0.contains(&day.date().to_string()));
        }
        day
    }
}

impl Slow {
    /// How many minutes shorter a day is than the window, `None` for a day off.
    fn lacks(&self, day: LocalDay) -> Option<u32> {
        let name = |day: LocalDay| day.date().format("%m-%d").to_string();
        let date = day.date().to_string();
        let other = STANDS_FOR.iter().find(|(worked, _)| *worked == date);
        let stands_for = other.map_or(day, |(_, weekday)| self::day(weekday));
        let is_short = HOLIDAYS.contains(&name(stands_for.plus_days(1)).as_str());
        self.0.contains(&date).then_some(if is_short { 60 } else { 0 })
    }
}

/// The end of the minute at which so many were worked, counted one by one; `lacks` by
/// day from the first.
fn plus_minutes(
    lacks: &[Option<u32>],
    (mut day, mut minute): (usize, u32),
    count: u32,
    (open, close): (u32, u32),
) -> (usize, u32) {
    let mut left = count;
    loop {
        let is_worked = lacks[day].is_some_and(|lacks| (open..close - lacks).contains(&minute));
        left -= u32::from(is_worked);
        minute += 1;
        if left == 0 {
            return (day, minute);
        }
        if minute == 24 * 60 {
            (day, minute) = (day + 1, 0);
        }
    }
}

/// A plain linear congruence: the cases are the same in every run.
fn random() -> impl FnMut(u64) -> u64 {
    let mut state = 20_261_129_u64;
    move |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

#[test]
fn a_hundred_thousand_spans_of_hours_agree_with_counting_their_minutes_one_by_one() {
    let (calendar, slow) = (calendar(), Slow::new());
    let mut random = random();
    let date = |day: usize| calendar.first.plus_days(day as i32);
    let lacks: Vec<_> = (0..calendar.kinds.len()).map(|day| slow.lacks(date(day))).collect();
    for (day, lacks) in lacks.iter().enumerate() {
        let expected = match lacks {
            None => DayKind::Off,
            Some(0) => DayKind::Full,
            Some(_) => DayKind::Short,
        };
        assert_eq!(calendar.kinds[day], expected, "{}", date(day).date());
    }
    for case in 0..100_000 {
        let window = [(540, 1_080), (480, 1_200), (0, 1_440), (600, 720)][random(4) as usize];
        let (day, minute) = (random(lacks.len() as u64 - 40) as usize, random(24 * 60) as u32);
        // Longer spans cost more to count.
        let count = 1 + random(if case % 50 == 0 { 1_500 } else { 200 }) as u32;
        let moment =
            |(day, minute): (usize, u32)| date(day).start().plus_secs(i64::from(minute) * 60);
        let from = moment((day, minute));
        let by = Window::of_minutes(window.0, window.1).unwrap();
        let to = calendar.plus_working_secs(from, count * 60, by).unwrap();
        let expected = moment(plus_minutes(&lacks, (day, minute), count, window));
        assert_eq!(to, expected, "{} {minute} + {count} in {window:?}", date(day).date());
        assert_eq!(calendar.working_secs(from, to, by), Ok(u64::from(count) * 60));
    }
}

#[test]
fn a_hundred_thousand_days_agree_with_counting_them_one_by_one() {
    let (calendar, slow) = (calendar(), Slow::new());
    let mut random = random();
    let days = calendar.kinds.len() as u64 - 120;
    for _ in 0..100_000 {
        let from = calendar.first.plus_days(random(days) as i32);
        let count = random(60) as u32;
        let to = calendar.plus_working_days(from, count).unwrap();
        assert_eq!(to, slow.plus(from, count), "{} + {count}", from.date());
        assert_eq!(calendar.working_days(from, to), Ok(count));
    }
    // 29 February, and over a new year.
    assert_eq!(calendar.plus_working_days(day("2024-02-28"), 1), Ok(day("2024-02-29")));
    assert_eq!(calendar.plus_working_days(day("2024-12-27"), 2), Ok(day("2025-01-09")));
}

#[test]
fn a_year_without_a_calendar_is_missed_before_it_begins() {
    let calendar = calendar();
    let last = calendar.years().last().unwrap().year;
    assert_eq!(calendar.missing_year(day(&format!("{last}-11-01"))), None);
    assert_eq!(calendar.missing_year(day(&format!("{last}-12-01"))), Some(last + 1));
    assert_eq!(calendar.missing_year(day(&format!("{}-06-01", last + 3))), Some(last + 3));
}

proptest! {
    #[test]
    fn hours_that_were_added_are_counted_back(
        after in 0..4 * 365 * 86_400_u32, secs in 0..200 * HOUR_SECS, open in 0..20_u32, length in 2..5_u32
    ) {
        let calendar = calendar();
        let window = Window::of_minutes(open * 60, (open + length).min(24) * 60);
        let window = window.unwrap_or(Window { from: 0, to: 86_400 });
        let from = calendar.first.start().plus_secs(i64::from(after));
        if let Ok(to) = calendar.plus_working_secs(from, secs, window) {
            prop_assert_eq!(calendar.working_secs(from, to, window), Ok(u64::from(secs)));
            // And not a second later than needed.
            if secs > 0 {
                let before = to.plus_secs(-1);
                prop_assert_eq!(calendar.working_secs(from, before, window), Ok(u64::from(secs) - 1));
            }
        }
    }
}

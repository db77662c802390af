//! `pult detect` through the real binary.

use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Output};

use crate::sample::Dice;

fn detect(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pult")).arg("detect").args(arguments).output().unwrap()
}

/// Looks through a table with the columns day, town and matter.
fn of_table(table: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, table).unwrap();
    let path = path.to_str().unwrap();
    detect(&["--csv", path, "--date", "day", "--place", "town", "--category", "matter"])
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(said.lines().count(), 1, "one sentence: {said}");
    said
}

/// Four weeks of November 2026 with some four rows a day in each of four cells, and on
/// its last day `burst` more about the heating in Askiz.
fn november(burst: usize, time: &str) -> String {
    let mut table = "day;town;matter\n".to_owned();
    for day in 1..=28 {
        for (at, cell) in
            ["Абаза;свет", "Абаза;тепло", "Аскиз;свет", "Аскиз;тепло"].iter().enumerate()
        {
            for _ in 0..3 + (day * 3 + at) % 3 {
                writeln!(table, "2026-11-{day:02}{time};{cell}").unwrap();
            }
        }
    }
    for _ in 0..burst {
        writeln!(table, "2026-11-28{time};Аскиз;тепло").unwrap();
    }
    table
}

#[test]
fn a_burst_of_a_table_is_ranked_with_what_is_usual_and_a_calm_month_has_none() {
    let calm = said(&of_table(&november(0, "")));
    let none = "by day, 0 without a date, 0 without a place or category, 0 broken · alerts 0\n";
    assert!(calm.ends_with(none), "{calm}");
    let days = said(&of_table(&november(25, "")));
    let line = days.lines().nth(1).unwrap();
    assert!(line.starts_with("1. 2026-11-28 · Аскиз · тепло · "), "{days}");
    assert!(line.contains(" in 24 h, usual ") && days.lines().count() == 2, "{days}");
    // The same by the hour: at half past two all of them come.
    let hours = said(&of_table(&november(25, "T14:30:00")));
    let line = hours.lines().nth(1).unwrap();
    assert!(line.starts_with("1. 2026-11-28 14:00 · Аскиз · тепло · "), "{hours}");
    assert!(hours.contains("by hour") && line.contains("at its height on 2026-11-28"), "{hours}");
}

/// As many as come by chance where so many are usual.
fn poisson(dice: &mut Dice, mean: f64) -> u32 {
    let mut chance = || f64::from(dice.below(1 << 30)) / f64::from(1 << 30);
    let (end, mut product, mut count) = ((-mean).exp(), chance(), 0);
    while product > end {
        product *= chance();
        count += 1;
    }
    count
}

/// Four weeks of November 2026 by chance, two to six a day in each of twelve cells, with
/// 20 more about the light in Abaza on the 18th and 40 about the water in Sorsk on the 24th.
fn chance_and_bursts(seed: u64) -> String {
    let mut dice = Dice(seed);
    let mut table = "day,town,matter\n".to_owned();
    for day in 1..=28 {
        for (place, town) in ["Абаза", "Аскиз", "Сорск"].iter().enumerate() {
            for (at, matter) in ["свет", "тепло", "вода", "дороги"].iter().enumerate()
            {
                let burst = match (day, *town, *matter) {
                    (18, "Абаза", "свет") => 20,
                    (24, "Сорск", "вода") => 40,
                    _ => 0,
                };
                let usual = 2.0 + ((place * 5 + at * 3) % 5) as f64;
                for _ in 0..poisson(&mut dice, usual) + burst {
                    writeln!(table, "2026-11-{day:02},{town},{matter}").unwrap();
                }
            }
        }
    }
    table
}

#[test]
fn planted_days_come_first_by_how_unlikely_they_are_and_quiet_ones_hardly_ever() {
    for seed in 1..=8 {
        let found = said(&of_table(&chance_and_bursts(seed)));
        let mut lines = found.lines();
        let alerts = lines.next().unwrap().rsplit(' ').next().unwrap();
        assert!(alerts.parse::<u32>().unwrap() <= 2 + 2, "seed {seed}: {found}");
        let first = lines.next().unwrap_or_default();
        assert!(first.starts_with("1. 2026-11-24 · Сорск · вода · "), "seed {seed}: {found}");
        assert!(first.ends_with(", at its height on 2026-11-24"), "seed {seed}: {found}");
        let second = lines.next().unwrap_or_default();
        assert!(second.starts_with("2. 2026-11-18 · Абаза · свет · "), "seed {seed}: {found}");
    }
}

#[test]
fn lines_that_say_too_little_are_counted_and_end_nothing() {
    let whole = chance_and_bursts(1);
    let mut lines: Vec<&str> = whole.lines().collect();
    let bad = [
        "вчера,Сорск,вода",
        "2026-13-45,Сорск,вода",
        ",Сорск,вода",
        "2026-11-20,,вода",
        "2026-11-20, ,вода",
        "2026-11-20,Сорск,",
        "2026-11-20,Сорск",
        "2026-11-20",
        "2026-11-20,Сорск,вода,лишнее",
    ];
    for (at, line) in bad.iter().enumerate() {
        lines.insert(1 + at * 40, line);
    }
    let found = said(&of_table(&lines.join("\n")));
    let rows = lines.len() - 1;
    let counts = "3 without a date, 3 without a place or category, 3 broken · alerts ";
    assert!(found.starts_with(&format!("{rows} rows over 28 days by day, {counts}")), "{found}");
    // And change nothing of the rest.
    let rest = |said: &str| said.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rest(&found), rest(&said(&of_table(&whole))));
    assert!(found.contains("1. 2026-11-24 · Сорск · вода · "), "{found}");
    let nowhere = complaint(&of_table("day,town,matter\n2026-11-01,,свет\n"));
    assert!(nowhere.contains("a place and a category"), "{nowhere}");
}

#[test]
fn a_table_that_says_too_little_is_refused_with_a_reason() {
    let short = "day,town,matter\n2026-11-01,Абаза,свет\n2026-11-05,Абаза,свет\n";
    assert!(complaint(&of_table(short)).contains("covers 5 days, and 7 before the first look"));
    let other = complaint(&of_table("day,town\n2026-11-01,Абаза\n"));
    assert!(other.contains("there is no column «matter» in its header: day, town"), "{other}");
    let undated = complaint(&of_table("day,town,matter\nвчера,Абаза,свет\n"));
    assert!(undated.contains("no row has a date in «day»"), "{undated}");
    let wide = of_table(
        "day,town,matter\n0001-01-01T10:00,Абаза,свет\n99999-01-01,А,т\n9999-12-31,Б,свет\n",
    );
    assert!(complaint(&wide).contains("is there a wrong date or column?"), "{wide:?}");
    assert_eq!(detect(&[]).status.code(), Some(2), "nothing is said to look through");
    assert_eq!(detect(&["--csv", "a.csv"]).status.code(), Some(2), "and no column");
}

#[test]
fn planted_bursts_of_a_made_up_region_are_found() {
    let told = said(&detect(&["--demo-seeds", "1"]));
    assert_eq!(told.lines().count(), 5, "{told}");
    let number = |begin: &str| -> f64 {
        let line = told.lines().find_map(|line| line.strip_prefix(begin)).unwrap();
        line.split([',', ' ']).next().unwrap().parse().unwrap()
    };
    assert!(number("problems: adjusted Rand index ") >= 0.8, "{told}");
    for forecast in ["forecast: ", "forecast of overdue: "] {
        let line = told.lines().find(|line| line.starts_with(forecast)).unwrap();
        let words = line.split(' ').map(|word| word.trim_end_matches(','));
        let numbers: Vec<f64> = words.filter_map(|word| word.parse().ok()).collect();
        let [error, plain, better, 1.0] = numbers[..] else { panic!("{told}") };
        // It is told only where the figures that are shown beside it say so.
        assert_eq!(better > 0.0, error < plain, "{line}");
        assert!(better > 0.0 || forecast != "forecast: ", "{line}");
    }
    assert!(told.starts_with("seed 1: bursts 3, found 3, false alarms "), "{told}");
    let last = told.lines().last().unwrap();
    assert!(last.starts_with("found 100.0 %, false ") && last.ends_with(" a week"), "{told}");
}

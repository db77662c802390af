//! `pult detect`: what stands out in a table of dates, places and categories, and how
//! well planted bursts are found in made-up regions.

mod alerts;
mod forecasts;
mod problems;
mod trial;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};

use super::table;
use crate::detect::{Counts, Cut, DAILY, HOURLY, LEAST_DAYS, Scale, findings};
use alerts::{Alert, Watch};

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["csv", "demo_seeds"]))]
pub(super) struct Args {
    /// Table to look through (csv with a header, UTF-8), in any order
    #[arg(long, value_name = "FILE", requires_all = ["date", "place", "category"])]
    csv: Option<PathBuf>,
    /// Column of the date, or of date and time: 2026-11-24, 2026-11-24T14:05
    #[arg(long, value_name = "COL")]
    date: Option<String>,
    /// Column of the place
    #[arg(long, value_name = "COL")]
    place: Option<String>,
    /// Column of the category
    #[arg(long, value_name = "COL")]
    category: Option<String>,
    /// Look for the planted bursts of so many made-up regions instead
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1000))]
    demo_seeds: Option<u64>,
}

/// Alerts that are printed.
const SHOWN: usize = 20;
/// Cells times slots: what a gigabyte holds.
const MOST_COUNTS: usize = 250_000_000;
/// A hundred years.
const MOST_DAYS: usize = 36_600;

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let said = match (args.demo_seeds, &args.csv) {
        (Some(seeds), _) => trial::of_seeds(seeds)?,
        (None, Some(path)) => {
            let columns = [&args.date, &args.place, &args.category];
            of_table(path, columns.map(|name| name.as_deref().unwrap_or_default()))?
        }
        (None, None) => bail!("--csv or --demo-seeds says what to look through"),
    };
    write!(std::io::stdout(), "{said}").context("the findings could not be printed")
}

fn of_table(path: &Path, names: [&str; 3]) -> anyhow::Result<String> {
    let shown = path.display();
    let table::Rows { rows, broken } =
        table::read_whole_rows(path, names, "--date, --place and --category")?;
    let Table { counts, scale, first, places, categories, undated, nowhere } =
        Table::of(&rows, names[0]).with_context(|| format!("{shown} cannot be looked through"))?;
    let days = counts.slots() / scale.slots_a_day;
    if days <= LEAST_DAYS {
        bail!("{shown} covers {days} days, and {LEAST_DAYS} before the first look are needed");
    }
    let mut watch = Watch::new(scale);
    for end in 1..=counts.slots() {
        // Nothing while the history is too short yet.
        let found = findings(&counts, scale, end).unwrap_or_default();
        watch.look(found.into_iter().map(|found| (Cut::Category, found)), end);
    }
    let mut alerts = watch.alerts;
    alerts.sort_by(|one, other| one.peak.log_p.total_cmp(&other.peak.log_p));
    let moment = |slot: usize| {
        let hours = (slot * 24 / scale.slots_a_day) as i64;
        let at = first.and_time(NaiveTime::MIN) + chrono::TimeDelta::hours(hours);
        let format = if scale == DAILY { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" };
        at.format(format).to_string()
    };
    let mut said = format!(
        "{} rows over {days} days by {}, {undated} without a date, {nowhere} without a place or \
         category, {} broken · alerts {}\n",
        rows.len() + broken.len(),
        if scale == DAILY { "day" } else { "hour" },
        broken.len(),
        alerts.len()
    );
    for (rank, Alert { peak, peak_end, begun, .. }) in alerts.iter().take(SHOWN).enumerate() {
        let hours = peak.window * 24 / scale.slots_a_day;
        // The last slot of a window is the one before its end.
        writeln!(
            said,
            "{}. {} · {} · {} · {} in {hours} h, usual {}–{}, at its height on {}",
            rank + 1,
            moment(begun - 1),
            places[peak.place],
            categories[peak.category],
            peak.count,
            peak.usual_low,
            peak.usual_high,
            moment(peak_end - 1),
        )?;
    }
    Ok(said)
}

/// Rows as counts. What has no date, place or category is left out.
struct Table {
    counts: Counts,
    scale: Scale,
    first: NaiveDate,
    places: Vec<String>,
    categories: Vec<String>,
    undated: usize,
    /// Without a place or category.
    nowhere: usize,
}

impl Table {
    /// By hour where any row has a time of day. `column` is that of the date.
    fn of(rows: &[[String; 3]], column: &str) -> anyhow::Result<Self> {
        let (mut places, mut categories) = (Numbers::default(), Numbers::default());
        let (mut undated, mut nowhere) = (0, 0);
        let mut cells = Vec::new();
        for [date, place, category] in rows {
            match moment(date) {
                None => undated += 1,
                Some(_) if place.is_empty() || category.is_empty() => nowhere += 1,
                Some(at) => cells.push((at, places.of(place), categories.of(category))),
            }
        }
        let times = || cells.iter().map(|(at, ..)| *at);
        let Some((first, last)) = times().min().zip(times().max()) else {
            bail!("no row has a date in «{column}», a place and a category")
        };
        let is_hourly = times().any(|at| at.time() != NaiveTime::MIN);
        let scale = if is_hourly { HOURLY } else { DAILY };
        let first = first.date();
        let days = usize::try_from((last.date() - first).num_days())? + 1;
        let (places, categories) = (places.words, categories.words);
        let slots = days * scale.slots_a_day;
        let size = places.len().saturating_mul(categories.len());
        if size.saturating_mul(slots) > MOST_COUNTS || days > MOST_DAYS {
            bail!(
                "{} places, {} categories and {days} days are too much; is there a wrong date \
                 or column?",
                places.len(),
                categories.len()
            );
        }
        let mut counts = Counts::new(places.len(), categories.len(), slots);
        for (at, place, category) in cells {
            let hours = (at - first.and_time(NaiveTime::MIN)).num_hours();
            let slot = usize::try_from(hours)? * scale.slots_a_day / 24;
            counts.add(place, category, slot);
        }
        counts.sum_up();
        Ok(Self { counts, scale, first, places, categories, undated, nowhere })
    }
}

/// Words by the order in which they are met.
#[derive(Default)]
struct Numbers {
    words: Vec<String>,
    known: HashMap<String, usize>,
}

impl Numbers {
    fn of(&mut self, word: &str) -> usize {
        *self.known.entry(word.to_owned()).or_insert_with(|| {
            self.words.push(word.to_owned());
            self.words.len() - 1
        })
    }
}

/// Local time, as it is written; an offset is left out of account.
fn moment(text: &str) -> Option<NaiveDateTime> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Some(day.and_time(NaiveTime::MIN));
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.naive_local());
    }
    let formats =
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
}

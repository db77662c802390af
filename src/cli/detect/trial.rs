//! How many of the planted bursts are found in time, and how often there is an alarm
//! where nothing was planted.

use std::fmt::Write as _;

use rayon::prelude::*;

use super::alerts::{Cell, Watch};
use super::forecasts::{self, Tried};
use super::problems::{self, Compared};
use crate::detect::forecast::Past;
use crate::detect::{Arrival, Cut, HOURLY, Layers};
use crate::domain::{Block, Catalogue, Source, Timestamp};
use crate::server::{Extent, PlantedBurst, Receipts};

/// Of each region; some 550 a day.
const INCIDENTS: usize = 70_000;
/// Days at its end that are looked at, hour by hour.
const WATCHED_DAYS: usize = 35;
/// The regions end here, so that the same seeds give the same figures.
const END: &str = "2026-11-24T05:00:00Z";

/// A burst is visible with at least so many in a day, and so many times what its cell
/// has in the same days of four weeks before it.
const VISIBLE_COUNT: u32 = 8;
const VISIBLE_TIMES: f64 = 2.0;
const WEEKS_BEFORE: usize = 4;
/// Hours of data after that in which it has to be found.
const IN_TIME_HOURS: usize = 1;

#[derive(Clone, Copy, Debug, Default)]
struct Score {
    visible: usize,
    found: usize,
    false_alarms: usize,
    weeks: f64,
    problems: Compared,
    forecasts: Tried,
}

impl Score {
    fn join(self, other: Self) -> Self {
        Self {
            visible: self.visible + other.visible,
            found: self.found + other.found,
            false_alarms: self.false_alarms + other.false_alarms,
            weeks: self.weeks + other.weeks,
            problems: other.problems,
            forecasts: other.forecasts,
        }
    }
}

/// A line a seed, and as the last one the figures of all.
pub(super) fn of_seeds(seeds: u64) -> anyhow::Result<String> {
    let scores: Vec<(u64, Score)> = (1..=seeds)
        .into_par_iter()
        .map(|seed| anyhow::Ok((seed, Region::of(seed)?.score())))
        .collect::<anyhow::Result<_>>()?;
    let mut said = String::new();
    for (seed, Score { visible, found, false_alarms, problems, .. }) in &scores {
        writeln!(
            said,
            "seed {seed}: bursts {visible}, found {found}, false alarms {false_alarms}, \
             problems {}, adjusted Rand index {:.3}",
            problems.matters, problems.rand
        )?;
    }
    let all = scores.iter().fold(Score::default(), |sum, (_, score)| sum.join(*score));
    let alike: Vec<f64> = scores.iter().map(|(_, score)| score.problems.rand).collect();
    let least = alike.iter().copied().fold(1.0, f64::min);
    let mean = alike.iter().sum::<f64>() / alike.len().max(1) as f64;
    writeln!(said, "problems: adjusted Rand index {mean:.3}, the least {least:.3}")?;
    for (what, of) in [
        ("forecast", (|it| it.incoming) as fn(&Tried) -> Past),
        ("forecast of overdue", |it| it.overdue),
    ] {
        let tried: Vec<Past> = scores.iter().map(|(_, score)| of(&score.forecasts)).collect();
        let mean = |error: fn(&Past) -> f64| {
            tried.iter().map(error).sum::<f64>() / tried.len().max(1) as f64
        };
        writeln!(
            said,
            "{what}: mean absolute error {:.1} a day, of the weekday mean {:.1}, better in {} of {}",
            mean(|it| it.error),
            mean(|it| it.plain_error),
            tried.iter().filter(|it| it.is_better()).count(),
            tried.len()
        )?;
    }
    let percent = 100.0 * all.found as f64 / all.visible.max(1) as f64;
    let a_week = all.false_alarms as f64 / all.weeks.max(f64::MIN_POSITIVE);
    writeln!(said, "found {percent:.1} %, false {a_week:.2} a week")?;
    Ok(said)
}

/// A made-up region as counts by the hour.
struct Region {
    layers: Layers,
    /// By theme.
    group_of: Vec<usize>,
    first: Timestamp,
    bursts: Vec<PlantedBurst>,
    problems: Compared,
    forecasts: Tried,
}

impl Region {
    fn of(seed: u64) -> anyhow::Result<Self> {
        let days = Extent::days_for(INCIDENTS);
        let now = Timestamp::parse_rfc3339(END)?;
        let extent = Extent { seed, incidents: INCIDENTS, days, log_days: 0, now };
        let Receipts { received, bursts } = Receipts::of(extent)?;
        let problems = problems::compare(&received, now);
        let forecasts = forecasts::tried(&received, extent.from(), now);
        let catalogue = Catalogue::embedded();
        let topics = catalogue.topics.topics().iter();
        let group_of: Vec<usize> = topics.map(|topic| topic.block.index().into()).collect();
        let first = extent.from();
        let hours = usize::try_from(now.secs_since(first) / 3600)?;
        let places = catalogue.municipalities.len();
        let (groups, channels) = (Block::COUNT, Source::COUNT);
        let layers = Layers::new(places, group_of.clone(), groups, channels, hours);
        let mut region = Self { layers, group_of, first, bursts, problems, forecasts };
        for receipt in received {
            let slot = region.slot(receipt.at);
            region.layers.add(Arrival {
                place: receipt.municipality.into(),
                category: Some(receipt.theme.into()),
                group: receipt.block.index().into(),
                channel: receipt.source.index().into(),
                slot,
            });
        }
        region.layers.sum_up();
        Ok(region)
    }

    fn slot(&self, at: Timestamp) -> usize {
        usize::try_from(at.secs_since(self.first) / 3600).unwrap_or(0)
    }

    fn score(&self) -> Score {
        let end = self.layers.slots();
        let from = end - WATCHED_DAYS * 24;
        let mut watch = Watch::new(HOURLY);
        for end in from..=end {
            watch.look(self.layers.findings(HOURLY, end).unwrap_or_default(), end);
        }
        let is_during = |burst: &PlantedBurst, at: usize| {
            // What the burst left in the last day's window is still of it.
            (self.slot(burst.from)..=self.slot(burst.to) + 25).contains(&at)
        };
        // It is found by its theme alone; a coarser cut that shows it is no false alarm.
        let is_of = |burst: &PlantedBurst, (cut, place, category): Cell, at: usize| {
            let themes = || burst.themes.iter().map(|theme| usize::from(*theme));
            let is_cell = match cut {
                Cut::Category => themes().any(|theme| theme == category),
                Cut::Group => themes().any(|theme| self.group_of[theme] == category),
                Cut::Channel => true,
            };
            is_cell && usize::from(burst.municipality) == place && is_during(burst, at)
        };
        let watched = self.bursts.iter().filter(|burst| self.slot(burst.from) >= from);
        let visible: Vec<(&PlantedBurst, usize)> =
            watched.filter_map(|burst| Some((burst, self.visible(burst)?))).collect();
        let found = visible.iter().filter(|(burst, at)| {
            let by = at + IN_TIME_HOURS;
            watch.alerts.iter().any(|it| {
                it.cell.0 == Cut::Category && is_of(burst, it.cell, it.begun) && it.begun <= by
            })
        });
        let is_false = |it: &&super::alerts::Alert| {
            !self.bursts.iter().any(|burst| is_of(burst, it.cell, it.begun))
        };
        Score {
            found: found.count(),
            visible: visible.len(),
            false_alarms: watch.alerts.iter().filter(is_false).count(),
            weeks: WATCHED_DAYS as f64 / 7.0,
            problems: self.problems,
            forecasts: self.forecasts,
        }
    }

    /// The first end of a day in which one of its cells has visibly more than before.
    fn visible(&self, burst: &PlantedBurst) -> Option<usize> {
        let from = self.slot(burst.from);
        let place = usize::from(burst.municipality);
        let counts = self.layers.categories();
        let cells: Vec<usize> =
            burst.themes.iter().map(|theme| counts.cell(place, usize::from(*theme))).collect();
        (from + 1..=self.slot(burst.to).min(counts.slots())).find(|end| {
            cells.iter().any(|cell| {
                let count = counts.of(*cell, end - 24..*end);
                let before = counts.of(*cell, from - WEEKS_BEFORE * 7 * 24..from);
                let usual = f64::from(before) / (WEEKS_BEFORE * 7) as f64;
                count >= VISIBLE_COUNT && f64::from(count) >= VISIBLE_TIMES * usual
            })
        })
    }
}

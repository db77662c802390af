//! How much is written on which day, about what and through which source.

use std::collections::BTreeMap;

use chrono::Datelike;
use serde::Deserialize;

use super::dice::{Dice, Weights};
use super::places::Leaning;
use crate::domain::{DataError, DataFile, LocalDay, Source, Taxonomy, Timestamp};
use crate::server::record::AUTHORS;

/// The rhythms of `data/demo/volumes.toml`.
pub(crate) struct Volumes {
    facts: Vec<Fact>,
    weekdays: [f64; 7],
    hours: Weights,
    hour_shares: [f64; 24],
    sources: Weights,
    authors: Weights,
}

/// A leaf of the taxonomy with its weight in each month.
struct Fact {
    topic: u16,
    months: [f64; 12],
    leaning: Leaning,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    seasons: BTreeMap<String, [f64; 12]>,
    rhythm: Rhythm,
    sources: BTreeMap<String, f64>,
    authors: BTreeMap<String, f64>,
    facts: BTreeMap<String, GivenFact>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rhythm {
    weekdays: [f64; 7],
    hours: [f64; 24],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenFact {
    weight: f64,
    season: String,
    #[serde(default)]
    place: Leaning,
}

impl Volumes {
    pub(crate) fn read(taxonomy: &Taxonomy, file: DataFile<'_>) -> Result<Self, DataError> {
        let given: Given = file.parse_toml()?;
        let wrong = |reason: String| file.error_on(1, reason);
        let mut facts = Vec::new();
        for (code, fact) in &given.facts {
            let topic = taxonomy.index_of(code).filter(|index| taxonomy.is_leaf(*index));
            let topic = topic.ok_or_else(|| wrong(format!("no leaf `{code}` in topics.toml")))?;
            let season = given.seasons.get(&fact.season);
            let season = season.ok_or_else(|| wrong(format!("no season `{}`", fact.season)))?;
            facts.push(Fact {
                topic,
                months: season.map(|factor| factor * fact.weight),
                leaning: fact.place,
            });
        }
        if facts.is_empty() {
            return Err(wrong("no facts to write about".to_owned()));
        }
        let share = |shares: &BTreeMap<String, f64>, key: &str| {
            shares.get(key).copied().unwrap_or_default()
        };
        Ok(Self {
            facts,
            weekdays: given.rhythm.weekdays,
            hours: given.rhythm.hours.into_iter().collect(),
            hour_shares: given.rhythm.hours,
            sources: Source::ALL.iter().map(|s| share(&given.sources, s.key())).collect(),
            authors: AUTHORS.iter().map(|a| share(&given.authors, a)).collect(),
        })
    }

    /// The day's weight among days, without chance.
    pub(crate) fn day(&self, day: LocalDay) -> f64 {
        let facts: f64 = self.facts.iter().map(|fact| fact.on(day)).sum();
        facts * self.weekdays[usize::from(day.weekday())]
    }

    /// Weights of the facts on a day, to pick from with [`Self::fact`].
    pub(crate) fn facts_on(&self, day: LocalDay) -> Weights {
        self.facts.iter().map(|fact| fact.on(day)).collect()
    }

    /// A topic of that day and where it is written about.
    pub(crate) fn fact(&self, dice: &mut Dice, on_day: &Weights) -> (u16, Leaning) {
        let fact = &self.facts[dice.pick(on_day)];
        (fact.topic, fact.leaning)
    }

    /// A moment of the day, by the hours of people.
    pub(crate) fn moment(&self, dice: &mut Dice, day: LocalDay) -> Timestamp {
        let hour = dice.pick(&self.hours) as i64;
        day.start().plus_secs(hour * 3600 + dice.below(3600) as i64)
    }

    /// Share of a day's volume that has come by `at`, 0–1.
    pub(crate) fn share_of_day_by(&self, at: Timestamp) -> f64 {
        let minute = usize::from(at.local_minute_of_day());
        let full: f64 = self.hour_shares[..minute / 60].iter().sum();
        let part = self.hour_shares[minute / 60] * (minute % 60) as f64 / 60.0;
        (full + part) / self.hour_shares.iter().sum::<f64>()
    }

    /// How strong the hour of `at` is against the average of the day.
    pub(crate) fn strength_at(&self, at: Timestamp) -> f64 {
        let sum: f64 = self.hour_shares.iter().sum();
        self.hour_shares[usize::from(at.local_hour())] * 24.0 / sum
    }

    pub(crate) fn source(&self, dice: &mut Dice) -> Source {
        Source::from_index(dice.pick(&self.sources) as u8).unwrap_or(Source::Other)
    }

    /// Index of a kind of author.
    pub(crate) fn author(&self, dice: &mut Dice) -> u8 {
        dice.pick(&self.authors) as u8
    }
}

impl Fact {
    /// Between the middles of two months the weight goes over evenly.
    fn on(&self, day: LocalDay) -> f64 {
        let date = day.date();
        let month = date.month0() as usize;
        let from_middle = (f64::from(date.day()) - 15.5) / 30.5;
        let near = if from_middle < 0.0 { (month + 11) % 12 } else { (month + 1) % 12 };
        let share = from_middle.abs().min(0.5);
        self.months[month] * (1.0 - share) + self.months[near] * share
    }
}

/// Shares a count out over days by weight so that the sum is exact: the parts
/// that fall short by most are rounded up.
pub(crate) fn share_out(count: usize, weights: &[f64]) -> Vec<usize> {
    let total: f64 = weights.iter().sum();
    if weights.is_empty() || total <= 0.0 {
        return vec![0; weights.len()];
    }
    let exact: Vec<f64> = weights.iter().map(|w| w / total * count as f64).collect();
    let mut counts: Vec<usize> = exact.iter().map(|e| e.floor() as usize).collect();
    let mut order: Vec<usize> = (0..weights.len()).filter(|i| weights[*i] > 0.0).collect();
    order.sort_by(|a, b| (exact[*b].fract()).total_cmp(&exact[*a].fract()).then(a.cmp(b)));
    let mut short = count - counts.iter().sum::<usize>().min(count);
    for index in order.iter().cycle() {
        if short == 0 {
            break;
        }
        counts[*index] += 1;
        short -= 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_exactly() {
        assert_eq!(share_out(10, &[1.0, 1.0, 1.0]), [4, 3, 3]);
        assert_eq!(share_out(1, &[0.0, 5.0]), [0, 1]);
        assert_eq!(share_out(7, &[]), Vec::<usize>::new());
        for count in [0, 1, 99, 1_000] {
            let weights: Vec<f64> = (0..37).map(|i| f64::from(i % 5)).collect();
            assert_eq!(share_out(count, &weights).iter().sum::<usize>(), count);
        }
    }
}

//! Planted bursts: what a detector must find, and what is true about them.

use chrono::Datelike;
use serde::Serialize;

use super::dice::{Dice, Weights};
use crate::domain::{Catalogue, LocalDay, Timestamp};

/// A matter that many wrote about in one place and time, on top of the
/// ordinary volume.
#[derive(Clone, Debug)]
pub(crate) struct Burst {
    name: &'static str,
    topics: Vec<u16>,
    weights: Weights,
    municipality: u8,
    from: Timestamp,
    to: Timestamp,
    /// Share of an ordinary day of the whole region.
    strength: f64,
}

/// What is told about a burst in the file of truth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BurstTruth {
    pub name: String,
    /// Codes of the taxonomy.
    pub topics: Vec<String>,
    /// Eight digits.
    pub municipality: String,
    /// RFC 3339; no incident of the burst lies outside.
    pub from: String,
    pub to: String,
    /// Incidents planted beside the ordinary ones.
    pub count: usize,
}

struct Script {
    name: &'static str,
    topics: &'static [(&'static str, f64)],
    oktmo: u32,
    hours: i64,
    strength: f64,
    /// Months, January being 1, in which it can happen.
    months: &'static [u32],
}

const HEATING: Script = Script {
    name: "heating failure",
    topics: &[
        ("zhkh.heat.radiators.cold", 6.0),
        ("zhkh.heat.network.burst", 3.0),
        ("zhkh.water.supply.hot", 1.0),
        ("education.school.building.cold", 0.5),
    ],
    oktmo: 95_715_000,
    hours: 48,
    strength: 0.55,
    months: &[10, 11, 12, 1, 2, 3, 4],
};

const STORM: Script = Script {
    name: "storm",
    topics: &[
        ("energy.supply.outage.area", 5.0),
        ("energy.supply.network.wire", 2.0),
        ("outside.streets.yards.tree", 2.0),
        ("outside.telecom.mobile.absent", 1.0),
    ],
    oktmo: 95_608_000,
    hours: 30,
    strength: 0.4,
    months: &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
};

const SMOG: Script = Script {
    name: "smog",
    topics: &[("outside.air.pollution.smog", 9.0), ("outside.air.pollution.emission", 1.0)],
    oktmo: 95_701_000,
    hours: 90,
    strength: 0.8,
    months: &[11, 12, 1, 2],
};

/// The bursts of a history. In the heating season the failure is still going
/// on at the end of it, otherwise the storm is: so one is always fresh. What
/// does not fit into the season stands in the last one that the history has.
pub(crate) fn plan(catalogue: &Catalogue, from: Timestamp, to: Timestamp) -> Vec<Burst> {
    let cold = HEATING.months.contains(&to.local_day().date().month());
    let hours_back: [(&Script, i64); 3] = if cold {
        [(&HEATING, 44), (&STORM, 19 * 24), (&SMOG, 9 * 24)]
    } else {
        [(&STORM, 26), (&HEATING, 9 * 24), (&SMOG, 30 * 24)]
    };
    hours_back
        .into_iter()
        .filter_map(|(script, hours)| {
            script.burst(catalogue, from, to, to.plus_secs(-hours * 3600))
        })
        .collect()
}

impl Script {
    fn burst(
        &self,
        catalogue: &Catalogue,
        from: Timestamp,
        to: Timestamp,
        wished: Timestamp,
    ) -> Option<Burst> {
        let start = self.in_season(wished.local_day(), wished);
        if start < from {
            return None;
        }
        let municipality =
            catalogue.municipalities.iter().position(|m| m.oktmo.get() == self.oktmo)?;
        let known =
            |(code, weight): &(&str, f64)| Some((catalogue.topics.index_of(code)?, *weight));
        let topics: Vec<(u16, f64)> = self.topics.iter().filter_map(known).collect();
        Some(Burst {
            name: self.name,
            weights: topics.iter().map(|(_, weight)| *weight).collect(),
            topics: topics.into_iter().map(|(topic, _)| topic).collect(),
            municipality: municipality as u8,
            from: start,
            to: start.plus_secs(self.hours * 3600).min(to),
            strength: self.strength,
        })
    }

    /// `wished`, or the same hour of the last day before it in the season.
    fn in_season(&self, day: LocalDay, wished: Timestamp) -> Timestamp {
        let back = (0..366).find(|back| self.months.contains(&day.plus_days(-back).date().month()));
        wished.plus_secs(-86_400 * i64::from(back.unwrap_or(0)))
    }
}

impl Burst {
    /// How many incidents it brings where an ordinary day has `daily`.
    pub(crate) fn size(&self, daily: f64) -> usize {
        let days = self.to.secs_since(self.from) as f64 / 86_400.0;
        (self.strength * daily * days).round() as usize
    }

    /// Quickly up, slowly down, quieter at night.
    pub(crate) fn moment(&self, dice: &mut Dice) -> Timestamp {
        let length = self.to.secs_since(self.from).max(1) as f64;
        let mut at = self.from;
        for _ in 0..6 {
            let rise = 0.5 * (dice.unit() + dice.unit());
            at = self.from.plus_secs((rise.powf(1.3) * (length - 1.0)) as i64);
            let awake = (7..23).contains(&at.local_hour());
            if awake || dice.chance(0.2) {
                break;
            }
        }
        at
    }

    pub(crate) fn topic(&self, dice: &mut Dice) -> u16 {
        self.topics.get(dice.pick(&self.weights)).copied().unwrap_or_default()
    }

    pub(crate) const fn municipality(&self) -> u8 {
        self.municipality
    }

    pub(crate) fn truth(&self, catalogue: &Catalogue, count: usize) -> BurstTruth {
        let code = |topic: &u16| catalogue.topics.get(*topic).map(|t| t.code.to_string());
        BurstTruth {
            name: self.name.to_owned(),
            topics: self.topics.iter().filter_map(code).collect(),
            municipality: catalogue
                .municipality(self.municipality)
                .map_or_else(String::new, |m| m.oktmo.to_string()),
            from: self.from.to_rfc3339(),
            to: self.to.to_rfc3339(),
            count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn at_any_season_one_burst_is_fresh() {
        let catalogue = Catalogue::embedded();
        for month in 1..=12 {
            let to = at(&format!("2026-{month:02}-20T05:00:00Z"));
            let from = to.plus_secs(-400 * 86_400);
            let bursts = plan(&catalogue, from, to);
            assert_eq!(bursts.len(), 3, "{month}");
            assert!(bursts.iter().any(|b| to.secs_since(b.to) < 72 * 3600), "{month}");
            for burst in bursts {
                assert!(burst.from >= from && burst.to <= to && burst.from < burst.to);
            }
        }
    }

    #[test]
    fn a_burst_stays_in_its_time() {
        let catalogue = Catalogue::embedded();
        let to = at("2026-11-24T02:00:00Z");
        let mut dice = Dice::new(1, 1);
        for burst in plan(&catalogue, to.plus_secs(-40 * 86_400), to) {
            for _ in 0..2_000 {
                let at = burst.moment(&mut dice);
                assert!(burst.from <= at && at < burst.to);
            }
            assert!(burst.size(500.0) > 100);
        }
    }
}

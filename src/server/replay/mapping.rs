//! How rows of a recorded table become incidents.

use std::collections::BTreeMap;

use chrono::{FixedOffset, NaiveDate, NaiveDateTime};
use serde::Deserialize;

use crate::domain::{Block, LocalDay, Regime, Source, Timestamp};
use crate::server::generate::dice::mix;
use crate::server::world::World;

/// Metres in a degree of latitude.
const DEGREE_METRES: f64 = 111_200.0;

/// A mapping file; see `data/replay/requests-311.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mapping {
    pub(super) columns: Columns,
    time: TimeFormats,
    pub(super) incident: Fixed,
    pub(super) place: Option<Similarity>,
    #[serde(default)]
    categories: BTreeMap<String, String>,
    #[serde(default)]
    details: BTreeMap<String, String>,
    #[serde(default)]
    agencies: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Columns {
    pub(super) opened: String,
    pub(super) closed: Option<String>,
    pub(super) status: Option<String>,
    pub(super) agency: Option<String>,
    pub(super) category: Option<String>,
    pub(super) detail: Option<String>,
    pub(super) lat: Option<String>,
    pub(super) lon: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TimeFormats {
    date: String,
    datetime: String,
    #[serde(deserialize_with = "offset")]
    utc_offset: FixedOffset,
}

/// What every record becomes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fixed {
    pub(super) source: Source,
    pub(super) regime: Regime,
    /// Statuses of the record that mean it is closed.
    #[serde(default)]
    pub(super) closed_words: Vec<String>,
}

/// A turn, a stretch and a shift of the plane.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Similarity {
    from_lat: f64,
    from_lon: f64,
    to_lat: f64,
    to_lon: f64,
    rotate_deg: f64,
    scale: f64,
}

/// A moment as the table gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// To the second.
    At(Timestamp),
    /// The day alone.
    On(LocalDay),
}

impl Mapping {
    /// The first code or body that a mapping names and the region does not
    /// have, in words.
    pub(super) fn check(&self, world: &World) -> Result<(), String> {
        let topics = self.categories.values().chain(self.details.values());
        for code in topics {
            if world.catalogue.topics.index_of(code).is_none() {
                return Err(format!("no topic `{code}` in topics.toml"));
            }
        }
        for id in self.agencies.values() {
            if world.body_by_id(id).is_none() {
                return Err(format!("no body `{id}` in bodies.toml"));
            }
        }
        Ok(())
    }

    /// A date or a date with a time; `None` for what is neither.
    pub(super) fn moment(&self, text: &str) -> Option<Moment> {
        let TimeFormats { date, datetime, utc_offset } = &self.time;
        if let Ok(local) = NaiveDateTime::parse_from_str(text, datetime) {
            let at = local.and_local_timezone(*utc_offset).single()?.timestamp();
            return Some(Moment::At(Timestamp(u32::try_from(at).ok()?)));
        }
        let day = NaiveDate::parse_from_str(text, date).ok()?;
        Some(Moment::On(LocalDay::from_date(day)))
    }

    pub(super) fn topic(
        &self,
        world: &World,
        detail: &str,
        category: &str,
    ) -> Option<(u16, Block)> {
        let code = self.details.get(detail).or_else(|| self.categories.get(category))?;
        let index = world.catalogue.topics.index_of(code)?;
        Some((index, world.catalogue.topics.get(index)?.block))
    }

    pub(super) fn body(&self, world: &World, agency: &str) -> Option<u16> {
        world.body_by_id(self.agencies.get(agency)?)
    }
}

impl Moment {
    /// A day alone gets an hour between 8 and 20, before `latest`, that
    /// depends on nothing but the row's number.
    pub(super) fn or_hour_of(self, row: u64, latest: Option<Timestamp>) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::On(day) => {
                let secs = 8 * 3600 + (mix(row) % (12 * 3600)) as i64;
                let at = day.start().plus_secs(secs);
                // A closing of the same morning leaves the time from midnight on.
                let latest = latest.filter(|latest| *latest < at && *latest >= day.start());
                latest.map_or(at, |latest| {
                    let since_midnight = latest.secs_since(day.start());
                    day.start().plus_secs(since_midnight / 2)
                })
            }
        }
    }
}

impl Similarity {
    /// Carries degrees over.
    pub(super) fn apply(&self, lat: f64, lon: f64) -> (f64, f64) {
        let metres_per_lon = |lat: f64| DEGREE_METRES * lat.to_radians().cos();
        let east = (lon - self.from_lon) * metres_per_lon(self.from_lat);
        let north = (lat - self.from_lat) * DEGREE_METRES;
        let (sin, cos) = self.rotate_deg.to_radians().sin_cos();
        let turned_east = (east * cos - north * sin) * self.scale;
        let turned_north = (east * sin + north * cos) * self.scale;
        (
            self.to_lat + turned_north / DEGREE_METRES,
            self.to_lon + turned_east / metres_per_lon(self.to_lat),
        )
    }
}

fn offset<'de, D: serde::Deserializer<'de>>(given: D) -> Result<FixedOffset, D::Error> {
    let text = String::deserialize(given)?;
    text.parse().map_err(|_unreadable| serde::de::Error::custom("an offset is written like +07:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Mapping {
        toml::from_str(include_str!("../../../data/replay/requests-311.toml")).unwrap()
    }

    #[test]
    fn the_sample_names_what_exists_and_carries_town_to_town() {
        let mapping = sample();
        mapping.check(&World::embedded().unwrap()).unwrap();
        let place = mapping.place.unwrap();
        let (lat, lon) = place.apply(42.895, -78.845);
        assert!((lat - 53.77).abs() < 1e-9 && (lon - 91.37).abs() < 1e-9);
        // 6.8 km north of the middle lies Черногорск.
        let (lat, lon) = place.apply(42.895 + 6.8 / 111.2, -78.845);
        assert!((lat - 53.82).abs() < 0.005 && (lon - 91.31).abs() < 0.005, "{lat} {lon}");
    }

    #[test]
    fn distances_keep_their_ratio() {
        let place = Similarity { scale: 2.0, ..sample().place.unwrap() };
        let metres = |a: (f64, f64), b: (f64, f64)| {
            let north = (a.0 - b.0) * DEGREE_METRES;
            let east = (a.1 - b.1) * DEGREE_METRES * 53.77f64.to_radians().cos();
            north.hypot(east)
        };
        let middle = place.apply(42.895, -78.845);
        let north = metres(place.apply(42.905, -78.845), middle);
        assert!((north - 2.0 * 1_112.0).abs() < 5.0, "{north}");
    }

    #[test]
    fn dates_without_a_time_lie_before_their_closing() {
        let mapping = sample();
        let opened = mapping.moment("2022-12-27").unwrap();
        let Moment::On(day) = opened else { panic!() };
        assert!((8..20).contains(&opened.or_hour_of(5, None).local_hour()));
        let Some(Moment::At(closed)) = mapping.moment("2022-12-27T02:10:00") else { panic!() };
        assert_eq!(closed.local_hour(), 2);
        let before = opened.or_hour_of(5, Some(closed));
        assert!(day.start() < before && before < closed);
        // A closing of a later day does not matter.
        let later = Some(closed.plus_secs(3 * 86_400));
        assert_eq!(opened.or_hour_of(5, later), opened.or_hour_of(5, None));
        assert_eq!(mapping.moment("27.12.2022"), None);
    }
}

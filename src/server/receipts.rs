//! A made-up history without its texts: when and where incidents came, for who looks
//! for the bursts that were planted in it.

use std::collections::BTreeSet;

use super::generate::{Extent, history};
use super::world::World;
use crate::domain::{Block, DataError, Oktmo, Source, Taxonomy, Timestamp};
use crate::geo::mercator::LonLat;

/// What came, and what stands out in it by design.
#[derive(Clone, Debug)]
pub struct Receipts {
    /// In order.
    pub received: Vec<Receipt>,
    pub bursts: Vec<PlantedBurst>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Receipt {
    pub at: Timestamp,
    /// Index in the catalogue.
    pub municipality: u8,
    /// Number of a theme, a topic without parent.
    pub theme: u16,
    pub block: Block,
    pub source: Source,
    pub due: Option<Timestamp>,
    /// When it stopped being open.
    pub done: Option<Timestamp>,
    /// Degrees, WGS 84.
    pub place: Option<LonLat>,
    /// Index of the burst that it was planted with.
    pub burst: Option<u8>,
    /// Rejected or merged: it is in no total.
    pub is_excluded: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlantedBurst {
    pub municipality: u8,
    pub themes: BTreeSet<u16>,
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Receipts {
    /// The same extent gives the same.
    ///
    /// # Errors
    /// Where the embedded data is broken.
    pub fn of(extent: Extent) -> Result<Self, DataError> {
        let world = World::embedded()?;
        let history = history(&world, extent);
        let topics = &world.catalogue.topics;
        let receipt = |(incident, burst): (&super::record::Incident, &Option<u8>)| {
            Some(Receipt {
                at: incident.received,
                municipality: incident.municipality?,
                theme: theme_of(topics, incident.topic?),
                block: incident.block,
                source: incident.source,
                due: incident.due,
                done: (incident.status.is_done()).then(|| incident.done()).flatten(),
                place: incident.point.map(super::record::Point::degrees),
                burst: *burst,
                is_excluded: incident.status.is_excluded(),
            })
        };
        let burst = |truth: &super::generate::bursts::BurstTruth| {
            let time = |text: &str| Timestamp::parse_rfc3339(text).ok();
            let oktmo: Oktmo = truth.municipality.parse().ok()?;
            let of_code = |code: &String| topics.index_of(code);
            Some(PlantedBurst {
                municipality: world.catalogue.municipality_by_oktmo(oktmo)?,
                themes: (truth.topics.iter().filter_map(of_code))
                    .map(|topic| theme_of(topics, topic))
                    .collect(),
                from: time(&truth.from)?,
                to: time(&truth.to)?,
            })
        };
        Ok(Self {
            received: (history.state.incidents.iter().zip(&history.planted))
                .filter_map(receipt)
                .collect(),
            bursts: history.bursts.iter().filter_map(burst).collect(),
        })
    }
}

fn theme_of(topics: &Taxonomy, topic: u16) -> u16 {
    topics.ancestors(topic).last().unwrap_or(topic)
}

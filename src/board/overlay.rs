//! What was done here and the server has not told back yet, laid over a row.

use std::collections::HashMap;

use super::row::{NONE, flags};
use super::{Row, Vocabulary};
use crate::domain::action::Mark;
use crate::domain::municipality::Oktmo;
use crate::domain::{Catalogue, Standing, Timestamp};
use crate::geo::mercator::{LonLat, MercatorPoint};

/// Numbers of the words that actions name.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    bodies: HashMap<String, u16>,
    offices: HashMap<String, u16>,
    /// With the block of each.
    topics: HashMap<String, (u16, u8)>,
}

impl Numbers {
    pub fn of(vocabulary: &Vocabulary) -> Self {
        let numbered = |index: usize| u16::try_from(index).unwrap_or(NONE);
        Self {
            bodies: vocabulary
                .bodies
                .iter()
                .enumerate()
                .skip(1)
                .map(|(index, body)| (body.id.clone(), numbered(index)))
                .collect(),
            offices: vocabulary
                .offices
                .iter()
                .enumerate()
                .skip(1)
                .map(|(index, name)| (name.clone(), numbered(index)))
                .collect(),
            topics: vocabulary
                .topics
                .iter()
                .enumerate()
                .skip(1)
                .map(|(index, topic)| (topic.code.clone(), (numbered(index), topic.block)))
                .collect(),
        }
    }

    /// The row of an incident that stood as `before` and now stands as `after`.
    /// What did not change is left as the server gave it.
    pub fn overlay(
        &self,
        mut row: Row,
        before: &Standing,
        after: &Standing,
        catalogue: &Catalogue,
    ) -> Row {
        row.status = after.status.index();
        if after.topic != before.topic
            && let Some((topic, block)) = after.topic.as_ref().and_then(|c| self.topics.get(c))
        {
            (row.topic, row.block) = (*topic, *block);
        }
        if after.body != before.body {
            row.body = number(&self.bodies, after.body.as_deref());
        }
        if after.assignee != before.assignee {
            row.assignee = number(&self.offices, after.assignee.as_deref());
        }
        if after.municipality != before.municipality
            && let Some(index) = municipality(after, catalogue)
        {
            row.municipality = index;
        }
        if after.settlement != before.settlement {
            row.settlement = NONE;
        }
        if after.place != before.place {
            place(&mut row, after.place);
        }
        let mut bits = row.flags & !OVERLAID_FLAGS;
        bits |= match after.priority {
            0 => 0,
            1 => flags::PRIORITY_HIGH,
            _ => flags::PRIORITY_URGENT,
        };
        row.flags = after.marks.iter().fold(bits, |bits, mark| bits | flag_of(*mark));
        let time = |at: Option<Timestamp>| at.map_or(0, |at| at.0);
        row.due = time(after.due);
        row.first_answer = time(after.first_answer);
        row.closed = time(after.closed);
        row.rating = after.rating.unwrap_or(0);
        row
    }
}

const OVERLAID_FLAGS: u16 = flags::PRIORITY_HIGH
    | flags::PRIORITY_URGENT
    | flags::RESONANCE
    | flags::CONFLICT
    | flags::COMMUNICATION_ERROR;

/// The bit of [`Row::flags`] that stands for a mark.
pub const fn flag_of(mark: Mark) -> u16 {
    match mark {
        Mark::Resonance => flags::RESONANCE,
        Mark::Conflict => flags::CONFLICT,
        Mark::CommunicationError => flags::COMMUNICATION_ERROR,
    }
}

fn number(numbers: &HashMap<String, u16>, word: Option<&str>) -> u16 {
    word.and_then(|word| numbers.get(word)).copied().unwrap_or(NONE)
}

fn municipality(after: &Standing, catalogue: &Catalogue) -> Option<u8> {
    let oktmo: Oktmo = after.municipality.as_deref()?.parse().ok()?;
    catalogue.municipality_by_oktmo(oktmo)
}

fn place(row: &mut Row, place: Option<(f64, f64)>) {
    match place.and_then(|(lat, lon)| MercatorPoint::from_lon_lat(LonLat { lon, lat })) {
        Some(MercatorPoint { x, y }) => {
            (row.x, row.y) = (x, y);
            row.flags |= flags::PLACED;
        }
        None => row.flags &= !flags::PLACED,
    }
}

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
    settlements: HashMap<String, u16>,
}

impl Numbers {
    pub fn of(vocabulary: &Vocabulary) -> Self {
        Self {
            bodies: numbered(&vocabulary.bodies, |number, body| (body.id.clone(), number)),
            offices: numbered(&vocabulary.offices, |number, name| (name.clone(), number)),
            topics: numbered(&vocabulary.topics, |number, topic| {
                (topic.code.clone(), (number, topic.block))
            }),
            settlements: numbered(&vocabulary.settlements, |number, code| (code.clone(), number)),
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
            row.settlement = number(&self.settlements, after.settlement.as_deref());
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
        if after.due != before.due {
            row.due = time(after.due);
            row.flags &= !flags::DUE_BY_RULE;
        }
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

/// Of each word but the first, which is «none», what `entry` makes of its number.
fn numbered<T, V>(words: &[T], entry: impl Fn(u16, &T) -> (String, V)) -> HashMap<String, V> {
    (0..).zip(words).skip(1).map(|(number, word)| entry(number, word)).collect()
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

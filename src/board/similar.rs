//! What may be the same matter: the same topic, near in place and time.

use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::CHUNK_ROWS;
use super::chunk::{Chunk, DEAD};
use super::row::{NO_MUNICIPALITY, NONE, Row, flags};
use super::table::Board;
use crate::domain::Status;
use crate::domain::topic::Near;
use crate::geo::mercator::{LonLat, MercatorPoint};

/// Most that are told.
pub const SIMILAR_ROWS: usize = 12;

/// How far an incident is from another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distance {
    /// On the ground.
    Metres(f64),
    /// One of the two has no place; both are of one settlement, or of one
    /// municipality where no settlement is known.
    SameName,
}

/// An incident that may be the same matter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similar {
    /// Board position.
    pub position: u32,
    pub distance: Distance,
    /// Seconds between the two receipts.
    pub apart_secs: u32,
}

impl Similar {
    /// Nearer in both is less: 0 is the same place and moment, 2 the edge of
    /// both. A distance that is not known counts as half way.
    fn rank(&self, near: Near) -> f64 {
        let place = match self.distance {
            Distance::Metres(metres) => metres / near.metres(),
            Distance::SameName => 0.5,
        };
        place + f64::from(self.apart_secs) / f64::from(near.secs())
    }
}

impl Board {
    /// Incidents of the same topic that were received within the topic's time
    /// and lie within its radius, the most alike first. Rejected and merged
    /// ones are left out. `None` where `cancel` was raised; nothing is like an
    /// incident without a topic.
    pub fn similar(&self, to: u32, near: Near, cancel: &AtomicBool) -> Option<Vec<Similar>> {
        let Some(row) = self.row(to).filter(|row| row.topic != NONE) else {
            return Some(Vec::new());
        };
        let place = point(&row).map(MercatorPoint::to_lon_lat);
        let from = row.received.saturating_sub(near.secs());
        let until = row.received.saturating_add(near.secs());
        let found = self.chunks().par_iter().enumerate().map(|(index, chunk)| {
            if cancel.load(std::sync::atomic::Ordering::Relaxed) {
                return None;
            }
            let zones = chunk.zones;
            if zones.live == 0 || zones.first_received > until || zones.last_received < from {
                return Some(Vec::new());
            }
            let first = (index * CHUNK_ROWS) as u32;
            let alike = (0..chunk.len()).filter(|&at| {
                chunk.topic[at] == row.topic
                    && (from..=until).contains(&chunk.received[at])
                    && is_counted(chunk.status[at])
                    && first + at as u32 != to
            });
            let near_enough = alike.filter_map(|at| {
                let distance = distance(chunk, at, &row, place, near)?;
                let apart_secs = chunk.received[at].abs_diff(row.received);
                Some(Similar { position: first + at as u32, distance, apart_secs })
            });
            Some(near_enough.collect::<Vec<_>>())
        });
        let parts: Option<Vec<Vec<Similar>>> = found.collect();
        let mut all = parts?.concat();
        all.sort_by(|a, b| a.rank(near).total_cmp(&b.rank(near)).then(a.position.cmp(&b.position)));
        all.truncate(SIMILAR_ROWS);
        Some(all)
    }
}

fn is_counted(status: u8) -> bool {
    status != DEAD && Status::from_index(status).is_some_and(|status| !status.is_excluded())
}

fn point(row: &Row) -> Option<MercatorPoint> {
    (row.flags & flags::PLACED != 0).then_some(MercatorPoint { x: row.x, y: row.y })
}

/// `None` where it is too far.
fn distance(
    chunk: &Chunk,
    at: usize,
    row: &Row,
    place: Option<LonLat>,
    near: Near,
) -> Option<Distance> {
    let placed = chunk.flags[at] & flags::PLACED != 0;
    if let (Some(place), true) = (place, placed) {
        let there = MercatorPoint { x: chunk.x[at], y: chunk.y[at] }.to_lon_lat();
        let metres = place.distance_m(there);
        return (metres <= near.metres()).then_some(Distance::Metres(metres));
    }
    let same_municipality =
        row.municipality != NO_MUNICIPALITY && chunk.municipality[at] == row.municipality;
    (same_municipality && chunk.settlement[at] == row.settlement).then_some(Distance::SameName)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::BoardBuilder;
    use super::super::samples::{NOW, REGION, vocabulary};
    use super::*;

    const NEAR: Near = Near::new(1_000, 48);

    fn row(topic: u16, received: u32, at: Option<(f64, f64)>) -> Row {
        let point = at.and_then(|(lat, lon)| MercatorPoint::from_lon_lat(LonLat { lon, lat }));
        let MercatorPoint { x, y } = point.unwrap_or_default();
        Row {
            received,
            registered: 0,
            due: 0,
            first_answer: 0,
            closed: 0,
            x,
            y,
            settlement: 1,
            topic,
            body: 0,
            assignee: 0,
            flags: if point.is_some() { flags::PLACED } else { 0 },
            municipality: 1,
            block: 0,
            regime: 0,
            source: 0,
            status: Status::New.index(),
            rating: 0,
            checks: 0,
            stages: super::super::row::Stages::default(),
            answered: 0,
        }
    }

    #[test]
    fn the_nearest_in_place_and_time_come_first_and_the_others_not_at_all() {
        const HOUR: u32 = 3_600;
        let here = Some((53.720, 91.440));
        let rows = [
            row(3, NOW, here),
            // 0: itself. 1: another topic. 2: too far. 3: too long ago.
            row(4, NOW, here),
            row(3, NOW, Some((53.740, 91.440))),
            row(3, NOW - 49 * HOUR, here),
            // 4: near, a day apart. 5: next door, at once. 6: without a place.
            row(3, NOW - 24 * HOUR, Some((53.724, 91.440))),
            row(3, NOW + 60, Some((53.7201, 91.440))),
            row(3, NOW, None),
            // 7: merged already. 8: elsewhere and without a place.
            Row { status: Status::Merged.index(), ..row(3, NOW, here) },
            Row { settlement: 2, ..row(3, NOW, None) },
        ];
        let mut builder = BoardBuilder::new(REGION);
        for (row_id, row) in (1..).zip(&rows) {
            builder.push(row_id, row);
        }
        let board = builder.finish(Arc::clone(&vocabulary()));
        let found = board.similar(0, NEAR, &AtomicBool::new(false)).unwrap();
        let positions: Vec<_> = found.iter().map(|similar| similar.position).collect();
        assert_eq!(positions, [5, 6, 4]);
        let Distance::Metres(metres) = found[2].distance else { panic!("{found:?}") };
        assert!((metres - 445.0).abs() < 2.0, "{metres}");
        assert_eq!((found[1].distance, found[2].apart_secs), (Distance::SameName, 24 * HOUR));
        let without_topic = row(0, NOW, here);
        let mut builder = BoardBuilder::new(REGION);
        builder.push(1, &without_topic);
        builder.push(2, &without_topic);
        let board = builder.finish(vocabulary());
        assert_eq!(board.similar(0, NEAR, &AtomicBool::new(false)), Some(Vec::new()));
    }
}

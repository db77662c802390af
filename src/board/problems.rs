//! Incidents that are one matter, and what is to be said of some incidents together.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::CHUNK_ROWS;
use super::chunk::{DEAD, NEVER, local_day};
use super::compiled::CompiledFilter;
use super::filter::{Filter, Span};
use super::kinds;
use super::row::{NO_MUNICIPALITY, flags};
use super::selection::Selection;
use super::surprises::Themes;
use super::table::{Board, split};
use crate::detect::matters::{Point, REACH, matters};
use crate::geo::mercator::MercatorPoint;

const DAY_SECS: u32 = 86_400;

/// Days in which matters are looked for.
pub const LOOKED_AT_DAYS: u32 = 28;
/// Days before them that only say what is usual.
const BEFORE_DAYS: u32 = 28;

/// Share of the places, the farthest from the middle, that a border leaves out.
const OUTLIERS: f64 = 0.05;

/// Some incidents together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct About {
    /// Catalogue index of where most are, [`NO_MUNICIPALITY`] where that is not known.
    pub municipality: u8,
    /// How many there are; rejected and merged ones are in no figure here.
    pub count: u32,
    /// Leaves as stored, and bodies, with how many; the most first.
    pub topics: Vec<(u16, u32)>,
    pub bodies: Vec<(u16, u32)>,
    /// UTC seconds of the first and last receipt.
    pub started: u32,
    pub last: u32,
    /// Received in the last 24 hours, and in the 24 before.
    pub day: u32,
    pub day_before: u32,
    pub open: u32,
    pub overdue: u32,
    /// Received by local day, today last.
    pub by_day: Vec<u32>,
    /// Around all places but outliers, counter-clockwise; empty for fewer than three.
    pub border: Vec<MercatorPoint>,
    /// The median place, `None` where no place is known.
    pub center: Option<MercatorPoint>,
}

impl Board {
    /// Board positions by matter, the largest first: what was received in the last
    /// [`LOOKED_AT_DAYS`] days before `now` and is dense in place, time and theme where
    /// that is not usual. Rejected and merged incidents are of none. `None` where
    /// `cancel` was raised.
    pub fn matters(&self, now: u32, cancel: &AtomicBool) -> Option<Vec<Vec<u32>>> {
        let from = now.saturating_sub(LOOKED_AT_DAYS * DAY_SECS);
        let before = from.saturating_sub(BEFORE_DAYS * DAY_SECS);
        let themes = Themes::of(self);
        let parts = self.chunks().par_iter().enumerate().map(|(index, chunk)| {
            if cancel.load(Ordering::Relaxed) {
                return None;
            }
            let zones = &chunk.zones;
            if zones.live == 0 || zones.first_received >= now || zones.last_received < before {
                return Some(Vec::new());
            }
            let rows = (0..chunk.len()).filter(|&at| {
                (before..now).contains(&chunk.received[at])
                    && chunk.status[at] != DEAD
                    && !kinds::is_excluded(chunk.status[at])
            });
            let found = rows.filter_map(|at| {
                let topic = usize::from(chunk.topic[at]);
                let place = MercatorPoint { x: chunk.x[at], y: chunk.y[at] };
                let is_placed = chunk.flags[at] & flags::PLACED != 0;
                let point = Point {
                    at: is_placed.then(|| place.plane_m()),
                    received: chunk.received[at],
                    municipality: chunk.municipality[at],
                    theme: themes.number_of.get(topic).copied().flatten()?,
                };
                Some(((index * CHUNK_ROWS + at) as u32, point))
            });
            Some(found.collect::<Vec<_>>())
        });
        let mut rows = parts.collect::<Option<Vec<_>>>()?.concat();
        rows.sort_unstable_by_key(|(position, point)| (point.received, *position));
        let points: Vec<Point> = rows.iter().map(|(_, point)| *point).collect();
        let mut found: Vec<Vec<u32>> = Vec::new();
        let found_matters = matters(&points, from, REACH, cancel)?;
        for ((position, _), matter) in rows.iter().zip(found_matters) {
            let Some(matter) = matter else { continue };
            found.resize_with(found.len().max(matter as usize + 1), Vec::new);
            found[matter as usize].push(*position);
        }
        Some(found)
    }

    /// What came of a theme in a municipality between the start of a matter and `acted`
    /// (in the [`LOOKED_AT_DAYS`] before it where the matter began later, or earlier than
    /// those), and since; and what was usual in as many days before the matter. `None`
    /// where `acted` lies ahead or the history does not reach so far.
    pub fn effect(
        &self,
        (theme, municipality): (u16, u8),
        started: u32,
        acted: u32,
        now: u32,
    ) -> Option<Effect> {
        let window = LOOKED_AT_DAYS * DAY_SECS;
        let earliest = acted.checked_sub(window)?;
        let before = if started < acted { started.max(earliest) } else { earliest };
        let first = self.first_received()?;
        if acted >= now || first > before {
            return None;
        }
        let count = |from: u32, to: u32| {
            let filter = Filter {
                span: Some(Span { from, to }),
                topics: [theme].into(),
                municipalities: [municipality].into(),
                ..Filter::default()
            };
            let filter = CompiledFilter::new(&filter, self.vocabulary(), now);
            let never = AtomicBool::new(false);
            let found = Selection::new(self, &filter, &never, |_, _| true)?;
            let days = f64::from(to - from) / f64::from(DAY_SECS);
            Some(Came { count: found.len() as u32, days })
        };
        let calm = started.min(before);
        let usual = calm.checked_sub(window).filter(|from| *from >= first);
        Some(Effect {
            usual: usual.and_then(|from| count(from, calm)),
            before: count(before, acted)?,
            after: count(acted, now)?,
        })
    }

    /// What is to be said of the incidents at these positions, those that are gone left
    /// out; `None` where there are none.
    pub fn about(&self, positions: &[u32], now: u32) -> Option<About> {
        let by_day = vec![0; LOOKED_AT_DAYS as usize];
        let mut about = About { started: NEVER, by_day, ..About::default() };
        let day = |secs| local_day(secs, self.region().local_offset_secs);
        let today = day(now);
        let (mut places, mut topics, mut bodies) = <(Tally<u8>, Tally<u16>, Tally<u16>)>::default();
        let mut points = Vec::new();
        for position in positions {
            let (index, at) = split(*position);
            let Some(chunk) = self.chunks().get(index).filter(|chunk| at < chunk.len()) else {
                continue;
            };
            let status = chunk.status[at];
            if status == DEAD || kinds::is_excluded(status) {
                continue;
            }
            about.count += 1;
            let received = chunk.received[at];
            about.started = about.started.min(received);
            about.last = about.last.max(received);
            let ago = now.saturating_sub(received);
            about.day += u32::from(ago < DAY_SECS);
            about.day_before += u32::from((DAY_SECS..2 * DAY_SECS).contains(&ago));
            let days_ago = usize::try_from(today - day(received)).ok();
            let slot = days_ago.and_then(|ago| about.by_day.len().checked_sub(ago + 1));
            if let Some(count) = slot.and_then(|slot| about.by_day.get_mut(slot)) {
                *count += 1;
            }
            let is_open = chunk.ended[at] == NEVER;
            about.open += u32::from(is_open);
            about.overdue += u32::from(is_open && chunk.due[at] < now);
            places.count(chunk.municipality[at]);
            topics.count(chunk.topic[at]);
            bodies.count(chunk.body[at]);
            if chunk.flags[at] & flags::PLACED != 0 {
                points.push(MercatorPoint { x: chunk.x[at], y: chunk.y[at] });
            }
        }
        let municipality = places.sorted().first().map(|(place, _)| *place)?;
        let is_known = municipality < self.region().municipality_count;
        about.municipality = if is_known { municipality } else { NO_MUNICIPALITY };
        (about.topics, about.bodies) = (topics.sorted(), bodies.sorted());
        about.center = center(&points);
        about.border = border(points);
        Some(about)
    }
}

/// How many came before and after something was done. A burst ends by itself, too: what
/// was usual before it tells whether more than that is left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// `None` where the history does not reach so far.
    pub usual: Option<Came>,
    pub before: Came,
    pub after: Came,
}

/// How many came in so many days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Came {
    pub count: u32,
    pub days: f64,
}

impl Came {
    pub fn a_day(self) -> f64 {
        f64::from(self.count) / self.days.max(f64::MIN_POSITIVE)
    }

    /// How many times as many come a day as of `other`, with its 95 % interval: that of
    /// the ratio of two Poisson rates on a log scale, and where none came any more, up to
    /// what would still let none come with a chance of 2.5 % (exact, given the sum of both).
    /// `None` where `other` is 0 or less than a day was counted.
    pub fn ratio(self, other: Self) -> Option<(f64, f64, f64)> {
        if other.count == 0 || self.days.min(other.days) < 1.0 {
            return None;
        }
        if self.count == 0 {
            let share = 1.0 - TAIL.powf(1.0 / f64::from(other.count));
            return Some((0.0, 0.0, share / (1.0 - share) * other.days / self.days));
        }
        let ratio = self.a_day() / other.a_day();
        let parts = 1.0 / f64::from(self.count) + 1.0 / f64::from(other.count);
        let spread = (Z * parts.sqrt()).exp();
        Some((ratio, ratio / spread, ratio * spread))
    }
}

/// What an interval of 95 % leaves at either end.
const TAIL: f64 = 0.025;
/// 97.5th percentile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

#[derive(Default)]
struct Tally<T>(HashMap<T, u32>);

impl<T: Copy + Eq + Hash + Ord> Tally<T> {
    fn count(&mut self, value: T) {
        *self.0.entry(value).or_default() += 1;
    }

    /// The most first.
    fn sorted(self) -> Vec<(T, u32)> {
        let mut all: Vec<_> = self.0.into_iter().collect();
        all.sort_unstable_by_key(|(value, count)| (std::cmp::Reverse(*count), *value));
        all
    }
}

/// The median of each axis.
fn center(points: &[MercatorPoint]) -> Option<MercatorPoint> {
    let middle = |mut values: Vec<u32>| {
        values.sort_unstable();
        values.get(values.len() / 2).copied()
    };
    let x = middle(points.iter().map(|point| point.x).collect())?;
    let y = middle(points.iter().map(|point| point.y).collect())?;
    Some(MercatorPoint { x, y })
}

/// The convex hull (monotone chain) of all points but the farthest from their median.
fn border(mut points: Vec<MercatorPoint>) -> Vec<MercatorPoint> {
    let Some(center) = center(&points) else { return Vec::new() };
    let apart = |point: &MercatorPoint| {
        let x = i64::from(point.x) - i64::from(center.x);
        let y = i64::from(point.y) - i64::from(center.y);
        i128::from(x).pow(2) + i128::from(y).pow(2)
    };
    points.sort_by_key(apart);
    let kept = (points.len() as f64 * (1.0 - OUTLIERS)).ceil() as usize;
    points.truncate(kept);
    points.sort_unstable_by_key(|point| (point.x, point.y));
    points.dedup();
    if points.len() < 3 {
        return Vec::new();
    }
    let turns_left = |a: &MercatorPoint, b: &MercatorPoint, c: &MercatorPoint| {
        let side = |from: u32, to: u32| i128::from(to) - i128::from(from);
        side(a.x, b.x) * side(a.y, c.y) - side(a.y, b.y) * side(a.x, c.x) > 0
    };
    let half = |points: &mut dyn Iterator<Item = &MercatorPoint>| {
        let mut chain: Vec<MercatorPoint> = Vec::new();
        for point in points {
            while let [.., a, b] = chain.as_slice()
                && !turns_left(a, b, point)
            {
                chain.pop();
            }
            chain.push(*point);
        }
        // Its end is the beginning of the other half.
        chain.pop();
        chain
    };
    let mut hull = half(&mut points.iter());
    hull.extend(half(&mut points.iter().rev()));
    if hull.len() < 3 { Vec::new() } else { hull }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::{self, NOW, REGION};
    use super::super::{BoardBuilder, Row};
    use super::*;
    use crate::domain::Status;
    use crate::geo::mercator::LonLat;

    fn at(lat: f64, lon: f64) -> MercatorPoint {
        MercatorPoint::from_lon_lat(LonLat { lon, lat }).unwrap()
    }

    /// Of theme 1, at a place.
    fn row(received: u32, point: MercatorPoint) -> Row {
        Row {
            received,
            x: point.x,
            y: point.y,
            topic: 3,
            flags: flags::PLACED,
            municipality: 2,
            body: 1,
            ..Row::default()
        }
    }

    /// Forty days of three a day about a town, and what comes beside them.
    fn board(beside: &[Row]) -> Board {
        let mut builder = BoardBuilder::new(REGION);
        let usual = (0..120_u32).map(|n| {
            let received = NOW - 40 * DAY_SECS + n * 8 * 3600;
            let around = f64::from(n % 7) * 0.01;
            row(received, at(53.7 + around, 91.4 - around))
        });
        for (row_id, row) in (1..).zip(usual.chain(beside.iter().copied())) {
            builder.push(row_id, &row);
        }
        builder.finish(samples::vocabulary())
    }

    fn burst() -> Vec<Row> {
        (0..20_u32)
            .map(|n| row(NOW - 30_000 + n * 1_000, at(53.7 + f64::from(n % 4) * 0.001, 91.4)))
            .collect()
    }

    #[test]
    fn what_is_dense_where_it_is_not_usual_is_one_matter() {
        let cancel = AtomicBool::new(false);
        assert_eq!(board(&[]).matters(NOW, &cancel).unwrap(), Vec::<Vec<u32>>::new());
        let mut beside = burst();
        // The same is no matter when it is of another theme and far apart.
        beside.extend((0..4).map(|n| Row { topic: 10, ..row(NOW - n * 3_600, at(52.0, 90.0)) }));
        let merged = Row { status: Status::Merged.index(), ..beside[0] };
        beside.push(merged);
        let board = board(&beside);
        let found = board.matters(NOW, &cancel).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        let planted: Vec<u32> = (120..140).collect();
        assert!(planted.iter().all(|position| found[0].contains(position)), "{found:?}");
        assert!(found[0].len() <= 22, "{found:?}");
        let about = board.about(&planted, NOW).unwrap();
        assert_eq!((about.municipality, about.day, about.open), (2, 20, 20));
        assert_eq!((about.topics, about.bodies), (vec![(3, 20)], vec![(1, 20)]));
        assert_eq!((about.started, about.last), (NOW - 30_000, NOW - 11_000));
        assert_eq!((about.by_day.len(), about.by_day.iter().sum::<u32>()), (28, 20));
    }

    #[test]
    fn an_effect_is_the_ratio_of_two_rates_with_its_interval() {
        let board = board(&[]);
        // Three a day, all in one place; acted eight days ago.
        let acted = NOW - 8 * DAY_SECS;
        let of = (1, 2);
        let came = |count, days| Came { count, days };
        let effect = board.effect(of, acted, acted, NOW).unwrap();
        assert_eq!((effect.before, effect.after.days), (came(84, 28.0), 8.0));
        assert_eq!(effect.usual, None, "the history is shorter");
        let (ratio, low, high) = effect.after.ratio(effect.before).unwrap();
        assert!((0.9..1.1).contains(&ratio) && low < 1.0 && high > 1.0, "{effect:?}");
        // It began two days before: what was usual lies before that.
        let effect = board.effect(of, acted - 2 * DAY_SECS, acted, NOW).unwrap();
        assert_eq!((effect.before, effect.usual), (came(6, 2.0), Some(came(84, 28.0))));
        // By hand: 10 in 5 days after 100 in 20 days.
        let (after, before) = (came(10, 5.0), came(100, 20.0));
        let (ratio, low, high) = after.ratio(before).unwrap();
        assert!((ratio - 0.4).abs() < 1e-12);
        assert!((low - 0.2086).abs() < 1e-3 && (high - 0.7671).abs() < 1e-3, "{low} {high}");
        // None in 20 days after 10 in 10: by hand 1 − 0.025^(1/10) is 0.3085.
        let (ratio, low, high) = came(0, 20.0).ratio(came(10, 10.0)).unwrap();
        assert_eq!((ratio, low), (0.0, 0.0));
        assert!((high - 0.3085 / 0.6915 / 2.0).abs() < 1e-3, "{high}");
        assert_eq!(came(9, 0.5).ratio(before), None);
        assert_eq!((after.ratio(came(0, 5.0)), after.ratio(came(9, 0.5))), (None, None));
        let ahead = NOW + 1;
        assert_eq!(board.effect(of, ahead, ahead, NOW), None);
        let early = NOW - 20 * DAY_SECS;
        assert_eq!(board.effect(of, early, early, NOW), None, "the history is shorter");
    }

    #[test]
    fn nobody_is_waited_for() {
        assert_eq!(board(&burst()).matters(NOW, &AtomicBool::new(true)), None);
        assert_eq!(board(&[]).about(&[], NOW), None);
        assert_eq!(board(&[]).about(&[5_000_000], NOW), None);
    }

    proptest! {
        #[test]
        fn a_border_is_convex_and_holds_nearly_all(
            places in prop::collection::vec((0..1_000_u32, 0..1_000_u32), 0..60),
        ) {
            let points: Vec<_> = places.iter().map(|&(x, y)| MercatorPoint { x, y }).collect();
            let hull = border(points.clone());
            let cross = |a: MercatorPoint, b: MercatorPoint, c: MercatorPoint| {
                let side = |from: u32, to: u32| i64::from(to) - i64::from(from);
                side(a.x, b.x) * side(a.y, c.y) - side(a.y, b.y) * side(a.x, c.x)
            };
            for (index, a) in hull.iter().enumerate() {
                let b = hull[(index + 1) % hull.len()];
                prop_assert!(cross(*a, b, hull[(index + 2) % hull.len()]) > 0);
            }
            let inside = points.iter().filter(|point| {
                (0..hull.len()).all(|index| {
                    cross(hull[index], hull[(index + 1) % hull.len()], **point) >= 0
                })
            });
            let kept = (points.len() as f64 * (1.0 - OUTLIERS)).ceil() as usize;
            prop_assert!(hull.is_empty() || inside.count() >= kept);
        }

        #[test]
        fn any_board_has_each_incident_in_one_matter_at_most((board, rows) in samples::board()) {
            let found = board.matters(NOW, &AtomicBool::new(false)).unwrap();
            let mut seen = std::collections::BTreeSet::new();
            for position in found.iter().flatten() {
                prop_assert!(seen.insert(*position));
                let row = &rows[position];
                prop_assert!(row.received < NOW && !kinds::is_excluded(row.status));
            }
            prop_assert!(found.windows(2).all(|pair| pair[0].len() >= pair[1].len()));
        }
    }
}

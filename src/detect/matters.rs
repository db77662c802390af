//! Incidents that are one matter: dense in place, time and theme where they are not
//! dense usually.
//!
//! DBSCAN over place and time, theme by theme, with a core that the place itself
//! decides: a point is one where so many lie near it in place and time that the weeks
//! before make it unlikely. So a quiet village needs few and the middle of a town many.
//! What is dense in one municipality at one time is one matter, a theme of its own and
//! those that come with it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use super::NegativeBinomial;

const DAY_SECS: u32 = 86_400;

/// Days before a point that say how many are usual near it.
const USUAL_DAYS: u32 = 28;
/// With a shorter history nothing is said of a point.
const LEAST_DAYS: u32 = 7;
/// Fewer are no matter.
pub const LEAST_POINTS: u32 = 5;
/// A core is rarer than this where nothing is the matter: many are looked at.
const MOST_LOG_P: f64 = -11.5;
/// How much counts near a point swing from day to day beside chance.
const SWING: f64 = 0.1;

/// Points of one cell that are looked at from one point: a storm of a hundred thousand
/// is not to be looked at by each from each.
const LOOKED_AT: usize = 256;

/// How near is near.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    pub metres: f32,
    /// Either way.
    pub secs: u32,
}

/// Set by trial on made-up regions (`pult detect --demo-seeds`).
pub const REACH: Reach = Reach { metres: 2_000.0, secs: 12 * 3600 };

/// One incident.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Metres east and north of anything; `None` where the place is not known.
    pub at: Option<[f32; 2]>,
    /// UTC seconds.
    pub received: u32,
    pub municipality: u8,
    pub theme: u16,
}

/// Number of the matter that each point is of, the largest first; `None` for those of
/// none. `points` stand in the order of receipt; those before `from` only say what is
/// usual. `None` where `cancel` was raised.
pub fn matters(
    points: &[Point],
    from: u32,
    reach: Reach,
    cancel: &AtomicBool,
) -> Option<Vec<Option<u32>>> {
    let mut by_theme: HashMap<u16, Vec<u32>> = HashMap::new();
    for (index, point) in (0..).zip(points) {
        by_theme.entry(point.theme).or_default().push(index);
    }
    let mut sets = Sets::new(points.len());
    let mut themes: Vec<_> = by_theme.into_iter().collect();
    themes.sort_unstable();
    for (_, members) in &themes {
        if cancel.load(Ordering::Relaxed) {
            return None;
        }
        gather(points, members, from, reach, &mut sets);
    }
    let mut spans = spans(points, &mut sets);
    join_in_place(&spans, reach, &mut sets);
    spans = self::spans(points, &mut sets);
    take_in(points, from, &spans, &mut sets);
    Some(number(points.len(), &mut sets))
}

/// Points by cell of the reach's size, each cell in the order of receipt.
struct Grid<'a> {
    points: &'a [Point],
    cells: HashMap<(i32, i32), Vec<u32>>,
    side: f32,
}

impl<'a> Grid<'a> {
    fn new(points: &'a [Point], members: &[u32], side: f32) -> Self {
        let mut cells: HashMap<(i32, i32), Vec<u32>> = HashMap::new();
        for &member in members {
            if let Some(at) = points[member as usize].at {
                cells.entry(Self::cell(at, side)).or_default().push(member);
            }
        }
        Self { points, cells, side }
    }

    fn cell([x, y]: [f32; 2], side: f32) -> (i32, i32) {
        ((x / side).floor() as i32, (y / side).floor() as i32)
    }

    /// Points nearer than the cell's side that were received in `from..to`, each with how
    /// many it stands for: of a crowd only some are looked at, evenly in time.
    fn near(&self, at: [f32; 2], from: u32, to: u32) -> impl Iterator<Item = (u32, u32)> {
        let (column, row) = Self::cell(at, self.side);
        let around = (-1..=1).flat_map(move |y| (-1..=1).map(move |x| (column + x, row + y)));
        around.filter_map(|cell| self.cells.get(&cell)).flat_map(move |members| {
            let received = |member: &u32| self.points[*member as usize].received;
            let first = members.partition_point(|member| received(member) < from);
            let last = members.partition_point(|member| received(member) < to);
            let members = &members[first..last.max(first)];
            let step = members.len().div_ceil(LOOKED_AT).max(1);
            let near = members.iter().step_by(step).copied().filter(move |member| {
                let there = self.points[*member as usize].at.unwrap_or(at);
                let (x, y) = (there[0] - at[0], there[1] - at[1]);
                x * x + y * y <= self.side * self.side
            });
            near.map(move |member| (member, step as u32))
        })
    }
}

/// Joins what is dense in one theme.
fn gather(points: &[Point], members: &[u32], from: u32, reach: Reach, sets: &mut Sets) {
    let grid = Grid::new(points, members, reach.metres);
    let first = points.first().map_or(0, |point| point.received);
    let recent = members.partition_point(|member| points[*member as usize].received < from);
    for &member in &members[recent..] {
        let Point { at: Some(at), received, .. } = points[member as usize] else { continue };
        let begin = received.saturating_sub(reach.secs);
        let until = received.saturating_add(reach.secs).saturating_add(1);
        let near: Vec<(u32, u32)> = grid.near(at, begin, until).collect();
        let count: u32 = near.iter().map(|(_, stands_for)| stands_for).sum();
        // One that stands for many is no crowd by itself.
        if near.len() < LEAST_POINTS as usize {
            continue;
        }
        let usual_from = begin.saturating_sub(USUAL_DAYS * DAY_SECS).max(first);
        let history = begin.saturating_sub(usual_from);
        if history < LEAST_DAYS * DAY_SECS {
            continue;
        }
        let before: u32 = grid.near(at, usual_from, begin).map(|(_, stands_for)| stands_for).sum();
        let share = f64::from(2 * reach.secs) / f64::from(history);
        let mean = (f64::from(before) + 0.5) * share;
        let law = NegativeBinomial { mean, swing: SWING };
        if law.log_tail(count) > MOST_LOG_P {
            continue;
        }
        // What lies near a core is of its matter, a core itself or not.
        sets.mark(member);
        let near = near.into_iter().map(|(other, _)| other);
        for other in near.filter(|other| points[*other as usize].received >= from) {
            sets.join(member, other);
        }
    }
}

/// Where and when a matter is.
#[derive(Clone, Copy, Debug)]
struct Extent {
    root: u32,
    municipality: u8,
    theme: u16,
    from: u32,
    to: u32,
    count: u32,
}

/// Of each matter in each of its municipalities and themes.
fn spans(points: &[Point], sets: &mut Sets) -> Vec<Extent> {
    let mut found: HashMap<(u32, u8, u16), Extent> = HashMap::new();
    for (index, point) in (0..).zip(points) {
        let Some(root) = sets.of(index) else { continue };
        let Point { municipality, theme, received, .. } = *point;
        let fresh = Extent { root, municipality, theme, from: received, to: received, count: 0 };
        let extent = found.entry((root, municipality, theme)).or_insert(fresh);
        extent.to = received;
        extent.count += 1;
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_unstable_by_key(|it| (it.municipality, it.theme, it.from, it.root));
    found
}

/// Joins matters of one municipality that are at one time: those of one theme where
/// they touch in time, those of two where one lies within the other.
fn join_in_place(extents: &[Extent], reach: Reach, sets: &mut Sets) {
    for (index, one) in extents.iter().enumerate() {
        for other in &extents[index + 1..] {
            if one.municipality != other.municipality {
                break;
            }
            let common = one.to.min(other.to).saturating_sub(one.from.max(other.from));
            let shorter = (one.to - one.from).min(other.to - other.from);
            let is_same = one.theme == other.theme;
            let touches = one.from <= other.to + reach.secs && other.from <= one.to + reach.secs;
            if touches && (is_same || common * 3 >= shorter * 2) {
                sets.join(one.root, other.root);
            }
        }
    }
}

/// Takes in what is of a matter's theme, municipality and time but has no place, or lies
/// too far out to be dense there.
fn take_in(points: &[Point], from: u32, extents: &[Extent], sets: &mut Sets) {
    let mut by_cell: HashMap<(u8, u16), Vec<Extent>> = HashMap::new();
    for extent in extents {
        by_cell.entry((extent.municipality, extent.theme)).or_default().push(*extent);
    }
    for (index, point) in (0..).zip(points) {
        if point.received < from || sets.of(index).is_some() {
            continue;
        }
        let Some(extents) = by_cell.get(&(point.municipality, point.theme)) else { continue };
        let within = extents.iter().filter(|it| (it.from..=it.to).contains(&point.received));
        if let Some(extent) = within.max_by_key(|it| it.count) {
            sets.join(extent.root, index);
        }
    }
}

/// Numbers the matters by their size.
fn number(points: usize, sets: &mut Sets) -> Vec<Option<u32>> {
    let roots: Vec<Option<u32>> = (0..points as u32).map(|index| sets.of(index)).collect();
    let mut sizes: HashMap<u32, (usize, usize)> = HashMap::new();
    for (index, root) in roots.iter().enumerate() {
        if let Some(root) = root {
            sizes.entry(*root).or_insert((0, index)).0 += 1;
        }
    }
    let mut order: Vec<_> = sizes.into_iter().collect();
    order.sort_unstable_by_key(|(_, (size, first))| (std::cmp::Reverse(*size), *first));
    let numbers: HashMap<u32, u32> = (0..).zip(order).map(|(at, (root, _))| (root, at)).collect();
    roots.into_iter().map(|root| numbers.get(&root?).copied()).collect()
}

/// Disjoint sets of points; who was never marked or joined is of none.
struct Sets {
    parents: Vec<u32>,
    marked: Vec<bool>,
}

impl Sets {
    fn new(points: usize) -> Self {
        Self { parents: (0..points as u32).collect(), marked: vec![false; points] }
    }

    fn mark(&mut self, point: u32) {
        self.marked[point as usize] = true;
    }

    fn root(&mut self, mut point: u32) -> u32 {
        while self.parents[point as usize] != point {
            let above = self.parents[self.parents[point as usize] as usize];
            self.parents[point as usize] = above;
            point = above;
        }
        point
    }

    fn join(&mut self, one: u32, other: u32) {
        self.mark(one);
        self.mark(other);
        let (one, other) = (self.root(one), self.root(other));
        self.parents[one.max(other) as usize] = one.min(other);
    }

    fn of(&mut self, point: u32) -> Option<u32> {
        self.marked[point as usize].then(|| self.root(point))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u32 = DAY_SECS;
    const NOW: u32 = 1_790_000_000;

    fn point(at: Option<[f32; 2]>, received: u32, municipality: u8, theme: u16) -> Point {
        Point { at, received, municipality, theme }
    }

    /// Two a day in each of three places for eight weeks, and more beside them.
    fn with_usual(more: impl IntoIterator<Item = Point>) -> Vec<Point> {
        let mut points: Vec<Point> = (0..56 * 6)
            .map(|n: u32| {
                let place = (n % 3) as f32 * 20_000.0;
                let around = (n % 11) as f32 * 40.0;
                let received = NOW - 56 * DAY + n * DAY / 6;
                point(Some([place + around, 0.0]), received, (n % 3) as u8, 1)
            })
            .collect();
        points.extend(more);
        points.sort_by_key(|point| point.received);
        points
    }

    fn found(points: &[Point]) -> Vec<Option<u32>> {
        matters(points, NOW - 28 * DAY, REACH, &AtomicBool::new(false)).unwrap()
    }

    /// `n` within six hours around a place, the last one `ago`.
    fn burst(n: u32, place: f32, ago: u32, municipality: u8, theme: u16) -> Vec<Point> {
        let of = |at: u32| {
            let received = NOW - ago - at * 6 * 3600 / n;
            point(Some([place + (at % 7) as f32 * 50.0, 100.0]), received, municipality, theme)
        };
        (0..n).map(of).collect()
    }

    /// How many points of each matter.
    fn sizes(found: &[Option<u32>]) -> Vec<usize> {
        let matters = found.iter().flatten().max().map_or(0, |last| last + 1);
        (0..matters).map(|matter| found.iter().filter(|it| **it == Some(matter)).count()).collect()
    }

    #[test]
    fn bursts_in_two_places_are_two_matters_and_what_is_usual_is_none() {
        assert_eq!(sizes(&found(&with_usual([]))), Vec::<usize>::new());
        let mut more = burst(40, 0.0, DAY, 0, 1);
        more.extend(burst(20, 40_000.0, DAY, 2, 1));
        let sizes = sizes(&found(&with_usual(more)));
        assert_eq!(sizes.len(), 2, "{sizes:?}");
        assert!(sizes[0] >= 40 && sizes[0] < 46 && sizes[1] >= 20 && sizes[1] < 26, "{sizes:?}");
    }

    #[test]
    fn what_comes_with_it_in_one_town_is_of_the_matter_and_what_came_before_is_another() {
        let mut more = burst(40, 0.0, DAY, 0, 1);
        more.extend(burst(12, 300.0, DAY, 0, 7));
        more.extend(burst(30, 0.0, 12 * DAY, 0, 1));
        // Without a place, but of the theme, the town and the time.
        more.push(point(None, NOW - DAY - 3 * 3600, 0, 1));
        let points = with_usual(more);
        let found = found(&points);
        let sizes = sizes(&found);
        assert_eq!(sizes.len(), 2, "{sizes:?}");
        assert!(sizes[0] >= 53 && sizes[1] >= 30, "{sizes:?}");
        let unplaced = points.iter().position(|point| point.at.is_none()).unwrap();
        assert_eq!(found[unplaced], Some(0));
    }

    #[test]
    fn a_short_history_says_nothing_and_a_storm_is_not_looked_at_by_each_from_each() {
        let alone: Vec<Point> = burst(40, 0.0, DAY, 0, 1).into_iter().rev().collect();
        assert_eq!(sizes(&found(&alone)), Vec::<usize>::new());
        let storm = (0..30_000_u32)
            .map(|n| point(Some([(n % 97) as f32 * 10.0, 0.0]), NOW - DAY + n * 2, 0, 1));
        let sizes = sizes(&found(&with_usual(storm)));
        assert_eq!(sizes.len(), 1, "{sizes:?}");
        assert!(sizes[0] >= 30_000, "{sizes:?}");
    }
}

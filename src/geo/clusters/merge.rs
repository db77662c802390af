//! Cells of a zoom, and near cells taken together.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use super::sort;
use crate::geo::mercator::{FixedRect, MercatorPoint};

/// The points of one square of the grid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// Morton code of the square among its like.
    pub(super) key: u32,
    /// The first of the sorted points.
    start: u32,
    pub(super) count: u32,
    sum_x: u64,
    sum_y: u64,
    pub(super) bounds: FixedRect,
}

/// Cells that are shown as one.
#[derive(Clone, Debug)]
pub(super) struct LevelCluster {
    pub(super) count: u32,
    pub(super) at: MercatorPoint,
    pub(super) bounds: FixedRect,
    /// In `Level::members`.
    cells: Range<u32>,
}

/// All of a zoom.
#[derive(Clone, Debug, Default)]
pub(super) struct Level {
    /// In the order of their keys.
    pub(super) cells: Vec<Cell>,
    /// Indices of cells, cluster by cluster.
    members: Vec<u32>,
    pub(super) clusters: Vec<LevelCluster>,
}

/// The square of a point's code, where squares are `2^bits` of its units wide.
pub(super) fn key(code: u32, bits: u32) -> u32 {
    code.checked_shr(2 * bits).unwrap_or_default()
}

impl Cell {
    pub(super) fn new(key: u32, start: u32, point: MercatorPoint) -> Self {
        Self {
            key,
            start,
            count: 1,
            sum_x: u64::from(point.x),
            sum_y: u64::from(point.y),
            bounds: FixedRect::of_point(point),
        }
    }

    pub(super) fn add(&mut self, point: MercatorPoint) {
        self.count += 1;
        self.sum_x += u64::from(point.x);
        self.sum_y += u64::from(point.y);
        self.bounds = self.bounds.union(FixedRect::of_point(point));
    }

    fn absorb(&mut self, other: &Self) {
        self.count += other.count;
        self.sum_x += other.sum_x;
        self.sum_y += other.sum_y;
        self.bounds = self.bounds.union(other.bounds);
    }

    /// Where its points stand among the sorted ones.
    pub(super) fn points(&self) -> Range<usize> {
        self.start as usize..(self.start + self.count) as usize
    }

    fn mean(&self) -> MercatorPoint {
        let count = u64::from(self.count);
        MercatorPoint { x: (self.sum_x / count) as u32, y: (self.sum_y / count) as u32 }
    }
}

/// The cells of a coarser grid; `by` is how many bits wider its squares are.
pub(super) fn widen(cells: &[Cell], by: u32) -> Vec<Cell> {
    let mut wide: Vec<Cell> = Vec::new();
    for cell in cells {
        let key = key(cell.key, by);
        match wide.last_mut() {
            Some(last) if last.key == key => last.absorb(cell),
            _ => wide.push(Cell { key, ..*cell }),
        }
    }
    wide
}

impl Level {
    /// Takes cells together whose means are nearer than `near`, beginning with
    /// the largest, which draws its smaller neighbours. Cells of one grid only
    /// touch their eight neighbours.
    pub(super) fn merge(cells: Vec<Cell>, near: f64) -> Self {
        let place_of: HashMap<u32, u32> =
            cells.iter().zip(0..).map(|(cell, at)| (cell.key, at)).collect();
        let mut order: Vec<u32> = (0..cells.len() as u32).collect();
        order.sort_unstable_by_key(|&at| (Reverse(cells[at as usize].count), at));
        let mut taken = vec![false; cells.len()];
        let mut members = Vec::with_capacity(cells.len());
        let mut clusters = Vec::new();
        for head in order {
            if std::mem::replace(&mut taken[head as usize], true) {
                continue;
            }
            let first = members.len() as u32;
            members.push(head);
            let mut whole = cells[head as usize];
            let middle = whole.mean();
            for key in neighbours(whole.key) {
                let Some(&at) = place_of.get(&key) else { continue };
                let cell = &cells[at as usize];
                if !taken[at as usize] && distance(middle, cell.mean()) < near {
                    taken[at as usize] = true;
                    members.push(at);
                    whole.absorb(cell);
                }
            }
            clusters.push(LevelCluster {
                count: whole.count,
                at: whole.mean(),
                bounds: whole.bounds,
                cells: first..members.len() as u32,
            });
        }
        Self { cells, members, clusters }
    }

    pub(super) fn cells_of(&self, cluster: &LevelCluster) -> impl Iterator<Item = &Cell> {
        let members = cluster.cells.start as usize..cluster.cells.end as usize;
        self.members[members].iter().map(|&at| &self.cells[at as usize])
    }
}

/// Keys of the eight squares around one.
fn neighbours(key: u32) -> impl Iterator<Item = u32> {
    let (x, y) = (sort::gather(key), sort::gather(key >> 1));
    (-1..=1)
        .flat_map(|down| (-1..=1).map(move |right| (right, down)))
        .filter(|&step| step != (0, 0))
        .filter_map(move |(right, down)| {
            let (x, y) = (x.checked_add_signed(right)?, y.checked_add_signed(down)?);
            (x <= 0xFFFF && y <= 0xFFFF).then(|| sort::interleave(x, y))
        })
}

fn distance(a: MercatorPoint, b: MercatorPoint) -> f64 {
    f64::from(a.x.abs_diff(b.x)).hypot(f64::from(a.y.abs_diff(b.y)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(x: u32, y: u32, at: (u32, u32), count: u32) -> Cell {
        let point = MercatorPoint { x: at.0, y: at.1 };
        let mut cell = Cell::new(sort::interleave(x, y), 0, point);
        for _ in 1..count {
            cell.add(point);
        }
        cell
    }

    #[test]
    fn a_corner_has_three_neighbours_and_an_inner_square_eight() {
        assert_eq!(neighbours(sort::interleave(0, 0)).count(), 3);
        assert_eq!(neighbours(sort::interleave(0xFFFF, 0xFFFF)).count(), 3);
        let mut around: Vec<u32> = neighbours(sort::interleave(5, 9)).collect();
        around.sort_unstable();
        around.dedup();
        assert_eq!(around.len(), 8);
    }

    #[test]
    fn the_larger_draws_the_nearer() {
        // Two cells with points on both sides of their common border, one apart.
        let mut cells =
            vec![cell(0, 0, (98, 50), 9), cell(1, 0, (104, 50), 3), cell(2, 0, (260, 50), 4)];
        cells.sort_by_key(|cell| cell.key);
        let level = Level::merge(cells, 40.0);
        assert_eq!(level.clusters.len(), 2);
        assert_eq!((level.clusters[0].count, level.clusters[0].at.x), (12, 99));
        assert_eq!((level.clusters[1].count, level.clusters[1].at.x), (4, 260));
    }

    #[test]
    fn wider_cells_hold_the_same_points() {
        let cells = [cell(0, 0, (1, 1), 2), cell(1, 1, (7, 7), 1), cell(2, 0, (9, 1), 5)];
        let wide = widen(&cells, 1);
        assert_eq!(wide.iter().map(|cell| cell.count).collect::<Vec<_>>(), [3, 5]);
        assert_eq!(wide[0].bounds, FixedRect { x_min: 1, y_min: 1, x_max: 7, y_max: 7 });
        assert_eq!(widen(&cells, 16).len(), 1);
    }
}

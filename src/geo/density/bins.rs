//! Counting points into the cells of a frame.

use rayon::prelude::*;

use crate::geo::mercator::{UNITS, World, WorldRect};

/// Cells that a standard deviation of the kernel spans at least. Between cells
/// the logarithm is drawn as a straight line; a Gaussian's is a parabola, and at
/// this width the two differ by 3 %, less than a step of the colour table.
const MIN_SIGMA_CELLS: f32 = 2.0;

/// Pixels a cell is wide at most: the region's border is drawn from cells too.
const MAX_CELL_PX: f32 = 8.0;

/// Where a Gaussian is cut, in standard deviations. What lies beyond is below
/// 1/25,000 of the peak, and no scale reaches so far down.
pub(super) const CUT_SIGMAS: f32 = 4.5;

/// A point's heat is a core and a halo, both Gaussian. On a log scale a core alone
/// is a plateau with a rim; with the halo it falls evenly, like a glow. How wide
/// the halo is, in cores, and its share of the point.
pub(super) const HALO_WIDTH: f32 = 2.6;
pub(super) const HALO_SHARE: f32 = 0.35;

/// What a picture of heat shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeatFrame {
    /// At most the size of the world.
    pub view: WorldRect,
    pub width_px: u32,
    pub height_px: u32,
    /// Radius of a single point's core: three standard deviations.
    pub radius_px: f32,
}

/// Coordinates of points, column by column and of equal length.
#[derive(Clone, Copy, Debug)]
pub struct Columns<'a> {
    pub x: &'a [u32],
    pub y: &'a [u32],
}

/// The cells over a frame and its margin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::geo) struct CellGrid {
    pub(in crate::geo) columns: usize,
    pub(in crate::geo) rows: usize,
    /// Pixels a side.
    pub(in crate::geo) size_px: u32,
    /// Cells around the frame, on every side.
    pub(in crate::geo) margin: usize,
    /// Where the frame begins after the margin, cells, below 1 each.
    pub(in crate::geo) offset: World,
    /// What all cells cover.
    pub(in crate::geo) world: WorldRect,
}

/// Counts of points by cell.
#[derive(Clone, Debug)]
pub struct Bins {
    frame: HeatFrame,
    cells: CellGrid,
    x: Axis,
    y: Axis,
    counts: Vec<u32>,
}

/// Bits after the point of a factor: the last of a million cells still begins
/// where plain arithmetic says.
const FRACTION_BITS: u32 = 44;

/// From fixed-point units to cells, in whole numbers.
#[derive(Clone, Copy, Debug)]
struct Axis {
    origin: u32,
    /// Units that the cells cover.
    span: u64,
    /// Cells a unit, with [`FRACTION_BITS`] bits after the point.
    factor: u64,
}

impl HeatFrame {
    /// Standard deviation of the kernel's core, pixels.
    pub(super) fn sigma_px(self) -> f32 {
        (self.radius_px / 3.0).max(0.5)
    }

    /// Density in the middle of a single point's heat, points per pixel.
    pub fn lone_peak(self) -> f32 {
        let core = std::f32::consts::TAU * self.sigma_px().powi(2);
        ((1.0 - HALO_SHARE) + HALO_SHARE / HALO_WIDTH.powi(2)) / core
    }

    fn cells(self) -> CellGrid {
        let sigma = self.sigma_px();
        let size = (sigma / MIN_SIGMA_CELLS).floor().clamp(1.0, MAX_CELL_PX);
        let margin = (CUT_SIGMAS * HALO_WIDTH * sigma / size).ceil() as usize + 1;
        // Cells begin at multiples of their size, so that heat keeps its shape
        // while the map is moved under it.
        let axis = |from: f64, length: f64, pixels: u32| {
            let pixels = pixels.max(1);
            let side = (length / f64::from(pixels) * f64::from(size)).max(1.0 / UNITS);
            let first = (from / side).floor();
            let count = pixels.div_ceil(size as u32) as usize + 1 + 2 * margin;
            let start = (first - margin as f64) * side;
            (count, from / side - first, start, start + side * count as f64)
        };
        let view = self.view;
        let (columns, right, x_min, x_max) = axis(view.x_min, view.width(), self.width_px);
        let (rows, down, y_min, y_max) = axis(view.y_min, view.height(), self.height_px);
        CellGrid {
            columns,
            rows,
            size_px: size as u32,
            margin,
            offset: [right, down],
            world: WorldRect { x_min, y_min, x_max, y_max },
        }
    }
}

impl Axis {
    fn new(from: f64, to: f64, cells: usize) -> Self {
        let units = ((to - from) * UNITS).clamp(1.0, UNITS);
        Self {
            // Wraps where a view begins west of the date line.
            origin: (from * UNITS).floor() as i64 as u32,
            span: units as u64,
            factor: (cells as f64 * (1_u64 << FRACTION_BITS) as f64 / units) as u64,
        }
    }

    /// The cell of a coordinate, if it has one.
    #[inline]
    fn cell(self, coordinate: u32) -> Option<usize> {
        let offset = u64::from(coordinate.wrapping_sub(self.origin));
        (offset < self.span).then(|| ((offset * self.factor) >> FRACTION_BITS) as usize)
    }
}

impl Bins {
    /// Empty cells for a frame.
    pub fn new(frame: HeatFrame) -> Self {
        let cells = frame.cells();
        let world = cells.world;
        Self {
            frame,
            cells,
            x: Axis::new(world.x_min, world.x_max, cells.columns),
            y: Axis::new(world.y_min, world.y_max, cells.rows),
            counts: vec![0; cells.columns * cells.rows],
        }
    }

    /// Counts columns on all threads, one set of cells a thread.
    pub fn count(columns: &[Columns<'_>], frame: HeatFrame) -> Self {
        let part = columns.len().div_ceil(rayon::current_num_threads()).max(1);
        columns
            .par_chunks(part)
            .map(|columns| {
                let mut bins = Self::new(frame);
                for columns in columns {
                    bins.add_columns(*columns);
                }
                bins
            })
            .reduce_with(|mut bins, other| {
                bins.merge(&other);
                bins
            })
            .unwrap_or_else(|| Self::new(frame))
    }

    pub fn frame(&self) -> HeatFrame {
        self.frame
    }

    /// Counts one point; one outside of the cells is left out.
    #[inline]
    pub fn add(&mut self, x: u32, y: u32) {
        if let (Some(column), Some(row)) = (self.x.cell(x), self.y.cell(y))
            && let Some(count) = self.counts.get_mut(row * self.cells.columns + column)
        {
            *count += 1;
        }
    }

    pub fn add_columns(&mut self, columns: Columns<'_>) {
        for (&x, &y) in columns.x.iter().zip(columns.y) {
            self.add(x, y);
        }
    }

    /// Adds the counts of another thread. Both must be of one frame.
    pub fn merge(&mut self, other: &Self) {
        debug_assert_eq!(self.frame, other.frame, "cells of one frame");
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
    }

    /// Points counted.
    pub fn points(&self) -> u64 {
        self.counts.iter().map(|&count| u64::from(count)).sum()
    }

    pub(super) fn cells(&self) -> CellGrid {
        self.cells
    }

    pub(super) fn into_counts(self) -> Vec<u32> {
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(radius_px: f32) -> HeatFrame {
        let view = WorldRect { x_min: 0.74, y_min: 0.31, x_max: 0.76, y_max: 0.32 };
        HeatFrame { view, width_px: 1920, height_px: 960, radius_px }
    }

    #[test]
    fn wide_kernels_take_larger_cells() {
        assert_eq!(frame(6.0).cells().size_px, 1);
        assert_eq!(frame(14.0).cells().size_px, 2);
        assert_eq!(frame(30.0).cells().size_px, 5);
        assert_eq!(frame(300.0).cells().size_px, 8);
    }

    #[test]
    fn a_frame_without_size_does_no_harm() {
        let empty =
            HeatFrame { view: WorldRect::default(), width_px: 0, height_px: 0, radius_px: 0.0 };
        let mut bins = Bins::new(empty);
        bins.add(0, 0);
        bins.add(1 << 31, 1 << 31);
        assert_eq!(bins.points(), 1);
    }

    #[test]
    fn the_whole_world_counts_every_point() {
        let world =
            HeatFrame { view: WorldRect::WORLD, width_px: 512, height_px: 512, radius_px: 9.0 };
        let mut bins = Bins::new(world);
        for step in 0..=64_u32 {
            bins.add((u32::MAX / 64).saturating_mul(step), u32::MAX - (u32::MAX / 64) * step);
        }
        assert_eq!(bins.points(), 65);
    }

    proptest! {
        /// The whole-number cell is the cell of plain arithmetic, within one
        /// unit at the edges of cells.
        #[test]
        fn cells_follow_plain_arithmetic(x in 0.735..0.765_f64, y in 0.305..0.325_f64) {
            let bins = Bins::new(frame(24.0));
            let world = bins.cells.world;
            let exact = (x - world.x_min) / world.width() * bins.cells.columns as f64;
            let cell = bins.x.cell((x * UNITS) as u32);
            match cell {
                Some(cell) => prop_assert!((exact - cell as f64 - 0.5).abs() < 0.501),
                None => prop_assert!(exact < 0.001 || exact > bins.cells.columns as f64 - 0.001),
            }
            if let Some(row) = bins.y.cell((y * UNITS) as u32) {
                prop_assert!(row < bins.cells.rows);
            }
        }
    }
}

//! The weights: a row a feature, a column a label.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Columns come in eights, so that a row is added up by whole registers and a
/// new label seldom moves the table.
const COLUMN_STEP: usize = 8;
/// Bounds the table at 64 MB, whatever the number of labels.
const MOST_CELLS: usize = 16 << 20;
/// Words and letters in threes of a region's texts; rarer ones are left out.
const MOST_ROWS: usize = 100_000;

/// Features are hashes already.
#[derive(Clone, Copy, Default)]
pub(super) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 << 8) | u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// By feature.
pub(super) type ByFeature<T> = HashMap<u64, T, BuildHasherDefault<AsItIs>>;

/// Weights in log-odds, and in how many texts each feature stood.
#[derive(Clone, Debug)]
pub(super) struct Table {
    rows: ByFeature<u32>,
    seen: Vec<u32>,
    weights: Vec<f32>,
    columns: usize,
}

impl Default for Table {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Table {
    pub(super) fn new(labels: usize) -> Self {
        Self {
            rows: HashMap::default(),
            seen: Vec::new(),
            weights: Vec::new(),
            columns: columns_for(labels),
        }
    }

    /// How many rows there may be.
    pub(super) fn room(&self) -> usize {
        MOST_ROWS.min(MOST_CELLS / self.columns)
    }

    /// Makes room for that many labels; what was learned stays.
    pub(super) fn widen(&mut self, labels: usize) {
        let columns = columns_for(labels);
        if columns <= self.columns {
            return;
        }
        let mut wider = vec![0.0; self.seen.len() * columns];
        let rows = wider.chunks_exact_mut(columns).zip(self.weights.chunks_exact(self.columns));
        for (new, old) in rows {
            new[..old.len()].copy_from_slice(old);
        }
        (self.weights, self.columns) = (wider, columns);
    }

    pub(super) fn row_of(&self, feature: u64) -> Option<u32> {
        self.rows.get(&feature).copied()
    }

    /// The feature's row, a new one where there is room for it.
    pub(super) fn row_or_new(&mut self, feature: u64) -> Option<u32> {
        if let Some(row) = self.row_of(feature) {
            return Some(row);
        }
        if self.seen.len() >= self.room() {
            return None;
        }
        let row = self.seen.len() as u32;
        self.rows.insert(feature, row);
        self.seen.push(0);
        self.weights.resize(self.weights.len() + self.columns, 0.0);
        Some(row)
    }

    /// In how many texts the row's feature stood.
    pub(super) fn seen(&self, row: u32) -> u32 {
        self.seen[row as usize]
    }

    pub(super) fn saw(&mut self, row: u32, texts: u32) {
        self.seen[row as usize] = self.seen[row as usize].saturating_add(texts);
    }

    /// Weights of a row, a column each.
    pub(super) fn row(&self, row: u32) -> &[f32] {
        let from = row as usize * self.columns;
        &self.weights[from..from + self.columns]
    }

    /// `sums[label] += value * weight` over the row.
    pub(super) fn add_row(&self, row: u32, value: f32, sums: &mut [f32]) {
        for (sum, weight) in sums.iter_mut().zip(self.row(row)) {
            *sum += value * weight;
        }
    }

    /// `weight += step * changes[label]` over the row.
    pub(super) fn move_row(&mut self, row: u32, step: f32, changes: &[f32]) {
        let from = row as usize * self.columns;
        let weights = &mut self.weights[from..from + self.columns];
        for (weight, change) in weights.iter_mut().zip(changes) {
            *weight += step * change;
        }
    }
}

fn columns_for(labels: usize) -> usize {
    labels.max(1).next_multiple_of(COLUMN_STEP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wider_table_remembers_what_it_knew() {
        let mut table = Table::new(2);
        let row = table.row_or_new(7).unwrap();
        let other = table.row_or_new(9).unwrap();
        table.move_row(row, 2.0, &[1.0, -1.0]);
        table.move_row(other, 1.0, &[5.0]);
        table.widen(20);
        assert_eq!(table.row(row).len(), 24);
        assert_eq!(table.row(row)[..3], [2.0, -2.0, 0.0]);
        assert_eq!(table.row(other)[..2], [5.0, 0.0]);
        assert_eq!(table.row_or_new(7), Some(row));
    }

    #[test]
    fn the_table_never_grows_past_its_bound() {
        let labels = MOST_CELLS / 16;
        let mut table = Table::new(labels);
        assert!(table.room() <= 16);
        for feature in 0..1_000 {
            table.row_or_new(feature);
        }
        assert_eq!(table.seen.len(), table.room());
        assert!(table.weights.len() <= MOST_CELLS);
        assert_eq!(table.row_or_new(5_000), None, "a rare word is left out, nothing fails");
    }
}

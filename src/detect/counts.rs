//! Counts of cells, slot by slot, that are summed over any span at once.

use std::ops::Range;

/// By category and place, and of all together.
#[derive(Clone, Debug)]
pub struct Counts {
    places: usize,
    slots: usize,
    /// Of each cell, and behind them of all, one more than there are slots: the count
    /// before each slot, once [`Self::sum_up`] was called.
    sums: Vec<u32>,
}

impl Counts {
    pub fn new(places: usize, categories: usize, slots: usize) -> Self {
        Self { places, slots, sums: vec![0; (places * categories + 1) * (slots + 1)] }
    }

    /// Counts one more. What is outside of the table is left out.
    pub fn add(&mut self, place: usize, category: usize, slot: usize) {
        let cell = self.cell(place, category);
        if place < self.places && cell < self.cells() && slot < self.slots {
            for row in [cell, self.cells()] {
                self.sums[row * (self.slots + 1) + slot + 1] += 1;
            }
        }
    }

    /// To be called once, when all are counted.
    pub fn sum_up(&mut self) {
        for row in self.sums.chunks_mut(self.slots + 1) {
            let mut sum = 0;
            for count in row {
                sum += *count;
                *count = sum;
            }
        }
    }

    pub fn cells(&self) -> usize {
        self.sums.len() / (self.slots + 1) - 1
    }

    pub fn places(&self) -> usize {
        self.places
    }

    pub fn slots(&self) -> usize {
        self.slots
    }

    /// Number of a cell.
    pub fn cell(&self, place: usize, category: usize) -> usize {
        category * self.places + place
    }

    /// Category and place of a cell.
    pub fn place_of(&self, cell: usize) -> (usize, usize) {
        (cell / self.places, cell % self.places)
    }

    /// How many in a cell.
    pub fn of(&self, cell: usize, span: Range<usize>) -> u32 {
        let row = &self.sums[cell * (self.slots + 1)..][..=self.slots];
        row[span.end.min(self.slots)] - row[span.start.min(self.slots)]
    }

    /// How many in all.
    pub fn all(&self, span: Range<usize>) -> u32 {
        self.of(self.cells(), span)
    }
}

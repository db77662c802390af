//! The few rows with the least value, out of many.

/// How many rows a list of the nearest holds.
pub const NEAREST_ROWS: usize = 50;

/// Keeps the [`NEAREST_ROWS`] least of what it is offered; equal values stand
/// by position, so the outcome depends on no order.
#[derive(Clone, Debug)]
pub(super) struct Nearest {
    /// `value << 32 | position`.
    keys: Vec<u64>,
    bound: u64,
}

impl Nearest {
    pub(super) fn new() -> Self {
        Self { keys: Vec::with_capacity(2 * NEAREST_ROWS), bound: u64::MAX }
    }

    #[inline]
    pub(super) fn offer(&mut self, value: u32, position: u32) {
        let key = u64::from(value) << 32 | u64::from(position);
        if key < self.bound {
            self.keys.push(key);
            if self.keys.len() == 2 * NEAREST_ROWS {
                self.shrink();
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.keys.extend(other.keys);
        self.shrink();
    }

    /// Positions, least value first.
    pub(super) fn positions(mut self) -> Vec<u32> {
        self.keys.sort_unstable();
        self.keys.iter().take(NEAREST_ROWS).map(|&key| key as u32).collect()
    }

    fn shrink(&mut self) {
        if self.keys.len() >= NEAREST_ROWS {
            let (_, &mut bound, _) = self.keys.select_nth_unstable(NEAREST_ROWS - 1);
            self.bound = bound;
            self.keys.truncate(NEAREST_ROWS);
        }
    }
}

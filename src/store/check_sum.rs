//! Check sums of rows that no server can give back.

/// CRC-32 over the columns of a row.
pub(super) struct CheckSum(crc32fast::Hasher);

impl CheckSum {
    pub(super) fn new() -> Self {
        Self(crc32fast::Hasher::new())
    }

    /// A column with its length before it, so that no two rows are told apart only
    /// by where one column ends.
    pub(super) fn add(&mut self, column: &[u8]) {
        self.add_bare(&(column.len() as u64).to_le_bytes());
        self.add_bare(column);
    }

    /// A column that is as long in every row.
    pub(super) fn add_bare(&mut self, column: &[u8]) {
        self.0.update(column);
    }

    pub(super) fn finish(self) -> u32 {
        self.0.finalize()
    }
}

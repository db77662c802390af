//! A column of a chunk, shared until it changes.

use std::ops::Deref;
use std::sync::Arc;

/// Most changes of an incident touch few of its columns, so a chunk that a
/// snapshot still holds shares the others with it.
#[derive(Clone, Debug)]
pub(super) struct Column<T>(Arc<Vec<T>>);

impl<T> Default for Column<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Copy + PartialEq> Column<T> {
    /// Writes a cell. The column is copied first where it is shared, and not
    /// touched where the cell holds that already.
    pub(super) fn set(&mut self, at: usize, value: T) {
        if self.0[at] != value {
            Arc::make_mut(&mut self.0)[at] = value;
        }
    }

    /// Appends `value` up to `len` cells.
    pub(super) fn grow(&mut self, len: usize, value: T) {
        Arc::make_mut(&mut self.0).resize(len, value);
    }
}

impl<T> Deref for Column<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'c, T> IntoIterator for &'c Column<T> {
    type Item = &'c T;
    type IntoIter = std::slice::Iter<'c, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_column_is_copied_only_by_another_value() {
        let mut column = Column::default();
        column.grow(3, 7_u16);
        let snapshot = column.clone();
        column.set(1, 7);
        assert!(Arc::ptr_eq(&column.0, &snapshot.0));
        column.set(1, 8);
        assert!(!Arc::ptr_eq(&column.0, &snapshot.0));
        assert_eq!((&column[..], &snapshot[..]), (&[7, 8, 7][..], &[7, 7, 7][..]));
    }
}

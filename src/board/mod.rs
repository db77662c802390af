//! The in-memory table that every figure on every screen comes from.
//!
//! Columns stand in chunks of at most [`CHUNK_ROWS`] rows shared through `Arc`,
//! so a snapshot costs nothing and a reader never waits for the writer. The
//! board is built from the store once and then changed only by [`ChangeSet`]s.
//! A [`Filter`] is applied once; every aggregate comes out of that one pass.

pub mod aggregates;
pub mod filter;
pub mod row;
pub mod vocabulary;

pub use aggregates::{Aggregates, Totals};
pub use filter::Filter;
pub use row::{Change, ChangeSet, Row};
pub use vocabulary::Vocabulary;

/// Most rows in a chunk: the unit that is shared and copied on write.
pub const CHUNK_ROWS: usize = 16_384;

//! The in-memory table that every figure on every screen comes from.
//!
//! Columns stand in chunks of at most [`CHUNK_ROWS`] rows shared through `Arc`,
//! so a snapshot costs nothing and a reader never waits for the writer. The
//! board is built from the store once and then changed only by [`ChangeSet`]s.
//! A [`Filter`] is applied once; every aggregate comes out of that one pass.

pub mod aggregates;
pub mod census;
mod chunk;
mod column;
mod compiled;
mod days;
mod durations;
pub mod filter;
pub mod forecasts;
pub mod handover;
pub mod indicators;
mod kinds;
pub mod list;
pub mod mood;
#[cfg(test)]
mod naive;
mod nearest;
mod newest;
pub mod on_time;
pub mod overlay;
mod pass;
pub mod period_changes;
pub mod points;
pub mod problems;
#[cfg(test)]
mod proof;
pub mod queue;
mod refresh;
pub mod row;
pub mod scorecards;
#[cfg(test)]
mod samples;
mod selection;
pub mod similar;
mod surprises;
mod table;
mod tally;
pub mod urgent;
pub mod vocabulary;
pub mod what_if;

pub use aggregates::{Aggregates, Totals};
pub use census::Census;
pub use compiled::{CompiledFilter, Window};
pub use filter::Filter;
pub use indicators::Indicators;
pub use list::{List, ListOrder, SortBy};
pub use nearest::NEAREST_ROWS;
pub use newest::Newest;
pub use points::Points;
pub use row::{Change, ChangeSet, Row};
pub use table::{Board, BoardBuilder, Region};
pub use vocabulary::Vocabulary;

/// Most rows in a chunk: the unit that is shared and copied on write.
pub const CHUNK_ROWS: usize = 16_384;

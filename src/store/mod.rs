//! SQLite: the durable truth behind the board.

pub mod batch;

pub use batch::{Applied, Batch, Upsert};

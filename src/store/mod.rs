//! SQLite: the durable truth behind the board.

pub mod batch;
pub mod details;
pub mod health;

pub use batch::{Applied, Batch, Upsert};

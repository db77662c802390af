//! The desk and video wall of a regional feedback centre.
//!
//! The modules stand in the order of who may know whom: each names only what
//! stands above it. `tests/it/house.rs` reads the `use` lines and fails on a
//! breach; `src/ARCHITECTURE.md` is the one page that explains the house.

pub mod domain;
pub mod geo;
pub mod board;
pub mod figure;
pub mod store;
pub mod sync;

#![doc = include_str!("ARCHITECTURE.md")]

pub mod domain;
pub mod config;
pub mod logging;
pub mod priority;
pub mod geo;
pub mod detect;
pub mod suggest;
pub mod board;
pub mod figure;
pub mod store;
pub mod sync;
pub mod server;
pub mod app;
pub mod ui;
pub mod cli;

/// Rows pass from thread to thread by the million, which the system's allocator takes for
/// each of them dearly, and a wall runs for months, in which holes must not add up.
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

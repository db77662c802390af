#![doc = include_str!("ARCHITECTURE.md")]

pub mod domain;
pub mod config;
pub mod logging;
pub mod priority;
pub mod geo;
pub mod suggest;
pub mod board;
pub mod figure;
pub mod store;
pub mod sync;
pub mod server;
pub mod app;
pub mod ui;
pub mod cli;

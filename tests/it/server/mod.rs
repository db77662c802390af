//! The reference server over real HTTP.

mod client;
mod commands;
mod faults;
mod history;
mod living;
mod pulls;
mod replay;

//! The reference server over real HTTP.

mod client;
mod history;
mod pulls;

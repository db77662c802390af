//! The reference server over real HTTP.

pub(crate) mod client;
mod commands;
mod contract;
mod faults;
mod history;
mod leases;
mod living;
mod officers;
mod pulls;
mod replay;
mod restart;

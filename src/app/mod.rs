//! The desk without its picture: state, commands, background work.
//!
//! Knows no egui: it wakes whoever draws through a [`std::task::Waker`].

pub mod clock;
pub mod command;
pub mod lane;
pub mod state;

pub use command::Command;
pub use state::State;

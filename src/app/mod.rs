//! The desk without its picture: state, commands, background work.
//!
//! Knows no egui: it wakes whoever draws through a [`std::task::Waker`].

pub mod clock;
pub mod lane;

//! The desk without its picture: state, commands, background work.
//!
//! Knows no egui: it wakes whoever draws through a [`std::task::Waker`].

mod acting;
pub mod alerts;
mod answers;
mod apply;
mod asking;
mod background;
pub mod basemap;
mod caught_up;
pub mod clock;
pub mod command;
pub mod data;
pub mod deeds;
pub mod desk;
pub mod drafts;
mod export;
pub mod form;
pub mod handover;
pub mod heat_colors;
pub mod indicators;
mod keeper;
pub mod lane;
mod leases;
pub mod likely;
pub mod link;
pub mod lock;
pub mod map_work;
pub mod officer;
pub mod outbox_view;
pub mod pin;
pub mod network;
mod notices;
pub mod problems;
pub mod replay;
pub mod saved;
pub mod searching;
pub mod secret;
pub mod shift;
mod sign_in;
pub mod state;
pub mod suggestions;
pub mod triage;
pub mod wall;
pub mod what_if;
mod workers;

pub use command::Command;
pub use desk::{Desk, DeskOptions};
pub use state::State;

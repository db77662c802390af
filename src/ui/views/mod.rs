//! One file a view: `fn x_ui(ui, state, tokens, text, …, out)`. A view borrows
//! the state and pushes commands; it reads no file, takes no lock, asks no
//! database.

pub mod blocks;
pub mod health;
pub mod incidents;
pub mod indicators;
pub mod outbox;
pub mod page;
pub mod problems;
pub mod settings;
pub mod shift;
pub mod situation;
pub mod triage;

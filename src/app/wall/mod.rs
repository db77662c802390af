//! What a wall has beside a desk: what it may know, and what keeps it going while nobody
//! touches it.

mod ahead;
pub mod awake;
#[cfg(unix)]
pub mod control;
mod crossing;
pub mod frame;
pub mod kept_turn;
mod looking;
pub mod orders;
pub mod outputs;
pub mod places;
pub mod plan_watch;
pub mod preview;
pub mod replay;
pub mod store_watch;
pub mod told;
pub mod watchdog;

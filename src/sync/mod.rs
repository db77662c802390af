//! Bringing the server's state here and the officers' commands there.
//!
//! ```text
//! http → lines → plan → store, one page after the other (pull)
//!                         └─ what changed → board
//! ```
//! What officers did waits in the outbox and is sent before each pull (push).
//! [`engine`] runs both in a thread of its own, woken by the server's stream
//! or by the clock, and publishes a [`status::SyncStatus`].

mod lease;
mod listen;
mod pull;

pub mod api;
pub mod backoff;
pub mod engine;
pub mod failure;
pub mod http;
pub mod leases;
pub mod lines;
pub mod plan;
pub mod protocol;
pub mod push;
pub mod status;

pub use push::PushParts;

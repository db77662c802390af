//! Bringing the server's state here and the officers' commands there.

pub mod api;
pub mod backoff;
pub mod http;
pub mod lines;
pub mod plan;
pub mod protocol;
pub mod status;

//! Bringing the server's state here and the officers' commands there.

pub mod protocol;

//! The one integration binary: what only the assembled parts can show.

#[cfg(test)]
mod fonts;
#[cfg(test)]
mod geodata;
#[cfg(test)]
mod house;
#[cfg(test)]
mod store;
#[cfg(test)]
mod server;

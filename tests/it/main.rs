//! The one integration binary: what only the assembled parts can show.

#[cfg(test)]
mod access;
#[cfg(test)]
mod addressee;
#[cfg(test)]
mod answers;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod basemap;
#[cfg(test)]
mod by_keys;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod click;
#[cfg(test)]
mod conflicts;
#[cfg(test)]
mod convergence;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod detect;
#[cfg(test)]
mod each_key;
#[cfg(test)]
mod fake_api;
#[cfg(test)]
mod fonts;
#[cfg(test)]
mod geodata;
#[cfg(test)]
mod house;
#[cfg(test)]
mod indicators;
#[cfg(test)]
mod link;
#[cfg(test)]
mod lock;
#[cfg(test)]
mod officer;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod own_data;
mod painted;
#[cfg(test)]
mod problems;
#[cfg(test)]
mod queue;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod server;
#[cfg(test)]
mod shift;
#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod store;
#[cfg(test)]
mod suggest;
#[cfg(test)]
mod sync;
#[cfg(test)]
mod sync_engine;
#[cfg(test)]
mod ui_wall;
#[cfg(test)]
mod ui_views;
#[cfg(test)]
mod ui_words;
#[cfg(test)]
mod wall_frame;
#[cfg(test)]
mod wall_turns;

//! What a new incident is likely to be, learned from the past decisions of
//! people: a linear classifier of short texts that says why. Pure.
//!
//! The same model serves block, topic and body: a label is a number that only
//! its user understands. Nothing here applies a suggestion.

mod calibration;
mod features;
mod holdout;
mod lexicon;
mod model;
mod table;
mod training;
mod trial;

#[cfg(test)]
mod tests;

pub use model::{Model, Reason, Suggestion};
pub use trial::Trial;

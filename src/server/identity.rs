//! Which installation this is, and by what name its revisions go.
//!
//! A server without a folder keeps nothing: its epoch is the name of its
//! history, so what stands still comes again under the same name. With a folder
//! the epoch stands in its file and stays for as long as the file goes on from
//! what was given out.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::state::State;
use super::wire::Lines;
use crate::sync::protocol::Scope;

/// Objects that stand for the whole history in its digest.
const SAMPLE: usize = 4_096;

/// Names of the installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) instance: String,
    pub(crate) epoch: String,
}

/// The epoch of a history that nothing is kept of.
pub(crate) fn epoch_of(instance: &str, history: &str) -> String {
    let mut hash = Sha256::new();
    for part in [instance, history, env!("CARGO_PKG_VERSION")] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex(&hash.finalize()[..5])
}

/// An epoch that never was.
pub(crate) fn new_epoch() -> String {
    let id = Uuid::now_v7();
    hex(&id.as_bytes()[11..])
}

/// Tells a history from another one: how much there is, and what an even
/// sample of it says.
pub(crate) fn digest(state: &State) -> String {
    let lines = Lines::new(state, Scope::Desk);
    let head = state.head() as usize;
    let mut hash = Sha256::new();
    hash.update(state.head().to_le_bytes());
    let mut line = Vec::new();
    for (rev, object) in state.changes_after(0).step_by(head / SAMPLE + 1) {
        line.clear();
        lines.line(&mut line, rev, object);
        hash.update(&line);
    }
    hex(&hash.finalize()[..16])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(half.into(), 16));
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_names_the_installation_and_its_history() {
        let epoch = epoch_of("demo", "seed 1");
        assert_eq!(epoch_of("demo", "seed 1"), epoch);
        assert_ne!(epoch_of("demo", "seed 2"), epoch);
        assert_ne!(epoch_of("demo-2", "seed 1"), epoch);
        assert_eq!(epoch.len(), 10);
        assert_ne!(new_epoch(), new_epoch());
    }
}

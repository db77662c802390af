//! What is true about a made-up history, for tests that look for it.

use serde::Serialize;

use super::generate::bursts::BurstTruth;
use super::generate::planted::{PlantedKind, planted};
use super::generate::{Extent, History};
use super::state::State;
use super::wire::message_seed;

/// Planted strings that are listed; all of them are counted.
const LISTED: usize = 1_000;

/// The file of `--truth`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Truth {
    pub seed: u64,
    pub incidents: usize,
    /// RFC 3339.
    pub from: String,
    pub to: String,
    pub bursts: Vec<BurstTruth>,
    pub planted: PlantedTruth,
}

/// Made-up personal data in the messages.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PlantedTruth {
    pub phones: usize,
    pub emails: usize,
    pub snils: usize,
    pub cards: usize,
    /// The first of them, each exactly as it stands in the text.
    pub listed: Vec<PlantedString>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlantedString {
    /// Id of the message.
    pub message: String,
    pub kind: &'static str,
    pub text: String,
}

impl Truth {
    pub(crate) fn of(extent: Extent, history: &History) -> Self {
        Self {
            seed: extent.seed,
            incidents: extent.incidents,
            from: extent.from().to_rfc3339(),
            to: extent.now.to_rfc3339(),
            bursts: history.bursts.clone(),
            planted: PlantedTruth::of(&history.state),
        }
    }
}

impl PlantedTruth {
    fn of(state: &State) -> Self {
        let mut truth = Self::default();
        for index in 0..state.messages.len() as u32 {
            let Some(found) = planted(message_seed(state.seed, index)) else { continue };
            let (kind, count) = match found.kind {
                PlantedKind::Phone => ("phone", &mut truth.phones),
                PlantedKind::Email => ("email", &mut truth.emails),
                PlantedKind::Snils => ("snils", &mut truth.snils),
                PlantedKind::Card => ("card", &mut truth.cards),
            };
            *count += 1;
            if truth.listed.len() < LISTED {
                let message = format!("m-{}", index + 1);
                truth.listed.push(PlantedString { message, kind, text: found.text });
            }
        }
        truth
    }
}

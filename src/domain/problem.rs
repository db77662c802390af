//! A problem: many incidents that are one matter, once a person has said so.

use serde::{Deserialize, Serialize};

use super::keyed::keyed_enum;

keyed_enum! {
    /// How far a problem is.
    pub enum ProblemState {
        Confirmed = "confirmed",
        /// It is followed: what comes is still expected.
        Watched = "watched",
        Closed = "closed",
    }
}

/// What a person says when an incident is of a problem.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linking {
    /// Id of the problem.
    pub problem: String,
    /// What it is made with where the server knows none of that id; else it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<Born>,
    /// What is said of the problem itself; what is left out stays as it stands.
    #[serde(default, skip_serializing_if = "Says::is_empty")]
    pub says: Says,
}

/// A problem as it is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Born {
    pub name: String,
    /// Code of a node of the taxonomy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// OKTMO, eight digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<String>,
    /// RFC 3339.
    pub started_at: String,
    /// The name may be shown on the wall.
    pub wall: bool,
}

/// What changes of a problem.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Says {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<ProblemState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wall: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
}

impl Says {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Linking {
    /// Everything in it that a person worded.
    pub fn texts(&mut self) -> Vec<&mut String> {
        let Self { born, says, .. } = self;
        let names = born.iter_mut().map(|born| &mut born.name).chain(&mut says.name);
        names.chain(says.remedy.iter_mut().flat_map(Remedy::texts)).collect()
    }

    /// The name that it gives.
    pub fn name(&self) -> Option<&str> {
        let born = self.born.as_ref().map(|born| born.name.as_str());
        self.says.name.as_deref().or(born)
    }
}

/// Why a problem came about and what was done against it: clause 2.3 of the Regulation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remedy {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cause: String,
    /// What puts this one right.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub correction: String,
    /// What keeps the next one from coming.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prevention: String,
    /// When this one was put right, RFC 3339: from then on its effect is looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acted_at: Option<String>,
    /// When the next one was prevented, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prevented_at: Option<String>,
    /// What the curator is asked, and since when (RFC 3339).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub question: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<String>,
    /// What the curator decided.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub decision: String,
}

impl Remedy {
    /// Everything in it that a person worded.
    pub fn texts(&mut self) -> [&mut String; 5] {
        let Self { cause, correction, prevention, question, decision, .. } = self;
        [cause, correction, prevention, question, decision]
    }

    /// Everything in it that is a time.
    pub fn times(&self) -> impl Iterator<Item = &str> {
        [&self.acted_at, &self.prevented_at, &self.asked_at]
            .into_iter()
            .filter_map(Option::as_deref)
    }

    /// True where the curator was asked and has not decided.
    pub fn waits_for_curator(&self) -> bool {
        self.asked_at.is_some() && self.decision.trim().is_empty()
    }
}

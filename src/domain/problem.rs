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
    pub remedy: Option<RemedyChange>,
}

/// What changes of a [`Remedy`]: what is left out stays, so that two offices who write at
/// the same time lose nothing. An empty time takes it away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RemedyChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prevention: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acted_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prevented_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<String>,
}

impl RemedyChange {
    /// From `before` to `after`; `None` where they are the same.
    pub fn between(before: &Remedy, after: &Remedy) -> Option<Self> {
        let text =
            |of: fn(&Remedy) -> &String| (of(before) != of(after)).then(|| of(after).clone());
        let time = |of: fn(&Remedy) -> &Option<String>| {
            (of(before) != of(after)).then(|| of(after).clone().unwrap_or_default())
        };
        let change = Self {
            cause: text(|it| &it.cause),
            correction: text(|it| &it.correction),
            prevention: text(|it| &it.prevention),
            question: text(|it| &it.question),
            decision: text(|it| &it.decision),
            acted_at: time(|it| &it.acted_at),
            prevented_at: time(|it| &it.prevented_at),
            asked_at: time(|it| &it.asked_at),
        };
        (change != Self::default()).then_some(change)
    }

    /// Everything in it that a person worded.
    pub fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let Self { cause, correction, prevention, question, decision, .. } = self;
        [cause, correction, prevention, question, decision].into_iter().flatten()
    }

    /// Everything in it that is a time.
    pub fn times(&self) -> impl Iterator<Item = &str> {
        let times = [&self.acted_at, &self.prevented_at, &self.asked_at];
        times.into_iter().filter_map(|at| at.as_deref().filter(|at| !at.is_empty()))
    }
}

impl Says {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Ids of problems that were made by hand begin so.
pub const BY_HAND: &str = "h-";

impl Linking {
    /// Everything in it that a person worded.
    pub fn texts(&mut self) -> Vec<&mut String> {
        let Self { born, says, .. } = self;
        let names = born.iter_mut().map(|born| &mut born.name).chain(&mut says.name);
        names.chain(says.remedy.iter_mut().flat_map(RemedyChange::texts)).collect()
    }

    /// True where the incident it is said on is of the problem from now on. What is only
    /// said of a problem that is known leaves the incident where it is.
    pub fn moves(&self) -> bool {
        self.born.is_some() || self.says.is_empty()
    }

    /// True where a person named a new problem of one incident.
    pub fn is_by_hand(&self) -> bool {
        self.born.is_some() && self.problem.starts_with(BY_HAND)
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
    pub fn times(&mut self) -> [&mut Option<String>; 3] {
        [&mut self.acted_at, &mut self.prevented_at, &mut self.asked_at]
    }

    pub fn change(&mut self, change: &RemedyChange) {
        for (own, new) in [
            (&mut self.cause, &change.cause),
            (&mut self.correction, &change.correction),
            (&mut self.prevention, &change.prevention),
            (&mut self.question, &change.question),
            (&mut self.decision, &change.decision),
        ] {
            if let Some(new) = new {
                own.clone_from(new);
            }
        }
        for (own, new) in [
            (&mut self.acted_at, &change.acted_at),
            (&mut self.prevented_at, &change.prevented_at),
            (&mut self.asked_at, &change.asked_at),
        ] {
            if let Some(new) = new {
                *own = Some(new.clone()).filter(|at| !at.is_empty());
            }
        }
    }

    /// True where the curator was asked and has not decided.
    pub fn waits_for_curator(&self) -> bool {
        self.asked_at.is_some() && self.decision.trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_leaves_what_it_does_not_name_and_an_empty_time_takes_it_away() {
        let at = || Some("2026-11-24T09:30:00Z".to_owned());
        let before = Remedy { cause: "износ".to_owned(), acted_at: at(), ..Remedy::default() };
        let one = Remedy { decision: "выделить".to_owned(), ..before.clone() };
        let other = Remedy { cause: String::new(), acted_at: None, ..before.clone() };
        let change = |after| RemedyChange::between(&before, after).unwrap();
        assert_eq!(RemedyChange::between(&before, &before), None);
        for order in [[&one, &other], [&other, &one]] {
            let mut both = before.clone();
            for after in order {
                both.change(&change(after));
            }
            let expected = Remedy { decision: "выделить".to_owned(), ..Remedy::default() };
            assert_eq!(both, expected, "whoever comes last");
        }
        // What an earlier version queued reads the same.
        let queued = serde_json::from_str::<RemedyChange>(r#"{"cause":"смог"}"#).unwrap();
        assert_eq!(queued, RemedyChange { cause: Some("смог".to_owned()), ..<_>::default() });
    }
}

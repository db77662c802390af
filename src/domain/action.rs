//! What an officer wants done, with all that it takes.
//!
//! The form under serde is that of the contract: `command` and `payload` of a
//! line of `POST /v1/commands`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::command::CommandKind;
use super::keyed::keyed_enum;
use super::mask::mask;
use super::period::Timestamp;
use super::problem::Linking;

keyed_enum! {
    /// A mark that calls for attention beside the priority.
    pub enum Mark {
        /// Many people speak of it.
        Resonance = "resonance",
        Conflict = "conflict",
        /// The answer itself made things worse.
        CommunicationError = "communication_error",
    }
}

keyed_enum! {
    /// What an answer that was given is worth.
    pub enum Verdict {
        Full = "full",
        Partial = "partial",
        Formal = "formal",
    }
}

keyed_enum! {
    /// What a check of an answer found: clause 1 of the Regulation,
    /// «мониторинг сроков и качества».
    pub enum AnswerCheck {
        /// По существу.
        ToThePoint = "to_the_point",
        /// Отписка.
        Evasive = "evasive",
        /// Перенаправлено другому органу.
        Redirected = "redirected",
        /// Вежливо.
        Polite = "polite",
        /// Факт решения подтверждён.
        Resolved = "resolved",
    }
}

/// A place as an officer gives it; what is absent becomes unknown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlaceGiven {
    /// OKTMO, eight digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<String>,
    /// Code of a settlement of the municipality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settlement: Option<String>,
    /// Degrees, WGS 84; both or neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A matter that reached the centre by telephone or on paper.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NewIncident {
    pub summary: String,
    /// Code of a node of the taxonomy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Key of a source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// 0 ordinary, 1 high, 2 urgent.
    #[serde(default)]
    pub priority: u8,
    /// What the citizen said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(flatten)]
    pub place: PlaceGiven,
}

/// One action on one incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", content = "payload", rename_all = "snake_case")]
pub enum Action {
    Take {},
    Assign {
        /// Id of a body.
        body: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    Forward {
        body: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    Classify {
        /// Code of a node of the taxonomy; the block follows from it.
        topic: String,
    },
    Place(PlaceGiven),
    Prioritise {
        /// 0 ordinary, 1 high, 2 urgent.
        priority: u8,
    },
    Mark {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        add: Vec<Mark>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        remove: Vec<Mark>,
    },
    Extend {
        #[serde(with = "rfc3339")]
        due_at: Timestamp,
        reason: String,
    },
    InterimAnswer {
        text: String,
    },
    Submit {
        text: String,
    },
    Approve {},
    Return {
        reason: String,
    },
    Postpone {
        reason: String,
    },
    Reject {
        reason: String,
    },
    Merge {
        /// Id of the incident that survives.
        into: String,
    },
    Unmerge {},
    Split {
        /// Ids of the messages that go.
        messages: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        summary: Option<String>,
    },
    Comment {
        text: String,
    },
    Close {},
    Reopen {
        reason: String,
    },
    Rate {
        /// 1–5.
        rating: u8,
    },
    Quality {
        verdict: Verdict,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        checks: Vec<AnswerCheck>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    Create(NewIncident),
    /// The incident is of a problem.
    Link(Box<Linking>),
    /// The incident is not of that problem.
    Unlink {
        problem: String,
    },
}

impl Action {
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::Take {} => CommandKind::Take,
            Self::Assign { .. } => CommandKind::Assign,
            Self::Forward { .. } => CommandKind::Forward,
            Self::Classify { .. } => CommandKind::Classify,
            Self::Place(_) => CommandKind::Place,
            Self::Prioritise { .. } => CommandKind::Prioritise,
            Self::Mark { .. } => CommandKind::Mark,
            Self::Extend { .. } => CommandKind::Extend,
            Self::InterimAnswer { .. } => CommandKind::InterimAnswer,
            Self::Submit { .. } => CommandKind::Submit,
            Self::Approve {} => CommandKind::Approve,
            Self::Return { .. } => CommandKind::Return,
            Self::Postpone { .. } => CommandKind::Postpone,
            Self::Reject { .. } => CommandKind::Reject,
            Self::Merge { .. } => CommandKind::Merge,
            Self::Unmerge {} => CommandKind::Unmerge,
            Self::Split { .. } => CommandKind::Split,
            Self::Comment { .. } => CommandKind::Comment,
            Self::Close {} => CommandKind::Close,
            Self::Reopen { .. } => CommandKind::Reopen,
            Self::Rate { .. } => CommandKind::Rate,
            Self::Quality { .. } => CommandKind::Quality,
            Self::Create(_) => CommandKind::Create,
            Self::Link(_) => CommandKind::Link,
            Self::Unlink { .. } => CommandKind::Unlink,
        }
    }

    /// True where it means the same whatever others did meanwhile.
    pub const fn commutes(&self) -> bool {
        matches!(
            self,
            Self::Comment { .. }
                | Self::Mark { .. }
                | Self::Rate { .. }
                | Self::Link(_)
                | Self::Unlink { .. }
        )
    }

    /// The same without telephones, addresses of mail and other personal data,
    /// where there are any, in what others read as it is: an answer may be
    /// published, a reason stands in the log. A comment and what the citizen said
    /// stay as written.
    pub fn masked(&self) -> Option<Self> {
        match self {
            Self::Comment { .. } | Self::Split { .. } | Self::Create(_) => None,
            _ => self.masked_throughout(),
        }
    }

    /// The same without personal data anywhere, where there are any: for a copy
    /// that leaves the program.
    pub fn masked_throughout(&self) -> Option<Self> {
        let mut copy = self.clone();
        let mut hides = false;
        for text in copy.texts() {
            if let Cow::Owned(masked) = mask(text) {
                (*text, hides) = (masked, true);
            }
        }
        hides.then_some(copy)
    }

    /// Everything in it that a person worded.
    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Self::Split { summary, .. } => summary.iter_mut().collect(),
            Self::Create(new) => {
                let more = new.text.iter_mut().chain(&mut new.place.address);
                std::iter::once(&mut new.summary).chain(more).collect()
            }
            Self::Place(place) => place.address.iter_mut().collect(),
            Self::Link(linking) => linking.texts(),
            Self::Assign { reason, .. } | Self::Forward { reason, .. } => {
                reason.iter_mut().collect()
            }
            Self::Quality { text, .. } => text.iter_mut().collect(),
            other => other.typed_mut().into_iter().collect(),
        }
    }

    /// What the officer wrote in it, for a list of what waits here.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Assign { reason, .. } | Self::Forward { reason, .. } => reason.as_deref(),
            Self::Extend { reason, .. }
            | Self::Return { reason }
            | Self::Postpone { reason }
            | Self::Reject { reason }
            | Self::Reopen { reason } => Some(reason),
            Self::InterimAnswer { text } | Self::Submit { text } | Self::Comment { text } => {
                Some(text)
            }
            Self::Quality { text, .. } => text.as_deref(),
            Self::Create(new) => Some(&new.summary),
            Self::Link(linking) => linking.name(),
            _ => None,
        }
    }

    /// All of it: of an incident made by hand the summary is only the head.
    pub fn typed(&self) -> Option<&str> {
        match self {
            Self::Create(new) => Some(new.text.as_deref().unwrap_or(&new.summary)),
            // What is worded in «Проблемы» stays there.
            Self::Link(linking) if !linking.is_by_hand() => None,
            Self::Link(linking) => linking.name(),
            other => other.words(),
        }
    }

    /// The same, to be written on.
    pub fn typed_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::Assign { reason, .. } | Self::Forward { reason, .. } => {
                Some(reason.get_or_insert_default())
            }
            Self::Extend { reason, .. }
            | Self::Return { reason }
            | Self::Postpone { reason }
            | Self::Reject { reason }
            | Self::Reopen { reason } => Some(reason),
            Self::InterimAnswer { text } | Self::Submit { text } | Self::Comment { text } => {
                Some(text)
            }
            Self::Quality { text, .. } => Some(text.get_or_insert_default()),
            Self::Create(new) => Some(new.text.get_or_insert_with(|| new.summary.clone())),
            Self::Link(linking) if linking.is_by_hand() => {
                linking.born.as_mut().map(|born| &mut born.name)
            }
            _ => None,
        }
    }
}

mod rfc3339 {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::domain::Timestamp;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over so")]
    pub(super) fn serialize<S: Serializer>(
        at: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&at.to_rfc3339())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        Timestamp::parse_rfc3339(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    use crate::domain::{Born, ProblemState, RemedyChange, Says};

    /// One action of each kind, in the order of [`CommandKind::ALL`].
    pub(crate) fn one_of_each() -> Vec<Action> {
        let text = || "по делу".to_owned();
        vec![
            Action::Take {},
            Action::Assign { body: "b-1".to_owned(), reason: None },
            Action::Forward { body: "b-2".to_owned(), reason: Some(text()) },
            Action::Classify { topic: "zhkh.heat".to_owned() },
            Action::Place(PlaceGiven {
                municipality: Some("95701000".to_owned()),
                lat: Some(53.72),
                lon: Some(91.44),
                ..PlaceGiven::default()
            }),
            Action::Prioritise { priority: 2 },
            Action::Mark { add: vec![Mark::Resonance], remove: vec![Mark::Conflict] },
            Action::Extend { due_at: Timestamp(1_800_000_000), reason: text() },
            Action::InterimAnswer { text: text() },
            Action::Submit { text: text() },
            Action::Approve {},
            Action::Return { reason: text() },
            Action::Postpone { reason: text() },
            Action::Reject { reason: text() },
            Action::Merge { into: "i-2".to_owned() },
            Action::Unmerge {},
            Action::Split { messages: vec!["m-1".to_owned()], summary: None },
            Action::Comment { text: text() },
            Action::Close {},
            Action::Reopen { reason: text() },
            Action::Rate { rating: 4 },
            Action::Quality {
                verdict: Verdict::Formal,
                checks: vec![AnswerCheck::Evasive, AnswerCheck::Polite],
                text: None,
            },
            Action::Create(NewIncident { summary: text(), ..NewIncident::default() }),
            Action::Link(Box::new(Linking {
                problem: "p-1".to_owned(),
                born: Some(Born {
                    name: text(),
                    topic: Some("zhkh.heat".to_owned()),
                    municipality: None,
                    started_at: "2026-11-24T09:30:00Z".to_owned(),
                    wall: true,
                }),
                says: Says {
                    name: Some(text()),
                    state: Some(ProblemState::Watched),
                    wall: Some(false),
                    remedy: Some(RemedyChange { cause: Some(text()), ..<_>::default() }),
                },
            })),
            Action::Unlink { problem: "p-1".to_owned() },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_one_action_that_travels_under_its_key() {
        let actions = samples::one_of_each();
        let kinds: Vec<_> = actions.iter().map(Action::kind).collect();
        assert_eq!(kinds, CommandKind::ALL);
        for action in actions {
            let json = serde_json::to_value(&action).unwrap();
            assert_eq!(json["command"], action.kind().key());
            assert!(json["payload"].is_object(), "{json}");
            assert_eq!(serde_json::from_value::<Action>(json).unwrap(), action);
        }
    }

    #[test]
    fn answers_and_reasons_leave_without_telephones_and_a_comment_as_it_is() {
        let words = || "Звоните: +7 913 555-01-23".to_owned();
        let masked = Action::Submit { text: words() }.masked();
        let Some(Action::Submit { text }) = masked else { panic!("{masked:?}") };
        assert!(text.starts_with("Звоните: ") && !text.contains("555"), "{text}");
        assert_eq!(Action::Submit { text: "Сделано".to_owned() }.masked(), None);
        assert_eq!(Action::Comment { text: words() }.masked(), None);
        assert_eq!(
            Action::Forward { body: "b-1".to_owned(), reason: Some(words()) }.masked(),
            Some(Action::Forward { body: "b-1".to_owned(), reason: Some(text) })
        );
    }

    #[test]
    fn a_copy_that_leaves_the_program_has_no_telephone_in_any_action() {
        let mut hiding = 0;
        for mut action in samples::one_of_each() {
            let texts = action.texts();
            let any = !texts.is_empty();
            for text in texts {
                text.push_str(", +7 913 555-01-23");
            }
            let masked = action.masked_throughout();
            assert_eq!(masked.is_some(), any, "{action:?}");
            if let Some(masked) = masked {
                hiding += 1;
                assert!(!serde_json::to_string(&masked).unwrap().contains("555"), "{masked:?}");
            }
        }
        assert!(hiding >= 10, "{hiding}");
    }

    #[test]
    fn the_payload_is_the_contracts() {
        let action =
            Action::Extend { due_at: Timestamp(1_800_000_000), reason: "ждём".to_owned() };
        assert_eq!(
            serde_json::to_string(&action).unwrap(),
            "{\"command\":\"extend\",\"payload\":{\"due_at\":\"2027-01-15T08:00:00Z\",\
             \"reason\":\"ждём\"}}"
        );
    }
}

//! What officers try, legal or not.

use proptest::prelude::*;
use pult::domain::action::{Mark, NewIncident, PlaceGiven, Verdict};
use pult::domain::{Action, Status, Timestamp};

use super::INCIDENTS;
use crate::fake_api::NOW_SECS;

/// What an officer tries, whether it is legal or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    Take,
    Assign,
    Forward,
    Classify,
    Place,
    Prioritise(u8),
    Mark(Mark),
    Comment,
    Interim,
    Submit,
    Approve,
    Return,
    Postpone,
    Reject,
    Close,
    Reopen,
    Rate(u8),
    Quality,
    Extend,
    /// Into another incident.
    Merge(usize),
    Unmerge,
    /// Of one message.
    Split,
    Create,
    /// One of those that carry an incident on from where it stands, by a number.
    Onwards(u8),
}

/// What an action of a [`Deed`] is made of.
pub(crate) struct Matter<'w> {
    /// Found again in the server's log, where the action has words.
    pub(crate) mark: String,
    pub(crate) body: &'w str,
    pub(crate) incidents: &'w [String],
    /// Of the incident, as the desk knows it.
    pub(crate) message: Option<String>,
}

pub(crate) fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => Just(Deed::Take),
        2 => Just(Deed::Assign),
        1 => Just(Deed::Forward),
        1 => Just(Deed::Classify),
        1 => Just(Deed::Place),
        1 => (0..=2_u8).prop_map(Deed::Prioritise),
        1 => proptest::sample::select(Mark::ALL).prop_map(Deed::Mark),
        3 => Just(Deed::Comment),
        1 => Just(Deed::Interim),
        2 => Just(Deed::Submit),
        2 => Just(Deed::Approve),
        1 => Just(Deed::Return),
        1 => Just(Deed::Postpone),
        1 => Just(Deed::Reject),
        1 => Just(Deed::Close),
        1 => Just(Deed::Reopen),
        1 => (1..=5_u8).prop_map(Deed::Rate),
        1 => Just(Deed::Quality),
        1 => Just(Deed::Extend),
        2 => (0..INCIDENTS).prop_map(Deed::Merge),
        2 => Just(Deed::Unmerge),
        1 => Just(Deed::Split),
        1 => Just(Deed::Create),
        24 => any::<u8>().prop_map(Deed::Onwards),
    ]
}

impl Deed {
    /// What comes after that status; anything else is itself.
    pub(crate) fn resolved(self, status: Status) -> Self {
        let Self::Onwards(number) = self else { return self };
        let next: &[Self] = match status {
            Status::New | Status::Assigned | Status::Postponed => &[Self::Take],
            Status::Triage => &[Self::Assign],
            Status::InWork | Status::Rework => &[Self::Submit, Self::Submit, Self::Split],
            Status::Approval => &[Self::Approve, Self::Approve, Self::Return],
            Status::Answered => &[Self::Rate(4), Self::Quality, Self::Close, Self::Close],
            Status::Closed => &[Self::Rate(2), Self::Quality, Self::Reopen],
            Status::Rejected => &[Self::Reopen],
            Status::Merged => &[Self::Unmerge],
        };
        next[usize::from(number) % next.len()]
    }

    pub(crate) fn action(self, matter: Matter<'_>) -> Action {
        let Matter { mark, body, incidents, message } = matter;
        match self {
            Self::Take => Action::Take {},
            Self::Assign => Action::Assign { body: body.to_owned(), reason: Some(mark) },
            Self::Forward => Action::Forward { body: body.to_owned(), reason: Some(mark) },
            Self::Place => {
                let municipality = Some("95701000".to_owned());
                Action::Place(PlaceGiven {
                    municipality,
                    address: Some(mark),
                    ..PlaceGiven::default()
                })
            }
            Self::Extend => {
                let due_at = Timestamp(NOW_SECS as u32).plus_secs(90 * 86_400);
                Action::Extend { due_at, reason: mark }
            }
            Self::Merge(into) => Action::Merge { into: incidents[into].clone() },
            Self::Unmerge => Action::Unmerge {},
            Self::Split => Action::Split { messages: message.into_iter().collect(), summary: None },
            Self::Create => Action::Create(NewIncident { summary: mark, ..NewIncident::default() }),
            Self::Onwards(_) => unreachable!("resolved before"),
            Self::Classify => Action::Classify { topic: "roads.surface".to_owned() },
            Self::Prioritise(priority) => Action::Prioritise { priority },
            Self::Mark(it) => Action::Mark { add: vec![it], remove: Vec::new() },
            Self::Comment => Action::Comment { text: mark },
            Self::Interim => Action::InterimAnswer { text: mark },
            Self::Submit => Action::Submit { text: mark },
            Self::Approve => Action::Approve {},
            Self::Return => Action::Return { reason: mark },
            Self::Postpone => Action::Postpone { reason: mark },
            Self::Reject => Action::Reject { reason: mark },
            Self::Close => Action::Close {},
            Self::Reopen => Action::Reopen { reason: mark },
            Self::Rate(rating) => Action::Rate { rating },
            Self::Quality => {
                Action::Quality { verdict: Verdict::Partial, checks: Vec::new(), text: None }
            }
        }
    }
}

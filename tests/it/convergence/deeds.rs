//! What officers try, legal or not.

use proptest::prelude::*;
use pult::domain::Action;
use pult::domain::action::{Mark, Verdict};

/// What an officer tries, whether it is legal or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    Take,
    Assign,
    Classify,
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
}

pub(crate) fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => Just(Deed::Take),
        2 => Just(Deed::Assign),
        1 => Just(Deed::Classify),
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
    ]
}

impl Deed {
    /// `mark` is found again in the server's log, where the action has words.
    pub(crate) fn action(self, mark: String, body: &str) -> Action {
        match self {
            Self::Take => Action::Take {},
            Self::Assign => Action::Assign { body: body.to_owned(), reason: Some(mark) },
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

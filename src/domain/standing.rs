//! How an incident stands, and how it will once an action is carried out.

use serde::{Deserialize, Serialize};

use super::action::{Action, Mark, PlaceGiven};
use super::period::Timestamp;
use super::status::{IllegalMove, Status, next_status};

/// What an officer decides on: everything of an incident that an action can
/// change, by the server's own ids and codes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    pub status: Status,
    /// Code of a node of the taxonomy; the block follows from it.
    pub topic: Option<String>,
    /// OKTMO, eight digits.
    pub municipality: Option<String>,
    pub settlement: Option<String>,
    /// Degrees, WGS 84: latitude and longitude.
    pub place: Option<(f64, f64)>,
    /// Id of a body.
    pub body: Option<String>,
    /// Office, never a person.
    pub assignee: Option<String>,
    /// 0 ordinary, 1 high, 2 urgent.
    pub priority: u8,
    pub marks: Vec<Mark>,
    pub due: Option<Timestamp>,
    pub first_answer: Option<Timestamp>,
    pub closed: Option<Timestamp>,
    /// 1–5.
    pub rating: Option<u8>,
    /// Id of the incident that took its messages.
    pub merged_into: Option<String>,
}

/// When an incident that is done was answered, closed or otherwise ended, as far as is
/// known: `answered` is the answer that stands. The deadline is met by the answer; closing
/// what is answered may come weeks later.
pub fn done<T: Copy + Ord>(
    closed: Option<T>,
    answered: Option<T>,
    first_answer: Option<T>,
) -> Option<T> {
    match (closed, answered) {
        (Some(closed), Some(answered)) => Some(closed.min(answered)),
        (closed, answered) => closed.or(answered).or(first_answer),
    }
}

impl Standing {
    /// How it stands after `action` of `office` at `at`. The server decides in
    /// the end; this is what the desk shows until it has.
    ///
    /// # Errors
    /// Where the table of legal moves has no such move.
    pub fn after(
        &self,
        action: &Action,
        at: Timestamp,
        office: Option<&str>,
    ) -> Result<Self, IllegalMove> {
        let mut next = self.clone();
        next.status = next_status(self.status, action.kind().event())?;
        match action {
            Action::Take {} => next.assignee = office.map(str::to_owned).or(next.assignee),
            Action::Assign { body, .. } | Action::Forward { body, .. } => {
                next.body = Some(body.clone());
                next.assignee = None;
            }
            Action::Classify { topic } => next.topic = Some(topic.clone()),
            Action::Place(given) => next.put(given),
            Action::Prioritise { priority } => next.priority = *priority,
            Action::Mark { add, remove } => next.mark(add, remove),
            Action::Extend { due_at, .. } => next.due = Some(*due_at),
            Action::InterimAnswer { .. } | Action::Approve {} => {
                next.first_answer = next.first_answer.or(Some(at));
            }
            Action::Merge { into } => next.merged_into = Some(into.clone()),
            Action::Unmerge {} => next.merged_into = None,
            Action::Close {} => next.closed = Some(at),
            Action::Reopen { .. } => next.closed = None,
            Action::Rate { rating } => next.rating = Some(*rating),
            Action::Submit { .. }
            | Action::Return { .. }
            | Action::Postpone { .. }
            | Action::Reject { .. }
            | Action::Split { .. }
            | Action::Comment { .. }
            | Action::Quality { .. }
            | Action::Create(_)
            | Action::Link(_)
            | Action::Unlink { .. } => {}
        }
        Ok(next)
    }

    /// True where an officer who saw `self` would decide the same on `now`:
    /// what others added meanwhile (comments, marks, ratings, times of answers,
    /// the exact place) does not touch the decision.
    pub fn decides_like(&self, now: &Self) -> bool {
        self.status == now.status
            && self.topic == now.topic
            && self.municipality == now.municipality
            && self.body == now.body
            && self.assignee == now.assignee
            && self.priority == now.priority
            && self.due == now.due
            && self.merged_into == now.merged_into
    }

    fn put(&mut self, given: &PlaceGiven) {
        self.place = given.lat.zip(given.lon);
        self.settlement.clone_from(&given.settlement);
        if given.municipality.is_some() {
            self.municipality.clone_from(&given.municipality);
        }
    }

    fn mark(&mut self, add: &[Mark], remove: &[Mark]) {
        self.marks.retain(|mark| !remove.contains(mark));
        self.marks.extend(add);
        self.marks.sort_unstable();
        self.marks.dedup();
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;

    /// A new incident about which nothing is known.
    pub(crate) fn new_one() -> Standing {
        Standing {
            status: Status::New,
            topic: None,
            municipality: None,
            settlement: None,
            place: None,
            body: None,
            assignee: None,
            priority: 0,
            marks: Vec::new(),
            due: None,
            first_answer: None,
            closed: None,
            rating: None,
            merged_into: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::new_one;
    use super::*;

    const AT: Timestamp = Timestamp(1_790_000_000);

    fn after(actions: &[Action]) -> Standing {
        actions
            .iter()
            .fold(new_one(), |now, action| now.after(action, AT, Some("Дежурный")).unwrap())
    }

    #[test]
    fn actions_follow_each_other_and_an_illegal_one_changes_nothing() {
        let it = after(&[
            Action::Take {},
            Action::Classify { topic: "roads.snow".to_owned() },
            Action::Assign { body: "b-1".to_owned(), reason: None },
        ]);
        assert_eq!(it.status, Status::Assigned);
        assert_eq!((it.topic.as_deref(), it.body.as_deref()), (Some("roads.snow"), Some("b-1")));
        assert_eq!(it.assignee, None, "the new body has its own people");
        assert!(it.after(&Action::Approve {}, AT, None).is_err());
    }

    #[test]
    fn marks_of_two_officers_join_in_any_order() {
        let one = Action::Mark { add: vec![Mark::Resonance], remove: vec![] };
        let two = Action::Mark { add: vec![Mark::Conflict], remove: vec![] };
        let both = after(&[one.clone(), two.clone()]);
        assert_eq!(both.marks, [Mark::Resonance, Mark::Conflict]);
        assert_eq!(both, after(&[two, one]));
    }

    #[test]
    fn what_commutes_leaves_the_decision_as_it_was_and_what_does_not_moves_it() {
        let start =
            after(&[Action::Assign { body: "b-1".to_owned(), reason: None }, Action::Take {}]);
        for action in crate::domain::action::samples::one_of_each() {
            let Ok(next) = start.after(&action, AT, Some("Другой")) else { continue };
            if action.commutes() {
                assert!(start.decides_like(&next), "{action:?}");
            }
        }
        let others = Action::Forward { body: "b-2".to_owned(), reason: None };
        assert!(!start.decides_like(&start.after(&others, AT, None).unwrap()));
    }
}

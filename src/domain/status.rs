//! Where an incident stands, and the one table of legal moves.
//!
//! новое → на распределении → назначено → в работе → на согласовании → ответ
//! дан → закрыто; aside: на доработке, отклонено, объединено, отложено.
//! «Просрочено» is not a status: it is a flag beside it.

use super::event::EventKind;
use super::keyed::keyed_enum;

keyed_enum! {
    /// The status of an incident, derived from its events. Names are in
    /// `data/statuses.toml`.
    pub enum Status {
        New = "new",
        /// На распределении.
        Triage = "triage",
        Assigned = "assigned",
        InWork = "in_work",
        /// На согласовании.
        Approval = "approval",
        Answered = "answered",
        Closed = "closed",
        /// На доработке.
        Rework = "rework",
        Rejected = "rejected",
        /// A duplicate whose messages moved to another incident.
        Merged = "merged",
        Postponed = "postponed",
    }
}

impl Status {
    /// The status that `created` gives.
    pub const INITIAL: Self = Self::New;

    /// Somebody still owes the citizen an answer: only these can be overdue.
    /// Each status is exactly one of open, done and excluded.
    pub const fn is_open(self) -> bool {
        !self.is_done() && !self.is_excluded()
    }

    /// The final answer has reached the citizen.
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Answered | Self::Closed)
    }

    /// Left out of every total: rejected and merged incidents.
    pub const fn is_excluded(self) -> bool {
        matches!(self, Self::Rejected | Self::Merged)
    }
}

/// An event that cannot happen to an incident in that status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IllegalMove {
    #[error("an incident in status `{from}` cannot be `{event}`")]
    NotAllowed { from: Status, event: EventKind },
    #[error("a log must begin with `created`, not with `{0}`")]
    NotCreated(EventKind),
    #[error("the log is empty")]
    Empty,
}

/// The status after `event`.
pub fn next_status(from: Status, event: EventKind) -> Result<Status, IllegalMove> {
    legal_moves(from)
        .iter()
        .find(|(kind, _)| *kind == event)
        .map(|(_, to)| *to)
        .ok_or(IllegalMove::NotAllowed { from, event })
}

/// The status that a whole log leads to, oldest event first.
pub fn status_of_log(log: impl IntoIterator<Item = EventKind>) -> Result<Status, IllegalMove> {
    let mut log = log.into_iter();
    match log.next() {
        None => Err(IllegalMove::Empty),
        Some(EventKind::Created) => log.try_fold(Status::INITIAL, next_status),
        Some(other) => Err(IllegalMove::NotCreated(other)),
    }
}

/// What can happen in a status and where it leads. `created` is nobody's next
/// event: it begins the log.
pub const fn legal_moves(from: Status) -> &'static [(EventKind, Status)] {
    use EventKind as E;
    use Status as S;
    match from {
        S::New => &[
            (E::Registered, S::New),
            (E::Taken, S::Triage),
            (E::Assigned, S::Assigned),
            (E::Forwarded, S::Assigned),
            (E::Classified, S::New),
            (E::Placed, S::New),
            (E::Prioritised, S::New),
            (E::Marked, S::New),
            (E::Extended, S::New),
            (E::Rejected, S::Rejected),
            (E::Merged, S::Merged),
            (E::Split, S::New),
            (E::Commented, S::New),
            (E::Linked, S::New),
            (E::Unlinked, S::New),
        ],
        S::Triage => &[
            (E::Registered, S::Triage),
            (E::Taken, S::Triage),
            (E::Assigned, S::Assigned),
            (E::Forwarded, S::Assigned),
            (E::Classified, S::Triage),
            (E::Placed, S::Triage),
            (E::Prioritised, S::Triage),
            (E::Marked, S::Triage),
            (E::Extended, S::Triage),
            (E::InterimAnswered, S::Triage),
            (E::Rejected, S::Rejected),
            (E::Merged, S::Merged),
            (E::Split, S::Triage),
            (E::Commented, S::Triage),
            (E::Linked, S::Triage),
            (E::Unlinked, S::Triage),
        ],
        // `returned` here is the body saying «не наше».
        S::Assigned => &[
            (E::Registered, S::Assigned),
            (E::Taken, S::InWork),
            (E::Assigned, S::Assigned),
            (E::Forwarded, S::Assigned),
            (E::Classified, S::Assigned),
            (E::Placed, S::Assigned),
            (E::Prioritised, S::Assigned),
            (E::Marked, S::Assigned),
            (E::Extended, S::Assigned),
            (E::InterimAnswered, S::Assigned),
            (E::Returned, S::Triage),
            (E::Postponed, S::Postponed),
            (E::Rejected, S::Rejected),
            (E::Merged, S::Merged),
            (E::Split, S::Assigned),
            (E::Commented, S::Assigned),
            (E::Linked, S::Assigned),
            (E::Unlinked, S::Assigned),
        ],
        S::InWork => &[
            (E::Registered, S::InWork),
            (E::Assigned, S::Assigned),
            (E::Forwarded, S::Assigned),
            (E::Classified, S::InWork),
            (E::Placed, S::InWork),
            (E::Prioritised, S::InWork),
            (E::Marked, S::InWork),
            (E::Extended, S::InWork),
            (E::InterimAnswered, S::InWork),
            (E::Submitted, S::Approval),
            (E::Returned, S::Triage),
            (E::Postponed, S::Postponed),
            (E::Rejected, S::Rejected),
            (E::Merged, S::Merged),
            (E::Split, S::InWork),
            (E::Commented, S::InWork),
            (E::Linked, S::InWork),
            (E::Unlinked, S::InWork),
        ],
        // The answer is with the approver: it is approved or returned, and
        // nobody takes the incident from under it.
        S::Approval => &[
            (E::Classified, S::Approval),
            (E::Placed, S::Approval),
            (E::Prioritised, S::Approval),
            (E::Marked, S::Approval),
            (E::Extended, S::Approval),
            (E::InterimAnswered, S::Approval),
            (E::Approved, S::Answered),
            (E::Returned, S::Rework),
            (E::Merged, S::Merged),
            (E::Split, S::Approval),
            (E::Commented, S::Approval),
            (E::Linked, S::Approval),
            (E::Unlinked, S::Approval),
        ],
        // `returned` here: the answer that went out was not one.
        S::Answered => &[
            (E::Classified, S::Answered),
            (E::Placed, S::Answered),
            (E::Marked, S::Answered),
            (E::Returned, S::Rework),
            (E::Commented, S::Answered),
            (E::Linked, S::Answered),
            (E::Unlinked, S::Answered),
            (E::Closed, S::Closed),
            (E::Reopened, S::Triage),
            (E::Rated, S::Answered),
            (E::QualityChecked, S::Answered),
        ],
        S::Closed => &[
            (E::Classified, S::Closed),
            (E::Placed, S::Closed),
            (E::Marked, S::Closed),
            (E::Commented, S::Closed),
            (E::Linked, S::Closed),
            (E::Unlinked, S::Closed),
            (E::Reopened, S::Triage),
            (E::Rated, S::Closed),
            (E::QualityChecked, S::Closed),
        ],
        S::Rework => &[
            (E::Taken, S::InWork),
            (E::Assigned, S::Assigned),
            (E::Forwarded, S::Assigned),
            (E::Classified, S::Rework),
            (E::Placed, S::Rework),
            (E::Prioritised, S::Rework),
            (E::Marked, S::Rework),
            (E::Extended, S::Rework),
            (E::InterimAnswered, S::Rework),
            (E::Submitted, S::Approval),
            (E::Returned, S::Triage),
            (E::Postponed, S::Postponed),
            (E::Rejected, S::Rejected),
            (E::Merged, S::Merged),
            (E::Split, S::Rework),
            (E::Commented, S::Rework),
            (E::Linked, S::Rework),
            (E::Unlinked, S::Rework),
        ],
        S::Rejected => &[
            (E::Classified, S::Rejected),
            (E::Placed, S::Rejected),
            (E::Marked, S::Rejected),
            (E::Commented, S::Rejected),
            (E::Linked, S::Rejected),
            (E::Unlinked, S::Rejected),
            (E::Reopened, S::Triage),
        ],
        // Whoever undoes a merge must look at the incident again.
        S::Merged => &[(E::Unmerged, S::Triage), (E::Commented, S::Merged)],
        // Only what has a body is postponed, so it comes back to that body.
        S::Postponed => &[
            (E::Taken, S::InWork),
            (E::Assigned, S::Assigned),
            (E::Forwarded, S::Assigned),
            (E::Classified, S::Postponed),
            (E::Placed, S::Postponed),
            (E::Prioritised, S::Postponed),
            (E::Marked, S::Postponed),
            (E::Extended, S::Postponed),
            (E::InterimAnswered, S::Postponed),
            (E::Resumed, S::InWork),
            (E::Merged, S::Merged),
            (E::Commented, S::Postponed),
            (E::Linked, S::Postponed),
            (E::Unlinked, S::Postponed),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_reachable_and_can_be_left() {
        let mut reached = vec![Status::INITIAL];
        let mut next = 0;
        while next < reached.len() {
            for (_, to) in legal_moves(reached[next]) {
                if !reached.contains(to) {
                    reached.push(*to);
                }
            }
            next += 1;
        }
        for status in Status::ALL.iter().copied() {
            assert!(reached.contains(&status), "{status} is never reached");
            assert!(legal_moves(status).iter().any(|(_, to)| *to != status), "{status} is a trap");
        }
    }

    #[test]
    fn every_event_but_created_happens_somewhere_and_no_row_repeats_one() {
        for event in EventKind::ALL.iter().copied() {
            let somewhere = Status::ALL.iter().any(|s| next_status(*s, event).is_ok());
            assert_eq!(somewhere, event != EventKind::Created, "{event}");
        }
        for status in Status::ALL.iter().copied() {
            let moves = legal_moves(status);
            for (i, (event, _)) in moves.iter().enumerate() {
                assert!(moves[..i].iter().all(|(e, _)| e != event), "{status} repeats {event}");
            }
        }
    }

    #[test]
    fn each_status_is_one_of_open_done_and_excluded() {
        let names = |is: fn(Status) -> bool| -> Vec<&str> {
            Status::ALL.iter().copied().filter(|s| is(*s)).map(Status::key).collect()
        };
        assert_eq!(names(Status::is_done), ["answered", "closed"]);
        assert_eq!(names(Status::is_excluded), ["rejected", "merged"]);
        assert_eq!(
            names(Status::is_open),
            ["new", "triage", "assigned", "in_work", "approval", "rework", "postponed"]
        );
    }

    #[test]
    fn the_ordinary_way_and_the_way_back() {
        use EventKind::{
            Approved, Assigned, Closed, Created, Registered, Reopened, Returned, Submitted, Taken,
        };
        let log = [Created, Registered, Taken, Assigned, Taken, Submitted, Approved, Closed];
        assert_eq!(status_of_log(log), Ok(Status::Closed));
        let log = [Created, Taken, Assigned, Taken, Submitted, Returned];
        assert_eq!(status_of_log(log), Ok(Status::Rework));
        let log = [Created, Taken, Assigned, Returned];
        assert_eq!(status_of_log(log), Ok(Status::Triage));
        let log = [Created, Assigned, Taken, Submitted, Approved, Closed, Reopened];
        assert_eq!(status_of_log(log), Ok(Status::Triage));
    }

    #[test]
    fn an_illegal_move_names_both_ends() {
        let error = next_status(Status::New, EventKind::Approved).unwrap_err();
        assert_eq!(error.to_string(), "an incident in status `new` cannot be `approved`");
        assert_eq!(status_of_log([]), Err(IllegalMove::Empty));
        let taken = EventKind::Taken;
        assert_eq!(status_of_log([taken]), Err(IllegalMove::NotCreated(taken)));
        assert!(status_of_log([EventKind::Created, EventKind::Created]).is_err());
    }

    #[test]
    fn an_answer_leaves_only_through_approval() {
        for status in Status::ALL.iter().copied() {
            for (event, to) in legal_moves(status) {
                if *to == Status::Answered && status != Status::Answered {
                    assert_eq!((status, *event), (Status::Approval, EventKind::Approved));
                }
            }
        }
    }
}

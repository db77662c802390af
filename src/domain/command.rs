//! Kinds of things that an officer can ask for.

use super::event::EventKind;
use super::keyed::keyed_enum;

keyed_enum! {
    /// What an officer wants done. The server turns an accepted command into
    /// the event of `event()`. Who may ask for which is `data/roles.toml`.
    pub enum CommandKind {
        Take = "take",
        Assign = "assign",
        Forward = "forward",
        Classify = "classify",
        Place = "place",
        Prioritise = "prioritise",
        Mark = "mark",
        Extend = "extend",
        InterimAnswer = "interim_answer",
        Submit = "submit",
        Approve = "approve",
        Return = "return",
        Postpone = "postpone",
        Reject = "reject",
        Merge = "merge",
        Unmerge = "unmerge",
        Split = "split",
        Comment = "comment",
        Close = "close",
        Reopen = "reopen",
        Rate = "rate",
        Quality = "quality",
        Create = "create",
        Link = "link",
        Unlink = "unlink",
    }
}

impl CommandKind {
    /// The event that the command becomes. Two kinds of event have no command
    /// because the source system makes them: `registered` and `resumed`.
    pub const fn event(self) -> EventKind {
        match self {
            Self::Take => EventKind::Taken,
            Self::Assign => EventKind::Assigned,
            Self::Forward => EventKind::Forwarded,
            Self::Classify => EventKind::Classified,
            Self::Place => EventKind::Placed,
            Self::Prioritise => EventKind::Prioritised,
            Self::Mark => EventKind::Marked,
            Self::Extend => EventKind::Extended,
            Self::InterimAnswer => EventKind::InterimAnswered,
            Self::Submit => EventKind::Submitted,
            Self::Approve => EventKind::Approved,
            Self::Return => EventKind::Returned,
            Self::Postpone => EventKind::Postponed,
            Self::Reject => EventKind::Rejected,
            Self::Merge => EventKind::Merged,
            Self::Unmerge => EventKind::Unmerged,
            Self::Split => EventKind::Split,
            Self::Comment => EventKind::Commented,
            Self::Close => EventKind::Closed,
            Self::Reopen => EventKind::Reopened,
            Self::Rate => EventKind::Rated,
            Self::Quality => EventKind::QualityChecked,
            Self::Create => EventKind::Created,
            Self::Link => EventKind::Linked,
            Self::Unlink => EventKind::Unlinked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_events_but_those_of_the_source_system_have_exactly_one_command() {
        for event in EventKind::ALL.iter().copied() {
            let commands = CommandKind::ALL.iter().filter(|c| c.event() == event).count();
            let expected = match event {
                EventKind::Registered | EventKind::Resumed => 0,
                _ => 1,
            };
            assert_eq!(commands, expected, "{event}");
        }
    }
}

//! Kinds of entries in an incident's append-only log.

use super::keyed::keyed_enum;

keyed_enum! {
    /// What happened to an incident. Which of these move its status, and from
    /// where, is the table in `status`.
    pub enum EventKind {
        Created = "created",
        Registered = "registered",
        Taken = "taken",
        Assigned = "assigned",
        Forwarded = "forwarded",
        Classified = "classified",
        Placed = "placed",
        Prioritised = "prioritised",
        Marked = "marked",
        Extended = "extended",
        InterimAnswered = "interim_answered",
        Submitted = "submitted",
        Approved = "approved",
        Returned = "returned",
        Postponed = "postponed",
        Resumed = "resumed",
        Rejected = "rejected",
        Merged = "merged",
        Unmerged = "unmerged",
        Split = "split",
        Commented = "commented",
        Closed = "closed",
        Reopened = "reopened",
        Rated = "rated",
        QualityChecked = "quality_checked",
        /// It is of a problem.
        Linked = "linked",
        /// It is of none any more.
        Unlinked = "unlinked",
    }
}

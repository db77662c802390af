//! What a row means to a window, and which of that a measure counts.

use super::super::chunk::{Chunk, NO_BUCKET, TICKS};
use super::super::kinds;
use super::super::row::{NONE, flags};
use super::super::tally::{self, state, state_of};
use crate::domain::Regime;
use crate::domain::action::AnswerCheck;
use crate::domain::indicator::Measure;

/// Bits of what a row is to a window.
pub(super) mod fact {
    use crate::domain::action::AnswerCheck;

    pub(crate) const RECEIVED: u32 = 1 << 0;
    /// Of what was received.
    pub(crate) const UNPLACED: u32 = 1 << 1;
    pub(crate) const RATED: u32 = 1 << 2;
    pub(crate) const ASSIGNED: u32 = 1 << 3;
    pub(crate) const DELIVERED: u32 = 1 << 4;
    pub(crate) const REGISTERED: u32 = 1 << 5;
    pub(crate) const ANSWERED: u32 = 1 << 6;
    /// It has a place and a topic, so that it can be a repeat.
    pub(crate) const LOCATED: u32 = 1 << 7;
    pub(crate) const REPEATED: u32 = 1 << 8;
    /// From social networks and with a body.
    pub(crate) const ASKED: u32 = 1 << 9;
    pub(crate) const REPLIED: u32 = 1 << 10;
    pub(crate) const CLOSED: u32 = 1 << 11;
    /// Of what was closed.
    pub(crate) const ON_TIME: u32 = 1 << 12;
    pub(crate) const WITHOUT_DUE: u32 = 1 << 13;
    pub(crate) const RETURNED: u32 = 1 << 14;
    pub(crate) const REOPENED: u32 = 1 << 15;
    pub(crate) const INTERIM: u32 = 1 << 16;
    pub(crate) const CHECKED: u32 = 1 << 17;
    /// An answer was seen before the close.
    pub(crate) const FOLLOWED: u32 = 1 << 18;
    pub(crate) const OPEN: u32 = 1 << 19;
    pub(crate) const OVERDUE: u32 = 1 << 20;
    /// Of what was received: how long it took to the first body is known.
    pub(crate) const GIVEN: u32 = 1 << 21;
    /// Of what was closed: how long its answer took to the approver, and to its approval.
    pub(crate) const PREPARED: u32 = 1 << 22;
    pub(crate) const APPROVED: u32 = 1 << 23;
    /// The first of the bits of what a check found, by the order of `AnswerCheck`.
    pub(crate) const TICK_SHIFT: u32 = 24;
    pub(crate) const COUNT: usize = 32;

    pub(crate) const fn ticked(check: AnswerCheck) -> u32 {
        1 << (TICK_SHIFT + check as u32)
    }
}

/// The records of one side of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// What is counted: of a share its numerator.
    Counted,
    /// Among what: n.
    Among,
}

/// The records behind a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Behind {
    pub measure: Measure,
    pub side: Side,
}

impl Behind {
    /// A row that has one of these is behind the figure.
    pub(super) const fn facts(self) -> u32 {
        match self.side {
            Side::Counted => counted(self.measure),
            Side::Among => among(self.measure),
        }
    }

    pub(super) const fn wants_repeats(self) -> bool {
        self.facts() & fact::REPEATED != 0
    }
}

/// What a measure counts.
pub(super) const fn counted(measure: Measure) -> u32 {
    match measure {
        Measure::OnTime => fact::ON_TIME,
        Measure::Returned => fact::RETURNED,
        Measure::Reopened => fact::REOPENED,
        Measure::Repeated => fact::REPEATED,
        Measure::Interim => fact::INTERIM,
        Measure::Rated => fact::RATED,
        Measure::Delivered => fact::DELIVERED,
        Measure::Answering => fact::REPLIED,
        Measure::Unplaced => fact::UNPLACED,
        Measure::ToThePoint => fact::ticked(AnswerCheck::ToThePoint),
        Measure::Evasive => fact::ticked(AnswerCheck::Evasive),
        Measure::Redirected => fact::ticked(AnswerCheck::Redirected),
        Measure::Polite => fact::ticked(AnswerCheck::Polite),
        Measure::Resolved => fact::ticked(AnswerCheck::Resolved),
        other => among(other),
    }
}

/// Among what it counts; no row has two of these.
pub(super) const fn among(measure: Measure) -> u32 {
    match measure {
        Measure::Received | Measure::Rated | Measure::Unplaced => fact::RECEIVED,
        Measure::Closed
        | Measure::Returned
        | Measure::Reopened
        | Measure::Interim
        | Measure::CloseTime => fact::CLOSED,
        Measure::Open | Measure::BacklogAge => fact::OPEN,
        Measure::Overdue => fact::OVERDUE,
        Measure::OnTime => fact::CLOSED | fact::OVERDUE,
        Measure::RegistrationTime => fact::REGISTERED,
        Measure::AssignTime => fact::GIVEN,
        Measure::PrepareTime => fact::PREPARED,
        Measure::ApprovalTime => fact::APPROVED,
        Measure::FirstAnswerTime => fact::ANSWERED,
        Measure::AfterAnswerTime => fact::FOLLOWED,
        Measure::Repeated => fact::LOCATED,
        Measure::Quality
        | Measure::ToThePoint
        | Measure::Evasive
        | Measure::Redirected
        | Measure::Polite
        | Measure::Resolved => fact::CHECKED,
        Measure::Satisfaction => fact::RATED,
        Measure::Delivered => fact::ASSIGNED,
        Measure::Answering => fact::ASKED,
    }
}

/// A row as the measures read it.
pub(super) struct Reading<'a> {
    pub(super) chunk: &'a Chunk,
    pub(super) at: usize,
    pub(super) is_repeat: bool,
}

impl Reading<'_> {
    /// Everything that it is to the window of its class, whose states are those of
    /// `clock`.
    pub(super) fn facts(&self, class: u8, clock: u32) -> u32 {
        let mut facts = 0;
        if tally::is_received(class) {
            facts |= self.received(clock);
        }
        if tally::is_closed(class) {
            facts |= self.closed(class);
        }
        let state = state_of(class);
        if state >= state::OPEN_WITHOUT_DUE {
            facts |= fact::OPEN | set(state == state::OVERDUE, fact::OVERDUE);
        }
        facts
    }

    fn received(&self, clock: u32) -> u32 {
        let Self { chunk, at, is_repeat } = *self;
        let flags = chunk.flags[at];
        let is_placed = flags & flags::PLACED != 0;
        // What was answered later was not known then: earlier spans would look slower.
        let is_answered = chunk.answer_bucket[at] != NO_BUCKET && chunk.first_answer[at] < clock;
        let has_body = chunk.body[at] != NONE;
        let counts = !kinds::is_excluded(chunk.status[at]);
        let is_asked = has_body && chunk.regime[at] == Regime::Social.index();
        fact::RECEIVED
            | set(!is_placed, fact::UNPLACED)
            | set(chunk.rating(at) > 0, fact::RATED)
            | set(has_body, fact::ASSIGNED)
            | set(has_body && flags & flags::DELIVERED != 0, fact::DELIVERED)
            | set(chunk.registered[at] != 0, fact::REGISTERED)
            | set(chunk.to_body[at] != 0, fact::GIVEN)
            | set(is_answered, fact::ANSWERED)
            | set(is_placed && counts && chunk.topic[at] != NONE, fact::LOCATED)
            | set(is_repeat, fact::REPEATED)
            | set(is_asked, fact::ASKED)
            | set(is_asked && is_answered, fact::REPLIED)
    }

    fn closed(&self, class: u8) -> u32 {
        let Self { chunk, at, .. } = *self;
        let flags = chunk.flags[at];
        let state = state_of(class);
        fact::CLOSED
            | set(state != state::CLOSED_LATE, fact::ON_TIME)
            | set(state == state::CLOSED_WITHOUT_DUE, fact::WITHOUT_DUE)
            | set(flags & flags::RETURNED != 0, fact::RETURNED)
            | set(flags & flags::REOPENED != 0, fact::REOPENED)
            | set(flags & flags::INTERIM != 0, fact::INTERIM)
            | set(chunk.checks[at] != 0, fact::CHECKED)
            | (u32::from(chunk.checks[at] & TICKS) << fact::TICK_SHIFT)
            | set(chunk.to_submission[at] != 0, fact::PREPARED)
            | set(chunk.to_approval[at] != 0, fact::APPROVED)
            | set(chunk.answer_bucket[at] != NO_BUCKET, fact::FOLLOWED)
    }
}

const fn set(is: bool, bit: u32) -> u32 {
    if is { bit } else { 0 }
}

//! How long each stage of a record may take: versioned rules, by regime.

use super::calendar::{HOUR_SECS, Mark, NoCalendar, Window, WorkCalendar};
use super::keyed::keyed_enum;
use super::period::{LocalDay, Timestamp};
use super::regime::Regime;
use super::topic::is_under;

mod read;

/// A limit that nobody would set longer.
pub const MOST: u32 = 400;

/// Hours before its deadline from which a record is pressing, where its policy names
/// none.
const WARN: u32 = 24;

keyed_enum! {
    /// What has to be done until a deadline.
    pub enum Stage {
        Registration = "registration",
        Forwarding = "forwarding",
        /// The first answer, and where there is no interim one the only.
        Answer = "answer",
        /// After an interim one.
        FinalAnswer = "final_answer",
        /// Of an answer that went to the approver.
        Approval = "approval",
    }
}

keyed_enum! {
    /// How time is counted.
    pub enum Clock {
        CalendarDays = "calendar_days",
        WorkingDays = "working_days",
        WorkingHours = "working_hours",
    }
}

keyed_enum! {
    /// Since when.
    pub enum Since {
        Received = "received",
        Registered = "registered",
        Interim = "interim",
        Submitted = "submitted",
    }
}

/// How long one stage may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    pub stage: Stage,
    /// Codes of the nodes for whose records it is, with what stands under them; none
    /// where it is for the rest.
    pub topics: Box<[Box<str>]>,
    pub clock: Clock,
    /// Days or hours.
    pub amount: u32,
    /// The same where the record is more than ordinary.
    pub important: Option<u32>,
    /// Of the policy: when hours are worked. There is one where hours are counted.
    pub window: Option<Window>,
    pub since: Since,
    /// Days by which it may be extended.
    pub extension: Option<u32>,
    pub source: Box<str>,
    pub mark: Mark,
}

/// The limits of a regime from some day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Stored with the record.
    pub version: Box<str>,
    pub regime: Regime,
    /// `None` for the first one of a regime: it holds for everything before.
    pub valid_from: Option<LocalDay>,
    pub limits: Vec<Limit>,
    /// Hours before its deadline from which a record is pressing.
    warn: u32,
}

/// What of a record its deadlines follow from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Its code; empty where there is none.
    pub topic: &'a str,
    pub received: Timestamp,
    pub registered: Option<Timestamp>,
    /// The last interim answer.
    pub interim: Option<Timestamp>,
    /// The last time that an answer went to the approver.
    pub submitted: Option<Timestamp>,
    pub is_important: bool,
}

/// When a stage has to be done, or why that cannot be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline<'a> {
    pub limit: &'a Limit,
    /// Days or hours that were counted.
    pub amount: u32,
    pub due: Result<Timestamp, NoCalendar>,
}

/// What a limit would be. Where it counts hours and names no window, it changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supposed {
    /// Of its policy.
    pub version: Box<str>,
    /// Its place among the limits of the policy.
    pub limit: usize,
    pub clock: Clock,
    /// Days or hours, as `clock` says.
    pub amount: u32,
    pub important: Option<u32>,
    pub window: Option<Window>,
}

impl Supposed {
    /// What there is: `limit` is the place of a limit of the policy.
    pub fn as_is(policy: &Policy, limit: usize) -> Self {
        let Limit { clock, amount, important, window, .. } = policy.limits[limit];
        Self { version: policy.version.clone(), limit, clock, amount, important, window }
    }
}

impl Policy {
    /// The deadlines of the stages that can be counted yet: what runs from an event
    /// that has not happened is left out.
    pub fn deadlines(&self, facts: Facts<'_>, calendar: &WorkCalendar) -> Vec<Deadline<'_>> {
        let limits = Stage::ALL.iter().filter_map(|stage| self.limit(*stage, facts.topic));
        limits.filter_map(|limit| limit.deadline(facts, calendar)).collect()
    }

    /// What limits a stage of a record of that topic: the limit that names the topic or
    /// what stands above it, else that of the rest.
    fn limit(&self, stage: Stage, topic: &str) -> Option<&Limit> {
        let of_stage = || self.limits.iter().filter(|limit| limit.stage == stage);
        let names = |limit: &&Limit| limit.topics.iter().any(|node| is_under(topic, node));
        of_stage().find(names).or_else(|| of_stage().find(|limit| limit.topics.is_empty()))
    }

    /// Days by which the answer to a record of that topic may be put off, where that is
    /// limited.
    pub fn extension(&self, topic: &str) -> Option<u32> {
        self.limit(Stage::Answer, topic)?.extension
    }

    /// Until when the record has to be answered: the final answer where an interim
    /// one was given, else the answer. `None` where the policy limits neither.
    pub fn answer_due(
        &self,
        facts: Facts<'_>,
        calendar: &WorkCalendar,
    ) -> Option<Result<Timestamp, NoCalendar>> {
        let of = |stage| self.limit(stage, facts.topic)?.deadline(facts, calendar);
        of(Stage::FinalAnswer).or_else(|| of(Stage::Answer)).map(|deadline| deadline.due)
    }
}

impl Limit {
    fn deadline(&self, facts: Facts<'_>, calendar: &WorkCalendar) -> Option<Deadline<'_>> {
        let since = facts.of(self)?;
        let important = self.important.filter(|_| facts.is_important);
        let amount = important.unwrap_or(self.amount);
        let due = self.due(amount, since, calendar);
        Some(Deadline { limit: self, amount, due })
    }

    fn due(
        &self,
        amount: u32,
        since: Timestamp,
        calendar: &WorkCalendar,
    ) -> Result<Timestamp, NoCalendar> {
        // Its last second still counts: overdue begins with the next day.
        let end_of = |day: LocalDay| day.end().plus_secs(-1);
        let day = since.local_day();
        match (self.clock, self.window) {
            (Clock::CalendarDays, _) => Ok(end_of(day.plus_days(amount as i32))),
            (Clock::WorkingHours, Some(window)) => {
                calendar.plus_working_secs(since, amount * HOUR_SECS, window)
            }
            (Clock::WorkingDays | Clock::WorkingHours, _) => {
                calendar.plus_working_days(day, amount).map(end_of)
            }
        }
    }
}

impl Facts<'_> {
    fn of(&self, limit: &Limit) -> Option<Timestamp> {
        match limit.since {
            Since::Received => Some(self.received),
            Since::Registered => self.registered,
            Since::Interim => self.interim,
            Since::Submitted => self.submitted,
        }
    }
}

/// All policies, of each regime the oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policies(Vec<Policy>);

impl Policies {
    /// Of each regime the oldest first.
    pub fn all(&self) -> &[Policy] {
        &self.0
    }

    /// The same with other limits; what names none of theirs changes nothing.
    #[must_use]
    pub fn supposing(&self, supposed: &[Supposed]) -> Self {
        let mut changed = self.clone();
        for one in supposed {
            let policy = changed.0.iter_mut().find(|policy| policy.version == one.version);
            let limit = policy.and_then(|policy| policy.limits.get_mut(one.limit));
            let is_whole = one.clock != Clock::WorkingHours || one.window.is_some();
            if let Some(limit) = limit.filter(|_| is_whole) {
                (limit.clock, limit.window) = (one.clock, one.window);
                (limit.amount, limit.important) = (one.amount, one.important);
            }
        }
        changed
    }

    /// The one under which a record is received; `None` where its regime has none.
    pub fn of(&self, regime: Regime, received: Timestamp) -> Option<&Policy> {
        let day = Some(received.local_day());
        self.0.iter().rfind(|policy| policy.regime == regime && policy.valid_from <= day)
    }

    /// By `Regime as u8`: seconds before its deadline from which a record is pressing, by
    /// the policies that hold for what comes now.
    pub fn warn_secs(&self, now: Timestamp) -> [u32; Regime::COUNT] {
        std::array::from_fn(|index| {
            let policy = self.of(Regime::ALL[index], now);
            policy.map_or(WARN, |policy| policy.warn) * HOUR_SECS
        })
    }

    /// The one of that version, however old.
    pub fn by_version(&self, version: &str) -> Option<&Policy> {
        self.0.iter().find(|policy| &*policy.version == version)
    }
}

#[cfg(test)]
mod tests;

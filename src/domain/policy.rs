//! How long each stage of a record may take: versioned rules, by regime.

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::calendar::{HOUR_SECS, Mark, NoCalendar, Window, WorkCalendar, plain_date};
use super::data_file::{DataError, DataFile};
use super::keyed::keyed_enum;
use super::period::{LocalDay, Timestamp};
use super::regime::Regime;

/// A limit that nobody would set longer.
pub const MOST: u32 = 400;

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
    pub clock: Clock,
    /// Days or hours.
    pub amount: u32,
    /// The same where the record is more than ordinary.
    pub important: Option<u32>,
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
    window: Option<Window>,
}

/// What of a record its deadlines follow from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
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

/// What a limit would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supposed {
    /// Of its policy.
    pub version: Box<str>,
    pub stage: Stage,
    /// Days or hours, as the limit counts them.
    pub amount: u32,
    pub important: Option<u32>,
}

impl Policy {
    /// The deadlines of the stages that can be counted yet: what runs from an event
    /// that has not happened is left out.
    pub fn deadlines(&self, facts: Facts, calendar: &WorkCalendar) -> Vec<Deadline<'_>> {
        self.limits.iter().filter_map(|limit| self.deadline(limit, facts, calendar)).collect()
    }

    fn deadline<'a>(
        &self,
        limit: &'a Limit,
        facts: Facts,
        calendar: &WorkCalendar,
    ) -> Option<Deadline<'a>> {
        let since = facts.of(limit)?;
        let important = limit.important.filter(|_| facts.is_important);
        let amount = important.unwrap_or(limit.amount);
        let due = self.due(limit.clock, amount, since, calendar);
        Some(Deadline { limit, amount, due })
    }

    /// Days by which the answer may be put off, where that is limited.
    pub fn extension(&self) -> Option<u32> {
        let mut of_answer = self.limits.iter().filter(|limit| limit.stage == Stage::Answer);
        of_answer.find_map(|limit| limit.extension)
    }

    /// Until when the record has to be answered: the final answer where an interim
    /// one was given, else the answer. `None` where the policy limits neither.
    pub fn answer_due(
        &self,
        facts: Facts,
        calendar: &WorkCalendar,
    ) -> Option<Result<Timestamp, NoCalendar>> {
        let of = |stage| {
            let limit = self.limits.iter().find(|limit| limit.stage == stage)?;
            self.deadline(limit, facts, calendar)
        };
        of(Stage::FinalAnswer).or_else(|| of(Stage::Answer)).map(|deadline| deadline.due)
    }

    fn due(
        &self,
        clock: Clock,
        amount: u32,
        since: Timestamp,
        calendar: &WorkCalendar,
    ) -> Result<Timestamp, NoCalendar> {
        // Its last second still counts: overdue begins with the next day.
        let end_of = |day: LocalDay| day.end().plus_secs(-1);
        let day = since.local_day();
        match (clock, self.window) {
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

impl Facts {
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenPolicies {
    policy: Vec<Spanned<GivenPolicy>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenPolicy {
    version: Box<str>,
    regime: Regime,
    valid_from: Option<Spanned<Datetime>>,
    window: Option<Spanned<GivenWindow>>,
    limit: Vec<Spanned<GivenLimit>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenWindow {
    from: Box<str>,
    to: Box<str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenLimit {
    stage: Stage,
    clock: Clock,
    amount: u32,
    important: Option<u32>,
    from: Since,
    extension: Option<u32>,
    source: Box<str>,
    mark: Mark,
}

impl Policies {
    /// Refuses, with the line, a version that stands twice or is blank, policies of a
    /// regime that do not follow each other by `valid_from`, a limit without a source,
    /// a stage that is limited twice, amounts that are not 1–400, and working hours
    /// without a window.
    pub fn read(file: DataFile<'_>) -> Result<Self, DataError> {
        let given: GivenPolicies = file.parse_toml()?;
        let mut policies: Vec<Policy> = Vec::with_capacity(given.policy.len());
        for policy in given.policy {
            let span = policy.span();
            let refuse = |reason: &str| Err(file.error_at(span.clone(), reason));
            let given = policy.into_inner();
            if given.version.trim().is_empty() {
                return refuse("`version` is blank");
            }
            if policies.iter().any(|known| known.version == given.version) {
                return refuse("this version stands twice");
            }
            let valid_from = match &given.valid_from {
                Some(date) => match plain_date(date.get_ref()) {
                    Some(day) => Some(day),
                    None => return Err(file.error_at(date.span(), "`valid_from` is no date")),
                },
                None => None,
            };
            let before = policies.iter().rfind(|known| known.regime == given.regime);
            if before.is_some_and(|before| valid_from <= before.valid_from) {
                return refuse("`valid_from` is not later than that of the policy before");
            }
            let window =
                given.window.as_ref().map(|window| read_window(file, window)).transpose()?;
            let limits = read_limits(file, &given.limit, window.is_some())?;
            let GivenPolicy { version, regime, .. } = given;
            policies.push(Policy { version, regime, valid_from, limits, window });
        }
        Ok(Self(policies))
    }

    /// Of each regime the oldest first.
    pub fn all(&self) -> &[Policy] {
        &self.0
    }

    /// The same with other amounts; what names no limit of theirs changes nothing.
    #[must_use]
    pub fn supposing(&self, supposed: &[Supposed]) -> Self {
        let mut changed = self.clone();
        for one in supposed {
            let policy = changed.0.iter_mut().find(|policy| policy.version == one.version);
            let limits = policy.into_iter().flat_map(|policy| &mut policy.limits);
            for limit in limits.filter(|limit| limit.stage == one.stage) {
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

    /// The one of that version, however old.
    pub fn by_version(&self, version: &str) -> Option<&Policy> {
        self.0.iter().find(|policy| &*policy.version == version)
    }
}

fn read_window(file: DataFile<'_>, given: &Spanned<GivenWindow>) -> Result<Window, DataError> {
    let minutes = |text: &str| {
        let (hours, minutes) = text.split_once(':')?;
        let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
        (hours <= 24 && minutes < 60).then_some(hours * 60 + minutes)
    };
    let GivenWindow { from, to } = given.get_ref();
    let ends = minutes(from).zip(minutes(to));
    let window = ends.and_then(|(from, to)| Window::of_minutes(from, to));
    let reason = "`window` is from one time of the day to a later one, by more than an hour";
    window.ok_or_else(|| file.error_at(given.span(), reason))
}

fn read_limits(
    file: DataFile<'_>,
    given: &[Spanned<GivenLimit>],
    has_window: bool,
) -> Result<Vec<Limit>, DataError> {
    let mut limits: Vec<Limit> = Vec::with_capacity(given.len());
    for limit in given {
        let refuse = |reason: &str| Err(file.error_at(limit.span(), reason));
        let given = limit.get_ref();
        if given.source.trim().is_empty() {
            return refuse("a limit has no source");
        }
        let amounts = [Some(given.amount), given.important, given.extension];
        if amounts.into_iter().flatten().any(|amount| !(1..=MOST).contains(&amount)) {
            return refuse("amounts are from 1 to 400");
        }
        if given.clock == Clock::WorkingHours && !has_window {
            return refuse("working hours want a `window` of the policy");
        }
        if limits.iter().any(|known| known.stage == given.stage) {
            return refuse("this stage is limited twice");
        }
        limits.push(Limit {
            stage: given.stage,
            clock: given.clock,
            amount: given.amount,
            important: given.important,
            since: given.from,
            extension: given.extension,
            source: given.source.clone(),
            mark: given.mark,
        });
    }
    Ok(limits)
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::{Catalogue, Parts};
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    fn shown(regime: Regime, facts: Facts) -> Vec<(Stage, String)> {
        let catalogue = Catalogue::embedded();
        let policy = catalogue.policies.of(regime, facts.received).unwrap();
        let all = policy.deadlines(facts, &catalogue.work_calendar);
        all.iter().map(|one| (one.limit.stage, local(one.due.unwrap()))).collect()
    }

    fn local(time: Timestamp) -> String {
        let local = time.plus_secs(7 * 3600).to_rfc3339();
        local.trim_end_matches('Z').to_owned()
    }

    #[test]
    fn days_end_with_their_last_local_day_and_run_from_what_they_are_counted_from() {
        let received = at("2026-11-23T23:30:00+07:00");
        let facts = Facts { received, ..Facts::default() };
        let registration = (Stage::Registration, "2026-11-26T23:59:59".to_owned());
        let unregistered = shown(Regime::Fz59, facts);
        assert_eq!(unregistered, std::slice::from_ref(&registration), "not registered yet");
        let registered = Some(at("2026-11-25T10:00:00+07:00"));
        assert_eq!(
            shown(Regime::Fz59, Facts { registered, ..facts }),
            [
                registration,
                (Stage::Forwarding, "2026-12-02T23:59:59".to_owned()),
                (Stage::Answer, "2026-12-25T23:59:59".to_owned()),
            ]
        );
        assert_eq!(
            shown(Regime::Pos, facts),
            [(Stage::Answer, "2026-12-23T23:59:59".to_owned())],
            "into the next month, whatever the calendar"
        );
    }

    #[test]
    fn hours_are_exact_and_fewer_for_what_matters_more() {
        let catalogue = Catalogue::embedded();
        let received = at("2026-11-27T16:00:00+07:00");
        let facts = Facts { received, ..Facts::default() };
        let answer = |facts| {
            let policy = catalogue.policies.of(Regime::Social, received).unwrap();
            local(policy.answer_due(facts, &catalogue.work_calendar).unwrap().unwrap())
        };
        assert_eq!(answer(facts), "2026-11-30T16:00:00", "over a weekend");
        assert_eq!(answer(Facts { is_important: true, ..facts }), "2026-11-30T11:00:00");
        let interim = Some(at("2026-12-28T12:00:00+07:00"));
        assert_eq!(answer(Facts { interim, ..facts }), "2027-01-15T23:59:59", "over a new year");
    }

    #[test]
    fn approval_runs_from_the_last_submission_and_an_extension_has_its_most() {
        let text = "[[policy]]\nversion = \"own-1\"\nregime = \"other\"\n\
            [[policy.limit]]\nstage = \"approval\"\nclock = \"working_days\"\namount = 2\n\
            from = \"submitted\"\nsource = \"a rule of the house\"\nmark = \"U\"\n";
        let policies = Policies::read(DataFile { name: "policies.toml", text }).unwrap();
        let received = at("2026-11-20T09:00:00+07:00");
        let policy = policies.of(Regime::Other, received).unwrap();
        let calendar = &Catalogue::embedded().work_calendar;
        let facts = Facts { received, ..Facts::default() };
        assert_eq!(policy.deadlines(facts, calendar), []);
        let submitted = Some(at("2026-11-27T16:00:00+07:00"));
        let [deadline] = policy.deadlines(Facts { submitted, ..facts }, calendar)[..] else {
            panic!("one stage is limited")
        };
        assert_eq!(deadline.limit.stage, Stage::Approval);
        assert_eq!(deadline.due, Ok(at("2026-12-01T23:59:59+07:00")), "over a weekend");
        // It is no answer, so nothing of the record's own deadline follows from it.
        assert_eq!(policy.answer_due(Facts { submitted, ..facts }, calendar), None);
        assert_eq!(policy.extension(), None);
        let embedded = &Catalogue::embedded().policies;
        assert_eq!(embedded.of(Regime::Fz59, received).unwrap().extension(), Some(30));
    }

    #[test]
    fn a_regime_without_a_policy_and_a_year_without_a_calendar_give_no_date() {
        let catalogue = Catalogue::embedded();
        let received = at("2026-11-27T16:00:00+07:00");
        assert_eq!(catalogue.policies.of(Regime::Other, received), None);
        let late = at("2029-01-15T16:00:00+07:00");
        let policy = catalogue.policies.of(Regime::Social, late).unwrap();
        let facts = Facts { received: late, ..Facts::default() };
        let due = policy.answer_due(facts, &catalogue.work_calendar);
        assert_eq!(due, Some(Err(NoCalendar { year: 2029 })));
    }

    #[test]
    fn a_later_policy_leaves_what_was_received_before_to_the_one_before() {
        let more = "\n[[policy]]\nversion = \"pos-2\"\nregime = \"pos\"\nvalid_from = 2027-01-01\n\
                    [[policy.limit]]\nstage = \"answer\"\nclock = \"working_days\"\namount = 10\n\
                    from = \"received\"\nsource = \"test\"\nmark = \"U\"\n";
        let text = format!("{}{more}", Parts::EMBEDDED.policies.text);
        let policies = Policies::read(DataFile { name: "p.toml", text: &text }).unwrap();
        let version = |at| policies.of(Regime::Pos, at).map(|policy| &*policy.version);
        assert_eq!(version(at("2026-12-31T23:59:59+07:00")), Some("pos-1"));
        assert_eq!(version(at("2027-01-01T00:00:00+07:00")), Some("pos-2"));
        assert!(policies.by_version("pos-1").is_some() && policies.by_version("x").is_none());
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let file = DataFile { name: "p.toml", ..Parts::EMBEDDED.policies };
        for (from, to, reason) in [
            ("version = \"pos-1\"", "version = \"fz59-1\"", "this version stands twice"),
            ("version = \"pos-1\"", "version = \" \"", "`version` is blank"),
            (
                "regime = \"pos\"",
                "regime = \"fz59\"",
                "`valid_from` is not later than that of the policy before",
            ),
            (
                "regime = \"pos\"",
                "regime = \"pos\"\nvalid_from = 10:00:00",
                "`valid_from` is no date",
            ),
            ("amount = 7", "amount = 0", "amounts are from 1 to 400"),
            ("extension = 30", "extension = 401", "amounts are from 1 to 400"),
            ("source = \"59-ФЗ от 02.05.2006, ст. 12\"", "source = \"\"", "a limit has no source"),
            ("stage = \"forwarding\"", "stage = \"registration\"", "this stage is limited twice"),
            (
                "window = { from = \"09:00\", to = \"18:00\" }\n",
                "",
                "working hours want a `window` of the policy",
            ),
            (
                "to = \"18:00\"",
                "to = \"09:30\"",
                "`window` is from one time of the day to a later one, by more than an hour",
            ),
        ] {
            let said = file.refusal(from, to, Policies::read);
            assert!(said.ends_with(reason) && said.starts_with("p.toml, line "), "{said}");
        }
    }
}

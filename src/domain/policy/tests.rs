//! Deadlines against days counted by hand, and mistakes in the file.

use super::super::catalogue::{Catalogue, Parts};
use super::super::data_file::{DataError, DataFile};
use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

fn read(file: DataFile<'_>) -> Result<Policies, DataError> {
    Policies::read(file, &Catalogue::embedded().topics)
}

fn shown(regime: Regime, facts: Facts<'_>) -> Vec<(Stage, String)> {
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
    let answer = |facts: Facts<'_>| {
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
    let policies = read(DataFile { name: "policies.toml", text }).unwrap();
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
    assert_eq!(policy.extension(""), None);
    let embedded = &Catalogue::embedded().policies;
    assert_eq!(embedded.of(Regime::Fz59, received).unwrap().extension(""), Some(30));
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
    let policies = read(DataFile { name: "p.toml", text: &text }).unwrap();
    let version = |at| policies.of(Regime::Pos, at).map(|policy| &*policy.version);
    assert_eq!(version(at("2026-12-31T23:59:59+07:00")), Some("pos-1"));
    assert_eq!(version(at("2027-01-01T00:00:00+07:00")), Some("pos-2"));
    assert!(policies.by_version("pos-1").is_some() && policies.by_version("x").is_none());
}

/// Ten working days for two themes, and one for a fact of a third.
const BY_TOPIC: &str = r#"
[[policy.limit]]
stage = "answer"
topics = ["zhkh.heat", "tko.removal.schedule"]
clock = "working_days"
amount = 10
from = "received"
extension = 5
source = "test"
mark = "U"

[[policy.limit]]
stage = "answer"
topics = [
    "tko.dumps.illegal.burning",
]
clock = "working_days"
amount = 1
from = "received"
source = "test"
mark = "U"
"#;

/// The embedded policies with limits by topic behind the one of the ПОС.
fn by_topic() -> String {
    let text = Parts::EMBEDDED.policies.text;
    let end = text.find("# As neighbouring").unwrap();
    format!("{}{BY_TOPIC}\n{}", &text[..end], &text[end..])
}

#[test]
fn a_limit_of_a_topic_holds_for_what_stands_below_it_and_the_other_for_the_rest() {
    let text = by_topic();
    let policies = read(DataFile { name: "p.toml", text: &text }).unwrap();
    let received = at("2026-11-27T16:00:00+07:00");
    let policy = policies.of(Regime::Pos, received).unwrap();
    let calendar = &Catalogue::embedded().work_calendar;
    let answer = |topic| {
        let facts = Facts { topic, received, ..Facts::default() };
        let due = local(policy.answer_due(facts, calendar).unwrap().unwrap());
        let stages = policy.deadlines(facts, calendar);
        let stages: Vec<_> = stages.iter().map(|one| local(one.due.unwrap())).collect();
        assert_eq!(stages, std::slice::from_ref(&due), "one deadline a stage: {topic}");
        due
    };
    for topic in ["zhkh.heat", "zhkh.heat.network.burst", "tko.removal.schedule.bulky"] {
        assert_eq!(answer(topic), "2026-12-11T23:59:59", "{topic}");
        assert_eq!(policy.extension(topic), Some(5));
    }
    assert_eq!(answer("tko.dumps.illegal.burning"), "2026-11-30T23:59:59");
    for topic in ["", "tko.removal", "tko.dumps.illegal", "zhkh.heating", "roads.repair"] {
        assert_eq!(answer(topic), "2026-12-27T23:59:59", "{topic}");
        assert_eq!(policy.extension(topic), None);
    }
}

#[test]
fn a_limit_is_tried_by_its_place_and_those_of_other_topics_stay() {
    let text = by_topic();
    let policies = read(DataFile { name: "p.toml", text: &text }).unwrap();
    let before = Supposed::as_is(policies.by_version("pos-1").unwrap(), 1);
    assert_eq!(policies.supposing(std::slice::from_ref(&before)), policies);
    let tried = policies.supposing(&[Supposed { amount: 3, ..before.clone() }]);
    let amounts = |policies: &Policies| -> Vec<u32> {
        let limits = &policies.by_version("pos-1").unwrap().limits;
        limits.iter().map(|limit| limit.amount).collect()
    };
    assert_eq!((amounts(&policies), amounts(&tried)), (vec![30, 10, 1], vec![30, 3, 1]));
    let nowhere = Supposed { limit: 9, amount: 3, ..before };
    assert_eq!(policies.supposing(&[nowhere]), policies);
}

#[test]
fn another_clock_and_another_window_are_tried_by_a_limit_alone() {
    let catalogue = Catalogue::embedded();
    let received = at("2026-11-27T16:00:00+07:00");
    let facts = Facts { received, ..Facts::default() };
    let answer = |regime: Regime, clock, amount, window: Option<(u32, u32)>| {
        let policy = catalogue.policies.of(regime, received).unwrap();
        let at = policy.limits.iter().position(|limit| limit.stage == Stage::Answer).unwrap();
        let window = window.and_then(|(from, to)| Window::of_minutes(from * 60, to * 60));
        let tried = Supposed { clock, amount, window, ..Supposed::as_is(policy, at) };
        let tried = catalogue.policies.supposing(&[tried]);
        let policy = tried.of(regime, received).unwrap();
        local(policy.answer_due(facts, &catalogue.work_calendar).unwrap().unwrap())
    };
    let (days, working, hours) = (Clock::CalendarDays, Clock::WorkingDays, Clock::WorkingHours);
    let (pos, social) = (Regime::Pos, Regime::Social);
    assert_eq!(answer(pos, working, 10, None), "2026-12-11T23:59:59");
    assert_eq!(answer(pos, hours, 3, Some((8, 17))), "2026-11-30T10:00:00", "over a weekend");
    assert_eq!(answer(pos, hours, 3, Some((0, 24))), "2026-11-27T19:00:00", "by day and night");
    assert_eq!(answer(pos, hours, 3, None), "2026-12-27T23:59:59", "as it is");
    assert_eq!(answer(social, days, 1, None), "2026-11-28T23:59:59");
    assert_eq!(answer(social, hours, 9, Some((10, 20))), "2026-11-30T15:00:00");
}

#[test]
fn a_record_is_pressing_by_what_the_policy_that_holds_now_says() {
    let more = "\n[[policy]]\nversion = \"pos-2\"\nregime = \"pos\"\nvalid_from = 2027-01-01\n\
                warn = 72\n[[policy.limit]]\nstage = \"answer\"\nclock = \"working_days\"\n\
                amount = 10\nfrom = \"received\"\nsource = \"test\"\nmark = \"U\"\n";
    let text = format!("{}{more}", Parts::EMBEDDED.policies.text);
    let policies = read(DataFile { name: "p.toml", text: &text }).unwrap();
    let hours = |now| policies.warn_secs(at(now)).map(|secs| secs / 3_600);
    assert_eq!(hours("2026-12-31T23:59:59+07:00"), [24, 24, 2, 24]);
    assert_eq!(hours("2027-01-01T00:00:00+07:00"), [24, 72, 2, 24]);
}

#[test]
fn mistakes_about_topics_are_named_with_their_line() {
    let text = by_topic();
    let file = DataFile { name: "p.toml", text: &text };
    let line = |of: &str| text[..text.find(of).unwrap()].matches('\n').count() + 1;
    let (first, second) = (line("topics = [\"zhkh.heat\", \"tko"), line("\"tko.dumps"));
    let header = line("[[policy.limit]]\nstage = \"answer\"\ntopics");
    let burning = "\"tko.dumps.illegal.burning\"";
    for (from, to, line, reason) in [
        (burning, "\"tko.dumps.no\"", second, "there is no topic `tko.dumps.no`"),
        (burning, "\"tko\"", second, "there is no topic `tko`"),
        (
            burning,
            "\"zhkh.heat.network\"",
            second,
            "`zhkh.heat.network` and `zhkh.heat` limit this stage twice",
        ),
        (
            burning,
            "\"tko.removal\"",
            second,
            "`tko.removal` and `tko.removal.schedule` limit this stage twice",
        ),
        (
            "\"tko.removal.schedule\"",
            "\"zhkh.heat\"",
            first,
            "`zhkh.heat` and `zhkh.heat` limit this stage twice",
        ),
        ("[\"zhkh.heat\", \"tko.removal.schedule\"]", "[]", header, "`topics` names none"),
        (
            "topics = [\"zhkh.heat\", \"tko.removal.schedule\"]\n",
            "",
            header,
            "this stage is limited twice",
        ),
    ] {
        assert_eq!(file.refusal(from, to, read), format!("p.toml, line {line}: {reason}"));
    }
    // Another stage of the same topics is another matter.
    let text = text.replace(
        "stage = \"answer\"\ntopics = [\n    \"tko.dumps.illegal.burning\"",
        "stage = \"final_answer\"\ntopics = [\n    \"zhkh.heat\"",
    );
    assert!(read(DataFile { name: "p.toml", text: &text }).is_ok());
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
        ("regime = \"pos\"", "regime = \"pos\"\nvalid_from = 10:00:00", "`valid_from` is no date"),
        ("amount = 7", "amount = 0", "amounts are from 1 to 400"),
        ("warn = 2", "warn = 0", "`warn` is from 1 to 400 hours"),
        ("warn = 2", "warn = 401", "`warn` is from 1 to 400 hours"),
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
        let said = file.refusal(from, to, read);
        assert!(said.ends_with(reason) && said.starts_with("p.toml, line "), "{said}");
    }
}

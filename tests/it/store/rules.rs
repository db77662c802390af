//! Deadlines that the server leaves out: counted by the rules, kept once they stand.

use std::path::Path;
use std::sync::Arc;

use pult::board::row::flags;
use pult::domain::catalogue::{Catalogue, Parts};
use pult::domain::{DataFile, EventKind, Regime, Timestamp};
use pult::store::batch::{Delete, EventRow, IncidentRow, Upsert};
use pult::store::{Batch, Store};

use super::{batch, event, incident, open};

/// A Friday.
const RECEIVED: &str = "2026-11-27T16:00:00+07:00";

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

/// Without a deadline of the server's.
fn bare(number: u32, rev: u64, regime: Regime) -> IncidentRow {
    let received = at(RECEIVED);
    IncidentRow { regime, received, due: None, priority: 0, ..incident(number, rev) }
}

fn interim(number: u32, incident: u32, at_text: &str) -> EventRow {
    EventRow { at: at(at_text), ..event(number, incident, 1, EventKind::InterimAnswered) }
}

/// A store that is told one thing after another.
struct Told {
    store: Store,
    cursor: u32,
}

impl Told {
    fn of(store: Store) -> Self {
        Self { store, cursor: 0 }
    }

    fn hear(&mut self, upserts: Vec<Upsert>) {
        self.hear_batch(batch(None, "", false, upserts));
    }

    fn hear_batch(&mut self, told: Batch) {
        let after = (self.cursor > 0).then(|| format!("c{}", self.cursor));
        self.cursor += 1;
        let cursor = format!("c{}", self.cursor);
        self.store.writer().apply(Batch { after, cursor, ..told }).unwrap();
    }

    /// Local time of the deadline, and the version that it was counted by.
    fn due(&self, row_id: u32) -> (String, String) {
        let details = self.store.reader().unwrap().details(row_id).unwrap().unwrap();
        let by_rule = details.row.flags & flags::DUE_BY_RULE != 0;
        let due = match details.row.due {
            0 => String::new(),
            due => Timestamp(due).plus_secs(7 * 3600).to_rfc3339(),
        };
        (due, if by_rule { details.policy_version } else { String::new() })
    }
}

fn is(due: &str, version: &str) -> (String, String) {
    (due.to_owned(), version.to_owned())
}

/// The embedded catalogue with other words in two of its files.
fn catalogue(policies: &str, calendar: &str) -> Arc<Catalogue> {
    let file = |name, text| DataFile { name, text };
    Arc::new(
        Catalogue::from_parts(&Parts {
            policies: file("policies.toml", policies),
            work_calendar: file("work_calendar.toml", calendar),
            ..Parts::EMBEDDED
        })
        .unwrap(),
    )
}

fn open_with(folder: &Path, policies: &str, calendar: &str) -> Told {
    Told { store: Store::open(folder, &catalogue(policies, calendar)).unwrap(), cursor: 0 }
}

#[test]
fn only_what_the_server_leaves_out_is_counted_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut told = Told::of(open(folder.path()));
    let given = Some(at("2026-12-01T12:00:00+07:00"));
    told.hear(vec![
        Upsert::Incident(bare(1, 1, Regime::Social)),
        Upsert::Incident(IncidentRow { priority: 1, ..bare(2, 1, Regime::Social) }),
        Upsert::Incident(bare(3, 1, Regime::Pos)),
        Upsert::Incident(bare(4, 1, Regime::Fz59)),
        Upsert::Incident(bare(5, 1, Regime::Other)),
        Upsert::Incident(IncidentRow { due: given, ..bare(6, 1, Regime::Social) }),
    ]);
    assert_eq!(told.due(1), is("2026-11-30T16:00:00Z", "social-1"), "over a weekend");
    assert_eq!(told.due(2), is("2026-11-30T11:00:00Z", "social-1"), "four hours of what matters");
    assert_eq!(told.due(3), is("2026-12-27T23:59:59Z", "pos-1"));
    assert_eq!(told.due(4), is("", ""), "it is counted from the registration");
    assert_eq!(told.due(5), is("", ""), "there is no rule");
    assert_eq!(told.due(6), is("2026-12-01T12:00:00Z", ""), "as given");

    let registered = at("2026-11-28T10:00:00+07:00");
    told.hear(vec![
        Upsert::Incident(IncidentRow { due: given, ..bare(1, 2, Regime::Social) }),
        Upsert::Incident(IncidentRow { registered: Some(registered), ..bare(4, 2, Regime::Fz59) }),
        Upsert::Incident(bare(6, 2, Regime::Social)),
    ]);
    assert_eq!(told.due(1), is("2026-12-01T12:00:00Z", ""), "the server has its own now");
    assert_eq!(told.due(4), is("2026-12-28T23:59:59Z", "fz59-1"));
    assert_eq!(told.due(6), is("2026-11-30T16:00:00Z", "social-1"), "it has taken its own back");

    // A decision is made on what the server has: it knows of no deadline.
    let standing = told.store.reader().unwrap().standing(6).unwrap().unwrap();
    assert_eq!(standing.standing.due, None);
    assert_eq!(standing.due(), Some(at("2026-11-30T16:00:00+07:00")));
    let board: Vec<_> = super::rows(&told.store).into_iter().map(|(_, row)| row).collect();
    assert_eq!(board[5].due, at("2026-11-30T16:00:00+07:00").0);
    assert_eq!(board[3].registered, registered.0);
}

#[test]
fn an_interim_answer_gives_the_final_one_its_own_deadline_whichever_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut told = Told::of(open(folder.path()));
    told.hear(vec![
        Upsert::Event(interim(1, 1, "2026-11-30T12:00:00+07:00")),
        Upsert::Incident(bare(1, 1, Regime::Social)),
        Upsert::Incident(bare(2, 1, Regime::Social)),
    ]);
    assert_eq!(told.due(1), is("2026-12-09T23:59:59Z", "social-1"), "seven working days");
    assert_eq!(told.due(2), is("2026-11-30T16:00:00Z", "social-1"));
    told.hear(vec![
        Upsert::Event(interim(2, 2, "2026-11-30T12:00:00+07:00")),
        // Of several the last.
        Upsert::Event(interim(3, 1, "2026-12-01T12:00:00+07:00")),
        Upsert::Event(interim(4, 1, "2026-11-28T12:00:00+07:00")),
    ]);
    assert_eq!(told.due(1), is("2026-12-10T23:59:59Z", "social-1"));
    assert_eq!(told.due(2), is("2026-12-09T23:59:59Z", "social-1"));
    assert!(super::rows(&told.store).iter().all(|(_, row)| row.flags & flags::INTERIM != 0));
    drop(told);

    // The server puts one right, and takes one back, after a restart.
    let mut told = Told { store: open(folder.path()), cursor: 2 };
    let delete =
        |id: &str| Delete { kind: pult::domain::ObjectKind::Event, id: id.to_owned(), rev: 9 };
    told.hear_batch(Batch {
        deletes: vec![delete("e-2"), delete("e-3")],
        ..batch(None, "", false, vec![])
    });
    assert_eq!(told.due(1), is("2026-12-09T23:59:59Z", "social-1"), "of the 30th again");
    assert_eq!(told.due(2), is("2026-11-30T16:00:00Z", "social-1"));
    let put_right = EventRow { rev: 2, ..interim(1, 1, "2026-11-27T17:00:00+07:00") };
    let another = EventRow { rev: 2, kind: EventKind::Commented, ..interim(4, 1, RECEIVED) };
    told.hear(vec![Upsert::Event(put_right), Upsert::Event(another)]);
    assert_eq!(told.due(1), is("2026-12-08T23:59:59Z", "social-1"), "seven days after Friday");
}

#[test]
fn a_later_policy_moves_no_deadline_that_stands_and_counts_those_that_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    let (policies, calendar) = (Parts::EMBEDDED.policies.text, Parts::EMBEDDED.work_calendar.text);
    let mut told = open_with(folder.path(), policies, calendar);
    told.hear(vec![
        Upsert::Incident(bare(1, 1, Regime::Social)),
        Upsert::Incident(bare(2, 1, Regime::Other)),
    ]);
    drop(told);
    let more = |regime: &str| {
        format!(
            "\n[[policy]]\nversion = \"{regime}-9\"\nregime = \"{regime}\"\n\
             valid_from = 2026-11-01\n[[policy.limit]]\nstage = \"answer\"\n\
             clock = \"calendar_days\"\namount = 1\nfrom = \"received\"\nsource = \"test\"\n\
             mark = \"U\"\n"
        )
    };
    let changed = format!("{policies}{}{}", more("social"), more("other"));
    let mut told = open_with(folder.path(), &changed, calendar);
    told.cursor = 1;
    assert_eq!(told.due(1), is("2026-11-30T16:00:00Z", "social-1"));
    assert_eq!(told.due(2), is("2026-11-28T23:59:59Z", "other-9"), "it had none");
    told.hear(vec![
        Upsert::Incident(IncidentRow { priority: 1, ..bare(1, 2, Regime::Social) }),
        Upsert::Incident(bare(3, 1, Regime::Social)),
    ]);
    assert_eq!(told.due(1), is("2026-11-30T11:00:00Z", "social-1"), "by the version it has");
    assert_eq!(told.due(3), is("2026-11-28T23:59:59Z", "social-9"));
}

#[test]
fn a_year_without_a_calendar_is_counted_once_there_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let (policies, calendar) = (Parts::EMBEDDED.policies.text, Parts::EMBEDDED.work_calendar.text);
    let last = calendar.rfind("[[year]]").unwrap();
    let mut told = open_with(folder.path(), policies, &calendar[..last]);
    let received = at("2026-12-31T16:00:00+07:00");
    let late = || IncidentRow { received, ..bare(1, 1, Regime::Social) };
    let before = IncidentRow { received: at(RECEIVED), ..bare(2, 1, Regime::Social) };
    told.hear(vec![Upsert::Incident(late()), Upsert::Incident(before)]);
    assert_eq!(told.due(1), is("", ""));
    assert_eq!(told.due(2), is("2026-11-30T16:00:00Z", "social-1"));
    // What follows from an interim answer cannot be counted, and what there was is void.
    told.hear(vec![Upsert::Event(interim(1, 2, "2026-12-30T12:00:00+07:00"))]);
    assert_eq!(told.due(2), is("", ""));
    drop(told);
    let told = open_with(folder.path(), policies, calendar);
    assert_eq!(told.due(1).1, "social-1");
    assert!(told.due(1).0.starts_with("2027-01-"), "{:?}", told.due(1));
    assert!(told.due(2).0.starts_with("2027-01-"), "{:?}", told.due(2));
}

/// Ten working days for a theme of the ПОС.
const HEAT: &str = "
[[policy.limit]]
stage = \"answer\"
topics = [\"zhkh.heat\"]
clock = \"working_days\"
amount = 10
from = \"received\"
source = \"test\"
mark = \"U\"
";

#[test]
fn another_topic_gives_what_was_counted_its_own_deadline_by_the_version_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let (policies, calendar) = (Parts::EMBEDDED.policies.text, Parts::EMBEDDED.work_calendar.text);
    let social = policies.find("# As neighbouring").unwrap();
    let by_topic = format!("{}{HEAT}\n{}", &policies[..social], &policies[social..]);
    let mut told = open_with(folder.path(), &by_topic, calendar);
    let of = |number, rev, topic: Option<&str>| {
        let topic = topic.map(str::to_owned);
        Upsert::Incident(IncidentRow { topic, ..bare(number, rev, Regime::Pos) })
    };
    let given = Some(at("2026-12-01T12:00:00+07:00"));
    told.hear(vec![
        of(1, 1, None),
        of(2, 1, Some("zhkh.heat.network.burst")),
        of(3, 1, Some("tko.removal")),
        Upsert::Incident(IncidentRow { due: given, ..bare(4, 1, Regime::Pos) }),
    ]);
    let (month, days) = (is("2026-12-27T23:59:59Z", "pos-1"), is("2026-12-11T23:59:59Z", "pos-1"));
    assert_eq!(
        (told.due(1), told.due(2), told.due(3)),
        (month.clone(), days.clone(), month.clone())
    );
    drop(told);

    // Since then another version holds for what comes: one day, whatever the topic.
    let later = "\n[[policy]]\nversion = \"pos-9\"\nregime = \"pos\"\nvalid_from = 2026-11-01\n\
                 [[policy.limit]]\nstage = \"answer\"\nclock = \"calendar_days\"\namount = 1\n\
                 from = \"received\"\nsource = \"test\"\nmark = \"U\"\n";
    let mut told = open_with(folder.path(), &format!("{by_topic}{later}"), calendar);
    told.cursor = 1;
    let heat = Some("zhkh.heat.radiators.cold".to_owned());
    told.hear(vec![
        Upsert::Event(event(1, 1, 1, EventKind::Classified)),
        of(1, 2, heat.as_deref()),
        of(2, 2, Some("zhkh.water")),
        Upsert::Incident(IncidentRow { topic: heat, due: given, ..bare(4, 2, Regime::Pos) }),
        of(5, 1, Some("zhkh.heat")),
    ]);
    assert_eq!((told.due(1), told.due(2), told.due(3)), (days.clone(), month.clone(), month));
    assert_eq!(told.due(4), is("2026-12-01T12:00:00Z", ""), "as given");
    assert_eq!(told.due(5), is("2026-11-28T23:59:59Z", "pos-9"));
    // What an event has counted anew is counted by the topic, too.
    told.hear(vec![Upsert::Event(interim(2, 1, "2026-11-30T12:00:00+07:00"))]);
    assert_eq!(told.due(1), days);
}

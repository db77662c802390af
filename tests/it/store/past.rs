//! What the log tells of the answers' quality, of the stages of the work, and of what was
//! delivered by itself.

use pult::board::Row;
use pult::board::aggregates::DurationHistogram;
use pult::board::row::{CHECKED, Stages, flags};
use pult::domain::{EventKind, Timestamp};
use pult::store::Store;
use pult::store::batch::{Delete, EventRow, IncidentRow, Upsert};
use rusqlite::Connection;

use super::{NOON, batch, event, incident, open};

fn check(number: u32, at: u32, extra: Option<&str>) -> Upsert {
    let event = event(number, 1, 1, EventKind::QualityChecked);
    Upsert::Event(EventRow { at: Timestamp(at), extra: extra.map(str::to_owned), ..event })
}

fn row(store: &Store) -> Row {
    let mut found = None;
    store.reader().unwrap().load_rows(|_, row| found = Some(row)).unwrap();
    found.unwrap()
}

#[test]
fn the_last_check_that_tells_what_it_found_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let full = r#"{"checks":["to_the_point","polite","resolved"]}"#;
    let upserts = vec![
        // Events may come before their incident, and in any order.
        check(2, NOON + 20, Some(r#"{"checks":["evasive","redirected"]}"#)),
        check(1, NOON + 10, Some(full)),
        check(3, NOON + 30, Some(r#"{"other":1}"#)),
        check(4, NOON + 40, None),
        Upsert::Incident(incident(1, 1)),
    ];
    store.writer().apply(batch(None, "c1", false, upserts)).unwrap();
    let (evasive, redirected) = (1 << 1, 1 << 2);
    assert_eq!(row(&store).checks, CHECKED | evasive | redirected);
    // A check that found nothing is one; taken back, the one before counts.
    let nothing = check(5, NOON + 50, Some(r#"{"checks":[]}"#));
    store.writer().apply(batch(Some("c1"), "c2", false, vec![nothing])).unwrap();
    assert_eq!(row(&store).checks, CHECKED);
    let mut taken_back = batch(Some("c2"), "c3", false, Vec::new());
    taken_back.deletes = [2, 5]
        .map(|number| Delete {
            kind: pult::domain::ObjectKind::Event,
            id: format!("e-{number}"),
            rev: 9,
        })
        .to_vec();
    store.writer().apply(taken_back).unwrap();
    assert_eq!(row(&store).checks, CHECKED | 1 | 1 << 3 | 1 << 4);
}

/// Of the first incident, so long after it was received.
fn at(number: u32, secs: u32, kind: EventKind) -> Upsert {
    let at = Timestamp(incident(1, 1).received.0 + secs);
    Upsert::Event(EventRow { at, ..event(number, 1, 1, kind) })
}

/// Of durations in seconds.
fn stages(secs: [Option<u32>; 3]) -> Stages {
    Stages::new(secs.map(|secs| secs.map(|secs| DurationHistogram::bucket(secs) as u8)))
}

#[test]
fn stages_are_told_by_the_log_in_whatever_order_it_comes() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let first = vec![
        at(3, 9_000, EventKind::Submitted),
        at(1, 600, EventKind::Forwarded),
        Upsert::Incident(incident(1, 1)),
    ];
    store.writer().apply(batch(None, "c1", false, first)).unwrap();
    assert_eq!(row(&store).stages, stages([Some(600), Some(8_400), None]));
    let second = vec![
        at(5, 30_000, EventKind::Approved),
        at(4, 20_000, EventKind::Submitted),
        at(2, 5_000, EventKind::Assigned),
    ];
    let applied = store.writer().apply(batch(Some("c1"), "c2", false, second)).unwrap();
    // However many events, the board is told once.
    assert_eq!(applied.changes.changes.len(), 1);
    assert_eq!(row(&store).stages, stages([Some(600), Some(19_400), Some(10_000)]));
    // What is received anew takes its events with it; an approval before the submission
    // says nothing of how long it took.
    let received = Timestamp(incident(1, 1).received.0 + 100);
    let later = Upsert::Incident(IncidentRow { received, ..incident(1, 2) });
    let third = vec![later, at(6, 40_000, EventKind::Submitted)];
    store.writer().apply(batch(Some("c2"), "c3", false, third)).unwrap();
    assert_eq!(row(&store).stages, stages([Some(500), Some(39_400), None]));
}

#[test]
fn what_another_version_told_of_the_past_is_told_anew() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let checked = Some(r#"{"checks":["polite"]}"#);
    let upserts = vec![
        Upsert::Incident(incident(1, 1)),
        at(1, 600, EventKind::Assigned),
        check(2, NOON + 700, checked),
        at(3, 800, EventKind::Returned),
    ];
    store.writer().apply(batch(None, "c1", false, upserts)).unwrap();
    let told = row(&store);
    drop(store);
    let file = Connection::open(folder.path().join("pult.db")).unwrap();
    file.execute_batch(&format!(
        "UPDATE incident_core SET checks = 0, stages = 0, flags = flags - {};
         DELETE FROM incident_past;
         DELETE FROM meta WHERE key = 'past'",
        flags::RETURNED,
    ))
    .unwrap();
    drop(file);
    assert_eq!(row(&open(folder.path())), told);
    assert!(told.flags & flags::RETURNED != 0 && told.checks != 0, "{told:?}");
    // Once is enough.
    let file = Connection::open(folder.path().join("pult.db")).unwrap();
    file.execute_batch("UPDATE incident_core SET stages = 0").unwrap();
    drop(file);
    assert_eq!(row(&open(folder.path())).stages, Stages::default());
}

#[test]
fn what_nobody_assigned_was_delivered_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let is_delivered = || row(&store).flags & flags::DELIVERED != 0;
    let by_hand = event(1, 1, 1, EventKind::Assigned);
    assert!(by_hand.role.is_some());
    let upserts = vec![Upsert::Incident(incident(1, 1)), Upsert::Event(by_hand.clone())];
    store.writer().apply(batch(None, "c1", false, upserts)).unwrap();
    assert!(!is_delivered());
    let by_itself = EventRow { id: "e-2".to_owned(), role: None, office: None, ..by_hand };
    let upserts = vec![Upsert::Event(by_itself)];
    store.writer().apply(batch(Some("c1"), "c2", false, upserts)).unwrap();
    assert!(is_delivered());
    // What the incident itself says later takes nothing of it away.
    let upserts = vec![Upsert::Incident(incident(1, 2))];
    store.writer().apply(batch(Some("c2"), "c3", false, upserts)).unwrap();
    assert!(is_delivered());
}

//! What the log tells of the answers' quality, and of what was delivered by itself.

use std::path::Path;
use std::sync::Arc;

use pult::board::Row;
use pult::board::row::flags;
use pult::domain::catalogue::{Catalogue, Parts};
use pult::domain::{DataFile, EventKind, Timestamp};
use pult::store::Store;
use pult::store::batch::{Delete, EventRow, Upsert};

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
fn the_last_check_that_tells_what_it_found_is_scored() {
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
    assert_eq!(row(&store).quality, 1);
    // A check that found nothing is one; taken back, the one before counts.
    let nothing = check(5, NOON + 50, Some(r#"{"checks":[]}"#));
    store.writer().apply(batch(Some("c1"), "c2", false, vec![nothing])).unwrap();
    assert_eq!(row(&store).quality, 1 + 30);
    let mut taken_back = batch(Some("c2"), "c3", false, Vec::new());
    taken_back.deletes = [2, 5]
        .map(|number| Delete {
            kind: pult::domain::ObjectKind::Event,
            id: format!("e-{number}"),
            rev: 9,
        })
        .to_vec();
    store.writer().apply(taken_back).unwrap();
    assert_eq!(row(&store).quality, 1 + 100);
}

#[test]
fn another_check_list_scores_what_is_stored_anew() {
    let folder = tempfile::tempdir().unwrap();
    let checked = r#"{"checks":["polite"]}"#;
    let score = |folder: &Path, from: &str, to: &str| {
        let text = Parts::EMBEDDED.quality.text.replace(from, to);
        let quality = DataFile { name: "quality.toml", text: &text };
        let parts = Parts { quality, ..Parts::EMBEDDED };
        let store = Store::open(folder, &Arc::new(Catalogue::from_parts(&parts).unwrap())).unwrap();
        if store.reader().unwrap().incident_count().unwrap() == 0 {
            let upserts = vec![Upsert::Incident(incident(1, 1)), check(1, NOON, Some(checked))];
            store.writer().apply(batch(None, "c1", false, upserts)).unwrap();
        }
        row(&store).quality
    };
    let before = score(folder.path(), "nothing", "nothing");
    let points = |points| format!("points = {points}");
    let doubled = score(folder.path(), &points(30), &points(60));
    assert!(before > 0 && doubled > 0 && doubled != before, "{before} {doubled}");
    assert_eq!(score(folder.path(), "nothing", "nothing"), before);
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

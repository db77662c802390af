//! What suggestions learn from.

use std::sync::atomic::AtomicBool;

use super::*;
use pult::store::decisions::Decision;

static GO: AtomicBool = AtomicBool::new(false);

fn decided(store: &Store, fewest: usize) -> Vec<Decision> {
    store.reader().unwrap().decisions(100, fewest, &GO).unwrap().decisions
}

fn at(number: u32, moment: u32, event: EventRow) -> Upsert {
    Upsert::Event(EventRow { at: Timestamp(NOON + moment), id: format!("e-{number}"), ..event })
}

fn filled(folder: &Path) -> Store {
    let store = open(folder);
    let upserts = vec![
        Upsert::Incident(IncidentRow { status: Status::Assigned, ..incident(1, 1) }),
        Upsert::Incident(IncidentRow { body: Some("b-2".to_owned()), ..incident(2, 2) }),
        Upsert::Incident(incident(3, 3)),
        Upsert::Incident(IncidentRow { topic: None, body: None, ..incident(4, 4) }),
        Upsert::Message(message(1, 1, 5, "Вода льётся, звоните 8 913 444-55-66")),
        // By a person, later than that of incident 2.
        at(1, 500, event(1, 1, 6, EventKind::Classified)),
        at(2, 100, event(2, 2, 7, EventKind::Forwarded)),
        at(3, 200, event(3, 2, 8, EventKind::Assigned)),
        // By the source system, and by nobody's decision.
        at(4, 600, EventRow { role: None, office: None, ..event(4, 3, 9, EventKind::Assigned) }),
        at(5, 700, event(5, 3, 10, EventKind::Commented)),
        // Of an incident that says nothing, and of one that has not come.
        at(6, 800, event(6, 4, 11, EventKind::Assigned)),
        at(7, 900, event(7, 99, 12, EventKind::Assigned)),
    ];
    store.writer().apply(batch(None, "c1", false, upserts)).unwrap();
    store
}

#[test]
fn what_people_decided_is_read_oldest_first_and_masked() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let found = decided(&store, 0);
    let texts: Vec<(u32, &str)> = found.iter().map(|d| (d.row_id, d.text.as_str())).collect();
    assert_eq!(
        texts,
        [
            // Nobody wrote anything, so the summary stands in.
            (2, "Прорвало трубы у дома"),
            (1, "Вода льётся, звоните [телефон]"),
        ]
    );
    let vocabulary = store.reader().unwrap().vocabulary().unwrap();
    let words = |d: &Decision| {
        let topic = &vocabulary.topics[usize::from(d.topic)].code;
        (topic.clone(), vocabulary.bodies[usize::from(d.body)].id.clone())
    };
    let topic = "zhkh.heat.network.burst".to_owned();
    assert_eq!(words(&found[0]), (topic.clone(), "b-2".to_owned()));
    assert_eq!(words(&found[1]), (topic, "b-1".to_owned()));
    assert!(found.iter().all(|d| d.block == Block::Housing.index()));
}

#[test]
fn only_the_newest_are_read_and_without_a_log_all_that_are_not_new() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let reader = store.reader().unwrap();
    let newest = reader.decisions(1, 0, &GO).unwrap().decisions;
    // The last decision is that about incident 99, which is not there.
    assert!(newest.is_empty(), "{newest:?}");
    assert_eq!(reader.decisions(3, 0, &GO).unwrap().decisions.len(), 1);
    let left_new = decided(&store, 50);
    assert_eq!(left_new.iter().map(|d| d.row_id).collect::<Vec<_>>(), [1]);
}

#[test]
fn what_was_decided_since_is_read_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let reader = store.reader().unwrap();
    let seen = reader.decisions(100, 0, &GO).unwrap().log_row;
    assert_eq!(reader.decisions_after(seen, &GO).unwrap().decisions, []);
    let newer = vec![at(8, 50, event(8, 3, 13, EventKind::Assigned))];
    store.writer().apply(batch(Some("c1"), "c2", false, newer)).unwrap();
    let since = reader.decisions_after(seen, &GO).unwrap();
    assert_eq!(since.decisions.iter().map(|d| d.row_id).collect::<Vec<_>>(), [3]);
    assert_eq!(reader.decisions_after(since.log_row, &GO).unwrap().decisions, []);
}

#[test]
fn reading_can_be_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let upserts = (1..=2_000).map(|n| at(n, n, event(n, n, n.into(), EventKind::Assigned)));
    store.writer().apply(batch(None, "c1", false, upserts.collect())).unwrap();
    let stopped = store.reader().unwrap().decisions(10, 0, &AtomicBool::new(true));
    assert!(matches!(stopped, Err(Error::Interrupted)), "{stopped:?}");
}

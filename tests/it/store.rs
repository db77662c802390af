//! The store from outside: what a pull brings is there again after reopening.

mod decisions;
mod forms;
mod outbox;
mod past;
mod rules;
mod salvage;
mod search;

use std::path::Path;

use pult::board::Row;
use pult::board::row::{NO_MUNICIPALITY, flags};
use pult::domain::catalogue::Catalogue;
use pult::domain::{Block, EventKind, ObjectKind, Regime, Source, Status, Timestamp};
use pult::store::batch::{BodyRow, Delete, EventRow, IncidentRow, MessageRow, Place, Upsert};
use pult::store::{Anew, Batch, Bound, Error, Installation, Store};

const NOON: u32 = 1_795_000_000;

fn open(folder: &Path) -> Store {
    Store::open(folder, &Catalogue::embedded()).unwrap()
}

fn incident(number: u32, rev: u64) -> IncidentRow {
    IncidentRow {
        id: format!("i-{number}"),
        rev,
        regime: Regime::Pos,
        source: Source::Vk,
        block: Block::Housing,
        status: Status::New,
        topic: Some("zhkh.heat.network.burst".to_owned()),
        summary: Some("Прорвало трубы у дома".to_owned()),
        municipality: "95701000".parse().ok(),
        settlement: Some("Абакан".to_owned()),
        place: Some(Place { lat: 53.72, lon: 91.44, x: 3_000_000_000 + number, y: 1_400_000_000 }),
        address: Some("ул. Ленина, 5".to_owned()),
        priority: 2,
        resonance: false,
        conflict: true,
        communication_error: false,
        body: Some("b-1".to_owned()),
        assignee: None,
        author_kind: None,
        received: Timestamp(NOON + number),
        registered: None,
        due: Some(Timestamp(NOON + 86_400)),
        due_source: None,
        policy_version: None,
        first_answer: None,
        closed: None,
        satisfaction: Some(4),
        merged_into: None,
        problem: None,
        extra: None,
    }
}

fn message(number: u32, incident: u32, rev: u64, text: &str) -> MessageRow {
    MessageRow {
        id: format!("m-{number}"),
        rev,
        incident: format!("i-{incident}"),
        source: Source::Vk,
        received: Timestamp(NOON),
        text: Some(text.to_owned()),
        url: None,
        author_kind: None,
        extra: None,
    }
}

fn event(number: u32, incident: u32, rev: u64, kind: EventKind) -> EventRow {
    EventRow {
        id: format!("e-{number}"),
        rev,
        incident: format!("i-{incident}"),
        kind,
        at: Timestamp(NOON),
        role: Some("duty".to_owned()),
        office: Some("Дежурный".to_owned()),
        body: None,
        from: None,
        to: Some(Status::New),
        reason: None,
        text: None,
        extra: None,
    }
}

fn batch(after: Option<&str>, cursor: &str, more: bool, upserts: Vec<Upsert>) -> Batch {
    Batch {
        upserts,
        after: after.map(str::to_owned),
        cursor: cursor.to_owned(),
        more,
        received_at: Timestamp(NOON),
        ..Batch::default()
    }
}

fn rows(store: &Store) -> Vec<(u32, Row)> {
    let mut rows = Vec::new();
    store.reader().unwrap().load_rows(|id, row| rows.push((id, row))).unwrap();
    rows
}

#[test]
fn what_a_batch_brings_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let applied = store
        .writer()
        .apply(batch(
            None,
            "c1",
            false,
            vec![
                Upsert::Event(event(1, 1, 1, EventKind::Returned)),
                Upsert::Message(message(1, 1, 2, "Вода льётся")),
                Upsert::Incident(incident(1, 3)),
                Upsert::Incident(IncidentRow {
                    municipality: "01601000".parse().ok(),
                    place: None,
                    ..incident(2, 4)
                }),
            ],
        ))
        .unwrap();
    assert_eq!((applied.written, applied.unchanged), (4, 0));
    let told: Vec<_> = applied.changes.changes.iter().map(|c| (c.row_id, c.row.unwrap())).collect();
    assert_eq!(told, rows(&store));
    drop(store);

    let store = open(folder.path());
    assert_eq!(told, rows(&store));
    let first = told[0].1;
    assert_eq!(first.received, NOON + 1);
    assert_eq!((first.x, first.due, first.rating), (3_000_000_001, NOON + 86_400, 4));
    assert_eq!(
        first.flags,
        flags::PLACED | flags::PRIORITY_URGENT | flags::CONFLICT | flags::RETURNED
    );
    assert_eq!(told[1].1.municipality, NO_MUNICIPALITY);
    assert_eq!(told[1].1.flags & flags::PLACED, 0);
    let reader = store.reader().unwrap();
    let vocabulary = reader.vocabulary().unwrap();
    assert_eq!(vocabulary.bodies[usize::from(first.body)].id, "b-1");
    assert_eq!(vocabulary.settlements[usize::from(first.settlement)], "Абакан");
    let topic = &vocabulary.topics[usize::from(first.topic)];
    assert_eq!((topic.code.as_str(), topic.depth), ("zhkh.heat.network.burst", 3));
    assert_eq!(reader.meta().unwrap().cursor.as_deref(), Some("c1"));
    assert_eq!(reader.counts().unwrap().events, 1);
}

#[test]
fn each_revision_is_applied_once_and_never_an_older_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let writer = store.writer();
    let objects = |status| {
        vec![
            Upsert::Incident(IncidentRow { status, ..incident(1, 5) }),
            Upsert::Message(message(1, 1, 5, "а")),
            Upsert::Event(event(1, 1, 5, EventKind::Created)),
        ]
    };
    writer.apply(batch(None, "c1", false, objects(Status::Assigned))).unwrap();
    let again = writer.apply(batch(Some("c1"), "c2", false, objects(Status::New))).unwrap();
    assert_eq!((again.written, again.unchanged), (0, 3));
    assert_eq!(again.changes.changes, []);
    let older = vec![Upsert::Incident(incident(1, 4))];
    assert_eq!(writer.apply(batch(Some("c2"), "c3", false, older)).unwrap().unchanged, 1);
    assert_eq!(rows(&store)[0].1.status, Status::Assigned.index());
    let counts = store.reader().unwrap().counts().unwrap();
    assert_eq!((counts.incidents, counts.messages, counts.events), (1, 1, 1));
}

#[test]
fn a_batch_that_does_not_follow_is_refused_whole() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let writer = store.writer();
    writer.apply(batch(None, "c1", true, vec![Upsert::Incident(incident(1, 1))])).unwrap();
    let stray = batch(Some("c9"), "c10", true, vec![Upsert::Incident(incident(2, 2))]);
    assert!(matches!(writer.apply(stray), Err(Error::OutOfOrder)));
    assert_eq!(rows(&store).len(), 1);
    let next = batch(Some("c1"), "c2", false, vec![Upsert::Incident(incident(2, 2))]);
    assert_eq!(writer.apply(next).unwrap().written, 1);
}

#[test]
fn the_twins_of_a_first_sync_are_one_at_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let writer = store.writer();
    let first = vec![
        Upsert::Message(message(1, 1, 1, "старое")),
        Upsert::Event(event(1, 1, 1, EventKind::Returned)),
        Upsert::Incident(incident(1, 2)),
    ];
    writer.apply(batch(None, "c1", true, first)).unwrap();
    let second = vec![
        Upsert::Message(message(1, 1, 8, "новое")),
        Upsert::Event(event(1, 1, 8, EventKind::Reopened)),
        Upsert::Incident(IncidentRow { status: Status::Closed, ..incident(1, 9) }),
    ];
    writer.apply(batch(Some("c1"), "c2", false, second)).unwrap();
    let counts = store.reader().unwrap().counts().unwrap();
    assert_eq!((counts.incidents, counts.messages, counts.events), (1, 1, 1));
    let row = rows(&store)[0].1;
    assert_eq!(row.status, Status::Closed.index());
    // What the older one told is taken back, and the board hears of it.
    assert_eq!(row.flags & (flags::RETURNED | flags::REOPENED), flags::REOPENED);
    let next = writer.apply(batch(Some("c2"), "c3", false, Vec::new())).unwrap();
    assert_eq!(next.changes.changes.last().map(|change| change.row), Some(Some(row)));
}

#[test]
fn deletions_take_what_hangs_on_an_incident_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let writer = store.writer();
    let all = vec![
        Upsert::Incident(incident(1, 1)),
        Upsert::Incident(incident(2, 2)),
        Upsert::Message(message(1, 1, 3, "а")),
        Upsert::Message(message(2, 2, 4, "б")),
        Upsert::Event(event(1, 1, 5, EventKind::Created)),
        Upsert::Event(event(2, 2, 6, EventKind::Reopened)),
    ];
    writer.apply(batch(None, "c1", false, all)).unwrap();
    let delete = |kind, id: &str, rev| Delete { kind, id: id.to_owned(), rev };
    let deletes = vec![
        delete(ObjectKind::Incident, "i-1", 10),
        delete(ObjectKind::Event, "e-2", 11),
        delete(ObjectKind::Message, "m-2", 2),
        delete(ObjectKind::Message, "m-unknown", 12),
    ];
    let gone = Batch { deletes, ..batch(Some("c1"), "c2", false, vec![]) };
    let applied = writer.apply(gone).unwrap();
    assert_eq!(applied.removed, 4);
    assert_eq!(applied.changes.changes[0].row, None);
    let left = rows(&store);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].1.flags & flags::REOPENED, 0);
    let counts = store.reader().unwrap().counts().unwrap();
    assert_eq!((counts.messages, counts.events), (1, 0));
}

fn installation(instance: &str, epoch: &str) -> Installation {
    Installation {
        instance: instance.to_owned(),
        epoch: epoch.to_owned(),
        demo: true,
        protocol: "pult-feedback/1".to_owned(),
        scope: "desk".to_owned(),
    }
}

#[test]
fn a_store_belongs_to_one_installation() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let writer = store.writer();
    assert_eq!(writer.bind(installation("a", "1")).unwrap(), Bound::First);
    assert_eq!(writer.bind(installation("a", "1")).unwrap(), Bound::Same);
    assert_eq!(writer.bind(installation("a", "2")).unwrap(), Bound::EpochChanged);
    assert!(matches!(writer.bind(installation("b", "1")), Err(Error::OtherInstance { .. })));
    let real = Installation { demo: false, ..installation("a", "1") };
    assert!(matches!(writer.bind(real), Err(Error::DemoMixed)));
}

#[test]
fn reading_anew_removes_what_it_did_not_bring_even_when_killed_between() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let writer = store.writer();
    writer.bind(installation("a", "1")).unwrap();
    let all = (1..=3)
        .flat_map(|n| {
            [
                Upsert::Incident(incident(n, 100 + u64::from(n))),
                Upsert::Message(message(n, n, 200 + u64::from(n), "а")),
                Upsert::Event(event(n, n, 300 + u64::from(n), EventKind::Created)),
            ]
        })
        .collect();
    writer.apply(batch(None, "c1", false, all)).unwrap();
    writer.begin_anew(Anew::NewEpoch, installation("a", "2")).unwrap();
    // The restored server counts from 1 again and has never heard of number 3.
    let one = vec![
        Upsert::Incident(IncidentRow { status: Status::Closed, ..incident(1, 1) }),
        Upsert::Message(message(1, 1, 2, "а")),
    ];
    writer.apply(batch(None, "d1", true, one)).unwrap();
    drop((writer, store));

    let store = open(folder.path());
    assert_eq!(rows(&store).len(), 3, "nothing goes before the end");
    let two = vec![
        Upsert::Incident(incident(2, 3)),
        Upsert::Event(event(2, 2, 4, EventKind::Created)),
        // Within the new epoch revisions only go forward.
        Upsert::Incident(incident(1, 1)),
    ];
    let applied = store.writer().apply(batch(Some("d1"), "d2", false, two)).unwrap();
    assert_eq!((applied.written, applied.unchanged), (2, 1));
    let left = rows(&store);
    assert_eq!(left.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(left[0].1.status, Status::Closed.index());
    let reader = store.reader().unwrap();
    let counts = reader.counts().unwrap();
    assert_eq!((counts.messages, counts.events), (1, 1));
    let meta = reader.meta().unwrap();
    assert_eq!((meta.anew, meta.generation), (None, 1));
    assert_eq!(meta.installation.unwrap().epoch, "2");
}

#[test]
fn a_second_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let _store = open(folder.path());
    let second = Store::open(folder.path(), &Catalogue::embedded());
    assert!(matches!(second, Err(Error::InUse(_))));
}

#[test]
fn a_link_that_is_a_phone_is_masked() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let url = Some("https://wa.me/79134445566".to_owned());
    let all = vec![
        Upsert::Incident(incident(1, 1)),
        Upsert::Message(MessageRow { url, ..message(1, 1, 2, "Нет воды") }),
    ];
    store.writer().apply(batch(None, "c1", false, all)).unwrap();
    let shown = store.reader().unwrap().details(1).unwrap().unwrap();
    assert_eq!(shown.messages[0].url, "https://wa.me/[телефон]");
}

#[test]
fn a_body_that_the_server_has_no_more_keeps_its_name_and_is_not_offered() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let body = |id: &str, rev| {
        let (id, name) = (id.to_owned(), format!("Орган {id}"));
        let (short, municipality, blocks, extra) = (None, None, Vec::new(), None);
        Upsert::Body(BodyRow { id, rev, name, short, municipality, blocks, extra })
    };
    let offered = || {
        let vocabulary = store.reader().unwrap().vocabulary().unwrap();
        let name = |number: u16| vocabulary.bodies[usize::from(number)].name.clone();
        vocabulary.offered_bodies().map(name).collect::<Vec<_>>()
    };
    let gone = |id: &str, rev| Delete { kind: ObjectKind::Body, id: id.to_owned(), rev };
    let writer = store.writer();
    writer.apply(batch(None, "c1", false, vec![Upsert::Incident(incident(1, 1))])).unwrap();
    assert_eq!(offered(), ["b-1"], "all that is named, where nothing is listed");
    let both = vec![body("b-1", 2), body("b-2", 3)];
    writer.apply(batch(Some("c1"), "c2", false, both)).unwrap();
    assert_eq!(offered(), ["Орган b-1", "Орган b-2"]);
    let next = batch(Some("c2"), "c3", false, Vec::new());
    writer.apply(Batch { deletes: vec![gone("b-1", 4)], ..next }).unwrap();
    assert_eq!(offered(), ["Орган b-2"]);
    let vocabulary = store.reader().unwrap().vocabulary().unwrap();
    assert_eq!(vocabulary.bodies[1].name, "Орган b-1", "its incidents still name it");
}

#[test]
fn the_history_of_what_was_merged_stands_on_the_card_of_the_survivor() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let into = |number: u32, survivor: Option<&str>, rev| {
        let merged_into = survivor.map(str::to_owned);
        Upsert::Incident(IncidentRow { merged_into, ..incident(number, rev) })
    };
    let logs = (1..=4).map(|n| Upsert::Event(event(n, n, 10 + u64::from(n), EventKind::Created)));
    // The third through the second; a broken server may make a loop.
    let incidents = [
        into(1, None, 1),
        into(2, Some("i-1"), 2),
        into(3, Some("i-2"), 3),
        into(4, Some("i-4"), 4),
    ];
    let all = incidents.into_iter().chain(logs).collect();
    store.writer().apply(batch(None, "c1", false, all)).unwrap();
    let reader = store.reader().unwrap();
    let of = |number: u32| -> Vec<String> {
        let row_id = reader.row_of_incident(&format!("i-{number}")).unwrap().unwrap();
        let events = reader.details(row_id).unwrap().unwrap().events;
        events.into_iter().map(|event| event.merged).collect()
    };
    assert_eq!(of(1), ["", "i-2", "i-3"]);
    assert_eq!(of(2), ["", "i-3"]);
    assert_eq!((of(3), of(4)), (vec![String::new()], vec![String::new()]));
    // Taken apart again.
    let apart = vec![into(2, None, 20)];
    store.writer().apply(batch(Some("c1"), "c2", false, apart)).unwrap();
    assert_eq!(of(1), [""]);
}

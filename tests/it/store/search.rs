//! «труба» finds «трубы», also while the text index catches up.

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::*;
use pult::board::filter::RowSet;
use pult::store::Reader;

/// Waits until the index has caught up; it works in the background.
pub(super) fn wait_until(reader: &Reader, what: &str, holds: impl Fn(&Reader) -> bool) {
    let started = Instant::now();
    while !holds(reader) {
        assert!(started.elapsed() < Duration::from_mins(1), "never: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn find(reader: &Reader, query: &str) -> Vec<u32> {
    let found = reader.search_rows(query, &AtomicBool::new(false)).unwrap();
    found.iter().flat_map(RowSet::iter).map(|position| position + 1).collect()
}

fn filled(folder: &Path) -> Store {
    let store = open(folder);
    let with = |number, received, summary: &str| {
        Upsert::Incident(IncidentRow {
            summary: Some(summary.to_owned()),
            address: Some("улица Чертыгашева".to_owned()),
            received: Timestamp(NOON + received),
            ..incident(number, u64::from(number))
        })
    };
    let all = vec![
        with(1, 30, "Прорвало трубы отопления"),
        with(2, 10, "Срубили ёлку во дворе"),
        with(3, 20, "Нет воды"),
        Upsert::Message(message(1, 3, 4, "Второй день труба сухая, звоните 8 913 444-55-66")),
        Upsert::Message(message(2, 2, 5, "Чылтыс ӌылы, iпек")),
    ];
    store.writer().apply(batch(None, "c1", false, all)).unwrap();
    store.wait_for_search();
    assert_eq!(store.reader().unwrap().searchable_count().unwrap(), 3);
    store
}

#[test]
fn words_are_found_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let reader = store.reader().unwrap();
    for (query, rows) in [
        ("труба", vec![1, 3]),
        ("ТРУБАМИ ", vec![1, 3]),
        ("тру", vec![1, 3]),
        ("труба вода", vec![3]),
        ("труба -вода", vec![1]),
        ("«второй день»", vec![3]),
        ("«день второй»", vec![]),
        ("елка", vec![2]),
        ("ёлки", vec![2]),
        // Forms that no rule reaches, whole and while they are typed.
        ("ждать", vec![]),
        ("прорвать", vec![1]),
        ("дня", vec![3]),
        ("дне", vec![3]),
        ("дн", vec![]),
        ("отопл", vec![1]),
        ("отоплению", vec![1]),
        ("«вторые дни»", vec![3]),
        ("чертыгашевой", vec![1, 2, 3]),
        ("чылы ипек", vec![2]),
        ("чертыгашева", vec![1, 2, 3]),
        ("i-2", vec![2]),
        ("№ i-3", vec![3]),
        ("913", vec![]),
        ("4445566", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(find(&reader, query), rows, "{query}");
    }
    assert_eq!(reader.search_ranked("вода труба", 5).unwrap(), [3]);
    // The first hits are the same, what was stored last first, and end when told to.
    for query in ["тру", "труба ", "чертыгашева", "нигдетакогонет", "i-2", "не "]
    {
        let mut first = Vec::new();
        let each = |position: u32| {
            first.insert(0, position + 1);
            ControlFlow::Continue(())
        };
        reader.each_found(query, &AtomicBool::new(false), each).unwrap();
        let is_id = query == "i-2";
        assert_eq!(first, if is_id { vec![] } else { find(&reader, query) }, "{query}");
    }
    let mut first = Vec::new();
    let each = |position: u32| {
        first.push(position);
        ControlFlow::Break(())
    };
    reader.each_found("труба", &AtomicBool::new(false), each).unwrap();
    assert_eq!(first, [2]);
}

#[test]
fn the_first_letters_of_a_word_leave_everything_in_place_unless_they_are_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let reader = store.reader().unwrap();
    let found = |query| {
        let rows = reader.search_rows(query, &AtomicBool::new(false)).unwrap();
        rows.map(|rows| rows.iter().map(|position| position + 1).collect::<Vec<_>>())
    };
    assert_eq!((found(""), found("не "), found("тр"), found("т")), (None, None, None, None));
    assert_eq!(found("тру"), Some(vec![1, 3]));
    // A word that is whole and nowhere, and one that is not there with a letter more.
    assert_eq!((found("тр "), found("трх")), (Some(vec![]), Some(vec![])));
    assert_eq!(found("труба в"), found("труба"));
    assert_eq!(found("№ i-1"), Some(vec![1]));
}

#[test]
fn the_index_follows_what_changes() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let reader = store.reader().unwrap();
    let changed = vec![
        Upsert::Incident(IncidentRow {
            summary: Some("Открыт люк".to_owned()), ..incident(1, 10)
        }),
        Upsert::Message(message(9, 2, 11, "и ещё труба")),
    ];
    let gone = Delete { kind: ObjectKind::Incident, id: "i-3".to_owned(), rev: 12 };
    let next = Batch { deletes: vec![gone], ..batch(Some("c1"), "c2", false, changed) };
    store.writer().apply(next).unwrap();
    wait_until(&reader, "followed", |reader| find(reader, "труба") == [2]);
    assert_eq!(find(&reader, "люк"), [1]);
    assert_eq!(find(&reader, "отопление"), [] as [u32; 0]);
}

#[test]
fn a_lost_or_damaged_index_is_built_again() {
    let folder = tempfile::tempdir().unwrap();
    drop(filled(folder.path()));
    let path = folder.path().join("search.db");
    for damage in [None, Some(b"no database at all".repeat(1000))] {
        std::fs::remove_file(&path).unwrap();
        if let Some(bytes) = damage {
            std::fs::write(&path, bytes).unwrap();
        }
        let store = open(folder.path());
        let reader = store.reader().unwrap();
        wait_until(&reader, "built again", |reader| find(reader, "труба") == [1, 3]);
    }
}

#[test]
fn an_index_made_by_other_rules_is_built_again() {
    let folder = tempfile::tempdir().unwrap();
    drop(filled(folder.path()));
    let index = rusqlite::Connection::open(folder.path().join("search.db")).unwrap();
    index
        .execute_batch(
            "INSERT INTO entry (entry) VALUES ('delete-all');
             INSERT INTO entry (rowid, stems) VALUES (1, 'труб'), (2, 'елк'), (3, 'вод');
             UPDATE meta SET value = rtrim(value, '0123456789') || '1' WHERE key = 'maker';",
        )
        .unwrap();
    drop(index);
    let store = open(folder.path());
    let reader = store.reader().unwrap();
    wait_until(&reader, "built again", |reader| find(reader, "день") == [3]);
    assert_eq!(find(&reader, "отопление"), [1]);
}

#[test]
fn what_the_screens_show_is_masked() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let reader = store.reader().unwrap();
    let details = reader.details(3).unwrap().unwrap();
    assert_eq!(details.row.id, "i-3");
    assert_eq!(details.messages[0].text, "Второй день труба сухая, звоните [телефон]");
    assert!(
        reader.unmasked_messages(3).unwrap().values().any(|text| text.contains("8 913 444-55-66"))
    );
    let rows = reader.list_rows(&[3, 99, 1]).unwrap();
    assert_eq!(rows.iter().map(|row| row.row_id).collect::<Vec<_>>(), [3, 1]);
    assert_eq!(rows[0].summary, "Нет воды");
    assert_eq!(reader.details(99).unwrap(), None);
    let health = reader.health().unwrap();
    assert_eq!((health.searchable, health.rows[0]), (3, ("incident", 3)));
}

const MANY: u32 = 50_000;

fn with_words(number: u32, rev: u64, summary: &str) -> Upsert {
    Upsert::Incident(IncidentRow { summary: Some(summary.to_owned()), ..incident(number, rev) })
}

/// Most of a first sync, up to the cursor `c2`; waits until as much of it is indexed
/// as may be while more is to come.
fn pull_many(store: &Store) {
    let all = (1..=MANY).map(|number| with_words(number, u64::from(number), "Нет воды")).collect();
    store.writer().apply(batch(None, "c1", true, all)).unwrap();
    let next = vec![
        with_words(MANY + 1, 60_001, "Открыт люк"),
        Upsert::Message(message(1, MANY + 1, 60_002, "ямы")),
    ];
    store.writer().apply(batch(Some("c1"), "c2", true, next)).unwrap();
    wait_until(&store.reader().unwrap(), "indexed beside the pull", |reader| {
        reader.searchable_count().unwrap() == u64::from(MANY)
    });
}

#[test]
fn what_a_power_cut_took_is_not_found_in_what_came_instead() {
    let folder = tempfile::tempdir().unwrap();
    let [file, copy] = ["pult.db", "copy"].map(|name| folder.path().join(name));
    drop(open(folder.path()));
    std::fs::copy(&file, &copy).unwrap();
    let store = open(folder.path());
    pull_many(&store);
    drop(store);
    // The disk had not got it yet.
    std::fs::rename(&copy, &file).unwrap();

    let store = open(folder.path());
    store.wait_for_search();
    let reader = store.reader().unwrap();
    assert_eq!(reader.searchable_count().unwrap(), 0);
    let instead = vec![with_words(1, 1, "Срубили ёлку")];
    store.writer().apply(batch(None, "c3", false, instead)).unwrap();
    store.wait_for_search();
    assert_eq!(reader.searchable_count().unwrap(), 1);
    assert_eq!(find(&reader, "ёлка"), [1]);
    assert_eq!(find(&reader, "вода"), [] as [u32; 0]);
}

#[test]
fn what_is_indexed_while_rows_still_come_is_right_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    pull_many(&store);

    // Killed between, what was handed over is remembered.
    drop(store);
    let store = open(folder.path());
    let reader = store.reader().unwrap();
    let late = vec![
        Upsert::Message(message(2, 1, 60_003, "прорвало трубу")),
        with_words(2, 60_004, "Срубили ёлку"),
    ];
    let gone = Delete { kind: ObjectKind::Incident, id: "i-3".to_owned(), rev: 60_005 };
    let last = Batch { deletes: vec![gone], ..batch(Some("c2"), "c3", false, late) };
    store.writer().apply(last).unwrap();
    store.wait_for_search();
    assert_eq!(reader.searchable_count().unwrap(), u64::from(MANY));
    assert_eq!(find(&reader, "труба"), [1]);
    assert_eq!(find(&reader, "ёлка"), [2]);
    assert_eq!(find(&reader, "яма люк"), [MANY + 1]);
    let without_water = reader.search_rows("вода", &AtomicBool::new(false)).unwrap().unwrap();
    assert_eq!(without_water.len(), MANY as usize - 2);
}

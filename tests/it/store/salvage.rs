//! Damaged files: moved aside, and what can be read is saved.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use super::*;
use pult::store::Reader;

const INCIDENTS: u32 = 3_000;

fn fill(folder: &Path) -> Vec<(u32, Row)> {
    let store = open(folder);
    store.writer().bind(installation("a", "1")).unwrap();
    let all = (1..=INCIDENTS)
        .flat_map(|n| {
            let rev = u64::from(n);
            [
                Upsert::Incident(incident(n, rev)),
                Upsert::Message(message(n, n, rev, "Нет воды который день")),
            ]
        })
        .collect();
    store.writer().apply(batch(None, "c1", false, all)).unwrap();
    rows(&store)
}

/// Writes past the program.
fn change(folder: &Path, sql: &str) {
    let connection = rusqlite::Connection::open(folder.join("pult.db")).unwrap();
    connection.execute(sql, []).unwrap();
}

fn asides(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains(".damaged-"))
        .filter(|path| path.extension().is_some_and(|end| end == "db"))
        .collect();
    found.sort();
    found
}

#[test]
fn a_zeroed_page_costs_the_rows_on_it_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let before = fill(folder.path());
    let path = folder.path().join("pult.db");
    let whole = fs::read(&path).unwrap();
    let pages = whole.len() / 8192;
    let mut saved_most = 0;
    // A page of leaves loses its rows; a page above them what hangs under it.
    for page in [pages / 4, pages / 3, pages / 2, pages * 2 / 3, pages * 4 / 5] {
        let mut bytes = whole.clone();
        bytes[page * 8192..(page + 1) * 8192].fill(0);
        fs::write(&path, bytes).unwrap();
        let store = open(folder.path());
        let [repair] = store.repairs() else { panic!("page {page}: {:?}", store.repairs()) };
        assert!(folder.path().join(&repair.moved_to).exists());
        let after = rows(&store);
        assert!(after.len() >= before.len() * 9 / 10, "page {page}: {}", after.len());
        assert!(after.iter().all(|row| before.contains(row)));
        saved_most = saved_most.max(after.len());
        let meta = store.reader().unwrap().meta().unwrap();
        assert_eq!(meta.cursor, None, "all is read again");
        assert_eq!(meta.anew, Some(Anew::NewEpoch));
        assert_eq!(meta.installation, Some(installation("a", "1")));
        let told = store.reader().unwrap().health().unwrap().repairs;
        let last = told.last().unwrap();
        assert_eq!((&last.repair, last.is_kept), (repair, true), "{told:?}");
    }
    assert_eq!(saved_most, before.len(), "no page beside the incidents was tried");
    assert_eq!(asides(folder.path()).len(), 5);
}

#[test]
fn flipped_bits_that_are_noticed_are_read_around() {
    let folder = tempfile::tempdir().unwrap();
    let before = fill(folder.path());
    let path = folder.path().join("pult.db");
    let mut bytes = fs::read(&path).unwrap();
    // The headers of pages, where SQLite notices.
    for page in (10..bytes.len() / 8192).step_by(40) {
        bytes[page * 8192] ^= 0x40;
    }
    fs::write(&path, bytes).unwrap();
    let store = open(folder.path());
    assert_eq!(store.repairs().len(), 1);
    let after = rows(&store).len();
    assert!(after > before.len() / 2 && after <= before.len(), "{after} of {}", before.len());
}

#[test]
fn what_is_no_database_is_kept_aside_and_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pult.db"), "this is not a database".repeat(1000)).unwrap();
    let store = open(folder.path());
    assert_eq!(store.repairs()[0].rows_saved, 0);
    let all = vec![Upsert::Incident(incident(1, 1))];
    assert_eq!(store.writer().apply(batch(None, "c1", false, all)).unwrap().written, 1);
    drop(store);
    let kept = fs::read(&asides(folder.path())[0]).unwrap();
    assert!(kept.starts_with(b"this is not a database"));
}

/// Whole pages of another database are rows that SQLite has nothing against.
#[test]
fn rows_with_impossible_values_are_left_out_when_they_are_met() {
    let event = "INSERT INTO event VALUES
        (9999, 9, 9, 9, 9, 3237800466, 0, 0, 0, 0, 'e', NULL, NULL, NULL)";
    let actor = "INSERT INTO actor VALUES (1099511627776, 'role', 'office')";
    for broken in [event, actor] {
        let folder = tempfile::tempdir().unwrap();
        fill(folder.path());
        let path = folder.path().join("pult.db");
        let file = rusqlite::Connection::open(&path).unwrap();
        file.execute_batch(broken).unwrap();
        file.execute("DELETE FROM meta WHERE key = 'past'", []).unwrap();
        drop(file);
        let store = open(folder.path());
        // What is met only where it is shown, the next start repairs.
        drop(store.reader().unwrap().vocabulary());
        drop(store);
        let store = open(folder.path());
        let kept = asides(folder.path());
        assert_eq!(kept.len(), 1, "{broken}");
        assert!(rows(&store).len() == INCIDENTS as usize, "{broken}");
        store.reader().unwrap().vocabulary().unwrap();
        let all = vec![Upsert::Incident(incident(1, 9))];
        assert_eq!(store.writer().apply(batch(None, "c1", false, all)).unwrap().written, 1);
    }
}

#[test]
fn a_salvaged_store_is_made_whole_by_reading_anew() {
    let folder = tempfile::tempdir().unwrap();
    let before = fill(folder.path());
    let path = folder.path().join("pult.db");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 8192 / 2;
    bytes[middle * 8192..(middle + 3) * 8192].fill(0);
    fs::write(&path, bytes).unwrap();
    let store = open(folder.path());
    let again = (1..=INCIDENTS).map(|n| Upsert::Incident(incident(n, u64::from(n)))).collect();
    store.writer().apply(batch(None, "c2", false, again)).unwrap();
    let mut after: Vec<_> = rows(&store).into_iter().map(|(_, row)| (row.x, row)).collect();
    after.sort_by_key(|(x, _)| *x);
    assert_eq!(after, before.iter().map(|(_, row)| (row.x, *row)).collect::<Vec<_>>());
    assert_eq!(store.reader().unwrap().counts().unwrap().messages, 0);
}

/// Beyond this a file is not checked when it is opened.
const LARGE_BYTES: u64 = 64 << 20;

/// A file of more than [`LARGE_BYTES`]; its rows.
fn fill_large(folder: &Path) -> Vec<(u32, Row)> {
    let store = open(folder);
    store.writer().bind(installation("a", "1")).unwrap();
    let long = "Нет воды. ".repeat(1_500);
    let all = (1..=INCIDENTS)
        .map(|n| {
            let summary = Some(long.clone());
            Upsert::Incident(IncidentRow { summary, ..incident(n, u64::from(n)) })
        })
        .collect();
    store.writer().apply(batch(None, "c1", false, all)).unwrap();
    let rows = rows(&store);
    drop(store);
    assert!(fs::metadata(folder.join("pult.db")).unwrap().len() > LARGE_BYTES);
    rows
}

/// Bytes of a page of the file, from 1.
fn page(number: u32) -> std::ops::Range<usize> {
    let to = number as usize * 8192;
    to - 8192..to
}

/// The root page of the table that the board is read from.
fn core_root(path: &Path) -> u32 {
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'incident_core'";
    rusqlite::Connection::open(path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn damage_in_a_large_file_is_repaired_once_it_was_met() {
    let folder = tempfile::tempdir().unwrap();
    let before = fill_large(folder.path());
    let path = folder.path().join("pult.db");
    let root = page(core_root(&path));
    let mut bytes = fs::read(&path).unwrap();
    // The second cell of the root leads to the page that is torn.
    let number = |bytes: &[u8], at: usize, length: usize| {
        bytes[at..at + length].iter().fold(0_u32, |n, byte| n << 8 | u32::from(*byte))
    };
    let cell = number(&bytes, root.start + 14, 2) as usize;
    let leaf = number(&bytes, root.start + cell, 4);
    bytes[page(leaf)].fill(0);
    fs::write(&path, bytes).unwrap();

    let store = open(folder.path());
    assert_eq!(store.repairs(), [], "nobody has looked yet");
    let met = store.reader().unwrap().load_rows(|_, _| {});
    assert!(matches!(met, Err(Error::Damaged)), "{met:?}");
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.repairs().len(), 1);
    let after = rows(&store);
    assert!(after.len() > before.len() * 9 / 10 && after.len() < before.len(), "{}", after.len());
    drop(store);
    assert_eq!(open(folder.path()).repairs(), [], "once is enough");
}

#[test]
fn a_large_file_that_cannot_even_be_begun_with_is_repaired_at_once() {
    let folder = tempfile::tempdir().unwrap();
    fill_large(folder.path());
    let path = folder.path().join("pult.db");
    let root = core_root(&path);
    let mut bytes = fs::read(&path).unwrap();
    bytes[page(root)].fill(0);
    fs::write(&path, bytes).unwrap();
    assert_eq!(open(folder.path()).repairs().len(), 1);
}

#[test]
fn a_value_that_no_column_can_hold_costs_its_row_only() {
    let folder = tempfile::tempdir().unwrap();
    let before = fill(folder.path());
    change(folder.path(), "UPDATE incident_core SET rating = 70000 WHERE row = 7");
    let met = open(folder.path()).reader().unwrap().load_rows(|_, _| {});
    assert!(matches!(met, Err(Error::Damaged)), "{met:?}");
    let store = open(folder.path());
    assert_eq!(store.repairs().len(), 1);
    let after = rows(&store);
    assert_eq!(after.len(), before.len() - 1);
    assert!(after.iter().all(|(id, _)| *id != 7));
}

#[test]
fn an_id_that_was_changed_on_the_disk_is_met_and_does_not_stand_in_its_own_way() {
    let folder = tempfile::tempdir().unwrap();
    let before = fill(folder.path());
    change(folder.path(), "UPDATE incident SET id = 'i-X' WHERE row = 7");
    change(folder.path(), "UPDATE message SET id_hash = id_hash + 1 WHERE row = 8");
    let newer = || vec![Upsert::Incident(incident(7, 90_000))];
    let store = open(folder.path());
    assert_eq!(store.repairs(), [], "SQLite sees nothing in it");
    let met = store.writer().apply(batch(Some("c1"), "c2", false, newer()));
    assert!(matches!(met, Err(Error::Damaged)), "{met:?}");
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.repairs().len(), 1);
    assert_eq!(rows(&store).len(), before.len() - 1);
    let messages = store.reader().unwrap().counts().unwrap().messages;
    assert_eq!(messages, u64::from(INCIDENTS) - 1);
    store.writer().apply(batch(None, "c1", true, newer())).unwrap();
    assert_eq!(rows(&store).len(), before.len());
}

#[test]
fn damage_of_the_texts_leaves_their_index_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    drop(fill(folder.path()));
    let found = |store: &Store| {
        store.wait_for_search();
        store.reader().unwrap().search_rows("вода", &AtomicBool::new(false)).unwrap().unwrap().len()
    };
    assert_eq!(found(&open(folder.path())), INCIDENTS as usize);
    // Only who brings the index up to date meets this.
    change(folder.path(), "INSERT INTO search_queue VALUES (1 << 40, 1)");
    let store = open(folder.path());
    // It lives on under a second name, and would not be the same file if it was made anew.
    let [index, same] = ["search.db", "same.db"].map(|name| folder.path().join(name));
    fs::hard_link(&index, &same).unwrap();
    assert_eq!(found(&store), INCIDENTS as usize);
    let number = |path: &Path| fs::metadata(path).unwrap().ino();
    assert_eq!(number(&index), number(&same), "a sound index was thrown away");
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.repairs().len(), 1, "nobody marked pult.db");
    assert_eq!(found(&store), INCIDENTS as usize);
    drop(store);
    assert_eq!(open(folder.path()).repairs(), [], "once is enough");
}

#[test]
fn a_damaged_text_index_is_built_again() {
    let folder = tempfile::tempdir().unwrap();
    drop(fill(folder.path()));
    let path = folder.path().join("search.db");
    let find = |reader: &Reader| reader.search_rows("вода", &AtomicBool::new(false));
    let wait = |store: &Store, what: &str| {
        search::wait_until(&store.reader().unwrap(), what, |reader| {
            find(reader)
                .is_ok_and(|found| found.is_some_and(|rows| rows.len() == INCIDENTS as usize))
        });
    };
    wait(&open(folder.path()), "built");
    let sound = fs::read(&path).unwrap();
    let pages = sound.len() / 8192;
    for page in [0, 1, pages / 3, pages / 2, pages - 1] {
        for is_living in [true, false] {
            let named = format!("page {page}, living {is_living}");
            let mut bytes = sound.clone();
            bytes[page * 8192..(page + 1) * 8192].fill(0xff);
            fs::write(&path, bytes).unwrap();
            let mut store = open(folder.path());
            // Whoever asks meets the damage, or it lies where nobody looks.
            drop(find(&store.reader().unwrap()));
            if is_living {
                let cursor = store.reader().unwrap().meta().unwrap().cursor.unwrap();
                let next = format!("{cursor}x");
                let changed = incident(5, 9_000 + next.len() as u64);
                let all = vec![Upsert::Incident(changed)];
                store.writer().apply(batch(Some(&cursor), &next, false, all)).unwrap();
            } else {
                drop(store);
                store = open(folder.path());
            }
            wait(&store, &named);
        }
    }
}

//! A repair that is cut short anywhere, and what is given up.

use super::*;

const BOTH: [Database; 2] = [Database::Outbox, Database::Pult];
const ROWS: usize = 2_000;

/// A folder with many rows in both files.
fn filled() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (outbox, _) = open(folder.path(), Database::Outbox, Durability::Full).unwrap();
    let (pult, _) = open(folder.path(), Database::Pult, Durability::Normal).unwrap();
    let rows =
        format!("WITH RECURSIVE n (k) AS (VALUES (1) UNION ALL SELECT k + 1 FROM n LIMIT {ROWS})");
    let command = "INSERT INTO command
        (seq, id, command, created_at, state, attempts, check_sum)
        SELECT k, 'c-' || k, hex(randomblob(300)), 0, 'queued', 0, 0 FROM n";
    outbox.execute_batch(&format!("{rows} {command}")).unwrap();
    let message = "INSERT INTO message (row, id_hash, rev, incident, received, source, id, text)
        SELECT k, id_hash('m-' || k), 1, k, 0, 0, 'm-' || k, hex(randomblob(300)) FROM n";
    identity::teach(&pult).unwrap();
    pult.execute_batch(&format!("{rows} {message}")).unwrap();
    folder
}

/// The same with a zeroed page in one of them, which was met.
fn damaged(database: Database) -> tempfile::TempDir {
    let folder = filled();
    let path = folder.path().join(database.file_name());
    let mut bytes = fs::read(&path).unwrap();
    let page = bytes.len() / 8192 / 2;
    bytes[page * 8192..(page + 1) * 8192].fill(0);
    fs::write(&path, bytes).unwrap();
    suspect(folder.path(), database);
    folder
}

/// Opens the file as a start does and reads its rows.
fn start(folder: &Path, database: Database) -> (Vec<(i64, String)>, Option<Repair>) {
    let (connection, repair) = open(folder, database, Durability::Full).unwrap();
    let sql = match database {
        Database::Outbox => "SELECT seq, command FROM command ORDER BY seq",
        _ => "SELECT row, text FROM message ORDER BY row",
    };
    let mut get = connection.prepare(sql).unwrap();
    let rows = get.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    (rows.map(|row| row.unwrap()).collect(), repair)
}

#[test]
fn what_is_given_up_is_kept_and_the_new_one_is_empty_and_bound_as_it_was() {
    let folder = filled();
    let folder = folder.path();
    let (pult, _) = open(folder, Database::Pult, Durability::Normal).unwrap();
    meta::set(&pult, "instance", "khakassia").unwrap();
    meta::set(&pult, meta::LEFT_OVER, "1").unwrap();
    drop(pult);
    give_up(folder, Database::Pult);
    let (rows, repair) = start(folder, Database::Pult);
    assert_eq!((rows.len(), repair.unwrap().rows_saved), (0, 0));
    let (pult, again) = open(folder, Database::Pult, Durability::Normal).unwrap();
    assert_eq!(again, None, "once is enough");
    assert_eq!(meta::get(&pult, "instance").unwrap().as_deref(), Some("khakassia"));
    assert!(meta::has_left_over(&pult).unwrap());
    let kept = asides(folder, Database::Pult).unwrap();
    let kept = Connection::open(folder.join(&kept[0])).unwrap();
    let rows: u32 = kept.query_row("SELECT count(*) FROM message", [], |row| row.get(0)).unwrap();
    assert_eq!(rows as usize, ROWS);
}

/// What a repair of that folder saves when nothing happens to it.
fn saved_without_trouble(folder: &Path, database: Database) -> Vec<(i64, String)> {
    let copy = tempfile::tempdir().unwrap();
    suspect(copy.path(), database);
    for name in [Database::Outbox, Database::Pult].map(Database::file_name) {
        fs::copy(folder.join(name), copy.path().join(name)).unwrap();
    }
    let (rows, repair) = start(copy.path(), database);
    assert!(repair.is_some_and(|repair| repair.gaps > 0));
    assert!(rows.len() > ROWS * 9 / 10 && rows.len() < ROWS, "{}", rows.len());
    rows
}

/// The repair was ended: once, told once, with the damaged file kept.
fn assert_ended(folder: &Path, database: Database, damaged: &[u8]) {
    let kept = asides(folder, database).unwrap();
    let [aside] = kept.as_slice() else { panic!("{kept:?}") };
    assert!(fs::read(folder.join(aside)).unwrap() == damaged, "not the damaged file");
    let told = noted(folder).unwrap();
    assert!(told.len() == 1 && told[0].repair.moved_to == *aside && told[0].is_kept, "{told:?}");
    assert_eq!(start(folder, database).1, None, "once is enough");
    let new = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(new.filter(|name| name.to_string_lossy().contains(".new")).count(), 0);
}

#[test]
fn a_repair_that_is_cut_short_while_it_fills_the_new_file_is_begun_again() {
    for (database, eighths) in BOTH.into_iter().flat_map(|it| [0, 4, 8].map(|n| (it, n))) {
        let folder = damaged(database);
        let folder = folder.path();
        let expected = saved_without_trouble(folder, database);
        let bytes = fs::read(folder.join(database.file_name())).unwrap();
        fill(folder, database, &free_aside(folder, database).unwrap()).unwrap();
        let new = unfinished(database);
        let whole = fs::read(folder.join(&new)).unwrap();
        fs::write(folder.join(&new), &whole[..whole.len() / 8 * eighths]).unwrap();
        for suffix in ["-journal", "-wal", "-shm"] {
            fs::write(folder.join(format!("{new}{suffix}")), b"left over").unwrap();
        }
        let (rows, repair) = start(folder, database);
        assert!(rows == expected, "{database:?} {eighths}: {} rows", rows.len());
        assert!(repair.is_some());
        assert_ended(folder, database, &bytes);
    }
}

#[test]
fn a_repair_that_is_cut_short_while_files_are_renamed_is_ended() {
    for (database, done) in BOTH.into_iter().flat_map(|it| (0..=5).map(move |n| (it, n))) {
        let folder = damaged(database);
        let folder = folder.path();
        let expected = saved_without_trouble(folder, database);
        let bytes = fs::read(folder.join(database.file_name())).unwrap();
        // Somebody who looks keeps the log and its index from being removed.
        let guest = open_reader(&folder.join(database.file_name())).unwrap();
        let aside = free_aside(folder, database).unwrap();
        fill(folder, database, &aside).unwrap();
        let decision = (unfinished(database), decided(&aside));
        for (from, to) in [decision].into_iter().chain(moves(database, &aside)).take(done) {
            assert!(folder.join(&from).exists(), "{from}");
            rename(folder, &from, &to).unwrap();
        }
        // It goes before the first file that is moved.
        if done > 1 {
            clear_suspicion(folder, database);
        }
        let (rows, repair) = start(folder, database);
        assert!(rows == expected, "{database:?} {done}: {} rows", rows.len());
        assert_eq!(repair.is_some(), done == 0, "{database:?} {done}");
        drop(guest);
        for beside in ["-wal", "-shm"].map(|suffix| folder.join(format!("{aside}{suffix}"))) {
            assert!(beside.exists(), "{done}: {beside:?}");
            fs::remove_file(beside).unwrap();
        }
        assert_ended(folder, database, &bytes);
    }
}

#[test]
fn a_repair_that_ends_in_an_error_leaves_everything_as_it_was() {
    let folder = damaged(Database::Pult);
    let folder = folder.path();
    let expected = saved_without_trouble(folder, Database::Pult);
    let bytes = fs::read(folder.join("pult.db")).unwrap();
    let outbox = Connection::open(folder.join("outbox.db")).unwrap();
    // The last step before it is decided.
    outbox.execute("ALTER TABLE repair RENAME TO away", []).unwrap();
    for _ in 0..2 {
        let error = open(folder, Database::Pult, Durability::Normal).unwrap_err();
        assert!(matches!(error, Error::Sqlite(_)), "{error}");
        assert!(fs::read(folder.join("pult.db")).unwrap() == bytes);
        assert!(is_suspect(folder, Database::Pult));
        assert!(!folder.join(unfinished(Database::Pult)).exists());
    }
    outbox.execute("ALTER TABLE away RENAME TO repair", []).unwrap();
    drop(outbox);
    assert!(start(folder, Database::Pult).0 == expected);
    assert_ended(folder, Database::Pult, &bytes);
}

#[test]
fn a_new_file_is_whole_without_a_log() {
    for database in BOTH {
        let folder = damaged(database);
        fill(folder.path(), database, "aside").unwrap();
        let new = unfinished(database);
        let entries = fs::read_dir(folder.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let of_new: Vec<_> = names.filter(|name| name.starts_with(&new)).collect();
        assert_eq!(of_new, [new]);
    }
}

#[test]
fn a_file_that_was_cut_off_gives_back_what_is_left() {
    for database in BOTH {
        for (is_half, rows_left) in [(false, ROWS * 9 / 10), (true, ROWS / 3)] {
            let folder = filled();
            let folder = folder.path();
            let path = folder.join(database.file_name());
            let bytes = fs::read(&path).unwrap();
            let pages = bytes.len() / 8192;
            let left = &bytes[..8192 * if is_half { pages / 2 } else { pages - 1 }];
            fs::write(&path, left).unwrap();
            let (rows, repair) = start(folder, database);
            assert!(rows.len() >= rows_left, "{database:?}: {} of {ROWS}", rows.len());
            assert_eq!(repair.unwrap().file, database.file_name());
            assert_ended(folder, database, left);
        }
    }
}

#[test]
fn what_is_still_to_be_wiped_is_not_forgotten() {
    let folder = damaged(Database::Pult);
    let pult = Connection::open(folder.path().join("pult.db")).unwrap();
    meta::set(&pult, meta::LEFT_OVER, "1").unwrap();
    drop(pult);
    let (pult, repair) = open(folder.path(), Database::Pult, Durability::Normal).unwrap();
    assert!(repair.is_some() && meta::has_left_over(&pult).unwrap());
}

#[test]
fn a_column_that_a_damaged_file_lacks_costs_no_rows() {
    let folder = filled();
    let folder = folder.path();
    let connection = Connection::open(folder.join("outbox.db")).unwrap();
    connection.execute("ALTER TABLE command DROP COLUMN replaces", []).unwrap();
    drop(connection);
    suspect(folder, Database::Outbox);
    assert_eq!(start(folder, Database::Outbox).0.len(), ROWS);
}

#[test]
fn a_full_disk_takes_what_was_kept_of_the_server_s_data_and_nothing_of_the_office_s() {
    for database in [Database::Pult, Database::Outbox] {
        let folder = damaged(database);
        let folder = folder.path();
        let (_, repair) = start(folder, database);
        assert!(repair.is_some());
        let kept = asides(folder, database).unwrap();
        assert!(!kept.is_empty());
        let largest = fs::metadata(folder.join(database.file_name())).unwrap().len() / 2;
        assert!(kept_bytes(folder, database) > largest);
        let is_removed = remove_older(folder, database);
        assert_eq!(is_removed, database == Database::Pult);
        assert_eq!(asides(folder, database).unwrap(), if is_removed { vec![] } else { kept });
        assert!(!remove_older(folder, database), "nothing is left to remove");
        assert_eq!(noted(folder).unwrap()[0].is_kept, !is_removed);
    }
}

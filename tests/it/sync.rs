//! Synchronising with the reference server over real HTTP: what is stored at
//! the end is what the server has, whatever happened on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use pult::board::{ChangeSet, Row};
use pult::domain::Timestamp;
use pult::server::{RunningServer, Server, ServerOptions};
use pult::sync::engine::{SyncEngine, sync_once};
use pult::sync::http::{HttpApi, HttpConfig};
use pult::sync::protocol::{Info, Limits};
use pult::sync::status::Phase;

use crate::fake_api::{Desk, NOW_SECS, config};

const INCIDENTS: u64 = 3_000;

fn options() -> ServerOptions {
    ServerOptions {
        incidents: INCIDENTS,
        frozen: true,
        limits: Limits { page_lines: 700, ..Limits::default() },
        ..ServerOptions::new(|| Timestamp(NOW_SECS as u32))
    }
    .with_token("secret-token")
}

/// A life needs a clock that goes.
fn real_clock() -> Timestamp {
    let since_1970 = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    Timestamp(since_1970.as_secs() as u32)
}

fn start(options: ServerOptions) -> (RunningServer, String) {
    let server = Server::start(options).unwrap();
    let url = format!("http://{}", server.addr());
    (server, url)
}

fn info(url: &str) -> Info {
    use pult::sync::api::FeedbackApi as _;
    let api = pult::sync::http::HttpApi::new(&config(url), crate::fake_api::clock()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(api.info()).unwrap()
}

fn rows(desk: &Desk) -> BTreeMap<u32, Row> {
    let mut rows = BTreeMap::new();
    desk.reader().load_rows(|row_id, row| assert_eq!(rows.insert(row_id, row), None)).unwrap();
    rows
}

fn assert_has_all(desk: &Desk, url: &str) {
    assert_has_all_and(desk, url, 0);
}

/// `more` incidents stand here that the server does not count.
fn assert_has_all_and(desk: &Desk, url: &str, more: u64) {
    let (announced, stored) = (info(url).counts, desk.reader().counts().unwrap());
    let kind = |kind: &str| announced.get(kind).copied().unwrap_or(0);
    assert_eq!(
        (stored.incidents, stored.messages, stored.events),
        (kind("incident") + more, kind("message"), kind("event"))
    );
}

#[test]
fn a_first_sync_brings_all_that_the_server_counts_and_a_second_one_nothing() {
    let (_server, url) = start(options());
    let desk = Desk::new();
    let changes = desk.sync(&url).unwrap();
    assert_has_all(&desk, &url);
    assert_eq!(desk.incidents(), INCIDENTS);
    let told: BTreeSet<u32> = changes.changes.iter().map(|change| change.row_id).collect();
    assert_eq!(told, rows(&desk).into_keys().collect());
    let status = desk.status.get();
    assert_eq!((status.phase, status.skipped.len()), (Phase::UpToDate, 0));
    assert_eq!(status.lines_stored, info(&url).counts.values().sum::<u64>());
    let before = status.lines_stored;
    assert_eq!(desk.sync(&url).unwrap(), ChangeSet::default());
    assert_eq!(desk.status.get().lines_stored, before);
}

/// Synchronises by engines that are dropped after random stretches of time,
/// until one has reached the head.
fn sync_in_pieces(desk: &Desk, url: &str, seed: u64) -> u32 {
    let begin = Instant::now();
    let mut random = seed;
    for piece in 1.. {
        let (parts, _changes) = desk.parts();
        let engine = SyncEngine::start(&config(url), parts).unwrap();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let stretch = Duration::from_millis(5 + (random >> 33) % 120);
        std::thread::sleep(stretch);
        let is_done = desk.status.get().phase == Phase::UpToDate;
        drop(engine);
        if is_done {
            return piece;
        }
        assert!(begin.elapsed() < Duration::from_mins(2), "no progress");
    }
    unreachable!("pieces are not counted to the end")
}

#[test]
fn a_sync_that_is_stopped_again_and_again_ends_with_the_same_rows() {
    let (server, url) = start(options());
    let straight = Desk::new();
    straight.sync(&url).unwrap();
    for (seed, faults) in [(1, vec![]), (7, vec!["cut:4"]), (42, vec!["cut:3", "500:5"])] {
        let faults: Vec<_> = faults.iter().map(|fault| fault.parse().unwrap()).collect();
        server.set_faults(&faults);
        let desk = Desk::new();
        let pieces = sync_in_pieces(&desk, &url, seed);
        server.set_faults(&[]);
        assert!(pieces > 1, "seed {seed} was never stopped");
        assert_has_all(&desk, &url);
        assert!(rows(&desk) == rows(&straight), "seed {seed}: other rows than straight");
    }
}

#[test]
fn after_every_fault_the_sync_makes_progress_again() {
    let (server, url) = start(options());
    for fault in ["cut:2", "html:3", "500:2", "503:3", "429:3", "bad-lines:1", "expire-cursors:4"] {
        let desk = Desk::new();
        server.set_faults(&[fault.parse().unwrap()]);
        let (parts, _changes) = desk.parts();
        let engine = SyncEngine::start(&config(&url), parts).unwrap();
        let begin = Instant::now();
        // The fault has struck: something was told of it.
        while desk.status.get().failures == 0
            && desk.status.get().skipped.is_empty()
            && begin.elapsed() < Duration::from_secs(2)
        {
            std::thread::sleep(Duration::from_millis(2));
        }
        server.set_faults(&[]);
        engine.nudge().sync_now();
        while desk.status.get().phase != Phase::UpToDate {
            let status = desk.status.get();
            assert!(begin.elapsed() < Duration::from_secs(30), "{fault}: stuck at {status:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
        drop(engine);
        // One of the bad lines is a good incident but for its latitude, NaN:
        // it is kept without a place.
        let is_mended = desk.skipped("place-not-a-number") > 0;
        assert_eq!(is_mended, fault.starts_with("bad-lines"), "{fault}");
        assert_has_all_and(&desk, &url, u64::from(is_mended));
    }
}

#[test]
fn a_link_that_breaks_again_and_again_is_no_failure_in_a_row() {
    let limits = Limits { page_lines: 5_000, ..Limits::default() };
    let (server, url) = start(ServerOptions { limits, ..options() });
    // Who it is, one page, and an error.
    server.set_faults(&["500:3".parse().unwrap()]);
    let desk = Desk::new();
    let (parts, _changes) = desk.parts();
    let api = HttpApi::new(&config(&url), crate::fake_api::clock()).unwrap();
    sync_once(api, parts, 2).unwrap();
    server.set_faults(&[]);
    assert_has_all(&desk, &url);
}

#[test]
fn nothing_personal_that_was_planted_is_shown() {
    let (server, url) = start(options());
    let desk = Desk::new();
    desk.sync(&url).unwrap();
    let planted = &server.truth().unwrap().planted;
    let kinds: BTreeSet<&str> = planted.listed.iter().map(|planted| planted.kind).collect();
    assert_eq!(kinds.len(), 4);
    use std::fmt::Write as _;
    let reader = desk.reader();
    let (mut shown, mut stored) = (String::new(), String::new());
    for row_id in rows(&desk).into_keys() {
        writeln!(shown, "{:?}", reader.details(row_id).unwrap().unwrap()).unwrap();
        stored.extend(reader.unmasked_messages(row_id).unwrap().into_values());
    }
    for planted in &planted.listed {
        assert!(stored.contains(&planted.text), "{planted:?} did not come");
        assert!(!shown.contains(&planted.text), "{planted:?} is shown");
    }
}

#[test]
fn a_wall_token_brings_no_messages() {
    let (_server, url) =
        start(ServerOptions { tokens: Vec::new(), ..options() }.with_wall_token("secret-token"));
    let desk = Desk::new();
    desk.sync(&url).unwrap();
    let counts = desk.reader().counts().unwrap();
    assert_eq!((counts.incidents, counts.messages), (INCIDENTS, 0));
    assert_eq!(desk.status.get().scope, Some("wall"));
}

/// Names of the files of a folder in which a text stands, in whatever row or
/// free page.
fn files_with(folder: &std::path::Path, text: &str) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let has = |file: &std::fs::DirEntry| {
        memchr::memmem::find(&std::fs::read(file.path()).unwrap(), text.as_bytes()).is_some()
    };
    names.filter(has).map(|file| file.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_token_that_lost_its_scope_leaves_nothing_personal_on_the_disk() {
    let (server, url) = start(options().with_wall_token("wall-token"));
    let desk = Desk::new();
    desk.sync(&url).unwrap();
    let reader = desk.reader();
    let begin = Instant::now();
    while reader.searchable_count().unwrap() < INCIDENTS {
        assert!(begin.elapsed() < Duration::from_mins(1), "never indexed");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(!reader.search_rows("отопление", &AtomicBool::new(false)).unwrap().unwrap().is_empty());
    drop(reader);
    let planted = server.truth().unwrap().planted.listed[0].text.clone();
    assert!(!files_with(desk.folder.path(), &planted).is_empty());

    let (parts, _changes) = desk.parts();
    let config = HttpConfig { token: "wall-token".to_owned(), ..config(&url) };
    sync_once(HttpApi::new(&config, crate::fake_api::clock()).unwrap(), parts, 1).unwrap();
    let reader = desk.reader();
    assert_eq!(reader.counts().unwrap().messages, 0);
    for row_id in rows(&desk).into_keys() {
        let shown = reader.details(row_id).unwrap().unwrap();
        let row = &shown.row;
        assert_eq!((&*row.summary, &*shown.address, &*shown.assignee), ("", "", ""));
        assert!(shown.events.iter().all(|event| {
            event.reason.is_empty() && event.text.is_empty() && event.office.is_empty()
        }));
    }
    let found = reader.search_rows("отопление", &AtomicBool::new(false)).unwrap().unwrap();
    assert!(found.is_empty(), "the text index may be behind, but not ahead");
    drop(reader);
    let Desk { store, folder, .. } = desk;
    drop(store);
    for text in [&*planted, "Дежурный ЦУР, пост", "Адрес: ", "ул. ", "Холодные батареи: "]
    {
        assert_eq!(files_with(folder.path(), text), [""; 0], "{text}");
    }
}

#[test]
fn a_living_server_is_followed_through_its_stream() {
    let living = ServerOptions { frozen: false, rate: 20_000.0, clock: real_clock, ..options() };
    let (server, url) = start(living);
    let desk = Desk::new();
    let (mut parts, received) = desk.parts();
    parts.poll_secs = 3_600;
    let engine = SyncEngine::start(&config(&url), parts).unwrap();
    let begin = Instant::now();
    let mut seen: ChangeSet = ChangeSet::default();
    // Twenty more must come after the stream stands.
    let mut enough = u64::MAX;
    while desk.incidents() < enough {
        if enough == u64::MAX && desk.status.get().streaming {
            enough = desk.incidents() + 20;
        }
        assert!(begin.elapsed() < Duration::from_mins(1), "{:?}", desk.status.get());
        match received.recv_timeout(Duration::from_millis(50)) {
            Ok(set) => seen.changes.extend(set.changes),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => panic!("the engine is gone"),
        }
    }
    drop(engine);
    drop(server);
    for set in received {
        seen.changes.extend(set.changes);
    }
    // The changes alone lead to the same rows as the store.
    let mut followed = BTreeMap::new();
    for change in seen.changes {
        match change.row {
            Some(row) => followed.insert(change.row_id, row),
            None => followed.remove(&change.row_id),
        };
    }
    assert!(followed == rows(&desk), "board and store disagree");
}

#[test]
fn a_server_that_began_anew_is_read_anew() {
    let folder = tempfile::tempdir().unwrap();
    let kept = || ServerOptions { data_dir: Some(folder.path().to_owned()), ..options() };
    let desk = Desk::new();
    let (server, url) = start(kept());
    desk.sync(&url).unwrap();
    let epoch = info(&url).epoch;
    server.shutdown();
    // Without its mark the file is taken for one that was copied back.
    std::fs::remove_file(folder.path().join("server.mark")).unwrap();
    let (_server, url) = start(kept());
    assert_ne!(info(&url).epoch, epoch);
    desk.sync(&url).unwrap();
    assert!(desk.status.get().epoch_changed);
    assert_has_all(&desk, &url);
    assert_eq!(desk.reader().meta().unwrap().anew, None);
}

//! The program as scripts run it, beside a desk that holds the data folder.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use pult::domain::catalogue::Catalogue;
use pult::server::{RunningServer, Server, ServerOptions};
use pult::store::Store;
use serde_json::Value;

pub(crate) const TOKEN: &str = "cli-token";
const INCIDENTS: u64 = 1_500;

fn frozen() -> RunningServer {
    let options = ServerOptions {
        incidents: INCIDENTS,
        frozen: true,
        ..ServerOptions::new(pult::app::clock::now).with_token(TOKEN)
    };
    Server::start(options).unwrap()
}

/// Runs the program in a data folder and waits for its end.
pub(crate) fn pult(folder: &Path, line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pult"))
        .args(line.split_whitespace())
        .arg("--data-dir")
        .arg(folder)
        .arg("--config")
        .arg(folder.join("pult.toml"))
        .env("PULT_TOKEN", TOKEN)
        .output()
        .unwrap()
}

fn stats(folder: &Path, filter: &str) -> Value {
    let output = pult(folder, &format!("stats --json {filter}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The one sentence of a command that failed.
fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    let last = said.lines().last().unwrap_or_default().to_owned();
    assert!(last.starts_with("pult: "), "{said}");
    last
}

/// A folder with everything of a server in it.
fn synced() -> (RunningServer, tempfile::TempDir) {
    let (server, folder) = (frozen(), tempfile::tempdir().unwrap());
    let line = format!("sync --once --server http://{}", server.addr());
    let output = pult(folder.path(), &line);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (server, folder)
}

#[test]
fn figures_and_pictures_are_had_beside_a_running_desk_and_a_second_sync_is_not() {
    let (server, folder) = synced();
    let alone = stats(folder.path(), "");
    assert_eq!(alone["total"], INCIDENTS);

    let held = Store::open(folder.path(), &Catalogue::embedded()).unwrap();
    let beside = stats(folder.path(), "");
    assert_eq!(beside["by_municipality"], alone["by_municipality"]);
    assert_eq!(beside["total"], INCIDENTS);
    let picture = folder.path().join("picture.png");
    let line = format!("render --scene kpi --size 640x480 --out {}", picture.display());
    let output = pult(folder.path(), &line);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(image::open(&picture).unwrap().width() == 640);
    let line = format!("sync --once --server http://{}", server.addr());
    let sentence = refusal(&pult(folder.path(), &line));
    assert!(sentence.contains("in use by another running program"), "{sentence}");
    drop(held);
    assert!(pult(folder.path(), &line).status.success(), "looking left no lock behind");
}

#[test]
fn a_damaged_copy_is_told_at_once_and_looking_changes_nothing() {
    let (_server, folder) = synced();
    let path = folder.path().join("pult.db");
    let mut bytes = std::fs::read(&path).unwrap();
    // All but the first pages, which name the tables.
    bytes[20 * 8192..].fill(0x5a);
    std::fs::write(&path, &bytes).unwrap();
    let line = format!(
        "render --scene kpi --size 640x480 --out {}",
        folder.path().join("none.png").display()
    );
    for line in [&*line, "stats --json"] {
        let sentence = refusal(&pult(folder.path(), line));
        assert!(sentence.contains("damaged"), "{line}: {sentence}");
    }
    assert!(std::fs::read(&path).unwrap() == bytes);
}

#[test]
fn a_filter_narrows_the_figures_as_it_does_the_panels() {
    let (_server, folder) = synced();
    let all = stats(folder.path(), "");
    for (flag, list, key) in [
        ("--block zhkh", "by_block", "zhkh"),
        ("--municipality 95701000", "by_municipality", "95701000"),
        ("--source vk", "by_source", "vk"),
        ("--status new", "by_status", "new"),
    ] {
        let narrowed = stats(folder.path(), flag);
        assert_eq!(narrowed["total"], all[list][key], "{flag}");
        assert!(narrowed["total"].as_u64().unwrap() < INCIDENTS, "{flag}");
    }
    assert_eq!(
        stats(folder.path(), "--municipality Абакан")["total"],
        all["by_municipality"]["95701000"]
    );
    assert_eq!(stats(folder.path(), "--unplaced")["total"], all["without_coordinates"]);
    assert_eq!(stats(folder.path(), "--overdue")["total"], all["overdue"]);
    let week = stats(folder.path(), "--period week");
    assert_eq!(week["panels"]["chosen"], all["panels"]["week"]);
    assert!(week["total"].as_u64() < all["total"].as_u64());
    let both = stats(folder.path(), "--block zhkh --municipality 95701000");
    let of_block = stats(folder.path(), "--block zhkh");
    assert_eq!(both["total"], of_block["by_municipality"]["95701000"]);
}

#[test]
fn words_narrow_the_figures_once_they_are_indexed() {
    let (_server, folder) = synced();
    let held = Store::open(folder.path(), &Catalogue::embedded()).unwrap();
    let reader = held.reader().unwrap();
    let patience = Instant::now() + Duration::from_mins(1);
    while reader.health().unwrap().searchable < INCIDENTS {
        assert!(Instant::now() < patience, "the index was not built");
        std::thread::sleep(Duration::from_millis(20));
    }
    let found = stats(folder.path(), "--text теплотрасса")["total"].as_u64().unwrap();
    assert!(found > 0 && found < INCIDENTS, "{found}");
    assert_eq!(stats(folder.path(), "--text абракадабра")["total"], 0);
}

#[test]
fn a_wrong_word_of_a_filter_is_told_and_nothing_is_printed() {
    let (_server, folder) = synced();
    let output = pult(folder.path(), "stats --json --settlement Atlantis");
    assert!(refusal(&output).contains("Atlantis") && output.stdout.is_empty());
    for (filter, said) in [
        ("--block space", "zhkh"),
        ("--municipality 12345678", "12345678"),
        ("--from 2026-11-30 --to 2026-11-01", "lies before"),
    ] {
        let output = pult(folder.path(), &format!("stats --json {filter}"));
        assert_eq!(output.status.code(), Some(2), "wrong use: {filter}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{filter}");
        assert!(output.stdout.is_empty());
    }
    let nowhere = folder.path().join("no-such-folder");
    let output = pult(&nowhere, "stats --json");
    assert!(refusal(&output).contains("nothing was ever stored"));
    assert!(!nowhere.exists(), "who only looks makes nothing");
}

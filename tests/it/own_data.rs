//! Data files of the office's own, from the folder to what a person sees.

use std::fs;
use std::task::Waker;

use pult::app::clock::Ticker;
use pult::app::{Desk, DeskOptions};
use pult::config::Settings;
use pult::config::own_data::OwnData;
use pult::domain::catalogue::Parts;
use pult::domain::{Block, Language};

use super::cli::pult;

/// The folder of an office that renamed a sector and made a mistake in the rules.
fn office() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let blocks = Parts::EMBEDDED.blocks.text;
    assert!(blocks.contains("ru_short = \"ЖКХ\""));
    let renamed = blocks.replace("ru_short = \"ЖКХ\"", "ru_short = \"Дома\"");
    fs::write(data.join("blocks.toml"), renamed).unwrap();
    let policies = Parts::EMBEDDED.policies.text.replacen("mark = \"V\"", "mark = \"W\"", 1);
    fs::write(data.join("policies.toml"), policies).unwrap();
    folder
}

fn desk_of(folder: &tempfile::TempDir) -> Desk {
    let options = DeskOptions {
        data_dir: folder.path().join("store"),
        settings: Settings::default(),
        settings_path: None,
        online: false,
        token: None,
        waker: Waker::noop().clone(),
        data: OwnData::read(&folder.path().join("data")),
    };
    Desk::open(options, Ticker::start().moment()).unwrap()
}

#[test]
fn a_year_without_a_calendar_is_said_at_the_desk_and_by_the_doctor() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let all = Parts::EMBEDDED.work_calendar.text;
    let second = all.match_indices("[[year]]").nth(1).unwrap().0;
    fs::write(data.join("work_calendar.toml"), &all[..second]).unwrap();
    let desk = desk_of(&folder);
    let said = desk.state().notices.iter().find(|notice| notice.text == "notice-no-calendar");
    let year = said.expect("only 2023 is known").detail.clone();
    drop(desk);
    let output = pult(folder.path(), "doctor");
    let doctor = String::from_utf8_lossy(&output.stdout);
    let is_told = |line: &str| line.starts_with("warn") && line.contains(&year);
    assert!(doctor.lines().any(is_told), "{year}: {doctor}");
}

#[test]
fn a_desk_goes_by_them_and_says_which_it_refused() {
    let folder = office();
    let desk = desk_of(&folder);
    let state = desk.state();
    assert_eq!(state.catalogue.block(Block::Housing).short(Language::Ru), "Дома");
    assert_eq!(state.own_files.used, ["blocks.toml"]);
    let said: Vec<&str> = state
        .notices
        .iter()
        .filter(|notice| notice.text == "notice-data-file")
        .map(|notice| notice.detail.as_str())
        .collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("policies.toml, line "), "{said:?}");
}

#[test]
fn the_doctor_names_file_and_line() {
    let folder = office();
    let output = pult(folder.path(), "doctor");
    let said = String::from_utf8_lossy(&output.stdout);
    let line = |mark: &str, words: &str| {
        said.lines().any(|line| line.starts_with(mark) && line.contains(words))
    };
    assert!(line("ok", "your own: blocks.toml"), "{said}");
    assert!(line("warn", "policies.toml, line "), "{said}");
}

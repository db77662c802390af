//! Who has what open.

use std::time::{Duration, Instant};

use pult::app::triage::TriageCommand;
use pult::app::{Command, State};
use pult::sync::api::FeedbackApi;
use pult::sync::protocol::{Lease, LeaseRequest};
use pult::sync::status::Phase;
use tokio::runtime::Runtime;

use egui_kittest::kittest::Queryable as _;

use super::window::{OTHER_OFFICE, Window, open_row, other, server};

const HERE: &str = "Дежурный ЦУР (рабочее место)";

fn wish(incident: &str, ttl_secs: u32) -> LeaseRequest {
    LeaseRequest { incident: incident.to_owned(), ttl_secs }
}

fn open_id(state: &State) -> String {
    open_row(state).unwrap().id.clone()
}

/// Waits for what the other office sees.
fn wait_for(window: &mut Window, mut list: impl FnMut() -> Vec<Lease>, expected: &[&str]) {
    let patience = Instant::now() + Duration::from_secs(30);
    loop {
        window.step();
        let seen = list();
        if seen.iter().map(|lease| lease.incident.as_str()).eq(expected.iter().copied()) {
            assert!(seen.iter().all(|lease| lease.holder == HERE && !lease.yours));
            return;
        }
        assert!(Instant::now() < patience, "{seen:?}, not {expected:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_is_open_in_the_card_is_told_to_others_and_given_back_when_left() {
    let (server, folder) = (server(), tempfile::tempdir().unwrap());
    let (other, runtime) = (other(&server), Runtime::new().unwrap());
    let mut window = Window::online(folder.path(), &server);
    let list = || runtime.block_on(other.leases()).unwrap();

    let first = open_id(window.state());
    wait_for(&mut window, list, &[&first]);
    window.apply(Command::Triage(TriageCommand::Move(1)));
    window.wait("the next card", |state| open_row(state).is_some_and(|row| row.id != first));
    let second = open_id(window.state());
    wait_for(&mut window, list, &[&second]);
    assert!(!window.says("открыто:"), "one's own is nobody else's");
    // Another view: nothing is open here.
    window.apply(Command::Show(pult::app::state::View::Situation));
    wait_for(&mut window, list, &[]);
}

#[test]
fn what_others_have_open_is_shown_until_it_runs_out_and_never_without_the_server() {
    let (server, folder) = (server(), tempfile::tempdir().unwrap());
    let (other, runtime) = (other(&server), Runtime::new().unwrap());
    let mut window = Window::online(folder.path(), &server);
    let ask = |incident: &str, ttl_secs| {
        assert!(runtime.block_on(other.lease(&wish(incident, ttl_secs))).unwrap().yours);
    };
    let below = window.state().triage.rows[1].id.clone();
    let words = format!("открыто: {OTHER_OFFICE}");
    assert!(!window.says(&words));

    // Of a row, from the stream; nobody tells that it runs out.
    ask(&below, 7);
    window.wait("the lease", |state| state.leases.office(&below) == Some(OTHER_OFFICE));
    assert!(window.says(&words));
    assert!(window.state().leases.next_end().is_some());
    window.wait("its end", |state| state.leases.office(&below).is_none());
    assert!(!window.says(&words));

    // Of the open card, too: whoever comes second is told.
    ask(&below, 60);
    window.apply(Command::Triage(TriageCommand::Move(1)));
    window.wait("the card", |state| open_row(state).is_some_and(|row| row.id == below));
    window.wait("the lease", |state| state.leases.office(&below).is_some());
    let labels = window.harness().query_all_by_label_contains(&words).count();
    assert!(labels >= 2, "row and card: {labels}");

    drop(server);
    window.wait("being offline", |state| matches!(state.sync.phase, Phase::Offline { .. }));
    window.wait("nothing known", |state| state.leases.office(&below).is_none());
    assert!(!window.says(&words));
    assert!(window.state().notices.is_empty(), "{:?}", window.state().notices);
}

//! Calls of the desktop: decided by the desk, shown by a service that this test
//! plays on a bus of its own.

use std::collections::HashMap;
use std::process::Command as Process;
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};

use pult::app::alerts::{Cause, Notifier};
use pult::app::triage::TriageCommand;
use pult::app::{Command, State};
use pult::board::queue::Section;
use pult::board::row::flags;
use pult::config::alerts::Alerts;
use pult::domain::{Action, Status};
use pult::store::details::ListRow;
use pult::ui::notify::{Caller, Words};
use zbus::zvariant::OwnedValue;

use super::window::{Window, server};

#[test]
fn an_urgent_incident_that_comes_in_is_called_for_once_and_only_where_wanted() {
    let (server, folder) = (server(), tempfile::tempdir().unwrap());
    let mut window = Window::online(folder.path(), &server);
    let call = |window: &mut Window| window.harness().state_mut().desk.take_alert();
    window.apply(Command::Triage(TriageCommand::Show(Section::New)));
    let is_new = |row: &ListRow| row.status == Status::New.index();
    window.wait("what is new", |state| {
        state.triage.rows.len() > 2 && state.triage.rows.iter().all(is_new)
    });
    let is_calm = |row: &&ListRow| row.flags & flags::PRIORITY_URGENT == 0;
    let calm: Vec<u32> =
        window.state().triage.rows.iter().filter(is_calm).map(|row| row.row_id).collect();
    let make_urgent =
        |row_id| Command::Act { rows: vec![row_id], action: Action::Prioritise { priority: 2 } };
    let is_urgent = |state: &State, row_id| {
        let mut rows = state.triage.rows.iter();
        rows.any(|row| row.row_id == row_id && row.flags & flags::PRIORITY_URGENT != 0)
    };
    // Quiet by default.
    window.apply(make_urgent(calm[0]));
    window.wait("the priority", |state| is_urgent(state, calm[0]));
    assert_eq!(call(&mut window), None);

    window.apply(Command::SetAlerts(Alerts { notifications: true, ..Alerts::default() }));
    // What is there already is no news.
    let patience = Instant::now() + Duration::from_secs(6);
    while Instant::now() < patience {
        window.step();
        assert_eq!(call(&mut window), None);
    }
    window.apply(make_urgent(calm[1]));
    let patience = Instant::now() + Duration::from_mins(1);
    let alert = loop {
        window.step();
        if let Some(alert) = call(&mut window) {
            break alert;
        }
        assert!(Instant::now() < patience, "nobody was called");
        std::thread::sleep(Duration::from_millis(5));
    };
    assert_eq!(alert.cause, Cause::NewUrgent(calm[1]));
    assert!(alert.about.is_some() && !alert.sound, "{alert:?}");
}

/// Where this test runs itself again, under a bus.
const UNDER_BUS: &str = "PULT_TEST_UNDER_BUS";

/// What a desktop was asked to show.
struct Shown {
    app_name: String,
    /// Of an earlier one that it stands in for.
    replaces: u32,
    icon: String,
    summary: String,
    body: String,
    actions: Vec<String>,
    hints: HashMap<String, OwnedValue>,
    timeout_ms: i32,
}

/// A desktop's service that tells what it was asked.
struct Service(Sender<Shown>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[expect(clippy::too_many_arguments, reason = "the specification has as many")]
    fn notify(
        &self,
        app_name: String,
        replaces: u32,
        icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        timeout_ms: i32,
    ) -> u32 {
        let shown = Shown { app_name, replaces, icon, summary, body, actions, hints, timeout_ms };
        self.0.send(shown).unwrap();
        1
    }
}

#[test]
fn the_desktop_shows_what_it_is_asked_for_and_a_missing_service_is_only_told() {
    if std::env::var_os(UNDER_BUS).is_some() {
        under_bus();
        return;
    }
    let me = std::env::current_exe().unwrap();
    let name =
        "queue::alerts::the_desktop_shows_what_it_is_asked_for_and_a_missing_service_is_only_told";
    let run = Process::new("dbus-run-session")
        .arg("--")
        .arg(me)
        .args(["--exact", name, "--nocapture"])
        .env(UNDER_BUS, "1")
        .output();
    match run {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{said}");
            assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
        }
        Err(error) => {
            assert!(std::env::var_os("PULT_NO_SKIP").is_none(), "no dbus-run-session: {error}");
            eprintln!("not run: there is no dbus-run-session: {error}");
        }
    }
}

fn under_bus() {
    let caller = Caller::start("Пульт ЦУР".to_owned(), || {}).unwrap();
    let words =
        |sound| Words {
            title: "Скоро срок".to_owned(), body: "Снег · Абакан".to_owned(), sound
        };
    let said = || {
        let patience = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(said) = caller.take() {
                return said;
            }
            assert!(Instant::now() < patience, "the thread says nothing");
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    caller.call(words(false));
    assert!(matches!(said(), Notifier::Missing(_)), "nobody shows notifications yet");

    let (shown, seen) = mpsc::channel();
    let _service = zbus::blocking::connection::Builder::session()
        .unwrap()
        .name("org.freedesktop.Notifications")
        .unwrap()
        .serve_at("/org/freedesktop/Notifications", Service(shown))
        .unwrap()
        .build()
        .unwrap();
    for wanted in [false, true] {
        caller.call(words(wanted));
        assert_eq!(said(), Notifier::Works);
        let shown = seen.try_recv().unwrap();
        assert_eq!((shown.app_name.as_str(), shown.icon.as_str()), ("Пульт ЦУР", "pult"));
        assert_eq!((shown.summary, shown.body), (words(wanted).title, words(wanted).body));
        assert_eq!((shown.replaces, shown.actions.len(), shown.timeout_ms), (0, 0, -1));
        let sound = shown.hints.get("sound-name");
        let sound = sound.and_then(|name| name.downcast_ref::<&str>().ok());
        assert_eq!(sound, wanted.then_some("message-new-instant"));
        assert_eq!(shown.hints.contains_key("suppress-sound"), !wanted);
    }
}

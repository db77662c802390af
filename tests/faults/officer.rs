//! An officer without a screen, for `kill_officer`: works through the same desk
//! as the window does, as fast as it goes, and says what is written down.
//!
//!     officer enter  DATA_DIR SERVER TOKEN ROUND   works until it is killed
//!     officer finish DATA_DIR SERVER TOKEN 0       sends what waits, then ends
//!
//! Each line of `enter` is the words of an action that the desk has shown as
//! written down.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::task::Waker;
use std::time::{Duration, Instant};

use pult::app::clock::{self, Ticker};
use pult::app::state::Loading;
use pult::app::{Command, Desk, DeskOptions};
use pult::board::vocabulary::BodyEntry;
use pult::config::Settings;
use pult::config::own_data::OwnData;
use pult::domain::{Action, Timestamp};
use pult::sync::status::Phase;

/// Work stops here where nobody kills it.
const LONGEST: Duration = Duration::from_mins(2);
/// An officer does fewer in [`LONGEST`].
const MOST_ACTIONS: u32 = 100_000;
const YEAR: u32 = 365 * 86_400;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [mode, folder, server, token, round] = arguments.as_slice() else {
        return ExitCode::from(2);
    };
    let ticker = Ticker::start();
    let options = DeskOptions {
        data_dir: PathBuf::from(folder),
        settings: Settings { server: Some(server.clone()), poll_secs: 1, ..Settings::default() },
        settings_path: None,
        online: true,
        token: Some(token.clone()),
        waker: Waker::noop().clone(),
        data: OwnData::default(),
    };
    let Ok(mut desk) = Desk::open(options, ticker.moment()) else { return ExitCode::FAILURE };
    let ended = match mode.as_str() {
        "enter" => enter(&mut desk, &ticker, round),
        "finish" => finish(&mut desk, &ticker),
        _ => return ExitCode::from(2),
    };
    if ended { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One action after another, of kinds that commute and that do not.
fn action(round: u32, number: u32, words: String, bodies: &[BodyEntry]) -> Action {
    match number % 4 {
        0 => Action::Comment { text: words },
        1 => {
            let at = 1 + number as usize % bodies.len().saturating_sub(1).max(1);
            let body = bodies.get(at).map_or_else(String::new, |body| body.id.clone());
            Action::Assign { body, reason: Some(words) }
        }
        2 => Action::InterimAnswer { text: words },
        // Later than any before it, in this round and in those that were killed.
        _ => Action::Extend {
            due_at: Timestamp(clock::now().0 + YEAR + round * MOST_ACTIONS + number),
            reason: words,
        },
    }
}

/// Acts on one incident after another, several actions under way at a time.
fn enter(desk: &mut Desk, ticker: &Ticker, round: &str) -> bool {
    let begun = Instant::now();
    let mut said: BTreeSet<String> = BTreeSet::new();
    let mut number = 0_u32;
    let Ok(round) = round.parse() else { return false };
    while begun.elapsed() < LONGEST {
        desk.poll(ticker.moment());
        if desk.state().loading == Loading::Ready && desk.state().sync.confirmed_at.is_some() {
            let text = format!("запись {round}-{number}");
            let row = 1 + number * 7 % 50;
            let action = action(round, number, text, &desk.state().vocabulary.bodies);
            desk.apply(Command::Act { rows: vec![row], action });
            number += 1;
        }
        let shown = desk.state().outbox.entries.iter();
        let written: Vec<String> = shown
            .filter_map(|entry| entry.action.words())
            .filter(|words| !said.contains(*words))
            .map(str::to_owned)
            .collect();
        let mut out = std::io::stdout().lock();
        for words in written {
            if writeln!(out, "{words}").and_then(|()| out.flush()).is_err() {
                return false;
            }
            said.insert(words);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    true
}

/// Until nothing waits any more.
fn finish(desk: &mut Desk, ticker: &Ticker) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < LONGEST {
        desk.poll(ticker.moment());
        let state = desk.state();
        if state.sync.phase == Phase::UpToDate
            && state.outbox.officer.is_some()
            && state.outbox.entries.is_empty()
        {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

//! `pult sync`: brings the server's changes here, without a window.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::task::Waker;
use std::time::Duration;

use anyhow::{Context as _, bail};

use super::{Common, token_of_environment};
use crate::app::{clock, secret};
use crate::geo::layers::GeoData;
use crate::store::Store;
use crate::sync::PushParts;
use crate::sync::api::Clock;
use crate::sync::engine::{EngineParts, SyncEngine, sync_once};
use crate::sync::http::{HttpApi, HttpConfig};
use crate::sync::status::{Phase, StatusBoard, SyncStatus};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Bring everything that there is, then end
    #[arg(long)]
    once: bool,
    /// Address of the feedback API [default: as set]
    #[arg(long)]
    server: Option<String>,
}

/// Failures in a row after which a single synchronisation gives up.
const ATTEMPTS: u32 = 5;
/// Between two lines of progress, on a terminal and in a log.
const TERMINAL_PACE: Duration = Duration::from_millis(500);
const LOG_PACE: Duration = Duration::from_secs(10);

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let path = common.settings_path()?;
    let settings = common.settings(&path)?;
    let data_dir = common.data_dir()?;
    let server = args
        .server
        .clone()
        .or(settings.server)
        .context("no server is set; give its address with --server")?;
    let token = token_of_environment()
        .or_else(|| secret::load(&server, &data_dir))
        .context("no token for this server is known; give it in PULT_TOKEN")?;
    let store = Store::open(&data_dir, &Common::own_data(&path).catalogue)?;
    let status = StatusBoard::new(Waker::noop().clone());
    let parts = EngineParts {
        writer: store.writer(),
        reader: store.reader()?,
        region: GeoData::embedded().acceptance_bounds(),
        clock: Clock::new(clock::now_ms),
        // Nothing is shown here.
        changes: Arc::new(drop),
        status: status.clone(),
        poll_secs: settings.poll_secs,
        push: Some(PushParts { outbox: store.shared_outbox(), told: Arc::new(|| ()) }),
        leases: None,
    };
    let config = HttpConfig {
        server,
        token,
        root_certificate: settings.root_certificate,
        proxy: settings.proxy,
    };
    if args.once {
        once(&config, parts, &store)?;
        let counts = store.reader()?.counts()?;
        print_line(&format!(
            "{} incidents, {} messages, {} events{}",
            counts.incidents,
            counts.messages,
            counts.events,
            skipped(&status.get())
        ));
        return Ok(());
    }
    let _engine = SyncEngine::start(&config, parts)?;
    follow(&status)
}

/// One synchronisation, with its progress on stderr, to the last searchable word.
fn once(config: &HttpConfig, parts: EngineParts, store: &Store) -> anyhow::Result<()> {
    let status = parts.status.clone();
    let api = HttpApi::new(config, parts.clock.clone())?;
    std::thread::scope(|scope| {
        let (ended, running) = mpsc::channel::<()>();
        scope.spawn(move || {
            let is_terminal = std::io::stderr().is_terminal();
            let pace = if is_terminal { TERMINAL_PACE } else { LOG_PACE };
            while running.recv_timeout(pace) == Err(RecvTimeoutError::Timeout) {
                say_progress(&status.get(), is_terminal);
            }
        });
        let synced = sync_once(api, parts, ATTEMPTS);
        if synced.is_ok() {
            store.wait_for_search();
        }
        drop(ended);
        Ok(synced?)
    })
}

/// Says how it goes until a person ends the program or the server refuses.
fn follow(status: &StatusBoard) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut said = None;
        loop {
            tokio::select! {
                ended = tokio::signal::ctrl_c() => return ended.context("no signals are heard"),
                () = tokio::time::sleep(TERMINAL_PACE) => {}
            }
            let now = status.get();
            if let Phase::Refused { reason } = now.phase {
                bail!("{}", now.last_error.unwrap_or_else(|| reason.to_owned()));
            }
            let line = line(&now);
            if said.as_ref() != Some(&line) {
                say(&line);
                said = Some(line);
            }
        }
    })
}

fn line(status: &SyncStatus) -> String {
    let what = match &status.phase {
        Phase::NotConfigured => "no server is set".to_owned(),
        Phase::Connecting => "connecting".to_owned(),
        Phase::FirstSync { done, total } => format!("first sync: {done} of {total} objects"),
        Phase::Rereading { done, total } => format!("reading anew: {done} of {total} objects"),
        Phase::UpToDate if status.streaming => "up to date, listening".to_owned(),
        Phase::UpToDate => "up to date".to_owned(),
        Phase::Offline { .. } | Phase::Refused { .. } => {
            status.last_error.clone().unwrap_or_else(|| "offline".to_owned())
        }
        Phase::Stopped => "stopped".to_owned(),
    };
    format!("{what}{}", skipped(status))
}

/// What was left out or mended, by the keys of its reasons.
fn skipped(status: &SyncStatus) -> String {
    if status.skipped.is_empty() {
        return String::new();
    }
    let counts: Vec<String> =
        status.skipped.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
    format!("; left out or mended: {}", counts.join(", "))
}

/// On a terminal the line replaces itself.
fn say_progress(status: &SyncStatus, is_terminal: bool) {
    let reads = matches!(status.phase, Phase::FirstSync { .. } | Phase::Rereading { .. });
    let mut line = line(status);
    if reads {
        line = format!("{line}, {} a second", status.lines_per_sec);
    }
    if !is_terminal {
        return say(&line);
    }
    let mut stderr = std::io::stderr().lock();
    // Progress that cannot be written is not worth an error.
    drop(write!(stderr, "\r\u{1b}[2K{line}\r").and_then(|()| stderr.flush()));
}

#[expect(clippy::print_stderr, reason = "progress of a command is for the person at it")]
fn say(line: &str) {
    eprintln!("{line}");
}

#[expect(clippy::print_stdout, reason = "the result of the command")]
fn print_line(line: &str) {
    println!("{line}");
}

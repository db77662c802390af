//! `pult sync`: brings the server's changes here, without a window.

use std::sync::mpsc;
use std::task::Waker;
use std::time::Duration;

use anyhow::{Context as _, bail};

use super::Common;
use crate::app::{clock, secret};
use crate::domain::catalogue::Catalogue;
use crate::geo::layers::GeoData;
use crate::store::Store;
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
const REPORT_PACE: Duration = Duration::from_secs(2);

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let settings = common.settings(&common.settings_path()?)?;
    let data_dir = common.data_dir()?;
    let server = args
        .server
        .clone()
        .or(settings.server)
        .context("no server is set; give its address with --server")?;
    let token = match std::env::var("PULT_TOKEN") {
        Ok(token) => token,
        Err(_) => secret::load(&server, &data_dir)
            .context("no token for this server is known; give it in PULT_TOKEN")?,
    };
    let store = Store::open(&data_dir, &Catalogue::embedded())?;
    let status = StatusBoard::new(Waker::noop().clone());
    // Nothing is shown here: what changed is only counted by the store.
    let (changes, _unheard) = mpsc::channel();
    let parts = EngineParts {
        writer: store.writer(),
        reader: store.reader()?,
        region: GeoData::embedded().acceptance_bounds(),
        clock: Clock::new(clock::now_ms),
        changes,
        status: status.clone(),
        poll_secs: settings.poll_secs,
    };
    let config = HttpConfig {
        server,
        token,
        root_certificate: settings.root_certificate,
        proxy: settings.proxy,
    };
    if args.once {
        let api = HttpApi::new(&config, parts.clock.clone())?;
        sync_once(api, parts, ATTEMPTS)?;
        let counts = store.reader()?.counts()?;
        say(&format!(
            "{} incidents, {} messages, {} events{}",
            counts.incidents,
            counts.messages,
            counts.events,
            skipped(&status.get())
        ));
        return Ok(());
    }
    let engine = SyncEngine::start(&config, parts)?;
    follow(&status)?;
    drop(engine);
    Ok(())
}

/// Says how it goes until a person ends the program or the server refuses.
fn follow(status: &StatusBoard) -> anyhow::Result<()> {
    let mut said = None;
    loop {
        let now = status.get();
        if said.as_ref() != Some(&now.phase) {
            say(&format!("{:?}{}", now.phase, skipped(&now)));
            said = Some(now.phase.clone());
        }
        if let Phase::Refused { reason } = now.phase {
            bail!("{}", now.last_error.unwrap_or_else(|| reason.to_owned()));
        }
        std::thread::sleep(REPORT_PACE);
    }
}

fn skipped(status: &SyncStatus) -> String {
    let n: u64 = status.skipped.values().sum();
    if n == 0 { String::new() } else { format!("; left out or mended: {:?}", status.skipped) }
}

#[expect(clippy::print_stderr, reason = "progress of a command is for the person at it")]
fn say(line: &str) {
    eprintln!("{line}");
}

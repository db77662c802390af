//! `pult serve`: the reference feedback API.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;

use super::Common;
use crate::app::clock;
use crate::domain::{Role, Timestamp};
use crate::server::{Fault, ReplayEnd, ReplayOptions, Server, ServerOptions, Token};
use crate::sync::protocol::Scope;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080")]
    addr: SocketAddr,
    /// Incidents in the generated history
    #[arg(long, default_value_t = 100_000)]
    incidents: u64,
    /// Days of history [default: as many as make a region's daily volume]
    #[arg(long)]
    days: Option<u32>,
    /// Days for which logs of incidents are kept
    #[arg(long, default_value_t = 300)]
    log_days: u32,
    /// The same seed makes the same region
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Bearer token of the desk
    #[arg(long, env = "PULT_TOKEN", hide_env_values = true, required_unless_present = "tokens")]
    token: Option<String>,
    /// Role of that token, a key of data/roles.toml
    #[arg(long, default_value = "duty", value_parser = role)]
    role: Role,
    /// A file with the tokens of several officers: in TOML, for each a
    /// `[[token]]` with `secret`, `role`, `office` and perhaps `scope = "wall"`
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    /// A second token, of scope `wall`
    #[arg(long)]
    wall_token: Option<String>,
    /// Generate, then stand still
    #[arg(long)]
    frozen: bool,
    /// End of the history, RFC 3339 [default: now; with --frozen the last full hour]
    #[arg(long, value_parser = moment)]
    now: Option<Timestamp>,
    /// How many times faster than in life incidents come and move on
    #[arg(long, default_value_t = 20.0, value_parser = pace)]
    rate: f64,
    /// Made-up officers who work beside the desks
    #[arg(long, default_value_t = 0, value_name = "N")]
    officers: u32,
    /// A fault to put in: slow, late, lose-request, lose-answer, repeat, cut,
    /// html, 500, 503, 429, bad-lines or expire-cursors, with :N for every Nth
    /// request (3 if not said)
    #[arg(long)]
    fault: Vec<Fault>,
    /// Replay recorded requests from this CSV table instead of making a region up
    #[arg(long, value_name = "FILE", requires = "mapping")]
    replay: Option<PathBuf>,
    /// How the table's columns become incidents, as in data/replay/requests-311.toml
    #[arg(long, value_name = "FILE", requires = "replay")]
    mapping: Option<PathBuf>,
    /// Recorded seconds in a second; 0 feeds everything at once
    #[arg(long, default_value_t = 0.0, requires = "replay", value_parser = pace)]
    speed: f64,
    /// Where recorded times are put: moved by whole days to end now, or as-is
    #[arg(long, default_value = "now", value_parser = replay_end, requires = "replay")]
    replay_end: ReplayEnd,
    /// Write what was planted in the history to this file, as JSON
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
}

impl Args {
    fn replay(&self) -> Option<ReplayOptions> {
        let (csv, mapping) = self.replay.clone().zip(self.mapping.clone())?;
        Some(ReplayOptions { csv, mapping, speed: self.speed, end: self.replay_end })
    }
}

fn role(text: &str) -> Result<Role, String> {
    Role::from_key(text).ok_or_else(|| {
        let keys: Vec<&str> = Role::ALL.iter().map(|role| role.key()).collect();
        format!("use one of {}", keys.join(", "))
    })
}

fn replay_end(text: &str) -> Result<ReplayEnd, String> {
    match text {
        "now" => Ok(ReplayEnd::Now),
        "as-is" => Ok(ReplayEnd::AsIs),
        _ => Err("use now or as-is".to_owned()),
    }
}

/// Faster than this a day passes in a second.
const FASTEST: f64 = 100_000.0;

fn pace(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.parse().ok();
    number
        .filter(|number| (0.0..=FASTEST).contains(number))
        .ok_or_else(|| format!("use a number from 0 to {FASTEST}"))
}

fn moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_rfc3339(text).map_err(|error| error.to_string())
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let mut options = ServerOptions {
        addr: args.addr,
        incidents: args.incidents,
        days: args.days,
        log_days: args.log_days,
        seed: args.seed,
        history_end: args.now,
        frozen: args.frozen,
        rate: args.rate,
        officers: args.officers,
        data_dir: common.data_dir.clone(),
        faults: args.fault.clone(),
        replay: args.replay(),
        ..ServerOptions::new(clock::now)
    };
    if let Some(token) = &args.token {
        options.tokens.push(Token::new(token, args.role, Scope::Desk, "Рабочее место ЦУР"));
    }
    if let Some(file) = &args.tokens {
        options.tokens.extend(Token::read_file(file)?);
    }
    if let Some(token) = &args.wall_token {
        options = options.with_wall_token(token);
    }
    let server = Server::start(options)?;
    if let Some((path, truth)) = args.truth.as_ref().zip(server.truth()) {
        let truth = serde_json::to_vec_pretty(truth)?;
        fs::write(path, truth)
            .with_context(|| format!("cannot write the truth to {}", path.display()))?;
    }
    say_ready(server.addr());
    wait_for_the_end()?;
    server.shutdown();
    Ok(())
}

#[expect(clippy::print_stdout, reason = "scripts wait for this line")]
fn say_ready(addr: SocketAddr) {
    println!("listening on http://{addr}");
}

/// Ctrl-C, or the signal that service managers send.
fn wait_for_the_end() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let mut terminate = signal(SignalKind::terminate())?;
            tokio::select! {
                told = tokio::signal::ctrl_c() => told?,
                _ = terminate.recv() => {}
            }
        }
        #[cfg(not(unix))]
        tokio::signal::ctrl_c().await?;
        anyhow::Ok(())
    })
}

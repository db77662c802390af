//! `pult demo`: a generated region, live, over real HTTP on loopback.

use std::task::Waker;

use anyhow::Context as _;

use super::{Common, desk, need_display, wall};
use crate::app::{DeskOptions, clock};
use crate::config::own_data::OwnData;
use crate::server::{Server, ServerOptions, Token};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Incidents in the generated history
    #[arg(long, default_value_t = 200_000)]
    incidents: u64,
    /// Days of the generated history [default: as many as make a region's daily volume]
    #[arg(long)]
    days: Option<u32>,
    /// The same seed makes the same region
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Made-up officers who work beside you
    #[arg(long, default_value_t = 3, value_name = "N")]
    officers: u32,
    /// Open the video wall instead of the desk
    #[arg(long)]
    wall: bool,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    need_display()?;
    // A demonstration leaves nothing behind unless a folder is named for it.
    let temporary;
    let data_dir = if let Some(folder) = &common.data_dir {
        folder.clone()
    } else {
        temporary = tempfile::Builder::new()
            .prefix("pult-demo-")
            .tempdir()
            .context("no temporary folder for the demonstration")?;
        temporary.path().to_owned()
    };
    let folder = data_dir.join("server");
    let tokens = Token::of_demo(&folder)?;
    let token = tokens.first().map(|token| token.secret().to_owned());
    let server = Server::start(ServerOptions {
        incidents: args.incidents,
        days: args.days,
        seed: args.seed,
        officers: args.officers,
        tokens,
        data_dir: Some(folder),
        ..ServerOptions::new(clock::now)
    })?;
    let mut settings = common.settings_beside(&data_dir)?;
    settings.server = Some(format!("http://{}", server.addr()));
    settings.poll_secs = 2;
    let options = DeskOptions {
        data_dir: data_dir.join("desk"),
        settings,
        settings_path: None,
        online: true,
        token,
        waker: Waker::noop().clone(),
        data: OwnData::default(),
    };
    if args.wall { wall::open(options) } else { desk::open(options) }
}

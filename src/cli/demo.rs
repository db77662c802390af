//! `pult demo`: a generated region, live, over real HTTP on loopback.

use std::task::Waker;

use anyhow::Context as _;

use super::{Common, desk, need_display, wall};
use crate::app::{DeskOptions, clock};
use crate::server::{Server, ServerOptions};

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
    let token = uuid::Uuid::now_v7().to_string();
    let options = ServerOptions::new(clock::now).with_token(&token);
    let server = Server::start(ServerOptions {
        incidents: args.incidents,
        days: args.days,
        seed: args.seed,
        data_dir: Some(data_dir.join("server")),
        ..options
    })?;
    let mut settings = common.settings_beside(&data_dir)?;
    settings.server = Some(format!("http://{}", server.addr()));
    settings.poll_secs = 2;
    let options = DeskOptions {
        data_dir: data_dir.join("desk"),
        settings,
        settings_path: None,
        online: true,
        token: Some(token),
        waker: Waker::noop().clone(),
    };
    if args.wall { wall::open(options, None) } else { desk::open(options) }
}

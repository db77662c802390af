//! `pult wall`: full screen, nobody touches it.

use std::task::Waker;

use anyhow::anyhow;

use super::{Common, need_display, token_of_environment};
use crate::app::DeskOptions;
use crate::app::clock::Ticker;
use crate::ui::window;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Number of a monitor, from 0; the first where none is given
    #[arg(long)]
    monitor: Option<usize>,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let path = common.settings_path()?;
    let options = DeskOptions {
        data_dir: common.data_dir()?,
        settings: common.settings(&path)?,
        settings_path: None,
        data: Common::own_data(&path),
        online: true,
        token: token_of_environment(),
        waker: Waker::noop().clone(),
    };
    open(options, args.monitor)
}

/// Opens the wall and stays until Esc.
pub(super) fn open(options: DeskOptions, monitor: Option<usize>) -> anyhow::Result<()> {
    need_display()?;
    window::run_wall(options, Ticker::start(), monitor)
        .map_err(|error| anyhow!("the window: {error}"))
}

//! `pult`: the desk in a window.

use std::task::Waker;

use anyhow::anyhow;

use super::{Common, need_display, token_of_environment};
use crate::app::DeskOptions;
use crate::app::clock::Ticker;
use crate::ui::window;

pub(super) fn run(common: &Common) -> anyhow::Result<()> {
    let path = common.settings_path()?;
    let settings = common.settings(&path)?;
    let options = DeskOptions {
        data_dir: common.data_dir()?,
        settings,
        data: Common::own_data(&path),
        settings_path: Some(path),
        online: true,
        token: token_of_environment(),
        waker: Waker::noop().clone(),
    };
    open(options)
}

/// Opens the window and stays until it is closed.
pub(super) fn open(options: DeskOptions) -> anyhow::Result<()> {
    need_display()?;
    window::run_desk(options, Ticker::start()).map_err(|error| anyhow!("the window: {error}"))
}

//! Opens windows: the desk's and the wall's.

use std::panic::{self, AssertUnwindSafe};

use egui::ViewportBuilder;

use super::app::DeskApp;
use super::text::Text;
use super::wall_app::{Ending, WallApp, WallOptions, builder, watchdog};
use crate::app::DeskOptions;
use crate::app::clock::Ticker;

/// Name under which the window system knows the program.
pub(super) const APP_ID: &str = "pult";

fn native(viewport: ViewportBuilder) -> eframe::NativeOptions {
    eframe::NativeOptions { viewport: viewport.with_app_id(APP_ID), ..Default::default() }
}

/// Runs the desk until its window is closed.
pub fn run_desk(options: DeskOptions, ticker: Ticker) -> eframe::Result {
    let title = Text::of(options.settings.language).t("app-name").to_owned();
    let viewport = ViewportBuilder::default()
        .with_title(title)
        .with_inner_size([1600.0, 900.0])
        .with_min_inner_size([1100.0, 640.0])
        .with_maximized(true);
    eframe::run_native(
        APP_ID,
        native(viewport),
        Box::new(move |creation| Ok(Box::new(DeskApp::new(creation, options, ticker)?))),
    )
}

/// Runs the wall full screen until Esc, or until it has to be started anew.
pub fn run_wall(options: WallOptions, ticker: Ticker) -> eframe::Result<Ending> {
    let viewport = builder(&Text::of(options.desk.settings.language));
    let ending = Ending::default();
    ending.watch_threads();
    let (ended, watchdog) = (ending.clone(), watchdog(&options.desk.data_dir, ticker));
    let run = move || {
        eframe::run_native(
            APP_ID,
            native(viewport),
            Box::new(move |creation| {
                Ok(Box::new(WallApp::new(creation, options, ticker, ended, watchdog)?))
            }),
        )
    };
    // What draws panics where it meets the loss of the graphics device before it is told.
    // Whatever it was, it is in the log, and nobody stands by to start the wall anew.
    match panic::catch_unwind(AssertUnwindSafe(run)) {
        Ok(ended) => ended?,
        Err(_logged) => ending.ask_for_restart(),
    }
    Ok(ending)
}

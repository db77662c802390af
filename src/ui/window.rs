//! Opens windows: the desk's and the wall's.

use egui::ViewportBuilder;

use super::app::DeskApp;
use super::text::Text;
use super::wall_app::WallApp;
use crate::app::DeskOptions;
use crate::app::clock::Ticker;

/// Name under which the window system knows the program.
const APP_ID: &str = "pult";

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

/// Runs the wall full screen until Esc.
pub fn run_wall(options: DeskOptions, ticker: Ticker, monitor: Option<usize>) -> eframe::Result {
    let title = Text::of(options.settings.language).t("wall-title").to_owned();
    let mut viewport = ViewportBuilder::default().with_title(title).with_fullscreen(true);
    let on_first = monitor.is_none_or(|monitor| monitor == 0);
    if let Some(monitor) = monitor {
        viewport = viewport.with_monitor(monitor);
    }
    eframe::run_native(
        APP_ID,
        native(viewport),
        Box::new(move |creation| Ok(Box::new(WallApp::new(creation, options, ticker, on_first)?))),
    )
}

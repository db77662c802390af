//! The window of the wall: no cursor, no menu, Esc ends it.

use std::time::Duration;

use eframe::CreationContext;
use egui::{CursorIcon, Key, Ui, Vec2, ViewportCommand, ViewportInfo};

use super::app::waker;
use super::text::Text;
use super::theme;
use super::tokens::Tokens;
use super::wall::{self, Shown, Turn, WallLocal, Watch};
use crate::app::clock::{Moment, Ticker};
use crate::app::desk::DeskError;
use crate::app::indicators::IndicatorsCommand;
use crate::app::plan_watch::PlanWatch;
use crate::app::wall_frame::WallFrame;
use crate::app::{Command, Desk, DeskOptions};
use crate::domain::wall_plan::WallPlan;

/// The wall in its window.
pub struct WallApp {
    desk: Desk,
    ticker: Ticker,
    tokens: Tokens,
    text: Text,
    local: WallLocal,
    frame: WallFrame,
    plan: WallPlan,
    plans: Option<PlanWatch>,
    watch: Watch,
    /// It stands on the first monitor, whose corner is known.
    on_first_monitor: bool,
}

/// After this long a window manager has made the window full screen, if there is
/// one.
const FULL_SCREEN_BY: Duration = Duration::from_secs(2);

/// The size that the window has to take by itself: without a window manager, as
/// in a kiosk's session, nobody makes it full screen.
fn size_to_take(viewport: &ViewportInfo, tick: Duration) -> Option<Vec2> {
    let (monitor, inner) = (viewport.monitor_size?, viewport.inner_rect?.size());
    let is_smaller = inner.x + 1.0 < monitor.x || inner.y + 1.0 < monitor.y;
    (is_smaller && tick >= FULL_SCREEN_BY).then_some(monitor)
}

impl WallApp {
    pub fn new(
        creation: &CreationContext<'_>,
        mut options: DeskOptions,
        ticker: Ticker,
        on_first_monitor: bool,
    ) -> Result<Self, DeskError> {
        options.waker = waker(&creation.egui_ctx);
        let plan = options.data.catalogue.wall.clone();
        let folder = options.data.folder.clone();
        // Without it the plan of the start stands.
        let plans = folder.and_then(|folder| {
            let started = PlanWatch::start(folder, plan.clone(), options.waker.clone());
            started.inspect_err(|error| tracing::error!(%error, "the plan is not watched")).ok()
        });
        let tokens = Tokens::of(options.settings.theme);
        let text = Text::of(options.settings.language);
        theme::install(&creation.egui_ctx, &tokens);
        let mut desk = Desk::open(options, ticker.moment())?;
        desk.apply(Command::Indicators(IndicatorsCommand::Always));
        let frame = WallFrame::build(desk.state());
        let local = WallLocal::default();
        let watch = Watch::default();
        Ok(Self { desk, ticker, tokens, text, local, frame, plan, plans, watch, on_first_monitor })
    }
}

impl WallApp {
    /// The scene that is shown: in its turn, or out of it.
    fn turn(&self, moment: Moment) -> Turn {
        let out_of_turn = self.watch.now(moment.tick).map(|shown| shown.turn(moment.tick));
        let rotated = self.watch.rotated(moment.tick);
        out_of_turn.unwrap_or_else(|| Turn::at(&self.plan, rotated, moment.now))
    }
}

impl eframe::App for WallApp {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        let moment = self.ticker.moment();
        if self.desk.poll(moment) {
            self.frame = WallFrame::build(self.desk.state());
            self.watch.look(&self.frame, &self.plan, moment.tick);
        }
        if let Some(plan) = self.plans.as_ref().and_then(PlanWatch::take) {
            self.plan = plan;
            self.watch.forget(moment.tick);
        }
        if ctx.input(|input| input.key_pressed(Key::Escape)) {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        if self.on_first_monitor
            && let Some(size) = ctx.input(|input| size_to_take(input.viewport(), moment.tick))
        {
            ctx.send_viewport_cmd(ViewportCommand::OuterPosition(egui::Pos2::ZERO));
            ctx.send_viewport_cmd(ViewportCommand::InnerSize(size));
        }
        let turn = self.turn(moment);
        ctx.request_repaint_after(self.desk.next_wake().min(turn.next_frame()));
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        ui.ctx().set_cursor_icon(CursorIcon::None);
        let moment = self.ticker.moment();
        let (plan, turn) = (&self.plan, self.turn(moment));
        let reason = self.watch.now(moment.tick).map(|shown| &shown.reason);
        let shown = Shown { plan, turn, reason };
        let (tokens, text) = (&self.tokens, &self.text);
        let viewport = wall::scene_ui(ui, shown, &self.frame, tokens, text, &mut self.local);
        if let Some(viewport) = viewport {
            self.desk.apply(Command::SetViewport(viewport));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_nobody_made_full_screen_takes_the_monitor() {
        let monitor = Vec2::new(1920.0, 1080.0);
        let window = |size: Vec2| ViewportInfo {
            monitor_size: Some(monitor),
            inner_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, size)),
            ..ViewportInfo::default()
        };
        let small = window(Vec2::new(800.0, 600.0));
        assert_eq!(size_to_take(&small, Duration::from_secs(1)), None, "it may still come");
        assert_eq!(size_to_take(&small, FULL_SCREEN_BY), Some(monitor));
        assert_eq!(size_to_take(&window(monitor), FULL_SCREEN_BY), None);
        assert_eq!(size_to_take(&ViewportInfo::default(), FULL_SCREEN_BY), None);
    }
}

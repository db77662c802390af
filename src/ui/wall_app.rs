//! The window of the wall: no cursor, no menu, Esc ends it.

use eframe::CreationContext;
use egui::{CursorIcon, Key, Ui};

use super::app::waker;
use super::text::Text;
use super::theme;
use super::tokens::Tokens;
use super::wall::{self, WallLocal};
use crate::app::clock::Ticker;
use crate::app::desk::DeskError;
use crate::app::wall_frame::WallFrame;
use crate::app::{Command, Desk, DeskOptions};

/// The wall in its window.
pub struct WallApp {
    desk: Desk,
    ticker: Ticker,
    tokens: Tokens,
    text: Text,
    local: WallLocal,
    frame: WallFrame,
}

impl WallApp {
    pub fn new(
        creation: &CreationContext<'_>,
        mut options: DeskOptions,
        ticker: Ticker,
    ) -> Result<Self, DeskError> {
        options.waker = waker(&creation.egui_ctx);
        let tokens = Tokens::of(options.settings.theme);
        let text = Text::of(options.settings.language);
        theme::install(&creation.egui_ctx, &tokens);
        let desk = Desk::open(options, ticker.moment())?;
        let frame = WallFrame::build(desk.state());
        Ok(Self { desk, ticker, tokens, text, local: WallLocal::default(), frame })
    }
}

impl eframe::App for WallApp {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        let moment = self.ticker.moment();
        if self.desk.poll(moment) {
            self.frame = WallFrame::build(self.desk.state());
        }
        if ctx.input(|input| input.key_pressed(Key::Escape)) {
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
        ctx.request_repaint_after(self.desk.next_wake().min(wall::next_change(moment.tick)));
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        ui.ctx().set_cursor_icon(CursorIcon::None);
        let scene = wall::scene_at(self.ticker.moment().tick);
        let (tokens, text) = (&self.tokens, &self.text);
        let viewport = wall::scene_ui(ui, scene, &self.frame, tokens, text, &mut self.local);
        if let Some(viewport) = viewport {
            self.desk.apply(Command::SetViewport(viewport));
        }
    }
}

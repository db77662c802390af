//! The window of the desk.

use std::sync::Arc;
use std::task::{Wake, Waker};
use std::time::Duration;

use eframe::CreationContext;
use egui::{Ui, ViewportId};

use super::dialogs::Dialogs;
use super::notify::{Caller, Words};
use super::shell::{self, shell_keys, shell_ui};
use super::text::Text;
use super::theme;
use super::tokens::Tokens;
use crate::app::clock::Ticker;
use crate::app::desk::DeskError;
use crate::app::state::Loading;
use crate::app::{Command, Desk, DeskOptions, State};

/// What workers finish within this time is drawn in one frame.
const GATHER: Duration = Duration::from_millis(2);

/// Wakes a window where a worker has finished.
struct Repaint {
    ctx: egui::Context,
    window: ViewportId,
    after: Duration,
}

impl Wake for Repaint {
    fn wake(self: Arc<Self>) {
        self.ctx.request_repaint_after_for(self.after, self.window);
    }
}

/// A waker for the program's first window.
pub fn waker(ctx: &egui::Context) -> Waker {
    waker_after(ctx, ViewportId::ROOT, GATHER)
}

/// One for any window where what is finished within a time is drawn in one frame.
pub fn waker_after(ctx: &egui::Context, window: ViewportId, after: Duration) -> Waker {
    Waker::from(Arc::new(Repaint { ctx: ctx.clone(), window, after }))
}

/// How far a start has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Shown {
    #[default]
    Nothing,
    /// Figures, if only those of the last run.
    Figures,
    /// Those of the whole board.
    Board,
}

impl Shown {
    fn by(state: &State) -> Self {
        match (state.aggregates.complete, state.loading) {
            (false, _) => Self::Nothing,
            (true, Loading::Ready) if !state.aggregating => Self::Board,
            (true, _) => Self::Figures,
        }
    }
}

/// The desk in its window.
pub struct DeskApp {
    desk: Desk,
    ticker: Ticker,
    tokens: Tokens,
    text: Text,
    text_scale: u16,
    local: shell::Local,
    dialogs: Dialogs,
    caller: Option<Caller>,
    out: Vec<Command>,
    drawn: Shown,
    /// What of `drawn` the log has.
    told: Shown,
}

impl DeskApp {
    pub fn new(
        creation: &CreationContext<'_>,
        mut options: DeskOptions,
        ticker: Ticker,
    ) -> Result<Self, DeskError> {
        let ctx = &creation.egui_ctx;
        options.waker = waker(ctx);
        let tokens = Tokens::of(options.settings.theme);
        let text = Text::of(options.settings.language);
        theme::install(ctx, &tokens);
        let repaint = ctx.clone();
        let wake = move || repaint.request_repaint();
        let caller = Caller::start(text.t("app-name").to_owned(), wake)
            .inspect_err(|error| tracing::error!(%error, "no thread for notifications"))
            .ok();
        Ok(Self {
            desk: Desk::open(options, ticker.moment())?,
            ticker,
            tokens,
            text,
            text_scale: 100,
            local: shell::Local::default(),
            dialogs: Dialogs::new(ctx),
            caller,
            out: Vec::new(),
            drawn: Shown::default(),
            told: Shown::default(),
        })
    }

    /// Tells the log, once, what the frame before has brought onto the screen.
    fn tell_start(&mut self) {
        if self.told < Shown::Figures && self.drawn >= Shown::Figures {
            tracing::info!("the first figures are on the screen");
        }
        if self.told < Shown::Board && self.drawn == Shown::Board {
            tracing::info!("the board is on the screen");
        }
        self.told = self.told.max(self.drawn);
    }

    /// Has the desktop call an officer who looks elsewhere.
    fn call(&mut self) {
        let Some(caller) = &self.caller else { return };
        if let Some(alert) = self.desk.take_alert() {
            caller.call(Words::of(&alert, self.desk.state(), &self.text));
        }
        if let Some(said) = caller.take() {
            self.desk.apply(Command::NotifierSaid(said));
        }
    }

    fn follow_settings(&mut self, ctx: &egui::Context) {
        let settings = &self.desk.state().settings;
        if settings.theme != self.tokens.theme {
            self.tokens = Tokens::of(settings.theme);
            theme::dress(ctx, &self.tokens);
        }
        if settings.language != self.text.language {
            self.text = Text::of(settings.language);
        }
        if settings.text_scale != self.text_scale {
            self.text_scale = settings.text_scale;
            ctx.set_zoom_factor(f32::from(settings.text_scale) / 100.0);
        }
    }

    /// Obeys what was asked for and takes what the workers have.
    fn step(&mut self, ctx: &egui::Context) {
        for command in std::mem::take(&mut self.out) {
            self.dialogs.carry_out(&command, &self.text, self.desk.state());
            self.desk.apply(command);
        }
        self.desk.poll(self.ticker.moment());
        self.call();
        self.follow_settings(ctx);
        if self.desk.state().quit {
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
        ctx.request_repaint_after(self.desk.next_wake());
    }
}

impl eframe::App for DeskApp {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.tell_start();
        self.out.extend(self.dialogs.take());
        self.step(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        // Here, because a window that nobody sees hears no keys.
        shell_keys(ui.ctx(), self.desk.state(), &mut self.out);
        if !self.out.is_empty() {
            self.step(ui.ctx());
        }
        let state = self.desk.state();
        shell_ui(ui, state, &self.tokens, &self.text, &mut self.local, &mut self.out);
        self.drawn = self.drawn.max(Shown::by(state));
        if !self.out.is_empty() || self.drawn > self.told {
            ui.ctx().request_repaint();
        }
    }
}

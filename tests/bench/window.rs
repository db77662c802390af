//! A window of the desk without a screen, drawn when egui asks for it.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use egui::{Pos2, RawInput, Rect, Vec2};
use pult::app::clock::Ticker;
use pult::app::state::{MapMode, View};
use pult::app::{Command, Desk, DeskOptions};
use pult::config::Settings;
use pult::config::own_data::OwnData;
use pult::ui::shell::{Local, shell_keys, shell_ui};
use pult::ui::text::Text;
use pult::ui::tokens::Tokens;
use pult::ui::{app, theme};

/// 3840×2160 pixels at the scale of such a screen.
const SIZE_POINTS: Vec2 = Vec2::new(1920.0, 1080.0);
const PIXELS_PER_POINT: f32 = 2.0;
/// What graphics cards offer.
const MAX_TEXTURE_SIDE: usize = 8192;
/// Longest wait for the board and for answers.
const PATIENCE: Duration = Duration::from_mins(2);

/// The earliest moment at which egui wants a frame, as a window's event loop
/// remembers it.
#[derive(Default)]
struct Alarm {
    at: Mutex<Option<Instant>>,
    moved: Condvar,
}

impl Alarm {
    fn set(&self, delay: Duration) {
        let Some(wanted) = Instant::now().checked_add(delay) else { return };
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        *at = Some(at.map_or(wanted, |at| at.min(wanted)));
        self.moved.notify_one();
    }

    /// True once a frame is due; false where none was by `deadline`.
    fn wait(&self, deadline: Instant) -> bool {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let now = Instant::now();
            if at.is_some_and(|at| at <= now) {
                *at = None;
                return true;
            }
            if deadline <= now {
                return false;
            }
            let until = at.map_or(deadline, |at| at.min(deadline));
            at = self.moved.wait_timeout(at, until - now).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// What `ui::app::DeskApp` is in a window of the system.
pub(crate) struct Window {
    pub(crate) ctx: egui::Context,
    alarm: Arc<Alarm>,
    pub(crate) desk: Desk,
    pub(crate) ticker: Ticker,
    tokens: Tokens,
    text: Text,
    local: Local,
    pub(crate) out: Vec<Command>,
    /// What was pressed since the last frame.
    pub(crate) events: Vec<egui::Event>,
    /// Seconds of each frame.
    pub(crate) times: Vec<f64>,
}

impl Window {
    /// A desk on that folder; it talks to the server of `server`, an address and a
    /// token, or to nobody.
    pub(crate) fn open(folder: &Path, server: Option<(&str, &str)>) -> Result<Self> {
        let ctx = egui::Context::default();
        let alarm = Arc::new(Alarm::default());
        let heard = Arc::clone(&alarm);
        ctx.set_request_repaint_callback(move |info| heard.set(info.delay));
        let server_of_settings = server.map(|(url, _)| url.to_owned());
        let settings = Settings { server: server_of_settings, ..Settings::default() };
        let (tokens, text) = (Tokens::of(settings.theme), Text::of(settings.language));
        theme::install(&ctx, &tokens);
        let ticker = Ticker::start();
        let options = DeskOptions {
            data_dir: folder.to_owned(),
            settings,
            settings_path: None,
            online: server.is_some(),
            token: server.map(|(_, token)| token.to_owned()),
            waker: app::waker(&ctx),
            data: OwnData::default(),
        };
        let desk = Desk::open(options, ticker.moment())?;
        alarm.set(Duration::ZERO);
        Ok(Self {
            ctx,
            alarm,
            desk,
            ticker,
            tokens,
            text,
            local: Local::default(),
            out: Vec::new(),
            events: Vec::new(),
            times: Vec::new(),
        })
    }

    pub(crate) fn show(&mut self, view: View, mode: MapMode) {
        self.out.extend([Command::SetMapMode(mode), Command::Show(view)]);
        self.ctx.request_repaint();
    }

    pub(crate) fn frame(&mut self) {
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE_POINTS)),
            time: Some(self.ticker.moment().tick.as_secs_f64()),
            max_texture_side: Some(MAX_TEXTURE_SIDE),
            focused: true,
            events: std::mem::take(&mut self.events),
            ..RawInput::default()
        };
        if let Some(viewport) = input.viewports.get_mut(&input.viewport_id) {
            viewport.native_pixels_per_point = Some(PIXELS_PER_POINT);
        }
        let start = Instant::now();
        for command in std::mem::take(&mut self.out) {
            self.desk.apply(command);
        }
        self.desk.poll(self.ticker.moment());
        let Self { ctx, desk, ticker, tokens, text, local, out, .. } = self;
        let wake = desk.next_wake();
        let mut output = ctx.run_ui(input, |ui| {
            // In the pass: what was asked for before it is forgotten where a nearer
            // frame was wanted.
            ui.ctx().request_repaint_after(wake);
            shell_keys(ui.ctx(), desk.state(), out);
            if !out.is_empty() {
                for command in std::mem::take(out) {
                    desk.apply(command);
                }
                desk.poll(ticker.moment());
            }
            shell_ui(ui, desk.state(), tokens, text, local, out);
        });
        if !out.is_empty() {
            ctx.request_repaint();
        }
        let jobs = ctx.tessellate(output.shapes, output.pixels_per_point);
        self.times.push(start.elapsed().as_secs_f64());
        drop(jobs);
        // There are no textures here.
        output.textures_delta.clear();
    }

    /// Draws the next frame that is wanted, if one is by `deadline`.
    pub(crate) fn draw_once(&mut self, deadline: Instant) {
        if self.alarm.wait(deadline) {
            self.frame();
        }
    }

    /// Draws whatever frames are wanted in this time.
    pub(crate) fn draw_for(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while self.alarm.wait(end) {
            self.frame();
        }
    }

    pub(crate) fn draw_until(&mut self, done: impl Fn(&Desk) -> bool) -> Result<()> {
        let patience = Instant::now() + PATIENCE;
        while !done(&self.desk) {
            ensure!(Instant::now() < patience, "the desk did not settle");
            self.draw_for(Duration::from_millis(100));
        }
        Ok(())
    }
}

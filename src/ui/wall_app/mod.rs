//! The windows of the wall: no cursor, no menu, Esc ends it.

mod device;
mod monitors;
mod services;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eframe::CreationContext;
use egui::{Context, CursorIcon, Key, Ui, ViewportBuilder, ViewportCommand, ViewportId};

use super::app::waker;
use super::text::Text;
use super::theme;
use super::tokens::Tokens;
use super::wall::{self, Course, Monitor, Place, Shown, Turn, WallLocal, Window, windows};
use super::window::APP_ID;
use crate::app::clock::{Moment, Ticker};
use crate::app::desk::DeskError;
use crate::app::indicators::IndicatorsCommand;
use crate::app::wall::frame::{Viewport, WallFrame};
use crate::app::wall::kept_turn::KeptTurn;
use crate::app::wall::orders::{Order, Ordered};
use crate::app::{Command, Desk, DeskOptions};
use crate::domain::wall_plan::{MonitorId, Screen, WallPlan};
use device::Device;
use services::{Services, Surroundings};

pub use services::RESTART;

/// How a wall ended.
#[derive(Clone, Debug, Default)]
pub struct Ending(Arc<AtomicBool>);

impl Ending {
    /// True where it is to be started anew.
    pub fn wants_restart(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn ask_for_restart(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// How a wall is opened.
pub struct WallOptions {
    pub desk: DeskOptions,
    /// Numbers of monitors that show all scenes, in the place of the plan's screens.
    pub monitors: Vec<u8>,
    /// The socket through which it can be told what to show.
    pub control: Option<PathBuf>,
}

/// The wall in its windows.
pub struct WallApp {
    desk: Desk,
    ticker: Ticker,
    tokens: Tokens,
    text: Text,
    frame: WallFrame,
    plan: WallPlan,
    course: Course,
    chosen: Vec<u8>,
    monitors: Vec<Monitor>,
    /// When they were last arranged, of running.
    arranged: Duration,
    /// The first is the program's own; there is one at least.
    windows: Vec<OnMonitor>,
    device: Device,
    ending: Ending,
    services: Services,
}

/// A window and what it keeps.
struct OnMonitor {
    window: Window,
    local: WallLocal,
    /// It was told where to stand since the monitors were arranged.
    is_placed: bool,
    /// What it shows.
    scene: Option<usize>,
}

impl WallApp {
    pub fn new(
        creation: &CreationContext<'_>,
        options: WallOptions,
        ticker: Ticker,
        ending: Ending,
    ) -> Result<Self, DeskError> {
        let WallOptions { desk: mut options, monitors: chosen, control } = options;
        options.waker = waker(&creation.egui_ctx);
        let device = Device::watch(creation, &options.waker);
        let plan = options.data.catalogue.wall.clone();
        let tokens = Tokens::of(options.settings.theme);
        let text = Text::of(options.settings.language);
        theme::install(&creation.egui_ctx, &tokens);
        let moment = ticker.moment();
        let course = Course::starting_at(KeptTurn::read(&options.data_dir, moment.now));
        // The store has to be there to be watched: it is made and mended by the desk.
        let (data_dir, own_data) = (options.data_dir.clone(), options.data.folder.clone());
        let waker = options.waker.clone();
        let mut desk = Desk::open(options, moment)?;
        desk.apply(Command::Indicators(IndicatorsCommand::Always));
        let is_written = desk.can_write();
        let surroundings = Surroundings { data_dir, own_data, control, is_written, waker };
        let services = Services::start(surroundings, &plan, ticker);
        let frame = WallFrame::build(desk.state());
        let mut app = Self {
            desk,
            ticker,
            tokens,
            text,
            frame,
            plan,
            course,
            chosen,
            // The first look finds them.
            monitors: Vec::new(),
            arranged: moment.tick,
            windows: Vec::new(),
            device,
            ending,
            services,
        };
        app.arrange(moment.tick);
        Ok(app)
    }

    fn screens(&self) -> Vec<Screen> {
        let all = || (0..self.plan.scenes().len()).collect();
        let on = |number: &u8| Screen::on(MonitorId::Number(*number), all());
        match (&*self.chosen, self.plan.screens()) {
            ([], []) => vec![on(&0)],
            ([], planned) => planned.to_vec(),
            (chosen, _) => chosen.iter().map(on).collect(),
        }
    }

    /// Puts the windows onto the monitors that there are.
    fn arrange(&mut self, tick: Duration) {
        let screens = self.screens();
        let mut wanted = windows(&screens, &self.monitors);
        if wanted.is_empty() {
            let scenes = screens[0].scenes.clone();
            wanted.push(Window { monitor: 0, part: wall::Part::WHOLE, scenes });
        }
        let mut locals = std::mem::take(&mut self.windows).into_iter().map(|it| it.local);
        self.windows = wanted
            .into_iter()
            .map(|window| OnMonitor {
                window,
                local: locals.next().unwrap_or_default(),
                is_placed: false,
                scene: None,
            })
            .collect();
        self.arranged = tick;
    }

    /// What window `at` shows.
    fn shown(&self, at: usize, moment: Moment) -> Shown<'_> {
        let all: Vec<usize> =
            self.windows.iter().flat_map(|it| it.window.scenes.iter().copied()).collect();
        let place = Place { scenes: &self.windows[at].window.scenes, is_first: at == 0 };
        let (turn, reason) = self.course.turn(&self.plan, place, &all, (moment.tick, moment.now));
        Shown { plan: &self.plan, turn, reason }
    }

    fn turn(&self, at: usize, moment: Moment) -> Turn {
        self.shown(at, moment).turn
    }

    fn obey(&mut self, ordered: &Ordered, moment: Moment) {
        let at = (moment.tick, moment.now);
        let first = self.windows[0].window.scenes.clone();
        let mut answer = "ok".to_owned();
        match &ordered.order {
            Order::Next => self.course.skip(&self.plan, &first, false, at),
            Order::Back => self.course.skip(&self.plan, &first, true, at),
            Order::Show(key) => {
                if let Some(scene) = self.plan.position(key) {
                    self.course.hold(Some(scene), moment.tick);
                } else {
                    let keys: Vec<&str> = self.plan.scenes().iter().map(|it| &*it.key).collect();
                    answer = format!("the scenes are {}", keys.join(", "));
                }
            }
            Order::Stay => self.course.hold(None, moment.tick),
            Order::Go => self.course.go(moment.tick),
            Order::Status => answer = self.status(moment),
            #[cfg(debug_assertions)]
            Order::LoseDevice => self.device.lose(),
            #[cfg(debug_assertions)]
            Order::Hang => loop {
                std::thread::park();
            },
        }
        // Who asked may have gone.
        drop(ordered.answer.try_send(answer));
    }

    /// One line of JSON.
    fn status(&self, moment: Moment) -> String {
        let key = |scene: usize| &*self.plan.scenes()[scene].key;
        let window = |at: usize| {
            let Shown { turn, reason, .. } = self.shown(at, moment);
            let monitor = self.monitors.get(self.windows[at].window.monitor);
            serde_json::json!({
                "monitor": monitor.and_then(|monitor| monitor.name.as_deref()),
                "scene": key(turn.scene),
                "out_of_turn": turn.of == 0,
                "interrupted": reason.is_some(),
            })
        };
        let windows: Vec<_> = (0..self.windows.len()).map(window).collect();
        let turns = self.services.turns();
        serde_json::json!({
            "windows": windows,
            "turns": turns,
            "board_bytes": self.desk.board_bytes(),
            "now": moment.now,
            "received": self.frame.total.received,
            "confirmed_at": self.frame.freshness.confirmed_at,
            "missed": self.frame.freshness.missed,
        })
        .to_string()
    }

    /// Draws window `at`; returns the view for which heat is wanted.
    fn window_ui(&mut self, ui: &mut Ui, at: usize, moment: Moment) -> Option<Viewport> {
        let ctx = ui.ctx().clone();
        ctx.set_cursor_icon(CursorIcon::None);
        if ctx.input(|input| input.key_pressed(Key::Escape) || input.viewport().close_requested()) {
            ctx.send_viewport_cmd_to(ViewportId::ROOT, ViewportCommand::Close);
        }
        self.place(&ctx, at, moment.tick);
        let picture = self.windows[at].window.part.picture(ui.max_rect());
        // The local part is taken out for as long as the rest is looked at.
        let mut local = std::mem::take(&mut self.windows[at].local);
        let shown = self.shown(at, moment);
        let scene = shown.turn.scene;
        let (tokens, text) = (&self.tokens, &self.text);
        let viewport = wall::scene_ui(ui, picture, shown, &self.frame, tokens, text, &mut local);
        self.windows[at].local = local;
        if self.windows[at].scene.replace(scene) != Some(scene) {
            self.services.count_turn(&self.plan.scenes()[scene].key);
        }
        viewport
    }

    /// Puts a window onto its monitor.
    fn place(&mut self, ctx: &Context, at: usize, tick: Duration) {
        let number = self.windows[at].window.monitor;
        let is_only = self.monitors.len() < 2;
        if !std::mem::replace(&mut self.windows[at].is_placed, true) && !is_only {
            ctx.send_viewport_cmd(ViewportCommand::SetMonitor(number));
        }
        let Some(monitor) = self.monitors.get(number) else { return };
        let since = tick.saturating_sub(self.arranged);
        let taken = ctx.input(|input| monitors::place_to_take(input.viewport(), monitor, since));
        if let Some(rect) = taken {
            ctx.send_viewport_cmd(ViewportCommand::OuterPosition(rect.min));
            ctx.send_viewport_cmd(ViewportCommand::InnerSize(rect.size()));
        }
    }
}

impl eframe::App for WallApp {
    fn logic(&mut self, ctx: &Context, frame: &mut eframe::Frame) {
        let moment = self.ticker.moment();
        if self.desk.poll(moment) {
            self.frame = WallFrame::build(self.desk.state());
            self.course.look(&self.frame, &self.plan, moment.tick);
        }
        if let Some(plan) = self.services.new_plan() {
            self.plan = plan;
            self.course.forget(moment.tick);
            self.arrange(moment.tick);
        }
        let monitors = monitors::of(frame);
        // Where none is left, as while all sleep, the windows stay as they were.
        if monitors != self.monitors && !monitors.is_empty() {
            tracing::info!(monitors = monitors.len(), "the monitors are others");
            self.monitors = monitors;
            self.arrange(moment.tick);
        }
        while let Some(ordered) = self.services.order() {
            self.obey(&ordered, moment);
        }
        if self.device.is_lost() || self.services.has_other_store() {
            self.ending.ask_for_restart();
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        let turns = (0..self.windows.len()).map(|at| self.turn(at, moment).next_frame());
        let next = turns.fold(self.desk.next_wake(), Duration::min);
        let turn = self.turn(0, moment);
        if turn.of > 1 {
            let begun = self.course.rotated(moment.tick).saturating_sub(turn.since);
            self.services.keep_turn(begun, moment.now);
        }
        self.services.alive(next);
        ctx.request_repaint_after(next);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let moment = self.ticker.moment();
        let ctx = ui.ctx().clone();
        let mut wanted = self.window_ui(ui, 0, moment);
        for at in 1..self.windows.len() {
            let builder = builder(&self.text).with_monitor(self.windows[at].window.monitor);
            let id = ViewportId::from_hash_of(("wall", at));
            let viewport =
                ctx.show_viewport_immediate(id, builder, |ui, _| self.window_ui(ui, at, moment));
            // One picture of the heat serves all: the finest.
            let pixels = |view: &Viewport| u64::from(view.width_px) * u64::from(view.height_px);
            wanted = [wanted, viewport].into_iter().flatten().max_by_key(pixels);
        }
        if let Some(viewport) = wanted {
            self.desk.apply(Command::SetViewport(viewport));
        }
    }
}

/// A window of the wall.
pub fn builder(text: &Text) -> ViewportBuilder {
    ViewportBuilder::default()
        .with_app_id(APP_ID)
        .with_title(text.t("wall-title"))
        .with_fullscreen(true)
}

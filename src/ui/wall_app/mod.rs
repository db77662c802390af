//! The windows of the wall: no cursor, no menu, Esc ends it.

mod device;
mod ending;
mod monitors;
mod services;
mod stage;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use eframe::CreationContext;
use egui::{Context, Ui, ViewportBuilder, ViewportCommand, ViewportId};

use super::app::{waker, waker_after};
use super::text::Text;
use super::theme;
use super::tokens::Tokens;
use super::wall::{Course, SOON, missing};
use super::window::APP_ID;
use crate::app::clock::{Moment, Ticker};
use crate::app::desk::DeskError;
use crate::app::wall::frame::WallFrame;
use crate::app::wall::kept_turn::{KeptTurn, MOST_STARTS};
use crate::app::wall::orders::{Order, Ordered};
use crate::app::wall::store_watch::{Mendable, ONCE};
use crate::app::wall::watchdog::{PATIENCE, Watchdog};
use crate::app::{Command, Desk, DeskOptions};
use crate::domain::wall_plan::{MonitorId, Screen, WallPlan};
use crate::store::{can_be_written, is_damaged};
use device::Device;
use monitors::Present;
use services::{Services, Surroundings};
use stage::Stage;

pub use ending::Ending;
pub use services::RESTART;
pub(super) use services::watchdog;

/// What comes in within this time is drawn in one frame: nobody waits for an answer.
const GATHER: Duration = Duration::from_secs(1);

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
    /// Each window draws when it has to, the first as part of the program's own pass. All
    /// do it on one thread: nobody waits for the lock.
    stage: Arc<Mutex<Stage>>,
    chosen: Vec<u8>,
    present: Present,
    /// Windows that the window system was told of.
    opened: usize,
    device: Device,
    ending: Ending,
    services: Services,
}

/// The window of that number.
fn id_of(at: usize) -> ViewportId {
    if at == 0 { ViewportId::ROOT } else { ViewportId::from_hash_of(("wall", at)) }
}

impl WallApp {
    pub fn new(
        creation: &CreationContext<'_>,
        options: WallOptions,
        ticker: Ticker,
        ending: Ending,
        watchdog: Option<Watchdog>,
    ) -> Result<Self, DeskError> {
        let WallOptions { desk: mut options, monitors: chosen, control } = options;
        let at_once = waker(&creation.egui_ctx);
        options.waker = waker_after(&creation.egui_ctx, ViewportId::ROOT, GATHER);
        let device = Device::watch(creation, &at_once);
        let plan = options.data.catalogue.wall.clone();
        let tokens = Tokens::of(options.settings.theme);
        let text = Text::of(options.settings.language);
        theme::install_wall(&creation.egui_ctx, &tokens);
        let moment = ticker.moment();
        let (stood, starts) = KeptTurn::read(&options.data_dir, moment.now);
        let could_be_written = can_be_written(&options.data_dir);
        let was_damaged = is_damaged(&options.data_dir);
        // The store has to be there to be watched: it is made and mended by the desk.
        let (data_dir, own_data) = (options.data_dir.clone(), options.data.folder.clone());
        let mut desk = Desk::open(options, moment)?;
        desk.apply(Command::ServeWall);
        let mendable = Mendable {
            // Where something else than its files keeps it from that, a new start does not help.
            is_written: desk.can_write() || could_be_written,
            damage_after: desk.can_write().then_some(if was_damaged {
                ONCE
            } else {
                Duration::ZERO
            }),
        };
        let waker = at_once;
        let surroundings =
            Surroundings { data_dir, own_data, control, mendable, watchdog, starts, waker };
        let services = Services::start(surroundings, &plan);
        let frame = WallFrame::build(desk.state());
        // The first scene is not shorter for the time that the start has taken.
        let tick = ticker.moment().tick;
        let course = Course::starting_at(&stood, &plan, tick);
        let mut stage = Stage::new((tokens, text), frame, plan, course, ticker);
        stage.arrange(&screens(&chosen, &stage.plan), tick);
        if starts >= MOST_STARTS {
            tracing::warn!(starts, "the wall does not live with this scene: the next one");
            stage.skip(false, Moment { tick, ..moment });
        }
        let stage = Arc::new(Mutex::new(stage));
        Ok(Self {
            desk,
            ticker,
            stage,
            chosen,
            present: Present::new(),
            opened: 1,
            device,
            ending,
            services,
        })
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        taken(&self.stage)
    }

    /// Has computed what the windows ask for.
    fn ask(&mut self) {
        let wanted = self.stage().wanted();
        for command in wanted {
            self.desk.apply(command);
        }
    }

    fn obey(&self, ordered: &Ordered, moment: Moment) {
        let mut answer = "ok".to_owned();
        match &ordered.order {
            Order::Next => self.stage().skip(false, moment),
            Order::Back => self.stage().skip(true, moment),
            Order::Show(key) => {
                if let Err(keys) = self.stage().show(key, moment) {
                    answer = format!("the scenes are {keys}");
                }
            }
            Order::Stay => self.stage().course.stay(moment.tick),
            Order::Go => self.stage().course.go(moment.tick),
            Order::Status => answer = self.stage().status(moment, self.desk.board_bytes()),
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

    /// Takes what is new. True where all windows have to be drawn.
    fn take_news(&mut self, frame: &eframe::Frame, moment: Moment) -> bool {
        let is_news = self.desk.poll(moment);
        if is_news {
            let frame = WallFrame::build(self.desk.state());
            self.stage().take_frame(frame, moment.tick);
        }
        let monitors = self.present.look(frame);
        let plan = self.services.new_plan();
        let mut stage = self.stage();
        // Where none is left, as while all sleep, the windows stay as they were.
        let are_others = monitors != stage.monitors && !monitors.is_empty();
        if are_others {
            let names: Vec<_> = monitors.iter().filter_map(|it| it.name.as_deref()).collect();
            tracing::info!(monitors = names.join(", "), "the monitors are others");
            stage.monitors = monitors;
        }
        let is_other_plan = plan.is_some();
        if let Some(plan) = plan {
            stage.take_plan(plan, moment);
        }
        if is_other_plan || are_others {
            let screens = screens(&self.chosen, &stage.plan);
            let missing = missing(&screens, &stage.monitors);
            if !missing.is_empty() {
                tracing::warn!(
                    ?missing,
                    "monitors that are wanted are not there, or carry another screen"
                );
            }
            stage.arrange(&screens, moment.tick);
        }
        is_news || is_other_plan || are_others
    }
}

fn taken(stage: &Mutex<Stage>) -> MutexGuard<'_, Stage> {
    stage.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Which monitors show what.
fn screens(chosen: &[u8], plan: &WallPlan) -> Vec<Screen> {
    let all = || (0..plan.scenes().len()).collect();
    let on = |number: &u8| Screen::on(MonitorId::Number(*number), all());
    match (chosen, plan.screens()) {
        ([], []) => vec![on(&0)],
        ([], planned) => planned.to_vec(),
        (chosen, _) => chosen.iter().map(on).collect(),
    }
}

impl eframe::App for WallApp {
    fn logic(&mut self, ctx: &Context, frame: &mut eframe::Frame) {
        let moment = self.ticker.moment();
        let mut is_news = self.take_news(frame, moment);
        while let Some(ordered) = self.services.order() {
            self.obey(&ordered, moment);
            is_news = is_news || ordered.order != Order::Status;
        }
        if self.device.is_lost() {
            // Nothing can be drawn any more, not even the last frame of an orderly end.
            services::end_for_restart();
        }
        // On X11 winit keeps the list of monitors that it has made once.
        let has_other_monitors = self.services.has_other_outputs() && !monitors::is_wayland();
        let has_lost_thread = self.ending.has_lost_thread(moment.tick);
        if self.services.has_other_store() || has_other_monitors || has_lost_thread {
            self.ending.ask_for_restart();
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        let (turn, to_place, (scenes, stood)) = {
            let mut stage = self.stage();
            (stage.shown(0, moment).turn, stage.unplaced(self.opened), stage.stood(moment))
        };
        // From here, as a window whose monitor is gone is not drawn.
        for (at, monitor) in to_place {
            ctx.send_viewport_cmd_to(id_of(at), ViewportCommand::SetMonitor(monitor));
        }
        self.services.keep_turn(scenes, stood, moment);
        self.ask();
        if is_news {
            let undrawn = self.stage().undrawn(self.opened);
            for at in undrawn {
                ctx.request_repaint_after_for(SOON, id_of(at));
            }
        }
        let next = self.desk.next_wake().min(turn.left);
        self.services.alive(next);
        ctx.request_repaint_after(next);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let mut stage = self.stage();
        stage.draw(ui, 0);
        for at in 1..stage.windows() {
            let number = stage.monitor_of(at).map_or(0, |monitor| monitor.numbers[1]);
            let builder = builder(&stage.text).with_monitor(number);
            let stage = Arc::clone(&self.stage);
            ui.ctx().show_viewport_deferred(id_of(at), builder, move |ui, _| {
                taken(&stage).draw(ui, at);
            });
        }
        let opened = stage.windows();
        drop(stage);
        self.opened = opened;
        self.ask();
    }

    fn on_exit(&mut self) {
        // What was seen last is being kept.
        self.services.alive(PATIENCE);
    }
}

/// A window of the wall.
pub fn builder(text: &Text) -> ViewportBuilder {
    ViewportBuilder::default()
        .with_app_id(APP_ID)
        .with_title(text.t("wall-title"))
        .with_fullscreen(true)
}

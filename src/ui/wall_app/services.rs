//! What runs beside the wall's windows. None of it is needed to show a picture: what
//! cannot be started is logged and missing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::task::Waker;
use std::thread;
use std::time::Duration;

use crate::app::clock::{Moment, Ticker};
use crate::app::wall::awake::Awake;
#[cfg(unix)]
use crate::app::wall::control::Control;
use crate::app::wall::kept_turn::{KeptTurn, Stood};
use crate::app::wall::orders::Ordered;
use crate::app::wall::outputs::Outputs;
use crate::app::wall::plan_watch::PlanWatch;
use crate::app::wall::store_watch::{Mendable, StoreWatch};
use crate::app::wall::watchdog::{PATIENCE, Watchdog};
use crate::domain::wall_plan::WallPlan;
use crate::store::migrate::Database;

/// Exit code of a wall that is to be started anew; of a «temporary failure» by custom.
pub const RESTART: u8 = 75;

/// What a process that hangs gets to end in order.
const LAST_WORDS: Duration = Duration::from_secs(10);

pub(super) struct Services {
    plans: Option<PlanWatch>,
    #[cfg(unix)]
    control: Option<Control>,
    turn: Option<KeptTurn>,
    store: Option<StoreWatch>,
    watchdog: Option<Watchdog>,
    outputs: Option<Outputs>,
    _awake: Option<Awake>,
}

/// Where a wall works.
pub(super) struct Surroundings {
    pub(super) data_dir: PathBuf,
    /// Of the office's own data files.
    pub(super) own_data: Option<PathBuf>,
    /// Where orders are heard.
    pub(super) control: Option<PathBuf>,
    pub(super) mendable: Mendable,
    pub(super) watchdog: Option<Watchdog>,
    /// In vain, before this one.
    pub(super) starts: u32,
    pub(super) waker: Waker,
}

fn started<T>(what: &'static str, service: io::Result<T>) -> Option<T> {
    service.inspect_err(|error| tracing::error!(%error, what, "not started")).ok()
}

/// Watches over a start, too: a graphics driver that was reset may not answer any more.
pub(in crate::ui) fn watchdog(data_dir: &Path, ticker: Ticker) -> Option<Watchdog> {
    let watchdog = started("watchdog", Watchdog::start(PATIENCE, ticker, end_hung))?;
    let database = fs::metadata(data_dir.join(Database::Pult.file_name()));
    watchdog.starts(database.map_or(0, |file| file.len()));
    Some(watchdog)
}

impl Services {
    /// The store has been opened: there is one to be watched.
    pub(super) fn start(surroundings: Surroundings, plan: &WallPlan) -> Self {
        let Surroundings { data_dir, own_data, control, mendable, watchdog, starts, waker } =
            surroundings;
        let waker = || waker.clone();
        let plans = own_data
            .and_then(|folder| started("plans", PlanWatch::start(folder, plan.clone(), waker())));
        #[cfg(unix)]
        let control = control.and_then(|path| started("control", Control::listen(path, waker())));
        #[cfg(not(unix))]
        if control.is_some() {
            tracing::error!("this system has no sockets for the control of a wall");
        }
        Self {
            plans,
            #[cfg(unix)]
            control,
            turn: started("turn", KeptTurn::start(&data_dir, starts)),
            store: started(
                "store",
                StoreWatch::start(&data_dir.join(Database::Pult.file_name()), mendable, waker()),
            ),
            watchdog,
            outputs: started("outputs", Outputs::watch(waker())),
            _awake: started("awake", Awake::ask()),
        }
    }

    pub(super) fn new_plan(&self) -> Option<WallPlan> {
        self.plans.as_ref()?.take().filter_map(Result::ok).last()
    }

    #[cfg(unix)]
    pub(super) fn order(&self) -> Option<Ordered> {
        self.control.as_ref().and_then(Control::take)
    }

    #[cfg(not(unix))]
    pub(super) fn order(&self) -> Option<Ordered> {
        None
    }

    /// The scenes `shown` are on the wall, which stands so.
    pub(super) fn keep_turn(&mut self, shown: Vec<usize>, stood: Stood, moment: Moment) {
        if let Some(turn) = &mut self.turn {
            turn.keep(shown, stood, moment.now, moment.tick);
        }
    }

    /// The store has to be opened anew.
    pub(super) fn has_other_store(&self) -> bool {
        self.store.as_ref().is_some_and(StoreWatch::has_changed)
    }

    /// Other monitors are plugged in than at the start.
    pub(super) fn has_other_outputs(&self) -> bool {
        self.outputs.as_ref().is_some_and(Outputs::are_others)
    }

    /// A sign of life; the next one comes after `next`.
    pub(super) fn alive(&self, next: Duration) {
        if let Some(watchdog) = &self.watchdog {
            watchdog.alive(next);
        }
    }
}

/// Ends a wall whose main thread gives no sign of life.
fn end_hung() {
    tracing::error!("the wall hangs and is ended, to be started anew");
    end_for_restart();
}

/// Ends the process whatever its other threads do: one of them may hold what an orderly
/// end needs.
pub(super) fn end_for_restart() -> ! {
    let end = thread::Builder::new().spawn(|| process::exit(i32::from(RESTART)));
    if end.is_ok() {
        thread::sleep(LAST_WORDS);
    }
    process::abort();
}

//! The desk: owns the state, asks the workers, takes their answers.

use std::path::PathBuf;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::alerts::{self, Calling, UrgentQuestion};
use super::background::behind_frames;
use super::basemap::Basemaps;
use super::caught_up::CatchingUp;
use super::clock::Moment;
use super::data::Data;
use super::drafts::Unsaved;
use super::indicators::{self, MeasureAsked, Measured};
use super::keeper::{Keeper, Update};
use super::lane::Lane;
use super::likely::{self, Likely, LikelyKey, LikelyQuestion};
use super::link::{self, LinkAnswer, LinkQuestion};
use super::lock::{self, Signing};
use super::map_work::{MapAnswer, MapQuestion, MapWorker};
use super::network::{self, NetworkFault, NetworkQuestion};
use super::officer::{Job, OfficerThread};
use super::problems::{self, Problem, ProblemsAsked, ProblemsQuestion};
use super::replay;
use super::searching::{self, FirstHits, FirstHitsQuestion, Followed};
use super::shift::{self, Shifts};
use super::sign_in;
use super::state::{
    ConnectionTest, Loading, MapMode, SimilarTo, State, View, Viewport, end_of_minute,
};
use super::suggestions::Suggesting;
use super::triage::{self, QueueAsked};
use super::wall::preview::PlanPreview;
use super::wall::replay::Replays;
use super::what_if::{self, WhatIfAnswer, WhatIfAsked, WhatIfQuestion};
use super::workers::{self, ListAsked, ListQuestion, RowsQuestion, SearchAnswer, SimilarQuestion};
use crate::board::aggregates::AggregatesKey;
use crate::board::filter::Span;
use crate::board::queue::{Queue, QueueQuestion};
use crate::board::urgent::Urgent;
use crate::board::{Aggregates, Board, Region};
use crate::config::Settings;
use crate::config::own_data::OwnData;
use crate::domain::Timestamp;
use crate::store::details::{IncidentDetails, ListRow};
use crate::store::{self, last_figures};
use crate::sync::PushParts;
use crate::sync::engine::Nudge;
use crate::sync::leases::{LeaseBoard, Leases};
use crate::sync::status::{Phase, StatusBoard, SyncStatus};

/// Changes of the data are shown at most this often; a person's action at once.
pub(super) const DATA_PACE: Duration = Duration::from_millis(250);
/// The figures for the next start are written at most this often.
pub(super) const KEEP_PACE: Duration = Duration::from_mins(1);
/// The store's own health is read again after this, while it is looked at.
pub(super) const HEALTH_PACE: Duration = Duration::from_secs(5);

/// How a desk is opened.
pub struct DeskOptions {
    pub data_dir: PathBuf,
    pub settings: Settings,
    /// Where changed settings are kept; `None` keeps them for this run only.
    pub settings_path: Option<PathBuf>,
    /// False shows what is on the disk and talks to nobody.
    pub online: bool,
    /// Token for `settings.server`; `None` asks the keyring.
    pub token: Option<String>,
    pub waker: Waker,
    /// The data files.
    pub data: OwnData,
}

#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("a worker thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// State, workers and the link to the server.
pub struct Desk {
    // Dropped in this order: whoever sends changes before the thread that
    // waits for them, whoever reads before the store.
    pub(super) link: Lane<LinkQuestion, LinkAnswer>,
    /// Wakes the synchronisation that the lane keeps running.
    pub(super) nudge: Option<Nudge>,
    pub(super) state: State,
    pub(super) board: Board,
    pub(super) catching_up: CatchingUp,
    pub(super) data_dir: PathBuf,
    pub(super) settings_path: Option<PathBuf>,
    /// Writes the settings; what went wrong.
    pub(super) keep_settings: Lane<(Settings, PathBuf), Result<(), String>>,
    pub(super) status: StatusBoard,
    pub(super) leases: LeaseBoard,
    /// What it last told.
    pub(super) leases_told: Arc<Leases>,
    pub(super) moment: Moment,
    pub(super) viewport: Viewport,
    pub(super) next_notice: u64,

    pub(super) aggregates: Lane<(Board, AggregatesKey), Aggregates>,
    pub(super) asked: AggregatesKey,
    pub(super) asked_at: Duration,
    pub(super) figures: Lane<(Board, AggregatesKey), ()>,
    pub(super) kept: Option<KeptFigures>,
    /// Only who works with the data leaves figures for the next start, not who
    /// draws it as of some moment.
    pub(super) keeps_figures: bool,
    pub(super) map: Lane<MapQuestion, MapAnswer>,
    pub(super) map_asked: Option<MapAsked>,
    pub(super) list: Lane<ListQuestion, Vec<u32>>,
    pub(super) list_asked: Option<ListAsked>,
    pub(super) rows: Lane<RowsQuestion, (usize, Vec<ListRow>)>,
    pub(super) window: (usize, usize),
    pub(super) rows_asked: Option<(usize, usize, u64)>,
    pub(super) due: Lane<Vec<u32>, Vec<ListRow>>,
    pub(super) due_asked: Vec<u32>,
    pub(super) queue: Lane<QueueAsked, Queue>,
    pub(super) queue_asked: Option<(AggregatesKey, QueueQuestion)>,
    pub(super) queue_rows: Lane<RowsQuestion, (usize, Vec<ListRow>)>,
    pub(super) queue_window: (usize, usize),
    pub(super) queue_rows_asked: Vec<u32>,
    pub(super) shifts: Shifts,
    pub(super) signing: Signing,
    pub(super) similar: Lane<SimilarQuestion, SimilarTo>,
    pub(super) likely: Lane<LikelyQuestion, Likely>,
    pub(super) likely_asked: Option<LikelyKey>,
    pub(super) details: Lane<u32, IncidentDetails>,
    /// Row id of the incident whose card was asked for last.
    pub(super) opened: Option<u32>,
    pub(super) suggesting: Suggesting,
    pub(super) search: Lane<String, SearchAnswer>,
    pub(super) first_hits: Lane<FirstHitsQuestion, FirstHits>,
    pub(super) followed: Followed,
    pub(super) what_if: Lane<WhatIfQuestion, WhatIfAnswer>,
    pub(super) what_if_asked: Option<WhatIfAsked>,
    pub(super) measures: Lane<(Board, AggregatesKey), Measured>,
    pub(super) measure_asked: MeasureAsked,
    pub(super) problems: Lane<ProblemsQuestion, Vec<Problem>>,
    pub(super) problems_asked: ProblemsAsked,
    pub(super) urgent: Lane<UrgentQuestion, Urgent>,
    pub(super) calling: Calling,
    pub(super) unsaved: Unsaved,
    pub(super) preview: PlanPreview,
    pub(super) replays: Replays,
    pub(super) basemaps: Basemaps,
    pub(super) health: Lane<Board, workers::Health>,
    pub(super) health_asked_at: Option<Duration>,
    pub(super) probe: Lane<link::Probe, ConnectionTest>,
    pub(super) network: Lane<NetworkQuestion, Result<Settings, NetworkFault>>,
    /// As given by the environment or a person: a link made anew needs it again.
    pub(super) token: Option<String>,
    /// By the environment; what is kept is looked for where it is not.
    pub(super) given_token: Option<String>,
    /// Of running, since when the link of a wall has been refused.
    pub(super) refused_since: Option<Duration>,
    pub(super) export: Lane<workers::ExportQuestion, workers::Exported>,
    pub(super) list_generation: u64,
    // Its last jobs still reach the board and the outbox.
    pub(super) officer: OfficerThread,
    pub(super) keeper: Keeper,
    data: Data,
}

/// What the map was last asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MapAsked {
    pub(super) key: AggregatesKey,
    pub(super) mode: MapMode,
    pub(super) viewport: Viewport,
    pub(super) theme: crate::config::Theme,
}

/// What was last kept for the next start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct KeptFigures {
    /// Version of the board and span of the opening filter.
    pub(super) of: (u64, Option<Span>),
    pub(super) at: Duration,
}

impl Desk {
    /// Opens the store and starts the workers. Returns at once: the board is
    /// read behind the first frames. A folder that may not be written but holds a
    /// store is shown as it stands.
    pub fn open(options: DeskOptions, moment: Moment) -> Result<Self, DeskError> {
        behind_frames(move || {
            let data = Data::to_work(&options.data_dir, &options.data.catalogue)?;
            Self::on(data, options, moment)
        })
    }

    /// The same for who only draws: nothing is written or sent, and a running desk
    /// in the same folder is not disturbed.
    pub fn look(options: DeskOptions, moment: Moment) -> Result<Self, DeskError> {
        behind_frames(move || {
            let data = Data::to_look(&options.data_dir, &options.data.catalogue)?;
            Self::on(data, DeskOptions { online: false, ..options }, moment)
        })
    }

    fn on(data: Data, options: DeskOptions, moment: Moment) -> Result<Self, DeskError> {
        let catalogue = Arc::clone(&options.data.catalogue);
        let can_write = data.writer().is_some();
        let waker = options.waker;
        let region = Region::of(&catalogue);
        let keeper = Keeper::start(data.reader()?, region, Arc::clone(&catalogue), waker.clone())?;
        let updates = keeper.updates().ok_or(store::Error::Stopped)?;
        let officer = OfficerThread::start(
            data.shared_outbox(),
            data.reader()?,
            updates,
            Timestamp(moment.now),
            waker.clone(),
        )?;
        let status = StatusBoard::new(waker.clone());
        let meta = data.reader()?.meta()?;
        let lane_reader = || data.reader();
        let kept = last_figures::load(&options.data_dir, &meta, region)
            .filter(|figures| figures.key.now <= end_of_minute(moment.now));
        let (offices, lock) = lock::at_start(&data.shared_outbox())?;
        let state = State {
            catalogue: Arc::clone(&catalogue),
            own_files: Arc::new(options.data.files),
            offices: Arc::new(offices),
            // Who only draws has the disk: a lock keeps nothing from them.
            lock: lock.filter(|_| can_write),
            demo: meta.installation.is_some_and(|installation| installation.demo),
            sync: SyncStatus {
                confirmed_at: meta.last_sync_at.map(|at| at.0),
                ..SyncStatus::default()
            },
            kept_at: kept.as_ref().map(|figures| figures.key.now.min(moment.now)),
            aggregates: Arc::new(kept.unwrap_or_default()),
            ..State::new(moment.now, options.settings)
        };
        let mut map_worker = MapWorker::default();
        let mut desk = Self {
            board: Board::empty(region),
            catching_up: CatchingUp::default(),
            keeper,
            officer,
            keep_settings: Lane::start("settings", waker.clone(), workers::keep_settings)?,
            status,
            leases: LeaseBoard::new(waker.clone()),
            leases_told: Arc::default(),
            nudge: None,
            link: Lane::start("link", waker.clone(), link::links(lane_reader()?))?,
            moment,
            viewport: Viewport::default(),
            next_notice: 1,
            aggregates: Lane::start("aggregates", waker.clone(), |(board, key), cancel| {
                Aggregates::compute(&board, &key, cancel.flag())
            })?,
            asked: AggregatesKey::default(),
            asked_at: Duration::ZERO,
            figures: Lane::start(
                "figures",
                // Nothing on the screen changes.
                Waker::noop().clone(),
                workers::figures(lane_reader()?, options.data_dir.clone()),
            )?,
            kept: None,
            keeps_figures: options.online && can_write,
            map: Lane::start("map", waker.clone(), move |question, cancel| {
                map_worker.answer(&question, cancel)
            })?,
            map_asked: None,
            list: Lane::start("list", waker.clone(), workers::list(lane_reader()?))?,
            list_asked: None,
            rows: Lane::start("rows", waker.clone(), workers::rows(lane_reader()?))?,
            window: (0, 0),
            rows_asked: None,
            due: Lane::start("due", waker.clone(), workers::list_rows(lane_reader()?))?,
            due_asked: Vec::new(),
            queue: Lane::start("queue", waker.clone(), triage::queue)?,
            queue_asked: None,
            queue_rows: Lane::start("queue-rows", waker.clone(), workers::rows(lane_reader()?))?,
            queue_window: (0, 0),
            queue_rows_asked: Vec::new(),
            shifts: Shifts::new(Lane::start(
                "shift",
                waker.clone(),
                shift::picture(lane_reader()?),
            )?),
            signing: Signing::new(
                Lane::start("sign-in", waker.clone(), sign_in::sign(data.shared_outbox()))?,
                moment.tick,
                options.token.clone(),
            ),
            similar: Lane::start("similar", waker.clone(), workers::similar(lane_reader()?))?,
            likely: Lane::start("likely", waker.clone(), likely::likely)?,
            likely_asked: None,
            details: Lane::start("details", waker.clone(), workers::details(lane_reader()?))?,
            opened: None,
            suggesting: Suggesting::start(lane_reader()?, &waker)?,
            search: Lane::start("search", waker.clone(), workers::search(lane_reader()?))?,
            first_hits: Lane::start(
                "first-hits",
                waker.clone(),
                searching::first_hits(lane_reader()?),
            )?,
            followed: Followed::default(),
            what_if: Lane::start("what-if", waker.clone(), what_if::what_if(lane_reader()?))?,
            what_if_asked: None,
            measures: Lane::start("measures", waker.clone(), indicators::measure)?,
            measure_asked: MeasureAsked::default(),
            problems: Lane::start("problems", waker.clone(), problems::problems(lane_reader()?))?,
            problems_asked: ProblemsAsked::default(),
            urgent: Lane::start("urgent", waker.clone(), alerts::urgent)?,
            calling: Calling::default(),
            unsaved: Unsaved::default(),
            preview: PlanPreview::new(options.data.folder, waker.clone()),
            replays: Replays::start(waker.clone())?,
            basemaps: Basemaps::start(waker.clone())?,
            health: Lane::start("health", waker.clone(), workers::health(lane_reader()?))?,
            health_asked_at: None,
            probe: Lane::start("probe", waker.clone(), link::probe)?,
            network: Lane::start("network", waker.clone(), network::check)?,
            token: options.token.clone(),
            given_token: options.token,
            refused_since: None,
            export: Lane::start("export", waker, workers::export(lane_reader()?))?,
            list_generation: 0,
            data,
            data_dir: options.data_dir,
            settings_path: options.settings_path,
            state,
        };
        desk.tell_at_start();
        desk.open_basemap();
        if options.online && can_write {
            desk.start_link(desk.token.clone(), false);
        } else if options.online {
            let folder = desk.data_dir.display().to_string();
            desk.notice("notice-read-only", folder, true);
            desk.state.sync.phase = Phase::Refused { reason: "read-only" };
        }
        Ok(desk)
    }

    pub fn state(&self) -> &State {
        &self.state
    }

    /// Of all columns of the board.
    pub fn board_bytes(&self) -> usize {
        self.board.bytes()
    }

    /// False for a guest in the data folder.
    pub fn can_write(&self) -> bool {
        self.data.writer().is_some()
    }

    /// Takes what the workers have finished and asks what is to be asked.
    /// Never blocks. True where something on the screen has changed.
    pub fn poll(&mut self, moment: Moment) -> bool {
        let minute_turned = end_of_minute(moment.now) != end_of_minute(self.moment.now);
        self.moment = moment;
        self.state.now = moment.now;
        let mut changed = minute_turned;
        changed |= self.take_news();
        changed |= self.take_status();
        self.link_again();
        changed |= self.take_leases();
        changed |= self.take_told();
        changed |= self.release_undone();
        changed |= self.lock_idle();
        changed |= self.take_answers();
        self.follow_catching_up();
        changed |= self.follow_basemap();
        changed |= self.drop_old_notices();
        let has_stepped = replay::step(&mut self.state, moment.tick);
        changed |= has_stepped;
        // The last step ends the replay: its span goes with it.
        if self.count_on() || has_stepped || self.state.replay.is_some() {
            self.follow_clock();
        }
        self.write_note_in_time();
        self.follow_search();
        changed |= self.part_strays();
        self.keep_drafts();
        changed |= self.follow_plan();
        self.ask();
        self.tell_open();
        changed
    }

    /// When the next frame is wanted although nobody wakes us.
    pub fn next_wake(&self) -> Duration {
        let minute = u64::from(end_of_minute(self.moment.now) - self.moment.now);
        let mut wake = Duration::from_secs(minute);
        if self.state.replay.is_some() {
            wake = wake.min(replay::STEP);
        }
        if let Some(offer) = self.state.undo.first() {
            wake = wake.min(offer.until.saturating_sub(self.moment.tick));
            wake = wake.min(self.until_next_second());
        }
        if self.is_waiting_for_pace() {
            wake = wake.min(DATA_PACE);
        }
        if self.state.view == View::Health {
            wake = wake.min(HEALTH_PACE);
        }
        let soon = [
            self.until_lease_ends(),
            self.until_drafts_are_kept(),
            self.until_next_look(),
            self.until_notice_leaves(),
            self.until_measures(),
            self.until_problems(),
        ];
        for soon in soon {
            wake = wake.min(soon.unwrap_or(Duration::MAX));
        }
        if let Some(left) = self.until_lock() {
            wake = wake.min(left);
        }
        if let Some(again) = self.search_wake() {
            wake = wake.min(again);
        }
        self.shift_wake().map_or(wake, |shift| wake.min(shift))
    }

    /// Moves the span of a period that follows the clock.
    pub(super) fn follow_clock(&mut self) {
        let period = self.state.period;
        self.state.filter.span = match self.state.replay {
            Some(replay) => Some(replay.span()),
            None => period.span(self.state.counted_at),
        };
    }

    /// Ends the link there is and makes one to the server of the settings.
    pub(super) fn start_link(&mut self, token: Option<String>, keep_token: bool) {
        // Without the right to write there is nothing to link.
        let Some(writer) = self.data.writer() else { return };
        let (Some(updates), Some(officer)) = (self.keeper.updates(), self.officer.asker()) else {
            return;
        };
        let handed = self.catching_up.handed.clone();
        let push = PushParts {
            outbox: self.data.shared_outbox(),
            // The desk may be closing: then nobody looks any more.
            told: Arc::new(move || drop(officer.send(Job::LookAgain))),
        };
        // Together, so that one token's office is never taken for another's.
        self.status = self.status.for_another_token();
        self.token.clone_from(&token);
        self.nudge = None;
        self.link.ask(LinkQuestion {
            settings: self.state.settings.clone(),
            data_dir: self.data_dir.clone(),
            token,
            keep_token,
            sign_in: self.signing.pending.clone(),
            writer,
            changes: Arc::new(move |changes| {
                handed.count();
                drop(updates.send(Update::Stored(changes)));
            }),
            push,
            leases: self.leases.clone(),
            status: self.status.clone(),
        });
    }
}

impl Drop for Desk {
    /// What was seen last is what the next start shows first.
    fn drop(&mut self) {
        self.write_note();
        self.keep_all_drafts();
        self.keep_settings.finish();
        if self.state.loading == Loading::Ready {
            self.keep_newer_figures();
        }
        self.figures.finish();
    }
}

//! What a view may look at.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::alerts::Notifier;
use super::basemap::BasemapState;
use super::drafts::Strays;
use super::indicators::IndicatorsState;
use super::lock::{Lock, OfficeHere};
use super::network::NetworkCheck;
use super::outbox_view::OutboxView;
use super::problems::ProblemsState;
use super::replay::Replay;
use super::shift::ShiftState;
use super::suggestions::Suggestions;
use super::triage::TriageState;
use super::wall::preview::PlanShown;
use super::wall::replay::ReplayPicture;
use super::what_if::WhatIfAnswer;
use crate::board::filter::{Filter, Span, TextMatch};
use crate::board::indicators::Behind;
use crate::board::row::NONE;
use crate::board::similar::Similar;
use crate::board::{Aggregates, Census, Row, Vocabulary};
use crate::config::Settings;
use crate::config::own_data::OwnFiles;
use crate::domain::catalogue::Catalogue;
use crate::domain::name::Name;
use crate::domain::policy::Supposed;
use crate::domain::topic::Near;
use crate::domain::{CommandKind, LocalDay, Period, Timestamp};
use crate::geo::clusters::Cluster;
use crate::geo::density::Heat;
use crate::geo::layers::GeoData;
use crate::geo::mercator::MercatorPoint;
use crate::logging::LogHealth;
use crate::store::details::{IncidentDetails, ListRow};
use crate::store::health::StoreHealth;
use crate::sync::leases::Leases;
use crate::sync::status::SyncStatus;

/// Views of the desk, in the order of the navigation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum View {
    #[default]
    Situation,
    Triage,
    Blocks,
    Indicators,
    Problems,
    Incidents,
    Shift,
    Outbox,
    Health,
    Settings,
}

/// Spans that follow the clock, or one that was brushed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PeriodChoice {
    Day,
    Week,
    #[default]
    FourWeeks,
    Quarter,
    Year,
    All,
    Brushed(Span),
}

impl PeriodChoice {
    /// Length in days, where the choice follows the clock.
    pub const fn days(self) -> Option<u32> {
        match self {
            Self::Day => Some(1),
            Self::Week => Some(7),
            Self::FourWeeks => Some(28),
            Self::Quarter => Some(91),
            Self::Year => Some(365),
            Self::All | Self::Brushed(_) => None,
        }
    }

    /// The span at `now`; `None` is all time. A day is the last 24 hours to the
    /// minute; longer choices are whole local days that end with today, so that
    /// they agree with the bars of the timeline.
    pub fn span(self, now: u32) -> Option<Span> {
        match self {
            Self::Brushed(span) => Some(span),
            Self::All => None,
            Self::Day => {
                let to = end_of_minute(now);
                Some(Span { from: to.saturating_sub(86_400), to })
            }
            other => other.days().map(|days| {
                let period = Period::last_days(days, Timestamp(now));
                Span { from: period.from.0, to: period.to.0 }
            }),
        }
    }
}

/// The end of the minute of `now`: figures that depend on the clock change with
/// the minute, not with every frame.
pub fn end_of_minute(now: u32) -> u32 {
    (now / 60 + 1).saturating_mul(60)
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MapMode {
    /// Municipalities coloured by a measure.
    Areas,
    #[default]
    Heat,
    Clusters,
}

/// What colours a municipality.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Measure {
    #[default]
    Received,
    PerThousand,
    OverdueShare,
    Change,
}

impl Measure {
    pub const ALL: [Self; 4] =
        [Self::Received, Self::PerThousand, Self::OverdueShare, Self::Change];
}

/// The part of the world that a map shows: Web Mercator with 0–1 over the
/// world, y down, and the pixels that it fills.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Viewport {
    pub x_min: f64,
    pub y_min: f64,
    pub x_max: f64,
    pub y_max: f64,
    pub width_px: u32,
    pub height_px: u32,
    /// Physical pixels a point.
    pub pixels_per_point: f32,
}

/// Heat made for one viewport and filter.
#[derive(Clone, Debug)]
pub struct HeatPicture {
    pub viewport: Viewport,
    pub heat: Heat,
    /// Counts up with every picture, so that a texture is uploaded once.
    pub number: u64,
    /// Counts up with every other selection.
    pub selection: u64,
}

/// Clusters of one viewport and filter.
#[derive(Clone, Debug)]
pub struct ClusterPicture {
    pub viewport: Viewport,
    /// The largest first; members are board positions.
    pub clusters: Vec<Cluster>,
    /// By cluster: the incidents of a small one, none of a large one.
    pub rows: Vec<Vec<Row>>,
}

/// Orders of the incident list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ListOrder {
    #[default]
    NewestFirst,
    OldestFirst,
    DueFirst,
    /// By how well the words of the search fit; newest first where there are none.
    BestFirst,
}

/// The incident list: an order over the whole selection and a window of rows.
#[derive(Clone, Debug, Default)]
pub struct ListState {
    pub order: ListOrder,
    /// Board positions of the selection, in order.
    pub positions: Arc<Vec<u32>>,
    /// The words whose first hits alone stand there, until all are found.
    pub begun: Option<String>,
    /// Rows that were read for the window, from index `first` of `positions`.
    pub first: usize,
    pub rows: Vec<ListRow>,
    /// What it holds instead of what was received within the filter.
    pub instead: Option<Instead>,
    /// What `positions` are of; others are on their way where it is not `instead`.
    pub holds: Option<Instead>,
}

/// Other contents of the list.
#[derive(Clone, Debug, PartialEq)]
pub enum Instead {
    /// The very records behind a figure.
    Behind(Behind),
    /// The incidents of a problem, under its name, whatever the filter says.
    Members(TextMatch),
}

/// A sentence for the person at the desk; `text` is a key of the Fluent files.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub id: u64,
    pub text: &'static str,
    /// A file name or a detail that is not personal.
    pub detail: String,
    pub is_error: bool,
    /// Tick of the clock at which it leaves by itself; an error stays.
    pub until: Option<Duration>,
}

/// What a test of a connection found.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ConnectionTest {
    #[default]
    NotTried,
    Running,
    Passed {
        region: String,
        role: String,
        incidents: u64,
        demo: bool,
    },
    /// Key of the Fluent files and a detail.
    Failed {
        reason: &'static str,
        detail: String,
    },
}

/// Actions that were written down together and can be undone together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoOffer {
    pub ids: Vec<Uuid>,
    pub kind: CommandKind,
    /// Row ids of the incidents that were asked for.
    pub rows: Vec<u32>,
    /// Whole seconds left, for the screen.
    pub secs_left: u32,
    /// Until then, on the clock that only goes forward.
    pub until: Duration,
}

/// What may be the same matter as an incident, the most alike first.
#[derive(Clone, Debug, PartialEq)]
pub struct SimilarTo {
    pub row_id: u32,
    /// How near is near for its topic.
    pub near: Near,
    pub found: Vec<SimilarRow>,
}

/// One of them, as a list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct SimilarRow {
    pub similar: Similar,
    pub row: ListRow,
    pub place: Option<MercatorPoint>,
}

/// Unmasked messages of one incident, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revealed {
    pub row_id: u32,
    /// By ids of messages.
    pub texts: HashMap<String, String>,
}

/// How far the board is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Loading {
    #[default]
    NotStarted,
    /// Rows read so far, and in all.
    Board {
        done: u32,
        total: u32,
    },
    Ready,
}

/// All that is on the screen. Views borrow it; only [`super::Desk`] changes it.
#[derive(Clone)]
pub struct State {
    /// UTC seconds.
    pub now: u32,
    /// What is counted is counted as of then: now, or on a wall that has heard nothing for
    /// long the last moment of which all is known. UTC seconds.
    pub counted_at: u32,
    /// Its figures are on a wall.
    pub is_wall: bool,
    pub catalogue: Arc<Catalogue>,
    /// Data files of the office's own.
    pub own_files: Arc<OwnFiles>,
    pub wall_plan: PlanShown,
    pub geodata: Arc<GeoData>,
    pub basemap: BasemapState,
    pub vocabulary: Arc<Vocabulary>,
    pub settings: Settings,
    pub demo: bool,
    pub loading: Loading,

    pub view: View,
    pub period: PeriodChoice,
    /// What the person has chosen; `aggregates.key` tells what is shown.
    pub filter: Filter,
    /// What stands in the search field.
    pub search: String,
    pub aggregates: Arc<Aggregates>,
    /// Where `aggregates` are those of the last run, shown until the board is read:
    /// when they were counted, UTC seconds.
    pub kept_at: Option<u32>,
    /// True while a newer answer is being made.
    pub aggregating: bool,
    /// All is shown that had come when the link caught up.
    pub is_caught_up: bool,

    pub map_mode: MapMode,
    pub measure: Measure,
    pub heat: Option<Arc<HeatPicture>>,
    pub wall_replay: Option<Arc<ReplayPicture>>,
    pub clusters: Option<Arc<ClusterPicture>>,
    /// Counts up when the map is to show the whole region again.
    pub show_region: u64,

    pub list: ListState,
    pub indicators: IndicatorsState,
    pub problems: ProblemsState,
    /// Rows of `aggregates.due_next`.
    pub due_next: Vec<ListRow>,
    pub incident: Option<Arc<IncidentDetails>>,
    pub triage: TriageState,
    pub strays: Strays,
    /// What other offices have open, as far as the server says so now.
    pub leases: Arc<Leases>,
    pub shift: ShiftState,
    /// What may be the same matter as the open incident.
    pub similar: Option<Arc<SimilarTo>>,
    /// Amounts that are tried in the rules of deadlines.
    pub supposed: Vec<Supposed>,
    /// How many would be late by them.
    pub what_if: Option<Arc<WhatIfAnswer>>,
    /// About the open incident; `None` until there are some.
    pub suggestions: Option<Arc<Suggestions>>,
    pub replay: Option<Replay>,

    pub sync: SyncStatus,
    pub store: StoreHealth,
    /// How the board stood when it was last looked at.
    pub census: Census,
    pub log: LogHealth,
    /// What was done here and the server has not made its own yet.
    pub outbox: Arc<OutboxView>,
    /// Actions that can still be undone, the newest last.
    pub undo: Vec<UndoOffer>,
    /// Citizens' words that were shown for a reason; forgotten with the card.
    pub revealed: Option<Revealed>,
    /// Offices that have signed in at this desk.
    pub offices: Arc<Vec<OfficeHere>>,
    /// A locked desk is drawn as nothing but its lock.
    pub lock: Option<Lock>,
    /// When input was last told of, UTC seconds.
    pub touched_at: u32,
    pub connection_test: ConnectionTest,
    pub network: NetworkCheck,
    /// Whether the desktop takes calls.
    pub notifier: Notifier,
    pub notices: Vec<Notice>,
    /// Counts up when the search field is to take the keyboard.
    pub focus_search: u64,
    pub palette_open: bool,
    pub help_open: bool,
    pub quit: bool,
}

impl State {
    /// What a desk shows when it opens, before anything is known: no figures, the
    /// filter of [`PeriodChoice::default`] at `now` (UTC seconds).
    pub fn new(now: u32, settings: Settings) -> Self {
        let period = PeriodChoice::default();
        Self {
            now,
            counted_at: now,
            is_wall: false,
            catalogue: Catalogue::embedded(),
            own_files: Arc::default(),
            wall_plan: PlanShown::default(),
            geodata: GeoData::embedded(),
            basemap: BasemapState::default(),
            vocabulary: Arc::default(),
            settings,
            demo: false,
            loading: Loading::default(),
            view: View::default(),
            period,
            filter: Filter { span: period.span(now), ..Filter::default() },
            search: String::new(),
            aggregates: Arc::default(),
            kept_at: None,
            aggregating: false,
            is_caught_up: false,
            map_mode: MapMode::default(),
            measure: Measure::default(),
            heat: None,
            wall_replay: None,
            clusters: None,
            show_region: 0,
            list: ListState::default(),
            indicators: IndicatorsState::default(),
            problems: ProblemsState::default(),
            due_next: Vec::new(),
            incident: None,
            suggestions: None,
            replay: None,
            sync: SyncStatus::default(),
            store: StoreHealth::default(),
            census: Census::default(),
            log: LogHealth::default(),
            outbox: Arc::default(),
            undo: Vec::new(),
            revealed: None,
            triage: TriageState::default(),
            strays: Strays::default(),
            leases: Arc::default(),
            shift: ShiftState::default(),
            similar: None,
            supposed: Vec::new(),
            what_if: None,
            offices: Arc::default(),
            lock: None,
            touched_at: now,
            connection_test: ConnectionTest::default(),
            network: NetworkCheck::default(),
            notifier: Notifier::default(),
            notices: Vec::new(),
            focus_search: 0,
            palette_open: false,
            help_open: false,
            quit: false,
        }
    }
    /// What the map can show: until the heat or the groups of a board are there,
    /// the areas, whose figures are.
    pub fn shown_map_mode(&self) -> MapMode {
        let mode = self.asked_map_mode();
        let waits = match mode {
            MapMode::Areas => false,
            MapMode::Heat => self.heat.is_none(),
            MapMode::Clusters => self.clusters.is_none(),
        };
        if waits && !self.aggregates.by_day.is_empty() { MapMode::Areas } else { mode }
    }

    /// What is to be made for the map: the settings show the wall, which has heat.
    pub fn asked_map_mode(&self) -> MapMode {
        if self.view == View::Settings { MapMode::Heat } else { self.map_mode }
    }

    /// Up to when everything that is shown was known to be here.
    pub fn known_at(&self) -> Option<u32> {
        self.kept_at.or(self.sync.confirmed_at)
    }

    /// True where everything up to a day's beginning is here: days that nobody was told of
    /// would look calm.
    pub fn knows_until(&self, day: LocalDay) -> bool {
        self.known_at().is_some_and(|at| Timestamp(at).local_day() >= day)
    }

    /// Critical topics and what was received of them under the filter, at zero too.
    pub fn critical_topics(&self) -> Vec<(&Name, u32)> {
        let named = self.vocabulary.topics.iter().zip(0_u16..);
        let received = |code: &str| {
            let mut named =
                named.clone().filter(|(topic, number)| topic.code == code && *number != NONE);
            let Some((_, number)) = named.next() else { return 0 };
            let by_topic = (0_u16..).zip(&self.aggregates.by_topic);
            let under = by_topic.filter(|(topic, _)| self.vocabulary.is_under(*topic, number));
            under.map(|(_, totals)| totals.received).sum()
        };
        let topics = self.catalogue.topics.topics().iter().filter(|topic| topic.is_critical);
        topics.map(|topic| (&topic.name, received(&topic.code))).collect()
    }
}

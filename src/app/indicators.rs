//! «Показатели»: what is measured for the filter, and how groups do beside others.

use std::sync::Arc;
use std::time::Duration;

use super::desk::Desk;
use super::lane::Cancel;
use super::state::{Instead, Loading, View};
use crate::board::aggregates::AggregatesKey;
use crate::board::forecasts::Forecasts;
use crate::board::indicators::{Behind, Figure, Side, Table};
use crate::board::period_changes::PeriodChange;
use crate::board::scorecards::Scorecards;
use crate::board::{Board, Indicators};
use crate::domain::indicator::Measure;

/// What came meanwhile is measured anew at most this often; another filter at once.
const PACE: Duration = Duration::from_secs(3);
/// The same where nobody asked for it: on a wall.
const PACE_OF_WALL: Duration = Duration::from_mins(1);

/// Pages of the view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Page {
    /// Charts over time and by channel.
    #[default]
    Overview,
    /// The registry.
    Figures,
    Scorecards,
    /// The next days.
    Forecast,
    /// The period in words.
    Digest,
}

/// Whose scorecards are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Groups {
    #[default]
    Bodies,
    Municipalities,
    Blocks,
}

/// What the person has chosen, and what was found.
#[derive(Clone, Debug)]
pub struct IndicatorsState {
    pub page: Page,
    /// The one that is explained.
    pub chosen: Measure,
    pub groups: Groups,
    /// `None` until it was measured.
    pub found: Option<Arc<Measured>>,
}

impl Default for IndicatorsState {
    fn default() -> Self {
        Self {
            page: Page::default(),
            chosen: Measure::OnTime,
            groups: Groups::default(),
            found: None,
        }
    }
}

/// Everything that was measured for one key.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    pub indicators: Indicators,
    pub cards: Scorecards,
    pub forecasts: Forecasts,
    /// What was unusual about a span that is over; `None` where it is not, or where the
    /// history is too short to say.
    pub changes: Option<Vec<PeriodChange>>,
    /// Of everything that matches, in the order of [`Measure::ALL`].
    lines: Vec<Line>,
}

/// A figure of everything that matches, and those that it is compared with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    pub now: Figure,
    pub previous: Option<Figure>,
    pub year_ago: Option<Figure>,
    pub week: Option<Figure>,
    pub month: Option<Figure>,
}

impl Measured {
    pub fn of(
        indicators: Indicators,
        cards: Scorecards,
        forecasts: Forecasts,
        changes: Option<Vec<PeriodChange>>,
    ) -> Self {
        let all = |table: &Table| {
            let total = table.total();
            Measure::ALL.iter().map(|measure| total.figure(*measure)).collect::<Vec<_>>()
        };
        let beside =
            [&indicators.previous, &indicators.year_ago, &indicators.week, &indicators.month];
        let beside = beside.map(|table| table.as_ref().map(all));
        let [previous, year_ago, week, month] = &beside;
        let line = |(at, now)| {
            let of = |figures: &Option<Vec<Figure>>| figures.as_ref().map(|all| all[at]);
            let (previous, year_ago) = (of(previous), of(year_ago));
            Line { now, previous, year_ago, week: of(week), month: of(month) }
        };
        let lines = all(&indicators.now).into_iter().enumerate().map(line).collect();
        Self { indicators, cards, forecasts, changes, lines }
    }

    pub fn line(&self, measure: Measure) -> &Line {
        &self.lines[usize::from(measure.index())]
    }
}

/// What a person does here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndicatorsCommand {
    Show(Page),
    Choose(Measure),
    GroupBy(Groups),
    /// Opens the list of the records behind a figure.
    ShowBehind(Measure, Side),
}

pub(super) fn measure((board, key): (Board, AggregatesKey), cancel: &Cancel) -> Option<Measured> {
    let indicators = board.indicators(&key, cancel.flag())?;
    let cards = board.scorecards(&key, cancel.flag())?;
    let forecasts = board.forecasts(&key, cancel.flag())?;
    let changes = board.period_changes(&key, cancel.flag())?;
    Some(Measured::of(indicators, cards, forecasts, changes))
}

/// What was last measured, and when it was asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct MeasureAsked {
    key: Option<AggregatesKey>,
    at: Duration,
}

impl Desk {
    pub(super) fn apply_indicators(&mut self, command: IndicatorsCommand) {
        let state = &mut self.state.indicators;
        match command {
            IndicatorsCommand::Show(page) => {
                (state.page, self.state.view) = (page, View::Indicators);
            }
            IndicatorsCommand::Choose(measure) => state.chosen = measure,
            IndicatorsCommand::GroupBy(groups) => state.groups = groups,
            IndicatorsCommand::ShowBehind(measure, side) => {
                self.state.list.instead = Some(Instead::Behind(Behind { measure, side }));
                self.state.view = View::Incidents;
            }
        }
    }

    /// How often it is measured; `None` where nobody sees it.
    fn measures_pace(&self) -> Option<Duration> {
        let state = &self.state.indicators;
        if self.state.view == View::Indicators && state.page != Page::Overview {
            Some(PACE)
        } else {
            // The settings show the wall.
            let is_wall = self.state.is_wall || self.state.view == View::Settings;
            is_wall.then_some(PACE_OF_WALL)
        }
    }

    /// While it is looked at.
    pub(super) fn ask_measures(&mut self) {
        let Some(pace) = self.measures_pace() else { return };
        let asked = &self.measure_asked;
        let is_other = asked.key.as_ref().is_none_or(|key| key.filter != self.asked.filter);
        let is_behind = asked.key.as_ref() != Some(&self.asked);
        let rested = self.moment.tick.saturating_sub(asked.at) >= pace;
        if is_other || (is_behind && rested && !self.measures.is_busy()) {
            self.measure_asked =
                MeasureAsked { key: Some(self.asked.clone()), at: self.moment.tick };
            self.measures.ask((self.board.clone(), self.asked.clone()));
        }
    }

    /// When what came meanwhile is measured anew, if it is.
    pub(super) fn until_measures(&self) -> Option<Duration> {
        let pace = self.measures_pace()?;
        let is_behind = self.measure_asked.key.as_ref() != Some(&self.asked);
        let waits = is_behind && self.state.loading == Loading::Ready && !self.measures.is_busy();
        waits.then(|| (self.measure_asked.at + pace).saturating_sub(self.moment.tick))
    }

    pub(super) fn take_measures(&mut self) -> bool {
        let Some(found) = self.measures.take() else { return false };
        self.state.indicators.found = Some(Arc::new(found));
        true
    }
}

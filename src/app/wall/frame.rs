//! What a wall may know: aggregates, words of fixed vocabularies, a heat map.
//!
//! The type has no room for a citizen's text, an exact place or a record's
//! number: what cannot be held cannot be shown.

use std::sync::Arc;

use super::super::basemap::Archive;
use super::super::state::{Loading, MapMode, State};

pub use super::super::state::{HeatPicture, PeriodChoice, Viewport};
use super::ahead::forecast;
use super::crossing::crossing;
pub use super::kept_turn::Stood;
use super::places::places;
use super::told::{Count, SMALLEST_CELL, told};

pub use super::ahead::{ForecastFrame, NoForecast};
pub use super::crossing::CrossingFrame;
pub use super::places::PlaceFrame;
pub use super::replay::ReplayPicture;
pub use super::told::Told;
use crate::board::aggregates::{DayTotals, Matter, TREND_DAYS, Totals};
use crate::board::indicators::{Figure, Value};
use crate::board::mood::{Mood, Verdict};
use crate::board::row::NONE;
use crate::config::Theme;
use crate::domain::catalogue::Catalogue;
use crate::domain::indicator::Measure;
use crate::domain::mask::mask;
use crate::domain::{Block, Language, Name, Source, Timestamp};
use crate::geo::layers::GeoData;
use crate::sync::status::Phase;

/// Days of the series that a wall draws.
const SERIES_DAYS: usize = TREND_DAYS;

/// Whole days that are judged.
const MOOD_DAYS: i32 = 7;

/// Indicators that a wall shows, as far as it has room.
const SHOWN_MEASURES: [Measure; 7] = [
    Measure::OnTime,
    Measure::FirstAnswerTime,
    Measure::CloseTime,
    Measure::Returned,
    Measure::Reopened,
    Measure::Repeated,
    Measure::Satisfaction,
];

/// Bodies that a wall shows.
const MOST_BODIES: usize = 16;

const NAME_CHARS: usize = 80;

/// One sector.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockFrame {
    pub name: String,
    pub totals: Totals,
    /// Received in the span of equal length before, where there is one.
    pub received_before: Option<u32>,
    /// Received by day, whole days only, oldest first.
    pub trend: Vec<u32>,
}

/// One municipality.
#[derive(Clone, Debug, PartialEq)]
pub struct MunicipalityFrame {
    pub name: String,
    pub received: Told,
    pub overdue: Told,
}

/// A theme, block or source in a municipality that stands out.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeFrame {
    pub municipality: String,
    pub matter: String,
    /// Length of the window that ends now.
    pub hours: u32,
    pub count: u32,
    pub usual_low: u32,
    pub usual_high: u32,
}

/// A problem that goes on and whose name a person approved for the wall.
#[derive(Clone, Debug, PartialEq)]
pub struct ProblemFrame {
    pub name: String,
    pub count: u32,
    /// Received in the last 24 hours; fewer than five are not told.
    pub day: u32,
}

/// The last seven whole days beside those before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MoodFrame {
    pub mood: Mood,
    pub verdict: Verdict,
}

/// Why nothing is said of the last days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMood {
    /// Not all of them are known to be here.
    EndUnknown,
    HistoryShort,
}

/// An indicator of the registry.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureFrame {
    pub name: String,
    pub now: Figure,
    /// Of the period before, where it has something to tell.
    pub before: Option<Figure>,
    /// Too few to be told without saying so.
    pub is_few: bool,
}

/// A critical topic and what was received of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicFrame {
    pub name: String,
    pub count: u32,
}

/// How fresh the figures are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// UTC seconds at which everything was known to be here.
    pub confirmed_at: Option<u32>,
    /// Updates that should have come and did not.
    pub missed: u32,
    pub is_connected: bool,
    pub is_loading: bool,
    /// All is shown that had come when the link caught up.
    pub is_caught_up: bool,
    /// Where the figures are those of the last run: when they were counted.
    pub kept_at: Option<u32>,
}

/// A body with work that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyFrame {
    pub name: String,
    pub open: u32,
    pub overdue: Told,
}

/// The last thirty whole days.
#[derive(Clone, Debug)]
pub struct ReplayFrame {
    pub picture: Arc<ReplayPicture>,
    /// By day of the picture.
    pub received: Vec<u32>,
}

/// Everything that is on a wall.
#[derive(Clone, Debug)]
pub struct WallFrame {
    /// UTC seconds.
    pub now: u32,
    pub demo: bool,
    pub theme: Theme,
    pub period: PeriodChoice,
    pub freshness: Freshness,
    pub catalogue: Arc<Catalogue>,
    pub geodata: Arc<GeoData>,
    pub basemap: Option<Arc<Archive>>,
    pub total: Totals,
    pub previous: Option<Totals>,
    /// The eight sectors.
    pub blocks: Vec<BlockFrame>,
    /// What is in none of them.
    pub outside: Totals,
    /// Most received first; without «not known».
    pub municipalities: Vec<MunicipalityFrame>,
    /// The last whole days, oldest first: half a day would look like a fall.
    pub days: Vec<DayTotals>,
    pub by_weekday_hour: [[u32; 24]; 7],
    /// The most overdue first, then the most open.
    pub bodies: Vec<BodyFrame>,
    /// How many more there are behind those.
    pub bodies_beyond: usize,
    /// In the order of the catalogue.
    pub crossing: Vec<CrossingFrame>,
    pub changes: Vec<ChangeFrame>,
    /// The largest first.
    pub problems: Vec<ProblemFrame>,
    pub mood: Result<MoodFrame, NoMood>,
    /// `None` until they are counted.
    pub figures: Option<Vec<FigureFrame>>,
    pub forecast: Result<ForecastFrame, NoForecast>,
    /// The most frequent first, at zero too.
    pub critical: Vec<TopicFrame>,
    /// There is enough history to say what changed.
    pub is_usual_known: bool,
    pub heat: Option<Arc<HeatPicture>>,
    pub replay: Option<ReplayFrame>,
    /// Received by the catalogue's index of the municipality, as far as it is told.
    pub areas: Vec<Told>,
    /// Received in no known municipality.
    pub areas_unknown: u32,
    /// There is no heat yet: the areas are coloured by what was received.
    pub are_areas_shown: bool,
    /// The most received first.
    pub places: Vec<PlaceFrame>,
    /// Received in no known settlement.
    pub places_unknown: u32,
}

impl WallFrame {
    /// Nothing has come in yet, or nothing is read yet: no figure would mean anything.
    pub fn is_empty(&self) -> bool {
        let has_history = self.days.iter().any(|day| day.received > 0);
        self.total.received == 0 && self.total.open == 0 && !has_history
    }

    pub fn build(state: &State) -> Self {
        let aggregates = &state.aggregates;
        let language = state.settings.language;
        let (bodies, bodies_beyond) = bodies(state);
        let (areas, crossing) = crossing(state, language);
        let (places, places_unknown) = places(state, language, &areas);
        Self {
            now: state.now,
            demo: state.demo,
            theme: state.settings.theme,
            period: state.period,
            freshness: freshness(state),
            catalogue: Arc::clone(&state.catalogue),
            geodata: Arc::clone(&state.geodata),
            basemap: state.basemap.shown.clone(),
            total: aggregates.total,
            previous: aggregates.previous,
            blocks: blocks(state, language),
            outside: of_block(state, Block::Outside),
            municipalities: municipalities(state, language, &areas),
            days: last_days(state),
            is_usual_known: state.aggregates.is_usual_known,
            by_weekday_hour: aggregates.by_weekday_hour,
            bodies,
            bodies_beyond,
            crossing,
            changes: changes(state, language),
            problems: problems(state),
            mood: mood(state),
            figures: figures(state, language),
            forecast: forecast(state),
            critical: critical(state, language),
            heat: state.heat.clone(),
            replay: replay(state),
            areas,
            areas_unknown: aggregates.by_municipality.last().map_or(0, |one| one.received),
            are_areas_shown: state.shown_map_mode() == MapMode::Areas,
            places,
            places_unknown,
        }
    }
}

fn freshness(state: &State) -> Freshness {
    Freshness {
        confirmed_at: state.sync.confirmed_at,
        missed: state.sync.missed_syncs(state.now),
        is_connected: state.sync.phase == Phase::UpToDate,
        is_loading: state.loading != Loading::Ready,
        is_caught_up: state.is_caught_up,
        kept_at: state.kept_at,
    }
}

fn blocks(state: &State, language: Language) -> Vec<BlockFrame> {
    let aggregates = &state.aggregates;
    Block::ALL
        .iter()
        .filter(|block| **block != Block::Outside)
        .map(|block| {
            let index = usize::from(block.index());
            BlockFrame {
                name: state.catalogue.block(*block).short(language).to_owned(),
                totals: of_block(state, *block),
                received_before: aggregates.by_block_previous.get(index).map(|one| one.received),
                trend: whole_days(state, aggregates.block_trend.get(index)),
            }
        })
        .collect()
}

fn of_block(state: &State, block: Block) -> Totals {
    let by_block = &state.aggregates.by_block;
    by_block.get(usize::from(block.index())).copied().unwrap_or_default()
}

/// A trend without a today that has not ended.
fn whole_days(state: &State, trend: Option<&[u32; TREND_DAYS]>) -> Vec<u32> {
    let runs = state.aggregates.key.filter.span.is_none_or(|span| span.to > state.counted_at);
    let days = if runs { TREND_DAYS - 1 } else { TREND_DAYS };
    trend.map(|trend| trend[..days].to_vec()).unwrap_or_default()
}

fn replay(state: &State) -> Option<ReplayFrame> {
    let picture = Arc::clone(state.wall_replay.as_ref()?);
    let by_day = &state.aggregates.by_day;
    let received = |day: i32| {
        let at = by_day.binary_search_by_key(&day, |totals| totals.day).ok();
        at.map_or(0, |at| by_day[at].received)
    };
    let received = picture.days.iter().map(|day| received(day.day)).collect();
    Some(ReplayFrame { picture, received })
}

pub(super) fn municipality_name(state: &State, index: usize, language: Language) -> Option<String> {
    let municipality = state.catalogue.municipalities.get(index)?;
    Some(match language {
        Language::Ru => municipality.short.to_string(),
        Language::En => municipality.en.to_string(),
    })
}

fn municipalities(state: &State, language: Language, received: &[Told]) -> Vec<MunicipalityFrame> {
    let known = state.aggregates.by_municipality.iter().take(received.len());
    let overdue = told(known.map(|totals| totals.overdue));
    let mut list: Vec<MunicipalityFrame> = (received.iter().copied().zip(overdue).enumerate())
        .filter_map(|(index, (received, overdue))| {
            let name = municipality_name(state, index, language)?;
            Some(MunicipalityFrame { name, received, overdue })
        })
        .collect();
    list.sort_by_key(|one| std::cmp::Reverse(one.received.weight()));
    list
}

/// Those with few open ones are left out: no single matter stands out.
fn bodies(state: &State) -> (Vec<BodyFrame>, usize) {
    let known = |(number, totals)| {
        let entry = state.vocabulary.bodies.get(usize::from(number)).filter(|_| number != NONE)?;
        Some((entry, totals))
    };
    let bodies = (0..).zip(&state.aggregates.by_body).filter_map(known);
    let mut all: Vec<_> = bodies.filter(|(_, totals)| totals.open >= SMALLEST_CELL).collect();
    all.sort_by_key(|(_, totals)| std::cmp::Reverse((totals.overdue, totals.open)));
    let beyond = all.len().saturating_sub(MOST_BODIES);
    all.truncate(MOST_BODIES);
    // The totals stand beside them, and with these what is left for all others; of what is
    // open no more can be overdue.
    let overdue = |totals: &Totals| Count { most: totals.open, ..totals.overdue.into() };
    let mut counts: Vec<Count> = all.iter().map(|(_, totals)| overdue(totals)).collect();
    let total = &state.aggregates.total;
    let others = |of: fn(&Totals) -> u32| {
        of(total).saturating_sub(all.iter().map(|(_, totals)| of(totals)).sum())
    };
    let most = others(|totals| totals.open);
    counts.push(Count { most, ..others(|totals| totals.overdue).into() });
    let mut told: Vec<BodyFrame> = (all.into_iter().zip(told(counts)))
        .map(|((entry, totals), overdue)| {
            let name = if entry.short.is_empty() { &entry.name } else { &entry.short };
            let name = mask(name).chars().take(NAME_CHARS).collect();
            BodyFrame { name, open: totals.open, overdue }
        })
        .collect();
    // In an order that tells no more than the figures do.
    told.sort_by(|a, b| {
        let figures = |body: &BodyFrame| (body.overdue.weight(), body.open);
        figures(b).cmp(&figures(a)).then_with(|| a.name.cmp(&b.name))
    });
    (told, beyond)
}

fn last_days(state: &State) -> Vec<DayTotals> {
    let today = Timestamp(state.counted_at).local_day().0;
    let days = &state.aggregates.by_day;
    let days = &days[..days.partition_point(|day| day.day < today)];
    days[days.len().saturating_sub(SERIES_DAYS)..].to_vec()
}

fn problems(state: &State) -> Vec<ProblemFrame> {
    let found = state.problems.found.iter().flat_map(|all| all.iter());
    let mut shown: Vec<ProblemFrame> = found
        .filter(|problem| problem.is_open())
        .filter_map(|problem| {
            let known = problem.known.as_ref().filter(|known| known.wall)?;
            // What nobody has said to be of it is not told here.
            let count = problem.linked;
            let day = Some(problem.linked_day).filter(|day| *day >= SMALLEST_CELL).unwrap_or(0);
            let name: String = mask(&known.name).chars().take(NAME_CHARS).collect();
            (count >= SMALLEST_CELL).then_some(ProblemFrame { name, count, day })
        })
        .collect();
    shown.sort_by_key(|problem| std::cmp::Reverse(problem.count));
    shown
}

fn mood(state: &State) -> Result<MoodFrame, NoMood> {
    let today = Timestamp(state.counted_at).local_day();
    if !state.knows_until(today) {
        return Err(NoMood::EndUnknown);
    }
    let from = today.plus_days(-MOOD_DAYS);
    let verdict = Verdict::of(&state.aggregates.by_day, from.0, today.0);
    let verdict = verdict.ok_or(NoMood::HistoryShort)?;
    let mood = verdict.mood(!state.aggregates.surprises.is_empty());
    Ok(MoodFrame { mood, verdict })
}

fn figures(state: &State, language: Language) -> Option<Vec<FigureFrame>> {
    let measured = state.indicators.found.as_deref();
    let filter = &state.aggregates.key.filter;
    let measured = measured.filter(|it| it.indicators.key.filter == *filter)?;
    let registry = &state.catalogue.indicators;
    let frame = |measure: &Measure| {
        let line = measured.line(*measure);
        let told = |figure: &Figure| figure.value != Value::Nothing && figure.n >= SMALLEST_CELL;
        told(&line.now).then_some(())?;
        Some(FigureFrame {
            name: registry.of(*measure)?.name.short(language).to_owned(),
            now: line.now,
            before: line.previous.filter(told),
            is_few: line.now.n < registry.least_n(),
        })
    };
    Some(SHOWN_MEASURES.iter().filter_map(frame).collect())
}

fn critical(state: &State, language: Language) -> Vec<TopicFrame> {
    let frame = |(name, count): (&Name, u32)| {
        let name = name.full(language).to_owned();
        TopicFrame { name, count }
    };
    let mut topics: Vec<_> = state.critical_topics().into_iter().map(frame).collect();
    topics.sort_by_key(|topic| std::cmp::Reverse(topic.count));
    topics
}

/// Only themes of the embedded taxonomy are named: what a server added might be
/// anything.
fn changes(state: &State, language: Language) -> Vec<ChangeFrame> {
    state
        .aggregates
        .surprises
        .iter()
        .filter(|surprise| surprise.count >= SMALLEST_CELL)
        .filter_map(|surprise| {
            let catalogue = &state.catalogue;
            let matter = match surprise.matter {
                Matter::Theme(topic) => {
                    let entry = state.vocabulary.topics.get(usize::from(topic))?;
                    &catalogue.topics.by_code(&entry.code)?.name
                }
                Matter::Block(block) => catalogue.block(Block::from_index(block)?),
                Matter::Source(source) => catalogue.source(Source::from_index(source)?),
            };
            let municipality = usize::from(surprise.municipality);
            Some(ChangeFrame {
                municipality: municipality_name(state, municipality, language)?,
                matter: matter.short(language).to_owned(),
                hours: surprise.hours,
                count: surprise.count,
                usual_low: surprise.usual_low,
                usual_high: surprise.usual_high,
            })
        })
        .collect()
}

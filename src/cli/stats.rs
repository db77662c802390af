//! `pult stats --json`: the figures that the panels show, for tests.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use serde::Serialize;

use super::Common;
use super::filter::FilterArgs;
use crate::app::clock;
use crate::app::data::Data;
use crate::app::state::{PeriodChoice, end_of_minute};
use crate::board::aggregates::{AggregatesKey, Totals};
use crate::board::filter::{Filter, TextMatch};
use crate::board::{Aggregates, Board, BoardBuilder, Region};
use crate::domain::catalogue::Catalogue;
use crate::domain::{Block, Source, Status, Timestamp};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Print JSON: the only form there is, so it must be said
    #[arg(long, required = true)]
    json: bool,
    /// Count as if it were this moment (RFC 3339)
    #[arg(long, value_parser = moment)]
    now: Option<Timestamp>,
    #[command(flatten)]
    filter: FilterArgs,
}

/// Whose panels are printed where no period is chosen.
const PERIODS: [(&str, PeriodChoice); 5] = [
    ("day", PeriodChoice::Day),
    ("week", PeriodChoice::Week),
    ("four_weeks", PeriodChoice::FourWeeks),
    ("year", PeriodChoice::Year),
    ("all", PeriodChoice::All),
];

fn moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_rfc3339(text).map_err(|error| error.to_string())
}

/// Everything that is stored, and what the panels make of it.
///
/// The upper figures take in every stored incident, so that they can be held
/// against the server's own count. The panels leave rejected and merged
/// incidents out of every total; `panels` has their figures, by period. A filter
/// narrows both; a period in it stands alone in `panels`, as `chosen`. What a
/// filter chooses of one dimension does not narrow that dimension's own list, so
/// that what could be chosen instead is seen, as on the panels.
#[derive(Serialize)]
struct Stats {
    total: u64,
    without_coordinates: u64,
    overdue: u64,
    by_municipality: BTreeMap<String, u64>,
    by_block: BTreeMap<&'static str, u64>,
    by_status: BTreeMap<&'static str, u64>,
    by_source: BTreeMap<&'static str, u64>,
    by_kind: BTreeMap<&'static str, u64>,
    instance: Option<String>,
    demo: bool,
    panels: BTreeMap<&'static str, Panels>,
}

/// What the panels show for one period.
#[derive(Serialize)]
struct Panels {
    total: Figures,
    by_municipality: BTreeMap<String, Figures>,
    by_block: BTreeMap<&'static str, Figures>,
    by_source: BTreeMap<&'static str, Figures>,
}

#[derive(Serialize)]
struct Figures {
    received: u32,
    without_coordinates: u32,
    open: u32,
    overdue: u32,
    closed: u32,
    closed_on_time: u32,
    on_time_share: Option<f64>,
}

impl From<&Totals> for Figures {
    fn from(totals: &Totals) -> Self {
        Self {
            received: totals.received,
            without_coordinates: totals.unplaced,
            open: totals.open,
            overdue: totals.overdue,
            closed: totals.closed,
            closed_on_time: totals.closed_on_time,
            on_time_share: totals.on_time_share(),
        }
    }
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    debug_assert!(args.json, "the parser asks for it");
    let now = args.now.unwrap_or_else(clock::now);
    let catalogue = Common::own_data(&common.settings_path()?).catalogue;
    let reader = Data::to_look(&common.data_dir()?, &catalogue)?.reader()?;
    let region = Region::of(&catalogue);
    let mut builder = BoardBuilder::new(region);
    reader.load_rows(|row_id, row| builder.push(row_id, &row))?;
    let board = builder.finish(Arc::new(reader.vocabulary()?));
    let meta = reader.meta()?;
    let counts = reader.counts()?;

    let chosen = args.filter.choose(board.vocabulary())?;
    let span = chosen.period.and_then(|period| period.span(now.0));
    let mut filter = Filter { span, ..chosen.filter };
    if let Some(query) = chosen.text {
        let rows = reader.search_rows(&query, &AtomicBool::new(false))?;
        filter.text = rows.map(|rows| TextMatch { query, rows: Arc::new(rows) });
    }
    let mut everything = filter.clone();
    if everything.statuses.is_empty() {
        everything.statuses = Status::ALL.iter().map(|s| s.index()).collect();
    }
    let stored = aggregates(&board, everything, now)?;
    let open_overdue = aggregates(&board, filter.clone(), now)?.total.overdue;
    let periods = match chosen.period {
        Some(period) => vec![("chosen", period)],
        None => PERIODS.to_vec(),
    };
    let stats = Stats {
        total: u64::from(stored.total.received),
        without_coordinates: u64::from(stored.total.unplaced),
        overdue: u64::from(open_overdue),
        by_municipality: by_municipality(&catalogue, &stored.by_municipality, |t| {
            u64::from(t.received)
        }),
        by_block: by_key(Block::ALL.iter().map(|b| b.key()), &stored.by_block, |t| {
            u64::from(t.received)
        }),
        by_status: Status::ALL
            .iter()
            .zip(&stored.by_status)
            .map(|(status, &n)| (status.key(), u64::from(n)))
            .collect(),
        by_source: by_key(Source::ALL.iter().map(|s| s.key()), &stored.by_source, |t| {
            u64::from(t.received)
        }),
        by_kind: [
            ("incident", counts.incidents),
            ("message", counts.messages),
            ("event", counts.events),
        ]
        .into(),
        demo: meta.installation.as_ref().is_some_and(|installation| installation.demo),
        instance: meta.installation.map(|installation| installation.instance),
        panels: periods
            .into_iter()
            .map(|(name, period)| {
                let filter = Filter { span: period.span(now.0), ..filter.clone() };
                Ok((name, panels(&catalogue, &aggregates(&board, filter, now)?)))
            })
            .collect::<anyhow::Result<_>>()?,
    };
    let text = serde_json::to_string_pretty(&stats)?;
    writeln!(std::io::stdout(), "{text}").context("the figures could not be printed")
}

fn aggregates(board: &Board, filter: Filter, now: Timestamp) -> anyhow::Result<Aggregates> {
    let key = AggregatesKey { filter, version: board.version(), now: end_of_minute(now.0) };
    Aggregates::compute(board, &key, &AtomicBool::new(false)).context("the count was stopped")
}

fn panels(catalogue: &Catalogue, aggregates: &Aggregates) -> Panels {
    Panels {
        total: (&aggregates.total).into(),
        by_municipality: by_municipality(catalogue, &aggregates.by_municipality, |t| t.into()),
        by_block: by_key(Block::ALL.iter().map(|b| b.key()), &aggregates.by_block, |t| t.into()),
        by_source: by_key(Source::ALL.iter().map(|s| s.key()), &aggregates.by_source, |t| t.into()),
    }
}

/// Keyed by OKTMO; «unknown» is the last entry.
fn by_municipality<T>(
    catalogue: &Catalogue,
    totals: &[Totals],
    figure: impl Fn(&Totals) -> T,
) -> BTreeMap<String, T> {
    let keys = catalogue
        .municipalities
        .iter()
        .map(|municipality| municipality.oktmo.to_string())
        .chain(std::iter::once("unknown".to_owned()));
    keys.zip(totals).map(|(key, totals)| (key, figure(totals))).collect()
}

fn by_key<T>(
    keys: impl Iterator<Item = &'static str>,
    totals: &[Totals],
    figure: impl Fn(&Totals) -> T,
) -> BTreeMap<&'static str, T> {
    keys.zip(totals).map(|(key, totals)| (key, figure(totals))).collect()
}

//! Every figure of the indicators and of the panels against SQL over the same store, which
//! knows nothing of the board and tells what events say from the log itself.

mod by_sql;
mod panels;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use pult::app::Command;
use pult::app::clock;
use pult::app::indicators::{IndicatorsCommand, Page};
use pult::app::state::{PeriodChoice, View, end_of_minute};
use pult::board::aggregates::AggregatesKey;
use pult::board::filter::{Filter, Span};
use pult::board::indicators::{Figure, Side, Sums, Value};
use pult::board::{Board, BoardBuilder, Region};
use pult::domain::catalogue::Catalogue;
use pult::domain::indicator::Measure;
use pult::domain::{Language, Timestamp};
use pult::server::{Server, ServerOptions};
use pult::store::{Reader, Store};
use pult::ui::digest::Digest;
use pult::ui::format;
use pult::ui::text::Text;

use self::by_sql::{Times, choose, chosen_by, hold, oktmo, random_filter, searched, told};
use crate::cli;
use crate::desk::Bench;
use crate::sample::Dice;

const FILTERS: u32 = 120;

/// A store with a year and a half of a region in it.
fn synced() -> tempfile::TempDir {
    let options = ServerOptions {
        incidents: 6_000,
        days: Some(500),
        frozen: true,
        ..ServerOptions::new(clock::now).with_token(cli::TOKEN)
    };
    let server = Server::start(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let line = format!("sync --once --server http://{}", server.addr());
    let output = cli::pult(folder.path(), &line);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

fn reader(folder: &Path) -> Reader {
    Store::open(folder, &Catalogue::embedded()).unwrap().reader().unwrap()
}

fn board(reader: &Reader) -> Board {
    let mut builder = BoardBuilder::new(Region::of(&Catalogue::embedded()));
    reader.load_rows(|row_id, row| builder.push(row_id, &row)).unwrap();
    builder.finish(Arc::new(reader.vocabulary().unwrap()))
}

#[test]
fn every_figure_is_what_sql_counts_over_the_same_store() {
    let folder = synced();
    let (reader, connection) = (reader(folder.path()), told(folder.path()));
    let board = board(&reader);
    assert!(board.len() >= 6_000);
    let texts = searched(&reader, &connection);
    // By then some of what is open is overdue, whatever the hour of the day.
    let now = end_of_minute(clock::now().0) + 3 * 86_400;
    let mut dice = Dice(29);
    let catalogue = Catalogue::embedded();
    let mut met = BTreeMap::new();
    for _ in 0..FILTERS {
        let (filter, choices) = random_filter(&mut dice, &board, &texts, now);
        let key = AggregatesKey { filter, version: board.version(), now };
        let has_before = panels::hold(&connection, &board, &key, &choices, &mut dice);
        let found = board.indicators(&key, &AtomicBool::new(false)).unwrap();
        let total = found.now.total();
        let has_some =
            [Measure::Received, Measure::Open].iter().any(|measure| total.figure(*measure).n > 0);
        for (what, is_chosen) in chosen_by(&key.filter).into_iter().chain([("before", has_before)])
        {
            *met.entry(what).or_insert(0) += u32::from(is_chosen && has_some);
        }
        let row = board.row(dice.below(board.positions())).unwrap();
        let (block, body) = (usize::from(row.block), usize::from(row.body));
        let place = usize::from(row.municipality).min(catalogue.municipalities.len());
        let mut groups: Vec<(Sums, Times, String)> = Vec::new();
        let times = |span| Times { span, now };
        let own = times(key.filter.span);
        let sql = choices.without(&[]);
        groups.push((total, own, sql.clone()));
        for table in [&found.previous, &found.year_ago, &found.week, &found.month] {
            let beside = table.iter().map(|table| (table.total(), times(table.span), sql.clone()));
            groups.extend(beside);
        }
        let group = |own: &[&str], words: String| format!("{} AND {words}", choices.without(own));
        let in_place = format!("municipality = {}", oktmo(place));
        let in_block = format!("block = {block}");
        let of_place = group(&["municipality"], in_place.clone());
        groups.push((found.now.municipality(place), own, of_place));
        groups.push((found.now.block(block), own, group(&["block"], in_block.clone())));
        let of_cell = group(&["municipality", "block"], format!("{in_place} AND {in_block}"));
        groups.push((found.now.cell(block, place).unwrap().clone(), own, of_cell));
        let of_body = group(&["body"], format!("body = {body}"));
        groups.push((found.now.bodies[body].clone(), own, of_body));
        let mut chosen = String::new();
        for (sums, times, group) in groups {
            if chosen != group {
                choose(&connection, &group);
                chosen.clone_from(&group);
            }
            for measure in Measure::ALL {
                hold(&connection, times, &group, *measure, sums.figure(*measure));
            }
        }
    }
    assert!(met.values().all(|times| *times > 0), "nothing was held under some choice: {met:?}");
    // Nothing was held against an empty column.
    let all = AggregatesKey { filter: Filter::default(), version: board.version(), now };
    let all = board.indicators(&all, &AtomicBool::new(false)).unwrap().now.total();
    for measure in Measure::ALL {
        let Figure { value, n } = all.figure(*measure);
        let counted = match value {
            Value::Share { counted, .. } => counted,
            _ => n,
        };
        assert!(n > 0 && counted > 0, "{measure}: {value:?} of {n}");
    }
}

#[test]
fn a_figure_opens_the_very_records_behind_it_and_exports_them() {
    let mut bench = Bench::online(true);
    bench.desk.apply(Command::SetPeriod(PeriodChoice::Quarter));
    bench.desk.apply(Command::Indicators(IndicatorsCommand::Show(Page::Figures)));
    bench.settle();
    let found = bench.desk.state().indicators.found.clone().unwrap();
    for measure in Measure::ALL {
        let Figure { value, n } = found.line(*measure).now;
        let counted = match value {
            Value::Share { counted, .. } => counted,
            _ => n,
        };
        for (side, expected) in [(Side::Counted, counted), (Side::Among, n)] {
            // Of bodies the incidents are listed, not the bodies.
            if *measure == Measure::Answering {
                continue;
            }
            let show = IndicatorsCommand::ShowBehind(*measure, side);
            bench.desk.apply(Command::Indicators(show));
            bench.settle();
            let state = bench.desk.state();
            assert_eq!(state.view, View::Incidents);
            assert_eq!(state.list.positions.len() as u32, expected, "{measure} {side:?}");
        }
    }
    bench.desk.apply(Command::ListReceived);
    bench.settle();
    let state = bench.desk.state();
    assert_eq!(state.list.positions.len() as u32, state.aggregates.total.received);

    let returned = IndicatorsCommand::ShowBehind(Measure::Returned, Side::Counted);
    bench.desk.apply(Command::Indicators(returned));
    bench.settle();
    let expected = bench.desk.state().list.positions.len();
    let path = bench.folder.path().join("returned.csv");
    let header = vec!["x".to_owned(); 15];
    bench.desk.apply(Command::WriteList { path: path.clone(), header });
    bench.wait("the export", |_| path.exists());
    let lines = std::fs::read_to_string(&path).unwrap().lines().count();
    assert!(expected > 0 && lines == expected + 1, "{lines} of {expected}");

    // What is chosen from the navigation is the whole list again.
    bench.desk.apply(Command::Show(View::Incidents));
    assert_eq!(bench.desk.state().list.instead, None);
}

#[test]
fn a_digest_tells_the_figures_of_the_screen_and_critical_topics_at_zero() {
    let mut bench = Bench::online(true);
    let now = bench.desk.state().now;
    let today = Timestamp(now).local_day();
    let span = Span { from: today.plus_days(-5).start().0, to: today.start().0 };
    bench.desk.apply(Command::SetSpan(span));
    bench.desk.apply(Command::Indicators(IndicatorsCommand::Show(Page::Digest)));
    bench.wait("problems", |desk| desk.state().problems.found.is_some());
    bench.wait("figures", |desk| {
        let found = desk.state().indicators.found.as_ref();
        found.is_some_and(|found| found.indicators.key.filter.span == Some(span))
    });
    bench.settle();
    let state = bench.desk.state();
    let on_time = state.indicators.found.as_ref().unwrap().line(Measure::OnTime);
    assert!(on_time.previous.is_some_and(|before| before.n > 0), "{on_time:?}");
    for language in [Language::Ru, Language::En] {
        let text = Text::of(language);
        let digest = Digest::of(state, &text);
        let said = digest.plain();
        assert!(said.starts_with(&format!("[{}]", text.t("demo-mark"))), "{said}");
        let total = state.aggregates.total;
        for figure in [total.received, total.closed, total.open, total.overdue] {
            assert!(said.contains(&format::count(figure)), "{figure}: {said}");
        }
        // Shares with their interval, and all beside the week before.
        let n = format::n_text(&text, on_time.now.n);
        let before = text.t("digest-previous");
        let told = |line: &&String| line.contains(&n) && line.contains(before);
        let line = digest.parts[0].lines.iter().find(told).unwrap_or_else(|| panic!("{said}"));
        let (low, high) = on_time.now.interval().unwrap();
        for end in [low, high] {
            assert!(line.contains(&format::decimal(&text, end * 100.0, 1)), "{end}: {line}");
        }
        assert!(line.contains(text.t("digest-mean-7")), "{line}");
        // The days before are no two such spans.
        let changes = digest.parts.iter().find(|part| part.title == text.t("digest-changes"));
        assert_eq!(changes.unwrap().lines, [text.t("digest-changes-unknown")]);
        // Two weeks of history reach no year back, and are too few such spans to judge by.
        assert!(!line.contains(text.t("digest-year-ago")), "{line}");
        assert!(digest.mood.is_none() && said.contains(text.t("digest-no-verdict")), "{said}");
        let critical = state.catalogue.topics.topics().iter().filter(|topic| topic.is_critical);
        let mut told = 0;
        for topic in critical {
            told += usize::from(said.contains(&format!("{}: ", topic.name.full(language))));
        }
        assert_eq!(told, digest.parts.last().unwrap().lines.len());
        assert!(told >= 5 && !said.contains("None"), "{said}");
    }
}

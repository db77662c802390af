//! Every figure of the indicators against SQL over the same store, which knows nothing
//! of the board and tells what events say from the log itself.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use pult::app::Command;
use pult::app::clock;
use pult::app::indicators::{IndicatorsCommand, Page};
use pult::app::state::{PeriodChoice, View, end_of_minute};
use pult::board::aggregates::{AggregatesKey, DurationHistogram};
use pult::board::filter::{Filter, Span};
use pult::board::indicators::{Figure, Side, Sums, Value};
use pult::board::row::flags;
use pult::board::{Board, BoardBuilder, Region};
use pult::domain::action::AnswerCheck;
use pult::domain::catalogue::Catalogue;
use pult::domain::indicator::{Kind, Measure};
use pult::domain::{EventKind, Language, Regime, Status, Timestamp};
use pult::server::{Server, ServerOptions};
use pult::store::Store;
use pult::ui::digest::Digest;
use pult::ui::format;
use pult::ui::text::Text;
use rusqlite::Connection;

use crate::cli;
use crate::desk::Bench;
use crate::sample::Dice;

const FILTERS: u32 = 60;

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

fn board(folder: &Path) -> Board {
    let catalogue = Catalogue::embedded();
    let reader = Store::open(folder, &catalogue).unwrap().reader().unwrap();
    let region = Region::of(&catalogue);
    let mut builder = BoardBuilder::new(region);
    reader.load_rows(|row_id, row| builder.push(row_id, &row)).unwrap();
    builder.finish(Arc::new(reader.vocabulary().unwrap()))
}

fn list(numbers: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    let words: Vec<String> = numbers.into_iter().map(|number| number.to_string()).collect();
    format!("({})", words.join(","))
}

fn statuses(wanted: fn(Status) -> bool) -> String {
    list(Status::ALL.iter().filter(|status| wanted(**status)).map(|status| status.index()))
}

/// The store with what events tell of each incident, told by SQL.
fn told(folder: &Path) -> Connection {
    let connection = Connection::open(folder.join("pult.db")).unwrap();
    let items = Catalogue::embedded().quality.items().to_vec();
    let all: i16 = items.iter().map(|item| item.weight().abs()).sum();
    let bit = |check: AnswerCheck| 1 << check.index();
    let values: Vec<String> = items
        .iter()
        .map(|item| format!("('{}', {}, {})", item.check, item.weight(), bit(item.check)))
        .collect();
    let against: i16 = items.iter().map(|item| item.weight().min(0).abs()).sum();
    let kind = |kind: EventKind| kind.index();
    let (open, excluded) = (statuses(Status::is_open), statuses(Status::is_excluded));
    let sql = format!(
        "CREATE TEMP TABLE weight AS WITH given (name, points, bit) AS (VALUES {values})
             SELECT * FROM given;
         CREATE TEMP TABLE score AS
             SELECT incident, at, (SELECT coalesce(sum(points), 0) FROM json_each(extra, '$.checks')
                 JOIN weight ON name = value) AS points,
                 (SELECT coalesce(sum(bit), 0) FROM json_each(extra, '$.checks')
                 JOIN weight ON name = value) AS ticks
             FROM event WHERE kind = {checked} AND json_extract(extra, '$.checks') IS NOT NULL;
         CREATE TEMP TABLE told AS
             SELECT incident, max(kind = {returned}) AS returned,
                 max(kind = {reopened}) AS reopened, max(kind = {interim}) AS interim,
                 max(kind = {assigned} AND actor = 0) AS delivered,
                 min(CASE WHEN kind IN ({assigned}, {forwarded}) THEN at END) AS given,
                 max(CASE WHEN kind = {submitted} THEN at END) AS submitted,
                 max(CASE WHEN kind = {approved} THEN at END) AS approved,
                 max(CASE WHEN kind = {reopened} THEN at END) AS opened_again
             FROM event GROUP BY incident;
         CREATE TEMP TABLE fact AS
             SELECT core.row, received, registered, due, first_answer, municipality, settlement,
                 topic, body, block, regime, source, status, rating, flags,
                 flags & {placed} AS placed, x >> 15 AS cell_x, y >> 15 AS cell_y,
                 status IN {open} AS is_open, status IN {excluded} AS is_excluded,
                 CASE WHEN status IN {open} OR closed = 0 THEN NULL
                     ELSE max(closed, received) END AS closed,
                 CASE WHEN status IN {open} THEN NULL
                     WHEN approved > coalesce(opened_again, 0)
                         THEN max(min(approved, iif(closed > 0, closed, approved)), received)
                     WHEN closed > 0 THEN max(closed, received)
                     WHEN first_answer > 0 THEN max(first_answer, received)
                     ELSE received END AS done,
                 coalesce(returned, 0) AS returned, coalesce(reopened, 0) AS reopened,
                 coalesce(interim, 0) AS interim, coalesce(delivered, 0) AS delivered,
                 (SELECT round(100.0 * (points + {against}) / {all}) FROM score
                     WHERE score.incident = id_hash ORDER BY at DESC, ticks DESC LIMIT 1) AS quality,
                 (SELECT ticks FROM score
                     WHERE score.incident = id_hash ORDER BY at DESC, ticks DESC LIMIT 1) AS ticks,
                 given - received AS to_body, submitted - given AS to_submission,
                 approved - submitted AS to_approval
             FROM incident_core AS core JOIN incident USING (row)
             LEFT JOIN told ON told.incident = id_hash;
         CREATE INDEX temp.fact_place ON fact (topic, cell_x, cell_y, received);
         CREATE TEMP TABLE repeat AS
             SELECT one.row FROM fact AS one WHERE placed AND topic > 0 AND NOT is_excluded
             AND EXISTS (SELECT 1 FROM fact AS other
                 WHERE other.topic = one.topic AND other.cell_x = one.cell_x
                 AND other.cell_y = one.cell_y AND other.placed AND NOT other.is_excluded
                 AND other.received BETWEEN one.received - 2592000 AND one.received
                 AND (other.received < one.received OR other.row < one.row));",
        values = values.join(","),
        checked = kind(EventKind::QualityChecked),
        returned = kind(EventKind::Returned),
        reopened = kind(EventKind::Reopened),
        interim = kind(EventKind::InterimAnswered),
        assigned = kind(EventKind::Assigned),
        forwarded = kind(EventKind::Forwarded),
        submitted = kind(EventKind::Submitted),
        approved = kind(EventKind::Approved),
        placed = flags::PLACED,
    );
    connection.execute_batch(&sql).unwrap();
    connection
}

/// A span and a clock as SQL reads them.
#[derive(Clone, Copy)]
struct Times {
    span: Option<Span>,
    now: u32,
}

impl Times {
    fn received(self) -> String {
        let Some(Span { from, to }) = self.span else { return "1".to_owned() };
        format!("received >= {from} AND received < {to}")
    }

    fn closed(self) -> String {
        let Some(Span { from, to }) = self.span else { return "closed IS NOT NULL".to_owned() };
        format!("closed >= {from} AND closed < {to}")
    }

    /// At the end of the span, or now where that lies ahead.
    fn open(self) -> String {
        match self.span {
            Some(Span { to, .. }) if to <= self.now => {
                format!("received < {to} AND (done IS NULL OR done >= {to})")
            }
            Some(Span { to, .. }) => format!("received < {to} AND is_open"),
            None => "is_open".to_owned(),
        }
    }

    fn clock(self) -> u32 {
        self.span.map_or(self.now, |span| span.to.min(self.now))
    }

    fn overdue(self) -> String {
        format!("{} AND due > 0 AND due < {}", self.open(), self.clock())
    }

    /// What a measure counts, among what, and of a mean or duration whose value.
    fn words(self, measure: Measure) -> (String, String, String) {
        let (received, closed) = (self.received(), self.closed());
        let social = Regime::Social.index();
        let answered = format!("first_answer > 0 AND first_answer < {}", self.clock());
        let counts = |counted: &str, among: &str| (counted.to_owned(), among.to_owned());
        let ticked = |check: AnswerCheck| {
            let counted = format!("ticks >> {} & 1", check.index());
            counts(&counted, &format!("{closed} AND ticks IS NOT NULL"))
        };
        let (counted, among) = match measure {
            Measure::Received => counts("1", &received),
            Measure::Closed | Measure::CloseTime => counts("1", &closed),
            Measure::Open | Measure::BacklogAge => counts("1", &self.open()),
            Measure::Overdue => counts("1", &self.overdue()),
            Measure::OnTime => {
                let on_time = format!("({closed}) AND (due = 0 OR done <= due)");
                (on_time, format!("(({closed}) OR ({}))", self.overdue()))
            }
            Measure::RegistrationTime => counts("1", &format!("{received} AND registered > 0")),
            Measure::FirstAnswerTime => counts("1", &format!("{received} AND {answered}")),
            Measure::AfterAnswerTime => counts("1", &format!("{closed} AND first_answer > 0")),
            Measure::Returned => counts("returned", &closed),
            Measure::Reopened => counts("reopened", &closed),
            Measure::Interim => counts("interim", &closed),
            Measure::Repeated => {
                let among = format!("{received} AND placed AND topic > 0 AND NOT is_excluded");
                counts("row IN (SELECT row FROM repeat)", &among)
            }
            Measure::Quality => counts("1", &format!("{closed} AND quality IS NOT NULL")),
            Measure::ToThePoint => ticked(AnswerCheck::ToThePoint),
            Measure::Evasive => ticked(AnswerCheck::Evasive),
            Measure::Redirected => ticked(AnswerCheck::Redirected),
            Measure::Polite => ticked(AnswerCheck::Polite),
            Measure::Resolved => ticked(AnswerCheck::Resolved),
            Measure::AssignTime => counts("1", &format!("{received} AND to_body >= 0")),
            Measure::PrepareTime => counts("1", &format!("{closed} AND to_submission >= 0")),
            Measure::ApprovalTime => counts("1", &format!("{closed} AND to_approval >= 0")),
            Measure::Satisfaction => counts("1", &format!("{received} AND rating > 0")),
            Measure::Rated => counts("rating > 0", &received),
            Measure::Delivered => counts("delivered", &format!("{received} AND body > 0")),
            Measure::Answering => {
                let among = format!("{received} AND body > 0 AND regime = {social}");
                counts(&answered, &among)
            }
            Measure::Unplaced => counts("NOT placed", &received),
        };
        let value = match measure {
            Measure::RegistrationTime => "max(registered - received, 0)".to_owned(),
            Measure::AssignTime => "to_body".to_owned(),
            Measure::PrepareTime => "to_submission".to_owned(),
            Measure::ApprovalTime => "to_approval".to_owned(),
            Measure::FirstAnswerTime => "max(first_answer - received, 0)".to_owned(),
            Measure::AfterAnswerTime => "max(closed - max(first_answer, received), 0)".to_owned(),
            Measure::CloseTime => "closed - received".to_owned(),
            Measure::BacklogAge => format!("max({} - received, 0)", self.clock()),
            Measure::Quality => "quality".to_owned(),
            Measure::Satisfaction => "rating".to_owned(),
            _ => "0".to_owned(),
        };
        (counted, among, value)
    }
}

/// Holds a figure against SQL over the incidents for which `group` is true.
fn hold(connection: &Connection, times: Times, group: &str, measure: Measure, found: Figure) {
    let (counted, among, value) = times.words(measure);
    let about = format!("{measure} of {group}: {found:?}");
    let unit = if measure == Measure::Answering { "DISTINCT body" } else { "row" };
    let count = |what: &str| -> u32 {
        let sql = format!("SELECT count({unit}) FROM fact WHERE {group} AND {among} AND ({what})");
        connection.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    let n = count("1");
    assert_eq!(found.n, n, "{about}");
    match (measure.kind(), found.value) {
        (Kind::Count, Value::Count(found)) => assert_eq!(found, n, "{about}"),
        (Kind::Share, Value::Share { counted: found, share }) => {
            assert_eq!(found, count(&counted), "{about}");
            assert_eq!(share, f64::from(found) / f64::from(n), "{about}");
        }
        (Kind::Mean, Value::Mean(mean)) => {
            let sql = format!("SELECT avg({value}) FROM fact WHERE {group} AND {among}");
            let expected: f64 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
            assert!((mean - expected).abs() < 1e-9, "{about}, by SQL {expected}");
        }
        (Kind::Duration, Value::Duration { median, ninth }) => {
            for (q, (low, high)) in [(0.5, median), (0.9, ninth)] {
                let rank = ((q * f64::from(n)).ceil() as u32).max(1);
                let sql = format!(
                    "SELECT {value} FROM fact WHERE {group} AND {among} ORDER BY 1
                     LIMIT 1 OFFSET {}",
                    rank - 1
                );
                let expected: u32 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
                let is_last = high == DurationHistogram::bounds(DurationHistogram::BUCKETS - 1).1;
                assert!(expected >= low && (expected < high || is_last), "{about}: {expected}");
            }
        }
        (_, Value::Nothing) => {
            let nothing_due = measure == Measure::OnTime && count("due > 0") == 0;
            assert!(n == 0 || nothing_due, "{about}");
        }
        _ => panic!("{about} is another kind of figure"),
    }
}

/// The choices of a filter in SQL, by the column that each narrows.
struct Choices(Vec<(&'static str, String)>);

impl Choices {
    /// Without those of some columns: a list leaves out its own.
    fn without(&self, own: &[&str]) -> String {
        let others = self.0.iter().filter(|(column, _)| !own.contains(column));
        let words: Vec<&str> = others.map(|(_, words)| words.as_str()).collect();
        if words.is_empty() { "1".to_owned() } else { words.join(" AND ") }
    }
}

/// A filter, and the same in SQL.
fn random_filter(dice: &mut Dice, board: &Board, now: u32) -> (Filter, Choices) {
    let catalogue = Catalogue::embedded();
    let mut parts = Vec::new();
    let mut filter = Filter::default();
    if dice.below(4) > 0 {
        let from = now - dice.below(420 * 86_400);
        filter.span = Some(Span { from, to: from + 1 + dice.below(90 * 86_400) });
    }
    let narrow = |dice: &mut Dice, count: u32, name: &'static str, parts: &mut Vec<_>| {
        if dice.below(3) > 0 {
            return BTreeSet::new();
        }
        let chosen: BTreeSet<u8> = (0..=dice.below(3)).map(|_| dice.below(count) as u8).collect();
        parts.push((name, format!("{name} IN {}", list(&chosen))));
        chosen
    };
    filter.blocks = narrow(dice, 9, "block", &mut parts);
    filter.regimes = narrow(dice, Regime::COUNT as u32, "regime", &mut parts);
    filter.sources = narrow(dice, 9, "source", &mut parts);
    filter.statuses = narrow(dice, Status::COUNT as u32, "status", &mut parts);
    if filter.statuses.is_empty() {
        parts.push(("status", "NOT is_excluded".to_owned()));
    }
    if dice.below(3) == 0 {
        let place = dice.below(catalogue.municipalities.len() as u32) as u8;
        filter.municipalities.insert(place);
        let oktmo = catalogue.municipality(place).unwrap().oktmo.get();
        parts.push(("municipality", format!("municipality = {oktmo}")));
    }
    if dice.below(6) == 0 {
        filter.bodies = (1..board.vocabulary().bodies.len() as u16).step_by(2).collect();
        parts.push(("body", format!("body IN {}", list(&filter.bodies))));
    }
    if dice.below(6) == 0 {
        filter.unplaced_only = true;
        parts.push(("placed", "NOT placed".to_owned()));
    }
    (filter, Choices(parts))
}

#[test]
fn every_figure_is_what_sql_counts_over_the_same_store() {
    let folder = synced();
    let (board, connection) = (board(folder.path()), told(folder.path()));
    assert!(board.len() >= 6_000);
    let now = end_of_minute(clock::now().0);
    let mut dice = Dice(29);
    let catalogue = Catalogue::embedded();
    for _ in 0..FILTERS {
        let (filter, choices) = random_filter(&mut dice, &board, now);
        let key = AggregatesKey { filter, version: board.version(), now };
        let found = board.indicators(&key, &AtomicBool::new(false)).unwrap();
        let place = dice.below(catalogue.municipalities.len() as u32) as usize;
        let block = dice.below(9) as usize;
        let body = dice.below(board.vocabulary().bodies.len() as u32) as usize;
        let oktmo = catalogue.municipality(place as u8).unwrap().oktmo.get();
        let mut groups: Vec<(Sums, Times, String)> = Vec::new();
        let times = |span| Times { span, now };
        let own = times(key.filter.span);
        let sql = choices.without(&[]);
        groups.push((found.now.total(), own, sql.clone()));
        let group = |own: &[&str], words: String| format!("{} AND {words}", choices.without(own));
        let (in_place, in_block) = (format!("municipality = {oktmo}"), format!("block = {block}"));
        let of_place = group(&["municipality"], in_place.clone());
        groups.push((found.now.municipality(place), own, of_place));
        groups.push((found.now.block(block), own, group(&["block"], in_block.clone())));
        let of_cell = group(&["municipality", "block"], format!("{in_place} AND {in_block}"));
        groups.push((found.now.cell(block, place).unwrap().clone(), own, of_cell));
        let of_body = group(&["body"], format!("body = {body}"));
        groups.push((found.now.bodies[body].clone(), own, of_body));
        for table in [&found.previous, &found.year_ago, &found.week, &found.month] {
            let beside = table.iter().map(|table| (table.total(), times(table.span), sql.clone()));
            groups.extend(beside);
        }
        for (sums, times, group) in groups {
            for measure in Measure::ALL {
                hold(&connection, times, &group, *measure, sums.figure(*measure));
            }
        }
    }
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

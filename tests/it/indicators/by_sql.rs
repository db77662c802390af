//! What the board counts, counted by SQL over the store: filters, spans and measures in
//! its words.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use pult::board::aggregates::{DUE_SOON_SECS, DurationHistogram, Totals};
use pult::board::filter::{Filter, Span, TextMatch};
use pult::board::indicators::{Figure, Value};
use pult::board::row::{NO_MUNICIPALITY, flags};
use pult::board::{Board, Row};
use pult::domain::action::AnswerCheck;
use pult::domain::catalogue::Catalogue;
use pult::domain::indicator::{Kind, Measure};
use pult::domain::{EventKind, Regime, Status};
use pult::store::Reader;
use rusqlite::Connection;

use crate::sample::Dice;

pub(super) fn list(numbers: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    let words: Vec<String> = numbers.into_iter().map(|number| number.to_string()).collect();
    format!("({})", words.join(","))
}

fn statuses(wanted: fn(Status) -> bool) -> String {
    list(Status::ALL.iter().filter(|status| wanted(**status)).map(|status| status.index()))
}

/// The store with what events tell of each incident, told by SQL.
pub(super) fn told(folder: &Path) -> Connection {
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
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) span: Option<Span>,
    pub(super) now: u32,
}

impl Times {
    pub(super) fn received(self) -> String {
        let Some(Span { from, to }) = self.span else { return "1".to_owned() };
        format!("received >= {from} AND received < {to}")
    }

    pub(super) fn closed(self) -> String {
        let Some(Span { from, to }) = self.span else { return "closed IS NOT NULL".to_owned() };
        format!("closed >= {from} AND closed < {to}")
    }

    /// At the end of the span, or now where that lies ahead.
    pub(super) fn open(self) -> String {
        match self.span {
            Some(Span { to, .. }) if to <= self.now => {
                format!("received < {to} AND (done IS NULL OR done >= {to})")
            }
            Some(Span { to, .. }) => format!("received < {to} AND is_open"),
            None => "is_open".to_owned(),
        }
    }

    pub(super) fn clock(self) -> u32 {
        self.span.map_or(self.now, |span| span.to.min(self.now))
    }

    pub(super) fn overdue(self) -> String {
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

/// Puts the incidents for which `group` is true where [`hold`] looks: it asks many times.
pub(super) fn choose(connection: &Connection, group: &str) {
    let sql = format!(
        "DROP TABLE IF EXISTS chosen; CREATE TEMP TABLE chosen AS SELECT * FROM fact WHERE {group};"
    );
    connection.execute_batch(&sql).unwrap();
}

/// Holds a figure against SQL over the incidents of the `group` that was chosen last.
pub(super) fn hold(
    connection: &Connection,
    times: Times,
    group: &str,
    measure: Measure,
    found: Figure,
) {
    let (counted, among, value) = times.words(measure);
    let about = format!("{measure} of {group}: {found:?}");
    let unit = if measure == Measure::Answering { "DISTINCT body" } else { "row" };
    let count = |what: &str| -> u32 {
        let sql = format!("SELECT count({unit}) FROM chosen WHERE {among} AND ({what})");
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
            let sql = format!("SELECT avg({value}) FROM chosen WHERE {among}");
            let expected: f64 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
            assert!((mean - expected).abs() < 1e-9, "{about}, by SQL {expected}");
        }
        (Kind::Duration, Value::Duration { median, ninth }) => {
            for (q, (low, high)) in [(0.5, median), (0.9, ninth)] {
                let rank = ((q * f64::from(n)).ceil() as u32).max(1);
                let sql = format!(
                    "SELECT {value} FROM chosen WHERE {among} ORDER BY 1
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
#[derive(Default)]
pub(super) struct Choices(Vec<(&'static str, String)>);

impl Choices {
    fn push(&mut self, column: &'static str, words: String) {
        self.0.push((column, words));
    }

    /// Without those of some columns: a list leaves out its own.
    pub(super) fn without(&self, own: &[&str]) -> String {
        let others = self.0.iter().filter(|(column, _)| !own.contains(column));
        let words: Vec<&str> = others.map(|(_, words)| words.as_str()).collect();
        if words.is_empty() { "1".to_owned() } else { words.join(" AND ") }
    }
}

/// Of the texts that made-up citizens write: some find many, some few.
const QUERIES: [&str; 6] =
    ["мусор", "дорога", "отопление", "вода -горячая", "просим принять меры", "автобус"];

/// What the store's search finds, told to SQL as well.
pub(super) fn searched(reader: &Reader, connection: &Connection) -> Vec<TextMatch> {
    connection.execute_batch("CREATE TEMP TABLE hit (query TEXT, row INTEGER)").unwrap();
    let find = |query: &str| {
        let rows = reader.search_rows(query, &AtomicBool::new(false)).unwrap().unwrap();
        assert!(!rows.is_empty(), "{query}");
        let mut put = connection.prepare_cached("INSERT INTO hit VALUES (?1, ?2)").unwrap();
        for position in rows.iter() {
            put.execute((query, position + 1)).unwrap();
        }
        TextMatch { query: query.to_owned(), rows: Arc::new(rows) }
    };
    QUERIES.map(find).into()
}

/// What a filter can choose by, and whether it does.
pub(super) fn chosen_by(filter: &Filter) -> [(&'static str, bool); 13] {
    // Written out, so that what is added is drawn and met as well.
    let Filter {
        span,
        municipalities,
        settlements,
        blocks,
        topics,
        bodies,
        regimes,
        sources,
        statuses,
        flags,
        overdue_only,
        unplaced_only,
        text,
    } = filter;
    [
        ("span", span.is_some()),
        ("municipalities", !municipalities.is_empty()),
        ("settlements", !settlements.is_empty()),
        ("blocks", !blocks.is_empty()),
        ("topics", !topics.is_empty()),
        ("bodies", !bodies.is_empty()),
        ("regimes", !regimes.is_empty()),
        ("sources", !sources.is_empty()),
        ("statuses", !statuses.is_empty()),
        ("flags", *flags != 0),
        ("overdue", *overdue_only),
        ("unplaced", *unplaced_only),
        ("text", text.is_some()),
    ]
}

/// A filter, and the same in SQL. What is chosen are values of a few incidents, so that
/// choices by several columns leave something over. The span is not among the choices:
/// states and events read it differently.
pub(super) fn random_filter(
    dice: &mut Dice,
    board: &Board,
    texts: &[TextMatch],
    now: u32,
) -> (Filter, Choices) {
    let mut filter = Filter::default();
    let mut choices = Choices::default();
    if dice.below(4) > 0 {
        let from = now - dice.below(420 * 86_400);
        filter.span = Some(Span { from, to: from + 1 + dice.below(90 * 86_400) });
    }
    let rows: Vec<Row> =
        (0..=dice.below(3)).map(|_| board.row(dice.below(board.len() as u32)).unwrap()).collect();
    // Few choices at once, or many.
    let odds = [8, 4, 3][dice.below(3) as usize];
    let is_chosen = |dice: &mut Dice| dice.below(odds) == 0;
    let mut choose = |dice: &mut Dice, column: &'static str, of: &dyn Fn(&Row) -> u16| {
        let chosen: BTreeSet<u16> =
            if is_chosen(dice) { rows.iter().map(of).collect() } else { BTreeSet::new() };
        if !chosen.is_empty() {
            choices.push(column, format!("{column} IN {}", list(&chosen)));
        }
        chosen
    };
    let bytes = |chosen: BTreeSet<u16>| chosen.into_iter().map(|value| value as u8).collect();
    filter.blocks = bytes(choose(dice, "block", &|row| row.block.into()));
    filter.regimes = bytes(choose(dice, "regime", &|row| row.regime.into()));
    filter.sources = bytes(choose(dice, "source", &|row| row.source.into()));
    filter.statuses = bytes(choose(dice, "status", &|row| row.status.into()));
    filter.settlements = choose(dice, "settlement", &|row| row.settlement);
    filter.bodies = choose(dice, "body", &|row| row.body);
    if filter.statuses.is_empty() {
        choices.push("status", "NOT is_excluded".to_owned());
    }
    if is_chosen(dice) {
        filter.municipalities = rows.iter().map(|row| row.municipality).collect();
        let oktmos = filter.municipalities.iter().map(|place| oktmo(usize::from(*place)));
        choices.push("municipality", format!("municipality IN {}", list(oktmos)));
    }
    if is_chosen(dice) {
        let mut node = |row: &Row| board.vocabulary().ancestor(row.topic, 1 + dice.below(3) as u8);
        filter.topics = rows.iter().map(&mut node).collect();
        choices.push("topic", under(&filter.topics));
    }
    if is_chosen(dice) {
        // Some of one incident's, or all.
        let all = rows[0].flags;
        let some = all & dice.below(1 << 11) as u16;
        filter.flags = if some == 0 { all } else { some };
        choices.push("flags", format!("flags & {0} = {0}", filter.flags));
    }
    if is_chosen(dice) {
        filter.overdue_only = true;
        choices.push("due", Times { span: filter.span, now }.overdue());
    }
    if is_chosen(dice) {
        filter.unplaced_only = true;
        choices.push("placed", "NOT placed".to_owned());
    }
    if is_chosen(dice) {
        let text = &texts[dice.below(texts.len() as u32) as usize];
        let found = format!("(SELECT row FROM hit WHERE query = '{}')", text.query);
        choices.push("row", format!("row IN {found}"));
        filter.text = Some(text.clone());
    }
    (filter, choices)
}

/// As the store has a municipality of the catalogue; what is none of them has no code.
pub(super) fn oktmo(place: usize) -> u32 {
    let known = u8::try_from(place).ok().filter(|place| *place != NO_MUNICIPALITY);
    let catalogue = Catalogue::embedded();
    known.and_then(|place| catalogue.municipality(place)).map_or(0, |it| it.oktmo.get())
}

/// True of a node, and of what stands under it in the store's own table.
fn under(nodes: &BTreeSet<u16>) -> String {
    let nodes = list(nodes);
    format!(
        "(topic IN {nodes} OR topic IN (
             WITH RECURSIVE branch (num, id) AS (
                 SELECT num, id FROM topic WHERE num IN {nodes}
                 UNION SELECT topic.num, topic.id FROM topic JOIN branch ON topic.parent = branch.id)
             SELECT num FROM branch))"
    )
}

/// The totals of each group of incidents, by SQL.
pub(super) fn totals(
    connection: &Connection,
    times: Times,
    incidents: &str,
    group: &str,
) -> BTreeMap<i64, Totals> {
    let (received, closed, open) = (times.received(), times.closed(), times.open());
    let (overdue, clock) = (times.overdue(), times.clock());
    let counted = [
        received.clone(),
        format!("{received} AND NOT placed"),
        open.clone(),
        overdue,
        format!("{open} AND due BETWEEN {clock} AND {clock} + {DUE_SOON_SECS} AND due > 0"),
        format!("{open} AND due = 0"),
        closed.clone(),
        format!("{closed} AND (due = 0 OR done <= due)"),
        format!("{closed} AND due = 0"),
        format!("{received} AND rating > 0"),
    ]
    .map(|words| format!("count(*) FILTER (WHERE {words})"));
    let sql = format!(
        "SELECT {group}, {}, coalesce(sum(rating) FILTER (WHERE {received}), 0) FROM fact
         WHERE {incidents} GROUP BY 1",
        counted.join(", ")
    );
    let mut statement = connection.prepare(&sql).unwrap();
    let read = |row: &rusqlite::Row<'_>| {
        let totals = Totals {
            received: row.get(1)?,
            unplaced: row.get(2)?,
            open: row.get(3)?,
            overdue: row.get(4)?,
            due_soon: row.get(5)?,
            open_without_due: row.get(6)?,
            closed: row.get(7)?,
            closed_on_time: row.get(8)?,
            closed_without_due: row.get(9)?,
            rated: row.get(10)?,
            rating_sum: row.get(11)?,
        };
        Ok((row.get(0)?, totals))
    };
    statement.query_map([], read).unwrap().map(Result::unwrap).collect()
}

/// Numbers that SQL finds, row by row.
pub(super) fn numbers<const N: usize>(connection: &Connection, sql: &str) -> Vec<[i64; N]> {
    let mut statement = connection.prepare(sql).unwrap();
    let read = |row: &rusqlite::Row<'_>| {
        let mut numbers = [0; N];
        for (at, number) in numbers.iter_mut().enumerate() {
            *number = row.get(at)?;
        }
        Ok(numbers)
    };
    statement.query_map([], read).unwrap().map(Result::unwrap).collect()
}

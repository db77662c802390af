//! 5,000 changed incidents: into the board, and durably into store and board.

use std::fs::File;
use std::sync::mpsc;
use std::time::Instant;

use anyhow::{Result, ensure};
use pult::board::row::flags;
use pult::board::{Board, BoardBuilder, ChangeSet, Row};
use pult::domain::catalogue::Catalogue;
use pult::domain::{Block, Regime, Source, Status, Timestamp};
use pult::geo::mercator::MercatorPoint;
use pult::store::batch::{IncidentRow, Place};
use pult::store::{Batch, Store, Upsert};

use crate::incidents::{self, Dice, NOW, REGION};
use crate::{Args, print_line, quantile};

const CHANGED: u32 = 5_000;
const ROUNDS: u64 = 21;
/// Incidents in a batch of the first sync, and its last cursor: the batches
/// count down.
const PAGE: usize = 10_000;
const LAST: &str = "0";

/// What pult promises.
const BOARD_SECS: f64 = 0.010;
const STORE_SECS: f64 = 0.250;

pub(crate) fn measure(args: &Args) -> Result<()> {
    let catalogue = Catalogue::embedded();
    let folder = args.out.join("store");
    let store = Store::open(&folder, &catalogue)?;
    let known: Vec<Row> = incidents::rows(args.rows).collect();
    fill(&store, &known, &catalogue)?;
    store.wait_for_search();
    let mut board = load(&store)?;
    let writer = store.writer();
    let mut dice = Dice::new(1);
    let (mut into_board, mut into_both) = (Vec::new(), Vec::new());
    let mut after = LAST.to_owned();
    for round in 1..=ROUNDS {
        let nth = args.rows / CHANGED;
        let changed = |number| {
            let at = number * nth + dice.below(nth);
            let row = moved_on(&known[at as usize], at, args.rows, &mut dice);
            Upsert::Incident(incident(at, 1 + round, &row, &catalogue))
        };
        let upserts: Vec<Upsert> = (0..CHANGED).map(changed).collect();
        let to = format!("round {round}");
        let batch = Batch { after: Some(after), ..batch(upserts, &to) };
        after = to;
        let start = Instant::now();
        let applied = writer.apply(batch)?;
        // The program itself leaves that to the system: what a power cut takes
        // is pulled again.
        File::open(folder.join("pult.db-wal"))?.sync_all()?;
        into_both.push(start.elapsed().as_secs_f64());
        ensure!(applied.changes.changes.len() as u32 == CHANGED, "changes were lost");
        let secs = apply(&mut board, &applied.changes);
        into_board.push(secs);
        if let Some(both) = into_both.last_mut() {
            *both += secs;
        }
    }
    print_line("changes-board", quantile(&mut into_board, 50), BOARD_SECS);
    print_line("changes-board-longest", quantile(&mut into_board, 100), BOARD_SECS);
    print_line("changes-store-and-board", quantile(&mut into_both, 50), STORE_SECS);
    print_line("changes-store-and-board-longest", quantile(&mut into_both, 100), STORE_SECS);
    Ok(())
}

/// While a snapshot is shown, as it always is.
fn apply(board: &mut Board, changes: &ChangeSet) -> f64 {
    let shown = board.clone();
    let start = Instant::now();
    board.apply(changes);
    let secs = start.elapsed().as_secs_f64();
    drop(shown);
    secs
}

/// What changes in the life of an incident; when, where and about what it was
/// received does not.
fn moved_on(row: &Row, at: u32, rows: u32, dice: &mut Dice) -> Row {
    let Row { status, body, first_answer, closed, rating, .. } = incidents::row(at, rows, dice);
    Row { status, body, first_answer, closed, rating, ..*row }
}

/// A first sync of all incidents; it ends at the cursor [`LAST`].
pub(crate) fn fill(store: &Store, rows: &[Row], catalogue: &Catalogue) -> Result<()> {
    let (told, done) = mpsc::channel();
    let mut after = None;
    let pages = rows.chunks(PAGE).zip((0..).step_by(PAGE));
    for (left, (page, first)) in (0..rows.len().div_ceil(PAGE)).rev().zip(pages) {
        let made = (first..).zip(page);
        let upserts =
            made.map(|(at, row)| Upsert::Incident(incident(at, 1, row, catalogue))).collect();
        let batch = Batch { after, more: left > 0, ..batch(upserts, &left.to_string()) };
        after = Some(batch.cursor.clone());
        let told = told.clone();
        store.writer().submit(batch, move |result| drop(told.send(result.map(drop))));
    }
    drop(told);
    done.iter().try_for_each(|result| Ok(result?))
}

fn batch(upserts: Vec<Upsert>, cursor: &str) -> Batch {
    let cursor = cursor.to_owned();
    Batch { upserts, cursor, received_at: Timestamp(NOW), ..Batch::default() }
}

fn load(store: &Store) -> Result<Board> {
    let reader = store.reader()?;
    let mut builder = BoardBuilder::new(REGION);
    reader.load_rows(|row_id, row| builder.push(row_id, &row))?;
    Ok(builder.finish(reader.vocabulary()?.into()))
}

fn incident(at: u32, rev: u64, row: &Row, catalogue: &Catalogue) -> IncidentRow {
    let moment = |secs: u32| (secs > 0).then_some(Timestamp(secs));
    let topics = catalogue.topics.topics();
    let topic = &topics[usize::from(row.topic) % topics.len()];
    let place = MercatorPoint { x: row.x, y: row.y }.to_lon_lat();
    let municipality = catalogue.municipalities.get(usize::from(row.municipality));
    IncidentRow {
        id: format!("i-{}", at + 1),
        rev,
        regime: Regime::ALL[usize::from(row.regime)],
        source: Source::ALL[usize::from(row.source)],
        block: Block::ALL[usize::from(row.block)],
        status: Status::ALL[usize::from(row.status)],
        topic: Some(topic.code.to_string()),
        summary: Some(format!("{}: третий день без перемен, подъезд {at}", topic.name.ru)),
        municipality: municipality.map(|one| one.oktmo),
        settlement: Some(format!("Посёлок {}", row.settlement)),
        place: (row.flags & flags::PLACED != 0).then_some(Place {
            lat: place.lat,
            lon: place.lon,
            x: row.x,
            y: row.y,
        }),
        address: Some(format!("ул. Советская, {}", at % 120 + 1)),
        priority: 0,
        resonance: row.flags & flags::RESONANCE != 0,
        conflict: false,
        communication_error: false,
        body: Some(format!("b-{}", row.body)),
        assignee: Some("Отдел обращений".to_owned()),
        author_kind: Some("person".to_owned()),
        received: Timestamp(row.received),
        registered: Some(Timestamp(row.received)),
        due: moment(row.due),
        due_source: moment(row.due).map(|_| "server".to_owned()),
        policy_version: None,
        first_answer: moment(row.first_answer),
        closed: moment(row.closed),
        satisfaction: (row.rating > 0).then_some(row.rating),
        merged_into: None,
        problem: None,
        extra: None,
    }
}

//! An officer's action on a queue of open incidents: from the key to the frame that
//! shows it, and until it is on the disk.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use egui::{Event, Key, Modifiers};
use pult::app::officer::{Job, OfficerDesk, Told};
use pult::app::state::{MapMode, View};
use pult::app::triage::TriageCommand;
use pult::app::{Command, Desk, clock};
use pult::board::Row;
use pult::board::queue::Section;
use pult::domain::catalogue::Catalogue;
use pult::domain::{Action, Status};
use pult::store::{Reader, Store};

use crate::changes::fill;
use crate::incidents;
use crate::window::Window;
use crate::{Args, print_line, quantile, size_name};

/// What pult promises: of the main thread, and of the disk outside and during a
/// first sync.
const PRESS_SECS: f64 = 0.008;
const DURABLE_SECS: f64 = 0.002;
const DURABLE_IN_BULK_SECS: f64 = 0.020;

const PRESSES: usize = 300;
const ACTIONS: u32 = 1_000;
/// A key is pressed so often, and an action done so often.
const PACE: Duration = Duration::from_millis(100);
const ACTION_PACE: Duration = Duration::from_millis(5);
/// Longest wait for one action.
const PATIENCE: Duration = Duration::from_secs(10);

/// Incidents that nobody has touched.
fn open_rows(count: u32) -> Vec<Row> {
    let opened = |row: Row| Row {
        status: Status::New.index(),
        first_answer: 0,
        closed: 0,
        answered: 0,
        rating: 0,
        ..row
    };
    incidents::rows(count).map(opened).collect()
}

/// Main-thread time of the frames from a key press to the one that shows the
/// incident taken, down a queue in which every incident is open.
#[expect(clippy::print_stdout, reason = "the result of the command")]
pub(crate) fn press(args: &Args) -> Result<()> {
    let folder = args.out.join("store");
    let store = Store::open(&folder, &Catalogue::embedded())?;
    fill(&store, &open_rows(args.rows), &Catalogue::embedded())?;
    store.wait_for_search();
    drop(store);
    let mut window = Window::open(&folder, None)?;
    window.show(View::Triage, MapMode::Heat);
    window.out.push(Command::Triage(TriageCommand::Show(Section::All)));
    window.draw_until(|desk| {
        desk.is_settled() && desk.state().triage.queue.positions.len() as u32 == args.rows
    })?;
    window.draw_for(Duration::from_secs(1));
    let (mut shown, mut passed, mut frames) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..PRESSES {
        window.draw_for(PACE);
        press_key(&mut window, Key::J);
        window.draw_until(Desk::is_settled)?;
        let cursor = window.desk.state().triage.cursor.context("a cursor in the queue")?;
        window.times.clear();
        let begun = Instant::now();
        press_key(&mut window, Key::T);
        while !is_taken(&window, cursor) {
            ensure!(begun.elapsed() < PATIENCE, "an action was not shown");
            window.draw_once(begun + PATIENCE);
        }
        passed.push(begun.elapsed().as_secs_f64());
        shown.push(window.times.iter().sum());
        frames.push(window.times.len() as f64);
    }
    let name = format!("officer-{}", size_name(args.rows.into()));
    println!(
        "{name}: p50 {:.2} ms of the main thread in {:.0} frames; after {:.1} ms on the screen, \
         p99 {:.1} ms",
        quantile(&mut shown, 50) * 1e3,
        quantile(&mut frames, 50),
        quantile(&mut passed, 50) * 1e3,
        quantile(&mut passed, 99) * 1e3,
    );
    print_line(&format!("{name}-p99"), quantile(&mut shown, 99), PRESS_SECS);
    Ok(())
}

fn press_key(window: &mut Window, key: Key) {
    let pressed = |pressed| Event::Key {
        key,
        physical_key: Some(key),
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    window.events.extend([pressed(true), pressed(false)]);
    window.ctx.request_repaint();
}

/// True where the last frame has drawn the row of the queue as taken.
fn is_taken(window: &Window, row_id: u32) -> bool {
    let mut rows = window.desk.state().triage.rows.iter();
    rows.any(|row| row.row_id == row_id && row.status == Status::Triage.index())
}

/// Until an action is on the disk, outside and during a first sync.
#[expect(clippy::print_stdout, reason = "the result of the command")]
pub(crate) fn durable(args: &Args) -> Result<()> {
    let catalogue = Catalogue::embedded();
    let calm = args.out.join("calm");
    let store = Store::open(&calm, &catalogue)?;
    fill(&store, &open_rows(ACTIONS), &catalogue)?;
    store.wait_for_search();
    let mut times = acting(&store, 1..=ACTIONS, || true)?;
    println!("durable: p50 {:.2} ms", quantile(&mut times, 50) * 1e3);
    print_line("durable-p99", quantile(&mut times, 99), DURABLE_SECS);
    drop(store);

    let busy = args.out.join("busy");
    let store = Store::open(&busy, &catalogue)?;
    let rows = open_rows(args.rows);
    let mut times = std::thread::scope(|scope| {
        let syncing = scope.spawn(|| fill(&store, &rows, &catalogue));
        // The first pages bring the incidents that are acted on.
        let reader = store.reader()?;
        while row_count(&reader)? < u64::from(ACTIONS) {
            ensure!(!syncing.is_finished(), "the sync ended before the first action");
            std::thread::sleep(ACTION_PACE);
        }
        let times = acting(&store, 1..=ACTIONS, || !syncing.is_finished())?;
        syncing.join().unwrap_or_else(|_| anyhow::bail!("the sync panicked"))?;
        Ok(times)
    })?;
    ensure!(times.len() > 200, "only {} actions during the sync", times.len());
    print_line("durable-during-sync-p99", quantile(&mut times, 99), DURABLE_IN_BULK_SECS);
    Ok(())
}

fn row_count(reader: &Reader) -> Result<u64> {
    Ok(reader.counts()?.incidents)
}

/// Takes one incident after the other, as the officer's thread does; the seconds
/// until each is durable.
fn acting(
    store: &Store,
    rows: impl Iterator<Item = u32>,
    goes_on: impl Fn() -> bool,
) -> Result<Vec<f64>> {
    let written = Rc::new(Cell::new(0));
    let counted = Rc::clone(&written);
    let say = move |told: Told| {
        if let Told::Acted { ids, .. } = told {
            counted.set(counted.get() + ids.len());
        }
    };
    let reader = store.reader()?;
    let mut desk = OfficerDesk::open(store.shared_outbox(), reader, clock::now(), drop, say);
    let mut times = Vec::new();
    for row_id in rows {
        if !goes_on() {
            break;
        }
        std::thread::sleep(ACTION_PACE);
        let action = Box::new(Action::Take {});
        let start = Instant::now();
        desk.work(Job::Act { rows: vec![row_id], action, at: clock::now() });
        times.push(start.elapsed().as_secs_f64());
    }
    ensure!(written.get() == times.len(), "{} of {} written", written.get(), times.len());
    Ok(times)
}

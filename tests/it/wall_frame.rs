//! The wall on the data of a reference server: nothing of a record is drawn in any scene,
//! and what has grown old is told as it was.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use pult::app::Command;
use pult::app::clock::Ticker;
use pult::app::state::PeriodChoice;
use pult::app::wall::frame::WallFrame;
use pult::config::Theme;
use pult::domain::catalogue::Catalogue;
use pult::domain::{Language, Timestamp};
use pult::server::Server;
use pult::store::Store;
use pult::ui::wall::{Reason, Shown, Turn, Watch};

use super::desk::{Bench, open, region, viewport};
use super::ui_wall::{SIZES, draw_shown};

/// All words of all scenes on a screen of each shape, some with reasons why a scene may come.
fn drawn(frame: &WallFrame) -> BTreeSet<String> {
    let plan = &frame.catalogue.wall;
    let problem = frame.problems.first().map(|problem| Reason::Problem(problem.name.clone()));
    let change = frame.changes.first().map(|change| Reason::Surprise {
        place: change.municipality.clone(),
        matter: change.matter.clone(),
        count: change.count,
        hours: change.hours,
    });
    let reasons: Vec<_> =
        [problem, change, Some(Reason::Overdue(12))].into_iter().flatten().collect();
    let mut words = BTreeSet::new();
    for language in [Language::Ru, Language::En] {
        for size in [SIZES[0], SIZES[4], SIZES[5]] {
            for (at, _) in plan.scenes().iter().enumerate() {
                let reason = reasons.get(at % (reasons.len() + 1));
                let shown = Shown { plan, turn: Turn::of(plan, at), reason, tick: Duration::ZERO };
                let seen = draw_shown(shown, (language, Theme::Dark), false, frame, size);
                words.extend(seen.into_iter().map(|one| one.words));
            }
        }
    }
    words
}

/// What stands in records and is nobody's business: numbers, addresses, what citizens
/// wrote, by sentences, and the personal data that was planted into it.
fn of_records(bench: &Bench) -> BTreeSet<String> {
    let folder = bench.left_behind();
    let reader = Store::open(folder.path(), &Catalogue::embedded()).unwrap().reader().unwrap();
    let mut rows = Vec::new();
    reader.load_rows(|row_id, _| rows.push(row_id)).unwrap();
    let mut texts = BTreeSet::new();
    for row_id in rows {
        let details = reader.details(row_id).unwrap().unwrap();
        texts.extend([details.row.id, details.address, details.row.summary]);
        for text in reader.unmasked_messages(row_id).unwrap().into_values() {
            texts.extend(text.split_inclusive(['.', '!', '?']).map(|one| one.trim().to_owned()));
        }
    }
    let planted = &bench.server.as_ref().unwrap().truth().unwrap().planted;
    texts.extend(planted.listed.iter().map(|planted| planted.text.clone()));
    // «Да.» may stand anywhere.
    texts.retain(|text| text.chars().count() >= 7);
    texts
}

#[test]
fn nothing_that_stands_in_a_record_is_drawn_in_any_scene() {
    let mut bench = Bench::online(true);
    bench.desk.apply(Command::ServeWall);
    bench.desk.apply(Command::SetPeriod(PeriodChoice::FourWeeks));
    let view = viewport(&bench.desk);
    bench.desk.apply(Command::SetViewport(view));
    bench.desk.apply(Command::WantReplay(Some(view)));
    bench.wait("the indicators", |desk| desk.state().indicators.found.is_some());
    bench.wait("the days", |desk| desk.state().wall_replay.is_some());
    bench.settle();
    let mut frame = WallFrame::build(bench.desk.state());
    let records = of_records(&bench);
    assert!(records.len() > 10_000, "{}", records.len());
    let found = |words: &BTreeSet<String>| {
        let all = words.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
        records.iter().find(|record| all.contains(record.as_str())).cloned()
    };
    let words = drawn(&frame);
    assert!(words.len() > 300, "{}", words.len());
    assert_eq!(found(&words), None);
    // It would be seen.
    let one = records.iter().find(|record| record.chars().count() < 20).unwrap();
    frame.bodies[0].name.clone_from(one);
    assert!(found(&drawn(&frame)).is_some());
}

/// The link has caught up before board, figures and problems have.
#[test]
fn what_a_first_sync_brings_is_no_news() {
    let server = Server::start(region(true)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let desk = open(&folder, Some(format!("http://{}", server.addr())));
    let mut bench = Bench { desk, ticker: Ticker::start(), server: Some(server), folder };
    bench.desk.apply(Command::ServeWall);
    let mut watch = Watch::default();
    let patience = Instant::now() + Duration::from_mins(1);
    let mut after = 0;
    while after < 20 {
        assert!(Instant::now() < patience, "it did not catch up");
        let moment = bench.ticker.moment();
        bench.desk.poll(moment);
        let state = bench.desk.state();
        let frame = WallFrame::build(state);
        watch.look(&frame, &state.catalogue.wall, moment.tick);
        assert_eq!(watch.now(moment.tick), None, "{:?}", frame.freshness);
        if state.is_caught_up {
            after += 1;
            assert!(frame.total.overdue > 10 && frame.total.received > 1_000);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_wall_that_hears_nothing_for_long_tells_what_was_and_a_desk_what_is_due() {
    let mut bench = Bench::online(true);
    bench.desk.apply(Command::SetPeriod(PeriodChoice::FourWeeks));
    bench.settle();
    let (state, fresh) = (bench.desk.state(), WallFrame::build(bench.desk.state()));
    let of_sectors: u32 = fresh.blocks.iter().map(|block| block.totals.received).sum();
    assert!(fresh.outside.received > 0);
    assert_eq!(of_sectors + fresh.outside.received, fresh.total.received);
    let (confirmed_at, before) = (state.sync.confirmed_at.unwrap(), state.aggregates.total);
    let in_a_week = || {
        let later = Ticker::fixed(Timestamp(confirmed_at + 7 * 86_400));
        Bench { ticker: later, ..Bench::offline(bench.left_behind()) }
    };
    let mut desk = in_a_week();
    desk.settle();
    assert!(desk.desk.state().aggregates.total.overdue > before.overdue, "deadlines pass");

    let mut wall = in_a_week();
    wall.desk.apply(Command::ServeWall);
    wall.settle();
    let frame = WallFrame::build(wall.desk.state());
    assert_eq!((frame.total, &frame.days), (before, &fresh.days));
    let known_at = frame.freshness.confirmed_at.unwrap();
    // A stream that is only alive confirms, too, which is not kept.
    assert!(known_at.abs_diff(confirmed_at) < 60);
    assert!(frame.now > known_at + 6 * 86_400, "its clock goes on");
    let last = frame.days.last().unwrap().day;
    assert_eq!(last, Timestamp(known_at).local_day().0 - 1);
}

//! What interrupts the rotation of the wall, and what does not.

use std::time::Duration;

use pult::app::State;
use pult::app::wall::frame::{ChangeFrame, ProblemFrame, Stood, WallFrame};
use pult::config::Settings;
use pult::domain::DataFile;
use pult::domain::wall_plan::{Occasion, WallPlan};
use pult::ui::wall::{Course, Place, Reason, Watch};

/// Everything is here and up to date.
fn frame(overdue: u32) -> WallFrame {
    let mut frame = WallFrame::build(&State::new(1_795_417_500, Settings::default()));
    frame.freshness.is_caught_up = true;
    frame.freshness.missed = 0;
    frame.is_usual_known = true;
    (frame.total.received, frame.total.overdue) = (100, overdue);
    frame
}

fn change(count: u32) -> ChangeFrame {
    let (municipality, matter) = ("Черногорск".to_owned(), "Отопление".to_owned());
    ChangeFrame { municipality, matter, hours: 6, count, usual_low: 1, usual_high: 10 }
}

fn problem(name: &str) -> ProblemFrame {
    ProblemFrame { name: name.to_owned(), count: 20, day: 9 }
}

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn surprise(count: u32) -> Reason {
    let (place, matter) = ("Черногорск".to_owned(), "Отопление".to_owned());
    Reason::Surprise { place, matter, count, hours: 6 }
}

fn reason(watch: &Watch, at: u64) -> Option<Reason> {
    watch.now(secs(at)).map(|shown| shown.reason.clone())
}

fn plan() -> WallPlan {
    frame(0).catalogue.wall.clone()
}

#[test]
fn only_what_is_new_interrupts_for_one_scene_and_the_rotation_waits() {
    let (plan, first) = (plan(), frame(50));
    let mut watch = Watch::default();
    let mut unknown = first.clone();
    unknown.freshness.is_caught_up = false;
    watch.look(&unknown, &plan, secs(0));
    let mut next = WallFrame { problems: vec![problem("Смог")], ..first };
    watch.look(&next, &plan, secs(1));
    assert_eq!(reason(&watch, 1), None, "it was there before anybody looked");

    next.changes = vec![change(19)];
    watch.look(&next, &plan, secs(5));
    assert_eq!(reason(&watch, 5), None, "not twice what is usual");
    next.changes = vec![change(20)];
    watch.look(&next, &plan, secs(10));
    assert_eq!(reason(&watch, 29), Some(surprise(20)));
    assert_eq!(reason(&watch, 30), None, "for one scene");
    let shown = watch.now(secs(12)).unwrap().turn(secs(12));
    assert_eq!((shown.since, shown.left), (secs(2), secs(18)));
    assert_eq!(Some(shown.scene), plan.on(Occasion::Surprise));
    let rotated = [8, 10, 20, 30, 35].map(|at| watch.rotated(secs(at)));
    assert_eq!(rotated, [8, 10, 10, 10, 15].map(secs));

    // It went and comes back, a little stronger: that is no news.
    next.changes.clear();
    watch.look(&next, &plan, secs(40));
    next.changes = vec![change(25)];
    watch.look(&next, &plan, secs(45));
    assert_eq!(reason(&watch, 45), None);
    assert_eq!(watch.rotated(secs(45)), secs(25));
    next.changes.clear();
    watch.look(&next, &plan, secs(7 * 3_600));
    next.changes = vec![change(25)];
    watch.look(&next, &plan, secs(7 * 3_600 + 9));
    assert_eq!(reason(&watch, 7 * 3_600 + 9), Some(surprise(25)), "hours later it is");
}

#[test]
fn what_stood_out_before_anybody_could_tell_is_no_news() {
    let plan = plan();
    let mut watch = Watch::default();
    let mut next = WallFrame { is_usual_known: false, ..frame(50) };
    watch.look(&next, &plan, secs(0));
    (next.is_usual_known, next.changes) = (true, vec![change(30)]);
    watch.look(&next, &plan, secs(5));
    assert_eq!(reason(&watch, 5), None);
    let other = ChangeFrame { matter: "Смог".to_owned(), ..change(30) };
    next.changes.push(other);
    watch.look(&next, &plan, secs(9));
    assert!(reason(&watch, 9).is_some());
}

#[test]
fn two_reasons_come_one_after_the_other_and_a_withdrawn_name_goes_at_once() {
    let plan = plan();
    let mut watch = Watch::default();
    let mut next = frame(50);
    watch.look(&next, &plan, secs(0));
    (next.problems, next.changes) = (vec![problem("Вода")], vec![change(30)]);
    watch.look(&next, &plan, secs(10));
    assert_eq!(reason(&watch, 29), Some(Reason::Problem("Вода".to_owned())));
    assert_eq!([30, 69].map(|at| reason(&watch, at)), [None, None], "the rotation goes on");
    assert_eq!(reason(&watch, 70), Some(surprise(30)));
    next.problems.clear();
    watch.look(&next, &plan, secs(15));
    assert_eq!(reason(&watch, 15), None);
    assert_eq!(reason(&watch, 70), Some(surprise(30)));
    watch.forget(secs(71));
    assert_eq!(reason(&watch, 71), None);
    assert_eq!(watch.rotated(secs(71)), secs(65), "five seconds and one were taken");
    watch.look(&next, &plan, secs(72));
    next.changes.push(ChangeFrame { matter: "Смог".to_owned(), ..change(30) });
    watch.look(&next, &plan, secs(73));
    assert!(reason(&watch, 73).is_some());
    watch.look(&next, &plan, secs(94));
    next.changes.push(ChangeFrame { matter: "Свет".to_owned(), ..change(30) });
    watch.look(&next, &plan, secs(95));
    let at = [95, 132, 133].map(|at| reason(&watch, at).is_some());
    assert_eq!(at, [false, false, true], "forty seconds after the last");
}

#[test]
fn many_overdue_within_an_hour_interrupt_and_few_slow_or_late_ones_do_not() {
    let plan = plan();
    let look = |watch: &mut Watch, overdue, at: u64| {
        watch.look(&frame(overdue), &plan, secs(at));
        reason(watch, at)
    };
    let mut watch = Watch::default();
    assert_eq!(look(&mut watch, 100, 0), None);
    assert_eq!(look(&mut watch, 119, 600), None, "less than a fifth");
    assert_eq!(look(&mut watch, 120, 1_200), Some(Reason::Overdue(20)));
    assert_eq!(look(&mut watch, 121, 2_000), None, "it was told");
    assert_eq!(look(&mut watch, 60, 2_100), None);
    assert_eq!(look(&mut watch, 90, 2_200), Some(Reason::Overdue(30)), "many were done before");
    let mut edge = Watch::default();
    for minute in 0..=60 {
        assert_eq!(look(&mut edge, 100, minute * 60), None);
    }
    assert_eq!(look(&mut edge, 130, 3_660), Some(Reason::Overdue(30)), "as an hour ends");
    let mut slow = Watch::default();
    for hour in 0..10_u32 {
        assert_eq!(look(&mut slow, 100 + hour * 30, u64::from(hour) * 3_700), None);
    }
    let mut few = Watch::default();
    assert_eq!(look(&mut few, 3, 0), None);
    assert_eq!(look(&mut few, 12, 60), None, "nine are few");

    // While the link catches up nothing is news.
    let mut late = Watch::default();
    assert_eq!(look(&mut late, 100, 0), None);
    let mut behind = frame(5_000);
    behind.freshness.is_caught_up = false;
    late.look(&behind, &plan, secs(100));
    assert_eq!(reason(&late, 100), None);
    // After a short silence it is, after a long one it is not.
    let mut new = WallFrame { problems: vec![problem("Смог")], ..frame(100) };
    behind.freshness.missed = 2;
    late.look(&behind, &plan, secs(110));
    late.look(&new, &plan, secs(120));
    assert_eq!(reason(&late, 120), Some(Reason::Problem("Смог".to_owned())));
    behind.freshness.missed = 10;
    late.look(&behind, &plan, secs(9_000));
    new.problems.push(problem("Грязная вода"));
    new.changes = vec![change(30)];
    new.total.overdue = 900;
    late.look(&new, &plan, secs(9_010));
    late.look(&new, &plan, secs(9_020));
    assert_eq!(reason(&late, 9_020), None);
}

/// What the first and the second of two windows show, with their lists.
fn shown(course: &Course, plan: &WallPlan, at: u64) -> [(usize, bool); 2] {
    let lists: [&[usize]; 2] = [&[0, 1], &[2, 3, 4]];
    let all = lists.concat();
    [0, 1].map(|window| {
        let place = Place { scenes: lists[window], is_first: window == 0 };
        let (turn, reason) = course.turn(plan, place, &all, (secs(at), NOON));
        (turn.scene, reason.is_some())
    })
}

#[test]
fn what_was_told_to_stay_does_so_in_another_plan() {
    let plan_of = |keys: [&str; 2]| {
        let scene = |key| {
            format!(
                "[[scene]]\nkey = \"{key}\"\nru = \"а\"\nen = \"a\"\nseconds = 20\n\
                 [[scene.layout]]\nshape = \"landscape\"\ncolumns = 1\nrows = 1\n\
                 tiles = [{{ tile = \"clock\", at = [0, 0, 1, 1] }}]\n"
            )
        };
        let text = keys.map(scene).concat();
        WallPlan::read(DataFile { name: "wall.toml", text: &text }).unwrap()
    };
    let (plan, turned, without) = (plan_of(["a", "b"]), plan_of(["b", "a"]), plan_of(["a", "c"]));
    let place = Place { scenes: &[0, 1], is_first: true };
    let seen = |course: &Course, plan: &WallPlan, at: u64| {
        let (turn, _) = course.turn(plan, place, &[0, 1], (secs(at), NOON));
        (plan.scenes()[turn.scene].key.to_string(), turn.of)
    };
    let mut told = [Course::default(), Course::default()];
    told[0].hold(Some(1), secs(5));
    told[1].stay(secs(25));
    for mut course in told {
        assert_eq!(seen(&course, &plan, 90).0, "b");
        course.follow(&turned, "b", secs(100));
        assert_eq!(seen(&course, &turned, 900), ("b".to_owned(), 0));
        course.follow(&without, "b", secs(1_000));
        assert_eq!(seen(&course, &without, 1_030).1, 2, "nobody told this one to stay");
    }
    let mut goes_on = Course::default();
    goes_on.follow(&turned, "a", secs(5));
    assert_eq!(seen(&goes_on, &turned, 5), ("b".to_owned(), 2));
}

/// Noon in Khakassia.
const NOON: u32 = 1_795_410_000;

#[test]
fn an_interruption_comes_where_its_scene_has_a_place_and_the_others_wait() {
    let (plan, mut next) = (plan(), frame(50));
    let [map, second] = [0, 1];
    assert_eq!(plan.on(Occasion::Surprise), Some(map));
    let mut course = Course::default();
    course.look(&next, &plan, secs(0));
    assert_eq!(shown(&course, &plan, 25), [(second, false), (3, false)]);
    next.changes = vec![change(30)];
    course.look(&next, &plan, secs(25));
    assert_eq!(shown(&course, &plan, 44), [(map, true), (3, false)]);
    assert_eq!(shown(&course, &plan, 46), [(second, false), (3, false)], "as before");
    // Those that wait go on with their own time, and are drawn again when it is over.
    let place = Place { scenes: &[2, 3, 4], is_first: false };
    let waits = |at: u64| course.turn(&plan, place, &[0, 1, 2, 3, 4], (secs(at), NOON)).0;
    assert_eq!(waits(30).since, waits(25).since + secs(5));
    assert_eq!(waits(40).left, secs(5));
    // A window that has not got the scene in its list shows it where none has.
    let place = Place { scenes: &[3], is_first: true };
    let (turn, reason) = course.turn(&plan, place, &[3], (secs(30), NOON));
    assert_eq!((turn.scene, reason.is_some()), (map, true));
}

#[test]
fn a_person_holds_shows_and_skips_and_the_rotation_goes_on_from_there() {
    let plan = plan();
    let stood = Stood { rotated_secs: 45, ..Stood::default() };
    let mut course = Course::starting_at(&stood, &plan, secs(0));
    assert_eq!(shown(&course, &plan, 0), [(0, false), (4, false)], "where it stood before");
    course.hold(None, secs(1));
    assert_eq!(shown(&course, &plan, 500), [(0, false), (4, false)]);
    course.hold(Some(3), secs(500));
    assert_eq!(shown(&course, &plan, 900), [(0, false), (3, false)]);
    course.go(secs(900));
    assert_eq!(course.rotated(secs(900)), secs(46));
    course.skip(&plan, &[0, 1], false, (secs(900), NOON));
    assert_eq!(shown(&course, &plan, 900)[0], (1, false));
    course.skip(&plan, &[0, 1], true, (secs(901), NOON));
    assert_eq!(shown(&course, &plan, 901)[0], (0, false));
    assert_eq!(shown(&course, &plan, 922)[0], (1, false), "for its whole time");
}

#[test]
fn what_interrupts_stays_where_it_is_told_to_and_goes_where_it_was_seen() {
    let (plan, mut next) = (plan(), frame(50));
    let mut course = Course::default();
    course.look(&next, &plan, secs(0));
    next.changes = vec![change(30)];
    course.look(&next, &plan, secs(25));
    let mut stays = course.clone();
    stays.stay(secs(30));
    stays.stay(secs(300));
    assert_eq!(shown(&stays, &plan, 900), [(0, false), (3, false)]);
    let [map, second, third] = [0, 1, 2];
    assert_eq!(shown(&course, &plan, 30)[0], (map, true));
    course.skip(&plan, &[map, second, third], false, (secs(30), NOON));
    assert_eq!(shown(&course, &plan, 30)[1].0, 4, "others go on by as much");
    assert_eq!(shown(&course, &plan, 30)[0], (map, false), "the round of its own list");
}

#[test]
fn a_wall_that_is_started_anew_goes_on_as_it_stood() {
    let plan = plan();
    let mut course = Course::default();
    let restarted = |course: &Course, at: u64| {
        let stood = course.stood(&plan, secs(at));
        shown(&Course::starting_at(&stood, &plan, secs(7)), &plan, 7)
    };
    for at in [0, 19, 20, 45, 61, 1_000] {
        assert_eq!(restarted(&course, at), shown(&course, &plan, at), "{at}");
    }
    course.hold(Some(3), secs(70));
    assert_eq!(restarted(&course, 5_000), shown(&course, &plan, 5_000));
    course.go(secs(5_000));
    course.stay(secs(5_001));
    assert_eq!(restarted(&course, 9_000), shown(&course, &plan, 9_000));
    let nonsense = Stood { rotated_secs: u64::MAX, ..Stood::default() };
    shown(&Course::starting_at(&nonsense, &plan, secs(0)), &plan, 60);
    let unknown = Stood { held: Some("nothing".into()), ..course.stood(&plan, secs(9_000)) };
    let goes_on = Course::starting_at(&unknown, &plan, secs(0));
    assert!(!goes_on.stood(&plan, secs(0)).stays, "a scene that the plan has not");
}

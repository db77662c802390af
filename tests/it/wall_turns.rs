//! What interrupts the rotation of the wall, and what does not.

use std::time::Duration;

use pult::app::State;
use pult::app::wall_frame::{ChangeFrame, ProblemFrame, WallFrame};
use pult::config::Settings;
use pult::domain::wall_plan::{Occasion, WallPlan};
use pult::ui::wall::{Reason, Watch};

/// Everything is here and up to date.
fn frame(overdue: u32) -> WallFrame {
    let mut frame = WallFrame::build(&State::new(1_795_417_500, Settings::default()));
    frame.freshness.is_loading = false;
    frame.freshness.is_connected = true;
    frame.freshness.missed = 0;
    frame.are_problems_known = true;
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
    unknown.are_problems_known = false;
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
fn two_reasons_come_one_after_the_other_and_a_withdrawn_name_goes_at_once() {
    let plan = plan();
    let mut watch = Watch::default();
    let mut next = frame(50);
    watch.look(&next, &plan, secs(0));
    (next.problems, next.changes) = (vec![problem("Вода")], vec![change(30)]);
    watch.look(&next, &plan, secs(10));
    assert_eq!(reason(&watch, 29), Some(Reason::Problem("Вода".to_owned())));
    assert_eq!(reason(&watch, 30), Some(surprise(30)));
    next.problems.clear();
    watch.look(&next, &plan, secs(15));
    assert_eq!(reason(&watch, 15), None);
    assert_eq!(reason(&watch, 30), Some(surprise(30)));
    watch.forget(secs(31));
    assert_eq!(reason(&watch, 31), None);
    assert_eq!(watch.rotated(secs(31)), secs(25), "five seconds and one were taken");
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
    behind.freshness.is_connected = false;
    late.look(&behind, &plan, secs(100));
    assert_eq!(reason(&late, 100), None);
}

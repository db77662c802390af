//! Three desks and one server, random actions, random faults: all come to see
//! the same, everyone makes progress again after every fault, and every action
//! is carried out once or waits for a person, never lost, never doubled.
//!
//! `PULT_CASES` sets the number of cases.

mod deeds;
mod faulty;
mod world;

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use pult::domain::CommandKind;

use deeds::Deed;
use faulty::Fate;
use world::World;

/// One step of a case.
#[derive(Clone, Debug)]
enum Step {
    /// Desk, incident, deed.
    Act(usize, usize, Deed),
    /// Takes back the newest action, where it still can be.
    Undo(usize),
    /// The seconds of undoing are over.
    Release(usize),
    /// One cycle of the synchronisation, with what happens to its requests.
    Sync(usize, Vec<Fate>),
    /// A person looks at what waits: keeps mine, or takes theirs.
    Decide(usize, bool),
    /// The program ends and starts again.
    Restart(usize),
    /// Requests that were held up on the way arrive.
    Arrive,
    /// The server ends and starts again.
    ServerRestart,
    /// The server's file is copied away.
    Backup,
    /// The server gets its last copy back: it has forgotten all that came later.
    Restore,
    /// The desk's clock is set.
    Clock(usize, i32),
}

const DESKS: usize = 3;
const INCIDENTS: usize = world::START.len();

fn step() -> impl Strategy<Value = Step> {
    let desk = 0..DESKS;
    let fates = proptest::collection::vec(faulty::fate(), 0..4);
    prop_oneof![
        12 => (desk.clone(), 0..INCIDENTS, deeds::deed()).prop_map(|(d, i, a)| Step::Act(d, i, a)),
        1 => desk.clone().prop_map(Step::Undo),
        3 => desk.clone().prop_map(Step::Release),
        5 => (desk.clone(), fates).prop_map(|(d, f)| Step::Sync(d, f)),
        2 => (desk.clone(), any::<bool>()).prop_map(|(d, mine)| Step::Decide(d, mine)),
        1 => desk.clone().prop_map(Step::Restart),
        1 => Just(Step::Arrive),
        1 => Just(Step::ServerRestart),
        1 => Just(Step::Backup),
        1 => Just(Step::Restore),
        1 => (desk, -90_000_i32..90_000).prop_map(|(d, by)| Step::Clock(d, by)),
    ]
}

fn run(world: &mut World, steps: &[Step]) -> Result<(), TestCaseError> {
    for step in steps {
        match step {
            Step::Act(desk, incident, deed) => world.act(*desk, *incident, *deed),
            Step::Undo(desk) => world.undo(*desk),
            Step::Release(desk) => world.release(*desk),
            Step::Sync(desk, fates) => world.sync(*desk, fates),
            Step::Decide(desk, mine) => world.decide(*desk, *mine),
            Step::Restart(desk) => world.restart(*desk),
            Step::Arrive => world.arrive(),
            Step::ServerRestart => world.restart_server(|_| ()),
            Step::Backup => world.back_up(),
            Step::Restore => world.restore(),
            Step::Clock(desk, by) => world.set_clock(*desk, *by),
        }
    }
    world.calm_down().map_err(TestCaseError::fail)?;
    world.verdict().map_err(TestCaseError::fail)
}

fn cases(least: u32) -> u32 {
    std::env::var("PULT_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(least)
}

#[test]
fn three_desks_and_a_server_come_to_see_the_same_whatever_breaks_between_them() {
    let count = cases(64);
    let config = Config {
        cases: count,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..Config::default()
    };
    let steps = proptest::collection::vec(step(), 1..50);
    let mut runner = TestRunner::new(config);
    let carried_out = RefCell::new(BTreeMap::<&str, u32>::new());
    let outcome = runner.run(&steps, |steps| {
        let mut world = World::new(DESKS, faulty::Lie::None);
        run(&mut world, &steps)?;
        for kind in world.carried_out() {
            *carried_out.borrow_mut().entry(kind.key()).or_default() += 1;
        }
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    let carried_out = carried_out.into_inner();
    println!("carried out: {carried_out:?}");
    // What is said of problems is no deed here; few cases may miss what takes several
    // steps of several people.
    let are_deeds = |kind: &&CommandKind| !matches!(kind, CommandKind::Link | CommandKind::Unlink);
    let keys = CommandKind::ALL.iter().filter(are_deeds).map(|kind| kind.key());
    let missing: Vec<&str> = keys.filter(|key| !carried_out.contains_key(key)).collect();
    assert!(count < 300 || missing.len() <= 3, "never carried out: {missing:?}");
}

/// A network that turns a repeated command into another one, and one that says
/// «accepted» of what it has thrown away: the verdict must see both.
#[test]
fn a_planted_bug_is_caught() {
    let comment = || Deed::Comment;
    for (lie, seen) in
        [(faulty::Lie::NewIdOnRepeat, "doubled"), (faulty::Lie::AcceptsWhatItDrops, "lost")]
    {
        let mut world = World::new(DESKS, lie);
        let steps = [
            Step::Act(0, 0, comment()),
            Step::Release(0),
            Step::Sync(0, vec![Fate::LoseAnswer]),
            Step::Sync(0, vec![]),
        ];
        let verdict = run(&mut world, &steps).expect_err("the planted bug went unseen");
        assert!(verdict.to_string().contains(seen), "{verdict}");
    }
}

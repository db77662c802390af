//! What interrupts the rotation for one scene, and why.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use super::rotation::Turn;
use crate::app::wall::frame::{ChangeFrame, ProblemFrame, WallFrame};
use crate::domain::wall_plan::{Occasion, WallPlan};
use crate::ui::freshness::Staleness;

/// How many times the upper end of what is usual has to be reached.
const TIMES: u32 = 2;
/// What went and came back within this is no news.
const FORGOTTEN: Duration = Duration::from_hours(6);
/// By how much the overdue have to grow within [`WINDOW`]: a share, and at least so many.
const MORE: f32 = 0.2;
const LEAST_MORE: u32 = 10;
const WINDOW: Duration = Duration::from_hours(1);
/// Between two of them the rotation goes on.
const APART: Duration = Duration::from_secs(40);
/// More than these do not wait for their turn.
const MOST_WAITING: usize = 4;

/// Why a scene is shown out of turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its name.
    Problem(String),
    Surprise {
        place: String,
        matter: String,
        count: u32,
        hours: u32,
    },
    /// How many more than before.
    Overdue(u32),
}

impl Reason {
    pub(super) fn is_problem(&self, problem: &ProblemFrame) -> bool {
        matches!(self, Self::Problem(name) if *name == problem.name)
    }

    pub(super) fn is_change(&self, change: &ChangeFrame) -> bool {
        let cell = (&change.municipality, &change.matter);
        matches!(self, Self::Surprise { place, matter, .. } if (place, matter) == cell)
    }
}

/// A scene out of turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interruption {
    scene: usize,
    pub reason: Reason,
    from: Duration,
    until: Duration,
}

impl Interruption {
    /// Position in the plan.
    pub fn scene(&self) -> usize {
        self.scene
    }

    /// Its turn after `tick` of running.
    pub fn turn(&self, tick: Duration) -> Turn {
        let left = self.until.saturating_sub(tick);
        Turn { scene: self.scene, number: 0, of: 0, since: tick.saturating_sub(self.from), left }
    }
}

/// What was on the wall, to see what is new.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    /// `None` until everything was there once.
    seen: Option<Seen>,
    /// The one that is shown, and those that wait for it, in their order.
    shown: VecDeque<Interruption>,
    /// What interruptions that are over took from the rotation.
    spent: Duration,
    /// When the last of them was over.
    over: Option<Duration>,
}

#[derive(Clone, Debug)]
struct Seen {
    problems: BTreeSet<String>,
    /// It could be said what stands out.
    is_usual_known: bool,
    /// Where and of what, and when that last stood out.
    surprises: BTreeMap<(String, String), Duration>,
    /// Overdue at the start of a window, or fewer since.
    overdue: (Duration, u32),
    /// At the last look.
    last_overdue: (Duration, u32),
}

fn stands_out(change: &ChangeFrame) -> bool {
    change.count >= change.usual_high.saturating_mul(TIMES)
}

fn cell(change: &ChangeFrame) -> (String, String) {
    (change.municipality.clone(), change.matter.clone())
}

impl Watch {
    /// Looks at a new frame. What stands on the first that is complete interrupts nothing:
    /// it is news to nobody, and neither is what it takes a history to see. What comes in
    /// while the link catches up is not looked at, and after a silence for which the wall was
    /// greyed out the first frame is the first again.
    pub fn look(&mut self, frame: &WallFrame, plan: &WallPlan, tick: Duration) {
        self.end(frame, tick);
        let fresh = &frame.freshness;
        if Staleness::of_missed(fresh.missed) == Staleness::Stale {
            // What comes after a long silence is history, not news.
            self.seen = None;
        }
        if !fresh.is_caught_up || fresh.missed > 0 {
            return;
        }
        let overdue = frame.total.overdue;
        let problems: BTreeSet<_> = frame.problems.iter().map(|it| it.name.clone()).collect();
        let changes: Vec<&ChangeFrame> = frame.changes.iter().filter(|it| stands_out(it)).collect();
        let Some(seen) = &mut self.seen else {
            let surprises = changes.iter().map(|change| (cell(change), tick)).collect();
            let is_usual_known = frame.is_usual_known;
            let (overdue, last_overdue) = ((tick, overdue), (tick, overdue));
            let seen = Seen { problems, is_usual_known, surprises, overdue, last_overdue };
            self.seen = Some(seen);
            return;
        };
        let mut reasons: Vec<Reason> =
            problems.difference(&seen.problems).cloned().map(Reason::Problem).collect();
        seen.problems = problems;
        seen.surprises.retain(|_, last| tick.saturating_sub(*last) < FORGOTTEN);
        let was_usual_known = std::mem::replace(&mut seen.is_usual_known, frame.is_usual_known);
        for change in changes {
            if seen.surprises.insert(cell(change), tick).is_none() && was_usual_known {
                let (place, matter) = cell(change);
                let ChangeFrame { count, hours, .. } = *change;
                reasons.push(Reason::Surprise { place, matter, count, hours });
            }
        }
        let is_over = |since: Duration| tick.saturating_sub(since) > WINDOW;
        let last = std::mem::replace(&mut seen.last_overdue, (tick, overdue));
        if is_over(seen.overdue.0) {
            // What came in this very look belongs to the new window.
            seen.overdue = if is_over(last.0) { (tick, overdue) } else { last };
        }
        seen.overdue.1 = seen.overdue.1.min(overdue);
        let more = overdue.saturating_sub(seen.overdue.1);
        if more >= LEAST_MORE && more as f32 >= seen.overdue.1 as f32 * MORE {
            seen.overdue = (tick, overdue);
            reasons.push(Reason::Overdue(more));
        }
        for reason in reasons {
            self.interrupt(reason, plan, tick);
        }
    }

    /// Lets go of what is over, and of a problem whose name may not be shown any more.
    fn end(&mut self, frame: &WallFrame, tick: Duration) {
        let is_told = |shown: &Interruption| match &shown.reason {
            Reason::Problem(name) => frame.problems.iter().any(|problem| problem.name == *name),
            _ => true,
        };
        let (spent, over) = (&mut self.spent, &mut self.over);
        self.shown.retain(|shown| {
            let goes_on = tick < shown.until && is_told(shown);
            if !goes_on {
                *spent += tick.min(shown.until).saturating_sub(shown.from);
                *over = (*over).max((tick >= shown.from).then_some(tick.min(shown.until)));
            }
            goes_on
        });
    }

    fn interrupt(&mut self, reason: Reason, plan: &WallPlan, tick: Duration) {
        let occasion = match reason {
            Reason::Problem(_) => Occasion::Problem,
            Reason::Surprise { .. } => Occasion::Surprise,
            Reason::Overdue(_) => Occasion::Overdue,
        };
        let Some(scene) = plan.on(occasion).filter(|_| self.shown.len() < MOST_WAITING) else {
            return;
        };
        let last = self.shown.back().map(|last| last.until).or(self.over);
        let from = last.map_or(tick, |last| tick.max(last + APART));
        let until = from + Duration::from_secs(u64::from(plan.scenes()[scene].seconds));
        self.shown.push_back(Interruption { scene, reason, from, until });
    }

    /// What interrupts the rotation after `tick` of running.
    pub fn now(&self, tick: Duration) -> Option<&Interruption> {
        self.shown.iter().find(|shown| (shown.from..shown.until).contains(&tick))
    }

    /// How far the rotation has come: it stands still meanwhile.
    pub fn rotated(&self, tick: Duration) -> Duration {
        let shown = self.shown.iter();
        let spent = shown.map(|shown| tick.min(shown.until).saturating_sub(shown.from)).sum();
        tick.saturating_sub(self.spent).saturating_sub(spent)
    }

    /// The rotation is counted from `tick` on.
    pub fn restart(&mut self, tick: Duration) {
        self.spent += self.rotated(tick);
    }

    /// Another plan has other positions.
    pub fn forget(&mut self, tick: Duration) {
        self.spent = tick.saturating_sub(self.rotated(tick));
        self.shown.clear();
    }
}

//! What each window of a wall shows when: scenes in their turns, what interrupts them,
//! and what a person told the wall to show.

use std::time::Duration;

use super::interrupt::{Interruption, Reason, Watch};
use super::rotation::Turn;
use crate::app::wall::frame::{Stood, WallFrame};
use crate::domain::wall_plan::WallPlan;

/// One course for all windows: what interrupts one keeps the others from going on.
#[derive(Clone, Debug, Default)]
pub struct Course {
    watch: Watch,
    /// How far the rotation had come when the wall was started, with what a person
    /// skipped.
    ahead: Duration,
    held: Option<Held>,
}

/// What a person told the wall to show until further notice.
#[derive(Clone, Copy, Debug)]
struct Held {
    /// Nothing but what is in its turn.
    scene: Option<usize>,
    from: Duration,
    /// Where the rotation stands meanwhile.
    rotated: Duration,
}

/// What a window has to know of itself.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Of the scenes that take turns in it.
    pub scenes: &'a [usize],
    /// It shows what has no place in any window's list.
    pub is_first: bool,
}

impl Course {
    /// Goes on from where a wall stood, after `tick` of running.
    pub fn starting_at(stood: &Stood, plan: &WallPlan, tick: Duration) -> Self {
        // No wall stands for longer.
        let ahead = Duration::from_secs(stood.rotated_secs.min(u32::MAX.into()));
        let mut course = Self { ahead, ..Self::default() };
        course.watch.restart(tick);
        let scene = stood.held.as_deref().and_then(|key| plan.position(key));
        // A plan that has no such scene any more has nobody who told it to stay.
        if stood.stays && scene.is_some() == stood.held.is_some() {
            course.hold(scene, tick);
        }
        course
    }

    /// Where it stands after `tick` of running.
    pub fn stood(&self, plan: &WallPlan, tick: Duration) -> Stood {
        let held = self.held.and_then(|held| held.scene);
        Stood {
            rotated_secs: self.rotated(tick).as_secs(),
            stays: self.held.is_some(),
            held: held.map(|scene| plan.scenes()[scene].key.clone()),
        }
    }

    /// Looks for what interrupts in a new frame.
    pub fn look(&mut self, frame: &WallFrame, plan: &WallPlan, tick: Duration) {
        self.watch.look(frame, plan, tick);
    }

    /// Goes on by another plan, which has other positions. Where something was told to stay
    /// `shown` does, the key of what the first window shows, if the plan has it.
    pub fn follow(&mut self, plan: &WallPlan, shown: &str, tick: Duration) {
        let stays = self.held.is_some();
        self.go(tick);
        self.watch.forget(tick);
        if let Some(scene) = plan.position(shown).filter(|_| stays) {
            self.hold(Some(scene), tick);
        }
    }

    /// How far the rotation has come.
    pub fn rotated(&self, tick: Duration) -> Duration {
        self.held.map_or_else(|| self.ahead + self.watch.rotated(tick), |held| held.rotated)
    }

    /// What a window shows after `tick` of running, at `now` (UTC seconds), and why where
    /// it is out of turn. `all` are the scenes of all windows.
    pub fn turn(
        &self,
        plan: &WallPlan,
        place: Place<'_>,
        all: &[usize],
        (tick, now): (Duration, u32),
    ) -> (Turn, Option<&Reason>) {
        let has_place =
            |scene: usize| place.scenes.contains(&scene) || place.is_first && !all.contains(&scene);
        let in_turn = Turn::at(plan, place.scenes, self.rotated(tick), now);
        if let Some(held) = self.held {
            let shown = held.scene.filter(|scene| has_place(*scene));
            let stands = tick.saturating_sub(held.from);
            let out_of_turn = |scene| Turn::held(scene, stands, now);
            return (shown.map_or_else(|| in_turn.standing(stands, now), out_of_turn), None);
        }
        match self.watch.now(tick) {
            Some(shown) if has_place(shown.scene()) => (shown.turn(tick), Some(&shown.reason)),
            // The rotation waits in all windows.
            Some(shown) => {
                let Turn { since, left, .. } = shown.turn(tick);
                let stands = in_turn.standing(since, now);
                (Turn { left: left.min(stands.left), ..stands }, None)
            }
            None => (in_turn, None),
        }
    }

    /// The rotation goes to the next scene of a list, or to the one before, now; what
    /// interrupts it has been seen.
    pub fn skip(&mut self, plan: &WallPlan, scenes: &[usize], back: bool, at: (Duration, u32)) {
        let (tick, now) = at;
        self.go(tick);
        self.watch.forget(tick);
        self.ahead = Turn::beside(plan, scenes, self.rotated(tick), now, back);
        self.watch.restart(tick);
    }

    /// What is shown stays until [`Self::go`].
    pub fn stay(&mut self, tick: Duration) {
        let held = self.held.and_then(|held| held.scene);
        self.hold(held.or_else(|| self.watch.now(tick).map(Interruption::scene)), tick);
    }

    /// A scene, or what is in its turn, stays until [`Self::go`].
    pub fn hold(&mut self, scene: Option<usize>, tick: Duration) {
        self.held = Some(Held { scene, from: tick, rotated: self.rotated(tick) });
    }

    /// The rotation goes on from where it stood.
    pub fn go(&mut self, tick: Duration) {
        if let Some(held) = self.held.take() {
            self.watch.restart(tick);
            self.ahead = held.rotated;
        }
    }
}

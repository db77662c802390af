//! What each window of a wall shows when: scenes in their turns, what interrupts them,
//! and what a person told the wall to show.

use std::time::Duration;

use super::interrupt::{Reason, Watch};
use super::rotation::Turn;
use crate::app::wall::frame::WallFrame;
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
    pub fn starting_at(ahead: Duration) -> Self {
        Self { ahead, ..Self::default() }
    }

    /// Looks for what interrupts in a new frame.
    pub fn look(&mut self, frame: &WallFrame, plan: &WallPlan, tick: Duration) {
        self.watch.look(frame, plan, tick);
    }

    /// Another plan has other positions.
    pub fn forget(&mut self, tick: Duration) {
        self.go(tick);
        self.watch.forget(tick);
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
            let out_of_turn = |scene| Turn::held(scene, tick.saturating_sub(held.from), now);
            return (shown.map_or_else(|| in_turn.standing(now), out_of_turn), None);
        }
        match self.watch.now(tick).filter(|shown| has_place(shown.scene())) {
            Some(shown) => (shown.turn(tick), Some(&shown.reason)),
            None => (in_turn, None),
        }
    }

    /// The rotation goes to the next scene of a list, or to the one before, now.
    pub fn skip(&mut self, plan: &WallPlan, scenes: &[usize], back: bool, at: (Duration, u32)) {
        let (tick, now) = at;
        self.go(tick);
        self.ahead = Turn::beside(plan, scenes, self.rotated(tick), now, back);
        self.watch.restart(tick);
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

//! Which scene is shown when, and the slow wandering of the picture.

use std::time::Duration;

use crate::domain::wall_plan::WallPlan;
use crate::domain::{LocalDay, Timestamp};

/// Places of the picture that wanders against burn-in, in points, one a minute.
const SHIFTS: [(f32, f32); 8] = [
    (0.0, 0.0),
    (2.0, 0.0),
    (2.0, 2.0),
    (0.0, 2.0),
    (-2.0, 2.0),
    (-2.0, 0.0),
    (-2.0, -2.0),
    (0.0, -2.0),
];

/// A scene in its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Position in the plan.
    pub scene: usize,
    /// The how manyth of those that take turns now, from 1, and of how many; zero where it
    /// is out of turn.
    pub number: u32,
    pub of: u32,
    /// How long it has been shown.
    pub since: Duration,
    /// Time until another may be shown.
    pub left: Duration,
}

/// Until a minute ends: then pinned scenes may begin, and clocks show another one.
fn minute_left(now: u32) -> Duration {
    Duration::from_secs(u64::from(60 - now % 60))
}

/// The scenes that take turns at `now`, and the whole seconds that each has.
struct Round {
    turns: Vec<(usize, u64)>,
}

impl Round {
    fn at(plan: &WallPlan, scenes: &[usize], now: u32) -> Self {
        let turns = plan.turns_at(minute_of_day(now), scenes).into_iter();
        let seconds = |at: usize| u64::from(plan.scenes()[at].seconds);
        Self { turns: turns.map(|at| (at, seconds(at))).collect() }
    }

    fn seconds(&self) -> u64 {
        self.turns.iter().map(|(_, seconds)| seconds).sum::<u64>().max(1)
    }

    /// Which is shown when the rotation has come so far, and since when.
    fn find(&self, rotated: Duration) -> (usize, Duration) {
        let mut into = rotated.as_secs() % self.seconds();
        let mut index = 0;
        while into >= self.turns[index].1 {
            into -= self.turns[index].1;
            index += 1;
        }
        let part = Duration::from_nanos(u64::from(rotated.subsec_nanos()));
        (index, Duration::from_secs(into) + part)
    }
}

impl Turn {
    /// The turn of some scenes (there is one at least) when the rotation has come as far
    /// as `rotated`, at `now` (UTC seconds).
    pub fn at(plan: &WallPlan, scenes: &[usize], rotated: Duration, now: u32) -> Self {
        let round = Round::at(plan, scenes, now);
        let (index, mut since) = round.find(rotated);
        let (scene, seconds) = round.turns[index];
        let mut left = Duration::from_secs(seconds).saturating_sub(since);
        if round.turns.len() == 1 {
            // It makes way for nobody, so it does not come anew.
            (since, left) = (Duration::MAX, minute_left(now));
        }
        let (number, of) = (index as u32 + 1, round.turns.len() as u32);
        Self { scene, number, of, since, left: left.min(minute_left(now)) }
    }

    /// How far the rotation has come at the start of the turn after this one, or before.
    pub fn beside(
        plan: &WallPlan,
        scenes: &[usize],
        rotated: Duration,
        now: u32,
        back: bool,
    ) -> Duration {
        let round = Round::at(plan, scenes, now);
        let (index, since) = round.find(rotated);
        if back {
            let before = (index + round.turns.len() - 1) % round.turns.len();
            let from = rotated + Duration::from_secs(round.seconds());
            from.saturating_sub(since + Duration::from_secs(round.turns[before].1))
        } else {
            (rotated + Duration::from_secs(round.turns[index].1)).saturating_sub(since)
        }
    }

    /// A scene out of every rotation, shown since so long.
    pub fn held(scene: usize, since: Duration, now: u32) -> Self {
        Self { scene, number: 0, of: 0, since, left: minute_left(now) }
    }

    /// The same where the rotation stands since so long.
    #[must_use]
    pub fn standing(self, since: Duration, now: u32) -> Self {
        Self { since: self.since.saturating_add(since), left: minute_left(now), ..self }
    }

    /// The turn of a scene of its own, as a picture shows it.
    pub fn of(plan: &WallPlan, scene: usize) -> Self {
        let number = scene as u32 + 1;
        let of = plan.scenes().len() as u32;
        Self { scene, number, of, since: Duration::MAX, left: Duration::MAX }
    }
}

/// Local minutes since midnight.
pub fn minute_of_day(now: u32) -> u32 {
    let day: LocalDay = Timestamp(now).local_day();
    now.saturating_sub(day.start().0) / 60
}

/// Where the picture stands in the minute of `now` (UTC seconds).
pub fn pixel_shift(now: u32) -> egui::Vec2 {
    let (x, y) = SHIFTS[(now / 60) as usize % SHIFTS.len()];
    egui::vec2(x, y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DataFile;
    use crate::domain::wall_plan::samples;

    fn plan(scenes: &[(&str, u32, &str)]) -> WallPlan {
        let scene = |(key, seconds, pinned): &(&str, u32, &str)| match *pinned {
            "" => samples::scene(key, *seconds, ""),
            times => samples::scene(key, *seconds, &format!("pinned = \"{times}\"\n")),
        };
        let text: String = scenes.iter().map(scene).collect();
        WallPlan::read(DataFile { name: "wall.toml", text: &text }).unwrap()
    }

    /// Noon in Khakassia.
    const NOON: u32 = 1_795_410_000;

    #[test]
    fn every_scene_comes_in_its_turn_for_its_own_time() {
        let plan = plan(&[("a", 20, ""), ("b", 5, ""), ("c", 10, "")]);
        let at = |rotated, now| Turn::at(&plan, &[0, 1, 2], rotated, now);
        let seen = |secs| {
            let turn = at(Duration::from_secs(secs), NOON);
            (turn.scene, turn.number, turn.of)
        };
        for (secs, scene) in [(0, 0), (19, 0), (20, 1), (24, 1), (25, 2), (34, 2), (35, 0)] {
            assert_eq!(seen(secs), (scene, scene as u32 + 1, 3), "{secs}");
        }
        let left = |millis, now| at(Duration::from_millis(millis), now).left;
        assert_eq!(left(19_500, NOON), Duration::from_millis(500));
        assert_eq!(left(0, NOON + 58), Duration::from_secs(2), "a minute begins before");
        let turn = at(Duration::from_millis(20_300), NOON);
        assert_eq!(turn.since, Duration::from_millis(300));
        assert_eq!(turn.left, Duration::from_millis(4_700));
    }

    #[test]
    fn a_pinned_scene_has_its_time_of_the_local_day() {
        let plan = plan(&[("a", 20, ""), ("b", 20, "12:00-12:30"), ("c", 20, "")]);
        let at = |rotated, now| Turn::at(&plan, &[0, 1, 2], rotated, now);
        let scene = |now| at(Duration::from_secs(20), now).scene;
        assert_eq!((scene(NOON - 1), scene(NOON), scene(NOON + 1_799)), (2, 1, 1));
        assert_eq!(scene(NOON + 1_800), 2);
        let only = at(Duration::ZERO, NOON);
        assert_eq!((only.of, only.since, only.left), (1, Duration::MAX, Duration::from_mins(1)));
        assert_eq!(Turn::of(&plan, 2).number, 3);
    }

    #[test]
    fn a_person_goes_to_the_scene_beside_and_round_the_ends() {
        let plan = plan(&[("a", 20, ""), ("b", 5, ""), ("c", 10, "")]);
        let beside = |secs, back| {
            let rotated = Duration::from_secs(secs);
            let to = Turn::beside(&plan, &[0, 1, 2], rotated, NOON, back);
            (Turn::at(&plan, &[0, 1, 2], to, NOON).scene, to.as_secs())
        };
        assert_eq!([3, 22, 30, 70].map(|at| beside(at, false).0), [1, 2, 0, 1]);
        assert_eq!(beside(3, false).1, 20, "a scene begins at its start");
        assert_eq!([3, 22, 30, 70].map(|at| beside(at, true).0), [2, 0, 1, 2]);
        assert_eq!((beside(3, true).1, beside(30, true).1), (25, 55));
    }

    #[test]
    fn the_picture_wanders_one_step_a_minute_and_comes_back() {
        for minute in 0..16 {
            let step = pixel_shift(minute * 60) - pixel_shift((minute + 1) * 60);
            assert!(step.length() <= 2.01, "{step:?}");
        }
        assert_eq!(pixel_shift(0), pixel_shift(8 * 60));
    }
}

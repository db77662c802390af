//! Which scene is shown when, and the slow wandering of the picture.

use std::time::Duration;

/// Scenes of the wall, in the order of the rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    Map,
    Digest,
    Blocks,
    Kpi,
}

impl Scene {
    pub const ALL: [Self; 4] = [Self::Map, Self::Digest, Self::Blocks, Self::Kpi];
}

/// Seconds that a scene stands.
const SCENE_SECS: u64 = 20;

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

/// The scene after `tick` of running.
pub fn scene_at(tick: Duration) -> Scene {
    let turn = tick.as_secs() / SCENE_SECS;
    Scene::ALL[(turn % Scene::ALL.len() as u64) as usize]
}

/// Time until another scene.
pub fn next_change(tick: Duration) -> Duration {
    let turn = tick.as_secs() / SCENE_SECS;
    Duration::from_secs((turn + 1) * SCENE_SECS).saturating_sub(tick)
}

/// Where the picture stands in the minute of `now` (UTC seconds).
pub fn pixel_shift(now: u32) -> egui::Vec2 {
    let (x, y) = SHIFTS[(now / 60) as usize % SHIFTS.len()];
    egui::vec2(x, y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scene_comes_in_its_turn() {
        let seen: Vec<_> = (0..5).map(|turn| scene_at(Duration::from_secs(turn * 20))).collect();
        assert_eq!(seen, [Scene::Map, Scene::Digest, Scene::Blocks, Scene::Kpi, Scene::Map]);
        let tick = Duration::from_millis(19_500);
        assert_eq!(next_change(tick), Duration::from_millis(500));
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

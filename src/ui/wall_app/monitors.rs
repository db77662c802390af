//! The monitors that the window system tells of.

use std::time::Duration;

use egui::{Rect, ViewportInfo, pos2, vec2};

use winit::monitor::MonitorHandle;

use crate::ui::wall::Monitor;

/// After this long a window manager has made the window full screen, if there is one.
const FULL_SCREEN_BY: Duration = Duration::from_secs(2);

/// Which of the monitors that the window system lists are there.
///
/// Under Wayland a window's list has each monitor of the start twice, and when one is
/// unplugged only one of the two goes. A window is told where to go by its place in this
/// list, and opened by its place in another one, which has what is there, once.
#[derive(Debug)]
pub(super) struct Present<H = MonitorHandle> {
    /// How often each was listed at most.
    most: Vec<(H, usize)>,
}

impl Present {
    pub(super) fn new() -> Self {
        Self { most: Vec::new() }
    }

    /// Those that are there, in the system's order.
    pub(super) fn look(&mut self, frame: &eframe::Frame) -> Vec<Monitor> {
        // Wayland places monitors by points, which are told as pixels of each one's own
        // scale.
        let in_points = is_wayland();
        let window = frame.winit_window();
        let all: Vec<_> = window.iter().flat_map(|window| window.available_monitors()).collect();
        let there = self.there(&all).into_iter();
        let monitor = |(opened, told): (usize, usize)| {
            let monitor = &all[told];
            let scale = if in_points { monitor.scale_factor() } else { 1.0 };
            let [x, y]: [i32; 2] = monitor.position().into();
            let position = [x, y].map(|pixels| (f64::from(pixels) / scale).round() as i32);
            let (name, size) = (monitor.name(), monitor.size().into());
            Monitor { name, position, size, numbers: [told, opened] }
        };
        there.enumerate().map(monitor).collect()
    }
}

pub(super) fn is_wayland() -> bool {
    std::env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty())
}

impl<H: Clone + PartialEq> Present<H> {
    /// The first place in a list of each that is there.
    fn there(&mut self, all: &[H]) -> Vec<usize> {
        let count = |one: &H| all.iter().filter(|other| *other == one).count();
        self.most.retain(|(known, _)| all.contains(known));
        for one in all {
            match self.most.iter_mut().find(|(known, _)| known == one) {
                Some((_, most)) => *most = (*most).max(count(one)),
                None => self.most.push((one.clone(), count(one))),
            }
        }
        let is_there =
            |one: &H| self.most.iter().any(|(known, most)| known == one && *most == count(one));
        let is_first = |at: usize| !all[..at].contains(&all[at]);
        (0..all.len()).filter(|at| is_there(&all[*at]) && is_first(*at)).collect()
    }
}

/// The place that a window has to take by itself: without a window manager, as in a
/// kiosk's session, nobody makes it full screen. `scale` is its pixels a point, `since` the
/// time since it was told to be.
pub(super) fn place_to_take(
    viewport: &ViewportInfo,
    scale: f32,
    monitor: &Monitor,
    since: Duration,
) -> Option<Rect> {
    let inner = viewport.inner_rect?.size();
    let [x, y] = monitor.position.map(|pixels| pixels as f32 / scale);
    let [width, height] = monitor.size.map(|pixels| pixels as f32 / scale);
    let is_other = (inner.x - width).abs() > 1.0 || (inner.y - height).abs() > 1.0;
    let place = Rect::from_min_size(pos2(x, y), vec2(width, height));
    (is_other && since >= FULL_SCREEN_BY).then_some(place)
}

#[cfg(test)]
mod tests {
    use egui::{Pos2, Vec2};

    use super::*;

    #[test]
    fn what_is_listed_twice_is_one_and_what_was_is_gone() {
        let mut present = Present { most: Vec::new() };
        assert_eq!(present.there(&[5, 6, 5, 6]), [0, 1]);
        assert_eq!(present.there(&[6, 5, 6]), [0], "of 5 one is left behind");
        assert_eq!(present.there(&[6, 5, 6, 9]), [0, 3], "it is plugged in again");
        assert_eq!(present.there(&[6, 5, 6]), [0]);
        assert_eq!(present.there(&[5, 6]), [0_usize; 0]);
        assert_eq!(present.there(&[]), [0_usize; 0]);
        assert_eq!(present.there(&[7]), [0]);
    }

    #[test]
    fn a_window_that_nobody_made_full_screen_takes_the_monitor() {
        let (position, size) = ([1_920, 0], [3_840, 2_160]);
        let monitor = Monitor { name: None, position, size, numbers: [0, 0] };
        let window = |size: Vec2| ViewportInfo {
            inner_rect: Some(Rect::from_min_size(Pos2::ZERO, size)),
            ..ViewportInfo::default()
        };
        let small = window(vec2(800.0, 600.0));
        let take = |window: &ViewportInfo, since| place_to_take(window, 2.0, &monitor, since);
        assert_eq!(take(&small, Duration::from_secs(1)), None, "it may still come");
        let place = Rect::from_min_size(pos2(960.0, 0.0), vec2(1_920.0, 1_080.0));
        assert_eq!(take(&small, FULL_SCREEN_BY), Some(place));
        assert_eq!(take(&window(place.size()), FULL_SCREEN_BY), None);
        let high = window(vec2(1_920.0, 1_200.0));
        assert_eq!(take(&high, FULL_SCREEN_BY), Some(place), "one monitor gave way to a lower");
        assert_eq!(take(&ViewportInfo::default(), FULL_SCREEN_BY), None);
    }
}

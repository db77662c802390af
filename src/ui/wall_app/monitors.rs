//! The monitors that the window system tells of.

use std::time::Duration;

use egui::{Rect, ViewportInfo, pos2, vec2};

use crate::ui::wall::Monitor;

/// After this long a window manager has made the window full screen, if there is one.
const FULL_SCREEN_BY: Duration = Duration::from_secs(2);

/// All of them, in the system's order.
pub(super) fn of(frame: &eframe::Frame) -> Vec<Monitor> {
    // Wayland places monitors by points, which are told as pixels of each one's own scale.
    let in_points = std::env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty());
    let all = frame.winit_window().into_iter().flat_map(|window| window.available_monitors());
    all.map(|monitor| {
        let scale = if in_points { monitor.scale_factor() } else { 1.0 };
        let [x, y]: [i32; 2] = monitor.position().into();
        let position = [x, y].map(|pixels| (f64::from(pixels) / scale).round() as i32);
        Monitor { name: monitor.name(), position, size: monitor.size().into() }
    })
    .collect()
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
    let is_smaller = inner.x + 1.0 < width || inner.y + 1.0 < height;
    let place = Rect::from_min_size(pos2(x, y), vec2(width, height));
    (is_smaller && since >= FULL_SCREEN_BY).then_some(place)
}

#[cfg(test)]
mod tests {
    use egui::{Pos2, Vec2};

    use super::*;

    #[test]
    fn a_window_that_nobody_made_full_screen_takes_the_monitor() {
        let monitor = Monitor { name: None, position: [1_920, 0], size: [3_840, 2_160] };
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
        assert_eq!(take(&ViewportInfo::default(), FULL_SCREEN_BY), None);
    }
}

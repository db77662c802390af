//! Where the desk's map looks, and when it has come to rest.

use egui::{Rect, Vec2};
use walkers::MapMemory;

use super::frame::{MapView, position_of};
use crate::app::state::Viewport;
use crate::geo::mercator::{World, WorldRect};

/// How near one may go.
pub(super) const MAX_ZOOM: f64 = 16.0;
/// How far one may go beyond the view of the whole region.
const BEYOND_HOME: f64 = 0.6;
/// Duration of a flight.
const FLIGHT_SECS: f64 = 0.25;
/// The map is at rest when it has not moved for so long.
const REST_SECS: f64 = 0.08;

/// A view without the rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Look {
    pub center: World,
    pub zoom: f64,
}

impl Look {
    pub(super) fn of(view: &MapView) -> Self {
        Self { center: view.center(), zoom: view.zoom() }
    }

    /// Nearer by `steps` of zoom, with the same point of the world under
    /// `offset` (from the middle of the map, in points).
    pub(super) fn nearer(self, steps: f64, offset: Vec2) -> Self {
        let zoom = self.zoom + steps;
        let shift = 1.0 / scale(self.zoom) - 1.0 / scale(zoom);
        Self {
            center: [
                self.center[0] + f64::from(offset.x) * shift,
                self.center[1] + f64::from(offset.y) * shift,
            ],
            zoom,
        }
    }

    pub(super) fn moved(self, by: Vec2) -> Self {
        let scale = scale(self.zoom);
        Self {
            center: [
                self.center[0] + f64::from(by.x) / scale,
                self.center[1] + f64::from(by.y) / scale,
            ],
            ..self
        }
    }

    /// A share of the way to `to`: the picture grows evenly around the point
    /// that both views show at the same place.
    fn towards(self, to: Self, share: f64) -> Self {
        let zoom = self.zoom + (to.zoom - self.zoom) * share;
        let (from_scale, to_scale) = (scale(self.zoom), scale(to.zoom));
        let along = if (to.zoom - self.zoom).abs() < 1e-6 {
            share
        } else {
            (1.0 / from_scale - 1.0 / scale(zoom)) / (1.0 / from_scale - 1.0 / to_scale)
        };
        let mix = |axis: usize| self.center[axis] + (to.center[axis] - self.center[axis]) * along;
        Self { center: [mix(0), mix(1)], zoom }
    }
}

fn scale(zoom: f64) -> f64 {
    256.0 * zoom.exp2()
}

#[derive(Clone, Copy, Debug)]
struct Flight {
    from: Look,
    to: Look,
    started: f64,
}

/// The desk's camera. Times are egui's, in seconds.
#[derive(Default)]
pub(super) struct Camera {
    pub memory: MapMemory,
    flight: Option<Flight>,
    /// The view of the whole region, for the present rectangle.
    home: Option<(Rect, Look)>,
    /// True until a person moves the map: it then follows its panel's size.
    strayed: bool,
    last: Option<(Viewport, f64)>,
    told: Option<Viewport>,
}

impl Camera {
    /// Prepares a frame: fits the region where the panel is new or has changed,
    /// and flies on. True while it flies.
    pub(super) fn begin(&mut self, rect: Rect, inner: Rect, region: WorldRect, now: f64) -> bool {
        if self.home.is_none_or(|(known, _)| known != rect) {
            let home = Look::of(&MapView::fit_within(rect, inner, region));
            self.home = Some((rect, home));
            if !self.strayed {
                self.flight = None;
                self.look_at(home);
            }
        }
        let Some(flight) = self.flight else { return false };
        let share = ((now - flight.started) / FLIGHT_SECS).clamp(0.0, 1.0);
        // Starts at once and comes to rest softly.
        let eased = 1.0 - (1.0 - share).powi(3);
        self.look_at(flight.from.towards(flight.to, eased));
        if share >= 1.0 {
            self.flight = None;
        }
        self.flight.is_some()
    }

    /// Keeps the view near the region after a person has moved it.
    pub(super) fn keep_near(&mut self, view: &MapView, region: WorldRect) {
        let look = Look::of(view);
        let kept = self.kept(look, region);
        if kept != look {
            self.look_at(kept);
        }
    }

    fn kept(&self, look: Look, region: WorldRect) -> Look {
        let least = self.home.map_or(0.0, |(_, home)| home.zoom - BEYOND_HOME);
        Look {
            center: [
                look.center[0].clamp(region.x_min, region.x_max),
                look.center[1].clamp(region.y_min, region.y_max),
            ],
            zoom: look.zoom.clamp(least, MAX_ZOOM),
        }
    }

    /// Notices that a person took over.
    pub(super) fn stray(&mut self) {
        self.strayed = true;
        self.flight = None;
    }

    pub(super) fn fly(&mut self, from: Look, to: Look, region: WorldRect, now: f64) {
        self.strayed = true;
        self.flight = Some(Flight { from, to: self.kept(to, region), started: now });
    }

    pub(super) fn fly_home(&mut self, from: Look, now: f64) {
        if let Some((_, home)) = self.home {
            self.strayed = false;
            self.flight = Some(Flight { from, to: home, started: now });
        }
    }

    /// The viewport, once, when it has come to rest; else after how many
    /// seconds to look again, `None` where nothing is awaited.
    pub(super) fn settled(&mut self, viewport: Viewport, now: f64) -> Settled {
        if self.told == Some(viewport) {
            return Settled::Still;
        }
        let since = match self.last {
            Some((last, since)) if last == viewport => since,
            _ => {
                self.last = Some((viewport, now));
                now
            }
        };
        // The first picture does not wait.
        if self.told.is_none() || now - since >= REST_SECS {
            self.told = Some(viewport);
            return Settled::Tell(viewport);
        }
        Settled::AskIn(REST_SECS - (now - since))
    }

    fn look_at(&mut self, look: Look) {
        self.memory.center_at(position_of(look.center));
        // Beyond what the map can show the old zoom stays.
        drop(self.memory.set_zoom(look.zoom));
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Settled {
    Still,
    Tell(Viewport),
    /// Seconds.
    AskIn(f64),
}

#[cfg(test)]
mod tests {
    use egui::{pos2, vec2};

    use super::*;

    const REGION: WorldRect = WorldRect { x_min: 0.744, y_min: 0.315, x_max: 0.756, y_max: 0.335 };

    #[test]
    fn going_nearer_keeps_the_point_under_the_pointer() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        let look = Look { center: REGION.centre(), zoom: 7.0 };
        let offset = vec2(120.0, -80.0);
        let before = MapView::new(rect, look.center, look.zoom).to_world(rect.center() + offset);
        let nearer = look.nearer(1.5, offset);
        let after = MapView::new(rect, nearer.center, nearer.zoom).to_world(rect.center() + offset);
        assert!((before[0] - after[0]).abs() < 1e-9 && (before[1] - after[1]).abs() < 1e-9);
        let halfway = look.towards(nearer, 0.5);
        let between =
            MapView::new(rect, halfway.center, halfway.zoom).to_world(rect.center() + offset);
        assert!((before[0] - between[0]).abs() < 1e-9, "also on the way");
        assert!((look.towards(nearer, 1.0).zoom - nearer.zoom).abs() < 1e-9);
    }

    #[test]
    fn a_viewport_is_told_once_and_only_at_rest() {
        let mut camera = Camera::default();
        let viewport = |width_px| Viewport { width_px, ..Viewport::default() };
        assert_eq!(camera.settled(viewport(1), 0.0), Settled::Tell(viewport(1)));
        assert_eq!(camera.settled(viewport(1), 9.0), Settled::Still);
        assert!(matches!(camera.settled(viewport(2), 10.0), Settled::AskIn(_)));
        assert!(matches!(camera.settled(viewport(3), 10.05), Settled::AskIn(_)));
        assert!(matches!(camera.settled(viewport(3), 10.1), Settled::AskIn(_)));
        assert_eq!(camera.settled(viewport(3), 10.14), Settled::Tell(viewport(3)));
        assert_eq!(camera.settled(viewport(3), 10.2), Settled::Still);
    }

    #[test]
    fn the_region_follows_its_panel_until_a_person_moves_it() {
        let mut camera = Camera::default();
        let rect = |width| Rect::from_min_size(pos2(0.0, 0.0), vec2(width, 500.0));
        camera.begin(rect(500.0), rect(500.0), REGION, 0.0);
        let first = camera.memory.zoom();
        camera.begin(rect(200.0), rect(200.0), REGION, 0.0);
        let second = camera.memory.zoom();
        assert!(second < first);
        camera.stray();
        camera.begin(rect(900.0), rect(900.0), REGION, 0.0);
        assert!((camera.memory.zoom() - second).abs() < 1e-9);
    }
}

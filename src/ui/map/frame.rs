//! Where the world stands on the screen.

use egui::{Pos2, Rect, Vec2, pos2};
use walkers::{Position, Projector};

use crate::app::state::Viewport;
use crate::geo::mercator::{LonLat, World, WorldRect, metres_per_world};

/// Width of the world in points at zoom 0, as web maps count it.
const WORLD_POINTS: f64 = 256.0;

/// The affine map between the world and the points of the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapView {
    /// Where on the screen the map is, in points.
    pub rect: Rect,
    /// World at the middle of `rect`.
    center: World,
    /// Points that the whole world would be wide.
    points_per_world: f64,
}

impl MapView {
    pub fn new(rect: Rect, center: World, zoom: f64) -> Self {
        Self { rect, center, points_per_world: WORLD_POINTS * zoom.exp2() }
    }

    /// As large as `bounds` fit into `rect` with `padding` points on each side.
    pub fn fit(rect: Rect, bounds: WorldRect, padding: f32) -> Self {
        let room = (rect.size() - Vec2::splat(2.0 * padding)).max(Vec2::splat(1.0));
        if bounds.is_empty() {
            return Self::new(rect, [0.5, 0.5], 0.0);
        }
        let scale = |room: f32, extent: f64| f64::from(room) / extent.max(1e-12);
        let points_per_world = scale(room.x, bounds.width()).min(scale(room.y, bounds.height()));
        Self { rect, center: bounds.centre(), points_per_world }
    }

    /// As [`Self::fit`] into `inner`, yet showing all of `rect`: what stands
    /// along the edges leaves the region clear.
    pub fn fit_within(rect: Rect, inner: Rect, bounds: WorldRect) -> Self {
        let fitted = Self::fit(inner, bounds, 0.0);
        Self { rect, center: fitted.to_world(rect.center()), ..fitted }
    }

    pub fn from_projector(projector: &Projector<'_>) -> Self {
        let rect = projector.clip_rect();
        let center = world_of(projector.unproject(rect.center().to_vec2()));
        Self::new(rect, center, projector.zoom())
    }

    pub fn center(&self) -> World {
        self.center
    }

    /// Zoom as web maps count it: the world is 256 points wide at 0 and doubles.
    pub fn zoom(&self) -> f64 {
        (self.points_per_world / WORLD_POINTS).log2()
    }

    pub fn points_per_world(&self) -> f64 {
        self.points_per_world
    }

    pub fn to_screen(&self, world: World) -> Pos2 {
        let middle = self.rect.center();
        pos2(
            middle.x + ((world[0] - self.center[0]) * self.points_per_world) as f32,
            middle.y + ((world[1] - self.center[1]) * self.points_per_world) as f32,
        )
    }

    pub fn to_world(&self, screen: Pos2) -> World {
        let offset = screen - self.rect.center();
        [
            self.center[0] + f64::from(offset.x) / self.points_per_world,
            self.center[1] + f64::from(offset.y) / self.points_per_world,
        ]
    }

    pub fn rect_to_screen(&self, world: WorldRect) -> Rect {
        Rect::from_min_max(
            self.to_screen([world.x_min, world.y_min]),
            self.to_screen([world.x_max, world.y_max]),
        )
    }

    /// What of the world is seen.
    pub fn world(&self) -> WorldRect {
        let [x_min, y_min] = self.to_world(self.rect.min);
        let [x_max, y_max] = self.to_world(self.rect.max);
        WorldRect { x_min, y_min, x_max, y_max }
    }

    pub fn viewport(&self, pixels_per_point: f32) -> Viewport {
        let WorldRect { x_min, y_min, x_max, y_max } = self.world();
        Viewport {
            x_min,
            y_min,
            x_max,
            y_max,
            width_px: (self.rect.width() * pixels_per_point).round().max(1.0) as u32,
            height_px: (self.rect.height() * pixels_per_point).round().max(1.0) as u32,
            pixels_per_point,
        }
    }

    /// Kilometres on the ground that a point covers at the height `y` of the
    /// screen: Mercator stretches with the latitude.
    pub fn km_per_point(&self, y: f32) -> f64 {
        let [_, world_y] = self.to_world(pos2(self.rect.center().x, y));
        metres_per_world(world_y) / 1_000.0 / self.points_per_world
    }
}

/// The point of the world at a geographical position.
pub fn world_of(position: Position) -> World {
    LonLat { lon: position.x(), lat: position.y() }.to_world()
}

/// The geographical position of a point of the world.
pub fn position_of(world: World) -> Position {
    let LonLat { lon, lat } = LonLat::from_world(world);
    walkers::lon_lat(lon, lat)
}

#[cfg(test)]
mod tests {
    use egui::vec2;
    use walkers::{MapMemory, MercatorProjection, lon_lat};

    use super::*;

    fn khakassia() -> WorldRect {
        WorldRect::of([world_of(lon_lat(87.856, 51.285)), world_of(lon_lat(91.924, 55.438))])
    }

    #[test]
    fn bounds_fit_centred_into_wide_and_tall_rects() {
        for size in [vec2(1200.0, 300.0), vec2(300.0, 1200.0), vec2(500.0, 500.0)] {
            let rect = Rect::from_min_size(pos2(40.0, 90.0), size);
            let view = MapView::fit(rect, khakassia(), 20.0);
            let shown = view.rect_to_screen(khakassia());
            assert!((shown.center() - rect.center()).length() < 0.01, "{shown:?}");
            let room = rect.shrink(20.0);
            assert!(room.expand(0.01).contains_rect(shown), "{shown:?} in {room:?}");
            let tight =
                (shown.width() - room.width()).abs().min((shown.height() - room.height()).abs());
            assert!(tight < 0.01, "{shown:?} in {room:?}");
        }
    }

    #[test]
    fn agrees_with_the_projector_of_the_map() {
        let rect = Rect::from_min_size(pos2(10.0, 20.0), vec2(800.0, 600.0));
        let mut memory = MapMemory::default();
        memory.set_zoom(9.3).unwrap();
        memory.center_at(lon_lat(91.44, 53.72));
        let projector = Projector::new(rect, &MercatorProjection, &memory, lon_lat(0.0, 0.0));
        let view = MapView::from_projector(&projector);
        for place in [lon_lat(91.44, 53.72), lon_lat(90.1, 52.4), lon_lat(89.0, 55.0)] {
            let theirs = projector.project(place).to_pos2();
            let ours = view.to_screen(world_of(place));
            assert!((theirs - ours).length() < 0.05, "{theirs:?} {ours:?}");
            let back = position_of(view.to_world(ours));
            assert!((back.x() - place.x()).abs() < 1e-4 && (back.y() - place.y()).abs() < 1e-4);
        }
        assert!((view.zoom() - 9.3).abs() < 1e-9);
    }

    #[test]
    fn a_kilometre_is_longer_on_the_map_in_the_north() {
        let view =
            MapView::fit(Rect::from_min_size(pos2(0.0, 0.0), vec2(600.0, 600.0)), khakassia(), 0.0);
        assert!(view.km_per_point(0.0) < view.km_per_point(600.0));
        // 55.438° − 51.285° of latitude are 462 km.
        let km = view.km_per_point(300.0) * 600.0;
        assert!((km - 462.0).abs() < 5.0, "{km}");
    }

    #[test]
    fn a_viewport_speaks_of_pixels() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(400.0, 200.0));
        let viewport = MapView::new(rect, [0.75, 0.32], 6.0).viewport(2.0);
        assert_eq!((viewport.width_px, viewport.height_px), (800, 400));
        assert!((viewport.x_max - viewport.x_min - 400.0 / (256.0 * 64.0)).abs() < 1e-12);
    }
}

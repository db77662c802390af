//! Borders of what people have confirmed to be one matter.

use egui::{Align2, Painter, Shape, Stroke};

use super::frame::MapView;
use crate::app::problems::Problem;
use crate::geo::mercator::MercatorPoint;
use crate::ui::format;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{Weight, font};

/// A border that would be smaller is a ring.
const LEAST_WIDTH: f32 = 24.0;

/// Draws those that go on and have been confirmed.
pub(super) fn paint(painter: &Painter, view: &MapView, problems: &[Problem], tokens: &Tokens) {
    let (color, size) = (&tokens.color, &tokens.size);
    for problem in problems.iter().filter(|problem| problem.is_open()) {
        let Some((known, about)) = problem.known.as_ref().zip(problem.about.as_ref()) else {
            continue;
        };
        let border: Vec<_> = about
            .border
            .iter()
            .copied()
            .map(MercatorPoint::to_world)
            .map(|world| view.to_screen(world))
            .collect();
        let Some(center) = about.center else { continue };
        let center = view.to_screen(center.to_world());
        let place = if border.len() < 3 {
            egui::Rect::from_center_size(center, egui::Vec2::ZERO)
        } else {
            egui::Rect::from_points(&border)
        };
        if !place.intersects(view.rect) {
            continue;
        }
        let (fill, edge) = (color.warn.gamma_multiply(0.08), Stroke::new(1.5, color.text_strong));
        let place = if place.width().max(place.height()) < LEAST_WIDTH {
            let (center, radius) = (place.center(), LEAST_WIDTH / 2.0);
            painter.circle(center, radius, fill, edge);
            egui::Rect::from_center_size(center, egui::Vec2::splat(LEAST_WIDTH))
        } else {
            painter.add(Shape::convex_polygon(border, fill, edge));
            place
        };
        let words = format!("{} · {}", known.name, format::count(about.count));
        let face = font(size.note, Weight::Medium);
        let galley = painter.layout_no_wrap(words, face, color.text_strong);
        let room = Align2::CENTER_BOTTOM
            .anchor_size(place.center_top() - egui::vec2(0.0, size.note * 0.4), galley.size());
        painter.rect_filled(room.expand(size.note * 0.25), size.radius_small, color.map_halo);
        painter.galley(room.min, galley, color.text_strong);
    }
}

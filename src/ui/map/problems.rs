//! Borders of what is one matter: drawn through where people have confirmed it, dashed
//! where it was only found.

use std::cmp::Reverse;

use egui::{Align2, Painter, Rect, Sense, Shape, Stroke, Ui};

use super::desk::MapLocal;
use super::frame::MapView;
use super::prepared::Prepared;
use super::small::NEAREST_ZOOM;
use crate::app::State;
use crate::app::problems::Problem;
use crate::board::problems::About;
use crate::geo::mercator::{MercatorPoint, WorldRect};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{self, Weight, font};
use crate::ui::{format, names};

/// A border that would be smaller is a ring.
const LEAST_WIDTH: f32 = 24.0;
/// A border that nobody has confirmed is named from this size on.
const LEAST_NAMED: f32 = 60.0;
/// Length of a dash and of the gap behind it.
const DASH: f32 = 5.0;
const PADDING: f32 = 36.0;

/// Draws those that go on.
pub(super) fn paint(
    painter: &Painter,
    view: &MapView,
    state: &State,
    tokens: &Tokens,
    text: &Text,
) {
    let mut found: Vec<(&Problem, &About)> = state
        .problems
        .found
        .iter()
        .flat_map(|found| found.iter())
        .filter(|problem| problem.is_open())
        .filter_map(|problem| Some((problem, problem.about.as_ref()?)))
        .collect();
    // Who comes first has the best place for its name.
    found.sort_by_key(|(problem, about)| (problem.known.is_none(), Reverse(about.count)));
    let mut written: Vec<Rect> = Vec::new();
    for (problem, about) in found {
        let is_known = problem.known.is_some();
        let Some(place) = paint_border(painter, view, about, is_known, tokens) else { continue };
        if !is_known && place.width().max(place.height()) < LEAST_NAMED {
            // From afar the towns are named, not what was only found in them.
            continue;
        }
        let words = names::problem(state, text, problem);
        let words = format!("{words} · {}", format::count(about.count));
        written.extend(paint_name(painter, place, words, is_known, &written, tokens));
    }
}

/// Where it stands on the screen; `None` where it is out of sight or without a place.
fn paint_border(
    painter: &Painter,
    view: &MapView,
    about: &About,
    is_known: bool,
    tokens: &Tokens,
) -> Option<Rect> {
    let color = &tokens.color;
    let to_screen = |point: &MercatorPoint| view.to_screen(point.to_world());
    let mut border: Vec<_> = about.border.iter().map(to_screen).collect();
    let center = to_screen(about.center.as_ref()?);
    let mut place = if border.len() < 3 {
        Rect::from_center_size(center, egui::Vec2::ZERO)
    } else {
        Rect::from_points(&border)
    };
    if !place.intersects(view.rect) {
        return None;
    }
    if place.width().max(place.height()) < LEAST_WIDTH {
        place = Rect::from_center_size(place.center(), egui::Vec2::splat(LEAST_WIDTH));
        border = ring(place);
    }
    let fill = color.warn.gamma_multiply(if is_known { 0.08 } else { 0.04 });
    if is_known {
        let edge = Stroke::new(1.5, color.text_strong);
        painter.add(Shape::convex_polygon(border, fill, edge));
    } else {
        painter.add(Shape::convex_polygon(border.clone(), fill, Stroke::NONE));
        border.extend(border.first().copied());
        let edge = Stroke::new(1.2, color.warn);
        painter.extend(Shape::dashed_line(&border, edge, DASH, DASH));
    }
    Some(place)
}

fn ring(place: Rect) -> Vec<egui::Pos2> {
    let corners = 0..24_u8;
    let at = |corner: u8| {
        let angle = f32::from(corner) / 24.0 * std::f32::consts::TAU;
        place.center() + egui::Vec2::angled(angle) * (LEAST_WIDTH / 2.0)
    };
    corners.map(at).collect()
}

/// Above, below or beside the border, wherever no other name stands: then where it was
/// written. What has no room is left out; the view of problems has all of them.
fn paint_name(
    painter: &Painter,
    place: Rect,
    words: String,
    is_known: bool,
    written: &[Rect],
    tokens: &Tokens,
) -> Option<Rect> {
    let (color, size) = (&tokens.color, &tokens.size);
    let ink = if is_known { color.text_strong } else { color.text_soft };
    let galley = painter.layout_no_wrap(words, font(size.note, Weight::Medium), ink);
    let around = place.expand(size.note * 0.4);
    let rooms = [
        Align2::CENTER_BOTTOM.anchor_size(around.center_top(), galley.size()),
        Align2::CENTER_TOP.anchor_size(around.center_bottom(), galley.size()),
        Align2::LEFT_CENTER.anchor_size(around.right_center(), galley.size()),
        Align2::RIGHT_CENTER.anchor_size(around.left_center(), galley.size()),
    ];
    let mut plates = rooms.map(|room| room.expand(size.note * 0.25)).into_iter();
    let is_free = |plate: &Rect| written.iter().all(|other| !other.intersects(*plate));
    let plate = plates.find(is_free)?;
    painter.rect_filled(plate, size.radius_small, color.map_halo);
    painter.galley(plate.min + egui::Vec2::splat(size.note * 0.25), galley, ink);
    Some(plate)
}

impl MapLocal {
    /// Paints where a problem is into `rect`: the land about it and its border.
    pub fn problem_ui(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        state: &State,
        tokens: &Tokens,
        text: &Text,
        problem: &Problem,
    ) {
        let Some(about) = problem.about.as_ref() else { return };
        let prepared =
            Prepared::of(&mut self.prepared, &state.geodata, &state.catalogue, text.language);
        let response = ui.interact(rect, ui.scope_id().with("problem-map"), Sense::hover());
        widgets::name(&response, egui::Role::Image, text.t("problem-map"));
        let points = about.border.iter().chain(&about.center).map(|point| point.to_world());
        let fitted = MapView::fit(rect, WorldRect::of(points), PADDING);
        let view = MapView::new(rect, fitted.center(), fitted.zoom().min(NEAREST_ZOOM));
        let painter = self.problem.paint(ui, &view, prepared, tokens);
        paint_border(&painter, &view, about, problem.known.is_some(), tokens);
    }
}

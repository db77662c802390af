//! Names on the map: placed so that none touches another, written with a halo.
//!
//! Where names stand depends on the zoom alone, in steps, never on what part of
//! the world is seen: a name keeps its place while the map is dragged.

use std::collections::BTreeSet;

use egui::epaint::TextShape;
use egui::{Align2, Color32, FontFamily, FontId, Painter, Pos2, Rect, Vec2, pos2, vec2};

use super::frame::MapView;
use super::names::{Anchor, Name, NameKind, Names};
use crate::geo::mercator::World;
use crate::ui::theme;
use crate::ui::tokens::{Colors, Tokens};

/// Sizes of what is written and drawn on a map, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapSizes {
    pub city: f32,
    pub district: f32,
    pub town: f32,
    pub village: f32,
    pub water: f32,
    /// Towns and regions outside.
    pub context: f32,
    /// Width of lines relative to a desk's.
    pub line: f32,
    /// Added to the zoom from which a name is shown: a wall shows fewer.
    pub later: f64,
}

impl MapSizes {
    /// At the desk.
    pub fn desk(tokens: &Tokens) -> Self {
        let (body, note) = (tokens.size.body, tokens.size.note);
        Self {
            city: body,
            district: note,
            town: note,
            village: note * 0.94,
            water: note * 0.92,
            context: note * 0.92,
            line: 1.0,
            later: 0.0,
        }
    }

    /// On a wall `height` points high.
    pub fn wall(tokens: &Tokens, height: f32) -> Self {
        let (body, note) = (tokens.wall.body * height, tokens.wall.note * height);
        Self {
            city: body * 0.9,
            district: note,
            town: note,
            village: note,
            water: note,
            context: note * 0.94,
            line: note / tokens.size.note * 0.8,
            later: (f64::from(note) / f64::from(tokens.size.note)).log2(),
        }
    }

    fn of(&self, kind: NameKind) -> f32 {
        match kind {
            NameKind::City(_) => self.city,
            NameKind::District(_) => self.district,
            NameKind::Town(_) => self.town,
            NameKind::Village(_) => self.village,
            NameKind::Water => self.water,
            NameKind::Neighbour | NameKind::ContextTown => self.context,
        }
    }

    /// Radius of the dot beside a name.
    fn dot(&self, kind: NameKind) -> f32 {
        self.line
            * match kind {
                NameKind::City(_) => 2.6,
                NameKind::Town(_) => 2.0,
                _ => 1.5,
            }
    }
}

/// A name that found its place.
#[derive(Clone, Copy, Debug)]
struct Placed {
    /// Index in the names.
    name: usize,
    anchor: Anchor,
    /// From the anchor to the middle of the text.
    offset: Vec2,
    size: Vec2,
}

/// Where the names stand at one step of the zoom.
#[derive(Default)]
pub(super) struct Labels {
    key: Option<(i32, MapSizes, usize)>,
    placed: Vec<Placed>,
}

/// What a drawing of the names needs besides their places.
pub(super) struct LabelLook<'a> {
    pub tokens: &'a Tokens,
    pub sizes: &'a MapSizes,
    pub selected: &'a BTreeSet<u8>,
    /// Names keep out of these.
    pub keep_clear: &'a [Rect],
}

/// Steps of the zoom at which names are placed anew.
const STEPS_PER_ZOOM: f64 = 4.0;

impl Labels {
    pub(super) fn paint(
        &mut self,
        painter: &Painter,
        view: &MapView,
        names: &Names,
        look: &LabelLook<'_>,
    ) {
        // Rounded down: at a larger scale the same places are farther apart.
        let step = (view.zoom() * STEPS_PER_ZOOM).floor() as i32;
        let key = (step, *look.sizes, std::ptr::from_ref(names).addr());
        if self.key != Some(key) {
            self.placed = place(painter, names, f64::from(step) / STEPS_PER_ZOOM, look.sizes);
            self.key = Some(key);
        }
        for placed in &self.placed {
            let name = &names.list[placed.name];
            let anchor = view.to_screen(placed.anchor.at);
            let middle = anchor + placed.offset;
            let bounds = Rect::from_center_size(middle, turned(placed.size, placed.anchor.angle));
            let is_free = view.rect.contains_rect(bounds.expand(2.0))
                && !look.keep_clear.iter().any(|rect| rect.intersects(bounds));
            if is_free {
                write(painter, name, anchor, middle, placed.anchor.angle, look);
            }
        }
    }
}

fn write(
    painter: &Painter,
    name: &Name,
    anchor: Pos2,
    middle: Pos2,
    angle: f32,
    look: &LabelLook<'_>,
) {
    let color = &look.tokens.color;
    let is_dimmed = !look.selected.is_empty()
        && !name.kind.municipality().is_some_and(|index| look.selected.contains(&index));
    let strength = name.left * if is_dimmed { 0.45 } else { 1.0 };
    let text_color = color_of(name.kind, color).gamma_multiply(strength);
    let galley =
        painter.layout_no_wrap(shown_text(name), font(name.kind, look.sizes), Color32::PLACEHOLDER);
    let size = look.sizes.of(name.kind);
    let reach = (size * 0.11).max(1.0);
    let halo = color.map_halo.gamma_multiply(0.5 * strength);
    let corner = middle - galley.rect.size() / 2.0;
    let text = |offset: Vec2, color: Color32| {
        TextShape::new(corner + offset, galley.clone(), color)
            .with_override_text_color(color)
            .with_angle_and_anchor(angle, Align2::CENTER_CENTER)
    };
    if name.kind.has_dot() {
        let radius = look.sizes.dot(name.kind);
        painter.circle_filled(anchor, radius + reach, color.map_halo.gamma_multiply(strength));
        painter.circle_filled(anchor, radius, text_color);
    }
    for direction in HALO {
        painter.add(text(direction * reach, halo));
    }
    painter.add(text(Vec2::ZERO, text_color));
}

/// Unit steps around a glyph; drawn under it they make its halo.
const HALO: [Vec2; 8] = [
    vec2(1.0, 0.0),
    vec2(0.7, 0.7),
    vec2(0.0, 1.0),
    vec2(-0.7, 0.7),
    vec2(-1.0, 0.0),
    vec2(-0.7, -0.7),
    vec2(0.0, -1.0),
    vec2(0.7, -0.7),
];

fn color_of(kind: NameKind, color: &Colors) -> Color32 {
    match kind {
        NameKind::City(_) => color.text_strong,
        NameKind::District(_) | NameKind::Town(_) => color.text_soft,
        NameKind::Village(_) | NameKind::ContextTown => color.text_dim,
        NameKind::Water => color.map_water.lerp_to_gamma(color.text_strong, 0.45),
        NameKind::Neighbour => color.text_dim.gamma_multiply(0.75),
    }
}

fn font(kind: NameKind, sizes: &MapSizes) -> FontId {
    let family = match kind {
        NameKind::City(_) => theme::semibold(),
        NameKind::District(_) | NameKind::Town(_) => theme::medium(),
        _ => FontFamily::Proportional,
    };
    FontId::new(sizes.of(kind), family)
}

fn shown_text(name: &Name) -> String {
    name.text.clone()
}

/// Box of a turned rectangle.
fn turned(size: Vec2, angle: f32) -> Vec2 {
    let (sin, cos) = (angle.sin().abs(), angle.cos().abs());
    vec2(size.x * cos + size.y * sin, size.x * sin + size.y * cos)
}

/// Gives every name, the most important first, the first free of its places.
fn place(painter: &Painter, names: &Names, zoom: f64, sizes: &MapSizes) -> Vec<Placed> {
    let points_per_world = 256.0 * zoom.exp2();
    // Relative to the first place: screens are small, the world is not.
    let origin = names.list.first().and_then(|name| name.at.first()).map_or([0.5; 2], |a| a.at);
    let at = |world: World| {
        pos2(
            ((world[0] - origin[0]) * points_per_world) as f32,
            ((world[1] - origin[1]) * points_per_world) as f32,
        )
    };
    let is_due = |name: &Name| {
        (name.from_zoom + sizes.later..name.to_zoom + sizes.later).contains(&zoom)
            && name.left > 0.2
    };
    let mut taken: Vec<Rect> = Vec::new();
    // Dots are there whether their name finds a place or not, so all names keep
    // off the important ones.
    for name in names.list.iter().filter(|name| matches!(name.kind, NameKind::City(_))) {
        let radius = sizes.dot(name.kind) + 1.0;
        taken.extend(
            name.at.first().map(|a| Rect::from_center_size(at(a.at), Vec2::splat(2.0 * radius))),
        );
    }
    let cities = taken.len();
    let mut city = 0..cities;
    let mut placed = Vec::new();
    for (index, name) in names.list.iter().enumerate().filter(|(_, name)| is_due(name)) {
        let galley =
            painter.layout_no_wrap(shown_text(name), font(name.kind, sizes), Color32::PLACEHOLDER);
        let own = if matches!(name.kind, NameKind::City(_)) { city.next() } else { None };
        let size = galley.rect.size();
        let gap = sizes.dot(name.kind) + sizes.of(name.kind) * 0.25;
        let found = name.at.iter().find_map(|anchor| {
            offsets(name.kind, size, gap, anchor.angle).into_iter().find_map(|offset| {
                let bounds = Rect::from_center_size(
                    at(anchor.at) + offset,
                    turned(size, anchor.angle) + vec2(4.0, 0.0),
                );
                let is_free = taken
                    .iter()
                    .enumerate()
                    .all(|(other, rect)| Some(other) == own || !rect.intersects(bounds));
                is_free.then_some((*anchor, offset, bounds))
            })
        });
        if let Some((anchor, offset, bounds)) = found {
            taken.push(bounds);
            if name.kind.has_dot() && own.is_none() {
                let side = 2.0 * sizes.dot(name.kind) + 1.0;
                taken.push(Rect::from_center_size(at(anchor.at), Vec2::splat(side)));
            }
            placed.push(Placed { name: index, anchor, offset, size });
        }
    }
    placed
}

/// Places of the middle of a text around its anchor, the best first.
fn offsets(kind: NameKind, size: Vec2, gap: f32, angle: f32) -> Vec<Vec2> {
    let (half, line) = (size / 2.0, size.y);
    if kind.has_dot() {
        let (beside, above) = (half.x + gap, half.y + gap * 0.6);
        return vec![
            vec2(beside, 0.0),
            vec2(-beside, 0.0),
            vec2(0.0, -above),
            vec2(0.0, above),
            vec2(beside * 0.9, -line * 0.6),
            vec2(beside * 0.9, line * 0.6),
            vec2(-beside * 0.9, -line * 0.6),
            vec2(-beside * 0.9, line * 0.6),
        ];
    }
    if angle == 0.0 {
        let steps = [0.0, -1.0, 1.0, -2.0, 2.0];
        let sides = [0.0, -0.4, 0.4];
        return sides
            .iter()
            .flat_map(|side| steps.iter().map(move |step| vec2(side * size.x, step * line)))
            .collect();
    }
    // Above the course, then below it.
    let across = vec2(angle.sin(), -angle.cos()) * (half.y + 1.0);
    vec![across, -across]
}

//! Names on the map: placed so that none touches another, written with a halo.
//!
//! Where names stand depends on the zoom alone, in steps, never on what part of
//! the world is seen: a name keeps its place while the map is dragged.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::epaint::TextShape;
use egui::{Align2, Color32, FontFamily, FontId, Galley, Painter, Pos2, Rect, Vec2, vec2};

use super::frame::MapView;
use super::names::{Name, NameKind, Names};
use crate::figure::label::{Box2, Label, Placement, Spot};
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
    /// It is read from afar: names are strong or not there, and what is seen of the world
    /// stays the same, so that each finds a place within it.
    pub is_far: bool,
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
            is_far: false,
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
            context: note,
            line: note / tokens.size.note * 0.8,
            later: (f64::from(note) / f64::from(tokens.size.note)).log2(),
            is_far: true,
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
    /// From the place itself to the middle of the text.
    offset: Vec2,
    /// Box of the text, turned where it is.
    size: Vec2,
}

/// What the places depend on.
#[derive(PartialEq)]
struct LabelKey {
    step: i32,
    sizes: MapSizes,
    /// Identity of the names.
    names: usize,
    discs: Vec<Disc>,
    /// Whole points from the first place within which names are to stand.
    within: Option<[i32; 4]>,
}

/// Where the names stand at one step of the zoom.
#[derive(Default)]
pub(super) struct Labels {
    key: Option<LabelKey>,
    /// Kept so that names stay where they stood one step before.
    placement: Placement,
    placed: Vec<Placed>,
}

/// What a drawing of the names needs besides their places.
pub(super) struct LabelLook<'a> {
    pub tokens: &'a Tokens,
    pub sizes: &'a MapSizes,
    /// By the catalogue's index of the municipality.
    pub fills: &'a [Option<Color32>],
    pub selected: &'a BTreeSet<u8>,
    /// Tiles lie below the names.
    pub over_tiles: bool,
    /// Names keep out of these.
    pub keep_clear: &'a [Rect],
    /// Names step aside for these.
    pub discs: &'a [Disc],
}

/// Something round on the map that must stay readable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disc {
    pub at: World,
    /// Points.
    pub radius: f32,
}

/// Steps of the zoom at which names are placed anew.
const STEPS_PER_ZOOM: f64 = 4.0;

/// Room between two names, as a share of a village's text.
const GAP: f32 = 0.3;

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
        let names_id = std::ptr::from_ref(names).addr();
        let within = look.sizes.is_far.then(|| within(view, names, zoom_of(step)));
        let is_known = self.key.as_ref().is_some_and(|key| {
            key.step == step
                && key.sizes == *look.sizes
                && key.names == names_id
                && key.discs == look.discs
                && key.within == within
        });
        if !is_known {
            self.place(painter, names, (zoom_of(step), within), look);
            let discs = look.discs.to_vec();
            self.key = Some(LabelKey { step, sizes: *look.sizes, names: names_id, discs, within });
        }
        for placed in &self.placed {
            let name = &names.list[placed.name];
            let anchor = view.to_screen(name.at);
            let bounds = Rect::from_center_size(anchor + placed.offset, placed.size);
            let is_free = view.rect.contains_rect(bounds.expand(2.0))
                && !look.keep_clear.iter().any(|rect| rect.intersects(bounds));
            if is_free {
                write(painter, name, anchor, bounds.center(), look);
            }
        }
    }

    /// Gives every name, the most important first, the first free of its spots.
    fn place(
        &mut self,
        painter: &Painter,
        names: &Names,
        (zoom, within): (f64, Option<[i32; 4]>),
        look: &LabelLook<'_>,
    ) {
        let sizes = look.sizes;
        let on_screen = |world: World| on_screen(names, zoom, world);
        let anchor = |name: &Name| on_screen(name.at);
        let discs: Vec<(Pos2, f32)> =
            look.discs.iter().map(|disc| (on_screen(disc.at).into(), disc.radius)).collect();
        let due: Vec<(usize, &Name)> = names
            .list
            .iter()
            .enumerate()
            .filter(|(_, name)| {
                let zooms = name.from_zoom + sizes.later..name.to_zoom + sizes.later;
                let least = if sizes.is_far { LEAST_LEFT_FAR } else { LEAST_LEFT };
                zooms.contains(&zoom) && name.left > least
            })
            .collect();
        let labels: Vec<Label<'_>> = due
            .iter()
            .map(|&(index, name)| {
                let galley = lay_out(painter, name, sizes);
                // A name steps out of the disc that covers its place.
                let middle = Pos2::from(anchor(name));
                let covered = discs
                    .iter()
                    .map(|(center, radius)| radius - center.distance(middle))
                    .fold(0.0, f32::max);
                Label {
                    id: index as u64,
                    anchor: anchor(name),
                    size: turned(galley.rect.size(), name.angle).into(),
                    distance: covered + sizes.dot(name.kind) + sizes.of(name.kind) * 0.2,
                    priority: -(index as i32),
                    spots: spots(name),
                }
            })
            .collect();
        let mut obstacles: Vec<Box2> = due
            .iter()
            .filter(|(_, name)| matches!(name.kind, NameKind::City(_)))
            .map(|(_, name)| Box2::around(anchor(name), [2.0 * sizes.dot(name.kind); 2]))
            .collect();
        // A little within the circle's box: its corners are free.
        obstacles.extend(
            discs.iter().map(|(center, radius)| Box2::around((*center).into(), [1.7 * radius; 2])),
        );
        let [left, top, right, bottom] = within.map_or(
            [f32::NEG_INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::INFINITY],
            |within| within.map(|side| side as f32),
        );
        let area = Box2 { min: [left, top], max: [right, bottom] };
        let gap = sizes.village * GAP;
        self.placement = self.placement.next(&labels, &obstacles, area, gap);
        self.placed = self
            .placement
            .labels
            .iter()
            .map(|placed| {
                let index = placed.id as usize;
                let area = Rect::from_min_max(placed.area.min.into(), placed.area.max.into());
                let offset = area.center() - Pos2::from(anchor(&names.list[index]));
                Placed { name: index, offset, size: area.size() }
            })
            .collect();
    }
}

/// Where less of the map is left, a name would be written on nothing.
const LEAST_LEFT: f32 = 0.2;
/// From afar, where it does not fade with the map.
const LEAST_LEFT_FAR: f32 = 0.35;

fn zoom_of(step: i32) -> f64 {
    f64::from(step) / STEPS_PER_ZOOM
}

/// Points from the first place, at a zoom: screens are small, the world is not.
fn on_screen(names: &Names, zoom: f64, world: World) -> [f32; 2] {
    let points_per_world = 256.0 * zoom.exp2();
    let origin = names.list.first().map_or([0.5; 2], |name| name.at);
    [0, 1].map(|axis| ((world[axis] - origin[axis]) * points_per_world) as f32)
}

/// What is seen of the world, with some air at its edges.
fn within(view: &MapView, names: &Names, zoom: f64) -> [i32; 4] {
    let world = view.world();
    let min = on_screen(names, zoom, [world.x_min, world.y_min]);
    let max = on_screen(names, zoom, [world.x_max, world.y_max]);
    let air = 4.0;
    [min[0] + air, min[1] + air, max[0] - air, max[1] - air].map(|side| side.round() as i32)
}

fn spots(name: &Name) -> &'static [Spot] {
    const WEST: [Spot; 4] = [Spot::Left, Spot::Below, Spot::Above, Spot::Right];
    const EAST: [Spot; 4] = [Spot::Right, Spot::Below, Spot::Above, Spot::Left];
    const WITHIN: [Spot; 5] = [Spot::Centre, Spot::Below, Spot::Above, Spot::Left, Spot::Right];
    match name.kind {
        // Away from the region, not across its border.
        NameKind::ContextTown if name.is_west => &WEST,
        NameKind::ContextTown => &EAST,
        NameKind::City(_) | NameKind::Town(_) | NameKind::Village(_) => &Spot::AROUND,
        NameKind::Water if name.angle != 0.0 => &[Spot::Centre],
        NameKind::District(_) | NameKind::Water | NameKind::Neighbour => &WITHIN,
    }
}

fn write(painter: &Painter, name: &Name, anchor: Pos2, middle: Pos2, look: &LabelLook<'_>) {
    let color = &look.tokens.color;
    let is_dimmed = !look.selected.is_empty()
        && !name.kind.municipality().is_some_and(|index| look.selected.contains(&index));
    let is_far = look.sizes.is_far;
    // Tiles fade less than our own land does.
    let least = if look.over_tiles { LEFT_OVER_TILES } else { 0.0 };
    let left = if is_far { 1.0 } else { name.left.max(least) };
    let strength = left * if is_dimmed { DIMMED } else { 1.0 };
    // On a coloured area its own colour makes the halo; from afar that is too little.
    let ground = match name.kind {
        NameKind::District(index) if !is_dimmed && !is_far => {
            look.fills.get(usize::from(index)).copied().flatten()
        }
        _ => None,
    };
    let ink = if is_far { color_from_afar(name.kind, color) } else { color_of(name.kind, color) };
    let text_color = ground.map_or(ink, |fill| color.ink_on(fill)).gamma_multiply(strength);
    let halo = ground.unwrap_or(color.map_halo).gamma_multiply(0.5 * strength);
    let galley = lay_out(painter, name, look.sizes);
    let reach = (look.sizes.of(name.kind) * 0.11).max(1.0);
    let corner = middle - galley.rect.size() / 2.0;
    let text = |offset: Vec2, color: Color32| {
        TextShape::new(corner + offset, Arc::clone(&galley), color)
            .with_override_text_color(color)
            .with_angle_and_anchor(name.angle, Align2::CENTER_CENTER)
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

/// How much of a name is left at least over tiles.
const LEFT_OVER_TILES: f32 = 0.8;

/// What is left of names outside of the selection.
const DIMMED: f32 = 0.45;

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

/// None is quieter than what is read from three metres.
fn color_from_afar(kind: NameKind, color: &Colors) -> Color32 {
    match kind {
        NameKind::City(_) | NameKind::District(_) => color.text_strong,
        NameKind::Water => color.map_water.lerp_to_gamma(color.text_strong, 0.6),
        _ => color.text_soft,
    }
}

/// The galley is the same until the size changes: egui keeps it.
fn lay_out(painter: &Painter, name: &Name, sizes: &MapSizes) -> Arc<Galley> {
    let family = match name.kind {
        NameKind::City(_) => theme::semibold(),
        NameKind::District(_) | NameKind::Town(_) => theme::medium(),
        _ => FontFamily::Proportional,
    };
    let font = FontId::new(sizes.of(name.kind), family);
    painter.layout_no_wrap(name.text.clone(), font, Color32::PLACEHOLDER)
}

/// Box of a turned rectangle.
fn turned(size: Vec2, angle: f32) -> Vec2 {
    let (sin, cos) = (angle.sin().abs(), angle.cos().abs());
    vec2(size.x * cos + size.y * sin, size.x * sin + size.y * cos)
}

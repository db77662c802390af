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
            NameKind::City(_) | NameKind::Group => self.city,
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
    /// Index in the list.
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
    are_areas_told: bool,
    far: Option<Far>,
}

/// What is seen from afar, in whole points from the first place: left, top, right, bottom.
#[derive(Clone, Debug, PartialEq)]
struct Far {
    /// Names are to stand in it.
    within: [i32; 4],
    /// Something else is written there.
    taken: Vec<[i32; 4]>,
}

/// Where the names stand at one step of the zoom.
#[derive(Default)]
pub(super) struct Labels {
    key: Option<LabelKey>,
    /// Names that might be shown: those of the map, and of discs.
    list: Vec<(u64, Name)>,
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

impl LabelLook<'_> {
    fn are_areas_told(&self) -> bool {
        self.fills.iter().any(Option::is_some)
    }
}

/// Something round on the map that must stay readable.
#[derive(Clone, Debug, PartialEq)]
pub struct Disc {
    pub at: World,
    /// Points.
    pub radius: f32,
    /// What it stands for: settlements that are not named by themselves.
    pub places: Vec<World>,
    /// Of these names the first that finds room is written.
    pub names: Vec<String>,
}

impl Disc {
    fn named(&self, which: usize) -> Option<Name> {
        Some(Name {
            text: self.names.get(which)?.clone(),
            kind: NameKind::Group,
            at: self.at,
            angle: 0.0,
            from_zoom: f64::NEG_INFINITY,
            to_zoom: f64::INFINITY,
            left: 1.0,
            is_west: false,
        })
    }
}

/// Steps of the zoom at which names are placed anew.
const STEPS_PER_ZOOM: f64 = 4.0;
/// From afar nobody zooms: names are placed for what is seen.
const STEPS_FROM_AFAR: f64 = 512.0;

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
        let steps = if look.sizes.is_far { STEPS_FROM_AFAR } else { STEPS_PER_ZOOM };
        let step = (view.zoom() * steps).floor() as i32;
        let zoom = f64::from(step) / steps;
        let names_id = std::ptr::from_ref(names).addr();
        let far = look.sizes.is_far.then(|| Far::of(view, names, zoom, look.keep_clear));
        let is_known = self.key.as_ref().is_some_and(|key| {
            key.step == step
                && key.sizes == *look.sizes
                && key.names == names_id
                && key.discs == look.discs
                && key.are_areas_told == look.are_areas_told()
                && key.far == far
        });
        if !is_known {
            self.place(painter, names, (zoom, far.as_ref()), look);
            self.key = Some(LabelKey {
                step,
                sizes: *look.sizes,
                names: names_id,
                discs: look.discs.to_vec(),
                are_areas_told: look.are_areas_told(),
                far,
            });
        }
        for placed in &self.placed {
            let (_, name) = &self.list[placed.name];
            let anchor = view.to_screen(name.at);
            let bounds = Rect::from_center_size(anchor + placed.offset, placed.size);
            let is_free = view.rect.contains_rect(bounds.expand(2.0))
                && !look.keep_clear.iter().any(|rect| rect.intersects(bounds));
            if is_free {
                write(painter, name, anchor, bounds.center(), look);
            }
        }
    }

    /// Gives every name, the most important first, the first free of its spots. A disc whose
    /// name finds none is given its next one.
    fn place(
        &mut self,
        painter: &Painter,
        names: &Names,
        (zoom, far): (f64, Option<&Far>),
        look: &LabelLook<'_>,
    ) {
        let sizes = look.sizes;
        let anchor = |name: &Name| on_screen(names, zoom, name.at);
        let discs: Vec<(Pos2, f32)> = look
            .discs
            .iter()
            .map(|disc| (on_screen(names, zoom, disc.at).into(), disc.radius))
            .collect();
        let gives_way = |name: &Name| {
            let middle = Pos2::from(anchor(name));
            let covers = |(disc, (center, radius)): (&Disc, &(Pos2, f32))| {
                let is_covered = !disc.names.is_empty() && center.distance(middle) < *radius;
                is_covered || disc.places.contains(&name.at)
            };
            name.kind.is_settlement() && look.discs.iter().zip(&discs).any(covers)
        };
        // Beside discs with names that of an area would be read as that of a disc.
        let are_discs_named = look.discs.iter().any(|disc| !disc.names.is_empty());
        let is_of_area =
            |name: &Name| are_discs_named && matches!(name.kind, NameKind::District(_));
        let is_due = |name: &Name| {
            let zooms = name.from_zoom + sizes.later..name.to_zoom + sizes.later;
            let least = if sizes.is_far { LEAST_LEFT_FAR } else { LEAST_LEFT };
            zooms.contains(&zoom) && name.left > least && !gives_way(name) && !is_of_area(name)
        };
        let numbered = (0_u64..).zip(&names.list);
        let due: Vec<(u64, &Name)> = numbered.filter(|(_, name)| is_due(name)).collect();
        let mut obstacles: Vec<Box2> = due
            .iter()
            .filter(|(_, name)| matches!(name.kind, NameKind::City(_)))
            .map(|(_, name)| Box2::around(anchor(name), [2.0 * sizes.dot(name.kind); 2]))
            .collect();
        // A little within the circle's box: its corners are free.
        obstacles.extend(
            discs.iter().map(|(center, radius)| Box2::around((*center).into(), [1.7 * radius; 2])),
        );
        let sides = |[left, top, right, bottom]: [i32; 4]| Box2 {
            min: [left as f32, top as f32],
            max: [right as f32, bottom as f32],
        };
        obstacles.extend(far.iter().flat_map(|far| far.taken.iter().copied().map(sides)));
        let everywhere = Box2 { min: [f32::NEG_INFINITY; 2], max: [f32::INFINITY; 2] };
        let area = far.map_or(everywhere, |far| sides(far.within));
        let gap = sizes.village * GAP;
        let label = |(id, name): &(u64, Name)| {
            let galley = lay_out(painter, name, sizes);
            // A name steps out of the disc that covers its place.
            let middle = Pos2::from(anchor(name));
            let covered = discs
                .iter()
                .map(|(center, radius)| radius - center.distance(middle))
                .fold(0.0, f32::max);
            // Where areas tell something their names go first.
            let goes_first = match name.kind {
                NameKind::Group => true,
                NameKind::District(_) => look.are_areas_told(),
                _ => false,
            };
            Label {
                id: *id,
                anchor: anchor(name),
                size: turned(galley.rect.size(), name.angle).into(),
                distance: covered + sizes.dot(name.kind) + sizes.of(name.kind) * 0.2,
                priority: if goes_first { i32::MAX - *id as i32 } else { -(*id as i32) },
                spots: spots(name),
            }
        };
        let mut which = vec![0; look.discs.len()];
        self.list = due.iter().map(|(id, name)| (*id, (*name).clone())).collect();
        loop {
            self.list.truncate(due.len());
            let of_discs = (OF_DISCS..).zip(look.discs.iter().zip(&which));
            self.list
                .extend(of_discs.filter_map(|(id, (disc, which))| Some((id, disc.named(*which)?))));
            let labels: Vec<Label<'_>> = self.list.iter().map(label).collect();
            self.placement = self.placement.next(&labels, &obstacles, area, gap);
            let placed: BTreeSet<u64> = self.placement.labels.iter().map(|one| one.id).collect();
            let mut all_stand = true;
            for (id, _) in self.list[due.len()..].iter().filter(|(id, _)| !placed.contains(id)) {
                which[(id - OF_DISCS) as usize] += 1;
                all_stand = false;
            }
            if all_stand {
                break;
            }
        }
        let placed = self.placement.labels.iter().filter_map(|placed| {
            let index = self.list.iter().position(|(id, _)| *id == placed.id)?;
            let area = Rect::from_min_max(placed.area.min.into(), placed.area.max.into());
            let offset = area.center() - Pos2::from(anchor(&self.list[index].1));
            Some(Placed { name: index, offset, size: area.size() })
        });
        self.placed = placed.collect();
    }
}

/// From here on labels are those of discs.
const OF_DISCS: u64 = 1 << 20;

/// Where less of the map is left, a name would be written on nothing.
const LEAST_LEFT: f32 = 0.2;
/// From afar, where it does not fade with the map.
const LEAST_LEFT_FAR: f32 = 0.35;

/// Points from the first place, at a zoom: screens are small, the world is not.
fn on_screen(names: &Names, zoom: f64, world: World) -> [f32; 2] {
    let points_per_world = 256.0 * zoom.exp2();
    let origin = names.list.first().map_or([0.5; 2], |name| name.at);
    [0, 1].map(|axis| ((world[axis] - origin[axis]) * points_per_world) as f32)
}

impl Far {
    fn of(view: &MapView, names: &Names, zoom: f64, keep_clear: &[Rect]) -> Self {
        let sides = |rect: Rect| {
            let [min, max] =
                [rect.min, rect.max].map(|corner| on_screen(names, zoom, view.to_world(corner)));
            [min[0], min[1], max[0], max[1]].map(|side| side.round() as i32)
        };
        // Some air at the edges.
        let within = sides(view.rect.shrink(4.0));
        Self { within, taken: keep_clear.iter().copied().map(sides).collect() }
    }
}

fn spots(name: &Name) -> &'static [Spot] {
    const WEST: [Spot; 4] = [Spot::Left, Spot::Below, Spot::Above, Spot::Right];
    const EAST: [Spot; 4] = [Spot::Right, Spot::Below, Spot::Above, Spot::Left];
    // Above or below it might be another's.
    const BESIDE: [Spot; 2] = [Spot::Right, Spot::Left];
    const WITHIN: [Spot; 5] = [Spot::Centre, Spot::Below, Spot::Above, Spot::Left, Spot::Right];
    match name.kind {
        // Away from the region, not across its border.
        NameKind::ContextTown if name.is_west => &WEST,
        NameKind::ContextTown => &EAST,
        NameKind::City(_) | NameKind::Town(_) | NameKind::Village(_) => &Spot::AROUND,
        NameKind::Group => &BESIDE,
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
        NameKind::City(_) | NameKind::Group => color.text_strong,
        NameKind::District(_) | NameKind::Town(_) => color.text_soft,
        NameKind::Village(_) | NameKind::ContextTown => color.text_dim,
        NameKind::Water => color.map_water.lerp_to_gamma(color.text_strong, 0.45),
        NameKind::Neighbour => color.text_dim.gamma_multiply(0.75),
    }
}

/// None is quieter than what is read from three metres.
fn color_from_afar(kind: NameKind, color: &Colors) -> Color32 {
    match kind {
        NameKind::City(_) | NameKind::Group | NameKind::District(_) => color.text_strong,
        NameKind::Water => color.map_water.lerp_to_gamma(color.text_strong, 0.6),
        _ => color.text_soft,
    }
}

/// The galley is the same until the size changes: egui keeps it.
fn lay_out(painter: &Painter, name: &Name, sizes: &MapSizes) -> Arc<Galley> {
    let family = match name.kind {
        NameKind::City(_) | NameKind::Group => theme::semibold(),
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

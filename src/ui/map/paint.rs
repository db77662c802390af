//! Projects the base map into triangles for one view, and keeps them while the
//! view stays: a still map costs nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::epaint::PathStroke;
use egui::epaint::tessellator::Path;
use egui::{Color32, Mesh, Pos2, Rect, Shape, TextureId};

use super::base::BaseMap;
use super::frame::MapView;
use super::line::{Line, LineKind};
use crate::geo::layers::RoadClass;
use crate::geo::mercator::{World, WorldRect};
use crate::geo::polygon::Triangulation;
use crate::ui::tokens::{Colors, Tokens};

/// How far the colour of what is not selected goes towards the sea's.
const DIMMED: f32 = 0.6;

/// How opaque the colour of an area is over tiles.
const OVER_TILES: f32 = 0.74;
/// How opaque the veil over all that is outside of the region is there at most.
const VEIL_OVER_TILES: f32 = 0.72;

/// What the triangles depend on.
#[derive(Clone, PartialEq)]
pub(super) struct BaseLook {
    pub view: MapView,
    pub pixels_per_point: f32,
    /// Width of lines relative to a desk's.
    pub line_scale: f32,
    pub is_dark: bool,
    /// Tiles take the place of our own land, waters and roads.
    pub over_tiles: bool,
    /// By municipality; `None` is bare land.
    pub fills: Vec<Option<Color32>>,
    pub selected: BTreeSet<u8>,
}

/// The triangles of one look.
#[derive(Default)]
pub(super) struct BaseMeshes {
    look: Option<BaseLook>,
    /// Sea, land, water, roads; under tiles sea and land, until they are there.
    ground: Arc<Mesh>,
    /// Over tiles: areas and the veil.
    cover: Arc<Mesh>,
    /// Borders, the region's outline, the selection.
    borders: Arc<Mesh>,
}

impl BaseMeshes {
    /// Makes the triangles where the look is a new one.
    pub(super) fn update(&mut self, base: &BaseMap, look: BaseLook, tokens: &Tokens) {
        if self.look.as_ref() == Some(&look) {
            return;
        }
        let mut pen = Pen::new(base, &look, tokens);
        if pen.look.over_tiles {
            self.ground = Arc::new(pen.bare());
            self.cover = Arc::new(pen.cover());
        } else {
            self.ground = Arc::new(pen.ground());
        }
        self.borders = Arc::new(pen.borders());
        self.look = Some(look);
    }

    pub(super) fn ground(&self) -> Shape {
        Shape::mesh(Arc::clone(&self.ground))
    }

    pub(super) fn cover(&self) -> Shape {
        Shape::mesh(Arc::clone(&self.cover))
    }

    pub(super) fn borders(&self) -> Shape {
        Shape::mesh(Arc::clone(&self.borders))
    }
}

/// A texture over the region's land only: its triangles carry the picture, so
/// it ends exactly at the border. `uv` gives the texture's point of the world.
pub(super) fn textured_land(
    base: &BaseMap,
    view: &MapView,
    texture: TextureId,
    uv: impl Fn(World) -> Pos2,
) -> Mesh {
    let mut mesh = Mesh::with_texture(texture);
    let land = base.municipalities.iter().map(|municipality| &municipality.triangles);
    for triangles in land.chain([&base.gaps]) {
        let first = mesh.vertices.len() as u32;
        mesh.vertices.extend(triangles.vertices.iter().map(|&world| egui::epaint::Vertex {
            pos: view.to_screen(world),
            uv: uv(world),
            color: Color32::WHITE,
        }));
        mesh.indices.extend(triangles.indices.iter().map(|index| first + index));
    }
    mesh
}

struct Pen<'a> {
    base: &'a BaseMap,
    look: &'a BaseLook,
    color: &'a Colors,
    feathering: f32,
    /// Lines grow a little as one comes nearer.
    width: f32,
    seen: WorldRect,
    path: Path,
    screen: Vec<Pos2>,
}

impl<'a> Pen<'a> {
    fn new(base: &'a BaseMap, look: &'a BaseLook, tokens: &'a Tokens) -> Self {
        let nearness = (look.view.zoom() as f32 - 7.0) * 0.16;
        Self {
            base,
            look,
            color: &tokens.color,
            feathering: 1.0 / look.pixels_per_point,
            width: look.line_scale * (1.0 + nearness).clamp(0.85, 2.2),
            seen: look.view.world(),
            path: Path::default(),
            screen: Vec::new(),
        }
    }

    fn ground(&mut self) -> Mesh {
        let (base, look, color) = (self.base, self.look, self.color);
        let mut mesh = Mesh::default();
        mesh.add_colored_rect(look.view.rect, color.map_sea);
        for neighbour in &base.neighbours {
            self.fill(neighbour, color.map_neighbour, &mut mesh);
        }
        self.fill(&base.gaps, self.land(None, color.map_land), &mut mesh);
        for municipality in &base.municipalities {
            let fill = self.of_measure(municipality.index).unwrap_or(color.map_land);
            let fill = self.land(municipality.index, fill);
            self.fill(&municipality.triangles, fill, &mut mesh);
        }
        let is_choropleth = look.fills.iter().any(Option::is_some);
        for lake in &base.lakes {
            self.fill(lake, water(color, if is_choropleth { 0.75 } else { 0.9 }), &mut mesh);
        }
        for line in base.lines.iter().filter(|line| line.kind < LineKind::Border) {
            self.line(line, is_choropleth, &mut mesh);
        }
        base.veil.add_to(&mut mesh, &look.view, color.map_sea, 1.0);
        mesh
    }

    /// Sea and land alone.
    fn bare(&self) -> Mesh {
        let (base, color) = (self.base, self.color);
        let mut mesh = Mesh::default();
        mesh.add_colored_rect(self.look.view.rect, color.map_sea);
        let land = base.municipalities.iter().map(|municipality| &municipality.triangles);
        for triangles in land.chain([&base.gaps]) {
            self.fill(triangles, color.map_land, &mut mesh);
        }
        mesh
    }

    /// What tiles are seen through.
    fn cover(&self) -> Mesh {
        let (base, look, color) = (self.base, self.look, self.color);
        let mut mesh = Mesh::default();
        for municipality in &base.municipalities {
            let is_behind = self.is_behind(municipality.index);
            let fill = match self.of_measure(municipality.index) {
                Some(fill) => self.land(municipality.index, fill).gamma_multiply(OVER_TILES),
                None if is_behind => color.map_sea.gamma_multiply(DIMMED),
                None => continue,
            };
            self.fill(&municipality.triangles, fill, &mut mesh);
        }
        base.veil.add_to(&mut mesh, &look.view, color.map_sea, VEIL_OVER_TILES);
        let beyond = color.map_sea.gamma_multiply(VEIL_OVER_TILES);
        for rect in around(look.view.rect, look.view.rect_to_screen(base.veil.bounds())) {
            mesh.add_colored_rect(rect, beyond);
        }
        mesh
    }

    fn borders(&mut self) -> Mesh {
        let (base, look, color) = (self.base, self.look, self.color);
        let mut mesh = Mesh::default();
        for line in base.lines.iter().filter(|line| line.kind >= LineKind::Border) {
            self.line(line, false, &mut mesh);
        }
        let is_selected = |index: &u8| look.selected.contains(index);
        for municipality in &base.municipalities {
            if !municipality.index.as_ref().is_some_and(is_selected) {
                continue;
            }
            for line in &municipality.outline {
                for (width, strength) in [(7.0, 0.10), (4.0, 0.22), (1.8, 1.0)] {
                    let color = color.accent.gamma_multiply(strength);
                    self.stroke(line, width * look.line_scale, color, &mut mesh);
                }
            }
        }
        mesh
    }

    /// Where something is selected, the rest stands back.
    fn land(&self, index: Option<u8>, fill: Color32) -> Color32 {
        if self.is_behind(index) { fill.lerp_to_gamma(self.color.map_sea, DIMMED) } else { fill }
    }

    fn is_behind(&self, index: Option<u8>) -> bool {
        let selected = &self.look.selected;
        !selected.is_empty() && index.is_none_or(|index| !selected.contains(&index))
    }

    /// The colour of a municipality's figure.
    fn of_measure(&self, index: Option<u8>) -> Option<Color32> {
        self.look.fills.get(usize::from(index?)).copied().flatten()
    }

    fn fill(&self, triangulation: &Triangulation, color: Color32, mesh: &mut Mesh) {
        let first = mesh.vertices.len() as u32;
        for &world in &triangulation.vertices {
            mesh.colored_vertex(self.look.view.to_screen(world), color);
        }
        mesh.indices.extend(triangulation.indices.iter().map(|index| first + index));
    }

    fn line(&mut self, line: &Line, is_choropleth: bool, mesh: &mut Mesh) {
        let color = self.color;
        let zoom = self.look.view.zoom();
        let quiet = if is_choropleth { 0.6 } else { 1.0 };
        let width = self.width;
        match line.kind {
            LineKind::NeighbourBorder => {
                self.stroke(line, 0.8 * width, color.map_border.gamma_multiply(0.35), mesh);
            }
            LineKind::River(rank) => {
                let (thickness, strength) = match rank {
                    0 | 1 => (1.9, 1.0),
                    2 => (1.25, 0.9),
                    3 => (0.9, 0.75),
                    _ => (0.75, 0.55),
                };
                // Brooks come in as one goes nearer.
                let shown = ((zoom - f64::from(rank) * 0.5 - 4.6) as f32).clamp(0.0, 1.0);
                let water = water(color, strength * quiet * shown);
                self.stroke(line, thickness * width, water, mesh);
            }
            LineKind::Shore => self.stroke(line, width, water(color, quiet), mesh),
            LineKind::Railway => {
                let color = color.map_rail.gamma_multiply(quiet);
                let pattern = if line.schematic { [1.5, 4.5] } else { [6.0, 2.5] };
                self.dashes(line, pattern, width, color, mesh);
            }
            LineKind::Road(class) => {
                let (thickness, strength) = match class {
                    RoadClass::Federal => (1.6, 1.0),
                    RoadClass::Main => (1.2, 0.9),
                    RoadClass::Secondary => (0.9, 0.75),
                };
                let color = color.map_road.gamma_multiply(strength * quiet);
                if line.schematic {
                    self.dashes(line, [4.0, 3.0], thickness * 0.8 * width, color, mesh);
                } else {
                    self.stroke(line, thickness * width, color, mesh);
                }
            }
            LineKind::Border => {
                self.stroke(line, 0.9 * self.look.line_scale, color.map_border, mesh);
            }
            LineKind::RegionOutline => {
                let scale = self.look.line_scale;
                for (width, strength) in [(6.0, 0.06), (3.5, 0.12), (1.3, 0.9)] {
                    self.stroke(
                        line,
                        width * scale,
                        color.map_region.gamma_multiply(strength),
                        mesh,
                    );
                }
            }
        }
    }

    fn stroke(&mut self, line: &Line, width: f32, color: Color32, mesh: &mut Mesh) {
        if color.a() == 0 || !self.project(line) {
            return;
        }
        self.path.clear();
        let stroke = PathStroke::new(width, color);
        if let [first, .., last] = self.screen[..]
            && first == last
        {
            self.screen.pop();
            self.path.add_line_loop(&self.screen);
            self.path.stroke_closed(self.feathering, &stroke, mesh);
        } else {
            self.path.add_open_points(&self.screen);
            self.path.stroke_open(self.feathering, &stroke, mesh);
        }
    }

    /// `pattern` is the length of a dash and of a gap, in points.
    fn dashes(
        &mut self,
        line: &Line,
        pattern: [f32; 2],
        width: f32,
        color: Color32,
        mesh: &mut Mesh,
    ) {
        if color.a() == 0 || !self.project(line) {
            return;
        }
        let stroke = PathStroke::new(width, color);
        let pattern = pattern.map(|length| length * self.look.line_scale);
        let around = self.look.view.rect.expand(width);
        let points = std::mem::take(&mut self.screen);
        // How far into the pattern the last segment ended.
        let mut phase = 0.0;
        for pair in points.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let length = (to - from).length();
            let Some((start, end)) = inside(around, from, to) else {
                phase = (phase + length) % (pattern[0] + pattern[1]);
                continue;
            };
            let (start, end) = (start * length, end * length);
            let direction = (to - from) / length;
            // The first dash that reaches into what is seen.
            let whole = pattern[0] + pattern[1];
            let mut at = ((start + phase) / whole).floor() * whole - phase;
            while at < end {
                let dash = [at.max(start), (at + pattern[0]).min(end)];
                if dash[0] < dash[1] {
                    self.path.clear();
                    self.path.add_line_segment(dash.map(|along| from + direction * along));
                    self.path.stroke_open(self.feathering, &stroke, mesh);
                }
                at += whole;
            }
            phase = (phase + length) % whole;
        }
        self.screen = points;
    }

    /// Puts the line on the screen; false where nothing of it is seen.
    fn project(&mut self, line: &Line) -> bool {
        self.screen.clear();
        if !self.seen.intersects(line.bounds) {
            return false;
        }
        let view = &self.look.view;
        self.screen.extend(line.points(view.zoom()).iter().map(|&world| view.to_screen(world)));
        self.screen.dedup();
        self.screen.len() > 1
    }
}

/// What of `whole` lies around `inner`.
fn around(whole: Rect, inner: Rect) -> [Rect; 4] {
    let inner = inner.intersect(whole);
    if !inner.is_positive() {
        return [whole, Rect::ZERO, Rect::ZERO, Rect::ZERO];
    }
    let beside = whole.with_min_y(inner.top()).with_max_y(inner.bottom());
    [
        whole.with_max_y(inner.top()),
        whole.with_min_y(inner.bottom()),
        beside.with_max_x(inner.left()),
        beside.with_min_x(inner.right()),
    ]
}

/// Water, the stronger the more of it.
fn water(color: &Colors, strength: f32) -> Color32 {
    color.map_water.gamma_multiply(strength)
}

/// The part of the segment that lies in `rect`, as shares of its length
/// (Liang–Barsky).
fn inside(rect: Rect, from: Pos2, to: Pos2) -> Option<(f32, f32)> {
    let along = to - from;
    let (mut start, mut end) = (0.0_f32, 1.0_f32);
    for (step, room) in [
        (-along.x, from.x - rect.min.x),
        (along.x, rect.max.x - from.x),
        (-along.y, from.y - rect.min.y),
        (along.y, rect.max.y - from.y),
    ] {
        if step == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if step < 0.0 {
            start = start.max(room / step);
        } else {
            end = end.min(room / step);
        }
    }
    (start < end).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    #[test]
    fn a_segment_is_cut_to_what_is_seen() {
        let rect = Rect::from_min_max(pos2(0.0, 0.0), pos2(10.0, 10.0));
        assert_eq!(inside(rect, pos2(-10.0, 5.0), pos2(30.0, 5.0)), Some((0.25, 0.5)));
        assert_eq!(inside(rect, pos2(2.0, 2.0), pos2(3.0, 9.0)), Some((0.0, 1.0)));
        assert_eq!(inside(rect, pos2(-5.0, 20.0), pos2(15.0, 20.0)), None);
        assert_eq!(inside(rect, pos2(-9.0, 5.0), pos2(5.0, 19.0)), None);
    }
}

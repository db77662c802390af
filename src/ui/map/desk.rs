//! The desk's map: what a hand does to it and what is told beside it.

use std::time::Duration;

use egui::{
    Color32, EventFilter, Key, Mesh, Painter, Pos2, Rect, Response, Role, Shape, Stroke,
    StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo, vec2,
};
use walkers::{Map, MapMemory, Plugin, Projector};

use super::base::catalogue_index;
use super::camera::{Camera, Look, MAX_ZOOM, Settled};
use super::controls::{self, Controls, Press};
use super::frame::{MapView, position_of};
use super::labels::MapSizes;
use super::measure::Choropleth;
use super::prepared::Prepared;
use super::problems;
use super::small::SmallMap;
use super::way::FillsWay;
use super::{MapCache, MapPaint, PACE, clusters, tooltip};
use crate::app::replay::STEP as REPLAY_STEP;
use crate::app::state::{ClusterPicture, MapMode, View};
use crate::app::{Command, State};
use crate::geo::mercator::{MercatorPoint, metres_per_world};
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;

/// Points that an arrow key moves the map.
const KEY_STEP: f32 = 80.0;
/// Zoom steps of a key, a button, a double click.
const ZOOM_STEP: f64 = 1.0;
/// A group whose incidents lie nearer than this cannot be taken apart.
const APART_KM: f64 = 0.02;

/// What the desk's map keeps from frame to frame.
#[derive(Default)]
pub struct MapLocal {
    camera: Camera,
    pub(super) prepared: Option<Prepared>,
    pub(super) place: SmallMap,
    pub(super) problem: SmallMap,
    pub(super) choose: super::choose::ChooseLocal,
    cache: MapCache,
    fills_way: FillsWay,
    /// The last [`State::show_region`] that was obeyed.
    shown_region: u64,
    /// Where furniture stood in the last frame.
    furniture: Vec<Rect>,
}

#[cfg(test)]
impl MapLocal {
    pub fn look_at(&mut self, lon: f64, lat: f64, zoom: f64) {
        self.camera.stray();
        self.camera.memory.center_at(walkers::lon_lat(lon, lat));
        drop(self.camera.memory.set_zoom(zoom));
    }
}

/// Shows the map in all the room there is and takes what a hand does to it.
pub fn map_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut MapLocal,
    out: &mut Vec<Command>,
) {
    let rect = ui.available_rect_before_wrap();
    if !rect.is_positive() {
        return;
    }
    let screen = Screen {
        controls: Controls { rect, state, tokens, text },
        inner: controls::clear_of_furniture(rect, tokens, state.basemap.credit()),
        sizes: MapSizes::desk(tokens),
    };
    let MapLocal { camera, prepared, cache, fills_way, shown_region, furniture, .. } = local;
    let prepared = Prepared::of(prepared, &state.geodata, &state.catalogue, text.language);
    let now = ui.input(|input| input.time);
    let region = prepared.base.region;
    let flying = camera.begin(rect, screen.inner, region, now);

    let choropleth = Choropleth::new(state.measure, &state.aggregates, &state.catalogue);
    let (response, view) =
        screen.map(ui, prepared, (cache, fills_way), &mut camera.memory, &choropleth, furniture);
    if response.changed() {
        camera.stray();
        camera.keep_near(&view, region);
    }

    let pointer = response.hover_pos().filter(|_| !response.dragged());
    screen.problems(ui, &view);
    let group = screen.groups(ui, &view, pointer);
    let municipality = pointer.and_then(|pointer| {
        let point = MercatorPoint::from_world(view.to_world(pointer));
        catalogue_index(prepared.geodata.municipality_at(point)?, &state.catalogue)
    });
    let pressed = screen.furniture(ui, &view, &choropleth, furniture, out);
    let mut wish = pressed
        .map(|press| wish_of(press, &view))
        .or_else(|| Screen::keys(ui, &response, &view))
        .or_else(|| screen.clicks(&response, &view, group, municipality, out));
    if *shown_region != state.show_region {
        *shown_region = state.show_region;
        wish = Some(Wish::Home);
    }
    screen.tell(&response, group, municipality);

    match wish {
        Some(Wish::Look(to)) => camera.fly(Look::of(&view), to, region, now),
        Some(Wish::Home) => camera.fly_home(Look::of(&view), now),
        None => {}
    }
    if flying || wish.is_some() {
        ui.request_repaint();
    }
    match camera.settled(view.viewport(ui.pixels_per_point()), now) {
        Settled::Tell(viewport) => out.push(Command::SetViewport(viewport)),
        Settled::AskIn(secs) => ui.request_repaint_after(Duration::from_secs_f64(secs)),
        Settled::Still => {}
    }
    screen.frame(ui, &response);
}

/// Where a hand wants the camera.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wish {
    Look(Look),
    Home,
}

/// Our drawing as a plugin of the map: it learns the map's projector.
struct Drawing<'a> {
    cache: &'a mut MapCache,
    paint: MapPaint<'a>,
    seen: &'a mut MapView,
}

impl Plugin for Drawing<'_> {
    fn run(
        self: Box<Self>,
        ui: &mut Ui,
        _response: &Response,
        projector: &Projector<'_>,
        _memory: &MapMemory,
    ) {
        let view = MapView::from_projector(projector);
        self.cache.paint(ui.painter(), &view, &self.paint);
        *self.seen = view;
    }
}

/// One frame of the desk's map.
struct Screen<'a> {
    controls: Controls<'a>,
    /// What the furniture leaves clear.
    inner: Rect,
    sizes: MapSizes,
}

/// A group under the pointer: its picture and its index there.
type Group<'a> = (&'a ClusterPicture, usize);

impl<'a> Screen<'a> {
    fn map(
        &self,
        ui: &mut Ui,
        prepared: &Prepared,
        (cache, fills_way): (&mut MapCache, &mut FillsWay),
        memory: &mut MapMemory,
        choropleth: &Choropleth,
        keep_clear: &[Rect],
    ) -> (Response, MapView) {
        let state = self.controls.state;
        let fills = match state.shown_map_mode() {
            MapMode::Areas => {
                let color = &self.controls.tokens.color;
                let (filter, fills) = (&state.aggregates.key.filter, choropleth.fills(color));
                fills_way.at(ui.ctx(), filter, fills, color.map_land)
            }
            MapMode::Heat | MapMode::Clusters => Vec::new(),
        };
        let discs = match (state.map_mode, state.clusters.as_deref()) {
            (MapMode::Clusters, Some(picture)) => clusters::discs(picture, &self.sizes),
            _ => Vec::new(),
        };
        let region = prepared.base.region;
        let mut seen = MapView::fit_within(self.controls.rect, self.inner, region);
        let drawing = Drawing {
            cache,
            paint: MapPaint {
                base: &prepared.base,
                basemap: state.basemap.shown.as_ref(),
                names: &prepared.names,
                tokens: self.controls.tokens,
                sizes: &self.sizes,
                fills: &fills,
                selected: &state.filter.municipalities,
                heat: state.heat.as_ref().filter(|_| state.map_mode == MapMode::Heat),
                // Of a replay each day comes until the next one does.
                pace: if state.replay.is_some() { REPLAY_STEP } else { PACE },
                keep_clear,
                discs: &discs,
            },
            seen: &mut seen,
        };
        let map = Map::new(None, memory, position_of(region.centre()))
            .with_plugin(drawing)
            .zoom_with_ctrl(false)
            .double_click_to_zoom(false);
        let place = UiBuilder::new().max_rect(self.controls.rect).id_salt("map");
        let response = ui.scope_builder(place, |ui| ui.add(map)).inner;
        self.describe(ui, &response);
        (response, seen)
    }

    fn describe(&self, ui: &Ui, response: &Response) {
        let label = self.controls.text.t("map-label");
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, label));
        let total = &self.controls.state.aggregates.total;
        let description = self.controls.text.with(
            "map-description",
            &[
                ("n", format::count(total.received).into()),
                ("unplaced", format::count(total.unplaced).into()),
            ],
        );
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(description));
    }

    fn problems(&self, ui: &Ui, view: &MapView) {
        let Controls { state, tokens, text, rect, .. } = self.controls;
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        problems::paint(&painter, view, state, tokens, text);
    }

    /// Paints the groups; returns the one under the pointer.
    fn groups(&self, ui: &Ui, view: &MapView, pointer: Option<Pos2>) -> Option<Group<'a>> {
        if self.controls.state.map_mode != MapMode::Clusters {
            return None;
        }
        let picture = self.controls.state.clusters.as_deref()?;
        let circles = clusters::circles(picture, view, &self.sizes);
        let hovered = pointer.and_then(|pointer| {
            circles.iter().rev().find(|circle| circle.holds(pointer)).map(|circle| circle.index)
        });
        let painter = ui.painter().with_clip_rect(self.controls.rect.intersect(ui.clip_rect()));
        clusters::paint(&painter, picture, &circles, hovered, &self.sizes, self.controls.tokens);
        Some((picture, hovered?))
    }

    /// Title, modes, legend and the rest; what was pressed.
    fn furniture(
        &self,
        ui: &mut Ui,
        view: &MapView,
        choropleth: &Choropleth,
        covered: &mut Vec<Rect>,
        out: &mut Vec<Command>,
    ) -> Option<Press> {
        let controls = self.controls;
        controls.scrims(ui);
        let below_words = ui.painter().add(Shape::Noop);
        let (press, buttons) = controls.zoom_buttons(ui);
        *covered = controls.foot(ui, view, choropleth, out);
        covered.push(controls.title(ui));
        if controls.state.map_mode == MapMode::Clusters {
            ui.painter().set(below_words, self.plates(covered));
        }
        covered.push(buttons);
        covered.push(controls.modes(ui, out));
        press
    }

    /// Grounds for words that circles would run through.
    fn plates(&self, words: &[Rect]) -> Shape {
        let (size, color) = (&self.controls.tokens.size, &self.controls.tokens.color);
        let ground = color.map_sea.gamma_multiply(0.92);
        let around = vec2(size.note * 0.6, size.note * 0.25);
        let plate =
            |rect: &Rect| Shape::rect_filled(rect.expand2(around), size.radius_small, ground);
        Shape::Vec(words.iter().map(plate).collect())
    }

    /// Keys, while the map has the focus.
    fn keys(ui: &Ui, response: &Response, view: &MapView) -> Option<Wish> {
        if !response.has_focus() {
            return None;
        }
        let arrows = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        let pressed = |key| ui.input(|input| input.modifiers.is_none() && input.key_pressed(key));
        let look = Look::of(view);
        for (key, by) in [
            (Key::ArrowLeft, vec2(-KEY_STEP, 0.0)),
            (Key::ArrowRight, vec2(KEY_STEP, 0.0)),
            (Key::ArrowUp, vec2(0.0, -KEY_STEP)),
            (Key::ArrowDown, vec2(0.0, KEY_STEP)),
        ] {
            if pressed(key) {
                return Some(Wish::Look(look.moved(by)));
            }
        }
        if pressed(Key::Plus) || pressed(Key::Equals) {
            return Some(wish_of(Press::Nearer, view));
        }
        if pressed(Key::Minus) {
            return Some(wish_of(Press::Farther, view));
        }
        pressed(Key::Home).then_some(Wish::Home)
    }

    fn clicks(
        &self,
        response: &Response,
        view: &MapView,
        group: Option<Group<'_>>,
        municipality: Option<u8>,
        out: &mut Vec<Command>,
    ) -> Option<Wish> {
        if !response.clicked() {
            return None;
        }
        if let Some((picture, index)) = group {
            return self.open(picture, index, view, out);
        }
        // The second click of two takes back what the first has toggled.
        out.extend(municipality.map(Command::ToggleMunicipality));
        let at = response.interact_pointer_pos().filter(|_| response.double_clicked())?;
        Some(Wish::Look(Look::of(view).nearer(ZOOM_STEP, at - self.controls.rect.center())))
    }

    /// Opens a group: goes nearer until it falls apart, or shows the incident.
    fn open(
        &self,
        picture: &ClusterPicture,
        index: usize,
        view: &MapView,
        out: &mut Vec<Command>,
    ) -> Option<Wish> {
        let cluster = picture.clusters.get(index)?;
        if let ([position], 1) = (&cluster.members[..], cluster.count) {
            out.push(Command::OpenIncident(*position));
            return None;
        }
        let bounds = cluster.bounds.to_world();
        let km = metres_per_world(bounds.centre()[1]) / 1_000.0;
        let extent_km = bounds.width().max(bounds.height()) * km;
        let look = Look::of(view);
        if extent_km < APART_KM || look.zoom > MAX_ZOOM - 0.1 {
            // One address: only a list can tell them apart.
            out.push(Command::Show(View::Incidents));
            return None;
        }
        let fitted = MapView::fit_within(self.controls.rect, self.inner.shrink(60.0), bounds);
        let to = Look::of(&fitted);
        Some(Wish::Look(Look { zoom: to.zoom.clamp(look.zoom + ZOOM_STEP, MAX_ZOOM), ..to }))
    }

    /// Tells beside the pointer what is under it.
    fn tell(&self, response: &Response, group: Option<Group<'_>>, municipality: Option<u8>) {
        let Controls { state, tokens, text, .. } = self.controls;
        if response.dragged() {
            return;
        }
        match (group, municipality) {
            (Some((picture, index)), _) => {
                let Some(cluster) = picture.clusters.get(index) else { return };
                let rows = picture.rows.get(index).map_or(&[][..], Vec::as_slice);
                response.clone().on_hover_ui_at_pointer(|ui| {
                    tooltip::cluster(ui, cluster, rows, state, tokens, text);
                });
            }
            (None, Some(index)) => {
                response.clone().on_hover_ui_at_pointer(|ui| {
                    tooltip::municipality(ui, index, state, tokens, text);
                });
            }
            (None, None) => {}
        }
    }

    /// Rounds the corners and shows the focus.
    fn frame(&self, ui: &Ui, response: &Response) {
        let (size, color) = (&self.controls.tokens.size, &self.controls.tokens.color);
        let tint = if response.has_focus() { color.accent } else { color.line };
        round_corners(ui.painter(), self.controls.rect, size.radius, color.canvas);
        let stroke = Stroke::new(size.hairline, tint);
        ui.painter().rect_stroke(self.controls.rect, size.radius, stroke, StrokeKind::Inside);
    }
}

fn wish_of(press: Press, view: &MapView) -> Wish {
    let look = Look::of(view);
    match press {
        Press::Nearer => Wish::Look(look.nearer(ZOOM_STEP, Vec2::ZERO)),
        Press::Farther => Wish::Look(look.nearer(-ZOOM_STEP, Vec2::ZERO)),
        Press::Home => Wish::Home,
    }
}

/// Covers what lies outside of rounded corners with `ground`.
fn round_corners(painter: &Painter, rect: Rect, radius: f32, ground: Color32) {
    const STEPS: usize = 6;
    let corners = [
        (rect.left_top(), vec2(1.0, 1.0)),
        (rect.right_top(), vec2(-1.0, 1.0)),
        (rect.right_bottom(), vec2(-1.0, -1.0)),
        (rect.left_bottom(), vec2(1.0, -1.0)),
    ];
    let mut mesh = Mesh::default();
    for (corner, inward) in corners {
        let tip = mesh.vertices.len() as u32;
        mesh.colored_vertex(corner, ground);
        for step in 0..=STEPS {
            let angle = std::f32::consts::FRAC_PI_2 * step as f32 / STEPS as f32;
            let arc = vec2(1.0 - angle.sin(), 1.0 - angle.cos()) * radius;
            mesh.colored_vertex(corner + arc * inward, ground);
            if step > 0 {
                mesh.add_triangle(tip, tip + step as u32, tip + step as u32 + 1);
            }
        }
    }
    painter.add(mesh);
}

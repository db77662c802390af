//! The map as a whole, without a window.

use std::sync::Arc;

use egui::{Event, PointerButton, Pos2, RawInput, Rect, Shape, Vec2, pos2, vec2};

use super::frame::{MapView, world_of};
use super::*;
use crate::app::Command;
use crate::app::lane::Cancel;
use crate::app::map_work::{MapAnswer, MapQuestion, MapWorker};
use crate::app::state::{Loading, MapMode, State, Viewport};
use crate::board::aggregates::AggregatesKey;
use crate::board::filter::Span;
use crate::board::row::{Stages, flags};
use crate::board::{Aggregates, Board, BoardBuilder, Filter, Region, Row};
use crate::config::Settings;
use crate::domain::Language;
use crate::domain::catalogue::Catalogue;
use crate::geo::layers::GeoData;
use crate::geo::mercator::{LonLat, MercatorPoint};
use crate::ui::text::Text;
use crate::ui::theme;

pub(super) const NOW: u32 = 1_795_417_500;
const ABAKAN: LonLat = LonLat { lon: 91.4294, lat: 53.7156 };

fn row(place: LonLat, received: u32) -> Row {
    let point = MercatorPoint::from_lon_lat(place).unwrap();
    let geodata = GeoData::embedded();
    let municipality = geodata
        .municipality_at(point)
        .and_then(|oktmo| base::catalogue_index(oktmo, &Catalogue::embedded()));
    Row {
        received,
        registered: received,
        due: received + 86_400 * 10,
        first_answer: 0,
        closed: 0,
        x: point.x,
        y: point.y,
        settlement: 0,
        topic: 0,
        body: 0,
        flags: flags::PLACED,
        municipality: municipality.unwrap_or(crate::board::row::NO_MUNICIPALITY),
        block: 0,
        regime: 0,
        source: 0,
        status: 0,
        rating: 0,
        checks: 0,
        stages: Stages::default(),
        answered: 0,
        assignee: 0,
    }
}

/// A board with incidents at these places, the last one a day old.
pub(super) fn board(places: impl Iterator<Item = (LonLat, u32)>) -> Board {
    let count = Catalogue::embedded().municipalities.len() as u8;
    let mut builder = BoardBuilder::new(Region {
        municipality_count: count,
        local_offset_secs: 7 * 3_600,
        scores: [0; 32],
    });
    for (index, (place, age_secs)) in places.enumerate() {
        builder.push(index as u32 + 1, &row(place, NOW - age_secs));
    }
    builder.finish(Arc::default())
}

/// What the desk would show of a board over the last four weeks.
pub(super) fn state(board: &Board) -> State {
    let span = Some(Span { from: NOW - 28 * 86_400, to: NOW + 1 });
    let filter = Filter { span, ..Filter::default() };
    let key = AggregatesKey { filter: filter.clone(), version: board.version(), now: NOW };
    let aggregates = Aggregates::compute(board, &key, Cancel::default().flag()).unwrap();
    State {
        demo: true,
        loading: Loading::Ready,
        filter,
        aggregates: Arc::new(aggregates),
        ..State::new(NOW, Settings::default())
    }
}

/// Answers the map's question as the desk's lane does.
pub(super) fn answer(worker: &mut MapWorker, board: &Board, state: &mut State, viewport: Viewport) {
    let question = MapQuestion {
        board: board.clone(),
        key: state.aggregates.key.clone(),
        mode: state.map_mode,
        viewport,
        theme: state.settings.theme,
        keep_scale: false,
    };
    match worker.answer(&question, &Cancel::default()) {
        Some(MapAnswer::Heat(heat)) => state.heat = Some(Arc::new(heat)),
        Some(MapAnswer::Clusters(clusters)) => state.clusters = Some(Arc::new(clusters)),
        None => {}
    }
}

/// A desk with nothing but the map.
struct Harness {
    ctx: egui::Context,
    tokens: Tokens,
    text: Text,
    local: MapLocal,
    seconds: f64,
    /// What the last frame painted, undermost first.
    shapes: Vec<egui::epaint::ClippedShape>,
}

const SIZE: Vec2 = vec2(700.0, 640.0);

impl Harness {
    fn new() -> Self {
        let tokens = Tokens::of(Theme::Dark);
        let ctx = egui::Context::default();
        theme::install(&ctx, &tokens);
        let text = Text::of(Language::Ru);
        let local = MapLocal::default();
        Self { ctx, tokens, text, local, seconds: 0.0, shapes: Vec::new() }
    }

    fn frame(&mut self, state: &State, events: Vec<Event>) -> Vec<Command> {
        self.seconds += 0.05;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE)),
            time: Some(self.seconds),
            events,
            focused: true,
            ..RawInput::default()
        };
        let mut out = Vec::new();
        let mut output = self.ctx.run_ui(input, |ui| {
            map_ui(ui, state, &self.tokens, &self.text, &mut self.local, &mut out);
        });
        output.textures_delta.clear();
        self.shapes = output.shapes;
        out
    }

    /// The view that the map begins with.
    fn home(&self, state: &State) -> MapView {
        let rect = Rect::from_min_size(Pos2::ZERO, SIZE);
        let inner = controls::clear_of_furniture(rect, &self.tokens, None);
        MapView::fit_within(rect, inner, state.geodata.bounds)
    }

    fn click(&mut self, state: &State, at: Pos2) -> Vec<Command> {
        let button = |pressed| Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        };
        self.frame(state, vec![Event::PointerMoved(at)]);
        self.frame(state, vec![button(true)]);
        self.frame(state, vec![button(false)])
    }
}

#[test]
fn a_still_map_tells_its_viewport_once() {
    let board = board(std::iter::empty());
    let state = state(&board);
    let mut desk = Harness::new();
    let told = |out: &[Command]| {
        out.iter().filter(|command| matches!(command, Command::SetViewport(_))).count()
    };
    let first: usize = (0..3).map(|_| told(&desk.frame(&state, Vec::new()))).sum();
    assert_eq!(first, 1);
    let later: usize = (0..10).map(|_| told(&desk.frame(&state, Vec::new()))).sum();
    assert_eq!(later, 0);
}

#[test]
fn a_click_on_a_municipality_toggles_it() {
    let board = board(std::iter::empty());
    let state = state(&board);
    let mut desk = Harness::new();
    desk.frame(&state, Vec::new());
    let district = &state.geodata.municipalities[5];
    let at = desk.home(&state).to_screen(district.label);
    let index = base::catalogue_index(district.oktmo, &state.catalogue).unwrap();
    let out = desk.click(&state, at);
    assert!(out.contains(&Command::ToggleMunicipality(index)), "{out:?}");
}

#[test]
fn a_click_on_a_single_point_opens_it_and_on_a_group_goes_nearer() {
    let near = |step: i32| (LonLat { lon: 90.0 + f64::from(step) * 0.01, lat: 52.6 }, 86_400);
    let board = board((0..9).map(near).chain([(LonLat { lon: 89.6, lat: 54.8 }, 86_400)]));
    let mut state = state(&board);
    state.map_mode = MapMode::Clusters;
    let mut desk = Harness::new();
    let out = desk.frame(&state, Vec::new());
    let Some(Command::SetViewport(viewport)) =
        out.iter().find(|command| matches!(command, Command::SetViewport(_)))
    else {
        panic!("no viewport was told: {out:?}");
    };
    answer(&mut MapWorker::default(), &board, &mut state, *viewport);
    let picture = state.clusters.clone().unwrap();
    assert_eq!(picture.clusters.iter().map(|cluster| cluster.count).sum::<u32>(), 10);
    let home = desk.home(&state);
    let at = |index: usize| home.to_screen(picture.clusters[index].at.to_world());
    let single = picture.clusters.iter().position(|cluster| cluster.count == 1).unwrap();
    assert_eq!(picture.rows[single].len(), 1);
    let out = desk.click(&state, at(single));
    assert!(out.contains(&Command::OpenIncident(9)), "{out:?}");

    let out = desk.click(&state, at(0));
    assert!(out.is_empty(), "a group opens by itself: {out:?}");
    let told =
        (0..20).flat_map(|_| desk.frame(&state, Vec::new())).find_map(|command| match command {
            Command::SetViewport(nearer) => Some(nearer),
            _ => None,
        });
    let nearer = told.expect("the map came to rest in another view");
    assert!(nearer.x_max - nearer.x_min < (viewport.x_max - viewport.x_min) / 1.9);
}

#[test]
fn circles_do_not_run_through_the_words_of_the_map() {
    let near = |step: i32| (LonLat { lon: 90.0 + f64::from(step) * 0.01, lat: 52.6 }, 86_400);
    let board = board((0..9).map(near));
    let mut state = state(&board);
    state.map_mode = MapMode::Clusters;
    let mut desk = Harness::new();
    let out = desk.frame(&state, Vec::new());
    let viewport = out.iter().find_map(|command| match command {
        Command::SetViewport(viewport) => Some(*viewport),
        _ => None,
    });
    answer(&mut MapWorker::default(), &board, &mut state, viewport.unwrap());
    desk.frame(&state, Vec::new());
    let shapes: Vec<&Shape> = desk.shapes.iter().map(|clipped| &clipped.shape).collect();
    let last_circle = shapes.iter().rposition(|shape| matches!(shape, Shape::Circle(_))).unwrap();
    let plates: Vec<Rect> = shapes[last_circle..]
        .iter()
        .filter_map(|shape| match shape {
            Shape::Vec(plates) => Some(plates.iter().map(Shape::visual_bounding_rect)),
            _ => None,
        })
        .flatten()
        .collect();
    for key in ["map-title-clusters", "map-credits"] {
        let words = desk.text.t(key);
        let written = shapes[last_circle..].iter().find_map(|shape| match shape {
            Shape::Text(text) if text.galley.text() == words => Some(shape.visual_bounding_rect()),
            _ => None,
        });
        let written = written.unwrap();
        assert!(plates.iter().any(|plate| plate.contains_rect(written)), "{words}: {plates:?}");
    }
}

#[test]
fn the_picture_has_land_inside_and_heat_where_incidents_are() {
    let tokens = Tokens::of(Theme::Dark);
    let geodata = GeoData::embedded();
    let base = BaseMap::new(&geodata, &Catalogue::embedded());
    let names = Names::new(&base, &geodata, &Catalogue::embedded(), Language::Ru);
    let board = board((0..500).map(|_| (ABAKAN, 86_400)));
    let mut state = state(&board);
    let mut offscreen = crate::ui::render::Offscreen::new(400, 400, 1.0, &tokens).unwrap();
    let rect = Rect::from_min_size(Pos2::ZERO, vec2(400.0, 400.0));
    let view = MapView::fit(rect, base.region, 12.0);
    answer(&mut MapWorker::default(), &board, &mut state, view.viewport(1.0));
    let sizes = MapSizes::desk(&tokens);
    let mut cache = MapCache::default();
    let output = offscreen.frame(0.0, |ui| {
        let paint = MapPaint {
            base: &base,
            basemap: None,
            names: &names,
            tokens: &tokens,
            sizes: &sizes,
            fills: &[],
            selected: &BTreeSet::new(),
            heat: state.heat.as_ref(),
            pace: super::PACE,
            // No names: they would stand where the test looks.
            keep_clear: &[rect],
            discs: &[],
        };
        cache.paint(ui.painter(), &view, &paint);
    });
    let image = offscreen.paint(output).unwrap();
    let at = |place: Pos2| {
        let [r, g, b, _] = image.get_pixel(place.x as u32, place.y as u32).0;
        [r, g, b]
    };
    let off = |color: [u8; 3], wanted: Color32| {
        color.iter().zip(&wanted.to_array()).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
    };
    // The far south-west: woods without roads, far from Abakan.
    let woods = at(view.to_screen(world_of(walkers::lon_lat(88.9, 51.75))));
    assert!(off(woods, tokens.color.map_land) <= 3, "{woods:?}");
    let hot = at(view.to_screen(ABAKAN.to_world()));
    let last = tokens.color.ramp_heat.last().copied().unwrap();
    assert!(off(hot, last) < 60, "{hot:?} is not {last:?}");
    // Across the Yenisei the heat has ended: Minusinsk is another region's.
    let beyond = at(view.to_screen(world_of(walkers::lon_lat(91.75, 53.72))));
    assert!(beyond[0] < 60, "{beyond:?}");
    assert!(off(at(pos2(1.0, 200.0)), tokens.color.map_sea) <= 2);
}

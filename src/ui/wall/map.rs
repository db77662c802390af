//! The region with its heat.

use std::sync::Arc;

use egui::emath::GuiRounding as _;
use egui::{Align2, Color32, Rect};

use super::SOON;
use super::parts::Canvas;
use crate::app::wall::frame::{HeatPicture, PlaceFrame, Viewport, WallFrame};
use crate::geo::mercator::World;
use crate::ui::format;
use crate::ui::map::clusters::{circle, radius};
use crate::ui::map::frame::MapView;
use crate::ui::map::furniture::{Explained, Furniture};
use crate::ui::map::labels::{Disc, MapSizes};
use crate::ui::map::measure::{Choropleth, Measure};
use crate::ui::map::prepared::Prepared;
use crate::ui::map::{MapCache, MapPaint, PACE};
use crate::ui::text::Text;
use crate::ui::widgets::{Align, Weight};

/// The map's geometry, made once.
#[derive(Default)]
pub(super) struct MapKeep {
    prepared: Option<Prepared>,
    cache: MapCache,
    /// Where something else was written in the last frame, from the corner of the map's
    /// place: that wanders.
    written: Vec<Rect>,
}

/// What a map shows besides the land.
pub(super) struct MapShows<'a> {
    pub(super) heat: Option<&'a Arc<HeatPicture>>,
    pub(super) explained: Option<Explained<'a>>,
    /// By the catalogue's index of the municipality.
    pub(super) fills: &'a [Option<Color32>],
    /// Names step aside for these.
    pub(super) discs: &'a [Disc],
    /// Lines in the corner that the region keeps clear, with their sizes.
    pub(super) caption: &'a [(String, f32)],
    /// Kept clear at the right for names that stand beside discs.
    pub(super) right: f32,
}

/// The bare land.
pub(super) const NOTHING: MapShows<'static> =
    MapShows { heat: None, explained: None, fills: &[], discs: &[], caption: &[], right: 0.0 };

/// The heat of the frame's period, or areas by what was received where there is none yet.
pub(super) fn heat(
    canvas: &Canvas<'_>,
    frame: &WallFrame,
    keep: &mut MapKeep,
    rect: Rect,
) -> Viewport {
    if frame.are_areas_shown {
        let title = ("map-title-received", Unknown::Point);
        return municipalities(canvas, frame, Measure::Received, title, keep, rect);
    }
    let heat = frame.heat.as_ref();
    let scale = heat.filter(|_| !frame.is_empty()).map(|heat| &heat.heat.scale);
    let caption = caption(canvas, frame, "map-title", Unknown::Point);
    let explained = scale.map(Explained::Heat);
    let shows = MapShows { heat, explained, caption: &caption, ..NOTHING };
    paint(canvas, frame, keep, rect, &shows).viewport(canvas.pixels_per_point)
}

/// Municipalities by what was received for each resident.
pub(super) fn areas(canvas: &Canvas<'_>, frame: &WallFrame, keep: &mut MapKeep, rect: Rect) {
    let title = ("map-title-per-thousand", Unknown::Municipality(frame.areas_unknown));
    municipalities(canvas, frame, Measure::PerThousand, title, keep, rect);
}

fn municipalities(
    canvas: &Canvas<'_>,
    frame: &WallFrame,
    measure: Measure,
    (title_key, unknown): (&str, Unknown),
    keep: &mut MapKeep,
    rect: Rect,
) -> Viewport {
    let received: Vec<_> = frame.areas.iter().map(|told| told.exactly()).collect();
    let areas = Choropleth::of_counts(measure, &received, &frame.catalogue);
    let is_known = !frame.areas.is_empty() && !frame.is_empty();
    let fills = if is_known { areas.fills(&canvas.tokens.color) } else { Vec::new() };
    let explained = is_known.then_some(Explained::Areas(&areas));
    let caption = caption(canvas, frame, title_key, unknown);
    let shows = MapShows { explained, fills: &fills, caption: &caption, ..NOTHING };
    paint(canvas, frame, keep, rect, &shows).viewport(canvas.pixels_per_point)
}

/// Settlements as circles, each where the largest of those that would lie on each other is.
pub(super) fn places(canvas: &Canvas<'_>, frame: &WallFrame, keep: &mut MapKeep, rect: Rect) {
    let sizes = sizes(canvas);
    let unknown = Unknown::Settlement(frame.places_unknown);
    let mut caption = caption(canvas, frame, "wall-places", unknown);
    let right = canvas.note * NAME_NOTES;
    let view = view(canvas, frame, rect, right);
    let circles = MapSizes { city: sizes.city * CIRCLES, ..sizes };
    let groups = grouped(&frame.places, &view, &circles);
    let told: u32 = frame.places.iter().filter_map(|place| place.received.exactly()).sum();
    let known = frame.total.received.saturating_sub(frame.places_unknown);
    let untold = format::count(known.saturating_sub(told));
    caption.push((canvas.text.with("wall-places-few", &[("n", untold.into())]), canvas.note));
    let disc = |group: &Group<'_>| Disc {
        at: group.at,
        radius: radius(group.count, &circles) + 2.0 * sizes.line,
        places: group.places.iter().map(|place| place.at.to_world()).collect(),
        names: group.names(canvas.text),
    };
    let discs: Vec<Disc> = groups.iter().map(disc).collect();
    let shows = MapShows { discs: &discs, caption: &caption, right, ..NOTHING };
    paint(canvas, frame, keep, rect, &shows);
    let painter = canvas.painter.with_clip_rect(rect.intersect(canvas.painter.clip_rect()));
    let most = groups.iter().map(|group| group.count).max().unwrap_or(1);
    for group in &groups {
        let center = view.to_screen(group.at);
        circle(&painter, center, group.count, most, &circles, canvas.tokens);
    }
}

/// A settlement with those that would lie on it.
struct Group<'a> {
    /// Of the largest.
    at: World,
    /// A few are counted as one where they are alone, else as none.
    count: u32,
    places: Vec<&'a PlaceFrame>,
}

/// Room for a name, in notes.
const NAME_NOTES: f32 = 11.0;
/// Circles of settlements are so much smaller than those of the desk's groups: fewer lie on
/// each other.
const CIRCLES: f32 = 0.8;

/// Places that a group is named by; the others are counted.
const MOST_NAMED: usize = 2;

impl Group<'_> {
    /// «Абакан, Черногорск +8», and a shorter one, the largest first; nothing where it has no
    /// town.
    fn names(&self, text: &Text) -> Vec<String> {
        if !self.places.iter().any(|place| place.is_town) {
            return Vec::new();
        }
        let is_named = |(at, place): &(usize, &&PlaceFrame)| *at == 0 || place.is_town;
        let named = self.places.iter().enumerate().filter(is_named).take(MOST_NAMED);
        let named: Vec<&str> = named.map(|(_, place)| &*place.name).collect();
        let and_others = |most: usize| {
            let towns = named[..most].join(", ");
            match (self.places.len() - most) as u32 {
                0 => towns,
                n => text.with("wall-places-plus", &[("towns", towns.into()), ("n", n.into())]),
            }
        };
        (1..=named.len()).rev().map(and_others).collect()
    }
}

/// Places, the largest first, take in those whose circles would touch theirs.
fn grouped<'a>(places: &'a [PlaceFrame], view: &MapView, sizes: &MapSizes) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for place in places {
        let at = place.at.to_world();
        let alone = place.received.exactly().unwrap_or(1);
        let (center, reach) = (view.to_screen(at), radius(alone, sizes) + sizes.line);
        let touched = groups.iter_mut().find(|group| {
            view.to_screen(group.at).distance(center) < radius(group.count, sizes) + reach
        });
        match touched {
            Some(group) => {
                group.count += place.received.exactly().unwrap_or(0);
                group.places.push(place);
            }
            None => groups.push(Group { at, count: alone, places: vec![place] }),
        }
    }
    groups
}

/// What is on no map, of how many.
#[derive(Clone, Copy)]
enum Unknown {
    Point,
    Municipality(u32),
    Settlement(u32),
}

/// What the map shows, and of how much.
fn caption(
    canvas: &Canvas<'_>,
    frame: &WallFrame,
    title_key: &str,
    unknown: Unknown,
) -> Vec<(String, f32)> {
    let text = canvas.text;
    let (key, n) = match unknown {
        Unknown::Point => ("unplaced-n", frame.total.unplaced),
        Unknown::Municipality(n) => ("wall-areas-unknown", n),
        Unknown::Settlement(n) => ("wall-places-unknown", n),
    };
    let mut lines = vec![text.t(title_key).to_owned(), format::n_text(text, frame.total.received)];
    if n > 0 {
        lines.push(text.with(key, &[("n", format::count(n).into())]));
    }
    lines.into_iter().map(|line| (line, canvas.note)).collect()
}

/// The region in its place, with names, legend and credits. Returns where the world is.
pub(super) fn paint(
    canvas: &Canvas<'_>,
    frame: &WallFrame,
    keep: &mut MapKeep,
    rect: Rect,
    shows: &MapShows<'_>,
) -> MapView {
    let (known, language) = (&mut keep.prepared, canvas.text.language);
    let prepared = Prepared::of(known, &frame.geodata, &frame.catalogue, language);
    let (furniture, beside) = (furniture(canvas, frame), beside(canvas, rect));
    let view = view(canvas, frame, rect, shows.right);
    let sizes = sizes(canvas);
    let corner_at = rect.min.to_vec2();
    let keep_clear: Vec<Rect> = keep.written.iter().map(|at| at.translate(corner_at)).collect();
    keep.cache.paint(
        &canvas.painter,
        &view,
        &MapPaint {
            base: &prepared.base,
            basemap: frame.basemap.as_ref(),
            names: &prepared.names,
            tokens: canvas.tokens,
            sizes: &sizes,
            fills: shows.fills,
            selected: &std::collections::BTreeSet::new(),
            heat: shows.heat,
            pace: PACE,
            keep_clear: &keep_clear,
            discs: shows.discs,
        },
    );
    if frame.basemap.is_some() {
        furniture.fade(rect, beside);
    }
    let credits = furniture.credits((rect.left_bottom(), Align2::LEFT_BOTTOM), rect.width());
    let legend_foot = credits.top() - canvas.note * 0.4;
    let mut written = vec![credits];
    let mut foot = legend_foot;
    if let Some(explained) = &shows.explained {
        let width = beside.max(canvas.note * 10.0);
        let legend = furniture.legend(egui::pos2(rect.left(), legend_foot), *explained, width);
        foot = legend.top();
        written.push(legend);
    }
    let above = Rect::from_min_max(rect.min, egui::pos2(rect.left() + beside, foot));
    written.push(corner(canvas, shows.caption, above));
    let written = written.iter().map(|at| at.translate(-corner_at).round_ui()).collect();
    if keep.written != written {
        keep.written = written;
        canvas.painter.ctx().request_repaint_after(SOON);
    }
    view
}

/// Room at the left for the legend and the caption: the region keeps clear of them.
fn beside(canvas: &Canvas<'_>, rect: Rect) -> f32 {
    (canvas.note * 19.0).min(rect.width() * 0.32)
}

fn furniture<'a>(canvas: &'a Canvas<'_>, frame: &'a WallFrame) -> Furniture<'a> {
    Furniture {
        painter: &canvas.painter,
        tokens: canvas.tokens,
        text: canvas.text,
        note: canvas.note,
        credit: frame.basemap.as_ref().and_then(|archive| archive.credit.as_deref()),
    }
}

/// Where the world is in a map's place, with room at the right.
fn view(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect, right: f32) -> MapView {
    let furniture = furniture(canvas, frame);
    // On a portrait screen the credits take two lines, and more where a base map has its own.
    let lines = if canvas.is_portrait { 2.0 } else { 1.0_f32 };
    let credits_notes = match furniture.credit {
        Some(_) => lines.max((furniture.credits_width() / rect.width()).ceil()) * 1.6 + 0.2,
        None => lines * 1.6 + 0.2,
    };
    let inner = Rect::from_min_max(
        rect.min + egui::vec2(beside(canvas, rect), canvas.gap),
        rect.max - egui::vec2(canvas.gap + right, canvas.note * credits_notes),
    );
    MapView::fit_within(rect, inner, frame.geodata.bounds)
}

fn sizes(canvas: &Canvas<'_>) -> MapSizes {
    MapSizes::wall(canvas.tokens, canvas.note / canvas.tokens.wall.note)
}

/// Lines below each other, each in as many as it needs, as far as there is room. Returns what
/// they cover.
fn corner(canvas: &Canvas<'_>, lines: &[(String, f32)], rect: Rect) -> Rect {
    let mut right = rect.left();
    let mut y = rect.top();
    for (words, size) in lines {
        let (size, weight) =
            (*size, if *size > canvas.body { Weight::Semibold } else { Weight::Regular });
        let color = &canvas.tokens.color;
        let ink = if size > canvas.note { color.text_strong } else { color.text_soft };
        let broken = canvas.broken(words, " ", (size, weight), rect.width());
        if y + size * 1.3 * broken.len() as f32 > rect.bottom() {
            break;
        }
        for line in broken {
            y += size * 0.65;
            let at = egui::pos2(rect.left(), y);
            let width = canvas.words(at, Align::Left, &line, size, weight, ink, rect.width());
            right = right.max(at.x + width);
            y += size * 0.65;
        }
    }
    Rect::from_min_max(rect.min, egui::pos2(right, y))
}

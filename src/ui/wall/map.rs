//! The region with its heat.

use std::sync::Arc;

use egui::{Color32, Rect};

use super::parts::Canvas;
use crate::app::wall::frame::{HeatPicture, Viewport, WallFrame};
use crate::ui::format;
use crate::ui::map::frame::MapView;
use crate::ui::map::furniture::{Explained, Furniture};
use crate::ui::map::labels::MapSizes;
use crate::ui::map::measure::Choropleth;
use crate::ui::map::prepared::Prepared;
use crate::ui::map::{MapCache, MapPaint, PACE};
use crate::ui::widgets::{Align, Weight};

/// The map's geometry, made once.
#[derive(Default)]
pub(super) struct MapKeep {
    prepared: Option<Prepared>,
    cache: MapCache,
}

/// Room for the legend at the foot of the map, in notes.
const LEGEND_NOTES: f32 = 5.5;

/// What a map shows besides the land.
pub(super) struct MapShows<'a> {
    pub(super) heat: Option<&'a Arc<HeatPicture>>,
    pub(super) explained: Option<Explained<'a>>,
    /// By the catalogue's index of the municipality.
    pub(super) fills: &'a [Option<Color32>],
    /// Lines in the corner that the region keeps clear, with their sizes.
    pub(super) caption: &'a [(String, f32)],
}

/// The heat of the frame's period, or areas by what was received where there is none yet.
pub(super) fn draw(
    canvas: &Canvas<'_>,
    frame: &WallFrame,
    keep: &mut MapKeep,
    rect: Rect,
) -> Viewport {
    let has_areas = !frame.areas.is_empty() && !frame.is_empty();
    let areas = has_areas.then(|| Choropleth::received(&frame.areas));
    let fills = areas.as_ref().map(|areas| areas.fills(&canvas.tokens.color)).unwrap_or_default();
    let explained = match (&areas, &frame.heat) {
        (Some(areas), _) => Some(Explained::Areas(areas)),
        (None, Some(picture)) if !frame.is_empty() => Some(Explained::Heat(&picture.heat.scale)),
        (None, _) => None,
    };
    let (heat, caption) = (frame.heat.as_ref(), caption(canvas, frame));
    let shows = MapShows { heat, explained, fills: &fills, caption: &caption };
    paint(canvas, frame, keep, rect, &shows)
}

/// What the map shows, and of how much.
fn caption(canvas: &Canvas<'_>, frame: &WallFrame) -> Vec<(String, f32)> {
    let text = canvas.text;
    let title = text.t(if frame.areas.is_empty() { "map-title" } else { "map-title-received" });
    let unplaced = [("n", format::count(frame.total.unplaced).into())];
    let lines = [
        title.to_owned(),
        format::n_text(text, frame.total.received),
        text.with("unplaced-n", &unplaced),
    ];
    lines.map(|line| (line, canvas.note)).to_vec()
}

/// The region in its place, with names, legend and credits. Returns its view.
pub(super) fn paint(
    canvas: &Canvas<'_>,
    frame: &WallFrame,
    keep: &mut MapKeep,
    rect: Rect,
    shows: &MapShows<'_>,
) -> Viewport {
    let (known, language) = (&mut keep.prepared, canvas.text.language);
    let prepared = Prepared::of(known, &frame.geodata, &frame.catalogue, language);
    let bounds = prepared.geodata.bounds;
    // The legend stands in the lower left corner: the region keeps clear of it.
    let beside = (canvas.note * 19.0).min(rect.width() * 0.32);
    // On a portrait screen the credits take two lines.
    let credits_notes = if canvas.is_portrait { 3.4 } else { 1.8 };
    let inner = Rect::from_min_max(
        rect.min + egui::vec2(beside, canvas.gap),
        rect.max - egui::vec2(canvas.gap, canvas.note * credits_notes),
    );
    let view = MapView::fit_within(rect, inner, bounds);
    let sizes = MapSizes::wall(canvas.tokens, canvas.note / canvas.tokens.wall.note);
    let foot = Rect::from_min_max(
        egui::pos2(rect.left(), rect.bottom() - canvas.note * LEGEND_NOTES),
        rect.max,
    );
    let legend_place =
        Rect::from_min_max(foot.min, egui::pos2(foot.left() + beside, foot.bottom()));
    keep.cache.paint(
        &canvas.painter,
        &view,
        &MapPaint {
            base: &prepared.base,
            names: &prepared.names,
            tokens: canvas.tokens,
            sizes: &sizes,
            fills: shows.fills,
            selected: &std::collections::BTreeSet::new(),
            heat: shows.heat,
            pace: PACE,
            keep_clear: &[legend_place],
            discs: &[],
        },
    );
    let furniture = Furniture {
        painter: &canvas.painter,
        tokens: canvas.tokens,
        text: canvas.text,
        note: canvas.note,
    };
    let credits_right = rect.left() + furniture.credits_width().min(rect.width());
    let credits = furniture.credits(egui::pos2(credits_right, rect.bottom()), rect.width());
    let legend_foot = credits.top() - canvas.note * 0.4;
    if let Some(explained) = &shows.explained {
        let width = beside.max(canvas.note * 10.0);
        furniture.legend(egui::pos2(rect.left(), legend_foot), *explained, width);
    }
    corner(canvas, shows.caption, rect.with_max_x(rect.left() + beside));
    view.viewport(canvas.pixels_per_point)
}

/// Lines below each other, each in as many as it needs.
fn corner(canvas: &Canvas<'_>, lines: &[(String, f32)], rect: Rect) {
    let mut y = rect.top();
    for (words, size) in lines {
        let (size, weight) =
            (*size, if *size > canvas.body { Weight::Semibold } else { Weight::Regular });
        let color = &canvas.tokens.color;
        let ink = if size > canvas.note { color.text_strong } else { color.text_soft };
        for line in canvas.broken(words, " ", (size, weight), rect.width()) {
            y += size * 0.65;
            let at = egui::pos2(rect.left(), y);
            canvas.words(at, Align::Left, &line, size, weight, ink, rect.width());
            y += size * 0.65;
        }
    }
}

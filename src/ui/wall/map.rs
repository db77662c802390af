//! The region with its heat, three figures, and what has changed.

use std::sync::Arc;

use egui::Rect;

use super::Scene;
use super::figures::{changes, figures};
use super::parts::Canvas;
use crate::app::wall_frame::{Viewport, WallFrame};
use crate::domain::Language;
use crate::geo::layers::GeoData;
use crate::ui::format;
use crate::ui::map::base::BaseMap;
use crate::ui::map::frame::MapView;
use crate::ui::map::furniture::{Explained, Furniture};
use crate::ui::map::labels::MapSizes;
use crate::ui::map::measure::Choropleth;
use crate::ui::map::names::Names;
use crate::ui::map::{MapCache, MapPaint};

/// The map's geometry, made once.
#[derive(Default)]
pub(super) struct MapKeep {
    prepared: Option<Prepared>,
    cache: MapCache,
}

struct Prepared {
    geodata: Arc<GeoData>,
    language: Language,
    base: BaseMap,
    names: Names,
}

/// Share of a portrait screen's height that the map takes.
const PORTRAIT_MAP_SHARE: f32 = 0.41;
/// From this proportion on the changes stand beside the figures, not below.
const VERY_WIDE: f32 = 2.6;
/// Width of the map there, as a share of its height.
const VERY_WIDE_MAP: f32 = 1.25;

/// Room for the legend at the foot of the map, in notes.
const LEGEND_NOTES: f32 = 5.5;

pub(super) fn draw(canvas: &Canvas<'_>, frame: &WallFrame, keep: &mut MapKeep) -> Option<Viewport> {
    let text = canvas.text;
    let n = format::count(frame.total.received);
    let note = format!(
        "{} · {} · n = {n} · {}",
        text.t(if frame.areas.is_empty() { "map-title" } else { "map-title-received" }),
        canvas.period(frame),
        text.with("unplaced-n", &[("n", format::count(frame.total.unplaced).into())])
    );
    let note = canvas.numbered(&note, Scene::Map);
    let body = canvas.head(frame, text.t("region-name"), &note);
    let apart = canvas.gap * 2.0;
    if canvas.is_portrait {
        let (map_rect, side) =
            body.split_top_bottom_at_y(body.top() + body.height() * PORTRAIT_MAP_SHARE);
        let side = side.with_min_y(side.top() + canvas.gap);
        let below = figures(canvas, frame, side, false);
        changes(canvas, frame, below);
        return map(canvas, frame, keep, map_rect);
    }
    if body.width() > body.height() * VERY_WIDE {
        let (map_rect, rest) =
            body.split_left_right_at_x(body.left() + body.height() * VERY_WIDE_MAP);
        let (middle, last) = rest.split_left_right_at_x(rest.center().x);
        figures(canvas, frame, middle.with_min_x(middle.left() + apart), true);
        changes(canvas, frame, last.with_min_x(last.left() + apart));
        return map(canvas, frame, keep, map_rect);
    }
    let side_width = (body.width() * 0.37).max(body.height() * 0.55);
    let (map_rect, side) = body.split_left_right_at_x(body.right() - side_width - apart);
    let side = side.with_min_x(side.left() + apart);
    let below = figures(canvas, frame, side, false);
    changes(canvas, frame, below);
    map(canvas, frame, keep, map_rect)
}

fn map(canvas: &Canvas<'_>, frame: &WallFrame, keep: &mut MapKeep, rect: Rect) -> Option<Viewport> {
    let language = canvas.text.language;
    let current = keep.prepared.as_ref().is_some_and(|prepared| {
        Arc::ptr_eq(&prepared.geodata, &frame.geodata) && prepared.language == language
    });
    if !current {
        let base = BaseMap::new(&frame.geodata, &frame.catalogue);
        let names = Names::new(&base, &frame.geodata, &frame.catalogue, language);
        let geodata = Arc::clone(&frame.geodata);
        keep.prepared = Some(Prepared { geodata, language, base, names });
    }
    let prepared = keep.prepared.as_ref()?;
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
    let has_areas = !frame.areas.is_empty() && !frame.is_empty();
    let areas = has_areas.then(|| Choropleth::received(&frame.areas));
    let fills = areas.as_ref().map(|areas| areas.fills(&canvas.tokens.color)).unwrap_or_default();
    keep.cache.paint(
        &canvas.painter,
        &view,
        &MapPaint {
            base: &prepared.base,
            names: &prepared.names,
            tokens: canvas.tokens,
            sizes: &sizes,
            fills: &fills,
            selected: &std::collections::BTreeSet::new(),
            heat: frame.heat.as_deref(),
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
    let explained = match (&areas, &frame.heat) {
        (Some(areas), _) => Some(Explained::Areas(areas)),
        (None, Some(picture)) if !frame.is_empty() => Some(Explained::Heat(&picture.heat.scale)),
        (None, _) => None,
    };
    if let Some(explained) = explained {
        let width = beside.max(canvas.note * 10.0);
        furniture.legend(egui::pos2(rect.left(), legend_foot), explained, width);
    }
    Some(view.viewport(canvas.pixels_per_point))
}

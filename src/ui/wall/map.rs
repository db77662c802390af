//! The region with its heat, three figures, and what has changed.

use std::sync::Arc;

use egui::{Color32, Rect};

use super::Scene;
use super::parts::{Canvas, growth, on_time};
use crate::app::wall_frame::{ChangeFrame, Viewport, WallFrame};
use crate::board::aggregates::DayTotals;
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
use crate::ui::widgets::{Align, Weight};

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
    let is_wide = body.width() > body.height() * 1.2;
    let (map_rect, side) = if is_wide {
        let side_width = (body.width() * 0.37).max(body.height() * 0.55);
        body.split_left_right_at_x(body.right() - side_width - canvas.gap * 2.0)
    } else {
        body.split_top_bottom_at_y(body.top() + body.height() * 0.5)
    };
    let viewport = map(canvas, frame, keep, map_rect);
    let side = Rect::from_min_max(
        egui::pos2(side.left() + if is_wide { canvas.gap * 2.0 } else { 0.0 }, side.top()),
        side.max,
    );
    figures(canvas, frame, side);
    viewport
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
    let inner = Rect::from_min_max(
        rect.min + egui::vec2(beside, canvas.gap),
        rect.max - egui::vec2(canvas.gap, canvas.note * 1.8),
    );
    let view = MapView::fit_within(rect, inner, bounds);
    let sizes = MapSizes::wall(canvas.tokens, canvas.note / canvas.tokens.wall.note);
    let foot = Rect::from_min_max(
        egui::pos2(rect.left(), rect.bottom() - canvas.note * LEGEND_NOTES),
        rect.max,
    );
    let legend_place =
        Rect::from_min_max(foot.min, egui::pos2(foot.left() + canvas.note * 19.0, foot.bottom()));
    let areas = (!frame.areas.is_empty()).then(|| Choropleth::received(&frame.areas));
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
    let credits_top = rect.bottom() - canvas.note * 1.6;
    let credits_right = rect.left() + furniture.credits_width().min(rect.width());
    furniture.credits(egui::pos2(credits_right, rect.bottom()), rect.width());
    let explained = match (&areas, &frame.heat) {
        (Some(areas), _) => Some(Explained::Areas(areas)),
        (None, Some(picture)) => Some(Explained::Heat(&picture.heat.scale)),
        (None, None) => None,
    };
    if let Some(explained) = explained {
        furniture.legend(egui::pos2(rect.left(), credits_top), explained, canvas.note * 26.0);
    }
    Some(view.viewport(canvas.pixels_per_point))
}

/// A large figure with its line of days.
struct Figure<'a> {
    label: &'a str,
    figure: String,
    ink: Color32,
    note: String,
    series: Vec<f32>,
    series_ink: Color32,
    from_zero: bool,
}

fn figures(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect) {
    let color = &canvas.tokens.color;
    let text = canvas.text;
    let series = |value: fn(&DayTotals) -> u32| -> Vec<f32> {
        frame.days.iter().map(|day| value(day) as f32).collect()
    };
    let on_time: Vec<f32> = on_time(frame);
    let received = format!("{} · {}", text.t("kpi-received"), canvas.period(frame));
    let on_time_label = format!("{} · {}", text.t("kpi-on-time"), canvas.period(frame));
    let change = growth(frame.total.received, frame.previous.map(|before| before.received));
    let list = [
        Figure {
            label: &received,
            figure: format::count(frame.total.received),
            ink: color.text_strong,
            note: change.map(|_| format::change_percent(change)).unwrap_or_default(),
            series: series(|day| day.received),
            series_ink: color.accent,
            from_zero: true,
        },
        Figure {
            label: text.t("wall-overdue-now"),
            figure: format::count(frame.total.overdue),
            ink: if frame.total.overdue > 0 { color.alarm } else { color.text_strong },
            note: text.with("wall-of-open", &[("n", format::count(frame.total.open).into())]),
            series: series(|day| day.overdue),
            series_ink: color.alarm,
            from_zero: true,
        },
        Figure {
            label: &on_time_label,
            figure: format::percent(text, frame.total.on_time_share()),
            ink: color.text_strong,
            note: text.with("note-n", &[("n", format::count(frame.total.on_time_n()).into())]),
            series: on_time,
            series_ink: color.good,
            from_zero: false,
        },
    ];
    let height = canvas.body * 1.5 + canvas.figure * 1.25 + canvas.gap * 1.5;
    let mut y = rect.top();
    for one in &list {
        if y + height > rect.bottom() {
            return;
        }
        let place =
            Rect::from_min_size(egui::pos2(rect.left(), y), egui::vec2(rect.width(), height));
        figure(canvas, one, place);
        canvas.hairline(rect.left(), rect.right(), y + height);
        y += height + canvas.gap * 0.8;
    }
    changes(canvas, frame, Rect::from_min_max(egui::pos2(rect.left(), y), rect.max));
}

fn figure(canvas: &Canvas<'_>, one: &Figure<'_>, rect: Rect) {
    let color = &canvas.tokens.color;
    let half = rect.width() * 0.52;
    let mut y = rect.top() + canvas.body * 0.8;
    canvas.words(
        egui::pos2(rect.left(), y),
        Align::Left,
        one.label,
        canvas.body,
        Weight::Regular,
        color.text_soft,
        rect.width(),
    );
    y += canvas.body * 0.7 + canvas.figure * 0.62;
    canvas.words(
        egui::pos2(rect.left(), y),
        Align::Left,
        &one.figure,
        canvas.figure,
        Weight::Semibold,
        one.ink,
        half,
    );
    let bottom = rect.bottom() - canvas.gap * 0.6;
    let right = Rect::from_min_max(
        egui::pos2(rect.left() + half + canvas.gap, rect.top() + canvas.body * 1.6),
        egui::pos2(rect.right() - canvas.note * 0.2, bottom - canvas.note * 1.4),
    );
    canvas.spark(right, &one.series, one.series_ink, one.from_zero);
    canvas.words(
        egui::pos2(right.left(), bottom - canvas.note * 0.5),
        Align::Left,
        &one.note,
        canvas.note,
        Weight::Regular,
        color.text_dim,
        right.width(),
    );
}

fn changes(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect) {
    let color = &canvas.tokens.color;
    let text = canvas.text;
    let head = canvas.body * 1.6;
    let row = canvas.body * 2.6;
    if rect.height() < head + row {
        return;
    }
    let title = format!("{} {}", text.t("changed-title"), text.t("changed-period"));
    canvas.words(
        egui::pos2(rect.left(), rect.top() + canvas.body * 0.6),
        Align::Left,
        &title,
        canvas.body,
        Weight::Regular,
        color.text_soft,
        rect.width(),
    );
    let mut y = rect.top() + head;
    if frame.changes.is_empty() {
        canvas.words(
            egui::pos2(rect.left(), y + canvas.note),
            Align::Left,
            text.t("changed-none"),
            canvas.note,
            Weight::Regular,
            color.text_dim,
            rect.width(),
        );
    }
    for change in &frame.changes {
        if y + row > rect.bottom() {
            return;
        }
        let place = Rect::from_min_size(egui::pos2(rect.left(), y), egui::vec2(rect.width(), row));
        change_row(canvas, change, place);
        y += row + canvas.gap * 0.6;
    }
}

fn change_row(canvas: &Canvas<'_>, change: &ChangeFrame, rect: Rect) {
    let color = &canvas.tokens.color;
    let ink = if change.count > change.usual_high { color.warn } else { color.good };
    canvas.panel(rect);
    let edge = Rect::from_min_size(rect.min, egui::vec2(canvas.note * 0.16, rect.height()));
    canvas.painter.rect_filled(edge, 0.0, ink);
    let inner = rect.shrink2(egui::vec2(canvas.gap, 0.0));
    let figure = canvas.words(
        inner.right_center(),
        Align::Right,
        &format::count(change.count),
        canvas.second * 0.75,
        Weight::Semibold,
        ink,
        inner.width() * 0.3,
    );
    let width = inner.width() - figure - canvas.gap;
    canvas.words(
        inner.left_center() - egui::vec2(0.0, canvas.body * 0.55),
        Align::Left,
        &format!("{} · {}", change.municipality, change.theme),
        canvas.body,
        Weight::Medium,
        color.text_strong,
        width,
    );
    let usual = canvas.text.with(
        "changed-usual",
        &[("low", change.usual_low.into()), ("high", change.usual_high.into())],
    );
    canvas.words(
        inner.left_center() + egui::vec2(0.0, canvas.body * 0.7),
        Align::Left,
        &usual,
        canvas.note,
        Weight::Regular,
        color.text_dim,
        width,
    );
}

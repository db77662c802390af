//! What stands around a map and needs no hand: legend, scale bar, credits.

use egui::{Color32, Mesh, Painter, Pos2, Rect, Stroke, pos2, vec2};

use super::frame::MapView;
use super::measure::{self, Choropleth};
use crate::app::heat_colors::heat_lut;
use crate::geo::density::HeatScale;
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{Align, Weight, font, line, paint_line};

/// Credits of the layers, as `data/SOURCES.md` asks.
pub const CREDITS_KEY: &str = "map-credits";

/// What a legend explains.
pub enum Legend<'a> {
    Areas(&'a Choropleth),
    /// Colours from the least to the greatest density, and the scale they show.
    Heat {
        colors: &'a [Color32],
        scale: &'a HeatScale,
    },
}

/// Colours of the heat's legend, from the least to the greatest density.
pub fn heat_colors(tokens: &Tokens) -> Vec<Color32> {
    heat_lut(tokens.theme)
        .iter()
        .step_by(5)
        .map(|&[r, g, b, a]| Color32::from_rgba_premultiplied(r, g, b, a))
        .collect()
}

/// Writes and paints around a map, in one size.
pub struct Furniture<'a> {
    pub painter: &'a Painter,
    pub tokens: &'a Tokens,
    pub text: &'a Text,
    /// Points of a note; all else follows from it.
    pub note: f32,
}

impl Furniture<'_> {
    /// The legend with its lower left corner at `corner`; returns what it covers.
    pub fn legend(&self, corner: Pos2, legend: &Legend<'_>, width: f32) -> Rect {
        let color = &self.tokens.color;
        let unit_key = match legend {
            Legend::Heat { .. } => "heat-unit",
            Legend::Areas(choropleth) => measure_unit(choropleth),
        };
        let unit = self.galley(self.text.t(unit_key), color.text_soft, width);
        let bar = vec2((self.note * 18.0).min(width), self.note * 0.6);
        let (gap, row) = (self.note * 0.45, self.note * 1.25);
        let height = unit.size().y + gap + bar.y + gap * 0.6 + row;
        let covered =
            Rect::from_min_size(corner - vec2(0.0, height), vec2(bar.x.max(unit.size().x), height));
        self.backing(covered.expand2(vec2(self.note * 0.6, self.note * 0.4)));
        let bar_rect = Rect::from_min_size(covered.min + vec2(0.0, unit.size().y + gap), bar);
        self.painter.galley(covered.min, unit, color.text_soft);
        let numbers_y = bar_rect.bottom() + gap * 0.6 + row / 2.0;
        match legend {
            Legend::Areas(choropleth) => self.classes(bar_rect, numbers_y, choropleth),
            Legend::Heat { colors, scale } => self.heat_bar(bar_rect, numbers_y, colors, scale),
        }
        covered
    }

    fn classes(&self, bar: Rect, numbers_y: f32, choropleth: &Choropleth) {
        let count = choropleth.class_count();
        let step = bar.width() / count as f32;
        for class in 0..count {
            let cell = Rect::from_min_size(
                bar.min + vec2(step * class as f32, 0.0),
                vec2(step - 1.0, bar.height()),
            );
            let fill = choropleth.color_of_class(class, &self.tokens.color);
            self.painter.rect_filled(cell, 1.0, fill);
        }
        for (index, limit) in choropleth.breaks.iter().enumerate() {
            let x = bar.left() + step * (index as f32 + 1.0) - 0.5;
            let words = measure::shown(choropleth.measure, self.text, *limit);
            self.number(pos2(x, numbers_y), &words, step * 1.1);
        }
    }

    fn heat_bar(&self, bar: Rect, numbers_y: f32, colors: &[Color32], scale: &HeatScale) {
        let mut mesh = Mesh::default();
        let last = colors.len().saturating_sub(1).max(1) as f32;
        for (index, &color) in colors.iter().enumerate() {
            let x = bar.left() + bar.width() * index as f32 / last;
            mesh.colored_vertex(pos2(x, bar.top()), color);
            mesh.colored_vertex(pos2(x, bar.bottom()), color);
            if index > 0 {
                let at = index as u32 * 2;
                mesh.add_triangle(at - 2, at - 1, at);
                mesh.add_triangle(at - 1, at, at + 1);
            }
        }
        self.painter.rect_filled(bar, 0.0, self.tokens.color.map_land);
        self.painter.add(mesh);
        let breaks = scale.breaks();
        for &limit in breaks {
            let x = bar.left() + bar.width() * scale.share(limit);
            self.painter.line_segment(
                [pos2(x, bar.bottom()), pos2(x, bar.bottom() + self.note * 0.25)],
                Stroke::new((self.note / 12.0).max(1.0), self.tokens.color.text_dim),
            );
            self.number(pos2(x, numbers_y), &density(self.text, limit), bar.width() / 5.0);
        }
    }

    /// A scale bar of a round number of kilometres with its lower right corner
    /// at `corner`; returns what it covers.
    pub fn scale_bar(&self, corner: Pos2, view: &MapView) -> Rect {
        let color = &self.tokens.color;
        let km_per_point = view.km_per_point(corner.y);
        let km = round_length(f64::from(self.note * 9.0) * km_per_point);
        let width = (km / km_per_point) as f32;
        let words = if km < 1.0 {
            format!(
                "{}\u{202f}{}",
                format::count((km * 1_000.0).round() as i64),
                self.text.t("unit-metres")
            )
        } else {
            format!(
                "{}\u{202f}{}",
                format::count(km.round() as i64),
                self.text.t("unit-kilometres")
            )
        };
        let galley = self.galley(&words, color.text_soft, self.note * 8.0);
        let gap = self.note * 0.5;
        let height = galley.size().y;
        let size = vec2(width + gap + galley.size().x, height);
        let covered = Rect::from_min_size(corner - size, size);
        let tick = self.note * 0.35;
        let stroke = Stroke::new((self.note / 11.0).max(1.0), color.text_dim);
        let foot = covered.center().y + tick / 2.0;
        let (left, right) = (covered.left(), covered.left() + width);
        self.painter.line(
            vec![
                pos2(left, foot - tick),
                pos2(left, foot),
                pos2(right, foot),
                pos2(right, foot - tick),
            ],
            stroke,
        );
        self.painter.galley(pos2(right + gap, covered.top()), galley, color.text_soft);
        covered
    }

    /// The credits, right-aligned to `corner` (their lower right one).
    pub fn credits(&self, corner: Pos2, width: f32) -> Rect {
        let dim = self.tokens.color.text_dim;
        let galley = self.galley(self.text.t(CREDITS_KEY), dim, width);
        let covered = Rect::from_min_size(corner - galley.size(), galley.size());
        self.painter.galley(covered.min, galley, dim);
        covered
    }

    /// Points that the credits want in one line.
    pub fn credits_width(&self) -> f32 {
        self.galley(self.text.t(CREDITS_KEY), self.tokens.color.text_dim, f32::INFINITY).size().x
    }

    /// Lets the map shine through a little under what is written on it.
    pub(super) fn backing(&self, rect: Rect) {
        let ground = self.tokens.color.map_sea.gamma_multiply(0.72);
        self.painter.rect_filled(rect, self.tokens.size.radius_small, ground);
    }

    fn number(&self, middle: Pos2, words: &str, width: f32) {
        paint_line(
            self.painter,
            middle,
            Align::Center,
            words,
            font(self.note, Weight::Regular),
            self.tokens.color.text_soft,
            width.max(self.note * 4.0),
        );
    }

    fn galley(&self, words: &str, color: Color32, width: f32) -> std::sync::Arc<egui::Galley> {
        line(self.painter, words, font(self.note, Weight::Regular), color, width)
    }
}

fn measure_unit(choropleth: &Choropleth) -> &'static str {
    use crate::app::state::Measure;
    match choropleth.measure {
        Measure::Received => "map-unit-received",
        Measure::PerThousand => "map-unit-per-thousand",
        Measure::OverdueShare => "map-unit-overdue-share",
        Measure::Change => "map-unit-change",
    }
}

/// «0,02», «0,5», «10».
fn density(text: &Text, value: f32) -> String {
    let digits = (-value.log10()).ceil().clamp(0.0, 6.0) as usize;
    format::decimal(text, f64::from(value), digits)
}

/// The greatest of 1, 2, 5, 10, … (or 0.1, 0.2, …) not above `most`.
fn round_length(most: f64) -> f64 {
    let unit = 10_f64.powf(most.max(1e-6).log10().floor());
    [5.0, 2.0].into_iter().map(|step| step * unit).find(|length| *length <= most).unwrap_or(unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn lengths_are_round() {
        for (most, expected) in [(73.0, 50.0), (50.0, 50.0), (49.9, 20.0), (1.9, 1.0), (0.34, 0.2)]
        {
            assert!((round_length(most) - expected).abs() < 1e-9, "{most}");
        }
    }

    #[test]
    fn densities_keep_one_digit() {
        let text = Text::of(Language::Ru);
        assert_eq!(density(&text, 0.02), "0,02");
        assert_eq!(density(&text, 0.5), "0,5");
        assert_eq!(density(&text, 2.0), "2");
        assert_eq!(density(&text, 1000.0), "1\u{202f}000");
    }
}

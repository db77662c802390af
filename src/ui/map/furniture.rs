//! What stands around a map and needs no hand: legend, scale bar, credits.

use egui::{Align2, Color32, Mesh, Painter, Pos2, Rect, Stroke, pos2, vec2};

use super::frame::MapView;
use super::measure::{self, Choropleth};
use crate::app::heat_colors::heat_lut;
use crate::figure::legend::Legend;
use crate::figure::ramp::Ramp;
use crate::geo::density::HeatScale;
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{Align, Weight, font, line, paint_line, width_of};

/// Credits of the layers, as `data/SOURCES.md` asks.
pub const CREDITS_KEY: &str = "map-credits";

/// Pieces of a bar whose colours flow.
const HEAT_STEPS: u32 = 48;

/// What a legend explains.
#[derive(Clone, Copy)]
pub enum Explained<'a> {
    Areas(&'a Choropleth),
    /// Of the period.
    Heat(&'a HeatScale),
    /// Of seven days.
    WeekHeat(&'a HeatScale),
}

/// Writes and paints around a map, in one size.
pub struct Furniture<'a> {
    pub painter: &'a Painter,
    pub tokens: &'a Tokens,
    pub text: &'a Text,
    /// Points of a note; all else follows from it.
    pub note: f32,
    /// Whom a base map names as its source.
    pub credit: Option<&'a str>,
}

impl Furniture<'_> {
    /// The legend with its lower left corner at `corner`; returns what it covers.
    pub fn legend(&self, corner: Pos2, explained: Explained<'_>, width: f32) -> Rect {
        let color = &self.tokens.color;
        let legend = match explained {
            Explained::Areas(areas) if areas.range().is_none() => {
                return self.remark(corner, self.text.t(areas.unknown_key()), width);
            }
            Explained::Areas(areas) => {
                Legend::of_classes(areas.unit_key(), &areas.classes, &areas.ramp(color))
            }
            Explained::Heat(scale) => self.of_heat("heat-unit", scale),
            Explained::WeekHeat(scale) => self.of_heat("heat-unit-week", scale),
        };
        let bar = vec2((self.note * 20.0).min(width), self.note * 0.6);
        let unit = self.painter.layout(
            self.text.t(legend.unit_key).to_owned(),
            font(self.note, Weight::Regular),
            color.text_soft,
            bar.x,
        );
        let (gap, row) = (self.note * 0.45, self.note * 1.25);
        let height = unit.size().y + gap + bar.y + gap * 0.6 + row;
        let covered =
            Rect::from_min_size(corner - vec2(0.0, height), vec2(bar.x.max(unit.size().x), height));
        self.backing(covered.expand2(vec2(self.note * 0.6, self.note * 0.4)));
        let bar_rect = Rect::from_min_size(covered.min + vec2(0.0, unit.size().y + gap), bar);
        self.painter.galley(covered.min, unit, color.text_soft);
        let numbers_y = bar_rect.bottom() + gap * 0.6 + row / 2.0;
        match explained {
            Explained::Areas(areas) => self.classes(bar_rect, numbers_y, &legend, areas),
            Explained::Heat(scale) | Explained::WeekHeat(scale) => {
                self.heat_bar(bar_rect, numbers_y, &legend, scale);
            }
        }
        covered
    }

    fn of_heat(&self, unit_key: &'static str, scale: &HeatScale) -> Legend {
        let stops = &self.tokens.color.ramp_heat;
        let stops: Vec<_> = stops.iter().map(|stop| [stop.r(), stop.g(), stop.b()]).collect();
        Legend::of_heat(unit_key, scale, &Ramp::new(&stops))
    }

    /// Words in the place of a legend where there is nothing to explain.
    fn remark(&self, corner: Pos2, words: &str, width: f32) -> Rect {
        let soft = self.tokens.color.text_soft;
        let regular = font(self.note, Weight::Regular);
        let width = (self.note * 20.0).min(width);
        let galley = self.painter.layout(words.to_owned(), regular, soft, width);
        let covered = Rect::from_min_size(corner - vec2(0.0, galley.size().y), galley.size());
        self.backing(covered.expand2(vec2(self.note * 0.6, self.note * 0.4)));
        self.painter.galley(covered.min, galley, soft);
        covered
    }

    fn classes(&self, bar: Rect, numbers_y: f32, legend: &Legend, areas: &Choropleth) {
        // A single class has no bounds: it says what it holds.
        if let ([_], Some((least, most))) = (&legend.stops[..], areas.range()) {
            let [least, most] =
                [least, most].map(|one| measure::shown(areas.measure, self.text, one));
            let words = if least == most { least } else { format!("{least} – {most}") };
            self.number(pos2(bar.center().x, numbers_y), &words, bar.width());
        }
        // A number that would meet the one before is left out, never cut.
        let mut free_from = f32::NEG_INFINITY;
        for stop in &legend.stops {
            let [r, g, b] = stop.color;
            let x = |share: f32| bar.left() + bar.width() * share;
            let cell =
                Rect::from_x_y_ranges(x(stop.from_share)..=x(stop.to_share) - 1.0, bar.y_range());
            self.painter.rect_filled(cell, 1.0, Color32::from_rgb(r, g, b));
            if let Some(limit) = stop.from {
                let words = measure::shown(areas.measure, self.text, limit);
                let middle = x(stop.from_share) - 0.5;
                let width = width_of(self.painter, &words, self.note, Weight::Regular);
                if middle - width / 2.0 >= free_from {
                    free_from = middle + width / 2.0 + self.note * 0.5;
                    self.number(pos2(middle, numbers_y), &words, bar.width());
                }
            }
        }
    }

    /// The colours flow as on the map, from the first break on.
    fn heat_bar(&self, bar: Rect, numbers_y: f32, legend: &Legend, scale: &HeatScale) {
        let lut = heat_lut(self.tokens.theme);
        let from = scale.fade_share();
        let mut mesh = Mesh::default();
        for step in 0..=HEAT_STEPS {
            let along = step as f32 / HEAT_STEPS as f32;
            let [red, green, blue, alpha] = lut[((from + (1.0 - from) * along) * 255.0) as usize];
            let color = Color32::from_rgba_premultiplied(red, green, blue, alpha);
            let x = bar.left() + bar.width() * along;
            mesh.colored_vertex(pos2(x, bar.top()), color);
            mesh.colored_vertex(pos2(x, bar.bottom()), color);
            if step > 0 {
                let at = step * 2;
                mesh.add_triangle(at - 2, at - 1, at);
                mesh.add_triangle(at - 1, at, at + 1);
            }
        }
        self.painter.rect_filled(bar, 0.0, self.tokens.color.map_land);
        self.painter.add(mesh);
        let mut free_from = bar.left();
        for stop in &legend.stops {
            let Some(limit) = stop.from else { continue };
            let x = bar.left() + bar.width() * stop.from_share;
            let words = density(self.text, limit as f32);
            let font = font(self.note, Weight::Regular);
            let ink = self.tokens.color.text_soft;
            let width = width_of(self.painter, &words, self.note, Weight::Regular);
            if x < free_from {
                continue;
            }
            free_from = x + width + self.note * 0.5;
            let at = pos2(x, numbers_y);
            paint_line(self.painter, at, Align::Left, &words, font, ink, width + 1.0);
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

    /// The credits in the lower `corner` of that side: they are owed in full, in more lines
    /// where one is too short.
    pub fn credits(&self, (corner, align): (Pos2, Align2), width: f32) -> Rect {
        let dim = self.tokens.color.text_dim;
        let regular = font(self.note, Weight::Regular);
        let galley = self.painter.layout(self.credits_words(), regular, dim, width.ceil() + 1.0);
        let covered = align.anchor_size(corner, galley.size());
        if self.credit.is_some() {
            self.backing(covered.expand2(vec2(self.note * 0.6, self.note * 0.15)));
        }
        self.painter.galley(covered.min, galley, dim);
        covered
    }

    /// Points that the credits want in one line.
    pub fn credits_width(&self) -> f32 {
        self.galley(&self.credits_words(), self.tokens.color.text_dim, f32::INFINITY).size().x
    }

    /// The base map's source first: it is what is seen most of.
    fn credits_words(&self) -> String {
        let own = self.text.t(CREDITS_KEY);
        self.credit.map_or_else(|| own.to_owned(), |credit| format!("{credit} · {own}"))
    }

    /// Lets a base map fade along its edges, and over `beside` points at the left, where words
    /// stand on it.
    pub fn fade(&self, rect: Rect, beside: f32) {
        let ground = self.tokens.color.map_sea;
        let edge = self.note * 1.5;
        let mut mesh = Mesh::default();
        let (left, right) =
            (rect.left_top()..rect.left_bottom(), rect.right_top()..rect.right_bottom());
        let (top, foot) =
            (rect.left_top()..rect.right_top(), rect.left_bottom()..rect.right_bottom());
        for (side, inward, stops) in [
            (left, vec2(beside, 0.0), [0.9, 0.72, 0.0]),
            (right, vec2(-edge, 0.0), [1.0, 0.4, 0.0]),
            (top, vec2(0.0, edge), [1.0, 0.4, 0.0]),
            (foot, vec2(0.0, -edge), [1.0, 0.4, 0.0]),
        ] {
            for (at, (share, strength)) in [0.0, 0.6, 1.0].into_iter().zip(stops).enumerate() {
                let first = mesh.vertices.len() as u32;
                for end in [side.start, side.end] {
                    mesh.colored_vertex(end + inward * share, ground.gamma_multiply(strength));
                }
                if at > 0 {
                    mesh.add_triangle(first - 2, first - 1, first);
                    mesh.add_triangle(first - 1, first, first + 1);
                }
            }
        }
        self.painter.add(mesh);
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

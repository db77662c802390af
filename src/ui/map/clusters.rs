//! Groups of incidents as circles with their true counts, single ones as points.

use egui::{Color32, Painter, Pos2, Rect, Stroke, Vec2};

use super::frame::MapView;
use super::labels::{Disc, MapSizes};
use crate::app::state::ClusterPicture;
use crate::geo::clusters::Cluster;
use crate::ui::format;
use crate::ui::tokens::{Tokens, contrast};
use crate::ui::widgets::{Align, Weight, font, paint_line, rung};

/// A circle on the screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Circle {
    /// Index in the picture's clusters.
    pub index: usize,
    pub center: Pos2,
    pub radius: f32,
}

impl Circle {
    /// Points are small: a little beside them is still on them.
    pub(super) fn holds(&self, pointer: Pos2) -> bool {
        self.center.distance(pointer) <= self.radius + 3.0
    }
}

/// The circles that can be seen, the largest last: it is drawn on top.
pub(super) fn circles(picture: &ClusterPicture, view: &MapView, sizes: &MapSizes) -> Vec<Circle> {
    let mut circles: Vec<Circle> = picture
        .clusters
        .iter()
        .enumerate()
        .map(|(index, cluster)| Circle {
            index,
            center: view.to_screen(cluster.at.to_world()),
            radius: radius(cluster.count, sizes),
        })
        .filter(|circle| {
            view.rect
                .intersects(Rect::from_center_size(circle.center, Vec2::splat(2.0 * circle.radius)))
        })
        .collect();
    circles.sort_by(|a, b| a.radius.total_cmp(&b.radius));
    circles
}

/// What names step aside for.
pub(super) fn discs(picture: &ClusterPicture, sizes: &MapSizes) -> Vec<Disc> {
    let disc = |cluster: &Cluster| Disc {
        at: cluster.at.to_world(),
        radius: radius(cluster.count, sizes) + 2.0 * sizes.line,
        places: Vec::new(),
        names: Vec::new(),
    };
    picture.clusters.iter().map(disc).collect()
}

/// Of the circle of a count: its area grows with the logarithm.
pub fn radius(count: u32, sizes: &MapSizes) -> f32 {
    match count {
        0 | 1 => 0.36 * sizes.city,
        _ => 0.56 * sizes.city * (f64::from(count).log2().sqrt() as f32),
    }
}

pub(super) fn paint(
    painter: &Painter,
    picture: &ClusterPicture,
    circles: &[Circle],
    hovered: Option<usize>,
    sizes: &MapSizes,
    tokens: &Tokens,
) {
    let color = &tokens.color;
    let most = picture.clusters.iter().map(|cluster| cluster.count).max().unwrap_or(1);
    for one in circles {
        let Some(cluster) = picture.clusters.get(one.index) else { continue };
        circle(painter, one.center, cluster.count, most, sizes, tokens);
        if hovered == Some(one.index) {
            let ring = Stroke::new(2.0 * sizes.line, color.accent);
            painter.circle_stroke(one.center, one.radius + sizes.line, ring);
        }
    }
}

/// A count in its circle, a single one as a point; `most` is the largest count.
pub fn circle(
    painter: &Painter,
    center: Pos2,
    count: u32,
    most: u32,
    sizes: &MapSizes,
    tokens: &Tokens,
) {
    let (color, radius) = (&tokens.color, radius(count, sizes));
    let rim = Stroke::new(sizes.line, color.map_halo);
    if count <= 1 {
        painter.circle(center, radius, color.text_strong, rim);
        return;
    }
    let (fill, ink) = legible(fill_of(count, most, &color.ramp_count), tokens);
    painter.circle_filled(center, radius * 1.22, fill.gamma_multiply(0.22));
    painter.circle(center, radius, fill.gamma_multiply(0.92), rim);
    paint_line(
        painter,
        center,
        Align::Center,
        &format::count(count),
        font(rung(radius * 0.72).clamp(sizes.village, sizes.city), Weight::Semibold),
        ink,
        f32::INFINITY,
    );
}

/// Steps of the ramp by the logarithm of the count; the first are too near the
/// land's colour to stand out.
fn fill_of(count: u32, most: u32, ramp: &[Color32]) -> Color32 {
    let share = f64::from(count).ln() / f64::from(most.max(2)).ln();
    let last = ramp.len().saturating_sub(1);
    let first = last.min(2);
    let at = first + (share.clamp(0.0, 1.0) * (last - first) as f64).round() as usize;
    ramp.get(at).copied().unwrap_or_default()
}

/// A fill, as far from what is read best on it as reading takes.
fn legible(fill: Color32, tokens: &Tokens) -> (Color32, Color32) {
    let color = &tokens.color;
    let ink = color.ink_on(fill);
    let away = if ink == color.canvas { color.text_strong } else { color.canvas };
    let steps = (0..=10).map(|step| fill.lerp_to_gamma(away, step as f32 * 0.05));
    let fill = steps.into_iter().find(|fill| contrast(ink, *fill) >= READ).unwrap_or(fill);
    (fill, ink)
}

/// WCAG's contrast that text of this size needs, and a little for what shines through.
const READ: f32 = 4.9;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Theme;

    #[test]
    fn area_grows_with_the_logarithm() {
        let sizes = MapSizes::desk(&Tokens::of(Theme::Dark));
        let area = |count| radius(count, &sizes).powi(2);
        assert!((area(16) / area(4) - 2.0).abs() < 1e-4);
        assert!((area(10_000) / area(100) - 2.0).abs() < 1e-4);
        assert!(area(1) < area(2));
    }

    #[test]
    fn text_on_a_circle_is_light_on_dark_and_dark_on_light() {
        for theme in [Theme::Dark, Theme::Light] {
            let tokens = Tokens::of(theme);
            let on_black = tokens.color.ink_on(Color32::BLACK);
            let on_white = tokens.color.ink_on(Color32::WHITE);
            assert!(on_black.intensity() > on_white.intensity());
        }
    }
}

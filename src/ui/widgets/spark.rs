//! A small line with a soft ground: the shape of the last days.

use egui::epaint::{Mesh, PathShape, PathStroke};
use egui::{Color32, Painter, Pos2, Rect, Shape};

/// How a sparkline looks.
#[derive(Clone, Copy, Debug)]
pub struct Spark {
    pub color: Color32,
    /// Line width in points.
    pub width: f32,
    /// The scale starts at zero; without it, at the smallest value, so that the
    /// shape of a share near 100 % can be seen.
    pub from_zero: bool,
    /// A dot at the last value.
    pub dot: bool,
}

impl Spark {
    pub fn new(color: Color32) -> Self {
        Self { color, width: 1.5, from_zero: true, dot: true }
    }
}

/// Paints `values` (oldest first) into `rect`. Fewer than two draw nothing.
pub fn spark(painter: &Painter, rect: Rect, values: &[f32], look: Spark) {
    if values.len() < 2 || !rect.is_positive() {
        return;
    }
    let points = points(rect, values, look.from_zero);
    // An area says that it begins at zero.
    if look.from_zero {
        painter.add(ground(&points, rect.bottom(), look.color.gamma_multiply(0.16)));
    }
    painter.add(Shape::Path(PathShape {
        points: points.clone(),
        closed: false,
        fill: Color32::TRANSPARENT,
        stroke: PathStroke::new(look.width, look.color),
    }));
    if look.dot
        && let Some(last) = points.last()
    {
        painter.circle_filled(*last, look.width * 1.6, look.color);
    }
}

fn points(rect: Rect, values: &[f32], from_zero: bool) -> Vec<Pos2> {
    let top = values.iter().copied().fold(f32::MIN, f32::max);
    let low = values.iter().copied().fold(f32::MAX, f32::min);
    let base = if from_zero { 0.0 } else { low - (top - low) * 0.25 };
    let height = (top - base).max(f32::EPSILON);
    let step = rect.width() / (values.len() - 1) as f32;
    values
        .iter()
        .enumerate()
        .map(|(index, value)| {
            egui::pos2(
                rect.left() + step * index as f32,
                rect.bottom() - (value - base) / height * rect.height(),
            )
        })
        .collect()
}

/// The area between the line and `bottom`.
fn ground(points: &[Pos2], bottom: f32, color: Color32) -> Mesh {
    let mut mesh = Mesh::default();
    for point in points {
        mesh.colored_vertex(*point, color);
        mesh.colored_vertex(egui::pos2(point.x, bottom), color);
    }
    for index in 0..(points.len() as u32).saturating_sub(1) * 2 {
        mesh.add_triangle(index, index + 1, index + 2);
    }
    mesh
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_stays_in_its_box_and_zero_is_its_floor() {
        let rect = Rect::from_min_size(Pos2::ZERO, egui::vec2(100.0, 20.0));
        let line = points(rect, &[0.0, 10.0, 5.0], true);
        assert_eq!(line[0], egui::pos2(0.0, 20.0));
        assert_eq!(line[1], egui::pos2(50.0, 0.0));
        assert_eq!(line[2], egui::pos2(100.0, 10.0));
        let flat = points(rect, &[7.0, 7.0], false);
        assert!(flat.iter().all(|point| rect.expand(0.1).contains(*point)));
    }
}

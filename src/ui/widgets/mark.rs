//! ▲ ▼ ● and a person drawn as shapes, always beside a number or a word.

use egui::{Color32, Painter, Pos2, Shape};

use crate::ui::tokens::Tokens;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Up,
    Down,
    Dot,
    /// Head and shoulders: somebody is at it.
    Person,
}

/// How a figure stands to its usual one, where more is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    Worse,
    Better,
    Usual,
}

impl Trend {
    /// Changes within this share are «as usual».
    const USUAL: f64 = 0.05;

    /// Of a relative change of a figure whose growth is bad news.
    pub fn of_growth(change: Option<f64>) -> Self {
        match change {
            Some(change) if change > Self::USUAL => Self::Worse,
            Some(change) if change < -Self::USUAL => Self::Better,
            _ => Self::Usual,
        }
    }

    pub fn mark(self) -> Mark {
        match self {
            Self::Worse => Mark::Up,
            Self::Better => Mark::Down,
            Self::Usual => Mark::Dot,
        }
    }

    pub fn color(self, tokens: &Tokens) -> Color32 {
        match self {
            Self::Worse => tokens.color.warn,
            Self::Better => tokens.color.good,
            Self::Usual => tokens.color.text_dim,
        }
    }
}

/// Paints the mark with `size` across, centred at `at`.
pub fn mark(painter: &Painter, at: Pos2, kind: Mark, size: f32, color: Color32) {
    let half = size / 2.0;
    let triangle = |direction: f32| {
        Shape::convex_polygon(
            vec![
                at + egui::vec2(0.0, -half * 0.9 * direction),
                at + egui::vec2(half, half * 0.8 * direction),
                at + egui::vec2(-half, half * 0.8 * direction),
            ],
            color,
            egui::Stroke::NONE,
        )
    };
    painter.add(match kind {
        Mark::Up => triangle(1.0),
        Mark::Down => triangle(-1.0),
        Mark::Dot => Shape::circle_filled(at, half * 0.85, color),
        Mark::Person => person(at, half, color),
    });
}

fn person(at: Pos2, half: f32, color: Color32) -> Shape {
    /// Corners of the arch of the shoulders.
    const STEPS: u8 = 8;
    let foot = at + egui::vec2(0.0, half);
    let shoulder = |step: u8| {
        let angle = std::f32::consts::PI * f32::from(step) / f32::from(STEPS);
        foot + egui::vec2(-angle.cos() * half * 0.95, -angle.sin() * half * 0.85)
    };
    let shoulders = (0..=STEPS).map(shoulder).collect();
    Shape::Vec(vec![
        Shape::circle_filled(at - egui::vec2(0.0, half * 0.5), half * 0.5, color),
        Shape::convex_polygon(shoulders, color, egui::Stroke::NONE),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_changes_are_usual() {
        assert_eq!(Trend::of_growth(Some(0.38)), Trend::Worse);
        assert_eq!(Trend::of_growth(Some(-0.06)), Trend::Better);
        assert_eq!(Trend::of_growth(Some(0.04)), Trend::Usual);
        assert_eq!(Trend::of_growth(None), Trend::Usual);
    }
}

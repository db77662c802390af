//! Received by weekday and hour.

use egui::{Color32, Rect};

use super::parts::Canvas;
use crate::app::wall::frame::WallFrame;
use crate::ui::format;
use crate::ui::widgets::{Align, Weight};

/// Received by weekday and hour as a matrix of shades.
pub(super) fn draw(canvas: &Canvas<'_>, frame: &WallFrame, rect: Rect) {
    let color = &canvas.tokens.color;
    let text = canvas.text;
    canvas.panel(rect);
    let inner = rect.shrink(canvas.gap);
    let most = frame.by_weekday_hour.iter().flatten().copied().max().unwrap_or(0).max(1);
    let corner = inner.right_top() + egui::vec2(0.0, canvas.note * 0.6);
    let shades_left = shades(canvas, most, corner, &color.ramp_count);
    let title_room = shades_left - canvas.note - inner.left();
    canvas.words(
        inner.left_top() + egui::vec2(0.0, canvas.note * 0.6),
        Align::Left,
        &canvas.counted(frame, "wall-hours", title_room),
        canvas.note,
        Weight::Medium,
        color.text_soft,
        title_room,
    );
    let names = format::WEEKDAYS_SHORT.map(|weekday| text.t(weekday));
    let name_width = |name: &&str| canvas.width_of(name, canvas.note, Weight::Regular).ceil();
    let names_width = names.iter().map(name_width).fold(0.0, f32::max);
    let grid = Rect::from_min_max(
        inner.left_top() + egui::vec2(names_width + canvas.note * 0.6, canvas.note * 1.8),
        inner.max - egui::vec2(0.0, canvas.note * 1.5),
    );
    let (width, height) = (grid.width() / 24.0, grid.height() / 7.0);
    let ramp = &color.ramp_count;
    for (weekday, row) in frame.by_weekday_hour.iter().enumerate() {
        let y = grid.top() + height * weekday as f32;
        // Lines that are lower than their words would lie on each other.
        if height >= canvas.note {
            canvas.words(
                egui::pos2(inner.left(), y + height / 2.0),
                Align::Left,
                names[weekday],
                canvas.note,
                Weight::Regular,
                color.text_dim,
                names_width + 1.0,
            );
        }
        for (hour, &n) in row.iter().enumerate() {
            let cell = Rect::from_min_size(
                egui::pos2(grid.left() + width * hour as f32, y),
                egui::vec2(width, height),
            )
            .shrink((width * 0.06).max(0.5));
            canvas.painter.rect_filled(cell, canvas.note * 0.1, shade_of(n, most, ramp));
        }
    }
    for hour in [0, 6, 12, 18] {
        canvas.words(
            egui::pos2(grid.left() + width * hour as f32, inner.bottom() - canvas.note * 0.6),
            Align::Left,
            &format!("{hour}:00"),
            canvas.note,
            Weight::Regular,
            color.text_dim,
            width * 6.0,
        );
    }
}

/// The shade of a count: the first is that of nothing alone.
fn shade_of(n: u32, most: u32, ramp: &[Color32]) -> Color32 {
    ramp[(n as usize * (ramp.len() - 1)).div_ceil(most as usize)]
}

/// «0 ▪▪▪▪▪▪ 155»: what the shades mean, ending at `right`; returns where it begins.
pub(super) fn shades(canvas: &Canvas<'_>, most: u32, right: egui::Pos2, ramp: &[Color32]) -> f32 {
    let ink = canvas.tokens.color.text_dim;
    let put = |x: f32, words: &str| {
        let at = egui::pos2(x, right.y);
        canvas.words(at, Align::Right, words, canvas.note, Weight::Regular, ink, canvas.note * 6.0)
    };
    let gap = canvas.note * 0.5;
    let mut x = right.x - put(right.x, &format::count(most)) - gap;
    let side = canvas.note * 0.8;
    for shade in ramp.iter().rev() {
        let middle = egui::pos2(x - side / 2.0, right.y);
        let cell = Rect::from_center_size(middle, egui::Vec2::splat(side * 0.94));
        canvas.painter.rect_filled(cell, canvas.note * 0.1, *shade);
        x -= side;
    }
    x - gap - put(x - gap, "0")
}

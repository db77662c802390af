//! Pieces that views are made of.

mod bars;
mod card;
pub mod chart;
mod chip;
mod mark;
pub mod matrix;
mod panel;
mod spark;
pub mod table;

pub use bars::{Bar, bar_list};
pub use card::{Card, card};
pub use chip::{chip, icon_button, segment, segment_width, text_button};
pub use mark::{Mark, Trend, mark};
pub use panel::{empty, hairline, heading, panel, panel_rect};
pub use spark::{Spark, spark};

use egui::{Color32, FontFamily, FontId, Galley, Painter, Pos2, Response, Role, WidgetInfo};
use std::sync::Arc;

use super::theme;
use super::tokens::Tokens;

/// Weights of the one typeface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Medium,
    Semibold,
}

/// A font of the interface.
pub fn font(size: f32, weight: Weight) -> FontId {
    let family = match weight {
        Weight::Regular => FontFamily::Proportional,
        Weight::Medium => theme::medium(),
        Weight::Semibold => theme::semibold(),
    };
    FontId::new(size, family)
}

/// One line of text that ends in «…» where it does not fit into `width`.
pub fn line(
    painter: &Painter,
    text: &str,
    font: FontId,
    color: Color32,
    width: f32,
) -> Arc<Galley> {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(1.0));
    painter.layout_job(job)
}

/// Points that a line wants where nothing is truncated.
pub fn width_of(painter: &Painter, words: &str, size: f32, weight: Weight) -> f32 {
    line(painter, words, font(size, weight), Color32::WHITE, f32::INFINITY).size().x
}

/// The size at which words that are `natural` wide in `size` fit into `room`: the same or,
/// by a [`rung`], a smaller one.
pub fn fitting(size: f32, natural: f32, room: f32) -> f32 {
    if natural <= room { size } else { rung(size * room / natural) }
}

/// The next size below in steps of some 4 %. What is written in a size keeps its letters
/// in memory for as long as the program runs: sizes that go with figures have to be few.
pub fn rung(size: f32) -> f32 {
    const RUNGS_TO_THE_DOUBLE: f32 = 16.0;
    ((size.max(1.0).log2() * RUNGS_TO_THE_DOUBLE).floor() / RUNGS_TO_THE_DOUBLE).exp2()
}

/// Where a line stands in relation to its anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Center,
    Right,
}

/// Paints one truncated line whose vertical middle is `at.y`; returns its width.
pub fn paint_line(
    painter: &Painter,
    at: Pos2,
    align: Align,
    text: &str,
    font: FontId,
    color: Color32,
    width: f32,
) -> f32 {
    let galley = line(painter, text, font, color, width);
    let size = galley.size();
    let x = match align {
        Align::Left => at.x,
        Align::Center => at.x - size.x / 2.0,
        Align::Right => at.x - size.x,
    };
    painter.galley(egui::pos2(x, at.y - size.y / 2.0), galley, color);
    size.x
}

/// Paints what a row is about and, below it in `ink`, a note, around the middle
/// of its left end; both are truncated at `width`.
pub fn paint_two_lines(
    painter: &Painter,
    tokens: &Tokens,
    at: Pos2,
    [title, note]: [&str; 2],
    ink: Color32,
    width: f32,
) {
    let (size, strong) = (&tokens.size, tokens.color.text_strong);
    let [above, below] = two_lines(tokens, at.y);
    let (title_font, note_font) =
        (font(size.body, Weight::Medium), font(size.note, Weight::Regular));
    paint_line(painter, egui::pos2(at.x, above), Align::Left, title, title_font, strong, width);
    paint_line(painter, egui::pos2(at.x, below), Align::Left, note, note_font, ink, width);
}

/// Middles of the two lines of a row around its own.
pub fn two_lines(tokens: &Tokens, middle: f32) -> [f32; 2] {
    let body = tokens.size.body;
    [middle - body * 0.62, middle + body * 0.72]
}

/// Gives a painted piece the name that a screen reader says and tests look for.
pub fn name(response: &Response, kind: Role, label: &str) {
    response.widget_info(|| WidgetInfo::labeled(kind, response.enabled(), label));
}

//! What a picture says: its texts, as they were painted.

use egui::{Color32, Pos2, RawInput, Rect, Shape, Ui, Vec2};
use pult::ui::theme;
use pult::ui::tokens::Tokens;

/// A painted text: where it is seen, and the size of its letters.
pub(crate) struct Painted {
    pub(crate) words: String,
    pub(crate) rect: Rect,
    pub(crate) size: f32,
    pub(crate) is_cut: bool,
    /// Not all of it is seen: its place ends before it does.
    pub(crate) is_clipped: bool,
    /// WCAG's contrast of its letters to what was filled under their middle.
    pub(crate) contrast: f64,
}

/// The texts of the third frame: fonts and what a frame learns of the one before
/// are there by then.
pub(crate) fn painted(tokens: &Tokens, size: Vec2, mut draw: impl FnMut(&mut Ui)) -> Vec<Painted> {
    let ctx = egui::Context::default();
    theme::install(&ctx, tokens);
    let mut painted = Vec::new();
    for _ in 0..3 {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, size)),
            ..RawInput::default()
        };
        let mut output = ctx.run_ui(input, &mut draw);
        painted.clear();
        let mut fills = Vec::new();
        for clipped in &output.shapes {
            texts(&clipped.shape, clipped.clip_rect, &mut fills, &mut painted);
        }
        output.textures_delta.clear();
    }
    painted
}

/// Share of light, 0–1, of an opaque colour.
fn luminance(color: Color32) -> f64 {
    let linear = |channel: u8| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
}

fn contrast(ink: Color32, ground: Color32) -> f64 {
    let (one, other) = (luminance(ink), luminance(ground));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn texts(shape: &Shape, seen: Rect, fills: &mut Vec<(Rect, Color32)>, out: &mut Vec<Painted>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| texts(shape, seen, fills, out)),
        Shape::Rect(rect) if rect.fill.is_opaque() => {
            fills.push((rect.rect.intersect(seen), rect.fill));
        }
        Shape::Text(text) if !text.galley.text().trim().is_empty() => {
            let sizes = text.galley.job.sections.iter().map(|part| part.format.font_id.size);
            let whole = text.galley.rect.translate(text.pos.to_vec2());
            let rect = whole.intersect(seen);
            if !rect.is_positive() {
                return;
            }
            // Line boxes have air above and below the letters.
            let letters = whole.shrink2(egui::vec2(1.0, whole.height() * 0.15));
            let ground = fills.iter().rev().find(|(fill, _)| fill.contains(rect.center()));
            let ground = ground.map_or(Color32::BLACK, |(_, color)| *color);
            let inks = text.galley.job.sections.iter().map(|part| match part.format.color {
                Color32::PLACEHOLDER => text.fallback_color,
                color => color,
            });
            out.push(Painted {
                words: text.galley.text().to_owned(),
                rect,
                size: sizes.fold(f32::INFINITY, f32::min),
                is_cut: text.galley.elided,
                is_clipped: !seen.contains_rect(letters),
                contrast: inks.map(|ink| contrast(ink, ground)).fold(f64::INFINITY, f64::min),
            });
        }
        _ => {}
    }
}

/// Texts that stand on each other, in pairs.
pub(crate) fn meeting(painted: &[Painted]) -> Vec<[&str; 2]> {
    // Line boxes have air above and below the letters, and may touch beside them.
    let letters = |text: &Painted| text.rect.shrink2(egui::vec2(0.5, text.size * 0.2));
    let mut found = Vec::new();
    for (index, one) in painted.iter().enumerate() {
        let others = painted[index + 1..].iter();
        let met = others.filter(|other| letters(one).intersects(letters(other)));
        found.extend(met.map(|other| [&*one.words, &*other.words]));
    }
    found
}

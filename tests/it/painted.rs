//! What a picture says: its texts, as they were painted.

use egui::{Pos2, RawInput, Rect, Shape, Ui, Vec2};
use pult::ui::theme;
use pult::ui::tokens::Tokens;

/// A painted text: where it is seen, and the size of its letters.
pub(crate) struct Painted {
    pub(crate) words: String,
    pub(crate) rect: Rect,
    pub(crate) size: f32,
    pub(crate) is_cut: bool,
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
        for clipped in &output.shapes {
            texts(&clipped.shape, clipped.clip_rect, &mut painted);
        }
        output.textures_delta.clear();
    }
    painted
}

fn texts(shape: &Shape, seen: Rect, out: &mut Vec<Painted>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| texts(shape, seen, out)),
        Shape::Text(text) if !text.galley.text().trim().is_empty() => {
            let sizes = text.galley.job.sections.iter().map(|part| part.format.font_id.size);
            let rect = text.galley.rect.translate(text.pos.to_vec2()).intersect(seen);
            if !rect.is_positive() {
                return;
            }
            out.push(Painted {
                words: text.galley.text().to_owned(),
                rect,
                size: sizes.fold(f32::INFINITY, f32::min),
                is_cut: text.galley.elided,
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

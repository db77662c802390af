//! What a picture says: its texts, as they were painted.

use std::collections::HashMap;
use std::sync::Arc;

use egui::epaint::{TextShape, Vertex};
use egui::{
    Color32, ColorImage, ImageData, Mesh, Pos2, RawInput, Rect, Shape, TextureId, Ui, Vec2,
};
use pult::ui::theme;
use pult::ui::tokens::Tokens;

/// A painted text: where it is seen, and the size of its letters.
pub(crate) struct Painted {
    pub(crate) words: String,
    pub(crate) rect: Rect,
    /// What its letters cover, from the highest to the lowest and without the air around.
    letters: Rect,
    pub(crate) size: f32,
    pub(crate) is_cut: bool,
    /// Not all of it is seen: its place ends before it does.
    pub(crate) is_clipped: bool,
    /// WCAG's contrast of its letters to what was painted under their middle, a halo of
    /// their own too.
    pub(crate) contrast: f64,
    ground: Color32,
    ink: Color32,
    /// Before it, for a halo.
    copies: u32,
}

/// Points around a letter that are hardly coloured.
const SOFT_EDGE: f32 = 0.5;

/// Until all is there.
const FRAMES: u32 = 3;

/// The texts of the third frame: fonts and what a frame learns of the one before
/// are there by then. Their contrast is to nothing but plain rectangles.
pub(crate) fn painted(tokens: &Tokens, size: Vec2, draw: &mut dyn FnMut(&mut Ui)) -> Vec<Painted> {
    look(tokens, size, Eye::default(), draw)
}

/// The same with their contrast to all that lies under them, which takes long to find.
pub(crate) fn painted_on_all(
    tokens: &Tokens,
    size: Vec2,
    draw: &mut dyn FnMut(&mut Ui),
) -> Vec<Painted> {
    look(tokens, size, Eye { sees_meshes: true, ..Eye::default() }, draw)
}

fn look(tokens: &Tokens, size: Vec2, mut eye: Eye, draw: &mut dyn FnMut(&mut Ui)) -> Vec<Painted> {
    let ctx = egui::Context::default();
    theme::install(&ctx, tokens);
    for frame in 1..=FRAMES {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, size)),
            ..RawInput::default()
        };
        let mut output = ctx.run_ui(input, &mut *draw);
        for (id, deltas) in &output.textures_delta.set {
            let whole = deltas.iter().rfind(|delta| delta.pos.is_none());
            if let Some(ImageData::Color(image)) = whole.map(|delta| &delta.image) {
                eye.textures.insert(*id, Arc::clone(image));
            }
        }
        for clipped in output.shapes.iter().filter(|_| frame == FRAMES) {
            eye.see(&clipped.shape, clipped.clip_rect);
        }
        output.textures_delta.clear();
    }
    eye.painted
}

/// Looks at shapes in the order in which they are painted.
#[derive(Default)]
struct Eye {
    sees_meshes: bool,
    textures: HashMap<TextureId, Arc<ColorImage>>,
    grounds: Vec<Ground>,
    painted: Vec<Painted>,
}

/// What texts may stand on.
enum Ground {
    Rect(Rect, Color32),
    Mesh(Rect, Arc<Mesh>),
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

/// `over` as it is seen on an opaque `ground`.
fn on(ground: Color32, over: Color32) -> Color32 {
    let left = 255 - u16::from(over.a());
    let mix = |over: u8, ground: u8| (u16::from(over) + u16::from(ground) * left / 255) as u8;
    let [r, g, b] = [over.r(), over.g(), over.b()];
    Color32::from_rgb(mix(r, ground.r()), mix(g, ground.g()), mix(b, ground.b()))
}

impl Eye {
    fn see(&mut self, shape: &Shape, seen: Rect) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| self.see(shape, seen)),
            Shape::Rect(rect) if rect.fill.a() > 0 => {
                self.grounds.push(Ground::Rect(rect.rect.intersect(seen), rect.fill));
            }
            Shape::Mesh(mesh) if self.sees_meshes => {
                self.grounds.push(Ground::Mesh(seen, Arc::clone(mesh)));
            }
            Shape::Circle(circle) if circle.fill.a() > 0 => {
                let within = Rect::from_center_size(circle.center, Vec2::splat(circle.radius));
                self.grounds.push(Ground::Rect(within.intersect(seen), circle.fill));
            }
            Shape::Text(text) if !text.galley.text().trim().is_empty() => self.read(text, seen),
            _ => {}
        }
    }

    fn read(&mut self, text: &TextShape, seen: Rect) {
        let sizes = text.galley.job.sections.iter().map(|part| part.format.font_id.size);
        let size = sizes.fold(f32::INFINITY, f32::min);
        let whole = text.galley.rect.translate(text.pos.to_vec2());
        let rect = whole.intersect(seen);
        if !rect.is_positive() {
            return;
        }
        let letters = text.galley.mesh_bounds.translate(text.pos.to_vec2()).shrink(SOFT_EDGE);
        let inks = text.galley.job.sections.iter().map(|part| match part.format.color {
            Color32::PLACEHOLDER => text.override_text_color.unwrap_or(text.fallback_color),
            color => color,
        });
        let words = text.galley.text().to_owned();
        // A halo is the same text some times over, each a little beside the last: half of
        // them lie under any edge of a letter.
        let is_again = |last: &&Painted| {
            last.words == words && last.rect.center().distance(rect.center()) < size * 0.3
        };
        let halo =
            self.painted.last().filter(is_again).map(|last| (last.ground, last.ink, last.copies));
        let (ground, copies) = match halo {
            Some((ground, halo, copies)) if copies % 2 == 0 => (on(ground, halo), copies + 1),
            Some((ground, _, copies)) => (ground, copies + 1),
            None => (self.ground(rect.center()), 0),
        };
        if halo.is_some() {
            self.painted.pop();
        }
        let inks: Vec<Color32> = inks.map(|ink| on(ground, ink)).collect();
        let is_cut = text.galley.elided || words.ends_with(" …") || words == "…";
        self.painted.push(Painted {
            words,
            rect,
            letters: letters.intersect(seen),
            size,
            is_cut,
            is_clipped: !seen.contains_rect(letters),
            contrast: inks.iter().map(|ink| contrast(*ink, ground)).fold(f64::INFINITY, f64::min),
            ground,
            ink: text.override_text_color.unwrap_or(text.fallback_color),
            copies,
        });
    }

    /// The colour at a point.
    fn ground(&self, at: Pos2) -> Color32 {
        // From the top down to what nothing shines through.
        let mut layers = Vec::new();
        'grounds: for ground in self.grounds.iter().rev() {
            match ground {
                Ground::Rect(rect, fill) if rect.contains(at) => {
                    layers.push(*fill);
                    if fill.is_opaque() {
                        break;
                    }
                }
                Ground::Mesh(seen, mesh) if seen.contains(at) => {
                    for triangle in mesh.indices.rchunks_exact(3) {
                        let corners = [0, 1, 2].map(|i| mesh.vertices[triangle[i] as usize]);
                        let Some(over) = self.within(mesh.texture_id, corners, at) else {
                            continue;
                        };
                        layers.push(over);
                        if over.is_opaque() {
                            break 'grounds;
                        }
                    }
                }
                Ground::Rect(..) | Ground::Mesh(..) => {}
            }
        }
        layers.into_iter().rev().fold(Color32::BLACK, on)
    }

    /// The colour of a triangle at a point, if it lies in it.
    fn within(&self, texture: TextureId, corners: [Vertex; 3], at: Pos2) -> Option<Color32> {
        let [a, b, c] = corners.map(|corner| corner.pos);
        let is_far = |axis: usize| {
            let at = at[axis];
            (a[axis] < at && b[axis] < at && c[axis] < at)
                || (a[axis] > at && b[axis] > at && c[axis] > at)
        };
        if is_far(0) || is_far(1) {
            return None;
        }
        let area = |a: Pos2, b: Pos2, c: Pos2| (b - a).x * (c - a).y - (b - a).y * (c - a).x;
        let whole = area(a, b, c);
        let shares = [area(at, b, c), area(a, at, c), area(a, b, at)].map(|part| part / whole);
        if whole == 0.0 || shares.iter().any(|share| *share < 0.0) {
            return None;
        }
        let mix = |of: fn(&Vertex) -> f32| -> f32 {
            corners.iter().zip(shares).map(|(corner, share)| of(corner) * share).sum()
        };
        let channels: [fn(&Vertex) -> f32; 4] = [
            |it| f32::from(it.color.r()),
            |it| f32::from(it.color.g()),
            |it| f32::from(it.color.b()),
            |it| f32::from(it.color.a()),
        ];
        let [red, green, blue, alpha] = channels.map(|of| mix(of) as u8);
        let color = Color32::from_rgba_premultiplied(red, green, blue, alpha);
        let Some(image) = self.textures.get(&texture).filter(|_| texture != TextureId::default())
        else {
            return Some(color);
        };
        let pixel = |share: f32, size: usize| ((share * size as f32) as usize).min(size - 1);
        let column = pixel(mix(|it| it.uv.x), image.width());
        let row = pixel(mix(|it| it.uv.y), image.height());
        Some(image.pixels[row * image.width() + column])
    }
}

/// Texts that stand on each other, in pairs.
pub(crate) fn meeting(painted: &[Painted]) -> Vec<[&str; 2]> {
    let mut found = Vec::new();
    for (index, one) in painted.iter().enumerate() {
        let others = painted[index + 1..].iter();
        let met = others.filter(|other| one.letters.intersects(other.letters));
        found.extend(met.map(|other| [&*one.words, &*other.words]));
    }
    found
}

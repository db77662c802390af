//! The video wall. It is handed a [`WallFrame`] and nothing else.

mod blocks;
mod bodies;
mod card;
mod changes;
mod clock;
mod days;
mod digest;
mod hours;
mod map;
mod matrix;
mod municipalities;
mod parts;
mod rotation;
mod tile;

use egui::Ui;

use super::text::Text;
use super::tokens::Tokens;
use crate::app::wall_frame::{Viewport, WallFrame};
use crate::domain::wall_plan::Shape;
use parts::Canvas;

pub use rotation::{Turn, pixel_shift};

/// What the wall keeps from frame to frame.
#[derive(Default)]
pub struct WallLocal {
    map: map::MapKeep,
}

/// Draws a scene of the frame's plan over the whole of `ui`: its head, and its tiles
/// under it. Returns the view for which heat is wanted, where the scene has a map.
pub fn scene_ui(
    ui: &mut Ui,
    turn: Turn,
    frame: &WallFrame,
    tokens: &Tokens,
    text: &Text,
    local: &mut WallLocal,
) -> Option<Viewport> {
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 0.0, tokens.color.canvas);
    let canvas = Canvas::new(ui, rect, pixel_shift(frame.now), tokens, text);
    let scene = frame.catalogue.wall.scenes().get(turn.scene)?;
    let number = [("n", turn.number.into()), ("of", turn.of.into())];
    let number = text.with("wall-scene-of", &number);
    let note = format!("{} · {number}", canvas.period(frame));
    let body = canvas.head(frame, scene.name.full(text.language), &note);
    let layout = scene.layout(Shape::of(rect.width(), rect.height()));
    let mut viewport = None;
    for placed in layout.tiles.iter().copied() {
        let place = tile::place(&canvas, body, layout, placed);
        viewport = tile::draw(&canvas, frame, placed, place, &mut local.map).or(viewport);
    }
    canvas.veil(frame);
    viewport
}

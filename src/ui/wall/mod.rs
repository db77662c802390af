//! The video wall. It is handed a [`WallFrame`] and nothing else.

mod blocks;
mod digest;
mod figures;
mod kpi;
mod map;
mod parts;
mod rotation;

use egui::Ui;

use super::text::Text;
use super::tokens::Tokens;
use crate::app::wall_frame::{Viewport, WallFrame};
use parts::Canvas;

pub use rotation::{Scene, next_change, pixel_shift, scene_at};

/// What the wall keeps from frame to frame.
#[derive(Default)]
pub struct WallLocal {
    map: map::MapKeep,
}

/// Draws a scene over the whole of `ui`. Returns the view for which heat is
/// wanted, where the scene has a map.
pub fn scene_ui(
    ui: &mut Ui,
    scene: Scene,
    frame: &WallFrame,
    tokens: &Tokens,
    text: &Text,
    local: &mut WallLocal,
) -> Option<Viewport> {
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 0.0, tokens.color.canvas);
    let canvas = Canvas::new(ui, rect, pixel_shift(frame.now), tokens, text);
    let viewport = match scene {
        Scene::Map => map::draw(&canvas, frame, &mut local.map),
        Scene::Blocks => {
            blocks::draw(&canvas, frame);
            None
        }
        Scene::Digest => {
            digest::draw(&canvas, frame);
            None
        }
        Scene::Kpi => {
            kpi::draw(&canvas, frame);
            None
        }
    };
    canvas.veil(frame);
    viewport
}

//! Where a tile stands, and who draws it.

use egui::Rect;

use super::map::MapKeep;
use super::parts::Canvas;
use super::{
    blocks, bodies, card, changes, clock, days, digest, hours, map, matrix, municipalities,
};
use crate::app::wall::frame::{Viewport, WallFrame};
use crate::domain::wall_plan::{Layout, Placed, Tile};

/// Sides from which a tile has something to say, in notes.
const LEAST_WIDTH: f32 = 6.0;
const LEAST_HEIGHT: f32 = 3.5;

/// The rectangle of a tile, with a gap to its neighbours.
pub(super) fn place(canvas: &Canvas<'_>, body: Rect, layout: &Layout, placed: Placed) -> Rect {
    let cell = |room: f32, cells: u8| {
        let gaps = canvas.gap * f32::from(cells - 1);
        (room - gaps) / f32::from(cells)
    };
    let (width, height) = (cell(body.width(), layout.columns), cell(body.height(), layout.rows));
    let start = |size: f32, at: u8| (size + canvas.gap) * f32::from(at);
    let length =
        |size: f32, cells: u8| size.mul_add(f32::from(cells), canvas.gap * f32::from(cells - 1));
    let corner = egui::vec2(start(width, placed.column), start(height, placed.row));
    let size = egui::vec2(length(width, placed.columns), length(height, placed.rows));
    Rect::from_min_size(body.min + corner, size)
}

/// Draws it into its place and nowhere else. Returns the view for which heat is wanted.
pub(super) fn draw(
    canvas: &Canvas<'_>,
    frame: &WallFrame,
    placed: Placed,
    rect: Rect,
    keep: &mut MapKeep,
) -> Option<Viewport> {
    let canvas = &canvas.within(rect);
    if rect.width() < canvas.note * LEAST_WIDTH || rect.height() < canvas.note * LEAST_HEIGHT {
        // No word would have room.
        canvas.panel(rect);
        return None;
    }
    match placed.tile {
        Tile::Map => return Some(map::draw(canvas, frame, keep, rect)),
        Tile::Received | Tile::Closed | Tile::OnTime | Tile::Overdue | Tile::Rating => {
            card::draw(canvas, frame, placed.tile, rect);
        }
        Tile::Clock => clock::draw(canvas, frame, rect),
        _ if frame.is_empty() => {
            canvas.panel(rect);
            canvas.nothing(frame, rect);
        }
        Tile::Changes => changes::draw(canvas, frame, rect),
        Tile::Municipalities => municipalities::draw(canvas, frame, rect),
        Tile::Hours => hours::draw(canvas, frame, rect),
        Tile::Days => days::draw(canvas, frame, rect),
        Tile::Blocks => blocks::draw(canvas, frame, rect),
        Tile::Block => {
            let index = placed.block.map(|block| usize::from(block.index()));
            if let Some(block) = index.and_then(|index| frame.blocks.get(index)) {
                blocks::one(canvas, frame, block, rect);
            }
        }
        Tile::Matrix => matrix::draw(canvas, frame, rect),
        Tile::Bodies => bodies::draw(canvas, frame, rect),
        Tile::Mood => digest::mood(canvas, frame, rect),
        Tile::Indicators => digest::indicators(canvas, frame, rect),
        Tile::Forecast => digest::ahead(canvas, frame, rect),
        Tile::Critical => digest::critical(canvas, frame, rect),
    }
    None
}

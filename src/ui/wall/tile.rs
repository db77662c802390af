//! Where a tile stands, and who draws it.

use std::time::Duration;

use egui::Rect;

use super::interrupt::Reason;
use super::parts::Canvas;
use super::{Drawn, WallLocal};
use super::{
    blocks, bodies, card, changes, clock, days, digest, hours, map, matrix, municipalities, replay,
    ticker,
};
use crate::app::wall::frame::WallFrame;
use crate::domain::wall_plan::{Layout, Placed, Tile};

/// Sides from which a tile has something to say, in notes.
const LEAST_WIDTH: f32 = 6.0;
const LEAST_HEIGHT: f32 = 3.5;
/// Of a single line.
const LEAST_LINE: f32 = 2.0;

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

/// What a tile goes by besides the frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cue<'a> {
    /// Of running.
    pub(super) tick: Duration,
    /// Since the scene is shown.
    pub(super) since: Duration,
    /// Why it is shown out of turn.
    pub(super) reason: Option<&'a Reason>,
}

/// Draws it into its place and nowhere else.
pub(super) fn draw(
    canvas: &Canvas<'_>,
    frame: &WallFrame,
    placed: Placed,
    (rect, cue): (Rect, Cue<'_>),
    local: &mut WallLocal,
) -> Drawn {
    let canvas = &canvas.within(rect);
    let least = if placed.tile == Tile::Ticker { LEAST_LINE } else { LEAST_HEIGHT };
    if rect.width() < canvas.note * LEAST_WIDTH || rect.height() < canvas.note * least {
        // No word would have room.
        canvas.panel(rect);
        return Drawn::NOTHING;
    }
    match placed.tile {
        Tile::Map => {
            let heat = Some(map::heat(canvas, frame, &mut local.map, rect));
            return Drawn { heat, ..Drawn::NOTHING };
        }
        Tile::Areas => map::areas(canvas, frame, &mut local.areas, rect),
        Tile::Places => map::places(canvas, frame, &mut local.places, rect),
        Tile::Received | Tile::Closed | Tile::OnTime | Tile::Overdue | Tile::Rating => {
            card::draw(canvas, frame, placed.tile, rect);
        }
        Tile::Clock => clock::draw(canvas, frame, rect),
        _ if frame.is_empty() => {
            canvas.panel(rect);
            canvas.nothing(frame, rect);
        }
        Tile::Ticker => {
            let again = ticker::draw(canvas, frame, cue.tick, rect);
            return Drawn { again, ..Drawn::NOTHING };
        }
        Tile::Replay => {
            return replay::draw(canvas, frame, cue.since, &mut local.replay, rect);
        }
        Tile::Changes => changes::draw(canvas, frame, cue.reason, rect),
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
    Drawn::NOTHING
}

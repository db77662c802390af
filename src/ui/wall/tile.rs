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
use crate::ui::widgets::{Align, Weight};

/// Sides from which a tile can be read, in notes.
const fn least(tile: Tile) -> [f32; 2] {
    match tile {
        Tile::Ticker => [6.0, 2.0],
        Tile::Map | Tile::Areas | Tile::Places => [19.0, 16.0],
        Tile::Replay => [26.0, 20.0],
        Tile::Received
        | Tile::Closed
        | Tile::OnTime
        | Tile::Overdue
        | Tile::Rating
        | Tile::Clock => [7.0, 5.5],
        Tile::Changes | Tile::Bodies => [12.0, 6.0],
        Tile::Municipalities => [14.0, 6.0],
        Tile::Hours => [13.0, 7.0],
        Tile::Days => [17.0, 7.0],
        Tile::Blocks => [28.0, 7.0],
        Tile::Block => [11.0, 6.0],
        Tile::Matrix => [19.0, 10.0],
        Tile::Mood => [13.0, 9.0],
        Tile::Indicators => [28.0, 6.0],
        Tile::Forecast => [17.0, 10.0],
        Tile::Critical => [13.0, 6.0],
    }
}

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
    let [width, height] = least(placed.tile).map(|notes| notes * canvas.note);
    if rect.width() < width || rect.height() < height {
        canvas.panel(rect);
        let (words, ink) = (canvas.text.t("wall-no-room"), canvas.tokens.color.text_dim);
        if canvas.width_of(words, canvas.note, Weight::Regular) < rect.width() {
            let (middle, weight) = (rect.center(), Weight::Regular);
            canvas.words(middle, Align::Center, words, canvas.note, weight, ink, rect.width());
        }
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

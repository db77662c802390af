//! The video wall. All that it knows of the desk is a [`WallFrame`]; what it makes of it
//! is said by a plan of scenes.

mod blocks;
mod bodies;
mod card;
mod changes;
mod clock;
mod course;
mod cross_fade;
mod days;
mod digest;
mod head;
mod hours;
mod interrupt;
mod list;
mod map;
mod matrix;
mod municipalities;
mod parts;
mod replay;
mod rotation;
mod ticker;
mod tile;
mod windows;

use std::time::Duration;

use egui::{Rect, Ui};

use super::format;
use super::text::Text;
use super::tokens::Tokens;
use crate::app::wall::frame::{Viewport, WallFrame};
use crate::domain::wall_plan::{Shape, Tile, WallPlan};
use parts::Canvas;
use tile::Cue;

pub use course::{Course, Place};
pub use cross_fade::CrossFade;
pub use interrupt::{Interruption, Reason, Watch};
pub use rotation::{Turn, minute_of_day, pixel_shift};
pub use windows::{Monitor, Part, Window, missing, windows};

/// In the next frame, and in no second one after it.
pub const SOON: Duration = Duration::from_millis(1);

/// What the wall keeps from frame to frame.
#[derive(Default)]
pub struct WallLocal {
    map: map::MapKeep,
    areas: map::MapKeep,
    places: map::MapKeep,
    replay: replay::ReplayKeep,
}

/// What is shown: a scene of a plan in its turn, or out of it for a reason.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    pub plan: &'a WallPlan,
    pub turn: Turn,
    pub reason: Option<&'a Reason>,
    /// Of running: what turns its pages or moves stands where it has come by then.
    pub tick: Duration,
}

/// What a scene, or a tile of it, asks for, having been drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// The view for which heat is wanted, where the scene has a map.
    pub heat: Option<Viewport>,
    /// The view for which the last days are wanted, where it replays them.
    pub replay: Option<Viewport>,
    /// When it has something else to show, though nothing has changed.
    pub again: Duration,
}

impl Drawn {
    /// What stands still and is made of the frame alone.
    const NOTHING: Self = Self { heat: None, replay: None, again: Duration::MAX };

    fn and(self, other: Self) -> Self {
        Self {
            heat: other.heat.or(self.heat),
            replay: other.replay.or(self.replay),
            again: self.again.min(other.again),
        }
    }
}

/// Draws a scene into `picture`, of which `ui` may be a part: its head, and its tiles
/// under it.
pub fn scene_ui(
    ui: &mut Ui,
    picture: Rect,
    shown: Shown<'_>,
    frame: &WallFrame,
    tokens: &Tokens,
    text: &Text,
    local: &mut WallLocal,
) -> Drawn {
    let Shown { plan, turn, reason, tick } = shown;
    let rect = picture;
    ui.painter().rect_filled(rect, 0.0, tokens.color.canvas);
    let canvas = Canvas::new(ui, rect, pixel_shift(frame.now), tokens, text);
    let scene = &plan.scenes()[turn.scene];
    let layout = scene.layout(Shape::of(rect.width(), rect.height()));
    // A replay has days of its own.
    let has_period = layout.tiles.iter().any(|placed| placed.tile != Tile::Replay);
    let numbered = || {
        let number = [("n", turn.number.into()), ("of", turn.of.into())];
        let number = (turn.of > 0 && reason.is_none()).then(|| text.with("wall-scene-of", &number));
        let period = has_period.then(|| canvas.period(frame).to_owned());
        period.into_iter().chain(number).collect::<Vec<_>>().join(" · ")
    };
    let under_head = canvas.head(frame, scene.name.full(text.language), &numbered());
    let body = reason.map_or(under_head, |reason| canvas.reason(&said(text, reason), under_head));
    // A scene that makes way for nobody is shown for ever.
    let since = if turn.since == Duration::MAX { tick } else { turn.since };
    let cue = Cue { tick, since, reason };
    let mut drawn = Drawn { again: turn.left, ..Drawn::NOTHING };
    // A clock is right however old the figures are.
    for is_veiled in [true, false] {
        let tiles = layout.tiles.iter().filter(|placed| (placed.tile != Tile::Clock) == is_veiled);
        for placed in tiles.copied() {
            let place = (tile::place(&canvas, body, layout, placed), cue);
            drawn = drawn.and(tile::draw(&canvas, frame, placed, place, local));
        }
        if is_veiled {
            canvas.veil(frame, body);
        }
    }
    let dark = 1.0 - plan.light_at(minute_of_day(frame.now));
    if dark > 0.0 {
        ui.painter().rect_filled(rect, 0.0, tokens.color.night.gamma_multiply(dark));
    }
    drawn
}

/// «Новая проблема: Холодные батареи».
fn said(text: &Text, reason: &Reason) -> String {
    match reason {
        Reason::Problem(name) => text.with("wall-why-problem", &[("name", name.as_str().into())]),
        Reason::Surprise { place, matter, count, hours } => text.with(
            "wall-why-surprise",
            &[
                ("what", format!("{place} · {matter}").into()),
                ("n", format::count(*count).into()),
                ("hours", (*hours).into()),
            ],
        ),
        Reason::Overdue(more) => {
            text.with("wall-why-overdue", &[("n", format::count(*more).into())])
        }
    }
}

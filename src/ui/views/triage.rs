//! «Разбор»: the queue, beside it the incident under the cursor, and what can be
//! done to it.

mod actions;
pub(in crate::ui) mod card;
mod queue;
mod saved;
mod unsent;

use egui::{Context, Event, Key, Popup, Rect, Ui};

use super::page::vacant;
use crate::app::triage::TriageCommand;
use crate::app::{Command, State};
use crate::ui::map::MapLocal;
use crate::ui::palette::view_key;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{empty, panel_rect};

/// Width of the queue as a share of the room.
const QUEUE_SHARE: f32 = 0.32;
const QUEUE_MIN: f32 = 300.0;
/// Width of the actions, and of a form.
const ACTIONS_WIDTH: f32 = 300.0;
const FORM_WIDTH: f32 = 440.0;
/// Below this there is no room for three columns: actions go under the card.
const THREE_COLUMNS: f32 = 1_080.0;
/// Then they have this share of the height, a form more.
const ACTIONS_SHARE: f32 = 0.45;
const FORM_SHARE: f32 = 0.7;

/// What the view remembers between frames.
pub struct Local {
    queue: queue::Place,
    saved: saved::Local,
    card: card::Local,
    form: actions::Local,
    /// Where the form stood last.
    room: Rect,
    /// A key means the form: nothing is open over it, and no field elsewhere has the
    /// keyboard.
    form_hears: bool,
    focus_is_here: bool,
}

impl Default for Local {
    fn default() -> Self {
        Self {
            queue: queue::Place::default(),
            saved: saved::Local::default(),
            card: card::Local::default(),
            form: actions::Local::default(),
            room: Rect::EVERYTHING,
            form_hears: true,
            focus_is_here: true,
        }
    }
}

impl Local {
    /// Who has the keyboard, before anything of the frame is drawn: a field that
    /// takes Enter lets go of it at once.
    pub(in crate::ui) fn listen(&mut self, ctx: &Context, state: &State) {
        let is_under = state.palette_open || state.help_open || Popup::is_any_open(ctx);
        let focused = ctx.memory(egui::Memory::focused).and_then(|id| ctx.read_response(id));
        // By an Escape the field has let go of the keyboard before anybody looks.
        let escapes = ctx.input(|input| input.key_pressed(Key::Escape));
        if focused.is_some() || !escapes {
            self.focus_is_here = focused.is_none_or(|focused| self.room.intersects(focused.rect));
        }
        self.form_hears = !is_under && self.focus_is_here;
    }
}

pub fn triage_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    map: &mut MapLocal,
    out: &mut Vec<Command>,
) {
    if vacant(ui, state, tokens, text) {
        return;
    }
    let room = ui.available_rect_before_wrap();
    let [list, card, actions] = places(room, tokens.size.gap, state.triage.form.is_some());
    panel_rect(ui, list, tokens, |ui| {
        let Local { queue, saved, .. } = local;
        queue::queue_ui(ui, state, tokens, text, queue, saved, out);
    });
    panel_rect(ui, card, tokens, |ui| {
        match state.incident.as_ref().filter(|open| Some(open.row.row_id) == state.triage.cursor) {
            Some(incident) => {
                card::card_ui(ui, state, incident, tokens, text, &mut local.card, map, out);
            }
            None => empty(ui, tokens, text.t("triage-no-card"), text.t("triage-no-card-advice")),
        }
    });
    panel_rect(ui, actions, tokens, |ui| {
        local.room = actions;
        let is_deaf = state.triage.form.is_some() && !local.form_hears;
        let others = if is_deaf { take_keys(ui.ctx()) } else { Vec::new() };
        actions::actions_ui(ui, state, tokens, text, &mut local.form, map, out);
        ui.input_mut(|input| input.events.extend(others));
    });
    arrows(ui, state, out);
}

/// Queue, card and actions.
fn places(room: Rect, gap: f32, has_form: bool) -> [Rect; 3] {
    let width = (room.width() * QUEUE_SHARE).max(QUEUE_MIN);
    let list = room.with_max_x(room.left() + width);
    let right = room.with_min_x(list.right() + gap);
    if room.width() < THREE_COLUMNS {
        let share = if has_form { FORM_SHARE } else { ACTIONS_SHARE };
        let cut = right.bottom() - right.height() * share;
        return [list, right.with_max_y(cut - gap), right.with_min_y(cut)];
    }
    let width = if has_form { FORM_WIDTH } else { ACTIONS_WIDTH };
    let cut = right.right() - width;
    [list, right.with_max_x(cut - gap), right.with_min_x(cut)]
}

/// Takes away what was pressed, for whoever it is meant for.
fn take_keys(ctx: &Context) -> Vec<Event> {
    let is_key = |event: &mut Event| matches!(event, Event::Key { .. });
    ctx.input_mut(|input| input.events.extract_if(.., is_key).collect())
}

/// Up and down, beside the keys of the one list of commands.
fn arrows(ui: &Ui, state: &State, out: &mut Vec<Command>) {
    if state.triage.form.is_some() {
        return;
    }
    for (key, by) in [(Key::ArrowDown, 1), (Key::ArrowUp, -1)] {
        let times = view_key(ui.ctx(), state, key, true);
        if times > 0 {
            let by = by * i32::try_from(times).unwrap_or(1);
            out.push(Command::Triage(TriageCommand::Move(by)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_panels_fill_the_room_and_nothing_lies_over_another() {
        for (width, height) in [(1_748.0, 1_020.0), (800.0, 470.0), (1_080.0, 700.0)] {
            let room = Rect::from_min_size(egui::pos2(160.0, 46.0), egui::vec2(width, height));
            for has_form in [false, true] {
                let parts = places(room, 12.0, has_form);
                for (index, part) in parts.iter().enumerate() {
                    assert!(room.contains_rect(*part) && part.is_positive(), "{part:?}");
                    assert!(part.width() > 200.0 && part.height() > 100.0, "{part:?}");
                    assert!(parts[..index].iter().all(|other| !other.intersects(*part)));
                }
            }
        }
    }
}

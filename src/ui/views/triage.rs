//! «Разбор»: the queue, and beside it the incident under the cursor.

pub(in crate::ui) mod card;
mod queue;

use egui::{Key, Rect, Ui};

use super::page::vacant;
use crate::app::triage::TriageCommand;
use crate::app::{Command, State};
use crate::ui::map::MapLocal;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{empty, panel_rect};

/// What the view remembers between frames.
#[derive(Clone, Debug, Default)]
pub struct Local {
    queue: queue::Place,
    card: card::Local,
}

/// Width of the queue as a share of the room.
const QUEUE_SHARE: f32 = 0.36;
const QUEUE_MIN: f32 = 420.0;

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
    let width = (room.width() * QUEUE_SHARE).max(QUEUE_MIN);
    let list = room.with_max_x(room.left() + width);
    let card = Rect::from_min_max(egui::pos2(list.right() + tokens.size.gap, room.top()), room.max);
    panel_rect(ui, list, tokens, |ui| {
        queue::queue_ui(ui, state, tokens, text, &mut local.queue, out);
    });
    panel_rect(ui, card, tokens, |ui| {
        match state.incident.as_ref().filter(|open| Some(open.row.row_id) == state.triage.cursor) {
            Some(incident) => {
                card::card_ui(ui, state, incident, tokens, text, &mut local.card, map, out);
            }
            None => empty(ui, tokens, text.t("triage-no-card"), text.t("triage-no-card-advice")),
        }
    });
    keys(ui, state, out);
}

/// J and K, arrows and X, while nobody types.
fn keys(ui: &Ui, state: &State, out: &mut Vec<Command>) {
    if ui.ctx().text_edit_focused() || state.palette_open || state.help_open {
        return;
    }
    let moves = [(Key::J, 1), (Key::ArrowDown, 1), (Key::K, -1), (Key::ArrowUp, -1)];
    ui.input_mut(|input| {
        for (key, by) in moves {
            let times = input.count_and_consume_key(egui::Modifiers::NONE, key);
            if times > 0 {
                let by = by * i32::try_from(times).unwrap_or(1);
                out.push(Command::Triage(TriageCommand::Move(by)));
            }
        }
        if let Some(row_id) = state.triage.cursor
            && input.consume_key(egui::Modifiers::NONE, Key::X)
        {
            out.push(Command::Triage(TriageCommand::ToggleSelected(row_id)));
        }
    });
}

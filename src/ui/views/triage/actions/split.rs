//! Messages that become an incident of their own.

use std::collections::BTreeSet;

use egui::{Key, Modifiers, ScrollArea, Ui};

use crate::app::form::Form;
use crate::app::{Command, State};
use crate::domain::Action;
use crate::store::details::MessageLine;
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::quiet;
use crate::ui::widgets::text_button;

use super::pick::enter_pressed;
use super::write::keep_begun;

/// Characters of a message that tell it from the others.
const SHOWN_CHARS: usize = 140;
pub(super) const DIGITS: [Key; 9] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
];

/// Ids of the messages that go.
#[derive(Default)]
pub(super) struct Local {
    pub(super) chosen: BTreeSet<String>,
}

pub(super) fn split_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    form: &Form,
    local: &mut Local,
    out: &mut Vec<Command>,
) -> Option<Action> {
    let open = state.incident.as_ref();
    let open = open.filter(|incident| form.rows == [incident.row.row_id]);
    let messages: &[MessageLine] = open.map_or(&[], |incident| &incident.messages);
    if messages.len() < 2 {
        quiet(ui, tokens, text.t("split-one"));
        return None;
    }
    // What was chosen before may have gone meanwhile.
    local.chosen.retain(|id| messages.iter().any(|message| message.id == *id));
    let before = local.chosen.clone();
    quiet(ui, tokens, text.t("split-advice"));
    for (key, message) in DIGITS.into_iter().zip(messages) {
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
            toggle(&mut local.chosen, &message.id);
        }
    }
    let room = (ui.available_height() - tokens.size.row * 2.5).max(tokens.size.row * 2.0);
    ScrollArea::vertical().id_salt("split").max_height(room).show(ui, |ui| {
        for (index, message) in (1..).zip(messages) {
            let words: String = message.text.chars().take(SHOWN_CHARS).collect();
            let at = format::moment(text, message.received, state.now);
            let mut chosen = local.chosen.contains(&message.id);
            if ui.checkbox(&mut chosen, format!("{index}. {at} · {words}")).changed() {
                toggle(&mut local.chosen, &message.id);
            }
        }
    });
    let made = || Action::Split { messages: local.chosen.iter().cloned().collect(), summary: None };
    if local.chosen != before {
        keep_begun(form, (!local.chosen.is_empty()).then(made), out);
    }
    // Something must be left behind.
    let fits = !local.chosen.is_empty() && local.chosen.len() < messages.len();
    let send = ui.add_enabled_ui(fits, |ui| {
        text_button(ui, tokens, text.t("form-send")).clicked() || enter_pressed(ui)
    });
    (fits && send.inner).then(made)
}

fn toggle(chosen: &mut BTreeSet<String>, id: &str) {
    if !chosen.remove(id) {
        chosen.insert(id.to_owned());
    }
}

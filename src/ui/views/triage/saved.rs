//! Filters of the queue under a name: a button each, a field for a name.

use egui::{Key, Modifiers, Role, TextEdit, Ui};

use crate::app::saved::{self, Naming, SavedCommand};
use crate::app::{Command, State};
use crate::config::saved::NAME_CHARS;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::quiet;
use crate::ui::widgets::{icon_button, segment, text_button};

/// A field for a name, in rows of a list.
const FIELD_ROWS: f32 = 7.0;

/// What is being typed.
#[derive(Default)]
pub(super) struct Local {
    name: String,
    /// What the name is for, as last drawn.
    seen: Option<Naming>,
}

pub(super) fn saved_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    let mut ask = |command| out.push(Command::Saved(command));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(6.0, 6.0);
        for (number, (at, saved)) in (1..).zip(saved::all(state)) {
            let label = match number {
                1..=9 => format!("{number} · {}", saved.name),
                _ => saved.name.clone(),
            };
            if segment(ui, tokens, &label, state.triage.saved == Some(at)) {
                ask(SavedCommand::Apply(at));
            }
        }
        if let Some(at) = state.triage.saved {
            if text_button(ui, tokens, text.t("saved-rename")).clicked() {
                ask(SavedCommand::Ask(Naming::Rename(at)));
            }
            if text_button(ui, tokens, text.t("saved-delete")).clicked() {
                ask(SavedCommand::Ask(Naming::Delete(at)));
            }
        }
        if icon_button(ui, tokens, "+", text.t("command-save-filter")).clicked() {
            ask(SavedCommand::Ask(Naming::New));
        }
    });
    ui.add_space(tokens.size.gap * 0.6);
    let fresh = local.seen != state.triage.naming;
    local.seen = state.triage.naming;
    let Some(naming) = state.triage.naming else { return };
    let of = |at: usize| saved::all(state).find(|(known, _)| *known == at);
    match naming {
        Naming::New => {
            if fresh {
                local.name.clear();
            }
            if let Some(name) = name_ui(ui, tokens, text, &mut local.name, fresh, &mut ask) {
                ask(SavedCommand::Save(name));
            }
            let is_known = |(_, saved): (usize, &_)| is_called(saved, &local.name);
            if saved::all(state).any(is_known) {
                quiet(ui, tokens, text.t("saved-replaces"));
            }
        }
        Naming::Rename(at) => {
            if fresh {
                local.name = of(at).map_or(String::new(), |(_, saved)| saved.name.clone());
            }
            if let Some(name) = name_ui(ui, tokens, text, &mut local.name, fresh, &mut ask) {
                ask(SavedCommand::Rename(at, name));
            }
        }
        Naming::Delete(at) => {
            let name = of(at).map_or("", |(_, saved)| saved.name.as_str());
            quiet(ui, tokens, &text.with("saved-delete-sure", &[("name", name.into())]));
            ui.horizontal_wrapped(|ui| {
                if text_button(ui, tokens, text.t("saved-delete-yes")).clicked() {
                    ask(SavedCommand::Delete(at));
                }
                if text_button(ui, tokens, text.t("saved-cancel")).clicked() {
                    ask(SavedCommand::Cancel);
                }
            });
        }
    }
    ui.add_space(tokens.size.gap * 0.6);
}

fn is_called(saved: &crate::config::saved::SavedFilter, name: &str) -> bool {
    saved.name == name.trim()
}

/// The name once it is given.
fn name_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    text: &Text,
    name: &mut String,
    fresh: bool,
    ask: &mut dyn FnMut(SavedCommand),
) -> Option<String> {
    let label = text.t("saved-name");
    let given = ui.horizontal_wrapped(|ui| {
        let edit = TextEdit::singleline(name)
            .hint_text(label)
            .char_limit(NAME_CHARS)
            .desired_width(tokens.size.row * FIELD_ROWS);
        let field = ui.add(edit);
        field.widget_info(|| egui::WidgetInfo::labeled(Role::TextInput, true, label));
        if fresh {
            field.request_focus();
        }
        // A field lets go of the keyboard on both, and they mean more in the queue.
        let used = |key| {
            let is_here = field.has_focus() || field.lost_focus();
            is_here && ui.input_mut(|input| input.consume_key(Modifiers::NONE, key))
        };
        let (enter, escape) = (used(Key::Enter), used(Key::Escape));
        let pressed = text_button(ui, tokens, text.t("saved-save")).clicked();
        if text_button(ui, tokens, text.t("saved-cancel")).clicked() || escape {
            ask(SavedCommand::Cancel);
        }
        pressed || enter
    });
    (given.inner && !name.trim().is_empty()).then(|| name.clone())
}

//! A text to write: an answer, a comment, a matter by telephone.

use std::borrow::Cow;

use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{Key, Modifiers, Role, ScrollArea, TextEdit, Ui};

use crate::app::form::Form;
use crate::app::triage::TriageCommand;
use crate::app::{Command, State};
use crate::domain::mask::mask;
use crate::domain::{Action, CommandKind};
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{Weight, font, text_button};

/// The server takes no longer text.
const MOST_CHARS: usize = 8_000;

/// Lines of the field, and where there is little room for the templates below.
const ROWS: usize = 9;
const FEW_ROWS: usize = 4;
/// In rows of a list.
const LITTLE_ROOM: f32 = 14.0;

/// Templates by name and text, likeliest first.
fn templates<'a>(
    state: &'a State,
    text: &Text,
    form: &Form,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let topic = super::target(state, form).map_or(0, |row| row.topic);
    let code = state.vocabulary.topic_code(topic);
    let language = text.language;
    let found = state.catalogue.phrases.templates(form.kind, code);
    found.into_iter().map(move |template| (template.name.full(language), &*template.text))
}

/// What an officer wrote in an action that is not done yet.
pub(super) fn words_of(action: &Action) -> &str {
    action.typed().unwrap_or_default()
}

/// The field, its templates and its buttons. `make` makes the action of what is
/// written: kept as a draft while somebody writes, returned once it is sent.
#[expect(clippy::too_many_arguments, reason = "a form needs what a view has")]
pub(super) fn write_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    form: &Form,
    fresh: bool,
    buffer: &mut String,
    make: &dyn Fn(&str) -> Action,
    out: &mut Vec<Command>,
) -> Option<Action> {
    let sends = ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Enter));
    let mut changed = false;
    let label = text.t(label_key(form.kind));
    let room = (ui.available_height() - tokens.size.row * 4.5).max(tokens.size.row * 2.0);
    let is_tight = room < tokens.size.row * LITTLE_ROOM;
    let rows = if is_tight { FEW_ROWS } else { ROWS };
    ScrollArea::vertical().id_salt("write").max_height(room).show(ui, |ui| {
        let field = ui.add(
            TextEdit::multiline(buffer)
                .hint_text(label)
                .desired_rows(rows)
                .desired_width(f32::INFINITY),
        );
        field.widget_info(|| egui::WidgetInfo::labeled(Role::MultilineTextInput, true, label));
        if fresh {
            field.request_focus();
            to_end(ui, field.id, buffer);
        }
        changed |= field.changed();
        ui.horizontal_wrapped(|ui| {
            for (name, wording) in templates(state, text, form) {
                if text_button(ui, tokens, name).on_hover_text(wording).clicked() {
                    if !buffer.trim().is_empty() {
                        buffer.push('\n');
                    }
                    buffer.push_str(wording);
                    changed = true;
                    field.request_focus();
                    to_end(ui, field.id, buffer);
                }
            }
        });
    });
    if changed {
        keep(form, buffer, make, out);
    }
    warnings(ui, tokens, text, form.kind, buffer);
    let fits = is_sendable(buffer);
    let pressed = ui
        .horizontal_wrapped(|ui| {
            let send = ui
                .add_enabled_ui(fits, |ui| text_button(ui, tokens, text.t("form-send")).clicked());
            if text_button(ui, tokens, text.t("form-close")).clicked() {
                out.push(Command::Triage(TriageCommand::CloseForm));
            }
            send.inner
        })
        .inner;
    (fits && (sends || pressed)).then(|| make(&cleaned(buffer)))
}

/// Keeps a draft as far as it is written; none of nothing.
pub(super) fn keep(
    form: &Form,
    buffer: &str,
    make: &dyn Fn(&str) -> Action,
    out: &mut Vec<Command>,
) {
    keep_begun(form, (!buffer.trim().is_empty()).then(|| make(buffer)), out);
}

/// The same of an action as far as it is chosen; `None` of nothing.
pub(super) fn keep_begun(form: &Form, begun: Option<Action>, out: &mut Vec<Command>) {
    out.push(Command::Triage(match begun {
        None => TriageCommand::DropDraft(form.draft_of()),
        Some(action) => TriageCommand::Draft { row_id: form.draft_row(), action: Box::new(action) },
    }));
}

/// Puts the cursor behind what was written.
fn to_end(ui: &Ui, field: egui::Id, buffer: &str) {
    let mut state = TextEditState::load(ui.ctx(), field).unwrap_or_default();
    let end = CCursor::new(buffer.chars().count());
    state.cursor.set_char_range(Some(CCursorRange::one(end)));
    state.store(ui.ctx(), field);
}

fn label_key(kind: CommandKind) -> &'static str {
    match kind {
        CommandKind::InterimAnswer => "write-interim",
        CommandKind::Submit => "write-answer",
        CommandKind::Create => "write-matter",
        _ => "write-comment",
    }
}

/// What keeps it from being sent, and what to look at before.
fn warnings(ui: &mut Ui, tokens: &Tokens, text: &Text, kind: CommandKind, buffer: &str) {
    too_long_ui(ui, tokens, text, buffer);
    let mut said = Vec::new();
    if matches!(kind, CommandKind::InterimAnswer | CommandKind::Submit) && is_personal(buffer) {
        said.push(text.t("write-personal").to_owned());
    }
    if buffer.contains('[') && buffer.contains(']') {
        said.push(text.t("write-gap").to_owned());
    }
    for line in said {
        warn(ui, tokens, line);
    }
}

fn warn(ui: &mut Ui, tokens: &Tokens, line: String) {
    let small = font(tokens.size.note, Weight::Regular);
    ui.label(egui::RichText::new(line).font(small).color(tokens.color.warn));
}

/// Says of words that are too long that they are; true where it did.
pub(super) fn too_long_ui(ui: &mut Ui, tokens: &Tokens, text: &Text, words: &str) -> bool {
    let is_too_long = is_too_long(words);
    if is_too_long {
        let count = words.chars().count() as i64;
        let arguments = [("n", format::count(count)), ("most", format::count(MOST_CHARS as i64))];
        let arguments = arguments.map(|(name, value)| (name, value.into()));
        warn(ui, tokens, text.with("write-too-long", &arguments));
    }
    is_too_long
}

/// Says of words with personal data that these will be hidden.
pub(super) fn personal_ui(ui: &mut Ui, tokens: &Tokens, text: &Text, words: &str) {
    if is_personal(words) {
        warn(ui, tokens, text.t("write-personal").to_owned());
    }
}

pub(super) fn is_personal(words: &str) -> bool {
    matches!(mask(words), Cow::Owned(_))
}

pub(super) fn is_too_long(words: &str) -> bool {
    words.chars().count() > MOST_CHARS
}

pub(super) fn is_sendable(buffer: &str) -> bool {
    !buffer.trim().is_empty() && !is_too_long(buffer)
}

/// Without what a field shows as nothing or as a box.
pub(super) fn cleaned(buffer: &str) -> String {
    let is_kept = |c: &char| *c == '\n' || *c == '\t' || !c.is_control();
    buffer.trim().chars().filter(is_kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_or_blank_is_not_sent_and_control_characters_never() {
        assert!(!is_sendable(" \n"));
        assert!(is_sendable(&"ё".repeat(MOST_CHARS)));
        assert!(!is_sendable(&"ё".repeat(MOST_CHARS + 1)));
        assert_eq!(cleaned(" а\u{0}\u{7}б\nв\r\n "), "аб\nв");
    }
}

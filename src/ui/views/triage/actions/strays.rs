//! Drafts about incidents that are not here: to be read, copied and thrown away.

use egui::Ui;

use super::form::title_key;
use crate::app::{Command, State};
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::incidents::details::words;
use crate::ui::views::page::quiet;
use crate::ui::widgets::{Weight, text_button};

pub(super) fn strays_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    if state.strays.is_empty() {
        return;
    }
    let (size, color) = (&tokens.size, &tokens.color);
    ui.add_space(size.gap);
    quiet(ui, tokens, text.t("strays"));
    for ((incident, kind), draft) in &state.strays {
        let at = format::moment(text, draft.at.0, state.now);
        let head = format!("{incident} · {} · {at}", text.t(title_key(*kind)));
        let typed = draft.action.typed().unwrap_or_default();
        words(ui, &head, size.note, Weight::Medium, color.warn);
        words(ui, typed, size.body, Weight::Regular, color.text_strong);
        ui.horizontal_wrapped(|ui| {
            if text_button(ui, tokens, text.t("stray-copy")).clicked() {
                ui.copy_text(typed.to_owned());
            }
            if text_button(ui, tokens, text.t("draft-drop")).clicked() {
                out.push(Command::DropStray { incident: incident.clone(), kind: *kind });
            }
        });
    }
}

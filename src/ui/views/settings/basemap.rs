//! What lies under the map: our own land and waters, or a file of tiles.

use egui::Ui;

use super::{choice, outcome};
use crate::app::{Command, State};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::quiet;
use crate::ui::widgets::text_button;

pub(super) fn basemap_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let basemap = &state.basemap;
    choice(ui, tokens, text.t("basemap-label"), |ui| {
        ui.add_enabled_ui(!basemap.is_opening, |ui| {
            if text_button(ui, tokens, text.t("basemap-choose")).clicked() {
                out.push(Command::ChooseBasemap);
            }
        });
        let is_set = state.settings.map.basemap.is_some();
        if is_set && text_button(ui, tokens, text.t("basemap-remove")).clicked() {
            out.push(Command::SetBasemap(None));
        }
    });
    match &basemap.shown {
        Some(archive) => {
            let path = archive.path.display().to_string();
            let credit = archive.credit.as_deref().unwrap_or_else(|| text.t("basemap-uncredited"));
            quiet(ui, tokens, &format!("{path} · {credit}"));
        }
        None => quiet(ui, tokens, text.t("basemap-note")),
    }
    if basemap.is_opening {
        outcome(ui, tokens, tokens.color.text_dim, text.t("basemap-opening"));
    } else if let Some(refused) = &basemap.refused {
        outcome(ui, tokens, tokens.color.alarm, text.t(refused.fault.key()));
        quiet(ui, tokens, &refused.path.display().to_string());
    }
}

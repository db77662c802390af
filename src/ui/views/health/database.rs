//! The files on the disk.

use egui::{RichText, Ui};

use super::super::page::{fact, quiet};
use super::program::bytes;
use super::reason_words;
use crate::app::State;
use crate::store::Noted;
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{Weight, font, heading};

pub(super) fn database_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    let store = &state.store;
    let instance = store.instance.as_deref().unwrap_or_default();
    heading(ui, tokens, text.t("health-database"), instance);
    if store.files.is_empty() {
        quiet(ui, tokens, text.t("vacant-opening"));
        return;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let strong = tokens.color.text_strong;
    for file in &store.files {
        let value = text.with(
            "health-file",
            &[("size", bytes(text, file.bytes).into()), ("schema", file.schema.into())],
        );
        fact(ui, tokens, file.name, &value, strong);
    }
    ui.add_space(tokens.size.gap * 0.6);
    for (kind, rows) in &store.rows {
        let words = reason_words(text, "kind", kind);
        fact(ui, tokens, &words, &format::count(*rows as i64), strong);
    }
    let incidents = store.rows.iter().find(|(kind, _)| *kind == "incident").map(|(_, n)| *n);
    let searchable = text.with(
        "health-searchable-value",
        &[
            ("done", format::count(store.searchable as i64).into()),
            ("total", format::count(incidents.unwrap_or_default() as i64).into()),
        ],
    );
    let whole = incidents.is_none_or(|incidents| store.searchable >= incidents);
    let ink = if whole { strong } else { tokens.color.warn };
    fact(ui, tokens, text.t("health-searchable"), &searchable, ink);
    for Noted { repair, is_kept } in &store.repairs {
        let sentence = text.with(
            if *is_kept { "health-repaired-kept" } else { "health-repaired" },
            &[
                ("file", repair.file.as_str().into()),
                ("n", repair.gaps.into()),
                ("gaps", format::count(repair.gaps as i64).into()),
                ("rows", format::count(repair.rows_saved as i64).into()),
                ("kept", repair.moved_to.as_str().into()),
            ],
        );
        ui.add_space(tokens.size.gap * 0.5);
        let note = font(tokens.size.note, Weight::Regular);
        let words = RichText::new(sentence).font(note).color(tokens.color.warn);
        ui.add(egui::Label::new(words).wrap());
    }
}

//! The files on the disk and the program itself.

use egui::{RichText, Ui};

use super::super::page::{fact, quiet};
use super::reason_words;
use crate::app::State;
use crate::app::state::Loading;
use crate::logging;
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
    for sentence in &store.repairs {
        ui.add_space(tokens.size.gap * 0.5);
        let note = font(tokens.size.note, Weight::Regular);
        let words = RichText::new(sentence).font(note).color(tokens.color.warn);
        ui.add(egui::Label::new(words).wrap());
    }
}

pub(super) fn program_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    heading(ui, tokens, text.t("health-program"), env!("CARGO_PKG_VERSION"));
    ui.spacing_mut().item_spacing.y = 0.0;
    let strong = tokens.color.text_strong;
    let board = match state.loading {
        Loading::Ready => text.t("health-board-ready").to_owned(),
        Loading::NotStarted => text.t("vacant-opening").to_owned(),
        Loading::Board { done, total } => text.with(
            "vacant-progress",
            &[("done", format::count(done).into()), ("total", format::count(total).into())],
        ),
    };
    fact(ui, tokens, text.t("health-board"), &board, strong);
    let errors = state.notices.iter().filter(|notice| notice.is_error).count();
    let ink = if errors > 0 { tokens.color.warn } else { strong };
    fact(ui, tokens, text.t("health-errors"), &format::count(errors as i64), ink);
    let folder = state.store.folder.display().to_string();
    fact(ui, tokens, text.t("health-folder"), &folder, strong);
    let log = logging::path(&state.store.folder).display().to_string();
    fact(ui, tokens, text.t("health-log"), &log, strong);
}

/// «812 МБ»: powers of ten, as disks are sold.
fn bytes(text: &Text, bytes: u64) -> String {
    let (unit, divisor, digits) = match bytes {
        0..1_000_000 => ("unit-kilobytes", 1e3, 0),
        1_000_000..1_000_000_000 => ("unit-megabytes", 1e6, 1),
        _ => ("unit-gigabytes", 1e9, 2),
    };
    let value = format::decimal(text, bytes as f64 / divisor, digits);
    format!("{value}\u{202f}{}", text.t(unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn sizes_have_the_unit_that_keeps_them_short() {
        let text = Text::of(Language::Ru);
        assert_eq!(bytes(&text, 28_672), "29\u{202f}КБ");
        assert_eq!(bytes(&text, 812_345_678), "812,3\u{202f}МБ");
        assert_eq!(bytes(&text, 2_040_000_000), "2,04\u{202f}ГБ");
    }
}

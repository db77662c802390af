//! The program itself: its table in memory, its log.

use egui::{RichText, Ui};

use super::super::page::fact;
use crate::app::State;
use crate::app::alerts::Notifier;
use crate::app::state::Loading;
use crate::domain::Timestamp;
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{Weight, font, heading};

pub(super) fn program_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    heading(ui, tokens, text.t("health-program"), env!("CARGO_PKG_VERSION"));
    ui.spacing_mut().item_spacing.y = 0.0;
    let strong = tokens.color.text_strong;
    let fact = |ui: &mut Ui, key: &str, value: &str, ink| fact(ui, tokens, text.t(key), value, ink);
    let board = match state.loading {
        Loading::Ready => text.t("health-board-ready").to_owned(),
        Loading::NotStarted => text.t("vacant-opening").to_owned(),
        Loading::Board { done, total } => text.with(
            "vacant-progress",
            &[("done", format::count(done).into()), ("total", format::count(total).into())],
        ),
    };
    fact(ui, "health-board", &board, strong);
    let calendar = &state.catalogue.work_calendar;
    let last = calendar.years().last().map_or(0, |year| year.year);
    let missing = calendar.missing_year(Timestamp(state.now).local_day());
    let (key, year, ink) = match missing {
        Some(year) => ("health-calendar-missing", year, tokens.color.warn),
        None => ("health-calendar-known", last, strong),
    };
    let years = text.with(key, &[("year", year.to_string().into())]);
    fact(ui, "health-calendar", &years, ink);
    let own = &state.own_files;
    if !own.used.is_empty() {
        fact(ui, "health-data-files", &own.used.join(", "), strong);
    }
    for fault in &own.faults {
        fact(ui, "health-data-file-refused", fault, tokens.color.warn);
    }
    if let Some(per_row) = state.census.bytes_per_row() {
        fact(ui, "health-board-rows", &format::count(state.census.rows), strong);
        let memory = text.with(
            "health-board-memory-value",
            &[
                ("size", bytes(text, state.census.bytes).into()),
                ("row", format::decimal(text, per_row, 1).into()),
            ],
        );
        fact(ui, "health-board-memory", &memory, strong);
    }
    let (calls, ink) = match &state.notifier {
        _ if !state.settings.alerts.notifications => ("health-calls-off", tokens.color.text_dim),
        Notifier::NotTried => ("health-calls-none-yet", strong),
        Notifier::Works => ("health-calls-work", strong),
        Notifier::Missing(_) => ("health-calls-missing", tokens.color.text_soft),
    };
    fact(ui, "health-calls", text.t(calls), ink);
    let log = &state.log;
    for (key, count) in [("health-errors", log.errors), ("health-warnings", log.warnings)] {
        let ink = if count > 0 { tokens.color.warn } else { strong };
        fact(ui, key, &format::count(count as i64), ink);
    }
    fact(ui, "health-folder", &state.store.folder.display().to_string(), strong);
    fact(ui, "health-log", &log.path.display().to_string(), strong);
    fact(ui, "health-log-size", &bytes(text, log.bytes), strong);
    let note = font(tokens.size.note, Weight::Regular);
    for line in &log.last {
        ui.add_space(tokens.size.gap * 0.5);
        let words = RichText::new(line).font(note.clone()).color(tokens.color.text_dim);
        ui.add(egui::Label::new(words).wrap());
    }
}

/// «812 МБ»: powers of ten, as disks are sold.
pub(super) fn bytes(text: &Text, bytes: u64) -> String {
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

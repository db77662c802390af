//! «Состояние»: where the data comes from, how fresh it is, what was left out,
//! how the database stands.

mod database;
mod link;
mod program;

use egui::{Rect, ScrollArea, Ui};

use super::page::{columns, fact, quiet, section};
use crate::app::{Command, State};
use crate::domain::Source;
use crate::sync::plan::Reason;
use crate::ui::filter_bar::period_text;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::heading;
use crate::ui::{format, names};

pub fn health_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text, out: &mut Vec<Command>) {
    let gap = tokens.size.gap;
    ScrollArea::vertical().id_salt("health").auto_shrink(false).show(ui, |ui| {
        let [left, middle, right] = columns(ui.available_rect_before_wrap(), gap, [1.15, 1.0, 1.0]);
        column(ui, tokens, left, |ui| {
            section(ui, tokens, |ui| link::link_ui(ui, state, tokens, text, out));
        });
        column(ui, tokens, middle, |ui| {
            section(ui, tokens, |ui| sources_ui(ui, state, tokens, text));
            section(ui, tokens, |ui| skipped_ui(ui, state, tokens, text));
        });
        column(ui, tokens, right, |ui| {
            section(ui, tokens, |ui| database::database_ui(ui, state, tokens, text));
            section(ui, tokens, |ui| program::program_ui(ui, state, tokens, text));
        });
    });
}

/// Panels under each other, as high as they are.
fn column(ui: &mut Ui, tokens: &Tokens, place: Rect, add: impl FnOnce(&mut Ui)) {
    let salt = place.left().to_bits();
    let builder = egui::UiBuilder::new().max_rect(place).id_salt(salt);
    let mut child = ui.new_child(builder);
    child.spacing_mut().item_spacing.y = tokens.size.gap;
    add(&mut child);
    ui.expand_to_include_rect(child.min_rect());
}

/// What came from each source: in the period that is looked at, and when last of
/// all. A source that has fallen silent is seen here first.
fn sources_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    let period = period_text(state, text);
    heading(ui, tokens, text.t("health-sources"), &period);
    ui.spacing_mut().item_spacing.y = 0.0;
    for source in Source::ALL {
        let index = source.index();
        let totals = state.aggregates.by_source.get(usize::from(index)).copied();
        let received = totals.unwrap_or_default().received;
        let ink = if received > 0 { tokens.color.text_strong } else { tokens.color.text_dim };
        let last = state.census.last_received.get(usize::from(index)).copied().flatten();
        let last =
            last.map_or_else(|| "–".to_owned(), |at| format::moment_short(text, at, state.now));
        let value = text.with(
            "health-source-value",
            &[("n", format::count(received).into()), ("at", last.into())],
        );
        fact(ui, tokens, names::source(state, text, index), &value, ink);
    }
}

/// What of the server's lines was left out, by reason: since the start, or over
/// the life of the store where that is more.
fn skipped(state: &State) -> Vec<(String, u64)> {
    let mut all: Vec<(String, u64)> = state.store.skipped.clone();
    for (reason, count) in &state.sync.skipped {
        match all.iter_mut().find(|(known, _)| known == reason) {
            Some((_, known)) => *known = (*known).max(*count),
            None => all.push(((*reason).to_owned(), *count)),
        }
    }
    all.retain(|(_, count)| *count > 0);
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    all
}

fn skipped_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    let all = skipped(state);
    let sum: u64 = all.iter().map(|(_, count)| count).sum();
    let note = format::count(sum as i64);
    heading(ui, tokens, text.t("health-skipped"), &note);
    if all.is_empty() {
        quiet(ui, tokens, text.t("health-skipped-none"));
        return;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    for (reason, count) in &all {
        let rejected = Reason::from_key(reason).is_none_or(Reason::is_rejection);
        let ink = if rejected { tokens.color.warn } else { tokens.color.text_soft };
        let words = reason_words(text, "skip", reason);
        fact(ui, tokens, &words, &format::count(*count as i64), ink);
    }
}

/// Words of a reason; the key itself where this version knows none.
fn reason_words(text: &Text, group: &str, reason: &str) -> String {
    let key = format!("{group}-{reason}");
    if text.has(&key) { text.t(&key).to_owned() } else { reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn every_reason_has_words_and_an_unknown_one_is_shown_as_it_is() {
        let text = Text::of(Language::Ru);
        for reason in Reason::ALL {
            assert_ne!(reason_words(&text, "skip", reason.key()), reason.key(), "{reason:?}");
        }
        assert_eq!(reason_words(&text, "skip", "new-reason"), "new-reason");
        for reason in [
            "address",
            "proxy",
            "root-certificate",
            "tls",
            "unreachable",
            "certificate",
            "timed-out",
            "cut",
            "unauthorised",
            "forbidden",
            "cursor-expired",
            "not-offered",
            "busy",
            "failed",
            "refused",
            "web-page",
            "too-large",
            "malformed",
            "protocol",
            "other-instance",
            "demo-mixed",
            "disk-full",
            "read-only",
            "store",
            "shrunk",
            "no-thread",
            "no-token",
        ] {
            assert_ne!(reason_words(&text, "reason", reason), reason, "{reason}");
        }
    }
}

//! Why a problem came about, what was done against it and whether that helped, and what
//! the curator was asked.

use egui::{Checkbox, DragValue, TextEdit, Ui};

use super::super::page::quiet;
use crate::app::State;
use crate::app::problems::Problem;
use crate::board::problems::{Came, Effect};
use crate::domain::{Remedy, Timestamp};
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{self, Weight, font, text_button};

/// Longest text, in characters.
const TEXT_CHARS: usize = 2_000;
const DAY_SECS: u32 = 86_400;
/// Further back nothing is said to have been done.
const MOST_DAYS: u32 = 365;

pub(super) fn remedy_ui(
    ui: &mut Ui,
    state: &State,
    problem: &Problem,
    tokens: &Tokens,
    text: &Text,
    remedy: &mut Remedy,
) {
    ui.add_space(tokens.size.gap * 0.3);
    words_ui(ui, tokens, text, "remedy-cause", &mut remedy.cause);
    let Remedy { correction, prevention, acted_at, prevented_at, .. } = remedy;
    let done = [
        ("remedy-correction", correction, acted_at),
        ("remedy-prevention", prevention, prevented_at),
    ];
    for ((key, words, at), effect) in done.into_iter().zip(&problem.effects) {
        words_ui(ui, tokens, text, key, words);
        when_ui(ui, state, tokens, text, key, at);
        if at.is_some() {
            quiet(ui, tokens, &effect_text(text, effect.as_ref()));
        }
    }
    curator_ui(ui, state, tokens, text, remedy);
}

fn words_ui(ui: &mut Ui, tokens: &Tokens, text: &Text, key: &str, words: &mut String) {
    // Empty, the field itself says what goes there.
    if !words.is_empty() {
        quiet(ui, tokens, text.t(key));
    }
    let edit = TextEdit::multiline(words)
        .desired_rows(1)
        .char_limit(TEXT_CHARS)
        .hint_text(text.t(key))
        .desired_width(f32::INFINITY)
        .font(font(tokens.size.body, Weight::Regular));
    widgets::name(&ui.add(edit), egui::Role::MultilineTextInput, text.t(key));
}

/// Whether it was done, and how many days ago.
fn when_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    key: &str,
    at: &mut Option<String>,
) {
    let done = at.as_deref().and_then(|at| Timestamp::parse_rfc3339(at).ok());
    ui.horizontal_wrapped(|ui| {
        let label = format!("{}: {}", text.t(key), text.t("remedy-done"));
        let mut is_done = done.is_some();
        let tick = ui.add(Checkbox::new(&mut is_done, text.t("remedy-done")));
        widgets::name(&tick, egui::Role::CheckBox, &label);
        if tick.changed() {
            *at = is_done.then(|| Timestamp(state.now).to_rfc3339());
        }
        let Some(done) = done.filter(|_| is_done) else { return };
        let mut ago = state.now.saturating_sub(done.0) / DAY_SECS;
        let field = ui.add(
            DragValue::new(&mut ago).range(0..=MOST_DAYS).speed(0.1).clamp_existing_to_range(false),
        );
        let days = text.t("remedy-days-ago");
        widgets::name(&field, egui::Role::SpinButton, &format!("{label}, {days}"));
        if field.changed() {
            *at = Some(Timestamp(state.now.saturating_sub(ago * DAY_SECS)).to_rfc3339());
        }
        quiet(ui, tokens, &format!("{days} · {}", format::moment(text, done.0, state.now)));
    });
}

/// The question, since when it waits, and what was decided.
fn curator_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text, remedy: &mut Remedy) {
    if remedy.question.trim().is_empty() && remedy.asked_at.is_none() {
        return;
    }
    ui.add_space(tokens.size.gap * 0.3);
    words_ui(ui, tokens, text, "curator-question", &mut remedy.question);
    let asked = remedy.asked_at.as_deref().and_then(|at| Timestamp::parse_rfc3339(at).ok());
    ui.horizontal_wrapped(|ui| match asked {
        Some(at) => {
            let at = format::moment(text, at.0, state.now);
            quiet(ui, tokens, &text.with("curator-asked", &[("at", at.into())]));
            if text_button(ui, tokens, text.t("curator-not-asked")).clicked() {
                remedy.asked_at = None;
            }
        }
        None => {
            if text_button(ui, tokens, text.t("curator-ask")).clicked() {
                remedy.asked_at = Some(Timestamp(state.now).to_rfc3339());
            }
        }
    });
    if asked.is_some() {
        words_ui(ui, tokens, text, "curator-decision", &mut remedy.decision);
    }
}

/// «обычно 3,1 в день; до мер 12,3 (за 4 дня), после 4,1 (за 9 дней)» and how many times
/// as many that is.
fn effect_text(text: &Text, effect: Option<&Effect>) -> String {
    let Some(Effect { usual, before, after }) = effect else {
        return text.t("remedy-no-effect-yet").to_owned();
    };
    let a_day = |came: &Came| format::decimal(text, came.a_day(), 1);
    let days = |came: &Came| format::decimal(text, came.days, 1);
    let said = text.with(
        "remedy-effect",
        &[
            ("usual", usual.as_ref().map_or("–".to_owned(), a_day).into()),
            ("before", a_day(before).into()),
            ("days", days(before).into()),
            ("after", a_day(after).into()),
            ("since", days(after).into()),
        ],
    );
    let ratio = |key: &str, other: &Came| {
        let (ratio, low, high) = after.ratio(*other)?;
        let [ratio, low, high] = [ratio, low, high].map(|it| format::decimal(text, it, 2));
        let words = [("ratio", ratio.into()), ("low", low.into()), ("high", high.into())];
        Some(text.with(key, &words))
    };
    let to_before = ratio("remedy-ratio", before);
    let to_before = to_before.unwrap_or_else(|| text.t("remedy-too-few").to_owned());
    let to_usual = usual.as_ref().and_then(|usual| ratio("remedy-ratio-usual", usual));
    [said, to_before, to_usual.unwrap_or_default()].join(" ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn an_effect_is_told_with_both_intervals_and_with_none_where_there_is_too_little() {
        let text = Text::of(Language::Ru);
        let came = |count, days| Came { count, days };
        let effect =
            Effect { usual: Some(came(84, 28.0)), before: came(100, 20.0), after: came(10, 5.0) };
        let said = effect_text(&text, Some(&effect));
        // 3 a day usually, 5 before, 2 after: 0.4 of before, 0.67 of what is usual.
        for part in ["3,0", "5,0", "2,0", "0,40", "0,21–0,77", "0,67", "0,35–1,28"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let short = Effect { usual: None, after: came(1, 0.5), ..effect };
        let said = effect_text(&text, Some(&short));
        assert!(said.contains(text.t("remedy-too-few")) && said.contains('–'), "{said}");
        assert_eq!(effect_text(&text, None), text.t("remedy-no-effect-yet"));
    }
}

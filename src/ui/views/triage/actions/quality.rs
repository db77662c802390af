//! The check-list of an answer: ticks by digits, the score that follows, and a
//! verdict.

use std::collections::BTreeSet;

use egui::{Key, Modifiers, Role, TextEdit, Ui};

use super::pick::{Item, enter_pressed, line_ui};
use super::split::DIGITS;
use super::write::{cleaned, keep_begun, personal_ui, too_long_ui};
use crate::app::form::Form;
use crate::app::{Command, State};
use crate::domain::Action;
use crate::domain::action::{AnswerCheck, Verdict};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::quiet;
use crate::ui::widgets::text_button;
use crate::ui::{format, names};

/// What was ticked, chosen and written so far.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Local {
    pub(super) ticked: BTreeSet<AnswerCheck>,
    /// A person's; until then the one that the score proposes.
    pub(super) verdict: Option<Verdict>,
    pub(super) remark: String,
}

pub(super) fn quality_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    form: &Form,
    local: &mut Local,
    out: &mut Vec<Command>,
) -> Option<Action> {
    let before = local.clone();
    let list = &state.catalogue.quality;
    quiet(ui, tokens, text.t("quality-advice"));
    ui.add_space(4.0);
    let is_typing = ui.ctx().text_edit_focused();
    for (index, (key, item)) in (1..).zip(DIGITS.into_iter().zip(list.items())) {
        let pressed = !is_typing && ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let label = format!("{index}. {}", item.name.full(text.language));
        let mut ticked = local.ticked.contains(&item.check);
        if ui.checkbox(&mut ticked, label).changed() || pressed {
            toggle(&mut local.ticked, item.check);
        }
    }
    ui.add_space(4.0);
    let score = list.score(&local.ticked);
    let proposed = list.verdict(score);
    let said = text.with("quality-score", &[("n", format::count(score).into())]);
    ui.label(egui::RichText::new(said).color(tokens.color.text_strong));
    ui.add_space(4.0);
    let verdict = verdict_ui(ui, tokens, text, proposed, &mut local.verdict, is_typing);
    let label = text.t("quality-remark");
    let size = [ui.available_width(), tokens.size.row];
    let field =
        TextEdit::singleline(&mut local.remark).hint_text(label).align(egui::Align2::LEFT_CENTER);
    let field = ui.add_sized(size, field);
    field.widget_info(|| egui::WidgetInfo::labeled(Role::TextInput, true, label));
    let made = |text: &str| Action::Quality {
        verdict,
        checks: local.ticked.iter().copied().collect(),
        text: (!text.is_empty()).then(|| text.to_owned()),
    };
    if *local != before {
        let is_begun =
            local.verdict.is_some() || !local.ticked.is_empty() || !local.remark.trim().is_empty();
        keep_begun(form, is_begun.then(|| made(&local.remark)), out);
    }
    let remark = cleaned(&local.remark);
    personal_ui(ui, tokens, text, &remark);
    let fits = !too_long_ui(ui, tokens, text, &remark);
    let send = ui.add_enabled_ui(fits, |ui| {
        text_button(ui, tokens, text.t("quality-send")).clicked() || enter_pressed(ui)
    });
    (fits && send.inner).then(|| made(&remark))
}

/// The three verdicts; arrows move, a click takes one.
fn verdict_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    text: &Text,
    proposed: Verdict,
    chosen: &mut Option<Verdict>,
    is_typing: bool,
) -> Verdict {
    let now = chosen.unwrap_or(proposed);
    let at = Verdict::ALL.iter().position(|verdict| *verdict == now).unwrap_or(0);
    let step = |ui: &Ui, key| !is_typing && ui.input(|input| input.key_pressed(key));
    let moved = if step(ui, Key::ArrowDown) {
        Verdict::ALL.get(at + 1)
    } else if step(ui, Key::ArrowUp) {
        at.checked_sub(1).and_then(|above| Verdict::ALL.get(above))
    } else {
        None
    };
    if let Some(verdict) = moved {
        *chosen = Some(*verdict);
    }
    let now = moved.copied().unwrap_or(now);
    for verdict in Verdict::ALL {
        let note = if *verdict == proposed { text.t("quality-proposed") } else { "" };
        let label = names::verdict(text, *verdict);
        let label = if note.is_empty() { label.to_owned() } else { format!("{label} · {note}") };
        if line_ui(ui, tokens, &Item::new(label, ()), tokens.size.row * 0.9, *verdict == now) {
            *chosen = Some(*verdict);
        }
    }
    ui.add_space(4.0);
    now
}

fn toggle(ticked: &mut BTreeSet<AnswerCheck>, check: AnswerCheck) {
    if !ticked.remove(&check) {
        ticked.insert(check);
    }
}

//! Who works at this desk: offices that have signed in, the PIN, the lock.

use egui::Ui;

use super::{choice, field};
use crate::app::lock::{LOCK_AFTER_MINS, SignInCommand};
use crate::app::pin::is_pin;
use crate::app::{Command, State};
use crate::ui::lock::label;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::{fact, quiet, section};
use crate::ui::widgets::{heading, segment, text_button};

/// What is being typed.
#[derive(Default)]
pub(super) struct Local {
    pin: String,
}

pub(super) fn desk_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    let mut ask = |command| out.push(Command::SignIn(command));
    section(ui, tokens, |ui| {
        heading(ui, tokens, text.t("desk-title"), "");
        let signed_in = state.outbox.officer.as_ref();
        if state.offices.is_empty() {
            quiet(ui, tokens, text.t("desk-nobody"));
        }
        for office in state.offices.iter() {
            let is_here = signed_in == Some(&office.officer);
            let key = match (is_here, office.has_pin) {
                (true, true) => "desk-here-pin",
                (true, false) => "desk-here",
                (false, true) => "desk-pin",
                (false, false) => "desk-token",
            };
            let name = label(state, text, office);
            fact(ui, tokens, &name, text.t(key), tokens.color.text_soft);
            if !is_here {
                let words = text.with("desk-forget", &[("office", name.as_str().into())]);
                if text_button(ui, tokens, &words).clicked() {
                    ask(SignInCommand::Forget(office.officer.office.clone()));
                }
            }
        }
        if signed_in.is_some() {
            field(ui, tokens, text.t("pin-label"), text.t("pin-hint"), &mut local.pin, true);
            ui.horizontal(|ui| {
                ui.add_enabled_ui(is_pin(&local.pin), |ui| {
                    if text_button(ui, tokens, text.t("pin-set")).clicked() {
                        ask(SignInCommand::SetPin(std::mem::take(&mut local.pin)));
                    }
                });
                let has_pin = state
                    .offices
                    .iter()
                    .any(|office| office.has_pin && signed_in == Some(&office.officer));
                ui.add_enabled_ui(has_pin, |ui| {
                    if text_button(ui, tokens, text.t("pin-remove")).clicked() {
                        ask(SignInCommand::SetPin(String::new()));
                    }
                });
            });
        }
        quiet(ui, tokens, text.t("pin-note"));
        choice(ui, tokens, text.t("lock-after-label"), |ui| {
            for mins in LOCK_AFTER_MINS {
                let words = match mins {
                    0 => text.t("lock-never").to_owned(),
                    mins => format!("{mins}\u{202f}{}", text.t("unit-minutes")),
                };
                if segment(ui, tokens, &words, state.settings.lock_after_mins == mins) {
                    ask(SignInCommand::LockAfter(mins));
                }
            }
        });
        if signed_in.is_some() {
            let words = format!("{} · Ctrl+L", text.t("command-lock"));
            if text_button(ui, tokens, &words).clicked() {
                ask(SignInCommand::Lock);
            }
        }
    });
}

//! The way to the server: polling, proxy, root certificate.

use egui::Ui;

use super::{field, outcome};
use crate::app::network::{NetworkCheck, NetworkChoice};
use crate::app::{Command, State};
use crate::config::POLL_SECS;
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::{quiet, section};
use crate::ui::widgets::{heading, text_button};

/// What is being typed.
#[derive(Default)]
pub(super) struct Local {
    typed: NetworkChoice,
    /// The settings when `typed` was last filled in.
    seen: Option<NetworkChoice>,
}

impl Local {
    fn follow(&mut self, state: &State) {
        let set = NetworkChoice::of(&state.settings);
        if self.seen.as_ref() != Some(&set) {
            self.typed.clone_from(&set);
            self.seen = Some(set);
        }
    }
}

pub(super) fn network_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    local.follow(state);
    let Local { typed, seen } = local;
    section(ui, tokens, |ui| {
        heading(ui, tokens, text.t("network-title"), "");
        field(ui, tokens, text.t("poll-label"), "", &mut typed.poll_secs, false);
        let hint = text.t("proxy-hint");
        field(ui, tokens, text.t("proxy-label"), hint, &mut typed.proxy, false);
        let hint = text.t("certificate-hint");
        field(ui, tokens, text.t("certificate-label"), hint, &mut typed.root_certificate, false);
        ui.add_space(4.0);
        let idle = state.network != NetworkCheck::Running;
        ui.horizontal(|ui| {
            ui.add_enabled_ui(idle && seen.as_ref() != Some(&*typed), |ui| {
                if text_button(ui, tokens, text.t("network-save")).clicked() {
                    out.push(Command::SetNetwork(typed.clone()));
                }
            });
            ui.add_enabled_ui(idle, |ui| {
                if text_button(ui, tokens, text.t("certificate-choose")).clicked() {
                    out.push(Command::ChooseCertificate(typed.clone()));
                }
            });
        });
        check_ui(ui, state, tokens, text);
    });
}

/// What became of the last choice, in one sentence and a detail.
fn check_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    let color = &tokens.color;
    match &state.network {
        NetworkCheck::NotTried => {}
        NetworkCheck::Running => outcome(ui, tokens, color.text_dim, text.t("network-checking")),
        NetworkCheck::Kept => outcome(ui, tokens, color.good, text.t("network-kept")),
        NetworkCheck::Failed { reason: "poll-secs", .. } => {
            let bounds = [
                ("least", format::count(*POLL_SECS.start()).into()),
                ("most", format::count(*POLL_SECS.end()).into()),
            ];
            outcome(ui, tokens, color.alarm, &text.with("network-poll-secs", &bounds));
        }
        NetworkCheck::Failed { reason, detail } => {
            outcome(ui, tokens, color.alarm, text.t(&format!("reason-{reason}")));
            quiet(ui, tokens, detail);
        }
    }
}

//! What calls an officer who looks elsewhere: off, until it is asked for.

use egui::Ui;

use super::choice;
use crate::app::{Command, State};
use crate::config::alerts::{Alerts, DUE_MINUTES, QUIET_HOURS, QuietHours};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::{quiet, section};
use crate::ui::widgets::{heading, segment};

pub(super) fn alerts_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let alerts = state.settings.alerts;
    let mut set = |alerts: Alerts| out.push(Command::SetAlerts(alerts));
    section(ui, tokens, |ui| {
        heading(ui, tokens, text.t("alerts-title"), "");
        quiet(ui, tokens, text.t("alerts-note"));
        choice(ui, tokens, text.t("alerts-notifications"), |ui| {
            for (on, key) in [(false, "alerts-none"), (true, "alerts-shown")] {
                if segment(ui, tokens, text.t(key), alerts.notifications == on) {
                    set(Alerts { notifications: on, ..alerts });
                }
            }
        });
        choice(ui, tokens, text.t("alerts-sound"), |ui| {
            for (on, key) in [(false, "alerts-silent"), (true, "alerts-with-sound")] {
                if segment(ui, tokens, text.t(key), alerts.sound == on) {
                    set(Alerts { sound: on, ..alerts });
                }
            }
        });
        choice(ui, tokens, text.t("alerts-due"), |ui| {
            for minutes in with(&DUE_MINUTES, alerts.due_minutes) {
                let label = match minutes {
                    0 => text.t("alerts-due-none").to_owned(),
                    minutes => text.with("alerts-due-minutes", &[("n", minutes.into())]),
                };
                if segment(ui, tokens, &label, alerts.due_minutes == minutes) {
                    set(Alerts { due_minutes: minutes, ..alerts });
                }
            }
        });
        choice(ui, tokens, text.t("alerts-quiet"), |ui| {
            for quiet_hours in with(&QUIET_HOURS, alerts.quiet_hours) {
                let label = hours(text, quiet_hours);
                if segment(ui, tokens, &label, alerts.quiet_hours == quiet_hours) {
                    set(Alerts { quiet_hours, ..alerts });
                }
            }
        });
    });
}

/// What may be chosen, and what the file has besides.
fn with<T: Copy + PartialEq>(choices: &[T], set: T) -> impl Iterator<Item = T> {
    let own = Some(set).filter(|set| !choices.contains(set));
    choices.iter().copied().chain(own)
}

/// «22–7 ч».
fn hours(text: &Text, QuietHours { from, to }: QuietHours) -> String {
    if from == to {
        return text.t("alerts-quiet-none").to_owned();
    }
    let hour = |hour: u8| u32::from(hour).into();
    text.with("alerts-quiet-hours", &[("from", hour(from)), ("to", hour(to))])
}

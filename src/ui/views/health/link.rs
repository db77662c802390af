//! The synchronisation in words.

use egui::{Color32, RichText, Ui};

use super::super::page::fact;
use super::super::settings::role_name;
use super::reason_words;
use crate::app::{Command, State};
use crate::sync::status::Phase;
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{Weight, font, heading, text_button};

pub(super) fn link_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let (color, sync) = (&tokens.color, &state.sync);
    heading(ui, tokens, text.t("health-sync"), "");
    ui.spacing_mut().item_spacing.y = 0.0;
    let strong = color.text_strong;
    let line = |ui: &mut Ui, key: &str, value: &str, ink: Color32| {
        fact(ui, tokens, text.t(key), value, ink);
    };
    let (phase, ink) = phase_words(state, tokens, text);
    line(ui, "sync-phase", &phase, ink);
    let server = sync.server.as_deref().or(state.settings.server.as_deref());
    line(ui, "sync-server", server.unwrap_or("–"), strong);
    if let Some(role) = &sync.role {
        let scope = sync.scope.map(|scope| reason_words(text, "scope", scope));
        let role = role_name(state, text, role);
        let both = [Some(role), scope].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        line(ui, "sync-role", &both, strong);
    }
    let confirmed = sync.confirmed_at.map(|at| {
        let ago = format::ago(text, state.now.saturating_sub(at));
        format!("{} · {ago}", format::moment(text, at, state.now))
    });
    line(ui, "sync-confirmed", confirmed.as_deref().unwrap_or("–"), strong);
    if sync.phase != Phase::NotConfigured {
        let way = if sync.streaming {
            text.t("sync-way-stream").to_owned()
        } else {
            text.with("sync-way-poll", &[("n", sync.poll_secs.into())])
        };
        line(ui, "sync-way", &way, strong);
    }
    let stored = text.with(
        "sync-lines-value",
        &[
            ("stored", format::count(sync.lines_stored as i64).into()),
            ("rate", format::count(sync.lines_per_sec).into()),
        ],
    );
    line(ui, "sync-lines", &stored, strong);
    line(ui, "sync-batches", &format::count(sync.batches as i64), strong);
    let (clock, ink) = match sync.noticed_clock_skew_secs() {
        // Nobody has been asked yet.
        None if sync.role.is_none() => ("–".to_owned(), strong),
        None => (text.t("sync-clock-right").to_owned(), strong),
        Some(skew) => {
            let key = if skew > 0 { "sync-clock-behind" } else { "sync-clock-ahead" };
            let by = format::duration(text, skew.unsigned_abs() as f64);
            (text.with(key, &[("by", by.into())]), color.warn)
        }
    };
    line(ui, "sync-clock", &clock, ink);
    if sync.failures > 0 {
        line(ui, "sync-failures", &format::count(sync.failures), color.warn);
    }
    if let Some(at) = sync.next_attempt_at {
        let secs = at.saturating_sub(state.now);
        let value = text
            .with("sync-next-value", &[("time", format::time(at).into()), ("secs", secs.into())]);
        line(ui, "sync-next", &value, strong);
    }
    line(ui, "sync-outbox", &format::count(state.outbox.waiting() as u32), strong);
    counts_ui(ui, state, tokens, text);
    troubles_ui(ui, state, tokens, text);
    ui.add_space(tokens.size.gap);
    if state.settings.server.is_some()
        && text_button(ui, tokens, text.t("command-sync-now")).clicked()
    {
        out.push(Command::SyncNow);
    }
}

/// The phase in words, with the reason where there is one.
fn phase_words(state: &State, tokens: &Tokens, text: &Text) -> (String, Color32) {
    let color = &tokens.color;
    let share = |done: u64, total: u64| {
        [("done", format::count(done as i64).into()), ("total", format::count(total as i64).into())]
    };
    match &state.sync.phase {
        Phase::NotConfigured => (text.t("phase-not-configured").to_owned(), color.text_dim),
        Phase::Connecting => (text.t("phase-connecting").to_owned(), color.text_strong),
        Phase::FirstSync { done, total } => {
            (text.with("phase-first-sync", &share(*done, *total)), color.accent)
        }
        Phase::Rereading { done, total } => {
            (text.with("phase-rereading", &share(*done, *total)), color.accent)
        }
        Phase::UpToDate => (text.t("phase-up-to-date").to_owned(), color.good),
        Phase::Offline { since, .. } => {
            let since = format::moment(text, *since, state.now);
            (text.with("phase-offline", &[("since", since.into())]), color.warn)
        }
        Phase::Refused { .. } => (text.t("phase-refused").to_owned(), color.alarm),
        Phase::Stopped => (text.t("phase-stopped").to_owned(), color.text_dim),
    }
}

/// What the server says it has, beside what is here.
fn counts_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    if state.sync.server_counts.is_empty() {
        return;
    }
    ui.add_space(tokens.size.gap);
    heading(ui, tokens, text.t("health-counts"), "");
    for (kind, there) in &state.sync.server_counts {
        let here = state.store.rows.iter().find(|(name, _)| name == kind).map(|(_, rows)| *rows);
        let value = text.with(
            "health-counts-value",
            &[
                ("here", here.map_or_else(|| "–".to_owned(), |n| format::count(n as i64)).into()),
                ("there", format::count(*there as i64).into()),
            ],
        );
        // The server counted when it was asked last: more has come since.
        let is_short = here.is_none_or(|here| here < *there);
        let ink = if is_short { tokens.color.warn } else { tokens.color.text_strong };
        fact(ui, tokens, &reason_words(text, "kind", kind), &value, ink);
    }
}

/// What is wrong: the reason in words, the last failure as the log has it.
fn troubles_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    let reason = match &state.sync.phase {
        Phase::Offline { reason, .. } | Phase::Refused { reason } => {
            Some(reason_words(text, "reason", reason))
        }
        _ => None,
    };
    let epoch = state.sync.epoch_changed.then(|| text.t("sync-epoch-changed").to_owned());
    let color = &tokens.color;
    let body = (tokens.size.body, color.text_strong);
    let note = (tokens.size.note, color.text_dim);
    let sentences = [
        (reason, body),
        (epoch, (tokens.size.body, color.warn)),
        (state.sync.last_error.clone(), note),
    ];
    for (sentence, (size, ink)) in sentences {
        if let Some(sentence) = sentence {
            ui.add_space(tokens.size.gap * 0.6);
            let words = RichText::new(sentence).font(font(size, Weight::Regular)).color(ink);
            ui.add(egui::Label::new(words).wrap());
        }
    }
}

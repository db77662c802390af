//! How fresh the picture is and whether the server is reached.

use egui::{Color32, Rect, Role, Sense, Ui};

use super::format;
use super::text::Text;
use super::tokens::Tokens;
use super::widgets::{self, Align, Weight, font, paint_line};
use crate::app::state::{Loading, View};
use crate::app::{Command, State};
use crate::sync::status::{Phase, STALE_SYNCS};

/// How old a picture may look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Staleness {
    Fresh,
    /// Two missed updates: a badge.
    Late,
    /// Ten missed updates: the panels grey out.
    Stale,
}

impl Staleness {
    pub fn of_missed(missed: u32) -> Self {
        match missed {
            0..2 => Self::Fresh,
            2..STALE_SYNCS => Self::Late,
            _ => Self::Stale,
        }
    }

    pub fn of(state: &State) -> Self {
        Self::of_missed(state.sync.missed_syncs(state.now))
    }
}

/// Why nothing stands out in the last 24 hours.
pub fn quiet_key(staleness: Staleness, is_usual_known: bool) -> &'static str {
    match staleness {
        // Nothing is known of them.
        Staleness::Stale => "changed-stale",
        _ if !is_usual_known => "changed-short",
        _ => "changed-none",
    }
}

/// Colour and words for the connection.
pub fn connection(state: &State, tokens: &Tokens, text: &Text) -> (Color32, String) {
    let color = &tokens.color;
    if let Some(kept_at) = state.kept_at {
        let share = match state.loading {
            Loading::Board { done, total } => f64::from(done) / f64::from(total.max(1)),
            Loading::NotStarted => 0.0,
            Loading::Ready => 1.0,
        };
        let words = text.with(
            "loading-kept",
            &[
                ("at", format::moment_short(text, kept_at, state.now).into()),
                ("share", format::percent(text, Some(share.min(1.0))).into()),
            ],
        );
        return (color.warn, words);
    }
    if let Loading::Board { done, total } = state.loading {
        let words = text.with(
            "loading-board",
            &[("done", format::count(done).into()), ("total", format::count(total).into())],
        );
        return (color.warn, words);
    }
    let ago = || {
        state
            .sync
            .confirmed_at
            .map(|at| format::ago(text, state.now.saturating_sub(at)))
            .unwrap_or_default()
    };
    let with_ago = |words: &str| match ago() {
        ago if ago.is_empty() => words.to_owned(),
        ago => format!("{words} · {ago}"),
    };
    match &state.sync.phase {
        // Somebody looks at what is here without a server, or draws it.
        Phase::NotConfigured | Phase::Stopped if !ago().is_empty() => {
            (color.text_dim, text.with("sync-updated", &[("ago", ago().into())]))
        }
        Phase::NotConfigured | Phase::Stopped => {
            (color.text_dim, text.t("sync-not-configured").to_owned())
        }
        Phase::Connecting => (color.text_dim, with_ago(text.t("sync-connecting"))),
        Phase::FirstSync { done, total } | Phase::Rereading { done, total } => {
            let words = text.with(
                "sync-first",
                &[
                    ("done", format::count(*done as i64).into()),
                    ("total", format::count(*total as i64).into()),
                ],
            );
            (color.accent, words)
        }
        Phase::UpToDate => (color.good, with_ago(text.t("sync-online"))),
        Phase::Offline { .. } => (color.warn, with_ago(text.t("sync-offline"))),
        Phase::Refused { .. } => (color.alarm, text.t("sync-refused").to_owned()),
    }
}

/// Right end of the top bar: ● connection · freshness, outbox, clock. Returns
/// where it begins.
pub fn freshness_ui(
    ui: &mut Ui,
    rect: Rect,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) -> f32 {
    let size = &tokens.size;
    let color = &tokens.color;
    let middle = rect.center().y;
    let mut x = rect.right() - size.gap - 4.0;
    let right = |ui: &Ui, x: f32, words: &str, weight, tint| {
        paint_line(
            ui.painter(),
            egui::pos2(x, middle),
            Align::Right,
            words,
            font(size.body, weight),
            tint,
            360.0,
        )
    };
    x -= right(ui, x, &format::time(state.now), Weight::Medium, color.text_soft) + 18.0;
    let waiting = state.outbox.waiting();
    let outbox = text.with("outbox-n", &[("n", (waiting as u32).into())]);
    let outbox_color = if state.outbox.conflicts().next().is_some() {
        color.alarm
    } else if waiting > 0 {
        color.warn
    } else {
        color.text_dim
    };
    let width = right(ui, x, &outbox, Weight::Regular, outbox_color);
    let place = Rect::from_min_max(egui::pos2(x - width, rect.top()), egui::pos2(x, rect.bottom()));
    let response = ui.interact(place, ui.scope_id().with("outbox"), Sense::click());
    widgets::name(&response, Role::Button, &outbox);
    if response.clicked() {
        out.push(Command::Show(View::Outbox));
    }
    x -= width + 18.0;
    let (dot, words) = connection(state, tokens, text);
    let words_color = match Staleness::of(state) {
        Staleness::Fresh => color.text_soft,
        Staleness::Late => color.warn,
        Staleness::Stale => color.alarm,
    };
    let width = right(ui, x, &words, Weight::Regular, words_color);
    let start = x - width - 16.0;
    ui.painter().circle_filled(egui::pos2(start + 5.0, middle), 4.5, dot);
    let place = Rect::from_min_max(egui::pos2(start, rect.top()), egui::pos2(x, rect.bottom()));
    let response = ui.interact(place, ui.scope_id().with("connection"), Sense::click());
    widgets::name(&response, Role::Button, &words);
    if response.clicked() {
        out.push(Command::Show(View::Health));
    }
    start
}

/// Greys out what is too old to be believed.
pub fn veil(ui: &Ui, rect: Rect, state: &State, tokens: &Tokens) {
    if Staleness::of(state) == Staleness::Stale {
        ui.painter().rect_filled(
            rect,
            tokens.size.radius,
            tokens.color.canvas.gamma_multiply(0.55),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_missed_updates_are_late_and_ten_are_stale() {
        assert_eq!(Staleness::of_missed(1), Staleness::Fresh);
        assert_eq!(Staleness::of_missed(2), Staleness::Late);
        assert_eq!(Staleness::of_missed(9), Staleness::Late);
        assert_eq!(Staleness::of_missed(10), Staleness::Stale);
    }
}

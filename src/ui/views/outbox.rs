//! «Исходящие»: what was done here and the server has not made its own yet;
//! conflicts side by side.

use egui::{Key, Rect, Role, ScrollArea, Sense, Ui};
use uuid::Uuid;

use super::incidents::details::words;
use super::page::{columns, fact};
use super::triage::card::{action_key, state_key};
use crate::app::form::can_be_edited;
use crate::app::outbox_view::OutboxEntry;
use crate::app::state::View;
use crate::app::triage::TriageCommand;
use crate::app::{Command, State};
use crate::domain::Standing;
use crate::store::CommandState;
use crate::sync::protocol::Outcome;
use crate::ui::palette::view_key;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{
    self, Weight, empty, hairline, heading, paint_two_lines, panel_rect, text_button,
};
use crate::ui::{format, names};

/// What the view remembers between frames.
#[derive(Clone, Debug, Default)]
pub struct Local {
    chosen: Option<Uuid>,
}

pub fn outbox_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    let room = ui.available_rect_before_wrap();
    let [list, side] = columns(room, tokens.size.gap, [1.0, 1.2]);
    let entries = &state.outbox.entries;
    if !entries.iter().any(|entry| Some(entry.id) == local.chosen) {
        local.chosen = state.outbox.conflicts().next().or(entries.first()).map(|entry| entry.id);
    }
    panel_rect(ui, list, tokens, |ui| list_ui(ui, state, tokens, text, local, out));
    panel_rect(ui, side, tokens, |ui| {
        match entries.iter().find(|entry| Some(entry.id) == local.chosen) {
            Some(entry) => entry_ui(ui, state, entry, tokens, text, out),
            None => empty(ui, tokens, text.t("outbox-empty"), text.t("outbox-empty-advice")),
        }
    });
}

fn list_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    let (size, color) = (&tokens.size, &tokens.color);
    let n = format::count(state.outbox.entries.len() as i64);
    heading(ui, tokens, text.t("outbox-title"), &n);
    if state.outbox.damaged > 0 {
        let damaged = [("n", (state.outbox.damaged as u32).into())];
        let said = text.with("outbox-damaged", &damaged);
        words(ui, &said, size.note, Weight::Regular, color.alarm);
    }
    if !state.outbox.entries.is_empty()
        && text_button(ui, tokens, text.t("command-export-outbox")).clicked()
    {
        out.push(Command::ExportOutbox);
    }
    ui.add_space(size.gap * 0.5);
    let height = size.row * 1.5;
    ScrollArea::vertical().id_salt("outbox").auto_shrink(false).show_rows(
        ui,
        height,
        state.outbox.entries.len(),
        |ui, shown| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for entry in &state.outbox.entries[shown] {
                let room = egui::vec2(ui.available_width() - 8.0, height);
                let (rect, response) = ui.allocate_exact_size(room, Sense::click());
                if row_ui(ui, rect, &response, state, entry, tokens, text, local.chosen) {
                    local.chosen = Some(entry.id);
                }
            }
        },
    );
}

fn row_ui(
    ui: &Ui,
    rect: Rect,
    response: &egui::Response,
    state: &State,
    entry: &OutboxEntry,
    tokens: &Tokens,
    text: &Text,
    chosen: Option<Uuid>,
) -> bool {
    let (size, color) = (&tokens.size, &tokens.color);
    let key = action_key(entry.action.kind());
    let title = format!("{} · {}", text.t(&key), entry.incident.as_deref().unwrap_or("–"));
    let when = format::moment(text, entry.at.0, state.now);
    let note = format!("{when} · {}", text.t(state_key(entry)));
    widgets::name(response, Role::Row, &format!("{title} {note}"));
    if Some(entry.id) == chosen || response.hovered() {
        ui.painter().rect_filled(rect, size.radius_small, color.raised);
    }
    hairline(ui, tokens, rect, rect.bottom() - 0.5);
    let ink = match entry.state {
        CommandState::Conflict | CommandState::Rejected => color.alarm,
        _ => color.text_dim,
    };
    let at = rect.left_center() + egui::vec2(8.0, 0.0);
    paint_two_lines(ui.painter(), tokens, at, [&title, &note], ink, rect.width() - 16.0);
    response.clicked()
}

/// One action: its words, what the server said, and what a person can do.
fn entry_ui(
    ui: &mut Ui,
    state: &State,
    entry: &OutboxEntry,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let (size, color) = (&tokens.size, &tokens.color);
    let key = action_key(entry.action.kind());
    heading(ui, tokens, text.t(&key), text.t(state_key(entry)));
    if let Some(said) = entry.action.words() {
        words(ui, said, size.body, Weight::Regular, color.text_strong);
        ui.add_space(size.gap * 0.5);
    }
    if let Some(old) = &entry.replaces {
        let was = [text.t("outbox-replaces"), old.words().unwrap_or_default()];
        let was = was.map(str::trim).join(" ");
        words(ui, &was, size.note, Weight::Regular, color.text_dim);
        ui.add_space(size.gap * 0.5);
    }
    match &entry.answer {
        Some(Outcome::Conflict { current, .. }) => {
            words(ui, text.t("conflict-explained"), size.body, Weight::Regular, color.text_soft);
            ui.add_space(size.gap * 0.5);
            let now = current.standing();
            side_by_side(ui, state, entry.basis.as_ref(), now.as_ref(), tokens, text);
        }
        Some(Outcome::Rejected { reason, .. }) => {
            let key = format!("rejected-{}", reason.replace('_', "-"));
            let known = if text.has(&key) { text.t(&key) } else { text.t("rejected-other") };
            words(ui, known, size.body, Weight::Regular, color.alarm);
        }
        _ => {}
    }
    ui.add_space(size.gap);
    buttons(ui, state, entry, tokens, text, out);
}

fn buttons(
    ui: &mut Ui,
    state: &State,
    entry: &OutboxEntry,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    // A key that is held decides one conflict, not the next ones as well.
    let pressed = |ui: &Ui, key| view_key(ui.ctx(), state, key, false) > 0;
    ui.horizontal_wrapped(|ui| {
        let waits = matches!(entry.state, CommandState::Conflict | CommandState::Rejected);
        if waits {
            let again = if entry.state == CommandState::Conflict {
                "conflict-keep-mine"
            } else {
                "outbox-send-again"
            };
            let label = format!("{} · Enter", text.t(again));
            if text_button(ui, tokens, &label).clicked() || pressed(ui, Key::Enter) {
                out.push(Command::KeepMine(entry.id));
            }
            if can_be_edited(entry) {
                let label = format!("{} · F2", text.t("conflict-edit"));
                if text_button(ui, tokens, &label).clicked() || pressed(ui, Key::F2) {
                    out.push(Command::EditMine(entry.id));
                }
            }
            let label = format!("{} · Delete", text.t("conflict-take-theirs"));
            if text_button(ui, tokens, &label).clicked() || pressed(ui, Key::Delete) {
                out.push(Command::TakeTheirs(entry.id));
            }
        }
        if let Some(row_id) = entry.row_id {
            let label = format!("{} · E", text.t("outbox-open"));
            if text_button(ui, tokens, &label).clicked() || pressed(ui, Key::E) {
                out.push(Command::Show(View::Triage));
                out.push(Command::Triage(TriageCommand::Put(row_id)));
            }
        }
    });
}

/// What the officer saw, and what the server has now; what differs stands out.
fn side_by_side(
    ui: &mut Ui,
    state: &State,
    seen: Option<&Standing>,
    now: Option<&Standing>,
    tokens: &Tokens,
    text: &Text,
) {
    let color = &tokens.color;
    let of = |standing: Option<&Standing>, read: &dyn Fn(&Standing) -> Option<String>| {
        standing.and_then(read).unwrap_or_else(|| "–".to_owned())
    };
    let topic = |code: &String| {
        let known = state.vocabulary.topics.iter().position(|entry| entry.code == *code);
        known.map_or_else(|| code.clone(), |n| names::topic(state, text, n as u16).to_owned())
    };
    let body = |id: &String| {
        let known = state.vocabulary.bodies.iter().position(|entry| entry.id == *id);
        known.map_or_else(|| id.clone(), |n| names::body(state, text, n as u16).to_owned())
    };
    let place = |oktmo: &String| {
        let index = oktmo.parse().ok().and_then(|code| state.catalogue.municipality_by_oktmo(code));
        index.map_or_else(|| oktmo.clone(), |n| names::municipality(state, text, n).to_owned())
    };
    type Read<'a> = Box<dyn Fn(&Standing) -> Option<String> + 'a>;
    let rows: [(&str, Read<'_>); 8] = [
        (
            "list-status",
            Box::new(|s| Some(names::status(state, text, s.status.index()).to_owned())),
        ),
        ("filter-topic", Box::new(|s| s.topic.as_ref().map(topic))),
        ("filter-municipality", Box::new(|s| s.municipality.as_ref().map(place))),
        ("filter-body", Box::new(|s| s.body.as_ref().map(body))),
        ("details-assignee", Box::new(|s| s.assignee.clone())),
        ("list-due", Box::new(|s| s.due.map(|at| format::moment(text, at.0, state.now)))),
        ("conflict-priority", Box::new(|s| Some(s.priority.to_string()))),
        ("details-merged", Box::new(|s| s.merged_into.clone())),
    ];
    let title = format!("{} → {}", text.t("conflict-seen"), text.t("conflict-now"));
    words(ui, &title, tokens.size.note, Weight::Medium, color.text_dim);
    for (key, read) in rows {
        let (before, after) = (of(seen, &*read), of(now, &*read));
        if before == after {
            fact(ui, tokens, text.t(key), &before, color.text_soft);
        } else {
            fact(ui, tokens, text.t(key), &format!("{before} → {after}"), color.warn);
        }
    }
}

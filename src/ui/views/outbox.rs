//! «Исходящие»: what was done here and the server has not made its own yet;
//! conflicts side by side.

mod asked;
mod versions;

use egui::{Key, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui};
use uuid::Uuid;

use super::incidents::details::words;
use super::page::{columns, quiet};
use super::triage::card::{action_key, state_key};
use crate::app::form::{can_be_edited, decides};
use crate::app::outbox_view::{OutboxEntry, OutboxView};
use crate::app::state::View;
use crate::app::triage::TriageCommand;
use crate::app::{Command, State};
use crate::domain::Action;
use crate::store::CommandState;
use crate::sync::protocol::Outcome;
use crate::ui::format;
use crate::ui::palette::view_key;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{
    Align, Weight, empty, font, hairline, heading, name, paint_line, paint_two_lines, panel_rect,
    text_button,
};

/// What the view remembers between frames.
#[derive(Clone, Debug, Default)]
pub struct Local {
    chosen: Option<Uuid>,
    /// Keys have moved on: the list is scrolled to what is chosen.
    moved: bool,
}

/// A line of the list.
enum Line<'a> {
    /// Fluent key, and how many stand below it.
    Heading(&'static str, usize),
    Entry(&'a OutboxEntry),
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
    let [list, side] = columns(room, tokens.size.gap, [1.0, 1.6]);
    let lines = lines(&state.outbox);
    let entries = || {
        lines.iter().filter_map(|line| match line {
            Line::Entry(entry) => Some(*entry),
            Line::Heading(..) => None,
        })
    };
    if !entries().any(|entry| Some(entry.id) == local.chosen) {
        local.chosen = entries().next().map(|entry| entry.id);
    }
    move_by_keys(ui, state, &entries().map(|entry| entry.id).collect::<Vec<_>>(), local);
    panel_rect(ui, list, tokens, |ui| list_ui(ui, state, &lines, tokens, text, local, out));
    panel_rect(ui, side, tokens, |ui| {
        match entries().find(|entry| Some(entry.id) == local.chosen) {
            Some(entry) => entry_ui(ui, state, entry, tokens, text, out),
            None => empty(ui, tokens, text.t("outbox-empty"), text.t("outbox-empty-advice")),
        }
    });
}

/// What waits for a person first, under its heading.
fn lines(outbox: &OutboxView) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let conflicts = outbox.conflicts().count();
    if conflicts > 0 {
        lines.push(Line::Heading("outbox-conflicts", conflicts));
        lines.extend(outbox.conflicts().map(Line::Entry));
        let others = outbox.others().count();
        if others > 0 {
            lines.push(Line::Heading("outbox-under-way", others));
        }
    }
    lines.extend(outbox.others().map(Line::Entry));
    lines
}

/// J, K and the arrows, as in the queue.
fn move_by_keys(ui: &Ui, state: &State, ids: &[Uuid], local: &mut Local) {
    let pressed = |key| view_key(ui.ctx(), state, key, true);
    let down = pressed(Key::J) + pressed(Key::ArrowDown);
    let up = pressed(Key::K) + pressed(Key::ArrowUp);
    let Some(at) = ids.iter().position(|id| Some(*id) == local.chosen) else { return };
    if down != up {
        local.chosen = Some(ids[(at + down).saturating_sub(up).min(ids.len() - 1)]);
        local.moved = true;
    }
}

fn list_ui(
    ui: &mut Ui,
    state: &State,
    lines: &[Line<'_>],
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
    if !lines.is_empty() && text_button(ui, tokens, text.t("command-export-outbox")).clicked() {
        out.push(Command::ExportOutbox);
    }
    ui.add_space(size.gap * 0.5);
    let height = size.row * 1.5;
    ui.spacing_mut().item_spacing.y = 0.0;
    let list = ScrollArea::vertical().id_salt("outbox").auto_shrink(false);
    list.show_rows(ui, height, lines.len(), |ui, shown| {
        if std::mem::take(&mut local.moved) {
            let is_chosen =
                |line: &Line<'_>| matches!(line, Line::Entry(it) if Some(it.id) == local.chosen);
            let at = lines.iter().position(is_chosen).unwrap_or_default();
            let above = (at as f32 - shown.start as f32) * height;
            let top = ui.max_rect().left_top() + egui::vec2(0.0, above);
            ui.scroll_to_rect(Rect::from_min_size(top, egui::vec2(1.0, height)), None);
        }
        for line in &lines[shown] {
            let room = egui::vec2(ui.available_width() - 8.0, height);
            match line {
                Line::Heading(key, n) => {
                    let (rect, response) = ui.allocate_exact_size(room, Sense::hover());
                    let title = format!("{} · {}", text.t(key), format::count(*n as i64));
                    name(&response, Role::Label, &title);
                    let at = egui::pos2(rect.left(), rect.bottom() - size.body);
                    let strong = font(size.body, Weight::Semibold);
                    let ink = color.text_soft;
                    paint_line(ui.painter(), at, Align::Left, &title, strong, ink, rect.width());
                    hairline(ui, tokens, rect, rect.bottom() - 0.5);
                }
                Line::Entry(entry) => {
                    let (rect, response) = ui.allocate_exact_size(room, Sense::click());
                    let is_chosen = Some(entry.id) == local.chosen;
                    row_ui(ui, rect, &response, state, entry, tokens, text, is_chosen);
                    if response.clicked() {
                        local.chosen = Some(entry.id);
                    }
                }
            }
        }
    });
}

fn row_ui(
    ui: &Ui,
    rect: Rect,
    response: &egui::Response,
    state: &State,
    entry: &OutboxEntry,
    tokens: &Tokens,
    text: &Text,
    is_chosen: bool,
) {
    let (size, color) = (&tokens.size, &tokens.color);
    let key = action_key(entry.action.kind());
    let title = format!("{} · {}", text.t(&key), entry.incident.as_deref().unwrap_or("–"));
    let when = format::moment(text, entry.at.0, state.now);
    let note = format!("{when} · {}", text.t(state_key(entry)));
    let label = format!("{title} {note}");
    response.widget_info(|| egui::WidgetInfo::selected(Role::Row, true, is_chosen, &label));
    if is_chosen || response.hovered() {
        let fill = if is_chosen { color.hover } else { color.raised };
        ui.painter().rect_filled(rect, size.radius_small, fill);
    }
    if is_chosen {
        let edge = Rect::from_min_size(rect.min, egui::vec2(2.5, rect.height() - 1.0));
        ui.painter().rect_filled(edge, 1.0, color.accent);
    }
    if response.has_focus() {
        let line = Stroke::new(1.0, color.accent);
        ui.painter().rect_stroke(rect, size.radius_small, line, StrokeKind::Inside);
    }
    hairline(ui, tokens, rect, rect.bottom() - 0.5);
    let ink = if entry.waits_for_person() { color.alarm } else { color.text_dim };
    let at = rect.left_center() + egui::vec2(10.0, 0.0);
    paint_two_lines(ui.painter(), tokens, at, [&title, &note], ink, rect.width() - 18.0);
}

/// One action: what it asks for, what the server said, and what a person can do.
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
    ScrollArea::vertical().id_salt(entry.id).auto_shrink(false).show(ui, |ui| {
        ui.set_width(ui.available_width() - 8.0);
        asked::asked_ui(ui, state, &entry.action, tokens, text);
        if let Some(old) = &entry.replaces {
            let was = [text.t("outbox-replaces"), old.words().unwrap_or_default()];
            let was = was.map(str::trim).join(" ");
            words(ui, &was, size.note, Weight::Regular, color.text_dim);
        }
        ui.add_space(size.gap * 0.5);
        match &entry.answer {
            Some(Outcome::Conflict { current, .. }) => {
                let explained = text.t("conflict-explained");
                words(ui, explained, size.body, Weight::Regular, color.text_soft);
                ui.add_space(size.gap * 0.5);
                let now = current.standing();
                versions::versions_ui(ui, state, entry, now.as_ref(), tokens, text);
            }
            Some(Outcome::Rejected { reason, .. }) => {
                let key = match &entry.action {
                    Action::Assign { body, .. } | Action::Forward { body, .. }
                        if reason == "invalid_payload" && !state.vocabulary.offers(body) =>
                    {
                        "rejected-body-gone".to_owned()
                    }
                    _ => format!("rejected-{}", reason.replace('_', "-")),
                };
                let known = if text.has(&key) { text.t(&key) } else { text.t("rejected-other") };
                words(ui, known, size.body, Weight::Regular, color.alarm);
            }
            _ => {}
        }
        ui.add_space(size.gap);
        buttons(ui, state, entry, tokens, text, out);
    });
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
        if entry.waits_for_person() && !decides(state, entry) {
            let office = [("office", entry.office.as_str().into())];
            quiet(ui, tokens, &text.with("outbox-decided-by", &office));
        } else if entry.waits_for_person() {
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

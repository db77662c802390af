//! What can be done to the incident under the cursor, or to all that is chosen:
//! one line and one key each, or the form of the one that was begun.

mod choices;
mod create;
mod form;
mod linking;
mod pick;
mod place;
mod quality;
mod split;
mod strays;
mod write;

use egui::{Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui};

use crate::app::deeds::{DEEDS, Deed, is_offered};
use crate::app::form::{Form, is_legal, is_own_answer};
use crate::app::{Command, State};
use crate::domain::{CommandKind, Status};
use crate::store::details::ListRow;
use crate::ui::map::MapLocal;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::quiet;
use crate::ui::widgets::{self, Align, Weight, font, heading, paint_line};

pub(super) use form::Local;

/// An action needs so much width; where there is more, they stand in columns.
const COLUMN_WIDTH: f32 = 200.0;
/// Room of a key's sign, in heights of a line.
const KEY_SHARE: f32 = 1.6;

pub(super) fn actions_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    map: &mut MapLocal,
    out: &mut Vec<Command>,
) {
    if let Some(form) = &state.triage.form {
        form::form_ui(ui, state, tokens, text, form, local, map, out);
        return;
    }
    let targets = state.triage.targets();
    heading(ui, tokens, text.t("actions"), &meant(state, text, &targets));
    if !state.triage.selected.is_empty() {
        quiet(ui, tokens, text.t("actions-chosen-advice"));
    }
    ScrollArea::vertical().id_salt("actions").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing = egui::vec2(6.0, 4.0);
        let shown = |deed: &&Deed| {
            let can = deed.kind.is_some_and(|kind| can_happen(state, kind, &targets));
            can && is_offered(state, deed)
        };
        let shown: Vec<&Deed> = DEEDS.iter().filter(shown).collect();
        let columns = ((ui.available_width() / COLUMN_WIDTH) as usize).max(1);
        let gaps = ui.spacing().item_spacing.x * (columns - 1) as f32;
        let width = (ui.available_width() - gaps) / columns as f32;
        for line in shown.chunks(columns) {
            ui.horizontal(|ui| {
                for deed in line {
                    if deed.kind == Some(CommandKind::Approve) && is_own(state, &targets) {
                        let room = egui::vec2(width, tokens.size.row);
                        ui.allocate_ui(room, |ui| quiet(ui, tokens, text.t("action-own-answer")));
                        continue;
                    }
                    let draft = deed.kind.is_some_and(|kind| has_draft(state, kind, &targets));
                    if deed_ui(ui, tokens, text, deed, width, draft).clicked() {
                        out.push((deed.listed.command)());
                    }
                }
            });
        }
        strays::strays_ui(ui, state, tokens, text, out);
    });
}

/// What an action is meant for, in words.
fn meant(state: &State, text: &Text, targets: &[u32]) -> String {
    match targets {
        [] => String::new(),
        [one] => row_of(state, *one).map_or(String::new(), |row| row.id.clone()),
        many => text.with("actions-chosen", &[("n", (many.len() as u32).into())]),
    }
}

/// An incident that is on the screen.
fn row_of(state: &State, row_id: u32) -> Option<&ListRow> {
    let open = state.incident.as_ref().map(|incident| &incident.row);
    let mut rows = open.into_iter().chain(&state.triage.rows);
    rows.find(|row| row.row_id == row_id)
}

/// The incident that a form is about, the first where it is about several.
fn target<'a>(state: &'a State, form: &Form) -> Option<&'a ListRow> {
    row_of(state, *form.rows.first()?)
}

/// True where the table of moves allows it for one of the targets; what is out
/// of sight is tried, and the refused are told.
fn can_happen(state: &State, kind: CommandKind, targets: &[u32]) -> bool {
    kind == CommandKind::Create
        || targets.iter().any(|row_id| {
            let status = row_of(state, *row_id).and_then(|row| Status::from_index(row.status));
            status.is_none_or(|status| is_legal(kind, status))
        })
}

/// True where the only target's answer is one's own.
fn is_own(state: &State, targets: &[u32]) -> bool {
    matches!(targets, [only] if is_own_answer(state, *only))
}

fn has_draft(state: &State, kind: CommandKind, targets: &[u32]) -> bool {
    let row_id = match kind {
        CommandKind::Create => Some(0),
        _ => targets.first().copied(),
    };
    row_id.is_some_and(|row_id| state.triage.drafts.contains_key(&(row_id, kind)))
}

/// «[A] Назначить орган».
fn deed_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    text: &Text,
    deed: &Deed,
    width: f32,
    has_draft: bool,
) -> egui::Response {
    let (size, color) = (&tokens.size, &tokens.color);
    let key = deed.listed.shortcut.unwrap_or_default();
    let label = text.t(deed.listed.text);
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(width, size.row - 3.0), Sense::click());
    widgets::name(&response, Role::Button, label);
    let lit = response.hovered() || response.has_focus();
    if lit {
        ui.painter().rect_filled(rect, size.radius_small, color.hover);
    }
    let small = font(size.note, Weight::Medium);
    let sign = widgets::line(ui.painter(), key, small, color.text_soft, rect.width());
    let cap = Rect::from_min_size(
        egui::pos2(rect.left() + 4.0, rect.center().y - size.note * 0.85),
        egui::vec2((sign.size().x + 10.0).max(size.note * KEY_SHARE), size.note * 1.7),
    );
    let edge = if response.has_focus() { color.accent } else { color.line };
    ui.painter().rect(cap, 4.0, color.raised, Stroke::new(1.0, edge), StrokeKind::Inside);
    ui.painter().galley(cap.center() - sign.size() / 2.0, sign, color.text_soft);
    let left = cap.right() + 8.0;
    let mut room = rect.right() - left - 6.0;
    if has_draft {
        room -= paint_line(
            ui.painter(),
            rect.right_center() - egui::vec2(6.0, 0.0),
            Align::Right,
            text.t("action-draft"),
            font(size.note, Weight::Regular),
            color.warn,
            room / 2.0,
        ) + 8.0;
    }
    let ink = if lit { color.text_strong } else { color.text_soft };
    paint_line(
        ui.painter(),
        egui::pos2(left, rect.center().y),
        Align::Left,
        label,
        font(size.body, Weight::Regular),
        ink,
        room,
    );
    response
}

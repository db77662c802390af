//! The incident under the cursor: what it is about, where, by when, what
//! citizens wrote, what is like it and what happened.

use egui::{Role, ScrollArea, Sense, Ui};

use super::queue::opened_by;
use crate::app::form::{can_be_edited, decides};
use crate::app::outbox_view::OutboxEntry;
use crate::app::state::SimilarTo;
use crate::app::triage::TriageCommand;
use crate::app::{Command, State};
use crate::board::row::flags;
use crate::board::similar::Distance;
use crate::domain::{CommandKind, ViewRight};
use crate::geo::mercator::MercatorPoint;
use crate::store::CommandState;
use crate::store::details::{IncidentDetails, ListRow};
use crate::ui::map::MapLocal;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::incidents::details::{events, facts, messages, words};
use crate::ui::widgets::{
    self, Mark, Weight, hairline, heading, mark, paint_two_lines, segment, text_button,
};
use crate::ui::{format, names};

const MAP_HEIGHT: f32 = 190.0;

/// Why somebody may look at a citizen's words as they were written; the key
/// goes to the audit log.
const REVEAL_REASONS: [&str; 4] =
    ["reveal-call-back", "reveal-place", "reveal-duplicate", "reveal-answer"];

/// What the card remembers between frames.
#[derive(Clone, Debug, Default)]
pub(super) struct Local {
    /// Row id of the incident whose reasons are being asked for.
    asking: Option<u32>,
}

pub(super) fn card_ui(
    ui: &mut Ui,
    state: &State,
    incident: &IncidentDetails,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    map: &mut MapLocal,
    out: &mut Vec<Command>,
) {
    let (size, color) = (&tokens.size, &tokens.color);
    let row = &incident.row;
    heading(ui, tokens, &row.id, names::status(state, text, row.status));
    let id = ("card", row.row_id);
    ScrollArea::vertical().id_salt(id).auto_shrink(false).show(ui, |ui| {
        ui.set_width(ui.available_width() - 8.0);
        ui.spacing_mut().item_spacing.y = 2.0;
        let summary = names::title(state, text, row);
        ui.add_space(4.0);
        opened(ui, state, row, tokens, text);
        words(ui, summary, size.heading + 3.0, Weight::Medium, color.text_strong);
        if !incident.address.is_empty() {
            words(ui, &incident.address, size.body, Weight::Regular, color.text_soft);
        }
        ui.add_space(size.gap * 0.6);
        surroundings(ui, state, incident, tokens, text, map);
        pending(ui, state, row.row_id, tokens, text, out);
        citizens(ui, state, incident, tokens, text, local, out);
        attached(ui, incident, tokens, text);
        ui.add_space(size.gap * 0.6);
        facts(ui, state, incident, tokens, text);
        if let Some(similar) = state.similar.as_ref().filter(|it| it.row_id == row.row_id) {
            alike(ui, state, similar, tokens, text, out);
        }
        events(ui, state, &incident.events, tokens, text);
    });
}

/// Who else has it open: two should not do the same.
fn opened(ui: &mut Ui, state: &State, row: &ListRow, tokens: &Tokens, text: &Text) {
    let Some(opened) = opened_by(state, text, row) else { return };
    let (size, ink) = (&tokens.size, tokens.color.accent);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let side = egui::Vec2::splat(size.body * 0.9);
        let (place, _) = ui.allocate_exact_size(side, Sense::hover());
        mark(ui.painter(), place.center(), Mark::Person, side.x, ink);
        words(ui, &opened, size.body, Weight::Medium, ink);
    });
}

/// Where it is, with what is like it around; a sentence where that is not known.
fn surroundings(
    ui: &mut Ui,
    state: &State,
    incident: &IncidentDetails,
    tokens: &Tokens,
    text: &Text,
    map: &mut MapLocal,
) {
    let Some(place) = incident.place.filter(|_| incident.row.flags & flags::PLACED != 0) else {
        words(
            ui,
            text.t("card-no-place"),
            tokens.size.note,
            Weight::Regular,
            tokens.color.text_dim,
        );
        return;
    };
    let others: Vec<_> = state
        .similar
        .as_ref()
        .filter(|similar| similar.row_id == incident.row.row_id)
        .map(|similar| similar.found.iter().filter_map(|one| one.place))
        .into_iter()
        .flatten()
        .map(MercatorPoint::to_world)
        .collect();
    let room = egui::vec2(ui.available_width(), MAP_HEIGHT);
    let (rect, _) = ui.allocate_exact_size(room, Sense::hover());
    map.place_ui(ui, rect, state, tokens, text, place.to_world(), &others);
    ui.add_space(tokens.size.gap * 0.6);
}

/// What was done here and the server has not made its own yet.
fn pending(
    ui: &mut Ui,
    state: &State,
    row_id: u32,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let (size, color) = (&tokens.size, &tokens.color);
    for entry in state.outbox.of_row(row_id) {
        let key = action_key(entry.action.kind());
        let what = text.t(&key);
        let how = text.t(state_key(entry));
        let ink = match entry.state {
            CommandState::Conflict | CommandState::Rejected => color.alarm,
            _ => color.warn,
        };
        ui.horizontal(|ui| {
            words(ui, &format!("{what} · {how}"), size.note, Weight::Medium, ink);
            if !decides(state, entry) {
                return;
            }
            if entry.state == CommandState::Conflict
                && text_button(ui, tokens, text.t("conflict-keep-mine")).clicked()
            {
                out.push(Command::KeepMine(entry.id));
            }
            if can_be_edited(entry) && text_button(ui, tokens, text.t("conflict-edit")).clicked() {
                out.push(Command::EditMine(entry.id));
            }
            if matches!(entry.state, CommandState::Conflict | CommandState::Rejected)
                && text_button(ui, tokens, text.t("conflict-take-theirs")).clicked()
            {
                out.push(Command::TakeTheirs(entry.id));
            }
        });
    }
}

/// The Fluent key of what an officer did.
pub(in crate::ui) fn action_key(kind: CommandKind) -> String {
    format!("event-{}", kind.event().key().replace('_', "-"))
}

/// The Fluent key of how far it has come.
pub(in crate::ui) fn state_key(entry: &OutboxEntry) -> &'static str {
    match entry.state {
        CommandState::Undoable => "outbox-undoable",
        CommandState::Queued => "outbox-queued",
        CommandState::Sent => "outbox-sent",
        CommandState::Accepted | CommandState::Settled => "outbox-accepted",
        CommandState::Conflict => "outbox-conflict",
        CommandState::Rejected => "outbox-rejected",
        CommandState::Replaced => "outbox-replaced",
    }
}

/// Messages: masked, or as they were written where a reason was given.
fn citizens(
    ui: &mut Ui,
    state: &State,
    incident: &IncidentDetails,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    let row_id = incident.row.row_id;
    match state.revealed.as_ref().filter(|revealed| revealed.row_id == row_id) {
        None => messages(ui, state, &incident.messages, tokens, text),
        Some(revealed) => {
            let mut shown = incident.messages.clone();
            for message in &mut shown {
                if let Some(unmasked) = revealed.texts.get(&message.id) {
                    message.text.clone_from(unmasked);
                }
            }
            messages(ui, state, &shown, tokens, text);
            return;
        }
    }
    let may = state
        .outbox
        .officer
        .as_ref()
        .and_then(|officer| crate::domain::Role::from_key(&officer.role))
        .is_some_and(|role| state.catalogue.role(role).may_view(ViewRight::SeePersonal));
    if !may || incident.messages.is_empty() {
        return;
    }
    if local.asking != Some(row_id) {
        if text_button(ui, tokens, text.t("reveal")).clicked() {
            local.asking = Some(row_id);
        }
        return;
    }
    let note = tokens.size.note;
    words(ui, text.t("reveal-why"), note, Weight::Regular, tokens.color.text_dim);
    ui.horizontal_wrapped(|ui| {
        for reason in REVEAL_REASONS {
            if segment(ui, tokens, text.t(reason), false) {
                local.asking = None;
                out.push(Command::Reveal { row_id, reason });
            }
        }
    });
}

/// Photos and documents where the source has them: links, never fetched here.
fn attached(ui: &mut Ui, incident: &IncidentDetails, tokens: &Tokens, text: &Text) {
    if incident.attachments.is_empty() {
        return;
    }
    let (size, color) = (&tokens.size, &tokens.color);
    ui.add_space(size.gap * 0.6);
    let n = format::count(incident.attachments.len() as i64);
    heading(ui, tokens, text.t("card-attachments"), &n);
    for file in &incident.attachments {
        let kind = if file.media_type.is_empty() { text.t("card-file") } else { &file.media_type };
        words(ui, kind, size.note, Weight::Regular, color.text_dim);
        ui.hyperlink(&file.url);
    }
}

fn alike(
    ui: &mut Ui,
    state: &State,
    similar: &SimilarTo,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let (size, color) = (&tokens.size, &tokens.color);
    ui.add_space(size.gap * 0.6);
    let near = text.with(
        "card-similar-near",
        &[
            ("n", (similar.found.len() as u32).into()),
            ("metres", (similar.near.metres() as u32).into()),
            ("hours", (similar.near.secs() / 3_600).into()),
        ],
    );
    heading(ui, tokens, text.t("card-similar"), &near);
    for one in &similar.found {
        let room = egui::vec2(ui.available_width(), size.row * 1.5);
        let (rect, response) = ui.allocate_exact_size(room, Sense::click());
        let far = match one.similar.distance {
            Distance::Metres(metres) => {
                text.with("card-metres", &[("n", (metres.round() as u32).into())])
            }
            Distance::SameName => text.t("card-same-place").to_owned(),
        };
        let when = format::moment(text, one.row.received, state.now);
        let status = names::status_short(state, text, one.row.status);
        let note = format!("{far} · {when} · {status}");
        let title = names::title(state, text, &one.row);
        widgets::name(&response, Role::Button, &format!("{title} {note}"));
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, size.radius_small, color.raised);
        }
        hairline(ui, tokens, rect, rect.bottom() - 0.5);
        let at = rect.left_center() + egui::vec2(4.0, 0.0);
        let lines = [title, note.as_str()];
        paint_two_lines(ui.painter(), tokens, at, lines, color.text_dim, rect.width() - 8.0);
        if response.clicked() {
            out.push(Command::Triage(TriageCommand::Put(one.row.row_id)));
        }
    }
}

//! The form that is open: its head, and what its kind of action takes.

use egui::{Key, Role, TextEdit, Ui, WidgetInfo};

use super::choices::{self, DAY_SECS};
use super::pick::{self, Pick, pick_ui};
use super::quality::{self, quality_ui};
use super::write::{
    cleaned, is_personal, is_too_long, keep, keep_begun, personal_ui, too_long_ui, words_of,
    write_ui,
};
use super::{create, linking, place, split};
use crate::app::form::Form;
use crate::app::triage::TriageCommand;
use crate::app::{Command, State};
use crate::domain::{Action, CommandKind, Timestamp};
use crate::ui::format;
use crate::ui::map::MapLocal;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::quiet;
use crate::ui::widgets::{Weight, font, heading, icon_button, text_button};

/// What the form remembers between frames.
#[derive(Default)]
pub(in crate::ui::views::triage) struct Local {
    /// The form that was drawn last.
    number: u64,
    pick: pick::Local,
    buffer: String,
    /// When what it began with was written.
    draft_at: Option<Timestamp>,
    /// Of an extension, once it is chosen.
    due_at: Option<Timestamp>,
    /// For the body that gets it; of an extension, until its day is chosen.
    reason: String,
    split: split::Local,
    quality: quality::Local,
    create: create::Local,
}

impl Local {
    /// What a form opens with: what was begun before, else the action that it makes
    /// anew, else nothing.
    fn of(state: &State, text: &Text, form: &Form) -> Self {
        let mut local = Self { number: form.number, ..Self::default() };
        let draft = state.triage.drafts.get(&form.draft_of());
        let draft = draft.filter(|draft| form.continues(draft));
        let action = match (draft, &form.replaces) {
            (Some(draft), _) => {
                local.draft_at = Some(draft.at);
                &draft.action
            }
            (None, Some(replaced)) => &replaced.action,
            (None, None) => return local,
        };
        match action {
            Action::Assign { reason, .. } | Action::Forward { reason, .. } => {
                local.reason = reason.clone().unwrap_or_default();
            }
            Action::Extend { due_at, reason } => {
                // A day that is no extension by now, or that of another incident, is to
                // be chosen anew.
                let stands = super::target(state, form).map_or(0, |row| row.due);
                let is_later = form.rows.len() <= 1 && due_at.0 > state.now.max(stands);
                if local.draft_at.is_some() && is_later {
                    local.due_at = Some(*due_at);
                    local.pick = pick::Local::typed(reason);
                } else {
                    local.reason.clone_from(reason);
                }
            }
            Action::Return { reason }
            | Action::Postpone { reason }
            | Action::Reject { reason }
            | Action::Reopen { reason } => local.pick = pick::Local::typed(reason),
            Action::Merge { into } => local.pick = pick::Local::typed(into),
            Action::Link(linking) => {
                local.pick = pick::Local::typed(linking.name().unwrap_or_default());
            }
            Action::InterimAnswer { .. } | Action::Submit { .. } | Action::Comment { .. } => {
                words_of(action).clone_into(&mut local.buffer);
            }
            Action::Split { messages, .. } => {
                local.split.chosen = messages.iter().cloned().collect();
            }
            Action::Quality { verdict, checks, text } => {
                let ticked = checks.iter().copied().collect();
                let list = &state.catalogue.quality;
                // What only followed from the ticks goes on following them.
                let verdict = Some(*verdict).filter(|it| *it != list.verdict(list.score(&ticked)));
                let remark = text.clone().unwrap_or_default();
                local.quality = quality::Local { ticked, verdict, remark };
            }
            Action::Create(new) => {
                local.create = create::Local::of(state, text, new);
                words_of(action).clone_into(&mut local.buffer);
            }
            _ => {}
        }
        local
    }
}

pub(super) fn form_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    form: &Form,
    local: &mut Local,
    map: &mut MapLocal,
    out: &mut Vec<Command>,
) {
    let fresh = local.number != form.number;
    if fresh {
        *local = Local::of(state, text, form);
        // The keyboard is the form's, whatever had it.
        ui.memory_mut(|memory| {
            if let Some(elsewhere) = memory.focused() {
                memory.surrender_focus(elsewhere);
            }
        });
    }
    let title = text.t(title_key(form.kind)).to_owned();
    let head = heading(ui, tokens, &title, &super::meant(state, text, &form.rows));
    let corner = egui::Rect::from_min_size(
        egui::pos2(head.right() - tokens.size.row + 2.0, head.top() - 6.0),
        egui::Vec2::splat(tokens.size.row),
    );
    let mut close = ui.new_child(egui::UiBuilder::new().max_rect(corner).id_salt("close-form"));
    let closes = icon_button(&mut close, tokens, "×", text.t("form-close")).clicked();
    if closes || ui.input(|input| input.key_pressed(Key::Escape)) {
        out.push(Command::Triage(TriageCommand::CloseForm));
        return;
    }
    if form.replaces.is_some() {
        quiet(ui, tokens, text.t("edit-mine-advice"));
    }
    ui.add_space(4.0);
    if let Some(at) = local.draft_at
        && draft_ui(ui, state, tokens, text, at)
    {
        // It opens again with nothing in it.
        local.number = 0;
        local.pick = pick::Local::default();
        out.push(Command::Triage(TriageCommand::DropDraft(form.draft_of())));
        return;
    }
    let sent = ui.push_id(("form", form.number), |ui| {
        body_ui(ui, state, tokens, text, form, fresh, local, map, out)
    });
    if let Some(action) = sent.inner {
        out.push(Command::Triage(TriageCommand::Send(Box::new(action))));
    }
}

/// The action once it is complete.
#[expect(clippy::too_many_arguments, reason = "a form needs what a view has")]
fn body_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    form: &Form,
    fresh: bool,
    local: &mut Local,
    map: &mut MapLocal,
    out: &mut Vec<Command>,
) -> Option<Action> {
    let mine = form.replaces.as_ref().map(|replaced| &replaced.action);
    let list = |ui: &mut Ui, local: &mut pick::Local, items, hint: &str, ready| {
        let items = choices::mine_first(text, items, mine);
        let pick = Pick { items: &items, free: None, hint: text.t(hint), ready };
        pick_ui(ui, tokens, text, local, &pick)
    };
    match form.kind {
        CommandKind::Assign | CommandKind::Forward => {
            let (items, ready) = choices::bodies(state, text, form);
            let (pick, reason) = (&mut local.pick, &mut local.reason);
            let list = |ui: &mut Ui| list(ui, pick, items, "pick-body", ready);
            body_for(ui, tokens, text, form, reason, list, out)
        }
        CommandKind::Classify => {
            if let Some(said) = choices::block_said(state, text, form) {
                quiet(ui, tokens, &said);
            }
            let (items, ready) = choices::topics(state, text, form);
            list(ui, &mut local.pick, items, "pick-topic", ready)
        }
        CommandKind::Prioritise => {
            list(ui, &mut local.pick, choices::priorities(text), "pick-priority", true)
        }
        CommandKind::Mark => {
            list(ui, &mut local.pick, choices::marks(state, text, form), "pick-mark", true)
        }
        CommandKind::Rate => list(ui, &mut local.pick, choices::ratings(text), "pick-rate", true),
        CommandKind::Quality => quality_ui(ui, state, tokens, text, form, &mut local.quality, out),
        CommandKind::Place => {
            let items = choices::place_first(text, place::items(state, text, form), mine);
            let hint = text.t("pick-place");
            let on_map = place::map_ui(ui, state, tokens, text, form, fresh, map);
            let typed = |typed: &str| place::typed(state, text, typed);
            let pick = Pick { items: &items, free: Some(&typed), hint, ready: true };
            let picked = pick_ui(ui, tokens, text, &mut local.pick, &pick);
            on_map.or(picked).map(Action::Place)
        }
        CommandKind::Extend => extend_ui(ui, state, tokens, text, form, local, out),
        CommandKind::Return | CommandKind::Postpone | CommandKind::Reject | CommandKind::Reopen => {
            let make = |reason: &str| {
                let reason = reason.to_owned();
                match form.kind {
                    CommandKind::Return => Action::Return { reason },
                    CommandKind::Postpone => Action::Postpone { reason },
                    CommandKind::Reject => Action::Reject { reason },
                    _ => Action::Reopen { reason },
                }
            };
            reason_ui(ui, state, tokens, text, form, &mut local.pick, &make, out)
        }
        CommandKind::Merge => {
            let items = choices::mine_first(text, choices::survivors(state, text, form), mine);
            let typed = |typed: &str| choices::survivor_typed(text, &items, typed);
            if items.is_empty() {
                quiet(ui, tokens, text.t("merge-none"));
            }
            let hint = text.t("pick-survivor");
            let pick = Pick { items: &items, free: Some(&typed), hint, ready: true };
            pick_ui(ui, tokens, text, &mut local.pick, &pick)
        }
        CommandKind::InterimAnswer | CommandKind::Submit | CommandKind::Comment => {
            let make = |words: &str| {
                let text = words.to_owned();
                match form.kind {
                    CommandKind::InterimAnswer => Action::InterimAnswer { text },
                    CommandKind::Submit => Action::Submit { text },
                    _ => Action::Comment { text },
                }
            };
            write_ui(ui, state, tokens, text, form, fresh, &mut local.buffer, &make, out)
        }
        CommandKind::Split => split::split_ui(ui, state, tokens, text, form, &mut local.split, out),
        CommandKind::Create => {
            let (own, buffer) = (&mut local.create, &mut local.buffer);
            create::create_ui(ui, state, tokens, text, form, fresh, own, buffer, out)
        }
        CommandKind::Link => {
            let items = linking::items(state, text, form);
            let typed = |typed: &str| linking::typed(state, text, form, typed);
            let ready = state.problems.is_fresh;
            let hint = text.t("pick-problem");
            let pick = Pick { items: &items, free: Some(&typed), hint, ready };
            let before = local.pick.query.clone();
            let picked = pick_ui(ui, tokens, text, &mut local.pick, &pick);
            if picked.is_none() && local.pick.query != before {
                let name = local.pick.query.trim();
                let begun = (!name.is_empty()).then(|| linking::named(state, form, name));
                keep_begun(form, begun.flatten(), out);
            }
            picked
        }
        // Done at once: they have no form.
        CommandKind::Take
        | CommandKind::Approve
        | CommandKind::Unmerge
        | CommandKind::Close
        | CommandKind::Unlink => None,
    }
}

/// A body from `list`, with a word for it below: kept as a draft for a body that
/// is still to be chosen.
fn body_for(
    ui: &mut Ui,
    tokens: &Tokens,
    text: &Text,
    form: &Form,
    reason: &mut String,
    list: impl FnOnce(&mut Ui) -> Option<Action>,
    out: &mut Vec<Command>,
) -> Option<Action> {
    let line = tokens.size.row + ui.spacing().item_spacing.y;
    let said = cleaned(reason);
    let warns = [is_too_long(&said), is_personal(&said)].into_iter().filter(|warns| *warns);
    let lines = 1.0 + warns.count() as f32;
    let foot = line * lines + ui.spacing().item_spacing.y;
    let room = egui::vec2(ui.available_width(), (ui.available_height() - foot).max(foot));
    let picked = ui.allocate_ui(room, list).inner;
    let label = text.t("assign-reason");
    let size = [ui.available_width(), tokens.size.row];
    let field = TextEdit::singleline(reason).hint_text(label).align(egui::Align2::LEFT_CENTER);
    let field = ui.add_sized(size, field);
    field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, label));
    if field.changed() {
        let make = |said: &str| {
            let (body, reason) = (String::new(), Some(said.to_owned()));
            match form.kind {
                CommandKind::Forward => Action::Forward { body, reason },
                _ => Action::Assign { body, reason },
            }
        };
        keep(form, reason, &make, out);
    }
    let said = cleaned(reason);
    personal_ui(ui, tokens, text, &said);
    if too_long_ui(ui, tokens, text, &said) {
        return None;
    }
    let said = (!said.is_empty()).then_some(said);
    Some(match picked? {
        Action::Assign { body, .. } => Action::Assign { body, reason: said },
        Action::Forward { body, .. } => Action::Forward { body, reason: said },
        other => other,
    })
}

/// First the day, then the reason.
fn extend_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    form: &Form,
    local: &mut Local,
    out: &mut Vec<Command>,
) -> Option<Action> {
    if let Some(due_at) = local.due_at {
        let until = match form.rows.as_slice() {
            [] | [_] => choices::until(state, text, due_at),
            _ => {
                let days = due_at.0.saturating_sub(state.now).div_ceil(DAY_SECS);
                let days = text.with("extend-days", &[("n", days.into())]);
                format!("{days} · {}", text.t("extend-each"))
            }
        };
        ui.label(egui::RichText::new(until).color(tokens.color.text_strong));
        let make = |reason: &str| Action::Extend { due_at, reason: reason.to_owned() };
        return reason_ui(ui, state, tokens, text, form, &mut local.pick, &make, out);
    }
    let mine = match form.replaces.as_ref().map(|replaced| &replaced.action) {
        Some(Action::Extend { due_at, .. }) => Some(*due_at),
        _ => None,
    };
    let items = choices::extensions(state, text, form, mine);
    let typed = |typed: &str| choices::extension_typed(state, text, form, typed);
    let hint = text.t("pick-days");
    let pick = Pick { items: &items, free: Some(&typed), hint, ready: true };
    local.due_at = pick_ui(ui, tokens, text, &mut local.pick, &pick);
    if local.due_at.is_some() {
        local.pick = pick::Local::typed(&local.reason);
    }
    None
}

/// `make` makes the action of a reason: kept as a draft while one is typed.
fn reason_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    form: &Form,
    local: &mut pick::Local,
    make: &dyn Fn(&str) -> Action,
    out: &mut Vec<Command>,
) -> Option<Action> {
    let items = choices::reasons(state, text, form.kind);
    let own = |typed: &str| choices::reason_typed(text, typed);
    let hint = text.t("pick-reason");
    let pick = Pick { items: &items, free: Some(&own), hint, ready: true };
    let before = local.query.clone();
    let reason = pick_ui(ui, tokens, text, local, &pick);
    if reason.is_none() && local.query != before {
        keep(form, &local.query, make, out);
    }
    reason.map(|reason| make(&reason))
}

/// That this was begun before, and when. True where it is thrown away.
fn draft_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text, at: Timestamp) -> bool {
    let at = format::moment(text, at.0, state.now);
    let small = font(tokens.size.note, Weight::Medium);
    let said = text.with("draft-of", &[("at", at.into())]);
    ui.horizontal_wrapped(|ui| {
        ui.label(egui::RichText::new(said).font(small).color(tokens.color.warn));
        text_button(ui, tokens, text.t("draft-drop")).clicked()
    })
    .inner
}

/// Key of the words for an action.
pub(super) fn title_key(kind: CommandKind) -> &'static str {
    use crate::app::deeds::DEEDS;
    let begins = Command::Triage(TriageCommand::Begin(kind));
    let deed = DEEDS.iter().find(|deed| (deed.listed.command)() == begins);
    deed.map_or("", |deed| deed.listed.text)
}

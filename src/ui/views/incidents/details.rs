//! One incident: what it is about, its deadline, what citizens wrote, its log.

use egui::{Color32, Key, Label, Modifiers, RichText, ScrollArea, Ui};

use super::super::page::fact;
use super::super::settings::role_name;
use super::deadlines::stages_ui;
use super::table::due;
use crate::app::state::View;
use crate::app::triage::TriageCommand;
use crate::app::{Command, State};
use crate::board::row::{self, flags};
use crate::domain::EventKind;
use crate::domain::action::Verdict;
use crate::store::details::{EventLine, IncidentDetails, MessageLine};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{Weight, font, heading, icon_button, text_button};
use crate::ui::{format, names};

pub(in crate::ui::views) fn details_ui(
    ui: &mut Ui,
    state: &State,
    incident: &IncidentDetails,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let (size, color) = (&tokens.size, &tokens.color);
    let row = &incident.row;
    let head = heading(ui, tokens, &row.id, names::status(state, text, row.status));
    let corner = egui::Rect::from_min_size(
        egui::pos2(head.right() - size.row + 2.0, head.top() - 6.0),
        egui::Vec2::splat(size.row),
    );
    let mut close = ui.new_child(egui::UiBuilder::new().max_rect(corner).id_salt("close"));
    if icon_button(&mut close, tokens, "×", text.t("details-close")).clicked() {
        out.push(Command::CloseIncident);
    }
    let label = format!("{} · E", text.t("incident-to-triage"));
    let is_typing = ui.ctx().text_edit_focused();
    let pressed = !is_typing && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::E));
    if text_button(ui, tokens, &label).clicked() || pressed {
        out.push(Command::Show(View::Triage));
        out.push(Command::Triage(TriageCommand::Put(row.row_id)));
    }
    ScrollArea::vertical().id_salt("details").auto_shrink(false).show(ui, |ui| {
        ui.set_width(ui.available_width() - 8.0);
        ui.spacing_mut().item_spacing.y = 2.0;
        let summary = names::title(state, text, row);
        ui.add_space(4.0);
        words(ui, summary, size.heading + 2.0, Weight::Medium, color.text_strong);
        if !incident.address.is_empty() {
            words(ui, &incident.address, size.body, Weight::Regular, color.text_soft);
        }
        ui.add_space(size.gap * 0.6);
        facts(ui, state, incident, tokens, text);
        messages(ui, state, &incident.messages, tokens, text);
        events(ui, state, &incident.events, tokens, text);
    });
}

pub(in crate::ui::views) fn words(
    ui: &mut Ui,
    words: &str,
    size: f32,
    weight: Weight,
    ink: Color32,
) {
    ui.add(Label::new(RichText::new(words).font(font(size, weight)).color(ink)).wrap());
}

pub(in crate::ui::views) fn facts(
    ui: &mut Ui,
    state: &State,
    incident: &IncidentDetails,
    tokens: &Tokens,
    text: &Text,
) {
    let row = &incident.row;
    let strong = tokens.color.text_strong;
    let moment = |at: u32| format::moment(text, at, state.now);
    let mut line = |key: &str, value: &str, ink: Color32| {
        if !value.is_empty() {
            fact(ui, tokens, text.t(key), value, ink);
        }
    };
    let topic = names::topic(state, text, row.topic);
    line("filter-block", names::block_full(state, text, row.block), strong);
    line("filter-topic", topic, strong);
    line("filter-municipality", names::municipality(state, text, row.municipality), strong);
    line("filter-settlement", names::settlement(state, row.settlement), strong);
    line("filter-body", names::body(state, text, row.body), strong);
    line("details-assignee", &role_name(state, text, &incident.assignee), strong);
    line("filter-source", names::source(state, text, row.source), strong);
    line("filter-regime", names::regime(state, text, row.regime), strong);
    line("list-received", &moment(row.received), strong);
    if incident.registered > 0 {
        line("details-registered", &moment(incident.registered), strong);
    }
    let (due, ink) = due(state, tokens, text, row);
    if row.due > 0 {
        line("list-due", &moment(row.due), strong);
    }
    line("details-deadline", &due, ink);
    let source = match incident.due_source.as_str() {
        _ if row.flags & flags::DUE_BY_RULE != 0 => {
            format!("{} · {}", text.t("due-source-rule"), incident.policy_version)
        }
        "" => String::new(),
        known @ ("server" | "policy" | "hand") => {
            let key = format!("due-source-{known}");
            let policy = &incident.policy_version;
            let words = text.t(&key);
            if policy.is_empty() { words.to_owned() } else { format!("{words} · {policy}") }
        }
        other => other.to_owned(),
    };
    line("details-due-source", &source, strong);
    let moved = |event: &&EventLine| event.merged.is_empty() && event.due_before > 0;
    for event in incident.events.iter().rev().filter(moved) {
        line("details-due-before", &moment(event.due_before), tokens.color.text_soft);
    }
    if row.first_answer > 0 {
        line(
            "to-first-answer",
            &format::duration(text, f64::from(row.first_answer.saturating_sub(row.received))),
            strong,
        );
    }
    if row.closed > 0 {
        line(
            "to-close",
            &format::duration(text, f64::from(row.closed.saturating_sub(row.received))),
            strong,
        );
    }
    if row.rating > 0 {
        let rating = text.with("details-rating-value", &[("n", u32::from(row.rating).into())]);
        line("details-rating", &rating, strong);
    }
    line("details-merged", &incident.merged_into, strong);
    line("problem-name", &incident.problem, strong);
    line("details-marks", &marks(text, row.flags), tokens.color.warn);
    stages_ui(ui, state, incident, tokens, text);
}

/// Marks of an incident in words.
fn marks(text: &Text, set: u16) -> String {
    [
        (flags::PRIORITY_URGENT, "mark-urgent"),
        (flags::PRIORITY_HIGH, "mark-high"),
        (flags::RESONANCE, "mark-resonance"),
        (flags::CONFLICT, "mark-conflict"),
        (flags::COMMUNICATION_ERROR, "mark-communication-error"),
        (flags::RETURNED, "mark-returned"),
        (flags::REOPENED, "mark-reopened"),
    ]
    .into_iter()
    .filter(|(flag, _)| set & flag != 0)
    .map(|(_, key)| text.t(key))
    .collect::<Vec<_>>()
    .join(", ")
}

pub(in crate::ui::views) fn messages(
    ui: &mut Ui,
    state: &State,
    list: &[MessageLine],
    tokens: &Tokens,
    text: &Text,
) {
    let (size, color) = (&tokens.size, &tokens.color);
    ui.add_space(size.gap);
    let n = format::count(list.len() as i64);
    heading(ui, tokens, text.t("details-messages"), &n);
    if list.is_empty() {
        words(ui, text.t("details-messages-none"), size.note, Weight::Regular, color.text_dim);
    }
    for message in list {
        let head = format!(
            "{} · {}",
            format::moment(text, message.received, state.now),
            names::source(state, text, message.source)
        );
        words(ui, &head, size.note, Weight::Regular, color.text_dim);
        words(ui, &message.text, size.body, Weight::Regular, color.text_strong);
        // What is no page is not for a browser, and a masked one leads nowhere.
        let is_page = message.url.starts_with("https://") || message.url.starts_with("http://");
        if is_page && !message.url.contains('[') {
            let label = RichText::new(&message.url).font(font(size.note, Weight::Regular));
            ui.hyperlink_to(label.color(color.accent), &message.url);
        } else if !message.url.is_empty() {
            words(ui, &message.url, size.note, Weight::Regular, color.text_dim);
        }
        ui.add_space(size.gap * 0.6);
    }
}

pub(in crate::ui::views) fn events(
    ui: &mut Ui,
    state: &State,
    list: &[EventLine],
    tokens: &Tokens,
    text: &Text,
) {
    let (size, color) = (&tokens.size, &tokens.color);
    ui.add_space(size.gap * 0.6);
    let n = format::count(list.len() as i64);
    heading(ui, tokens, text.t("details-events"), &n);
    for event in list {
        let kind = event.kind.and_then(EventKind::from_index);
        let what = kind.map_or(text.t("event-unknown").to_owned(), |kind| {
            text.t(&format!("event-{}", kind.key().replace('_', "-"))).to_owned()
        });
        let top = ui.cursor().top();
        ui.indent(("event", event.at, top.to_bits()), |ui| {
            let mut head = what;
            if event.body != row::NONE {
                head = format!("{head} → {}", names::body(state, text, event.body));
            }
            if event.due > 0 {
                head = format!("{head} → {}", format::moment(text, event.due, state.now));
            }
            words(ui, &head, size.body, Weight::Regular, color.text_strong);
            let by = if event.office.is_empty() {
                role_name(state, text, &event.role)
            } else {
                event.office.clone()
            };
            let moment = format::moment(text, event.at, state.now);
            let of = [moment.as_str(), &by, &event.merged];
            let note = of.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
            let note = note.join(" · ");
            words(ui, &note, size.note, Weight::Regular, color.text_dim);
            let checked = checked(state, text, event);
            for said in [checked.as_ref().unwrap_or(&event.reason), &event.text] {
                if !said.is_empty() {
                    words(ui, said, size.note, Weight::Regular, color.text_soft);
                }
            }
        });
        let dot = egui::pos2(ui.min_rect().left() + 5.0, top + size.body * 0.75);
        ui.painter().circle_filled(dot, 3.0, color.line);
        ui.add_space(4.0);
    }
}

/// The verdict on an answer with what was ticked, in words; `None` where it is no
/// such event.
fn checked(state: &State, text: &Text, event: &EventLine) -> Option<String> {
    if event.kind != Some(EventKind::QualityChecked.index()) {
        return None;
    }
    let verdict = Verdict::from_key(&event.reason)?;
    let items = state.catalogue.quality.items().iter();
    let ticked = items.filter(|item| event.checks.contains(&item.check));
    let mut said = vec![names::verdict(text, verdict)];
    said.extend(ticked.map(|item| item.name.short(text.language)));
    Some(said.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn every_kind_of_event_has_words() {
        let text = Text::of(Language::Ru);
        for kind in EventKind::ALL {
            let key = format!("event-{}", kind.key().replace('_', "-"));
            assert!(text.has(&key), "{key}");
        }
    }

    #[test]
    fn marks_are_listed_in_words() {
        let text = Text::of(Language::Ru);
        assert_eq!(marks(&text, flags::PLACED), "");
        assert_eq!(marks(&text, flags::RETURNED | flags::PRIORITY_URGENT), "срочно, возвращался");
    }
}

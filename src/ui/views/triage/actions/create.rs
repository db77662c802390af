//! An incident made by hand: somebody has telephoned.

use egui::{Ui, WidgetInfo};

use super::pick::{self, Item, Pick, pick_ui};
use super::write::{keep, write_ui};
use super::{choices, place};
use crate::app::form::Form;
use crate::app::{Command, State};
use crate::domain::action::{NewIncident, PlaceGiven};
use crate::domain::{Action, Source};
use crate::ui::names;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::quiet;
use crate::ui::widgets::{chip, segment};

/// The server takes no longer summary.
const SUMMARY_CHARS: usize = 500;
/// Height of an open list, in rows.
const LIST_ROWS: f32 = 7.0;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Topic,
    Place,
    Source,
}

/// Everything but the words, topic and place with their names.
#[derive(Clone, Default, PartialEq)]
struct Chosen {
    topic: Option<(String, String)>,
    place: Option<(String, PlaceGiven)>,
    source: Option<Source>,
    priority: u8,
}

/// What was chosen so far.
#[derive(Default)]
pub(super) struct Local {
    chosen: Chosen,
    open: Option<Field>,
    pick: pick::Local,
}

impl Local {
    /// As it was entered before.
    pub(super) fn of(state: &State, text: &Text, new: &NewIncident) -> Self {
        let topics = &state.vocabulary.topics;
        let topic = new.topic.as_ref().map(|code| {
            let number = topics.iter().position(|entry| entry.code == *code);
            let name = number.map_or(code.as_str(), |n| names::topic(state, text, n as u16));
            (name.to_owned(), code.clone())
        });
        let place = (new.place != PlaceGiven::default())
            .then(|| (place::name(state, text, &new.place), new.place.clone()));
        let source = new.source.as_deref().and_then(Source::from_key);
        let chosen = Chosen { topic, place, source, priority: new.priority };
        Self { chosen, ..Self::default() }
    }
}

#[expect(clippy::too_many_arguments, reason = "a form needs what a view has")]
pub(super) fn create_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    form: &Form,
    fresh: bool,
    local: &mut Local,
    buffer: &mut String,
    out: &mut Vec<Command>,
) -> Option<Action> {
    let before = local.chosen.clone();
    ui.horizontal_wrapped(|ui| {
        let topic = local.chosen.topic.as_ref().map(|(name, _)| name.clone());
        let place = local.chosen.place.as_ref().map(|(name, _)| name.clone());
        let source =
            local.chosen.source.map(|it| names::source(state, text, it.index()).to_owned());
        for (field, key, value) in [
            (Field::Topic, "filter-topic", topic),
            (Field::Place, "create-place", place),
            (Field::Source, "filter-source", source),
        ] {
            let label = text.t(key);
            let shown = value.as_deref().unwrap_or_else(|| text.t("create-choose"));
            let remove = text.with("filter-remove", &[("what", label.into())]);
            let (response, removed) = chip(ui, tokens, label, shown, value.is_some(), &remove);
            if removed {
                match field {
                    Field::Topic => local.chosen.topic = None,
                    Field::Place => local.chosen.place = None,
                    Field::Source => local.chosen.source = None,
                }
            } else if response.clicked() {
                local.open = (local.open != Some(field)).then_some(field);
                local.pick = pick::Local::default();
            }
        }
    });
    ui.horizontal_wrapped(|ui| {
        for (priority, key) in [(0, "priority-ordinary"), (1, "mark-high"), (2, "mark-urgent")] {
            if segment(ui, tokens, text.t(key), local.chosen.priority == priority) {
                local.chosen.priority = priority;
            }
        }
    });
    list_ui(ui, state, tokens, text, form, local);
    quiet(ui, tokens, text.t("create-advice"));
    let make = |words: &str| {
        let (summary, said) = parts(words);
        Action::Create(NewIncident {
            summary,
            topic: local.chosen.topic.as_ref().map(|(_, code)| code.clone()),
            source: local.chosen.source.map(|source| source.key().to_owned()),
            priority: local.chosen.priority,
            text: said,
            place: local.chosen.place.as_ref().map(|(_, given)| given.clone()).unwrap_or_default(),
        })
    };
    let sent = write_ui(ui, state, tokens, text, form, fresh, buffer, &make, out);
    if sent.is_none() && before != local.chosen {
        keep(form, buffer, &make, out);
    }
    sent
}

/// The list of the field that is open.
fn list_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    form: &Form,
    local: &mut Local,
) {
    let Some(field) = local.open else { return };
    let size = egui::vec2(ui.available_width(), tokens.size.row * LIST_ROWS);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
    response
        .widget_info(|| WidgetInfo::labeled(egui::Role::ListBox, true, text.t("create-choose")));
    let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(rect).id_salt("create-list"));
    inner.set_clip_rect(rect.intersect(ui.clip_rect()));
    match field {
        Field::Topic => {
            let (items, _) = choices::topics(state, text, form);
            let named: Vec<_> = items.into_iter().filter_map(named_topic).collect();
            let hint = text.t("pick-topic");
            let pick = Pick { items: &named, free: None, hint, ready: true };
            if let Some(chosen) = pick_ui(&mut inner, tokens, text, &mut local.pick, &pick) {
                local.chosen.topic = Some(chosen);
                local.open = None;
            }
        }
        Field::Place => {
            let items = place::items(state, text, form).into_iter().map(|item| {
                let value = (item.label.clone(), item.value);
                Item { label: item.label, note: item.note, words: item.words, value }
            });
            let named: Vec<_> = items.collect();
            let hint = text.t("pick-place");
            let typed = |typed: &str| {
                let item = place::typed(state, text, typed)?;
                let value = (item.label.clone(), item.value);
                Some(Item { label: item.label, note: item.note, words: item.words, value })
            };
            let pick = Pick { items: &named, free: Some(&typed), hint, ready: true };
            if let Some(chosen) = pick_ui(&mut inner, tokens, text, &mut local.pick, &pick) {
                local.chosen.place = Some(chosen);
                local.open = None;
            }
        }
        Field::Source => {
            let item =
                |source: &Source| Item::new(names::source(state, text, source.index()), *source);
            let named: Vec<_> = Source::ALL.iter().map(item).collect();
            let hint = text.t("pick-source");
            let pick = Pick { items: &named, free: None, hint, ready: true };
            if let Some(chosen) = pick_ui(&mut inner, tokens, text, &mut local.pick, &pick) {
                local.chosen.source = Some(chosen);
                local.open = None;
            }
        }
    }
}

/// A topic with its name and its code.
fn named_topic(item: Item<Action>) -> Option<Item<(String, String)>> {
    let Action::Classify { topic } = item.value else { return None };
    let value = (item.label.clone(), topic);
    Some(Item { label: item.label, note: item.note, words: item.words, value })
}

/// The first line is the summary, all of it what the citizen said. A first line
/// that is too long for a summary is cut there, and nothing of it is lost.
fn parts(words: &str) -> (String, Option<String>) {
    let first = words.lines().next().unwrap_or_default();
    let summary: String = first.chars().take(SUMMARY_CHARS).collect();
    let said = (summary != words).then(|| words.to_owned());
    (summary, said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_summary_and_nothing_is_lost() {
        assert_eq!(parts("нет света"), ("нет света".to_owned(), None));
        let both = "нет света\nс утра, весь дом";
        assert_eq!(parts(both), ("нет света".to_owned(), Some(both.to_owned())));
        let long = "ж".repeat(SUMMARY_CHARS + 5);
        let (summary, said) = parts(&long);
        assert_eq!(summary.chars().count(), SUMMARY_CHARS);
        assert_eq!(said, Some(long));
    }
}

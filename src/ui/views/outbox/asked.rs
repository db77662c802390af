//! An action in words: what it asks the server to set.

use egui::Ui;

use crate::app::State;
use crate::domain::action::{Mark, PlaceGiven};
use crate::domain::{Action, Source};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::incidents::details::words;
use crate::ui::views::page::line_of_cells;
use crate::ui::widgets::Weight;
use crate::ui::{format, names};

/// What was written in it, and what it names.
pub(super) fn asked_ui(ui: &mut Ui, state: &State, action: &Action, tokens: &Tokens, text: &Text) {
    let (size, ink) = (&tokens.size, tokens.color.text_strong);
    if let Some(said) = action.words() {
        words(ui, said, size.body, Weight::Regular, ink);
    }
    for (key, value) in asked(state, text, action) {
        let label = text.t(key);
        let said = format!("{label}: {value}");
        line_of_cells(ui, tokens, (label, &said), [(&value, ink)]);
    }
}

/// Fluent keys of what is set, and to what.
fn asked(state: &State, text: &Text, action: &Action) -> Vec<(&'static str, String)> {
    match action {
        Action::Assign { body: id, .. } | Action::Forward { body: id, .. } => {
            vec![("filter-body", body(state, text, id))]
        }
        Action::Classify { topic: code } => vec![("filter-topic", topic(state, text, code))],
        Action::Place(given) => place(state, text, given),
        Action::Prioritise { priority: to } => {
            vec![("conflict-priority", names::priority(text, *to).to_owned())]
        }
        Action::Mark { add, remove } => vec![("details-marks", marks(text, add, remove))],
        Action::Extend { due_at, .. } => {
            vec![("list-due", format::moment(text, due_at.0, state.now))]
        }
        Action::Merge { into } => vec![("details-merged", into.clone())],
        Action::Split { messages, .. } => {
            vec![("asked-messages", format::count(messages.len() as i64))]
        }
        Action::Rate { rating } => {
            let value = text.with("details-rating-value", &[("n", u32::from(*rating).into())]);
            vec![("details-rating", value)]
        }
        Action::Quality { verdict, checks, .. } => {
            let items = state.catalogue.quality.items().iter();
            let ticked = items.filter(|item| checks.contains(&item.check));
            let ticked = ticked.map(|item| item.name.full(text.language));
            let found: Vec<_> =
                std::iter::once(names::verdict(text, *verdict)).chain(ticked).collect();
            vec![("asked-quality", found.join(" · "))]
        }
        Action::Create(new) => {
            let mut said = place(state, text, &new.place);
            said.extend(new.topic.as_ref().map(|code| ("filter-topic", topic(state, text, code))));
            let source = new.source.as_deref().and_then(Source::from_key);
            let source = source.map(|it| names::source(state, text, it.index()).to_owned());
            said.extend(source.map(|name| ("filter-source", name)));
            said.push(("conflict-priority", names::priority(text, new.priority).to_owned()));
            said
        }
        Action::Link(linking) => {
            let mut said = vec![("asked-problem", linking.problem.clone())];
            let state = linking.says.state.map(|state| names::problem_state(text, state));
            said.extend(state.map(|state| ("asked-problem-state", state.to_owned())));
            said
        }
        Action::Unlink { problem } => vec![("asked-problem", problem.clone())],
        Action::Take {}
        | Action::InterimAnswer { .. }
        | Action::Submit { .. }
        | Action::Approve {}
        | Action::Return { .. }
        | Action::Postpone { .. }
        | Action::Reject { .. }
        | Action::Unmerge {}
        | Action::Comment { .. }
        | Action::Close {}
        | Action::Reopen { .. } => Vec::new(),
    }
}

fn place(state: &State, text: &Text, given: &PlaceGiven) -> Vec<(&'static str, String)> {
    let settlement = given.settlement.as_ref().map(|code| {
        let known = state.catalogue.settlement_by_code(code);
        let known = known.and_then(|index| state.catalogue.settlement(index));
        known.map_or_else(|| code.clone(), |one| one.name.to_string())
    });
    let parts = [
        (
            "filter-municipality",
            given.municipality.as_ref().map(|it| municipality(state, text, it)),
        ),
        ("filter-settlement", settlement),
        ("asked-address", given.address.clone()),
        ("conflict-point", given.lat.zip(given.lon).map(point)),
    ];
    parts.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

fn marks(text: &Text, add: &[Mark], remove: &[Mark]) -> String {
    let name = |mark: &Mark| names::mark(text, *mark);
    let each = |key, marks: &[Mark]| -> Vec<String> {
        marks.iter().map(|mark| text.with(key, &[("mark", name(mark).into())])).collect()
    };
    [each("mark-set", add), each("mark-remove", remove)].concat().join(" · ")
}

/// Names behind the ids and codes of the server; one that is not known here
/// stands for itself.
pub(super) fn topic(state: &State, text: &Text, code: &str) -> String {
    let known = state.vocabulary.topics.iter().position(|entry| entry.code == code);
    known.map_or_else(|| code.to_owned(), |n| names::topic(state, text, n as u16).to_owned())
}

pub(super) fn body(state: &State, text: &Text, id: &str) -> String {
    let known = state.vocabulary.bodies.iter().position(|entry| entry.id == id);
    known.map_or_else(|| id.to_owned(), |n| names::body(state, text, n as u16).to_owned())
}

pub(super) fn municipality(state: &State, text: &Text, oktmo: &str) -> String {
    let known = oktmo.parse().ok().and_then(|code| state.catalogue.municipality_by_oktmo(code));
    known.map_or_else(|| oktmo.to_owned(), |n| names::municipality(state, text, n).to_owned())
}

/// Latitude and longitude.
pub(super) fn point((lat, lon): (f64, f64)) -> String {
    format!("{lat:.5}, {lon:.5}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;
    use crate::domain::Language;
    use crate::domain::action::samples::one_of_each;

    #[test]
    fn an_action_that_names_something_says_it_in_words() {
        let state = State::new(1_795_417_500, Settings::default());
        for language in [Language::Ru, Language::En] {
            let text = Text::of(language);
            for action in one_of_each() {
                let said = asked(&state, &text, &action);
                let json = serde_json::to_value(&action).unwrap();
                let names = json["payload"].as_object().unwrap().keys();
                let free = ["reason", "text", "summary"];
                let is_named = names.into_iter().any(|name| !free.contains(&name.as_str()));
                assert_eq!(is_named, !said.is_empty(), "{action:?}: {said:?}");
                for (key, value) in said {
                    assert!(text.has(key) && !value.is_empty(), "{key}: {value}");
                }
            }
        }
        let text = Text::of(Language::Ru);
        let marks = Action::Mark { add: vec![Mark::Resonance], remove: vec![Mark::Conflict] };
        let said = asked(&state, &text, &marks);
        assert_eq!(said[0].1, "Поставить: резонанс · Снять: конфликт");
        let place = one_of_each().into_iter().find(|it| matches!(it, Action::Place(_))).unwrap();
        let said = asked(&state, &text, &place);
        assert_eq!(said[0], ("filter-municipality", "Абакан".to_owned()));
        assert_eq!(said[1], ("conflict-point", "53.72000, 91.44000".to_owned()));
    }
}

//! The problem that an incident is of, chosen by hand: one that goes on, a new one,
//! or none.

use super::pick::Item;
use super::write::{cleaned, is_sendable};
use crate::app::State;
use crate::app::form::Form;
use crate::app::problems::{Problem, ProblemKey, id_after};
use crate::board::row::NONE;
use crate::domain::mask::mask;
use crate::domain::{Action, Born, Linking, Says, Timestamp};
use crate::ui::text::Text;
use crate::ui::views::problems::NAME_CHARS;
use crate::ui::{format, names};

/// First that it is of none, where it is of one; then the problems that go on, those of
/// the incident's own municipality first.
pub(super) fn items(state: &State, text: &Text, form: &Form) -> Vec<Item<Action>> {
    let present = form.rows.first().and_then(|row_id| state.problems.of(*row_id));
    let none = present.map(|problem| {
        let name = problem.known.as_ref().map_or("", |known| known.name.as_str());
        Item::new(text.t("pick-no-problem"), Action::Unlink {}).with_note(name)
    });
    let here = super::target(state, form).map(|row| row.municipality);
    let mut open: Vec<&Problem> = state.problems.found.iter().flat_map(|all| all.iter()).collect();
    open.retain(|problem| problem.is_open() && present.is_none_or(|it| it.key != problem.key));
    let is_away = |problem: &Problem| problem.known.as_ref().map(|it| it.municipality) != here;
    open.sort_by_key(|problem| is_away(problem));
    let problems = open.into_iter().filter_map(|problem| {
        let (Some(known), ProblemKey::Known(id)) = (&problem.known, &problem.key) else {
            return None;
        };
        let place = names::municipality(state, text, known.municipality);
        let n = format::n_text(text, problem.linked);
        let linking = Linking { problem: id.clone(), born: None, says: Says::default() };
        let item = Item::new(known.name.clone(), Action::Link(Box::new(linking)));
        Some(item.with_note(format!("{place} · {n}")))
    });
    none.into_iter().chain(problems).collect()
}

/// A problem of that name that begins with the incident.
pub(super) fn typed(state: &State, text: &Text, form: &Form, typed: &str) -> Option<Item<Action>> {
    let row = super::target(state, form)?;
    // As it will be sent.
    let name = mask(&cleaned(typed)).into_owned();
    if !is_sendable(&name) || name.chars().count() > NAME_CHARS {
        return None;
    }
    let topic = state.vocabulary.topics.get(usize::from(row.topic));
    let topic = topic.filter(|_| row.topic != NONE).map(|topic| topic.code.clone());
    let place = state.catalogue.municipality(row.municipality);
    let born = Born {
        name: name.clone(),
        topic,
        municipality: place.map(|it| it.oktmo.to_string()),
        started_at: Timestamp(row.received).to_rfc3339(),
        wall: false,
    };
    let label = text.with("pick-new-problem", &[("name", name.into())]);
    let (problem, says) = (id_after(&row.id), Says::default());
    Some(Item::new(label, Action::Link(Box::new(Linking { problem, born: Some(born), says }))))
}

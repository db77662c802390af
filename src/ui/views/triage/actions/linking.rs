//! The problem that an incident is of, chosen by hand: one that goes on, a new one, or
//! not the one that it is of.

use super::pick::Item;
use super::write::{cleaned, is_sendable};
use crate::app::State;
use crate::app::form::Form;
use crate::app::problems::{Problem, born, id_by_hand};
use crate::domain::mask::mask;
use crate::domain::{Action, Linking, Says};
use crate::ui::text::Text;
use crate::ui::views::problems::NAME_CHARS;
use crate::ui::{format, names};

/// The problems that go on, those of the incident's own municipality first; behind them
/// what the incidents may be taken out of.
pub(super) fn items(state: &State, text: &Text, form: &Form) -> Vec<Item<Action>> {
    let present: Vec<Option<&Problem>> =
        form.rows.iter().map(|row_id| state.problems.of(*row_id)).collect();
    let are_all_of =
        |problem: &Problem| present.iter().all(|one| one.is_some_and(|one| one.key == problem.key));
    let is_any_of = |problem: &Problem| present.iter().flatten().any(|one| one.key == problem.key);
    let here = super::target(state, form).map(|row| row.municipality);
    let all = || state.problems.found.iter().flat_map(|all| all.iter());
    let mut open: Vec<&Problem> =
        all().filter(|problem| problem.is_open() && !are_all_of(problem)).collect();
    let is_away = |problem: &Problem| problem.known.as_ref().map(|it| it.municipality) != here;
    open.sort_by_key(|problem| is_away(problem));
    let open = open.into_iter().filter_map(|problem| {
        let known = problem.known.as_ref()?;
        let place = names::municipality(state, text, known.municipality);
        let n = format::n_text(text, problem.linked);
        let linking = problem.linking(&state.catalogue, Says::default());
        let item = Item::new(known.name.clone(), Action::Link(Box::new(linking)));
        Some(item.with_note(format!("{place} · {n}")))
    });
    let leave = all().filter(|problem| is_any_of(problem)).filter_map(|problem| {
        let known = problem.known.as_ref()?;
        let label = text.with("pick-not-of", &[("name", known.name.as_str().into())]);
        Some(Item::new(label, Action::Unlink { problem: known.id.clone() }))
    });
    open.chain(leave).collect()
}

/// A problem of that name that begins with the incident.
pub(super) fn typed(state: &State, text: &Text, form: &Form, typed: &str) -> Option<Item<Action>> {
    // As it will be sent.
    let name = mask(&cleaned(typed)).into_owned();
    let fits = is_sendable(&name) && name.chars().count() <= NAME_CHARS;
    let action = fits.then(|| named(state, form, &name)).flatten()?;
    let label = text.with("pick-new-problem", &[("name", name.into())]);
    Some(Item::new(label, action))
}

/// The action that makes it; `None` where the incident is out of sight.
pub(super) fn named(state: &State, form: &Form, name: &str) -> Option<Action> {
    let row = super::target(state, form)?;
    let topic = state.vocabulary.topic_code(row.topic);
    let born = born(&state.catalogue, name, topic, row.municipality, row.received);
    let problem = id_by_hand(&row.id, name);
    Some(Action::Link(Box::new(Linking { problem, born: Some(born), says: Says::default() })))
}

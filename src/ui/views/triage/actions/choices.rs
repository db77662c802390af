//! What there is to choose from, the likeliest first.

use std::collections::HashSet;

use super::pick::Item;
use super::write::{cleaned, is_sendable};
use crate::app::State;
use crate::app::form::Form;
use crate::app::suggestions::Suggestions;
use crate::board::overlay::flag_of;
use crate::board::row::NONE;
use crate::domain::action::{Mark, PlaceGiven};
use crate::domain::mask::mask;
use crate::domain::{Action, Block, CommandKind, Regime, Timestamp};
use crate::store::details::ListRow;
use crate::suggest::Suggestion;
use crate::ui::text::Text;
use crate::ui::{format, names};

/// Counted choices that are set before the recent ones.
const COUNTED: usize = 6;
/// From this confidence on a suggestion stands first.
const SURE: f32 = 0.5;
/// Below it, it is no suggestion.
const LEAST: f32 = 0.1;
/// Words shown that spoke for a suggestion.
const SPOKEN: usize = 4;
pub(super) const DAY_SECS: u32 = 86_400;
/// Days that a deadline is usually moved by.
const DAYS: [u32; 7] = [1, 2, 3, 5, 7, 10, 30];
/// A deadline is moved by no more at once.
const MOST_DAYS: u32 = 365;

/// Where it comes from that a number is likely.
struct Likeliest<'a> {
    suggested: &'a [Suggestion],
    counted: &'a [(u16, u32)],
    /// Key of the words for a count.
    count_key: &'a str,
    recent: &'a [u16],
}

/// Orders numbers: suggested, counted, then recent, then the rest; each with what
/// speaks for it. A suggestion that is rather wrong than right stands behind what
/// is counted.
fn ordered(
    text: &Text,
    likeliest: &Likeliest<'_>,
    rest: impl Iterator<Item = u16>,
) -> Vec<(u16, String)> {
    let note = |n: u32| match n {
        0 => String::new(),
        n => text.with(likeliest.count_key, &[("n", format::count(n).into())]),
    };
    let said = |one: &Suggestion| (one.label, because(text, one));
    let (sure, unsure): (Vec<_>, Vec<_>) =
        (likeliest.suggested.iter().filter(|one| one.confidence >= LEAST))
            .partition(|one| one.confidence >= SURE);
    let counted = likeliest.counted.iter().take(COUNTED);
    let counted = counted.map(|(number, n)| (*number, note(*n)));
    let recent = likeliest.recent.iter();
    let recent = recent.map(|number| (*number, text.t("pick-recent").to_owned()));
    let rest = rest.map(|number| (number, String::new()));
    let mut seen = HashSet::new();
    (sure.into_iter().map(said))
        .chain(counted)
        .chain(unsure.into_iter().map(said))
        .chain(recent)
        .chain(rest)
        .filter(|(number, _)| *number != NONE && seen.insert(*number))
        .collect()
}

/// «предложено, 87 %: прорыв, труба».
fn because(text: &Text, suggestion: &Suggestion) -> String {
    let share = format::percent(text, Some(f64::from(suggestion.confidence)));
    let words: Vec<&str> =
        suggestion.because.iter().take(SPOKEN).map(|one| one.word.as_str()).collect();
    let key = if words.is_empty() { "pick-suggested" } else { "pick-suggested-because" };
    text.with(key, &[("share", share.into()), ("words", words.join(", ").into())])
}

/// What is proposed for the one incident that the form is about.
fn suggested<'a>(
    state: &'a State,
    form: &Form,
    of: fn(&Suggestions) -> &[Suggestion],
) -> &'a [Suggestion] {
    let about = state.suggestions.as_ref().filter(|about| form.rows == [about.row_id]);
    about.map_or(&[], |about| of(about))
}

/// True where the counts are about the topic that the form is about.
fn is_counted(state: &State, form: &Form) -> bool {
    let key = state.triage.likely.key;
    form.topic.is_none_or(|topic| key.is_some_and(|key| key.topic == topic))
}

/// The block that the text speaks for, with its reasons; the topic decides it.
pub(super) fn block_said(state: &State, text: &Text, form: &Form) -> Option<String> {
    let likeliest = suggested(state, form, |about| &about.block).first()?;
    let block = u8::try_from(likeliest.label).ok()?;
    let said = [
        ("block", names::block(state, text, block).into()),
        ("why", because(text, likeliest).into()),
    ];
    (likeliest.confidence >= LEAST).then(|| text.with("pick-block-said", &said))
}

/// Bodies, and whether their order is final.
pub(super) fn bodies(state: &State, text: &Text, form: &Form) -> (Vec<Item<Action>>, bool) {
    let all = &state.vocabulary.bodies;
    let mut rest: Vec<u16> = state.vocabulary.offered_bodies().collect();
    let offered: HashSet<u16> = rest.iter().copied().collect();
    rest.sort_by_key(|number| names::body(state, text, *number));
    let triage = &state.triage;
    let likeliest = Likeliest {
        suggested: suggested(state, form, |about| &about.body),
        counted: &triage.likely.bodies,
        count_key: "pick-likely-body",
        recent: &triage.recent.bodies,
    };
    let numbers = ordered(text, &likeliest, rest.into_iter()).into_iter();
    let numbers = numbers.filter(|(number, _)| offered.contains(number));
    let items = numbers.filter_map(|(number, note)| {
        let entry = all.get(usize::from(number))?;
        let body = entry.id.clone();
        let action = match form.kind {
            CommandKind::Forward => Action::Forward { body, reason: None },
            _ => Action::Assign { body, reason: None },
        };
        let item = Item::new(names::body(state, text, number), action).with_note(note);
        Some(Item { words: entry.name.clone(), ..item })
    });
    (items.collect(), is_counted(state, form))
}

/// Topics down to the fact, and whether their order is final.
pub(super) fn topics(state: &State, text: &Text, form: &Form) -> (Vec<Item<Action>>, bool) {
    let all = &state.vocabulary.topics;
    let triage = &state.triage;
    let likeliest = Likeliest {
        suggested: suggested(state, form, |about| &about.topic),
        counted: &triage.likely.topics,
        count_key: "pick-likely-topic",
        recent: &triage.recent.topics,
    };
    let numbers = ordered(text, &likeliest, 1..all.len() as u16);
    // What it has may be kept with the same key as any other.
    let present = super::target(state, form).map_or(NONE, |row| row.topic);
    let kept = (present != NONE).then(|| (present, text.t("pick-present").to_owned()));
    let others = numbers.into_iter().filter(|(number, _)| *number != present);
    let items = kept.into_iter().chain(others).filter_map(|(number, note)| {
        let entry = all.get(usize::from(number))?;
        let mut path = path(state, text, number);
        if !note.is_empty() {
            path = format!("{note} · {path}");
        }
        let action = Action::Classify { topic: entry.code.clone() };
        Some(Item::new(names::topic(state, text, number), action).with_note(path))
    });
    (items.collect(), is_counted(state, form))
}

/// Sets what was chosen before in front of all others, and says so.
pub(super) fn mine_first(
    text: &Text,
    mut items: Vec<Item<Action>>,
    mine: Option<&Action>,
) -> Vec<Item<Action>> {
    let is_mine = |action: &Action| match (action, mine) {
        (Action::Assign { body, .. }, Some(Action::Assign { body: chosen, .. }))
        | (Action::Forward { body, .. }, Some(Action::Forward { body: chosen, .. })) => {
            body == chosen
        }
        (action, mine) => Some(action) == mine,
    };
    if let Some(at) = items.iter().position(|item| is_mine(&item.value)) {
        items[..=at].rotate_right(1);
        say_mine(text, &mut items[0]);
    }
    items
}

/// The same of places; one from the map stands in no list.
pub(super) fn place_first(
    text: &Text,
    mut items: Vec<Item<PlaceGiven>>,
    mine: Option<&Action>,
) -> Vec<Item<PlaceGiven>> {
    let Some(Action::Place(mine)) = mine else { return items };
    match items.iter().position(|item| item.value == *mine) {
        Some(at) => items[..=at].rotate_right(1),
        None => items.insert(0, Item::new(text.t("place-on-map"), mine.clone())),
    }
    say_mine(text, &mut items[0]);
    items
}

fn say_mine<T>(text: &Text, item: &mut Item<T>) {
    let mine = text.t("pick-mine");
    item.note =
        if item.note.is_empty() { mine.to_owned() } else { format!("{mine} · {}", item.note) };
}

/// «ЖКХ › Отопление»: what stands above a topic.
fn path(state: &State, text: &Text, number: u16) -> String {
    let all = &state.vocabulary.topics;
    let Some(entry) = all.get(usize::from(number)) else { return String::new() };
    let mut above = Vec::new();
    let mut at = entry.parent;
    while let Some(parent) = all.get(usize::from(at)).filter(|_| at != NONE) {
        above.push(names::topic(state, text, at));
        at = parent.parent;
    }
    if Block::from_index(entry.block).is_some() {
        above.push(names::block(state, text, entry.block));
    }
    above.reverse();
    above.join(" › ")
}

pub(super) fn priorities(text: &Text) -> Vec<Item<Action>> {
    // Urgent first: ordinary is what an incident is anyway.
    let item =
        |priority| Item::new(names::priority(text, priority), Action::Prioritise { priority });
    [2, 1, 0].map(item).into()
}

/// Marks to set where the incident lacks them, to take off where it has them;
/// both where the form is about several.
pub(super) fn marks(state: &State, text: &Text, form: &Form) -> Vec<Item<Action>> {
    let flags = match form.rows.as_slice() {
        [_] => super::target(state, form).map(|row| row.flags),
        _ => None,
    };
    let has = |mark: Mark| flags.map(|flags| flags & flag_of(mark) != 0);
    let mut items = Vec::new();
    for (key, removes) in [("mark-set", false), ("mark-remove", true)] {
        for mark in Mark::ALL.iter().copied() {
            if has(mark).is_none_or(|has| has == removes) {
                let (add, remove) =
                    if removes { (Vec::new(), vec![mark]) } else { (vec![mark], Vec::new()) };
                let label = text.with(key, &[("mark", names::mark(text, mark).into())]);
                items.push(Item::new(label, Action::Mark { add, remove }));
            }
        }
    }
    items
}

pub(super) fn ratings(text: &Text) -> Vec<Item<Action>> {
    let label = |rating: u8| text.with("rate-of", &[("n", u32::from(rating).into())]);
    (1..=5).rev().map(|rating| Item::new(label(rating), Action::Rate { rating })).collect()
}

/// The Russian wording is sent; in another language it stands below the name.
pub(super) fn reasons(state: &State, text: &Text, kind: CommandKind) -> Vec<Item<String>> {
    let item = |reason: &crate::domain::phrase::Reason| {
        let sent = reason.name.ru.to_string();
        let shown = reason.name.full(text.language);
        let note = if shown == sent { String::new() } else { sent.clone() };
        Item::new(shown, sent).with_note(note)
    };
    state.catalogue.phrases.reasons(kind).map(item).collect()
}

/// A reason in one's own words.
pub(super) fn reason_typed(text: &Text, typed: &str) -> Option<Item<String>> {
    // As it will be sent.
    let reason = mask(&cleaned(typed)).into_owned();
    let fits = is_sendable(&reason);
    let label = text.with("pick-own-reason", &[("reason", reason.as_str().into())]);
    fits.then(|| Item::new(label, reason))
}

/// From the deadline there is, or from now where it has passed or there is none; for
/// several from now, as each is moved from its own.
fn extended(state: &State, form: &Form, days: u32) -> Timestamp {
    let due = match form.rows.as_slice() {
        [] | [_] => super::target(state, form).map_or(0, |row| row.due),
        _ => 0,
    };
    Timestamp(due.max(state.now).saturating_add(days * DAY_SECS))
}

fn extension(state: &State, text: &Text, form: &Form, days: u32) -> Item<Timestamp> {
    let due_at = extended(state, form, days);
    let label = text.with("extend-days", &[("n", days.into())]);
    let most = super::target(state, form).and_then(|row| {
        let regime = Regime::from_index(row.regime)?;
        let policy = state.catalogue.policies.of(regime, Timestamp(row.received))?;
        policy.extension(state.vocabulary.topic_code(row.topic))
    });
    let note = match form.rows.as_slice() {
        [] | [_] => match most {
            Some(most) if days > most => text.with("extend-beyond", &[("n", most.into())]),
            _ => until(state, text, due_at),
        },
        _ => text.t("extend-each").to_owned(),
    };
    Item::new(label, due_at).with_note(note)
}

/// «до 27 ноября, 18:00».
pub(super) fn until(state: &State, text: &Text, due_at: Timestamp) -> String {
    let moment = format::moment(text, due_at.0, state.now);
    text.with("extend-until", &[("at", moment.into())])
}

/// Days to move it by, behind the one that was chosen before.
pub(super) fn extensions(
    state: &State,
    text: &Text,
    form: &Form,
    mine: Option<Timestamp>,
) -> Vec<Item<Timestamp>> {
    let mine = mine
        .map(|due_at| Item::new(until(state, text, due_at), due_at).with_note(text.t("pick-mine")));
    mine.into_iter().chain(DAYS.map(|days| extension(state, text, form, days))).collect()
}

/// Any number of days.
pub(super) fn extension_typed(
    state: &State,
    text: &Text,
    form: &Form,
    typed: &str,
) -> Option<Item<Timestamp>> {
    let days: u32 = typed.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days))?;
    (!DAYS.contains(&days)).then(|| extension(state, text, form, days))
}

/// Incidents that may take the messages of the others: of several chosen ones
/// the oldest first, else what is like this one, the likest first.
pub(super) fn survivors(state: &State, text: &Text, form: &Form) -> Vec<Item<Action>> {
    let item = |row: &ListRow| {
        let note = format!("{} · {}", row.id, format::moment(text, row.received, state.now));
        Item::new(names::title(state, text, row), Action::Merge { into: row.id.clone() })
            .with_note(note)
    };
    if let [own] = form.rows.as_slice() {
        let similar = state.similar.as_ref().filter(|similar| similar.row_id == *own);
        let found = similar.map_or(&[][..], |similar| &similar.found);
        return found.iter().map(|one| item(&one.row)).collect();
    }
    let rows = state.triage.rows.iter();
    let mut chosen: Vec<_> = rows.filter(|row| form.rows.contains(&row.row_id)).collect();
    chosen.sort_by_key(|row| row.received);
    chosen.into_iter().map(item).collect()
}

/// An incident by its number; one that is offered already is not offered twice.
pub(super) fn survivor_typed(
    text: &Text,
    items: &[Item<Action>],
    typed: &str,
) -> Option<Item<Action>> {
    let into = cleaned(typed);
    let looks_like_one = !into.is_empty()
        && into.len() <= 64
        && into.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/".contains(c));
    let action = Action::Merge { into: into.clone() };
    if !looks_like_one || items.iter().any(|item| item.value == action) {
        return None;
    }
    let label = text.with("pick-survivor-typed", &[("id", into.into())]);
    Some(Item::new(label, action))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn a_choice_stands_once_where_it_is_likeliest() {
        let text = Text::of(Language::Ru);
        let suggestion = |label, confidence| Suggestion { label, confidence, because: Vec::new() };
        let likeliest = Likeliest {
            suggested: &[suggestion(9, 0.82), suggestion(4, 0.2), suggestion(8, 0.01)],
            counted: &[(3, 12), (5, 0)],
            count_key: "pick-likely-body",
            recent: &[5, 7],
        };
        let numbers = ordered(&text, &likeliest, [0, 1, 3, 4, 5, 7, 9].into_iter());
        let order: Vec<u16> = numbers.iter().map(|(number, _)| *number).collect();
        assert_eq!(order, [9, 3, 5, 4, 7, 1], "none is no choice");
        assert!(numbers[0].1.contains("82"), "{}", numbers[0].1);
        assert!(numbers[1].1.contains("12"), "{}", numbers[1].1);
        assert_eq!(numbers[2].1, "", "nothing is said of nothing");
    }

    #[test]
    fn a_number_is_typed_not_a_sentence() {
        let text = Text::of(Language::Ru);
        let typed = |words| survivor_typed(&text, &[], words).map(|item| item.value);
        assert_eq!(typed(" i-000017 "), Some(Action::Merge { into: "i-000017".to_owned() }));
        assert_eq!(typed("прорыв трубы"), None);
        assert_eq!(typed(""), None);
    }
}

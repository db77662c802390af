//! Filters of the queue under a name: from the numbers of a board to keys that
//! outlive it, and back.

use std::collections::BTreeSet;

use super::State;
use super::desk::Desk;
use super::state::View;
use crate::board::filter::Filter;
use crate::board::queue::Section;
use crate::board::row::NO_MUNICIPALITY;
use crate::config::saved::{NAME_CHARS, SavedEntry, SavedFilter};
use crate::domain::{Block, Regime, Source, Status};

/// What is done to named filters. Numbers count in the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SavedCommand {
    /// The filter and section of the screen under a name; in the place of the one
    /// of that name, where there is one.
    Save(String),
    Apply(usize),
    Rename(usize, String),
    Delete(usize),
    /// Asks for a name, or whether a filter is to go.
    Ask(Naming),
    Cancel,
}

/// What a person is asked about a named filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    New,
    Rename(usize),
    Delete(usize),
}

/// Those that can be applied, each with its number in the settings.
pub fn all(state: &State) -> impl Iterator<Item = (usize, &SavedFilter)> {
    let entries = state.settings.saved_filters.iter().enumerate();
    entries.filter_map(|(at, entry)| Some((at, entry.good()?)))
}

/// The key under which a section is kept.
const fn key(section: Section) -> &'static str {
    match section {
        Section::New => "new",
        Section::Mine => "mine",
        Section::DueSoon => "due_soon",
        Section::Overdue => "overdue",
        Section::Approval => "approval",
        Section::Returned => "returned",
        Section::Answered => "answered",
        Section::All => "all",
    }
}

/// What is on the screen, under a name.
fn saved(state: &State, name: String) -> SavedFilter {
    let (filter, vocabulary) = (&state.filter, &state.vocabulary);
    let municipality = |index: &u8| {
        let known = state.catalogue.municipality(*index);
        known.map_or_else(String::new, |known| known.oktmo.to_string())
    };
    let numbered = |set: &BTreeSet<u16>, code: &dyn Fn(usize) -> Option<String>| {
        set.iter().filter_map(|number| code(usize::from(*number))).collect()
    };
    let topic = |at: usize| vocabulary.topics.get(at).map(|entry| entry.code.clone());
    let body = |at: usize| vocabulary.bodies.get(at).map(|entry| entry.id.clone());
    let settlement = |at: usize| vocabulary.settlements.get(at).cloned();
    SavedFilter {
        name,
        section: key(state.triage.section).to_owned(),
        municipalities: filter.municipalities.iter().map(municipality).collect(),
        settlements: numbered(&filter.settlements, &settlement),
        blocks: keys(&filter.blocks, |index| Block::from_index(index).map(Block::key)),
        topics: numbered(&filter.topics, &topic),
        bodies: numbered(&filter.bodies, &body),
        regimes: keys(&filter.regimes, |index| Regime::from_index(index).map(Regime::key)),
        sources: keys(&filter.sources, |index| Source::from_index(index).map(Source::key)),
        statuses: keys(&filter.statuses, |index| Status::from_index(index).map(Status::key)),
        overdue_only: filter.overdue_only,
        unplaced_only: filter.unplaced_only,
        text: Some(state.search.trim().to_owned()).filter(|words| !words.is_empty()),
    }
}

fn keys(set: &BTreeSet<u8>, key: impl Fn(u8) -> Option<&'static str>) -> Vec<String> {
    set.iter().filter_map(|index| key(*index)).map(str::to_owned).collect()
}

/// The numbers of this board for it, without its words; and what of it is not
/// known here.
fn found(state: &State, saved: &SavedFilter) -> (Section, Filter, Vec<String>) {
    let mut unknown = Vec::new();
    let mut section = Section::All;
    match Section::ALL.into_iter().find(|section| key(*section) == saved.section) {
        Some(known) => section = known,
        None => unknown.push(saved.section.clone()),
    }
    let vocabulary = &state.vocabulary;
    let municipality = |word: &str| {
        if word.is_empty() {
            return Some(NO_MUNICIPALITY);
        }
        state.catalogue.municipality_by_oktmo(word.parse().ok()?)
    };
    let position = |at: Option<usize>| at.and_then(|at| u16::try_from(at).ok());
    let topic =
        |word: &str| position(vocabulary.topics.iter().position(|entry| entry.code == word));
    let body = |word: &str| position(vocabulary.bodies.iter().position(|entry| entry.id == word));
    let settlement =
        |word: &str| position(vocabulary.settlements.iter().position(|code| code == word));
    let filter = Filter {
        span: state.filter.span,
        municipalities: known(&saved.municipalities, municipality, &mut unknown),
        settlements: known(&saved.settlements, settlement, &mut unknown),
        blocks: known(&saved.blocks, |key| Block::from_key(key).map(Block::index), &mut unknown),
        topics: known(&saved.topics, topic, &mut unknown),
        bodies: known(&saved.bodies, body, &mut unknown),
        regimes: known(
            &saved.regimes,
            |key| Regime::from_key(key).map(Regime::index),
            &mut unknown,
        ),
        sources: known(
            &saved.sources,
            |key| Source::from_key(key).map(Source::index),
            &mut unknown,
        ),
        statuses: known(
            &saved.statuses,
            |key| Status::from_key(key).map(Status::index),
            &mut unknown,
        ),
        overdue_only: saved.overdue_only,
        unplaced_only: saved.unplaced_only,
        ..Filter::default()
    };
    (section, filter, unknown)
}

fn known<T: Ord>(
    words: &[String],
    number: impl Fn(&str) -> Option<T>,
    unknown: &mut Vec<String>,
) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    for word in words {
        match number(word) {
            Some(number) => {
                set.insert(number);
            }
            None => unknown.push(word.clone()),
        }
    }
    set
}

/// A name as it stands on its button; `None` where nothing is left of it.
fn named(name: &str) -> Option<String> {
    let words: Vec<&str> = name.split_whitespace().collect();
    let name: String = words.join(" ").chars().filter(|c| !c.is_control()).collect();
    (!name.is_empty()).then(|| name.chars().take(NAME_CHARS).collect())
}

impl Desk {
    pub(super) fn apply_saved(&mut self, command: SavedCommand) {
        self.state.triage.naming = None;
        match command {
            SavedCommand::Ask(naming) => self.state.triage.naming = Some(naming),
            SavedCommand::Cancel => {}
            SavedCommand::Save(name) => self.save_filter(&name),
            SavedCommand::Apply(at) => self.use_saved(at),
            SavedCommand::Rename(at, name) => self.rename_saved(at, &name),
            SavedCommand::Delete(at) => {
                if at < self.state.settings.saved_filters.len() {
                    self.state.settings.saved_filters.remove(at);
                    self.state.triage.saved = None;
                    self.save_settings();
                }
            }
        }
    }

    fn save_filter(&mut self, name: &str) {
        let Some(name) = named(name) else { return };
        let entry = SavedEntry::Good(Box::new(saved(&self.state, name.clone())));
        let all = &mut self.state.settings.saved_filters;
        let same = |one: &SavedEntry| one.good().is_some_and(|one| one.name == name);
        let at = all.iter().position(same).unwrap_or(all.len());
        if at < all.len() {
            all[at] = entry;
        } else {
            all.push(entry);
        }
        self.state.triage.saved = Some(at);
        self.save_settings();
    }

    fn use_saved(&mut self, at: usize) {
        let entry = self.state.settings.saved_filters.get(at);
        let Some(saved) = entry.and_then(SavedEntry::good).cloned() else { return };
        let (section, filter, unknown) = found(&self.state, &saved);
        self.state.view = View::Triage;
        self.state.filter = filter;
        self.set_search(saved.text.unwrap_or_default());
        self.show_section(section);
        self.state.triage.saved = Some(at);
        if !unknown.is_empty() {
            let detail = format!("«{}»: {}", saved.name, unknown.join(", "));
            self.notice("notice-saved-unknown", detail, true);
        }
    }

    fn rename_saved(&mut self, at: usize, name: &str) {
        let Some(name) = named(name) else { return };
        let all = &self.state.settings.saved_filters;
        let is_taken = |(other, entry): (usize, &SavedEntry)| {
            other != at && entry.good().is_some_and(|entry| entry.name == name)
        };
        if all.iter().enumerate().any(is_taken) {
            self.notice("notice-saved-taken", name, true);
            return;
        }
        if let Some(SavedEntry::Good(saved)) = self.state.settings.saved_filters.get_mut(at) {
            saved.name = name;
            self.save_settings();
        }
    }

    /// One sentence for each entry of the file that is not understood.
    pub(super) fn tell_strange_filters(&mut self) {
        let entries = (1..).zip(&self.state.settings.saved_filters);
        let faults: Vec<String> = entries
            .filter_map(|(number, entry)| Some(format!("{number}: {}", entry.fault()?)))
            .collect();
        for fault in faults {
            self.notice("notice-saved-strange", fault, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::Vocabulary;
    use crate::board::vocabulary::{BodyEntry, TopicEntry};
    use crate::config::Settings;

    fn state() -> State {
        let topic = |code: &str| TopicEntry { code: code.to_owned(), ..TopicEntry::default() };
        let body = |id: &str| BodyEntry { id: id.to_owned(), ..BodyEntry::default() };
        let vocabulary = Vocabulary {
            topics: vec![topic(""), topic("zhkh.heat"), topic("roads.snow")],
            bodies: vec![body(""), body("b-7")],
            settlements: vec![String::new(), "95701000001".to_owned()],
            offices: vec![String::new()],
        };
        let mut state = State::new(1_795_417_500, Settings::default());
        state.vocabulary = std::sync::Arc::new(vocabulary);
        state
    }

    #[test]
    fn a_filter_comes_back_from_its_keys_whatever_its_numbers_are_now() {
        let mut state = state();
        let full = Filter {
            municipalities: [0, NO_MUNICIPALITY].into(),
            settlements: [0, 1].into(),
            blocks: [1, 8].into(),
            topics: [0, 2].into(),
            bodies: [1].into(),
            regimes: [1].into(),
            sources: [3].into(),
            statuses: [0, 2].into(),
            overdue_only: true,
            unplaced_only: true,
            ..Filter::default()
        };
        state.filter = full.clone();
        state.triage.section = Section::Approval;
        state.search = " снег ".to_owned();
        let kept = saved(&state, "всё".to_owned());
        assert_eq!(kept.text.as_deref(), Some("снег"));
        assert_eq!(kept.topics, ["", "roads.snow"]);
        state.filter = Filter::default();
        assert_eq!(found(&state, &kept), (Section::Approval, full, Vec::new()));
        // Another database has numbered them otherwise.
        let vocabulary = std::sync::Arc::make_mut(&mut state.vocabulary);
        vocabulary.topics.swap(1, 2);
        vocabulary.bodies.truncate(1);
        let (_, filter, unknown) = found(&state, &kept);
        assert_eq!(filter.topics, [0, 1].into());
        assert_eq!((filter.bodies, unknown), (BTreeSet::new(), vec!["b-7".to_owned()]));
    }

    #[test]
    fn every_section_has_a_key_of_its_own_and_an_unknown_one_is_named() {
        let keys: BTreeSet<_> = Section::ALL.into_iter().map(key).collect();
        assert_eq!(keys.len(), Section::ALL.len());
        let strange = SavedFilter { section: "tomorrow".to_owned(), ..SavedFilter::default() };
        let (section, _, unknown) = found(&state(), &strange);
        assert_eq!((section, unknown), (Section::All, vec!["tomorrow".to_owned()]));
    }

    #[test]
    fn names_are_one_line_of_bounded_length() {
        assert_eq!(named("  ЖКХ \n срочно\u{7} ").as_deref(), Some("ЖКХ срочно"));
        assert_eq!(named(" \t"), None);
        assert_eq!(named(&"ё".repeat(99)).unwrap().chars().count(), NAME_CHARS);
    }
}

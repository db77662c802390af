//! «Проблемы»: incidents that are one matter, and those that a person has said to be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::desk::Desk;
use super::form::may;
use super::indicators::Page;
use super::lane::Cancel;
use super::outbox_view::OutboxView;
use super::state::{Instead, Loading, View};
use crate::board::Board;
use crate::board::filter::{RowSet, TextMatch};
use crate::board::problems::{About, Effect};
use crate::board::row::{NO_MUNICIPALITY, NONE};
use crate::detect::matters::LEAST_POINTS;
use crate::domain::{
    Action, Born, Catalogue, CommandKind, Linking, ProblemState, Status, Timestamp,
};
use crate::store::Reader;
use crate::store::details::ListRow;
use crate::store::problems::StoredProblem;

/// What came meanwhile is looked through anew at most this often: where it is the
/// matter, and where it stands beside others.
const PACE: Duration = Duration::from_secs(5);
const PACE_BESIDE: Duration = Duration::from_secs(20);

/// Incidents whose summaries are shown as samples.
const SAMPLES: usize = 6;

/// Closed ones that are still listed, those with something new in any case.
const CLOSED_MOST: usize = 20;

/// A matter of the same theme and town is of a problem that goes on where no more than
/// this lies between them.
const APART_SECS: u32 = 3 * 86_400;

/// Bytes of an id of the contract.
const ID_BYTES: usize = 64;

/// Which of the listed one is meant, from one look to the next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKey {
    /// Nobody has confirmed it: by the position of an incident of it.
    Found(u32),
    /// By its id on the server.
    Known(String),
}

/// One problem, found or confirmed.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub key: ProblemKey,
    /// What a person has said of it, `None` for what was only found.
    pub known: Option<StoredProblem>,
    /// True where what was said has not reached the server.
    pub is_unsent: bool,
    /// Board positions of its incidents, rising.
    pub members: Vec<u32>,
    /// Of those: found and not linked.
    pub unlinked: Vec<u32>,
    /// The incident on which something is said of the whole: the newest linked one that
    /// is not merged and has nothing waiting.
    pub speaker: Option<u32>,
    /// The id that it gets if it is confirmed.
    pub new_id: String,
    /// `None` where none of its incidents is here.
    pub about: Option<About>,
    /// Its newest incidents.
    pub samples: Vec<ListRow>,
    /// Of its theme and municipality, before and after something was done.
    pub effect: Option<Effect>,
}

impl Problem {
    /// Still going on.
    pub fn is_open(&self) -> bool {
        let state = self.known.as_ref().map(|known| known.state);
        state != Some(Some(ProblemState::Closed))
    }

    /// Incidents that people have linked to it and that count in totals.
    pub fn linked(&self) -> u32 {
        let unlinked = self.unlinked.len() as u32;
        self.about.as_ref().map_or(0, |about| about.count).saturating_sub(unlinked)
    }

    fn of(key: ProblemKey, members: Vec<u32>) -> Self {
        Self {
            key,
            known: None,
            is_unsent: false,
            unlinked: members.clone(),
            members,
            speaker: None,
            new_id: String::new(),
            about: None,
            samples: Vec::new(),
            effect: None,
        }
    }
}

/// What the view shows.
#[derive(Clone, Debug, Default)]
pub struct ProblemsState {
    /// `None` until it was looked.
    pub found: Option<Arc<Vec<Problem>>>,
    pub chosen: Option<ProblemKey>,
}

impl ProblemsState {
    /// The chosen one: no other is ever shown in its place.
    pub fn shown(&self) -> Option<&Problem> {
        let all = self.found.as_ref()?;
        let chosen = self.chosen.as_ref()?;
        let same = all.iter().find(|problem| problem.key == *chosen);
        same.or_else(|| match chosen {
            // The same matter from another incident on.
            ProblemKey::Found(at) => {
                all.iter().find(|it| it.known.is_none() && it.members.binary_search(at).is_ok())
            }
            ProblemKey::Known(_) => None,
        })
    }
}

/// What a person does here.
#[derive(Clone, Debug, PartialEq)]
pub enum ProblemsCommand {
    Choose(ProblemKey),
    /// Opens the list of its incidents, under this name.
    ShowMembers(ProblemKey, String),
    /// Says that these incidents (board positions) are of a problem.
    Link {
        positions: Vec<u32>,
        linking: Linking,
    },
}

/// Asks what is one matter.
pub(super) struct ProblemsQuestion {
    board: Board,
    now: u32,
    outbox: Arc<OutboxView>,
    catalogue: Arc<Catalogue>,
}

pub(super) fn problems(
    reader: Reader,
) -> impl FnMut(ProblemsQuestion, &Cancel) -> Option<Vec<Problem>> + Send {
    move |question, cancel| {
        let ProblemsQuestion { board, now, outbox, catalogue } = question;
        let (stored, hidden) = match reader.problems() {
            Ok(stored) => stored,
            Err(error) => {
                tracing::error!(%error, "problems could not be read");
                return None;
            }
        };
        let matters = board.matters(now, cancel.flag())?;
        let said = Said::of(&outbox);
        let mut found = Looking { board: &board, catalogue: &catalogue, hidden, now }
            .together(matters, stored, &said);
        for problem in &mut found {
            let newest = problem.members.iter().rev().take(SAMPLES);
            let rows: Vec<u32> = newest.map(|position| position + 1).collect();
            problem.samples = rows_of(&reader, &board, &rows);
            if let ProblemKey::Found(first) = problem.key {
                let first = rows_of(&reader, &board, &[first + 1]).pop();
                problem.new_id = first.map_or_else(String::new, |row| id_after(&row.id));
            }
        }
        Some(found)
    }
}

fn rows_of(reader: &Reader, board: &Board, row_ids: &[u32]) -> Vec<ListRow> {
    let mut rows = reader.list_rows(row_ids).unwrap_or_else(|error| {
        tracing::error!(%error, "incidents of a problem could not be read");
        Vec::new()
    });
    for row in &mut rows {
        if let Some(on_board) = board.row(row.row_id.saturating_sub(1)) {
            row.set_row(&on_board);
        }
    }
    rows
}

/// The id of a problem that begins with that incident: two desks that confirm one
/// matter, or one that does so twice, make one problem.
fn id_after(incident: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let id = format!("p-{incident}");
    if id.len() <= ID_BYTES && id.chars().all(is_plain) {
        return id;
    }
    format!("p-{:08x}", crc32fast::hash(incident.as_bytes()))
}

/// What was said here and the server has not told back.
#[derive(Debug, Default)]
struct Said {
    /// By row id, the newest last.
    links: Vec<(u32, Linking)>,
    /// Rows on which anything waits.
    busy: BTreeSet<u32>,
}

impl Said {
    fn of(outbox: &OutboxView) -> Self {
        let mut said = Self::default();
        for entry in &outbox.entries {
            let Some(row_id) = entry.row_id else { continue };
            said.busy.insert(row_id);
            if let (Action::Link(linking), true) = (&entry.action, entry.state.is_overlaid()) {
                said.links.push((row_id, linking.clone()));
            }
        }
        said
    }
}

/// A problem that somebody has said to be one.
struct Known {
    problem: StoredProblem,
    is_unsent: bool,
    /// Positions that are linked to it, rising.
    own: BTreeSet<u32>,
    /// Found beside them.
    unlinked: Vec<u32>,
}

/// One look at the board.
struct Looking<'a> {
    board: &'a Board,
    catalogue: &'a Catalogue,
    /// Row ids of what is of a problem that is not told here.
    hidden: Vec<u32>,
    now: u32,
}

impl Looking<'_> {
    /// Puts together what was found and what was said: first what nobody has confirmed,
    /// then what goes on, then what is closed.
    fn together(
        &self,
        matters: Vec<Vec<u32>>,
        stored: Vec<StoredProblem>,
        said: &Said,
    ) -> Vec<Problem> {
        let mut known: BTreeMap<String, Known> = BTreeMap::new();
        // An incident is of the problem that was said last.
        let mut linked: BTreeMap<u32, String> = BTreeMap::new();
        for mut problem in stored {
            for row_id in std::mem::take(&mut problem.rows) {
                linked.insert(row_id.saturating_sub(1), problem.id.clone());
            }
            known.insert(problem.id.clone(), Known::of(problem, false));
        }
        for (row_id, linking) in &said.links {
            let at = row_id.saturating_sub(1);
            let entry = known.get_mut(&linking.problem);
            match (entry, &linking.born) {
                (Some(entry), _) => entry.hear(linking, self.now),
                (None, Some(born)) => {
                    let mut entry = Known::of(self.born(&linking.problem, born), true);
                    entry.hear(linking, self.now);
                    known.insert(linking.problem.clone(), entry);
                }
                (None, None) => continue,
            }
            linked.insert(at, linking.problem.clone());
        }
        for (at, id) in &linked {
            if let Some(entry) = known.get_mut(id) {
                entry.own.insert(*at);
            }
        }
        let mut all = Vec::new();
        for matter in matters {
            for left in self.give(matter, &mut known, &linked) {
                let Some(first) = left.first() else { continue };
                all.push(Problem::of(ProblemKey::Found(*first), left));
            }
        }
        let mut people: Vec<Problem> =
            known.into_iter().map(|(id, known)| self.of_people(id, known, said)).collect();
        people.sort_by_key(|problem| {
            let known = problem.known.as_ref();
            let times = known.map_or((0, 0), |known| (known.closed, known.started));
            (!problem.is_open(), std::cmp::Reverse(times))
        });
        let mut closed = 0;
        people.retain(|problem| {
            closed += usize::from(!problem.is_open());
            problem.is_open() || closed <= CLOSED_MOST || !problem.unlinked.is_empty()
        });
        all.extend(people);
        for problem in &mut all {
            problem.about = self.board.about(&problem.members, self.now);
        }
        all
    }

    /// Gives a matter to the problem that it is of; what is left over.
    fn give(
        &self,
        mut matter: Vec<u32>,
        known: &mut BTreeMap<String, Known>,
        linked: &BTreeMap<u32, String>,
    ) -> Vec<Vec<u32>> {
        matter.sort_unstable();
        // What is of a problem that is not told here is nobody's to confirm.
        matter.retain(|at| self.hidden.binary_search(&(at + 1)).is_err());
        let Some(id) = self.owner(&matter, known, linked) else {
            return vec![matter];
        };
        let Some(owner) = known.get_mut(&id) else { return vec![matter] };
        matter.retain(|at| !linked.contains_key(at));
        let mut left = Vec::new();
        if owner.problem.state == Some(ProblemState::Closed) {
            // What came after it was closed is not of it any more.
            let closed = owner.problem.closed;
            let is_later = |at: &u32| self.received(*at) > closed;
            let (later, earlier) = matter.into_iter().partition::<Vec<u32>, _>(is_later);
            matter = earlier;
            if later.len() >= LEAST_POINTS as usize {
                left.push(later);
            }
        }
        owner.unlinked.extend(matter);
        left
    }

    fn received(&self, position: u32) -> u32 {
        self.board.row(position).map_or(0, |row| row.received)
    }

    /// The known problem that a matter is of: the one to which most of its linked
    /// incidents are, else the newest that goes on, or was on then, in the same
    /// municipality and leading theme.
    fn owner(
        &self,
        matter: &[u32],
        known: &BTreeMap<String, Known>,
        linked: &BTreeMap<u32, String>,
    ) -> Option<String> {
        let mut votes: BTreeMap<&str, u32> = BTreeMap::new();
        for id in matter.iter().filter_map(|position| linked.get(position)) {
            *votes.entry(id.as_str()).or_default() += 1;
        }
        if let Some((id, _)) = votes.into_iter().max_by_key(|(_, count)| *count) {
            return Some(id.to_owned());
        }
        let about = self.board.about(matter, self.now)?;
        let theme = |topic: u16| self.board.vocabulary().ancestor(topic, 1);
        let leading = about.topics.first().map_or(NONE, |(topic, _)| theme(*topic));
        if leading == NONE || about.municipality == NO_MUNICIPALITY {
            return None;
        }
        let is_it = |known: &&Known| {
            let Known { problem, own, .. } = known;
            let begun = problem.started.saturating_sub(APART_SECS);
            let newest = own.iter().map(|at| self.received(*at)).max();
            let last = newest.unwrap_or(problem.started).max(problem.started);
            let until = match problem.state {
                Some(ProblemState::Closed) => problem.closed,
                _ => last.saturating_add(APART_SECS),
            };
            problem.municipality == about.municipality
                && self.number_of(&problem.topic).map(theme) == Some(leading)
                && about.last >= begun
                && about.started <= until
        };
        let found = known.values().filter(is_it).max_by_key(|known| known.problem.started)?;
        Some(found.problem.id.clone())
    }

    fn number_of(&self, code: &str) -> Option<u16> {
        let topics = &self.board.vocabulary().topics;
        let number = topics.iter().position(|topic| topic.code == code)?;
        u16::try_from(number).ok().filter(|number| *number != NONE)
    }

    fn of_people(&self, id: String, known: Known, said: &Said) -> Problem {
        let Known { problem, is_unsent, own, unlinked } = known;
        let can_speak = |at: &&u32| {
            let row = self.board.row(**at);
            row.is_some_and(|row| row.status != Status::Merged.index())
                && !said.busy.contains(&(**at + 1))
        };
        let speaker = own.iter().rev().find(can_speak).or(own.iter().next_back()).copied();
        let members: BTreeSet<u32> = own.into_iter().chain(unlinked.iter().copied()).collect();
        Problem {
            effect: self.effect(&problem),
            known: Some(problem),
            is_unsent,
            unlinked,
            speaker,
            ..Problem::of(ProblemKey::Known(id), members.into_iter().collect())
        }
    }

    /// What came of its theme in its municipality, before and after it was acted upon.
    fn effect(&self, problem: &StoredProblem) -> Option<Effect> {
        let acted = Timestamp::parse_rfc3339(problem.remedy.acted_at.as_deref()?).ok()?;
        let theme = self.board.vocabulary().ancestor(self.number_of(&problem.topic)?, 1);
        self.board.effect(theme, problem.municipality, acted.0, self.now)
    }

    /// A problem as it was confirmed here.
    fn born(&self, id: &str, born: &Born) -> StoredProblem {
        let oktmo = born.municipality.as_deref().and_then(|oktmo| oktmo.parse().ok());
        let place = oktmo.and_then(|oktmo| self.catalogue.municipality_by_oktmo(oktmo));
        StoredProblem {
            id: id.to_owned(),
            name: born.name.clone(),
            topic: born.topic.clone().unwrap_or_default(),
            municipality: place.unwrap_or(NO_MUNICIPALITY),
            state: Some(ProblemState::Confirmed),
            started: Timestamp::parse_rfc3339(&born.started_at).map_or(0, |at| at.0),
            closed: 0,
            wall: born.wall,
            remedy: <_>::default(),
            rows: Vec::new(),
        }
    }
}

impl Known {
    fn of(problem: StoredProblem, is_unsent: bool) -> Self {
        Self { problem, is_unsent, own: BTreeSet::new(), unlinked: Vec::new() }
    }

    /// What was said of it here stands over what is stored.
    fn hear(&mut self, linking: &Linking, now: u32) {
        self.is_unsent = true;
        let (problem, says) = (&mut self.problem, &linking.says);
        if let Some(name) = &says.name {
            problem.name.clone_from(name);
        }
        if let Some(remedy) = &says.remedy {
            problem.remedy.clone_from(remedy);
        }
        problem.wall = says.wall.unwrap_or(problem.wall);
        if let Some(state) = says.state.filter(|state| problem.state != Some(*state)) {
            problem.state = Some(state);
            problem.closed = if state == ProblemState::Closed { now } else { 0 };
        }
    }
}

/// What was last asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct ProblemsAsked {
    version: u64,
    now: u32,
    outbox: Option<Arc<OutboxView>>,
    at: Duration,
}

impl Desk {
    pub(super) fn apply_problems(&mut self, command: ProblemsCommand) {
        match command {
            ProblemsCommand::Choose(key) => self.state.problems.chosen = Some(key),
            ProblemsCommand::ShowMembers(key, name) => {
                let all = self.state.problems.found.clone().unwrap_or_default();
                let Some(problem) = all.iter().find(|problem| problem.key == key) else { return };
                let rows: RowSet = problem.members.iter().copied().collect();
                let members = TextMatch { query: name, rows: Arc::new(rows) };
                self.state.list.instead = Some(Instead::Members(members));
                self.state.view = View::Incidents;
            }
            ProblemsCommand::Link { positions, linking } => {
                if !may(&self.state, CommandKind::Link) {
                    self.notice("notice-action-not-yours", String::new(), true);
                    return;
                }
                self.state.problems.chosen = Some(ProblemKey::Known(linking.problem.clone()));
                let rows = positions.into_iter().map(|position| position + 1).collect();
                self.act(rows, Action::Link(linking));
            }
        }
    }

    /// How often it is looked through; `None` where nobody sees it.
    fn problems_pace(&self) -> Option<Duration> {
        match self.state.view {
            View::Problems => Some(PACE),
            View::Indicators if self.state.indicators.page == Page::Digest => Some(PACE),
            View::Situation => Some(PACE_BESIDE),
            _ => None,
        }
    }

    /// While it is looked at, and for the map, where their borders are.
    pub(super) fn ask_problems(&mut self) {
        let Some(pace) = self.problems_pace().filter(|_| !self.problems.is_busy()) else { return };
        let asked = &self.problems_asked;
        let outbox = &self.state.outbox;
        let is_said = asked.outbox.as_ref().is_none_or(|known| !Arc::ptr_eq(known, outbox));
        let is_behind = (asked.version, asked.now) != (self.asked.version, self.asked.now);
        let rested = self.moment.tick.saturating_sub(asked.at) >= pace;
        let is_first = self.state.problems.found.is_none();
        if !is_said && !(is_behind && (rested || is_first)) {
            return;
        }
        let outbox = Arc::clone(outbox);
        self.problems.ask(ProblemsQuestion {
            board: self.board.clone(),
            now: self.asked.now,
            outbox: Arc::clone(&outbox),
            catalogue: Arc::clone(&self.state.catalogue),
        });
        let (version, now) = (self.asked.version, self.asked.now);
        self.problems_asked =
            ProblemsAsked { version, now, outbox: Some(outbox), at: self.moment.tick };
    }

    /// When it is looked through anew, if it is.
    pub(super) fn until_problems(&self) -> Option<Duration> {
        let asked = &self.problems_asked;
        let is_behind = (asked.version, asked.now) != (self.asked.version, self.asked.now);
        let waits = is_behind && self.state.loading == Loading::Ready && !self.problems.is_busy();
        let pace = self.problems_pace().filter(|_| waits)?;
        Some((asked.at + pace).saturating_sub(self.moment.tick))
    }

    pub(super) fn take_problems(&mut self) -> bool {
        let Some(found) = self.problems.take() else { return false };
        let problems = &mut self.state.problems;
        if problems.chosen.is_none() {
            problems.chosen = found.first().map(|problem| problem.key.clone());
        }
        problems.found = Some(Arc::new(found));
        true
    }
}

#[cfg(test)]
mod tests;

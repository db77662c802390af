//! What was found and what people have said, put together.

use std::collections::{BTreeMap, BTreeSet};

use super::{Problem, ProblemKey, newest_first};
use crate::app::outbox_view::OutboxView;
use crate::board::Board;
use crate::board::problems::Effect;
use crate::board::row::{NO_MUNICIPALITY, NONE};
use crate::detect::matters::LEAST_POINTS;
use crate::domain::{Action, Born, Catalogue, Linking, ProblemState, Status, Timestamp};
use crate::store::problems::StoredProblem;

/// Closed ones that are still listed, those with something new in any case.
const CLOSED_MOST: usize = 20;

/// A matter of the same theme and town is of a problem that goes on where no more than
/// this lies between them.
const APART_SECS: u32 = 3 * 86_400;

/// What was said here and the server has not told back.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// By row id, the newest last: [`Action::Link`] and [`Action::Unlink`].
    pub(super) links: Vec<(u32, Timestamp, Action)>,
    /// Rows on which anything waits.
    pub(super) busy: BTreeSet<u32>,
}

impl Said {
    pub(super) fn of(outbox: &OutboxView) -> Self {
        let mut said = Self::default();
        for entry in &outbox.entries {
            let Some(row_id) = entry.row_id else { continue };
            said.busy.insert(row_id);
            let is_of_problem = matches!(entry.action, Action::Link(_) | Action::Unlink { .. });
            if is_of_problem && entry.state.is_overlaid() {
                said.links.push((row_id, entry.at, entry.action.clone()));
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
pub(super) struct Looking<'a> {
    pub(super) board: &'a Board,
    pub(super) catalogue: &'a Catalogue,
    /// Row ids of what is of a problem that is not told here, or was taken out of one.
    pub(super) hidden: Vec<u32>,
    pub(super) now: u32,
}

impl Looking<'_> {
    /// Puts together what was found and what was said: first what nobody has confirmed,
    /// then what goes on, then what is closed.
    pub(super) fn together(
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
        let mut hidden: BTreeSet<u32> = self.hidden.iter().copied().collect();
        for (row_id, said_at, action) in &said.links {
            let at = row_id.saturating_sub(1);
            let linking = match action {
                Action::Link(linking) => linking,
                Action::Unlink { problem } => {
                    if linked.get(&at) == Some(problem) {
                        linked.remove(&at);
                        hidden.insert(*row_id);
                    }
                    continue;
                }
                _ => continue,
            };
            let entry = known.get_mut(&linking.problem);
            match (entry, &linking.born) {
                (Some(entry), _) => entry.hear(linking, *said_at),
                (None, Some(born)) => {
                    let mut entry = Known::of(self.born(&linking.problem, born), true);
                    entry.hear(linking, *said_at);
                    known.insert(linking.problem.clone(), entry);
                }
                (None, None) => continue,
            }
            if linking.moves() {
                linked.insert(at, linking.problem.clone());
                hidden.remove(row_id);
            }
        }
        for (at, id) in &linked {
            if let Some(entry) = known.get_mut(id) {
                entry.own.insert(*at);
            }
        }
        let mut all = Vec::new();
        for matter in matters {
            for left in self.give(matter, &mut known, &linked, &hidden) {
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
        hidden: &BTreeSet<u32>,
    ) -> Vec<Vec<u32>> {
        matter.sort_unstable();
        // What is of a problem that is not told here is nobody's to confirm, and what was
        // taken out of one is not offered again.
        matter.retain(|at| !hidden.contains(&(at + 1)));
        let voters = matter.clone();
        let Some(id) = self.owner(&voters, &matter, known, linked, false) else {
            return vec![matter];
        };
        let Some(owner) = known.get_mut(&id) else { return vec![matter] };
        matter.retain(|at| !linked.contains_key(at));
        if owner.problem.state != Some(ProblemState::Closed) {
            owner.unlinked.extend(matter);
            return Vec::new();
        }
        // What came after it was closed is not of it any more: of another one that goes
        // on, or found anew.
        let closed = owner.problem.closed;
        let is_later = |at: &u32| self.received(*at) > closed;
        let (later, earlier) = matter.into_iter().partition::<Vec<u32>, _>(is_later);
        owner.unlinked.extend(earlier);
        let next = self.owner(&voters, &later, known, linked, true);
        match next.and_then(|id| known.get_mut(&id)) {
            Some(next) => next.unlinked.extend(later),
            None if later.len() >= LEAST_POINTS as usize => return vec![later],
            None => {}
        }
        Vec::new()
    }

    fn received(&self, position: u32) -> u32 {
        self.board.row(position).map_or(0, |row| row.received)
    }

    /// The known problem that a matter is of: the one to which most of the `voters` are
    /// linked, else the newest that goes on, or was on then, in the same municipality and
    /// leading theme. With `only_open` those that go on.
    fn owner(
        &self,
        voters: &[u32],
        matter: &[u32],
        known: &BTreeMap<String, Known>,
        linked: &BTreeMap<u32, String>,
        only_open: bool,
    ) -> Option<String> {
        let may_be =
            |known: &Known| !only_open || known.problem.state != Some(ProblemState::Closed);
        let mut votes: BTreeMap<&str, u32> = BTreeMap::new();
        let ids = voters.iter().filter_map(|position| linked.get(position));
        for id in ids.filter(|id| known.get(*id).is_some_and(may_be)) {
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
        let open = known.values().filter(|known| may_be(known));
        let found = open.filter(is_it).max_by_key(|known| known.problem.started)?;
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
        let newest = newest_first(self.board, own.iter().copied());
        let speaker = newest.iter().find(can_speak).or(newest.first()).copied();
        let linked: Vec<u32> = own.iter().copied().collect();
        let linked = self.board.about(&linked, self.now).unwrap_or_default();
        let members: BTreeSet<u32> = own.into_iter().chain(unlinked.iter().copied()).collect();
        Problem {
            effects: self.effects(&problem),
            known: Some(problem),
            is_unsent,
            unlinked,
            speaker,
            linked: linked.count,
            linked_day: linked.day,
            ..Problem::of(ProblemKey::Known(id), members.into_iter().collect())
        }
    }

    /// What came of its theme in its municipality, before and after each of the two
    /// things that can be done.
    fn effects(&self, problem: &StoredProblem) -> [Option<Effect>; 2] {
        let remedy = &problem.remedy;
        [&remedy.acted_at, &remedy.prevented_at].map(|at| {
            let acted = Timestamp::parse_rfc3339(at.as_deref()?).ok()?;
            let theme = self.board.vocabulary().ancestor(self.number_of(&problem.topic)?, 1);
            let of = (theme, problem.municipality);
            self.board.effect(of, problem.started, acted.0, self.now)
        })
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
    fn hear(&mut self, linking: &Linking, said_at: Timestamp) {
        self.is_unsent = true;
        let (problem, says) = (&mut self.problem, &linking.says);
        if let Some(name) = &says.name {
            problem.name.clone_from(name);
        }
        if let Some(remedy) = &says.remedy {
            problem.remedy.change(remedy);
        }
        problem.wall = says.wall.unwrap_or(problem.wall);
        if let Some(state) = says.state.filter(|state| problem.state != Some(*state)) {
            problem.state = Some(state);
            problem.closed = if state == ProblemState::Closed { said_at.0 } else { 0 };
        }
    }
}

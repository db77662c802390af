//! «Проблемы»: incidents that are one matter, and those that a person has said to be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::desk::Desk;
use super::form::may;
use super::indicators::Page;
use super::lane::Cancel;
use super::state::{Instead, Loading, View};
use crate::board::Board;
use crate::board::filter::{RowSet, TextMatch};
use crate::board::problems::About;
use crate::board::row::NONE;
use crate::domain::{Action, CommandKind, Linking, ProblemState, Timestamp};
use crate::store::Reader;
use crate::store::details::ListRow;
use crate::store::problems::StoredProblem;

/// What came meanwhile is looked through anew at most this often: where it is the
/// matter, and where it stands beside others.
const PACE: Duration = Duration::from_secs(5);
const PACE_BESIDE: Duration = Duration::from_secs(20);

/// Incidents whose summaries are shown as samples.
const SAMPLES: usize = 6;

/// Closed ones that are still listed.
const CLOSED_MOST: usize = 20;

/// A matter that only just began may be of a problem that was told before it.
const AHEAD_SECS: u32 = 86_400;

/// Which of the listed one is meant, from one look to the next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKey {
    /// Nobody has confirmed it: by the position of its first incident.
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
    /// Board positions of its incidents.
    pub members: Vec<u32>,
    /// Of those: found and not linked.
    pub unlinked: Vec<u32>,
    /// `None` where none of its incidents is here.
    pub about: Option<About>,
    /// Its newest incidents.
    pub samples: Vec<ListRow>,
}

impl Problem {
    /// Still going on.
    pub fn is_open(&self) -> bool {
        let state = self.known.as_ref().map(|known| known.state);
        state != Some(Some(ProblemState::Closed))
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
    /// The chosen one, else the first.
    pub fn shown(&self) -> Option<&Problem> {
        let all = self.found.as_ref()?;
        let chosen = all.iter().find(|problem| Some(&problem.key) == self.chosen.as_ref());
        chosen.or_else(|| all.first())
    }
}

/// What a person does here.
#[derive(Clone, Debug, PartialEq)]
pub enum ProblemsCommand {
    Choose(ProblemKey),
    /// Opens the list of its incidents, under this name.
    ShowMembers(ProblemKey, String),
    /// Says how a problem stands, about these incidents (board positions).
    Link {
        positions: Vec<u32>,
        linking: Linking,
    },
}

/// An id for a problem that the server does not know yet.
pub fn new_id() -> String {
    format!("p-{}", Uuid::now_v7())
}

/// Asks what is one matter.
pub(super) struct ProblemsQuestion {
    board: Board,
    now: u32,
    /// Said here and not told back by the server, by row id, the newest last.
    unsent: Vec<(u32, Linking)>,
}

pub(super) fn problems(
    reader: Reader,
) -> impl FnMut(ProblemsQuestion, &Cancel) -> Option<Vec<Problem>> + Send {
    move |question, cancel| {
        let ProblemsQuestion { board, now, unsent } = question;
        let stored = match reader.problems() {
            Ok(stored) => stored,
            Err(error) => {
                tracing::error!(%error, "problems could not be read");
                return None;
            }
        };
        let matters = board.matters(now, cancel.flag())?;
        let mut found = together(&board, matters, stored, &unsent, now);
        for problem in &mut found {
            let newest = problem.members.iter().rev().take(SAMPLES);
            let rows: Vec<u32> = newest.map(|position| position + 1).collect();
            problem.samples = match reader.list_rows(&rows) {
                Ok(rows) => rows,
                Err(error) => {
                    tracing::error!(%error, "samples of a problem could not be read");
                    Vec::new()
                }
            };
            for row in &mut problem.samples {
                if let Some(on_board) = board.row(row.row_id - 1) {
                    row.set_row(&on_board);
                }
            }
        }
        Some(found)
    }
}

/// Puts together what was found and what was said: first what nobody has confirmed,
/// then what goes on, then what is closed.
fn together(
    board: &Board,
    matters: Vec<Vec<u32>>,
    stored: Vec<StoredProblem>,
    unsent: &[(u32, Linking)],
    now: u32,
) -> Vec<Problem> {
    let mut known: BTreeMap<String, (StoredProblem, bool)> =
        stored.into_iter().map(|problem| (problem.id.clone(), (problem, false))).collect();
    for (row_id, linking) in unsent {
        let said = as_stored(board, linking);
        let (problem, is_unsent) =
            known.entry(linking.problem.clone()).or_insert_with(|| (said.clone(), true));
        let mut rows = std::mem::take(&mut problem.rows);
        rows.push(*row_id);
        let closed = if problem.closed > 0 { problem.closed } else { said.closed };
        (*problem, *is_unsent) = (StoredProblem { rows, closed, ..said }, true);
    }
    let mut linked: BTreeMap<u32, &str> = BTreeMap::new();
    for (id, (problem, _)) in &known {
        linked.extend(problem.rows.iter().map(|row_id| (row_id.saturating_sub(1), id.as_str())));
    }
    let mut all = Vec::new();
    let mut of_known: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for matter in matters {
        match owner(board, &matter, &known, &linked, now) {
            Some(id) => of_known.entry(id).or_default().extend(matter),
            None => {
                let Some(first) = matter.iter().min() else { continue };
                let about = board.about(&matter, now);
                all.push(Problem {
                    key: ProblemKey::Found(*first),
                    known: None,
                    is_unsent: false,
                    unlinked: matter.clone(),
                    members: matter,
                    about,
                    samples: Vec::new(),
                });
            }
        }
    }
    let mut said = Vec::new();
    for (id, (problem, is_unsent)) in &known {
        let own: BTreeSet<u32> = problem.rows.iter().map(|row_id| row_id - 1).collect();
        let found = of_known.remove(id.as_str()).unwrap_or_default();
        let unlinked = found.into_iter().filter(|at| !linked.contains_key(at)).collect::<Vec<_>>();
        let members: Vec<u32> = own
            .into_iter()
            .chain(unlinked.iter().copied())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        said.push(Problem {
            key: ProblemKey::Known(id.clone()),
            about: board.about(&members, now),
            known: Some(problem.clone()),
            is_unsent: *is_unsent,
            members,
            unlinked,
            samples: Vec::new(),
        });
    }
    said.sort_by_key(|problem| {
        let started = problem.known.as_ref().map_or(0, |known| known.started);
        (!problem.is_open(), std::cmp::Reverse(started))
    });
    let open = said.iter().filter(|problem| problem.is_open()).count();
    said.truncate(open + CLOSED_MOST);
    all.extend(said);
    all
}

/// A problem as it was said here.
fn as_stored(board: &Board, linking: &Linking) -> StoredProblem {
    let started = Timestamp::parse_rfc3339(&linking.started_at).map_or(0, |at| at.0);
    StoredProblem {
        id: linking.problem.clone(),
        name: linking.name.clone(),
        topic: linking.topic.clone().unwrap_or_default(),
        municipality: municipality(board, linking.municipality.as_deref()),
        state: Some(linking.state),
        started,
        closed: 0,
        wall: linking.wall,
        rows: Vec::new(),
    }
}

fn municipality(board: &Board, oktmo: Option<&str>) -> u8 {
    let catalogue = crate::domain::Catalogue::embedded();
    let known = oktmo.and_then(|oktmo| catalogue.municipality_by_oktmo(oktmo.parse().ok()?));
    let known = known.filter(|index| *index < board.region().municipality_count);
    known.unwrap_or(crate::board::row::NO_MUNICIPALITY)
}

/// The known problem that a matter is of: the one to which most of its linked incidents
/// are, else one that goes on in the same municipality and theme.
fn owner<'k>(
    board: &Board,
    matter: &[u32],
    known: &'k BTreeMap<String, (StoredProblem, bool)>,
    linked: &BTreeMap<u32, &str>,
    now: u32,
) -> Option<&'k str> {
    let mut votes: BTreeMap<&str, u32> = BTreeMap::new();
    for id in matter.iter().filter_map(|position| linked.get(position)) {
        *votes.entry(id).or_default() += 1;
    }
    let most = votes.into_iter().max_by_key(|(_, count)| *count);
    if let Some((id, _)) = most {
        return known.get_key_value(id).map(|(id, _)| id.as_str());
    }
    let about = board.about(matter, now)?;
    let vocabulary = board.vocabulary();
    let themes: BTreeSet<u16> =
        about.topics.iter().map(|(topic, _)| vocabulary.ancestor(*topic, 1)).collect();
    // What was over before it was found is of the closed one that was on then.
    let was_on = |problem: &StoredProblem| {
        problem.state != Some(ProblemState::Closed)
            || about.last <= problem.closed.saturating_add(AHEAD_SECS)
    };
    let is_it = |problem: &StoredProblem| {
        let number = vocabulary.topics.iter().position(|topic| topic.code == problem.topic);
        let theme = number.map_or(NONE, |number| vocabulary.ancestor(number as u16, 1));
        was_on(problem)
            && problem.municipality == about.municipality
            && theme != NONE
            && themes.contains(&theme)
            && problem.started <= about.last.saturating_add(AHEAD_SECS)
    };
    known.iter().find(|(_, (problem, _))| is_it(problem)).map(|(id, _)| id.as_str())
}

/// What was last asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ProblemsAsked {
    version: u64,
    now: u32,
    unsent: usize,
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
        let unsent = self.unsent_links();
        let wanted = ProblemsAsked {
            version: self.asked.version,
            now: self.asked.now,
            unsent: unsent.len(),
        };
        let (asked, at) = &self.problems_asked;
        let is_said = asked.unsent != wanted.unsent || self.state.problems.found.is_none();
        let rested = self.moment.tick.saturating_sub(*at) >= pace;
        if *asked == wanted || !(is_said || rested) {
            return;
        }
        self.problems.ask(ProblemsQuestion {
            board: self.board.clone(),
            now: self.asked.now,
            unsent,
        });
        self.problems_asked = (wanted, self.moment.tick);
    }

    /// When it is looked through anew, if it is.
    pub(super) fn until_problems(&self) -> Option<Duration> {
        let (asked, at) = &self.problems_asked;
        let is_behind = asked.version != self.asked.version || asked.now != self.asked.now;
        let waits = is_behind && self.state.loading == Loading::Ready && !self.problems.is_busy();
        let pace = self.problems_pace().filter(|_| waits)?;
        Some((*at + pace).saturating_sub(self.moment.tick))
    }

    pub(super) fn take_problems(&mut self) -> bool {
        let Some(found) = self.problems.take() else { return false };
        self.state.problems.found = Some(Arc::new(found));
        true
    }

    fn unsent_links(&self) -> Vec<(u32, Linking)> {
        let live = self.state.outbox.entries.iter().filter(|entry| entry.state.is_overlaid());
        let link = |entry: &Arc<super::outbox_view::OutboxEntry>| match &entry.action {
            Action::Link(linking) => Some((entry.row_id?, linking.clone())),
            _ => None,
        };
        live.filter_map(link).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::Vocabulary;
    use crate::board::row::flags;
    use crate::board::vocabulary::TopicEntry;
    use crate::board::{BoardBuilder, Region, Row};

    const NOW: u32 = 1_790_000_000;

    fn board() -> Board {
        let region = Region { municipality_count: 13, local_offset_secs: 7 * 3600 };
        let mut builder = BoardBuilder::new(region);
        for row_id in 1..=30 {
            let received = NOW - 1_000 + row_id;
            let (topic, municipality) = (1, if row_id <= 20 { 2 } else { 5 });
            let row = Row { received, topic, municipality, flags: flags::PLACED, ..Row::default() };
            builder.push(row_id, &row);
        }
        let heat = TopicEntry { code: "zhkh.heat".to_owned(), depth: 1, ..TopicEntry::default() };
        let topics = vec![TopicEntry::default(), heat];
        builder.finish(Arc::new(Vocabulary { topics, ..Vocabulary::default() }))
    }

    fn stored(id: &str, state: ProblemState, rows: Vec<u32>) -> StoredProblem {
        StoredProblem {
            id: id.to_owned(),
            name: id.to_owned(),
            topic: "zhkh.heat".to_owned(),
            municipality: 2,
            state: Some(state),
            started: NOW - 5_000,
            closed: 0,
            wall: false,
            rows,
        }
    }

    fn linking(problem: &str, state: ProblemState) -> Linking {
        Linking {
            problem: problem.to_owned(),
            name: "Холодно".to_owned(),
            topic: Some("zhkh.heat".to_owned()),
            municipality: None,
            started_at: Timestamp(NOW - 5_000).to_rfc3339(),
            state,
            wall: true,
        }
    }

    #[test]
    fn what_was_found_is_of_the_problem_that_it_is_linked_to_or_that_goes_on_there() {
        let (board, matter) = (board(), (0..20).collect::<Vec<u32>>());
        let find = |known, unsent: &[_]| together(&board, vec![matter.clone()], known, unsent, NOW);
        let only = find(Vec::new(), &[]);
        assert_eq!((only.len(), &only[0].key), (1, &ProblemKey::Found(0)));
        assert_eq!((only[0].unlinked.len(), only[0].is_open()), (20, true));
        // A closed one takes nothing more in, one that goes on does.
        let two = find(vec![stored("p-1", ProblemState::Closed, Vec::new())], &[]);
        assert_eq!(two.len(), 2);
        let one = find(vec![stored("p-1", ProblemState::Watched, vec![3, 25])], &[]);
        assert_eq!((one.len(), &one[0].key), (1, &ProblemKey::Known("p-1".to_owned())));
        assert_eq!((one[0].members.len(), one[0].unlinked.len()), (21, 19));
        // Whose incidents are linked elsewhere stays there, closed or not.
        let linked = stored("p-2", ProblemState::Closed, (1..=12).collect());
        let there = find(vec![linked, stored("p-1", ProblemState::Watched, Vec::new())], &[]);
        let of = |id: &str| there.iter().find(|it| it.key == ProblemKey::Known(id.to_owned()));
        assert_eq!(of("p-2").unwrap().unlinked.len(), 8);
        assert_eq!(of("p-1").unwrap().about, None);
    }

    #[test]
    fn what_was_said_here_stands_before_the_server_knows_it() {
        let board = board();
        let matter: Vec<u32> = (0..20).collect();
        let said: Vec<_> =
            (1..=20).map(|row| (row, linking("p-9", ProblemState::Confirmed))).collect();
        let found = together(&board, vec![matter], Vec::new(), &said, NOW);
        assert_eq!(found.len(), 1);
        assert!(found[0].is_unsent && found[0].unlinked.is_empty());
        let known = found[0].known.as_ref().unwrap();
        assert_eq!((known.name.as_str(), known.rows.len(), known.wall), ("Холодно", 20, true));
        // Of a known one the last word counts, and its incidents stay.
        let before = vec![stored("p-1", ProblemState::Confirmed, vec![1, 2])];
        let closed = [(1, linking("p-1", ProblemState::Closed))];
        let found = together(&board, Vec::new(), before, &closed, NOW);
        assert!(!found[0].is_open());
        assert_eq!(found[0].members, [0, 1]);
    }
}

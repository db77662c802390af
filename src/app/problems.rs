//! «Проблемы»: incidents that are one matter, and those that a person has said to be.

mod looking;

use std::sync::Arc;
use std::time::Duration;

use self::looking::{Looking, Said};
use super::desk::Desk;
use super::form::may;
use super::indicators::Page;
use super::lane::Cancel;
use super::outbox_view::OutboxView;
use super::state::{Instead, Loading, View};
use crate::board::Board;
use crate::board::filter::{RowSet, TextMatch};
use crate::board::problems::{About, Effect};
use crate::domain::problem::BY_HAND;
use crate::domain::{Action, Born, Catalogue, CommandKind, Linking, ProblemState, Says, Timestamp};
use crate::store::details::ListRow;
use crate::store::problems::StoredProblem;
use crate::store::{self, Reader};

/// What came meanwhile is looked through anew at most this often: where it is the
/// matter, and where it stands beside others.
const PACE: Duration = Duration::from_secs(5);
const PACE_BESIDE: Duration = Duration::from_secs(20);

/// Incidents whose summaries are shown as samples.
const SAMPLES: usize = 6;

/// Members by which a matter is known again.
const KEY_PROBES: usize = 32;

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
    /// Of those that people have linked: how many count in totals, and how many of them
    /// came in the last 24 hours.
    pub linked: u32,
    pub linked_day: u32,
    /// The id that it gets if it is confirmed.
    pub new_id: String,
    /// `None` where none of its incidents is here.
    pub about: Option<About>,
    /// Its newest incidents.
    pub samples: Vec<ListRow>,
    /// Of its theme and municipality, before and after it was put right, and before and
    /// after the next one was prevented.
    pub effects: [Option<Effect>; 2],
}

impl Problem {
    /// Still going on.
    pub fn is_open(&self) -> bool {
        let state = self.known.as_ref().map(|known| known.state);
        state != Some(Some(ProblemState::Closed))
    }

    /// What says something of a confirmed problem, or only that an incident is of it. One
    /// that the server may not know yet is told as it was made: where it is known that
    /// says nothing.
    pub fn linking(&self, catalogue: &Catalogue, says: Says) -> Linking {
        let known = self.known.as_ref();
        let born = known.filter(|_| self.is_unsent && says.is_empty()).map(|known| {
            let StoredProblem { name, topic, municipality, started, wall, .. } = known;
            Born { wall: *wall, ..born(catalogue, name, topic, *municipality, *started) }
        });
        Linking { problem: known.map_or(String::new(), |known| known.id.clone()), born, says }
    }

    /// The same matter keeps the key that it was shown under, whatever incident of it
    /// came or went.
    fn keep_key<'a>(&mut self, mut before: impl Iterator<Item = &'a Self>) {
        let step = self.members.len() / KEY_PROBES + 1;
        let probes = || self.members.iter().step_by(step);
        let is_it = |known: &&Self| {
            known.known.is_none() && probes().any(|at| known.members.binary_search(at).is_ok())
        };
        if let Some(known) = before.find(is_it) {
            self.key = known.key.clone();
        }
    }

    fn of(key: ProblemKey, members: Vec<u32>) -> Self {
        Self {
            key,
            known: None,
            is_unsent: false,
            unlinked: members.clone(),
            members,
            speaker: None,
            linked: 0,
            linked_day: 0,
            new_id: String::new(),
            about: None,
            samples: Vec::new(),
            effects: [None; 2],
        }
    }
}

/// What the view shows.
#[derive(Clone, Debug, Default)]
pub struct ProblemsState {
    /// `None` until it was looked.
    pub found: Option<Arc<Vec<Problem>>>,
    /// It was looked since what was said last: a choice may be made.
    pub is_fresh: bool,
    pub chosen: Option<ProblemKey>,
}

impl ProblemsState {
    /// The chosen one: no other is ever shown in its place.
    pub fn shown(&self) -> Option<&Problem> {
        let all = self.found.as_ref()?;
        let chosen = self.chosen.as_ref()?;
        all.iter().find(|problem| problem.key == *chosen)
    }

    /// The one that people have linked an incident to, by its row id.
    pub fn of(&self, row_id: u32) -> Option<&Problem> {
        let at = row_id.checked_sub(1)?;
        let has = |list: &[u32]| list.binary_search(&at).is_ok();
        let is_it = |problem: &&Problem| {
            let is_known = problem.known.is_some();
            is_known && has(&problem.members) && !problem.unlinked.contains(&at)
        };
        self.found.as_ref()?.iter().find(is_it)
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
        linking: Box<Linking>,
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
            let newest = newest_first(&board, problem.members.iter().copied());
            let newest = newest.into_iter().take(SAMPLES);
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

/// Positions by their receipt: what was synced last need not have come last.
fn newest_first(board: &Board, positions: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut sorted: Vec<u32> = positions.collect();
    let received = |position: u32| board.row(position).map(|row| row.received);
    sorted.sort_by_key(|position| std::cmp::Reverse((received(*position), *position)));
    sorted
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
    id_of("p-", incident)
}

/// A problem as it is made. `topic` is a code, empty where there is none.
pub fn born(
    catalogue: &Catalogue,
    name: &str,
    topic: &str,
    municipality: u8,
    started: u32,
) -> Born {
    Born {
        name: name.to_owned(),
        topic: Some(topic.to_owned()).filter(|topic| !topic.is_empty()),
        municipality: catalogue.municipality(municipality).map(|it| it.oktmo.to_string()),
        started_at: Timestamp(started).to_rfc3339(),
        wall: false,
    }
}

/// The id of a problem that a person names when it begins with that incident: another
/// name is another problem.
pub fn id_by_hand(incident: &str, name: &str) -> String {
    id_of(BY_HAND, &format!("{incident}-{:08x}", crc32fast::hash(name.as_bytes())))
}

fn id_of(prefix: &str, what: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let id = format!("{prefix}{what}");
    if id.len() <= ID_BYTES && id.chars().all(is_plain) {
        return id;
    }
    format!("{prefix}{:08x}", crc32fast::hash(what.as_bytes()))
}

/// Confirmed problems that go on, the newest first, with what was said here and is not
/// sent.
pub(super) fn going_on(
    reader: &Reader,
    board: &Board,
    catalogue: &Catalogue,
    outbox: &OutboxView,
    now: u32,
) -> store::Result<Vec<Problem>> {
    let (stored, hidden) = reader.problems()?;
    let looking = Looking { board, catalogue, hidden, now };
    let mut all = looking.together(Vec::new(), stored, &Said::of(outbox));
    all.retain(Problem::is_open);
    Ok(all)
}

/// What was last asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct ProblemsAsked {
    version: u64,
    /// The version of the last answer.
    answered: Option<u64>,
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

    /// What was found before a form opened is not chosen from.
    pub(super) fn look_anew(&mut self) {
        (self.problems_asked.outbox, self.state.problems.is_fresh) = (None, false);
    }

    /// True where the problem of an incident is being chosen.
    fn links_by_hand(&self) -> bool {
        let form = self.state.triage.form.as_ref();
        form.is_some_and(|form| form.kind == CommandKind::Link)
    }

    /// How often it is looked through; `None` where nobody sees it.
    fn problems_pace(&self) -> Option<Duration> {
        let beside = if self.catching_up.waits_for_what_is_shown() { PACE } else { PACE_BESIDE };
        match self.state.view {
            View::Problems => Some(PACE),
            View::Indicators if self.state.indicators.page == Page::Digest => Some(PACE),
            View::Triage if self.links_by_hand() => Some(PACE),
            View::Situation => Some(beside),
            _ => None,
        }
    }

    /// While it is looked at, and for the map, where their borders are.
    pub(super) fn ask_problems(&mut self) {
        let can_ask = !self.problems.is_busy() && self.asked.now > 0;
        let Some(pace) = self.problems_pace().filter(|_| can_ask) else { return };
        let asked = &self.problems_asked;
        let outbox = &self.state.outbox;
        let is_said = asked.outbox.as_ref().is_none_or(|known| !Arc::ptr_eq(known, outbox));
        let is_behind = (asked.version, asked.now) != (self.asked.version, self.asked.now);
        let rested = self.moment.tick.saturating_sub(asked.at) >= pace;
        let is_first = self.state.problems.found.is_none();
        self.state.problems.is_fresh &= !is_said;
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
        self.problems_asked = ProblemsAsked {
            version,
            now,
            outbox: Some(outbox),
            at: self.moment.tick,
            ..self.problems_asked
        };
    }

    /// When it is looked through anew, if it is.
    pub(super) fn until_problems(&self) -> Option<Duration> {
        let asked = &self.problems_asked;
        let is_behind = (asked.version, asked.now) != (self.asked.version, self.asked.now);
        let can_ask = !self.problems.is_busy() && self.asked.now > 0;
        let waits = is_behind && can_ask && self.state.loading == Loading::Ready;
        let pace = self.problems_pace().filter(|_| waits)?;
        Some((asked.at + pace).saturating_sub(self.moment.tick))
    }

    /// The board's version of which the problems are that are shown.
    pub(super) fn problems_version(&self) -> Option<u64> {
        self.problems_asked.answered
    }

    pub(super) fn take_problems(&mut self) -> bool {
        let Some(mut found) = self.problems.take() else { return false };
        let problems = &mut self.state.problems;
        for problem in found.iter_mut().filter(|problem| problem.known.is_none()) {
            problem.keep_key(problems.found.iter().flat_map(|known| known.iter()));
        }
        if problems.chosen.is_none() {
            problems.chosen = found.first().map(|problem| problem.key.clone());
        }
        problems.found = Some(Arc::new(found));
        self.problems_asked.answered = Some(self.problems_asked.version);
        let asked = self.problems_asked.outbox.as_ref();
        problems.is_fresh = asked.is_some_and(|known| Arc::ptr_eq(known, &self.state.outbox));
        true
    }
}

#[cfg(test)]
mod tests;

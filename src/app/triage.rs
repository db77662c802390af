//! The duty officer's desk: the queue, the cursor in it, and what is chosen.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::desk::Desk;
use super::drafts::{DraftOf, Drafts};
use super::form::{Form, Recent};
use super::lane::Cancel;
use super::likely::Likely;
use super::saved::Naming;
use super::state::{Loading, State, View};
use super::workers::{RowsQuestion, SimilarQuestion};
use crate::board::filter::Filter;
use crate::board::queue::{Queue, QueueQuestion, Section};
use crate::board::row::NONE;
use crate::board::{Board, CompiledFilter};
use crate::domain::{Action, CommandKind, Timestamp};
use crate::store::details::ListRow;

/// Rows read before and after the visible ones.
const MARGIN: usize = 40;

/// The queue and where the officer stands in it.
#[derive(Clone, Debug, Default)]
pub struct TriageState {
    pub section: Section,
    pub queue: Arc<Queue>,
    /// Rows that were read for the window, from index `first` of the queue.
    pub first: usize,
    pub rows: Vec<ListRow>,
    /// Row id of the incident under the cursor. It stays there when the queue
    /// moves, and when somebody else takes it out of the section.
    pub cursor: Option<u32>,
    /// Where the cursor stood in the queue when it was last seen there.
    pub cursor_index: usize,
    /// Number of the named filter that is on the screen, until another is chosen.
    pub saved: Option<usize>,
    /// What is being asked about one.
    pub naming: Option<Naming>,
    /// Row ids that an action is meant for instead of the cursor's.
    pub selected: BTreeSet<u32>,
    pub form: Option<Form>,
    /// Forms that were ever opened.
    pub forms: u64,
    /// What was begun to be written. Kept until it is sent or emptied.
    pub drafts: Drafts,
    pub recent: Recent,
    /// About the incident under the cursor.
    pub likely: Arc<Likely>,
}

impl TriageState {
    /// What an action is meant for: the chosen rows, else the cursor's.
    pub fn targets(&self) -> Vec<u32> {
        if self.selected.is_empty() {
            self.cursor.into_iter().collect()
        } else {
            self.selected.iter().copied().collect()
        }
    }

    /// Row id at an index of the queue.
    fn row_at(&self, index: usize) -> Option<u32> {
        self.queue.positions.get(index).map(|position| position + 1)
    }

    /// The queue has moved on: the cursor keeps its row.
    fn follow(&mut self, queue: Queue) {
        self.queue = Arc::new(queue);
        let position = self.cursor.and_then(|row_id| row_id.checked_sub(1));
        let found = position.and_then(|at| self.queue.positions.iter().position(|p| *p == at));
        if let Some(index) = found {
            self.cursor_index = index;
        }
    }
}

/// What a person does in the queue.
#[derive(Clone, Debug, PartialEq)]
pub enum TriageCommand {
    Show(Section),
    /// The queue shows rows `first .. first + count` of its order.
    ShowRows {
        first: usize,
        count: usize,
    },
    /// Moves the cursor by so many rows.
    Move(i32),
    /// Puts the cursor on a row.
    Put(u32),
    /// Chooses a row, or takes it out of the choice.
    ToggleSelected(u32),
    /// The same for the row under the cursor.
    ToggleCursor,
    /// Moves the cursor and chooses the rows that it leaves and reaches.
    MoveChoosing(i32),
    /// Chooses all rows that were read for the window.
    SelectLoaded,
    ClearSelection,
    /// Does it to what is chosen, or opens the form for what it takes.
    Begin(CommandKind),
    /// The ordinary way in one go: topic, then body.
    BeginInOrder,
    /// What was written so far in a form of this row (0 for what is made by hand).
    Draft {
        row_id: u32,
        action: Box<Action>,
    },
    /// The form was emptied, or what was written in it thrown away.
    DropDraft(DraftOf),
    /// The open form is filled in.
    Send(Box<Action>),
    CloseForm,
}

/// Asks for a section of the queue.
pub(super) struct QueueAsked {
    pub(super) board: Board,
    pub(super) filter: Filter,
    pub(super) question: QueueQuestion,
}

#[expect(clippy::needless_pass_by_value, reason = "a lane hands its question over")]
pub(super) fn queue(asked: QueueAsked, cancel: &Cancel) -> Option<Queue> {
    let filter = CompiledFilter::new(&asked.filter, asked.board.vocabulary(), asked.question.now);
    asked.board.queue(&filter, &asked.question, cancel.flag())
}

/// Number of this desk's office, as the board knows it.
fn office(state: &State) -> u16 {
    let Some(officer) = &state.outbox.officer else { return NONE };
    let known = state.vocabulary.offices.iter().position(|name| *name == officer.office);
    known.and_then(|index| u16::try_from(index).ok()).unwrap_or(NONE)
}

impl Desk {
    pub(super) fn apply_triage(&mut self, command: TriageCommand) {
        let triage = &mut self.state.triage;
        match command {
            TriageCommand::Show(section) => self.show_section(section),
            TriageCommand::ShowRows { first, count } => self.queue_window = (first, count),
            TriageCommand::Move(by) => self.move_cursor(by),
            TriageCommand::Put(row_id) => self.put_cursor(row_id),
            TriageCommand::ToggleSelected(row_id) => {
                if !triage.selected.remove(&row_id) {
                    triage.selected.insert(row_id);
                }
            }
            TriageCommand::ToggleCursor => {
                if let Some(row_id) = triage.cursor {
                    self.apply_triage(TriageCommand::ToggleSelected(row_id));
                }
            }
            TriageCommand::MoveChoosing(by) => {
                triage.selected.extend(triage.cursor);
                self.move_cursor(by);
                let triage = &mut self.state.triage;
                triage.selected.extend(triage.cursor);
            }
            TriageCommand::SelectLoaded => {
                triage.selected.extend(triage.rows.iter().map(|row| row.row_id));
            }
            TriageCommand::ClearSelection => triage.selected.clear(),
            TriageCommand::Begin(kind) => self.begin(kind, None),
            TriageCommand::BeginInOrder => {
                self.begin(CommandKind::Classify, Some(CommandKind::Assign));
            }
            TriageCommand::Draft { row_id, action } => self.write_draft(row_id, *action),
            TriageCommand::DropDraft(of) => self.drop_draft(of),
            TriageCommand::Send(action) => self.send_form(*action),
            TriageCommand::CloseForm => triage.form = None,
        }
    }

    pub(super) fn show_section(&mut self, section: Section) {
        let triage = &mut self.state.triage;
        triage.section = section;
        triage.selected.clear();
        triage.cursor_index = 0;
    }

    fn move_cursor(&mut self, by: i32) {
        let triage = &mut self.state.triage;
        let last = triage.queue.positions.len().saturating_sub(1);
        let here = triage.row_at(triage.cursor_index);
        let by = match by {
            _ if triage.cursor.is_none() => 0,
            // Its row has left the section, and the next one stands in its place.
            1.. if here != triage.cursor => by - 1,
            _ => by,
        };
        let index = triage.cursor_index.saturating_add_signed(by as isize).min(last);
        if let Some(row_id) = triage.row_at(index) {
            triage.cursor_index = index;
            self.put_cursor(row_id);
        }
    }

    pub(super) fn put_cursor(&mut self, row_id: u32) {
        self.state.triage.cursor = Some(row_id);
        // Its draft is kept; a form must not go on about a row out of sight.
        self.state.triage.form = None;
        let at = row_id.checked_sub(1);
        let positions = &self.state.triage.queue.positions;
        if let Some(index) = positions.iter().position(|position| Some(*position) == at) {
            self.state.triage.cursor_index = index;
        }
        self.state.revealed = None;
        self.open_card(row_id);
    }

    pub(super) fn open_card(&mut self, row_id: u32) {
        self.opened = Some(row_id);
        self.details.ask(row_id);
    }

    /// What may be the same matter as the incident that was opened.
    pub(super) fn ask_similar(&mut self, row_id: u32, topic: u16) {
        let near = self.state.catalogue.topics.near(self.state.vocabulary.topic_code(topic));
        self.similar.ask(SimilarQuestion { board: self.board.clone(), row_id, near });
    }

    pub(super) fn ask_queue(&mut self) {
        if self.state.loading != Loading::Ready {
            return;
        }
        let question = QueueQuestion {
            section: self.state.triage.section,
            office: office(&self.state),
            now: self.asked.now,
            soon_secs: self.state.catalogue.policies.warn_secs(Timestamp(self.asked.now)),
        };
        let wanted = (self.asked.clone(), question);
        let by_person = self.queue_asked.as_ref().is_none_or(|(key, asked)| {
            key.filter != wanted.0.filter || asked.section != question.section
        });
        if self.queue_asked.as_ref() != Some(&wanted) && (by_person || !self.queue.is_busy()) {
            // What is open is open, whenever it was received.
            let filter = Filter { span: None, ..wanted.0.filter.clone() };
            self.queue.ask(QueueAsked { board: self.board.clone(), filter, question });
            self.queue_asked = Some(wanted);
        }
        self.ask_queue_rows();
        // Whoever opens the desk stands on what is most urgent.
        let has_cursor = self.state.triage.cursor.is_some();
        if self.state.view == View::Triage && !has_cursor {
            self.move_cursor(0);
        }
    }

    fn ask_queue_rows(&mut self) {
        let (first, count) = self.queue_window;
        let positions = &self.state.triage.queue.positions;
        let from = first.saturating_sub(MARGIN).min(positions.len());
        let to = (first + count + MARGIN).min(positions.len());
        let row_ids: Vec<u32> = positions[from..to].iter().map(|at| at + 1).collect();
        if count == 0 || self.queue_rows_asked == row_ids {
            return;
        }
        self.queue_rows_asked.clone_from(&row_ids);
        self.queue_rows.ask(RowsQuestion { first: from, row_ids });
    }

    pub(super) fn take_queue(&mut self) -> bool {
        let mut changed = false;
        if let Some(queue) = self.queue.take() {
            self.state.triage.follow(queue);
            changed = true;
        }
        if let Some((first, rows)) = self.queue_rows.take() {
            self.state.triage.first = first;
            self.state.triage.rows = self.as_on_board(rows);
            changed = true;
        }
        changed
    }
}

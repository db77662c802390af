//! «Смена» at the desk: the shift that runs, its sheet as it grows, the last
//! handover.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::desk::{DATA_PACE, Desk};
use super::handover::{Picture, ProblemLine, SOON_SECS, Sheet};
use super::lane::{Cancel, Lane};
use super::officer::Job;
use super::outbox_view::OutboxView;
use super::problems;
use super::state::{Loading, View, end_of_minute};
use crate::board::Board;
use crate::board::handover::HandoverQuestion;
use crate::domain::catalogue::Catalogue;
use crate::domain::{CommandKind, Timestamp};
use crate::store::{Reader, Shift};

/// What is typed of the note is written down after this.
const NOTE_PACE: Duration = Duration::from_millis(500);

/// The shifts as the officer's thread has them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShiftView {
    pub running: Option<Shift>,
    /// Own actions of the running one.
    pub done: BTreeMap<CommandKind, u32>,
    /// What was handed over last.
    pub last: Option<Arc<Sheet>>,
}

/// Which sheet is looked at while a shift runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SheetChoice {
    /// Of this shift, as it grows.
    #[default]
    Current,
    /// The last handover.
    Last,
}

/// «Смена» as the screen has it.
#[derive(Clone, Debug, Default)]
pub struct ShiftState {
    pub view: Arc<ShiftView>,
    pub choice: SheetChoice,
    /// Of the running shift; `None` until the board was looked at.
    pub sheet: Option<Arc<Sheet>>,
    /// The note as it is being written.
    pub note: String,
}

impl ShiftState {
    /// The sheet on the screen, to copy or to save.
    pub fn shown(&self) -> Option<&Arc<Sheet>> {
        match (&self.view.running, self.choice) {
            (Some(_), SheetChoice::Current) => self.sheet.as_ref(),
            _ => self.view.last.as_ref(),
        }
    }
}

/// What a person does with shifts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShiftCommand {
    Take,
    /// Shows the sheet first; there, it hands over.
    HandOver,
    Show(SheetChoice),
    Note(String),
}

/// Asks what the board says of a shift.
pub(super) struct PictureQuestion {
    board: Board,
    figures: HandoverQuestion,
    catalogue: Arc<Catalogue>,
    outbox: Arc<OutboxView>,
}

/// What the sheet on the screen was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PictureKey {
    version: u64,
    question: HandoverQuestion,
}

/// Work of the desk on shifts that is under way.
pub(super) struct Shifts {
    lane: Lane<PictureQuestion, Picture>,
    asked: Option<PictureKey>,
    asked_at: Duration,
    picture: Option<Picture>,
    /// When the note is to be written down.
    note_due: Option<Duration>,
    /// When the shift was said to end; the picture of that moment is awaited.
    ends_at: Option<Timestamp>,
}

impl Shifts {
    pub(super) fn new(lane: Lane<PictureQuestion, Picture>) -> Self {
        Self {
            lane,
            asked: None,
            asked_at: Duration::ZERO,
            picture: None,
            note_due: None,
            ends_at: None,
        }
    }

    pub(super) fn is_busy(&self) -> bool {
        self.lane.is_busy() || self.ends_at.is_some()
    }
}

/// Looks at the board for a sheet.
pub(super) fn picture(
    reader: Reader,
) -> impl FnMut(PictureQuestion, &Cancel) -> Option<Picture> + Send {
    move |question, cancel| {
        let PictureQuestion { board, figures, catalogue, outbox } = question;
        let now = figures.now;
        let figures = board.handover(&figures, cancel.flag())?;
        let row_ids: Vec<u32> = figures.top.iter().flatten().map(|at| at + 1).collect();
        let rows = match reader.list_rows(&row_ids) {
            Ok(rows) => rows,
            Err(error) => {
                tracing::error!(%error, "the records of a handover could not be read");
                Vec::new()
            }
        };
        let id_of = |row_id| rows.iter().find(|row| row.row_id == row_id).map(|row| row.id.clone());
        let problems = problems::going_on(&reader, &board, &catalogue, &outbox, now);
        let problems = problems.unwrap_or_else(|error| {
            tracing::error!(%error, "the problems of a handover could not be read");
            Vec::new()
        });
        let lines = problems.iter().filter_map(ProblemLine::of);
        let picture = Picture::of(&figures, &board, &catalogue, id_of);
        Some(Picture { problems: lines.collect(), ..picture })
    }
}

impl Desk {
    pub(super) fn apply_shift(&mut self, command: ShiftCommand) {
        match command {
            ShiftCommand::Take => {
                self.officer.ask(Job::TakeShift { at: Timestamp(self.moment.now) });
                self.state.view = View::Shift;
                // Whoever begins reads what was left to do.
                self.state.shift.choice = SheetChoice::Last;
            }
            ShiftCommand::HandOver => self.hand_over(),
            ShiftCommand::Show(choice) => self.state.shift.choice = choice,
            ShiftCommand::Note(note) => {
                self.state.shift.note = note;
                self.shifts.note_due.get_or_insert(self.moment.tick + NOTE_PACE);
            }
        }
    }

    fn hand_over(&mut self) {
        let was_shown =
            self.state.view == View::Shift && self.state.shift.choice == SheetChoice::Current;
        self.state.view = View::Shift;
        self.state.shift.choice = SheetChoice::Current;
        let Some(shift) = &self.state.shift.view.running else {
            return self.notice("notice-shift-none", String::new(), true);
        };
        if self.state.loading != Loading::Ready {
            return self.notice("notice-shift-loading", String::new(), true);
        }
        if !was_shown || self.shifts.ends_at.is_some() {
            return;
        }
        let question = self.picture_question(shift);
        self.write_note();
        // What the sheet says was done stays done.
        self.release_all();
        self.shifts.ends_at = Some(Timestamp(self.moment.now));
        self.ask_picture(question);
    }

    fn picture_question(&self, shift: &Shift) -> HandoverQuestion {
        // As the queue does, so that both say the same.
        let now = end_of_minute(self.moment.now);
        HandoverQuestion { from: shift.began_at.0, now, soon_secs: SOON_SECS }
    }

    fn ask_picture(&mut self, question: HandoverQuestion) {
        self.shifts.asked = Some(PictureKey { version: self.board.version(), question });
        self.shifts.asked_at = self.moment.tick;
        self.shifts.lane.ask(PictureQuestion {
            board: self.board.clone(),
            figures: question,
            catalogue: Arc::clone(&self.state.catalogue),
            outbox: Arc::clone(&self.state.outbox),
        });
    }

    /// Has the sheet made anew while somebody looks at it.
    pub(super) fn ask_shift(&mut self) {
        let Some(shift) = &self.state.shift.view.running else { return };
        let question = self.picture_question(shift);
        let wanted = PictureKey { version: self.board.version(), question };
        let rested = self.moment.tick.saturating_sub(self.shifts.asked_at) >= DATA_PACE;
        let is_idle = !self.shifts.is_busy() && (rested || self.shifts.asked.is_none());
        if self.state.view == View::Shift && is_idle && self.shifts.asked != Some(wanted) {
            self.ask_picture(question);
        }
    }

    pub(super) fn take_shift_view(&mut self, view: Arc<ShiftView>) {
        let num = |view: &ShiftView| view.running.as_ref().map(|shift| shift.num);
        if num(&view) != num(&self.state.shift.view) {
            let note = view.running.as_ref().map(|shift| shift.note.clone());
            self.state.shift.note = note.unwrap_or_default();
            self.state.shift.sheet = None;
            self.shifts.picture = None;
            self.shifts.asked = None;
            self.shifts.note_due = None;
        }
        if view.last.is_none() {
            self.state.shift.choice = SheetChoice::Current;
        }
        self.state.shift.view = view;
        self.make_sheet();
    }

    /// Puts the sheet together from what is known now.
    pub(super) fn make_sheet(&mut self) {
        let view = &self.state.shift.view;
        let (Some(shift), Some(picture)) = (&view.running, &self.shifts.picture) else { return };
        let shift = Shift { note: self.state.shift.note.clone(), ..shift.clone() };
        self.state.shift.sheet = Some(Arc::new(Sheet::of(
            &shift,
            Timestamp(self.moment.now),
            picture.clone(),
            &view.done,
            &self.state.outbox.entries,
            self.state.demo,
        )));
    }

    pub(super) fn take_picture(&mut self) -> bool {
        let Some(picture) = self.shifts.lane.take() else { return false };
        if let Some(at) = self.shifts.ends_at.take() {
            let (picture, demo) = (Box::new(picture), self.state.demo);
            // Behind the actions that were handed over before it.
            self.officer.ask(Job::HandOver { picture, at, demo });
        } else {
            self.shifts.picture = Some(picture);
            self.make_sheet();
        }
        true
    }

    /// Writes down what of the note is only on the screen.
    pub(super) fn write_note(&mut self) {
        if self.shifts.note_due.take().is_some() {
            self.officer.ask(Job::NoteShift(self.state.shift.note.clone()));
        }
    }

    pub(super) fn write_note_in_time(&mut self) {
        if self.shifts.note_due.is_some_and(|due| due <= self.moment.tick) {
            self.write_note();
        }
    }

    /// Until the note is to be written down, or the sheet to be made anew.
    pub(super) fn shift_wake(&self) -> Option<Duration> {
        let note = self.shifts.note_due.map(|due| due.saturating_sub(self.moment.tick));
        let is_behind = self.state.view == View::Shift
            && self.state.shift.view.running.is_some()
            && self.shifts.asked.is_some_and(|asked| asked.version != self.board.version());
        note.into_iter().chain(is_behind.then_some(DATA_PACE)).min()
    }
}

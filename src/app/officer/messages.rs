//! What an officer's desk is asked, and what it says.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use uuid::Uuid;

use crate::app::drafts::{Draft, Drafts, Strays, Undone};
use crate::app::handover::Picture;
use crate::app::lock::OfficeHere;
use crate::app::outbox_view::OutboxView;
use crate::app::shift::ShiftView;
use crate::domain::{Action, CommandKind, Timestamp};

/// What the officer's desk is asked. Every job is done, in order.
#[derive(Debug)]
pub enum Job {
    /// One action on all these incidents, by row id; none for one that is made
    /// by hand.
    Act {
        rows: Vec<u32>,
        action: Box<Action>,
        at: Timestamp,
    },
    Undo(Vec<Uuid>),
    /// What was written so far in a form; `None` where it was thrown away.
    Draft {
        /// That wrote it, however soon another one has signed in.
        office: String,
        /// 0 for an incident that is made by hand, or is not here.
        row_id: u32,
        /// Its id on the server, where the desk knows it.
        incident: String,
        kind: CommandKind,
        draft: Option<Box<Draft>>,
    },
    /// Nobody may undo these any more.
    Release(Vec<Uuid>),
    /// In a conflict: what was done here is done on the server's present state.
    KeepMine(Uuid),
    /// In a conflict, or after a rejection: what was done here is done in another
    /// way.
    Replace {
        old: Uuid,
        action: Box<Action>,
        at: Timestamp,
        /// It was a draft, which goes with it.
        takes_draft: bool,
    },
    /// What was done here is given up: a conflict lost, a rejection read.
    Dismiss(Uuid),
    /// Unmasked messages, for a reason that is written to the audit log.
    Reveal {
        row_id: u32,
        reason: &'static str,
        at: Timestamp,
    },
    /// Writes everything that is not settled into a file, a command a line.
    Export {
        path: PathBuf,
        at: Timestamp,
    },
    TakeShift {
        at: Timestamp,
    },
    /// The draft of the note for the next shift.
    NoteShift(String),
    /// Ends the shift with the board as it stood at `at`.
    HandOver {
        picture: Box<Picture>,
        at: Timestamp,
        demo: bool,
    },
    Lock {
        at: Timestamp,
    },
    Unlock {
        at: Timestamp,
    },
    NoteRefused {
        office: String,
        at: Timestamp,
    },
    /// Of the office that is signed in.
    SetPin {
        hash: Option<String>,
        at: Timestamp,
    },
    ForgetOffice {
        office: String,
        at: Timestamp,
    },
    /// Writes a text into a file.
    Save {
        path: PathBuf,
        text: String,
    },
    /// The synchronisation has moved commands on.
    LookAgain,
}

/// What the desk says.
#[derive(Debug)]
pub enum Told {
    Outbox(Arc<OutboxView>),
    /// Written down; can be undone for a while.
    Acted {
        ids: Vec<Uuid>,
        rows: Vec<u32>,
        kind: CommandKind,
        /// Incidents on which the table of moves does not allow it.
        refused: u32,
        /// Incidents that are no more.
        gone: u32,
        /// What was not done to the first of them.
        left: Option<Box<Undone>>,
    },
    /// It was not done: nobody approves an answer of their own office.
    OwnAnswer,
    /// Deadlines of so many were not moved: the new one is no later.
    TooEarly(u32),
    Released,
    /// An action was made anew; 0 for one that makes an incident.
    Replaced {
        row_id: u32,
        kind: CommandKind,
    },
    /// What this office has begun to write.
    Drafts(Drafts, Strays),
    Revealed {
        row_id: u32,
        /// By ids of messages.
        texts: HashMap<String, String>,
    },
    /// So many commands stand in the file.
    Exported {
        n: usize,
        path: String,
    },
    Shift(Arc<ShiftView>),
    Offices(Vec<OfficeHere>),
    PinSet {
        is_set: bool,
    },
    HandedOver,
    Saved {
        path: String,
    },
    /// A key of the Fluent files and a detail.
    Failed {
        text: &'static str,
        detail: String,
    },
}

//! What an officer has begun to write: on the screen at once, on the disk within
//! a second, gone when it is done or thrown away.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::desk::Desk;
use super::officer::Job;
use crate::domain::{Action, CommandKind, Timestamp};

/// Keystrokes of so long go to the disk together.
const TOGETHER: Duration = Duration::from_millis(400);

/// Row id of the incident (0 for one that is made by hand) and the form.
pub type DraftOf = (u32, CommandKind);

/// An action that is not done yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub action: Action,
    pub at: Timestamp,
}

/// All that was begun at this desk.
pub type Drafts = BTreeMap<DraftOf, Draft>;

/// What is not on the disk as it stands on the screen.
#[derive(Debug, Default)]
pub(super) struct Unsaved {
    of: BTreeSet<DraftOf>,
    /// When it goes there, on the clock that only goes forward.
    due: Option<Duration>,
}

impl Desk {
    /// Something was typed or chosen in a form.
    pub(super) fn write_draft(&mut self, row_id: u32, action: Action) {
        let of = (row_id, action.kind());
        let at = Timestamp(self.moment.now);
        self.state.triage.drafts.insert(of, Draft { action, at });
        self.unsave(of);
    }

    /// The form was emptied or thrown away.
    pub(super) fn drop_draft(&mut self, of: DraftOf) {
        if self.state.triage.drafts.remove(&of).is_some() {
            self.unsave(of);
        }
    }

    /// It is on its way to become a command. Whatever of it is not on the disk yet
    /// must not get there behind that.
    pub(super) fn draft_is_sent(&mut self, of: DraftOf) {
        self.unsaved.of.remove(&of);
    }

    /// An action could not be written down: what it was made of is to be kept.
    pub(super) fn drafts_are_not_done(&mut self) {
        let all: Vec<DraftOf> = self.state.triage.drafts.keys().copied().collect();
        for of in all {
            self.unsave(of);
        }
    }

    /// It has become a command, which took it from the disk.
    pub(super) fn draft_is_done(&mut self, of: DraftOf) {
        self.state.triage.drafts.remove(&of);
        self.unsaved.of.remove(&of);
    }

    /// Nothing came of it: it is to be on the disk.
    pub(super) fn draft_is_not_done(&mut self, of: DraftOf) {
        if self.state.triage.drafts.contains_key(&of) {
            self.unsave(of);
        }
    }

    /// What could not be done is there when its form is opened again, behind the
    /// words that stand there already.
    pub(super) fn keep_undone(&mut self, row_id: u32, action: &Action) {
        use Action::{Comment, InterimAnswer, Submit};
        let of = (row_id, action.kind());
        if action.words().is_none() {
            return;
        }
        let Some(draft) = self.state.triage.drafts.get_mut(&of) else {
            self.write_draft(row_id, action.clone());
            return;
        };
        if let (
            InterimAnswer { text } | Submit { text } | Comment { text },
            InterimAnswer { text: new } | Submit { text: new } | Comment { text: new },
        ) = (&mut draft.action, action)
            && !text.contains(new.as_str())
        {
            text.push('\n');
            text.push_str(new);
        }
        self.unsave(of);
    }

    fn unsave(&mut self, of: DraftOf) {
        self.unsaved.of.insert(of);
        self.unsaved.due.get_or_insert(self.moment.tick + TOGETHER);
    }

    /// Hands to the officer's thread what is due.
    pub(super) fn keep_drafts(&mut self) {
        if self.unsaved.due.is_some_and(|due| due <= self.moment.tick) {
            self.keep_all_drafts();
        }
    }

    /// The same at once.
    pub(super) fn keep_all_drafts(&mut self) {
        self.unsaved.due = None;
        for of in std::mem::take(&mut self.unsaved.of) {
            let draft = self.state.triage.drafts.get(&of).cloned().map(Box::new);
            self.officer.ask(Job::Draft { row_id: of.0, kind: of.1, draft });
        }
    }

    pub(super) fn until_drafts_are_kept(&self) -> Option<Duration> {
        Some(self.unsaved.due?.saturating_sub(self.moment.tick))
    }

    /// What the disk holds. What was typed since stands over it.
    pub(super) fn take_drafts(&mut self, mut kept: Drafts) {
        for of in &self.unsaved.of {
            match self.state.triage.drafts.remove(of) {
                Some(draft) => kept.insert(*of, draft),
                None => kept.remove(of),
            };
        }
        self.state.triage.drafts = kept;
    }

    /// An action that is taken back is not lost with its words.
    pub(super) fn undone_is_a_draft(&mut self, rows: &[u32], ids: &[uuid::Uuid]) {
        let is_written = |action: &&Action| {
            matches!(
                action.kind(),
                CommandKind::Comment
                    | CommandKind::InterimAnswer
                    | CommandKind::Submit
                    | CommandKind::Create
            )
        };
        let mut undone = self.state.outbox.entries.iter().filter(|entry| ids.contains(&entry.id));
        let action = undone.next().map(|entry| &entry.action).filter(is_written).cloned();
        let row_id = rows.first().copied().unwrap_or(0);
        if let Some(action) = action
            && !self.state.triage.drafts.contains_key(&(row_id, action.kind()))
        {
            self.write_draft(row_id, action);
        }
    }
}

//! What an officer has begun to write: on the screen at once, on the disk within
//! a second, gone when it is done or thrown away.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use uuid::Uuid;

use super::desk::Desk;
use super::form::Form;
use super::officer::Job;
use super::state::State;
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

    /// What could not be done, or was taken back, is there when its form is opened
    /// again, behind the words that stand there already. True where a person had
    /// typed anything in it.
    pub(super) fn keep_undone(&mut self, row_id: u32, action: &Action) -> bool {
        let Some(typed) = typed(&self.state, action) else { return false };
        let of = (row_id, action.kind());
        match self.state.triage.drafts.get_mut(&of) {
            None => self.write_draft(row_id, action.clone()),
            Some(draft) => {
                write_on(&mut draft.action, typed);
                self.unsave(of);
            }
        }
        self.open_anew(of);
        true
    }

    /// A form that is open on a draft would write over what was added to it.
    fn open_anew(&mut self, of: DraftOf) {
        let triage = &mut self.state.triage;
        let is_open = |form: &&mut Form| form.draft_of() == of && form.replaces.is_none();
        if let Some(form) = triage.form.as_mut().filter(is_open) {
            triage.forms += 1;
            form.number = triage.forms;
        }
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

    /// An action that is taken back is not lost with its words: they are on the
    /// disk before it leaves.
    pub(super) fn undone_is_a_draft(&mut self, rows: &[u32], ids: &[Uuid]) {
        let mut undone = self.state.outbox.entries.iter().filter(|entry| ids.contains(&entry.id));
        let Some(action) = undone.next().map(|entry| entry.action.clone()) else { return };
        if self.keep_undone(rows.first().copied().unwrap_or(0), &action) {
            self.keep_all_drafts();
        }
    }

    /// Nor is one that is given up, and where its words are is said.
    pub(super) fn given_up_is_a_draft(&mut self, id: Uuid) {
        let mut entries = self.state.outbox.entries.iter();
        let Some(entry) = entries.find(|entry| entry.id == id) else { return };
        let (action, incident) = (entry.action.clone(), entry.incident.clone());
        let row_id = match &action {
            Action::Create(_) => Some(0),
            _ => entry.row_id,
        };
        let Some(row_id) = row_id else { return };
        if self.keep_undone(row_id, &action) {
            self.keep_all_drafts();
            match incident {
                Some(incident) => self.notice("notice-words-kept", incident, false),
                None => self.notice("notice-matter-kept", String::new(), false),
            }
        }
    }
}

/// What a person typed in an action; a reason that was chosen from the list is
/// nobody's own words.
fn typed<'a>(state: &State, action: &'a Action) -> Option<&'a str> {
    let typed = action.typed().filter(|typed| !typed.trim().is_empty())?;
    let mut listed = state.catalogue.phrases.reasons(action.kind());
    (!listed.any(|reason| *reason.name.ru == *typed)).then_some(typed)
}

/// Words that stand there already are not written twice.
fn write_on(action: &mut Action, more: &str) {
    let gap = match action.kind() {
        CommandKind::InterimAnswer
        | CommandKind::Submit
        | CommandKind::Comment
        | CommandKind::Create => '\n',
        // Their fields have one line.
        _ => ' ',
    };
    let Some(words) = action.typed_mut() else { return };
    if words.contains(more) {
        return;
    }
    if !words.is_empty() {
        words.push(gap);
    }
    words.push_str(more);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::action::samples::one_of_each;

    #[test]
    fn words_are_joined_in_every_kind_of_action_that_has_some() {
        for mut action in one_of_each() {
            let Some(before) = action.typed().map(str::to_owned) else { continue };
            write_on(&mut action, "ещё");
            write_on(&mut action, "ещё");
            let after = action.typed().unwrap_or_default();
            assert!(after.starts_with(&before) && after.ends_with("ещё"), "{after}");
            assert_eq!(after.matches("ещё").count(), 1, "{after}");
        }
    }
}

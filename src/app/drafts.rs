//! What an officer has begun to write: on the screen at once, on the disk within
//! a second, gone when it is done or thrown away.

use std::collections::BTreeMap;
use std::time::Duration;

use uuid::Uuid;

use super::desk::Desk;
use super::form::Form;
use super::officer::Job;
use super::state::{Loading, State};
use crate::domain::mask::mask;
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
    /// Id of its incident on the server, also once that is gone; empty for one that
    /// is made by hand, and where it was never on the screen.
    pub incident: String,
    /// The action that it is to make anew, while this is known: after a restart it is a
    /// draft like any other.
    pub replaces: Option<Uuid>,
}

/// All that was begun at this desk.
pub type Drafts = BTreeMap<DraftOf, Draft>;

/// Drafts about incidents that are not here, so that no form opens on them: by id on
/// the server and form.
pub type Strays = BTreeMap<(String, CommandKind), Draft>;

/// What was not done, or was taken back.
#[derive(Clone, Debug)]
pub struct Undone {
    /// 0 for an incident that is made by hand; `None` where it is not here.
    pub row_id: Option<u32>,
    /// Id on the server, where that is known.
    pub incident: Option<String>,
    pub action: Action,
}

/// What is not on the disk as it stands on the screen.
#[derive(Debug, Default)]
pub(super) struct Unsaved {
    /// With the id of its incident, as a draft has it.
    of: BTreeMap<DraftOf, String>,
    /// When it goes there, on the clock that only goes forward.
    due: Option<Duration>,
    /// On their way to become commands, which take them from the disk, in order.
    sent: Vec<(DraftOf, Draft)>,
}

impl Unsaved {
    /// The earliest that was sent of a form.
    fn take_sent(&mut self, of: DraftOf) -> Option<Draft> {
        let at = self.sent.iter().position(|(sent, _)| *sent == of)?;
        Some(self.sent.remove(at).1)
    }
}

impl Desk {
    /// Something was typed or chosen in a form.
    pub(super) fn write_draft(&mut self, row_id: u32, action: Action) {
        let of = (row_id, action.kind());
        let form = self.form_on(of);
        let begun = self.state.triage.drafts.get(&of);
        if form.zip(begun).is_none_or(|(form, begun)| form.continues(begun)) {
            let replaces = form.and_then(Form::replaced);
            self.put_draft(row_id, action, replaces);
        }
    }

    /// The open form, where it is about that.
    fn form_on(&self, of: DraftOf) -> Option<&Form> {
        self.state.triage.form.as_ref().filter(|form| form.draft_of() == of)
    }

    fn put_draft(&mut self, row_id: u32, action: Action, replaces: Option<Uuid>) {
        let of = (row_id, action.kind());
        let at = Timestamp(self.moment.now);
        let incident = self.id_of_row(row_id);
        self.state.triage.drafts.insert(of, Draft { action, at, incident, replaces });
        self.unsave(of);
    }

    /// Id on the server of an incident that is on the screen, or that something was
    /// begun for or waits for here.
    fn id_of_row(&self, row_id: u32) -> String {
        let state = &self.state;
        let open = state.incident.as_ref().map(|incident| &incident.row);
        let rows = open.into_iter().chain(&state.triage.rows);
        let shown = rows.filter(|row| row.row_id == row_id).map(|row| &row.id);
        let begun = state.triage.drafts.iter().filter(|(of, _)| of.0 == row_id);
        let begun = begun.map(|(_, draft)| &draft.incident);
        let waiting = state.outbox.of_row(row_id).filter_map(|entry| entry.incident.as_ref());
        let mut known = shown.chain(begun).chain(waiting);
        known.find(|id| !id.is_empty()).cloned().unwrap_or_default()
    }

    /// The form was emptied or thrown away.
    pub(super) fn drop_draft(&mut self, of: DraftOf) {
        let form = self.form_on(of);
        let is_meant = |begun: &Draft| form.is_none_or(|form| form.continues(begun));
        if self.state.triage.drafts.get(&of).is_some_and(is_meant) {
            self.unsave(of);
            self.state.triage.drafts.remove(&of);
        }
    }

    /// It is on its way to become a command. Whatever of it is not on the disk yet
    /// must not get there behind that, and no form opens on it again.
    pub(super) fn draft_is_sent(&mut self, of: DraftOf) {
        self.unsaved.of.remove(&of);
        if let Some(draft) = self.state.triage.drafts.remove(&of) {
            self.unsaved.sent.push((of, draft));
        }
    }

    /// An action could not be written down: what it was made of is to be kept.
    pub(super) fn drafts_are_not_done(&mut self) {
        let sent: Vec<DraftOf> = self.unsaved.sent.iter().map(|(of, _)| *of).collect();
        for of in sent {
            self.draft_is_not_done(of);
        }
        let all: Vec<DraftOf> = self.state.triage.drafts.keys().copied().collect();
        for of in all {
            self.unsave(of);
        }
    }

    /// It has become a command, which took it from the disk. What was begun since is
    /// another one.
    pub(super) fn draft_is_done(&mut self, of: DraftOf) {
        self.unsaved.take_sent(of);
        if self.state.triage.drafts.contains_key(&of) {
            self.unsave(of);
        }
    }

    /// Nothing came of it: it is to be on the disk, behind what was begun since.
    pub(super) fn draft_is_not_done(&mut self, of: DraftOf) {
        let Some(sent) = self.unsaved.take_sent(of) else { return };
        match self.state.triage.drafts.get_mut(&of) {
            None => {
                self.state.triage.drafts.insert(of, sent);
            }
            Some(begun) => write_on(&mut begun.action, sent.action.typed().unwrap_or_default()),
        }
        self.unsave(of);
        self.open_anew(of);
    }

    /// What could not be done, or was taken back, is there when its form is opened
    /// again, behind the words that stand there already. True where a person had
    /// typed anything in it.
    pub(super) fn keep_undone(&mut self, undone: &Undone) -> bool {
        let Undone { row_id, incident, action } = undone;
        let Some(typed) = typed(&self.state, action) else { return false };
        let Some(row_id) = *row_id else {
            return incident.as_deref().is_some_and(|id| self.keep_stray(id, action, typed));
        };
        let of = (row_id, action.kind());
        match self.state.triage.drafts.get_mut(&of) {
            None => self.put_draft(row_id, action.clone(), None),
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
        let draft = triage.drafts.get(&of);
        let is_open = |form: &&mut Form| {
            form.draft_of() == of && draft.is_some_and(|draft| form.continues(draft))
        };
        if let Some(form) = triage.form.as_mut().filter(is_open) {
            triage.forms += 1;
            form.number = triage.forms;
        }
    }

    fn keep_stray(&mut self, incident: &str, action: &Action, typed: &str) -> bool {
        let kind = action.kind();
        let new = || Draft {
            action: action.clone(),
            at: Timestamp(self.moment.now),
            incident: incident.to_owned(),
            replaces: None,
        };
        let stray = self.state.strays.entry((incident.to_owned(), kind)).or_insert_with(new);
        write_on(&mut stray.action, typed);
        let draft = Some(Box::new(stray.clone()));
        let incident = incident.to_owned();
        let office = self.own_office();
        let id = incident.clone();
        self.officer.ask(Job::Draft { office, row_id: 0, incident: id, kind, draft });
        self.notice("notice-words-apart", incident, false);
        true
    }

    /// A draft whose incident has gone from the board is shown apart: no card opens
    /// that leads to it. True where there was one.
    pub(super) fn part_strays(&mut self) -> bool {
        if self.state.loading != Loading::Ready {
            return false;
        }
        let triage = &self.state.triage;
        // Somebody is still writing.
        let open = triage.form.as_ref().map(Form::draft_of);
        let is_stray = |of: &DraftOf, draft: &Draft| {
            let is_here = of.0 == 0 || self.board.row(of.0 - 1).is_some();
            !is_here && !draft.incident.is_empty() && open != Some(*of)
        };
        let strays = triage.drafts.iter().filter(|(of, draft)| is_stray(of, draft));
        let strays: Vec<DraftOf> = strays.map(|(of, _)| *of).collect();
        for of in &strays {
            self.unsave(*of);
        }
        if !strays.is_empty() {
            self.keep_all_drafts();
        }
        for of in &strays {
            if let Some(draft) = self.state.triage.drafts.remove(of) {
                self.notice("notice-words-apart", draft.incident.clone(), false);
                self.state.strays.insert((draft.incident.clone(), of.1), draft);
            }
        }
        !strays.is_empty()
    }

    pub(super) fn drop_stray(&mut self, incident: String, kind: CommandKind) {
        self.state.strays.remove(&(incident.clone(), kind));
        let office = self.own_office();
        self.officer.ask(Job::Draft { office, row_id: 0, incident, kind, draft: None });
    }

    fn unsave(&mut self, of: DraftOf) {
        let draft = self.state.triage.drafts.get(&of);
        let incident = draft.map(|draft| draft.incident.clone()).unwrap_or_default();
        self.unsaved.of.insert(of, incident);
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
        for (of, incident) in std::mem::take(&mut self.unsaved.of) {
            let draft = self.state.triage.drafts.get(&of).cloned().map(Box::new);
            let office = self.own_office();
            self.officer.ask(Job::Draft { office, row_id: of.0, incident, kind: of.1, draft });
        }
    }

    /// Of whoever writes here now.
    fn own_office(&self) -> String {
        self.state.outbox.office().to_owned()
    }

    pub(super) fn until_drafts_are_kept(&self) -> Option<Duration> {
        Some(self.unsaved.due?.saturating_sub(self.moment.tick))
    }

    /// What the disk holds. What was typed since stands over it.
    pub(super) fn take_drafts(&mut self, mut kept: Drafts, strays: Strays) {
        for (of, _) in &self.unsaved.sent {
            kept.remove(of);
        }
        for of in self.unsaved.of.keys() {
            match self.state.triage.drafts.remove(of) {
                Some(draft) => kept.insert(*of, draft),
                None => kept.remove(of),
            };
        }
        self.state.triage.drafts = kept;
        self.state.strays = strays;
    }

    /// An action that is taken back is not lost with its words: they are on the
    /// disk before it leaves.
    pub(super) fn undone_is_a_draft(&mut self, rows: &[u32], ids: &[Uuid]) {
        let mut undone = self.state.outbox.entries.iter().filter(|entry| ids.contains(&entry.id));
        let Some(entry) = undone.next() else { return };
        let row_id = Some(rows.first().copied().unwrap_or(0));
        let (incident, action) = (entry.incident.clone(), entry.action.clone());
        if self.keep_undone(&Undone { row_id, incident, action }) {
            self.keep_all_drafts();
        }
    }

    /// Nor is one that is given up, and where its words are is said.
    pub(super) fn given_up_is_a_draft(&mut self, id: Uuid) {
        let mut entries = self.state.outbox.entries.iter();
        let Some(entry) = entries.find(|entry| entry.id == id) else { return };
        let by_hand = matches!(entry.action, Action::Create(_)).then_some(0);
        let row_id = entry.row_id.or(by_hand);
        let (incident, action) = (entry.incident.clone(), entry.action.clone());
        let given_up = Undone { row_id, incident, action };
        if !self.keep_undone(&given_up) {
            return;
        }
        self.keep_all_drafts();
        match given_up.incident {
            Some(id) if row_id.is_some() => self.notice("notice-words-kept", id, false),
            Some(_) => {}
            None => self.notice("notice-matter-kept", String::new(), false),
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
    // What was sent may have been masked on its way.
    if words.contains(more) || mask(words).contains(more) {
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
            write_on(&mut action, "тел. +7 913 555-01-23");
            let whole = action.typed().unwrap_or_default().to_owned();
            write_on(&mut action, "тел. [телефон]");
            assert_eq!(action.typed(), Some(whole.as_str()), "masked on its way");
        }
    }
}

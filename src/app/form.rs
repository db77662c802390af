//! The form of an action: what is still to be chosen or written before it can
//! be done.

use uuid::Uuid;

use super::desk::Desk;
use super::drafts::{Draft, DraftOf};
use super::officer::Job;
use super::outbox_view::OutboxEntry;
use super::state::{Loading, View};
use super::triage::TriageCommand;
use super::{Command, State};
use crate::board::row::NONE;
use crate::domain::role::may_approve_answer_of;
use crate::domain::status::next_status;
use crate::domain::{Action, CommandKind, EventKind, Role, Status, Timestamp};
use crate::store::details::EventLine;

/// Recent choices of each kind that are offered again.
const RECENT: usize = 5;

/// An open form. It keeps what it was opened for, whatever the queue does
/// meanwhile.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    pub kind: CommandKind,
    /// Row ids of the incidents that it is meant for; none for one that is made
    /// by hand.
    pub rows: Vec<u32>,
    /// The form that follows once this one is sent.
    pub then: Option<CommandKind>,
    /// Counts up with every form, so that each starts with nothing typed.
    pub number: u64,
    /// Number of the topic that the step before has given, where there was one:
    /// the board shows it a moment later.
    pub topic: Option<u16>,
    /// The action that this form makes anew.
    pub replaces: Option<Replaced>,
}

/// An action that was in conflict or was rejected.
#[derive(Clone, Debug, PartialEq)]
pub struct Replaced {
    pub id: Uuid,
    /// As it was done.
    pub action: Action,
}

impl Form {
    /// The incident whose draft it continues; 0 is the one made by hand.
    pub fn draft_row(&self) -> u32 {
        self.rows.first().copied().unwrap_or(0)
    }

    pub fn draft_of(&self) -> DraftOf {
        (self.draft_row(), self.kind)
    }

    /// Id of the action that it makes anew.
    pub fn replaced(&self) -> Option<Uuid> {
        self.replaces.as_ref().map(|replaced| replaced.id)
    }

    /// True where it goes on with the draft: one that makes an action anew leaves alone
    /// what was begun beside it.
    pub fn continues(&self, draft: &Draft) -> bool {
        self.replaces.is_none() || self.replaced() == draft.replaces
    }
}

/// What was chosen last, the newest first, as numbers of the vocabulary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recent {
    pub topics: Vec<u16>,
    pub bodies: Vec<u16>,
}

fn remember(list: &mut Vec<u16>, number: u16) {
    list.retain(|known| *known != number);
    list.insert(0, number);
    list.truncate(RECENT);
}

/// True where the role of this desk may ask for it. Before a server has said
/// whose desk this is, everything is offered: the server decides.
pub fn may(state: &State, kind: CommandKind) -> bool {
    let officer = state.outbox.officer.as_ref();
    let role = officer.and_then(|officer| Role::from_key(&officer.role));
    role.is_none_or(|role| state.catalogue.role(role).may(kind))
}

/// True where the table of moves allows it in that status.
pub fn is_legal(kind: CommandKind, status: Status) -> bool {
    kind == CommandKind::Create || next_status(status, kind.event()).is_ok()
}

/// What takes nothing but the incident.
pub const fn at_once(kind: CommandKind) -> Option<Action> {
    match kind {
        CommandKind::Take => Some(Action::Take {}),
        CommandKind::Approve => Some(Action::Approve {}),
        CommandKind::Unmerge => Some(Action::Unmerge {}),
        CommandKind::Close => Some(Action::Close {}),
        _ => None,
    }
}

/// True where an action that waits for a person has a form in which it can be
/// made anew.
pub fn can_be_edited(entry: &OutboxEntry) -> bool {
    let has_subject = entry.row_id.is_some() || matches!(entry.action, Action::Create(_));
    let has_form = match &entry.action {
        // What is worded in «Проблемы» is worded there anew.
        Action::Link(linking) => linking.is_by_hand(),
        Action::Unlink { .. } => false,
        action => at_once(action.kind()).is_none(),
    };
    entry.waits_for_person() && has_subject && has_form
}

/// True where this office may decide about an action that waits for a person: its
/// own, and one of an office that this desk no longer knows.
pub fn decides(state: &State, entry: &OutboxEntry) -> bool {
    let own = state.outbox.office();
    let is_known = state.offices.iter().any(|known| known.officer.office == entry.office);
    entry.office.is_empty() || entry.office == own || !is_known
}

/// True where the answer that waits for approval on the open card is of this very
/// office: then another one approves it.
pub fn is_own_answer(state: &State, row_id: u32) -> bool {
    let own = state.outbox.office();
    let is_submit = |entry: &&OutboxEntry| {
        entry.state.is_overlaid() && matches!(entry.action, Action::Submit { .. })
    };
    if let Some(entry) = state.outbox.of_row(row_id).filter(is_submit).last() {
        return entry.office == own;
    }
    let open = state.incident.as_ref().filter(|open| open.row.row_id == row_id);
    let is_submitted = |event: &&EventLine| {
        event.kind == Some(EventKind::Submitted.index()) && event.merged.is_empty()
    };
    let last = open.and_then(|open| open.events.iter().rfind(is_submitted));
    last.is_some_and(|event| !event.office.is_empty() && !may_approve_answer_of(&event.office, own))
}

/// After these somebody else has the incident, or nobody: the officer goes on to
/// the next one.
pub(super) const fn hands_over(kind: CommandKind) -> bool {
    matches!(
        kind,
        CommandKind::Assign
            | CommandKind::Forward
            | CommandKind::Submit
            | CommandKind::Approve
            | CommandKind::Return
            | CommandKind::Postpone
            | CommandKind::Reject
            | CommandKind::Merge
            | CommandKind::Close
    )
}

impl Desk {
    /// Does it where nothing is to be asked, else opens its form. `then` is the
    /// form that follows.
    pub(super) fn begin(&mut self, kind: CommandKind, then: Option<CommandKind>) {
        if !may(&self.state, kind) {
            self.notice("notice-action-not-yours", String::new(), true);
            return;
        }
        let rows = match kind {
            CommandKind::Create => Vec::new(),
            _ => self.state.triage.targets(),
        };
        if kind != CommandKind::Create {
            if rows.is_empty() {
                return;
            }
            // The board shows a moment later what was just done: then the thread
            // that writes it down is the one who knows.
            let can_happen = |row_id: &u32| {
                let row = self.board.row(row_id.saturating_sub(1));
                let status = row.and_then(|row| Status::from_index(row.status));
                status.is_some_and(|status| is_legal(kind, status))
                    || self.state.outbox.of_row(*row_id).next().is_some()
            };
            if !rows.iter().any(can_happen) {
                let is_gone = |row_id: &u32| self.board.row(row_id.saturating_sub(1)).is_none();
                let are_gone = self.state.loading == Loading::Ready && rows.iter().all(is_gone);
                let said = if are_gone { "notice-incident-gone" } else { "notice-action-refused" };
                self.notice(said, rows.len().to_string(), true);
                return;
            }
        }
        if kind == CommandKind::Approve
            && let [only] = rows.as_slice()
            && is_own_answer(&self.state, *only)
        {
            self.notice("notice-own-answer", String::new(), true);
            return;
        }
        match at_once(kind) {
            Some(action) => self.act(rows, action),
            None => self.open_form(kind, rows, then, None),
        }
    }

    fn open_form(
        &mut self,
        kind: CommandKind,
        rows: Vec<u32>,
        then: Option<CommandKind>,
        topic: Option<u16>,
    ) {
        if kind == CommandKind::Link {
            self.look_anew();
        }
        let triage = &mut self.state.triage;
        triage.forms += 1;
        let number = triage.forms;
        triage.form = Some(Form { kind, rows, then, number, topic, replaces: None });
    }

    /// On top of what the server has now.
    pub(super) fn edit_mine(&mut self, id: Uuid) {
        let entries = &self.state.outbox.entries;
        let Some(entry) = entries.iter().find(|entry| entry.id == id) else { return };
        let (row_id, action) = (entry.row_id, entry.action.clone());
        if !can_be_edited(entry) {
            return;
        }
        self.state.view = View::Triage;
        if let Some(row_id) = row_id {
            self.put_cursor(row_id);
        }
        self.open_form(action.kind(), row_id.into_iter().collect(), None, None);
        if let Some(form) = &mut self.state.triage.form {
            form.replaces = Some(Replaced { id, action });
        }
    }

    /// The open form is filled in: its action is done on what it was opened for.
    pub(super) fn send_form(&mut self, action: Action) {
        let Some(form) = self.state.triage.form.take() else { return };
        let kind = action.kind();
        if let Some(old) = form.replaced() {
            self.chosen(&action);
            let of = form.draft_of();
            let draft = self.state.triage.drafts.get(&of);
            let takes_draft = draft.is_some_and(|draft| form.continues(draft));
            if takes_draft {
                self.draft_is_sent(of);
            }
            let at = Timestamp(self.moment.now);
            self.officer.ask(Job::Replace { old, action: Box::new(action), at, takes_draft });
            // Others may wait there as well.
            self.state.view = View::Outbox;
            return;
        }
        self.draft_is_sent(form.draft_of());
        let mut rows = form.rows.clone();
        if let Action::Merge { into } = &action {
            // The survivor may be one of the chosen.
            let survivor = self.row_of_id(into);
            rows.retain(|row_id| Some(*row_id) != survivor);
        }
        let topic = self.chosen(&action);
        let follows = form.then.filter(|then| may(&self.state, *then));
        if !(kind == CommandKind::Classify && self.all_have(&rows, topic)) {
            self.act(rows, action);
        }
        if let Some(then) = follows {
            self.open_form(then, form.rows, None, topic);
        }
    }

    /// Remembers what was chosen; the number of the topic, where it was one.
    fn chosen(&mut self, action: &Action) -> Option<u16> {
        let vocabulary = &self.state.vocabulary;
        let recent = &mut self.state.triage.recent;
        match action {
            Action::Classify { topic } => {
                let at = vocabulary.topics.iter().position(|entry| entry.code == *topic)?;
                let number = u16::try_from(at).ok().filter(|number| *number != NONE)?;
                remember(&mut recent.topics, number);
                Some(number)
            }
            Action::Assign { body, .. } | Action::Forward { body, .. } => {
                let at = vocabulary.bodies.iter().position(|entry| entry.id == *body)?;
                remember(&mut recent.bodies, u16::try_from(at).ok()?);
                None
            }
            _ => None,
        }
    }

    /// True where the topic is only confirmed: that is no event.
    fn all_have(&self, rows: &[u32], topic: Option<u16>) -> bool {
        rows.iter().all(|row_id| {
            let row = self.board.row(row_id.saturating_sub(1));
            row.is_some_and(|row| Some(row.topic) == topic)
        })
    }

    /// The row of an incident that is on the screen, by its id on the server.
    fn row_of_id(&self, id: &str) -> Option<u32> {
        let open = self.state.incident.as_ref().map(|incident| &incident.row);
        let mut rows = self.state.triage.rows.iter().chain(open);
        rows.find(|row| row.id == id).map(|row| row.row_id)
    }

    /// Hands the action over, and the cursor on to the next incident where this
    /// one is out of the officer's hands.
    pub(super) fn act(&mut self, rows: Vec<u32>, action: Action) {
        if hands_over(action.kind()) {
            self.pass_on(&rows);
        }
        self.work(Command::Act { rows, action });
    }

    /// At once, before the queue has moved: the next key must not meet the
    /// incident that was just dealt with.
    fn pass_on(&mut self, done: &[u32]) {
        let triage = &mut self.state.triage;
        triage.selected.clear();
        if !triage.cursor.is_some_and(|row_id| done.contains(&row_id)) {
            return;
        }
        let positions = &triage.queue.positions;
        let at = triage.cursor_index.min(positions.len());
        let is_free = |position: &&u32| !done.contains(&(**position + 1));
        let next = positions[at..].iter().find(is_free);
        let next = next.or_else(|| positions[..at].iter().rev().find(is_free));
        if let Some(position) = next.copied() {
            self.apply_triage(TriageCommand::Put(position + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_choices_stand_once_newest_first() {
        let mut list = Vec::new();
        for number in [1, 2, 3, 2, 4, 5, 6] {
            remember(&mut list, number);
        }
        assert_eq!(list, [6, 5, 4, 2, 3]);
    }

    #[test]
    fn what_is_done_at_once_is_of_its_kind() {
        for kind in CommandKind::ALL.iter().copied() {
            if let Some(action) = at_once(kind) {
                assert_eq!(action.kind(), kind);
            }
        }
        assert!(is_legal(CommandKind::Create, Status::Merged));
        assert!(!is_legal(CommandKind::Approve, Status::New));
    }
}

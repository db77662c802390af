//! What an officer does, on its way between the desk and its thread.

use std::time::Duration;

use uuid::Uuid;

use super::command::Command;
use super::desk::Desk;
use super::form::decides;
use super::officer::{Job, NOT_DONE, Told};
use super::state::{Revealed, UndoOffer, View};
use crate::domain::Timestamp;
use crate::store::details::ListRow;

/// For so long an action can be taken back; then it is sent.
pub(super) const UNDO_FOR: Duration = Duration::from_secs(10);

/// How long the figure for `left` stands.
fn until_less(left: Duration) -> Duration {
    let shown = u64::from(whole_secs(left)).saturating_sub(1);
    left.saturating_sub(Duration::from_secs(shown))
}

/// Rounded up: the last second is shown as one.
fn whole_secs(left: Duration) -> u32 {
    left.as_secs() as u32 + u32::from(left.subsec_nanos() > 0)
}

impl Desk {
    /// Hands an action over; it is on the screen once it is on the disk.
    pub(super) fn work(&mut self, command: Command) {
        let at = Timestamp(self.moment.now);
        match command {
            Command::Act { rows, action } => {
                self.officer.ask(Job::Act { rows, action: Box::new(action), at });
            }
            Command::Undo => {
                if let Some(offer) = self.state.undo.pop() {
                    self.undone_is_a_draft(&offer.rows, &offer.ids);
                    self.officer.ask(Job::Undo(offer.ids));
                    self.return_to(offer.rows);
                }
            }
            Command::KeepMine(id) | Command::EditMine(id) | Command::TakeTheirs(id)
                if self.is_of_others(id) => {}
            Command::KeepMine(id) => self.officer.ask(Job::KeepMine(id)),
            Command::EditMine(id) => self.edit_mine(id),
            Command::WriteOutbox(path) => self.officer.ask(Job::Export { path, at }),
            Command::WriteSheet { path, text } => self.officer.ask(Job::Save { path, text }),
            Command::TakeTheirs(id) => {
                self.given_up_is_a_draft(id);
                self.officer.ask(Job::Dismiss(id));
            }
            Command::Reveal { row_id, reason } => {
                self.officer.ask(Job::Reveal { row_id, reason, at });
            }
            _ => {}
        }
    }

    /// True where another office decides about it, which is said.
    fn is_of_others(&mut self, id: Uuid) -> bool {
        let entries = &self.state.outbox.entries;
        let entry = entries.iter().find(|entry| entry.id == id);
        let Some(entry) = entry.filter(|entry| !decides(&self.state, entry)) else { return false };
        let office = entry.office.clone();
        self.notice("notice-other-office", office, true);
        true
    }

    /// Back to what is to be decided anew.
    fn return_to(&mut self, rows: Vec<u32>) {
        if self.state.view != View::Triage {
            return;
        }
        if let Some(row_id) = rows.first() {
            self.put_cursor(*row_id);
        }
        if rows.len() > 1 {
            self.state.triage.selected = rows.into_iter().collect();
        }
    }

    pub(super) fn take_told(&mut self) -> bool {
        let mut changed = false;
        while let Some(told) = self.officer.take() {
            changed = true;
            match told {
                Told::Outbox(view) => {
                    let before = self.state.outbox.officer.as_ref();
                    if before.is_some() && before != view.officer.as_ref() {
                        self.leave_forms();
                    }
                    self.state.outbox = view;
                    self.make_sheet();
                }
                Told::Acted { ids, rows, kind, refused, gone, left } => {
                    let draft = (rows.first().copied().unwrap_or(0), kind);
                    if ids.is_empty() {
                        self.draft_is_not_done(draft);
                    } else {
                        self.draft_is_done(draft);
                    }
                    if refused > 0 {
                        self.notice("notice-action-refused", refused.to_string(), true);
                    }
                    if gone > 0 {
                        self.notice("notice-incident-gone", gone.to_string(), true);
                    }
                    if let Some(undone) = left {
                        self.keep_undone(&undone);
                    }
                    if !ids.is_empty() {
                        let until = self.moment.tick + UNDO_FOR;
                        let secs_left = UNDO_FOR.as_secs() as u32;
                        self.state.undo.push(UndoOffer { ids, kind, rows, secs_left, until });
                    }
                }
                Told::Replaced { row_id, kind } => self.draft_is_done((row_id, kind)),
                Told::Drafts(drafts, strays) => self.take_drafts(drafts, strays),
                Told::Released => {
                    if let Some(nudge) = &self.nudge {
                        nudge.sync_now();
                    }
                }
                Told::TooEarly(n) => self.notice("notice-too-early", n.to_string(), true),
                Told::OwnAnswer => self.notice("notice-own-answer", String::new(), true),
                Told::Revealed { row_id, texts } => {
                    self.state.revealed = Some(Revealed { row_id, texts });
                }
                Told::Exported { n, path } => {
                    self.notice("notice-outbox-saved", format!("{n} · {path}"), false);
                }
                Told::Shift(view) => self.take_shift_view(view),
                Told::PinSet { is_set } => {
                    let said = if is_set { "notice-pin-set" } else { "notice-pin-removed" };
                    self.notice(said, String::new(), false);
                }
                Told::Offices(offices) => self.take_offices(offices),
                Told::HandedOver => self.notice("notice-shift-handed", String::new(), false),
                Told::Saved { path } => self.notice("notice-sheet-saved", path, false),
                Told::Failed { text, detail } => {
                    if text == NOT_DONE {
                        self.drafts_are_not_done();
                    }
                    self.notice(text, detail, true);
                }
            }
        }
        changed
    }

    /// Lets go what can no longer be taken back, and counts down the rest. True
    /// where the screen shows it.
    pub(super) fn release_undone(&mut self) -> bool {
        let now = self.moment.tick;
        let before: Vec<u32> = self.state.undo.iter().map(|offer| offer.secs_left).collect();
        let due = self.state.undo.iter().take_while(|offer| offer.until <= now).count();
        let ids: Vec<_> = self.state.undo.drain(..due).flat_map(|offer| offer.ids).collect();
        if !ids.is_empty() {
            self.officer.ask(Job::Release(ids));
        }
        for offer in &mut self.state.undo {
            offer.secs_left = whole_secs(offer.until.saturating_sub(now));
        }
        !self.state.undo.iter().map(|offer| offer.secs_left).eq(before)
    }

    /// Lets go all that could still be taken back.
    pub(super) fn release_all(&mut self) {
        let ids: Vec<_> = self.state.undo.drain(..).flat_map(|offer| offer.ids).collect();
        if !ids.is_empty() {
            self.officer.ask(Job::Release(ids));
        }
    }

    /// Until the newest offer counts one second less: a toast is not drawn more
    /// often for its figure.
    pub(super) fn until_next_second(&self) -> Duration {
        let Some(offer) = self.state.undo.last() else { return Duration::MAX };
        until_less(offer.until.saturating_sub(self.moment.tick))
    }

    /// The rows as the board counts them: with what was done here.
    pub(super) fn as_on_board(&self, mut rows: Vec<ListRow>) -> Vec<ListRow> {
        for shown in &mut rows {
            if let Some(row) = self.board.row(shown.row_id.saturating_sub(1)) {
                shown.set_row(&row);
            }
        }
        rows
    }

    /// What is on the screen of single incidents follows the board.
    pub(super) fn follow_board(&mut self, touched: &[u32]) {
        let rows = std::mem::take(&mut self.state.list.rows);
        self.state.list.rows = self.as_on_board(rows);
        let rows = std::mem::take(&mut self.state.triage.rows);
        self.state.triage.rows = self.as_on_board(rows);
        let rows = std::mem::take(&mut self.state.due_next);
        self.state.due_next = self.as_on_board(rows);
        // What was asked for last, be it on the screen yet or not: the card that is
        // still shown must not take its place.
        if let Some(row_id) = self.opened.filter(|row_id| touched.contains(row_id)) {
            self.details.ask(row_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_countdown_turns_once_a_second_down_to_one() {
        let mut left = UNDO_FOR;
        let mut shown = Vec::new();
        while left > Duration::ZERO {
            shown.push(whole_secs(left));
            let wake = until_less(left);
            assert!(wake > Duration::ZERO && wake <= Duration::from_secs(1), "{left:?}: {wake:?}");
            left -= wake;
        }
        assert_eq!(shown, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
        assert_eq!(until_less(Duration::from_millis(8_300)), Duration::from_millis(300));
    }
}

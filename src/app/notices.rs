//! Sentences for the person at the desk: what failed stays until it is read,
//! the rest leaves by itself.

use std::time::Duration;

use super::desk::Desk;
use super::state::{Loading, Notice, State};
use crate::domain::Timestamp;

/// How long a notice of something that went well stands.
const SHOWN: Duration = Duration::from_secs(12);
/// The board could not be read yet.
pub(super) const UNREADABLE: &str = "notice-board-failed";

impl State {
    /// Why there is no board yet, where it was tried in vain.
    pub fn unreadable(&self) -> Option<&str> {
        let is_told = |notice: &&Notice| notice.text == UNREADABLE;
        let told = self.notices.iter().find(is_told).filter(|_| self.loading != Loading::Ready);
        told.map(|notice| &*notice.detail)
    }
}

impl Desk {
    /// Says what is wrong with the files that this start has read.
    pub(super) fn tell_at_start(&mut self) {
        self.tell_strange_filters();
        for fault in self.state.own_files.faults.clone() {
            self.notice("notice-data-file", fault, true);
        }
        let today = Timestamp(self.moment.now).local_day();
        if let Some(year) = self.state.catalogue.work_calendar.missing_year(today) {
            self.notice("notice-no-calendar", year.to_string(), true);
        }
    }

    /// Says something; where the same is said already, it is said once.
    pub(super) fn notice(&mut self, text: &'static str, detail: String, is_error: bool) {
        if is_error {
            tracing::error!(notice = text, detail);
        }
        let id = self.next_notice;
        self.next_notice += 1;
        let until = (!is_error).then(|| self.moment.tick + SHOWN);
        let notices = &mut self.state.notices;
        notices.retain(|notice| (notice.text, &notice.detail) != (text, &detail));
        notices.push(Notice { id, text, detail, is_error, until });
    }

    /// True where a notice has left.
    pub(super) fn drop_old_notices(&mut self) -> bool {
        let (tick, before) = (self.moment.tick, self.state.notices.len());
        self.state.notices.retain(|notice| notice.until.is_none_or(|until| until > tick));
        self.state.notices.len() < before
    }

    /// Until the next one leaves.
    pub(super) fn until_notice_leaves(&self) -> Option<Duration> {
        let ends = self.state.notices.iter().filter_map(|notice| notice.until);
        ends.min().map(|until| until.saturating_sub(self.moment.tick))
    }
}

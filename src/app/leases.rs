//! Who has which incident open: tells what is open here, shows what others have.

use std::sync::Arc;
use std::time::Duration;

use super::desk::Desk;
use super::state::View;

impl Desk {
    /// Tells the synchronisation which incident the card shows. It asks the
    /// server when it thinks right.
    pub(super) fn tell_open(&self) {
        let is_watching = self.state.view == View::Triage && self.state.lock.is_none();
        let open = self.state.incident.as_ref().map(|incident| &incident.row);
        let open = open.filter(|row| is_watching && self.state.triage.cursor == Some(row.row_id));
        self.leases.wish(is_watching, open.map(|row| row.id.as_str()));
    }

    /// True where others have opened or left something, or a lease has run out.
    pub(super) fn take_leases(&mut self) -> bool {
        let now = self.moment.now;
        let told = self.leases.get();
        let is_new = !Arc::ptr_eq(&told, &self.leases_told);
        let has_ended = self.state.leases.next_end().is_some_and(|end| end <= now);
        if !is_new && !has_ended {
            return false;
        }
        self.state.leases = Arc::new(told.standing(now));
        self.leases_told = told;
        true
    }

    /// Until the next lease runs out, while that is on the screen.
    pub(super) fn until_lease_ends(&self) -> Option<Duration> {
        let end = self.state.leases.next_end().filter(|_| self.state.view == View::Triage)?;
        Some(Duration::from_secs(end.saturating_sub(self.moment.now).max(1).into()))
    }
}

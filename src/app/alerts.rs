//! What to call an officer for, and when. The deciding is pure; the call itself
//! is the window's.

use std::collections::BTreeSet;
use std::time::Duration;

use uuid::Uuid;

use super::desk::Desk;
use super::lane::Cancel;
use super::state::Loading;
use crate::board::Board;
use crate::board::urgent::Urgent;
use crate::config::alerts::Alerts;
use crate::domain::{LOCAL_OFFSET_SECS, Regime, Timestamp};
use crate::sync::status::Phase;

/// Between two calls, however much comes.
const GAP_SECS: u32 = 60;
/// The board is looked through at most this often.
const LOOK_PACE: Duration = Duration::from_secs(5);

/// One thing that is worth a call. The gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// By row id.
    NewUrgent(u32),
    DueSoon(u32),
    /// An action here met another one there; its incident, where it has one.
    Conflict(Uuid, Option<u32>),
}

impl Cause {
    const fn row_id(self) -> Option<u32> {
        match self {
            Self::NewUrgent(row_id) | Self::DueSoon(row_id) => Some(row_id),
            Self::Conflict(_, row_id) => row_id,
        }
    }
}

/// A call, ready to be put into words. Nothing personal is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    pub cause: Cause,
    /// Of its incident, as the board has it.
    pub about: Option<About>,
    /// How many other causes came with it.
    pub others: u32,
    pub sound: bool,
}

/// What of an incident may stand on a screen that anybody passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// Number of the vocabulary.
    pub topic: u16,
    /// Index of the catalogue.
    pub municipality: u8,
    /// UTC seconds; 0 where there is no deadline.
    pub due: u32,
}

/// Whether the desktop takes calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Notifier {
    #[default]
    NotTried,
    Works,
    /// A detail in English, for the log's readers.
    Missing(String),
}

/// What has been told and what waits to be.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// What was there when it was last looked; `None` before the first time.
    seen: Option<BTreeSet<Cause>>,
    waiting: BTreeSet<Cause>,
    told_at: Option<u32>,
}

impl Watch {
    /// What to tell at `now` (UTC seconds), of what is there now: the gravest, and
    /// how many others. What was there at the first look is no news. What has gone
    /// meanwhile is not told any more.
    fn next(&mut self, there: BTreeSet<Cause>, alerts: Alerts, now: u32) -> Option<(Cause, u32)> {
        if let Some(seen) = &self.seen {
            self.waiting.extend(there.difference(seen));
        }
        self.waiting.retain(|cause| there.contains(cause));
        self.seen = Some(there);
        self.due(alerts, now)
    }

    /// The same where nothing has changed but the clock.
    fn due(&mut self, alerts: Alerts, now: u32) -> Option<(Cause, u32)> {
        let local_hour = (i64::from(now) + i64::from(LOCAL_OFFSET_SECS)) / 3_600 % 24;
        let is_quiet = alerts.quiet_hours.cover(local_hour as u8);
        // A clock that was set back waits for no second call.
        let has_rested = self.told_at.is_none_or(|at| now.abs_diff(at) >= GAP_SECS);
        if is_quiet || !has_rested {
            return None;
        }
        let first = self.waiting.pop_first()?;
        let others = std::mem::take(&mut self.waiting).len() as u32;
        self.told_at = Some(now);
        Some((first, others))
    }

    /// Until what waits may be told, the quiet hours apart: they end with a
    /// minute.
    fn until_due(&self, now: u32) -> Option<Duration> {
        let rest = self.told_at.filter(|_| !self.waiting.is_empty())?;
        let left = GAP_SECS.saturating_sub(now.abs_diff(rest));
        (left > 0).then(|| Duration::from_secs(left.into()))
    }
}

/// Asks what cannot wait.
#[derive(Debug)]
pub(super) struct UrgentQuestion {
    pub(super) board: Board,
    pub(super) now: u32,
    /// By `Regime as u8`.
    pub(super) due_secs: [u32; Regime::COUNT],
}

#[expect(clippy::needless_pass_by_value, reason = "a lane hands its question over")]
pub(super) fn urgent(asked: UrgentQuestion, cancel: &Cancel) -> Option<Urgent> {
    asked.board.urgent(asked.now, &asked.due_secs, cancel.flag())
}

/// What was looked at, and when.
#[derive(Clone, Copy, Debug)]
struct Looked {
    /// Version of the board, minute, and how many conflicts there were.
    at: (u64, u32, usize),
    tick: Duration,
}

/// How the looking stands.
#[derive(Debug, Default)]
pub(super) struct Calling {
    watch: Watch,
    looked: Option<Looked>,
    next: Option<Alert>,
}

impl Desk {
    /// Has the board looked through where calls are wanted and it has moved on.
    pub(super) fn ask_urgent(&mut self) {
        let alerts = self.state.settings.alerts;
        let is_whole = self.state.loading == Loading::Ready
            && !matches!(self.state.sync.phase, Phase::FirstSync { .. } | Phase::Rereading { .. });
        if !alerts.notifications || !is_whole {
            // Begun anew, what is there then is no news.
            self.calling.watch = Watch::default();
            self.calling.looked = None;
            return;
        }
        let at = self.to_look_at();
        let is_due = self.calling.looked.is_none_or(|looked| {
            looked.at != at && self.moment.tick.saturating_sub(looked.tick) >= LOOK_PACE
        });
        if is_due && !self.urgent.is_busy() {
            self.calling.looked = Some(Looked { at, tick: self.moment.tick });
            let (board, now) = (self.board.clone(), self.moment.now);
            let wanted = alerts.due_minutes.saturating_mul(60);
            let pressing = self.state.catalogue.policies.warn_secs(Timestamp(now));
            let due_secs = pressing.map(|secs| secs.min(wanted));
            self.urgent.ask(UrgentQuestion { board, now, due_secs });
        }
    }

    fn to_look_at(&self) -> (u64, u32, usize) {
        (self.board.version(), self.moment.now / 60, self.state.outbox.conflicts().count())
    }

    pub(super) fn take_urgent(&mut self) {
        let (alerts, now) = (self.state.settings.alerts, self.moment.now);
        let told = match self.urgent.take() {
            Some(urgent) => {
                let conflicts = self.state.outbox.conflicts();
                let there = urgent
                    .new
                    .into_iter()
                    .map(Cause::NewUrgent)
                    .chain(urgent.due_soon.into_iter().map(Cause::DueSoon))
                    .chain(conflicts.map(|entry| Cause::Conflict(entry.id, entry.row_id)))
                    .collect();
                self.calling.watch.next(there, alerts, now)
            }
            None => self.calling.watch.due(alerts, now),
        };
        let Some((cause, others)) = told.filter(|_| alerts.notifications) else { return };
        let row = cause.row_id().and_then(|row_id| self.board.row(row_id.checked_sub(1)?));
        let about =
            row.map(|row| About { topic: row.topic, municipality: row.municipality, due: row.due });
        self.calling.next = Some(Alert { cause, about, others, sound: alerts.sound });
    }

    /// A call that is to be made now, once.
    pub fn take_alert(&mut self) -> Option<Alert> {
        self.calling.next.take()
    }

    /// Until it is to be looked again, while calls are wanted.
    pub(super) fn until_next_look(&self) -> Option<Duration> {
        let looked = self.calling.looked?;
        let rest = self.moment.tick.saturating_sub(looked.tick);
        let look = (looked.at != self.to_look_at()).then(|| LOOK_PACE.saturating_sub(rest));
        let told = self.calling.watch.until_due(self.moment.now);
        look.into_iter().chain(told).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::alerts::QuietHours;

    /// 14:05 in Khakassia.
    const NOW: u32 = 1_795_417_500;

    fn on() -> Alerts {
        Alerts { notifications: true, ..Alerts::default() }
    }

    fn there(rows: &[u32]) -> BTreeSet<Cause> {
        rows.iter().copied().map(Cause::NewUrgent).collect()
    }

    #[test]
    fn what_was_there_at_the_start_is_no_news_and_nothing_is_told_twice() {
        let mut watch = Watch::default();
        assert_eq!(watch.next(there(&[1, 2]), on(), NOW), None);
        let told = watch.next(there(&[1, 2, 3]), on(), NOW + 5);
        assert_eq!(told, Some((Cause::NewUrgent(3), 0)));
        assert_eq!(watch.next(there(&[1, 2, 3]), on(), NOW + 500), None);
        // Gone and back is news.
        assert_eq!(watch.next(there(&[1, 2]), on(), NOW + 600), None);
        let told = watch.next(there(&[1, 2, 3]), on(), NOW + 700);
        assert_eq!(told, Some((Cause::NewUrgent(3), 0)));
    }

    #[test]
    fn a_minute_lies_between_two_calls_and_the_gravest_stands_for_all() {
        let mut watch = Watch::default();
        let conflict = Cause::Conflict(Uuid::nil(), Some(9));
        watch.next(BTreeSet::new(), on(), NOW);
        let mut all: BTreeSet<_> = [Cause::DueSoon(4), conflict].into();
        assert_eq!(watch.next(all.clone(), on(), NOW), Some((Cause::DueSoon(4), 1)));
        all.extend([Cause::DueSoon(5), Cause::NewUrgent(6), Cause::NewUrgent(8)]);
        assert_eq!(watch.next(all.clone(), on(), NOW + 20), None);
        // What somebody has taken meanwhile is not told.
        all.remove(&Cause::NewUrgent(6));
        assert_eq!(watch.next(all, on(), NOW + 59), None);
        assert_eq!(watch.until_due(NOW + 59), Some(Duration::from_secs(1)));
        assert_eq!(watch.due(on(), NOW + 60), Some((Cause::NewUrgent(8), 1)));
        assert_eq!(watch.due(on(), NOW + 600), None);
    }

    #[test]
    fn quiet_hours_put_it_off_and_a_clock_set_back_does_not() {
        let quiet = Alerts { quiet_hours: QuietHours { from: 14, to: 15 }, ..on() };
        let mut watch = Watch::default();
        watch.next(there(&[]), quiet, NOW);
        assert_eq!(watch.next(there(&[1, 2]), quiet, NOW), None);
        assert_eq!(watch.next(there(&[2]), quiet, NOW + 600), None);
        let told = watch.due(quiet, NOW + 3_600);
        assert_eq!(told, Some((Cause::NewUrgent(2), 0)), "what is left of it, at 15:05");
        assert_eq!(watch.next(there(&[2, 3]), on(), NOW), Some((Cause::NewUrgent(3), 0)));
    }
}

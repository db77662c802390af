//! How forecasts of a made-up region did, beside the mean of the same weekday.

use crate::board::forecasts::{Life, overdue_past};
use crate::detect::forecast::{Past, past};
use crate::domain::{LOCAL_OFFSET_SECS, Timestamp};
use crate::server::Receipt;

/// What comes, and what of the open ones becomes overdue.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tried {
    pub(super) incoming: Past,
    pub(super) overdue: Past,
}

/// Of everything that came, by whole local days before `now`.
pub(super) fn tried(received: &[Receipt], first: Timestamp, now: Timestamp) -> Tried {
    let first = first.local_day().0;
    let days = usize::try_from(now.local_day().0 - first).unwrap_or(0);
    let mut counts = vec![0; days];
    let counted = || received.iter().filter(|receipt| !receipt.is_excluded);
    for receipt in counted() {
        let day = usize::try_from(receipt.at.local_day().0 - first).ok();
        if let Some(count) = day.and_then(|day| counts.get_mut(day)) {
            *count += 1;
        }
    }
    let life = |receipt: &Receipt| {
        let done = receipt.done.map_or(u32::MAX, |done| done.0);
        Some(Life { received: receipt.at.0, due: receipt.due?.0, done })
    };
    let lives: Vec<Life> = counted().filter_map(life).collect();
    let began = received.iter().map(|receipt| receipt.at.0).min().unwrap_or(now.0);
    Tried {
        incoming: past(&counts).unwrap_or_default(),
        overdue: overdue_past(&lives, began, now.0, LOCAL_OFFSET_SECS),
    }
}

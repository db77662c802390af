//! How forecasts of a made-up region did, beside the mean of the same weekday.

use crate::detect::forecast::{Past, past};
use crate::domain::Timestamp;
use crate::server::Receipt;

/// Of everything that came, by whole local days before `now`.
pub(super) fn tried(received: &[Receipt], first: Timestamp, now: Timestamp) -> Past {
    let first = first.local_day().0;
    let days = usize::try_from(now.local_day().0 - first).unwrap_or(0);
    let mut counts = vec![0; days];
    for receipt in received.iter().filter(|receipt| !receipt.is_excluded) {
        let day = usize::try_from(receipt.at.local_day().0 - first).ok();
        if let Some(count) = day.and_then(|day| counts.get_mut(day)) {
            *count += 1;
        }
    }
    past(&counts).unwrap_or_default()
}

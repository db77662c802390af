//! Listening to the server's stream, beside the pulls that it causes.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::api::{ApiError, Clock, FeedbackApi, Heard};
use super::backoff::{Backoff, luck};
use super::leases::LeaseBoard;
use super::status::{Phase, StatusBoard};

/// A server that had no stream, or refused it, is asked again after this long.
const NOT_OFFERED: Duration = Duration::from_hours(1);

/// Listens for ever; wakes `news` when there is something to pull. Whether the
/// stream stands is in the status: without it the engine polls. `leases` hears
/// that others opened or left an incident.
pub(super) async fn listen<A: FeedbackApi>(
    api: Arc<A>,
    news: Arc<Notify>,
    leases: Option<LeaseBoard>,
    status: StatusBoard,
    clock: Clock,
) {
    let mut backoff = Backoff::default();
    loop {
        let ended = api
            .listen(|heard| {
                if let (Heard::LeasesMoved, Some(leases)) = (heard, &leases) {
                    leases.has_moved();
                }
                on_heard(heard, &news, &status, &clock);
            })
            .await;
        let stood = status.get().streaming;
        if stood {
            status.update(|status| status.streaming = false);
            backoff.reset();
        }
        let wait = match ended {
            Err(ApiError::NotOffered { .. } | ApiError::Unauthorised | ApiError::Forbidden) => {
                NOT_OFFERED
            }
            other => {
                let retry_after = other.as_ref().err().and_then(ApiError::retry_after_secs);
                backoff.after_failure(luck(), retry_after)
            }
        };
        // What moved while nobody listened would wait for the next poll.
        if stood {
            news.notify_one();
        }
        tokio::time::sleep(wait).await;
    }
}

fn on_heard(heard: Heard, news: &Notify, status: &StatusBoard, clock: &Clock) {
    if !status.get().streaming {
        status.update(|status| status.streaming = true);
        news.notify_one();
    }
    match heard {
        Heard::HeadMoved => news.notify_one(),
        Heard::Alive | Heard::LeasesMoved => status.update_quietly(|status| {
            if status.phase == Phase::UpToDate {
                status.confirmed_at = Some(clock.now_secs());
            }
        }),
    }
}

//! `GET /v1/stream`: server-sent events that say only «head moved» and «the
//! leases changed».

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;

use super::auth::Bearer;
use super::hub::Hub;

/// Between two announcements, so that a busy server does not wake everybody
/// for each change.
const PAUSE: Duration = Duration::from_millis(250);
/// Between two comments that keep proxies from closing a quiet stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(crate) async fn stream(
    State(hub): State<Arc<Hub>>,
    Extension(Bearer(token)): Extension<Bearer>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let sees_leases = !token.reads_only();
    let leases = WatchStream::from_changes(hub.leases_moved.subscribe())
        .filter(move |_| sees_leases)
        .throttle(PAUSE)
        .map(|_| Ok(Event::default().event("leases").data("{}")));
    let heads = WatchStream::new(hub.head.subscribe());
    let heads = heads.throttle(PAUSE).map(move |rev| {
        let cursor = hub.cursor(token.scope(), rev).to_text();
        Ok(Event::default().event("head").data(format!("{{\"cursor\":\"{cursor}\"}}")))
    });
    Sse::new(heads.merge(leases)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

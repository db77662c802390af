//! `GET /v1/stream`: server-sent events that say only «head moved».

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
    let heads = WatchStream::new(hub.head.subscribe());
    let events = heads.throttle(PAUSE).map(move |rev| {
        let cursor = hub.cursor(token.scope(), rev).to_text();
        Ok(Event::default().event("head").data(format!("{{\"cursor\":\"{cursor}\"}}")))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

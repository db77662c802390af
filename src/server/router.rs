//! The paths of the protocol.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use super::hub::Hub;
use super::refusal::Refused;
use super::{auth, changes, commands, faults, info, lease, stream};

/// Bodies beyond this are not read at all; each path has its own limit below.
const BODY_BYTES: usize = 64 << 20;

pub(crate) fn router(hub: Arc<Hub>) -> Router {
    Router::new()
        .route("/v1/info", get(info::info))
        .route("/v1/changes", get(changes::changes))
        .route("/v1/stream", get(stream::stream))
        .route("/v1/borders", get(info::borders))
        .route("/v1/commands", post(commands::commands))
        .route("/v1/lease", post(lease::lease))
        .route("/v1/leases", get(lease::leases))
        .route_layer(from_fn_with_state(Arc::clone(&hub), auth::check))
        .fallback(async || Refused::NoSuchPath)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn(in_words))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn_with_state(Arc::clone(&hub), faults::inject))
        .with_state(hub)
}

/// The framework refuses methods and bodies by itself; here its refusals get
/// the form of all others and keep their headers.
async fn in_words(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let refused = match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => Refused::Method,
        StatusCode::PAYLOAD_TOO_LARGE => Refused::TooLarge { limit_bytes: BODY_BYTES },
        _ => return response,
    };
    let allow = response.headers_mut().remove(header::ALLOW);
    let mut response = refused.into_response();
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

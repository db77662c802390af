//! `GET /v1/info` and `GET /v1/borders`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::{Extension, Json};

use super::auth::{Bearer, Token};
use super::hub::Hub;
use super::world::BORDERS;
use crate::sync::protocol::{Info, PROTOCOL, Region};

/// The region of the demonstration, OK 033-2013 (ОКТМО).
const REGION: (&str, &str) = ("Республика Хакасия", "95000000");

pub(crate) async fn info(
    State(hub): State<Arc<Hub>>,
    Extension(Bearer(token)): Extension<Bearer>,
) -> Json<Info> {
    Json(info_for(&hub, &token))
}

pub(crate) fn info_for(hub: &Hub, token: &Token) -> Info {
    let counts = hub.read().counts(token.scope()).map(|(k, n)| (k.key().to_owned(), n)).collect();
    Info {
        protocol: PROTOCOL.to_owned(),
        instance: hub.identity.instance.clone(),
        epoch: hub.identity.epoch.clone(),
        demo: true,
        region: Region { name: REGION.0.to_owned(), oktmo: REGION.1.to_owned() },
        server_time: hub.now().to_rfc3339(),
        token: token.info(),
        counts,
        limits: hub.limits.clone(),
    }
}

pub(crate) async fn borders() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/geo+json")], BORDERS)
}

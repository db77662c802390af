//! `GET /v1/changes`: a page of what changed after a cursor.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::IntoResponse;

use super::auth::{Bearer, Token};
use super::cursor::Cursor;
use super::faults::{FaultKind, Struck};
use super::hub::Hub;
use super::query::Query;
use super::refusal::Refused;
use super::wire::Lines;
use crate::sync::protocol::{BatchEnd, Scope};

/// The media type of lines.
pub(crate) const NDJSON: &str = "application/x-ndjson";

/// Lines of a page where the client names no limit.
const USUAL_LINES: u32 = 5_000;
/// Largest limit that may be asked for; the server sends fewer.
const MOST_LINES: u32 = 1_000_000;
/// Bytes of an ordinary line, for the buffer's first size.
const USUAL_LINE_BYTES: usize = 480;

pub(crate) async fn changes(
    State(hub): State<Arc<Hub>>,
    Extension(Bearer(token)): Extension<Bearer>,
    struck: Option<Extension<Struck>>,
    RawQuery(query): RawQuery,
) -> Result<impl IntoResponse, Refused> {
    let query = Query::parse(query.as_deref())?;
    let limit = match query.number("limit")? {
        None => USUAL_LINES,
        Some(limit) if (1..=MOST_LINES).contains(&limit) => limit,
        Some(_) => {
            let reason = format!("`limit` is not a number from 1 to {MOST_LINES}");
            return Err(Refused::Malformed(reason));
        }
    };
    let struck = struck.map(|Extension(struck)| struck).unwrap_or_default();
    let page = page(&hub, &token, query.text("after")?, limit, &struck)?;
    Ok(([(header::CONTENT_TYPE, NDJSON)], page))
}

/// A page of what changed after a cursor, with the end of its batch.
pub(crate) fn page(
    hub: &Hub,
    token: &Token,
    after: Option<&str>,
    limit: u32,
    struck: &Struck,
) -> Result<Vec<u8>, Refused> {
    let limit = limit.min(hub.limits.page_lines);
    let scope = token.scope();
    let after = match after {
        None => 0,
        Some(_) if struck.has(FaultKind::ExpireCursors) => return Err(Refused::CursorExpired),
        Some(text) => revision(hub, scope, text)?,
    };
    let mut page = Vec::with_capacity(limit as usize * USUAL_LINE_BYTES);
    let (reached, more) = {
        let state = hub.read_saved()?;
        if after > state.head() {
            return Err(Refused::CursorExpired);
        }
        Lines::new(&state, scope).page(&mut page, after, limit as usize)
    };
    struck.spoil(&mut page);
    Lines::end(&mut page, &BatchEnd { cursor: hub.cursor(scope, reached).to_text(), more });
    Ok(page)
}

/// The revision that a cursor stands behind, if it is one of ours.
fn revision(hub: &Hub, scope: Scope, text: &str) -> Result<u64, Refused> {
    let cursor = Cursor::parse(text)?;
    if cursor.epoch != hub.identity.epoch || cursor.scope != scope {
        return Err(Refused::CursorExpired);
    }
    let head = *hub.head.borrow();
    let behind = head.saturating_sub(cursor.rev);
    if hub.cursor_horizon.is_some_and(|horizon| behind > horizon) {
        return Err(Refused::CursorExpired);
    }
    Ok(cursor.rev)
}

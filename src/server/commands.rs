//! `POST /v1/commands`: what officers want, one line each, answered in order.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use uuid::Uuid;

use super::auth::{Bearer, Token};
use super::body;
use super::changes::NDJSON;
use super::desk::Desk;
use super::hub::Hub;
use super::refusal::Refused;
use crate::sync::protocol::{CommandAnswer, CommandLine, Outcome};

/// Largest body.
const BODY_BYTES: usize = 16 << 20;

pub(crate) async fn commands(
    State(hub): State<Arc<Hub>>,
    Extension(Bearer(token)): Extension<Bearer>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<impl IntoResponse, Refused> {
    token.check_acts()?;
    body::check(&headers, &body, NDJSON, BODY_BYTES)?;
    let lines: Vec<&[u8]> = body
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|l| !l.is_empty())
        .collect();
    // The disk is waited for, and others are served meanwhile.
    let answers = tokio::task::block_in_place(|| answer_all(&hub, &token, &lines))?;
    let mut out = Vec::new();
    for answer in &answers {
        if serde_json::to_writer(&mut out, answer).is_err() {
            return Err(Refused::Failed);
        }
        out.push(b'\n');
    }
    Ok(([(header::CONTENT_TYPE, NDJSON)], out))
}

/// Answers all lines in one go, so that nothing comes between them, and writes
/// all of it down at once.
pub(crate) fn answer_all(
    hub: &Hub,
    token: &Token,
    lines: &[&[u8]],
) -> Result<Vec<CommandAnswer>, Refused> {
    token.check_acts()?;
    if lines.len() > hub.limits.command_lines as usize {
        return Err(Refused::TooManyLines { limit: hub.limits.command_lines });
    }
    let now = hub.now();
    hub.change(|state| {
        let mut desk = Desk::new(state, token, now).ok_or(Refused::Failed)?;
        let mut answer = |line: &&[u8]| match read(line, hub.limits.line_bytes as usize) {
            Ok(command) => desk.answer(&command),
            Err(answer) => answer,
        };
        Ok(lines.iter().map(&mut answer).collect())
    })?
}

/// Reads a line, or answers it: with its id where that can be read, else with
/// the nil id.
fn read(line: &[u8], most_bytes: usize) -> Result<CommandLine, CommandAnswer> {
    #[derive(Deserialize)]
    struct OnlyId {
        id: Uuid,
    }
    if line.len() > most_bytes {
        let detail = format!("the line is longer than {most_bytes} bytes");
        return Err(CommandAnswer {
            id: Uuid::nil(),
            outcome: Outcome::rejected("too_long", &detail),
        });
    }
    if let Ok(command) = serde_json::from_slice::<CommandLine>(line) {
        Ok(command)
    } else {
        let id = serde_json::from_slice(line).map_or(Uuid::nil(), |OnlyId { id }| id);
        Err(CommandAnswer {
            id,
            outcome: Outcome::rejected("malformed", "the line is not a command"),
        })
    }
}

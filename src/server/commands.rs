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
use super::desk::{Desk, Done, Refusal};
use super::hub::Hub;
use super::refusal::Refused;
use super::wire::{incident_data, incident_id};
use crate::sync::protocol::{CommandAnswer, CommandLine, Outcome};

/// Largest body.
const BODY_BYTES: usize = 16 << 20;

pub(crate) async fn commands(
    State(hub): State<Arc<Hub>>,
    Extension(Bearer(token)): Extension<Bearer>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<impl IntoResponse, Refused> {
    if token.reads_only() {
        return Err(Refused::Forbidden);
    }
    body::check(&headers, &body, NDJSON, BODY_BYTES)?;
    let lines: Vec<&[u8]> = body
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|l| !l.is_empty())
        .collect();
    if lines.len() > hub.limits.command_lines as usize {
        return Err(Refused::TooManyLines { limit: hub.limits.command_lines });
    }
    let answers = answer_all(&hub, &token, &lines);
    let mut out = Vec::new();
    for answer in &answers {
        if serde_json::to_writer(&mut out, answer).is_err() {
            return Err(Refused::Failed);
        }
        out.push(b'\n');
    }
    Ok(([(header::CONTENT_TYPE, NDJSON)], out))
}

/// Answers all lines in one go, so that nothing comes between them.
fn answer_all(hub: &Hub, token: &Token, lines: &[&[u8]]) -> Vec<CommandAnswer> {
    let now = hub.now();
    let mut accepted = hub.accepted();
    let known = accepted.len();
    let answers = hub.change(|state| {
        let mut desk = Desk::new(state, token, now);
        let mut answer = |line: &&[u8]| -> CommandAnswer {
            let command = match read(line, hub.limits.line_bytes as usize) {
                Ok(command) => command,
                Err(answer) => return answer,
            };
            let id = command.id;
            if let Some((rev, index)) = accepted.get(&id) {
                let incident = incident_id(*index);
                return CommandAnswer { id, outcome: Outcome::Duplicate { rev: *rev, incident } };
            }
            let outcome = match desk.carry_out(&command) {
                Ok(Done { rev, incident }) => {
                    accepted.insert(id, (rev, incident));
                    Outcome::Accepted { rev, incident: incident_id(incident) }
                }
                Err(Refusal::Conflict { incident }) => {
                    match incident_data(desk.state(), token.scope(), incident) {
                        Ok(current) => Outcome::Conflict {
                            rev: desk.state().incidents[incident as usize].rev,
                            current: Box::new(current),
                        },
                        Err(_) => rejected("failed", "the server failed"),
                    }
                }
                Err(refusal) => rejected(refusal.key(), &refusal.to_string()),
            };
            CommandAnswer { id, outcome }
        };
        lines.iter().map(&mut answer).collect()
    });
    if accepted.len() > known
        && let Err(error) = hub.identity.spend()
    {
        tracing::error!(%error, "the server's folder cannot be written");
    }
    answers
}

fn rejected(reason: &str, detail: &str) -> Outcome {
    Outcome::Rejected { reason: reason.to_owned(), detail: detail.to_owned() }
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
        return Err(CommandAnswer { id: Uuid::nil(), outcome: rejected("too_long", &detail) });
    }
    if let Ok(command) = serde_json::from_slice::<CommandLine>(line) {
        Ok(command)
    } else {
        let id = serde_json::from_slice(line).map_or(Uuid::nil(), |OnlyId { id }| id);
        Err(CommandAnswer { id, outcome: rejected("malformed", "the line is not a command") })
    }
}

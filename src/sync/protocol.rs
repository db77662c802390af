//! The wire types of `pult-feedback/1`.
//!
//! `data/feedback-api.yaml` is the contract; these types are its Rust form and
//! serve the client and the reference server alike. Times travel as RFC 3339,
//! vocabularies as the keys of `data/*.toml`. What is not needed to place a
//! line is optional: the system behind the API may not know it. Unknown fields
//! are ignored here and kept by the store.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

pub use super::lease::{Lease, LeaseList, LeaseRequest};

use crate::domain::action::Mark;
use crate::domain::{Action, ObjectKind, Remedy, Standing, Status, Timestamp};

/// Name and major version of the protocol that this program speaks.
pub const PROTOCOL: &str = "pult-feedback/1";

/// Answer of `GET /v1/info`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Info {
    /// Name and major version, for example `pult-feedback/1`.
    pub protocol: String,
    /// Identity of the installation. A store is bound to it for life.
    pub instance: String,
    /// Changes when the server was restored from a backup: revisions begin anew.
    pub epoch: String,
    /// True where the data is a demonstration.
    #[serde(default)]
    pub demo: bool,
    pub region: Region,
    /// RFC 3339.
    pub server_time: String,
    pub token: TokenInfo,
    /// Live objects by kind, as far as the token may see them.
    #[serde(default)]
    pub counts: BTreeMap<String, u64>,
    #[serde(default)]
    pub limits: Limits,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Region {
    pub name: String,
    /// Eight digits, for example `95000000`.
    pub oktmo: String,
}

/// What the bearer of the token may do and see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenInfo {
    /// Key of `data/roles.toml`.
    pub role: String,
    pub scope: Scope,
    /// Office (post), never a person's name.
    #[serde(default)]
    pub office: Option<String>,
}

/// How much of the data a token brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Everything that the role may see.
    Desk,
    /// No messages, texts, addresses or names; places rounded to a grid.
    Wall,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Most lines in a page of `/v1/changes`.
    pub page_lines: u32,
    /// Most lines in a body of `POST /v1/commands`.
    pub command_lines: u32,
    /// Longest line in bytes, either way.
    pub line_bytes: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { page_lines: 5_000, command_lines: 500, line_bytes: 1 << 20 }
    }
}

/// One line of `GET /v1/changes` before its kind is looked at: a change
/// (`kind`, `id`, `rev` and `data` or `deleted`) or the end of a batch.
#[derive(Debug, Deserialize)]
pub struct RawLine<'a> {
    #[serde(default)]
    pub kind: Option<String>,
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub rev: Option<u64>,
    #[serde(default, borrow)]
    pub data: Option<&'a RawValue>,
    #[serde(default)]
    pub deleted: bool,
    #[serde(default)]
    pub cursor: Option<String>,
    #[serde(default)]
    pub more: Option<bool>,
}

/// A change as the server writes it.
#[derive(Debug, Serialize)]
pub struct ChangeLine<'a, T: Serialize> {
    pub kind: ObjectKind,
    pub id: &'a str,
    pub rev: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<&'a T>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

/// The line that closes a batch: the client commits what came before it
/// together with `cursor`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatchEnd {
    pub cursor: String,
    pub more: bool,
}

/// `data` of kind `incident`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IncidentData {
    /// Key of `data/regimes.toml`; so `source`, `block`, `topic`, `status` of theirs.
    pub regime: String,
    pub source: String,
    pub block: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// OKTMO of the municipality, eight digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub municipality: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settlement: Option<String>,
    /// Degrees, WGS 84; `lat` and `lon` both or neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// 0 ordinary, 1 high, 2 urgent.
    pub priority: u8,
    /// Keys `resonance`, `conflict`, `communication_error`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<String>,
    pub status: String,
    /// Id of a body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Office (post) that works on it, never a person's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// `citizen`, `foreigner`, `stateless`, `abroad`, `organisation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_kind: Option<String>,
    pub received_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered_at: Option<String>,
    /// Absent means that no deadline is set; such an incident is never overdue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<String>,
    /// `server`, `policy` or `hand`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_answer_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<String>,
    /// Citizen's rating 1–5; absent means not asked or not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// `data` of kind `message`: what one citizen wrote.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageData {
    pub incident: String,
    pub source: String,
    pub received_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Link to the original publication, where the source has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_kind: Option<String>,
}

/// `data` of kind `event`: one entry of an incident's append-only log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventData {
    pub incident: String,
    /// Key of `domain::event::EventKind`; called `event` because `kind` names the line.
    pub event: String,
    pub at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Statuses before and after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Who acted: role and office, never a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Actor {
    pub role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
}

/// `data` of kind `body`: an organ or organisation that answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BodyData {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub municipality: Option<String>,
    /// Keys of blocks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<String>,
}

/// `data` of kind `topic`: a node that the region adds to the taxonomy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TopicData {
    pub name: String,
    pub block: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// `data` of kind `municipality`; the line's `id` is its OKTMO.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MunicipalityData {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predecessor: Option<String>,
}

/// `data` of kind `attachment`: where a file is, not the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AttachmentData {
    pub incident: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// `data` of kind `problem`: many incidents that are one matter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProblemData {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub municipality: Option<String>,
    /// `confirmed`, `watched` or `closed`.
    pub state: String,
    pub started_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<String>,
    /// True where a person approved the name for the wall.
    pub wall: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
}

/// `data` of kind `entry`: a record of a register of the Regulation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EntryData {
    pub register: String,
    pub title: String,
    pub fields: BTreeMap<String, serde_json::Value>,
}

/// One line of `POST /v1/commands`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommandLine {
    /// `UUIDv7`; sending the same id again is harmless.
    pub id: Uuid,
    /// Key of a command of the contract, for example `assign`.
    pub command: String,
    /// Absent only for `create`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// Revision of the incident on which the officer decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub based_on: Option<u64>,
    /// RFC 3339, the desk's clock; told, never trusted for ordering.
    pub at: String,
    #[serde(default)]
    pub payload: serde_json::Map<String, serde_json::Value>,
}

impl CommandLine {
    /// The line that asks for `action`.
    pub fn new(
        id: Uuid,
        incident: Option<String>,
        based_on: Option<u64>,
        at: Timestamp,
        action: &Action,
    ) -> Self {
        let command = action.kind().key().to_owned();
        let payload = Self::payload_of(action);
        Self { id, command, incident, based_on, at: at.to_rfc3339(), payload }
    }

    /// What an action takes, as the contract has it.
    pub fn payload_of(action: &Action) -> serde_json::Map<String, serde_json::Value> {
        let payload = match serde_json::to_value(action) {
            Ok(serde_json::Value::Object(mut fields)) => fields.remove("payload"),
            _ => None,
        };
        match payload {
            Some(serde_json::Value::Object(payload)) => payload,
            _ => serde_json::Map::new(),
        }
    }

    /// What it asks for; `None` where this version does not know it.
    pub fn action(&self) -> Option<Action> {
        let line = serde_json::json!({ "command": self.command, "payload": self.payload });
        serde_json::from_value(line).ok()
    }
}

impl IncidentData {
    /// How it stands; `None` where its status is not one that is known.
    pub fn standing(&self) -> Option<Standing> {
        let time = |text: &Option<String>| {
            text.as_deref().and_then(|text| Timestamp::parse_rfc3339(text).ok())
        };
        Some(Standing {
            status: Status::from_key(&self.status)?,
            topic: self.topic.clone(),
            municipality: self.municipality.clone(),
            settlement: self.settlement.clone(),
            place: self.lat.zip(self.lon),
            body: self.body.clone(),
            assignee: self.assignee.clone(),
            priority: self.priority,
            marks: self.marks.iter().filter_map(|key| Mark::from_key(key)).collect(),
            due: time(&self.due_at),
            first_answer: time(&self.first_answer_at),
            closed: time(&self.closed_at),
            rating: self.satisfaction,
            merged_into: self.merged_into.clone(),
        })
    }
}

/// The server's answer to one command; one line each, in the order sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommandAnswer {
    pub id: Uuid,
    #[serde(flatten)]
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub enum Outcome {
    /// Applied; `rev` is the incident's new revision.
    Accepted { rev: u64, incident: String },
    /// Applied before; the first answer's figures.
    Duplicate { rev: u64, incident: String },
    /// The incident moved on since `based_on`; `current` is its state now.
    Conflict { rev: u64, current: Box<IncidentData> },
    /// Never going to be applied; `reason` is a key, `detail` one sentence.
    Rejected { reason: String, detail: String },
}

impl Outcome {
    pub fn rejected(reason: &str, detail: &str) -> Self {
        Self::Rejected { reason: reason.to_owned(), detail: detail.to_owned() }
    }
}

/// Body of every answer that is not 2xx.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// Key, for example `unauthorised`, `cursor_expired`.
    pub code: String,
    /// One sentence.
    pub detail: String,
}

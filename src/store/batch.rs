//! What a pull hands to the store: checked rows, and the cursor that they lead to.

use crate::board::ChangeSet;
use crate::domain::municipality::Oktmo;
use crate::domain::{Block, EventKind, ObjectKind, Regime, Source, Status, Timestamp};

/// Everything between two cursors. It is applied whole, in one transaction
/// with its cursor, or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    pub upserts: Vec<Upsert>,
    pub deletes: Vec<Delete>,
    /// The cursor that it was asked with, `None` at the beginning. A batch that
    /// does not go on from what is stored is refused, so that none can be lost
    /// between two, however many are under way.
    pub after: Option<String>,
    /// Where the next pull goes on.
    pub cursor: String,
    /// False in the batch that reaches the server's head: it ends a first sync
    /// (indexes are built) and a reading anew (what was not seen is removed).
    pub more: bool,
    /// When the batch came, by the clock of the caller.
    pub received_at: Timestamp,
    /// Lines that were left out, by a key for the reason, for «Состояние».
    pub skipped: Vec<(String, u64)>,
}

/// The new state of one object.
#[derive(Clone, Debug, PartialEq)]
pub enum Upsert {
    Incident(IncidentRow),
    Message(MessageRow),
    Event(EventRow),
    Body(BodyRow),
    Topic(TopicRow),
    Municipality(MunicipalityRow),
    Attachment(AttachmentRow),
    Problem(ProblemRow),
    Entry(EntryRow),
    /// A kind that this version does not know: kept as it came.
    Unknown(UnknownRow),
}

/// An object that is gone as of `rev`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delete {
    pub kind: ObjectKind,
    pub id: String,
    pub rev: u64,
}

/// Where an incident is. Accepted by the caller: finite, inside the bounds that
/// it set, `x` and `y` being `geo::mercator` of `lon` and `lat`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Degrees, WGS 84.
    pub lat: f64,
    pub lon: f64,
    pub x: u32,
    pub y: u32,
}

/// In every row below, `id` and `rev` are the server's, and `extra` is a JSON
/// object of the fields that this version does not know.
#[derive(Clone, Debug, PartialEq)]
pub struct IncidentRow {
    pub id: String,
    pub rev: u64,
    pub regime: Regime,
    pub source: Source,
    pub block: Block,
    pub status: Status,
    /// Code of a node of the taxonomy, known here or not.
    pub topic: Option<String>,
    pub summary: Option<String>,
    pub municipality: Option<Oktmo>,
    pub settlement: Option<String>,
    pub place: Option<Place>,
    pub address: Option<String>,
    /// 0 ordinary, 1 high, 2 urgent.
    pub priority: u8,
    pub resonance: bool,
    pub conflict: bool,
    pub communication_error: bool,
    /// Id of a body, known here or not.
    pub body: Option<String>,
    /// Office, never a person.
    pub assignee: Option<String>,
    pub author_kind: Option<String>,
    pub received: Timestamp,
    pub registered: Option<Timestamp>,
    pub due: Option<Timestamp>,
    pub due_source: Option<String>,
    pub policy_version: Option<String>,
    pub first_answer: Option<Timestamp>,
    pub closed: Option<Timestamp>,
    /// 1–5.
    pub satisfaction: Option<u8>,
    pub merged_into: Option<String>,
    pub problem: Option<String>,
    pub extra: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MessageRow {
    pub id: String,
    pub rev: u64,
    /// Id of its incident, which may come later than the message.
    pub incident: String,
    pub source: Source,
    pub received: Timestamp,
    pub text: Option<String>,
    pub url: Option<String>,
    pub author_kind: Option<String>,
    pub extra: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct EventRow {
    pub id: String,
    pub rev: u64,
    /// Id of its incident, which may come later than the event.
    pub incident: String,
    pub kind: EventKind,
    pub at: Timestamp,
    /// Key of a role; who acted is a role and an office, never a person.
    pub role: Option<String>,
    pub office: Option<String>,
    pub body: Option<String>,
    pub from: Option<Status>,
    pub to: Option<Status>,
    pub reason: Option<String>,
    pub text: Option<String>,
    pub extra: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BodyRow {
    pub id: String,
    pub rev: u64,
    pub name: String,
    pub short: Option<String>,
    pub municipality: Option<Oktmo>,
    pub blocks: Vec<Block>,
    pub extra: Option<String>,
}

/// A node that the region adds to the taxonomy, or its own name for one of ours.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicRow {
    /// The code.
    pub id: String,
    pub rev: u64,
    pub name: String,
    pub block: Block,
    /// Code of the node above; `None` for a theme.
    pub parent: Option<String>,
    pub extra: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MunicipalityRow {
    /// OKTMO, eight digits.
    pub id: String,
    pub rev: u64,
    pub name: String,
    pub population: Option<u32>,
    pub valid_from: Option<String>,
    pub valid_to: Option<String>,
    pub predecessor: Option<String>,
    pub extra: Option<String>,
}

/// Where a file is, not the file.
#[derive(Clone, Debug, PartialEq)]
pub struct AttachmentRow {
    pub id: String,
    pub rev: u64,
    pub incident: String,
    pub message: Option<String>,
    pub url: String,
    pub media_type: Option<String>,
    pub bytes: Option<u64>,
    pub extra: Option<String>,
}

/// Many incidents that are one matter.
#[derive(Clone, Debug, PartialEq)]
pub struct ProblemRow {
    pub id: String,
    pub rev: u64,
    pub name: String,
    pub topic: Option<String>,
    pub municipality: Option<Oktmo>,
    /// `confirmed`, `watched` or `closed`.
    pub state: String,
    pub started: Timestamp,
    pub closed: Option<Timestamp>,
    /// A person approved the name for the wall.
    pub wall: bool,
    /// `domain::Remedy` as JSON.
    pub remedy: Option<String>,
    pub extra: Option<String>,
}

/// A record of a register of the Regulation.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryRow {
    pub id: String,
    pub rev: u64,
    pub register: String,
    pub title: String,
    /// A JSON object.
    pub fields: String,
    pub extra: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct UnknownRow {
    pub kind: String,
    pub id: String,
    pub rev: u64,
    /// `data` of the line as it came.
    pub json: String,
}

/// What one batch did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// For the board, in order; a row may stand in it more than once.
    pub changes: ChangeSet,
    /// Objects that were new or newer than what was stored.
    pub written: u64,
    /// Upserts whose revision was stored already, or a newer one.
    pub unchanged: u64,
    /// Of `unchanged`: those whose revision was older than what is stored.
    pub older: u64,
    /// Incidents that are younger than an event of theirs.
    pub early: u64,
    /// Objects that were removed, those of a sweep included.
    pub removed: u64,
}

//! What a screen shows of single incidents. Texts are masked.

/// One row of the incident list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRow {
    /// Row id in the store; the board's position is `row_id - 1`.
    pub row_id: u32,
    /// Id on the server.
    pub id: String,
    /// Masked; empty where there is none.
    pub summary: String,
    /// UTC seconds, 0 where absent.
    pub received: u32,
    pub due: u32,
    pub first_answer: u32,
    pub closed: u32,
    /// Catalogue index, `board::row::NO_MUNICIPALITY` where not known.
    pub municipality: u8,
    /// Numbers of the vocabulary, `board::row::NONE` where there is none.
    pub settlement: u16,
    pub topic: u16,
    pub body: u16,
    pub block: u8,
    pub regime: u8,
    pub source: u8,
    pub status: u8,
    /// Bits of `board::row::flags`.
    pub flags: u16,
    /// 1–5, 0 where there is none.
    pub rating: u8,
}

/// One incident with its history.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IncidentDetails {
    pub row: ListRow,
    /// Masked; empty where there is none.
    pub address: String,
    pub rev: u64,
    /// Office, never a person.
    pub assignee: String,
    pub registered: u32,
    /// `server`, `policy`, `hand`, or empty where no deadline is set.
    pub due_source: String,
    pub policy_version: String,
    /// Id on the server of the incident that this one was merged into.
    pub merged_into: String,
    /// Oldest first.
    pub messages: Vec<MessageLine>,
    /// Oldest first.
    pub events: Vec<EventLine>,
}

/// One citizen's message, masked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageLine {
    pub received: u32,
    pub source: u8,
    pub text: String,
    /// Link to the original publication, or empty.
    pub url: String,
}

/// One entry of the incident's log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventLine {
    pub at: u32,
    /// `domain::EventKind as u8`, `None` for kinds that this version does not know.
    pub kind: Option<u8>,
    pub role: String,
    pub office: String,
    /// Number of the vocabulary.
    pub body: u16,
    /// Masked.
    pub reason: String,
    pub text: String,
}

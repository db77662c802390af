//! Kinds of objects that travel from the server into the tables.

use super::keyed::keyed_enum;

keyed_enum! {
    /// The key is the word on the wire and the name of the table.
    pub enum ObjectKind {
        Incident = "incident",
        Message = "message",
        Event = "event",
        Body = "body",
        Topic = "topic",
        Municipality = "municipality",
        Attachment = "attachment",
        Problem = "problem",
        Entry = "entry",
    }
}

//! What changed since the file was written, and putting it back after a start.
//!
//! The history is made again from its seed at every start, so only what came
//! after it is kept: the newest form of each object that changed, not how it
//! was changed. So another version of the program puts back the same state,
//! whatever moves and rules it has.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::agenda::Coming;
use super::{Done, Entry, EventTexts, IncidentTexts, MessageTexts, Object, Plain, State};
use crate::server::record::{Event, Incident, Message};

/// How much of the state a file holds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Saved {
    log: usize,
    offices: usize,
    fed: usize,
}

/// One commit: everything that changed together.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Change {
    /// The new part of the log.
    log: Vec<Entry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    incidents: Vec<(u32, Incident, Option<IncidentTexts>)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<(u32, Message, Option<MessageTexts>)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    events: Vec<(u32, Event, Option<EventTexts>)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    plain: Vec<(u32, Plain)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    offices: Vec<Box<str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accepted: Vec<(Uuid, Done)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    coming: Vec<Coming>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    done: Vec<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fed: Vec<Option<u32>>,
}

impl State {
    /// True where no file lacks anything. A new office alone waits for the first
    /// thing that it does.
    pub(crate) fn is_saved(&self) -> bool {
        self.log.len() == self.saved.log
            && self.fed.len() == self.saved.fed
            && self.accepted.unsaved.is_empty()
            && self.agenda.added.is_empty()
            && self.agenda.done.is_empty()
    }

    /// What no file holds yet; `None` where that is nothing.
    pub(super) fn unsaved(&self) -> Option<Change> {
        if self.is_saved() {
            return None;
        }
        let log = &self.log[self.saved.log..];
        let fed = &self.fed[self.saved.fed..];
        let agenda = &self.agenda;
        let mut change = Change {
            log: log.to_vec(),
            offices: self.offices[self.saved.offices..].to_vec(),
            accepted: self.accepted.unsaved.clone(),
            coming: agenda.added.clone(),
            done: agenda.done.clone(),
            fed: fed.to_vec(),
            ..Change::default()
        };
        let mut seen = HashSet::new();
        for entry in log.iter().filter(|entry| seen.insert(**entry)) {
            match entry.object() {
                Object::Incident(index) => {
                    let texts = self.incident_texts.get(&index).cloned();
                    change.incidents.push((index, self.incidents[index as usize], texts));
                }
                Object::Message(index) => {
                    let texts = self.message_texts.get(&index).cloned();
                    change.messages.push((index, self.messages[index as usize], texts));
                }
                Object::Event(index) => {
                    let texts = self.event_texts.get(&index).cloned();
                    change.events.push((index, self.events[index as usize], texts));
                }
                Object::Plain(index) => {
                    change.plain.push((index, self.plain[index as usize].clone()));
                }
            }
        }
        Some(change)
    }

    /// Everything that stands here needs no saving, or was saved.
    pub(crate) fn mark_saved(&mut self) {
        self.saved =
            Saved { log: self.log.len(), offices: self.offices.len(), fed: self.fed.len() };
        self.accepted.unsaved.clear();
        self.agenda.added.clear();
        self.agenda.done.clear();
    }

    /// Puts back what was saved, in the order of the commits. `None` where it
    /// does not follow from what stands here.
    pub(super) fn restore(&mut self, changes: impl Iterator<Item = Change>) -> Option<()> {
        let mut coming = Vec::new();
        let mut done = HashSet::new();
        for change in changes {
            for (index, incident, texts) in change.incidents {
                put(&mut self.incidents, index, incident)?;
                put_texts(&mut self.incident_texts, index, texts);
            }
            for (index, message, texts) in change.messages {
                put(&mut self.messages, index, message)?;
                put_texts(&mut self.message_texts, index, texts);
            }
            for (index, event, texts) in change.events {
                put(&mut self.events, index, event)?;
                put_texts(&mut self.event_texts, index, texts);
            }
            for (index, plain) in change.plain {
                put(&mut self.plain, index, plain)?;
            }
            self.log.extend(change.log);
            self.offices.extend(change.offices);
            self.accepted.answers.extend(change.accepted);
            self.fed.extend(change.fed);
            coming.extend(change.coming);
            done.extend(change.done);
        }
        self.deleted_messages = self.messages.iter().filter(|m| m.deleted).count() as u64;
        self.agenda.restore(coming, &done);
        self.mark_saved();
        Some(())
    }
}

/// Replaces an object, or adds the next one.
fn put<T>(objects: &mut Vec<T>, index: u32, object: T) -> Option<()> {
    let index = index as usize;
    if index == objects.len() {
        objects.push(object);
    } else {
        *objects.get_mut(index)? = object;
    }
    Some(())
}

fn put_texts<K: Eq + Hash, T>(all: &mut HashMap<K, T>, key: K, texts: Option<T>) {
    if let Some(texts) = texts {
        all.insert(key, texts);
    }
}

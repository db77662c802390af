//! What the server knows: objects, and the log of changes that orders them.

mod agenda;
mod change;
mod journal;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) use agenda::{Agenda, Coming};
pub use journal::JournalError;
pub(crate) use journal::{About, Journal};

use super::record::{Effect, Event, Incident, Message, Step};
use super::world::World;
use crate::domain::status::IllegalMove;
use crate::domain::{Born, EventKind, Linking, ObjectKind, ProblemState, Timestamp};
use crate::sync::protocol::{ProblemData, Scope};

/// All objects in memory. Every change takes the next revision; the log keeps,
/// by revision, which object changed. An object that changed again leaves its
/// older entries behind: they are skipped, so a pull meets it once, at its
/// newest revision.
pub(crate) struct State {
    pub(crate) world: Arc<World>,
    /// Seed of everything made up.
    pub(crate) seed: u64,
    pub(crate) incidents: Vec<Incident>,
    pub(crate) messages: Vec<Message>,
    pub(crate) events: Vec<Event>,
    pub(crate) plain: Vec<Plain>,
    pub(crate) incident_texts: HashMap<u32, IncidentTexts>,
    pub(crate) message_texts: HashMap<u32, MessageTexts>,
    pub(crate) event_texts: HashMap<u32, EventTexts>,
    /// Names of offices, by the index that records hold.
    pub(crate) offices: Vec<Box<str>>,
    /// Commands that were accepted, with the figures of then.
    pub(crate) accepted: Accepted,
    /// Steps that will be taken later.
    pub(crate) agenda: Agenda,
    /// The incident that each happening of a recorded stream opened, in the
    /// order of the stream.
    pub(crate) fed: Vec<Option<u32>>,
    log: Vec<Entry>,
    deleted_messages: u64,
    /// How far a file holds all this.
    saved: change::Saved,
}

/// Ids of accepted commands, with what they were answered.
#[derive(Default)]
pub(crate) struct Accepted {
    answers: HashMap<Uuid, Done>,
    unsaved: Vec<(Uuid, Done)>,
}

/// What became of a command: the incident and its new revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Done {
    pub(crate) rev: u64,
    pub(crate) incident: u32,
}

impl Accepted {
    pub(crate) fn get(&self, id: Uuid) -> Option<Done> {
        self.answers.get(&id).copied()
    }

    pub(crate) fn add(&mut self, id: Uuid, done: Done) {
        self.answers.insert(id, done);
        self.unsaved.push((id, done));
    }
}

/// An object of a kind that is rare: kept as the JSON of its `data`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Plain {
    pub(crate) kind: ObjectKind,
    pub(crate) id: String,
    pub(crate) rev: u64,
    /// `None` once deleted.
    pub(crate) data: Option<Box<str>>,
    /// Whether a token of scope `wall` may have it.
    pub(crate) wall: bool,
}

/// Texts that were given for an incident rather than made up.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct IncidentTexts {
    pub(crate) summary: Option<Box<str>>,
    pub(crate) address: Option<Box<str>>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct MessageTexts {
    pub(crate) text: Option<Box<str>>,
    pub(crate) url: Option<Box<str>>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct EventTexts {
    pub(crate) reason: Option<Box<str>>,
    pub(crate) text: Option<Box<str>>,
    /// Bits of what a check of an answer found.
    #[serde(default)]
    pub(crate) checks: u8,
}

impl EventTexts {
    fn is_empty(&self) -> bool {
        self.reason.is_none() && self.text.is_none() && self.checks == 0
    }
}

/// Which object changed: two bits of what it is, thirty of which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
struct Entry(u32);

/// An object by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    Incident(u32),
    Message(u32),
    Event(u32),
    Plain(u32),
}

impl Entry {
    const INDEX_BITS: u32 = 30;

    fn of(object: Object) -> Self {
        let (what, index) = match object {
            Object::Incident(index) => (0, index),
            Object::Message(index) => (1, index),
            Object::Event(index) => (2, index),
            Object::Plain(index) => (3, index),
        };
        Self(what << Self::INDEX_BITS | index)
    }

    fn object(self) -> Object {
        let index = self.0 & ((1 << Self::INDEX_BITS) - 1);
        match self.0 >> Self::INDEX_BITS {
            0 => Object::Incident(index),
            1 => Object::Message(index),
            2 => Object::Event(index),
            _ => Object::Plain(index),
        }
    }
}

/// A problem that is just confirmed.
fn made(born: Born) -> ProblemData {
    let Born { name, topic, municipality, started_at, wall } = born;
    let state = ProblemState::Confirmed.key().to_owned();
    ProblemData { name, topic, municipality, state, started_at, wall, ..ProblemData::default() }
}

impl State {
    pub(crate) fn new(world: Arc<World>, seed: u64) -> Self {
        Self {
            world,
            seed,
            incidents: Vec::new(),
            messages: Vec::new(),
            events: Vec::new(),
            plain: Vec::new(),
            incident_texts: HashMap::new(),
            message_texts: HashMap::new(),
            event_texts: HashMap::new(),
            offices: Vec::new(),
            accepted: Accepted::default(),
            agenda: Agenda::default(),
            fed: Vec::new(),
            log: Vec::new(),
            deleted_messages: 0,
            saved: change::Saved::default(),
        }
    }

    /// The newest revision; 0 while there is nothing.
    pub(crate) fn head(&self) -> u64 {
        self.log.len() as u64
    }

    /// Objects that changed after that revision and stand at their newest one,
    /// with it, oldest first.
    pub(crate) fn changes_after(&self, rev: u64) -> impl Iterator<Item = (u64, Object)> {
        let start = usize::try_from(rev).unwrap_or(usize::MAX).min(self.log.len());
        let numbered = (start as u64 + 1..).zip(&self.log[start..]);
        numbered.map(|(rev, entry)| (rev, entry.object())).filter(|(rev, object)| {
            let newest = match *object {
                Object::Incident(index) => self.incidents[index as usize].rev,
                Object::Message(index) => self.messages[index as usize].rev,
                Object::Event(_) => return true,
                Object::Plain(index) => self.plain[index as usize].rev,
            };
            newest == *rev
        })
    }

    /// Live objects by kind, as far as a token of that scope sees them.
    pub(crate) fn counts(&self, scope: Scope) -> impl Iterator<Item = (ObjectKind, u64)> {
        ObjectKind::ALL.iter().filter_map(move |&kind| {
            let count = match kind {
                ObjectKind::Incident => self.incidents.len() as u64,
                ObjectKind::Message => self.messages.len() as u64 - self.deleted_messages,
                ObjectKind::Event => self.events.len() as u64,
                _ => {
                    let seen = |p: &&Plain| {
                        p.kind == kind && p.data.is_some() && (scope == Scope::Desk || p.wall)
                    };
                    self.plain.iter().filter(seen).count() as u64
                }
            };
            let hidden = scope == Scope::Wall
                && matches!(kind, ObjectKind::Message | ObjectKind::Attachment | ObjectKind::Entry);
            (!hidden).then_some((kind, count))
        })
    }

    pub(crate) fn add_incident(&mut self, incident: Incident) -> u32 {
        let index = self.incidents.len() as u32;
        self.incidents.push(incident);
        self.incidents[index as usize].rev = self.log(Object::Incident(index));
        index
    }

    pub(crate) fn add_message(&mut self, message: Message) -> u32 {
        let index = self.messages.len() as u32;
        self.messages.push(message);
        self.messages[index as usize].rev = self.log(Object::Message(index));
        index
    }

    pub(crate) fn add_event(&mut self, event: Event) -> u32 {
        let index = self.events.len() as u32;
        self.events.push(event);
        self.log(Object::Event(index));
        index
    }

    pub(crate) fn add_plain(
        &mut self,
        kind: ObjectKind,
        id: String,
        data: Box<str>,
        wall: bool,
    ) -> u32 {
        let index = self.plain.len() as u32;
        self.plain.push(Plain { kind, id, rev: 0, data: Some(data), wall });
        self.plain[index as usize].rev = self.log(Object::Plain(index));
        index
    }

    /// The problem of an id, by its index among the plain objects.
    pub(crate) fn problem(&self, id: &str) -> Option<u32> {
        let is_it = |plain: &Plain| plain.kind == ObjectKind::Problem && plain.id == id;
        self.plain.iter().position(is_it).map(|index| index as u32)
    }

    pub(crate) fn problem_name(&self, index: u32) -> Option<String> {
        let text = self.plain[index as usize].data.as_deref()?;
        serde_json::from_str::<ProblemData>(text).ok().map(|data| data.name)
    }

    /// Makes a problem, or changes what is said of the one of that id; its index. `None`
    /// where the id is another object's, or nobody's and nothing says what to make.
    pub(crate) fn put_problem(&mut self, linking: Linking, now: Timestamp) -> Option<u32> {
        let Linking { problem: id, born, says } = linking;
        let known = self.plain.iter().position(|plain| plain.id == id);
        let mut data = match known {
            Some(index) => {
                let plain = &self.plain[index];
                let text = plain.data.as_deref().filter(|_| plain.kind == ObjectKind::Problem)?;
                serde_json::from_str::<ProblemData>(text).ok()?
            }
            None => made(born?),
        };
        data.name = says.name.unwrap_or(data.name);
        data.wall = says.wall.unwrap_or(data.wall);
        if let Some(change) = &says.remedy {
            data.remedy.get_or_insert_default().change(change);
        }
        if let Some(state) = says.state.filter(|state| state.key() != data.state) {
            state.key().clone_into(&mut data.state);
            data.closed_at = (state == ProblemState::Closed).then(|| now.to_rfc3339());
        }
        let text = serde_json::to_string(&data).ok()?.into_boxed_str();
        let Some(index) = known else {
            return Some(self.add_plain(ObjectKind::Problem, id, text, data.wall));
        };
        let plain = &mut self.plain[index];
        if plain.data.as_deref() != Some(&*text) {
            (plain.data, plain.wall) = (Some(text), data.wall);
            self.plain[index].rev = self.log(Object::Plain(index as u32));
        }
        Some(index as u32)
    }

    pub(crate) fn delete_message(&mut self, index: u32) {
        if !std::mem::replace(&mut self.messages[index as usize].deleted, true) {
            self.deleted_messages += 1;
            self.messages[index as usize].rev = self.log(Object::Message(index));
        }
    }

    /// Gives the incident a new revision, and tells it.
    fn touch(&mut self, index: u32) -> u64 {
        let rev = self.log(Object::Incident(index));
        self.incidents[index as usize].rev = rev;
        rev
    }

    /// Lets a step happen to an incident: its event, what it moves, and the
    /// incident's new revision.
    pub(crate) fn happen(
        &mut self,
        index: u32,
        step: &Step,
        texts: EventTexts,
    ) -> Result<u64, IllegalMove> {
        let incident = &mut self.incidents[index as usize];
        let survivor = incident.merged_into;
        let event = incident.take(index, step)?;
        let number = self.add_event(event);
        if !texts.is_empty() {
            self.event_texts.insert(number, texts);
        }
        match (step.event, step.effect, survivor) {
            (EventKind::Merged, Effect::Into(survivor), _) => {
                self.move_messages(|_, m| m.incident == index, survivor);
            }
            (EventKind::Unmerged, _, Some(survivor)) => {
                let holder = self.survivor_of(survivor);
                // What came here by merges of its own comes back with it.
                let back: HashSet<u32> = (0u32..)
                    .zip(&self.messages)
                    .filter(|(_, m)| m.incident == holder && self.survivor_of(m.home) == index)
                    .map(|(message, _)| message)
                    .collect();
                self.move_messages(|message, _| back.contains(&message), index);
            }
            _ => {}
        }
        Ok(self.touch(index))
    }

    /// The number of an office; it is remembered if it is new. `None` where all
    /// numbers are given.
    pub(crate) fn office(&mut self, name: &str) -> Option<u16> {
        let known = self.offices.iter().position(|office| &**office == name);
        let number = u16::try_from(known.unwrap_or(self.offices.len())).ok()?;
        if known.is_none() {
            self.offices.push(name.into());
        }
        Some(number)
    }

    /// Moves the messages that `which` picks by index to an incident.
    pub(crate) fn move_messages(&mut self, which: impl Fn(u32, &Message) -> bool, to: u32) {
        for index in 0..self.messages.len() as u32 {
            if which(index, &self.messages[index as usize]) {
                let rev = self.log(Object::Message(index));
                let message = &mut self.messages[index as usize];
                (message.incident, message.rev) = (to, rev);
            }
        }
    }

    /// The incident at the end of a chain of merges.
    fn survivor_of(&self, index: u32) -> u32 {
        let mut at = index;
        // A chain is never longer than there are incidents.
        for _ in 0..self.incidents.len() {
            match self.incidents[at as usize].merged_into {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }

    fn log(&mut self, object: Object) -> u64 {
        self.log.push(Entry::of(object));
        self.log.len() as u64
    }
}

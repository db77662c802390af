//! Lines of `GET /v1/changes`, written without building the wire types.

use std::borrow::Cow;

use super::generate::dice::mix;
use super::json;
use super::record::{AUTHORS, CHECKS, DueSource, Event, Incident, MARKS, Message, NO_PROBLEM};
use super::state::{Object, Plain, State};
use crate::domain::action::{AnswerCheck, Verdict};
use crate::domain::quality::CheckList;
use crate::domain::{EventKind, ObjectKind, Source, Timestamp};
use crate::sync::protocol::{BatchEnd, IncidentData, ProblemData, Scope};

/// Seeds of made-up texts: an incident's place, a message's words.
pub(crate) const fn place_seed(seed: u64, incident: u32) -> u64 {
    mix(seed ^ 0x706C_6163_6500_0000 ^ incident as u64)
}

/// The seed that the words of a message are chosen by.
pub(crate) const fn message_seed(seed: u64, message: u32) -> u64 {
    mix(seed ^ 0x776F_7264_7300_0000 ^ ((message as u64) << 1))
}

/// Names of objects on the wire: a letter and a number from 1.
pub(crate) fn incident_id(index: u32) -> String {
    format!("i-{}", u64::from(index) + 1)
}

/// The index behind an incident's id.
pub(crate) fn incident_index(id: &str) -> Option<u32> {
    index_of(id, "i-")
}

/// The index behind a message's id.
pub(crate) fn message_index(id: &str) -> Option<u32> {
    index_of(id, "m-")
}

fn index_of(id: &str, letter: &str) -> Option<u32> {
    let digits = id.strip_prefix(letter)?;
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse::<u32>().ok().filter(|_| plain)?.checked_sub(1)
}

/// Writes the lines of one token's view of the state.
pub(crate) struct Lines<'a> {
    state: &'a State,
    scope: Scope,
}

impl<'a> Lines<'a> {
    pub(crate) const fn new(state: &'a State, scope: Scope) -> Self {
        Self { state, scope }
    }

    /// At most `limit` lines of what changed after `after`; tells the revision
    /// that was reached and whether anything stands behind it.
    pub(crate) fn page(&self, out: &mut Vec<u8>, after: u64, limit: usize) -> (u64, bool) {
        let mut reached = after;
        let mut left = limit;
        for (rev, object) in self.state.changes_after(after) {
            if left == 0 {
                return (reached, true);
            }
            if self.line(out, rev, object) {
                left -= 1;
            }
            reached = rev;
        }
        (self.state.head().max(reached), false)
    }

    /// The line that closes a batch.
    pub(crate) fn end(out: &mut Vec<u8>, end: &BatchEnd) {
        out.extend_from_slice(b"{\"cursor\":");
        json::string(out, &end.cursor);
        out.extend_from_slice(if end.more { b",\"more\":true}\n" } else { b",\"more\":false}\n" });
    }

    /// Writes one line; false where the token does not see the object.
    pub(crate) fn line(&self, out: &mut Vec<u8>, rev: u64, object: Object) -> bool {
        match object {
            Object::Incident(index) => {
                head(out, "incident", *b"i-", index, rev);
                out.extend_from_slice(b",\"data\":");
                self.incident(out, index, &self.state.incidents[index as usize]);
                out.extend_from_slice(b"}\n");
                true
            }
            Object::Message(_) if self.scope == Scope::Wall => false,
            Object::Message(index) => {
                let message = &self.state.messages[index as usize];
                head(out, "message", *b"m-", index, rev);
                if message.deleted {
                    out.extend_from_slice(b",\"deleted\":true}\n");
                } else {
                    out.extend_from_slice(b",\"data\":");
                    self.message(out, index, message);
                    out.extend_from_slice(b"}\n");
                }
                true
            }
            Object::Event(index) => {
                head(out, "event", *b"e-", index, rev);
                out.extend_from_slice(b",\"data\":");
                self.event(out, index, &self.state.events[index as usize]);
                out.extend_from_slice(b"}\n");
                true
            }
            Object::Plain(index) => self.plain(out, &self.state.plain[index as usize], rev),
        }
    }

    /// `data` of an incident.
    pub(crate) fn incident(&self, out: &mut Vec<u8>, index: u32, incident: &Incident) {
        let world = &self.state.world;
        let catalogue = &world.catalogue;
        let desk = self.scope == Scope::Desk;
        out.extend_from_slice(b"{\"regime\":\"");
        out.extend_from_slice(incident.regime.key().as_bytes());
        out.push(b'"');
        word(out, "source", incident.source.key());
        word(out, "block", incident.block.key());
        if let Some(topic) = incident.topic.and_then(|t| catalogue.topics.get(t)) {
            word(out, "topic", &topic.code);
        }
        let place = place_seed(self.state.seed, index);
        let given = if desk && !self.state.incident_texts.is_empty() {
            self.state.incident_texts.get(&index)
        } else {
            None
        };
        if let Some(summary) = given.and_then(|texts| texts.summary.as_deref()) {
            key(out, "summary");
            json::string(out, summary);
        } else if desk && let Some(subject) = incident.subject {
            key(out, "summary");
            out.push(b'"');
            world.texts.summary(out, subject, place);
            out.push(b'"');
        }
        if let Some(municipality) = incident.municipality.and_then(|m| catalogue.municipality(m)) {
            key(out, "municipality");
            out.push(b'"');
            let code = municipality.oktmo.get();
            // Eight digits: regions below ten begin with a zero.
            if code < 10_000_000 {
                out.push(b'0');
            }
            json::integer(out, u64::from(code));
            out.push(b'"');
        }
        if let Some(settlement) = incident.settlement.and_then(|s| catalogue.settlement(s)) {
            word(out, "settlement", &settlement.code);
        }
        if let Some(point) = incident.point {
            let point = if desk { point } else { point.on_grid() };
            key(out, "lat");
            json::degrees(out, point.lat);
            key(out, "lon");
            json::degrees(out, point.lon);
        }
        if let Some(address) = given.and_then(|texts| texts.address.as_deref()) {
            key(out, "address");
            json::string(out, address);
        } else if desk && let Some(subject) = incident.subject {
            key(out, "address");
            out.push(b'"');
            world.texts.address(out, subject, place);
            out.push(b'"');
        }
        number(out, "priority", u64::from(incident.priority));
        if incident.marks != 0 {
            words(out, "marks", &MARKS, incident.marks);
        }
        word(out, "status", incident.status.key());
        if let Some(body) = incident.body.and_then(|b| world.bodies.get(usize::from(b))) {
            key(out, "body");
            json::string(out, &body.id);
        }
        if desk && let Some(office) = self.office(incident.assignee) {
            key(out, "assignee");
            json::string(out, office);
        }
        if let Some(author) = incident.author.and_then(|a| AUTHORS.get(usize::from(a))) {
            word(out, "author_kind", author);
        }
        moment(out, "received_at", Some(incident.received));
        moment(out, "registered_at", incident.registered);
        if incident.due.is_some() {
            moment(out, "due_at", incident.due);
            match incident.due_source {
                DueSource::Server => {
                    word(out, "due_source", "server");
                    word(out, "policy_version", super::due::POLICY_VERSION);
                }
                DueSource::Hand => word(out, "due_source", "hand"),
            }
        }
        moment(out, "first_answer_at", incident.first_answer);
        moment(out, "closed_at", incident.closed);
        if let Some(rating) = incident.satisfaction {
            number(out, "satisfaction", u64::from(rating));
        }
        if let Some(survivor) = incident.merged_into {
            id_field(out, "merged_into", *b"i-", survivor);
        }
        if incident.problem == Some(NO_PROBLEM) {
            key(out, "problem");
            json::string(out, "");
        }
        // An id says nothing, and who gets the problem later knows what is of it.
        if let Some(problem) = incident.problem.and_then(|p| self.state.plain.get(p as usize)) {
            key(out, "problem");
            json::string(out, &problem.id);
        }
        out.push(b'}');
    }

    fn message(&self, out: &mut Vec<u8>, index: u32, message: &Message) {
        out.extend_from_slice(b"{\"incident\":\"i-");
        json::integer(out, u64::from(message.incident) + 1);
        out.push(b'"');
        word(out, "source", message.source.key());
        moment(out, "received_at", Some(message.received));
        let seed = self.state.seed;
        let subject = self.state.incidents[message.origin as usize].subject;
        if let Some(subject) = subject {
            key(out, "text");
            out.push(b'"');
            let place = place_seed(seed, message.origin);
            self.state.world.texts.message(out, subject, message_seed(seed, index), place);
            out.push(b'"');
            if matches!(message.source, Source::Vk | Source::Ok | Source::Telegram | Source::Max) {
                key(out, "url");
                out.extend_from_slice(b"\"https://");
                out.extend_from_slice(message.source.key().as_bytes());
                out.extend_from_slice(b".example/post/");
                json::integer(out, u64::from(index) + 1);
                out.push(b'"');
            }
        } else if let Some(texts) = self.state.message_texts.get(&index) {
            if let Some(text) = &texts.text {
                key(out, "text");
                json::string(out, text);
            }
            if let Some(url) = &texts.url {
                key(out, "url");
                json::string(out, url);
            }
        }
        if let Some(author) = message.author.and_then(|a| AUTHORS.get(usize::from(a))) {
            word(out, "author_kind", author);
        }
        out.push(b'}');
    }

    fn event(&self, out: &mut Vec<u8>, index: u32, event: &Event) {
        let world = &self.state.world;
        let desk = self.scope == Scope::Desk;
        out.extend_from_slice(b"{\"incident\":\"i-");
        json::integer(out, u64::from(event.incident) + 1);
        out.push(b'"');
        word(out, "event", event.kind.key());
        moment(out, "at", Some(event.at));
        if let Some(role) = event.by.role {
            key(out, "by");
            out.extend_from_slice(b"{\"role\":\"");
            out.extend_from_slice(role.key().as_bytes());
            out.push(b'"');
            if desk && let Some(office) = self.office(event.by.office) {
                key(out, "office");
                json::string(out, office);
            }
            out.push(b'}');
        }
        if let Some(body) = event.body.and_then(|b| world.bodies.get(usize::from(b))) {
            key(out, "body");
            json::string(out, &body.id);
        }
        if let Some(from) = event.from {
            word(out, "from", from.key());
        }
        word(out, "to", event.to.key());
        moment(out, "due_at", event.due);
        moment(out, "due_before", event.due_before);
        if desk {
            let given = match event.words {
                0 => self.state.event_texts.get(&index),
                _ => None,
            };
            if let Some(reason) = world.texts.reason(event.kind, event.words) {
                fragment(out, "reason", reason);
            }
            if let Some(reason) = given.and_then(|texts| texts.reason.as_deref()) {
                key(out, "reason");
                json::string(out, reason);
            }
            if let Some(note) = world.texts.note(event.kind, event.words) {
                fragment(out, "text", note);
            }
            if let Some(text) = given.and_then(|texts| texts.text.as_deref()) {
                key(out, "text");
                json::string(out, text);
            }
            if event.kind == EventKind::QualityChecked {
                let made_up = event.words.checked_sub(1);
                let checks = made_up.or(given.map(|texts| texts.checks)).unwrap_or(0);
                words(out, "checks", &CHECKS, checks);
                if made_up.is_some() {
                    word(out, "reason", verdict(&world.catalogue.quality, checks).key());
                }
            }
        }
        out.push(b'}');
    }

    fn plain(&self, out: &mut Vec<u8>, plain: &Plain, rev: u64) -> bool {
        let hidden =
            matches!(plain.kind, ObjectKind::Message | ObjectKind::Attachment | ObjectKind::Entry);
        if self.scope == Scope::Wall && hidden {
            return false;
        }
        out.extend_from_slice(b"{\"kind\":\"");
        out.extend_from_slice(plain.kind.key().as_bytes());
        out.extend_from_slice(b"\",\"id\":");
        json::string(out, &plain.id);
        out.extend_from_slice(b",\"rev\":");
        json::integer(out, rev);
        // What a token may no longer see is deleted for it.
        match plain.data.as_deref().filter(|_| self.scope == Scope::Desk || plain.wall) {
            Some(data) => {
                out.extend_from_slice(b",\"data\":");
                match self.scope {
                    Scope::Desk => out.extend_from_slice(data.as_bytes()),
                    Scope::Wall => out.extend_from_slice(for_wall(plain.kind, data).as_bytes()),
                }
                out.extend_from_slice(b"}\n");
            }
            None => out.extend_from_slice(b",\"deleted\":true}\n"),
        }
        true
    }

    fn office(&self, index: Option<u16>) -> Option<&str> {
        self.state.offices.get(usize::from(index?)).map(|office| &**office)
    }
}

/// An incident's `data` as a token of that scope sees it.
pub(crate) fn incident_data(
    state: &State,
    scope: Scope,
    index: u32,
) -> serde_json::Result<IncidentData> {
    let mut out = Vec::new();
    Lines::new(state, scope).incident(&mut out, index, &state.incidents[index as usize]);
    serde_json::from_slice(&out)
}

fn head(out: &mut Vec<u8>, kind: &str, letter: [u8; 2], index: u32, rev: u64) {
    out.extend_from_slice(b"{\"kind\":\"");
    out.extend_from_slice(kind.as_bytes());
    out.extend_from_slice(b"\",\"id\":\"");
    out.extend_from_slice(&letter);
    json::integer(out, u64::from(index) + 1);
    out.extend_from_slice(b"\",\"rev\":");
    json::integer(out, rev);
}

fn key(out: &mut Vec<u8>, name: &str) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

/// A value that needs no escaping: keys and codes.
fn word(out: &mut Vec<u8>, name: &str, value: &str) {
    fragment(out, name, value.as_bytes());
}

/// The words whose bits are set.
/// A problem without what people wrote about its cause; everything else as it is.
fn for_wall(kind: ObjectKind, data: &str) -> Cow<'_, str> {
    if kind != ObjectKind::Problem {
        return Cow::Borrowed(data);
    }
    let bare = |data: &str| {
        let problem: ProblemData = serde_json::from_str(data).ok()?;
        serde_json::to_string(&ProblemData { remedy: None, ..problem }).ok()
    };
    Cow::Owned(bare(data).unwrap_or_else(|| "{}".to_owned()))
}

/// What the check-list makes of the bits of a check.
fn verdict(list: &CheckList, checks: u8) -> Verdict {
    let known = AnswerCheck::ALL.iter().enumerate();
    let ticked = known.filter(|(bit, _)| checks >> bit & 1 == 1).map(|(_, check)| *check);
    list.verdict(list.score(&ticked.collect()))
}

fn words(out: &mut Vec<u8>, name: &str, known: &[&str], bits: u8) {
    key(out, name);
    out.push(b'[');
    let set = known.iter().enumerate().filter(|(bit, _)| bits & 1 << bit != 0);
    for (index, (_, word)) in set.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        json::string(out, word);
    }
    out.push(b']');
}

/// A value that is escaped already.
fn fragment(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    key(out, name);
    out.push(b'"');
    out.extend_from_slice(value);
    out.push(b'"');
}

fn number(out: &mut Vec<u8>, name: &str, value: u64) {
    key(out, name);
    json::integer(out, value);
}

fn moment(out: &mut Vec<u8>, name: &str, at: Option<Timestamp>) {
    if let Some(at) = at {
        key(out, name);
        json::time(out, at);
    }
}

fn id_field(out: &mut Vec<u8>, name: &str, letter: [u8; 2], index: u32) {
    key(out, name);
    out.push(b'"');
    out.extend_from_slice(&letter);
    json::integer(out, u64::from(index) + 1);
    out.push(b'"');
}

//! What a command wants, read from its payload.

use serde_json::{Map, Value};

use super::body::whole;
use super::record::{CHECKS, DueSource, Effect, Incident, MARKS, Point};
use super::state::{EventTexts, State};
use super::wire::{incident_index, message_index};
use crate::domain::municipality::Oktmo;
use crate::domain::{CommandKind, Linking, Status, Timestamp};

/// Longest text, reason or summary, in characters.
const TEXT_CHARS: usize = 8_000;
const SUMMARY_CHARS: usize = 500;
const PROBLEM_BYTES: usize = 64;

/// Why a payload was refused: one sentence, without what stood in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Invalid(pub(crate) String);

/// What a command does to its incident.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deed {
    pub(crate) effect: Option<Effect>,
    pub(crate) texts: EventTexts,
    /// A new address beside the new place.
    pub(crate) address: Option<Box<str>>,
    /// Messages that a split takes away.
    pub(crate) messages: Vec<u32>,
    pub(crate) summary: Option<Box<str>>,
    /// The problem that it is of.
    pub(crate) linking: Option<Linking>,
}

/// A place as an officer gives it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    pub(crate) municipality: Option<u8>,
    pub(crate) settlement: Option<u16>,
    pub(crate) point: Option<Point>,
    pub(crate) address: Option<Box<str>>,
}

/// The fields of a payload.
pub(crate) struct Payload<'a>(pub(crate) &'a Map<String, Value>);

impl Payload<'_> {
    /// Reads what a command on the incident `index` needs; what it does not
    /// know it ignores.
    pub(crate) fn deed(
        &self,
        kind: CommandKind,
        state: &mut State,
        index: u32,
        now: Timestamp,
    ) -> Result<Deed, Invalid> {
        let mut deed = Deed::default();
        match kind {
            CommandKind::Assign | CommandKind::Forward => {
                deed.effect = Some(self.body(state)?);
                deed.texts.reason = self.text("reason", TEXT_CHARS)?;
            }
            CommandKind::Classify => deed.effect = Some(self.topic(state)?),
            CommandKind::Place => {
                let Place { municipality, settlement, point, address } = self.place(state)?;
                if municipality.is_none() && point.is_none() {
                    return Err(invalid("`municipality` or `lat` and `lon` are needed"));
                }
                deed.effect = Some(Effect::Place { municipality, settlement, point });
                deed.address = address;
            }
            CommandKind::Prioritise => {
                deed.effect = Some(Effect::Priority(self.between("priority", 0, 2)?));
            }
            CommandKind::Mark => {
                deed.effect = Some(self.marks(state.incidents[index as usize].marks)?);
            }
            CommandKind::Extend => {
                deed.effect = Some(self.new_due(&state.incidents[index as usize], now)?);
                deed.texts.reason = Some(self.needed("reason")?);
            }
            CommandKind::InterimAnswer | CommandKind::Submit | CommandKind::Comment => {
                deed.texts.text = Some(self.needed("text")?);
            }
            CommandKind::Return
            | CommandKind::Postpone
            | CommandKind::Reject
            | CommandKind::Reopen => deed.texts.reason = Some(self.needed("reason")?),
            CommandKind::Merge => deed.effect = Some(self.survivor(state, index)?),
            CommandKind::Split => {
                deed.messages = self.messages(state, index)?;
                deed.summary = self.text("summary", SUMMARY_CHARS)?;
            }
            CommandKind::Rate => deed.effect = Some(Effect::Rating(self.between("rating", 1, 5)?)),
            CommandKind::Quality => {
                let verdict = self.needed("verdict")?;
                if !["full", "partial", "formal"].contains(&&*verdict) {
                    return Err(invalid("`verdict` is one of full, partial, formal"));
                }
                deed.texts.reason = Some(verdict);
                deed.texts.text = self.text("text", TEXT_CHARS)?;
                deed.texts.checks = self.listed("checks", &CHECKS)?.unwrap_or(0);
            }
            CommandKind::Link => {
                let linking = self.linking(state)?;
                deed.texts.text = linking.name().map(Into::into);
                deed.linking = Some(linking);
            }
            CommandKind::Unlink => {
                let known = state.problem(&self.needed("problem")?);
                let known = known.ok_or_else(|| invalid("`problem` is no problem's id"))?;
                deed.texts.text = state.problem_name(known).map(Into::into);
                deed.effect = Some(Effect::NotOf(known));
            }
            CommandKind::Take
            | CommandKind::Approve
            | CommandKind::Unmerge
            | CommandKind::Close
            | CommandKind::Create => deed.texts.text = self.text("text", TEXT_CHARS)?,
        }
        Ok(deed)
    }

    /// What is said of a problem, checked.
    fn linking(&self, state: &State) -> Result<Linking, Invalid> {
        let fields = Value::Object(self.0.clone());
        let linking: Linking = serde_json::from_value(fields).map_err(|_content| {
            invalid("`problem`, `born` and `says` are not as the contract has them")
        })?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let id = linking.problem.as_str();
        if id.is_empty() || id.len() > PROBLEM_BYTES || !id.chars().all(is_plain) {
            return Err(invalid("`problem` is an id of letters, digits, `.`, `_` and `-`"));
        }
        let catalogue = &state.world.catalogue;
        let time = |at: &str| Timestamp::parse_rfc3339(at).is_ok();
        let name = |name: &str| !name.trim().is_empty() && name.chars().count() <= SUMMARY_CHARS;
        if let Some(born) = &linking.born {
            let topic = born.topic.as_deref();
            if topic.is_some_and(|code| catalogue.topics.index_of(code).is_none()) {
                return Err(invalid("`topic` is not one that is known"));
            }
            let known = |oktmo: &str| {
                oktmo.parse::<Oktmo>().ok().and_then(|it| catalogue.municipality_by_oktmo(it))
            };
            if born.municipality.as_deref().is_some_and(|oktmo| known(oktmo).is_none()) {
                return Err(invalid("`municipality` is not one that is known"));
            }
            if !name(&born.name) || !time(&born.started_at) {
                return Err(invalid("`born` needs a `name` and the time in `started_at`"));
            }
        }
        let mut says = linking.says.clone();
        if says.name.as_deref().is_some_and(|given| !name(given)) {
            return Err(invalid("`name` is blank or too long"));
        }
        if let Some(remedy) = &mut says.remedy {
            let is_long = remedy.texts().any(|text| text.chars().count() > TEXT_CHARS);
            if is_long || !remedy.times().all(time) {
                return Err(invalid(
                    "`remedy` has texts, and times when something was done or asked",
                ));
            }
        }
        Ok(linking)
    }

    /// A field of plain text; absent and null are the same.
    pub(crate) fn text(&self, name: &str, most_chars: usize) -> Result<Option<Box<str>>, Invalid> {
        let text = match self.0.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text.trim(),
            Some(_) => return Err(invalid(&format!("`{name}` is not a text"))),
        };
        if text.chars().count() > most_chars || text.contains('\0') {
            return Err(invalid(&format!("`{name}` is too long or has characters of no text")));
        }
        Ok((!text.is_empty()).then(|| text.into()))
    }

    /// A code or key that `find` knows.
    pub(crate) fn known<T>(
        &self,
        name: &str,
        find: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Invalid> {
        let Some(text) = self.text(name, SUMMARY_CHARS)? else { return Ok(None) };
        find(&text).map(Some).ok_or_else(|| invalid(&format!("`{name}` is not one that is known")))
    }

    pub(crate) fn moment(&self, name: &str) -> Result<Option<Timestamp>, Invalid> {
        let Some(text) = self.text(name, SUMMARY_CHARS)? else { return Ok(None) };
        match Timestamp::parse_rfc3339(&text) {
            Ok(at) => Ok(Some(at)),
            Err(error) => Err(invalid(&format!("`{name}`: {error}"))),
        }
    }

    /// A whole number that is needed.
    pub(crate) fn between(&self, name: &str, low: u8, high: u8) -> Result<u8, Invalid> {
        let given = self.0.get(name).and_then(Value::as_f64);
        let number = given.and_then(|number| whole(number, f64::from(high)));
        let number = number.map(|number| number as u8);
        number
            .filter(|number| (low..=high).contains(number))
            .ok_or_else(|| invalid(&format!("`{name}` is a whole number from {low} to {high}")))
    }

    /// Where something is; nothing of it is needed.
    pub(crate) fn place(&self, state: &State) -> Result<Place, Invalid> {
        let catalogue = &state.world.catalogue;
        let point = self.point()?;
        let named = self.known("municipality", |code| {
            catalogue.municipality_by_oktmo(code.parse::<Oktmo>().ok()?)
        })?;
        let settlement = self.known("settlement", |code| catalogue.settlement_by_code(code))?;
        let of_settlement = settlement
            .and_then(|index| catalogue.settlement(index))
            .and_then(|s| catalogue.municipality_by_oktmo(s.municipality));
        if named.is_some() && of_settlement.is_some() && named != of_settlement {
            return Err(invalid("`settlement` lies in another municipality"));
        }
        let around = point.and_then(|(lat, lon)| state.world.places.municipality_at(lat, lon));
        Ok(Place {
            municipality: named.or(of_settlement).or(around),
            settlement,
            point: point.map(|(lat, lon)| Point::from_degrees(lat, lon)),
            address: self.text("address", SUMMARY_CHARS)?,
        })
    }

    fn needed(&self, name: &str) -> Result<Box<str>, Invalid> {
        self.text(name, TEXT_CHARS)?.ok_or_else(|| invalid(&format!("`{name}` is needed")))
    }

    fn body(&self, state: &mut State) -> Result<Effect, Invalid> {
        let world = std::sync::Arc::clone(&state.world);
        let body = self.known("body", |id| world.body_by_id(id))?;
        let body = body.ok_or_else(|| invalid("`body` is needed"))?;
        let assignee = match self.text("assignee", SUMMARY_CHARS)? {
            None => None,
            Some(name) => {
                let office = state.office(&name);
                Some(office.ok_or_else(|| invalid("the server can remember no more names"))?)
            }
        };
        Ok(Effect::Body { body, assignee })
    }

    pub(crate) fn topic(&self, state: &State) -> Result<Effect, Invalid> {
        let topics = &state.world.catalogue.topics;
        let topic = self.known("topic", |code| topics.index_of(code))?;
        let topic = topic.ok_or_else(|| invalid("`topic` is needed"))?;
        let block = topics.get(topic).map(|t| t.block);
        let block = block.ok_or_else(|| invalid("`topic` has no block"))?;
        Ok(Effect::Topic { topic, block })
    }

    /// All marks anew, or some more and some fewer than stand there.
    fn marks(&self, standing: u8) -> Result<Effect, Invalid> {
        let all = self.listed("marks", &MARKS)?;
        let add = self.listed("add", &MARKS)?;
        let remove = self.listed("remove", &MARKS)?;
        match (all, add, remove) {
            (Some(all), None, None) => Ok(Effect::Marks(all)),
            (None, None, None) => Err(invalid("`marks`, or `add` and `remove`, are needed")),
            (None, add, remove) => {
                let (add, remove) = (add.unwrap_or(0), remove.unwrap_or(0));
                if add & remove != 0 {
                    return Err(invalid("`add` and `remove` name the same mark"));
                }
                Ok(Effect::Marks((standing | add) & !remove))
            }
            (Some(_), ..) => Err(invalid("`marks` stands alone, without `add` and `remove`")),
        }
    }

    /// A list of known words as bits, in the order of the words.
    fn listed(&self, name: &str, known: &[&str]) -> Result<Option<u8>, Invalid> {
        let wrong = || invalid(&format!("`{name}` is a list of {}", known.join(", ")));
        let words = match self.0.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(words) => words.as_array().ok_or_else(wrong)?,
        };
        let mut bits = 0;
        for word in words {
            let index = known.iter().position(|key| word.as_str() == Some(key));
            bits |= 1 << index.ok_or_else(wrong)?;
        }
        Ok(Some(bits))
    }

    fn new_due(&self, incident: &Incident, now: Timestamp) -> Result<Effect, Invalid> {
        let due = self.moment("due_at")?.ok_or_else(|| invalid("`due_at` is needed"))?;
        if due <= now || incident.due.is_some_and(|before| due <= before) {
            return Err(invalid("`due_at` is not later than now and the deadline that stands"));
        }
        Ok(Effect::Due(due, DueSource::Hand))
    }

    fn survivor(&self, state: &State, index: u32) -> Result<Effect, Invalid> {
        let into = self.known("into", incident_index)?;
        let into = into.filter(|i| *i != index && (*i as usize) < state.incidents.len());
        let into = into.ok_or_else(|| invalid("`into` names no other incident"))?;
        let status = state.incidents[into as usize].status;
        if matches!(status, Status::Merged | Status::Rejected) {
            return Err(invalid("`into` is merged or rejected itself"));
        }
        Ok(Effect::Into(into))
    }

    /// The messages to take away, some but not all of the incident's.
    fn messages(&self, state: &State, index: u32) -> Result<Vec<u32>, Invalid> {
        let wrong = || invalid("`messages` lists some, but not all, of the incident's messages");
        let given = self.0.get("messages").and_then(Value::as_array).ok_or_else(wrong)?;
        let mut taken = Vec::new();
        for id in given {
            let message = id.as_str().and_then(message_index).ok_or_else(wrong)?;
            let here = state.messages.get(message as usize);
            here.filter(|m| m.incident == index && !m.deleted).ok_or_else(wrong)?;
            if !taken.contains(&message) {
                taken.push(message);
            }
        }
        let all = state.messages.iter().filter(|m| m.incident == index && !m.deleted).count();
        if taken.is_empty() || taken.len() == all { Err(wrong()) } else { Ok(taken) }
    }

    /// Degrees; both or neither.
    fn point(&self) -> Result<Option<(f64, f64)>, Invalid> {
        let degrees = |name: &str, most: f64| match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_f64().filter(|d| d.abs() <= most) {
                Some(degrees) => Ok(Some(degrees)),
                None => Err(invalid(&format!("`{name}` is not in degrees"))),
            },
        };
        match (degrees("lat", 90.0)?, degrees("lon", 180.0)?) {
            (Some(lat), Some(lon)) => Ok(Some((lat, lon))),
            (None, None) => Ok(None),
            _ => Err(invalid("`lat` and `lon` are given both or not at all")),
        }
    }
}

fn invalid(reason: &str) -> Invalid {
    Invalid(reason.to_owned())
}

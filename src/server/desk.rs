//! Carries out commands on the state, by rights, revisions and the table of
//! legal moves.

use std::collections::HashMap;

use super::auth::Token;
use super::due;
use super::payload::{Deed, Invalid, Payload, Place};
use super::record::{By, Effect, Incident, Message, Step};
use super::state::{Done, IncidentTexts, MessageTexts, State};
use super::wire::{incident_data, incident_id, incident_index};
use crate::domain::role::may_approve_answer_of;
use crate::domain::status::{IllegalMove, next_status};
use crate::domain::{CommandKind, EventKind, Regime, Source, Timestamp};
use crate::server::record::AUTHORS;
use crate::sync::protocol::{CommandAnswer, CommandLine, Outcome, Scope};

const SUMMARY_CHARS: usize = 500;
const MESSAGE_CHARS: usize = 8_000;

/// One officer at work.
pub(crate) struct Desk<'a> {
    state: &'a mut State,
    token: &'a Token,
    now: Timestamp,
    by: By,
    /// By incident: what the last accepted command of this sitting was based
    /// on, and the revision that it led to.
    led: HashMap<u32, (u64, u64)>,
}

/// Why a command was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the incident moved on since the revision that the command is based on")]
    Conflict { incident: u32 },
    #[error("the server knows no such command")]
    UnknownCommand,
    #[error("the role of this token may not do that")]
    Forbidden,
    #[error("there is no such incident")]
    UnknownIncident,
    #[error("`at` is not an RFC 3339 time of the years 2000 to 2099")]
    Time,
    #[error("{0}")]
    Payload(#[from] Invalid),
    #[error("`problem` is the id of another object, or of none and `born` says nothing")]
    Problem,
    #[error("nobody approves an answer of their own")]
    OwnAnswer,
    #[error("{0}")]
    Move(#[from] IllegalMove),
}

impl Refusal {
    /// The key of the contract.
    pub(crate) const fn key(&self) -> &'static str {
        match self {
            Self::Conflict { .. } => "conflict",
            Self::UnknownCommand => "unknown_command",
            Self::Forbidden => "forbidden",
            Self::UnknownIncident => "unknown_incident",
            Self::Time => "malformed",
            Self::Payload(_) | Self::Problem => "invalid_payload",
            Self::OwnAnswer => "own_answer",
            Self::Move(_) => "illegal_move",
        }
    }
}

impl<'a> Desk<'a> {
    /// `None` where the token's office can be given no number, so that nothing
    /// could be said to be its doing.
    pub(crate) fn new(state: &'a mut State, token: &'a Token, now: Timestamp) -> Option<Self> {
        let office = state.office(token.office())?;
        let by = By { role: Some(token.role()), office: Some(office) };
        Some(Self { state, token, now, by, led: HashMap::new() })
    }

    /// Carries a command out unless it was before, and answers it.
    pub(crate) fn answer(&mut self, command: &CommandLine) -> CommandAnswer {
        let id = command.id;
        if let Some(done) = self.state.accepted.get(id) {
            self.led_before(command, done);
            let Done { rev, incident } = done;
            let incident = incident_id(incident);
            return CommandAnswer { id, outcome: Outcome::Duplicate { rev, incident } };
        }
        let begun = self.begun(command);
        let offices = self.state.offices.len();
        let outcome = match self.carry_out(command) {
            Ok(done) => {
                self.state.accepted.add(id, done);
                if let Some((index, based_on)) = begun {
                    let rev = self.state.incidents[index as usize].rev;
                    self.led.insert(index, (based_on, rev));
                }
                let Done { rev, incident } = done;
                Outcome::Accepted { rev, incident: incident_id(incident) }
            }
            Err(Refusal::Conflict { incident }) => self.conflict(incident),
            Err(refusal) => {
                // What only a refused command named is not remembered.
                self.state.offices.truncate(offices);
                Outcome::rejected(refusal.key(), &refusal.to_string())
            }
        };
        CommandAnswer { id, outcome }
    }

    fn conflict(&self, incident: u32) -> Outcome {
        match incident_data(self.state, self.token.scope(), incident) {
            Ok(current) => Outcome::Conflict {
                rev: self.state.incidents[incident as usize].rev,
                current: Box::new(current),
            },
            Err(_) => Outcome::rejected("failed", "the server failed"),
        }
    }

    /// The incident of a command and the revision that this sitting began
    /// with, if nobody else changed it since.
    fn begun(&self, command: &CommandLine) -> Option<(u32, u64)> {
        let index = self.index_of(command)?;
        let (begun, led) = self.led.get(&index).copied().unzip();
        let untouched = led == Some(self.state.incidents[index as usize].rev);
        let based_on = command.based_on.or(begun.filter(|_| untouched))?;
        self.is_expected(index, based_on).then_some((index, based_on))
    }

    /// A command that was sent before and led to where the incident stands.
    fn led_before(&mut self, command: &CommandLine, Done { rev, incident }: Done) {
        let Some(index) = self.index_of(command).filter(|index| *index == incident) else { return };
        let stands = self.state.incidents[index as usize].rev == rev;
        let kind = CommandKind::from_key(&command.command);
        let checked = !kind.is_some_and(is_right_anyway);
        if let Some(based_on) = command.based_on.filter(|_| stands && checked) {
            self.led.insert(index, (based_on, rev));
        }
    }

    /// Whether the incident stands where the command expects it: at its
    /// revision, or where this sitting led it from there.
    fn is_expected(&self, index: u32, based_on: u64) -> bool {
        let rev = self.state.incidents[index as usize].rev;
        based_on == rev || self.led.get(&index) == Some(&(based_on, rev))
    }

    fn index_of(&self, command: &CommandLine) -> Option<u32> {
        let index = command.incident.as_deref().and_then(incident_index)?;
        ((index as usize) < self.state.incidents.len()).then_some(index)
    }

    fn carry_out(&mut self, command: &CommandLine) -> Result<Done, Refusal> {
        let kind = CommandKind::from_key(&command.command).ok_or(Refusal::UnknownCommand)?;
        if !self.state.world.catalogue.role(self.token.role()).may(kind) {
            return Err(Refusal::Forbidden);
        }
        if Timestamp::parse_rfc3339(&command.at).is_err() {
            return Err(Refusal::Time);
        }
        let payload = Payload(&command.payload);
        if kind == CommandKind::Create {
            return self.create(&payload);
        }
        let index = self.index_of(command).ok_or(Refusal::UnknownIncident)?;
        let checked = command.based_on.filter(|_| !is_right_anyway(kind));
        if checked.is_some_and(|based_on| !self.is_expected(index, based_on)) {
            return Err(Refusal::Conflict { incident: index });
        }
        let deed = payload.deed(kind, self.state, index, self.now)?;
        if kind == CommandKind::Approve {
            self.check_approver(index)?;
        }
        self.apply(kind, index, deed)
    }

    fn check_approver(&self, index: u32) -> Result<(), Refusal> {
        let submitter = self.state.incidents[index as usize].submitter;
        let author = submitter.and_then(|office| self.state.offices.get(usize::from(office)));
        let own = author.is_some_and(|a| !may_approve_answer_of(a, self.token.office()));
        if own { Err(Refusal::OwnAnswer) } else { Ok(()) }
    }

    fn apply(&mut self, kind: CommandKind, index: u32, deed: Deed) -> Result<Done, Refusal> {
        let Deed { effect, texts, address, messages, summary, linking } = deed;
        let effect = match (kind, effect) {
            (CommandKind::Link, None) => {
                // Nothing is made for a move that is refused.
                next_status(self.state.incidents[index as usize].status, kind.event())?;
                let now = self.now;
                let linking = linking.ok_or(Refusal::Problem)?;
                let moves = linking.moves();
                let known = self.state.put_problem(linking, now).ok_or(Refusal::Problem)?;
                if moves { Effect::Problem(known) } else { Effect::None }
            }
            (CommandKind::Take, None) => self.by.office.map_or(Effect::None, Effect::Assignee),
            (_, effect) => effect.unwrap_or(Effect::None),
        };
        let step = self.step(kind.event(), effect);
        let rev = self.state.happen(index, &step, texts)?;
        if let Some(address) = address {
            self.state.incident_texts.entry(index).or_default().address = Some(address);
        }
        if kind == CommandKind::Split {
            return Ok(self.split(index, &messages, summary));
        }
        Ok(Done { rev, incident: index })
    }

    /// A new incident like the one before, with the messages taken from it.
    fn split(&mut self, from: u32, messages: &[u32], summary: Option<Box<str>>) -> Done {
        let before = self.state.incidents[from as usize];
        let received = messages.iter().map(|m| self.state.messages[*m as usize].received).min();
        let received = received.unwrap_or(before.received);
        let new = Incident {
            registered: before.registered,
            due: before.due,
            due_source: before.due_source,
            point: before.point,
            subject: before.subject,
            topic: before.topic,
            block: before.block,
            municipality: before.municipality,
            settlement: before.settlement,
            author: before.author,
            ..Incident::new(received, before.source, before.regime)
        };
        // Made-up texts go by the number of the incident, so they are copied.
        let shown = incident_data(self.state, Scope::Desk, from).unwrap_or_default();
        let texts = IncidentTexts {
            summary: summary.or(shown.summary.map(String::into_boxed_str)),
            address: shown.address.map(String::into_boxed_str),
        };
        let done = self.born(new, texts);
        self.state.move_messages(|index, _| messages.contains(&index), done.incident);
        for message in messages {
            self.state.messages[*message as usize].home = done.incident;
        }
        done
    }

    fn create(&mut self, payload: &Payload<'_>) -> Result<Done, Refusal> {
        let source = payload.known("source", Source::from_key)?.unwrap_or(Source::Hand);
        let regime = payload.known("regime", Regime::from_key)?.unwrap_or(Regime::Other);
        let received = payload.moment("received_at")?.unwrap_or(self.now).min(self.now);
        let summary = payload.text("summary", SUMMARY_CHARS)?;
        let summary = summary.ok_or_else(|| Invalid("`summary` is needed".to_owned()))?;
        let author = payload.known("author_kind", |key| {
            AUTHORS.iter().position(|author| *author == key).map(|index| index as u8)
        })?;
        let Place { municipality, settlement, point, address } = payload.place(self.state)?;
        let mut new = Incident::new(received, source, regime);
        (new.municipality, new.settlement, new.point) = (municipality, settlement, point);
        new.author = author;
        if payload.0.contains_key("topic")
            && let Effect::Topic { topic, block } = payload.topic(self.state)?
        {
            (new.topic, new.block) = (Some(topic), block);
        }
        if payload.0.contains_key("priority") {
            new.priority = payload.between("priority", 0, 2)?;
        }
        let code = new.topic.and_then(|topic| self.state.world.catalogue.topics.get(topic));
        new.due = due::due(regime, code.is_some_and(|topic| due::is_fast(&topic.code)), received);
        let text = payload.text("text", MESSAGE_CHARS)?;
        let url = payload.text("url", MESSAGE_CHARS)?;
        let done = self.born(new, IncidentTexts { summary: Some(summary), address });
        if text.is_some() || url.is_some() {
            let message = self.state.add_message(Message {
                rev: 0,
                incident: done.incident,
                home: done.incident,
                origin: done.incident,
                received,
                source,
                author,
                deleted: false,
            });
            self.state.message_texts.insert(message, MessageTexts { text, url });
        }
        Ok(done)
    }

    fn born(&mut self, incident: Incident, texts: IncidentTexts) -> Done {
        let index = self.state.add_incident(incident);
        if texts.summary.is_some() || texts.address.is_some() {
            self.state.incident_texts.insert(index, texts);
        }
        let created = self.step(EventKind::Created, Effect::None);
        self.state.add_event(created.event_of(index, None, incident.status));
        Done { rev: self.state.incidents[index as usize].rev, incident: index }
    }

    fn step(&self, event: EventKind, effect: Effect) -> Step {
        Step { at: self.now, event, by: self.by, words: 0, effect }
    }
}

/// Right whatever happened to the incident meanwhile.
const fn is_right_anyway(kind: CommandKind) -> bool {
    matches!(kind, CommandKind::Comment | CommandKind::Link | CommandKind::Unlink)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;
    use crate::domain::Role;
    use crate::server::world::World;

    /// Whether a command of the only officer was carried out.
    fn done(state: &mut State, command: CommandKind, incident: u32, payload: Value) -> bool {
        let token = Token::new("secret", Role::Duty, Scope::Desk, "Post");
        let Value::Object(payload) = payload else { panic!("fields") };
        let command = CommandLine {
            id: Uuid::from_u128(state.head().into()),
            command: command.key().to_owned(),
            incident: (command != CommandKind::Create).then(|| incident_id(incident)),
            based_on: None,
            at: "2026-11-24T02:30:00Z".to_owned(),
            payload,
        };
        let now = Timestamp(1_795_417_500);
        let answer = Desk::new(state, &token, now).unwrap().answer(&command);
        matches!(answer.outcome, Outcome::Accepted { .. })
    }

    fn assigned(state: &mut State, incident: u32, assignee: &str) -> bool {
        let body = state.world.bodies[0].id.to_string();
        let payload = json!({ "body": body, "assignee": assignee });
        done(state, CommandKind::Assign, incident, payload)
    }

    #[test]
    fn only_what_was_carried_out_gives_a_name_and_no_number_is_given_twice() {
        let mut state = State::new(World::embedded().unwrap(), 1);
        for _ in 0..2 {
            assert!(done(&mut state, CommandKind::Create, 0, json!({ "summary": "x" })));
        }
        assert!(done(&mut state, CommandKind::Reject, 0, json!({ "reason": "x" })));
        assert!(!assigned(&mut state, 0, "Refused"));
        assert_eq!(state.offices, ["Post".into()]);
        assert!(assigned(&mut state, 1, "Accepted"));
        assert_eq!(state.offices, ["Post".into(), "Accepted".into()]);

        state.offices.extend((2..=u16::MAX).map(|number| number.to_string().into()));
        assert!(!assigned(&mut state, 1, "One too many"));
        assert!(assigned(&mut state, 1, "65535"));
        assert_eq!(state.incidents[1].assignee, Some(u16::MAX));
        assert_eq!((state.office("Post"), state.office("One too many")), (Some(0), None));
    }
}

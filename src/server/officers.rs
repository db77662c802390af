//! Other officers at work: made-up ones who open incidents, hold them for a
//! while and send commands as desks do, at the speed of people.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::auth::Token;
use super::desk::Desk;
use super::generate::dice::{Dice, Weights};
use super::hub::Hub;
use super::record::{Incident, MARKS};
use super::state::State;
use super::wire::incident_id;
use super::world::World;
use crate::domain::{CommandKind, EventKind, Role, Status, Timestamp};
use crate::sync::protocol::{CommandAnswer, CommandLine, Outcome, Scope};

const TICK: Duration = Duration::from_secs(1);
/// How long an incident is held without another action.
const LEASE_SECS: u32 = 120;
/// How far back of the newest incident work is looked for, and how much is
/// enough to choose from.
const LOOKED_AT: usize = 50_000;
const ENOUGH: usize = 60;
/// Who has nothing to do looks again after this long.
const IDLE_SECS: i64 = 30;
/// The stream of their dice, apart from those of incidents.
const STREAM: u64 = u64::MAX - 2;

/// Everybody on shift.
pub(crate) struct Officers {
    officers: Vec<Officer>,
    dice: Dice,
    world: Arc<World>,
}

/// One made-up officer.
struct Officer {
    token: Token,
    /// Does the next thing then.
    next: Timestamp,
    open: Option<Opened>,
}

/// The incident that an officer has open.
#[derive(Clone, Copy)]
struct Opened {
    index: u32,
    /// What the officer saw.
    rev: u64,
    /// Actions that are still meant.
    left: usize,
}

/// Something that could be done, and how likely it is.
struct Choice {
    weight: f64,
    kind: CommandKind,
}

/// Works until the runtime ends.
pub(crate) async fn work(mut officers: Officers, hub: Arc<Hub>) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        tokio::task::block_in_place(|| officers.tick(&hub));
    }
}

impl Officers {
    /// Duty officers, leads of blocks and executors in turn.
    pub(crate) fn new(count: u32, seed: u64, world: Arc<World>, now: Timestamp) -> Self {
        let mut dice = Dice::new(seed, STREAM);
        let officer = |number: u32| {
            let post = number / 3 + 1;
            let (role, office) = match number % 3 {
                0 => (Role::Duty, format!("Дежурный ЦУР, пост {post} (демо)")),
                1 => (Role::BlockLead, format!("Ответственный за блоки, {post} (демо)")),
                _ => (Role::BlockHead, format!("Исполнитель, {post} (демо)")),
            };
            // Nobody can sign in with an empty secret.
            let token = Token::new("", role, Scope::Desk, &office);
            Officer { token, next: now.plus_secs(dice.between(1.0, 20.0) as i64), open: None }
        };
        Self { officers: (0..count).map(officer).collect(), dice, world }
    }

    /// Lets everybody do what they are about to.
    pub(crate) fn tick(&mut self, hub: &Hub) {
        let now = hub.now();
        let Self { officers, dice, world } = self;
        for officer in officers.iter_mut().filter(|officer| officer.next <= now) {
            officer.act(hub, world, dice, now);
        }
    }
}

impl Officer {
    fn act(&mut self, hub: &Hub, world: &World, dice: &mut Dice, now: Timestamp) {
        let wait = match self.open.take() {
            None => self.look(hub, dice, now),
            Some(opened) => self.go_on(opened, hub, world, dice, now),
        };
        self.next = now.plus_secs(wait);
    }

    /// Opens something that nobody else has open; tells how long it is read.
    fn look(&mut self, hub: &Hub, dice: &mut Dice, now: Timestamp) -> i64 {
        let found = self.work_to_do(hub, now);
        if found.is_empty() {
            return IDLE_SECS;
        }
        let index = found[dice.below(found.len())];
        let rev = hub.read().incidents[index as usize].rev;
        if hub.lease(&self.token, index, LEASE_SECS).yours {
            self.open = Some(Opened { index, rev, left: 1 + dice.below(3) });
        }
        seconds(dice, 12.0, 4.0, 60.0)
    }

    /// The newest incidents that this officer can do something about; answers
    /// that wait for an approver come first.
    fn work_to_do(&self, hub: &Hub, now: Timestamp) -> Vec<u32> {
        let state = hub.read();
        let leases = hub.leases();
        let (mut waiting, mut others) = (Vec::new(), Vec::new());
        for (index, incident) in state.incidents.iter().enumerate().rev().take(LOOKED_AT) {
            let index = index as u32;
            let is_free = leases.holder(index, now).is_none();
            if !is_free || !self.choices(&state, incident).iter().any(|c| c.weight > 2.0) {
                continue;
            }
            let list = if incident.status == Status::Approval { &mut waiting } else { &mut others };
            list.push(index);
            if others.len() >= ENOUGH {
                break;
            }
        }
        if waiting.is_empty() { others } else { waiting }
    }

    /// Does the next thing with what is open, and closes it when it was the last.
    fn go_on(
        &mut self,
        opened: Opened,
        hub: &Hub,
        world: &World,
        dice: &mut Dice,
        now: Timestamp,
    ) -> i64 {
        let Opened { index, rev, left } = opened;
        let wanted = {
            let state = hub.read();
            let incident = state.incidents[index as usize];
            choose(self.choices(&state, &incident), dice)
                .map(|kind| (kind, payload(kind, &incident, world, dice)))
        };
        let seen = wanted.and_then(|(kind, payload)| {
            let command = CommandLine {
                id: Uuid::now_v7(),
                command: kind.key().to_owned(),
                incident: Some(incident_id(index)),
                based_on: Some(rev),
                at: now.to_rfc3339(),
                payload,
            };
            self.send(hub, &command, index, now)
        });
        if let Some(rev) = seen.filter(|_| left > 1) {
            self.open = Some(Opened { index, rev, left: left - 1 });
            hub.lease(&self.token, index, LEASE_SECS);
            seconds(dice, 9.0, 3.0, 60.0)
        } else {
            hub.lease(&self.token, index, 0);
            seconds(dice, 35.0, 8.0, 240.0)
        }
    }

    /// Sends a command the way of all commands; tells what the officer sees
    /// then. Who is told of a conflict looks at what is there now.
    fn send(&self, hub: &Hub, command: &CommandLine, index: u32, now: Timestamp) -> Option<u64> {
        let answer = hub.change(|state| {
            let CommandAnswer { outcome, .. } = Desk::new(state, &self.token, now)?.answer(command);
            Some((outcome, state.incidents[index as usize].rev))
        });
        // The hub has told that the disk cannot be written.
        match answer.ok().flatten()? {
            (Outcome::Accepted { .. } | Outcome::Conflict { .. }, rev) => Some(rev),
            (outcome, _) => {
                tracing::debug!(?outcome, "a made-up officer was refused");
                None
            }
        }
    }

    /// What this officer might do with an incident, by its status and the
    /// rights of the role.
    fn choices(&self, state: &State, incident: &Incident) -> Vec<Choice> {
        use CommandKind as C;
        let usual: &[(C, f64)] = match incident.status {
            Status::New => &[(C::Take, 6.0), (C::Comment, 0.5)],
            Status::Triage => {
                &[(C::Assign, 6.0), (C::Prioritise, 0.7), (C::Mark, 0.7), (C::Classify, 1.5)]
            }
            Status::Assigned | Status::Rework => &[(C::Take, 5.0), (C::Comment, 0.7)],
            Status::InWork => &[(C::Submit, 5.0), (C::InterimAnswer, 1.5), (C::Comment, 1.0)],
            Status::Approval => &[(C::Approve, 6.0), (C::Return, 1.0)],
            Status::Answered => &[(C::Close, 4.0)],
            Status::Postponed => &[(C::Take, 3.0)],
            Status::Closed | Status::Rejected | Status::Merged => &[],
        };
        let rights = state.world.catalogue.role(self.token.role());
        let own = incident
            .submitter
            .and_then(|office| state.offices.get(usize::from(office)))
            .is_some_and(|office| **office == *self.token.office());
        usual
            .iter()
            .filter(|(kind, _)| rights.may(*kind) && !(own && *kind == C::Approve))
            .filter(|(kind, _)| *kind != C::Classify || incident.topic.is_some())
            .map(|(kind, weight)| Choice { weight: *weight, kind: *kind })
            .collect()
    }
}

fn choose(choices: Vec<Choice>, dice: &mut Dice) -> Option<CommandKind> {
    let weights: Weights = choices.iter().map(|choice| choice.weight).collect();
    let picked = (weights.total() > 0.0).then(|| dice.pick(&weights))?;
    choices.into_iter().nth(picked).map(|choice| choice.kind)
}

fn payload(
    kind: CommandKind,
    incident: &Incident,
    world: &World,
    dice: &mut Dice,
) -> Map<String, Value> {
    let fields = match kind {
        CommandKind::Assign => {
            let chance = dice.below(1 << 20) as u64;
            let body = world.body_for(incident.block, incident.municipality, chance);
            json!({ "body": world.bodies[usize::from(body)].id })
        }
        CommandKind::Classify => {
            let topic = incident.topic.and_then(|topic| world.catalogue.topics.get(topic));
            json!({ "topic": topic.map(|topic| &topic.code) })
        }
        CommandKind::Prioritise => json!({ "priority": 1 + dice.below(2) }),
        CommandKind::Mark => json!({ "add": [MARKS[dice.below(MARKS.len())]] }),
        CommandKind::Return => json!({ "reason": words(world, EventKind::Returned, dice) }),
        CommandKind::Comment => json!({ "text": words(world, EventKind::Commented, dice) }),
        CommandKind::InterimAnswer => {
            json!({ "text": words(world, EventKind::InterimAnswered, dice) })
        }
        CommandKind::Submit => json!({ "text": words(world, EventKind::Submitted, dice) }),
        _ => json!({}),
    };
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// What people write with such an event.
fn words(world: &World, event: EventKind, dice: &mut Dice) -> String {
    let number = 1 + dice.below(world.texts.words_of(event)) as u8;
    let texts = &world.texts;
    let fragment = texts.reason(event, number).or_else(|| texts.note(event, number));
    let quoted = [b"\"", fragment.unwrap_or_default(), b"\""].concat();
    // The fragments are escaped for JSON.
    serde_json::from_slice(&quoted).unwrap_or_default()
}

/// About that many seconds.
fn seconds(dice: &mut Dice, median: f64, least: f64, most: f64) -> i64 {
    dice.log_normal(median, 0.6).clamp(least, most) as i64
}

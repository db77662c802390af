//! A region from a seed: what was written in it, where, when, and what became
//! of each matter. The same seed, size and end give the same history.

use std::collections::HashMap;
use std::sync::Arc;

use self::bursts::{Burst, BurstTruth};
use self::dice::{Dice, Weights};
use self::life::{Fate, Offices};
use self::places::Leaning;
use super::due;
use super::record::{Incident, Message, Step, Subject};
use super::state::State;
use super::world::World;
use crate::domain::{EventKind, LocalDay, Regime, Role, Source, Status, Timestamp};

pub(crate) mod bursts;
pub(crate) mod dice;
pub(crate) mod extras;
pub(crate) mod life;
pub(crate) mod places;
pub(crate) mod planted;
pub(crate) mod texts;
pub(crate) mod volume;

/// How much history, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    pub seed: u64,
    pub incidents: usize,
    /// Days of history, the last one being that of `now`.
    pub days: u32,
    /// Logs of incidents older than this many days are left out, as in a
    /// source system that archives them.
    pub log_days: u32,
    /// The history ends here.
    pub now: Timestamp,
}

impl Extent {
    /// As many days as make a region's daily volume of about 550.
    pub fn days_for(incidents: usize) -> u32 {
        ((incidents / 550) as u32).clamp(14, 730)
    }

    /// The first moment of the history.
    pub fn from(self) -> Timestamp {
        let days = i32::try_from(self.days.max(1)).unwrap_or(i32::MAX);
        self.now.local_day().plus_days(1 - days).start()
    }
}

/// A step that will be taken later.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    pub(crate) incident: u32,
    pub(crate) step: Step,
}

/// A made-up history, what comes of it, and what is true about it.
pub(crate) struct History {
    pub(crate) state: State,
    /// Steps after the end, of incidents that are still going on.
    pub(crate) pending: Vec<Pending>,
    pub(crate) bursts: Vec<BurstTruth>,
    /// By incident: the burst that it was planted with.
    pub(crate) planted: Vec<Option<u8>>,
    pub(crate) births: Births,
}

/// Makes incidents; goes on where the history ended.
pub(crate) struct Births {
    world: Arc<World>,
    seed: u64,
    offices: Offices,
    /// The last incident of a topic in a municipality that others may repeat.
    recent: HashMap<(u16, u8), u32>,
    today: Option<(LocalDay, Weights)>,
}

/// One incident to be made: when, and of which burst.
#[derive(Clone, Copy)]
struct Occasion {
    at: Timestamp,
    /// Index of a burst, or none.
    burst: Option<u8>,
}

/// Makes the history of an extent.
pub(crate) fn history(world: &Arc<World>, extent: Extent) -> History {
    let mut state = State::new(Arc::clone(world), extent.seed);
    let offices = extras::offices(&mut state);
    extras::directory(&mut state);
    let bursts = bursts::plan(&world.catalogue, extent.from(), extent.now);
    let (occasions, counts) = occasions(world, extent, &bursts);
    let mut births = Births {
        world: Arc::clone(world),
        seed: extent.seed,
        offices,
        recent: HashMap::new(),
        today: None,
    };
    let log_from = extent.now.plus_secs(-86_400 * i64::from(extent.log_days));
    let mut pending = Vec::new();
    let mut steps = Vec::new();
    let planted = occasions.iter().map(|occasion| occasion.burst).collect();
    for occasion in occasions {
        let burst = occasion.burst.map(|index| &bursts[usize::from(index)]);
        let log = occasion.at >= log_from;
        let upto = extent.now;
        births.birth(&mut state, occasion.at, burst, upto, log, &mut steps, &mut pending);
    }
    extras::problems(&mut state, &bursts, extent.now);
    extras::entries(&mut state, extent.now);
    let truths = bursts
        .iter()
        .zip(counts)
        .map(|(burst, count)| burst.truth(&world.catalogue, count))
        .collect();
    History { state, pending, bursts: truths, planted, births }
}

/// When the incidents come, in order: the bursts' own and the ordinary ones,
/// as many as asked for in all; and how many each burst has.
fn occasions(world: &World, extent: Extent, bursts: &[Burst]) -> (Vec<Occasion>, Vec<usize>) {
    let mut dice = Dice::new(extent.seed, u64::MAX);
    let daily = extent.incidents as f64 / f64::from(extent.days.max(1));
    let room = extent.incidents / 4;
    let wished: Vec<f64> = bursts.iter().map(|b| b.size(daily) as f64).collect();
    let planted = (wished.iter().sum::<f64>() as usize).min(room);
    let counts = volume::share_out(planted, &wished);
    let planted: usize = counts.iter().sum();
    let mut all = Vec::with_capacity(extent.incidents);
    for (index, count) in (0u8..).zip(&counts) {
        let burst = &bursts[usize::from(index)];
        all.extend(
            (0..*count).map(|_| Occasion { at: burst.moment(&mut dice), burst: Some(index) }),
        );
    }
    let first = extent.from().local_day();
    let days: Vec<LocalDay> =
        (0..extent.days.max(1)).map(|day| first.plus_days(day as i32)).collect();
    let last_share = world.volumes.share_of_day_by(extent.now);
    let weights: Vec<f64> = days
        .iter()
        .enumerate()
        .map(|(index, day)| {
            // People write a little more from year to year, and no two days are alike.
            let growth = 1.0 + 0.12 * index as f64 / 365.0;
            let whole = if index + 1 == days.len() { last_share } else { 1.0 };
            world.volumes.day(*day) * growth * whole * dice.log_normal(1.0, 0.09)
        })
        .collect();
    let ordinary = volume::share_out(extent.incidents - planted, &weights);
    for (day, count) in days.iter().zip(ordinary) {
        for _ in 0..count {
            let mut at = world.volumes.moment(&mut dice, *day);
            let mut tries = 0;
            while at > extent.now && tries < 200 {
                at = world.volumes.moment(&mut dice, *day);
                tries += 1;
            }
            all.push(Occasion { at: at.min(extent.now), burst: None });
        }
    }
    all.sort_by_key(|occasion| occasion.at);
    (all, counts)
}

impl Births {
    /// Makes one incident with its messages and what had happened to it by
    /// `upto`; what will happen later goes to `pending`. Without `log` its
    /// events are not kept.
    pub(crate) fn birth(
        &mut self,
        state: &mut State,
        at: Timestamp,
        burst: Option<&Burst>,
        upto: Timestamp,
        log: bool,
        steps: &mut Vec<Step>,
        pending: &mut Vec<Pending>,
    ) -> u32 {
        let index = state.incidents.len() as u32;
        let mut dice = Dice::new(self.seed, u64::from(index));
        let (mut incident, fate) = self.newborn(&mut dice, at, burst);
        steps.clear();
        life::live(&self.world, &mut dice, &incident, &fate, steps);
        let done = steps.partition_point(|step| step.at <= upto);
        let merged = fate
            .repeats
            .filter(|_| steps[..done].iter().any(|step| step.event == EventKind::Merged));
        if fate.repeats.is_none()
            && let Some(municipality) = incident.municipality
        {
            self.recent.insert((fate.topic, municipality), index);
        }
        let created = Step {
            at,
            event: EventKind::Created,
            by: source_of(&incident),
            words: 0,
            effect: super::record::Effect::None,
        };
        let mut events = Vec::with_capacity(done + 1);
        events.push(created.event_of(index, None, Status::INITIAL));
        for step in &steps[..done] {
            match incident.take(index, step) {
                Ok(event) => events.push(event),
                Err(refused) => debug_assert!(false, "the made-up life is illegal: {refused}"),
            }
        }
        let ended = incident.status == Status::Merged || incident.status == Status::Rejected;
        state.add_incident(incident);
        add_messages(state, &mut dice, index, merged, upto);
        if log {
            for event in events {
                state.add_event(event);
            }
        }
        if !ended {
            pending
                .extend(steps[done..].iter().map(|step| Pending { incident: index, step: *step }));
        }
        index
    }

    fn newborn(
        &mut self,
        dice: &mut Dice,
        at: Timestamp,
        burst: Option<&Burst>,
    ) -> (Incident, Fate) {
        let world = Arc::clone(&self.world);
        let (topic, municipality) = if let Some(burst) = burst {
            (burst.topic(dice), burst.municipality())
        } else {
            let (topic, leaning) = self.ordinary_topic(dice, at.local_day());
            (topic, world.places.municipality(dice, leaning))
        };
        let source = world.volumes.source(dice);
        let regime = regime_of(source, dice);
        let mut incident = Incident::new(at, source, regime);
        let known = world.catalogue.topics.get(topic);
        incident.block = known.map_or(incident.block, |t| t.block);
        // Sources know the theme more often than the fact.
        incident.topic = Some(topic);
        if burst.is_none() && dice.chance(0.12) {
            incident.topic = world.catalogue.topics.ancestors(topic).last().or(Some(topic));
        }
        incident.municipality = Some(municipality);
        incident.author = Some(world.volumes.author(dice));
        if let Some((settlement, point)) = world.places.spot(dice, municipality) {
            incident.settlement = Some(settlement);
            incident.subject = Some(Subject { topic, settlement });
            incident.point = (!dice.chance(0.06)).then_some(point);
        }
        // This channel tells no deadlines: the desk counts them.
        if regime != Regime::Fz59 && source != Source::Max {
            let fast = known.is_some_and(|t| due::is_fast(&t.code));
            incident.due = due::due(regime, fast, at);
        }
        let repeating = if burst.is_some() { 0.22 } else { 0.03 };
        let repeats = dice
            .chance(repeating)
            .then(|| self.recent.get(&(topic, municipality)).copied())
            .flatten();
        (incident, Fate { topic, repeats, offices: self.offices })
    }

    fn ordinary_topic(&mut self, dice: &mut Dice, day: LocalDay) -> (u16, Leaning) {
        let volumes = &self.world.volumes;
        let today = match self.today.take() {
            Some((known, weights)) if known == day => (known, weights),
            _ => (day, volumes.facts_on(day)),
        };
        let fact = volumes.fact(dice, &today.1);
        self.today = Some(today);
        fact
    }
}

fn regime_of(source: Source, dice: &mut Dice) -> Regime {
    match source {
        Source::Pos => Regime::Pos,
        Source::Vk | Source::Ok | Source::Telegram | Source::Max => Regime::Social,
        Source::Email | Source::Paper => Regime::Fz59,
        Source::Hotline | Source::Hand if dice.chance(0.35) => Regime::Fz59,
        _ => Regime::Other,
    }
}

/// The first message, sometimes more; those of a merged incident stand
/// with the one that it was merged into.
fn add_messages(
    state: &mut State,
    dice: &mut Dice,
    index: u32,
    merged: Option<u32>,
    upto: Timestamp,
) {
    let Incident { received, source, author, .. } = state.incidents[index as usize];
    let incident = merged.unwrap_or(index);
    let mut at = received;
    loop {
        let (rev, home, origin, deleted) = (0, index, index, false);
        let received = at;
        let message = Message { rev, incident, home, origin, received, source, author, deleted };
        state.add_message(message);
        at = at.plus_secs(dice.log_normal(20_000.0, 1.2) as i64);
        if !dice.chance(0.167) || at > upto {
            break;
        }
    }
}

fn source_of(incident: &Incident) -> super::record::By {
    match incident.source {
        Source::Hand | Source::Hotline | Source::Paper => {
            super::record::By { role: Some(Role::Duty), office: Some(0) }
        }
        _ => super::record::By::default(),
    }
}

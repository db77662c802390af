//! The region goes on living after its history: new incidents come and open
//! ones move on, every second.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::Duration;

use super::generate::dice::Dice;
use super::generate::{Births, Extent, Pending};
use super::hub::Hub;
use super::record::Step;
use super::state::{EventTexts, State};
use crate::domain::Timestamp;

const TICK: Duration = Duration::from_secs(1);
/// After the machine slept, no more than this is made up for.
const LONGEST_TICK_SECS: f64 = 60.0;
const DAY_SECS: f64 = 86_400.0;
/// How many messages are withdrawn by their authors, of those that come.
const WITHDRAWN: f64 = 0.004;
/// A demonstration that runs faster than life shows something new at night and
/// in a small region too: so many incidents a second at least, from a rate of
/// [`LIVELY_RATE`] on, and an event every second.
const LEAST_INCIDENTS_A_SEC: f64 = 0.5;
const LIVELY_RATE: f64 = 20.0;

/// Lets happen what has come by a moment.
pub(crate) type Pulse = Box<dyn FnMut(&mut State, Timestamp) + Send>;

/// Beats every second until the runtime ends.
pub(crate) async fn beat(mut pulse: Pulse, hub: Arc<Hub>) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let now = hub.now();
        hub.change(|state| pulse(state, now));
    }
}

/// What is going to happen.
pub(crate) struct Living {
    births: Births,
    coming: BinaryHeap<Reverse<Coming>>,
    dice: Dice,
    /// Incidents of an ordinary day.
    daily: f64,
    /// How many times faster than in life.
    rate: f64,
    /// The part of an incident that is still owed.
    owed: f64,
    last: Timestamp,
    number: u64,
    steps: Vec<Step>,
    pending: Vec<Pending>,
}

/// A step with its moment in this server's faster time.
#[derive(Clone, Copy)]
struct Coming {
    at: Timestamp,
    number: u64,
    what: Pending,
}

impl Living {
    pub(crate) fn new(births: Births, pending: Vec<Pending>, extent: Extent, rate: f64) -> Self {
        let mut living = Self {
            births,
            coming: BinaryHeap::new(),
            dice: Dice::new(extent.seed, u64::MAX - 1),
            daily: extent.incidents as f64 / f64::from(extent.days),
            rate: rate.max(0.0),
            owed: 0.0,
            last: extent.now,
            number: 0,
            steps: Vec::new(),
            pending: Vec::new(),
        };
        living.expect(pending, extent.now);
        living
    }

    /// Lets happen what is due by `now`.
    pub(crate) fn tick(&mut self, state: &mut State, now: Timestamp) {
        let secs = (now.secs_since(self.last).max(0) as f64).min(LONGEST_TICK_SECS);
        self.last = self.last.max(now);
        self.move_on(state, now);
        let strength = state.world.volumes.strength_at(now);
        let a_sec = self.daily / DAY_SECS * self.rate * strength;
        self.owed += a_sec.max(self.least_a_sec()) * secs;
        while self.owed >= 1.0 {
            self.owed -= 1.0;
            self.births.birth(state, now, None, now, true, &mut self.steps, &mut self.pending);
            let pending = std::mem::take(&mut self.pending);
            self.expect(pending, now);
            if self.dice.chance(WITHDRAWN) {
                let recent = state.messages.len().min(1_000);
                let back = self.dice.below(recent) as u32;
                state.delete_message(state.messages.len() as u32 - 1 - back);
            }
        }
    }

    /// Nothing up to the speed of life, where the hours are to be believed.
    fn least_a_sec(&self) -> f64 {
        let faster = (self.rate - 1.0) / (LIVELY_RATE - 1.0);
        LEAST_INCIDENTS_A_SEC * faster.clamp(0.0, 1.0)
    }

    /// Takes the steps whose time has come; where none has and the server is to
    /// be lively, the one that is next.
    fn move_on(&mut self, state: &mut State, now: Timestamp) {
        let mut is_early_allowed = self.rate >= LIVELY_RATE;
        while let Some(Reverse(coming)) = self.coming.peek() {
            if coming.at > now && !is_early_allowed {
                break;
            }
            is_early_allowed = false;
            let Some(Reverse(coming)) = self.coming.pop() else { break };
            let Pending { incident, step } = coming.what;
            // What an officer did meanwhile may have made the step illegal:
            // then it does not happen.
            let step = Step { at: now, ..step };
            if let Err(refused) = state.happen(incident, &step, EventTexts::default()) {
                tracing::trace!(%refused, "a made-up step was overtaken");
            }
        }
    }

    /// Steps come sooner by the rate, but in their order.
    fn expect(&mut self, pending: Vec<Pending>, now: Timestamp) {
        for what in pending {
            let wait = what.step.at.secs_since(now).max(0) as f64 / self.rate.max(1.0);
            self.number += 1;
            let at = now.plus_secs(wait as i64);
            self.coming.push(Reverse(Coming { at, number: self.number, what }));
        }
    }
}

impl PartialEq for Coming {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Coming {}

impl PartialOrd for Coming {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Coming {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

//! The region goes on living after its history: new incidents come and open
//! ones move on, every second.

use std::sync::Arc;
use std::time::Duration;

use super::generate::dice::Dice;
use super::generate::{Births, Extent, Pending};
use super::hub::Hub;
use super::record::Step;
use super::state::{Coming, EventTexts, State};
use crate::domain::Timestamp;

const TICK: Duration = Duration::from_secs(1);
/// After the machine slept, no more than this is made up for.
const LONGEST_TICK_SECS: f64 = 60.0;
const DAY_SECS: f64 = 86_400.0;
const HOUR_SECS: i64 = 3_600;
/// After a longer absence the rest is not made up for.
const LONGEST_ABSENCE_SECS: i64 = 60 * 86_400;
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
        // Requests are refused until it can be written down, and the hub tells.
        let changed = tokio::task::block_in_place(|| hub.change(|state| pulse(state, now)));
        if changed.is_err() {
            tracing::warn!("the region stands still until the disk can be written");
        }
    }
}

/// What is going to happen.
pub(crate) struct Living {
    births: Births,
    dice: Dice,
    /// Incidents of an ordinary day.
    daily: f64,
    /// How many times faster than in life.
    rate: f64,
    /// The part of an incident that is still owed.
    owed: f64,
    last: Timestamp,
    /// The server was away until now.
    away: bool,
    steps: Vec<Step>,
    pending: Vec<Pending>,
}

impl Living {
    pub(crate) fn new(births: Births, extent: Extent, rate: f64) -> Self {
        Self {
            births,
            dice: Dice::new(extent.seed, u64::MAX - 1),
            daily: extent.incidents as f64 / f64::from(extent.days),
            rate: rate.max(0.0),
            owed: 0.0,
            last: extent.now,
            away: false,
            steps: Vec::new(),
            pending: Vec::new(),
        }
    }

    /// Goes on after a restart: the last thing happened at `last`.
    pub(crate) fn resume(&mut self, last: Option<Timestamp>) {
        if let Some(last) = last {
            self.last = self.last.max(last);
            self.away = true;
        }
    }

    /// Lets happen what is due by `now`.
    pub(crate) fn tick(&mut self, state: &mut State, now: Timestamp) {
        let was_away = std::mem::take(&mut self.away);
        move_on(state, now, self.rate >= LIVELY_RATE, was_away);
        if was_away {
            self.catch_up(state, now);
        }
        let secs = (now.secs_since(self.last).max(0) as f64).min(LONGEST_TICK_SECS);
        self.last = self.last.max(now);
        let strength = state.world.volumes.strength_at(now);
        let a_sec = self.daily / DAY_SECS * self.rate * strength;
        self.owed += a_sec.max(self.least_a_sec()) * secs;
        while self.owed >= 1.0 {
            self.owed -= 1.0;
            self.born(state, now, now);
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

    /// What came while the server was away, at the pace of life: a region does
    /// not stand still over a weekend.
    fn catch_up(&mut self, state: &mut State, now: Timestamp) {
        let mut at = self.last.max(now.plus_secs(-LONGEST_ABSENCE_SECS));
        while now.secs_since(at) > HOUR_SECS {
            at = at.plus_secs(HOUR_SECS);
            let hourly = self.daily / DAY_SECS * HOUR_SECS as f64;
            self.owed += hourly * state.world.volumes.strength_at(at);
            while self.owed >= 1.0 {
                self.owed -= 1.0;
                let ago = self.dice.below(HOUR_SECS as usize) as i64;
                self.born(state, at.plus_secs(-ago), now);
            }
        }
        self.last = self.last.max(at);
    }

    fn born(&mut self, state: &mut State, at: Timestamp, now: Timestamp) {
        self.births.birth(state, at, None, now, true, &mut self.steps, &mut self.pending);
        let pending = std::mem::take(&mut self.pending);
        self.expect(state, pending, now);
    }

    /// Steps come sooner by the rate, but in their order.
    pub(crate) fn expect(&mut self, state: &mut State, pending: Vec<Pending>, now: Timestamp) {
        for Pending { incident, step } in pending {
            let wait = step.at.secs_since(now).max(0) as f64 / self.rate.max(1.0);
            state.agenda.expect(now.plus_secs(wait as i64), incident, step);
        }
    }
}

/// Takes the steps whose time has come; where none has and the server is to be
/// lively, the one that is next. After an absence they were taken when they
/// were due.
fn move_on(state: &mut State, now: Timestamp, is_lively: bool, was_away: bool) {
    let mut upto = if is_lively { Timestamp(u32::MAX) } else { now };
    while let Some(Coming { at, incident, step, .. }) = state.agenda.pop_due(upto) {
        upto = now;
        // What an officer did meanwhile may have made the step illegal:
        // then it does not happen.
        let step = Step { at: if was_away { at.min(now) } else { now }, ..step };
        if let Err(refused) = state.happen(incident, &step, EventTexts::default()) {
            tracing::trace!(%refused, "a made-up step was overtaken");
        }
    }
}

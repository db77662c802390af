//! The life of a made-up incident: every step it will take, by the table of
//! legal moves, with the moments when people would take it.

use super::dice::Dice;
use crate::domain::action::AnswerCheck;
use crate::domain::{EventKind, Regime, Role, Source, Timestamp};
use crate::server::due;
use crate::server::record::{By, DueSource, Effect, Incident, Step};
use crate::server::world::World;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3600.0;
const DAY: f64 = 86_400.0;

/// What the generator decides about an incident before it lives.
pub(super) struct Fate {
    /// The fact that it will be classified as.
    pub(super) topic: u16,
    /// The incident that it repeats, if it will be merged.
    pub(super) repeats: Option<u32>,
    /// Offices that act, by index.
    pub(super) offices: Offices,
}

/// Where the offices of the demonstration stand in the state's list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offices {
    /// Duty officers: this many from 0 on.
    pub(crate) duty: u16,
    /// The leads of the blocks follow, by block.
    pub(crate) leads: u16,
    /// Then the executors of the bodies, by body.
    pub(crate) executors: u16,
}

/// Writes a whole life, oldest step first.
pub(super) struct Pen<'a> {
    world: &'a World,
    dice: &'a mut Dice,
    steps: &'a mut Vec<Step>,
    /// When the last step was taken, or what is waited for.
    at: Timestamp,
    duty: By,
    lead: By,
    executor: By,
    offices: Offices,
}

/// The steps that follow `created`, in the order of time.
pub(super) fn live(
    world: &World,
    dice: &mut Dice,
    incident: &Incident,
    fate: &Fate,
    steps: &mut Vec<Step>,
) {
    let offices = fate.offices;
    let duty = dice.below(usize::from(offices.duty)) as u16;
    let by = |role, office| By { role: Some(role), office: Some(office) };
    let mut pen = Pen {
        world,
        dice,
        steps,
        at: incident.received,
        duty: by(Role::Duty, duty),
        lead: by(Role::BlockLead, offices.leads + u16::from(incident.block.index())),
        executor: By::default(),
        offices,
    };
    pen.whole(incident, fate);
}

impl Pen<'_> {
    fn whole(&mut self, incident: &Incident, fate: &Fate) {
        let social = incident.regime == Regime::Social;
        let due = self.registration(incident, fate);
        // What a source delivers by itself needs nobody to distribute it.
        let automatic = !social && incident.topic == Some(fate.topic) && self.dice.chance(0.45);
        if !automatic {
            self.after(pace(social, 5.0, 20.0), 0.9);
            self.step(EventKind::Taken, self.duty, Effect::None);
            if incident.topic != Some(fate.topic) {
                self.after(4.0 * MINUTE, 0.7);
                let block = incident.block;
                self.step(
                    EventKind::Classified,
                    self.duty,
                    Effect::Topic { topic: fate.topic, block },
                );
            }
            if self.notable(incident, fate) {
                return;
            }
        }
        let by = if automatic { By::default() } else { self.duty };
        self.assignment(incident, by, social);
        let late = self.work(incident, due, social);
        self.ending(incident, late);
    }

    /// Registers appeals of the law and tells the deadline.
    fn registration(&mut self, incident: &Incident, fate: &Fate) -> Option<Timestamp> {
        let fast =
            self.world.catalogue.topics.get(fate.topic).is_some_and(|t| due::is_fast(&t.code));
        if incident.regime != Regime::Fz59 {
            return due::due(incident.regime, fast, incident.received);
        }
        let secs = self.dice.between(0.5, 50.0) * HOUR;
        self.after_exactly(secs);
        let due = due::due(incident.regime, fast, self.at)?;
        self.step(EventKind::Registered, self.duty, Effect::Due(due, DueSource::Server));
        Some(due)
    }

    /// Marks, priorities, and the ends that come early: rejected or merged.
    fn notable(&mut self, incident: &Incident, fate: &Fate) -> bool {
        if self.dice.chance(0.05) {
            self.after(3.0 * MINUTE, 0.6);
            let priority = if self.dice.chance(0.15) { 2 } else { 1 };
            self.step(EventKind::Prioritised, self.duty, Effect::Priority(priority));
        }
        if self.dice.chance(0.02) {
            self.after(3.0 * MINUTE, 0.6);
            let mark = 1 << self.dice.below(3);
            self.step(EventKind::Marked, self.duty, Effect::Marks(mark));
        }
        if let Some(survivor) = fate.repeats {
            self.after(10.0 * MINUTE, 0.8);
            self.step(EventKind::Merged, self.duty, Effect::Into(survivor));
            return true;
        }
        let unclear = if incident.source == Source::Pos { 0.025 } else { 0.04 };
        if self.dice.chance(unclear) {
            self.after(30.0 * MINUTE, 0.8);
            self.step(EventKind::Rejected, self.duty, Effect::None);
            return true;
        }
        false
    }

    fn assignment(&mut self, incident: &Incident, by: By, social: bool) {
        self.after(pace(social, 6.0, 30.0), 0.9);
        self.assign(incident, by);
        if self.dice.chance(0.04) {
            self.after(pace(social, 30.0, 400.0), 0.8);
            self.step(EventKind::Returned, self.executor, Effect::None);
            self.after(pace(social, 10.0, 60.0), 0.8);
            self.assign(incident, self.duty);
        } else if self.dice.chance(0.03) {
            self.after(pace(social, 30.0, 300.0), 0.8);
            let effect = self.other_body(incident);
            self.step(EventKind::Forwarded, self.lead, effect);
        }
    }

    fn assign(&mut self, incident: &Incident, by: By) {
        let effect = self.other_body(incident);
        self.step(EventKind::Assigned, by, effect);
    }

    /// A body that answers for the block; its executor acts from now on.
    fn other_body(&mut self, incident: &Incident) -> Effect {
        let chance = self.dice.below(1 << 20) as u64;
        let body = self.world.body_for(incident.block, incident.municipality, chance);
        let office = self.offices.executors + body;
        self.executor = By { role: Some(Role::BlockHead), office: Some(office) };
        Effect::Body { body, assignee: Some(office) }
    }

    /// From «в работе» to the answer; tells whether it was late.
    fn work(&mut self, incident: &Incident, mut due: Option<Timestamp>, social: bool) -> bool {
        let begun = self.at;
        self.after(pace(social, 15.0, 200.0), 0.9);
        self.step(EventKind::Taken, self.executor, Effect::None);
        if self.dice.chance(0.06) {
            self.after(pace(social, 20.0, 300.0), 0.8);
            self.step(EventKind::Commented, self.executor, Effect::None);
        }
        if self.dice.chance(0.05) {
            self.after(pace(social, 20.0, 900.0), 0.6);
            self.step(EventKind::InterimAnswered, self.executor, Effect::None);
        }
        let answer = self.answer_moment(incident, due, begun);
        if let Some(before) = due
            && incident.regime == Regime::Fz59
            && self.dice.chance(0.06)
        {
            self.until(before.plus_secs(-3 * 86_400));
            due = Some(due::extended(before));
            self.step(
                EventKind::Extended,
                self.lead,
                Effect::Due(due::extended(before), DueSource::Server),
            );
            self.after_days(4.0, 0.6);
        } else if !social && self.dice.chance(0.015) {
            self.step(EventKind::Postponed, self.executor, Effect::None);
            self.after_days(6.0, 0.6);
            self.step(EventKind::Resumed, By::default(), Effect::None);
        }
        self.submit(answer, social);
        if self.dice.chance(0.05) {
            self.after(pace(social, 15.0, 120.0), 0.6);
            self.step(EventKind::Returned, self.lead, Effect::None);
            self.after(pace(social, 60.0, 1_200.0), 0.6);
            self.step(EventKind::Submitted, self.executor, Effect::None);
        }
        self.after(pace(social, 10.0, 90.0), 0.7);
        self.step(EventKind::Approved, self.lead, Effect::None);
        due.is_some_and(|due| self.at > due)
    }

    /// Log-normal around less than half of the time that there is; what comes
    /// late comes soon after.
    fn answer_moment(
        &mut self,
        incident: &Incident,
        due: Option<Timestamp>,
        begun: Timestamp,
    ) -> Timestamp {
        let from = incident.registered.unwrap_or(incident.received);
        let allowed = due.map_or(12.0 * DAY, |due| due.secs_since(from).max(3600) as f64);
        let part = self.dice.log_normal(0.42, 0.62);
        let part = if part > 1.0 { 1.0 + (part - 1.0) * 0.35 } else { part };
        from.plus_secs((allowed * part) as i64).max(begun)
    }

    fn submit(&mut self, answer: Timestamp, social: bool) {
        self.until(answer);
        self.after(pace(social, 5.0, 30.0), 0.6);
        self.step(EventKind::Submitted, self.executor, Effect::None);
    }

    /// Closing, rating, checking, and the few that come back.
    fn ending(&mut self, incident: &Incident, late: bool) {
        if self.dice.chance(0.01) {
            self.after(2.0 * DAY, 0.5);
            self.step(EventKind::Reopened, self.duty, Effect::None);
            self.again(incident);
            return;
        }
        if !self.dice.chance(0.93) {
            return;
        }
        self.after(9.0 * HOUR, 1.0);
        self.step(EventKind::Closed, self.duty, Effect::None);
        if self.dice.chance(0.3) {
            self.after(14.0 * HOUR, 1.0);
            let rating = self.rating(late);
            self.step(EventKind::Rated, By::default(), Effect::Rating(rating));
        }
        if self.dice.chance(0.02) {
            self.after(30.0 * HOUR, 0.7);
            self.check(late);
        }
        if self.dice.chance(0.02) {
            self.after(3.0 * DAY, 0.6);
            self.step(EventKind::Reopened, self.duty, Effect::None);
            self.again(incident);
        }
    }

    /// The second round after a reopening, to its end.
    fn again(&mut self, incident: &Incident) {
        self.after(2.0 * HOUR, 0.7);
        self.assign(incident, self.duty);
        self.after(6.0 * HOUR, 0.7);
        self.step(EventKind::Taken, self.executor, Effect::None);
        self.after_days(3.0, 0.6);
        self.step(EventKind::Submitted, self.executor, Effect::None);
        self.after(3.0 * HOUR, 0.6);
        self.step(EventKind::Approved, self.lead, Effect::None);
        self.after(9.0 * HOUR, 0.8);
        self.step(EventKind::Closed, self.duty, Effect::None);
    }

    fn rating(&mut self, late: bool) -> u8 {
        let throw = self.dice.unit() - if late { 0.25 } else { 0.0 };
        match throw {
            t if t < 0.14 => 1,
            t if t < 0.22 => 2,
            t if t < 0.36 => 3,
            t if t < 0.58 => 4,
            _ => 5,
        }
    }

    /// Judges the answer by the check-list: most are polite and to the point.
    fn check(&mut self, late: bool) {
        use AnswerCheck::{Evasive, Polite, Redirected, Resolved, ToThePoint};
        let found: &[AnswerCheck] = match self.at.0 % 10 + if late { 2 } else { 0 } {
            0..=3 => &[ToThePoint, Polite, Resolved],
            4..=6 => &[ToThePoint, Polite],
            7 => &[ToThePoint, Polite, Redirected],
            8 | 9 => &[Polite, Evasive],
            _ => &[Evasive, Redirected],
        };
        let found: u8 = found.iter().map(|check| 1 << check.index()).sum();
        let (at, by) = (self.at, self.lead);
        let (event, effect) = (EventKind::QualityChecked, Effect::None);
        self.steps.push(Step { at, event, by, words: 1 + found, effect });
    }

    fn step(&mut self, event: EventKind, by: By, effect: Effect) {
        let kinds = self.world.texts.words_of(event);
        let words = if kinds == 0 { 0 } else { 1 + self.dice.below(kinds) as u8 };
        self.steps.push(Step { at: self.at, event, by, words, effect });
    }

    /// Waits about that many days, nights included.
    fn after_days(&mut self, median: f64, sigma: f64) {
        let secs = self.dice.log_normal(median, sigma) * DAY;
        self.after_exactly(secs);
    }

    /// Waits about `median_secs`, and for the morning where it got late.
    fn after(&mut self, median_secs: f64, sigma: f64) {
        let secs = self.dice.log_normal(median_secs, sigma).clamp(20.0, 60.0 * DAY);
        self.after_exactly(secs);
        let hour = self.at.local_hour();
        if !(8..21).contains(&hour) {
            let day = self.at.local_day().plus_days(i32::from(hour >= 21));
            let opening = 8.0 * HOUR + self.dice.unit() * 80.0 * MINUTE;
            self.until(day.start().plus_secs(opening as i64));
        }
    }

    fn after_exactly(&mut self, secs: f64) {
        self.at = self.at.plus_secs(secs.max(1.0) as i64);
    }

    fn until(&mut self, moment: Timestamp) {
        self.at = self.at.plus_secs(1).max(moment);
    }
}

/// Seconds that something usually takes: social networks are answered within
/// the day.
fn pace(social: bool, social_minutes: f64, other_minutes: f64) -> f64 {
    MINUTE * if social { social_minutes } else { other_minutes }
}

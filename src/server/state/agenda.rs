//! What is going to happen by itself, and when.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;
use crate::server::record::Step;

/// A step of an incident at its moment of this server's own, faster time.
/// `step.at` is when it would be in life.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Coming {
    pub(crate) at: Timestamp,
    number: u64,
    pub(crate) incident: u32,
    pub(crate) step: Step,
}

/// Steps in the order of their moments; those of one moment as they were
/// expected.
#[derive(Default)]
pub(crate) struct Agenda {
    coming: BinaryHeap<Reverse<Coming>>,
    next: u64,
    /// What changed since it was saved.
    pub(super) added: Vec<Coming>,
    pub(super) done: Vec<u64>,
}

impl Agenda {
    pub(crate) fn expect(&mut self, at: Timestamp, incident: u32, step: Step) {
        let coming = Coming { at, number: self.next, incident, step };
        self.next += 1;
        self.coming.push(Reverse(coming));
        self.added.push(coming);
    }

    /// Takes the next step that is due by `now`.
    pub(crate) fn pop_due(&mut self, now: Timestamp) -> Option<Coming> {
        let due = self.coming.peek().is_some_and(|Reverse(coming)| coming.at <= now);
        let Reverse(coming) = if due { self.coming.pop() } else { None }?;
        self.done.push(coming.number);
        Some(coming)
    }

    /// Goes on from what was saved after the steps that stand here.
    pub(super) fn restore(&mut self, added: Vec<Coming>, done: &HashSet<u64>) {
        self.next = added.last().map_or(self.next, |last| last.number + 1);
        self.coming.extend(added.into_iter().map(Reverse));
        self.coming.retain(|Reverse(coming)| !done.contains(&coming.number));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::EventKind;
    use crate::server::record::{By, Effect};

    fn step() -> Step {
        Step {
            at: Timestamp(0),
            event: EventKind::Taken,
            by: By::default(),
            words: 0,
            effect: Effect::None,
        }
    }

    fn order(agenda: &mut Agenda, now: u32) -> Vec<u32> {
        std::iter::from_fn(|| agenda.pop_due(Timestamp(now))).map(|c| c.incident).collect()
    }

    #[test]
    fn steps_come_in_the_order_of_their_moments_and_survive_a_restart() {
        let begin = || {
            let mut agenda = Agenda::default();
            for (incident, at) in [(1, 30), (2, 10), (3, 10)] {
                agenda.expect(Timestamp(at), incident, step());
            }
            agenda
        };
        let mut agenda = begin();
        let expected = agenda.added.len();
        assert_eq!(order(&mut agenda, 10), [2, 3]);
        agenda.expect(Timestamp(20), 4, step());
        assert!(order(&mut agenda, 15).is_empty());

        let mut again = begin();
        let done = agenda.done.iter().copied().collect();
        again.restore(agenda.added.split_off(expected), &done);
        again.expect(Timestamp(25), 5, step());
        assert_eq!(order(&mut again, 40), [4, 5, 1]);
    }
}

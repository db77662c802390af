//! How many would be late by other rules of deadlines: nothing is changed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::CHUNK_ROWS;
use super::chunk::{Chunk, NEVER};
use super::compiled::CompiledFilter;
use super::kinds::{self, REGIMES};
use super::row::flags;
use super::selection::Selection;
use super::table::Board;
use super::vocabulary::Vocabulary;
use crate::domain::policy::{Facts, Policies};
use crate::domain::{Regime, Timestamp, WorkCalendar};

/// What is supposed.
#[derive(Clone, Copy, Debug)]
pub struct WhatIf<'a> {
    /// The rules that there are, and those that are tried.
    pub rules: &'a Policies,
    pub supposed: &'a Policies,
    pub calendar: &'a WorkCalendar,
    /// The last interim answer, by row id.
    pub interim: &'a HashMap<u32, Timestamp>,
    /// UTC seconds.
    pub now: u32,
}

/// Incidents that are late by one set of deadlines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Late {
    /// Open, and their deadline has passed.
    pub open: u32,
    /// Done after their deadline.
    pub done: u32,
}

/// The incidents of one regime.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Supposition {
    /// Received within the filter.
    pub n: u32,
    /// By the deadlines that stand: those of the server, and by rule where it gave none.
    pub stands: Late,
    /// By the rules that there are, whatever the server gave.
    pub rules: Late,
    /// By the rules that are tried.
    pub supposed: Late,
}

impl Late {
    fn count(&mut self, due: Option<u32>, done: u32, now: u32) {
        let Some(due) = due else { return };
        if done == NEVER {
            self.open += u32::from(due < now);
        } else {
            self.done += u32::from(due < done);
        }
    }

    fn join(self, other: Self) -> Self {
        Self { open: self.open + other.open, done: self.done + other.done }
    }
}

impl Supposition {
    fn join(self, other: Self) -> Self {
        Self {
            n: self.n + other.n,
            stands: self.stands.join(other.stands),
            rules: self.rules.join(other.rules),
            supposed: self.supposed.join(other.supposed),
        }
    }
}

impl WhatIf<'_> {
    /// `first` is the position of the chunk's first row.
    fn count(
        &self,
        words: &Vocabulary,
        chunk: &Chunk,
        rows: &[u16],
        first: u32,
    ) -> [Supposition; REGIMES] {
        let mut found = [Supposition::default(); REGIMES];
        for at in rows.iter().map(|at| usize::from(*at)) {
            let regime = chunk.regime[at];
            let (Some(sum), Some(regime)) =
                (found.get_mut(usize::from(regime)), Regime::from_index(regime))
            else {
                continue;
            };
            let row_id = first + at as u32 + 1;
            let known = |secs: u32| (secs > 0).then_some(Timestamp(secs));
            let is_interim = chunk.flags[at] & flags::INTERIM != 0;
            let facts = Facts {
                topic: words.topic_code(chunk.topic[at]),
                received: Timestamp(chunk.received[at]),
                registered: known(chunk.registered[at]),
                interim: if is_interim { self.interim.get(&row_id).copied() } else { None },
                submitted: None,
                is_important: chunk.flags[at] & flags::IMPORTANT != 0,
            };
            let by = |policies: &Policies| {
                let policy = policies.of(regime, facts.received)?;
                Some(policy.answer_due(facts, self.calendar)?.ok()?.0)
            };
            let done = chunk.done[at];
            let stands = Some(chunk.due[at]).filter(|due| *due != NEVER);
            sum.n += 1;
            sum.stands.count(stands, done, self.now);
            sum.rules.count(by(self.rules), done, self.now);
            sum.supposed.count(by(self.supposed), done, self.now);
        }
        found
    }
}

impl Board {
    /// By `Regime as u8`, over what was received within the filter; rejected and merged
    /// ones are left out. `None` where `cancel` was raised.
    pub fn what_if(
        &self,
        filter: &CompiledFilter,
        asked: &WhatIf<'_>,
        cancel: &AtomicBool,
    ) -> Option<[Supposition; REGIMES]> {
        let found = Selection::new(self, filter, cancel, |chunk, at| {
            !kinds::is_excluded(chunk.status[at])
        })?;
        let parts = self.chunks().par_iter().zip(&found.chunks).enumerate();
        let counted = parts.map(|(index, (chunk, rows))| {
            let goes_on = !cancel.load(Ordering::Relaxed);
            let first = (index * CHUNK_ROWS) as u32;
            goes_on.then(|| asked.count(self.vocabulary(), chunk, rows, first))
        });
        counted.try_reduce(
            || [Supposition::default(); REGIMES],
            |one, other| Some(std::array::from_fn(|at| one[at].join(other[at]))),
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::filter::Filter;
    use super::super::samples::{self, NOW};
    use super::*;
    use crate::domain::calendar::Window;
    use crate::domain::policy::{Clock, Supposed};
    use crate::domain::{Catalogue, DataFile, Parts, Status};

    /// The embedded ones, whose last is that of the social networks, with a limit by topic.
    fn rules() -> Policies {
        let text = format!(
            "{}[[policy.limit]]\nstage = \"answer\"\ntopics = [\"zhkh.heat\"]\n\
             clock = \"working_days\"\namount = 40\nfrom = \"received\"\nsource = \"test\"\n\
             mark = \"U\"\n",
            Parts::EMBEDDED.policies.text
        );
        let file = DataFile { name: "policies.toml", text: &text };
        Policies::read(file, &Catalogue::embedded().topics).unwrap()
    }

    proptest! {
        #[test]
        fn what_would_be_late_is_what_a_loop_counts(
            (board, _) in samples::board(), limit in 0..3_usize, amount in 1..40_u32,
            clock in 0..Clock::COUNT, from in 0..20_u32, hours in 2..5_u32
        ) {
            let catalogue = Catalogue::embedded();
            let rules = rules();
            let policy = rules.by_version("social-1").unwrap();
            let clock = Clock::ALL[clock];
            let window = Window::of_minutes(from * 60, (from + hours) * 60);
            let supposed =
                Supposed { clock, amount, important: None, window, ..Supposed::as_is(policy, limit) };
            let supposed = rules.supposing(&[supposed]);
            let interim = (1..=board.positions()).filter(|id| id % 2 == 0);
            let interim = interim.map(|id| (id, Timestamp(NOW - 100_000 + id))).collect();
            let asked = WhatIf {
                rules: &rules,
                supposed: &supposed,
                calendar: &catalogue.work_calendar,
                interim: &interim,
                now: NOW,
            };
            let all = CompiledFilter::new(&Filter::default(), board.vocabulary(), NOW);
            let found = board.what_if(&all, &asked, &AtomicBool::new(false)).unwrap();
            let mut expected = [Supposition::default(); REGIMES];
            for row_id in 1..=board.positions() {
                let Some(row) = board.row(row_id - 1) else { continue };
                let status = Status::from_index(row.status).unwrap();
                if status.is_excluded() {
                    continue;
                }
                let sum = &mut expected[usize::from(row.regime)];
                sum.n += 1;
                let facts = Facts {
                    topic: board.vocabulary().topic_code(row.topic),
                    received: Timestamp(row.received),
                    registered: (row.registered > 0).then_some(Timestamp(row.registered)),
                    interim: interim
                        .get(&row_id)
                        .copied()
                        .filter(|_| row.flags & flags::INTERIM != 0),
                    submitted: None,
                    is_important: row.flags & flags::IMPORTANT != 0,
                };
                let done = row.done();
                let regime = Regime::from_index(row.regime).unwrap();
                let by = |policies: &Policies| {
                    let policy = policies.of(regime, facts.received)?;
                    policy.answer_due(facts, &catalogue.work_calendar)?.ok().map(|due| due.0)
                };
                for (late, due) in [
                    (&mut sum.stands, (row.due > 0).then_some(row.due)),
                    (&mut sum.rules, by(&rules)),
                    (&mut sum.supposed, by(&supposed)),
                ] {
                    if status.is_open() {
                        late.open += u32::from(due.is_some_and(|due| due < NOW));
                    } else {
                        late.done += u32::from(due.is_some_and(|due| due < done));
                    }
                }
            }
            prop_assert_eq!(found, expected);
        }
    }
}

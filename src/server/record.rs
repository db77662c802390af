//! Objects as the server keeps them: fixed width, words by index, so that
//! millions fit. Texts are made when a line is written.

use serde::{Deserialize, Serialize};

use crate::domain::standing;
use crate::domain::status::{IllegalMove, next_status};
use crate::domain::{Block, EventKind, Regime, Role, Source, Status, Timestamp};
use crate::geo::mercator::LonLat;

/// Degrees in hundred-thousandths, WGS 84.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Point {
    pub(crate) lat: i32,
    pub(crate) lon: i32,
}

impl Point {
    pub(crate) fn from_degrees(lat: f64, lon: f64) -> Self {
        let parts = f64::from(super::json::DEGREE_PARTS);
        Self { lat: (lat * parts).round() as i32, lon: (lon * parts).round() as i32 }
    }

    pub(crate) fn degrees(self) -> LonLat {
        let parts = f64::from(super::json::DEGREE_PARTS);
        LonLat { lon: f64::from(self.lon) / parts, lat: f64::from(self.lat) / parts }
    }

    /// To the nearest node of a grid of a hundredth of a degree.
    pub(crate) fn on_grid(self) -> Self {
        const STEP: i32 = super::json::DEGREE_PARTS / 100;
        let nearest = |parts: i32| (parts + STEP / 2).div_euclid(STEP) * STEP;
        Self { lat: nearest(self.lat), lon: nearest(self.lon) }
    }
}

/// What the made-up texts of an incident speak of; it stays when the incident
/// is classified or placed anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Subject {
    pub(crate) topic: u16,
    pub(crate) settlement: u16,
}

/// Who set `due`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum DueSource {
    Server,
    Hand,
}

/// Index of a problem: a person took the incident out of one.
pub(crate) const NO_PROBLEM: u32 = u32::MAX;

/// Marks as bits, in this order.
pub(crate) const MARKS: [&str; 3] = ["resonance", "conflict", "communication_error"];

/// What a check of an answer finds, as bits, in this order.
pub(crate) const CHECKS: [&str; 5] =
    ["to_the_point", "evasive", "redirected", "polite", "resolved"];

/// Kinds of authors, by index.
pub(crate) const AUTHORS: [&str; 5] =
    ["citizen", "foreigner", "stateless", "abroad", "organisation"];

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Incident {
    pub(crate) rev: u64,
    pub(crate) received: Timestamp,
    pub(crate) registered: Option<Timestamp>,
    pub(crate) due: Option<Timestamp>,
    pub(crate) first_answer: Option<Timestamp>,
    /// When the answer was approved that stands.
    pub(crate) answered: Option<Timestamp>,
    pub(crate) closed: Option<Timestamp>,
    pub(crate) point: Option<Point>,
    pub(crate) merged_into: Option<u32>,
    /// Index among the server's plain objects.
    pub(crate) problem: Option<u32>,
    /// `None` where texts were given, not made up.
    pub(crate) subject: Option<Subject>,
    pub(crate) topic: Option<u16>,
    pub(crate) settlement: Option<u16>,
    pub(crate) body: Option<u16>,
    /// Index of an office.
    pub(crate) assignee: Option<u16>,
    /// Office that submitted the answer that waits for approval.
    pub(crate) submitter: Option<u16>,
    pub(crate) municipality: Option<u8>,
    pub(crate) block: Block,
    pub(crate) source: Source,
    pub(crate) regime: Regime,
    pub(crate) status: Status,
    pub(crate) due_source: DueSource,
    pub(crate) priority: u8,
    /// Bits of [`MARKS`].
    pub(crate) marks: u8,
    /// Index in [`AUTHORS`].
    pub(crate) author: Option<u8>,
    pub(crate) satisfaction: Option<u8>,
}

impl Incident {
    pub(crate) const fn new(received: Timestamp, source: Source, regime: Regime) -> Self {
        Self {
            rev: 0,
            received,
            registered: None,
            due: None,
            first_answer: None,
            answered: None,
            closed: None,
            point: None,
            merged_into: None,
            problem: None,
            subject: None,
            topic: None,
            settlement: None,
            body: None,
            assignee: None,
            submitter: None,
            municipality: None,
            block: Block::Outside,
            source,
            regime,
            status: Status::INITIAL,
            due_source: DueSource::Server,
            priority: 0,
            marks: 0,
            author: None,
            satisfaction: None,
        }
    }

    /// When it was answered or otherwise done, as far as its status says that it is.
    pub(crate) fn done(&self) -> Option<Timestamp> {
        standing::done(self.closed, self.answered, self.first_answer)
    }

    /// Takes a step if its status allows it, and tells what its log says of it.
    pub(crate) fn take(&mut self, index: u32, step: &Step) -> Result<Event, IllegalMove> {
        let (from, due_before) = (self.status, self.due);
        self.status = next_status(from, step.event)?;
        match step.event {
            EventKind::Registered => self.registered = self.registered.or(Some(step.at)),
            EventKind::InterimAnswered | EventKind::Approved => {
                self.first_answer = self.first_answer.or(Some(step.at));
                if step.event == EventKind::Approved {
                    self.answered = Some(step.at);
                }
            }
            EventKind::Submitted => self.submitter = step.by.office,
            EventKind::Closed => self.closed = Some(step.at),
            EventKind::Reopened => (self.closed, self.answered) = (None, None),
            EventKind::Unmerged => self.merged_into = None,
            _ => {}
        }
        match step.effect {
            Effect::None => {}
            Effect::Body { body, assignee } => {
                self.body = Some(body);
                self.assignee = assignee;
            }
            Effect::Assignee(office) => self.assignee = Some(office),
            Effect::Topic { topic, block } => {
                self.topic = Some(topic);
                self.block = block;
            }
            Effect::Place { municipality, settlement, point } => {
                self.municipality = municipality;
                self.settlement = settlement;
                self.point = point;
            }
            Effect::Priority(priority) => self.priority = priority,
            Effect::Marks(marks) => self.marks = marks,
            Effect::Due(due, source) => {
                self.due = Some(due);
                self.due_source = source;
            }
            Effect::Rating(rating) => self.satisfaction = Some(rating),
            Effect::Into(survivor) => self.merged_into = Some(survivor),
            Effect::Problem(problem) => self.problem = Some(problem),
            Effect::NotOf(problem) => {
                if self.problem == Some(problem) {
                    self.problem = Some(NO_PROBLEM);
                }
            }
        }
        let mut event = step.event_of(index, Some(from), self.status);
        if step.event == EventKind::Extended {
            (event.due, event.due_before) = (self.due, due_before);
        }
        Ok(event)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) rev: u64,
    /// Where it belongs now.
    pub(crate) incident: u32,
    /// Where it belongs without merges: the incident that it came with, or
    /// that a split took it to. A merge moves the message, and its undoing
    /// brings it back.
    pub(crate) home: u32,
    /// The incident that it came with: its made-up words speak of that one.
    pub(crate) origin: u32,
    pub(crate) received: Timestamp,
    pub(crate) source: Source,
    pub(crate) author: Option<u8>,
    pub(crate) deleted: bool,
}

/// An entry of an incident's log. It never changes, so its revision is its
/// place in the log of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) incident: u32,
    pub(crate) at: Timestamp,
    pub(crate) by: By,
    pub(crate) body: Option<u16>,
    pub(crate) kind: EventKind,
    pub(crate) from: Option<Status>,
    pub(crate) to: Status,
    /// Which of the made-up reasons or notes, from 1; 0 is none.
    pub(crate) words: u8,
    /// The deadline that an extension set, and the one that it replaced.
    #[serde(default)]
    pub(crate) due: Option<Timestamp>,
    #[serde(default)]
    pub(crate) due_before: Option<Timestamp>,
}

/// Who acted; nobody is the system that the record came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct By {
    pub(crate) role: Option<Role>,
    /// Index of an office.
    pub(crate) office: Option<u16>,
}

/// Something that happens to an incident.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) at: Timestamp,
    pub(crate) event: EventKind,
    pub(crate) by: By,
    pub(crate) words: u8,
    pub(crate) effect: Effect,
}

impl Step {
    /// The entry of the log that it leaves behind.
    pub(crate) fn event_of(&self, incident: u32, from: Option<Status>, to: Status) -> Event {
        let body = match self.effect {
            Effect::Body { body, .. } => Some(body),
            _ => None,
        };
        Event {
            incident,
            at: self.at,
            by: self.by,
            body,
            kind: self.event,
            from,
            to,
            words: self.words,
            due: None,
            due_before: None,
        }
    }
}

/// What a step changes beside the status.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Effect {
    None,
    Body {
        body: u16,
        assignee: Option<u16>,
    },
    /// Who works on it now.
    Assignee(u16),
    Topic {
        topic: u16,
        block: Block,
    },
    Place {
        municipality: Option<u8>,
        settlement: Option<u16>,
        point: Option<Point>,
    },
    Priority(u8),
    Marks(u8),
    Due(Timestamp, DueSource),
    Rating(u8),
    /// Merged into that incident.
    Into(u32),
    /// Of that problem, by its index among the plain objects.
    Problem(u32),
    /// Not of that one.
    NotOf(u32),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::action::{AnswerCheck, Mark};

    #[test]
    fn the_grid_of_the_wall_is_a_hundredth_of_a_degree() {
        let on_grid = |lat, lon| {
            let point = Point::from_degrees(lat, lon).on_grid();
            (point.lat, point.lon)
        };
        assert_eq!(on_grid(53.72123, 91.4399), (5_372_000, 9_144_000));
        assert_eq!(on_grid(53.725, -0.006), (5_373_000, -1_000));
    }

    #[test]
    fn bits_stand_for_the_words_of_the_domain() {
        assert!(MARKS.iter().copied().eq(Mark::ALL.iter().map(|mark| mark.key())));
        assert!(CHECKS.iter().copied().eq(AnswerCheck::ALL.iter().map(|check| check.key())));
    }

    #[test]
    fn a_step_moves_only_where_the_table_allows() {
        let mut incident = Incident::new(Timestamp(1), Source::Pos, Regime::Pos);
        let step = |event| Step {
            at: Timestamp(2),
            event,
            by: By::default(),
            words: 0,
            effect: Effect::None,
        };
        assert!(incident.take(0, &step(EventKind::Approved)).is_err());
        assert_eq!((incident.status, incident.first_answer), (Status::New, None));
        let event = incident.take(0, &step(EventKind::Taken)).unwrap();
        assert_eq!((event.from, event.to), (Some(Status::New), Status::Triage));
        assert_eq!(incident.status, Status::Triage);
    }

    #[test]
    fn an_extension_tells_both_deadlines() {
        let mut incident = Incident::new(Timestamp(1), Source::Pos, Regime::Pos);
        incident.due = Some(Timestamp(10));
        let mut take = |event, effect| {
            let step = Step { at: Timestamp(2), event, by: By::default(), words: 0, effect };
            let event = incident.take(0, &step).unwrap();
            (event.due_before, event.due)
        };
        let later = Effect::Due(Timestamp(20), DueSource::Hand);
        let both = (Some(Timestamp(10)), Some(Timestamp(20)));
        assert_eq!(take(EventKind::Extended, later), both);
        assert_eq!(take(EventKind::Commented, Effect::None), (None, None));
    }

    #[test]
    fn a_million_incidents_fit() {
        assert!(size_of::<Incident>() <= 144, "{}", size_of::<Incident>());
        assert!(size_of::<Message>() <= 32, "{}", size_of::<Message>());
        assert!(size_of::<Event>() <= 44, "{}", size_of::<Event>());
    }
}

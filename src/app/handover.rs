//! The sheet that one shift hands to the next. It writes itself: what came and
//! what burns out of one pass over the board, what was done and what waits out
//! of the outbox. It names records, topics and places, never a citizen's words.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::outbox_view::OutboxEntry;
use super::problems::Problem;
use crate::board::Board;
use crate::board::handover::HandoverFigures;
use crate::board::row::NONE;
use crate::domain::catalogue::Catalogue;
use crate::domain::{Block, CommandKind, Oktmo, Pressing, Source, Timestamp};
use crate::store::{CommandState, Shift};

/// What is due within so many seconds cannot wait for the next shift to look
/// around.
pub const SOON_SECS: u32 = 2 * 3600;

/// As it is shown, copied, saved and kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// Office that had the shift, never a person's name.
    pub office: String,
    pub from: Timestamp,
    /// Its end, or how far it has come.
    pub to: Timestamp,
    /// The figures are made up.
    pub demo: bool,
    #[serde(flatten)]
    pub picture: Picture,
    /// By kind, the most first; what was undone or given up is left out.
    pub done: Vec<(CommandKind, u32)>,
    pub waits: Waits,
    /// In the officer's own words.
    pub note: String,
}

/// What the board says of a shift.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// Received in the shift, without what was rejected or merged.
    pub received: u32,
    /// The most first, without zeros.
    pub by_block: Vec<(Block, u32)>,
    pub by_source: Vec<(Source, u32)>,
    pub open: u32,
    pub pressing: Vec<PressingGroup>,
    /// Confirmed ones that go on, the newest first.
    #[serde(default)]
    pub problems: Vec<ProblemLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemLine {
    pub name: String,
    /// Incidents linked to it, and how many of them came in the last 24 hours.
    pub n: u32,
    pub day: u32,
    /// The curator was asked and has not decided.
    pub waits_for_curator: bool,
}

/// Open incidents that cannot wait.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PressingGroup {
    pub group: Pressing,
    pub n: u32,
    /// The first of them; each incident stands in one group only.
    pub rows: Vec<PressingRow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PressingRow {
    /// Number of the record on the server.
    pub id: String,
    /// Code of the taxonomy, empty where there is none.
    pub topic: String,
    pub municipality: Option<Oktmo>,
    /// Code of the catalogue, or whatever the server calls it; empty where it is
    /// not known.
    pub settlement: String,
    pub due: Option<Timestamp>,
}

/// What the server has not made its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits {
    pub unsent: u32,
    pub conflicts: u32,
    pub rejected: u32,
    /// What is unsent, by the office that made it: it is sent when that one is
    /// signed in.
    pub by_office: Vec<(String, u32)>,
}

impl Sheet {
    /// Puts the parts together. `done` counts the own actions of the shift.
    pub fn of(
        shift: &Shift,
        to: Timestamp,
        picture: Picture,
        done: &BTreeMap<CommandKind, u32>,
        entries: &[Arc<OutboxEntry>],
        demo: bool,
    ) -> Self {
        Self {
            office: shift.office.clone(),
            from: shift.began_at,
            to,
            demo,
            picture,
            done: most_first(done.iter().map(|(kind, n)| (*kind, *n))),
            waits: Waits::of(entries),
            note: shift.note.trim().to_owned(),
        }
    }

    /// Own actions in all.
    pub fn done_in_all(&self) -> u32 {
        self.done.iter().map(|(_, n)| n).sum()
    }
}

impl Waits {
    fn of(entries: &[Arc<OutboxEntry>]) -> Self {
        use CommandState::{Conflict, Queued, Rejected, Sent, Undoable};
        let mut waits = Self::default();
        let mut by_office: BTreeMap<&str, u32> = BTreeMap::new();
        for entry in entries {
            match entry.state {
                Undoable | Queued | Sent => {
                    waits.unsent += 1;
                    *by_office.entry(&entry.office).or_default() += 1;
                }
                Conflict => waits.conflicts += 1,
                Rejected => waits.rejected += 1,
                CommandState::Accepted | CommandState::Settled | CommandState::Replaced => {}
            }
        }
        waits.by_office = by_office.into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
        waits
    }
}

impl ProblemLine {
    /// `None` for one that nobody has confirmed.
    pub fn of(problem: &Problem) -> Option<Self> {
        let known = problem.known.as_ref()?;
        Some(Self {
            name: known.name.clone(),
            n: problem.linked,
            day: problem.linked_day,
            waits_for_curator: known.remedy.waits_for_curator(),
        })
    }
}

impl Picture {
    /// Gives the figures their words. `id_of` is a record's number by its row id.
    pub fn of(
        figures: &HandoverFigures,
        board: &Board,
        catalogue: &Catalogue,
        id_of: impl Fn(u32) -> Option<String>,
    ) -> Self {
        let named = |position: u32| {
            let row = board.row(position)?;
            let vocabulary = board.vocabulary();
            Some(PressingRow {
                id: id_of(position + 1)?,
                topic: vocabulary.topic_code(row.topic).to_owned(),
                municipality: catalogue.municipality(row.municipality).map(|it| it.oktmo),
                settlement: match row.settlement {
                    NONE => String::new(),
                    at => vocabulary.settlements.get(usize::from(at)).cloned().unwrap_or_default(),
                },
                due: (row.due > 0).then_some(Timestamp(row.due)),
            })
        };
        let groups = Pressing::ALL.iter().zip(figures.pressing).zip(&figures.top);
        Self {
            received: figures.received,
            by_block: most_first(Block::ALL.iter().copied().zip(figures.by_block)),
            by_source: most_first(Source::ALL.iter().copied().zip(figures.by_source)),
            open: figures.open,
            problems: Vec::new(),
            pressing: groups
                .map(|((group, n), top)| PressingGroup {
                    group: *group,
                    n,
                    rows: top.iter().filter_map(|position| named(*position)).collect(),
                })
                .collect(),
        }
    }
}

/// The most first, among equals in their own order; without zeros.
fn most_first<T>(counts: impl Iterator<Item = (T, u32)>) -> Vec<(T, u32)> {
    let mut counts: Vec<_> = counts.filter(|(_, n)| *n > 0).collect();
    counts.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    counts
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::board::{BoardBuilder, Region, Row, Vocabulary};
    use crate::domain::Action;

    fn shift() -> Shift {
        Shift {
            num: 1,
            office: "Дежурный".to_owned(),
            began_at: Timestamp(1_000),
            after_seq: 0,
            note: " Минстрой обещал ответ к девяти\n".to_owned(),
        }
    }

    fn entry(state: CommandState, office: &str) -> Arc<OutboxEntry> {
        Arc::new(OutboxEntry {
            id: Uuid::nil(),
            row_id: None,
            incident: None,
            action: Action::Take {},
            office: office.to_owned(),
            at: Timestamp(1_500),
            state,
            attempts: 0,
            answer: None,
            basis: None,
            replaces: None,
        })
    }

    #[test]
    fn a_sheet_puts_the_most_first_and_says_whose_work_waits() {
        use CommandState::{Accepted, Conflict, Queued, Rejected, Sent, Undoable};
        let done = BTreeMap::from([
            (CommandKind::Take, 2),
            (CommandKind::Assign, 7),
            (CommandKind::Comment, 0),
        ]);
        let entries = [
            entry(Undoable, "Дежурный"),
            entry(Queued, "Куратор"),
            entry(Sent, "Дежурный"),
            entry(Accepted, "Дежурный"),
            entry(Conflict, "Дежурный"),
            entry(Rejected, "Куратор"),
        ];
        let sheet =
            Sheet::of(&shift(), Timestamp(2_000), Picture::default(), &done, &entries, true);
        assert_eq!(sheet.done, [(CommandKind::Assign, 7), (CommandKind::Take, 2)]);
        assert_eq!(sheet.done_in_all(), 9);
        assert_eq!((sheet.waits.unsent, sheet.waits.conflicts, sheet.waits.rejected), (3, 1, 1));
        let by_office = [("Дежурный".to_owned(), 2), ("Куратор".to_owned(), 1)];
        assert_eq!(sheet.waits.by_office, by_office);
        assert_eq!(sheet.note, "Минстрой обещал ответ к девяти");
        let json = serde_json::to_string(&sheet).unwrap();
        assert_eq!(serde_json::from_str::<Sheet>(&json).unwrap(), sheet);
    }

    #[test]
    fn what_burns_is_named_by_record_topic_and_place() {
        let catalogue = Catalogue::embedded();
        let region = Region { municipality_count: 13, local_offset_secs: 0, scores: [0; 32] };
        let mut builder = BoardBuilder::new(region);
        let row = Row { received: 900, due: 1_100, topic: 1, settlement: 1, ..Row::default() };
        builder.push(1, &row);
        builder.push(2, &Row { settlement: 0, topic: 0, due: 0, ..row });
        let vocabulary = Vocabulary {
            topics: vec![
                crate::board::vocabulary::TopicEntry::default(),
                crate::board::vocabulary::TopicEntry {
                    code: "zhkh.heat".to_owned(),
                    ..Default::default()
                },
            ],
            settlements: vec![String::new(), "Аскиз".to_owned()],
            ..Vocabulary::default()
        };
        let board = builder.finish(std::sync::Arc::new(vocabulary));
        let figures = HandoverFigures {
            received: 3,
            by_block: std::array::from_fn(|at| u32::from(at == 2) * 3),
            pressing: [1, 0, 0, 5],
            top: [vec![0], vec![], vec![], vec![1, 7]],
            ..HandoverFigures::default()
        };
        let picture =
            Picture::of(&figures, &board, &catalogue, |row_id| Some(format!("INC-{row_id}")));
        assert_eq!(picture.by_block, [(Block::ALL[2], 3)]);
        assert_eq!(picture.by_source, []);
        let municipality = catalogue.municipality(0).map(|it| it.oktmo);
        let first = PressingRow {
            id: "INC-1".to_owned(),
            topic: "zhkh.heat".to_owned(),
            municipality,
            settlement: "Аскиз".to_owned(),
            due: Some(Timestamp(1_100)),
        };
        assert_eq!(picture.pressing[0].rows, [first]);
        let untouched = &picture.pressing[3];
        assert_eq!((untouched.n, untouched.rows.len()), (5, 1), "one is gone from the board");
        assert_eq!((untouched.rows[0].topic.as_str(), untouched.rows[0].due), ("", None));
    }
}

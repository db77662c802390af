//! What was found and what was said, put together.

use super::*;
use crate::app::handover::ProblemLine;
use crate::board::row::flags;
use crate::board::vocabulary::TopicEntry;
use crate::board::{BoardBuilder, Region, Row, Vocabulary};
use crate::domain::{Born, Remedy, Says, Status, Timestamp};

const NOW: u32 = 1_790_000_000;

/// Thirty incidents of one theme, the first twenty in one town; the third is merged.
fn board() -> Board {
    let region = Region { municipality_count: 13, local_offset_secs: 7 * 3600, scores: [0; 32] };
    let mut builder = BoardBuilder::new(region);
    for row_id in 1..=30 {
        let municipality = if row_id <= 20 { 2 } else { 5 };
        let status = if row_id == 20 { Status::Merged } else { Status::New };
        let row = Row {
            received: NOW - 1_000 + row_id,
            topic: 1,
            municipality,
            flags: flags::PLACED,
            status: status.index(),
            ..Row::default()
        };
        builder.push(row_id, &row);
    }
    let heat = TopicEntry { code: "zhkh.heat".to_owned(), depth: 1, ..TopicEntry::default() };
    let topics = vec![TopicEntry::default(), heat];
    builder.finish(Arc::new(Vocabulary { topics, ..Vocabulary::default() }))
}

fn stored(id: &str, state: ProblemState, rows: Vec<u32>) -> StoredProblem {
    StoredProblem {
        id: id.to_owned(),
        name: id.to_owned(),
        topic: "zhkh.heat".to_owned(),
        municipality: 2,
        state: Some(state),
        started: NOW - 5_000,
        closed: if state == ProblemState::Closed { NOW - 500 } else { 0 },
        wall: false,
        remedy: <_>::default(),
        rows,
    }
}

fn links(rows: impl IntoIterator<Item = u32>, linking: &Linking) -> Said {
    let at = Timestamp(NOW - 7);
    let links: Vec<_> =
        rows.into_iter().map(|row| (row, at, Action::Link(Box::new(linking.clone())))).collect();
    let busy = links.iter().map(|(row, ..)| *row).collect();
    Said { links, busy }
}

fn born(problem: &str) -> Linking {
    let born = Born {
        name: "Холодно".to_owned(),
        topic: Some("zhkh.heat".to_owned()),
        municipality: None,
        started_at: Timestamp(NOW - 5_000).to_rfc3339(),
        wall: true,
    };
    Linking { problem: problem.to_owned(), born: Some(born), says: Says::default() }
}

fn says(problem: &str, state: ProblemState) -> Linking {
    let says = Says { state: Some(state), ..Says::default() };
    Linking { problem: problem.to_owned(), born: None, says }
}

fn look(matters: Vec<Vec<u32>>, known: Vec<StoredProblem>, said: &Said) -> Vec<Problem> {
    hiding(Vec::new(), matters, known, said)
}

fn hiding(
    hidden: Vec<u32>,
    matters: Vec<Vec<u32>>,
    known: Vec<StoredProblem>,
    said: &Said,
) -> Vec<Problem> {
    let (board, catalogue) = (board(), Catalogue::embedded());
    Looking { board: &board, catalogue: &catalogue, hidden, now: NOW }
        .together(matters, known, said)
}

fn matter() -> Vec<u32> {
    (0..20).collect()
}

fn of<'a>(problems: &'a [Problem], id: &str) -> &'a Problem {
    let key = ProblemKey::Known(id.to_owned());
    problems.iter().find(|problem| problem.key == key).unwrap()
}

#[test]
fn what_was_found_is_of_the_problem_that_it_is_linked_to_or_that_goes_on_there() {
    let find = |known| look(vec![matter()], known, &Said::default());
    let only = find(Vec::new());
    assert_eq!((only.len(), &only[0].key), (1, &ProblemKey::Found(0)));
    assert_eq!((only[0].unlinked.len(), only[0].is_open()), (20, true));
    let one = find(vec![stored("p-1", ProblemState::Watched, vec![3, 25])]);
    assert_eq!((one.len(), of(&one, "p-1").members.len()), (1, 21));
    assert_eq!(of(&one, "p-1").unlinked.len(), 19);
    // What is linked stays where it is.
    let both = vec![
        stored("p-2", ProblemState::Confirmed, (1..=12).collect()),
        stored("p-1", ProblemState::Watched, Vec::new()),
    ];
    let there = find(both);
    assert_eq!(of(&there, "p-2").unlinked.len(), 8);
    assert_eq!(of(&there, "p-1").about, None);
    // Of another town or another theme is another problem.
    let other = StoredProblem { municipality: 5, ..stored("p-1", ProblemState::Watched, vec![]) };
    assert_eq!(find(vec![other]).len(), 2);
    let other =
        StoredProblem { topic: "x".to_owned(), ..stored("p", ProblemState::Watched, vec![]) };
    assert_eq!(find(vec![other]).len(), 2);
    let long_ago =
        StoredProblem { started: NOW - 30 * 86_400, ..stored("p", ProblemState::Watched, vec![]) };
    assert_eq!(find(vec![long_ago]).len(), 2);
}

#[test]
fn what_came_after_a_problem_was_closed_is_found_anew() {
    // Rows 1 to 5 are linked; what came until it was closed is of it.
    let closed = StoredProblem {
        closed: NOW - 1_000 + 8,
        ..stored("p-1", ProblemState::Closed, (1..=5).collect())
    };
    let found = look(vec![matter()], vec![closed], &Said::default());
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].known.is_none(), found[0].members.len()), (true, 12));
    assert_eq!(of(&found, "p-1").unlinked, [5, 6, 7]);
    // Unless another one goes on there.
    let closed = of(&found, "p-1").known.clone().unwrap();
    let closed = StoredProblem { rows: (1..=5).collect(), ..closed };
    let next = stored("p-2", ProblemState::Confirmed, vec![12]);
    let both = look(vec![matter()], vec![closed, next], &Said::default());
    assert_eq!((both.len(), of(&both, "p-1").unlinked.len()), (2, 3));
    assert_eq!(of(&both, "p-2").unlinked.len(), 11);
}

#[test]
fn what_is_of_a_problem_that_is_not_told_here_is_nobodys_to_confirm() {
    let found = hiding((1..=15).collect(), vec![matter()], Vec::new(), &Said::default());
    assert_eq!(found[0].members, (15..20).collect::<Vec<_>>());
}

#[test]
fn what_was_said_here_stands_before_the_server_knows_it() {
    let found = look(vec![matter()], Vec::new(), &links(1..=20, &born("p-9")));
    assert_eq!(found.len(), 1);
    assert!(found[0].is_unsent && found[0].unlinked.is_empty());
    let known = found[0].known.as_ref().unwrap();
    assert_eq!((known.name.as_str(), known.wall, known.started), ("Холодно", true, NOW - 5_000));
    // Of a known one only what is named changes, and a late confirmation changes nothing.
    let before = || vec![stored("p-1", ProblemState::Confirmed, vec![1, 2])];
    let closed = look(Vec::new(), before(), &links([1], &says("p-1", ProblemState::Closed)));
    let known = closed[0].known.as_ref().unwrap();
    assert!(!closed[0].is_open() && known.name == "p-1" && known.closed == NOW - 7);
    assert_eq!(closed[0].members, [0, 1]);
    // What is only said leaves the incident that it is said on where it is.
    let on_another = look(Vec::new(), before(), &links([9], &says("p-1", ProblemState::Closed)));
    assert_eq!((on_another[0].is_open(), &*on_another[0].members), (false, &[0, 1][..]));
    let late = look(Vec::new(), before(), &links([7], &born("p-1")));
    assert_eq!(late[0].known.as_ref().unwrap().name, "p-1");
    assert_eq!(late[0].members, [0, 1, 6]);
    // Of a problem that nobody knows nothing is said.
    assert!(look(Vec::new(), Vec::new(), &links([1], &says("p", ProblemState::Closed))).is_empty());
}

#[test]
fn an_incident_is_of_the_problem_that_was_said_last() {
    let before = vec![stored("p-1", ProblemState::Confirmed, vec![1, 2, 3])];
    let found = look(Vec::new(), before, &links([2], &born("p-2")));
    assert_eq!((of(&found, "p-1").members.len(), of(&found, "p-2").members.len()), (2, 1));
}

#[test]
fn what_was_taken_out_of_a_problem_is_of_none() {
    let before = || vec![stored("p-1", ProblemState::Confirmed, vec![1, 2, 3])];
    let mut said = Said::default();
    said.links.push((2, Timestamp(NOW - 7), Action::Unlink { problem: "p-1".to_owned() }));
    let found = look(Vec::new(), before(), &said);
    assert_eq!(of(&found, "p-1").members, [0, 2]);
    let state = |found| ProblemsState { found: Some(Arc::new(found)), ..ProblemsState::default() };
    let shown = state(found);
    let name_of = |row_id| shown.of(row_id).map(|problem| problem.key.clone());
    assert_eq!(name_of(1), Some(ProblemKey::Known("p-1".to_owned())));
    assert_eq!(name_of(2), None);
    // What was only found beside it is not of it.
    let beside = state(look(vec![matter()], before(), &Said::default()));
    assert!(beside.of(3).is_some() && beside.of(9).is_none());
    // Nor is it offered again where it is found beside the others, here and where the
    // server tells of it.
    let beside = look(vec![matter()], before(), &said);
    assert!(!of(&beside, "p-1").members.contains(&1) && of(&beside, "p-1").members.contains(&8));
    assert!(
        !of(&hiding(vec![2], vec![matter()], before(), &Said::default()), "p-1")
            .unlinked
            .contains(&1)
    );
    // That it is not of another one changes nothing.
    let other = Said {
        links: vec![(2, Timestamp(NOW - 7), Action::Unlink { problem: "p-2".to_owned() })],
        ..Said::default()
    };
    assert_eq!(of(&look(Vec::new(), before(), &other), "p-1").members, [0, 1, 2]);
    // And said to be of it again.
    said.links.extend(links([2], &born("p-1")).links);
    assert_eq!(of(&look(Vec::new(), before(), &said), "p-1").members, [0, 1, 2]);
}

#[test]
fn a_handover_names_what_goes_on_and_what_the_curator_was_asked() {
    let line = |problem| {
        let found = look(Vec::new(), vec![problem], &Said::default());
        ProblemLine::of(&found[0])
    };
    let going = stored("p-1", ProblemState::Watched, vec![1, 2, 20]);
    let told = line(going.clone()).unwrap();
    assert_eq!((told.name.as_str(), told.n, told.day), ("p-1", 2, 2), "the merged one left out");
    assert!(!told.waits_for_curator);
    let asked_at = Some(Timestamp(NOW).to_rfc3339());
    let remedy = Remedy { asked_at, ..Remedy::default() };
    let asked = line(StoredProblem { remedy: remedy.clone(), ..going.clone() }).unwrap();
    assert!(asked.waits_for_curator);
    let remedy = Remedy { decision: "выделить средства".to_owned(), ..remedy };
    assert!(!line(StoredProblem { remedy, ..going }).unwrap().waits_for_curator);
    let found = look(vec![matter()], Vec::new(), &Said::default());
    assert_eq!(ProblemLine::of(&found[0]), None, "nobody has confirmed it");
}

#[test]
fn the_newest_is_what_came_last_and_not_what_was_stored_last() {
    let region = Region { municipality_count: 13, local_offset_secs: 7 * 3600, scores: [0; 32] };
    let mut builder = BoardBuilder::new(region);
    for (row_id, received) in [(1, NOW - 9), (2, NOW - 3), (3, NOW - 6)] {
        builder.push(row_id, &Row { received, ..Row::default() });
    }
    let board = builder.finish(Arc::default());
    assert_eq!(newest_first(&board, [0, 1, 2].into_iter()), [1, 2, 0]);
}

#[test]
fn the_newest_incident_that_can_be_acted_upon_speaks_for_all() {
    let known = || vec![stored("p-1", ProblemState::Confirmed, vec![18, 19, 20])];
    // The twentieth is merged.
    assert_eq!(look(Vec::new(), known(), &Said::default())[0].speaker, Some(18));
    let busy = Said { busy: [19].into(), ..Said::default() };
    assert_eq!(look(Vec::new(), known(), &busy)[0].speaker, Some(17));
}

#[test]
fn an_id_follows_from_the_first_incident() {
    assert_eq!(id_after("i-17"), "p-i-17");
    let strange = id_after("обращение №1");
    assert!(strange.starts_with("p-") && strange.is_ascii() && strange == id_after("обращение №1"));
    assert!(id_after(&"x".repeat(200)).len() <= ID_BYTES);
    let by_hand = id_by_hand("i-17", "Крыши");
    assert!(by_hand.starts_with("h-i-17-") && by_hand != id_by_hand("i-17", "Дороги"));
}

#[test]
fn no_other_problem_is_shown_in_the_place_of_the_chosen_one() {
    let found = look(vec![matter(), (20..30).collect()], Vec::new(), &Said::default());
    let state =
        |chosen| ProblemsState { found: Some(Arc::new(found.clone())), chosen, is_fresh: true };
    assert_eq!(state(None).shown(), None);
    assert_eq!(state(Some(ProblemKey::Known("p-9".to_owned()))).shown(), None);
    assert_eq!(state(Some(ProblemKey::Found(99))).shown(), None);
    // The same matter from another incident on is the same.
    let mut later = Problem::of(ProblemKey::Found(5), (5..24).collect());
    later.keep_key(found.iter());
    assert_eq!(later.key, ProblemKey::Found(0));
    let mut other = Problem::of(ProblemKey::Found(40), (40..60).collect());
    other.keep_key(found.iter());
    assert_eq!(other.key, ProblemKey::Found(40));
}

//! The contract's vocabularies and its table of moves are the domain's.

use pult::domain::action::{AnswerCheck, Mark};
use pult::domain::status::legal_moves;
use pult::domain::{Block, CommandKind, EventKind, Regime, Role, Source, Status};

use crate::fake_api::{Desk, FakeApi, end, incident, page};

const CONTRACT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/feedback-api.yaml"));

/// The values of a schema that is an enumeration on one line.
fn values_of(schema: &str) -> Vec<&'static str> {
    let (_, rest) = CONTRACT.split_once(&format!("\n    {schema}:\n")).unwrap();
    let (_, rest) = rest.split_once("enum: [").unwrap();
    rest.split_once(']').unwrap().0.split(", ").collect()
}

#[test]
fn every_key_of_the_domain_is_in_the_contract_and_no_other() {
    macro_rules! assert_same {
        ($($vocabulary:ident),+) => { $(
            let keys: Vec<&str> = $vocabulary::ALL.iter().map(|value| value.key()).collect();
            assert_eq!(values_of(stringify!($vocabulary)), keys);
        )+ };
    }
    assert_same!(Block, Regime, Source, Status, EventKind, CommandKind, Role, Mark, AnswerCheck);
}

#[test]
fn the_table_of_moves_is_the_domains() {
    for status in Status::ALL.iter().copied() {
        let start = format!("    | {} | ", status.key());
        let row = CONTRACT.lines().find_map(|line| line.strip_prefix(&start)).unwrap();
        let (kept, moved) = row.trim_end_matches(" |").split_once(" | ").unwrap();
        let mut told: Vec<(&str, &str)> =
            kept.split(' ').map(|event| (event, status.key())).collect();
        for group in moved.split("; ") {
            let (events, to) = group.split_once(" → ").unwrap();
            told.extend(events.split(", ").map(|event| (event, to)));
        }
        let moves = legal_moves(status).iter();
        let mut real: Vec<(&str, &str)> =
            moves.map(|(event, to)| (event.key(), to.key())).collect();
        told.sort_unstable();
        real.sort_unstable();
        assert_eq!(told, real, "{status}");
    }
}

#[test]
fn the_highest_revision_of_the_contract_is_stored_and_a_higher_one_is_not() {
    let highest = |schema: &str| -> u64 {
        let (_, rest) = CONTRACT.split_once(&format!("\n    {schema}:\n")).unwrap();
        let (_, rest) = rest.split_once("maximum: ").unwrap();
        rest.split(['\n', ',']).next().unwrap().parse().unwrap()
    };
    let most = highest("Rev");
    assert_eq!(highest("Command"), most, "`based_on`");
    let lines = [incident("i1", most), incident("i2", most + 1), end("c1", false)];
    let desk = Desk::new();
    desk.sync(&FakeApi::with_page(page(&lines)).url()).unwrap();
    assert_eq!((desk.incidents(), desk.skipped("bad-revision")), (1, 1));
}

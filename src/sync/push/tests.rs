use super::*;
use crate::domain::{Action, Status};
use crate::sync::protocol::IncidentData;

fn command(seq: u64, incident: &str, state: CommandState, action: &Action) -> StoredCommand {
    let id = Uuid::from_u128(seq.into());
    let line = CommandLine::new(id, Some(incident.to_owned()), Some(7), Timestamp(1), action);
    StoredCommand {
        seq,
        id,
        incident: Some(incident.to_owned()),
        command: serde_json::to_string(&line).unwrap(),
        created_at: Timestamp(1),
        state,
        attempts: 1,
        answer: None,
        office: "А".to_owned(),
        replaces: None,
        basis: Some(serde_json::to_string(&current("new").standing().unwrap()).unwrap()),
    }
}

fn current(status: &str) -> IncidentData {
    IncidentData { status: status.to_owned(), ..IncidentData::default() }
}

fn conflict(status: &str, rev: u64) -> Outcome {
    Outcome::Conflict { rev, current: Box::new(current(status)) }
}

#[test]
fn a_round_takes_the_first_of_each_incident_in_order_and_waits_for_persons() {
    use CommandState::{Accepted, Conflict, Queued, Rejected, Sent, Undoable};
    let take = Action::Take {};
    let live = [
        command(1, "i-1", Sent, &take),
        command(2, "i-1", Queued, &take),
        command(3, "i-2", Conflict, &take),
        command(4, "i-2", Queued, &take),
        command(5, "i-3", Rejected, &take),
        command(6, "i-3", Queued, &take),
        command(7, "i-4", Undoable, &take),
        command(8, "i-5", Accepted, &take),
        command(9, "i-5", Queued, &take),
    ];
    let seqs = |most| round(&live, most, "А").iter().map(|c| c.seq).collect::<Vec<_>>();
    assert_eq!(seqs(100), [1, 6, 9]);
    assert_eq!(seqs(2), [1, 6]);
    assert!(round(&live, 100, "Б").is_empty(), "another office is signed in");
}

#[test]
fn a_conflict_is_one_only_where_the_decision_is_touched() {
    let take = command(1, "i-1", CommandState::Sent, &Action::Take {});
    assert_eq!(judge(&take, &conflict("new", 9)), Next::Rebase { rev: 9 });
    assert_eq!(judge(&take, &conflict("assigned", 9)), Next::Conflict);
    assert_eq!(judge(&take, &conflict("unheard_of", 9)), Next::Conflict);
    let comment = Action::Comment { text: "ждём".to_owned() };
    let comment = command(2, "i-1", CommandState::Sent, &comment);
    assert_eq!(judge(&comment, &conflict("closed", 9)), Next::Rebase { rev: 9 });
    let tired = StoredCommand { attempts: MOST_REBASES, ..take };
    assert_eq!(judge(&tired, &conflict("new", 9)), Next::Conflict);
}

#[test]
fn a_command_moves_to_the_revision_that_its_predecessor_made() {
    let assign = Action::Assign { body: "b-1".to_owned(), reason: None };
    let mut command = command(1, "i-1", CommandState::Queued, &assign);
    let own_revs = HashMap::from([("i-1".to_owned(), 12)]);
    assert_eq!(line_of(&command, &own_revs).unwrap().based_on, Some(12));
    set_base(&mut command, 15);
    let line = line_of(&command, &HashMap::new()).unwrap();
    assert_eq!((line.based_on, line.action()), (Some(15), Some(assign)));
    assert_eq!(Status::from_key(&current("new").status), Some(Status::New));
}

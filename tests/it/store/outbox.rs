//! What no server can give back: the outbox and the audit log.

use super::*;
use pult::store::{AuditChain, CommandState, NewCommand};
use uuid::Uuid;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn command(number: u128, incident: Option<&str>, line: &str) -> NewCommand {
    NewCommand {
        id: id(number),
        incident: incident.map(str::to_owned),
        command: line.to_owned(),
        basis: None,
        office: String::new(),
    }
}

#[test]
fn commands_stand_in_their_order_until_they_are_dismissed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let at = Timestamp(NOON);
    for number in 1..=3 {
        let json = format!("{{\"command\":\"take\",\"n\":{number}}}");
        store.outbox().put(&[command(number, Some("i-1"), &json)], at).unwrap();
    }
    store.outbox().undo(&[id(2)]).unwrap();
    assert!(matches!(store.outbox().undo(&[id(2)]), Err(Error::NoSuchCommand(_))));
    let sent_too_soon = store.outbox().mark(id(1), CommandState::Sent, None, true);
    assert!(matches!(sent_too_soon, Err(Error::CommandState { .. })));
    store.outbox().mark(id(1), CommandState::Queued, None, false).unwrap();
    store.outbox().mark(id(1), CommandState::Sent, None, true).unwrap();
    store.outbox().mark(id(1), CommandState::Conflict, Some("{}"), false).unwrap();
    assert!(matches!(store.outbox().undo(&[id(1)]), Err(Error::CommandState { .. })));
    drop(store);

    let store = open(folder.path());
    let listing = store.outbox().list(at).unwrap();
    assert_eq!(listing.damaged, 0);
    let [first, third] = listing.commands.as_slice() else { panic!("{listing:?}") };
    assert_eq!((first.id, first.state, first.attempts), (id(1), CommandState::Conflict, 1));
    assert_eq!(first.answer.as_deref(), Some("{}"));
    // Nobody can undo it any more.
    assert_eq!((third.id, third.state, third.seq), (id(3), CommandState::Queued, 3));
    store.outbox().dismiss(id(3)).unwrap();
    store.outbox().put(&[command(4, None, "{}")], at).unwrap();
    let listing = store.outbox().list(at).unwrap();
    assert_eq!(listing.commands[1].seq, 4, "numbers are never given twice");
}

#[test]
fn the_audit_chain_holds_over_restarts() {
    let folder = tempfile::tempdir().unwrap();
    for round in 1..=2 {
        let store = open(folder.path());
        store.outbox().audit_append(Timestamp(NOON), "take", "duty", "Дежурный", "i-1").unwrap();
        let chain = store.outbox().audit_verify().unwrap();
        assert_eq!(chain, AuditChain::Whole { entries: round });
    }
}

#[test]
fn an_action_waits_while_another_program_writes() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let other = rusqlite::Connection::open(folder.path().join("outbox.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(300));
            other.execute_batch("COMMIT").unwrap();
        });
        store.outbox().put(&[command(1, None, "{}")], Timestamp(NOON)).unwrap();
    });
    assert_eq!(store.outbox().list(Timestamp(NOON)).unwrap().commands.len(), 1);
}

#[test]
fn a_command_made_anew_takes_the_place_of_the_old_one_which_stays_readable() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let at = Timestamp(NOON);
    for number in 1..=2 {
        store.outbox().put(&[command(number, Some("i-1"), "{\"old\":1}")], at).unwrap();
        store.outbox().mark(id(number), CommandState::Queued, None, false).unwrap();
    }
    let new = command(3, Some("i-1"), "{\"new\":1}");
    let too_soon = store.outbox().replace(id(1), &new, at, None);
    assert!(matches!(too_soon, Err(Error::CommandState { .. })));
    assert_eq!(store.outbox().list(at).unwrap().commands.len(), 2, "all or nothing");
    store.outbox().mark(id(1), CommandState::Sent, None, true).unwrap();
    store.outbox().mark(id(1), CommandState::Conflict, Some("{}"), false).unwrap();
    let stored = store.outbox().replace(id(1), &new, at, None).unwrap();
    assert_eq!((stored.seq, stored.state, stored.replaces), (1, CommandState::Queued, Some(id(1))));
    drop(store);

    let store = open(folder.path());
    let ids = |commands: &[pult::store::StoredCommand]| -> Vec<Uuid> {
        commands.iter().map(|command| command.id).collect()
    };
    assert_eq!(ids(&store.outbox().live().unwrap()), [id(3), id(2)], "the order of sending");
    let listing = store.outbox().list(at).unwrap();
    assert_eq!((ids(&listing.commands), listing.damaged), (vec![id(3), id(2), id(1)], 0));
    let old = store.outbox().get(id(1)).unwrap();
    assert_eq!((old.state, old.command.as_str()), (CommandState::Replaced, "{\"old\":1}"));
    assert!(matches!(store.outbox().rebase(&[id(1)], |_| ()), Err(Error::CommandState { .. })));
    store.outbox().forget_settled(at.plus_secs(1)).unwrap();
    assert!(matches!(store.outbox().get(id(1)), Err(Error::NoSuchCommand(_))));
}

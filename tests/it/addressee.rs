//! What waits in the outbox goes to the server that it was made for, also where
//! pult.db was lost, and once more in full where that server was restored.

use pult::store::CommandState;
use pult::sync::protocol::CommandLine;
use uuid::Uuid;

use crate::fake_api::{Desk, FakeApi, NDJSON, end, incident, info_with, ok, page};

const OURS: &str = r#""instance":"1","epoch":"a","demo":false"#;
const RESTORED: &str = r#""instance":"1","epoch":"b","demo":false"#;
const ANOTHER: &str = r#""instance":"2","epoch":"a","demo":false"#;
const DEMO: &str = r#""instance":"1","epoch":"a","demo":true"#;

/// Has one incident and accepts every command.
fn server(identity: &'static str) -> FakeApi {
    FakeApi::start(move |request, stream| {
        let body = match request.query("after") {
            _ if request.is("/v1/info") => info_with(identity),
            _ if request.is("/v1/commands") => {
                page(&request.body.lines().map(accepted).collect::<Vec<_>>())
            }
            Some(_) => page(&[end("c1", false)]),
            None => page(&[incident("i1", 1), end("c1", false)]),
        };
        ok(stream, NDJSON, body.as_bytes())
    })
}

fn accepted(line: &str) -> String {
    let id = serde_json::from_str::<CommandLine>(line).unwrap().id;
    format!(r#"{{"id":"{id}","outcome":"accepted","rev":2,"incident":"i1"}}"#)
}

/// How many requests with commands came.
fn pushes(server: &FakeApi) -> usize {
    server.requests().iter().filter(|request| request.is("/v1/commands")).count()
}

fn state(desk: &Desk, id: Uuid) -> CommandState {
    desk.store.outbox().get(id).unwrap().state
}

/// The program ends, pult.db is lost, the program starts again.
fn without_database(desk: Desk) -> Desk {
    desk.restarted_after(|folder| {
        for name in ["pult.db", "pult.db-wal", "pult.db-shm"] {
            drop(std::fs::remove_file(folder.join(name)));
        }
    })
}

/// The outbox as the versions before the addressee left it.
fn with_old_outbox(desk: Desk) -> Desk {
    desk.restarted_after(|folder| {
        let outbox = rusqlite::Connection::open(folder.join("outbox.db")).unwrap();
        outbox.execute_batch("DROP TABLE addressee; PRAGMA user_version = 7").unwrap();
    })
}

/// The server gets nothing, and what waits goes on waiting.
fn refused(desk: &Desk, server: &FakeApi, id: Uuid, key: &str) {
    let failure = desk.work(&server.url()).unwrap_err();
    assert_eq!((failure.key(), failure.is_permanent()), (key, true));
    assert_eq!(server.requests().len(), 1, "nothing but info was asked");
    assert_eq!(state(desk, id), CommandState::Queued);
}

#[test]
fn commands_go_to_no_other_server_when_the_database_is_lost() {
    let (ours, another, demo) = (server(OURS), server(ANOTHER), server(DEMO));
    let desk = Desk::new();
    desk.work(&ours.url()).unwrap();
    let id = desk.act();
    let desk = without_database(desk);
    refused(&desk, &another, id, "other-instance");
    refused(&desk, &demo, id, "demo-mixed");
    assert_eq!(desk.reader().meta().unwrap().installation, None, "still free for its server");
    desk.work(&ours.url()).unwrap();
    assert_eq!((state(&desk, id), pushes(&ours)), (CommandState::Settled, 1));
}

#[test]
fn an_old_outbox_belongs_to_the_server_of_the_database_beside_it() {
    let (ours, another) = (server(OURS), server(ANOTHER));
    let desk = Desk::new();
    desk.work(&ours.url()).unwrap();
    let id = desk.act();
    let desk = without_database(with_old_outbox(desk));
    refused(&desk, &another, id, "other-instance");
    desk.work(&ours.url()).unwrap();
    assert_eq!(state(&desk, id), CommandState::Settled);
}

#[test]
fn an_old_outbox_without_a_database_belongs_to_the_first_server_that_answers() {
    let (ours, another) = (server(OURS), server(ANOTHER));
    let desk = Desk::new();
    let id = desk.act();
    let desk = with_old_outbox(desk);
    desk.work(&ours.url()).unwrap();
    assert_eq!(state(&desk, id), CommandState::Settled);
    let failure = without_database(desk).work(&another.url()).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "this data belongs to installation `1`, the server is `2`: name another folder for it \
         with --data-dir"
    );
}

#[test]
fn a_restored_server_gets_all_again_though_the_database_knows_its_epoch_already() {
    let (before, after) = (server(OURS), server(RESTORED));
    let desk = Desk::new();
    let id = desk.act();
    desk.work(&before.url()).unwrap();
    assert_eq!(state(&desk, id), CommandState::Settled);
    // A run that came no further than the new epoch in pult.db.
    desk.sync(&after.url()).unwrap();
    let desk = desk.restarted();
    desk.work(&after.url()).unwrap();
    assert_eq!((state(&desk, id), pushes(&after)), (CommandState::Settled, 1));
    desk.work(&after.url()).unwrap();
    assert_eq!(pushes(&after), 1, "once is enough");
}

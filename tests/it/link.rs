//! A link to a server is made beside the desk, which goes on being drawn.

use std::fs::{self, OpenOptions};
use std::process::Command as Program;
use std::thread;
use std::time::{Duration, Instant};

use pult::app::Command;
use pult::app::clock::{Moment, Ticker};
use pult::app::network::NetworkChoice;
use pult::server::{Server, ServerOptions};
use pult::sync::status::Phase;

use crate::desk::{Bench, open, region};

const HELD: Duration = Duration::from_secs(6);

/// A file that nobody may open before somebody writes to it stands for one that
/// another program holds.
#[test]
fn the_desk_does_not_wait_for_the_database_when_it_connects_anew() {
    let folder = tempfile::tempdir().unwrap();
    let desk = open(&folder, Some("http://127.0.0.1:1".to_owned()));
    let mut bench = Bench { desk, ticker: Ticker::start(), server: None, folder };
    let is_offline = |phase: &Phase| matches!(phase, Phase::Offline { .. });
    bench.wait("the first attempt", |desk| is_offline(&desk.state().sync.phase));

    let database = bench.folder.path().join("pult.db");
    fs::rename(&database, database.with_extension("away")).unwrap();
    assert!(Program::new("mkfifo").arg(&database).status().unwrap().success());
    let lets_go = thread::spawn(move || {
        thread::sleep(HELD);
        OpenOptions::new().read(true).write(true).open(database).unwrap()
    });
    let choice = NetworkChoice::of(&bench.desk.state().settings);
    bench.desk.apply(Command::SetNetwork(choice));
    let mut longest = Duration::ZERO;
    while bench.desk.state().sync.phase != (Phase::Refused { reason: "store" }) {
        let begin = Instant::now();
        bench.desk.poll(bench.ticker.moment());
        longest = longest.max(begin.elapsed());
        assert!(bench.ticker.moment().tick < HELD * 10, "the refusal did not come");
        thread::sleep(Duration::from_millis(5));
    }
    let held_open = lets_go.join().unwrap();
    assert!(longest < HELD / 2, "the desk stood still for {longest:?}");
    // Whoever tries again meanwhile does not wait for a writer that has gone.
    drop(bench);
    drop(held_open);
}

/// Polls as a wall does that has stood for so long.
fn after(bench: &mut Bench, stood: Duration, done: impl Fn(&Phase) -> bool) -> bool {
    let patience = Instant::now() + Duration::from_secs(20);
    while Instant::now() < patience {
        let moment = bench.ticker.moment();
        bench.desk.poll(Moment { tick: moment.tick + stood, ..moment });
        if done(&bench.desk.state().sync.phase) {
            return true;
        }
        thread::sleep(Duration::from_millis(5));
    }
    false
}

#[test]
fn the_link_of_a_wall_that_a_server_refused_for_a_while_is_made_again() {
    // A server that does not know the token yet.
    let strange = ServerOptions { tokens: Vec::new(), ..region(true) }.with_token("another");
    let server = Server::start(strange).unwrap();
    let addr = server.addr();
    let folder = tempfile::tempdir().unwrap();
    let desk = open(&folder, Some(format!("http://{addr}")));
    let mut bench = Bench { desk, ticker: Ticker::start(), server: None, folder };
    let is_refused = |phase: &Phase| *phase == Phase::Refused { reason: "unauthorised" };
    bench.desk.apply(Command::ServeWall);
    assert!(after(&mut bench, Duration::ZERO, is_refused));
    drop(server);
    let _knows = Server::start(ServerOptions { addr, ..region(true) }).unwrap();

    let is_up = |phase: &Phase| *phase == Phase::UpToDate;
    let soon = Duration::from_mins(5);
    let moment = bench.ticker.moment();
    bench.desk.poll(Moment { tick: moment.tick + soon, ..moment });
    thread::sleep(Duration::from_secs(1));
    bench.desk.poll(Moment { tick: moment.tick + soon, ..moment });
    assert!(
        is_refused(&bench.desk.state().sync.phase),
        "a refused token is not sent again at once"
    );
    assert!(after(&mut bench, Duration::from_mins(11), is_up));
}

//! Problems: found in a living region, said to be one by a person, and told to others.

use pult::app::problems::{Problem, ProblemKey, ProblemsCommand};
use pult::app::state::View;
use pult::app::wall::frame::WallFrame;
use pult::app::{Command, Desk};
use pult::domain::{Born, EventKind, Linking, ProblemState, RemedyChange, Says, Timestamp};
use pult::server::{Server, ServerOptions};

use crate::desk::{Bench, open, region};

/// A region whose heating has failed for two days.
fn cold_town() -> Bench {
    let end = Timestamp::parse_rfc3339("2026-11-24T05:00:00Z").unwrap();
    let now = pult::app::clock::now();
    // The history ends now where that is in the season of heating, else this autumn.
    let history_end = Some(end.max(now));
    let options = ServerOptions { incidents: 16_000, history_end, ..region(true) };
    let mut bench = Bench::on(Server::start(options).unwrap());
    bench.desk.apply(Command::Show(View::Problems));
    // The first look may have come before the last row.
    let is_large = |problem: &Problem| problem.known.is_none() && problem.members.len() > 50;
    bench.wait("problems", |desk| all(desk).iter().any(is_large));
    bench
}

fn all(desk: &Desk) -> Vec<Problem> {
    desk.state().problems.found.as_deref().cloned().unwrap_or_default()
}

fn known<'a>(problems: &'a [Problem], id: &str) -> Option<&'a Problem> {
    problems.iter().find(|problem| problem.key == ProblemKey::Known(id.to_owned()))
}

fn confirmed(problem: &Problem, name: &str) -> Linking {
    let born = Born {
        name: name.to_owned(),
        topic: None,
        municipality: None,
        started_at: Timestamp(problem.about.as_ref().unwrap().started).to_rfc3339(),
        wall: true,
    };
    Linking { problem: problem.new_id.clone(), born: Some(born), says: Says::default() }
}

#[test]
fn what_was_found_is_confirmed_followed_and_closed_and_another_desk_sees_it() {
    let mut bench = cold_town();
    let found = all(&bench.desk);
    let unknown = found.iter().filter(|problem| problem.known.is_none());
    let largest = unknown.max_by_key(|problem| problem.members.len()).unwrap().clone();
    assert!(largest.unlinked.len() > 50, "{found:?}");
    assert!(!largest.samples.is_empty() && largest.about.is_some());

    let id = largest.new_id.clone();
    let name = "Смог, звонить +7 913 555-01-23";
    let confirm = ProblemsCommand::Link {
        positions: largest.unlinked.clone(),
        linking: Box::new(confirmed(&largest, name)),
    };
    bench.desk.apply(Command::Problems(confirm.clone()));
    // It stands before the server has heard of it, without the telephone.
    bench.wait("what was said", |desk| {
        known(&all(desk), &id).is_some_and(|it| it.is_unsent && it.members.len() >= 50)
    });
    let said = all(&bench.desk);
    let shown = known(&said, &id).unwrap().known.clone().unwrap();
    assert!(shown.name.starts_with("Смог, звонить ") && !shown.name.contains("555"));
    bench.desk.apply(Command::Undo);
    bench.wait("the undoing", |desk| known(&all(desk), &id).is_none());

    bench.desk.apply(Command::Problems(confirm));
    bench.wait("the server's word", |desk| {
        let it = all(desk);
        let it = known(&it, &id);
        it.is_some_and(|it| !it.is_unsent && it.unlinked.is_empty())
    });
    let said = all(&bench.desk);
    let here = known(&said, &id).unwrap();
    assert!(largest.members.iter().all(|position| here.members.contains(position)));
    // Each incident's own log says so.
    bench.desk.apply(Command::OpenIncident(here.members[0] + 1));
    bench.wait("the card", |desk| desk.state().incident.is_some());
    let card = bench.desk.state().incident.clone().unwrap();
    let linked = card.events.iter().find(|it| it.kind == Some(EventKind::Linked.index()));
    assert!(linked.is_some_and(|it| it.text.starts_with("Смог") && !it.office.is_empty()));
    assert!(card.problem.starts_with("Смог"), "{}", card.problem);
    bench.desk.apply(Command::Show(View::Problems));

    // The list of its incidents is just that.
    let members = here.members.len();
    let key = ProblemKey::Known(id.clone());
    bench.desk.apply(Command::Problems(ProblemsCommand::ShowMembers(key, "Смог".to_owned())));
    bench.wait("the list", |desk| desk.state().list.positions.len() == members);
    bench.desk.apply(Command::Show(View::Problems));

    // Its name is approved for the wall, and stands there until it is closed.
    let on_wall = |desk: &Desk| WallFrame::build(desk.state()).problems;
    assert!(on_wall(&bench.desk).iter().any(|it| it.name.starts_with("Смог")));
    let close = ProblemsCommand::Link {
        positions: vec![here.speaker.unwrap()],
        linking: Box::new(Linking {
            problem: id.clone(),
            born: None,
            says: Says {
                name: Some("Смог над городом".to_owned()),
                state: Some(ProblemState::Closed),
                remedy: Some(RemedyChange {
                    cause: Some("инверсия".to_owned()), ..<_>::default()
                }),
                wall: None,
            },
        }),
    };
    bench.desk.apply(Command::Problems(close));
    bench.wait("the close", |desk| {
        let it = all(desk);
        known(&it, &id).is_some_and(|it| !it.is_unsent && !it.is_open())
    });
    assert!(on_wall(&bench.desk).is_empty(), "{:?}", on_wall(&bench.desk));

    let url = format!("http://{}", bench.server.as_ref().unwrap().addr());
    let folder = tempfile::tempdir().unwrap();
    let desk = open(&folder, Some(url));
    let ticker = pult::app::clock::Ticker::start();
    let mut other = Bench { desk, ticker, server: None, folder };
    other.desk.apply(Command::Show(View::Problems));
    other.wait("the other desk", |desk| {
        let it = all(desk);
        known(&it, &id).is_some_and(|it| it.members.len() == members)
    });
    let there = all(&other.desk);
    let there = known(&there, &id).unwrap().known.clone().unwrap();
    assert_eq!(
        (there.name.as_str(), there.state),
        ("Смог над городом", Some(ProblemState::Closed))
    );
    assert!(there.closed > 0 && there.wall && there.remedy.cause == "инверсия");
}

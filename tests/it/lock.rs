//! A shared desk: locked for who walks by, opened by whoever works here.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable};
use pult::app::clock::Moment;
use pult::app::lock::SignInCommand;
use pult::app::shift::ShiftCommand;
use pult::app::{Command, Desk};
use pult::domain::{Action, CommandKind};
use pult::store::{AuditChain, CommandState, Store};
use pult::sync::status::Phase;

use super::desk::{Bench, HEAD, HEAD_TOKEN};
use super::officer::Officer;

const PIN: &str = "4711";
const OFFICE: &str = "Дежурный ЦУР (рабочее место)";

fn open(office: &str, secret: &str) -> Command {
    let (office, secret) = (office.to_owned(), secret.to_owned());
    Command::SignIn(SignInCommand::Open { office, secret })
}

fn set_pin(bench: &mut Bench) {
    bench.wait("the office", |desk| !desk.state().offices.is_empty());
    bench.desk.apply(Command::SignIn(SignInCommand::SetPin(PIN.to_owned())));
    bench.wait("the PIN", |desk| desk.state().offices.iter().any(|office| office.has_pin));
}

fn is_locked(desk: &Desk) -> bool {
    desk.state().lock.is_some()
}

fn fault(desk: &Desk) -> Option<&'static str> {
    desk.state().lock.as_ref().and_then(|lock| lock.fault)
}

impl Officer {
    /// All that a screen reader can say.
    fn all_words(&self) -> BTreeSet<String> {
        let mut nodes = vec![self.harness.root()];
        let mut words = BTreeSet::new();
        while let Some(node) = nodes.pop() {
            let it = node.accesskit_node();
            words.extend([it.label(), it.value(), it.description()].into_iter().flatten());
            nodes.extend(node.children());
        }
        words.remove("");
        words
    }
}

#[test]
fn a_locked_desk_shows_and_obeys_nothing_until_its_pin_opens_it() {
    let mut officer = Officer::sits_down();
    set_pin(&mut officer.harness.state_mut().bench);
    officer.settle();
    let rows = officer.state().triage.rows.clone();
    assert!(!rows.is_empty());
    let shows = |words: &BTreeSet<String>, part: &str| words.iter().any(|it| it.contains(part));
    let before = officer.all_words();
    assert!(shows(&before, &rows[0].id) && shows(&before, "Разбор"), "{before:?}");

    officer.press_with(Modifiers::COMMAND, Key::L);
    assert!(is_locked(officer.desk()));
    let locked = officer.all_words();
    for row in &rows {
        assert!(!shows(&locked, &row.id), "{locked:?}");
        assert!(row.summary.is_empty() || !shows(&locked, &row.summary), "{locked:?}");
    }
    assert!(officer.state().incident.is_none() && officer.state().triage.form.is_none());
    for key in [Key::T, Key::A, Key::Enter, Key::J] {
        officer.press(key);
    }
    for (modifiers, key) in [
        (Modifiers::COMMAND, Key::K),
        (Modifiers::COMMAND, Key::Num5),
        (Modifiers::ALT, Key::T),
        (Modifiers::COMMAND, Key::Z),
    ] {
        officer.press_with(modifiers, key);
    }
    assert_eq!(officer.state().outbox.waiting(), 0);
    assert!(officer.state().shift.view.running.is_none() && !officer.state().palette_open);
    // Time and date, what it is, who may open it and how, the server, the outbox.
    let still = officer.all_words();
    assert_eq!(still.len(), locked.len(), "{still:?}");
    assert!(locked.len() <= 12, "{locked:?}");
    for words in ["Стол заперт", OFFICE, "Не отправлено: 0", "демонстрация"]
    {
        assert!(locked.contains(words), "{words} in {locked:?}");
    }

    officer.types("1234");
    officer.press(Key::Enter);
    officer.wait("the refusal", |state| {
        state.lock.as_ref().is_some_and(|lock| lock.fault == Some("lock-wrong"))
    });
    let field = officer.harness.get_by_role_and_label(Role::PasswordInput, "PIN или токен");
    assert_eq!(field.accesskit_node().value().unwrap_or_default(), "", "it is emptied");
    officer.types(PIN);
    officer.press(Key::Enter);
    officer.wait("the opening", |state| state.lock.is_none());
    officer.settle();
    assert!(shows(&officer.all_words(), &rows[0].id), "back where the hands were");

    // What opened it is not remembered by the field.
    officer.press_with(Modifiers::COMMAND, Key::L);
    officer.press_with(Modifiers::COMMAND, Key::Z);
    officer.press(Key::Enter);
    assert!(is_locked(officer.desk()));
    assert_eq!(fault(officer.desk()), None, "there was nothing to try");

    let left = officer.harness.state().bench.left_behind();
    let store = Store::open(left.path(), &officer.state().catalogue).unwrap();
    // Signing in, the PIN, the lock, the wrong PIN, the opening, the second lock.
    assert_eq!(store.outbox().audit_verify().unwrap(), AuditChain::Whole { entries: 6 });
}

#[test]
fn a_lock_outlives_a_kill_and_opens_without_a_server() {
    let mut bench = Bench::online(true);
    set_pin(&mut bench);
    bench.desk.apply(Command::Shift(ShiftCommand::Take));
    bench.wait("the shift", |desk| desk.state().shift.view.running.is_some());
    bench.desk.apply(Command::SignIn(SignInCommand::Lock));
    assert!(is_locked(&bench.desk));
    // The next word of the officer's thread comes after the lock's.
    bench.desk.apply(open(OFFICE, "0000"));
    bench.wait("the refusal", |desk| fault(desk) == Some("lock-wrong"));

    let mut after = Bench::offline(bench.left_behind());
    assert!(is_locked(&after.desk), "from the first frame on");
    after.settle();
    let take = Action::Take {};
    after.desk.apply(Command::Act { rows: vec![1], action: take.clone() });
    after.desk.apply(open(OFFICE, "0000"));
    after.wait("the refusal", |desk| fault(desk) == Some("lock-wrong"));
    assert!(is_locked(&after.desk));
    after.desk.apply(open(OFFICE, PIN));
    after.wait("the opening", |desk| !is_locked(desk));
    assert_eq!(
        after.desk.state().outbox.waiting(),
        0,
        "what was asked of a locked desk is not done"
    );
    assert!(after.desk.state().shift.view.running.is_some(), "the shift went on");

    // Guessing is slow.
    after.desk.apply(Command::SignIn(SignInCommand::Lock));
    for _ in 0..5 {
        after.desk.apply(open(OFFICE, "0000"));
        after.wait("an answer", |desk| {
            desk.state().lock.as_ref().is_some_and(|lock| !lock.is_trying)
        });
    }
    after.desk.apply(open(OFFICE, PIN));
    assert_eq!(fault(&after.desk), Some("lock-wait"));
}

#[test]
fn a_desk_that_nobody_touches_locks_itself_and_goes_on_syncing() {
    let mut bench = Bench::online(false);
    set_pin(&mut bench);
    bench.desk.apply(Command::SignIn(SignInCommand::LockAfter(3)));
    let later = |bench: &Bench, secs| {
        let moment = bench.ticker.moment();
        Moment { tick: moment.tick + Duration::from_secs(secs), ..moment }
    };
    let moment = later(&bench, 170);
    bench.desk.poll(moment);
    assert!(!is_locked(&bench.desk));
    assert!(bench.desk.next_wake() <= Duration::from_secs(10));
    bench.desk.apply(Command::SignIn(SignInCommand::Touched));
    let moment = later(&bench, 181);
    bench.desk.poll(moment);
    assert!(!is_locked(&bench.desk), "somebody was there");
    let moment = later(&bench, 170 + 180);
    bench.desk.poll(moment);
    assert!(is_locked(&bench.desk));
    let before = bench.desk.state().aggregates.total.received;
    let patience = Instant::now() + Duration::from_mins(1);
    while bench.desk.state().aggregates.total.received == before {
        assert!(Instant::now() < patience, "a new incident did not come");
        // Time goes on from there: it never goes back.
        let moment = later(&bench, 170 + 180);
        bench.desk.poll(moment);
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(is_locked(&bench.desk));
}

#[test]
fn two_offices_share_a_desk_and_each_acts_under_its_own_name() {
    let mut bench = Bench::online(true);
    set_pin(&mut bench);
    let officer = |desk: &Desk| desk.state().outbox.officer.clone().map(|it| it.office);
    let sent = |bench: &mut Bench| {
        bench.wait("the sending", |desk| {
            desk.state().sync.phase == Phase::UpToDate && desk.state().outbox.entries.is_empty()
        });
    };
    // Not on one incident: there the head's would wait for the officer's.
    let comment = |row, words: &str| Command::Act {
        rows: vec![row],
        action: Action::Comment { text: words.to_owned() },
    };
    bench.desk.apply(comment(1, "от дежурного"));
    bench.wait("the first", |desk| desk.state().outbox.waiting() == 1);

    // The head has never been here: the server says whose token it is.
    bench.desk.apply(Command::SignIn(SignInCommand::Switch));
    bench.desk.apply(open(OFFICE, "nobodys-token"));
    bench.wait("the refusal", |desk| fault(desk) == Some("lock-wrong"));
    bench.desk.apply(open(OFFICE, HEAD_TOKEN));
    bench.wait("the head", |desk| !is_locked(desk));
    bench.wait("the head's name", |desk| officer(desk).as_deref() == Some(HEAD));
    bench.desk.apply(comment(2, "от руководителя"));
    bench.wait("the second", |desk| {
        desk.state().outbox.entries.iter().any(|entry| entry.office == HEAD)
    });
    // Once it can no longer be undone, it goes out under the head's own token.
    bench.wait("the head's own to be sent", |desk| {
        desk.state().outbox.entries.iter().all(|entry| entry.office != HEAD)
    });

    let offices: Vec<_> =
        bench.desk.state().offices.iter().map(|it| it.officer.office.clone()).collect();
    assert_eq!(offices, [OFFICE, HEAD]);
    bench.desk.apply(Command::SignIn(SignInCommand::Switch));
    assert_eq!(bench.desk.state().lock.as_ref().map(|lock| lock.offered.as_str()), Some(OFFICE));
    bench.desk.apply(open(OFFICE, PIN));
    bench.wait("the officer again, by PIN", |desk| !is_locked(desk));
    sent(&mut bench);

    for (row, words, office) in [(1, "от дежурного", OFFICE), (2, "от руководителя", HEAD)]
    {
        bench.desk.apply(Command::OpenIncident(row));
        bench.wait("the card", |desk| {
            desk.state().incident.as_ref().is_some_and(|incident| incident.row.row_id == row)
        });
        let details = bench.desk.state().incident.clone().unwrap();
        let event = details.events.iter().find(|event| event.text == words);
        let event = event.unwrap_or_else(|| panic!("{words} in {:?}", details.events));
        assert!(format!("{event:?}").contains(office), "{event:?}");
    }
}

#[test]
fn what_another_office_left_undecided_is_for_it_to_decide() {
    let mut bench = Bench::online(true);
    set_pin(&mut bench);
    // Longer than the server takes.
    let words = "ё".repeat(8_001);
    let action = Action::Comment { text: words.clone() };
    bench.desk.apply(Command::Act { rows: vec![1], action });
    let is_rejected = |desk: &Desk| {
        let entries = &desk.state().outbox.entries;
        entries.iter().any(|entry| entry.state == CommandState::Rejected)
    };
    bench.wait("the rejection", is_rejected);
    let id = bench.desk.state().outbox.entries[0].id;

    bench.desk.apply(Command::SignIn(SignInCommand::Switch));
    bench.desk.apply(open(OFFICE, HEAD_TOKEN));
    bench.wait("the head", |desk| {
        let officer = desk.state().outbox.officer.as_ref();
        !is_locked(desk) && officer.is_some_and(|officer| officer.office == HEAD)
    });
    for command in [Command::TakeTheirs(id), Command::EditMine(id), Command::KeepMine(id)] {
        bench.desk.apply(command);
        let said = bench.desk.state().notices.last().map(|notice| notice.text);
        assert_eq!(said, Some("notice-other-office"));
    }
    assert!(
        bench.desk.state().triage.form.is_none() && bench.desk.state().triage.drafts.is_empty()
    );

    bench.desk.apply(Command::SignIn(SignInCommand::Switch));
    bench.desk.apply(open(OFFICE, PIN));
    bench.wait("the officer again", |desk| !is_locked(desk));
    assert!(is_rejected(&bench.desk), "as it was left");
    bench.desk.apply(Command::TakeTheirs(id));
    bench.wait("its end", |desk| desk.state().outbox.entries.is_empty());
    let kept = &bench.desk.state().triage.drafts[&(1, CommandKind::Comment)];
    assert_eq!(kept.action.words(), Some(words.as_str()));
}

#[test]
fn a_wall_serves_in_a_folder_that_a_desk_left_locked_and_locks_none() {
    let mut bench = Bench::online(true);
    set_pin(&mut bench);
    bench.desk.apply(Command::SignIn(SignInCommand::LockAfter(1)));
    bench.desk.apply(Command::ServeWall);
    let moment = bench.ticker.moment();
    bench.desk.poll(Moment { tick: moment.tick + Duration::from_mins(5), ..moment });
    assert!(!is_locked(&bench.desk), "nobody is there to touch it");

    bench.desk.apply(Command::SignIn(SignInCommand::Lock));
    bench.wait("the lock", is_locked);
    bench.settle();
    let mut wall = Bench::offline(bench.left_behind());
    assert!(is_locked(&wall.desk), "as it was left");
    wall.desk.apply(Command::ServeWall);
    assert!(wall.desk.state().is_wall);
}

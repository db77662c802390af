//! Desks, their network and the server, and what became of every action.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::Waker;

use pult::app::officer::{Job, OfficerDesk, Told};
use pult::domain::catalogue::Catalogue;
use pult::domain::{CommandKind, EventKind, Role, Status, Timestamp};
use pult::server::{RunningServer, Server, ServerOptions, Token};
use pult::store::{CommandState, Reader, Store};
use pult::sync::PushParts;
use pult::sync::api::{Clock, FeedbackApi as _};
use pult::sync::engine::{EngineParts, sync_once};
use pult::sync::http::HttpApi;
use pult::sync::protocol::Scope;
use pult::sync::status::StatusBoard;
use uuid::Uuid;

use super::deeds::{Deed, Matter};
use super::faulty::{Fate, Faulty, Lie, Network};
use crate::fake_api::{NOW_SECS, REGION, config};

/// Tokens, roles and offices of the desks; the last one only looks.
const DESKS: [(&str, Role, &str); 4] = [
    ("desk-a", Role::Duty, "Дежурный А"),
    ("desk-b", Role::Duty, "Дежурный Б"),
    ("desk-c", Role::Head, "Руководитель"),
    ("auditor", Role::Duty, "Наблюдатель"),
];
/// Number of the desk that approves.
const HEAD: usize = 2;

/// Where the incidents that are worked on stand at first.
pub(crate) const START: [Status; 4] =
    [Status::New, Status::Assigned, Status::InWork, Status::Answered];
const AUDITOR: usize = DESKS.len() - 1;

/// A server with a handful of incidents, which keeps what happens in `folder`.
fn server(folder: &Path) -> RunningServer {
    let clock = || Timestamp(NOW_SECS as u32);
    let token = |(secret, role, office): &(&str, Role, &str)| {
        Token::new(secret, *role, Scope::Desk, office)
    };
    let options = ServerOptions {
        incidents: 40,
        days: Some(3),
        frozen: true,
        data_dir: Some(folder.to_owned()),
        tokens: DESKS.iter().map(token).collect(),
        ..ServerOptions::new(clock)
    };
    Server::start(options).unwrap()
}

/// A folder where commits do not wait for a disk, which would take most of the
/// test's time.
fn in_memory() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

/// What was entered at a desk.
struct Entered {
    desk: usize,
    kind: CommandKind,
    incident: String,
    /// Empty where the action has no words.
    mark: String,
    taken_back: bool,
}

struct Desk {
    number: usize,
    officer: Option<OfficerDesk>,
    told: Rc<RefCell<Vec<Told>>>,
    store: Option<Store>,
    /// Opening one for every look takes most of a case's time.
    reader: Option<Reader>,
    folder: tempfile::TempDir,
    clock_secs: i64,
    /// Commands that can still be undone, the newest last.
    undoable: Vec<Vec<Uuid>>,
}

pub(crate) struct World {
    url: String,
    desks: Vec<Desk>,
    network: Arc<Network>,
    lie: Lie,
    /// Ids on the server of those that are worked on.
    incidents: Vec<String>,
    body: String,
    entered: HashMap<Uuid, Entered>,
    number: u32,
    runtime: tokio::runtime::Runtime,
    server: Option<RunningServer>,
    server_folder: tempfile::TempDir,
}

/// Id of the newest incident in that status.
fn incident_that_is(reader: &Reader, status: Status) -> String {
    let mut found = None;
    reader
        .load_rows(|row_id, row| {
            found = if row.status == status.index() { Some(row_id) } else { found }
        })
        .unwrap();
    let row_id = found.unwrap_or_else(|| panic!("no incident in {status}"));
    reader.standing(row_id).unwrap().unwrap().id
}

impl World {
    pub(crate) fn new(desks: usize, lie: Lie) -> Self {
        assert_eq!(desks, AUDITOR, "the last token is the auditor's");
        let server_folder = in_memory();
        let server = server(server_folder.path());
        let mut world = Self {
            url: format!("http://{}", server.addr()),
            desks: (0..desks).map(|_| Desk::new()).collect(),
            network: Arc::default(),
            lie,
            incidents: Vec::new(),
            body: String::new(),
            entered: HashMap::new(),
            number: 0,
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            server: Some(server),
            server_folder,
        };
        for desk in 0..desks {
            world.sync(desk, &[]);
        }
        let reader = world.desks[0].reader();
        let vocabulary = reader.vocabulary().unwrap();
        world.body.clone_from(&vocabulary.bodies[1].id);
        world.incidents = START.map(|status| incident_that_is(reader, status)).to_vec();
        world
    }

    pub(crate) fn act(&mut self, desk: usize, incident: usize, deed: Deed) {
        self.number += 1;
        let mark = format!("отметка {}", self.number);
        let id = self.incidents[incident].clone();
        let row_id = self.desks[desk].row_of(&id);
        let seen = self.desks[desk].officer.as_ref().unwrap().standing(row_id).unwrap().unwrap();
        let deed = deed.resolved(seen.status);
        // The others have no right to it.
        let desk = if deed == Deed::Approve { HEAD } else { desk };
        let row_id = self.desks[desk].row_of(&id);
        let message = self.desks[desk].details(&id).messages.first().map(|first| first.id.clone());
        let action = deed.action(Matter {
            mark: mark.clone(),
            body: &self.body,
            incidents: &self.incidents,
            message,
        });
        let is_marked = !matches!(deed, Deed::Place) && action.words().is_some();
        let kind = action.kind();
        let at = Timestamp(self.desks[desk].clock_secs as u32);
        let rows = match deed {
            Deed::Create => Vec::new(),
            _ => vec![row_id],
        };
        self.desks[desk].work(Job::Act { rows, action: Box::new(action), at });
        for told in self.desks[desk].told() {
            if let Told::Acted { ids, .. } = told {
                for uuid in &ids {
                    let entered = Entered {
                        desk,
                        kind,
                        incident: id.clone(),
                        mark: if is_marked { mark.clone() } else { String::new() },
                        taken_back: false,
                    };
                    self.entered.insert(*uuid, entered);
                }
                if !ids.is_empty() {
                    self.desks[desk].undoable.push(ids);
                }
            }
        }
    }

    pub(crate) fn undo(&mut self, desk: usize) {
        if let Some(ids) = self.desks[desk].undoable.pop() {
            self.desks[desk].work(Job::Undo(ids.clone()));
            self.take_back(&ids);
        }
    }

    pub(crate) fn release(&mut self, desk: usize) {
        let ids: Vec<Uuid> = self.desks[desk].undoable.drain(..).flatten().collect();
        if !ids.is_empty() {
            self.desks[desk].work(Job::Release(ids));
        }
    }

    /// What waits for a person: done all the same, or given up.
    pub(crate) fn decide(&mut self, desk: usize, mine: bool) {
        for (id, state) in self.desks[desk].states() {
            match state {
                CommandState::Conflict if mine => self.desks[desk].work(Job::KeepMine(id)),
                CommandState::Conflict | CommandState::Rejected => {
                    self.desks[desk].work(Job::Dismiss(id));
                    self.take_back(&[id]);
                }
                _ => {}
            }
        }
    }

    pub(crate) fn restart(&mut self, desk: usize) {
        self.desks[desk].restart();
    }

    /// Stops the server, does something to its folder, and starts it again.
    pub(crate) fn restart_server(&mut self, meanwhile: impl FnOnce(&Path)) {
        if let Some(server) = self.server.take() {
            server.shutdown();
        }
        meanwhile(self.server_folder.path());
        let server = server(self.server_folder.path());
        self.url = format!("http://{}", server.addr());
        self.server = Some(server);
    }

    pub(crate) fn back_up(&mut self) {
        self.restart_server(|folder| {
            std::fs::copy(folder.join("server.db"), folder.join("backup")).unwrap();
        });
    }

    /// Where there is a copy.
    pub(crate) fn restore(&mut self) {
        if self.server_folder.path().join("backup").exists() {
            self.restart_server(|folder| {
                std::fs::copy(folder.join("backup"), folder.join("server.db")).unwrap();
            });
        }
    }

    pub(crate) fn set_clock(&mut self, desk: usize, by_secs: i32) {
        self.desks[desk].clock_secs += i64::from(by_secs);
    }

    /// One cycle; it may fail by the fates, which is no failure of the test.
    pub(crate) fn sync(&mut self, desk: usize, fates: &[Fate]) {
        let failed = self.try_sync(desk, fates).err();
        assert!(failed.is_none() || !fates.is_empty(), "without a fault: {failed:?}");
    }

    /// Requests that were held up arrive now.
    pub(crate) fn arrive(&mut self) {
        let held = std::mem::take(&mut *self.network.held.lock().unwrap());
        for (desk, commands) in held {
            let api = self.api(desk);
            // Nobody waits for the answers any more.
            drop(self.runtime.block_on(api.commands(&commands)));
        }
    }

    /// No more faults: everything that waits is sent and decided.
    pub(crate) fn calm_down(&mut self) -> Result<(), String> {
        self.arrive();
        for round in 0..12 {
            for desk in 0..self.desks.len() {
                self.release(desk);
                self.sync(desk, &[]);
                self.decide(desk, round < 3);
            }
            let waiting = |desk: &Desk| {
                desk.states().iter().any(|(_, state)| *state != CommandState::Settled)
            };
            if !self.desks.iter().any(waiting) {
                for desk in 0..self.desks.len() {
                    self.sync(desk, &[]);
                }
                return Ok(());
            }
        }
        let left: Vec<_> = self.desks.iter().map(Desk::states).collect();
        Err(format!("stuck: {left:?}"))
    }

    /// Everything that was entered stands on the server once, or not at all if
    /// it was taken back; and all desks see what the server has.
    pub(crate) fn verdict(&mut self) -> Result<(), String> {
        self.desks.push(Desk::new());
        self.sync(AUDITOR, &[]);
        let auditor = self.desks.pop().unwrap();
        self.count(&auditor)?;
        for desk in &mut self.desks {
            let waiting: HashSet<Uuid> = desk.states().iter().map(|(id, _)| *id).collect();
            for (id, entered) in &self.entered {
                let is_mine = entered.desk == desk.number && !entered.taken_back;
                if is_mine && !waiting.contains(id) {
                    return Err(format!("lost from the outbox: {:?}", entered.kind));
                }
            }
            desk.compare(&auditor)?;
        }
        Ok(())
    }

    /// Kinds of what was entered and stands, each as often as it does.
    pub(crate) fn carried_out(&self) -> impl Iterator<Item = CommandKind> {
        self.entered.values().filter(|entered| !entered.taken_back).map(|entered| entered.kind)
    }

    /// Entries of the server's log against what was entered.
    fn count(&self, auditor: &Desk) -> Result<(), String> {
        let mut expected: BTreeMap<(String, EventKind, &str), i32> = BTreeMap::new();
        let mut marks: HashMap<&str, i32> = HashMap::new();
        for entered in self.entered.values() {
            let n = i32::from(!entered.taken_back);
            if entered.kind == CommandKind::Create {
                marks.insert(&entered.mark, n);
                continue;
            }
            let office = DESKS[entered.desk].2;
            *expected
                .entry((entered.incident.clone(), entered.kind.event(), office))
                .or_default() += n;
            if !entered.mark.is_empty() {
                marks.insert(&entered.mark, n);
            }
        }
        for incident in &self.incidents {
            let events = auditor.details(incident).events.into_iter();
            for event in events.filter(|event| event.merged.is_empty()) {
                let Some(kind) = event.kind.and_then(EventKind::from_index) else { continue };
                let Some((_, _, office)) = DESKS.iter().find(|desk| desk.2 == event.office) else {
                    continue;
                };
                *expected.entry((incident.clone(), kind, office)).or_default() -= 1;
                for words in [event.text, event.reason] {
                    if let Some(left) = marks.get_mut(words.as_str()) {
                        *left -= 1;
                    }
                }
            }
        }
        for summary in auditor.summaries() {
            if let Some(left) = marks.get_mut(summary.as_str()) {
                *left -= 1;
            }
        }
        let name = |left: i32| if left > 0 { "lost" } else { "doubled" };
        for (what, left) in expected {
            if left != 0 {
                return Err(format!("{}: {what:?}", name(left)));
            }
        }
        match marks.iter().find(|(_, left)| **left != 0) {
            Some((mark, left)) => Err(format!("{}: {mark}", name(*left))),
            None => Ok(()),
        }
    }

    fn take_back(&mut self, ids: &[Uuid]) {
        for id in ids {
            if let Some(entered) = self.entered.get_mut(id) {
                entered.taken_back = true;
            }
        }
    }

    fn api(&self, desk: usize) -> HttpApi {
        let config =
            pult::sync::http::HttpConfig { token: DESKS[desk].0.to_owned(), ..config(&self.url) };
        HttpApi::new(&config, crate::fake_api::clock()).unwrap()
    }

    fn try_sync(
        &mut self,
        desk: usize,
        fates: &[Fate],
    ) -> Result<(), pult::sync::failure::Failure> {
        let api = Faulty {
            inner: self.api(desk),
            desk,
            fates: Mutex::new(fates.iter().copied().collect()),
            network: Arc::clone(&self.network),
            lie: self.lie,
        };
        let it = &mut self.desks[desk];
        it.number = desk;
        let clock_ms = it.clock_secs * 1_000;
        let parts = EngineParts {
            writer: it.store().writer(),
            reader: it.store().reader().unwrap(),
            region: REGION,
            clock: Clock::new(move || clock_ms),
            changes: Arc::new(drop),
            status: StatusBoard::new(Waker::noop().clone()),
            poll_secs: 1,
            push: Some(PushParts { outbox: it.store().shared_outbox(), told: Arc::new(|| ()) }),
            leases: None,
        };
        let done = sync_once(api, parts, 1);
        it.work(Job::LookAgain);
        done
    }
}

impl Desk {
    fn new() -> Self {
        let folder = in_memory();
        let mut desk = Self {
            number: 0,
            officer: None,
            told: Rc::default(),
            store: None,
            reader: None,
            folder,
            clock_secs: NOW_SECS,
            undoable: Vec::new(),
        };
        desk.restart();
        desk
    }

    /// What was undoable is sent after a start: nobody can undo it any more.
    fn restart(&mut self) {
        self.officer = None;
        self.reader = None;
        self.store = None;
        self.undoable.clear();
        let store = Store::open(self.folder.path(), &Catalogue::embedded()).unwrap();
        let told = Rc::clone(&self.told);
        self.officer = Some(OfficerDesk::open(
            store.shared_outbox(),
            store.reader().unwrap(),
            Timestamp(self.clock_secs as u32),
            drop,
            move |what| told.borrow_mut().push(what),
        ));
        self.reader = Some(store.reader().unwrap());
        self.store = Some(store);
    }

    fn reader(&self) -> &Reader {
        self.reader.as_ref().unwrap()
    }

    fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    fn work(&mut self, job: Job) {
        self.officer.as_mut().unwrap().work(job);
        for told in self.told.borrow().iter() {
            assert!(!matches!(told, Told::Failed { .. }), "{told:?}");
        }
    }

    fn told(&self) -> Vec<Told> {
        self.told.borrow_mut().drain(..).collect()
    }

    fn row_of(&self, incident: &str) -> u32 {
        self.reader().row_of_incident(incident).unwrap().unwrap()
    }

    fn details(&self, incident: &str) -> pult::store::details::IncidentDetails {
        self.reader().details(self.row_of(incident)).unwrap().unwrap()
    }

    /// Of all incidents.
    fn summaries(&self) -> Vec<String> {
        let reader = self.reader();
        let mut row_ids = Vec::new();
        reader.load_rows(|row_id, _| row_ids.push(row_id)).unwrap();
        let rows = reader.list_rows(&row_ids).unwrap();
        rows.into_iter().map(|row| row.summary).collect()
    }

    fn states(&self) -> Vec<(Uuid, CommandState)> {
        let listing = self.store().outbox().list(Timestamp(NOW_SECS as u32)).unwrap();
        assert_eq!(listing.damaged, 0);
        listing.commands.iter().map(|command| (command.id, command.state)).collect()
    }

    /// Every incident stands and every log reads as at `other`, and the officer
    /// sees the same.
    fn compare(&mut self, other: &Self) -> Result<(), String> {
        let (mine, theirs) = (self.reader(), other.reader());
        for n in 1..=40 {
            let id = format!("i-{n}");
            let row_id = self.row_of(&id);
            let here = mine.standing(row_id).unwrap().unwrap();
            let there = theirs.standing(other.row_of(&id)).unwrap().unwrap();
            if (&here.standing, here.rev) != (&there.standing, there.rev) {
                return Err(format!("{id}: {here:?} and {there:?}"));
            }
            let seen = self.officer.as_ref().unwrap().standing(row_id).unwrap();
            if seen.as_ref() != Some(&here.standing) {
                return Err(format!("{id}: an overlay without an action: {seen:?}"));
            }
            let log = |desk: &Self| {
                let events = desk.details(&id).events;
                let mut log: Vec<_> = events
                    .into_iter()
                    .map(|event| (event.at, event.kind, event.office, event.text, event.reason))
                    .collect();
                log.sort();
                log
            };
            if log(self) != log(other) {
                return Err(format!("{id}: logs differ"));
            }
        }
        Ok(())
    }
}

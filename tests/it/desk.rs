//! The whole desk on a reference server: what a person chooses, every panel obeys.

use std::cell::RefCell;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::task::Waker;
use std::time::{Duration, Instant};

use pult::app::clock::{Moment, Ticker};
use pult::app::searching::FIRST_HITS;
use pult::app::state::{ListOrder, Loading, MapMode, PeriodChoice, View, Viewport};
use pult::app::triage::TriageCommand;
use pult::app::wall::frame::WallFrame;
use pult::app::{Command, Desk, DeskOptions};
use pult::board::queue::Section;
use pult::board::what_if::Late;
use pult::config::Settings;
use pult::config::own_data::OwnData;
use pult::domain::Regime;
use pult::domain::action::PlaceGiven;
use pult::domain::municipality::Settlement;
use pult::domain::policy::{Clock, Supposed};
use pult::domain::{Action, Role, Status};
use pult::server::{RunningServer, Server, ServerOptions, Token};
use pult::sync::protocol::Scope;
use pult::sync::status::Phase;

pub(crate) const TOKEN: &str = "desk-token";
/// Of another office, for who shares the desk.
pub(crate) const HEAD_TOKEN: &str = "head-token";
pub(crate) const HEAD: &str = "Руководитель ЦУР";
const INCIDENTS: u64 = 4_000;

pub(crate) struct Bench {
    pub(crate) desk: Desk,
    pub(crate) ticker: Ticker,
    pub(crate) server: Option<RunningServer>,
    pub(crate) folder: tempfile::TempDir,
}

/// A made-up region for the token of these desks.
pub(crate) fn region(frozen: bool) -> ServerOptions {
    let mut options = ServerOptions {
        incidents: INCIDENTS,
        frozen,
        ..ServerOptions::new(pult::app::clock::now).with_token(TOKEN)
    };
    options.tokens.push(Token::new(HEAD_TOKEN, Role::Head, Scope::Desk, HEAD));
    options
}

impl Bench {
    pub(crate) fn online(frozen: bool) -> Self {
        Self::on(Server::start(region(frozen)).unwrap())
    }

    pub(crate) fn on(server: RunningServer) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("http://{}", server.addr());
        let desk = open(&folder, Some(url));
        let mut bench = Self { desk, ticker: Ticker::start(), server: Some(server), folder };
        bench.wait("the first sync", |desk| desk.state().sync.phase == Phase::UpToDate);
        bench.desk.apply(Command::SetPeriod(PeriodChoice::All));
        bench.wait("all incidents", |desk| {
            desk.state().aggregates.by_status.iter().sum::<u32>() >= INCIDENTS as u32
        });
        bench.settle();
        bench
    }

    /// A desk that is opened again on what it had.
    pub(crate) fn again(
        folder: tempfile::TempDir,
        url: Option<String>,
        server: Option<RunningServer>,
    ) -> Self {
        let mut bench = Self { desk: open(&folder, url), ticker: Ticker::start(), server, folder };
        bench.wait("the sync", |desk| desk.state().sync.phase == Phase::UpToDate);
        bench.settle();
        bench
    }

    /// Without a server.
    pub(crate) fn offline(folder: tempfile::TempDir) -> Self {
        Self { desk: open(&folder, None), ticker: Ticker::start(), server: None, folder }
    }

    pub(crate) fn wait(&mut self, what: &str, done: impl Fn(&Desk) -> bool) {
        let patience = Instant::now() + Duration::from_mins(1);
        loop {
            self.desk.poll(self.ticker.moment());
            if done(&self.desk) {
                return;
            }
            assert!(Instant::now() < patience, "{what} did not come");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn settle(&mut self) {
        self.wait("the answers", Desk::is_settled);
    }

    /// From here on nothing is answered.
    pub(crate) fn server_goes(&mut self) {
        self.server = None;
    }

    /// The folder as a kill would leave it now, in another place.
    pub(crate) fn left_behind(&self) -> tempfile::TempDir {
        let left = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), left.path().join(entry.file_name())).unwrap();
        }
        left
    }
}

pub(crate) fn open(folder: &tempfile::TempDir, server: Option<String>) -> Desk {
    let online = server.is_some();
    let options = DeskOptions {
        data_dir: folder.path().to_owned(),
        settings: Settings { server, poll_secs: 1, ..Settings::default() },
        settings_path: None,
        online,
        token: Some(TOKEN.to_owned()),
        waker: Waker::noop().clone(),
        data: OwnData::default(),
    };
    Desk::open(options, Ticker::start().moment()).unwrap()
}

/// The whole region on a small map.
pub(crate) fn viewport(desk: &Desk) -> Viewport {
    let bounds = desk.state().geodata.bounds;
    Viewport {
        x_min: bounds.x_min,
        y_min: bounds.y_min,
        x_max: bounds.x_max,
        y_max: bounds.y_max,
        width_px: 200,
        height_px: 300,
        pixels_per_point: 1.0,
    }
}

#[test]
fn a_chosen_municipality_changes_every_panel_and_all_agree() {
    let mut bench = Bench::online(true);
    let everything = bench.desk.state().aggregates.total.received;
    let abakan = bench.desk.state().catalogue.municipality_by_alias("Абакан").unwrap();

    bench.desk.apply(Command::ToggleMunicipality(abakan));
    bench.desk.apply(Command::SetMapMode(MapMode::Clusters));
    let viewport = viewport(&bench.desk);
    bench.desk.apply(Command::SetViewport(viewport));
    bench.settle();
    let clusters: u64 = {
        let picture = bench.desk.state().clusters.as_ref().expect("clusters were made");
        picture.clusters.iter().map(|cluster| u64::from(cluster.count)).sum()
    };
    bench.desk.apply(Command::Show(View::Incidents));
    bench.settle();

    let state = bench.desk.state();
    let aggregates = &state.aggregates;
    let n = aggregates.total.received;
    assert!(n > 0 && n < everything, "{n} of {everything}");
    let sum = |list: &[pult::board::Totals]| list.iter().map(|one| one.received).sum::<u32>();
    assert_eq!(aggregates.by_municipality[usize::from(abakan)].received, n);
    assert_eq!(sum(&aggregates.by_municipality), everything, "what else could be chosen");
    assert_eq!(sum(&aggregates.by_block), n);
    assert_eq!(sum(&aggregates.by_source), n);
    assert_eq!(sum(&aggregates.by_regime), n);
    assert_eq!(sum(&aggregates.by_topic), n);
    assert_eq!(sum(&aggregates.by_body), n);
    assert_eq!(aggregates.by_day.iter().map(|day| day.received).sum::<u32>(), n);
    assert_eq!(aggregates.by_weekday_hour.iter().flatten().sum::<u32>(), n);
    assert_eq!(state.list.positions.len() as u32, n, "the list");
    assert_eq!(clusters + u64::from(aggregates.total.unplaced), u64::from(n), "the map");

    bench.desk.apply(Command::ToggleMunicipality(abakan));
    bench.settle();
    assert_eq!(bench.desk.state().aggregates.total.received, everything);
}

#[test]
fn the_desk_opens_at_once_on_what_it_has() {
    let bench = Bench::online(true);
    let stored = bench.desk.state().aggregates.total;
    let Bench { desk, folder, .. } = bench;
    drop(desk);
    let mut offline =
        Bench { desk: open(&folder, None), ticker: Ticker::start(), server: None, folder };
    offline.desk.apply(Command::SetPeriod(PeriodChoice::All));
    offline.settle();
    let state = offline.desk.state();
    assert!(state.demo, "made-up figures stay marked without the server");
    assert_eq!(state.aggregates.total.received, stored.received);
}

#[test]
fn a_start_shows_the_last_figures_until_the_board_is_read() {
    let mut bench = Bench::online(true);
    bench.desk.apply(Command::SetPeriod(PeriodChoice::default()));
    // Whatever somebody looks at last, the next start opens with everything.
    bench.settle();
    let last = bench.desk.state().aggregates.total;
    let abakan = bench.desk.state().catalogue.municipality_by_alias("Абакан").unwrap();
    bench.desk.apply(Command::ToggleMunicipality(abakan));
    bench.settle();
    let Bench { desk, folder, .. } = bench;
    drop(desk);

    let desk = open(&folder, None);
    let state = desk.state();
    assert_eq!(state.aggregates.total, last);
    assert!(last.received > 0 && !state.aggregates.by_day.is_empty());
    assert!(state.kept_at.is_some_and(|at| at <= state.now && state.now - at < 120));
    assert_eq!(state.shown_map_mode(), MapMode::Areas, "there is no heat yet");
    let wall = WallFrame::build(state);
    assert_eq!((wall.total, wall.freshness.kept_at), (last, state.kept_at));
    assert_eq!(wall.areas.len(), state.catalogue.municipalities.len());
    assert!(state.demo, "made-up figures are marked from the first frame on");
    let mut offline = Bench { desk, ticker: Ticker::start(), server: None, folder };
    offline.settle();
    let state = offline.desk.state();
    assert_eq!((state.kept_at, state.aggregates.total.received), (None, last.received));

    // A file that is not sound is not used.
    let Bench { desk, folder, .. } = offline;
    drop(desk);
    let path = folder.path().join("figures.last");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let desk = open(&folder, None);
    assert_eq!((desk.state().kept_at, desk.state().aggregates.by_day.len()), (None, 0));
}

/// Nothing may be written in a folder until this is dropped.
struct Forbidden<'a> {
    folder: &'a Path,
    is_mounted: bool,
}

impl<'a> Forbidden<'a> {
    /// `Err` says why this cannot be had here.
    fn writing_in(folder: &'a Path) -> Result<Self, String> {
        let set = |mode| std::fs::set_permissions(folder, Permissions::from_mode(mode)).unwrap();
        set(0o555);
        let mut forbidden = Self { folder, is_mounted: false };
        if std::fs::File::create(folder.join("probe")).is_err() {
            return Ok(forbidden);
        }
        // Root is above permissions, but not above how a folder is mounted.
        std::fs::remove_file(folder.join("probe")).unwrap();
        for options in ["bind", "remount,bind,ro"] {
            let mut mount = std::process::Command::new("mount");
            let output = mount.args(["-o", options]).arg(folder).arg(folder).output();
            let output = output.map_err(|error| error.to_string())?;
            if !output.status.success() {
                return Err(String::from_utf8_lossy(&output.stderr).into_owned());
            }
            forbidden.is_mounted = true;
        }
        Ok(forbidden)
    }
}

impl Drop for Forbidden<'_> {
    fn drop(&mut self) {
        if self.is_mounted {
            let done = std::process::Command::new("umount").arg(self.folder).status();
            assert!(
                done.is_ok_and(|status| status.success()),
                "{} stays mounted",
                self.folder.display()
            );
        }
        std::fs::set_permissions(self.folder, Permissions::from_mode(0o755)).unwrap();
    }
}

#[test]
fn a_folder_that_may_not_be_written_is_shown_as_it_stands_and_said_so() {
    let bench = Bench::online(true);
    let stored = bench.desk.state().aggregates.total.received;
    let Bench { desk, folder, .. } = bench;
    drop(desk);
    let forbidden = match Forbidden::writing_in(folder.path()) {
        Ok(forbidden) => forbidden,
        Err(why) => {
            eprintln!("not run: writing cannot be forbidden here: {why}");
            return;
        }
    };
    let ticker = Ticker::start();
    let mut desk = open(&folder, Some("http://127.0.0.1:1".to_owned()));
    desk.apply(Command::SetPeriod(PeriodChoice::All));
    let patience = Instant::now() + Duration::from_mins(1);
    while !desk.is_settled() {
        desk.poll(ticker.moment());
        assert!(Instant::now() < patience, "the figures did not come");
        std::thread::sleep(Duration::from_millis(5));
    }
    let state = desk.state();
    assert_eq!(state.aggregates.total.received, stored);
    assert_eq!(state.sync.phase, Phase::Refused { reason: "read-only" });
    let notices: Vec<_> = state.notices.iter().map(|notice| notice.text).collect();
    assert_eq!(notices, ["notice-read-only"]);
    drop(desk);
    drop(forbidden);
}

#[test]
fn what_comes_in_is_seen_without_anybody_asking() {
    let mut bench = Bench::online(false);
    let before = bench.desk.state().aggregates.total.received;
    bench.wait("a new incident", |desk| desk.state().aggregates.total.received > before);
}

#[test]
fn an_action_is_seen_at_once_can_be_undone_and_reaches_the_server() {
    let mut bench = Bench::online(true);
    bench.desk.apply(Command::ToggleStatus(Status::New.index()));
    bench.desk.apply(Command::Show(View::Incidents));
    bench.desk.apply(Command::ShowRows { first: 0, count: 10 });
    bench.settle();
    bench.wait("rows", |desk| desk.state().list.rows.len() >= 2);
    let rows: Vec<u32> = bench.desk.state().list.rows.iter().map(|row| row.row_id).collect();
    let count = |desk: &Desk| desk.state().aggregates.by_status[Status::New.index() as usize];
    let before = count(&bench.desk);

    let take = || Command::Act { rows: vec![rows[0]], action: Action::Take {} };
    bench.desk.apply(take());
    bench.wait("the overlay", |desk| count(desk) == before - 1);
    assert_eq!(bench.desk.state().outbox.waiting(), 1);
    bench.desk.apply(Command::Undo);
    bench.wait("the undoing", |desk| count(desk) == before);
    assert_eq!(bench.desk.state().outbox.waiting(), 0);

    // Two on one incident: the second stands on what the first has made.
    bench.desk.apply(take());
    let comment = Action::Comment { text: "смотрим".to_owned() };
    bench.desk.apply(Command::Act { rows: vec![rows[0]], action: comment });
    let classify = Action::Classify { topic: "roads.surface".to_owned() };
    bench.desk.apply(Command::Act { rows: vec![rows[0], rows[1]], action: classify });
    bench.wait("four actions", |desk| desk.state().outbox.entries.len() == 4);
    assert_eq!(bench.desk.state().undo.len(), 3);
    bench.wait("the server's answers", |desk| desk.state().outbox.entries.is_empty());
    bench.settle();
    assert_eq!(count(&bench.desk), before - 1, "the server's own state says the same");
    bench.desk.apply(Command::ToggleStatus(Status::New.index()));
    bench.desk.apply(Command::OpenIncident(rows[0]));
    bench.wait("the card", |desk| desk.state().incident.is_some());
    let details = bench.desk.state().incident.clone().unwrap();
    assert_eq!(Status::from_index(details.row.status), Some(Status::Triage));
    assert_eq!(details.assignee, "Дежурный ЦУР (рабочее место)", "of this desk's token");
    let commented = details.events.iter().filter(|event| event.text == "смотрим").count();
    assert_eq!(commented, 1);
}

#[test]
fn what_is_taken_and_put_in_a_settlement_is_counted_before_the_server_has_told_of_it() {
    let mut bench = Bench::online(true);
    bench.server_goes();
    let state = bench.desk.state();
    let number_of = |code: &str| state.vocabulary.settlements.iter().position(|it| it == code);
    let given = |one: &Settlement| {
        Action::Place(PlaceGiven {
            municipality: Some(one.municipality.to_string()),
            settlement: Some(one.code.to_string()),
            ..PlaceGiven::default()
        })
    };
    let places: Vec<(u16, Action)> = (state.catalogue.settlements.iter())
        .map(|one| (number_of(&one.code).expect("numbered before it is named") as u16, given(one)))
        .collect();

    // The smallest places of all: hardly anything happens there.
    let (number, place) = places.last().unwrap().clone();
    bench.desk.apply(Command::Show(View::Triage));
    bench.settle();
    let row_id = bench.desk.state().triage.queue.positions[0] + 1;
    bench.desk.apply(Command::Triage(TriageCommand::Show(Section::Mine)));
    bench.desk.apply(Command::ToggleSettlement(number));
    bench.settle();
    let total = |desk: &Desk| desk.state().aggregates.total.received;
    let before = total(&bench.desk);
    assert!(bench.desk.state().triage.queue.positions.is_empty(), "this office has nothing");
    bench.desk.apply(Command::Act { rows: vec![row_id], action: place });
    bench.wait("the settlement", |desk| total(desk) == before + 1);
    bench.desk.apply(Command::Act { rows: vec![row_id], action: Action::Take {} });
    bench.wait("what is mine", |desk| desk.state().triage.queue.positions == [row_id - 1]);
}

#[test]
fn other_rules_are_tried_and_nothing_but_their_own_figures_changes() {
    let mut bench = Bench::online(true);
    let found = |desk: &Desk| desk.state().what_if.clone();
    let late = |late: Late| late.open + late.done;
    bench.desk.apply(Command::Show(View::Settings));
    bench.wait("the figures", |desk| found(desk).is_some());
    bench.settle();
    let before = bench.desk.state().aggregates.clone();
    let today = found(&bench.desk).unwrap();
    assert_eq!(today.by_regime.iter().map(|it| it.n).sum::<u32>(), before.total.received);
    assert_eq!(today.by_regime.iter().map(|it| it.stands.open).sum::<u32>(), before.total.overdue);
    assert!(today.by_regime.iter().all(|it| it.rules == it.supposed), "{today:?}");
    let social = usize::from(Regime::Social.index());
    let policies = bench.desk.state().catalogue.policies.clone();
    let as_is = Supposed::as_is(policies.by_version("social-1").unwrap(), 0);
    let one_hour = Supposed { amount: 1, important: Some(1), ..as_is.clone() };
    bench.desk.apply(Command::Suppose(vec![one_hour]));
    bench.wait("the figures of another rule", |desk| {
        found(desk).is_some_and(|found| !found.supposed.is_empty())
    });
    let tried = found(&bench.desk).unwrap();
    assert_eq!(tried.by_regime[social].rules, today.by_regime[social].rules);
    assert!(late(tried.by_regime[social].supposed) > late(tried.by_regime[social].rules));
    let a_month = Supposed { clock: Clock::CalendarDays, amount: 30, important: None, ..as_is };
    bench.desk.apply(Command::Suppose(vec![a_month.clone()]));
    bench.wait("the figures of another clock", |desk| {
        found(desk).is_some_and(|found| found.supposed == [a_month.clone()])
    });
    let tried = found(&bench.desk).unwrap();
    assert!(late(tried.by_regime[social].supposed) < late(tried.by_regime[social].rules));
    bench.settle();
    assert_eq!(bench.desk.state().aggregates.total, before.total);
    bench.desk.apply(Command::Suppose(Vec::new()));
    bench.wait("the figures of today", |desk| found(desk).is_some_and(|found| found == today));
}

#[test]
fn the_card_is_of_the_incident_under_the_cursor_whatever_happens_to_the_one_before() {
    let Bench { desk, folder, .. } = Bench::online(true);
    drop(desk);
    let desk = open(&folder, None);
    let mut bench = Bench { desk, ticker: Ticker::start(), server: None, folder };
    bench.settle();
    let put = |row_id| Command::Triage(TriageCommand::Put(row_id));
    for round in 0..6 {
        bench.desk.apply(put(1));
        bench.settle();
        let comment = Action::Comment { text: format!("{round}") };
        bench.desk.apply(Command::Act { rows: vec![1], action: comment });
        bench.desk.apply(put(2));
        bench.wait("the comment", |desk| desk.state().outbox.entries.len() > round);
        bench.settle();
        let open = bench.desk.state().incident.as_ref().map(|open| open.row.row_id);
        assert_eq!(open, Some(2), "round {round}");
    }
}

#[test]
fn what_was_done_without_a_connection_is_there_after_a_restart_and_is_sent() {
    let mut bench = Bench::online(true);
    bench.desk.apply(Command::ToggleStatus(Status::New.index()));
    bench.desk.apply(Command::Show(View::Incidents));
    bench.desk.apply(Command::ShowRows { first: 0, count: 10 });
    bench.settle();
    bench.wait("rows", |desk| !desk.state().list.rows.is_empty());
    let row_id = bench.desk.state().list.rows[0].row_id;
    let Bench { desk, folder, server, .. } = bench;
    drop(desk);

    let desk = open(&folder, None);
    let mut offline = Bench { desk, ticker: Ticker::start(), server: None, folder };
    offline.desk.apply(Command::Act { rows: vec![row_id], action: Action::Take {} });
    offline.wait("the outbox", |desk| desk.state().outbox.waiting() == 1);
    let Bench { desk, folder, .. } = offline;
    drop(desk);

    let url = server.as_ref().map(|server| format!("http://{}", server.addr()));
    let desk = open(&folder, url);
    let mut online = Bench { desk, ticker: Ticker::start(), server, folder };
    online.wait("the sync", |desk| desk.state().sync.phase == Phase::UpToDate);
    online.wait("the sending", |desk| {
        desk.state().loading == Loading::Ready && desk.state().outbox.entries.is_empty()
    });
    online.desk.apply(Command::OpenIncident(row_id));
    online.wait("the card", |desk| desk.state().incident.is_some());
    let details = online.desk.state().incident.clone().unwrap();
    assert_eq!(Status::from_index(details.row.status), Some(Status::Triage));
}

#[test]
fn a_search_finds_any_form_of_a_word_and_filters_everything() {
    let mut bench = Bench::online(true);
    let everything = bench.desk.state().aggregates.total.received;
    // The store's health is read again while somebody looks at it.
    bench.desk.apply(Command::Show(View::Health));
    bench.wait("the search index", |desk| desk.state().store.searchable == INCIDENTS);
    bench.desk.apply(Command::Search("теплотрасса".to_owned()));
    bench.wait("the search", |desk| desk.state().filter.text.is_some());
    bench.settle();
    let state = bench.desk.state();
    assert!(state.aggregates.total.received > 0, "«прорыв теплотрассы» is found by «теплотрасса»");
    assert!(state.aggregates.total.received < everything);
    bench.desk.apply(Command::Search(String::new()));
    bench.wait("all again", |desk| desk.state().filter.text.is_none());
    bench.settle();
    assert_eq!(bench.desk.state().aggregates.total.received, everything);
}

#[test]
fn words_that_are_still_looked_for_do_not_come_back_after_all_was_cleared() {
    let mut bench = Bench::online(true);
    for _ in 0..20 {
        bench.desk.apply(Command::Search("труба".to_owned()));
        bench.desk.apply(Command::ClearFilter);
        std::thread::sleep(Duration::from_millis(5));
        bench.settle();
        assert!(bench.desk.state().filter.text.is_none());
    }
}

#[test]
fn the_first_hits_of_a_search_stand_in_the_list_until_all_do() {
    let mut bench = Bench::online(true);
    bench.desk.apply(Command::Show(View::Health));
    bench.wait("the search index", |desk| desk.state().store.searchable == INCIDENTS);
    bench.desk.apply(Command::Show(View::Incidents));
    bench.settle();
    let mut seen = 0;
    for round in 0..20 {
        // Also the words that stand there already, after others and at once.
        for query in ["вода", "труба", if round % 2 == 0 { "вода" } else { "труб" }]
        {
            bench.desk.apply(Command::Search(query.to_owned()));
        }
        let first = RefCell::new(None);
        bench.wait("the list", |desk| {
            let (list, text) = (&desk.state().list, &desk.state().filter.text);
            if list.begun.is_some() {
                first.replace(Some(Arc::clone(&list.positions)));
            }
            let is_found = text.as_ref().is_some_and(|text| text.query == desk.state().search);
            is_found && list.begun.is_none() && desk.is_settled()
        });
        let state = bench.desk.state();
        assert_eq!(state.list.positions.len() as u32, state.aggregates.total.received);
        if let Some(first) = first.into_inner() {
            assert_eq!(*first, state.list.positions[..first.len()]);
            assert!(first.len() <= FIRST_HITS);
            seen += 1;
        }
    }
    assert!(seen > 0, "all hits come before the first ones");
}

#[test]
fn what_comes_in_is_searched_as_well() {
    let mut bench = Bench::online(false);
    bench.desk.apply(Command::Show(View::Health));
    bench.wait("the search index", |desk| desk.state().store.searchable >= INCIDENTS);
    // Every message names its address.
    bench.desk.apply(Command::Search("адрес".to_owned()));
    bench.wait("the search", |desk| desk.state().filter.text.is_some());
    let found = |desk: &Desk| desk.state().filter.text.as_ref().map_or(0, |text| text.rows.len());
    let before = found(&bench.desk);
    bench.wait("a new incident among what was found", |desk| found(desk) > before);
}

#[test]
fn the_list_is_ranked_by_its_words_on_request() {
    let mut bench = Bench::online(true);
    bench.desk.apply(Command::Show(View::Health));
    bench.wait("the search index", |desk| desk.state().store.searchable == INCIDENTS);
    bench.desk.apply(Command::Show(View::Incidents));
    bench.desk.apply(Command::Search("нет воды".to_owned()));
    bench.wait("the search", |desk| desk.state().filter.text.is_some());
    bench.settle();
    let newest = bench.desk.state().list.positions.clone();
    bench.desk.apply(Command::SortList(ListOrder::BestFirst));
    bench.wait("another order", |desk| desk.state().list.positions != newest);
    let mut ranked = bench.desk.state().list.positions.to_vec();
    ranked.sort_unstable();
    let mut same = newest.to_vec();
    same.sort_unstable();
    assert!(ranked == same && ranked.len() > 10, "the order alone changes");
    // Without words there is nothing to fit.
    bench.desk.apply(Command::Search(String::new()));
    assert_eq!(bench.desk.state().list.order, ListOrder::NewestFirst);
}

#[test]
fn the_exported_list_is_masked_safe_and_whole() {
    let mut bench = Bench::online(true);
    let path = bench.folder.path().join("Список «всё».csv");
    let header = (0..13).map(|n| format!("h{n}")).collect();
    bench.desk.apply(Command::WriteList { path: path.clone(), header });
    bench.wait("the file", |desk| !desk.state().notices.is_empty());
    let notice = bench.desk.state().notices[0].clone();
    assert!(!notice.is_error, "{notice:?}");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut table = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), bench.desk.state().aggregates.total.received as usize);
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
    }
    // A folder that is not there: one sentence, and nothing half is left.
    let nowhere = bench.folder.path().join("nowhere/x.csv");
    bench.desk.apply(Command::WriteList { path: nowhere, header: vec!["h".to_owned(); 13] });
    bench.wait("the refusal", |desk| desk.state().notices.len() == 2);
    assert!(bench.desk.state().notices[1].is_error);
    let left = std::fs::read_dir(bench.folder.path()).unwrap();
    let names: Vec<String> =
        left.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    assert!(!names.iter().any(|name| name.contains(".part")), "{names:?}");
}

#[test]
fn an_opened_incident_gets_suggestions_and_a_closed_one_takes_them_along() {
    let mut bench = Bench::online(true);
    bench.desk.apply(Command::Show(View::Incidents));
    bench.settle();
    let row_id = bench.desk.state().list.positions[0] + 1;
    assert!(bench.desk.state().suggestions.is_none());
    bench.desk.apply(Command::OpenIncident(row_id));
    bench.wait("suggestions", |desk| desk.state().suggestions.is_some());
    let state = bench.desk.state();
    let suggestions = state.suggestions.as_ref().unwrap();
    assert_eq!(suggestions.row_id, row_id);
    assert!(suggestions.decisions > 1_000, "{}", suggestions.decisions);
    for of_kind in [&suggestions.block, &suggestions.topic, &suggestions.body] {
        assert_eq!(of_kind.len(), 3);
        assert!(!of_kind[0].because.is_empty(), "{of_kind:?}");
    }
    let topic = &state.vocabulary.topics[usize::from(suggestions.topic[0].label)];
    assert_eq!(u16::from(topic.block), suggestions.block[0].label, "{topic:?}");
    assert_eq!(topic.depth, 3, "a fact is proposed");

    bench.desk.apply(Command::CloseIncident);
    assert!(bench.desk.state().suggestions.is_none());
}

#[test]
fn a_replay_that_ends_gives_the_period_back_at_once() {
    let mut bench = Bench::online(true);
    let moment = bench.ticker.moment();
    let later = |secs| Moment { tick: moment.tick + Duration::from_secs(secs), ..moment };
    bench.desk.apply(Command::ToggleReplay);
    let first = bench.desk.state().replay.expect("a replay").span();
    assert_eq!(first.to - first.from, 86_400, "nothing before its first day");
    let mut steps = 0;
    while bench.desk.state().replay.is_some() {
        steps += 1;
        assert!(steps < 1_000, "it goes on");
        bench.desk.poll(later(steps));
    }
    let state = bench.desk.state();
    assert_eq!(state.filter.span, state.period.span(moment.now), "no day of the replay is left");
}

#[test]
fn good_news_leaves_by_itself_and_bad_news_stays() {
    let mut bench = Bench::offline(tempfile::tempdir().unwrap());
    let path = || "picture.png".to_owned();
    bench.desk.apply(Command::PictureSaved { path: path(), error: None });
    bench.desk.apply(Command::PictureSaved { path: path(), error: None });
    bench.desk.apply(Command::NoDialog);
    let said = |bench: &Bench| -> Vec<&str> {
        bench.desk.state().notices.iter().map(|notice| notice.text).collect()
    };
    assert_eq!(said(&bench), ["notice-picture-saved", "notice-no-dialog"], "each once");
    let moment = bench.ticker.moment();
    assert!(bench.desk.next_wake() <= Duration::from_secs(12));
    bench.desk.poll(Moment { tick: moment.tick + Duration::from_secs(13), ..moment });
    assert_eq!(said(&bench), ["notice-no-dialog"]);
}

#[test]
fn the_settings_show_the_wall_with_heat_of_its_own_whatever_the_map_shows() {
    let mut bench = Bench::online(true);
    let view = |width_px| Viewport {
        x_min: 0.744,
        y_min: 0.315,
        x_max: 0.756,
        y_max: 0.335,
        width_px,
        height_px: 300,
        pixels_per_point: 1.0,
    };
    let heat = |bench: &Bench| bench.desk.state().heat.as_ref().map(|heat| heat.viewport.width_px);
    bench.desk.apply(Command::SetViewport(view(400)));
    bench.settle();
    assert_eq!(heat(&bench), Some(400));
    bench.desk.apply(Command::SetMapMode(MapMode::Areas));
    bench.desk.apply(Command::Show(View::Settings));
    bench.desk.apply(Command::SetViewport(view(300)));
    bench.desk.apply(Command::WantReplay(Some(view(200))));
    bench.settle();
    assert_eq!(heat(&bench), Some(300));
    let replay = |bench: &Bench| bench.desk.state().wall_replay.as_ref().map(|it| it.viewport);
    assert_eq!(replay(&bench), Some(view(200)));
    // The map of the desk has its own again, without asking.
    bench.desk.apply(Command::Show(View::Situation));
    bench.desk.apply(Command::SetMapMode(MapMode::Heat));
    bench.settle();
    assert_eq!(heat(&bench), Some(400));
}

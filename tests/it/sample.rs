//! A desk with a made-up region behind it, for tests of the interface.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use pult::app::State;
use pult::app::indicators::Measured;
use pult::app::outbox_view::{OutboxEntry, OutboxView};
use pult::app::problems::{Problem, ProblemKey, ProblemsState};
use pult::app::state::{ListState, Loading, PeriodChoice, View};
use pult::board::aggregates::AggregatesKey;
use pult::board::filter::Filter;
use pult::board::problems::{Came, Effect};
use pult::board::queue::{QueueQuestion, Section};
use pult::board::row::{self, NONE, Stages, flags};
use pult::board::vocabulary::{BodyEntry, TopicEntry};
use pult::board::{Aggregates, Board, BoardBuilder, CompiledFilter, Region, Row, Vocabulary};
use pult::config::Settings;
use pult::domain::catalogue::Catalogue;
use pult::domain::{
    Action, EventKind, ProblemState, Regime, Remedy, Source, Standing, Status, Timestamp,
};
use pult::geo::mercator::{LonLat, MercatorPoint};
use pult::logging::LogHealth;
use pult::store::CommandState;
use pult::store::details::{EventLine, IncidentDetails, ListRow, MessageLine};
use pult::store::health::{FileHealth, StoreHealth};
use pult::store::problems::StoredProblem;
use pult::sync::protocol::{IncidentData, Outcome};
use pult::sync::status::{Phase, SyncStatus};

/// 2026-11-23T07:05:00Z, 14:05 on a Monday in Khakassia.
pub(crate) const NOW: u32 = 1_795_417_500;
const DAYS: u32 = 120;

/// A generator whose numbers are the same everywhere.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn roll(&mut self) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }

    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        self.roll() % bound.max(1)
    }

    /// Small numbers more often than large ones.
    fn uneven(&mut self, bound: u32) -> u32 {
        self.below(bound).min(self.below(bound))
    }
}

pub(crate) fn vocabulary(catalogue: &Catalogue) -> Vocabulary {
    let mut topics = vec![TopicEntry::default()];
    topics.extend(catalogue.topics.topics().iter().map(|topic| TopicEntry {
        code: topic.code.to_string(),
        name: topic.name.ru_short.to_string(),
        name_en: topic.name.en_short.to_string(),
        block: topic.block.index(),
        parent: topic.parent.map_or(row::NONE, |parent| parent + 1),
        depth: topic.level as u8,
    }));
    let names = [
        "Администрация Абакана",
        "Минстрой",
        "Минтранс",
        "Региональный оператор ТКО",
        "Хакасэнерго",
        "Минздрав",
        "Минобр",
        "Абаканские тепловые сети",
        "Управление дорог",
        "Минсоцзащиты",
    ];
    let mut bodies = vec![BodyEntry::default()];
    bodies.extend(names.iter().enumerate().map(|(index, name)| BodyEntry {
        id: format!("body-{index}"),
        name: (*name).to_owned(),
        short: (*name).to_owned(),
        is_listed: true,
    }));
    let mut settlements = vec![String::new()];
    settlements.extend(catalogue.settlements.iter().map(|one| one.name.to_string()));
    Vocabulary { topics, bodies, settlements, offices: vec![String::new()] }
}

fn incident(dice: &mut Dice, catalogue: &Catalogue, vocabulary: &Vocabulary) -> Row {
    let leaves: Vec<u16> = (1..vocabulary.topics.len() as u16)
        .filter(|&at| vocabulary.topics.iter().all(|other| other.parent != at))
        .collect();
    let topic = leaves[dice.uneven(leaves.len() as u32) as usize];
    let received = NOW - dice.below(DAYS * 86_400) - 1;
    let age = NOW - received;
    let takes = 3_600 + dice.uneven(20 * 86_400);
    let closed = if takes < age { received + takes } else { 0 };
    let municipality = match dice.below(40) {
        0 => row::NO_MUNICIPALITY,
        _ => {
            (catalogue.municipalities.len() as u32
                - 1
                - dice.uneven(catalogue.municipalities.len() as u32)) as u8
        }
    };
    let status = match (closed, dice.below(30)) {
        (_, 0) => Status::Rejected,
        (0, n) if n < 10 => Status::New,
        (0, n) if n < 15 => Status::Assigned,
        (0, _) => Status::InWork,
        (_, n) if n < 8 => Status::Answered,
        _ => Status::Closed,
    };
    let settlement = dice.below(vocabulary.settlements.len() as u32) as u16;
    let place = &catalogue.settlements[usize::from(settlement.max(1)) - 1];
    let jitter = |dice: &mut Dice| (f64::from(dice.below(2_001)) - 1_000.0) / 40_000.0;
    let (east, north) = (jitter(dice), jitter(dice));
    let point =
        MercatorPoint::from_lon_lat(LonLat { lon: place.lon + east, lat: place.lat + north })
            .unwrap();
    Row {
        received,
        registered: received,
        due: if dice.below(9) == 0 { 0 } else { received + 10 * 86_400 },
        first_answer: if closed > 0 { received + takes / 2 } else { 0 },
        closed,
        x: point.x,
        y: point.y,
        settlement,
        topic,
        body: dice.below(vocabulary.bodies.len() as u32) as u16,
        flags: if dice.below(12) == 0 { 0 } else { flags::PLACED },
        municipality,
        block: vocabulary.topics[usize::from(topic)].block,
        regime: dice.uneven(Regime::COUNT as u32) as u8,
        source: dice.uneven(Source::COUNT as u32) as u8,
        status: status.index(),
        assignee: 0,
        rating: if closed > 0 && dice.below(8) == 0 { 1 + dice.below(5) as u8 } else { 0 },
        checks: 0,
        stages: Stages::default(),
        answered: if closed > 0 && !takes.is_multiple_of(3) { received + takes / 2 } else { 0 },
    }
}

/// A board of `count` incidents over [`DAYS`] days.
pub(crate) fn board(count: u32) -> Board {
    let catalogue = Catalogue::embedded();
    let vocabulary = vocabulary(&catalogue);
    let region = Region::of(&catalogue);
    let mut builder = BoardBuilder::new(region);
    let mut dice = Dice(7);
    for row_id in 1..=count {
        builder.push(row_id, &incident(&mut dice, &catalogue, &vocabulary));
    }
    builder.finish(Arc::new(vocabulary))
}

pub(crate) fn list_row(board: &Board, position: u32) -> ListRow {
    let row = board.row(position).unwrap();
    ListRow {
        row_id: position + 1,
        id: format!("INC-{:06}", position + 1),
        summary: format!(
            "Холодные батареи, подъезд {}, третий день без отопления",
            position % 9 + 1
        ),
        received: row.received,
        due: row.due,
        first_answer: row.first_answer,
        done: row.done(),
        closed: row.closed,
        municipality: row.municipality,
        settlement: row.settlement,
        topic: row.topic,
        body: row.body,
        block: row.block,
        regime: row.regime,
        source: row.source,
        status: row.status,
        flags: row.flags,
        rating: row.rating,
        assignee: row.assignee,
    }
}

/// The desk on that board with that filter, everything answered.
pub(crate) fn state_with(board: &Board, view: View, period: PeriodChoice, filter: Filter) -> State {
    let filter = Filter { span: period.span(NOW), ..filter };
    let key = AggregatesKey { filter: filter.clone(), version: board.version(), now: NOW };
    let never = AtomicBool::new(false);
    let aggregates = Aggregates::compute(board, &key, &never).unwrap();
    let compiled = pult::board::CompiledFilter::new(&filter, board.vocabulary(), NOW);
    let list = board.list(&compiled, pult::board::ListOrder::NEWEST, &never).unwrap();
    let rows = list.positions.iter().take(120).map(|&at| list_row(board, at)).collect();
    let due_next = aggregates.due_next.iter().take(12).map(|&at| list_row(board, at)).collect();
    let settings =
        Settings { server: Some("https://api.example".to_owned()), ..Settings::default() };
    State {
        vocabulary: Arc::clone(board.vocabulary()),
        demo: true,
        loading: Loading::Ready,
        view,
        period,
        filter,
        aggregates: Arc::new(aggregates),
        list: ListState { positions: Arc::new(list.positions), rows, ..ListState::default() },
        due_next,
        sync: SyncStatus {
            phase: Phase::UpToDate,
            server: Some("https://api.example".to_owned()),
            confirmed_at: Some(NOW - 20),
            poll_secs: 30,
            streaming: true,
            lines_stored: 60_480,
            lines_per_sec: 3,
            batches: 61,
            skipped: [("not-json", 4), ("unknown-kind", 12)].into_iter().collect(),
            role: Some("duty".to_owned()),
            scope: Some("desk"),
            ..SyncStatus::default()
        },
        store: StoreHealth {
            folder: "/var/lib/pult".into(),
            files: vec![
                FileHealth { name: "pult.db", bytes: 812_000_000, schema: 2 },
                FileHealth { name: "outbox.db", bytes: 28_672, schema: 1 },
                FileHealth { name: "search.db", bytes: 240_000_000, schema: 1 },
            ],
            rows: vec![
                ("incident", u64::from(board.len() as u32)),
                ("message", 14_403),
                ("event", 36_912),
            ],
            searchable: board.len() as u64,
            ..StoreHealth::default()
        },
        census: board.census(),
        log: LogHealth {
            path: "/var/lib/pult/pult.log".into(),
            bytes: 412_000,
            errors: 1,
            warnings: 2,
            last: vec!["2026-11-23T06:58:01Z  WARN pult::sync: the answer broke off".to_owned()],
        },
        ..State::new(NOW, settings)
    }
}

pub(crate) fn state(board: &Board, view: View) -> State {
    state_with(board, view, PeriodChoice::FourWeeks, Filter::default())
}

/// Everything that «Показатели» shows of what the state is of.
pub(crate) fn measure(state: &mut State, board: &Board) {
    let (key, never) = (state.aggregates.key.clone(), AtomicBool::new(false));
    let indicators = board.indicators(&key, &never).unwrap();
    let cards = board.scorecards(&key, &never).unwrap();
    let forecasts = board.forecasts(&key, &never).unwrap();
    let changes = board.period_changes(&key, &never).unwrap();
    let measured = Measured::of(indicators, cards, forecasts, changes);
    state.indicators.found = Some(Arc::new(measured));
}

/// Two problems of Abakan: one that is followed and waits for the curator, with
/// something unlinked beside it, and one that nobody has confirmed.
pub(crate) fn with_problems(mut state: State, board: &Board) -> State {
    let abakan = state.catalogue.municipalities.iter().position(|it| &*it.short == "Абакан");
    let abakan = abakan.unwrap() as u8;
    let positions = 0..board.positions();
    let of = |topics: std::ops::Range<u16>| -> Vec<u32> {
        let is_it = |at: &u32| {
            let row = board.row(*at);
            row.is_some_and(|row| {
                let is_late = row.received > NOW - 14 * 86_400;
                is_late && row.municipality == abakan && topics.contains(&row.topic)
            })
        };
        positions.clone().filter(is_it).collect()
    };
    let problem = |key, members: Vec<u32>| Problem {
        key,
        known: None,
        is_unsent: false,
        unlinked: members.iter().rev().take(3).rev().copied().collect(),
        speaker: members.last().copied(),
        linked: members.len() as u32,
        linked_day: 2,
        new_id: "p-i-1".to_owned(),
        about: board.about(&members, NOW),
        samples: members.iter().take(3).map(|at| list_row(board, *at)).collect(),
        effects: [None, None],
        members,
    };
    let found = problem(ProblemKey::Found(1), of(40..80));
    let key = ProblemKey::Known("p-7".to_owned());
    let mut followed = problem(key.clone(), of(1..40));
    let came = |count, days| Came { count, days };
    let effect =
        Effect { usual: Some(came(42, 28.0)), before: came(64, 4.0), after: came(21, 6.0) };
    followed.effects = [Some(effect), None];
    let rfc3339 = |days_ago: u32| Some(Timestamp(NOW - days_ago * 86_400).to_rfc3339());
    followed.known = Some(StoredProblem {
        id: "p-7".to_owned(),
        name: "Холодные батареи в Абакане".to_owned(),
        topic: String::new(),
        municipality: abakan,
        state: Some(ProblemState::Watched),
        started: NOW - 10 * 86_400,
        closed: 0,
        wall: true,
        remedy: Remedy {
            cause: "Износ теплотрассы".to_owned(),
            correction: "Заменён участок трубы".to_owned(),
            acted_at: rfc3339(6),
            question: "Прошу решения о замене всей трассы".to_owned(),
            asked_at: rfc3339(2),
            ..Remedy::default()
        },
        rows: Vec::new(),
    });
    state.problems = ProblemsState {
        found: Some(Arc::new(vec![found, followed])),
        chosen: Some(key),
        is_fresh: true,
    };
    state
}

/// What waits in the outbox, on the first incidents of the list: an action that is
/// on its way, one that the server refused, and two that met another state.
pub(crate) fn outbox(state: &State) -> OutboxView {
    let comment = Action::Comment { text: "Звонили, ждут бригаду".to_owned() };
    let gone = Action::Assign { body: "b-no-more".to_owned(), reason: None };
    let reason = Some("Дом сдан в 2019 году".to_owned());
    let mine = Action::Forward { body: "body-4".to_owned(), reason };
    let urgent = Action::Prioritise { priority: 2 };
    let seen = seen(state);
    let now = IncidentData {
        status: Status::Assigned.key().to_owned(),
        topic: seen.topic.clone(),
        municipality: seen.municipality.clone(),
        body: Some("body-7".to_owned()),
        assignee: Some("Минстрой, приёмная".to_owned()),
        due_at: Some(Timestamp(NOW + 2 * 86_400).to_rfc3339()),
        ..IncidentData::default()
    };
    let conflict = || Outcome::Conflict { rev: 61_002, current: Box::new(now.clone()) };
    let refused = Outcome::rejected("invalid_payload", "no such body");
    let entries = [
        (comment, CommandState::Queued, None),
        (gone, CommandState::Rejected, Some(refused)),
        (mine, CommandState::Conflict, Some(conflict())),
        (urgent, CommandState::Conflict, Some(conflict())),
    ];
    let entry = |(at, (action, state_of, answer)): (usize, (_, _, _))| {
        let row = &state.list.rows[at];
        Arc::new(OutboxEntry {
            id: uuid::Uuid::from_u128(at as u128 + 1),
            row_id: Some(row.row_id),
            incident: Some(row.id.clone()),
            action,
            office: "Дежурный ЦУР".to_owned(),
            at: Timestamp(NOW - 600 + 60 * at as u32),
            state: state_of,
            attempts: 1,
            answer,
            basis: Some(seen.clone()),
            replaces: None,
        })
    };
    let entries = entries.into_iter().enumerate().map(entry).collect();
    OutboxView { entries, ..OutboxView::default() }
}

/// What the officer saw of each.
fn seen(state: &State) -> Standing {
    Standing {
        status: Status::Assigned,
        topic: Some(state.vocabulary.topics[9].code.clone()),
        municipality: Some("95701000".to_owned()),
        settlement: None,
        place: Some((53.72, 91.44)),
        body: Some("body-1".to_owned()),
        assignee: None,
        priority: 0,
        marks: Vec::new(),
        due: Some(Timestamp(NOW + 86_400)),
        first_answer: None,
        closed: None,
        rating: None,
        merged_into: None,
    }
}

/// «Разбор» with its queue, a card and what is on its way.
pub(crate) fn at_triage(mut state: State, board: &Board) -> State {
    let never = AtomicBool::new(false);
    let soon_secs = state.catalogue.policies.warn_secs(Timestamp(NOW));
    let question = QueueQuestion { section: Section::All, office: NONE, now: NOW, soon_secs };
    let filter = CompiledFilter::new(&Filter::default(), board.vocabulary(), NOW);
    let queue = board.queue(&filter, &question, &never).unwrap();
    let shown = queue.positions.iter().take(120);
    state.triage.rows = shown.map(|at| list_row(board, *at)).collect();
    state.triage.section = question.section;
    state.triage.queue = Arc::new(queue);
    let row = state.triage.rows[2].clone();
    state.triage.cursor = Some(row.row_id);
    state.triage.cursor_index = 2;
    let message = |at: u32, text: &str| MessageLine {
        id: format!("m-{at}"),
        received: row.received + at * 3_600,
        source: row.source,
        text: text.to_owned(),
        url: String::new(),
    };
    let event = |kind: EventKind, hours: u32| EventLine {
        at: row.received + hours * 3_600,
        kind: Some(kind.index()),
        role: "duty".to_owned(),
        office: "Дежурный ЦУР".to_owned(),
        ..EventLine::default()
    };
    let at = board.row(row.row_id - 1).unwrap();
    state.incident = Some(Arc::new(IncidentDetails {
        address: "ул. Лесная, 14".to_owned(),
        place: (row.flags & flags::PLACED != 0).then_some(MercatorPoint { x: at.x, y: at.y }),
        registered: row.received + 600,
        due_source: "policy".to_owned(),
        messages: vec![
            message(0, "Третий день нет отопления, батареи холодные во всём подъезде."),
            message(5, "В управляющей компании обещают завтра, и так третий раз."),
        ],
        events: vec![event(EventKind::Registered, 1), event(EventKind::Assigned, 3)],
        row,
        ..IncidentDetails::default()
    }));
    state.outbox = Arc::new(outbox(&state));
    state
}

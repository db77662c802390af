//! A recorded stream of requests, fed through the same path as the made-up
//! region: opened and closed when it was, at a chosen speed.
//!
//! A record tells its opening and its closing and nothing between: the steps
//! that the table of moves asks for in between stand at the closing's moment.

mod mapping;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use self::mapping::Mapping;
use super::generate::extras;
use super::record::{By, Effect, Incident, Message, Point, Step};
use super::state::{EventTexts, IncidentTexts, State};
use super::world::World;
use crate::domain::{DataError, DataFile, EventKind, Timestamp};

/// Settlements further away than this are not named.
const NEAR_KM: f64 = 8.0;

/// What to replay, and how.
#[derive(Clone, Debug)]
pub struct ReplayOptions {
    pub csv: PathBuf,
    pub mapping: PathBuf,
    /// Recorded seconds in a second; 0 feeds everything at once and stands still.
    pub speed: f64,
    pub end: ReplayEnd,
}

/// Where the recorded times are put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayEnd {
    /// Moved by whole days so that the last opening is of today.
    Now,
    /// Left as they are.
    AsIs,
}

/// Why a recorded stream cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Mapping(#[from] DataError),
    #[error("{}: the mapping names something that is not there: {reason}", path.display())]
    Unknown { path: PathBuf, reason: String },
    #[error("{}: the table cannot be read", path.display())]
    Table { path: PathBuf, source: csv::Error },
    #[error("{}: no row has an opening that can be read", path.display())]
    Empty { path: PathBuf },
}

/// Feeds records as their time comes.
pub(crate) struct Player {
    /// Oldest first.
    happenings: Vec<Happening>,
    next: usize,
    records: Vec<Record>,
    /// The incident of each record that was opened.
    opened: Vec<Option<u32>>,
    mapping: Mapping,
    speed: f64,
    /// Names the table.
    table_crc: u32,
    started: Timestamp,
    first: Timestamp,
    /// Later than this nothing is fed.
    until: Timestamp,
}

struct Record {
    opened: Timestamp,
    closed: Option<Timestamp>,
    topic: Option<(u16, crate::domain::Block)>,
    body: Option<u16>,
    degrees: Option<(f64, f64)>,
    detail: String,
}

#[derive(Clone, Copy)]
struct Happening {
    at: Timestamp,
    record: usize,
    closes: bool,
}

impl Player {
    pub(crate) fn open(
        world: &World,
        options: &ReplayOptions,
        now: Timestamp,
    ) -> Result<Self, ReplayError> {
        let read = |path: &PathBuf| {
            std::fs::read(path).map_err(|source| ReplayError::Read { path: path.clone(), source })
        };
        let text = String::from_utf8_lossy(&read(&options.mapping)?).into_owned();
        let name = options.mapping.display().to_string();
        let mapping: Mapping = DataFile { name: &name, text: &text }.parse_toml()?;
        let unknown = |reason| ReplayError::Unknown { path: options.mapping.clone(), reason };
        mapping.check(world).map_err(unknown)?;
        let table = read(&options.csv)?;
        let mut records = records(world, &mapping, &table)
            .map_err(|source| ReplayError::Table { path: options.csv.clone(), source })?;
        let last = records.iter().map(|record| record.opened).max();
        let last = last.ok_or_else(|| ReplayError::Empty { path: options.csv.clone() })?;
        let mut until = Timestamp(u32::MAX);
        if options.end == ReplayEnd::Now {
            let days = i64::from(now.local_day().0 - last.local_day().0);
            // The day of today has not come as far as the last recorded one may have.
            let days = if last.plus_secs(days * 86_400) > now { days - 1 } else { days };
            for record in &mut records {
                record.opened = record.opened.plus_secs(days * 86_400);
                record.closed = record.closed.map(|closed| closed.plus_secs(days * 86_400));
            }
            until = now;
        }
        let mut happenings = Vec::new();
        for (record, Record { opened, closed, .. }) in records.iter().enumerate() {
            happenings.push(Happening { at: *opened, record, closes: false });
            if let Some(closed) = closed {
                happenings.push(Happening { at: (*closed).max(*opened), record, closes: true });
            }
        }
        happenings.sort_by_key(|happening| (happening.at, happening.closes));
        Ok(Self {
            next: 0,
            opened: vec![None; records.len()],
            first: happenings.first().map_or(now, |happening| happening.at),
            happenings,
            records,
            mapping,
            speed: options.speed,
            table_crc: crc32fast::hash(&table),
            started: now,
            until,
        })
    }

    /// A state with nothing but bodies and municipalities.
    pub(crate) fn beginning(world: &Arc<World>) -> State {
        let mut state = State::new(Arc::clone(world), 0);
        extras::directory(&mut state);
        state
    }

    /// The same table is the same installation.
    pub(crate) fn instance(&self) -> String {
        format!("replay-{:08x}", self.table_crc)
    }

    /// Whether everything comes at once.
    pub(crate) fn is_at_once(&self) -> bool {
        self.speed <= 0.0
    }

    /// Feeds what has come by `now`.
    pub(crate) fn tick(&mut self, state: &mut State, now: Timestamp) {
        let reached = if self.is_at_once() {
            self.until
        } else {
            let recorded = now.secs_since(self.started).max(0) as f64 * self.speed;
            self.first.plus_secs(recorded as i64).min(self.until)
        };
        while let Some(happening) = self.happenings.get(self.next).copied() {
            if happening.at > reached {
                break;
            }
            self.next += 1;
            if happening.closes {
                self.close(state, happening);
                state.fed.push(None);
            } else {
                let opened = Some(self.open_one(state, happening));
                self.opened[happening.record] = opened;
                state.fed.push(opened);
            }
        }
    }

    /// Goes on behind what was fed before a restart.
    pub(crate) fn resume(&mut self, state: &State) {
        self.next = state.fed.len();
        for (happening, opened) in self.happenings.iter().zip(&state.fed) {
            self.opened[happening.record] = opened.or(self.opened[happening.record]);
        }
    }

    fn open_one(&self, state: &mut State, Happening { at, record, .. }: Happening) -> u32 {
        let record = &self.records[record];
        let mut incident =
            Incident::new(at, self.mapping.incident.source, self.mapping.incident.regime);
        if let Some((topic, block)) = record.topic {
            (incident.topic, incident.block) = (Some(topic), block);
        }
        if let Some((lat, lon)) = record.degrees {
            incident.point = Some(Point::from_degrees(lat, lon));
            incident.municipality = state.world.places.municipality_at(lat, lon);
            incident.settlement = nearest(&state.world, lat, lon);
        }
        let index = state.incidents.len() as u32;
        let created = step(at, EventKind::Created, Effect::None);
        let mut events = vec![created.event_of(index, None, incident.status)];
        if let Some(body) = record.body {
            match incident.take(index, &step(at, EventKind::Assigned, body_effect(body))) {
                Ok(assigned) => events.push(assigned),
                Err(refused) => tracing::warn!(%refused, "a record was not assigned"),
            }
        }
        state.add_incident(incident);
        let summary = (!record.detail.is_empty()).then(|| record.detail.as_str().into());
        state.incident_texts.insert(index, IncidentTexts { summary, address: None });
        state.add_message(Message {
            rev: 0,
            incident: index,
            home: index,
            origin: index,
            received: at,
            source: incident.source,
            author: None,
            deleted: false,
        });
        for event in events {
            state.add_event(event);
        }
        index
    }

    /// The shortest legal way to the end.
    fn close(&self, state: &mut State, Happening { at, record, .. }: Happening) {
        let Some(index) = self.opened[record] else { return };
        let assign = self.records[record].body.is_none();
        let body = body_effect(0);
        let way = [
            assign.then(|| step(at, EventKind::Assigned, body)),
            Some(step(at, EventKind::Taken, Effect::None)),
            Some(step(at, EventKind::Submitted, Effect::None)),
            Some(step(at, EventKind::Approved, Effect::None)),
            Some(step(at, EventKind::Closed, Effect::None)),
        ];
        for step in way.into_iter().flatten() {
            if let Err(refused) = state.happen(index, &step, EventTexts::default()) {
                // An officer was there first.
                tracing::debug!(%refused, "a recorded step was overtaken");
            }
        }
    }
}

fn step(at: Timestamp, event: EventKind, effect: Effect) -> Step {
    Step { at, event, by: By::default(), words: 0, effect }
}

fn body_effect(body: u16) -> Effect {
    Effect::Body { body, assignee: None }
}

/// Reads the table; rows whose opening cannot be read are stepped over.
fn records(world: &World, mapping: &Mapping, table: &[u8]) -> Result<Vec<Record>, csv::Error> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(table);
    let headers = reader.headers()?.clone();
    let column = |name: &Option<String>| {
        name.as_ref().and_then(|name| headers.iter().position(|header| header == name))
    };
    let columns = &mapping.columns;
    let opened = column(&Some(columns.opened.clone()));
    let (closed, status) = (column(&columns.closed), column(&columns.status));
    let (agency, category) = (column(&columns.agency), column(&columns.category));
    let (detail, lat, lon) = (column(&columns.detail), column(&columns.lat), column(&columns.lon));
    let mut records = Vec::new();
    let mut skipped = 0u64;
    for (number, row) in (0u64..).zip(reader.records()) {
        let Ok(row) = row else {
            skipped += 1;
            continue;
        };
        let field = |column: Option<usize>| {
            column.and_then(|index| row.get(index)).map(str::trim).unwrap_or_default()
        };
        let Some(moment) = mapping.moment(field(opened)) else {
            skipped += 1;
            continue;
        };
        let words = &mapping.incident.closed_words;
        let is_closed = status.is_none() || words.iter().any(|word| word == field(status));
        let closed = mapping.moment(field(closed)).filter(|_| is_closed);
        let closed = closed.map(|moment| moment.or_hour_of(number, None));
        let degrees = field(lat).parse::<f64>().ok().zip(field(lon).parse::<f64>().ok());
        let degrees = degrees.filter(|(lat, lon)| lat.abs() <= 90.0 && lon.abs() <= 180.0);
        records.push(Record {
            opened: moment.or_hour_of(number, closed),
            closed,
            topic: mapping.topic(world, field(detail), field(category)),
            body: mapping.body(world, field(agency)),
            degrees: degrees
                .map(|(lat, lon)| mapping.place.map_or((lat, lon), |place| place.apply(lat, lon))),
            detail: field(detail).to_owned(),
        });
    }
    if skipped > 0 {
        tracing::warn!(skipped, "rows of the table were stepped over");
    }
    Ok(records)
}

/// The nearest settlement of the municipality there, if one is near.
fn nearest(world: &World, lat: f64, lon: f64) -> Option<u16> {
    let municipality = world.places.municipality_at(lat, lon)?;
    let oktmo = world.catalogue.municipality(municipality)?.oktmo;
    let km = |place: &crate::domain::Settlement| {
        let east = (place.lon - lon) * lat.to_radians().cos();
        (place.lat - lat).hypot(east) * 111.2
    };
    let near = world.catalogue.settlements_of(oktmo).map(|(index, place)| (index, km(place)));
    let nearest = near.min_by(|a, b| a.1.total_cmp(&b.1))?;
    (nearest.1 <= NEAR_KM).then_some(nearest.0)
}

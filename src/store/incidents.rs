//! Incidents as rows: the narrow ones that the board loads, and the texts.

use rusqlite::{Connection, OptionalExtension, Row as SqlRow, params};

use super::batch::IncidentRow;
use super::error::Result;
use super::past::Past;
use super::statements::Statements;
use crate::board::Row;
use crate::board::row::{NO_MUNICIPALITY, Stages, flags};
use crate::domain::catalogue::Catalogue;
use crate::domain::municipality::Oktmo;

/// Municipality columns hold the OKTMO, 0 where it is not known.
pub(super) fn oktmo_column(oktmo: Option<Oktmo>) -> u32 {
    oktmo.map_or(0, Oktmo::get)
}

/// Turns OKTMO columns into the catalogue's indices.
#[derive(Clone, Debug)]
pub(super) struct MunicipalityIndex {
    /// By position in the catalogue.
    oktmos: Vec<u32>,
}

impl MunicipalityIndex {
    pub(super) fn new(catalogue: &Catalogue) -> Self {
        Self { oktmos: catalogue.municipalities.iter().map(|m| m.oktmo.get()).collect() }
    }

    pub(super) fn of(&self, oktmo: u32) -> u8 {
        // A dozen of them: a scan beats a search.
        let position = self.oktmos.iter().position(|known| *known == oktmo);
        position.and_then(|index| u8::try_from(index).ok()).unwrap_or(NO_MUNICIPALITY)
    }
}

/// Numbers that the store gave to an incident's words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbers {
    pub(super) settlement: u16,
    pub(super) topic: u16,
    pub(super) body: u16,
    pub(super) assignee: u16,
}

/// The board's row of an incident, with the deadline that the server gave.
pub(super) fn board_row(
    incident: &IncidentRow,
    numbers: Numbers,
    past: Past,
    municipalities: &MunicipalityIndex,
) -> Row {
    let time = |at: Option<crate::domain::Timestamp>| at.map_or(0, |t| t.0);
    let flag = |is: bool, bit: u16| if is { bit } else { 0 };
    Row {
        received: incident.received.0,
        registered: time(incident.registered),
        due: time(incident.due),
        first_answer: time(incident.first_answer),
        closed: time(incident.closed),
        x: incident.place.map_or(0, |place| place.x),
        y: incident.place.map_or(0, |place| place.y),
        settlement: numbers.settlement,
        topic: numbers.topic,
        body: numbers.body,
        flags: past.flags
            | flag(incident.place.is_some(), flags::PLACED)
            | flag(incident.priority == 1, flags::PRIORITY_HIGH)
            | flag(incident.priority >= 2, flags::PRIORITY_URGENT)
            | flag(incident.resonance, flags::RESONANCE)
            | flag(incident.conflict, flags::CONFLICT)
            | flag(incident.communication_error, flags::COMMUNICATION_ERROR),
        municipality: municipalities.of(oktmo_column(incident.municipality)),
        block: incident.block.index(),
        regime: incident.regime.index(),
        source: incident.source.index(),
        status: incident.status.index(),
        rating: incident.satisfaction.unwrap_or(0),
        assignee: numbers.assignee,
        checks: past.checks(),
        stages: past.stages(incident.received.0),
        answered: past.answered(),
    }
}

/// Writes both rows of an incident; `row` is [`board_row`] of it, `version` that of the
/// policy which its deadline follows from.
pub(super) fn put(
    statements: &mut Statements<'_>,
    id: u32,
    id_hash: i64,
    incident: &IncidentRow,
    row: &Row,
    version: Option<&str>,
) -> Result<()> {
    statements.incident_core_put.execute(params![
        id,
        row.received,
        row.due,
        row.first_answer,
        row.closed,
        row.x,
        row.y,
        row.settlement,
        row.topic,
        row.body,
        row.flags,
        oktmo_column(incident.municipality),
        row.block,
        row.regime,
        row.source,
        row.status,
        row.rating,
        row.assignee,
        incident.rev as i64,
        row.registered,
        row.checks,
        row.stages.packed(),
        row.answered,
    ])?;
    statements.incident_put.execute(params![
        id,
        id_hash,
        incident.id,
        incident.summary,
        incident.address,
        incident.place.map(|place| place.lat),
        incident.place.map(|place| place.lon),
        incident.assignee,
        incident.author_kind,
        incident.due_source,
        version,
        incident.merged_into,
        incident.problem,
        incident.extra,
    ])?;
    Ok(())
}

/// Columns that [`read_core`] reads; what a statement selects more stands behind them.
pub(super) const CORE_COLUMNS: usize = 22;

/// Reads one row of `incident_core_*.sql`: the row id and the board's row.
pub(super) fn read_core(
    row: &SqlRow<'_>,
    places: &MunicipalityIndex,
) -> rusqlite::Result<(u32, Row)> {
    let board_row = Row {
        received: row.get(1)?,
        due: row.get(2)?,
        first_answer: row.get(3)?,
        closed: row.get(4)?,
        x: row.get(5)?,
        y: row.get(6)?,
        settlement: row.get(7)?,
        topic: row.get(8)?,
        body: row.get(9)?,
        flags: row.get(10)?,
        municipality: places.of(row.get(11)?),
        block: row.get(12)?,
        regime: row.get(13)?,
        source: row.get(14)?,
        status: row.get(15)?,
        rating: row.get(16)?,
        assignee: row.get(17)?,
        registered: row.get(18)?,
        checks: row.get(19)?,
        stages: Stages::unpacked(row.get(20)?),
        answered: row.get(21)?,
    };
    Ok((row.get(0)?, board_row))
}

/// The board's row as stored, `None` where there is none.
pub(super) fn get_core(
    connection: &Connection,
    id: u32,
    places: &MunicipalityIndex,
) -> Result<Option<Row>> {
    let mut statement = connection.prepare_cached(include_str!("sql/incident_core_get.sql"))?;
    Ok(statement.query_row([id], |row| read_core(row, places)).optional()?.map(|(_, row)| row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Block, EventKind, Regime, Source, Status, Timestamp};
    use crate::store::batch::Place;
    use crate::store::migrate::{Database, migrate};

    #[test]
    fn a_wide_row_in_which_nothing_has_changed_is_not_written() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, Database::Pult).unwrap();
        let mut statements = Statements::new(&connection).unwrap();
        let text = |text: &str| Some(text.to_owned());
        let incident = IncidentRow {
            id: "i-1".to_owned(),
            rev: 1,
            regime: Regime::ALL[0],
            source: Source::ALL[0],
            block: Block::ALL[0],
            status: Status::New,
            topic: None,
            summary: text("Нет воды"),
            municipality: None,
            settlement: None,
            place: None,
            address: None,
            priority: 0,
            resonance: false,
            conflict: false,
            communication_error: false,
            body: None,
            assignee: None,
            author_kind: None,
            received: Timestamp(9),
            registered: None,
            due: None,
            due_source: None,
            policy_version: None,
            first_answer: None,
            closed: None,
            satisfaction: None,
            merged_into: None,
            problem: None,
            extra: None,
        };
        // Rows that the second of the two statements writes.
        let mut wide = |incident: &IncidentRow| {
            let version = incident.policy_version.as_deref();
            put(&mut statements, 1, 5, incident, &Row::default(), version).unwrap();
            connection.changes()
        };
        assert_eq!(wide(&incident), 1);
        assert_eq!(wide(&IncidentRow { rev: 2, status: Status::Triage, ..incident.clone() }), 0);
        for changed in [
            IncidentRow { summary: None, ..incident.clone() },
            IncidentRow { address: text("ул. Мира"), ..incident.clone() },
            IncidentRow {
                place: Some(Place { lat: 53.7, lon: 91.4, x: 1, y: 2 }),
                ..incident.clone()
            },
            IncidentRow { assignee: text("ДДС"), ..incident.clone() },
            IncidentRow { author_kind: text("person"), ..incident.clone() },
            IncidentRow { due_source: text("server"), ..incident.clone() },
            IncidentRow { policy_version: text("1"), ..incident.clone() },
            IncidentRow { merged_into: text("i-2"), ..incident.clone() },
            IncidentRow { problem: text("p-1"), ..incident.clone() },
            IncidentRow { extra: text("{}"), ..incident.clone() },
        ] {
            assert_eq!(wide(&changed), 1, "{changed:?}");
            assert_eq!(wide(&changed), 0);
            wide(&incident);
        }
    }

    /// The bytes on disk: a vocabulary may only grow at its end.
    #[test]
    fn bytes_of_the_vocabularies_on_disk_stay_what_they_were() {
        let keys = |all: Vec<&'static str>| all.join(" ");
        assert_eq!(
            keys(Block::ALL.iter().map(|b| b.key()).collect()),
            "zhkh tko energy education health roads transport social outside"
        );
        assert_eq!(keys(Regime::ALL.iter().map(|r| r.key()).collect()), "fz59 pos social other");
        assert_eq!(
            keys(Source::ALL.iter().map(|s| s.key()).collect()),
            "pos vk ok telegram max hotline email paper hand other"
        );
        assert_eq!(
            keys(Status::ALL.iter().map(|s| s.key()).collect()),
            "new triage assigned in_work approval answered closed rework rejected merged postponed"
        );
        assert_eq!(
            keys(EventKind::ALL.iter().map(|e| e.key()).collect()),
            "created registered taken assigned forwarded classified placed prioritised marked \
             extended interim_answered submitted approved returned postponed resumed rejected \
             merged unmerged split commented closed reopened rated quality_checked linked unlinked"
        );
    }
}

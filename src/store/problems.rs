//! Problems as the server has them, and the incidents that are of them.

use rusqlite::Row;

use super::error::Result;
use super::incidents::MunicipalityIndex;
use super::reader::Reader;
use crate::domain::{ProblemState, Remedy};

/// A problem that a person confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredProblem {
    /// Id on the server.
    pub id: String,
    pub name: String,
    /// Code of a node of the taxonomy; empty where it is of none.
    pub topic: String,
    /// Catalogue index, `board::row::NO_MUNICIPALITY` where not known.
    pub municipality: u8,
    /// `None` for a state that this version does not know.
    pub state: Option<ProblemState>,
    /// UTC seconds; `closed` is 0 while it is not.
    pub started: u32,
    pub closed: u32,
    /// The name may be shown on the wall.
    pub wall: bool,
    pub remedy: Remedy,
    /// Row ids of its incidents, rising.
    pub rows: Vec<u32>,
}

impl Reader {
    /// All of them, the newest first, and the rows of incidents that are of a problem
    /// which this token does not get, rising.
    pub fn problems(&self) -> Result<(Vec<StoredProblem>, Vec<u32>)> {
        self.heed(self.read_problems())
    }

    fn read_problems(&self) -> Result<(Vec<StoredProblem>, Vec<u32>)> {
        let _snapshot = self.connection.unchecked_transaction()?;
        let mut get = self.connection.prepare_cached(
            "SELECT id, name, topic, municipality, state, started, closed, wall, remedy FROM problem
             WHERE rev > 0 ORDER BY started DESC, id",
        )?;
        let found = get.query_map([], |row| problem(row, &self.places))?;
        let mut problems = found.collect::<rusqlite::Result<Vec<_>>>()?;
        let mut members = self
            .connection
            .prepare_cached("SELECT row FROM incident WHERE problem = ?1 ORDER BY row")?;
        for problem in &mut problems {
            let rows = members.query_map([&problem.id], |row| row.get(0))?;
            problem.rows = rows.collect::<rusqlite::Result<_>>()?;
        }
        let mut hidden = self.connection.prepare_cached(
            "SELECT row FROM incident WHERE problem IS NOT NULL
             AND problem NOT IN (SELECT id FROM problem WHERE rev > 0) ORDER BY row",
        )?;
        let hidden = hidden.query_map([], |row| row.get(0))?;
        Ok((problems, hidden.collect::<rusqlite::Result<_>>()?))
    }
}

fn problem(row: &Row<'_>, places: &MunicipalityIndex) -> rusqlite::Result<StoredProblem> {
    let state: String = row.get(4)?;
    Ok(StoredProblem {
        id: row.get(0)?,
        name: row.get(1)?,
        topic: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
        municipality: places.of(row.get(3)?),
        state: ProblemState::from_key(&state),
        started: row.get(5)?,
        closed: row.get(6)?,
        wall: row.get(7)?,
        remedy: row.get::<_, Option<String>>(8)?.map_or_else(Remedy::default, |remedy| {
            serde_json::from_str(&remedy).unwrap_or_default()
        }),
        rows: Vec::new(),
    })
}

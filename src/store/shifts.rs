//! Shifts taken and handed over at this desk.
//!
//! They stand in outbox.db: no server knows of them, and they must be there
//! after a kill and an upgrade. A row whose check sum does not hold is passed
//! over and left as it is.

use rusqlite::{Connection, Row, Transaction, params};

use super::audit;
use super::check_sum::CheckSum;
use super::error::Result;
use super::outbox::{Officer, Outbox};
use crate::domain::Timestamp;

const COLUMNS: &str =
    "num, office, began_at, after_seq, note, ended_at, ended_by, sheet, check_sum";

/// The shift that runs at this desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    pub num: i64,
    /// Office (post) that took it, never a person's name.
    pub office: String,
    pub began_at: Timestamp,
    /// Number of the last command that was made before.
    pub after_seq: u64,
    /// For whoever comes next; a draft as long as the shift runs.
    pub note: String,
}

/// A shift that was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOver {
    pub shift: Shift,
    pub at: Timestamp,
    /// Office that was signed in then.
    pub by: String,
    /// As `app` wrote it, JSON.
    pub sheet: String,
}

impl Outbox {
    /// The shift that runs; `None` between two shifts.
    pub fn shift(&self) -> Result<Option<Shift>> {
        running(self.connection_ref())
    }

    /// What was handed over last.
    pub fn last_handover(&self) -> Result<Option<HandedOver>> {
        let sql =
            format!("SELECT {COLUMNS} FROM shift WHERE ended_at IS NOT NULL ORDER BY num DESC");
        newest(self.connection_ref(), &sql, Stored::ended)
    }

    /// Begins a shift. False where one runs already.
    pub fn take_shift(&mut self, officer: &Officer, at: Timestamp) -> Result<bool> {
        let transaction = self.connection().transaction()?;
        if running(&transaction)?.is_some() {
            return Ok(false);
        }
        let num =
            transaction
                .query_row("SELECT coalesce(max(num), 0) + 1 FROM shift", [], |row| row.get(0))?;
        let after_seq: i64 = transaction.query_row(
            "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'command'",
            [],
            |row| row.get(0),
        )?;
        let shift = Shift {
            num,
            office: officer.office.clone(),
            began_at: at,
            after_seq: after_seq as u64,
            note: String::new(),
        };
        Stored { shift, ended: None }.put(&transaction)?;
        let texts = ["shift-take", officer.role.as_str(), officer.office.as_str(), ""];
        audit::append(&transaction, at, texts)?;
        transaction.commit()?;
        Ok(true)
    }

    /// Keeps the draft of the note. Nothing happens where no shift runs.
    pub fn note_shift(&mut self, note: &str) -> Result<()> {
        let transaction = self.connection().transaction()?;
        if let Some(shift) = running(&transaction)? {
            let shift = Shift { note: note.to_owned(), ..shift };
            Stored { shift, ended: None }.put(&transaction)?;
        }
        Ok(transaction.commit()?)
    }

    /// Ends the shift that runs. False where none does.
    pub fn hand_over(&mut self, by: &Officer, at: Timestamp, sheet: &str) -> Result<bool> {
        let transaction = self.connection().transaction()?;
        let Some(shift) = running(&transaction)? else { return Ok(false) };
        let detail = format!("{} {}", shift.began_at.to_rfc3339(), shift.office);
        let ended = Ended { at: at.0, by: by.office.clone(), sheet: sheet.to_owned() };
        Stored { shift, ended: Some(ended) }.put(&transaction)?;
        let texts = ["shift-hand-over", by.role.as_str(), by.office.as_str(), detail.as_str()];
        audit::append(&transaction, at, texts)?;
        transaction.commit()?;
        Ok(true)
    }

    /// The commands that the shift's office made in it, as lines of the contract;
    /// what was made anew counts once.
    pub fn made_in(&self, shift: &Shift) -> Result<Vec<String>> {
        let mut get = self.connection_ref().prepare_cached(
            "SELECT command FROM command
             WHERE seq > ?1 AND office = ?2 AND state <> 'replaced' ORDER BY seq",
        )?;
        let rows =
            get.query_map(params![shift.after_seq as i64, shift.office], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

fn running(connection: &Connection) -> Result<Option<Shift>> {
    let sql = format!("SELECT {COLUMNS} FROM shift WHERE ended_at IS NULL ORDER BY num DESC");
    newest(connection, &sql, |row| row.ended.is_none().then_some(row.shift))
}

/// The first row that is whole and that `take` wants.
fn newest<T>(
    connection: &Connection,
    sql: &str,
    take: impl Fn(Stored) -> Option<T>,
) -> Result<Option<T>> {
    let mut get = connection.prepare_cached(sql)?;
    let mut rows = get.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(found) = Stored::read(row).and_then(&take) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

struct Ended {
    at: u32,
    by: String,
    sheet: String,
}

/// A row as it stands.
struct Stored {
    shift: Shift,
    ended: Option<Ended>,
}

impl Stored {
    fn ended(self) -> Option<HandedOver> {
        let Ended { at, by, sheet } = self.ended?;
        Some(HandedOver { shift: self.shift, at: Timestamp(at), by, sheet })
    }

    /// `None` where the check sum or the form of a column does not hold.
    fn read(row: &Row<'_>) -> Option<Self> {
        let read = || -> rusqlite::Result<(Self, u32)> {
            let shift = Shift {
                num: row.get(0)?,
                office: row.get(1)?,
                began_at: Timestamp(row.get(2)?),
                after_seq: row.get::<_, i64>(3)? as u64,
                note: row.get(4)?,
            };
            let ended = match row.get(5)? {
                None => None,
                Some(at) => Some(Ended { at, by: row.get(6)?, sheet: row.get(7)? }),
            };
            Ok((Self { shift, ended }, row.get(8)?))
        };
        let whole = read().ok().filter(|(stored, sum)| stored.check_sum() == *sum);
        if whole.is_none() {
            tracing::error!("a shift in outbox.db is damaged and passed over");
        }
        whole.map(|(stored, _)| stored)
    }

    fn put(&self, transaction: &Transaction<'_>) -> Result<()> {
        let Self { shift, ended } = self;
        let ended = ended.as_ref();
        transaction.execute(
            &format!("INSERT OR REPLACE INTO shift ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"),
            params![
                shift.num,
                shift.office,
                shift.began_at.0,
                shift.after_seq as i64,
                shift.note,
                ended.map(|ended| ended.at),
                ended.map(|ended| ended.by.as_str()),
                ended.map(|ended| ended.sheet.as_str()),
                self.check_sum(),
            ],
        )?;
        Ok(())
    }

    fn check_sum(&self) -> u32 {
        let mut sum = CheckSum::new();
        sum.add(&self.shift.num.to_le_bytes());
        sum.add(self.shift.office.as_bytes());
        sum.add(&self.shift.began_at.0.to_le_bytes());
        sum.add(&self.shift.after_seq.to_le_bytes());
        sum.add(self.shift.note.as_bytes());
        if let Some(ended) = &self.ended {
            sum.add(&ended.at.to_le_bytes());
            sum.add(ended.by.as_bytes());
            sum.add(ended.sheet.as_bytes());
        }
        sum.finish()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::store::audit::AuditChain;
    use crate::store::outbox::NewCommand;

    fn officer(office: &str) -> Officer {
        Officer { role: "duty".to_owned(), office: office.to_owned() }
    }

    fn command(number: u128, office: &str) -> NewCommand {
        NewCommand {
            id: Uuid::from_u128(number),
            incident: None,
            command: number.to_string(),
            basis: None,
            office: office.to_owned(),
        }
    }

    #[test]
    fn a_shift_has_what_its_office_made_from_taking_to_handing_over() {
        let folder = tempfile::tempdir().unwrap();
        let (mut outbox, _) = Outbox::open(folder.path()).unwrap();
        let (mine, other) = (officer("Дежурный"), officer("Куратор"));
        outbox.put(&[command(1, "Дежурный")], Timestamp(5)).unwrap();
        assert_eq!(outbox.shift().unwrap(), None);
        assert!(outbox.take_shift(&mine, Timestamp(10)).unwrap());
        assert!(!outbox.take_shift(&other, Timestamp(11)).unwrap(), "one shift at a desk");
        // The clock was set back meanwhile: what counts is the order.
        outbox.put(&[command(2, "Дежурный"), command(3, "Куратор")], Timestamp(3)).unwrap();
        outbox.note_shift("ждут ответа Минстроя").unwrap();
        let shift = outbox.shift().unwrap().unwrap();
        assert_eq!((shift.began_at, shift.office.as_str()), (Timestamp(10), "Дежурный"));
        assert_eq!(shift.note, "ждут ответа Минстроя");
        assert_eq!(outbox.made_in(&shift).unwrap(), ["2"]);

        assert_eq!(outbox.last_handover().unwrap(), None);
        assert!(outbox.hand_over(&other, Timestamp(20), "{}").unwrap());
        assert!(!outbox.hand_over(&other, Timestamp(21), "{}").unwrap());
        assert_eq!(outbox.shift().unwrap(), None);
        let handed = outbox.last_handover().unwrap().unwrap();
        assert_eq!(
            (handed.shift, handed.at, handed.by.as_str()),
            (shift, Timestamp(20), "Куратор")
        );
        assert!(outbox.take_shift(&other, Timestamp(21)).unwrap());
        assert_eq!(outbox.last_handover().unwrap().unwrap().sheet, "{}");
        assert_eq!(outbox.audit_verify().unwrap(), AuditChain::Whole { entries: 3 });
    }

    #[test]
    fn a_damaged_shift_is_passed_over_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (mut outbox, _) = Outbox::open(folder.path()).unwrap();
        outbox.take_shift(&officer("Дежурный"), Timestamp(10)).unwrap();
        outbox.hand_over(&officer("Дежурный"), Timestamp(20), "{}").unwrap();
        outbox.take_shift(&officer("Дежурный"), Timestamp(30)).unwrap();
        let damage = |outbox: &mut Outbox, sql: &str| outbox.connection().execute(sql, []).unwrap();
        damage(&mut outbox, "UPDATE shift SET office = 'Другой' WHERE num = 2");
        assert_eq!(outbox.shift().unwrap(), None);
        assert!(outbox.take_shift(&officer("Дежурный"), Timestamp(40)).unwrap());
        assert_eq!(outbox.shift().unwrap().unwrap().num, 3);
        damage(&mut outbox, "UPDATE shift SET sheet = '[]' WHERE num = 1");
        assert_eq!(outbox.last_handover().unwrap(), None);
        assert_eq!(damage(&mut outbox, "DELETE FROM shift"), 3);
    }
}

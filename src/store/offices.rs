//! Who works at this desk: the offices that have signed in, and the lock.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::audit;
use super::error::Result;
use super::outbox::{Officer, Outbox};
use crate::domain::Timestamp;

/// An office that has signed in here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskOffice {
    pub officer: Officer,
    /// Hash of its PIN, as `app` wrote it.
    pub pin: Option<String>,
}

impl Outbox {
    /// Whose desk this is; `None` before the first connection.
    pub fn officer(&self) -> Result<Option<Officer>> {
        officer(self.connection_ref())
    }

    /// Signs an office in; what is new is written to the audit log. A locked desk
    /// stays locked: the server may give the office at it another name.
    pub fn sign_in(&mut self, new: &Officer, at: Timestamp) -> Result<()> {
        let transaction = self.connection().transaction()?;
        if officer(&transaction)?.as_ref() != Some(new) {
            transaction.execute(
                "INSERT INTO officer VALUES (1, ?1, ?2)
                 ON CONFLICT DO UPDATE SET role = excluded.role, office = excluded.office",
                params![new.role, new.office],
            )?;
            transaction.execute(
                "INSERT INTO desk_office (office, role) VALUES (?1, ?2)
                 ON CONFLICT (office) DO UPDATE SET role = excluded.role",
                params![new.office, new.role],
            )?;
            note(&transaction, "sign-in", new, at)?;
        }
        Ok(transaction.commit()?)
    }

    /// In the order of their first signing in.
    pub fn offices(&self) -> Result<Vec<DeskOffice>> {
        let mut get = self
            .connection_ref()
            .prepare_cached("SELECT role, office, pin FROM desk_office ORDER BY num")?;
        let rows = get.query_map([], |row| {
            let officer = Officer { role: row.get(0)?, office: row.get(1)? };
            Ok(DeskOffice { officer, pin: row.get(2)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Sets or takes away an office's PIN.
    pub fn set_pin(&mut self, of: &Officer, pin: Option<&str>, at: Timestamp) -> Result<()> {
        let transaction = self.connection().transaction()?;
        transaction.execute(
            "UPDATE desk_office SET pin = ?2 WHERE office = ?1",
            params![of.office, pin],
        )?;
        note(&transaction, if pin.is_some() { "pin-set" } else { "pin-removed" }, of, at)?;
        Ok(transaction.commit()?)
    }

    /// Takes an office off the list; its entries in the log stay.
    pub fn forget_office(&mut self, of: &Officer, at: Timestamp) -> Result<()> {
        let transaction = self.connection().transaction()?;
        transaction.execute("DELETE FROM desk_office WHERE office = ?1", [&of.office])?;
        note(&transaction, "office-removed", of, at)?;
        Ok(transaction.commit()?)
    }

    /// Since when the desk is locked.
    pub fn locked_since(&self) -> Result<Option<Timestamp>> {
        let mut get = self.connection_ref().prepare_cached("SELECT since FROM desk_lock")?;
        Ok(get.query_row([], |row| row.get(0).map(Timestamp)).optional()?)
    }

    /// Locks the desk until [`Self::unlock`].
    pub fn lock_desk(&mut self, by: &Officer, at: Timestamp) -> Result<()> {
        let transaction = self.connection().transaction()?;
        let locked =
            transaction.execute("INSERT OR IGNORE INTO desk_lock VALUES (1, ?1)", [at.0])?;
        if locked > 0 {
            note(&transaction, "lock", by, at)?;
        }
        Ok(transaction.commit()?)
    }

    pub fn unlock(&mut self, by: &Officer, at: Timestamp) -> Result<()> {
        let transaction = self.connection().transaction()?;
        if transaction.execute("DELETE FROM desk_lock", [])? > 0 {
            note(&transaction, "unlock", by, at)?;
        }
        Ok(transaction.commit()?)
    }

    /// Somebody could not open the desk.
    pub fn note_refused(&mut self, tried: &Officer, at: Timestamp) -> Result<()> {
        let transaction = self.connection().transaction()?;
        note(&transaction, "unlock-refused", tried, at)?;
        Ok(transaction.commit()?)
    }
}

fn officer(connection: &Connection) -> Result<Option<Officer>> {
    let read = |row: &rusqlite::Row<'_>| Ok(Officer { role: row.get(0)?, office: row.get(1)? });
    Ok(connection.query_row("SELECT role, office FROM officer", [], read).optional()?)
}

fn note(
    transaction: &Transaction<'_>,
    action: &str,
    officer: &Officer,
    at: Timestamp,
) -> Result<()> {
    audit::append(transaction, at, [action, &officer.role, &officer.office, ""])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::audit::AuditChain;

    fn named(office: &str) -> Officer {
        Officer { role: "duty".to_owned(), office: office.to_owned() }
    }

    fn log(outbox: &mut Outbox) -> Vec<(String, String)> {
        let mut get =
            outbox.connection().prepare("SELECT action, office FROM audit ORDER BY seq").unwrap();
        let rows = get.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(std::result::Result::unwrap).collect()
    }

    #[test]
    fn who_signs_in_is_listed_once_and_every_step_is_in_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let (mut outbox, _) = Outbox::open(folder.path()).unwrap();
        let (one, other) = (named("Первый"), named("Второй"));
        for (number, officer) in [&one, &one, &other, &one].into_iter().enumerate() {
            outbox.sign_in(officer, Timestamp(number as u32)).unwrap();
        }
        outbox.set_pin(&other, Some("hash"), Timestamp(5)).unwrap();
        let listed = outbox.offices().unwrap();
        let pins: Vec<_> =
            listed.iter().map(|it| (it.officer.office.as_str(), it.pin.as_deref())).collect();
        assert_eq!(pins, [("Первый", None), ("Второй", Some("hash"))]);
        assert_eq!(outbox.officer().unwrap(), Some(one.clone()));

        outbox.lock_desk(&one, Timestamp(6)).unwrap();
        outbox.lock_desk(&one, Timestamp(7)).unwrap();
        drop(outbox);
        let (mut outbox, _) = Outbox::open(folder.path()).unwrap();
        assert_eq!(outbox.locked_since().unwrap(), Some(Timestamp(6)), "a restart opens nothing");
        outbox.note_refused(&other, Timestamp(8)).unwrap();
        outbox.unlock(&one, Timestamp(9)).unwrap();
        outbox.unlock(&one, Timestamp(9)).unwrap();
        outbox.lock_desk(&one, Timestamp(10)).unwrap();
        outbox.sign_in(&other, Timestamp(11)).unwrap();
        assert_eq!(outbox.locked_since().unwrap(), Some(Timestamp(10)));
        outbox.unlock(&other, Timestamp(11)).unwrap();
        assert_eq!(outbox.locked_since().unwrap(), None);
        outbox.forget_office(&one, Timestamp(12)).unwrap();
        assert_eq!(outbox.offices().unwrap().len(), 1);

        let expected = [
            ("sign-in", "Первый"),
            ("sign-in", "Второй"),
            ("sign-in", "Первый"),
            ("pin-set", "Второй"),
            ("lock", "Первый"),
            ("unlock-refused", "Второй"),
            ("unlock", "Первый"),
            ("lock", "Первый"),
            ("sign-in", "Второй"),
            ("unlock", "Второй"),
            ("office-removed", "Первый"),
        ];
        let expected = expected.map(|(action, office)| (action.to_owned(), office.to_owned()));
        assert_eq!(log(&mut outbox), expected);
        assert_eq!(outbox.audit_verify().unwrap(), AuditChain::Whole { entries: 11 });
    }
}

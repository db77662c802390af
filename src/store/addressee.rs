//! Whose server the commands of the outbox are for: one installation, for life.

use rusqlite::{Connection, OptionalExtension, params};

use super::check_sum::CheckSum;
use super::error::Result;
use super::meta::{Bound, Installation};
use super::outbox::Outbox;

impl Outbox {
    /// Binds the outbox at the first call; later only compares.
    ///
    /// # Errors
    /// Where the commands are for another installation.
    pub fn address_to(&self, offered: &Installation) -> Result<Bound> {
        let Some(bound) = read(self.connection_ref())? else {
            write(self.connection_ref(), offered)?;
            return Ok(Bound::First);
        };
        bound.compare(offered)
    }

    /// Everything was offered again to the server that was restored.
    pub fn follow_epoch(&self, now: &Installation) -> Result<()> {
        write(self.connection_ref(), now)
    }

    /// What was made before outboxes had an addressee is for the server whose state
    /// is stored beside it.
    pub(super) fn take_over(&self, stored: Option<&Installation>) -> Result<()> {
        match stored {
            Some(stored) if read(self.connection_ref())?.is_none() => {
                write(self.connection_ref(), stored)
            }
            _ => Ok(()),
        }
    }
}

/// `None` where there is none yet, or its check sum does not hold.
fn read(connection: &Connection) -> Result<Option<Installation>> {
    let mut get =
        connection.prepare_cached("SELECT instance, epoch, demo, check_sum FROM addressee")?;
    let found = get.query_row([], |row| {
        let bound = Installation {
            instance: row.get(0)?,
            epoch: row.get(1)?,
            demo: row.get(2)?,
            protocol: String::new(),
            scope: String::new(),
        };
        Ok((bound, row.get::<_, u32>(3)?))
    });
    Ok(found.optional()?.filter(|(bound, sum)| check_sum(bound) == *sum).map(|(bound, _)| bound))
}

fn write(connection: &Connection, it: &Installation) -> Result<()> {
    connection.execute(
        "REPLACE INTO addressee (only_row, instance, epoch, demo, check_sum)
         VALUES (1, ?1, ?2, ?3, ?4)",
        params![it.instance, it.epoch, it.demo, check_sum(it)],
    )?;
    Ok(())
}

fn check_sum(it: &Installation) -> u32 {
    let mut sum = CheckSum::new();
    sum.add(it.instance.as_bytes());
    sum.add(it.epoch.as_bytes());
    sum.add_bare(&[u8::from(it.demo)]);
    sum.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::error::Error;

    fn named(instance: &str, epoch: &str, demo: bool) -> Installation {
        Installation {
            instance: instance.to_owned(),
            epoch: epoch.to_owned(),
            demo,
            protocol: "pult-feedback/1".to_owned(),
            scope: "desk".to_owned(),
        }
    }

    #[test]
    fn the_first_server_is_the_only_one() {
        let folder = tempfile::tempdir().unwrap();
        let (outbox, _) = Outbox::open(folder.path()).unwrap();
        let ours = named("1", "a", false);
        assert_eq!(outbox.address_to(&ours).unwrap(), Bound::First);
        assert_eq!(outbox.address_to(&ours).unwrap(), Bound::Same);
        let error = outbox.address_to(&named("2", "a", false)).unwrap_err();
        assert!(matches!(error, Error::OtherInstance { bound, .. } if bound == "1"));
        let error = outbox.address_to(&named("1", "a", true)).unwrap_err();
        assert!(matches!(error, Error::DemoMixed));
        let restored = named("1", "b", false);
        for _ in 0..2 {
            assert_eq!(outbox.address_to(&restored).unwrap(), Bound::EpochChanged);
        }
        outbox.follow_epoch(&restored).unwrap();
        assert_eq!(outbox.address_to(&restored).unwrap(), Bound::Same);
    }

    #[test]
    fn a_flipped_bit_locks_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        let (mut outbox, _) = Outbox::open(folder.path()).unwrap();
        let ours = named("1", "a", false);
        for damage in ["instance = '3'", "epoch = 'c'", "demo = 1", "check_sum = 7"] {
            outbox.follow_epoch(&ours).unwrap();
            let sql = format!("UPDATE addressee SET {damage}");
            outbox.connection().execute(&sql, []).unwrap();
            outbox.take_over(Some(&ours)).unwrap();
            assert_eq!(outbox.address_to(&ours).unwrap(), Bound::Same, "{damage}");
        }
    }
}

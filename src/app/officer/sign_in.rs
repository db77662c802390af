//! Who works at the desk: each step is in the outbox's file and in the audit log
//! before it is said.

use super::{OfficerDesk, Told};
use crate::app::lock::OfficeHere;
use crate::domain::Timestamp;
use crate::store::{self, Officer};

impl OfficerDesk {
    pub(super) fn lock(&self, at: Timestamp) -> Result<(), store::Error> {
        self.outbox.lock().lock_desk(&self.whoever(), at)
    }

    pub(super) fn unlock(&self, at: Timestamp) -> Result<(), store::Error> {
        self.outbox.lock().unlock(&self.whoever(), at)
    }

    pub(super) fn note_refused(&self, office: String, at: Timestamp) -> Result<(), store::Error> {
        let tried = Officer { role: String::new(), office };
        self.outbox.lock().note_refused(&tried, at)
    }

    pub(super) fn set_pin(&self, hash: Option<&str>, at: Timestamp) -> Result<(), store::Error> {
        self.outbox.lock().set_pin(&self.whoever(), hash, at)?;
        self.look_at_offices()?;
        (self.say)(Told::PinSet { is_set: hash.is_some() });
        Ok(())
    }

    pub(super) fn forget_office(&self, office: String, at: Timestamp) -> Result<(), store::Error> {
        let gone = Officer { role: String::new(), office };
        self.outbox.lock().forget_office(&gone, at)?;
        self.look_at_offices()
    }

    pub(super) fn look_at_offices(&self) -> Result<(), store::Error> {
        let offices = self.outbox.lock().offices()?;
        (self.say)(Told::Offices(offices.into_iter().map(OfficeHere::from).collect()));
        Ok(())
    }

    /// Whose desk it is, as the log names it.
    fn whoever(&self) -> Officer {
        let nobody = || Officer { role: String::new(), office: String::new() };
        self.officer.clone().unwrap_or_else(nobody)
    }
}

//! The shift of the desk: taken, noted, handed over. Each step is durable
//! before it is said.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::{OfficerDesk, Told};
use crate::app::handover::{Picture, Sheet};
use crate::app::shift::ShiftView;
use crate::domain::{CommandKind, Timestamp};
use crate::store::{self, Officer, Shift};
use crate::sync::protocol::CommandLine;

/// What the officer's thread knows of shifts.
#[derive(Default)]
pub(super) struct Shifts {
    running: Option<Shift>,
    /// Own actions of the shift that runs, by kind.
    done: BTreeMap<CommandKind, u32>,
    last: Option<Arc<Sheet>>,
}

impl Shifts {
    /// Own actions were written down.
    pub(super) fn add(&mut self, officer: Option<&Officer>, kind: CommandKind, n: usize) {
        let office = officer.map_or("", |officer| officer.office.as_str());
        if self.running.as_ref().is_some_and(|shift| shift.office == office) {
            *self.done.entry(kind).or_default() += n as u32;
        }
    }
}

impl OfficerDesk {
    pub(super) fn take_shift(&mut self, at: Timestamp) -> Result<(), store::Error> {
        let Some(officer) = self.officer.clone() else {
            self.refuse("notice-shift-nobody");
            return Ok(());
        };
        let has_begun = self.outbox.lock().take_shift(&officer, at)?;
        self.look_at_shifts()?;
        if !has_begun {
            self.refuse("notice-shift-runs");
        }
        Ok(())
    }

    pub(super) fn note_shift(&mut self, note: String) -> Result<(), store::Error> {
        self.outbox.lock().note_shift(&note)?;
        if let Some(shift) = &mut self.shifts.running {
            shift.note = note;
        }
        self.say_shift();
        Ok(())
    }

    /// `picture` is of the board at `at`.
    pub(super) fn hand_over(
        &mut self,
        picture: Picture,
        at: Timestamp,
        demo: bool,
    ) -> Result<(), store::Error> {
        let by = self.officer.clone();
        let (Some(shift), Some(by)) = (&self.shifts.running, by) else {
            self.refuse("notice-shift-none");
            return Ok(());
        };
        let sheet = Sheet::of(shift, at, picture, &self.shifts.done, &self.entries, demo);
        match serde_json::to_string(&sheet) {
            Ok(json) => {
                self.outbox.lock().hand_over(&by, at, &json)?;
                self.look_at_shifts()?;
                (self.say)(Told::HandedOver);
            }
            Err(error) => {
                let detail = error.to_string();
                (self.say)(Told::Failed { text: "notice-action-failed", detail });
            }
        }
        Ok(())
    }

    /// Reads the shifts anew and counts what the running one has done.
    pub(super) fn look_at_shifts(&mut self) -> Result<(), store::Error> {
        let outbox = self.outbox.lock();
        let running = outbox.shift()?;
        let last = outbox.last_handover()?;
        let made = running.as_ref().map_or(Ok(Vec::new()), |shift| outbox.made_in(shift))?;
        drop(outbox);
        let mut done = BTreeMap::new();
        for line in made {
            let line: Option<CommandLine> = serde_json::from_str(&line).ok();
            if let Some(action) = line.and_then(|line| line.action()) {
                *done.entry(action.kind()).or_default() += 1;
            }
        }
        let last = last.and_then(|handed| match serde_json::from_str(&handed.sheet) {
            Ok(sheet) => Some(Arc::new(sheet)),
            Err(error) => {
                tracing::error!(%error, "the last handover cannot be read");
                None
            }
        });
        self.shifts = Shifts { running, done, last };
        self.say_shift();
        Ok(())
    }

    pub(super) fn say_shift(&self) {
        (self.say)(Told::Shift(Arc::new(ShiftView {
            running: self.shifts.running.clone(),
            done: self.shifts.done.clone(),
            last: self.shifts.last.clone(),
        })));
    }

    pub(super) fn save_text(&self, path: &Path, text: &str) {
        let shown = path.display().to_string();
        (self.say)(match std::fs::write(path, text) {
            Ok(()) => Told::Saved { path: shown },
            Err(error) => {
                Told::Failed { text: "notice-sheet-not-saved", detail: format!("{shown}: {error}") }
            }
        });
    }

    fn refuse(&self, text: &'static str) {
        (self.say)(Told::Failed { text, detail: String::new() });
    }
}

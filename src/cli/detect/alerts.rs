//! Findings of one look after another, put together to alerts.

use std::collections::HashMap;

use crate::detect::{Cut, Finding, Scale};

/// How incidents were cut, place and category.
pub(super) type Cell = (Cut, usize, usize);

/// A cell that stood out, from the first look that found it on.
#[derive(Clone, Debug)]
pub(super) struct Alert {
    pub(super) cell: Cell,
    /// End of the window of the first look, in slots.
    pub(super) begun: usize,
    /// Of the look that says it most clearly.
    pub(super) peak: Finding,
    pub(super) peak_end: usize,
    last: usize,
}

/// Looks on, slot by slot.
pub(super) struct Watch {
    scale: Scale,
    pub(super) alerts: Vec<Alert>,
    /// The newest alert of each cell.
    newest: HashMap<Cell, usize>,
}

impl Watch {
    pub(super) fn new(scale: Scale) -> Self {
        Self { scale, alerts: Vec::new(), newest: HashMap::new() }
    }

    /// What was found before slot `end`; a cell that was not found for a whole day gives
    /// a new alert.
    pub(super) fn look(&mut self, findings: impl IntoIterator<Item = (Cut, Finding)>, end: usize) {
        for (cut, found) in findings {
            let cell = (cut, found.place, found.category);
            let known = self.newest.get(&cell).copied();
            let known = known.filter(|at| self.alerts[*at].last + self.scale.slots_a_day >= end);
            let Some(at) = known else {
                self.newest.insert(cell, self.alerts.len());
                let alert = Alert { cell, begun: end, peak: found, peak_end: end, last: end };
                self.alerts.push(alert);
                continue;
            };
            let alert = &mut self.alerts[at];
            alert.last = end;
            if found.log_p < alert.peak.log_p {
                (alert.peak, alert.peak_end) = (found, end);
            }
        }
    }
}

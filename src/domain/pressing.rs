//! Why an open incident cannot wait for the next shift.

use super::keyed::keyed_enum;

keyed_enum! {
    /// A group of a handover sheet, the worst first.
    pub enum Pressing {
        Overdue = "overdue",
        /// Due before long, and not overdue.
        DueSoon = "due_soon",
        Urgent = "urgent",
        /// Nobody has taken it up.
        Untouched = "untouched",
    }
}

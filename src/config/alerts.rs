//! What calls an officer who looks elsewhere; nothing, until it is asked for.

use serde::{Deserialize, Serialize};

/// Minutes before a deadline that may be chosen; 0 tells of none.
pub const DUE_MINUTES: [u32; 5] = [0, 15, 30, 60, 120];

/// Quiet hours that may be chosen.
pub const QUIET_HOURS: [QuietHours; 4] = [
    QuietHours { from: 0, to: 0 },
    QuietHours { from: 20, to: 8 },
    QuietHours { from: 22, to: 7 },
    QuietHours { from: 23, to: 6 },
];

/// Notifications of the desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Alerts {
    pub notifications: bool,
    /// The desktop's own sound goes with a notification.
    pub sound: bool,
    /// Tells of an open incident so many minutes before its deadline, though not before
    /// its policy calls it pressing.
    pub due_minutes: u32,
    pub quiet_hours: QuietHours,
}

/// Local hours of the day, from the first to before the second; none where both
/// are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QuietHours {
    pub from: u8,
    pub to: u8,
}

impl Default for Alerts {
    fn default() -> Self {
        Self {
            notifications: false,
            sound: false,
            due_minutes: 30,
            quiet_hours: QuietHours::default(),
        }
    }
}

impl QuietHours {
    /// True at that local hour.
    pub const fn cover(self, hour: u8) -> bool {
        if self.from <= self.to {
            self.from <= hour && hour < self.to
        } else {
            self.from <= hour || hour < self.to
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_may_lie_over_midnight() {
        let hours = |from, to| -> Vec<u8> {
            (0..24).filter(|hour| QuietHours { from, to }.cover(*hour)).collect()
        };
        assert_eq!(hours(22, 3), [0, 1, 2, 22, 23]);
        assert_eq!(hours(1, 3), [1, 2]);
        assert!(hours(5, 5).is_empty());
    }
}

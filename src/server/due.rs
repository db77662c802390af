//! Deadlines of the demonstration server: its own, simplified, and no act.
//!
//! Real deadlines are policies with versions and calendars; here they only have
//! to look like a region's and to say that a server set them.

use crate::domain::{LocalDay, Regime, Timestamp};

/// What the server calls its rules.
pub(crate) const POLICY_VERSION: &str = "demo-1";

const DAY_SECS: i64 = 86_400;
/// Working hours of social networks' rule, local.
const OPENS_HOUR: i64 = 9;
const CLOSES_HOUR: i64 = 18;

/// When an answer is due, counted from `from`; `None` where no rule sets it.
/// `fast` topics of the ПОС have ten days instead of thirty.
pub(crate) fn due(regime: Regime, fast: bool, from: Timestamp) -> Option<Timestamp> {
    match regime {
        Regime::Fz59 => Some(end_of_day(from.local_day().plus_days(30))),
        Regime::Pos => Some(end_of_day(from.local_day().plus_days(if fast { 10 } else { 30 }))),
        Regime::Social => Some(after_working_hours(from, 9)),
        Regime::Other => None,
    }
}

/// Topics of the ПОС that have the shorter term here.
pub(crate) fn is_fast(topic: &str) -> bool {
    ["zhkh.heat", "zhkh.water.supply", "energy.supply", "roads.winter", "tko.removal"]
        .iter()
        .any(|prefix| topic.starts_with(prefix))
}

/// Another thirty days.
pub(crate) fn extended(due: Timestamp) -> Timestamp {
    due.plus_secs(30 * DAY_SECS)
}

fn end_of_day(day: LocalDay) -> Timestamp {
    day.end().plus_secs(-1)
}

/// Monday to Friday, 9 to 18, no holidays.
fn after_working_hours(from: Timestamp, hours: i64) -> Timestamp {
    let mut left = hours * 3600;
    let mut day = from.local_day();
    let mut at = from;
    loop {
        if day.weekday() < 5 {
            let opens = day.start().plus_secs(OPENS_HOUR * 3600).max(at);
            let closes = day.start().plus_secs(CLOSES_HOUR * 3600);
            let open = closes.secs_since(opens).max(0);
            if left <= open {
                return opens.plus_secs(left);
            }
            left -= open;
        }
        day = day.plus_days(1);
        at = day.start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn days_end_with_their_last_second() {
        let from = at("2026-11-23T14:05:00+07:00");
        assert_eq!(due(Regime::Pos, true, from), Some(at("2026-12-03T23:59:59+07:00")));
        assert_eq!(due(Regime::Fz59, true, from), Some(at("2026-12-23T23:59:59+07:00")));
        assert_eq!(due(Regime::Other, false, from), None);
    }

    #[test]
    fn nine_working_hours_step_over_nights_and_weekends() {
        let social = |text| due(Regime::Social, false, at(text)).unwrap();
        // 20 November 2026 is a Friday.
        assert_eq!(social("2026-11-20T10:00:00+07:00"), at("2026-11-23T10:00:00+07:00"));
        assert_eq!(social("2026-11-23T09:00:00+07:00"), at("2026-11-23T18:00:00+07:00"));
        assert_eq!(social("2026-11-23T22:00:00+07:00"), at("2026-11-24T18:00:00+07:00"));
        assert_eq!(social("2026-11-21T12:00:00+07:00"), at("2026-11-23T18:00:00+07:00"));
    }
}

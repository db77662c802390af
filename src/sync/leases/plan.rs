//! What is to be asked about leases next, and when. Pure: the clock is handed
//! down in milliseconds and may jump.

use std::time::Duration;

use super::Wish;

/// What is asked for; it runs out by itself where nobody renews it.
pub(super) const TTL_SECS: u32 = 120;
/// A lease is renewed after half its time.
const RENEW_MS: i64 = TTL_SECS as i64 * 1_000 / 2;
/// Whoever walks through the queue asks for nothing on the way.
const STILL_MS: i64 = 800;
/// The list is read at most this often, however often it moves.
const READ_GAP_MS: i64 = 2_000;
/// And that often where no stream tells of it.
const POLL_MS: i64 = 15_000;
/// Beside the stream only to be sure.
const POLL_BESIDE_STREAM_MS: i64 = 300_000;
/// A list that the server does not offer is asked for again after this long.
const NOT_OFFERED_MS: i64 = 3_600_000;

/// The next thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The lease on what was left.
    GiveBack(String),
    /// A new lease, or the same once more.
    Take(String),
    /// The list of all.
    Read,
    /// Until then nothing, unless the wish changes; `None` for as long as it does
    /// not.
    Wait(Option<Duration>),
}

/// How far what was wished for has come.
#[derive(Debug, Default)]
pub(super) struct Plan {
    wish: Wish,
    wished_at_ms: i64,
    /// What was asked for last and when. The server may have given it to nobody
    /// or to somebody else: asking again tells.
    asked: Option<(String, i64)>,
    read_at_ms: Option<i64>,
    /// The list has moved since it was read.
    is_stale: bool,
    is_streaming: bool,
    has_no_list: bool,
    /// After a failure: since when, and for how long.
    rest: Option<(i64, i64)>,
}

impl Plan {
    pub(super) fn follow(&mut self, wish: &Wish, is_streaming: bool, now_ms: i64) {
        if self.wish.open != wish.open {
            self.wished_at_ms = now_ms;
        }
        if self.wish.is_linked != wish.is_linked {
            // Much may have happened meanwhile.
            *self = Self { wished_at_ms: self.wished_at_ms, ..Self::default() };
        }
        self.wish.clone_from(wish);
        self.is_streaming = is_streaming;
    }

    pub(super) fn list_moved(&mut self) {
        self.is_stale = true;
    }

    /// After a failure: nothing for so long, then everything anew.
    pub(super) fn rest(&mut self, rest: Duration, now_ms: i64) {
        self.rest = Some((now_ms, i64::try_from(rest.as_millis()).unwrap_or(i64::MAX)));
        self.asked = None;
        self.read_at_ms = None;
    }

    /// The server has answered; `is_offered` is false where it knows no such
    /// thing.
    pub(super) fn done(&mut self, step: Step, is_offered: bool, now_ms: i64) {
        match step {
            Step::GiveBack(_) => self.asked = None,
            Step::Take(incident) => self.asked = Some((incident, now_ms)),
            Step::Read => {
                self.read_at_ms = Some(now_ms);
                self.is_stale = false;
                self.has_no_list = !is_offered;
            }
            Step::Wait(_) => {}
        }
    }

    pub(super) fn next(&mut self, now_ms: i64) -> Step {
        if !self.wish.is_linked {
            return Step::Wait(None);
        }
        if let Some((since, rest)) = self.rest {
            let left = left(since, rest, now_ms);
            if left > 0 {
                return Step::Wait(Some(duration(left)));
            }
            self.rest = None;
        }
        let mut waits = Vec::new();
        let open = self.wish.open.as_ref();
        match (&self.asked, open) {
            (Some((asked, _)), open) if Some(asked) != open => {
                return Step::GiveBack(asked.clone());
            }
            (Some((asked, at)), Some(_)) => match left(*at, RENEW_MS, now_ms) {
                0 => return Step::Take(asked.clone()),
                left => waits.push(left),
            },
            (None, Some(open)) => match left(self.wished_at_ms, STILL_MS, now_ms) {
                0 => return Step::Take(open.clone()),
                left => waits.push(left),
            },
            (_, None) => {}
        }
        if self.wish.is_watching {
            let gap = match (self.has_no_list, self.is_stale, self.is_streaming) {
                (true, ..) => NOT_OFFERED_MS,
                (_, true, _) => READ_GAP_MS,
                (_, _, true) => POLL_BESIDE_STREAM_MS,
                (_, _, false) => POLL_MS,
            };
            match self.read_at_ms.map_or(0, |at| left(at, gap, now_ms)) {
                0 => return Step::Read,
                left => waits.push(left),
            }
        }
        // Now and then, since the stream may have come or gone meanwhile.
        Step::Wait(waits.into_iter().min().map(|wait| duration(wait.min(POLL_MS))))
    }
}

/// What is left of a span that began at `since`; a clock that was set by more
/// than the span ends it.
fn left(since: i64, span: i64, now_ms: i64) -> i64 {
    let gone = now_ms.saturating_sub(since).saturating_abs();
    span.saturating_sub(gone).max(0)
}

fn duration(ms: i64) -> Duration {
    Duration::from_millis(ms.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(open: Option<&str>) -> Wish {
        Wish { is_watching: true, open: open.map(str::to_owned), is_linked: true }
    }

    /// Lives through `secs` in steps of 100 ms; what was asked, and when.
    fn live(
        plan: &mut Plan,
        from_ms: i64,
        secs: i64,
        wishes: &[(i64, Wish)],
        is_streaming: bool,
        is_offered: bool,
    ) -> Vec<(i64, Step)> {
        let mut asked = Vec::new();
        let mut wish = plan.wish.clone();
        for now_ms in (from_ms..from_ms + secs * 1_000).step_by(100) {
            if let Some((_, new)) = wishes.iter().find(|(at, _)| *at == now_ms) {
                wish.clone_from(new);
            }
            plan.follow(&wish, is_streaming, now_ms);
            loop {
                let step = plan.next(now_ms);
                if matches!(step, Step::Wait(_)) {
                    break;
                }
                asked.push((now_ms, step.clone()));
                plan.done(step, is_offered, now_ms);
            }
        }
        asked
    }

    fn take(incident: &str) -> Step {
        Step::Take(incident.to_owned())
    }

    #[test]
    fn what_stays_open_is_renewed_and_what_is_left_given_back() {
        let wishes = [(0, wish(Some("i-1"))), (150_000, wish(Some("i-2")))];
        let asked = live(&mut Plan::default(), 0, 160, &wishes, true, true);
        let expected = [
            (0, Step::Read),
            (800, take("i-1")),
            (60_800, take("i-1")),
            (120_800, take("i-1")),
            (150_000, Step::GiveBack("i-1".to_owned())),
            (150_800, take("i-2")),
        ];
        assert_eq!(asked, expected);
    }

    #[test]
    fn what_is_only_passed_by_is_not_asked_for() {
        let steps: Vec<_> = (0..20).map(|n| (n * 500, wish(Some(&format!("i-{n}"))))).collect();
        let asked = live(&mut Plan::default(), 0, 20, &steps, true, true);
        assert_eq!(asked, [(0, Step::Read), (10_300, take("i-19"))]);
    }

    #[test]
    fn the_list_is_read_when_it_moves_but_not_in_a_storm() {
        let mut plan = Plan::default();
        live(&mut plan, 0, 5, &[(0, wish(None))], true, true);
        let mut reads = 0;
        for now_ms in (5_000..25_000).step_by(100) {
            plan.list_moved();
            while plan.next(now_ms) == Step::Read {
                reads += 1;
                plan.done(Step::Read, true, now_ms);
                plan.list_moved();
            }
        }
        assert_eq!(reads, 10, "once in two seconds");
    }

    #[test]
    fn without_a_stream_it_is_polled_and_without_a_list_hardly_ever() {
        let wishes = [(0, wish(None))];
        assert_eq!(live(&mut Plan::default(), 0, 60, &wishes, false, true).len(), 4);
        assert_eq!(live(&mut Plan::default(), 0, 60, &wishes, true, true).len(), 1);
        assert_eq!(live(&mut Plan::default(), 0, 3_000, &wishes, false, false).len(), 1);
        let nobody = [(0, Wish { is_linked: true, ..Wish::default() })];
        assert_eq!(live(&mut Plan::default(), 0, 60, &nobody, false, true), []);
    }

    #[test]
    fn nothing_is_asked_without_a_connection_and_everything_after() {
        let gone = Wish { is_linked: false, ..wish(Some("i-1")) };
        let wishes = [(0, wish(Some("i-1"))), (10_000, gone), (30_000, wish(Some("i-1")))];
        let asked = live(&mut Plan::default(), 0, 40, &wishes, true, true);
        let expected =
            [(0, Step::Read), (800, take("i-1")), (30_000, take("i-1")), (30_000, Step::Read)];
        assert_eq!(asked, expected);
    }

    #[test]
    fn a_failure_is_rested_and_a_clock_that_jumps_stops_nothing() {
        let mut plan = Plan::default();
        live(&mut plan, 0, 5, &[(0, wish(Some("i-1")))], true, true);
        plan.rest(Duration::from_secs(8), 5_000);
        let asked = live(&mut plan, 5_000, 15, &[], true, true);
        assert_eq!(asked, [(13_000, take("i-1")), (13_000, Step::Read)]);
        // Back by an hour.
        let asked = live(&mut plan, -3_600_000, 2, &[], true, true);
        assert_eq!(asked, [(-3_600_000, take("i-1")), (-3_600_000, Step::Read)]);
    }
}

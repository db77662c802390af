//! Counting rows by class: one increment a group instead of one a figure.
//!
//! What a row means to a window is one byte, its class: how it arrived (low
//! four bits) and how it stands (the bits above). Groups count classes; the
//! ten figures of [`Totals`] are read off at the end.

use std::ops::Range;

use super::aggregates::{DUE_SOON_SECS, Totals};
use super::chunk::{Chunk, ENDED_UNSEEN, NEVER, UNPLACED};
use super::compiled::Window;

/// Number of classes; 0 means nothing to a window.
pub(super) const CLASSES: usize = 8 << STATE_SHIFT;

const STATE_SHIFT: u32 = 4;
const ARRIVAL_MASK: u8 = (1 << STATE_SHIFT) - 1;

/// The upper part of a class; 0 is neither closed inside the window nor open.
pub(super) mod state {
    pub(crate) const CLOSED_LATE: u8 = 1;
    pub(crate) const CLOSED_ON_TIME: u8 = 2;
    pub(crate) const CLOSED_WITHOUT_DUE: u8 = 3;
    pub(crate) const OPEN_WITHOUT_DUE: u8 = 4;
    pub(crate) const OPEN: u8 = 5;
    pub(crate) const DUE_SOON: u8 = 6;
    pub(crate) const OVERDUE: u8 = 7;
}

pub(super) fn state_of(class: u8) -> u8 {
    class >> STATE_SHIFT
}

/// Closed inside the window, on time or not.
pub(super) fn is_closed(class: u8) -> bool {
    (state::CLOSED_LATE..=state::CLOSED_WITHOUT_DUE).contains(&state_of(class))
}

pub(super) fn is_received(class: u8) -> bool {
    class & ARRIVAL_MASK != 0
}

/// Writes the class of each row of `rows`. Without branches, so that the
/// compiler makes vectors of it.
pub(super) fn classify(chunk: &Chunk, rows: Range<usize>, window: &Window, out: &mut [u8]) {
    let Window { from, to, horizon, clock } = *window;
    let length = to - from;
    // A close at second 0 is no close.
    let first_close = from.max(1);
    let close_length = to.saturating_sub(first_close);
    let soon = clock.saturating_add(DUE_SOON_SECS).min(NEVER - 1);
    let received = &chunk.received[rows.clone()];
    let due = &chunk.due[rows.clone()];
    let ended = &chunk.ended[rows.clone()];
    let done = &chunk.done[rows.clone()];
    let arrival = &chunk.arrival[rows];
    let moments = received.iter().zip(due).zip(ended).zip(done).zip(arrival);
    for (out, ((((&received, &due), &ended), &done), &arrival)) in out.iter_mut().zip(moments) {
        let arrived = u8::from(received.wrapping_sub(from) < length);
        let seen = u8::from(arrival < ENDED_UNSEEN);
        let closed = u8::from(ended.wrapping_sub(first_close) < close_length) & seen;
        let open = u8::from(received < to) & u8::from(done >= horizon);
        let how_closed = state::CLOSED_LATE + u8::from(done <= due) + u8::from(due == NEVER);
        let how_open = state::OPEN_WITHOUT_DUE
            + u8::from(due != NEVER)
            + u8::from(due <= soon)
            + u8::from(due < clock);
        let state = closed.wrapping_neg() & how_closed | open.wrapping_neg() & how_open;
        *out = state << STATE_SHIFT | arrival & ARRIVAL_MASK & arrived.wrapping_neg();
    }
}

/// Counts of classes by group.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    counts: Vec<[u32; CLASSES]>,
}

impl Tally {
    pub(super) fn new(groups: usize) -> Self {
        Self { counts: vec![[0; CLASSES]; groups] }
    }

    #[inline]
    pub(super) fn count(&mut self, group: usize, class: u8) {
        self.counts[group][usize::from(class)] += 1;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                *mine += theirs;
            }
        }
    }

    pub(super) fn totals(&self) -> Vec<Totals> {
        self.counts.iter().map(totals_of).collect()
    }
}

fn totals_of(counts: &[u32; CLASSES]) -> Totals {
    let mut totals = Totals::default();
    for (class, &n) in counts.iter().enumerate() {
        let (state, arrival) = (state_of(class as u8), class as u8 & ARRIVAL_MASK);
        if arrival > 0 {
            let rating = (arrival - 1) % UNPLACED;
            totals.received += n;
            totals.unplaced += n * u32::from(arrival > UNPLACED);
            totals.rating_sum += n * u32::from(rating);
            totals.rated += n * u32::from(rating > 0);
        }
        match state {
            state::CLOSED_LATE => totals.closed += n,
            state::CLOSED_ON_TIME => {
                totals.closed += n;
                totals.closed_on_time += n;
            }
            state::CLOSED_WITHOUT_DUE => {
                totals.closed += n;
                totals.closed_on_time += n;
                totals.closed_without_due += n;
            }
            state::OPEN_WITHOUT_DUE => totals.open_without_due += n,
            state::DUE_SOON => totals.due_soon += n,
            state::OVERDUE => totals.overdue += n,
            _ => {}
        }
        if state >= state::OPEN_WITHOUT_DUE {
            totals.open += n;
        }
    }
    totals
}

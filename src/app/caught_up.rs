//! Whether what is shown holds all that had come when the link caught up with the server.
//! The link says so at once; board, figures and problems follow in their own time, and what
//! they still bring then is no news.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the sets of changes that the link hands to the board; clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Handed(Arc<AtomicU64>);

impl Handed {
    /// Before one is handed over.
    pub(super) fn count(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// How far what is shown has come.
#[derive(Debug, Default)]
pub(super) struct CatchingUp {
    pub(super) handed: Handed,
    /// Sets of changes that the board has taken.
    pub(super) taken: u64,
    step: Step,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    /// The link has more to fetch.
    #[default]
    Behind,
    /// The board has so many sets of changes to take.
    OnTheWay(u64),
    /// The figures are to be of this version of the board.
    Taken(u64),
    Shown,
}

/// What is there at one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct There {
    /// The link has nothing more to fetch: as it was before anything else was looked at.
    pub(super) is_up_to_date: bool,
    /// The board's version.
    pub(super) board: u64,
    /// That of which all that is shown is, or a newer one; `None` where some is of none.
    pub(super) shown: Option<u64>,
}

impl CatchingUp {
    /// All has come and is not shown yet.
    pub(super) fn waits_for_what_is_shown(&self) -> bool {
        matches!(self.step, Step::Taken(_))
    }

    /// True from when all is shown until the link is behind again.
    pub(super) fn follow(&mut self, there: There) -> bool {
        if !there.is_up_to_date {
            self.step = Step::Behind;
        }
        loop {
            let next = match self.step {
                Step::Behind if there.is_up_to_date => {
                    Step::OnTheWay(self.handed.0.load(Ordering::SeqCst))
                }
                Step::OnTheWay(sets) if self.taken >= sets => Step::Taken(there.board),
                Step::Taken(board) if there.shown >= Some(board) => Step::Shown,
                step => return step == Step::Shown,
            };
            self.step = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_caught_up_when_what_was_on_its_way_is_shown() {
        let mut catching = CatchingUp::default();
        let handed = catching.handed.clone();
        let mut follow = |is_up_to_date, taken, board, shown| {
            catching.taken = taken;
            catching.follow(There { is_up_to_date, board, shown })
        };
        assert!(!follow(false, 0, 5, Some(5)));
        handed.count();
        handed.count();
        assert!(!follow(true, 1, 6, Some(6)), "one is on its way");
        // More comes while that is counted: it is news.
        handed.count();
        assert!(!follow(true, 2, 7, None));
        assert!(!follow(true, 3, 8, Some(6)));
        assert!(follow(true, 3, 8, Some(7)));
        handed.count();
        assert!(follow(true, 3, 8, Some(7)), "what comes now is news");
        assert!(!follow(false, 4, 9, Some(7)));
        assert!(!follow(true, 4, 9, Some(7)));
        assert!(follow(true, 4, 9, Some(9)));
    }
}

//! Whoever draws goes first: everything else runs at a lower priority.

use crate::priority::{Priority, lower_to};

/// Runs `start` on a thread of lower priority, which the threads that it starts
/// take after, and theirs. Where no such thread can be had it runs here.
pub(super) fn behind_frames<T: Send>(start: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let lower = scope.spawn(|| {
            lower_to(Priority::BehindFrames);
            start()
        });
        lower.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_started_behind_stays_behind_and_the_caller_does_not() {
        let priority = || rustix::process::getpriority_process(None).unwrap();
        let before = priority();
        let behind = Priority::BehindFrames as i32;
        let (started, inherited) =
            behind_frames(|| (priority(), std::thread::spawn(priority).join().unwrap()));
        assert_eq!((started, inherited), (behind, behind));
        assert_eq!(priority(), before);
    }
}

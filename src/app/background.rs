//! Whoever draws goes first: everything else runs at a lower priority.

/// How much lower, in the system's steps: on two cores that are both at work a
/// frame waits for nobody, and alone the work is as fast as ever.
#[cfg(unix)]
const STEPS_DOWN: i32 = 5;

/// Runs `start` on a thread of lower priority, which the threads that it starts
/// take after, and theirs. Where no such thread can be had it runs here.
pub(super) fn behind_frames<T: Send>(start: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let lower = scope.spawn(|| {
            step_down();
            start()
        });
        lower.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// On Linux a priority belongs to a thread.
#[cfg(unix)]
fn step_down() {
    if let Err(error) = rustix::process::setpriority_process(None, STEPS_DOWN) {
        tracing::debug!(%error, "the priority of the workers could not be lowered");
    }
}

#[cfg(not(unix))]
fn step_down() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_started_behind_stays_behind_and_the_caller_does_not() {
        let priority = || rustix::process::getpriority_process(None).unwrap();
        let before = priority();
        let (started, inherited) =
            behind_frames(|| (priority(), std::thread::spawn(priority).join().unwrap()));
        assert_eq!((started, inherited), (STEPS_DOWN, STEPS_DOWN));
        assert_eq!(priority(), before);
    }
}

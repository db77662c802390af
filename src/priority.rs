//! How much of the processors a thread gets where they do not suffice for all.

/// Who draws or waits for a person runs as the system starts it; the rest goes
/// behind, in the system's steps. Two cores that are both at work leave those
/// behind some tenths, and alone they are as fast as ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Answers to questions, sync.
    BehindFrames = 5,
    /// What nobody waits for.
    Last = 10,
}

/// Gives this thread, and those that it starts, that priority; the log says where
/// that cannot be done.
#[cfg(unix)]
pub fn lower_to(priority: Priority) {
    // On Linux a priority belongs to a thread.
    if let Err(error) = rustix::process::setpriority_process(None, priority as i32) {
        tracing::debug!(%error, "the priority of a thread could not be lowered");
    }
}

#[cfg(not(unix))]
pub fn lower_to(_priority: Priority) {}

//! A thread that looks at something now and then, until it is dropped.

use std::io;
use std::ops::ControlFlow;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// The thread, which ends with this or by itself.
#[derive(Debug)]
pub(super) struct Looking {
    /// Its end is the thread's.
    _goes_on: Sender<()>,
}

impl Looking {
    /// `look` is called after each `pace`, until it breaks off.
    pub(super) fn start(
        name: &str,
        pace: Duration,
        mut look: impl FnMut() -> ControlFlow<()> + Send + 'static,
    ) -> io::Result<Self> {
        let (goes_on, ends) = channel::<()>();
        let run = move || {
            while ends.recv_timeout(pace) == Err(RecvTimeoutError::Timeout) {
                if look().is_break() {
                    return;
                }
            }
        };
        thread::Builder::new().name(name.to_owned()).spawn(run)?;
        Ok(Self { _goes_on: goes_on })
    }
}

#[cfg(test)]
pub(super) mod told {
    //! A waker that tells a test that it was woken.

    use std::sync::Arc;
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
    use std::task::{Wake, Waker};

    struct Told(SyncSender<()>);

    impl Wake for Told {
        fn wake(self: Arc<Self>) {
            self.0.try_send(()).ok();
        }
    }

    /// The waker, and what hears it; being woken twice before it is heard counts once.
    pub(in super::super) fn waker() -> (Waker, Receiver<()>) {
        let (tell, told) = sync_channel(1);
        (Waker::from(Arc::new(Told(tell))), told)
    }
}

//! The officer's desk in a thread of its own.

use std::sync::mpsc::{self, Receiver, Sender};
use std::task::Waker;
use std::thread::JoinHandle;

use super::{Job, OfficerDesk, Told};
use crate::app::keeper::Update;
use crate::domain::Timestamp;
use crate::store::{Reader, SharedOutbox};

/// A handle on the thread; dropping it ends and joins the thread, after the
/// jobs that were handed over before.
pub(in crate::app) struct OfficerThread {
    jobs: Option<Sender<Job>>,
    told: Receiver<Told>,
    thread: Option<JoinHandle<()>>,
}

impl OfficerThread {
    /// `waker` is woken after each word.
    ///
    /// # Errors
    /// The system's, where no thread can be started.
    pub(in crate::app) fn start(
        outbox: SharedOutbox,
        reader: Reader,
        board: Sender<Update>,
        now: Timestamp,
        waker: Waker,
    ) -> std::io::Result<Self> {
        let (jobs, inbox) = mpsc::channel();
        let (mouth, told) = mpsc::channel();
        let say = move |what: Told| {
            if mouth.send(what).is_ok() {
                waker.wake_by_ref();
            }
        };
        let thread = std::thread::Builder::new().name("officer".to_owned()).spawn(move || {
            let tell_board = move |overlays| {
                if board.send(Update::Pending(overlays)).is_err() {
                    tracing::debug!("nobody keeps the board any more");
                }
            };
            let mut desk = OfficerDesk::open(outbox, reader, now, tell_board, say);
            while let Ok(job) = inbox.recv() {
                desk.work(job);
            }
        })?;
        Ok(Self { jobs: Some(jobs), told, thread: Some(thread) })
    }

    pub(in crate::app) fn ask(&self, job: Job) {
        if let Some(jobs) = &self.jobs
            && jobs.send(job).is_err()
        {
            tracing::error!("the officer's thread is gone");
        }
    }

    /// For the synchronisation, which moves commands on.
    pub(in crate::app) fn asker(&self) -> Option<Sender<Job>> {
        self.jobs.clone()
    }

    pub(in crate::app) fn take(&self) -> Option<Told> {
        self.told.try_recv().ok()
    }
}

impl Drop for OfficerThread {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the officer's thread panicked");
        }
    }
}

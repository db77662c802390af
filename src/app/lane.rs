//! One background thread for one kind of question, where only the newest counts.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::task::Waker;
use std::thread::JoinHandle;

/// Tells work in a lane that a newer question has come.
#[derive(Clone, Debug)]
pub struct Cancel {
    mine: u64,
    newest: Arc<AtomicU64>,
}

impl Cancel {
    /// True where nobody waits for this answer any more.
    pub fn is_set(&self) -> bool {
        self.newest.load(Ordering::Relaxed) != self.mine
    }
}

/// A worker thread that answers questions of type `Q` with `A`.
///
/// [`Lane::ask`] never blocks and makes every earlier question obsolete: the
/// running one sees its [`Cancel`] set, waiting ones are skipped, and an answer
/// that was already on its way is dropped by [`Lane::take`]. Dropping the lane
/// cancels and joins its thread.
pub struct Lane<Q, A> {
    questions: Option<mpsc::Sender<(u64, Q)>>,
    answers: mpsc::Receiver<(u64, A)>,
    newest: Arc<AtomicU64>,
    asked: u64,
    answered: u64,
    thread: Option<JoinHandle<()>>,
}

impl<Q: Send + 'static, A: Send + 'static> Lane<Q, A> {
    /// Starts the thread. `work` returns `None` where it was cancelled; `waker`
    /// is woken after each answer.
    ///
    /// # Errors
    /// The system's, where no thread can be started.
    pub fn start(
        name: &str,
        waker: Waker,
        mut work: impl FnMut(Q, &Cancel) -> Option<A> + Send + 'static,
    ) -> std::io::Result<Self> {
        let (questions, inbox) = mpsc::channel::<(u64, Q)>();
        let (outbox, answers) = mpsc::channel();
        let newest = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&newest);
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            while let Ok((number, question)) = inbox.recv() {
                let cancel = Cancel { mine: number, newest: Arc::clone(&seen) };
                if cancel.is_set() {
                    continue;
                }
                if let Some(answer) = work(question, &cancel) {
                    if outbox.send((number, answer)).is_err() {
                        return;
                    }
                    waker.wake_by_ref();
                }
            }
        })?;
        Ok(Self { questions: Some(questions), answers, newest, asked: 0, answered: 0, thread: Some(thread) })
    }

    /// Asks, and makes every earlier question obsolete.
    pub fn ask(&mut self, question: Q) {
        self.asked += 1;
        self.newest.store(self.asked, Ordering::Relaxed);
        if let Some(questions) = &self.questions
            && questions.send((self.asked, question)).is_err()
        {
            tracing::error!(lane = ?self.thread.as_ref().map(|t| t.thread().name().map(str::to_owned)), "a worker is gone");
        }
    }

    /// The answer to the newest question, once.
    pub fn take(&mut self) -> Option<A> {
        let mut newest = None;
        while let Ok((number, answer)) = self.answers.try_recv() {
            if number == self.asked {
                self.answered = number;
                newest = Some(answer);
            }
        }
        newest
    }

    /// True while the newest question has no answer.
    pub fn is_busy(&self) -> bool {
        self.answered != self.asked
    }
}

impl<Q, A> Drop for Lane<Q, A> {
    fn drop(&mut self) {
        self.newest.store(u64::MAX, Ordering::Relaxed);
        self.questions = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a worker thread panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait<A: Send + 'static>(lane: &mut Lane<u32, A>) -> A {
        loop {
            if let Some(answer) = lane.take() {
                return answer;
            }
            std::thread::yield_now();
        }
    }

    #[test]
    fn only_the_newest_question_is_answered() {
        let mut lane = Lane::start("test", Waker::noop().clone(), |question: u32, cancel| {
            while question < 3 {
                if cancel.is_set() {
                    return None;
                }
                std::thread::yield_now();
            }
            Some(question * 10)
        })
        .unwrap();
        lane.ask(1);
        lane.ask(2);
        assert!(lane.is_busy());
        lane.ask(3);
        assert_eq!(wait(&mut lane), 30);
        assert!(!lane.is_busy());
        assert!(lane.take().is_none());
    }

    #[test]
    fn dropping_cancels_work_that_would_never_end() {
        let mut lane = Lane::start("test", Waker::noop().clone(), |_: u32, cancel| {
            while !cancel.is_set() {
                std::thread::yield_now();
            }
            None::<u32>
        })
        .unwrap();
        lane.ask(1);
        drop(lane);
    }
}

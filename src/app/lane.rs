//! One background thread for one kind of question, where only the newest counts.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::task::Waker;
use std::thread::JoinHandle;

/// Tells work in a lane that a newer question has come.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// True where nobody waits for this answer any more.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// For work that takes a plain flag.
    pub fn flag(&self) -> &AtomicBool {
        &self.0
    }

    fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A worker thread that answers questions of type `Q` with `A`.
///
/// [`Lane::ask`] never blocks and makes every earlier question obsolete: the
/// running one sees its [`Cancel`] set, waiting ones are skipped, and an answer
/// that was already on its way is dropped by [`Lane::take`]. Dropping the lane
/// cancels and joins its thread.
pub struct Lane<Q, A> {
    questions: Option<mpsc::Sender<Asked<Q>>>,
    /// `None` where there was no answer to give.
    answers: mpsc::Receiver<(u64, Option<A>)>,
    /// Of the newest question.
    cancel: Cancel,
    asked: u64,
    answered: u64,
    thread: Option<JoinHandle<()>>,
}

struct Asked<Q> {
    number: u64,
    question: Q,
    cancel: Cancel,
}

impl<Q: Send + 'static, A: Send + 'static> Lane<Q, A> {
    /// Starts the thread. `work` returns `None` where it was cancelled or has no
    /// answer: then nobody waits for one any longer. `waker` is woken after each.
    ///
    /// # Errors
    /// The system's, where no thread can be started.
    pub fn start(
        name: &str,
        waker: Waker,
        mut work: impl FnMut(Q, &Cancel) -> Option<A> + Send + 'static,
    ) -> std::io::Result<Self> {
        let (questions, inbox) = mpsc::channel::<Asked<Q>>();
        let (outbox, answers) = mpsc::channel();
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            while let Ok(Asked { number, question, cancel }) = inbox.recv() {
                if cancel.is_set() {
                    continue;
                }
                let answer = work(question, &cancel);
                if answer.is_none() && cancel.is_set() {
                    continue;
                }
                if outbox.send((number, answer)).is_err() {
                    return;
                }
                waker.wake_by_ref();
            }
        })?;
        Ok(Self {
            questions: Some(questions),
            answers,
            cancel: Cancel::default(),
            asked: 0,
            answered: 0,
            thread: Some(thread),
        })
    }

    /// Asks, and makes every earlier question obsolete.
    pub fn ask(&mut self, question: Q) {
        self.cancel.set();
        self.cancel = Cancel::default();
        self.asked += 1;
        let asked = Asked { number: self.asked, question, cancel: self.cancel.clone() };
        if let Some(questions) = &self.questions
            && questions.send(asked).is_err()
        {
            tracing::error!("a worker thread is gone");
        }
    }

    /// The answer to the newest question, once.
    pub fn take(&mut self) -> Option<A> {
        let mut newest = None;
        while let Ok((number, answer)) = self.answers.try_recv() {
            if number == self.asked {
                self.answered = number;
                newest = answer;
            }
        }
        newest
    }

    /// Waits until the newest question is answered, and ends the thread.
    pub fn finish(&mut self) {
        self.questions = None;
        self.join();
    }

    /// True while the newest question has no answer.
    pub fn is_busy(&self) -> bool {
        self.answered != self.asked
    }
}

impl<Q, A> Lane<Q, A> {
    fn join(&mut self) {
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a worker thread panicked");
        }
    }
}

impl<Q, A> Drop for Lane<Q, A> {
    fn drop(&mut self) {
        self.cancel.set();
        self.questions = None;
        self.join();
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
            // Only the third question has an end of its own.
            while !cancel.is_set() {
                if question == 3 {
                    return Some(question * 10);
                }
                std::thread::yield_now();
            }
            None
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
    fn nobody_waits_for_an_answer_that_there_is_not() {
        let mut lane = Lane::start("test", Waker::noop().clone(), |_: u32, _| None::<u32>).unwrap();
        lane.ask(1);
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while lane.is_busy() {
            assert!(lane.take().is_none());
            assert!(std::time::Instant::now() < patience, "it stays busy for ever");
            std::thread::yield_now();
        }
    }

    #[test]
    fn finishing_waits_for_the_newest_answer() {
        let mut lane = Lane::start("test", Waker::noop().clone(), |question: u32, cancel| {
            std::thread::sleep(std::time::Duration::from_millis(20));
            (!cancel.is_set()).then_some(question)
        })
        .unwrap();
        lane.ask(1);
        lane.ask(2);
        lane.finish();
        assert_eq!(lane.take(), Some(2));
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

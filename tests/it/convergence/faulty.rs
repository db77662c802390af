//! A network between a desk and the server on which everything can go wrong.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use pult::sync::api::{ApiError, FeedbackApi, Heard};
use pult::sync::http::HttpApi;
use pult::sync::lines::Page;
use pult::sync::protocol::{CommandAnswer, CommandLine, Info, Lease, LeaseRequest, Outcome};
use uuid::Uuid;

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Pass,
    /// It never arrives.
    LoseRequest,
    /// It is carried out and nobody hears of it.
    LoseAnswer,
    /// It arrives twice.
    Repeat,
    /// It arrives much later, when the desk has long given up.
    HoldUp,
}

pub(crate) fn fate() -> impl Strategy<Value = Fate> {
    use Fate::{HoldUp, LoseAnswer, LoseRequest, Pass, Repeat};
    prop_oneof![2 => Just(Pass), 1 => Just(LoseRequest), 2 => Just(LoseAnswer),
        1 => Just(Repeat), 1 => Just(HoldUp)]
}

/// A bug planted in the network, for the verdict to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lie {
    None,
    /// What is sent again goes under another id.
    NewIdOnRepeat,
    /// What should lose its answer is thrown away and called accepted.
    AcceptsWhatItDrops,
}

/// What the network remembers from one cycle to the next.
#[derive(Default)]
pub(crate) struct Network {
    /// By desk: commands that were held up.
    pub(crate) held: Mutex<Vec<(usize, Vec<CommandLine>)>>,
    sent: Mutex<HashSet<Uuid>>,
}

pub(crate) struct Faulty {
    pub(crate) inner: HttpApi,
    pub(crate) desk: usize,
    pub(crate) fates: Mutex<VecDeque<Fate>>,
    pub(crate) network: Arc<Network>,
    pub(crate) lie: Lie,
}

impl Faulty {
    fn next(&self) -> Fate {
        self.fates.lock().unwrap().pop_front().unwrap_or(Fate::Pass)
    }

    async fn send(&self, commands: &[CommandLine]) -> Result<Vec<CommandAnswer>, ApiError> {
        if self.lie != Lie::NewIdOnRepeat {
            return self.inner.commands(commands).await;
        }
        let mut lines = commands.to_vec();
        for line in &mut lines {
            if !self.network.sent.lock().unwrap().insert(line.id) {
                line.id = Uuid::now_v7();
            }
        }
        let mut answers = self.inner.commands(&lines).await?;
        for (answer, command) in answers.iter_mut().zip(commands) {
            answer.id = command.id;
        }
        Ok(answers)
    }
}

impl FeedbackApi for Faulty {
    async fn info(&self) -> Result<Info, ApiError> {
        self.inner.info().await
    }

    async fn changes(
        &self,
        after: Option<&str>,
        limit: u32,
        line_bytes: usize,
    ) -> Result<Page, ApiError> {
        match self.next() {
            Fate::Pass => {}
            Fate::Repeat => drop(self.inner.changes(after, limit, line_bytes).await),
            Fate::LoseRequest => return Err(ApiError::Unreachable),
            Fate::LoseAnswer => return Err(ApiError::Cut),
            Fate::HoldUp => return Err(ApiError::TimedOut),
        }
        self.inner.changes(after, limit, line_bytes).await
    }

    async fn listen(&self, _heard: impl Fn(Heard) + Send) -> Result<(), ApiError> {
        Err(ApiError::NotOffered { status: 404 })
    }

    async fn commands(&self, commands: &[CommandLine]) -> Result<Vec<CommandAnswer>, ApiError> {
        match self.next() {
            Fate::Pass => self.send(commands).await,
            Fate::LoseRequest => Err(ApiError::Unreachable),
            Fate::LoseAnswer if self.lie == Lie::AcceptsWhatItDrops => {
                let accepted = |line: &CommandLine| CommandAnswer {
                    id: line.id,
                    outcome: Outcome::Accepted { rev: 1, incident: String::new() },
                };
                Ok(commands.iter().map(accepted).collect())
            }
            Fate::LoseAnswer => {
                self.send(commands).await?;
                Err(ApiError::Cut)
            }
            Fate::Repeat => {
                self.send(commands).await?;
                self.send(commands).await
            }
            Fate::HoldUp => {
                self.network.held.lock().unwrap().push((self.desk, commands.to_vec()));
                Err(ApiError::TimedOut)
            }
        }
    }

    async fn lease(&self, wished: &LeaseRequest) -> Result<Lease, ApiError> {
        self.inner.lease(wished).await
    }

    async fn borders(&self) -> Result<Option<Vec<u8>>, ApiError> {
        Ok(None)
    }
}

//! What the thread of the synchronisation does: connect, send, pull, wait, again.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::{EngineParts, REFUSED, refuse};
use crate::domain::Timestamp;
use crate::store::{Anew, Bound, Installation, Meta, Reader};
use crate::sync::api::{ApiError, FeedbackApi, check_protocol};
use crate::sync::backoff::{Backoff, PageSize, luck};
use crate::sync::failure::Failure;
use crate::sync::leases::{self, LeaseBoard};
use crate::sync::listen::listen;
use crate::sync::protocol::{Info, Limits, Scope};
use crate::sync::pull::{Pull, Rereading, Sink};
use crate::sync::push::PushParts;
use crate::sync::status::Phase;

/// While the stream stands we poll only to be sure.
const POLL_BESIDE_STREAM_SECS: u32 = 300;
/// The server is asked who it is at most this often while all goes well.
const INFO_SECS: u32 = 60;
/// Pulls caused by the stream keep this distance.
const STREAM_PULL_GAP: Duration = Duration::from_millis(250);

pub(super) struct Engine<A> {
    api: Arc<A>,
    reader: Reader,
    sink: Sink,
    push: Option<PushParts>,
    leases: Option<LeaseBoard>,
    poll_secs: u32,
    news: Arc<Notify>,
    stopped: watch::Receiver<bool>,
    backoff: Backoff,
    /// Generation and cursor of the store after the last failure.
    reached: (u64, Option<String>),
    page_size: PageSize,
    /// The last answer of the server about itself, and when it came.
    info: Option<(Info, u32)>,
}

impl<A: FeedbackApi> Engine<A> {
    pub(super) fn new(
        api: A,
        parts: EngineParts,
        news: Arc<Notify>,
        stopped: watch::Receiver<bool>,
    ) -> Self {
        let EngineParts { writer, reader, region, clock, changes, status, poll_secs, push, leases } =
            parts;
        let poll_secs = poll_secs.max(1);
        let last_sync_at = reader.meta().ok().and_then(|meta| meta.last_sync_at);
        status.update(|status| {
            status.phase = Phase::Connecting;
            status.poll_secs = poll_secs;
            status.confirmed_at = last_sync_at.map(|at| at.0);
        });
        Self {
            api: Arc::new(api),
            reader,
            sink: Sink { writer, region, clock, changes, status },
            push,
            leases,
            poll_secs,
            news,
            stopped,
            backoff: Backoff::default(),
            reached: (0, None),
            page_size: PageSize::new(Limits::default().page_lines),
            info: None,
        }
    }

    pub(super) async fn run(mut self) {
        let mut stopped = self.stopped.clone();
        let status = self.sink.status.clone();
        let mut beside = Vec::new();
        loop {
            let cycle = tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => break,
                cycle = self.cycle() => cycle,
            };
            if cycle.is_ok() && beside.is_empty() {
                beside = self.start_beside();
            }
            if let Some(leases) = &self.leases {
                leases.link(cycle.is_ok());
            }
            let wait = self.settle(&cycle);
            let asked_away =
                cycle.as_ref().err().is_some_and(|failure| failure.retry_after_secs().is_some());
            let pause = async {
                match wait {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => break,
                () = self.news.notified(), if !asked_away => {
                    tokio::time::sleep(STREAM_PULL_GAP).await;
                }
                () = pause => {}
            }
        }
        for task in beside {
            task.abort();
        }
        if let Some(leases) = &self.leases {
            leases.link(false);
        }
        status.update(|status| {
            status.phase = Phase::Stopped;
            status.streaming = false;
        });
    }

    /// What goes on beside the pulls, once a server has answered.
    fn start_beside(&self) -> Vec<JoinHandle<()>> {
        let status = &self.sink.status;
        let clock = &self.sink.clock;
        let listener = listen(
            Arc::clone(&self.api),
            Arc::clone(&self.news),
            self.leases.clone(),
            status.clone(),
            clock.clone(),
        );
        let mut tasks = vec![tokio::spawn(listener)];
        if let Some(board) = &self.leases {
            let keeper =
                leases::keep(Arc::clone(&self.api), board.clone(), status.clone(), clock.clone());
            tasks.push(tokio::spawn(keeper));
        }
        tasks
    }

    pub(super) async fn run_once(mut self, attempts: u32) -> Result<(), Failure> {
        loop {
            let cycle = self.cycle().await;
            match self.settle(&cycle) {
                Some(wait) if cycle.is_err() && self.backoff.failures() < attempts => {
                    tokio::time::sleep(wait).await;
                }
                _ => return cycle,
            }
        }
    }

    /// Once from the question who is there to «everything is here».
    async fn cycle(&mut self) -> Result<(), Failure> {
        let meta = self.connect().await?;
        let pushed = self.push().await;
        let accepted = match &self.push {
            Some(push) => push.accepted()?,
            None => Vec::new(),
        };
        // A server that takes no commands may still tell what is new.
        self.pull_anew_where_needed(meta).await?;
        if let Some(push) = &self.push {
            push.settle(&accepted, Timestamp(self.sink.clock.now_secs()))?;
        }
        match pushed {
            Err(failure)
                if failure.is_permanent()
                    || matches!(failure, Failure::Api(ApiError::NotOffered { .. })) =>
            {
                tracing::warn!(reason = failure.key(), "the server takes no commands: {failure}");
                Ok(())
            }
            other => other,
        }
    }

    async fn push(&self) -> Result<(), Failure> {
        let (Some(push), Some((info, _))) = (&self.push, &self.info) else { return Ok(()) };
        push.push(&*self.api, info.limits.command_lines as usize).await
    }

    async fn pull_anew_where_needed(&mut self, meta: Meta) -> Result<(), Failure> {
        match self.pull(meta).await {
            Err(Failure::Api(ApiError::CursorExpired)) => {
                // The cursor may have gone with the epoch or with the token's scope.
                self.info = None;
                let mut meta = self.connect().await?;
                if meta.cursor.is_some() {
                    let (info, _) = self.info.as_ref().ok_or(ApiError::CursorExpired)?;
                    tracing::warn!("the server no longer knows our place; all is read again");
                    self.sink.writer.begin_anew(Anew::CursorExpired, installation(info))?;
                    meta = self.reader.meta()?;
                }
                self.pull(meta).await
            }
            other => other,
        }
    }

    /// Makes sure that the server is still the one that the store is bound to.
    async fn connect(&mut self) -> Result<Meta, Failure> {
        let now = self.sink.clock.now_secs();
        let is_fresh =
            self.info.as_ref().is_some_and(|(_, at)| now.saturating_sub(*at) < INFO_SECS);
        if is_fresh && self.backoff.failures() == 0 {
            return Ok(self.reader.meta()?);
        }
        let asked_ms = self.sink.clock.now_ms();
        let info = self.api.info().await?;
        let answered_ms = self.sink.clock.now_ms();
        check_protocol(&info.protocol)?;
        self.note_info(&info, asked_ms, answered_ms);
        // The outbox first: it must not be refused by a server that an empty store
        // has already been bound to.
        if let Some(push) = &self.push {
            push.meet(&installation(&info), Timestamp(now))?;
        }
        let bound = self.sink.writer.bind(installation(&info))?;
        match bound {
            Bound::First | Bound::Same => {}
            Bound::EpochChanged => {
                tracing::warn!("the server was restored from a backup; everything is read again");
                self.sink.status.update(|status| status.epoch_changed = true);
            }
            Bound::ScopeChanged => {
                tracing::warn!("the token sees less or more than before; everything is read again");
            }
        }
        if matches!(bound, Bound::EpochChanged | Bound::ScopeChanged) {
            self.sink.writer.begin_anew(Anew::NewEpoch, installation(&info))?;
        }
        if let Some(push) = &self.push {
            push.remember_officer(&info.token, Timestamp(now))?;
            let changes =
                self.sink.writer.know_office(info.token.office.as_deref().unwrap_or_default())?;
            if changes.vocabulary_changed {
                (self.sink.changes)(changes);
            }
        }
        self.page_size.set_most(info.limits.page_lines);
        self.info = Some((info, now));
        Ok(self.reader.meta()?)
    }

    fn note_info(&self, info: &Info, asked_ms: i64, answered_ms: i64) {
        let skew_secs = clock_skew_secs(&info.server_time, asked_ms, answered_ms);
        self.sink.status.update(|status| {
            status.clock_skew_secs = skew_secs;
            status.role = Some(info.token.role.clone());
            status.office.clone_from(&info.token.office);
            status.scope = Some(scope_key(info));
            status.server_counts.clone_from(&info.counts);
            if let Some(skew_secs) = status.noticed_clock_skew_secs() {
                tracing::warn!(skew_secs, "the server's clock differs from this machine's");
            }
        });
    }

    async fn pull(&mut self, meta: Meta) -> Result<(), Failure> {
        let Some((info, _)) = &self.info else {
            return Err(ApiError::Malformed { request: "info" }.into());
        };
        let total = announced(info);
        let phase = if meta.anew.is_some() {
            Some(Phase::Rereading { done: 0, total })
        } else if meta.last_sync_at.is_none() {
            let here = self.reader.counts()?;
            let done = here.incidents + here.messages + here.events;
            Some(Phase::FirstSync { done, total: total.max(done) })
        } else {
            None
        };
        if let Some(phase) = phase {
            self.sink.status.update(|status| status.phase = phase);
        }
        let rereading = match meta.anew {
            None => None,
            Some(_) => Some(Rereading { announced: total, given: self.reader.count_seen()? }),
        };
        let pull = Pull {
            after: meta.cursor,
            line_bytes: info.limits.line_bytes as usize,
            page_size: &mut self.page_size,
            rereading,
        };
        let pulled = pull.run(&*self.api, &self.sink).await;
        if let (Err(Failure::Shrunk { .. }), Some(why)) = (&pulled, meta.anew) {
            // What was missing may come later under revisions that are behind us.
            self.sink.writer.begin_anew(why, installation(info))?;
        }
        pulled
    }

    /// Writes down how a cycle ended; the wait until the next one, or `None`
    /// where only a person can help.
    fn settle(&mut self, cycle: &Result<(), Failure>) -> Option<Duration> {
        let now = self.sink.clock.now_secs();
        let has_moved_on = cycle.is_err() && self.has_moved_on();
        let status = &self.sink.status;
        match cycle {
            Ok(()) => {
                self.backoff.reset();
                status.up_to_date(now);
                let poll_secs = if status.get().streaming {
                    self.poll_secs.max(POLL_BESIDE_STREAM_SECS)
                } else {
                    self.poll_secs
                };
                Some(Duration::from_secs(poll_secs.into()))
            }
            Err(failure) if failure.is_permanent() => {
                refuse(status, failure);
                self.info = None;
                None
            }
            Err(failure) => {
                if has_moved_on {
                    self.backoff.reset();
                }
                let wait = self.backoff.after_failure(luck(), failure.retry_after_secs());
                let next = now.saturating_add(wait.as_secs() as u32);
                let is_another = status.get().last_error != Some(failure.to_string());
                status.offline(failure, now, next, self.backoff.failures());
                let (reason, wait_secs) = (failure.key(), wait.as_secs());
                // A server that is away is everyday life; a disk that is full is not. What a
                // live server brings tries again at once: that is not said every time.
                if matches!(failure, Failure::Store(_)) {
                    if !is_another && !self.backoff.failures().is_power_of_two() {
                        return Some(wait);
                    }
                    tracing::error!(target: REFUSED, reason, wait_secs, "{failure}");
                } else {
                    tracing::info!(reason, wait_secs, "{failure}");
                }
                Some(wait)
            }
        }
    }

    /// True where pages were stored since the last failure: on a link that breaks
    /// again and again that is no failure in a row. Beginning to read anew is no
    /// progress.
    fn has_moved_on(&mut self) -> bool {
        let Ok(meta) = self.reader.meta() else { return false };
        let reached = (meta.generation, meta.cursor);
        let has_moved = reached.0 == self.reached.0 && reached.1 != self.reached.1;
        self.reached = reached;
        has_moved
    }
}

fn installation(info: &Info) -> Installation {
    Installation {
        instance: info.instance.clone(),
        epoch: info.epoch.clone(),
        demo: info.demo,
        protocol: info.protocol.clone(),
        scope: scope_key(info).to_owned(),
    }
}

const fn scope_key(info: &Info) -> &'static str {
    match info.token.scope {
        Scope::Desk => "desk",
        Scope::Wall => "wall",
    }
}

fn announced(info: &Info) -> u64 {
    info.counts.values().sum()
}

/// The server's clock minus ours, as of the middle of the exchange; 0 where the
/// server's time is not readable.
pub fn clock_skew_secs(server_time: &str, asked_ms: i64, answered_ms: i64) -> i64 {
    let Ok(server) = Timestamp::parse_rfc3339(server_time) else { return 0 };
    let middle_ms = asked_ms + (answered_ms - asked_ms).max(0) / 2;
    i64::from(server.0) - middle_ms.div_euclid(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clocks_are_compared_at_the_middle_of_the_exchange() {
        let server_time = "2026-11-23T07:05:00Z";
        let ours_ms = 1_795_417_500_000;
        assert_eq!(clock_skew_secs(server_time, ours_ms, ours_ms), 0);
        assert_eq!(clock_skew_secs(server_time, ours_ms - 10_000, ours_ms + 10_000), 0);
        assert_eq!(clock_skew_secs(server_time, ours_ms - 90_000, ours_ms - 90_000), 90);
        assert_eq!(clock_skew_secs("yesterday", 0, 0), 0);
        // A clock that was set back during the exchange.
        assert_eq!(clock_skew_secs(server_time, ours_ms, ours_ms - 5_000), 0);
    }
}

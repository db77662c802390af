//! One pull: pages are fetched, planned and stored side by side.
//!
//! Fetching runs ahead of the store by a few pages. Each batch says which
//! cursor it goes on from, and the store refuses one that does not, so nothing
//! is lost between two however many are under way.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc as pages;

use super::api::{ApiError, Clock, FeedbackApi};
use super::backoff::PageSize;
use super::engine::OnChanges;
use super::failure::Failure;
use super::lines::{Line, Page};
use super::plan::{Reason, Skips, plan};
use super::protocol::BatchEnd;
use super::status::StatusBoard;
use crate::domain::Timestamp;
use crate::geo::bounds::LonLatRect;
use crate::store::{self, Applied, Batch, Writer};

/// Pages that wait for planning, some megabytes each: enough to go on while the
/// store waits for the disk.
const PAGES_AHEAD: usize = 8;

/// Where what was pulled goes.
#[derive(Clone)]
pub(super) struct Sink {
    pub(super) writer: Writer,
    /// Where places are believed.
    pub(super) region: LonLatRect,
    pub(super) clock: Clock,
    pub(super) changes: OnChanges,
    pub(super) status: StatusBoard,
}

/// How one pull is made.
pub(super) struct Pull<'a> {
    /// Cursor of the store; `None` is the beginning.
    pub(super) after: Option<String>,
    pub(super) line_bytes: usize,
    pub(super) page_size: &'a mut PageSize,
    pub(super) rereading: Option<Rereading>,
}

/// By what the end of a reading anew is judged, whichever cycle or run of the
/// program comes to it.
#[derive(Clone, Copy)]
pub(super) struct Rereading {
    /// Objects that the server has, as it says now.
    pub(super) announced: u64,
    /// Objects that this reading has brought so far.
    pub(super) given: u64,
}

struct Fetched {
    after: Option<String>,
    page: Page,
}

impl Pull<'_> {
    /// Pulls up to the server's head. Whatever came before a failure is stored.
    pub(super) async fn run<A: FeedbackApi>(mut self, api: &A, sink: &Sink) -> Result<(), Failure> {
        let (sender, receiver) = pages::channel(PAGES_AHEAD);
        let rereading = self.rereading;
        let storing = tokio::task::spawn_blocking({
            let sink = sink.clone();
            move || store_pages(receiver, &sink, rereading)
        });
        let fetched = self.fetch(api, sender).await;
        match storing.await {
            Ok(stored) => stored?,
            Err(_panicked) => return Err(store::Error::Stopped.into()),
        }
        Ok(fetched?)
    }

    async fn fetch<A: FeedbackApi>(
        &mut self,
        api: &A,
        pages: pages::Sender<Fetched>,
    ) -> Result<(), ApiError> {
        let mut after = self.after.take();
        loop {
            let wire_cursor = after.as_deref().filter(|cursor| !cursor.is_empty());
            let answer = api.changes(wire_cursor, self.page_size.lines(), self.line_bytes).await;
            if matches!(answer, Err(ApiError::TooLarge { .. } | ApiError::TimedOut)) {
                self.page_size.page_failed();
            }
            let page = answer?;
            let (end, is_cut) = (last_end(&page), page.cut);
            if pages.send(Fetched { after: after.clone(), page }).await.is_err() {
                // Storing has stopped and says why itself.
                return Ok(());
            }
            let Some(end) = end else {
                self.page_size.page_failed();
                let malformed = ApiError::Malformed { request: "changes" };
                return Err(if is_cut { ApiError::Cut } else { malformed });
            };
            self.page_size.page_passed();
            if !end.more {
                return Ok(());
            }
            if after.as_ref() == Some(&end.cursor) {
                return Err(ApiError::Malformed { request: "changes" });
            }
            after = Some(end.cursor);
        }
    }
}

/// The end of the batch, where it is the last line, as it should be.
fn last_end(page: &Page) -> Option<BatchEnd> {
    match page.last_line()? {
        Line::Text(text) => serde_json::from_str(text).ok(),
        Line::NotUtf8 | Line::TooLong => None,
    }
}

/// Plans and hands over what comes, then waits for all of it to be committed.
fn store_pages(
    mut pages: pages::Receiver<Fetched>,
    sink: &Sink,
    mut rereading: Option<Rereading>,
) -> Result<(), Failure> {
    let progress = Progress::default();
    let (done, all_done) = channel();
    let mut outcome = Ok(());
    while let Some(Fetched { mut after, page }) = pages.blocking_recv() {
        if progress.has_failed() {
            break;
        }
        let planned = plan(&page, sink.region, Timestamp(sink.clock.now_secs()));
        drop(page);
        if let Some(rereading) = &mut rereading {
            rereading.given += planned.lines;
        }
        log_skips(&planned.skips);
        count_skips(&planned.skips, &sink.status);
        let tail = planned.tail.map(|mut tail| {
            tail.cursor = planned
                .batches
                .last()
                .map(|batch| batch.cursor.clone())
                .or_else(|| after.clone())
                .unwrap_or_default();
            tail
        });
        for mut batch in planned.batches.into_iter().chain(tail) {
            if let Some(Rereading { announced, given }) = rereading.filter(|_| !batch.more)
                && is_shrunk(announced, given)
            {
                outcome = Err(Failure::Shrunk { announced, given });
                break;
            }
            batch.after = after.replace(batch.cursor.clone());
            submit(batch, sink, &progress, &done);
        }
        if outcome.is_err() {
            break;
        }
    }
    drop((pages, done));
    wait(&all_done);
    progress.take_failure().map_or(outcome, |error| Err(error.into()))
}

/// Objects come and go while we read; a server that has lost a tenth of them
/// since it told their number has another trouble.
fn is_shrunk(announced: u64, given: u64) -> bool {
    given.saturating_add(1_000 + announced / 10) < announced
}

fn submit(batch: Batch, sink: &Sink, progress: &Progress, done: &Sender<()>) {
    let (sink_after, progress, done) = (sink.clone(), progress.clone(), done.clone());
    let is_head = !batch.more;
    sink.writer.submit(batch, move |result| {
        match result {
            Ok(applied) => pass_on(applied, is_head, &sink_after),
            Err(error) => progress.fail(error),
        }
        drop(done);
    });
}

fn pass_on(applied: Applied, is_head: bool, sink: &Sink) {
    let Applied { changes, written, unchanged, older, early, removed } = applied;
    for (reason, count) in [(Reason::OlderRevision, older), (Reason::BeforeIncident, early)] {
        if count > 0 {
            let (reason, sentence) = (reason.key(), reason.sentence());
            tracing::warn!(reason, count, "{sentence}");
            sink.status.update(|status| *status.skipped.entry(reason).or_default() += count);
        }
    }
    let is_empty = changes.changes.is_empty() && !changes.vocabulary_changed;
    if !is_empty {
        (sink.changes)(changes);
    }
    let lines = written + unchanged;
    sink.status.stored(lines, removed, is_head && !is_empty, sink.clock.now_ms());
}

fn wait(all_done: &Receiver<()>) {
    // Ends when the last batch has dropped its sender.
    while all_done.recv().is_ok() {}
}

fn log_skips(skips: &Skips) {
    for (reason, skip) in skips.iter() {
        let (reason, sentence) = (reason.key(), reason.sentence());
        tracing::warn!(reason, count = skip.count, first_line = skip.first_line, "{sentence}");
    }
}

fn count_skips(skips: &Skips, status: &StatusBoard) {
    if !skips.is_empty() {
        status.update(|status| {
            for (reason, skip) in skips.iter() {
                *status.skipped.entry(reason.key()).or_default() += skip.count;
            }
        });
    }
}

/// The first refusal of the store; those after it only follow from it.
#[derive(Clone, Default)]
struct Progress {
    failure: Arc<Mutex<Option<store::Error>>>,
}

impl Progress {
    fn fail(&self, error: store::Error) {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    fn has_failed(&self) -> bool {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn take_failure(&self) -> Option<store::Error> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

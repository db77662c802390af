//! The thread that owns the board: reads it from the store at the start, then
//! changes it by what the sync brings.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::task::Waker;
use std::thread::JoinHandle;
use std::time::Duration;

use super::clock::Ticker;
use super::officer::Overlays;
use super::outbox_view::OutboxEntry;
use crate::board::overlay::Numbers;
use crate::board::{Board, BoardBuilder, Change, ChangeSet, Region, Vocabulary};
use crate::domain::Catalogue;
use crate::store::{self, Reader, StoredStanding};

/// What changes the board.
#[derive(Debug)]
pub(super) enum Update {
    /// The store was changed by the server's news.
    Stored(ChangeSet),
    /// What was done here and the server has not told back.
    Pending(Overlays),
}

/// What the keeper says.
#[derive(Debug)]
pub(super) enum News {
    /// Names for figures that are shown before the board is there.
    Vocabulary(Arc<Vocabulary>),
    /// Rows read so far, and in all.
    Loading { done: u32, total: u32 },
    /// A new state of the board, the rows that led to it (all of them at the start), and
    /// how many sets of stored changes it has taken. Cloning a board shares its chunks.
    Board { board: Board, touched: Vec<u32>, taken: u64 },
    /// It could not be read yet, and is read again; said once.
    Failed(String),
}

/// Rows between two words about progress.
const PROGRESS_ROWS: u32 = 65_536;
/// A store that could not be read is read again after this.
const AGAIN: Duration = Duration::from_mins(1);

/// A handle on the keeper's thread; dropping it ends and joins the thread.
pub(super) struct Keeper {
    updates: Option<Sender<Update>>,
    news: Receiver<News>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts reading. `waker` is woken after each piece of news.
    ///
    /// # Errors
    /// The system's, where no thread can be started.
    pub(super) fn start(
        mut reader: Reader,
        region: Region,
        catalogue: Arc<Catalogue>,
        waker: Waker,
    ) -> std::io::Result<Self> {
        let (updates, inbox) = mpsc::channel();
        let (outbox, news) = mpsc::channel();
        let say = move |what: News| {
            let heard = outbox.send(what).is_ok();
            waker.wake_by_ref();
            heard
        };
        let thread = std::thread::Builder::new().name("board".to_owned()).spawn(move || {
            let read = || load(&mut reader, region, &say);
            let Some((board, early)) = insist(read, &inbox, AGAIN, &say) else {
                return;
            };
            Keeping::new(board, reader, catalogue).run(early, &inbox, &say);
        })?;
        Ok(Self { updates: Some(updates), news, thread: Some(thread) })
    }

    /// Where changes are handed in.
    pub(super) fn updates(&self) -> Option<Sender<Update>> {
        self.updates.clone()
    }

    pub(super) fn take(&self) -> Option<News> {
        self.news.try_recv().ok()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.updates = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the board's thread panicked");
        }
    }
}

/// What came while the board could not be read.
#[derive(Debug, Default)]
struct Early {
    /// Sets of stored changes: their rows are read with all others.
    taken: u64,
    pending: Vec<Overlays>,
}

/// The board, and what came before it; nothing where nobody wants it any more.
fn insist(
    mut read: impl FnMut() -> Result<Board, store::Error>,
    inbox: &Receiver<Update>,
    pace: Duration,
    say: &impl Fn(News) -> bool,
) -> Option<(Board, Early)> {
    let mut early = Early::default();
    let ticker = Ticker::start();
    let mut is_told = false;
    loop {
        let error = match read() {
            Ok(board) => return Some((board, early)),
            Err(error) => error,
        };
        if !std::mem::replace(&mut is_told, true) {
            tracing::error!(%error, "the board cannot be read");
            if !say(News::Failed(error.to_string())) {
                return None;
            }
        }
        let until = ticker.moment().tick + pace;
        loop {
            match inbox.recv_timeout(until.saturating_sub(ticker.moment().tick)) {
                Ok(Update::Stored(_)) => early.taken += 1,
                Ok(Update::Pending(overlays)) => early.pending.push(overlays),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }
}

fn load(
    reader: &mut Reader,
    region: Region,
    say: &impl Fn(News) -> bool,
) -> Result<Board, store::Error> {
    let total = u32::try_from(reader.counts()?.incidents).unwrap_or(u32::MAX);
    say(News::Vocabulary(Arc::new(reader.vocabulary()?)));
    let mut builder = BoardBuilder::new(region);
    let mut done = 0;
    say(News::Loading { done, total });
    reader.load_rows(|row_id, row| {
        builder.push(row_id, &row);
        done += 1;
        if done % PROGRESS_ROWS == 0 {
            say(News::Loading { done, total });
        }
    })?;
    Ok(builder.finish(Arc::new(reader.vocabulary()?)))
}

/// The board and what is laid over it.
struct Keeping {
    board: Board,
    reader: Reader,
    catalogue: Arc<Catalogue>,
    numbers: Numbers,
    pending: HashMap<u32, Vec<Arc<OutboxEntry>>>,
    /// Sets of stored changes so far.
    taken: u64,
}

impl Keeping {
    fn new(board: Board, reader: Reader, catalogue: Arc<Catalogue>) -> Self {
        let numbers = Numbers::of(board.vocabulary());
        Self { board, reader, catalogue, numbers, pending: HashMap::new(), taken: 0 }
    }

    /// Applies changes as they come; what has piled up is applied before
    /// anybody hears of it.
    fn run(mut self, early: Early, inbox: &Receiver<Update>, say: &impl Fn(News) -> bool) {
        let mut touched = Vec::new();
        self.taken = early.taken;
        for overlays in early.pending {
            self.take(Update::Pending(overlays), &mut touched);
        }
        loop {
            while let Ok(next) = inbox.try_recv() {
                self.take(next, &mut touched);
            }
            touched.sort_unstable();
            touched.dedup();
            let news = News::Board {
                board: self.board.clone(),
                touched: std::mem::take(&mut touched),
                taken: self.taken,
            };
            if !say(news) {
                return;
            }
            match inbox.recv() {
                Ok(next) => self.take(next, &mut touched),
                Err(_) => return,
            }
        }
    }

    fn take(&mut self, update: Update, touched: &mut Vec<u32>) {
        let mut changes = match update {
            Update::Stored(changes) => {
                self.taken += 1;
                if changes.vocabulary_changed {
                    self.read_vocabulary();
                }
                changes
            }
            Update::Pending(rows) => {
                let row_ids: Vec<u32> = rows.iter().map(|(row_id, _)| *row_id).collect();
                for (row_id, actions) in rows {
                    if actions.is_empty() {
                        self.pending.remove(&row_id);
                    } else {
                        self.pending.insert(row_id, actions);
                    }
                }
                let change = |row_id: &u32| self.stored(*row_id);
                ChangeSet {
                    changes: row_ids.iter().filter_map(change).collect(),
                    ..ChangeSet::default()
                }
            }
        };
        if !self.pending.is_empty() {
            for change in &mut changes.changes {
                if self.pending.contains_key(&change.row_id)
                    && let Some(overlaid) = self.overlaid(change.row_id)
                {
                    *change = overlaid;
                }
            }
        }
        touched.extend(changes.changes.iter().map(|change| change.row_id));
        self.board.apply(&changes);
    }

    /// The row as the store has it.
    fn stored(&self, row_id: u32) -> Option<Change> {
        self.read(row_id).map(|stored| Change { row_id, row: Some(stored.row) })
    }

    /// The row as the store has it now, under what was done here.
    fn overlaid(&self, row_id: u32) -> Option<Change> {
        let stored = self.read(row_id)?;
        let actions = self.pending.get(&row_id).map_or(&[][..], Vec::as_slice);
        let after = actions.iter().fold(stored.standing.clone(), |now, entry| entry.after(now));
        let row = self.numbers.overlay(stored.row, &stored.standing, &after, &self.catalogue);
        Some(Change { row_id, row: Some(row) })
    }

    fn read(&self, row_id: u32) -> Option<StoredStanding> {
        self.reader.standing(row_id).unwrap_or_else(|error| {
            tracing::error!(%error, row_id, "an incident could not be read for the overlay");
            None
        })
    }

    fn read_vocabulary(&mut self) {
        match self.reader.vocabulary() {
            Ok(vocabulary) => {
                self.numbers = Numbers::of(&vocabulary);
                self.board.set_vocabulary(Arc::new(vocabulary));
            }
            Err(error) => tracing::error!(%error, "the vocabulary could not be read"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_cannot_be_read_at_first_is_read_again_and_what_came_is_not_lost() {
        let (send, inbox) = mpsc::channel();
        let (tell, told) = mpsc::channel();
        let mut tries = 0;
        let load = || {
            tries += 1;
            send.send(Update::Stored(ChangeSet::default())).unwrap();
            let board = BoardBuilder::new(Region::of(&Catalogue::embedded()));
            if tries < 3 {
                Err(store::Error::Stopped)
            } else {
                Ok(board.finish(Arc::new(Vocabulary::default())))
            }
        };
        let pace = Duration::from_millis(60);
        let (_, early) = insist(load, &inbox, pace, &|news| tell.send(news).is_ok()).unwrap();
        assert_eq!((tries, early.taken), (3, 2), "the third is still to be taken");
        assert!(matches!(told.try_iter().collect::<Vec<_>>()[..], [News::Failed(_)]), "said once");

        drop(send);
        let fails = || Err(store::Error::Stopped);
        assert!(insist(fails, &inbox, pace, &|_| true).is_none(), "nobody wants it any more");
    }
}

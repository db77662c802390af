//! The thread that owns the board: reads it from the store at the start, then
//! changes it by what the sync brings.

use std::sync::mpsc::{self, Receiver, Sender};
use std::task::Waker;
use std::thread::JoinHandle;

use crate::board::{Board, BoardBuilder, ChangeSet, Region};
use crate::store::{self, Reader};

/// What the keeper says.
#[derive(Debug)]
pub(super) enum News {
    /// Rows read so far, and in all.
    Loading {
        done: u32,
        total: u32,
    },
    /// A new state of the board. Cloning a board shares its chunks.
    Board(Board),
    Failed(String),
}

/// Rows between two words about progress.
const PROGRESS_ROWS: u32 = 65_536;

/// A handle on the keeper's thread; dropping it ends and joins the thread.
pub(super) struct Keeper {
    changes: Option<Sender<ChangeSet>>,
    news: Receiver<News>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts reading. `waker` is woken after each piece of news.
    ///
    /// # Errors
    /// The system's, where no thread can be started.
    pub(super) fn start(mut reader: Reader, region: Region, waker: Waker) -> std::io::Result<Self> {
        let (changes, inbox) = mpsc::channel();
        let (outbox, news) = mpsc::channel();
        let say = move |what: News| {
            let heard = outbox.send(what).is_ok();
            waker.wake_by_ref();
            heard
        };
        let thread =
            std::thread::Builder::new().name("board".to_owned()).spawn(move || {
                match load(&mut reader, region, &say) {
                    Ok(board) => keep(board, &mut reader, &inbox, &say),
                    Err(error) => {
                        tracing::error!(%error, "the board could not be read");
                        say(News::Failed(error.to_string()));
                    }
                }
            })?;
        Ok(Self { changes: Some(changes), news, thread: Some(thread) })
    }

    /// Where the sync sends what it changed.
    pub(super) fn changes(&self) -> Option<Sender<ChangeSet>> {
        self.changes.clone()
    }

    pub(super) fn take(&self) -> Option<News> {
        self.news.try_recv().ok()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.changes = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the board's thread panicked");
        }
    }
}

fn load(
    reader: &mut Reader,
    region: Region,
    say: &impl Fn(News) -> bool,
) -> Result<Board, store::Error> {
    let total = u32::try_from(reader.counts()?.incidents).unwrap_or(u32::MAX);
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
    let board = builder.finish(std::sync::Arc::new(reader.vocabulary()?));
    say(News::Board(board.clone()));
    Ok(board)
}

/// Applies changes as they come; what has piled up is applied before anybody
/// hears of it.
fn keep(
    mut board: Board,
    reader: &mut Reader,
    inbox: &Receiver<ChangeSet>,
    say: &impl Fn(News) -> bool,
) {
    while let Ok(first) = inbox.recv() {
        let mut vocabulary_changed = first.vocabulary_changed;
        board.apply(&first);
        while let Ok(next) = inbox.try_recv() {
            vocabulary_changed |= next.vocabulary_changed;
            board.apply(&next);
        }
        if vocabulary_changed {
            match reader.vocabulary() {
                Ok(vocabulary) => board.set_vocabulary(std::sync::Arc::new(vocabulary)),
                Err(error) => tracing::error!(%error, "the vocabulary could not be read"),
            }
        }
        if !say(News::Board(board.clone())) {
            return;
        }
    }
}

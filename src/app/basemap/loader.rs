//! The thread that reads and decodes the tiles that a map wants.

use std::sync::{Arc, mpsc};
use std::task::Waker;

use super::archive::{Archive, Reader};
use crate::geo::pmtiles::TileId;
use crate::priority::{Priority, lower_to};

/// Whoever holds one has work for an archive: a thread, or a map that has not taken what came.
#[derive(Debug, Default)]
pub(super) struct Busy;

/// Tiles that a map wants, the most wanted first.
struct Wanted {
    tiles: Vec<TileId>,
    busy: Arc<Busy>,
}

struct Loaded<T> {
    id: TileId,
    tile: Option<T>,
    _busy: Arc<Busy>,
}

/// Loads tiles of one archive for one map, as `T`.
///
/// [`TileLoader::want`] never blocks and takes the place of what was wanted before and has
/// not been begun. Dropping the loader ends its thread after the tile that is being
/// decoded, and waits for nothing.
pub struct TileLoader<T> {
    archive: Arc<Archive>,
    wanted: mpsc::Sender<Wanted>,
    loaded: mpsc::Receiver<Loaded<T>>,
}

impl<T: Send + 'static> TileLoader<T> {
    /// Starts the thread. `decode` gives `None` where bytes are no tile; `waker` is woken
    /// after each tile.
    ///
    /// # Errors
    /// The system's, where no thread can be started.
    pub fn start(
        archive: Arc<Archive>,
        waker: Waker,
        decode: impl Fn(TileId, &[u8]) -> Option<T> + Send + 'static,
    ) -> std::io::Result<Self> {
        let (wanted, inbox) = mpsc::channel::<Wanted>();
        let (outbox, loaded) = mpsc::channel();
        let path = archive.path.clone();
        std::thread::Builder::new().name("tiles".to_owned()).spawn(move || {
            lower_to(Priority::BehindFrames);
            let mut tiles = Tiles { reader: Reader::open(&path).ok(), is_told: false };
            let mut next = inbox.recv().ok();
            while let Some(Wanted { tiles: list, busy }) = next.take() {
                for id in list {
                    let tile = tiles.read(id).and_then(|bytes| decode(id, &bytes));
                    let loaded = Loaded { id, tile, _busy: Arc::clone(&busy) };
                    if outbox.send(loaded).is_err() {
                        return;
                    }
                    waker.wake_by_ref();
                    match inbox.try_recv() {
                        Ok(newer) => next = Some(newer),
                        Err(mpsc::TryRecvError::Empty) => {}
                        Err(mpsc::TryRecvError::Disconnected) => return,
                    }
                    if next.is_some() {
                        break;
                    }
                }
                drop(busy);
                if next.is_none() {
                    next = inbox.recv().ok();
                }
            }
        })?;
        Ok(Self { archive, wanted, loaded })
    }

    pub fn archive(&self) -> &Arc<Archive> {
        &self.archive
    }

    /// Wants these tiles, the most wanted first, and none of those before them.
    pub fn want(&self, tiles: Vec<TileId>) {
        let wanted = Wanted { tiles, busy: Arc::clone(&self.archive.busy) };
        if self.wanted.send(wanted).is_err() {
            tracing::error!("the thread that loads tiles is gone");
        }
    }

    /// Tiles that have come; `None` where the archive has none or it is damaged.
    pub fn take(&self) -> impl Iterator<Item = (TileId, Option<T>)> + '_ {
        self.loaded.try_iter().map(|loaded| (loaded.id, loaded.tile))
    }
}

/// Reads tiles, and tells the log of the first that cannot be read.
struct Tiles {
    reader: Option<Reader>,
    is_told: bool,
}

impl Tiles {
    fn read(&mut self, id: TileId) -> Option<Vec<u8>> {
        match self.reader.as_mut()?.tile(id) {
            Ok(tile) => tile,
            Err(fault) => {
                if !self.is_told {
                    tracing::warn!(?id, %fault, "a tile of the base map cannot be read");
                    self.is_told = true;
                }
                None
            }
        }
    }
}

//! The thread that reads and decodes the tiles that a map wants.

use std::mem::{Discriminant, discriminant};
use std::sync::{Arc, mpsc};
use std::task::Waker;

use super::archive::{Archive, Fault, Reader};
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

/// A tile cannot be read now; the log tells why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the tile cannot be read")]
pub struct Unread;

struct Loaded<T> {
    id: TileId,
    tile: Result<Option<T>, Unread>,
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
        let mut tiles = Tiles::of(Arc::clone(&archive));
        std::thread::Builder::new().name("tiles".to_owned()).spawn(move || {
            lower_to(Priority::BehindFrames);
            let mut next = inbox.recv().ok();
            while let Some(Wanted { tiles: list, busy }) = next.take() {
                tiles.open();
                for id in list {
                    let tile = tiles.read(id).map(|bytes| {
                        let tile = decode(id, &bytes?);
                        if tile.is_none() {
                            tiles.tell(&Fault::Tile);
                        }
                        tile
                    });
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

    /// Tiles that have come; `None` where the archive has none or its bytes are no tile.
    /// One that could not be read may be wanted again: the file is then opened anew.
    pub fn take(&self) -> impl Iterator<Item = (TileId, Result<Option<T>, Unread>)> + '_ {
        self.loaded.try_iter().map(|loaded| (loaded.id, loaded.tile))
    }
}

/// Reads the tiles of an archive as long as the file is the one that was looked at, and
/// tells the log of the first fault of its kind.
struct Tiles {
    archive: Arc<Archive>,
    reader: Option<Reader>,
    told: Vec<Discriminant<Fault>>,
}

impl Tiles {
    fn of(archive: Arc<Archive>) -> Self {
        Self { archive, reader: None, told: Vec::new() }
    }

    /// Opens the file where it is not open, and anew where it was written since.
    fn open(&mut self) {
        if self.reader.as_ref().is_some_and(Reader::is_as_opened) {
            return;
        }
        self.reader = None;
        match Reader::open(&self.archive.path) {
            Ok(reader) if reader.stamp == self.archive.stamp => self.reader = Some(reader),
            Ok(_) => self.archive.replaced(),
            Err(fault) => {
                if !matches!(fault, Fault::Unreadable(_)) {
                    self.archive.replaced();
                }
                self.tell(&fault);
            }
        }
    }

    fn read(&mut self, id: TileId) -> Result<Option<Vec<u8>>, Unread> {
        let reader = self.reader.as_mut().ok_or(Unread)?;
        reader.tile(id).map_err(|fault| {
            // What is damaged may be one tile; what cannot be read is the file.
            if matches!(fault, Fault::Unreadable(_)) {
                self.reader = None;
            }
            self.tell(&fault);
            Unread
        })
    }

    fn tell(&mut self, fault: &Fault) {
        let kind = discriminant(fault);
        if !self.told.contains(&kind) {
            let path = self.archive.path.display();
            tracing::warn!(%path, %fault, "the base map cannot be read as it is");
            self.told.push(kind);
        }
    }
}

//! A file of tiles: what it says of itself, and its tiles one by one.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::credit;
use super::loader::Busy;
use crate::geo::pmtiles::{
    Compression, Directory, FormatError, Found, HEADER_BYTES, Header, Place, TileId, TileKind,
};

/// Bytes that a directory, the metadata or a tile may take in the file and decoded: what a
/// damaged length asks for is not got.
const MOST_BYTES: u64 = 16 << 20;
const MOST_DECODED: u64 = 64 << 20;

/// Directories below each other; the format has two.
const MOST_DEPTH: usize = 4;
/// Directories that are kept decoded.
const MOST_LEAVES: usize = 64;

/// Why a file cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    #[error("{0}")]
    Format(#[from] FormatError),
    #[error("its tiles are of the unknown kind {0}")]
    TileKind(u8),
    #[error("it is compressed in the unknown way {0}")]
    Compression(u8),
}

impl Fault {
    /// Key of the Fluent files.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "basemap-unreadable",
            Self::Format(FormatError::NotPmTiles | FormatError::Version(_)) => "basemap-no-pmtiles",
            Self::Format(FormatError::Damaged) => "basemap-damaged",
            Self::TileKind(_) => "basemap-tile-kind",
            Self::Compression(_) => "basemap-compression",
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => {
                Self::Format(FormatError::Damaged)
            }
            _ => Self::Unreadable(error.to_string()),
        }
    }
}

/// An archive that was found good.
#[derive(Debug)]
pub struct Archive {
    pub path: PathBuf,
    pub header: Header,
    /// Whom the archive names as the source of its tiles, in plain words.
    pub credit: Option<String>,
    /// Held by whoever has work for it.
    pub(super) busy: Arc<Busy>,
}

impl Archive {
    /// Looks at a file: its header, its first directory and whom it names.
    ///
    /// # Errors
    /// Where there is no such file or its tiles cannot be shown.
    pub fn open(path: &Path) -> Result<Arc<Self>, Fault> {
        let mut reader = Reader::open(path)?;
        let header = reader.header;
        if let TileKind::Other(number) = header.kind {
            return Err(Fault::TileKind(number));
        }
        if let Compression::Other(number) = header.tile_compression {
            return Err(Fault::Compression(number));
        }
        // An archive without words about itself is as good.
        let metadata = reader.piece(header.metadata, header.internal).unwrap_or_default();
        let credit = credit::of_metadata(&metadata);
        Ok(Arc::new(Self { path: path.to_owned(), header, credit, busy: Arc::default() }))
    }

    /// True while a map waits for tiles of it, or has not taken those that came.
    pub fn is_loading(&self) -> bool {
        Arc::strong_count(&self.busy) > 1
    }
}

/// An open file, read by one thread.
pub(super) struct Reader {
    file: File,
    bytes: u64,
    header: Header,
    root: Directory,
    leaves: HashMap<u64, Directory>,
}

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        let mut file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let mut header = Vec::with_capacity(HEADER_BYTES);
        file.by_ref().take(HEADER_BYTES as u64).read_to_end(&mut header)?;
        let header = Header::parse(&header)?;
        if let Compression::Other(number) = header.internal {
            return Err(Fault::Compression(number));
        }
        let (root, leaves) = (Directory::default(), HashMap::new());
        let mut reader = Self { file, bytes, header, root, leaves };
        let root = reader.piece(header.root, header.internal)?;
        reader.root = Directory::parse(&root)?;
        Ok(reader)
    }

    /// A tile, decoded; `None` where the archive has no such tile.
    pub(super) fn tile(&mut self, id: TileId) -> Result<Option<Vec<u8>>, Fault> {
        let number = id.number();
        let mut found = self.root.find(number);
        for _ in 0..MOST_DEPTH {
            match found {
                None => return Ok(None),
                Some(Found::Tile(place)) => {
                    let place = within(self.header.tiles, place)?;
                    return self.piece(place, self.header.tile_compression).map(Some);
                }
                Some(Found::Leaf(place)) => found = self.leaf(place)?.find(number),
            }
        }
        Err(FormatError::Damaged.into())
    }

    fn leaf(&mut self, place: Place) -> Result<&Directory, Fault> {
        if !self.leaves.contains_key(&place.offset) {
            if self.leaves.len() >= MOST_LEAVES {
                self.leaves.clear();
            }
            let leaf = self.piece(within(self.header.leaves, place)?, self.header.internal)?;
            self.leaves.insert(place.offset, Directory::parse(&leaf)?);
        }
        self.leaves.get(&place.offset).ok_or(Fault::Format(FormatError::Damaged))
    }

    /// Bytes of the file, decoded.
    fn piece(&mut self, place: Place, compression: Compression) -> Result<Vec<u8>, Fault> {
        let is_there = place.end().is_some_and(|end| end <= self.bytes);
        if !is_there || place.length > MOST_BYTES {
            return Err(FormatError::Damaged.into());
        }
        self.file.seek(SeekFrom::Start(place.offset))?;
        let mut bytes = vec![0; place.length as usize];
        self.file.read_exact(&mut bytes)?;
        match compression {
            Compression::None => Ok(bytes),
            Compression::Gzip => decoded(flate2::read::MultiGzDecoder::new(&bytes[..])),
            Compression::Zstd => decoded(zstd::stream::read::Decoder::new(&bytes[..])?),
            Compression::Other(number) => Err(Fault::Compression(number)),
        }
    }
}

/// A place that is told from the beginning of another one.
fn within(outer: Place, place: Place) -> Result<Place, FormatError> {
    let offset = outer.offset.checked_add(place.offset).ok_or(FormatError::Damaged)?;
    Ok(Place { offset, ..place })
}

fn decoded(from: impl Read) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    from.take(MOST_DECODED + 1)
        .read_to_end(&mut bytes)
        .map_err(|_not_decoded| FormatError::Damaged)?;
    if bytes.len() as u64 > MOST_DECODED {
        return Err(FormatError::Damaged.into());
    }
    Ok(bytes)
}

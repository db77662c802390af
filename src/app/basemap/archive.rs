//! A file of tiles: what it says of itself, and its tiles one by one.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use super::credit;
use super::loader::Busy;
use crate::geo::pmtiles::{
    Compression, Directory, FormatError, Found, HEADER_BYTES, Header, MOST_DIRECTORY_BYTES, Place,
    TileId, TileKind,
};

/// Bytes that the metadata or a tile may take in the file and decoded: what a damaged
/// length asks for is not got.
const MOST_METADATA: u64 = 16 << 20;
const MOST_PICTURE: u64 = 16 << 20;
const MOST_VECTOR: u64 = 8 << 20;

/// Directories below each other; the format has two.
const MOST_DEPTH: usize = 4;
/// Entries of directories that are kept decoded; a small one counts for so many.
const MOST_ENTRIES: usize = 400_000;
const LEAST_ENTRIES: usize = 100;

/// Why a file cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    #[error("the settings cannot hold a path that is not UTF-8")]
    Path,
    #[error("{0}")]
    Format(#[from] FormatError),
    #[error("its tiles are of the unknown kind {0}")]
    TileKind(u8),
    #[error("it is compressed in the unknown way {0}")]
    Compression(u8),
    #[error("a tile is none of its kind")]
    Tile,
}

impl Fault {
    /// Key of the Fluent files.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "basemap-unreadable",
            Self::Path => "basemap-path",
            Self::Format(FormatError::NotPmTiles | FormatError::Version(_)) => "basemap-no-pmtiles",
            Self::Format(FormatError::Damaged) | Self::Tile => "basemap-damaged",
            Self::TileKind(_) => "basemap-tile-kind",
            Self::Compression(_) => "basemap-compression",
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// By what a file is known again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    header: Vec<u8>,
    bytes: u64,
}

/// An archive that was found good.
#[derive(Debug)]
pub struct Archive {
    pub path: PathBuf,
    pub header: Header,
    /// Whom the archive names as the source of its tiles, in plain words.
    pub credit: Option<String>,
    pub(super) stamp: Stamp,
    /// Held by whoever has work for it.
    pub(super) busy: Arc<Busy>,
    /// True once another file was found in its place.
    is_replaced: AtomicBool,
}

impl Archive {
    /// Looks at a file: its header, its first directory and whom it names.
    ///
    /// # Errors
    /// Where there is no such file or its tiles cannot be shown.
    pub fn open(path: &Path) -> Result<Arc<Self>, Fault> {
        if path.to_str().is_none() {
            return Err(Fault::Path);
        }
        let mut reader = Reader::open(path)?;
        let header = reader.header;
        if let TileKind::Other(number) = header.kind {
            return Err(Fault::TileKind(number));
        }
        if let Compression::Other(number) = header.tile_compression {
            return Err(Fault::Compression(number));
        }
        // An archive without words about itself is as good.
        let metadata = reader.piece(header.metadata, header.internal, MOST_METADATA);
        let credit = credit::of_metadata(&metadata.unwrap_or_default());
        Ok(Arc::new(Self {
            path: path.to_owned(),
            header,
            credit,
            stamp: reader.stamp,
            busy: Arc::default(),
            is_replaced: AtomicBool::new(false),
        }))
    }

    /// Nothing is loaded of the file that lies there now.
    pub(super) fn replaced(&self) {
        self.is_replaced.store(true, Ordering::Relaxed);
    }

    /// True, once, where another file was found in its place.
    pub(super) fn take_replaced(&self) -> bool {
        self.is_replaced.swap(false, Ordering::Relaxed)
    }

    /// True while a map waits for tiles of it, or has not taken those that came.
    pub fn is_loading(&self) -> bool {
        Arc::strong_count(&self.busy) > 1
    }
}

/// An open file, read by one thread.
pub(super) struct Reader {
    file: File,
    pub(super) stamp: Stamp,
    /// When the file was written last.
    modified: Option<SystemTime>,
    header: Header,
    root: Directory,
    leaves: HashMap<u64, Directory>,
}

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        // To open a pipe would wait for whoever writes into it.
        if !std::fs::metadata(path)?.is_file() {
            return Err(Fault::Unreadable("it is no regular file".to_owned()));
        }
        let mut file = File::open(path)?;
        let about = file.metadata()?;
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        file.by_ref().take(HEADER_BYTES as u64).read_to_end(&mut bytes)?;
        let header = Header::parse(&bytes)?;
        if let Compression::Other(number) = header.internal {
            return Err(Fault::Compression(number));
        }
        let mut reader = Self {
            file,
            stamp: Stamp { header: bytes, bytes: about.len() },
            modified: about.modified().ok(),
            header,
            root: Directory::default(),
            leaves: HashMap::new(),
        };
        reader.root = reader.directory(header.root)?;
        Ok(reader)
    }

    /// False where the file was written or cut since it was opened.
    pub(super) fn is_as_opened(&self) -> bool {
        self.file.metadata().is_ok_and(|about| {
            about.len() == self.stamp.bytes && about.modified().ok() == self.modified
        })
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
                    let most = match self.header.kind {
                        TileKind::Vector => MOST_VECTOR,
                        _ => MOST_PICTURE,
                    };
                    return self.piece(place, self.header.tile_compression, most).map(Some);
                }
                Some(Found::Leaf(place)) => found = self.leaf(place)?.find(number),
            }
        }
        Err(FormatError::Damaged.into())
    }

    fn leaf(&mut self, place: Place) -> Result<&Directory, Fault> {
        if !self.leaves.contains_key(&place.offset) {
            let leaf = self.directory(within(self.header.leaves, place)?)?;
            let weight = |leaf: &Directory| leaf.entries().max(LEAST_ENTRIES);
            let kept: usize = self.leaves.values().map(weight).sum();
            if kept + weight(&leaf) > MOST_ENTRIES {
                self.leaves.clear();
            }
            self.leaves.insert(place.offset, leaf);
        }
        self.leaves.get(&place.offset).ok_or(Fault::Format(FormatError::Damaged))
    }

    fn directory(&mut self, place: Place) -> Result<Directory, Fault> {
        let bytes = self.piece(place, self.header.internal, MOST_DIRECTORY_BYTES)?;
        Ok(Directory::parse(&bytes)?)
    }

    /// Bytes of the file, decoded; no more than `most`.
    fn piece(
        &mut self,
        place: Place,
        compression: Compression,
        most: u64,
    ) -> Result<Vec<u8>, Fault> {
        let is_there = place.end().is_some_and(|end| end <= self.stamp.bytes);
        if !is_there || place.length > most {
            return Err(FormatError::Damaged.into());
        }
        self.file.seek(SeekFrom::Start(place.offset))?;
        let mut bytes = vec![0; place.length as usize];
        self.file.read_exact(&mut bytes)?;
        match compression {
            Compression::None => Ok(bytes),
            Compression::Gzip => decoded(flate2::read::MultiGzDecoder::new(&bytes[..]), most),
            Compression::Zstd => decoded(zstd::stream::read::Decoder::new(&bytes[..])?, most),
            Compression::Other(number) => Err(Fault::Compression(number)),
        }
    }
}

/// A place that is told from the beginning of another one.
fn within(outer: Place, place: Place) -> Result<Place, FormatError> {
    let offset = outer.offset.checked_add(place.offset).ok_or(FormatError::Damaged)?;
    Ok(Place { offset, ..place })
}

fn decoded(from: impl Read, most: u64) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes).map_err(|_not_decoded| FormatError::Damaged)?;
    if bytes.len() as u64 > most {
        return Err(FormatError::Damaged.into());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn varint(mut number: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        while number >= 0x80 {
            bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
        bytes
    }

    /// Tiles `first`… of a byte each, in one directory.
    fn leaf(first: usize, entries: usize) -> Vec<u8> {
        let ones = |n: usize| vec![1; n];
        let rest = [ones(entries - 1), ones(entries), ones(entries), ones(1)].concat();
        [varint(entries), varint(first), rest, vec![0; entries - 1]].concat()
    }

    #[test]
    fn directories_are_kept_by_the_sum_of_their_entries() {
        const ENTRIES: usize = 90_000;
        const N: usize = 8;
        let leaves: Vec<Vec<u8>> = (0..N).map(|at| leaf(at * ENTRIES, ENTRIES)).collect();
        let firsts = (0..N).flat_map(|at| if at == 0 { vec![0] } else { varint(ENTRIES) });
        let lengths = leaves.iter().flat_map(|leaf| varint(leaf.len()));
        let root: Vec<u8> = varint(N)
            .into_iter()
            .chain(firsts)
            .chain([0; N])
            .chain(lengths)
            .chain([1])
            .chain([0; N - 1])
            .collect();
        let mut bytes = vec![0; HEADER_BYTES];
        bytes[..8].copy_from_slice(b"PMTiles\x03");
        bytes[97..102].copy_from_slice(&[1, 1, 2, 0, 12]);
        let (root_at, tiles_at) = (HEADER_BYTES as u64, (HEADER_BYTES + root.len()) as u64);
        for (at, number) in [(8, root_at), (16, root.len() as u64), (40, tiles_at), (56, tiles_at)]
        {
            bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
        }
        bytes.extend(root);
        bytes.extend(leaves.concat());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("leaves.pmtiles");
        std::fs::write(&path, bytes).unwrap();
        let mut reader = Reader::open(&path).unwrap();
        // Zoom 9 begins in the first leaf, zoom 10 in the fourth.
        for zoom in [0, 9, 10] {
            assert_eq!(
                reader.tile(TileId { zoom, x: 0, y: 0 }).unwrap().map(|it| it.len()),
                Some(1)
            );
        }
        for at in 0..N as u64 {
            let Some(Found::Leaf(place)) = reader.root.find(at * ENTRIES as u64) else { panic!() };
            reader.leaf(place).unwrap();
            let kept: usize = reader.leaves.values().map(Directory::entries).sum();
            assert!(kept <= MOST_ENTRIES, "{kept}");
        }
    }
}

//! What a `PMTiles` archive is made of: header, directories, numbers of tiles. Pure: whoever
//! holds the file hands over its bytes.
//!
//! Source: the `PMTiles` specification, version 3.

/// Bytes of the header at the beginning of the file.
pub const HEADER_BYTES: usize = 127;

/// Deepest zoom that a number of a tile has room for.
pub const MOST_ZOOM: u8 = 26;

/// Entries that a directory may have: the format asks for far fewer.
const MOST_ENTRIES: u64 = 100_000;

/// Bytes that so many entries may take.
pub const MOST_DIRECTORY_BYTES: u64 = MOST_ENTRIES * 40;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    None,
    Gzip,
    Zstd,
    /// Not told, or one that is not read here; by its number in the format.
    Other(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TileKind {
    /// Mapbox vector tiles.
    Vector,
    Png,
    Jpeg,
    Webp,
    /// Not told, or one that is not drawn here; by its number in the format.
    Other(u8),
}

/// Why bytes are no archive that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    #[error("this is no PMTiles archive")]
    NotPmTiles,
    #[error("version {0} of PMTiles is not read, only 3")]
    Version(u8),
    #[error("the archive is damaged")]
    Damaged,
}

/// Where something lies in the file, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub offset: u64,
    pub length: u64,
}

impl Place {
    /// The first byte after it; `None` where there is no such number.
    pub fn end(self) -> Option<u64> {
        self.offset.checked_add(self.length)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub root: Place,
    pub metadata: Place,
    pub leaves: Place,
    pub tiles: Place,
    /// Of directories and metadata.
    pub internal: Compression,
    pub tile_compression: Compression,
    pub kind: TileKind,
    pub min_zoom: u8,
    pub max_zoom: u8,
}

impl Header {
    /// Reads the first [`HEADER_BYTES`] of a file.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        let bytes = bytes.get(..HEADER_BYTES).ok_or(FormatError::NotPmTiles)?;
        if !bytes.starts_with(b"PMTiles") {
            return Err(FormatError::NotPmTiles);
        }
        if bytes[7] != 3 {
            return Err(FormatError::Version(bytes[7]));
        }
        let number = |at: usize| {
            let bytes = bytes[at..at + 8].iter().rev();
            bytes.fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
        };
        let place = |at: usize| Place { offset: number(at), length: number(at + 8) };
        let kind = match bytes[99] {
            1 => TileKind::Vector,
            2 => TileKind::Png,
            3 => TileKind::Jpeg,
            4 => TileKind::Webp,
            other => TileKind::Other(other),
        };
        let is_picture = matches!(kind, TileKind::Png | TileKind::Jpeg | TileKind::Webp);
        let header = Self {
            root: place(8),
            metadata: place(24),
            leaves: place(40),
            tiles: place(56),
            internal: compression(bytes[97]),
            tile_compression: match compression(bytes[98]) {
                // Pictures are compressed in themselves: who does not tell means that.
                Compression::Other(0) if is_picture => Compression::None,
                told => told,
            },
            kind,
            min_zoom: bytes[100],
            max_zoom: bytes[101],
        };
        let is_whole = header.min_zoom <= header.max_zoom && header.max_zoom <= MOST_ZOOM;
        if is_whole { Ok(header) } else { Err(FormatError::Damaged) }
    }
}

fn compression(number: u8) -> Compression {
    match number {
        1 => Compression::None,
        2 => Compression::Gzip,
        4 => Compression::Zstd,
        other => Compression::Other(other),
    }
}

/// A tile of the grid of web maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileId {
    /// At most [`MOST_ZOOM`].
    pub zoom: u8,
    pub x: u32,
    pub y: u32,
}

impl TileId {
    /// The tile around this one, a zoom farther away; `None` of the whole world.
    pub fn parent(self) -> Option<Self> {
        let zoom = self.zoom.checked_sub(1)?;
        Some(Self { zoom, x: self.x / 2, y: self.y / 2 })
    }

    /// The four tiles in this one.
    pub fn children(self) -> [Self; 4] {
        let (zoom, x, y) = (self.zoom + 1, self.x * 2, self.y * 2);
        [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)].map(|(x, y)| Self { zoom, x, y })
    }

    /// Its number in an archive: along the Hilbert curve of its zoom, after all tiles of
    /// the zooms before.
    pub fn number(self) -> u64 {
        let side = 1_u64 << self.zoom;
        let before = (side * side - 1) / 3;
        let (mut x, mut y) = (u64::from(self.x), u64::from(self.y));
        let mut along = 0;
        let mut half = side / 2;
        while half > 0 {
            let (right, low) = (u64::from(x & half > 0), u64::from(y & half > 0));
            along += half * half * ((3 * right) ^ low);
            if low == 0 {
                if right == 1 {
                    (x, y) = (side - 1 - x, side - 1 - y);
                }
                (x, y) = (y, x);
            }
            half /= 2;
        }
        before + along
    }
}

/// What a directory says of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// From the beginning of [`Header::tiles`].
    Tile(Place),
    /// The directory that tells; from the beginning of [`Header::leaves`].
    Leaf(Place),
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Number of its first tile.
    first: u64,
    /// Tiles in a row that are alike; none where it leads to another directory.
    run: u64,
    place: Place,
}

/// Entries by the number of their first tile.
#[derive(Clone, Debug, Default)]
pub struct Directory(Vec<Entry>);

impl Directory {
    /// Reads a directory that is not compressed any more.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut rest = bytes;
        let mut next = || varint(&mut rest).ok_or(FormatError::Damaged);
        let n = next()?;
        // Each entry takes four bytes at least.
        if n > MOST_ENTRIES || n * 4 > bytes.len() as u64 {
            return Err(FormatError::Damaged);
        }
        let none = Entry { first: 0, run: 0, place: Place::default() };
        let mut entries = vec![none; n as usize];
        let mut first = 0_u64;
        for entry in &mut entries {
            first = first.checked_add(next()?).ok_or(FormatError::Damaged)?;
            entry.first = first;
        }
        for entry in &mut entries {
            entry.run = next()?;
        }
        for entry in &mut entries {
            entry.place.length = next()?;
        }
        let mut behind = None;
        for entry in &mut entries {
            entry.place.offset = match (next()?, behind) {
                (0, Some(behind)) => behind,
                (0, None) => return Err(FormatError::Damaged),
                (offset, _) => offset - 1,
            };
            behind = Some(entry.place.end().ok_or(FormatError::Damaged)?);
        }
        Ok(Self(entries))
    }

    /// How many entries it has.
    pub fn entries(&self) -> usize {
        self.0.len()
    }

    /// `None` where the archive has no such tile.
    pub fn find(&self, number: u64) -> Option<Found> {
        let behind = self.0.partition_point(|entry| entry.first <= number);
        let entry = self.0.get(behind.checked_sub(1)?)?;
        if entry.run == 0 {
            return Some(Found::Leaf(entry.place));
        }
        (number - entry.first < entry.run).then_some(Found::Tile(entry.place))
    }
}

/// A number in groups of seven bits, the lowest first.
pub(super) fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        let bits = u64::from(byte & 0x7f);
        // Of the tenth byte only one bit has room.
        if bits << shift >> shift != bits {
            return None;
        }
        number |= bits << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_numbered_along_the_curve() {
        let number = |zoom, x, y| TileId { zoom, x, y }.number();
        // The specification's own table.
        assert_eq!(number(0, 0, 0), 0);
        assert_eq!(
            [number(1, 0, 0), number(1, 0, 1), number(1, 1, 1), number(1, 1, 0)],
            [1, 2, 3, 4]
        );
        assert_eq!(number(2, 0, 0), 5);
        assert_eq!(number(12, 3423, 1763), 19_078_479);
    }

    #[test]
    fn a_number_of_a_zoom_is_given_once() {
        let side = 16;
        let mut numbers: Vec<u64> = (0..side)
            .flat_map(|x| (0..side).map(move |y| TileId { zoom: 4, x, y }.number()))
            .collect();
        numbers.sort_unstable();
        let first = (4_u64.pow(4) - 1) / 3;
        assert_eq!(numbers, (first..first + 256).collect::<Vec<_>>());
    }

    #[test]
    fn a_directory_finds_runs_and_leaves_and_nothing_between() {
        // Tiles 5, 6 and 7 alike, tile 9 right behind them in the file, a leaf from 20 on.
        let bytes = [3, 5, 4, 11, 3, 1, 0, 10, 20, 30, 1, 0, 101];
        let directory = Directory::parse(&bytes).unwrap();
        let tile = |offset, length| Some(Found::Tile(Place { offset, length }));
        assert_eq!(directory.find(4), None);
        assert_eq!([5, 6, 7].map(|number| directory.find(number)), [tile(0, 10); 3]);
        assert_eq!(directory.find(8), None);
        assert_eq!(directory.find(9), tile(10, 20));
        assert_eq!(directory.find(10), None);
        let leaf = Some(Found::Leaf(Place { offset: 100, length: 30 }));
        assert_eq!([20, 400].map(|number| directory.find(number)), [leaf; 2]);
    }

    #[test]
    fn a_directory_of_too_many_entries_is_refused() {
        let of = |n: u64| {
            let count = [n as u8 & 0x7f | 0x80, (n >> 7) as u8 & 0x7f | 0x80, (n >> 14) as u8];
            let bytes: Vec<u8> = count.into_iter().chain((0..n * 4).map(|_| 1)).collect();
            Directory::parse(&bytes).map(|directory| directory.entries() as u64)
        };
        assert_eq!(of(MOST_ENTRIES), Ok(MOST_ENTRIES));
        assert_eq!(of(MOST_ENTRIES + 1), Err(FormatError::Damaged));
    }

    #[test]
    fn pictures_whose_compression_is_not_told_have_none() {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(b"PMTiles\x03");
        for (kind, number, compression) in [
            (2, 0, Compression::None),
            (3, 0, Compression::None),
            (4, 0, Compression::None),
            (2, 2, Compression::Gzip),
            (2, 3, Compression::Other(3)),
            (1, 0, Compression::Other(0)),
            (9, 0, Compression::Other(0)),
        ] {
            bytes[98..100].copy_from_slice(&[number, kind]);
            assert_eq!(Header::parse(&bytes).unwrap().tile_compression, compression, "{kind}");
        }
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        assert_eq!(Header::parse(b"PMTiles"), Err(FormatError::NotPmTiles));
        assert_eq!(Header::parse(&[b'x'; 200]), Err(FormatError::NotPmTiles));
        let mut bytes = [0; HEADER_BYTES];
        bytes[..7].copy_from_slice(b"PMTiles");
        bytes[7] = 2;
        assert_eq!(Header::parse(&bytes), Err(FormatError::Version(2)));
        bytes[7] = 3;
        bytes[100..102].copy_from_slice(&[9, 3]);
        assert_eq!(Header::parse(&bytes), Err(FormatError::Damaged));
        for damaged in [&[][..], &[0xff; 11], &[2, 1], &[200, 1, 1, 1, 1], &[1, 0, 1, 5, 0]] {
            assert_eq!(Directory::parse(damaged).err(), Some(FormatError::Damaged), "{damaged:?}");
        }
    }
}

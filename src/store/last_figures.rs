//! The last figures of the opening filter, in a small file: the next start shows
//! them at once, while the board is still being read.
//!
//! The file is a convenience. Whatever is wrong with it (missing, cut, of another
//! version, of another store), it is not used, and nobody is troubled.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use flate2::Compression;
use flate2::read::{ZlibDecoder, ZlibEncoder};
use serde::{Deserialize, Serialize};

use super::error::{Error, Result};
use super::meta::Meta;
use crate::board::aggregates::AggregatesKey;
use crate::board::filter::{Filter, Span};
use crate::board::{Aggregates, Region};

const FILE_NAME: &str = "figures.last";

/// Begins the file. Another version of the program may count by other rules, so
/// its figures are not ours.
const HEAD: &str = concat!("pult-figures/1 ", env!("CARGO_PKG_VERSION"), "\n");

/// Nothing that we wrote decodes to more.
const MOST_BYTES: u64 = 32 << 20;

/// What follows head and check sum, as JSON in zlib.
#[derive(Serialize, Deserialize)]
struct Kept<F> {
    of: Owner,
    /// Span of the filter; nothing else was chosen.
    span: Option<Span>,
    /// UTC seconds at which it was counted.
    now: u32,
    figures: F,
}

/// Whose figures these are: the very file, and the installation behind it.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Owner {
    store_id: String,
    instance: String,
    epoch: String,
    demo: bool,
    /// A token that may see less is not shown what another saw.
    scope: String,
}

impl Owner {
    /// `None` while nobody's data is here in full.
    fn of(meta: &Meta) -> Option<Self> {
        let installation = meta.installation.as_ref()?;
        meta.last_sync_at?;
        Some(Self {
            store_id: meta.store_id.clone(),
            instance: installation.instance.clone(),
            epoch: installation.epoch.clone(),
            demo: installation.demo,
            scope: installation.scope.clone(),
        })
    }
}

/// Writes the figures of a filter that chooses nothing but a span, beside the old
/// file and then in its place. A store whose first sync has not ended keeps none.
pub fn save(folder: &Path, meta: &Meta, figures: &Aggregates) -> Result<()> {
    let Some(of) = Owner::of(meta) else { return Ok(()) };
    let key = &figures.key;
    if !key.filter.is_open() {
        return Ok(());
    }
    let kept = Kept { of, span: key.filter.span, now: key.now, figures };
    let path = folder.join(FILE_NAME);
    let beside = folder.join("figures.new");
    let write = || -> io::Result<()> {
        let body = pack(&serde_json::to_vec(&kept)?)?;
        let sum = crc32fast::hash(&body).to_le_bytes();
        fs::write(&beside, [HEAD.as_bytes(), &sum, &body].concat())?;
        fs::rename(&beside, &path)
    };
    write().map_err(|source| Error::Folder { path, source })
}

/// The kept figures, where they are of this store and of a board like this
/// region's. The key has no board's version: every answer of a board replaces it.
pub fn load(folder: &Path, meta: &Meta, region: Region) -> Option<Aggregates> {
    let bytes = fs::read(folder.join(FILE_NAME)).ok()?;
    let kept = read(&bytes)?;
    if Owner::of(meta)? != kept.of {
        return None;
    }
    let filter = Filter { span: kept.span, ..Filter::default() };
    let key = AggregatesKey { filter, version: 0, now: kept.now };
    Some(Aggregates { key, ..kept.figures }).filter(|figures| figures.fits(region))
}

fn read(bytes: &[u8]) -> Option<Kept<Aggregates>> {
    let (sum, body) = bytes.strip_prefix(HEAD.as_bytes())?.split_first_chunk()?;
    if crc32fast::hash(body) != u32::from_le_bytes(*sum) {
        return None;
    }
    let mut json = Vec::new();
    ZlibDecoder::new(body).take(MOST_BYTES).read_to_end(&mut json).ok()?;
    serde_json::from_slice(&json).ok()
}

fn pack(json: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    ZlibEncoder::new(json, Compression::fast()).read_to_end(&mut packed)?;
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::board::{BoardBuilder, Row};
    use crate::domain::Timestamp;
    use crate::store::Installation;

    const NOW: u32 = 1_795_417_500;
    const REGION: Region =
        Region { municipality_count: 13, local_offset_secs: 7 * 3_600, scores: [0; 32] };

    fn figures() -> Aggregates {
        let mut builder = BoardBuilder::new(REGION);
        for number in 1..2_000 {
            let row = Row {
                received: NOW - number * 1_800,
                due: NOW + number * 60,
                municipality: (number % 14) as u8,
                block: (number % 9) as u8,
                topic: (number % 70) as u16,
                ..Row::default()
            };
            builder.push(number, &row);
        }
        let board = builder.finish(Arc::default());
        let span = Some(Span { from: NOW - 28 * 86_400, to: NOW + 40_000 });
        let key = AggregatesKey {
            filter: Filter { span, ..Filter::default() },
            version: board.version(),
            now: NOW,
        };
        Aggregates::compute(&board, &key, &AtomicBool::new(false)).unwrap()
    }

    fn meta() -> Meta {
        Meta {
            installation: Some(Installation {
                instance: "khakassia".to_owned(),
                epoch: "a".to_owned(),
                demo: false,
                protocol: "pult-feedback/1".to_owned(),
                scope: "desk".to_owned(),
            }),
            last_sync_at: Some(Timestamp(NOW)),
            store_id: "s1".to_owned(),
            ..Meta::default()
        }
    }

    #[test]
    fn figures_come_back_as_they_were_and_are_small() {
        let folder = tempfile::tempdir().unwrap();
        let figures = figures();
        save(folder.path(), &meta(), &figures).unwrap();
        let mut back = load(folder.path(), &meta(), REGION).unwrap();
        assert!(back.total.received > 1_000 && !back.due_next.is_empty());
        assert_eq!(back.key.version, 0);
        back.key.version = figures.key.version;
        assert_eq!(back, figures);
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "nothing is left beside the file");
        let bytes = fs::metadata(folder.path().join(FILE_NAME)).unwrap().len();
        assert!(bytes < 200_000, "{bytes}");
    }

    #[test]
    fn another_owner_never_sees_them() {
        let folder = tempfile::tempdir().unwrap();
        save(folder.path(), &meta(), &figures()).unwrap();
        let other = |change: fn(&mut Meta, &mut Installation)| {
            let mut meta = meta();
            let mut installation = meta.installation.take().unwrap();
            change(&mut meta, &mut installation);
            meta.installation = Some(installation);
            load(folder.path(), &meta, REGION)
        };
        assert!(other(|_, _| {}).is_some());
        assert_eq!(other(|_, it| it.instance = "tuva".to_owned()), None);
        assert_eq!(other(|_, it| it.demo = true), None);
        assert_eq!(other(|_, it| it.epoch = "b".to_owned()), None);
        assert_eq!(other(|_, it| it.scope = "wall".to_owned()), None);
        assert_eq!(other(|meta, _| meta.store_id = "s2".to_owned()), None);
        assert_eq!(load(folder.path(), &Meta::default(), REGION), None);
        let larger = Region { municipality_count: 14, ..REGION };
        assert_eq!(load(folder.path(), &meta(), larger), None);
    }

    #[test]
    fn a_broken_or_older_or_missing_file_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        assert_eq!(load(folder.path(), &meta(), REGION), None);
        save(folder.path(), &meta(), &figures()).unwrap();
        let whole = fs::read(&path).unwrap();
        for at in [0, HEAD.len() - 2, HEAD.len() + 1, HEAD.len() + 200, whole.len() - 1] {
            let mut bytes = whole.clone();
            bytes[at] ^= 4;
            fs::write(&path, &bytes).unwrap();
            assert_eq!(load(folder.path(), &meta(), REGION), None, "flipped at {at}");
            fs::write(&path, &whole[..at]).unwrap();
            assert_eq!(load(folder.path(), &meta(), REGION), None, "cut at {at}");
        }
        // Sound, but what stands in it is not what this version writes.
        let body = pack(b"{\"of\":{}}").unwrap();
        let sum = crc32fast::hash(&body).to_le_bytes();
        fs::write(&path, [HEAD.as_bytes(), &sum, &body].concat()).unwrap();
        assert_eq!(load(folder.path(), &meta(), REGION), None);
        let old = whole.strip_prefix(HEAD.as_bytes()).unwrap();
        fs::write(&path, [b"pult-figures/1 0.0.9\n", old].concat()).unwrap();
        assert_eq!(load(folder.path(), &meta(), REGION), None);
    }

    #[test]
    fn nothing_is_kept_of_a_first_sync_that_has_not_ended_or_of_a_choice() {
        let folder = tempfile::tempdir().unwrap();
        save(folder.path(), &Meta { last_sync_at: None, ..meta() }, &figures()).unwrap();
        let mut chosen = figures();
        chosen.key.filter.overdue_only = true;
        save(folder.path(), &meta(), &chosen).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

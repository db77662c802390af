//! The base map that a person has chosen: a `PMTiles` archive, looked at in a lane before
//! anything is drawn of it.

mod archive;
mod credit;
mod loader;

use std::path::PathBuf;
use std::sync::Arc;
use std::task::Waker;

pub use archive::{Archive, Fault};
pub use loader::TileLoader;

use super::desk::Desk;
use super::lane::Lane;

/// What is known of the base map.
#[derive(Clone, Debug, Default)]
pub struct BasemapState {
    /// What lies under the map; `None` is our own.
    pub shown: Option<Arc<Archive>>,
    pub is_opening: bool,
    /// Why the last file cannot be shown.
    pub refused: Option<Refused>,
}

impl BasemapState {
    /// Whom what is shown names as its source.
    pub fn credit(&self) -> Option<&str> {
        self.shown.as_ref()?.credit.as_deref()
    }
}

/// A file that is no base map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub path: PathBuf,
    pub fault: Fault,
}

type Opened = Result<Arc<Archive>, Refused>;

/// Looks at files.
pub(super) struct Basemaps(Lane<PathBuf, Opened>);

impl Basemaps {
    pub(super) fn start(waker: Waker) -> std::io::Result<Self> {
        let open = |path: PathBuf, _cancel: &_| {
            Some(Archive::open(&path).map_err(|fault| Refused { path, fault }))
        };
        Lane::start("basemap", waker, open).map(Self)
    }
}

impl Desk {
    /// Looks at the file that the settings name.
    pub(super) fn open_basemap(&mut self) {
        let path = self.state.settings.map.basemap.clone();
        if let Some(path) = path {
            self.choose_basemap(Some(path));
        }
    }

    /// Shows another file, and keeps it in the settings once it has been found good; `None`
    /// is our own map again.
    pub(super) fn choose_basemap(&mut self, path: Option<PathBuf>) {
        self.state.basemap.refused = None;
        self.state.basemap.is_opening = path.is_some();
        if let Some(path) = path {
            self.basemaps.0.ask(path);
        } else {
            self.state.basemap = BasemapState::default();
            self.keep_basemap(None);
        }
    }

    /// True where a file has been looked at.
    pub(super) fn take_basemap(&mut self) -> bool {
        let Some(opened) = self.basemaps.0.take().filter(|_| self.state.basemap.is_opening) else {
            return false;
        };
        self.state.basemap.is_opening = false;
        match opened {
            Ok(archive) => {
                self.keep_basemap(Some(archive.path.clone()));
                self.state.basemap.shown = Some(archive);
            }
            Err(refused) => {
                let path = refused.path.display().to_string();
                tracing::warn!(path, fault = %refused.fault, "the base map cannot be shown");
                self.notice(refused.fault.key(), path, true);
                self.state.basemap.refused = Some(refused);
            }
        }
        true
    }

    fn keep_basemap(&mut self, path: Option<PathBuf>) {
        if self.state.settings.map.basemap != path {
            self.state.settings.map.basemap = path;
            self.save_settings();
        }
    }

    /// True while a file is looked at or tiles of it are on their way.
    pub(super) fn is_basemap_busy(&self) -> bool {
        let is_loading = |archive: &Arc<Archive>| archive.is_loading();
        self.basemaps.0.is_busy() || self.state.basemap.shown.as_ref().is_some_and(is_loading)
    }
}

//! The base map that a person has chosen: a `PMTiles` archive, looked at in a lane before
//! anything is drawn of it.

mod archive;
mod credit;
mod loader;

use std::path::PathBuf;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

pub use archive::{Archive, Fault};
pub use loader::{TileLoader, Unread};

use super::desk::Desk;
use super::lane::Lane;

/// A file that fails is looked at again after this: with each turn of the minute.
const AGAIN: Duration = Duration::from_secs(50);

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
pub(super) struct Basemaps {
    lane: Lane<PathBuf, Opened>,
    /// Tick of the last question.
    asked_at: Duration,
}

impl Basemaps {
    pub(super) fn start(waker: Waker) -> std::io::Result<Self> {
        let open = |path: PathBuf, _cancel: &_| {
            Some(Archive::open(&path).map_err(|fault| Refused { path, fault }))
        };
        Ok(Self { lane: Lane::start("basemap", waker, open)?, asked_at: Duration::ZERO })
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
        if let Some(path) = path {
            self.look_at_basemap(path);
        } else {
            self.state.basemap = BasemapState::default();
            self.keep_basemap(None);
        }
    }

    fn look_at_basemap(&mut self, path: PathBuf) {
        self.state.basemap.is_opening = true;
        self.basemaps.asked_at = self.moment.tick;
        self.basemaps.lane.ask(path);
    }

    /// Looks again, once in a while, at the file of the settings where another one lies in
    /// its place or it could not be read: its disk may have been mounted since. True where
    /// it is looked at.
    pub(super) fn follow_basemap(&mut self) -> bool {
        let (basemap, path) = (&self.state.basemap, &self.state.settings.map.basemap);
        let is_early = self.moment.tick.saturating_sub(self.basemaps.asked_at) < AGAIN;
        let Some(path) = path.clone().filter(|_| !basemap.is_opening && !is_early) else {
            return false;
        };
        let shown = basemap.shown.as_ref().filter(|archive| archive.path == path);
        let is_replaced = shown.is_some_and(|archive| archive.take_replaced());
        let is_unread = basemap.refused.as_ref().is_some_and(|refused| {
            refused.path == path && matches!(refused.fault, Fault::Unreadable(_))
        });
        if is_replaced || is_unread {
            self.look_at_basemap(path);
        }
        is_replaced || is_unread
    }

    /// True where a file has been looked at.
    pub(super) fn take_basemap(&mut self) -> bool {
        let Some(opened) = self.basemaps.lane.take().filter(|_| self.state.basemap.is_opening)
        else {
            return false;
        };
        self.state.basemap.is_opening = false;
        match opened {
            Ok(archive) => {
                self.keep_basemap(Some(archive.path.clone()));
                self.state.basemap.shown = Some(archive);
                self.state.basemap.refused = None;
            }
            Err(refused) if self.state.basemap.refused.as_ref() != Some(&refused) => {
                let path = refused.path.display().to_string();
                tracing::warn!(path, fault = %refused.fault, "the base map cannot be shown");
                self.notice(refused.fault.key(), path, true);
                self.state.basemap.refused = Some(refused);
            }
            // It was told before.
            Err(_) => {}
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
        self.basemaps.lane.is_busy() || self.state.basemap.shown.as_ref().is_some_and(is_loading)
    }
}
